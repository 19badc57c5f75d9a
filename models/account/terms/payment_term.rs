//! Models of payment terms.

use lastmile_orm::Declarations;

/// Declares the models.
pub fn declare(_all: &mut Declarations) {}
