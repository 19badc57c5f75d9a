//! Module isp_billing.

use lastmile_orm::Declarations;

/// Declares the module.
pub fn declare(_all: &mut Declarations) {}
