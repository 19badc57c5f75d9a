//! `lastmile user`: what has to work when nobody can log in.

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::process::{Command, Stdio};

use clap::{Args, Subcommand};
use lastmile_models::base::users;
use lastmile_orm::env::SUPERUSER;
use lastmile_orm::sql::sql;
use lastmile_orm::{Error, Result, Tx};

use crate::app;
use crate::config::{self, Config};

/// What to do with a user.
#[derive(Subcommand, Clone)]
pub enum Action {
    /// Give a user a new password; open sessions of the user end
    SetPassword(SetPassword),
}

/// Options of `lastmile user set-password`.
#[derive(Args, Clone)]
pub struct SetPassword {
    /// Login of the user
    pub login: String,
    /// Read the password from standard input, without asking
    #[arg(long)]
    pub password_stdin: bool,
    #[command(flatten)]
    pub server: config::Options,
}

/// Runs the command.
///
/// # Errors
/// When there is no such user, the two entries differ, or the database cannot be had.
pub fn run(action: Action) -> Result<()> {
    match action {
        Action::SetPassword(options) => set_password(options),
    }
}

fn set_password(options: SetPassword) -> Result<()> {
    let config = Config::load(options.server)?;
    let opened = app::open(&config)?;
    let login = options.login;
    let uid = opened.db.run(SUPERUSER, Tx::Read, |env| {
        let sql = sql!("SELECT id FROM res_users WHERE login = {login} ORDER BY active DESC, id LIMIT 1", login = login.as_str());
        Ok(env.query_alone(sql)?.first().and_then(|row| row.int(0)))
    })?;
    let uid = uid.ok_or_else(|| Error::user(format!("there is no user with login {login:?}")))?;
    let password = if options.password_stdin { read_line()? } else { ask()? };
    opened.db.run(SUPERUSER, Tx::Write, |env| users::give_password(env, uid, &password))?;
    eprintln!("{login} has a new password");
    Ok(())
}

/// One line of standard input.
fn read_line() -> Result<String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(|e| Error::user(format!("standard input: {e}")))?;
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}

/// Asks twice, without showing what is typed.
fn ask() -> Result<String> {
    let first = prompt("New password: ")?;
    if prompt("Again: ")? == first { Ok(first) } else { Err(Error::user("the two passwords differ")) }
}

fn prompt(text: &str) -> Result<String> {
    let mut err = std::io::stderr().lock();
    // Prompts are a courtesy: a closed standard error is no reason to fail.
    let _ = write!(err, "{text}").and_then(|()| err.flush());
    let hidden = std::io::stdin().is_terminal() && echo(false);
    let line = read_line();
    if hidden {
        echo(true);
        let _ = writeln!(err);
    }
    line
}

/// Switches the terminal's echo; `false` when that is not possible.
fn echo(on: bool) -> bool {
    let state = if on { "echo" } else { "-echo" };
    Command::new("stty").arg(state).stdin(Stdio::inherit()).stdout(Stdio::null()).status().is_ok_and(|status| status.success())
}
