//! What clients that build forms of their own ask of models: fields that stay within the models they named.

use lastmile_orm::registry::{Field, Kind, Model, OrderTerm, translated};
use lastmile_orm::{Env, Error, Map, Result, Value, map};

const ATTRIBUTES: [&str; 15] = [
    "aggregator",
    "definition_record",
    "definition_record_field",
    "name",
    "readonly",
    "related",
    "relation",
    "required",
    "searchable",
    "selection",
    "sortable",
    "store",
    "string",
    "tracking",
    "type",
];

/// The definitions of models by name.
///
/// # Errors
/// KeyError for a model that is not there.
pub fn of(env: &mut Env, names: &[String]) -> Result<Value> {
    let reg = env.registry();
    let attributes: Vec<String> = ATTRIBUTES.iter().map(|name| (*name).to_owned()).collect();
    let lang = env.lang()?.to_owned();
    let mut out = Map::new();
    for name in names {
        let model = reg.models.get(name).ok_or_else(|| Error::key(name.as_str()))?;
        let mut fields = env.fields_get(name, None, Some(&attributes))?;
        let text = |field: &Value, name: &str| field.as_map().and_then(|f| f.get(name)).and_then(Value::as_str).map(str::to_owned);
        fields.retain(|_, field| text(field, "relation").is_none_or(|relation| names.contains(&relation)));
        let kept: Vec<String> = fields.keys().cloned().collect();
        fields.retain(|_, field| {
            let start = text(field, "related").and_then(|path| path.split('.').next().map(str::to_owned));
            start.is_none_or(|start| kept.contains(&start))
        });
        for (key, field) in &mut fields {
            let (Value::Map(field), Some(known)) = (field, model.fields.get(key)) else { continue };
            let inverses = inverses(env, model, known, names);
            if !inverses.is_empty() {
                field.insert("inverse_fname_by_model_name".into(), Value::Map(inverses));
            }
            if let Some(named) = model.reference_model_field(known) {
                field.insert("model_name_ref_fname".into(), named.into());
            }
            if model.mail_thread && known.tracking.is_some() {
                field.insert("tracking".into(), true.into());
            }
        }
        let mixins = [("mail.thread", model.mail_thread), ("mail.activity.mixin", model.mail_activity)];
        let inherit = mixins.iter().filter(|(mixin, has)| *has && names.iter().any(|n| n == mixin)).map(|(mixin, _)| Value::from(*mixin));
        let mut definition = map! {
            "description" => translated(&model.label, &lang),
            "fields" => fields,
            "inherit" => Value::List(inherit.collect()),
            "order" => order(&model.order),
            "parent_name" => model.parent_field.as_str(),
            "rec_name" => model.rec_name.as_deref().map_or(Value::None, Value::from),
        };
        if model.mail_activity {
            definition.insert("has_activities".into(), true.into());
        }
        out.insert(name.clone(), Value::Map(definition));
    }
    Ok(Value::Map(out))
}

fn order(terms: &[OrderTerm]) -> String {
    let term = |term: &OrderTerm| {
        let nulls = match term.nulls_first {
            Some(true) => " nulls first",
            Some(false) => " nulls last",
            None => "",
        };
        format!("{}{}{nulls}", term.field, if term.desc { " desc" } else { "" })
    };
    if terms.is_empty() { "id".into() } else { terms.iter().map(term).collect::<Vec<_>>().join(", ") }
}

/// The fields at the other end of a link, by their models.
fn inverses(env: &Env, model: &Model, field: &Field, names: &[String]) -> Map {
    let reg = env.registry();
    let Some(target) = field.relation.as_ref().filter(|name| names.contains(name)).and_then(|name| reg.models.get(name)) else {
        return Map::new();
    };
    let back = |other: &&Field| {
        let here = other.relation.as_deref() == Some(model.name.as_str());
        let ends = match (field.kind, other.kind) {
            (Kind::Many2one, Kind::One2many) => other.relation_field.as_deref() == Some(field.name.as_str()),
            (Kind::One2many, Kind::Many2one) => field.relation_field.as_deref() == Some(other.name.as_str()),
            (Kind::Many2many, Kind::Many2many) => match (&field.m2m, &other.m2m) {
                (Some(a), Some(b)) => a.table == b.table && a.column1 == b.column2 && a.column2 == b.column1,
                _ => false,
            },
            _ => false,
        };
        here && ends && env.may_use_field(other)
    };
    let found = target.fields.values().rfind(back);
    found.map(|other| Map::from_iter([(target.name.clone(), Value::from(other.name.as_str()))])).unwrap_or_default()
}
