//! The admin: the screens that staff work in.
//!
//! | room | what is there |
//! | --- | --- |
//! | [`views`] | lists, forms, boards, calendars, figures: made from architectures of views |
//! | [`widgets`] | how values are shown and edited |
//! | [`search`] | finding records: within a list, and everywhere |
//! | [`screens`] | pages of the trade |
//!
//! A request comes in by [`door`], which opens a [`desk`] for whoever is signed in. [`place`] reads the address, [`action`] finds
//! what it opens, [`show`] and [`record`] make the page, [`act`] does what its forms ask for, and [`frame`] puts it in a page.

mod act;
mod action;
mod desk;
mod door;
mod frame;
mod html;
mod params;
mod place;
mod record;
mod screens;
mod search;
mod show;
mod views;
mod visit;
mod widgets;
mod words;

use std::sync::Arc;

use actix_web::web;
use lastmile_orm::Database;
use lastmile_orm::error::Result;
use lastmile_rpc::http::paths;

pub use desk::Admin;

/// What all pages of the admin share, read once.
///
/// # Errors
/// When a catalogue of texts cannot be read.
pub fn admin(db: Arc<Database>) -> Result<Admin> {
    Ok(Admin { catalogues: words::read()?, reports: lastmile_models::account::reports::catalogues()?, db })
}

/// Registers the routes.
pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(paths::page("/lastmile/reports/{name}.{ending:csv|xlsx}").route(paths::reading().to(door::report_file)));
    for path in ["/web", "/odoo", "/odoo/{path:.+}"] {
        cfg.service(paths::page(path).route(paths::reading().to(door::get)).route(web::post().to(door::post)));
    }
}
