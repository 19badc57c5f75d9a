//! The fields that can be imported, as a tree: relations with their ids, lines with the fields of the lines.

use lastmile_orm::call::Invocation;
use lastmile_orm::registry::{Field, Kind, Model, Registry, translated};
use lastmile_orm::{Answer, Env, Result, Value, map};

/// Written by the program alone.
const OWN: [&str; 5] = ["id", "create_uid", "create_date", "write_uid", "write_date"];

pub(super) fn tree(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let model = call.arg("model").py_str();
    let depth = call.arg("depth").as_int().unwrap_or(0);
    Ok(Answer::Value(of(env, &model, depth)?))
}

fn external(model: &str) -> Value {
    Value::Map(map! {
        "id" => "id", "name" => "id", "string" => "External ID", "required" => false,
        "fields" => Value::List(Vec::new()), "type" => "id", "model_name" => model,
    })
}

/// The tree of a model.
pub(super) fn of(env: &mut Env, model: &str, depth: i64) -> Result<Value> {
    let reg = env.registry();
    let found = reg.model(model)?;
    let mut out = vec![external(model)];
    if depth <= 0 {
        return Ok(Value::List(out));
    }
    let lang = env.lang()?.to_owned();
    for field in found.fields.values() {
        let kept = !OWN.contains(&field.name.as_str()) && !field.readonly && env.may_use_field(field);
        if !kept || matches!(field.kind, Kind::Properties | Kind::PropertiesDefinition) {
            continue;
        }
        let mut described = map! {
            "id" => field.name.as_str(),
            "name" => field.name.as_str(),
            "string" => translated(&field.label, &lang),
            "required" => field.required,
            "fields" => Value::List(Vec::new()),
            "type" => field.kind.name(),
            "model_name" => model,
        };
        let target = field.relation.clone().filter(|t| reg.models.contains_key(t));
        match (field.kind, target) {
            (Kind::Many2one | Kind::Many2many, Some(target)) => {
                let mut ids = Vec::new();
                for (name, label) in [("id", "External ID"), (".id", "Database ID")] {
                    let mut id = described.clone();
                    id.extend(map! { "name" => name, "string" => label, "type" => "id" });
                    ids.push(Value::Map(id));
                }
                described.insert("fields".into(), Value::List(ids));
                described.insert("comodel_name".into(), Value::Str(target));
            }
            (Kind::One2many, Some(target)) => {
                let mut below = match of(env, &target, depth - 1)? {
                    Value::List(below) => below,
                    _ => Vec::new(),
                };
                if env.has_group("base.group_no_one") {
                    below.push(Value::Map(map! {
                        "id" => ".id", "name" => ".id", "string" => "Database ID", "required" => false,
                        "fields" => Value::List(Vec::new()), "type" => "id",
                    }));
                }
                described.insert("fields".into(), Value::List(below));
                described.insert("comodel_name".into(), Value::Str(target));
            }
            _ => {}
        }
        out.push(Value::Map(described));
    }
    Ok(Value::List(out))
}

/// The field at the end of a column's path, with its model. Columns of ids have none.
pub(super) fn resolve<'r>(reg: &'r Registry, model: &'r Model, path: &str) -> Option<(&'r Model, &'r Field)> {
    let mut at = model;
    let mut steps = path.split('/').peekable();
    while let Some(step) = steps.next() {
        let field = at.fields.get(step)?;
        if steps.peek().is_none() {
            return Some((at, field));
        }
        at = reg.models.get(field.relation.as_deref()?)?;
    }
    None
}

/// The kind of the field at the end of a column's path.
pub(super) fn kind(reg: &Registry, model: &Model, path: &str) -> Option<Kind> {
    resolve(reg, model, path).map(|(_, field)| field.kind)
}
