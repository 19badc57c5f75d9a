//! `lastmile`: the back office of an internet provider in one program.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use lastmile::config::{Config, Options};
use lastmile::{app, cli_user, sim};
use lastmile_orm::error::Result;

/// The back office of an internet provider: answers Odoo's RPC over Odoo's tables, drives routers, bills.
#[derive(Parser)]
#[command(name = "lastmile", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server
    Serve(Options),
    /// Create the database or bring its schema up to date
    Migrate(Options),
    /// Users, when nobody can log in
    #[command(subcommand)]
    User(cli_user::Action),
    /// Run a simulated router
    RouterSim(sim::Options),
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_env("LASTMILE_LOG").unwrap_or_else(|_| "info".into()))
        .with_writer(std::io::stderr)
        .init();
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("lastmile: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Serve(options) => {
            let config = Config::load(options)?;
            actix_web::rt::System::new().block_on(app::serve(config))
        }
        Command::Migrate(options) => {
            let (url, cluster) = app::migrated(&Config::load(options)?)?;
            drop(cluster);
            tracing::info!(scheme = url.split(':').next().unwrap_or_default(), "the schema is up to date");
            Ok(())
        }
        Command::User(action) => cli_user::run(action),
        Command::RouterSim(options) => sim::run(options),
    }
}
