//! Fields of entries that follow from their names, and what their names must fit.

use std::collections::HashMap;

use chrono::NaiveDate;
use lastmile_orm::compute::Computed;
use lastmile_orm::declare::{CreateHook, Next, UnlinkHook, WriteHook};
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Error, Id, Map, Result, Value, map};
use regex_lite::Regex;

use super::pattern::{Pattern, own_expression, split};
use super::periods::Fiscal;
use super::{Numbered, Outlook, gaps, mark_next, outlook, to_number};

const MOVE: &str = "account.move";

/// Declares the fields.
pub fn declare(all: &mut Declarations) {
    all.model(MOVE)
        .compute_sudo(&["sequence_prefix", "sequence_number"], &["name"], parts)
        .compute_sudo(&["made_sequence_gap"], &["journal_id", "sequence_number", "sequence_prefix", "state"], made_gap)
        .compute_sudo(&["highest_name", "name_placeholder"], &["date", "journal_id", "move_type", "name", "state"], around)
        .constrains(&["name", "date"], fits_day)
        .on_create(create)
        .on_write(write)
        .on_unlink(unlink);
}

/// Entries that are named fill what was left out before the next ones.
fn create(env: &mut Env, values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    let named: Vec<bool> = values.iter().map(|map| map.get("name").is_some_and(Value::truthy)).collect();
    let ids = next.call(env, values)?;
    let named: Vec<Id> = ids.iter().zip(named).filter(|(_, named)| *named).map(|(id, _)| *id).collect();
    if !named.is_empty() {
        mark_next(env, &named, false)?;
    }
    Ok(ids)
}

/// Entries that lose their place leave a gap before the next ones, and fill one where they come to be.
fn write(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    let told = |keys: &[&str]| keys.iter().copied().any(|key| values.contains_key(key));
    let (leaves, comes) =
        (told(&["name", "journal_id", "sequence_prefix", "sequence_number"]), told(&["name", "journal_id", "date", "state"]));
    if leaves {
        mark_next(env, ids, true)?;
    }
    next.call(env, ids, values)?;
    if comes { mark_next(env, ids, false) } else { Ok(()) }
}

fn unlink(env: &mut Env, ids: &[Id], next: &Next<UnlinkHook>) -> Result<()> {
    mark_next(env, ids, true)?;
    next.call(env, ids)
}

fn parts(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let (names, journals) = (env.values(MOVE, "name", ids)?, env.values(MOVE, "journal_id", ids)?);
    let journals: Vec<Id> = journals.iter().map(|journal| journal.as_id().unwrap_or(0)).collect();
    let own = expressions(env, &journals)?;
    for ((id, name), journal) in ids.iter().zip(names).zip(journals) {
        let (prefix, number) = split(name.as_str().unwrap_or_default(), own.get(&journal));
        out.set("sequence_prefix", *id, Value::Str(prefix));
        out.set("sequence_number", *id, i64::from(number));
    }
    Ok(())
}

/// How journals with an expression of their own read names. One statement.
fn expressions(env: &mut Env, journals: &[Id]) -> Result<HashMap<Id, Regex>> {
    let sql = sql!("SELECT id, sequence_override_regex FROM account_journal WHERE id = ANY({journals}) AND sequence_override_regex <> ''");
    let rows = env.query(sql)?;
    Ok(rows.iter().filter_map(|row| Some((row.int(0)?, own_expression(row.text(1).as_deref())?))).collect())
}

/// An entry that gets a name, and the columns that are written with it.
pub struct Named<'d> {
    pub id: Id,
    pub journal: Id,
    /// Empty: it has none yet.
    pub name: String,
    pub posted: bool,
    pub columns: &'d mut Map,
}

/// Adds what follows from names that are about to be written: their parts, and whether a number is left out before them.
/// At most two statements.
///
/// # Errors
/// What the database answers.
pub fn of_names(env: &mut Env, named: &mut [Named<'_>]) -> Result<()> {
    let journals: Vec<Id> = named.iter().filter(|entry| !entry.name.is_empty()).map(|entry| entry.journal).collect();
    let own = if journals.is_empty() { HashMap::new() } else { expressions(env, &journals)? };
    let numbered = named.iter().map(|entry| {
        let (prefix, number) = split(&entry.name, own.get(&entry.journal));
        Numbered { id: entry.id, journal: entry.journal, prefix, number, posted: entry.posted }
    });
    let numbered: Vec<Numbered> = numbered.collect();
    let gaps = gaps(env, &numbered)?;
    for ((entry, Numbered { prefix, number, .. }), gap) in named.iter_mut().zip(numbered).zip(gaps) {
        entry.columns.extend(map! {
            "sequence_prefix" => prefix, "sequence_number" => i64::from(number), "made_sequence_gap" => gap
        });
    }
    Ok(())
}

fn made_gap(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let journals = env.values(MOVE, "journal_id", ids)?;
    let (prefixes, numbers) = (env.values(MOVE, "sequence_prefix", ids)?, env.values(MOVE, "sequence_number", ids)?);
    let states = env.values(MOVE, "state", ids)?;
    let mut entries = Vec::with_capacity(ids.len());
    for ((((id, journal), prefix), number), state) in ids.iter().zip(journals).zip(prefixes).zip(numbers).zip(states) {
        entries.push(Numbered {
            id: *id,
            journal: journal.as_id().unwrap_or(0),
            prefix: prefix.as_str().unwrap_or_default().to_owned(),
            number: number.as_int().and_then(|number| i32::try_from(number).ok()).unwrap_or(0),
            posted: state.as_str() == Some("posted"),
        });
    }
    for (entry, gap) in entries.iter().zip(gaps(env, &entries)?) {
        out.set("made_sequence_gap", entry.id, gap);
    }
    Ok(())
}

fn around(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    out.set_all("highest_name", ids, Value::None);
    out.set_all("name_placeholder", ids, Value::None);
    let entries = to_number(env, ids)?;
    let names = env.values(MOVE, "name", &entries.iter().map(|entry| entry.id).collect::<Vec<Id>>())?;
    let found = outlook(env, &entries)?;
    for ((entry, name), Outlook { highest, next, .. }) in entries.iter().zip(names).zip(found) {
        let unnamed = matches!(name.as_str(), None | Some("" | "/"));
        if unnamed && highest.is_none() {
            out.set("name_placeholder", entry.id, next);
        }
        out.set("highest_name", entry.id, highest);
    }
    Ok(())
}

/// Posted entries are named for the period of their day, unless the company enters them quickly.
pub fn fits_day(env: &mut Env, ids: &[Id]) -> Result<()> {
    let since: NaiveDate = match env.parameter("sequence.mixin.constraint_start_date")?.as_deref().map(str::parse) {
        Some(Ok(day)) => day,
        _ => NaiveDate::from_ymd_opt(1970, 1, 1).unwrap_or_default(),
    };
    let sql = sql!(
        "SELECT m.name::text, m.date, j.sequence_override_regex, c.fiscalyear_last_day, c.fiscalyear_last_month::text
         FROM account_move m JOIN account_journal j ON j.id = m.journal_id
         JOIN res_company c ON c.id = COALESCE(m.company_id, j.company_id)
         WHERE m.id = ANY({ids}) AND m.state = 'posted' AND m.name NOT IN ('', '/') AND m.date > {since}
         AND NOT COALESCE((j.type = 'sale' AND c.quick_edit_mode IN ('out_invoices', 'out_and_in_invoices'))
         OR (j.type = 'purchase' AND c.quick_edit_mode IN ('in_invoices', 'out_and_in_invoices')), FALSE)"
    );
    for row in env.query(sql)? {
        let (Some(name), Some(day)) = (row.text(0), row.date(1)) else { continue };
        let own = own_expression(row.text(2).as_deref());
        let last_day = row.int(3).and_then(|day| u32::try_from(day).ok()).unwrap_or(31);
        let fiscal = Fiscal { day: last_day, month: row.text(4).and_then(|month| month.parse().ok()).unwrap_or(12) };
        if !Pattern::parse(&name, own.as_ref())?.fits(day, fiscal) {
            return Err(Error::validation(format!(
                "The number {name} is not one of the period that {day} is in. Take the number away, and the entry gets one of its period."
            )));
        }
    }
    Ok(())
}
