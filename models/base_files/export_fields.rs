//! What the export dialog asks: the fields of a model, step by step, and saved lists of fields.

use lastmile_orm::access::Operation;
use lastmile_orm::registry::{Field, Kind, Model, translated};
use lastmile_orm::{Domain, Env, Id, Map, Result, Value, map};

/// How deep the dialog goes.
const DEPTH: usize = 3;

/// The fields of a model that can be exported, by label. `params` are the dialog's.
pub fn fields(env: &mut Env, params: &Map) -> Result<Value> {
    let text = |name: &str| params.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (model, prefix, parent_name, parent_type) = (text("model"), text("prefix"), text("parent_name"), text("parent_field_type"));
    let compatible = params.get("import_compat").is_none_or(Value::truthy);
    let parent = params.get("parent_field").and_then(Value::as_map);
    let exclude: Vec<&str> = params.get("exclude").and_then(Value::as_list).unwrap_or_default().iter().filter_map(Value::as_str).collect();
    let reg = env.registry();
    let of = reg.model(&model)?;
    env.check_access(&model, Operation::Read)?;
    let lang = env.lang()?.to_owned();
    if compatible && matches!(parent_type.as_str(), "many2one" | "many2many") {
        let Some(name) = of.rec_name.as_deref().and_then(|n| of.fields.get(n)) else { return Ok(Value::List(Vec::new())) };
        let shown = [("id", "External ID".to_owned(), None), (name.name.as_str(), translated(&name.label, &lang).to_owned(), Some(name))];
        let list = shown.into_iter().map(|(name, label, field)| describe(of, &prefix, &parent_name, name, &label, field, true));
        return Ok(Value::List(list.collect()));
    }
    let mut shown: Vec<(String, &str, Option<&Field>)> = Vec::new();
    for field in of.fields.values() {
        let back = parent.and_then(|p| p.get("relation_field")).and_then(Value::as_str) == Some(field.name.as_str());
        let skipped = compatible && (field.readonly || exclude.contains(&field.name.as_str()) || back);
        if field.name == "id" {
            let label = if compatible { "External ID".to_owned() } else { translated(&field.label, &lang).to_owned() };
            shown.push((label, "id", None));
        } else if !skipped && env.may_use_field(field) && !matches!(field.kind, Kind::Properties | Kind::PropertiesDefinition) {
            shown.push((translated(&field.label, &lang).to_owned(), &field.name, Some(field)));
        }
    }
    shown.sort_by_key(|(label, _, _)| label.to_lowercase());
    let list = shown.into_iter().map(|(label, name, field)| describe(of, &prefix, &parent_name, name, &label, field, compatible));
    Ok(Value::List(list.collect()))
}

fn describe(of: &Model, prefix: &str, parent_name: &str, name: &str, label: &str, field: Option<&Field>, compatible: bool) -> Value {
    let below = |parent: &str, own: &str| if parent.is_empty() { own.to_owned() } else { format!("{parent}/{own}") };
    let (id, shown) = (below(prefix, name), below(parent_name, label));
    let relation = field.filter(|f| f.kind.is_relational() && id.split('/').count() < DEPTH);
    let own_name = compatible && !prefix.is_empty() && of.rec_name.as_deref() == Some(name);
    let value = if own_name { prefix.to_owned() } else { id.clone() };
    let mut out = map! {
        "id" => id.as_str(),
        "string" => shown.as_str(),
        "value" => if relation.is_some() { format!("{value}/id") } else { value },
        "children" => relation.is_some(),
        "field_type" => field.map_or(if compatible { Value::None } else { Value::from("integer") }, |f| Value::from(f.kind.name())),
        "required" => field.is_some_and(|f| f.required),
        "relation_field" => field.and_then(|f| f.relation_field.clone()),
        "default_export" => compatible && of.rec_name.as_deref() == Some(name),
    };
    if let Some(field) = relation {
        let parent = map! { "type" => field.kind.name(), "relation_field" => field.relation_field.clone(), "string" => label };
        let params = map! { "model" => field.relation.clone(), "prefix" => id, "name" => shown, "parent_field" => parent };
        out.insert("params".into(), Value::Map(params));
    }
    Value::Map(out)
}

/// A saved list of fields, as `[{name, label}]`.
pub fn saved(env: &mut Env, model: &str, export: Id) -> Result<Value> {
    let lines = env.search_all("ir.exports.line", &Domain::eq("export_id", export))?;
    let names = env.values("ir.exports.line", "name", &lines)?;
    let reg = env.registry();
    let lang = env.lang()?.to_owned();
    let mut out = Vec::new();
    for path in names.iter().filter_map(Value::as_str) {
        let (mut at, mut labels) = (reg.models.get(model), Vec::new());
        for step in path.split('/') {
            match at.and_then(|m| m.fields.get(step)) {
                Some(field) => {
                    labels.push(translated(&field.label, &lang).to_owned());
                    at = field.relation.as_deref().and_then(|m| reg.models.get(m));
                }
                // `.id` and fields that are gone show by their name.
                None => labels.push(step.to_owned()),
            }
        }
        out.push(Value::Map(map! { "name" => path, "label" => labels.join("/") }));
    }
    Ok(Value::List(out))
}
