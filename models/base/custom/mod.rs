//! Custom data: fields and models that users make at run time, over RPC.
//!
//! A manual field is a column (or a relation table) from the moment its row is there, in the same transaction; a manual
//! model is a table. PostgreSQL's schema changes are transactional, so an error anywhere leaves nothing half-made.

mod checks;
mod defaults;
mod fields;
mod foreign;
mod manual;
mod models;
mod rows;
mod schema;
mod selections;

use lastmile_orm::Declarations;

/// Declares the hooks.
pub fn declare(all: &mut Declarations) {
    defaults::declare(all);
    fields::declare(all);
    models::declare(all);
    selections::declare(all);
    foreign::declare(all);
}
