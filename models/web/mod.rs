//! Module web: what clients ask about the product itself: views, menus, actions, documents.

pub mod actions;
pub mod breadcrumbs;
pub mod definitions;
pub mod doc;
mod filters;
mod menus;
mod records;
mod rights;
pub mod stored_views;
mod views;
mod xml;

use lastmile_orm::Declarations;

/// Declares the module.
pub fn declare(all: &mut Declarations) {
    actions::declare(all);
    filters::declare(all);
    menus::declare(all);
    records::declare(all);
    rights::declare(all);
    stored_views::declare(all);
    views::declare(all);
}
