//! The ORM kernel: models from metadata, domains, records, access. It knows no HTTP and no business model.

pub mod access;
pub mod answer;
pub mod attachments;
pub mod cache;
pub mod call;
pub mod compute;
pub mod convert;
pub mod create;
pub mod database;
pub mod declare;
pub mod defaults;
pub mod describe;
pub mod domain;
pub mod env;
pub mod error;
pub mod expr;
pub mod fetch;
pub mod methods;
pub mod read;
pub mod record;
pub mod registry;
pub mod rows;
pub mod search;
pub mod sql;
pub mod unlink;
pub mod value;
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
