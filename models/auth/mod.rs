//! Modules auth_signup and auth_totp: links to choose a password, and the second factor.

use lastmile_orm::Declarations;

pub mod signup;
pub mod totp;

/// Declares the modules.
pub fn declare(all: &mut Declarations) {
    signup::declare(all);
}
