//! The texts of translated fields in all their languages, as the translation dialog reads and writes them.

use crate::access::Operation;
use crate::answer::Answer;
use crate::call::Invocation;
use crate::declare::{Declarations, Tx};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::registry::{Field, Kind, Model};
use crate::sql::{Bind, Sql};
use crate::value::{Id, Map, Value};

/// The language that every text falls back to.
const SOURCE: &str = "en_US";

/// Declares the methods for every model.
pub fn declare(all: &mut Declarations) {
    all.any
        .record_method("get_field_translations", "field_name, langs=None", Tx::Read, get_field_translations)
        .record_method("update_field_translations", "field_name, translations, source_lang=''", Tx::Write, update_field_translations)
        .unchecked(&["update_field_translations"]);
}

fn known<'a>(model: &'a Model, name: &str) -> Result<&'a Field> {
    model.fields.get(name).ok_or_else(|| Error::key(name.to_owned()))
}

/// One entry a language, and how the dialog shows them.
fn get_field_translations(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let id = call.one()?;
    let reg = env.registry();
    let model = reg.model(&call.model)?;
    let field = known(model, &call.arg("field_name").py_str())?;
    env.check_access(&call.model, Operation::Read)?;
    env.check_field(model, field, "read")?;
    env.check_records(&call.model, &[id], Operation::Read)?;
    env.require(&call.model, &[id])?;
    let mut langs: Vec<String> = call.arg("langs").as_list().unwrap_or_default().iter().map(Value::py_str).collect();
    if langs.is_empty() {
        langs.clone_from(&reg.langs);
    }
    let source = text_in(env, &call.model, field, id, SOURCE)?;
    let mut rows = Vec::new();
    for lang in langs {
        let value = text_in(env, &call.model, field, id, &lang)?;
        rows.push(Value::Map(crate::map! { "lang" => lang, "source" => source.clone(), "value" => value }));
    }
    let long = matches!(field.kind, Kind::Text | Kind::Html);
    let context = crate::map! {
        "translation_type" => if long { "text" } else { "char" },
        "translation_show_source" => field.kind == Kind::Html,
    };
    Ok(Answer::Value(Value::List(vec![Value::List(rows), Value::Map(context)])))
}

/// The value as a client of the language reads it; a language that is not installed reads the source.
fn text_in(env: &mut Env, model: &str, field: &Field, id: Id, lang: &str) -> Result<Value> {
    let lang = if env.registry().langs.iter().any(|l| l == lang) { lang } else { SOURCE };
    env.with_context(crate::map! { "lang" => lang }, |env| {
        env.invalidate();
        let value = env.value(model, &field.name, id)?;
        env.invalidate();
        Ok(crate::convert::to_read(field, value))
    })
}

/// Sets the texts of languages; nothing takes a language's own text away.
fn update_field_translations(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let id = call.one()?;
    let reg = env.registry();
    let model = reg.model(&call.model)?;
    env.check_access(&call.model, Operation::Write)?;
    env.check_records(&call.model, &[id], Operation::Write)?;
    let field = known(model, &call.arg("field_name").py_str())?;
    env.check_field(model, field, "write")?;
    let Value::Map(texts) = call.arg("translations") else {
        return Err(Error::type_("translations must be a dictionary by language"));
    };
    let source = call.arg("source_lang");
    let wanted = texts.keys().cloned().chain(source.truthy().then(|| source.py_str()));
    let missing: Vec<String> = wanted.filter(|l| l != SOURCE && !reg.langs.contains(l)).collect();
    if !missing.is_empty() {
        return Err(Error::user(format!("These languages are not installed: {}", missing.join(", "))));
    }
    let done = update(env, model, field, id, texts)?;
    Ok(Answer::from(done))
}

fn update(env: &mut Env, model: &Model, field: &Field, id: Id, texts: &Map) -> Result<bool> {
    if let Some(path) = field.related.as_deref().filter(|_| !field.is_column()) {
        return through(env, model, path, id, texts);
    }
    if !field.translate || !field.is_column() {
        return Ok(false);
    }
    let mut patch = serde_json::Map::new();
    for (lang, text) in texts {
        match text {
            Value::Map(terms) => {
                let old = text_in(env, &model.name, field, id, lang)?;
                let new = terms.iter().fold(old.py_str(), |text, (from, to)| text.replace(from.as_str(), &to.py_str()));
                patch.insert(lang.clone(), serde_json::Value::from(&cleaned(env, model, field, new)));
            }
            Value::Str(text) => {
                patch.insert(lang.clone(), serde_json::Value::from(&cleaned(env, model, field, text.clone())));
            }
            other if !other.truthy() => {
                // The source's own text stays: every other language falls back to it.
                if lang != SOURCE {
                    patch.insert(lang.clone(), serde_json::Value::Null);
                }
            }
            _ => return Err(Error::user("A translation is text, or nothing to take it away.")),
        }
    }
    store(env, model, field, id, patch)?;
    Ok(true)
}

/// What keeps HTML clean on a write does so here.
fn cleaned(env: &Env, model: &Model, field: &Field, text: String) -> Value {
    env.rounded(model, field, Value::Str(text))
}

fn through(env: &mut Env, model: &Model, path: &[String], id: Id, texts: &Map) -> Result<bool> {
    let Some((last, steps)) = path.split_last() else { return Ok(false) };
    let reg = env.registry();
    let (mut at, mut target) = (model, id);
    for step in steps {
        let link = at.field(step)?;
        let Some(next) = env.sudo(|env| env.value(&at.name, step, target))?.as_id() else { return Ok(false) };
        (at, target) = (reg.target(link)?, next);
    }
    env.check_access(&at.name, Operation::Write)?;
    env.check_records(&at.name, &[target], Operation::Write)?;
    update(env, at, at.field(last)?, target, texts)
}

fn store(env: &mut Env, model: &Model, field: &Field, id: Id, patch: serde_json::Map<String, serde_json::Value>) -> Result<()> {
    if patch.is_empty() {
        return Ok(());
    }
    // A value without a source would be invisible to everybody else: the first given text becomes it.
    let first = patch.values().find(|v| !v.is_null()).cloned().unwrap_or_default();
    let source = serde_json::json!({ SOURCE: first }).to_string();
    let patch = serde_json::Value::Object(patch).to_string();
    let column = || Sql::ident(&field.name);
    let mut sql = Sql::lit("UPDATE ")
        .push_ident(&model.table)
        .push(" SET ")
        .push_sql(column())
        .push(" = NULLIF(jsonb_strip_nulls(")
        .push_bind(Bind::text(source))
        .push("::jsonb || COALESCE(")
        .push_sql(column())
        .push(", '{}'::jsonb) || ")
        .push_bind(Bind::text(patch))
        .push("::jsonb), '{}'::jsonb)");
    if model.log_access {
        sql = sql.push(", write_date = (now() AT TIME ZONE 'UTC'), write_uid = ").push_bind(Bind::Int(Some(env.uid())));
    }
    env.execute(&sql.push(" WHERE id = ").push_bind(Bind::Int(Some(id))))?;
    env.changed(&model.name, &[field.name.as_str()], &[id])?;
    env.flush()?;
    env.touch_declared(model)
}
