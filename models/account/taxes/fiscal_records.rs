//! Fiscal positions as records.

use std::collections::HashMap;

use lastmile_orm::compute::Computed;
use lastmile_orm::declare::{CreateHook, Next, Tx, WriteHook};
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Invocation, Map, Result, Value, map};

use super::fiscal_position::maps;
use crate::base::names::text;

const POSITION: &str = "account.fiscal.position";
const COMPANY: &str = "res.company";

/// Declares the model, and what companies have of it.
pub fn declare(all: &mut Declarations) {
    all.model(POSITION)
        .on_create(create)
        .on_write(write)
        .constrains(&["zip_from", "zip_to"], zips_are_a_range)
        .constrains(&["country_id", "country_group_id", "state_ids", "foreign_vat"], registration_fits)
        .compute_sudo(&["is_domestic"], &["company_id.domestic_fiscal_position_id"], is_domestic)
        .compute_sudo(&["states_count"], &["country_id"], states_count)
        .compute_sudo(&["foreign_vat_header_mode"], &["foreign_vat", "country_id"], header_mode)
        .record_method("action_open_related_taxes", "", Tx::Read, open_taxes)
        .compute_sudo(&["tax_map"], &["tax_ids"], tax_map)
        .compute_sudo(&["account_map"], &["account_ids.account_src_id", "account_ids.account_dest_id"], account_map)
        .onchange(&["country_id"], |env, id| anywhere_else(env, id, "country_id"))
        .onchange(&["country_group_id"], |env, id| anywhere_else(env, id, "country_group_id"));
    all.model("account.fiscal.position.account").display_sql(|reg, alias, lang| {
        sql!(
            "(SELECT {name:sql} FROM account_fiscal_position f WHERE f.id = {position:sql})",
            name = text(reg, POSITION, "name", "f", lang),
            position = Sql::column(alias, "position_id")
        )
    });
    all.model(COMPANY)
        .compute_sudo(&["multi_vat_foreign_country_ids"], &["fiscal_position_ids.foreign_vat"], foreign_countries)
        .compute_sudo(
            &["domestic_fiscal_position_id"],
            &[
                "fiscal_position_ids",
                "fiscal_position_ids.sequence",
                "fiscal_position_ids.country_id",
                "fiscal_position_ids.country_group_id",
            ],
            domestic,
        );
}

/// The company's first position for its own country, or else for a group that its country is in.
fn domestic(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!(
        "SELECT DISTINCT ON (c.id) c.id, f.id FROM res_company c JOIN res_partner p ON p.id = c.partner_id
         JOIN account_fiscal_position f ON f.company_id = c.id AND f.active
         AND (f.country_id IS NOT DISTINCT FROM p.country_id OR (f.country_id IS NULL AND EXISTS (SELECT 1
         FROM res_country_res_country_group_rel g WHERE g.res_country_id = p.country_id
         AND g.res_country_group_id = f.country_group_id)))
         WHERE c.id = ANY({ids}) ORDER BY c.id, COALESCE(f.sequence, 0), f.country_id NULLS LAST, f.id"
    );
    let found: HashMap<Id, Id> = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.int(1)?))).collect();
    for id in ids {
        out.set("domestic_fiscal_position_id", *id, found.get(id).copied());
    }
    Ok(())
}

fn is_domestic(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!(
        "SELECT f.id FROM account_fiscal_position f JOIN res_company c ON c.domestic_fiscal_position_id = f.id
         AND c.id = f.company_id WHERE f.id = ANY({ids})"
    );
    let found: Vec<Id> = env.query_ids(sql)?;
    out.set_found("is_domestic", ids, &found);
    Ok(())
}

fn states_count(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let countries: Vec<Id> = env.values(POSITION, "country_id", ids)?.iter().map(|country| country.as_id().unwrap_or(0)).collect();
    let sql = sql!("SELECT country_id, count(*) FROM res_country_state WHERE country_id = ANY({countries}) GROUP BY 1");
    let found: HashMap<Id, i64> = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.big(1)?))).collect();
    for (id, country) in ids.iter().zip(countries) {
        out.set("states_count", *id, found.get(&country).copied().unwrap_or(0));
    }
    Ok(())
}

/// Countries where the company is registered for taxes as well.
fn foreign_countries(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!(
        "SELECT company_id, country_id FROM account_fiscal_position WHERE active AND foreign_vat IS NOT NULL AND country_id IS NOT NULL
         AND company_id = ANY({ids}) ORDER BY country_id"
    );
    let found: Vec<(Id, Id)> = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.int(1)?))).collect();
    for id in ids {
        let mut countries: Vec<Id> = found.iter().filter(|(company, _)| company == id).map(|(_, country)| *country).collect();
        countries.dedup();
        out.set("multi_vat_foreign_country_ids", *id, countries);
    }
    Ok(())
}

/// Where the company is registered but has no taxes yet, these are still to be made.
fn header_mode(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let countries: Vec<Id> = env.values(POSITION, "country_id", ids)?.iter().map(|country| country.as_id().unwrap_or(0)).collect();
    let sql = sql!("SELECT DISTINCT country_id FROM account_tax WHERE active AND country_id = ANY({countries})");
    let with_taxes: Vec<Id> = env.query_ids(sql)?;
    for ((id, country), vat) in ids.iter().zip(countries).zip(env.values(POSITION, "foreign_vat", ids)?) {
        let without = vat.truthy() && country > 0 && !with_taxes.contains(&country);
        out.set("foreign_vat_header_mode", *id, if without { Value::from("no_template") } else { Value::None });
    }
    Ok(())
}

/// The taxes of a position, as a list.
fn open_taxes(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let id = call.one()?;
    let view = env.query(Sql::lit(
        "SELECT res_id FROM ir_model_data WHERE module = 'account' AND name = 'account_tax_fiscal_position_view_tree' AND model = 'ir.ui.view'",
    ))?;
    let view = view.first().and_then(|row| row.int(0)).map_or(Value::Bool(false), Value::from);
    let name = env.names(POSITION, &[id])?.pop().unwrap_or_default();
    let taxes = env.value(POSITION, "tax_ids", id)?.ids();
    let condition = Value::List(vec![Value::from("id"), Value::from("in"), Value::from(taxes)]);
    let pair = |view: Value, kind: &str| Value::List(vec![view, Value::from(kind)]);
    Ok(Value::Map(map! {
        "type" => "ir.actions.act_window",
        "name" => format!("{name} taxes"),
        "res_model" => "account.tax",
        "views" => Value::List(vec![pair(view, "list"), pair(Value::Bool(false), "form")]),
        "domain" => Value::List(vec![condition]),
    })
    .into())
}

fn tax_map(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let maps = maps(env, ids)?;
    for id in ids {
        let taxes = maps.by_position.get(id).map(|map| &map.taxes);
        let keyed = taxes.into_iter().flatten().map(|(from, to)| (from.to_string(), Value::from(to.clone())));
        out.set("tax_map", *id, Value::Map(sorted(keyed)));
    }
    Ok(())
}

fn account_map(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let maps = maps(env, ids)?;
    for id in ids {
        let accounts = maps.by_position.get(id).map(|map| &map.accounts);
        let keyed = accounts.into_iter().flatten().map(|(from, to)| (from.to_string(), Value::from(*to)));
        out.set("account_map", *id, Value::Map(sorted(keyed)));
    }
    Ok(())
}

fn sorted(entries: impl Iterator<Item = (String, Value)>) -> Map {
    let mut entries: Vec<(String, Value)> = entries.collect();
    entries.sort_by_key(|(key, _)| key.parse::<Id>().unwrap_or(0));
    Map::from_iter(entries)
}

/// Numbers of one length, so that texts compare as they do: `1` to `0001` beside `9999`.
fn aligned(from: &str, to: &str) -> (String, String) {
    let longest = from.chars().count().max(to.chars().count());
    let pad = |zip: &str| match !zip.is_empty() && zip.chars().all(|c| c.is_numeric()) {
        true => format!("{}{zip}", "0".repeat(longest.saturating_sub(zip.chars().count()))),
        false => zip.to_owned(),
    };
    (pad(from), pad(to))
}

fn given(values: &Map, key: &str) -> Option<String> {
    values.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn create(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    for map in &mut values {
        if let (Some(from), Some(to)) = (given(map, "zip_from"), given(map, "zip_to")) {
            let (from, to) = aligned(&from, &to);
            map.insert("zip_from".into(), Value::from(from));
            map.insert("zip_to".into(), Value::from(to));
        }
    }
    next.call(env, values)
}

fn write(env: &mut Env, ids: &[Id], mut values: Map, next: &Next<WriteHook>) -> Result<()> {
    let (from, to) = (given(&values, "zip_from"), given(&values, "zip_to"));
    if from.is_some() || to.is_some() {
        let kept = |env: &mut Env, field: &str| -> Result<String> {
            let last = env.values(POSITION, field, ids)?.pop();
            Ok(last.and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default())
        };
        let from = from.map_or_else(|| kept(env, "zip_from"), Ok)?;
        let to = to.map_or_else(|| kept(env, "zip_to"), Ok)?;
        if !from.is_empty() && !to.is_empty() {
            let (from, to) = aligned(&from, &to);
            values.insert("zip_from".into(), Value::from(from));
            values.insert("zip_to".into(), Value::from(to));
        }
    }
    next.call(env, ids, values)
}

fn zips_are_a_range(env: &mut Env, ids: &[Id]) -> Result<()> {
    let to = env.values(POSITION, "zip_to", ids)?;
    for (from, to) in env.values(POSITION, "zip_from", ids)?.iter().zip(&to) {
        let (from, to) = (from.as_str().unwrap_or_default(), to.as_str().unwrap_or_default());
        if from.is_empty() != to.is_empty() || from > to {
            return Err(Error::validation("A range of postal codes has a first and a last one, in this order."));
        }
    }
    Ok(())
}

/// A registration for taxes abroad is in a country, and the only one there.
fn registration_fits(env: &mut Env, ids: &[Id]) -> Result<()> {
    let sql = sql!(
        "SELECT CASE WHEN f.country_id IS NULL THEN 1
         WHEN f.country_id = c.account_fiscal_country_id AND NOT EXISTS (SELECT 1
         FROM account_fiscal_position_res_country_state_rel s WHERE s.account_fiscal_position_id = f.id)
         AND EXISTS (SELECT 1 FROM res_country_state s WHERE s.country_id = f.country_id) THEN 2
         WHEN f.country_group_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM res_country_res_country_group_rel g
         WHERE g.res_country_group_id = f.country_group_id AND g.res_country_id = f.country_id) THEN 3
         WHEN EXISTS (SELECT 1 FROM account_fiscal_position o JOIN res_company oc ON oc.id = o.company_id
         AND starts_with(c.parent_path, oc.parent_path) WHERE o.active AND o.id <> f.id AND o.country_id = f.country_id
         AND o.foreign_vat <> '' AND o.foreign_vat <> f.foreign_vat) THEN 4 ELSE 0 END
         FROM account_fiscal_position f JOIN res_company c ON c.id = f.company_id
         WHERE f.id = ANY({ids}) AND f.foreign_vat <> ''"
    );
    for row in env.query(sql)? {
        let why = match row.int(0) {
            Some(1) => "A tax number abroad needs the country that it is of.",
            Some(2) => "A tax number in the company's own country is that of one of its states.",
            Some(3) => "The country is not in the group of countries.",
            Some(4) => "There is a fiscal position with another tax number in this country.",
            _ => continue,
        };
        return Err(Error::validation(why));
    }
    Ok(())
}

/// Another country has other states and postal codes.
fn anywhere_else(env: &mut Env, id: Id, field: &str) -> Result<()> {
    if env.value(POSITION, field, id)?.truthy() {
        let none = Value::List(vec![Value::List(vec![Value::Int(5)])]);
        env.edit(POSITION, id, map! { "zip_from" => false, "zip_to" => false, "state_ids" => none })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postal_codes_have_one_length() {
        for (from, to, out) in [("1", "200", ("001", "200")), ("AB1", "20", ("AB1", "020")), ("10", "9", ("10", "09"))] {
            assert_eq!(aligned(from, to), (out.0.to_owned(), out.1.to_owned()));
        }
    }
}
