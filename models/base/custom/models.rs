//! ir.model: a manual model is a table of its own.

use lastmile_orm::declare::{CreateHook, Next, Touch, UnlinkHook, WriteHook};
use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::{Declarations, Env, Error, Id, Map, Result, Value, map};

use super::{checks, manual, rows, schema};

const MODEL: &str = "ir.model";
/// Flags of a model, and the mixins they stand for.
const MIXINS: [(&str, &str); 2] = [("is_mail_thread", "mail.thread"), ("is_mail_activity", "mail.activity.mixin")];

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model(MODEL).default("state", "manual").default("order", "id").on_create(create).on_write(write).on_unlink(unlink);
}

fn create(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    let mut lines = Vec::new();
    for map in &mut values {
        let manual = checks::text(map, "state").is_none_or(|state| state == "manual");
        let name = checks::text(map, "model").unwrap_or_default();
        checks::model_name(&name, manual)?;
        if manual && schema::exists(env, &name.replace('.', "_"))? {
            return Err(Error::validation(format!("There is a table for a model named {name} already.")));
        }
        for key in ["abstract", "transient"] {
            map.get_or_insert_with(key, || Value::Bool(false));
        }
        let fields = map.shift_remove("field_id");
        lines.push(manual.then_some(fields));
    }
    let ids = next.call(env, values)?;
    let models = describe(env, &ids)?;
    for (model, _) in models.iter().zip(&lines).filter(|(_, lines)| lines.is_some()) {
        schema::add_table(env, &model.name.replace('.', "_"), &model.label)?;
        rows::add_basics(env, &model.name, model.id)?;
        for ((_, mixin), _) in MIXINS.into_iter().zip(model.mixins).filter(|(_, on)| *on) {
            rows::add_mixin(env, mixin, &model.name, model.id)?;
        }
    }
    env.touch(Touch::Registry)?;
    let mut fields = Vec::new();
    for (model, lines) in models.iter().zip(lines) {
        let Some(lines) = lines else { continue };
        for mut line in given(lines.as_ref()) {
            line.insert("model_id".into(), Value::from(model.id));
            fields.push(line);
        }
    }
    // Lines of one batch may lead to each other's columns; those that stand on others come last.
    let (first, last): (Vec<Map>, Vec<Map>) = fields.into_iter().partition(|line| {
        checks::text(line, "related").is_none() && checks::text(line, "ttype").is_none_or(|kind| kind != "one2many" && kind != "monetary")
    });
    for batch in [first, last] {
        if !batch.is_empty() {
            env.create("ir.model.fields", batch)?;
        }
    }
    for model in &models {
        check_order(env, model)?;
    }
    Ok(ids)
}

/// The fields that come with a model: those of create commands; a name when nothing is said.
fn given(lines: Option<&Value>) -> Vec<Map> {
    let Some(commands) = lines.and_then(Value::as_list) else {
        return vec![map! { "name" => "x_name", "field_description" => "Name", "ttype" => "char", "copied" => true }];
    };
    let maps = commands.iter().filter_map(|command| match command.as_list() {
        Some([Value::Int(0), _, Value::Map(line)]) => Some(line.clone()),
        _ => None,
    });
    maps.filter(|line| checks::text(line, "name").is_none_or(|name| name.starts_with("x_") || !BASICS.contains(&name.as_str()))).collect()
}

/// Fields that every model gets anyhow; clients that copy a description send them along.
const BASICS: [&str; 6] = ["id", "display_name", "create_uid", "create_date", "write_uid", "write_date"];

struct Described {
    id: Id,
    name: String,
    label: String,
    order: String,
    manual: bool,
    mixins: [bool; 2],
}

fn describe(env: &mut Env, ids: &[Id]) -> Result<Vec<Described>> {
    let sql = sql!(
        r#"SELECT id, model::text, COALESCE(name ->> 'en_US', ''), "order"::text, state = 'manual',
         COALESCE(is_mail_thread, FALSE), COALESCE(is_mail_activity, FALSE)
         FROM ir_model WHERE id = ANY({ids}) ORDER BY id"#
    );
    let rows = env.query(sql)?;
    let text = |row: &lastmile_orm::sql::row::Row, n| row.text(n).unwrap_or_default();
    let flag = |row: &lastmile_orm::sql::row::Row, n| row.bool(n).unwrap_or(false);
    let models = rows.iter().map(|row| Described {
        id: row.int(0).unwrap_or(0),
        name: text(row, 1),
        label: text(row, 2),
        order: text(row, 3),
        manual: flag(row, 4),
        mixins: [flag(row, 5), flag(row, 6)],
    });
    Ok(models.collect())
}

/// An order names stored fields of the model.
fn check_order(env: &Env, model: &Described) -> Result<()> {
    let reg = env.registry();
    let Some(found) = reg.models.get(&model.name).filter(|_| model.manual) else { return Ok(()) };
    for term in model.order.split(',') {
        let mut words = term.split_whitespace();
        let field = words.next().unwrap_or_default();
        let direction = words.next().is_none_or(|word| ["asc", "desc"].contains(&word.to_lowercase().as_str()));
        if !direction || words.next().is_some() || !found.fields.get(field).is_some_and(|f| f.store) {
            return Err(Error::validation(format!(
                "Unable to order by {}: fields used for ordering must be present on the model and stored.",
                model.order
            )));
        }
    }
    Ok(())
}

fn write(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    for key in ["model", "state", "abstract", "transient"] {
        let Some(value) = values.get(key) else { continue };
        for old in env.values(MODEL, key, ids)? {
            if old != *value && (old.truthy() || value.truthy()) {
                return Err(Error::user(format!("Field {key} cannot be modified on models.")));
            }
        }
    }
    let old = describe(env, ids)?;
    let flags = MIXINS.iter().any(|(flag, _)| values.contains_key(flag));
    if flags && old.iter().any(|model| !model.manual) {
        return Err(Error::user("Only custom models can be modified."));
    }
    next.call(env, ids, values)?;
    let new = describe(env, ids)?;
    for (before, after) in old.iter().zip(&new) {
        for (((flag, mixin), was), is) in MIXINS.iter().zip(before.mixins).zip(after.mixins) {
            match (was, is) {
                (true, false) => return Err(Error::user(format!("The field {flag} of a model cannot be taken back."))),
                (false, true) => rows::add_mixin(env, mixin, &after.name, after.id)?,
                _ => {}
            }
        }
        if before.order != after.order {
            check_order(env, after)?;
        }
    }
    if flags { env.touch(Touch::Registry) } else { Ok(()) }
}

/// What is kept about the records of models that go.
const ABOUT: [(&str, &str); 6] = [
    ("mail_activity", "res_model"),
    ("mail_activity_type", "res_model"),
    ("mail_followers", "res_model"),
    ("mail_message", "model"),
    ("ir_attachment", "res_model"),
    ("ir_model_data", "model"),
];

fn drop_traces(env: &mut Env, models: &[&str]) -> Result<()> {
    for (table, column) in ABOUT {
        let sql = sql!("DELETE FROM {table:ident} WHERE {column:ident} = ANY(");
        env.execute(&sql.push_bind(Bind::texts(models.iter().copied())).push(")"))?;
    }
    Ok(())
}

/// Views of models that go.
fn drop_views(env: &mut Env, models: &[&str]) -> Result<()> {
    let sql = sql!("SELECT id FROM ir_ui_view WHERE model = ANY({models})", models = Bind::texts(models.iter().copied()));
    let views: Vec<Id> = env.query_ids(sql)?;
    env.unlink("ir.ui.view", &views)
}

fn unlink(env: &mut Env, ids: &[Id], next: &Next<UnlinkHook>) -> Result<()> {
    let models = describe(env, ids)?;
    if let Some(model) = models.iter().find(|model| !model.manual) {
        return Err(Error::user(format!("Model \u{201c}{}\u{201d} contains module data and cannot be removed.", model.label)));
    }
    let names: Vec<&str> = models.iter().map(|model| model.name.as_str()).collect();
    let numbers = |env: &mut Env, condition: &'static str| -> Result<Vec<Id>> {
        let sql = sql!("SELECT id FROM ir_model_fields WHERE state = 'manual' AND {condition:sql} = ANY(");
        let rows = env.query(sql.push_bind(Bind::texts(names.iter().copied())).push(")"))?;
        Ok(rows.iter().filter_map(|row| row.int(0)).collect())
    };
    // Fields of other models that lead here go with the model; so do its own, all at once, as they may stand on each other.
    let mut fields = numbers(env, "relation")?;
    fields.extend(numbers(env, "model")?);
    fields.sort_unstable();
    fields.dedup();
    drop_views(env, &names)?;
    env.unlink("ir.model.fields", &fields)?;
    let tables: Vec<String> = names.iter().filter_map(|name| manual::table_of(env, name)).collect();
    next.call(env, ids)?;
    drop_traces(env, &names)?;
    for table in tables {
        schema::drop_table(env, &table)?;
    }
    env.touch(Touch::Registry)
}
