//! The program's parts, for the binary and for tests and benches of the whole.

pub mod app;
pub mod backend;
pub mod config;
pub mod listen;
pub mod postgres;
pub mod sessions;
pub mod setup;
