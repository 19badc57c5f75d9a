//! The program's parts, for the binary and for tests and benches of the whole.

mod admission;
pub mod app;
pub mod backend;
pub mod cli_user;
pub mod config;
pub mod demo;
pub mod documents;
pub mod effects;
pub mod files;
pub mod filestore;
pub mod health;
pub mod jobs;
pub mod listen;
pub mod logging;
pub mod mail;
pub mod metrics;
pub mod pages;
pub mod postgres;
pub mod provisioning;
pub mod sessions;
pub mod setup;
pub mod sim;
pub mod throttle;
