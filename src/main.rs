//! `lastmile`: the back office of an internet provider in one program.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use lastmile::config::{Config, Options};
use lastmile::{app, cli_user, logging, sim};
use lastmile_orm::error::Result;

/// glibc keeps what large requests took: 24 bodies of small objects left gigabytes behind. mimalloc gives pages back within
/// seconds and is as fast; huge pages would make an idle server half as large again.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The back office of an internet provider: answers Odoo's RPC over Odoo's tables, drives routers, bills.
#[derive(Parser)]
#[command(name = "lastmile", version)]
struct Cli {
    /// How log lines look
    #[arg(long, global = true, env = "LASTMILE_LOG_FORMAT", value_enum, default_value_t)]
    log_format: logging::Format,
    /// What is logged: levels by target, such as `info,lastmile::access=debug`
    #[arg(long, global = true, env = "LASTMILE_LOG")]
    log: Option<String>,
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
    let cli = Cli::parse();
    logging::start(cli.log_format, cli.log.as_deref());
    match run(cli.command) {
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
