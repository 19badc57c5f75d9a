//! Fields of entries that follow from their names, and what their names must fit.

use chrono::NaiveDate;
use lastmile_orm::compute::Computed;
use lastmile_orm::declare::{CreateHook, Next, UnlinkHook, WriteHook};
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Error, Id, Map, Result, Value};

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
    let names = env.values(MOVE, "name", ids)?;
    let sql = sql!(
        "SELECT m.id, j.sequence_override_regex FROM account_move m JOIN account_journal j ON j.id = m.journal_id
         WHERE m.id = ANY({ids}) AND j.sequence_override_regex <> ''"
    );
    let own: std::collections::HashMap<Id, String> = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.text(1)?))).collect();
    for (id, name) in ids.iter().zip(names) {
        let own = own.get(id).and_then(|text| own_expression(Some(text)));
        let (prefix, number) = split(name.as_str().unwrap_or_default(), own.as_ref());
        out.set("sequence_prefix", *id, Value::Str(prefix));
        out.set("sequence_number", *id, i64::from(number));
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
