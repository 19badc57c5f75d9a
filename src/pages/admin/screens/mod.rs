//! Pages of the trade. A page is a file here, a line in [`names`], and a line in [`page`].

mod boards;
mod customer;
mod home;
pub mod names;
mod parts;
pub mod reports;
mod router;

use lastmile_orm::value::Id;

use crate::pages::admin::desk::{Desk, Done};
use crate::pages::admin::html::Html;
use crate::pages::admin::params::Params;

/// The page at a path: its name, empty for the name of the path, and what is on it.
///
/// # Errors
/// What the user may not see is AccessError, as everywhere.
pub fn page(desk: &Desk<'_>, path: &str, record: Option<Id>, params: &Params) -> Done<(String, Html)> {
    match (path, record) {
        ("customer", Some(id)) => customer::one(desk, id),
        ("customer", None) => Ok((String::new(), customer::list(desk, params)?)),
        ("router", Some(id)) => router::one(desk, id),
        ("router", None) => Ok((String::new(), router::list(desk)?)),
        ("reports", _) => reports::page(desk, params),
        ("jobs", _) => Ok((String::new(), boards::jobs(desk)?)),
        ("transfers", _) => Ok((String::new(), boards::transfers(desk)?)),
        ("tickets", _) => Ok((String::new(), boards::tickets(desk)?)),
        _ => Ok((String::new(), home::body(desk)?)),
    }
}
