//! ir.ui.view: views that users keep. Those of modules are made from the models (see [`super::views`]); one that is
//! written over RPC is served as it was written.

use lastmile_orm::compute::Computed;
use lastmile_orm::declare::{CreateHook, Next, WriteHook};
use lastmile_orm::registry::{Model, Registry};
use lastmile_orm::{Declarations, Env, Error, Id, Map, Result, Value};
use quick_xml::Reader;
use quick_xml::events::Event;

use super::xml::{self, Step};

const MODEL: &str = "ir.ui.view";
/// What the client writes, kept in `arch_db`.
const WRITTEN: [&str; 2] = ["arch", "arch_base"];

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model(MODEL)
        .on_create(create)
        .on_write(write)
        .compute(&["arch", "arch_base"], &["arch_db"], architecture)
        .constrains(&["arch_db", "model", "inherit_id", "mode"], is_readable);
}

fn architecture(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (id, text) in ids.iter().zip(env.values(MODEL, "arch_db", ids)?) {
        out.set("arch", *id, text.clone());
        out.set("arch_base", *id, text);
    }
    Ok(())
}

/// Moves a written architecture to where it is kept.
fn take(values: &mut Map) -> Option<String> {
    let mut text = None;
    for key in WRITTEN {
        text = values.shift_remove(key).and_then(|value| value.as_str().map(str::to_owned)).or(text);
    }
    if let Some(text) = &text {
        values.insert("arch_db".into(), Value::from(text.as_str()));
    }
    text
}

fn text(values: &Map, key: &str) -> Option<String> {
    values.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn create(env: &mut Env, mut all: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    for values in &mut all {
        take(values);
        let parent = values.get("inherit_id").and_then(Value::as_id);
        if text(values, "type").is_none() {
            let kind = match parent {
                Some(parent) => env.value(MODEL, "type", parent)?,
                None => match text(values, "arch_db") {
                    Some(arch) => root(&arch).map_or(Value::None, Value::from),
                    None => return Err(Error::validation("A view needs an architecture.")),
                },
            };
            values.insert("type".into(), kind);
        }
        let kind = text(values, "type").unwrap_or_default();
        if kind == "qweb" && text(values, "key").is_none() {
            let mut random = [0_u8; 3];
            getrandom::fill(&mut random).map_err(|e| Error::internal(format!("no random bytes: {e}")))?;
            values.insert("key".into(), Value::from(format!("gen_key.{}", hex::encode(random))));
        }
        if text(values, "name").is_none() {
            values.insert("name".into(), Value::from(format!("{} {kind}", text(values, "model").unwrap_or_default())));
        }
        values.get_or_insert_with("mode", || Value::from(if parent.is_some() { "extension" } else { "primary" }));
    }
    next.call(env, all)
}

fn write(env: &mut Env, ids: &[Id], mut values: Map, next: &Next<WriteHook>) -> Result<()> {
    if take(&mut values).is_some() {
        values.insert("arch_updated".into(), Value::Bool(true));
    }
    if values.contains_key("inherit_id") && !values.contains_key("mode") {
        let extends = values.get("inherit_id").is_some_and(Value::truthy);
        values.insert("mode".into(), Value::from(if extends { "extension" } else { "primary" }));
    }
    next.call(env, ids, values)
}

/// The tag of the outermost element; none of text that is no XML.
fn root(arch: &str) -> Option<String> {
    let mut reader = Reader::from_str(arch);
    let (mut depth, mut found) = (0_usize, None);
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) => {
                found = found.or_else(|| Some(tag.name().into_inner().to_owned()));
                depth += 1;
            }
            Event::Empty(tag) => found = found.or_else(|| Some(tag.name().into_inner().to_owned())),
            Event::End(_) => depth = depth.checked_sub(1)?,
            Event::Eof => return found.filter(|_| depth == 0),
            _ => {}
        }
    }
}

/// Architectures are XML, and name fields that are there.
fn is_readable(env: &mut Env, ids: &[Id]) -> Result<()> {
    let reg = env.registry();
    let column = |env: &mut Env, name: &str| env.values(MODEL, name, ids);
    let (archs, models) = (column(env, "arch_db")?, column(env, "model")?);
    let (names, kinds, parents) = (column(env, "name")?, column(env, "type")?, column(env, "inherit_id")?);
    for ((((arch, model), name), kind), parent) in archs.iter().zip(models).zip(names).zip(kinds).zip(parents) {
        let Some(arch) = arch.as_str() else { continue };
        let wrong = |what: String| Error::validation(format!("The view {} is not valid: {what}", name.py_str()));
        if root(arch).is_none() {
            return Err(wrong("it is no well-formed XML".into()));
        }
        // What an extension names stands where it is put, which only the whole tells.
        if parent.as_id().is_some() || kind.as_str() == Some("qweb") {
            continue;
        }
        let Some(model) = model.as_str() else { continue };
        let Some(found) = reg.models.get(model) else { return Err(wrong(format!("there is no model {model}"))) };
        if let Some(field) = unknown_field(&reg, found, arch) {
            return Err(wrong(format!("{model} has no field {field}")));
        }
    }
    Ok(())
}

/// A field that an architecture names and its model does not have.
fn unknown_field(reg: &Registry, model: &Model, arch: &str) -> Option<String> {
    let mut path = vec![Some(model)];
    for step in xml::fields(arch) {
        match step {
            Step::Open(name) => {
                let on = path.last().copied().flatten();
                let field = on.and_then(|on| on.fields.get(&name));
                if on.is_some() && field.is_none() {
                    return Some(name);
                }
                path.push(field.and_then(|f| reg.models.get(f.relation.as_deref()?)));
            }
            Step::Close => {
                path.pop();
            }
        }
    }
    None
}

/// Whether an architecture of a model names one of the model's fields.
pub fn names_field(reg: &Registry, model: &Model, arch: &str, on: &str, field: &str) -> bool {
    let mut path = vec![Some(model)];
    for step in xml::fields(arch) {
        match step {
            Step::Open(name) => {
                let here = path.last().copied().flatten();
                if name == field && here.is_some_and(|here| here.name == on) {
                    return true;
                }
                path.push(here.and_then(|here| reg.models.get(here.fields.get(&name)?.relation.as_deref()?)));
            }
            Step::Close => {
                path.pop();
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::root;

    #[test]
    fn only_well_formed_text_has_a_root() {
        assert_eq!(root("<?xml version=\"1.0\"?><list><field name=\"a\"/></list>").as_deref(), Some("list"));
        assert_eq!(root("<form/>").as_deref(), Some("form"));
        for bad in ["", "text", "<list>", "<list></form>", "<list", "</list>"] {
            assert_eq!(root(bad), None, "{bad}");
        }
    }
}
