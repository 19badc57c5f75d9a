//! Tests of the whole program: the real binary, a real PostgreSQL, simulated routers, other people's clients.
//!
//! Each file is one promise. Databases are copies of a template that is migrated once (`support/database.rs`), servers are
//! processes on free ports (`support/server.rs`).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod accounts;
mod admin;
mod adopted;
mod base_models;
mod billing;
mod books;
mod caches;
mod captive;
mod clients;
mod contract;
mod copies;
mod crash;
mod custom;
mod documents;
mod files;
mod flood;
mod hostile;
mod jobs;
mod kernel;
mod locks;
mod logs;
mod mail;
mod mail_doors;
mod migrations;
mod numbers;
mod onboarding;
mod outside;
mod payments;
mod portal;
mod records;
mod recurring;
mod reports;
mod restarts;
mod rights;
mod routers;
mod sessions;
mod shutdown;
mod statements;
mod story;
mod support;
mod taxes;
mod versions;
mod web_doors;
mod wire_doors;
