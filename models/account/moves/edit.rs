//! Entries and their lines as clients create, change and delete them: read, carried out on documents, worked out
//! together, and written together.

use std::collections::HashMap;

use lastmile_orm::declare::{CreateHook, Next, UnlinkHook, WriteHook};
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Error, Id, Map, Result, Value, map};

use super::accounts::Accounts;
use super::amounts::Rates;
use super::document::{Document, Line, TEXTS};
use super::document::{LINE, MOVE};
use super::facts::Facts;
use super::numbers::{self, Named};
use super::sync_terms::Receivables;
use super::{chatter, given_totals, guards, header, lines, store, sync_rounding, sync_taxes, totals};
use crate::account::reconcile::settle;
use crate::account::taxes::engine::Taxes;
use crate::account::taxes::load as load_taxes;
use crate::mail::tracking;

/// The one2many fields that show lines of an entry; the rest shows parts of them.
const LINE_FIELDS: [&str; 3] = ["line_ids", "invoice_line_ids", "journal_line_ids"];
/// Fields of a new entry whose defaults decide what else it has.
const DEFAULTED: &[&str] = &[
    "move_type",
    "journal_id",
    "company_id",
    "currency_id",
    "partner_id",
    "invoice_date",
    "date",
    "invoice_date_due",
    "invoice_payment_term_id",
    "fiscal_position_id",
    "line_ids",
    "invoice_line_ids",
    "name",
    "ref",
];

/// Declares the hooks.
pub fn declare(all: &mut Declarations) {
    all.model(MOVE).on_create(create_moves).on_write(write_moves).on_unlink(unlink_moves).on_copied(settle::touch_moves);
    all.model(LINE).on_create(create_lines).on_write(write_lines).on_unlink(unlink_lines).on_copy(copy_lines);
}

/// What of lines is worked out anew is not copied.
fn copy_lines(env: &mut Env, ids: &[Id], copies: &mut [Map]) -> Result<()> {
    let moves: Vec<Id> = env.values(LINE, "move_id", ids)?.iter().map(|of| of.as_id().unwrap_or(0)).collect();
    for (map, kind) in copies.iter_mut().zip(env.values(MOVE, "move_type", &moves)?) {
        let invoice = kind.as_str() != Some("entry");
        let gone: &[&str] = match map.get("display_type").and_then(Value::as_str) {
            Some("payment_term") if invoice => &["name"],
            Some("product") if invoice => &["balance", "debit", "credit"],
            Some(text) if TEXTS.contains(&text) => &["balance", "account_id", "debit", "credit"],
            _ => &[],
        };
        for name in gone {
            map.shift_remove(name);
        }
    }
    Ok(())
}

/// Works documents out: what is due of headers, lines, taxes and terms. Answers what they are due on.
///
/// # Errors
/// What the database answers.
pub fn work_out(env: &mut Env, facts: &Facts, documents: &mut [Document]) -> Result<Receivables> {
    header::complete(env, facts, documents)?;
    lines::complete(env, facts, documents)?;
    Rates::load(env, facts, documents)?.fill(env, documents);
    of_repartition(env, documents)?;
    let ids: Vec<Id> =
        documents.iter().flat_map(|document| document.lines.iter().flat_map(|line| line.taxes.iter().copied().chain(line.tax))).collect();
    let taxes = load_taxes::load(env, &ids)?;
    let today = env.today();
    let partners: HashMap<Id, Id> = facts.companies.iter().map(|(id, company)| (*id, company.partner)).collect();
    exigible(env, documents, &taxes)?;
    for document in documents.iter_mut() {
        let global = facts.companies.get(&document.company).is_some_and(|company| company.global_rounding);
        sync_taxes::sync(document, &taxes, global);
    }
    sync_rounding::sync(env, documents)?;
    let receivables = Receivables::load(env, documents, &partners)?;
    documents.iter_mut().for_each(|document| receivables.sync(document, today));
    lines::know_accounts(env, documents)?;
    Ok(receivables)
}

/// Lines that were given with a line of repartition are of its tax.
fn of_repartition(env: &mut Env, documents: &mut [Document]) -> Result<()> {
    let given = |line: &Line| line.repartition.filter(|_| line.tax.is_none());
    let wanted: Vec<Id> = documents.iter().flat_map(|document| document.live().filter_map(given)).collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let sql = sql!(
        "SELECT r.id, r.tax_id, t.tax_group_id FROM account_tax_repartition_line r JOIN account_tax t ON t.id = r.tax_id
         WHERE r.id = ANY({wanted})"
    );
    let known: HashMap<Id, (Option<Id>, Option<Id>)> =
        env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, (row.int(1), row.int(2))))).collect();
    for line in documents.iter_mut().flat_map(|document| &mut document.lines) {
        if let Some((tax, group)) = given(line).and_then(|id| known.get(&id)) {
            (line.tax, line.tax_group) = (*tax, *group);
        }
    }
    Ok(())
}

/// Taxes of entries count at once, but for those that are due when what customers owe on the same entry is paid.
fn exigible(env: &mut Env, documents: &mut [Document], taxes: &Taxes) -> Result<()> {
    let waits = |document: &Document| {
        let mut used = document.live().flat_map(|line| line.taxes.iter().chain(&line.tax));
        used.any(|tax| taxes.get(*tax).is_some_and(|tax| tax.on_payment))
    };
    let mut accounts = Accounts::default();
    let waiting = documents.iter().filter(|document| !document.kind.is_invoice() && waits(document));
    accounts.ensure(env, waiting.flat_map(|document| document.live().filter_map(|line| line.account)))?;
    for document in documents {
        let owes = document.live().any(|line| line.account.is_some_and(|account| accounts.is_of_partner(account)));
        document.always_exigible = !(document.kind.is_invoice() || owes && waits(document));
    }
    Ok(())
}

/// Changes entries that are there.
///
/// # Errors
/// What `work` answers; UserError when an entry does not balance afterwards.
pub fn change(env: &mut Env, ids: &[Id], work: impl FnOnce(&mut Env, &Facts, &mut Vec<Document>) -> Result<()>) -> Result<()> {
    let facts = Facts::load(env)?;
    let mut documents = store::load(env, &facts, ids)?;
    work(env, &facts, &mut documents)?;
    work_out(env, &facts, &mut documents)?;
    tracking::trace(env, MOVE, ids, |env| {
        store::save(env, &mut documents)?;
        chatter::trace_lines(env, &documents)
    })?;
    guards::check(env, &documents)
}

fn create_moves(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    guards::begin_as_drafts(&values)?;
    if values.iter().any(|map| map.get("company_id").is_some_and(Value::is_empty_mark)) {
        return Err(Error::access("An entry belongs to a company that its writer may work for."));
    }
    let emptied = |map: &Map| NEEDED.into_iter().filter(|name| map.get(name).is_some_and(Value::is_empty_mark)).collect::<Vec<_>>();
    let emptied: Vec<Vec<&str>> = values.iter().map(emptied).collect();
    let given: Vec<Vec<String>> = values.iter().map(|map| map.keys().cloned().collect()).collect();
    env.fill_defaults(MOVE, DEFAULTED, &mut values)?;
    let facts = Facts::load(env)?;
    let mut documents = Vec::with_capacity(values.len());
    for (map, given) in values.iter_mut().zip(&given) {
        map.retain(|name, value| !value.is_empty_mark() || given.contains(name));
        let mut document = header::begin(env, &facts, map)?;
        document.copied = env.is_copying(MOVE);
        for (field, commands) in take_lines(map)? {
            lines::command(env, &facts, &mut document, field, &commands)?;
        }
        documents.push(document);
    }
    work_out(env, &facts, &mut documents)?;
    let totals: Vec<Option<Value>> = values.iter_mut().map(|map| map.shift_remove("tax_totals")).collect();
    as_written_below(env, &facts, &mut documents, totals.iter().map(Option::as_ref))?;
    for ((map, document), emptied) in values.iter_mut().zip(&documents).zip(emptied) {
        map.extend(document.columns());
        map.extend(totals::of(document));
        map.get_or_insert_with("payment_state", || "not_paid".into());
        map.insert("is_manually_modified".into(), Value::Bool(false));
        map.extend(emptied.into_iter().map(|name| (name.to_owned(), Value::None)));
    }
    let named = values.iter_mut().zip(&documents).map(|(columns, document)| Named {
        id: 0,
        journal: document.journal,
        name: document.name.clone().unwrap_or_default(),
        posted: document.state == "posted",
        columns,
    });
    numbers::of_names(env, &mut named.collect::<Vec<Named>>())?;
    let ids = next.call(env, values)?;
    for (document, id) in documents.iter_mut().zip(&ids) {
        document.id = *id;
    }
    store::insert_lines(env, &mut documents)?;
    guards::check(env, &documents)?;
    Ok(ids)
}

/// Fields that every entry has: worked out where nothing is said. Emptied, they stay so, and the database refuses the entry.
const NEEDED: [&str; 3] = ["journal_id", "currency_id", "date"];

/// Tax amounts that were written below documents are kept, and what is due follows.
fn as_written_below<'v>(
    env: &mut Env,
    facts: &Facts,
    documents: &mut [Document],
    totals: impl Iterator<Item = Option<&'v Value>>,
) -> Result<()> {
    let mut changed = false;
    for (document, totals) in documents.iter_mut().zip(totals).filter(|(document, _)| document.kind.is_invoice()) {
        changed |= totals.is_some_and(|totals| given_totals::take(document, totals));
    }
    if changed {
        work_out(env, facts, documents)?;
    }
    Ok(())
}

/// Takes the commands on lines out of an entry's values; what both fields say is said once.
fn take_lines(values: &mut Map) -> Result<Vec<(&'static str, Value)>> {
    let mut taken: Vec<(&'static str, Value)> = Vec::new();
    for field in LINE_FIELDS {
        let value = match values.shift_remove(field) {
            Some(empty) if empty.is_empty_mark() && field == "line_ids" => {
                return Err(Error::type_("line_ids takes a list of commands."));
            }
            // Nothing instead of commands empties a field, as for any other.
            Some(empty) if empty.is_empty_mark() => Value::List(vec![Value::List(vec![5.into(), 0.into(), 0.into()])]),
            Some(value) => value,
            None => continue,
        };
        let known: Vec<Value> = taken.iter().flat_map(|(_, value)| value.as_list().unwrap_or_default().to_vec()).collect();
        let value = match value {
            Value::List(commands) if !known.is_empty() => {
                Value::List(commands.into_iter().filter(|command| !known.contains(command)).collect())
            }
            other => other,
        };
        taken.push((field, value));
    }
    Ok(taken)
}

fn write_moves(env: &mut Env, ids: &[Id], mut values: Map, next: &Next<WriteHook>) -> Result<()> {
    if values.is_empty() {
        return Ok(());
    }
    guards::may_write(env, ids, &values)?;
    let commands = take_lines(&mut values)?;
    let totals = values.shift_remove("tax_totals");
    let facts = Facts::load(env)?;
    let documents = store::load(env, &facts, ids)?;
    if !env.context_get("skip_is_manually_modified").is_some_and(Value::truthy) {
        values.get_or_insert_with("is_manually_modified", || Value::Bool(true));
    }
    tracking::trace(env, MOVE, ids, |env| write_traced(env, ids, values, next, &facts, documents, &commands, totals.as_ref()))
}

/// Writes entries as far as they are read: their own fields, then what follows from them for their lines.
#[expect(clippy::too_many_arguments, reason = "the parts of one write")]
fn write_traced(
    env: &mut Env,
    ids: &[Id],
    values: Map,
    next: &Next<WriteHook>,
    facts: &Facts,
    mut documents: Vec<Document>,
    commands: &[(&'static str, Value)],
    totals: Option<&Value>,
) -> Result<()> {
    let given = values.clone();
    next.call(env, ids, values)?;
    let synchronous = !commands.is_empty() || totals.is_some() || given.keys().any(|name| header::matters(name));
    if !synchronous {
        return Ok(());
    }
    for document in &mut documents {
        header::take(document, facts, &given)?;
        for (field, commands) in commands {
            lines::command(env, facts, document, field, commands)?;
        }
    }
    work_out(env, facts, &mut documents)?;
    let count = documents.len();
    as_written_below(env, facts, &mut documents, std::iter::repeat_n(totals, count))?;
    store::save(env, &mut documents)?;
    chatter::trace_lines(env, &documents)?;
    if given.contains_key("journal_id") && !given.contains_key("name") {
        let renamed: Vec<(Id, Map)> = documents
            .iter()
            .filter(|document| {
                !document.posted_before && document.before.as_deref().is_some_and(|before| before.journal != document.journal)
            })
            .map(|document| (document.id, map! { "name" => Value::None }))
            .collect();
        env.update_each(MOVE, renamed)?;
    }
    guards::check(env, &documents)
}

fn unlink_moves(env: &mut Env, ids: &[Id], next: &Next<UnlinkHook>) -> Result<()> {
    guards::may_unlink(env, ids)?;
    let lines = env.sudo(|env| env.linked(MOVE, "line_ids", ids))?;
    lines::remove(env, &lines)?;
    next.call(env, ids)
}

fn create_lines(env: &mut Env, mut values: Vec<Map>, _: &Next<CreateHook>) -> Result<Vec<Id>> {
    env.fill_defaults(LINE, &["move_id"], &mut values)?;
    let mut moves: Vec<Id> = Vec::new();
    for map in &values {
        let of = map
            .get("move_id")
            .and_then(Value::as_id)
            .ok_or_else(|| Error::validation("A journal item belongs to an entry: move_id is missing."))?;
        if !moves.contains(&of) {
            moves.push(of);
        }
    }
    env.check_records(MOVE, &moves, lastmile_orm::access::Operation::Write)?;
    guards::may_add(env, &moves)?;
    let reg = env.registry();
    let model = reg.model(LINE)?;
    let facts = Facts::load(env)?;
    let mut documents = store::load(env, &facts, &moves)?;
    let mut places = Vec::with_capacity(values.len());
    for map in &values {
        let of = map.get("move_id").and_then(Value::as_id);
        let Some((at, document)) = documents.iter_mut().enumerate().find(|(_, document)| Some(document.id) == of) else {
            return Err(Error::missing("The entry of a journal item does not exist."));
        };
        let line = lines::begin(model, &facts, document, map)?;
        places.push((at, document.lines.len()));
        document.lines.push(line);
    }
    work_out(env, &facts, &mut documents)?;
    store::save(env, &mut documents)?;
    guards::check(env, &documents)?;
    settle::touch_moves(env, &moves)?;
    let made =
        places.into_iter().map(|(at, line)| documents.get(at).and_then(|document| document.lines.get(line)).map_or(0, |line| line.id));
    Ok(made.collect())
}

fn write_lines(env: &mut Env, ids: &[Id], values: Map, _: &Next<WriteHook>) -> Result<()> {
    if values.is_empty() {
        return Ok(());
    }
    guards::may_write_lines(env, ids, &values)?;
    let moves = moves_of(env, ids)?;
    let reg = env.registry();
    let model = reg.model(LINE)?;
    change(env, &moves, |_, facts, documents| {
        for line in documents.iter_mut().flat_map(|document| &mut document.lines).filter(|line| ids.contains(&line.id)) {
            lines::take(line, model, facts, &values)?;
        }
        Ok(())
    })?;
    settle::touch_moves(env, &moves)
}

fn unlink_lines(env: &mut Env, ids: &[Id], _: &Next<UnlinkHook>) -> Result<()> {
    let moves = moves_of(env, ids)?;
    change(env, &moves, |env, _, documents| {
        for document in documents.iter_mut() {
            guards::may_delete(env, document, ids)?;
            document.lines.iter_mut().filter(|line| ids.contains(&line.id)).for_each(|line| line.deleted = true);
        }
        Ok(())
    })?;
    settle::touch_moves(env, &moves)
}

/// Documents that come to less than nothing get quantities of the other sign.
pub fn turn_negative(env: &mut Env, ids: &[Id]) -> Result<()> {
    let totals = env.values(MOVE, "amount_total", ids)?;
    let below: Vec<Id> = ids
        .iter()
        .zip(totals)
        .filter(|(_, total)| total.as_decimal().is_some_and(|total| total.is_sign_negative() && !total.is_zero()))
        .map(|(id, _)| *id)
        .collect();
    if below.is_empty() {
        return Ok(());
    }
    change(env, &below, |_, _, documents| {
        for line in documents.iter_mut().flat_map(|document| &mut document.lines).filter(|line| line.display_type == "product") {
            line.quantity = -line.quantity;
            line.give("quantity");
        }
        Ok(())
    })
}

/// The entries of lines, each once.
fn moves_of(env: &mut Env, lines: &[Id]) -> Result<Vec<Id>> {
    let mut moves: Vec<Id> = env.values(LINE, "move_id", lines)?.iter().filter_map(Value::as_id).collect();
    moves.sort_unstable();
    moves.dedup();
    Ok(moves)
}
