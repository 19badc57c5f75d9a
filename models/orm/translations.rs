//! Translations of one field of one record, language by language.

use crate::access::Operation;
use crate::answer::Answer;
use crate::args::fields_arg;
use crate::call::Invocation;
use crate::declare::{Declarations, Tx};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::registry::{Field, Kind, Model};
use crate::sql::{Bind, Sql};
use crate::value::{Id, Map, Value};

const SOURCE: &str = "en_US";

/// Declares the methods for every model.
pub fn declare(all: &mut Declarations) {
    all.any
        .record_method("get_field_translations", "field_name, langs=None", Tx::Read, get)
        .record_method("update_field_translations", "field_name, translations, source_lang=''", Tx::Write, update)
        .unchecked(&["update_field_translations"], "it checks the right to write");
}

fn field_arg<'m>(model: &'m Model, call: &Invocation) -> Result<&'m Field> {
    let name = call.arg("field_name").as_str().unwrap_or_default();
    model.fields.get(name).ok_or_else(|| Error::key(name))
}

/// The rows of the translation dialog, and how it shows them.
fn get(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let id = call.one()?;
    let reg = env.registry();
    let model = reg.model(&call.model)?;
    let field = field_arg(model, call)?;
    env.check_field(model, field, "read")?;
    let langs = match fields_arg(call.arg("langs"))?.filter(|langs| !langs.is_empty()) {
        Some(langs) => langs,
        None => reg.langs.clone(),
    };
    let source = value_in(env, model, field, id, SOURCE)?;
    let mut rows = Vec::with_capacity(langs.len());
    for lang in langs {
        let value = value_in(env, model, field, id, &lang)?;
        rows.push(Value::Map(crate::map! { "lang" => lang, "source" => source.clone(), "value" => value }));
    }
    let kind = if matches!(field.kind, Kind::Text | Kind::Html) { "text" } else { "char" };
    let shown = field.kind == Kind::Html && field.translate;
    let context = crate::map! { "translation_type" => kind, "translation_show_source" => shown };
    Ok(Answer::Value(Value::List(vec![Value::List(rows), Value::Map(context)])))
}

/// The value of a field in a language, which need not be installed.
fn value_in(env: &mut Env, model: &Model, field: &Field, id: Id, lang: &str) -> Result<Value> {
    let before = std::mem::replace(&mut env.context.lang, lang.to_owned());
    env.cache.invalidate();
    let value = env.read_values(model, field, &[id], false);
    env.cache.invalidate();
    env.context.lang = before;
    Ok(value?.pop().unwrap_or_default())
}

fn update(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let id = call.one()?;
    env.check_access(&call.model, Operation::Write)?;
    env.check_records(&call.model, &[id], Operation::Write)?;
    let reg = env.registry();
    let model = reg.model(&call.model)?;
    let field = field_arg(model, call)?;
    env.check_field(model, field, "write")?;
    let Value::Map(given) = call.arg("translations") else {
        return Err(Error::attribute(format!("'{}' object has no attribute 'values'", call.arg("translations").type_name())));
    };
    let source = call.arg("source_lang").as_str().filter(|lang| !lang.is_empty()).unwrap_or(SOURCE);
    let unknown = |lang: &&str| *lang != SOURCE && !reg.langs.iter().any(|known| known == lang);
    let missing: Vec<&str> = given.keys().map(String::as_str).chain([source]).filter(unknown).collect();
    if !missing.is_empty() {
        return Err(Error::user(format!("The following languages are not activated: {}", missing.join(", "))));
    }
    env.translate_field(model, field, id, given).map(Answer::from)
}

impl Env {
    /// Sets texts by language; an empty one (but not an empty text) gives the language's own text up. Says whether
    /// there was anything to translate.
    fn translate_field(&mut self, model: &Model, field: &Field, id: Id, given: &Map) -> Result<bool> {
        if let Some(path) = field.related.as_deref().filter(|_| !field.store) {
            return self.translate_related(model, path, id, given);
        }
        if !field.translate || !field.is_column() {
            return Ok(false);
        }
        if given.values().any(|text| text.truthy() && text.as_str().is_none()) {
            return Err(Error::user("Translations are texts, or nothing."));
        }
        // HTML is cleaned as a write cleans it.
        let mut texts: Map = given.iter().map(|(lang, text)| (lang.clone(), self.cleaned(model, field, text.clone()))).collect();
        // The source is what every other language falls back to: it cannot be given up.
        if texts.get(SOURCE).is_some_and(|text| text.as_str().is_none()) {
            texts.shift_remove(SOURCE);
        }
        if texts.is_empty() {
            return Ok(false);
        }
        let own = texts.get(self.lang()?).and_then(Value::as_str);
        let fallback = texts.get(SOURCE).and_then(Value::as_str).or(own).or_else(|| texts.values().find_map(Value::as_str));
        let json = |map: Map| Bind::text(serde_json::Value::from(&Value::Map(map)).to_string());
        let first = json(crate::map! { SOURCE => fallback.map_or(Value::None, Value::from) });
        let texts = json(texts.into_iter().map(|(lang, text)| (lang, if text.as_str().is_some() { text } else { Value::None })).collect());
        let sql = Sql::lit("UPDATE ")
            .push_ident(&model.table)
            .push(" SET ")
            .push_ident(&field.name)
            .push(" = NULLIF(jsonb_strip_nulls(")
            .push_bind(first)
            .push("::jsonb || COALESCE(")
            .push_ident(&field.name)
            .push(", '{}'::jsonb) || ")
            .push_bind(texts)
            .push("::jsonb), '{}'::jsonb) WHERE id = ")
            .push_bind(Bind::Int(Some(id)));
        self.execute(&sql)?;
        self.changed(&model.name, &[&field.name], &[id])?;
        // The hooks and rules of a write see the source, and the record is marked as written.
        let before = std::mem::replace(&mut self.context.lang, SOURCE.to_owned());
        let value = self.value(&model.name, &field.name, id);
        let written = value.and_then(|value| self.write(&model.name, &[id], Map::from_iter([(field.name.clone(), value)])));
        self.context.lang = before;
        self.cache.invalidate();
        written.map(|()| true)
    }

    /// The text at the end of a related field's path.
    fn translate_related(&mut self, model: &Model, path: &[String], id: Id, given: &Map) -> Result<bool> {
        let Some((last, steps)) = path.split_last() else { return Ok(false) };
        let reg = self.registry();
        let (mut at, mut reached) = (model, vec![id]);
        for step in steps {
            reached = self.linked(&at.name, step, &reached)?;
            at = reg.target(at.field(step)?)?;
        }
        match reached.as_slice() {
            [] => Ok(false),
            [one] => {
                self.check_access(&at.name, Operation::Write)?;
                self.check_records(&at.name, &[*one], Operation::Write)?;
                self.translate_field(at, at.field(last)?, *one, given)
            }
            _ => Err(Error::value(format!("Expected singleton: {}{reached:?}", at.name))),
        }
    }
}
