//! ir.model.data, ir.model.access, ir.rule and what else says who may do what: each change makes a new registry.

use std::collections::HashMap;

use lastmile_orm::access::Operation;
use lastmile_orm::call::Invocation;
use lastmile_orm::compute::Computed;
use lastmile_orm::declare::{Touch, Tx};
use lastmile_orm::registry::translated;
use lastmile_orm::sql::{Bind, Sql, sql};
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Result, Value, map};

/// Declares the models.
pub fn declare(all: &mut Declarations) {
    for model in
        ["ir.model", "ir.model.fields", "ir.model.fields.selection", "ir.model.access", "ir.rule", "res.groups", "res.lang", "ir.default"]
    {
        all.model(model).touches(Touch::Registry);
    }
    all.model("ir.model").model_method("get_available_models", "", Tx::Read, available_models).model_method(
        "display_name_for",
        "models",
        Tx::Read,
        display_name_for,
    );
    all.model("ir.model.access").model_method("check", "model, mode='read', raise_exception=True", Tx::Read, check);
    all.model("ir.rule").compute(&["global"], &["groups"], is_global).constrains(&["domain_force", "active", "model_id"], rule_is_sound);
    all.model("ir.model.data")
        .compute(&["complete_name", "reference"], &["module", "name", "model", "res_id"], external_id)
        .display_sql(|_, alias, _| {
            sql!(
                "(CASE
                 WHEN COALESCE({module:sql}, '') = '' THEN '' ELSE {module:sql} || '.' END || {name:sql})",
                module = Sql::column(alias, "module"),
                name = Sql::column(alias, "name")
            )
        })
        .model_method("check_object_reference", "module, xml_id, raise_on_access_error=False", Tx::Read, check_object_reference);
    all.model("ir.model.fields").display_sql(|_, alias, lang| {
        sql!(
            "(COALESCE({label:sql} ->> {lang}::text, {label:sql} ->> 'en_US') || ' (' || {model:sql} || ')')",
            label = Sql::column(alias, "field_description"),
            model = Sql::column(alias, "model")
        )
    });
}

fn entry(name: &str, model: &str) -> Value {
    Value::Map(map! { "display_name" => name, "model" => model })
}

/// Models that the caller may read.
fn available_models(env: &mut Env, _: &Invocation) -> Result<Answer> {
    let reg = env.registry();
    let lang = env.context().lang.clone();
    let mut names: Vec<&String> = reg.models.values().filter(|m| !m.transient && !m.table.is_empty()).map(|m| &m.name).collect();
    names.sort();
    let mut out = Vec::new();
    for name in names {
        if env.may(name, Operation::Read)? {
            out.push(entry(translated(&reg.model(name)?.label, &lang), name));
        }
    }
    Ok(Answer::Value(Value::List(out)))
}

/// Names of models: readable ones first, the others by their technical names.
fn display_name_for(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let reg = env.registry();
    let lang = env.context().lang.clone();
    let (mut known, mut other) = (Vec::new(), Vec::new());
    for name in call.arg("models").as_list().unwrap_or_default().iter().map(Value::py_str) {
        match reg.models.get(&name) {
            Some(model) if env.may(&name, Operation::Read)? => known.push(entry(translated(&model.label, &lang), &name)),
            _ => other.push(entry(&name, &name)),
        }
    }
    known.append(&mut other);
    Ok(Answer::Value(Value::List(known)))
}

fn check(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let (model, mode) = (call.arg("model").py_str(), call.arg("mode").py_str());
    let operation = Operation::parse(&mode).map_err(|_| Error::assertion("Invalid access mode"))?;
    if !env.registry().models.contains_key(&model) {
        return if call.arg("raise_exception").truthy() {
            Err(Error::access(format!("You are not allowed to use '{model}' records.")))
        } else {
            Ok(Answer::from(false))
        };
    }
    if call.arg("raise_exception").truthy() {
        env.check_access(&model, operation)?;
        return Ok(Answer::from(true));
    }
    Ok(Answer::from(env.may(&model, operation)?))
}

fn is_global(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (id, groups) in ids.iter().zip(env.values("ir.rule", "groups", ids)?) {
        out.set("global", *id, groups.ids().is_empty());
    }
    Ok(())
}

/// A rule is about another model than rules themselves, and its domain must mean something there: it is tried on the spot.
fn rule_is_sound(env: &mut Env, ids: &[Id]) -> Result<()> {
    let (domains, active) = (env.values("ir.rule", "domain_force", ids)?, env.values("ir.rule", "active", ids)?);
    let models: Vec<Id> = env.values("ir.rule", "model_id", ids)?.iter().map(|v| v.as_id().unwrap_or(0)).collect();
    for ((domain, active), model) in domains.into_iter().zip(active).zip(env.values("ir.model", "model", &models)?) {
        let model = model.py_str();
        if model == "ir.rule" {
            return Err(Error::validation("Rules cannot be about rules."));
        }
        let text = domain.as_str().map(str::trim).unwrap_or_default();
        if text.is_empty() || !active.truthy() {
            continue;
        }
        env.try_rule(&model, text).map_err(|e| Error::validation(format!("The domain of the rule is not valid: {e}")))?;
    }
    Ok(())
}

fn external_id(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let model = "ir.model.data";
    let (modules, names) = (env.values(model, "module", ids)?, env.values(model, "name", ids)?);
    let (models, targets) = (env.values(model, "model", ids)?, env.values(model, "res_id", ids)?);
    for ((((id, module), name), of), target) in ids.iter().zip(modules).zip(names).zip(models).zip(targets) {
        let (module, name) = (module.as_str().unwrap_or_default(), name.as_str().unwrap_or_default());
        let full = if module.is_empty() { name.to_owned() } else { format!("{module}.{name}") };
        out.set("complete_name", *id, full);
        out.set("reference", *id, format!("{},{}", of.as_str().unwrap_or_default(), target.as_int().unwrap_or(0)));
    }
    Ok(())
}

/// The record of an external id: model and id, or no id when the caller may not read it.
fn check_object_reference(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let xmlid = format!("{}.{}", call.arg("module").py_str(), call.arg("xml_id").py_str());
    let Some((model, id)) = find(env, &[&xmlid])?.remove(&xmlid) else {
        return Err(Error::value(format!("External ID not found in the system: {xmlid}")));
    };
    let pair = |id: Value| Answer::Value(Value::List(vec![Value::from(model.as_str()), id]));
    if env.may(&model, Operation::Read)? && !env.search_all(&model, &lastmile_orm::Domain::eq("id", id))?.is_empty() {
        return Ok(pair(Value::from(id)));
    }
    // Groups are told to everybody: forms hide parts by them.
    if model == "res.groups" {
        return Ok(pair(Value::from(id)));
    }
    if call.arg("raise_on_access_error").truthy() {
        return Err(Error::access(format!("You have no access to {xmlid}.")));
    }
    Ok(pair(Value::Bool(false)))
}

/// Models and ids of external ids (`module.name`), in one statement and without rights.
pub fn find(env: &mut Env, xmlids: &[&str]) -> Result<HashMap<String, (String, Id)>> {
    let sql = sql!(
        "SELECT module || '.' || name, model::text, res_id FROM ir_model_data
         WHERE (module, name) IN (SELECT split_part(x, '.', 1), substr(x, strpos(x, '.') + 1)
         FROM unnest({xmlids}::text[]) AS t(x))",
        xmlids = Bind::texts(xmlids.iter().copied())
    );
    Ok(env.query(sql)?.iter().filter_map(|row| Some((row.text(0)?, (row.text(1)?, row.int(2)?)))).collect())
}
