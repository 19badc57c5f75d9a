//! What every route needs, whatever it speaks: requests and responses, sessions and their cookies, limits on what is
//! sent, paths, uploads, the login form.
//!
//! The envelopes stand on this room and the pages of the program do; nothing here knows an envelope. It may use the
//! [`backend`](crate::backend), the table of [`errors`](crate::errors) and the parsers, not the routes beside it.

pub mod body;
pub mod failure;
pub mod headers;
pub mod limits;
pub mod login;
pub mod paths;
pub mod proxy;
pub mod request;
pub mod response;
pub mod session;
pub mod upload;
