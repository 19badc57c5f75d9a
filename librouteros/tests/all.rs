//! All tests of the crate: the codec alone, then the client against the simulator, then other people's clients against it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod client;
mod codec;
mod commands;
mod faults;
mod foreign;
mod login;
mod menus;
mod onboarding;
mod query;
mod sessions;
mod stored;
mod streams;
mod support;
mod tls;
mod trap_table;
mod traps;
mod values;
mod versions;
mod words;
