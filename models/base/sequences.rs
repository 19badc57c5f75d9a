//! ir.sequence: numbers with a prefix and a suffix.
//!
//! A standard sequence counts in a PostgreSQL sequence of its own (`ir_sequence_007`), quick and with gaps; a
//! gapless one counts in its row, which is locked until the end of the transaction.

use std::collections::HashMap;

use lastmile_orm::access::Operation;
use lastmile_orm::call::Invocation;
use lastmile_orm::compute::Computed;
use lastmile_orm::declare::{CreateHook, Next, Tx, UnlinkHook, WriteHook};
use lastmile_orm::sql::{Bind, Sql, sql};
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Map, Result, Value, map};

use super::sequence_text::Dates;

const MODEL: &str = "ir.sequence";
const RANGE: &str = "ir.sequence.date_range";

/// Declares the models.
pub fn declare(all: &mut Declarations) {
    all.model(MODEL)
        .compute(&["number_next_actual"], &["number_next"], |env, ids, out| actual(env, MODEL, ids, out))
        .inverse("number_next_actual", |env, ids, value| env.write(MODEL, ids, map! { "number_next" => value.clone() }))
        .on_create(create)
        .on_write(write)
        .on_unlink(unlink)
        .model_method("next_by_code", "sequence_code, sequence_date=None", Tx::Write, call_by_code)
        .record_method("next_by_id", "sequence_date=None", Tx::Write, call_by_id);
    all.model(RANGE)
        .default("number_next", 1_i64)
        .compute(&["number_next_actual"], &["number_next"], |env, ids, out| actual(env, RANGE, ids, out))
        .inverse("number_next_actual", |env, ids, value| env.write(RANGE, ids, map! { "number_next" => value.clone() }))
        .on_create(create_ranges)
        .on_write(write_ranges)
        .on_unlink(unlink_ranges);
}

/// A counter in the database: of a sequence, or of one of its date ranges.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Counter {
    sequence: Id,
    range: Option<Id>,
}

impl Counter {
    fn name(self) -> String {
        match self.range {
            Some(range) => format!("ir_sequence_{:03}_{range:03}", self.sequence),
            None => format!("ir_sequence_{:03}", self.sequence),
        }
    }
}

/// What numbering needs to know of a sequence.
struct Facts {
    id: Id,
    name: String,
    prefix: String,
    suffix: String,
    padding: usize,
    gapless: bool,
    by_date: bool,
}

const FACTS: &str = "SELECT s.id, s.name::text, s.prefix::text, s.suffix::text, s.padding, s.implementation = 'no_gap', COALESCE(s.use_date_range, FALSE), \
    CASE WHEN s.implementation = 'standard' AND NOT COALESCE(s.use_date_range, FALSE) \
    THEN nextval(quote_ident('ir_sequence_' || CASE WHEN s.id < 1000 THEN lpad(s.id::text, 3, '0') ELSE s.id::text END)::regclass) END \
    FROM ";

/// Finds a sequence and, when it is a plain standard one, draws `n` numbers in the same statement.
fn draw(env: &mut Env, which: Sql, n: usize) -> Result<Option<(Facts, Vec<i64>)>> {
    let sql = sql!(
        "{FACTS:sql}(SELECT * FROM ir_sequence WHERE {which:sql} ORDER BY company_id
         LIMIT 1) s, generate_series(1, {n})",
        n = Bind::Int(Id::try_from(n).ok())
    );
    let rows = env.query(sql)?;
    let Some(row) = rows.first() else { return Ok(None) };
    let facts = Facts {
        id: row.int(0).unwrap_or(0),
        name: row.text(1).unwrap_or_default(),
        prefix: row.text(2).unwrap_or_default(),
        suffix: row.text(3).unwrap_or_default(),
        padding: row.int(4).and_then(|p| usize::try_from(p).ok()).unwrap_or(0),
        gapless: row.bool(5).unwrap_or(false),
        by_date: row.bool(6).unwrap_or(false),
    };
    Ok(Some((facts, rows.iter().filter_map(|row| row.big(7)).collect())))
}

/// The next `n` texts of a code's sequence: of the current company, else of no company. None when there is no such
/// sequence. One statement for a standard sequence, whatever `n`. No rights are asked.
pub fn next_by_code(env: &mut Env, code: &str, n: usize) -> Result<Vec<String>> {
    next_of_code(env, code, n, &Dates::now(env))
}

fn next_of_code(env: &mut Env, code: &str, n: usize, dates: &Dates) -> Result<Vec<String>> {
    let company = env.company_id();
    let which = sql!("active AND code = {code} AND (company_id IS NULL OR company_id = {company})");
    next_of(env, which, n, dates)
}

/// The next `n` texts of a sequence.
pub fn next_by_id(env: &mut Env, sequence: Id, n: usize) -> Result<Vec<String>> {
    let dates = Dates::now(env);
    next_of(env, sql!("id = {sequence}"), n, &dates)
}

fn next_of(env: &mut Env, which: Sql, n: usize, dates: &Dates) -> Result<Vec<String>> {
    let Some((facts, mut numbers)) = draw(env, which, n)? else { return Ok(Vec::new()) };
    let mut dates = dates.clone();
    if facts.by_date {
        let (range, from) = range_of(env, facts.id, &dates)?;
        dates.range = from.and_time(chrono::NaiveTime::MIN);
        numbers = if facts.gapless { draw_gapless(env, facts.id, Some(range), n)? } else { draw_range(env, facts.id, range, n)? };
    } else if facts.gapless {
        numbers = draw_gapless(env, facts.id, None, n)?;
    }
    let wrong = || Error::user(format!("The prefix or suffix of the sequence {} is not valid.", facts.name));
    let (prefix, suffix) = (dates.fill(&facts.prefix).ok_or_else(wrong)?, dates.fill(&facts.suffix).ok_or_else(wrong)?);
    Ok(numbers.into_iter().map(|number| format!("{prefix}{number:0width$}{suffix}", width = facts.padding)).collect())
}

fn draw_range(env: &mut Env, sequence: Id, range: Id, n: usize) -> Result<Vec<i64>> {
    let name = Counter { sequence, range: Some(range) }.name();
    let sql = sql!("SELECT nextval(quote_ident({name})::regclass) FROM generate_series(1, {n})", n = Bind::Int(Id::try_from(n).ok()));
    Ok(env.query(sql)?.iter().filter_map(|row| row.big(0)).collect())
}

/// Numbers from the row itself. Whoever finds it locked tries its transaction again.
fn draw_gapless(env: &mut Env, sequence: Id, range: Option<Id>, n: usize) -> Result<Vec<i64>> {
    let (table, id) = range.map_or(("ir_sequence", sequence), |range| ("ir_sequence_date_range", range));
    let lock = sql!("SELECT number_next FROM {table:ident} WHERE id = {id} FOR UPDATE NOWAIT");
    let first = env.query(lock)?.first().and_then(|row| row.int(0)).unwrap_or(1);
    let step = env.query(sql!("SELECT number_increment FROM ir_sequence WHERE id = {sequence}"))?;
    let step = step.first().and_then(|row| row.int(0)).unwrap_or(1);
    let count = Id::try_from(n).unwrap_or(0);
    let sql = sql!("UPDATE {table:ident} SET number_next = {count} WHERE id = {id}", count = first + step * count);
    env.execute(&sql)?;
    env.changed(if range.is_some() { RANGE } else { MODEL }, &["number_next"], &[id])?;
    Ok((0..count).map(|k| i64::from(first + step * k)).collect())
}

/// The range of a date, made when there is none: the year, cut by its neighbours.
fn range_of(env: &mut Env, sequence: Id, dates: &Dates) -> Result<(Id, chrono::NaiveDate)> {
    let day = dates.effective.date();
    let of = |sql: Sql| sql.push(" FROM ir_sequence_date_range WHERE sequence_id = ").push_bind(Bind::Int(Some(sequence)));
    let sql = of(Sql::lit("SELECT id, date_from"))
        .push(" AND ")
        .push_bind(Bind::Date(Some(day)))
        .push(" BETWEEN date_from AND date_to ORDER BY id LIMIT 1");
    if let Some(row) = env.query(sql)?.first()
        && let (Some(id), Some(from)) = (row.int(0), row.date(1))
    {
        return Ok((id, from));
    }
    let sql = of(sql!("SELECT min(date_from) FILTER (WHERE date_from > {day}), max(date_to) FILTER (WHERE date_to < {day})"));
    let rows = env.query(sql)?;
    let next = rows.first().and_then(|row| row.date(0)).and_then(|d| d.pred_opt());
    let before = rows.first().and_then(|row| row.date(1)).and_then(|d| d.succ_opt());
    let (from, to) = super::sequence_text::year_of(day);
    let (from, to) = (before.map_or(from, |b| b.max(from)), next.map_or(to, |n| n.min(to)));
    let values = map! { "sequence_id" => sequence, "date_from" => from, "date_to" => to };
    Ok((env.sudo(|env| env.create_one(RANGE, values))?, from))
}

fn call_by_code(env: &mut Env, call: &Invocation) -> Result<Answer> {
    env.check_access(MODEL, Operation::Read)?;
    let dates = Dates::of(env, call.arg("sequence_date"))?;
    let texts = next_of_code(env, &call.arg("sequence_code").py_str(), 1, &dates)?;
    Ok(texts.into_iter().next().map_or_else(|| Answer::from(false), Answer::from))
}

fn call_by_id(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let id = call.one()?;
    let dates = Dates::of(env, call.arg("sequence_date"))?;
    let texts = next_of(env, sql!("id = {id}"), 1, &dates)?;
    Ok(texts.into_iter().next().map_or_else(|| Answer::from(false), Answer::from))
}

/// The counters of records of either model.
fn counters(env: &mut Env, model: &str, ids: &[Id]) -> Result<Vec<Counter>> {
    if model == MODEL {
        return Ok(ids.iter().map(|id| Counter { sequence: *id, range: None }).collect());
    }
    let owners = env.values(RANGE, "sequence_id", ids)?;
    Ok(ids.iter().zip(owners).filter_map(|(id, owner)| Some(Counter { sequence: owner.as_id()?, range: Some(*id) })).collect())
}

/// The number that comes next: the counter knows for standard sequences, the row for gapless ones.
fn actual(env: &mut Env, model: &str, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (id, next) in ids.iter().zip(env.values(model, "number_next", ids)?) {
        out.set("number_next_actual", *id, next);
    }
    let counters = counters(env, model, ids)?;
    let names: HashMap<String, Id> = counters.iter().map(|c| (c.name(), c.range.unwrap_or(c.sequence))).collect();
    let known = sql!(
        "SELECT relname::text FROM pg_class WHERE relkind = 'S' AND relname = ANY({keys}::text[])",
        keys = Bind::texts(names.keys().cloned())
    );
    let mut parts = Vec::new();
    for row in env.query(known)? {
        let Some(name) = row.text(0) else { continue };
        let Some(id) = names.get(&name) else { continue };
        parts.push(sql!(
            "SELECT {id}::int4, CASE
                 WHEN c.is_called THEN c.last_value + s.seqincrement ELSE c.last_value END FROM {name:ident} c
                 JOIN pg_sequence s ON s.seqrelid = {quoted}::regclass",
            id = *id,
            quoted = format!("\"{name}\"")
        ));
    }
    if parts.is_empty() {
        return Ok(());
    }
    let all = Sql::new().push_joined(parts, " UNION ALL ").uncached();
    for row in env.query(all)? {
        if let (Some(id), Some(next)) = (row.int(0), row.big(1)) {
            out.set("number_next_actual", id, next);
        }
    }
    Ok(())
}

fn make(env: &mut Env, counter: Counter, step: i64, start: i64) -> Result<()> {
    if step == 0 {
        return Err(Error::user("The step of a sequence must not be zero."));
    }
    let sql = sql!("CREATE SEQUENCE {name:ident} INCREMENT BY ", name = &counter.name())
        .push_number(step)
        .push(" START WITH ")
        .push_number(start);
    env.execute(&sql.uncached()).map(|_| ())
}

fn alter(env: &mut Env, counter: Counter, step: Option<i64>, restart: Option<i64>) -> Result<()> {
    let mut sql = sql!("ALTER SEQUENCE IF EXISTS {name:ident}", name = &counter.name());
    if let Some(step) = step {
        if step == 0 {
            return Err(Error::user("The step of a sequence must not be zero."));
        }
        sql = sql.push(" INCREMENT BY ").push_number(step);
    }
    if let Some(start) = restart {
        sql = sql.push(" RESTART WITH ").push_number(start);
    }
    env.execute(&sql.uncached()).map(|_| ())
}

fn drop_all(env: &mut Env, counters: &[Counter]) -> Result<()> {
    if counters.is_empty() {
        return Ok(());
    }
    let names: Vec<Sql> = counters.iter().map(|c| Sql::ident(&c.name())).collect();
    env.execute(&sql!("DROP SEQUENCE IF EXISTS {joined:sql} RESTRICT", joined = Sql::joined(names, ", ")).uncached()).map(|_| ())
}

fn ranges_of(env: &mut Env, sequences: &[Id]) -> Result<Vec<Counter>> {
    let sql = sql!("SELECT sequence_id, id FROM ir_sequence_date_range WHERE sequence_id = ANY({sequences})");
    Ok(env.query(sql)?.iter().filter_map(|row| Some(Counter { sequence: row.int(0)?, range: Some(row.int(1)?) })).collect())
}

fn create(env: &mut Env, values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    let ids = next.call(env, values)?;
    let (kinds, steps) = (env.values(MODEL, "implementation", &ids)?, env.values(MODEL, "number_increment", &ids)?);
    let starts = env.values(MODEL, "number_next", &ids)?;
    for (((id, kind), step), start) in ids.iter().zip(kinds).zip(steps).zip(starts) {
        if kind.as_str() == Some("standard") {
            let counter = Counter { sequence: *id, range: None };
            make(env, counter, step.as_int().unwrap_or(1), start.as_int().filter(|n| *n != 0).unwrap_or(1))?;
        }
    }
    Ok(ids)
}

fn write(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    let (kinds, steps) = (env.values(MODEL, "implementation", ids)?, env.values(MODEL, "number_increment", ids)?);
    let starts = env.values(MODEL, "number_next", ids)?;
    let new_kind = values.get("implementation").and_then(Value::as_str).map(str::to_owned);
    let restart = values.get("number_next").and_then(Value::as_int).filter(|n| *n != 0);
    let new_step = values.get("number_increment").and_then(Value::as_int);
    next.call(env, ids, values)?;
    for (((id, kind), step), start) in ids.iter().zip(kinds).zip(steps).zip(starts) {
        let counter = Counter { sequence: *id, range: None };
        let (was, is) = (kind.as_str() == Some("standard"), new_kind.as_deref().or(kind.as_str()) == Some("standard"));
        let (step, start) = (step.as_int().unwrap_or(1), start.as_int().unwrap_or(1));
        let changed_step = new_step.filter(|s| *s != step);
        match (was, is) {
            (true, true) if restart.is_some() || changed_step.is_some() => {
                alter(env, counter, changed_step, restart)?;
                for range in if changed_step.is_some() { ranges_of(env, &[*id])? } else { Vec::new() } {
                    alter(env, range, changed_step, None)?;
                }
            }
            (true, false) => {
                let mut gone = ranges_of(env, &[*id])?;
                gone.push(counter);
                drop_all(env, &gone)?;
            }
            (false, true) => {
                let step = new_step.unwrap_or(step);
                make(env, counter, step, restart.unwrap_or(start))?;
                for range in ranges_of(env, &[*id])? {
                    make(env, range, step, 1)?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn unlink(env: &mut Env, ids: &[Id], next: &Next<UnlinkHook>) -> Result<()> {
    let mut gone = ranges_of(env, ids)?;
    gone.extend(counters(env, MODEL, ids)?);
    next.call(env, ids)?;
    drop_all(env, &gone)
}

fn create_ranges(env: &mut Env, values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    let ids = next.call(env, values)?;
    for counter in counters(env, RANGE, &ids)? {
        let (kind, step) = (env.value(MODEL, "implementation", counter.sequence)?, env.value(MODEL, "number_increment", counter.sequence)?);
        if kind.as_str() == Some("standard") {
            let start = env.value(RANGE, "number_next", counter.range.unwrap_or(0))?;
            make(env, counter, step.as_int().unwrap_or(1), start.as_int().filter(|n| *n != 0).unwrap_or(1))?;
        }
    }
    Ok(ids)
}

fn write_ranges(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    let restart = values.get("number_next").and_then(Value::as_int).filter(|n| *n != 0);
    next.call(env, ids, values)?;
    if restart.is_some() {
        for counter in counters(env, RANGE, ids)? {
            alter(env, counter, None, restart)?;
        }
    }
    Ok(())
}

fn unlink_ranges(env: &mut Env, ids: &[Id], next: &Next<UnlinkHook>) -> Result<()> {
    let gone = counters(env, RANGE, ids)?;
    next.call(env, ids)?;
    drop_all(env, &gone)
}
