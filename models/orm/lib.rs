//! The ORM kernel: models from metadata, domains, records, access. It knows no HTTP and no business model.

// What `sql!` makes names the kernel by its crate.
extern crate self as lastmile_orm;

pub mod access;
pub mod answer;
pub mod attachments;
pub mod cache;
pub mod call;
pub mod cancel;
mod commands;
pub mod compute;
pub mod context;
pub mod convert;
pub mod copy;
pub mod create;
mod currency;
pub mod database;
mod declarations;
pub mod declare;
pub mod defaults;
pub mod describe;
mod dirty;
pub mod domain;
pub mod draft;
pub mod env;
pub mod error;
pub mod expr;
pub mod fetch;
pub mod group;
pub mod guard;
pub mod held;
pub mod map;
pub mod methods;
pub mod money;
pub mod port;
pub mod read;
pub mod record;
pub mod registry;
pub mod rows;
pub mod search;
pub mod slow;
pub mod sql;
mod translations;
pub mod unlink;
pub mod value;
pub mod web;
pub mod write;
pub mod x2many;

pub use answer::Answer;
pub use call::Invocation;
pub use database::Database;
pub use declare::{Declarations, Tx};
pub use domain::Domain;
pub use env::Env;
pub use error::{Error, Result};
pub use value::{Id, Map, Value};
