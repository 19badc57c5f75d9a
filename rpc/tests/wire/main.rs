//! Envelopes, byte for byte, over a stand-in for the product. What the product answers is tested elsewhere.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod callers;
mod envelopes;
mod hostile;
mod recorded;
mod round_trips;
mod support;
