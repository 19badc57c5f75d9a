//! The wire: what clients of an Odoo 19 server send and receive, byte for byte.
//!
//! | module | surface |
//! | --- | --- |
//! | [`http`] | what every route needs, whatever it speaks: requests, responses, sessions, limits, uploads |
//! | [`envelope`], [`jsonrpc`] | the JSON-RPC envelope and `/jsonrpc` |
//! | [`xmlrpc`] | `/xmlrpc/2/<service>` and the older `/xmlrpc/<service>` |
//! | [`json2`] | `/json/2/<model>/<method>` |
//! | [`docs`] | the documents that describe models to authors of clients |
//! | [`session_routes`] | `/web/session/*`: JSON-RPC with a cookie |
//! | [`dataset`], [`actions`] | `/web/dataset/*`, `/web/action/*`, menus |
//! | [`export`], [`spreadsheet`] | `/web/export/*`: records as CSV and XLSX |
//! | [`files`] | `/web/content`, `/web/image` |
//! | [`version`], [`info_routes`] | versions, health, the list of databases |
//! | [`misc_routes`] | the way in, robots, database management |
//! | [`reports`] | documents as PDF and as pages |
//! | [`rpc_services`] | what the services `common`, `object` and `db` answer, for both JSON-RPC and XML-RPC |
//! | [`json`], [`xml`] | parsers into [`Value`](lastmile_orm::value::Value) and sinks for answers |
//! | [`errors`] | the one table from an error to its name, fault code and status |
//!
//! Architecture invariants: this crate knows no SQL and no model; it reaches the product through
//! [`backend::Backend`] only. Nothing outside knows an envelope. Calls into the product block, so they run on the
//! blocking pool ([`call`]), never on the thread that reads sockets. Answers are encoded there too, straight
//! into the body's buffer.
//!
//! ```text
//! App::new().wrap(from_fn(lastmile_rpc::http::headers::protect)).wrap(from_fn(lastmile_rpc::http::request::stamp)).configure(|cfg| lastmile_rpc::configure(cfg, &state))
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing))]

pub mod actions;
pub mod backend;
pub mod call;
pub mod dataset;
pub mod docs;
pub mod envelope;
pub mod errors;
pub mod export;
pub mod files;
pub mod http;
pub mod info_routes;
pub mod json;
pub mod json2;
pub mod jsonrpc;
pub mod misc_routes;
pub mod pages;
pub mod reports;
pub mod rpc_services;
pub mod session_routes;
pub mod spreadsheet;
pub mod version;
pub mod xml;
pub mod xmlrpc;

use std::sync::Arc;

use actix_web::web;

pub use crate::backend::{Backend, Call, CallError, Caller, Content, Peer, Printed, Query, Session, Style, Wanted};
pub use crate::http::limits::Limits;
pub use crate::http::proxy::Proxies;
pub use crate::pages::{Pages, PlainPages};

/// Everything the handlers share. Cheap to clone.
#[derive(Clone)]
pub struct State {
    inner: Arc<Shared>,
}

/// What [`State`] holds.
pub struct Shared {
    /// The product.
    pub backend: Arc<dyn Backend>,
    /// The pages that people see.
    pub pages: Arc<dyn Pages>,
    /// Bounds on what clients send.
    pub limits: Limits,
    /// What large bodies share.
    pub budget: http::limits::Budget,
    /// Key of the CSRF tokens. The same for every process on one database.
    pub secret: Vec<u8>,
    /// The address that people use, such as `https://isp.example.com`; `None`: the one that a request names.
    pub base_url: Option<String>,
    /// Whose `Forwarded` and `X-Forwarded-*` are believed.
    pub proxies: Proxies,
}

impl State {
    /// Shares `shared` among the workers.
    pub fn new(shared: Shared) -> Self {
        Self { inner: Arc::new(shared) }
    }
}

impl std::ops::Deref for State {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.inner
    }
}

/// Registers every route of the wire, and the page for paths that lead nowhere.
pub fn configure(cfg: &mut web::ServiceConfig, state: &State) {
    cfg.app_data(web::Data::new(state.clone()));
    info_routes::routes(cfg);
    jsonrpc::routes(cfg);
    xmlrpc::routes(cfg);
    json2::routes(cfg);
    docs::routes(cfg);
    session_routes::routes(cfg);
    http::login::routes(cfg);
    dataset::routes(cfg);
    export::routes(cfg);
    files::routes(cfg);
    http::upload::routes(cfg);
    misc_routes::routes(cfg);
    reports::routes(cfg);
    cfg.default_service(web::to(http::login::not_found));
}
