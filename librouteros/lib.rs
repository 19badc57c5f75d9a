//! RouterOS API for Rust: a codec without I/O, a blocking client, and (feature `sim`) a router simulator that speaks the same
//! protocol.
//!
//! - [`codec`]: words, sentences and replies, with limits; shared by client and simulator.
//! - [`client`]: [`Client`] over TCP or TLS, both login forms, pipelining and streaming.
//! - [`command`]: [`Command`] and [`Query`], which refuse to build anything in which user text could become syntax.
//! - [`values`]: RouterOS spellings of rates, times, booleans and addresses, and when two of them mean the same.
//! - [`error`]: [`Error`], and [`Trap`] with its [`TrapKind`].
//!
//! One router is one connection used by one thread at a time. Nothing here is global.

pub mod client;
pub mod codec;
pub mod command;
pub mod error;
pub mod values;

#[cfg(feature = "sim")]
pub mod sim;

pub use client::{Answer, Client, ConnectOptions, Listener, TlsOptions};
pub use codec::Row;
pub use command::{Command, Query};
pub use error::{Error, Result, Trap, TrapKind};
