//! Pages and plain HTTP routes beside the wire.

pub mod admin;
pub mod assets;
pub mod captive;
pub mod plain;
pub mod portal;
pub mod routers;

use actix_web::web;
use lastmile_orm::error::{Error, Result};
use lastmile_rpc::http::paths;
use tera::Tera;

const TEMPLATES: &[(&str, &str)] = &[
    ("documents/layout.html", include_str!("../../templates/documents/layout.html")),
    ("documents/parts.html", include_str!("../../templates/documents/parts.html")),
    ("documents/invoice.html", include_str!("../../templates/documents/invoice.html")),
    ("documents/receipt.html", include_str!("../../templates/documents/receipt.html")),
    ("documents/statement.html", include_str!("../../templates/documents/statement.html")),
    ("admin/layout.html", include_str!("../../templates/admin/layout.html")),
    ("admin/partial.html", include_str!("../../templates/admin/partial.html")),
    ("admin/login.html", include_str!("../../templates/admin/login.html")),
    ("admin/code.html", include_str!("../../templates/admin/code.html")),
    ("admin/not_found.html", include_str!("../../templates/admin/not_found.html")),
];

/// The compiled templates.
pub fn templates() -> Result<Tera> {
    let mut tera = Tera::default();
    tera.add_raw_templates(TEMPLATES.iter().chain(portal::TEMPLATES).chain(captive::TEMPLATES).copied())
        .map_err(|e| Error::internal(format!("template: {e}")))?;
    Ok(tera)
}

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(paths::read_only("/lastmile/assets/{name}").route(paths::reading().to(assets::serve)));
    admin::routes(cfg);
    captive::routes(cfg);
    portal::routes(cfg);
    routers::routes(cfg);
}
