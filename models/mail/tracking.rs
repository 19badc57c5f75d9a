//! Changes of tracked fields leave a trace: one log entry a record, one value a field.

use std::collections::HashMap;

use lastmile_orm::declare::{Next, WriteHook};
use lastmile_orm::registry::{Field, Kind, Model, translated};
use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::value::Map;
use lastmile_orm::{Declarations, Env, Id, Result, Value};

use super::post::{companies_of, thread_roots};
use super::store::{self, NewMessage, Subtype};

/// Records that an outer write traces already.
const OPEN: &str = "mail_tracking_open";

/// Declares the mixin.
pub fn declare(all: &mut Declarations) {
    all.thread.on_write(write);
}

/// A changed field of a record, before and after.
struct Change<'m> {
    field: &'m Field,
    record: Id,
    old: Value,
    new: Value,
}

fn write(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    let reg = env.registry();
    let model = reg.model(next.model())?;
    let declared = env.declared();
    let written = |path: &str| values.contains_key(path.split('.').next().unwrap_or_default());
    // What is computed and not kept counts when something it is computed of is written.
    let known = |f: &Field| {
        let computed = || declared.compute_of(model, &f.name).is_some_and(|c| c.depends.iter().any(|path| written(path)));
        f.is_column() || f.kind.is_x2many() || computed()
    };
    let fields: Vec<&Field> =
        model.fields.values().filter(|f| f.tracking.is_some_and(|n| n > 0) && known(f) && !f.company_dependent).collect();
    let concerned = fields.iter().any(|f| values.contains_key(&f.name) || !f.depends.is_empty() || !f.is_column());
    if !concerned {
        return next.call(env, ids, values);
    }
    traced(env, model, fields, ids, |env| next.call(env, ids, values))
}

/// Changes of tracked fields of records leave one trace, whatever `work` writes to them one after the other.
///
/// # Errors
/// What `work` answers.
pub fn trace<T>(env: &mut Env, model: &str, ids: &[Id], work: impl FnOnce(&mut Env) -> Result<T>) -> Result<T> {
    let reg = env.registry();
    let model = reg.model(model)?;
    let fields = model.fields.values().filter(|f| f.tracking.is_some_and(|n| n > 0) && f.is_column() && !f.company_dependent).collect();
    traced(env, model, fields, ids, work)
}

fn traced<T>(env: &mut Env, model: &Model, mut fields: Vec<&Field>, ids: &[Id], work: impl FnOnce(&mut Env) -> Result<T>) -> Result<T> {
    let off = ["tracking_disable", "mail_notrack"].iter().any(|key| env.context().raw.get(key).is_some_and(Value::truthy));
    let open = env.context().raw.get(OPEN).and_then(Value::as_map).and_then(|m| m.get(&model.name)).map(Value::ids).unwrap_or_default();
    let traced: Vec<Id> = ids.iter().copied().filter(|id| !open.contains(id) && !env.was_made(&model.name, *id)).collect();
    if off || traced.is_empty() {
        return work(env);
    }
    // The form of recorded databases: by falling priority, then by falling name.
    fields.sort_by(|a, b| (b.tracking, &b.name).cmp(&(a.tracking, &a.name)));
    let before = snapshot(env, model, &fields, &traced)?;
    let mut marks = env.context().raw.get(OPEN).and_then(Value::as_map).cloned().unwrap_or_default();
    marks.insert(model.name.clone(), Value::from([open, traced.clone()].concat()));
    // Writes that this one leads to are part of its trace.
    let answer = env.with_context(lastmile_orm::map! { OPEN => marks }, |env| work(env).and_then(|answer| env.flush().map(|()| answer)))?;
    if fields.iter().any(|f| !f.is_column()) {
        env.invalidate();
    }
    let after = snapshot(env, model, &fields, &traced)?;
    let mut changes = Vec::new();
    for (n, record) in traced.iter().enumerate() {
        for (field, (old, new)) in fields.iter().zip(before.iter().zip(&after)) {
            if let (Some(old), Some(new)) = (old.get(n), new.get(n))
                && differs(old, new)
            {
                changes.push(Change { field, record: *record, old: old.clone(), new: new.clone() });
            }
        }
    }
    keep(env, model, &changes)?;
    Ok(answer)
}

/// Empty text and no text are the same.
fn differs(old: &Value, new: &Value) -> bool {
    old != new && (old.truthy() || new.truthy())
}

fn snapshot(env: &mut Env, model: &Model, fields: &[&Field], ids: &[Id]) -> Result<Vec<Vec<Value>>> {
    env.sudo(|env| fields.iter().map(|field| env.values(&model.name, &field.name, ids)).collect())
}

fn keep(env: &mut Env, model: &Model, changes: &[Change<'_>]) -> Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let mut records: Vec<(Id, Vec<&str>)> = Vec::new();
    for change in changes {
        match records.last_mut() {
            Some((record, fields)) if *record == change.record => fields.push(change.field.name.as_str()),
            _ => records.push((change.record, vec![change.field.name.as_str()])),
        }
    }
    let subtypes = match env.declared().get(&model.name).and_then(|declared| declared.traced_as) {
        Some(subtypes) => subtypes(env, &records)?,
        None => vec![None; records.len()],
    };
    let ids: Vec<Id> = records.iter().map(|(id, _)| *id).collect();
    // What has a subtype of its own is said to those who follow it; the rest is only logged.
    let posted: Vec<Id> = ids.iter().zip(&subtypes).filter(|(_, subtype)| subtype.is_some()).map(|(id, _)| *id).collect();
    let parents = thread_roots(env, &model.name, &posted)?;
    let companies: HashMap<Id, Option<Id>> = posted.iter().copied().zip(companies_of(env, &model.name, &posted)?).collect();
    let note = |(id, subtype): (Id, Option<&str>)| match subtype {
        Some(name) => NewMessage {
            subtype: Some(Subtype::Named(name.to_owned())),
            parent: parents.get(&id).copied(),
            company: companies.get(&id).copied().flatten(),
            ..NewMessage::on(env, &model.name, id, "")
        },
        None => NewMessage::log(env, &model.name, id, ""),
    };
    let notes: Vec<NewMessage> = ids.iter().copied().zip(subtypes).map(note).collect();
    keep_in(env, model, &ids, &notes, changes)
}

/// Keeps messages, one for each record, with the changes of the records.
fn keep_in(env: &mut Env, model: &Model, records: &[Id], notes: &[NewMessage], changes: &[Change<'_>]) -> Result<()> {
    let messages: HashMap<Id, Id> = records.iter().copied().zip(store::insert(env, notes)?).collect();
    let names = target_names(env, changes)?;
    insert_values(env, &model.name, &messages, &names, changes)?;
    env.invalidate();
    Ok(())
}

/// A line of a document that was made, changed or deleted: the document's chatter has an entry for it.
#[derive(Clone, Debug)]
pub struct TracedLine {
    pub document: Id,
    pub line: Id,
    /// What is said of it: HTML.
    pub body: String,
    /// Values of fields before and after; missing ones are empty.
    pub before: Map,
    pub after: Map,
}

/// Leaves traces of lines in the chatter of their documents: of the tracked fields that are among the given values.
///
/// # Errors
/// What the database answers.
pub fn trace_lines(env: &mut Env, documents: &str, lines: &str, traces: &[TracedLine]) -> Result<()> {
    let reg = env.registry();
    let model = reg.model(lines)?;
    let mut fields: Vec<&Field> = model.fields.values().filter(|f| f.tracking.is_some_and(|n| n > 0)).collect();
    fields.sort_by(|a, b| (b.tracking, &b.name).cmp(&(a.tracking, &a.name)));
    let (mut changes, mut records, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    for trace in traces {
        let known = changes.len();
        for field in &fields {
            let value = |map: &Map| map.get(&field.name).cloned().unwrap_or_default();
            let (old, new) = (value(&trace.before), value(&trace.after));
            if differs(&old, &new) {
                changes.push(Change { field, record: trace.line, old, new });
            }
        }
        if changes.len() > known {
            records.push(trace.line);
            notes.push(NewMessage::log(env, documents, trace.document, trace.body.clone()));
        }
    }
    if changes.is_empty() { Ok(()) } else { keep_in(env, model, &records, &notes, &changes) }
}

/// Names of the records that many2one fields led and lead to: one statement a field.
fn target_names(env: &mut Env, changes: &[Change<'_>]) -> Result<HashMap<(String, Id), String>> {
    let mut wanted: HashMap<&str, Vec<Id>> = HashMap::new();
    for change in changes.iter().filter(|c| c.field.kind == Kind::Many2one || c.field.kind.is_x2many()) {
        if let Some(target) = change.field.relation.as_deref() {
            let linked = |value: &Value| value.as_id().map_or_else(|| value.ids(), |id| vec![id]);
            wanted.entry(target).or_default().extend([&change.old, &change.new].into_iter().flat_map(linked));
        }
    }
    let mut names = HashMap::new();
    for (target, mut ids) in wanted {
        ids.sort_unstable();
        ids.dedup();
        for (id, name) in ids.iter().zip(env.sudo(|env| env.names(target, &ids))?) {
            names.insert((target.to_owned(), *id), name);
        }
    }
    Ok(names)
}

/// The columns of one side of a change.
#[derive(Default)]
struct Side {
    integer: Option<Id>,
    float: Option<f64>,
    char: Option<String>,
    text: Option<String>,
    moment: Option<chrono::NaiveDateTime>,
}

fn side(field: &Field, value: &Value, names: &HashMap<(String, Id), String>) -> Side {
    let filled = || value.as_str().filter(|t| !t.is_empty()).map(str::to_owned);
    match field.kind {
        Kind::Integer | Kind::Boolean | Kind::Many2oneReference => {
            Side { integer: value.as_int().and_then(|n| Id::try_from(n).ok()), ..Side::default() }
        }
        Kind::Float | Kind::Monetary => Side { float: value.as_float(), ..Side::default() },
        Kind::Text | Kind::Html => Side { text: filled(), ..Side::default() },
        Kind::Date | Kind::Datetime => {
            let moment = match value {
                Value::Date(date) => date.and_hms_opt(0, 0, 0),
                Value::DateTime(moment) => Some(*moment),
                _ => None,
            };
            Side { moment, ..Side::default() }
        }
        Kind::Many2one => {
            let name = |id: Id| Some(names.get(&(field.relation.clone()?, id))?.clone());
            Side {
                integer: Some(value.as_id().unwrap_or(0)),
                char: Some(value.as_id().and_then(name).unwrap_or_default()),
                ..Side::default()
            }
        }
        kind if kind.is_x2many() => {
            let name = |id: Id| names.get(&(field.relation.clone()?, id)).cloned();
            let listed: Vec<String> = value.ids().into_iter().filter_map(name).collect();
            Side { char: Some(listed.join(", ")), ..Side::default() }
        }
        Kind::Selection => {
            let label =
                field.selection.iter().find(|(v, _)| Some(v.as_str()) == value.as_str()).map(|(_, l)| translated(l, "en_US").to_owned());
            Side { char: Some(label.or_else(filled).unwrap_or_default()), ..Side::default() }
        }
        _ => Side { char: filled(), ..Side::default() },
    }
}

fn insert_values(
    env: &mut Env,
    model: &str,
    messages: &HashMap<Id, Id>,
    names: &HashMap<(String, Id), String>,
    changes: &[Change<'_>],
) -> Result<()> {
    let old: Vec<Side> = changes.iter().map(|c| side(c.field, &c.old, names)).collect();
    let new: Vec<Side> = changes.iter().map(|c| side(c.field, &c.new, names)).collect();
    let (uid, now) = (env.uid(), env.now());
    let currencies = currencies(env, model, changes)?;
    let mut sql = sql!(
        "INSERT INTO mail_tracking_value (create_uid, create_date, write_uid, write_date, field_id, mail_message_id,
         currency_id, old_value_integer, old_value_float, old_value_char, old_value_text, old_value_datetime,
         new_value_integer, new_value_float, new_value_char, new_value_text, new_value_datetime)
         SELECT {uid}::int4, {now}::timestamp, {uid}::int4, {now}::timestamp, v.*
         FROM unnest({id}::int4[], {record}::int4[], {currencies}::int4[]",
        id = Bind::Ints(changes.iter().map(|c| Some(c.field.id)).collect()),
        record = Bind::Ints(changes.iter().map(|c| messages.get(&c.record).copied()).collect()),
        currencies = Bind::Ints(currencies)
    );
    for sides in [old, new] {
        sql = sql
            .push(", ")
            .push_bind(Bind::Ints(sides.iter().map(|s| s.integer).collect()))
            .push("::int4[], ")
            .push_bind(Bind::Floats(sides.iter().map(|s| s.float).collect()))
            .push("::float8[], ")
            .push_bind(Bind::Texts(sides.iter().map(|s| s.char.clone()).collect()))
            .push("::text[], ")
            .push_bind(Bind::Texts(sides.iter().map(|s| s.text.clone()).collect()))
            .push("::text[], ")
            .push_bind(Bind::Timestamps(sides.iter().map(|s| s.moment).collect()))
            .push("::timestamp[]");
    }
    env.execute(&sql.push(") AS v")).map(|_| ())
}

/// What amounts are in: one statement a field.
fn currencies(env: &mut Env, model: &str, changes: &[Change<'_>]) -> Result<Vec<Option<Id>>> {
    let mut known: HashMap<(&str, Id), Id> = HashMap::new();
    let by =
        |change: &Change<'_>| change.field.currency_field.as_deref().filter(|_| change.field.kind == Kind::Monetary).map(str::to_owned);
    let mut wanted: HashMap<String, Vec<Id>> = HashMap::new();
    for change in changes {
        if let Some(name) = by(change) {
            wanted.entry(name).or_default().push(change.record);
        }
    }
    for (name, records) in &wanted {
        let found = env.sudo(|env| env.values(model, name, records))?;
        known.extend(records.iter().zip(found).filter_map(|(record, value)| Some(((name.as_str(), *record), value.as_id()?))));
    }
    Ok(changes.iter().map(|change| by(change).and_then(|name| known.get(&(name.as_str(), change.record)).copied())).collect())
}
