//! Module isp_core.

use lastmile_orm::Declarations;

/// Declares the module.
pub fn declare(_all: &mut Declarations) {}
