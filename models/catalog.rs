//! What `ir_model_fields` rows do not say: defaults, aggregators, decimals, names of records. A table of facts beside
//! this file (`tools/catalog.py` writes it), read once when the declarations are made.

use lastmile_orm::declare::{Default, DefaultFn};
use lastmile_orm::{Declarations, Env, Map, Result, Value};

const FACTS: &str = include_str!("catalog.tsv");

/// Declares the facts. Modules that know better overwrite them after.
pub fn declare(all: &mut Declarations) {
    for line in FACTS.lines() {
        let mut parts = line.split('\t');
        let (Some(model), Some(field), Some(fact), Some(value)) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        // The reference has them; whether a database has depends on its modules.
        all.optional(model, &[field]);
        let decl = all.model(model);
        match fact {
            "default" => decl.field(field).default = default_of(value),
            "aggregator" => decl.field(field).aggregator = Some(value),
            "digits" => {
                let split = value.split_once(',').and_then(|(total, decimals)| Some((total.parse().ok()?, decimals.parse().ok()?)));
                decl.field(field).digits = split;
            }
            "domain" => decl.field(field).domain = Some(value),
            "groups" => decl.field(field).groups = value.split(',').collect::<Vec<_>>().leak(),
            "describe" => decl.field(field).described = described(value),
            "rec_name" => decl.rec_name = Some(value),
            "names" => decl.name_search = value.split(',').collect::<Vec<_>>().leak(),
            _ => {}
        }
    }
}

fn default_of(text: &'static str) -> Option<Default> {
    if let Some(xid) = text.strip_prefix("@ref:") {
        return Some(Default::Record(xid));
    }
    let make: DefaultFn = match text {
        "@company" => company,
        "@companies" => companies,
        "@currency" => currency,
        "@now" => |env| Ok(Value::DateTime(env.now())),
        "@today" => |env| Ok(Value::Date(env.today())),
        "@tz" => |env| Ok(Value::from(env.tz().map_or("UTC", |tz| tz.name()))),
        "@user" => |env| Ok(Value::from(env.uid())),
        json => return serde_json::from_str::<serde_json::Value>(json).ok().map(|v| Default::Value(Value::from(&v))),
    };
    Some(Default::Fn(make))
}

/// Attributes as JSON.
fn described(json: &str) -> Map {
    match serde_json::from_str::<serde_json::Value>(json).as_ref().map(Value::from) {
        Ok(Value::Map(attributes)) => attributes,
        _ => Map::new(),
    }
}

/// The current company.
pub fn company(env: &mut Env) -> Result<Value> {
    Ok(Value::from(env.company_id()))
}

/// The current company, as a many2many value.
pub fn companies(env: &mut Env) -> Result<Value> {
    Ok(Value::List(vec![Value::List(vec![Value::Int(6), Value::Int(0), Value::from(vec![env.company_id()])])]))
}

/// The current company's currency.
pub fn currency(env: &mut Env) -> Result<Value> {
    let company = env.company_id();
    env.sudo(|env| env.value("res.company", "currency_id", company))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_is_understood() {
        for line in FACTS.lines() {
            let parts: Vec<&str> = line.split('\t').collect();
            assert_eq!(parts.len(), 4, "{line}");
            match parts[2] {
                "default" => assert!(default_of(parts[3]).is_some(), "{line}"),
                "digits" => assert!(parts[3].contains(','), "{line}"),
                "describe" => assert!(!described(parts[3]).is_empty(), "{line}"),
                "aggregator" | "domain" | "groups" | "rec_name" | "names" => {}
                other => panic!("{other}"),
            }
        }
    }
}
