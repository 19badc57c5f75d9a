//! Pages and plain HTTP routes beside the wire.

pub mod portal;
pub mod routers;

use actix_web::web;
use lastmile_orm::error::{Error, Result};
use tera::Tera;

/// The compiled templates.
pub fn templates() -> Result<Tera> {
    let mut tera = Tera::default();
    tera.add_raw_template("portal/services.html", include_str!("../../templates/portal/services.html"))
        .map_err(|e| Error::internal(format!("template: {e}")))?;
    Ok(tera)
}

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    portal::routes(cfg);
    routers::routes(cfg);
}
