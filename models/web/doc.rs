//! Documents for authors of clients: models, their fields, and their methods with parameters in order.

use std::collections::{BTreeMap, HashMap};

use lastmile_orm::access::Operation;
use lastmile_orm::call::Param;
use lastmile_orm::declare::Method;
use lastmile_orm::registry::{Model, translated};
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Error, Map, Result, Tx, Value, map};

/// Who may read the documents.
const READERS: &str = "api_doc.group_allow_doc";

/// Types of the parameters that mean the same in every method.
const PARAMETERS: &[(&str, &str)] = &[
    ("allfields", "Collection[str] | None"),
    ("attributes", "Collection[str] | None"),
    ("default", "ValuesType | None"),
    ("domain", "DomainType"),
    ("fields", "Sequence[str] | None"),
    ("field_names", "Sequence[str]"),
    ("groupby", "Sequence[str]"),
    ("aggregates", "Sequence[str]"),
    ("having", "DomainType"),
    ("limit", "int | None"),
    ("load", "str"),
    ("name", "str"),
    ("offset", "int"),
    ("operation", "str"),
    ("operator", "str"),
    ("order", "str | None"),
    ("specification", "dict[str, dict]"),
    ("vals", "ValuesType"),
    ("vals_list", "list[ValuesType]"),
];

/// What the methods of every model return.
const RETURNS: &[(&str, &str)] = &[
    ("check_access_rights", "bool"),
    ("copy", "list[int]"),
    ("create", "list[int]"),
    ("default_get", "ValuesType"),
    ("fields_get", "dict[str, ValuesType]"),
    ("formatted_read_group", "list[dict]"),
    ("get_external_id", "dict[int, str]"),
    ("get_metadata", "list[ValuesType]"),
    ("has_access", "bool"),
    ("name_create", "tuple[int, str] | Literal[False]"),
    ("name_search", "list[tuple[int, str]]"),
    ("read", "list[ValuesType]"),
    ("search", "list[int]"),
    ("search_count", "int"),
    ("search_read", "list[ValuesType]"),
    ("unlink", "bool"),
    ("web_read", "list[dict]"),
    ("web_search_read", "dict"),
    ("write", "bool"),
];

/// Still answered, but not to be built on.
const OUTDATED: &[&str] = &["check_access_rights", "check_access_rule", "check_field_access_rights", "read_group", "toggle_active"];

fn check(env: &Env) -> Result<()> {
    if env.is_su() || env.has_group(READERS) {
        return Ok(());
    }
    Err(Error::access("You are not allowed to read the documents of the API: ask for the right “API documentation”."))
}

/// All models that the caller may read, in short.
pub fn index(env: &mut Env) -> Result<Value> {
    check(env)?;
    let lang = env.lang()?.to_owned();
    let (reg, declared) = (env.registry(), env.declared());
    let mut names: Vec<&Model> = reg.models.values().collect();
    names.sort_by(|a, b| a.name.cmp(&b.name));
    let mut models = Vec::new();
    for model in names {
        if !env.may(&model.name, Operation::Read)? {
            continue;
        }
        let fields: Map = model
            .fields
            .values()
            .filter(|f| env.may_use_field(f))
            .map(|f| (f.name.clone(), Value::Map(map! { "string" => translated(&f.label, &lang) })))
            .collect();
        let methods: Vec<&str> = methods(&declared, model).into_keys().collect();
        models.push(Value::Map(map! {
            "model" => model.name.as_str(),
            "name" => translated(&model.label, &lang),
            "fields" => fields,
            "methods" => methods,
        }));
    }
    let modules: Vec<&str> = reg.modules.iter().map(String::as_str).collect();
    Ok(Value::Map(map! { "modules" => modules, "models" => Value::List(models) }))
}

/// One model; `None` when there is no such model.
pub fn model(env: &mut Env, name: &str) -> Result<Option<Value>> {
    check(env)?;
    let reg = env.registry();
    let Some(model) = reg.models.get(name) else { return Ok(None) };
    env.check_access(name, Operation::Read)?;
    let lang = env.lang()?.to_owned();
    let modules = modules(env, name)?;
    let mut fields = env.fields_get(name, None, None)?;
    for (field, description) in &mut fields {
        if let (Value::Map(description), Some(module)) = (description, modules.get(field)) {
            description.insert("module".into(), Value::from(module.as_str()));
        }
    }
    let home = modules.get("id").map_or("", String::as_str);
    let declared = env.declared();
    let methods = methods(&declared, model).into_iter();
    let methods: Map = methods.map(|(method, (origin, m))| (method.to_owned(), Value::Map(describe(m, origin, name, home)))).collect();
    Ok(Some(Value::Map(map! {
        "model" => name,
        "name" => translated(&model.label, &lang),
        "doc" => Value::None,
        "fields" => fields,
        "methods" => methods,
    })))
}

/// The module that brought each field first.
fn modules(env: &mut Env, model: &str) -> Result<HashMap<String, String>> {
    let sql = sql!(
        "SELECT DISTINCT ON (f.name) f.name::text, d.module::text FROM ir_model_fields f
         JOIN ir_model_data d ON d.model = 'ir.model.fields' AND d.res_id = f.id WHERE f.model = {model}
         ORDER BY f.name, d.id"
    );
    Ok(env.query(sql)?.iter().filter_map(|row| Some((row.text(0)?, row.text(1)?))).collect())
}

/// Where a method comes from.
#[derive(Clone, Copy, PartialEq)]
enum Origin {
    Core,
    Chatter,
    Own,
}

/// The methods of a model by name: its own before its mixins' before every model's.
fn methods<'d>(declared: &'d Declarations, model: &Model) -> BTreeMap<&'static str, (Origin, &'d Method)> {
    let mut all = BTreeMap::new();
    let chatter = model.mail_thread.then_some(&declared.thread);
    let own = declared.get(&model.name);
    let layers = [(Origin::Core, Some(&declared.any)), (Origin::Chatter, chatter), (Origin::Own, own)];
    for (origin, layer) in layers {
        for method in layer.into_iter().flat_map(|l| l.methods.values()) {
            // An own form of a method that every model has is documented as that one.
            let origin = all.get(method.name).map_or(origin, |(known, _)| *known);
            all.insert(method.name, (origin, method));
        }
    }
    all.retain(|name, _| !OUTDATED.contains(name));
    all
}

fn describe(method: &Method, origin: Origin, model: &str, home: &str) -> Map {
    let returned = lookup(RETURNS, method.name).filter(|_| origin == Origin::Core);
    let mut api = Vec::new();
    if !method.record {
        api.push("model");
    }
    if method.tx == Tx::Read {
        api.push("readonly");
    }
    let (from, module) = match origin {
        Origin::Core => ("core", "core"),
        Origin::Chatter => ("mail.thread", "mail"),
        Origin::Own => (model, home),
    };
    let parameters: Map = method.params.iter().map(|p| (p.name.clone(), Value::Map(parameter(p)))).collect();
    map! {
        "signature" => signature(&method.params, returned),
        "parameters" => parameters,
        "return" => returned.map_or_else(Map::new, |r| map! { "annotation" => r }),
        "raise" => Map::new(),
        "doc" => Value::None,
        "api" => api,
        "model" => from,
        "module" => module,
    }
}

fn parameter(param: &Param) -> Map {
    let mut out = Map::new();
    if param.rest {
        out.insert("kind".into(), Value::from("VAR_KEYWORD"));
    } else if let Some(default) = &param.default {
        out.insert("default".into(), default.clone());
    }
    if let Some(kind) = lookup(PARAMETERS, &param.name) {
        out.insert("annotation".into(), Value::from(kind));
    }
    out
}

fn lookup(table: &[(&'static str, &'static str)], name: &str) -> Option<&'static str> {
    table.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
}

/// `(domain, limit=None) -> int`.
fn signature(params: &[Param], returned: Option<&str>) -> String {
    let one = |p: &Param| match &p.default {
        _ if p.rest => format!("**{}", p.name),
        Some(default) => format!("{}={}", p.name, default.py_repr()),
        None => p.name.clone(),
    };
    let list: Vec<String> = params.iter().map(one).collect();
    let arrow = returned.map(|r| format!(" -> {r}")).unwrap_or_default();
    format!("({}){arrow}", list.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lastmile_orm::call::parse_params;

    #[test]
    fn signatures_read_as_they_are_declared() {
        let params = parse_params("domain, limit=None, load='_classic_read', **rest");
        assert_eq!(signature(&params, Some("int")), "(domain, limit=None, load='_classic_read', **rest) -> int");
    }
}
