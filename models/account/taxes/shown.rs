//! How taxes are called, found and listed.

use std::collections::HashMap;

use lastmile_orm::compute::Computed;
use lastmile_orm::declare::Tx;
use lastmile_orm::domain::Op;
use lastmile_orm::registry::Registry;
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Answer, Declarations, Domain, Env, Error, Id, Invocation, Result, Value, args};

use super::records::TAX;
use crate::base::names::text;

/// What screens may ask for.
const KEYS: &[&str] = &["append_fields", "formatted_display_name"];
const NAMES: [&str; 3] = ["name", "description", "invoice_label"];

/// Declares the names and what is told beside them.
pub fn declare(all: &mut Declarations) {
    all.model(TAX)
        .display_sql(name_sql)
        .display_name_for(KEYS, names)
        .search("display_name", by_name)
        .search("price_include", |_, op, value| {
            let wanted = match (op, value.truthy()) {
                ("=" | "in", true) => "tax_included",
                ("=" | "in", false) => "tax_excluded",
                (other, _) => return Err(Error::unfit(other)),
            };
            let of_company = Domain::unset("price_include_override").and(Domain::eq("company_id.account_price_include", wanted));
            Ok(Domain::eq("price_include_override", wanted).or(of_company))
        })
        .compute_sudo(&["display_alternative_taxes_field"], &["fiscal_position_ids"], alternatives_shown)
        .model_method("name_search", "name='', domain=None, operator='ilike', limit=100", Tx::Read, name_search);
}

/// The name; with the country's code where it is not that of the company.
fn name_sql(reg: &Registry, alias: &str, lang: &str) -> Sql {
    let column = |name: &str| Sql::column(alias, name);
    sql!(
        "({name:sql} || COALESCE((SELECT ' (' || y.code || ')' FROM res_country y JOIN res_company c ON c.id = {company:sql}
         WHERE y.id = {country:sql} AND y.id IS DISTINCT FROM c.account_fiscal_country_id), ''))",
        name = text(reg, TAX, "name", alias, lang),
        company = column("company_id"),
        country = column("country_id")
    )
}

/// Names with what the context asks for.
fn names(env: &mut Env, ids: &[Id]) -> Result<Vec<String>> {
    let reg = env.registry();
    let marked = env.context_get("formatted_display_name").is_some_and(Value::truthy);
    let asked: Vec<String> = match env.context_get("append_fields") {
        Some(Value::List(fields)) => fields.iter().filter_map(|field| field.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    };
    let with = |field: &str| asked.iter().any(|name| name == field);
    let several = env.company_ids().len() > 1;
    let wrapped = |text: String| if marked { format!("\t--{text}--") } else { format!(" ({text})") };
    let lang = env.lang()?.to_owned();
    let tax = reg.model(TAX)?;
    let label = |field: &str, value: &Value| -> Option<String> {
        let (_, label) = tax.fields.get(field)?.selection.iter().find(|(key, _)| Some(key.as_str()) == value.as_str())?;
        Some(lastmile_orm::registry::translated(label, &lang).to_owned())
    };
    let mut names: Vec<String> = Vec::with_capacity(ids.len());
    for name in env.values(TAX, "name", ids)? {
        names.push(name.as_str().unwrap_or_default().to_owned());
    }
    let mut add = |texts: Vec<Option<String>>| {
        for (name, text) in names.iter_mut().zip(texts) {
            if let Some(text) = text.filter(|text| !text.is_empty()) {
                name.push_str(&wrapped(text));
            }
        }
    };
    if with("type_tax_use") {
        add(env.values(TAX, "type_tax_use", ids)?.iter().map(|value| label("type_tax_use", value)).collect());
    }
    if with("company_id") && several {
        let companies: Vec<Id> = env.values(TAX, "company_id", ids)?.iter().map(|company| company.as_id().unwrap_or(0)).collect();
        add(env.sudo(|env| env.names("res.company", &companies))?.into_iter().map(Some).collect());
    }
    if marked {
        add(env.values(TAX, "tax_scope", ids)?.iter().map(|value| label("tax_scope", value)).collect());
    }
    add(foreign_countries(env, ids)?);
    Ok(names)
}

/// Codes of the countries of taxes, where these are not their companies'.
fn foreign_countries(env: &mut Env, ids: &[Id]) -> Result<Vec<Option<String>>> {
    let sql = sql!(
        "SELECT t.id, y.code FROM account_tax t JOIN res_company c ON c.id = t.company_id JOIN res_country y ON y.id = t.country_id
         WHERE t.id = ANY({ids}) AND t.country_id IS DISTINCT FROM c.account_fiscal_country_id"
    );
    let codes: HashMap<Id, String> = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.text(1)?))).collect();
    Ok(ids.iter().map(|id| codes.get(id).cloned()).collect())
}

/// What is written finds what has these signs in this order: `21M` finds `21% EU M`. Between quotes it is taken as it is.
fn loosened(name: &str) -> String {
    let mut out = String::new();
    for (n, part) in name.split('"').enumerate() {
        // An opening quote without a closing one is a sign like others.
        let quoted = n % 2 == 1 && name.matches('"').count() > n;
        if quoted {
            out.push_str(&format!("%{}%", part.replace('%', "_")));
        } else {
            let signs: Vec<String> = part.chars().filter(|c| c.is_alphanumeric() || *c == '_').map(String::from).collect();
            out.push_str(&signs.join("%"));
        }
    }
    out
}

fn by_name(_: &Env, op: &str, value: &Value) -> Result<Domain> {
    let op = Op::parse(op).ok_or_else(|| Error::unfit(op))?;
    let value = match value {
        Value::Str(text) if matches!(op, Op::Like | Op::ILike) => Value::Str(loosened(text)),
        other => other.clone(),
    };
    Ok(Domain::one_of(NAMES.map(|field| Domain::cond(field, op, value.clone()))))
}

/// Names of taxes that fit the fiscal position of the context.
fn name_search(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let mut domain = args::domain_arg(call.arg("domain"))?;
    let asked = |env: &Env, key: &str| env.context_get(key).is_some_and(Value::truthy);
    if env.context_get("search_default_domestictax").is_some() {
        let none = Domain::unset("fiscal_position_ids");
        domain = domain.and(none.or(Domain::eq("fiscal_position_ids.is_domestic", true)));
    }
    let position = env.context_get("dynamic_fiscal_position_id").and_then(|value| value.py_str().parse::<Id>().ok());
    if let Some(position) = position.filter(|id| *id > 0) {
        domain = domain.and(Domain::unset("fiscal_position_ids").or(Domain::is_in("fiscal_position_ids", vec![position])));
        if asked(env, "hide_original_tax_ids") {
            let replaced = Domain::with("replacing_tax_ids", Op::Any, lastmile_orm::domain::Operand::Domain(domain.clone()));
            domain = domain.and(replaced.negate());
        }
    }
    let operator = call.arg("operator").as_str().unwrap_or("ilike").to_owned();
    let limit = args::number_arg(call.arg("limit"))?.filter(|limit| *limit > 0);
    let found = env.name_search(TAX, call.arg("name"), &domain, &operator, limit)?;
    Ok(Value::List(found.into_iter().map(|(id, name)| Value::List(vec![Value::from(id), Value::from(name)])).collect()).into())
}

/// Taxes that replace others, or that are for other positions than the one at home.
fn alternatives_shown(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!(
        "SELECT t.id FROM account_tax t JOIN res_company c ON c.id = t.company_id WHERE t.id = ANY({ids})
         AND (EXISTS (SELECT 1 FROM account_tax_alternatives a WHERE a.dest_tax_id = t.id)
         OR (SELECT array_agg(r.account_fiscal_position_id) FROM account_fiscal_position_account_tax_rel r
         WHERE r.account_tax_id = t.id) <> ARRAY[COALESCE(c.domestic_fiscal_position_id, 0)])"
    );
    let found: Vec<Id> = env.query_ids(sql)?;
    out.set_found("display_alternative_taxes_field", ids, &found);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_looked_for_in_their_order() {
        for (written, pattern) in [("0EUM", "0%E%U%M"), ("21% M", "2%1%M"), ("21\" M\"", "2%1% M%"), ("\"15%\"", "%15_%"), ("", "")] {
            assert_eq!(loosened(written), pattern, "{written}");
        }
    }
}
