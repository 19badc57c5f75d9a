//! Countries and their states: found by code first.

use lastmile_orm::args::{domain_arg, number_arg};
use lastmile_orm::call::Invocation;
use lastmile_orm::compute::Computed;
use lastmile_orm::declare::{CreateHook, Next, Tx, WriteHook};
use lastmile_orm::domain::Op;
use lastmile_orm::read::Page;
use lastmile_orm::sql::sql;
use lastmile_orm::{Answer, Declarations, Domain, Env, Error, Id, Map, Result, Value};

const COUNTRY: &str = "res.country";
const STATE: &str = "res.country.state";
/// What the layout of an address may name.
const PARTS: &[&str] = &[
    "street",
    "street2",
    "zip",
    "city",
    "state_id",
    "country_id",
    "state_code",
    "state_name",
    "country_code",
    "country_name",
    "company_name",
];
/// Territories that fly the flag of another one.
const FLAGS: &[(&str, &str)] =
    &[("GF", "fr"), ("BV", "no"), ("BQ", "nl"), ("GP", "fr"), ("HM", "au"), ("YT", "fr"), ("RE", "fr"), ("MF", "fr"), ("UM", "us")];
/// Those without any.
const FLAGLESS: &[&str] = &["AQ", "SJ"];

/// Declares the models.
pub fn declare(all: &mut Declarations) {
    all.model(COUNTRY)
        .on_create(|env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>| {
            values.iter_mut().for_each(upper);
            next.call(env, values)
        })
        .on_write(|env: &mut Env, ids: &[Id], mut values: Map, next: &Next<WriteHook>| {
            upper(&mut values);
            next.call(env, ids, values)
        })
        .constrains(&["address_format"], layout_is_known)
        .compute(&["image_url"], &["code"], flag)
        .compute(&["country_group_codes"], &["country_group_ids"], group_codes)
        .model_method("name_search", "name='', domain=None, operator='ilike', limit=100", Tx::Read, |env, call| {
            let code = call.arg("name").as_str().filter(|name| name.len() == 2).map(str::to_uppercase);
            by_code_first(env, call, code)
        });
    all.model(STATE).model_method("name_search", "name='', domain=None, operator='ilike', limit=100", Tx::Read, |env, call| {
        let code = call.arg("name").as_str().filter(|name| !name.is_empty()).map(str::to_uppercase);
        by_code_first(env, call, code)
    });
}

fn upper(values: &mut Map) {
    if let Some(Value::Str(code)) = values.get_mut("code") {
        *code = code.to_uppercase();
    }
}

fn layout_is_known(env: &mut Env, ids: &[Id]) -> Result<()> {
    for layout in env.values(COUNTRY, "address_format", ids)? {
        let layout = layout.as_str().unwrap_or_default().replace("%%", "");
        let known = layout.split('%').skip(1).all(|rest| {
            rest.strip_prefix('(')
                .and_then(|r| r.split_once(')'))
                .is_some_and(|(name, kind)| PARTS.contains(&name) && kind.starts_with('s'))
        });
        if !known {
            return Err(Error::user("The layout of the address names something that addresses do not have."));
        }
    }
    Ok(())
}

fn flag(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (id, code) in ids.iter().zip(env.values(COUNTRY, "code", ids)?) {
        let code = code.as_str().unwrap_or_default();
        let flag = FLAGS.iter().find(|(of, _)| *of == code).map_or_else(|| code.to_lowercase(), |(_, flag)| (*flag).to_owned());
        let url = (!code.is_empty() && !FLAGLESS.contains(&code)).then(|| format!("/base/static/img/country_flags/{flag}.png"));
        out.set("image_url", *id, url);
    }
    Ok(())
}

fn group_codes(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!(
        "SELECT r.res_country_id, g.code::text FROM res_country_res_country_group_rel r
         JOIN res_country_group g ON g.id = r.res_country_group_id WHERE g.code <> ''
         AND r.res_country_id = ANY({ids}) ORDER BY g.name ->> 'en_US', g.id"
    );
    let rows: Vec<(Id, String)> = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.text(1)?))).collect();
    for id in ids {
        let mut codes: Vec<Value> = rows.iter().filter(|(of, _)| of == id).map(|(_, code)| Value::from(code.as_str())).collect();
        if codes.is_empty() {
            codes.push(Value::from(""));
        }
        out.set("country_group_codes", *id, Value::List(codes));
    }
    Ok(())
}

/// Those with the code come before those with the text in their names.
fn by_code_first(env: &mut Env, call: &Invocation, code: Option<String>) -> Result<Answer> {
    let operator = call.arg("operator").as_str().unwrap_or("ilike").to_lowercase();
    let limit = number_arg(call.arg("limit"))?.filter(|n| *n > 0);
    let domain = domain_arg(call.arg("domain"))?;
    let negative = operator.starts_with("not") || operator == "!=";
    let mut found: Vec<(Id, String)> = Vec::new();
    if let Some(code) = code.filter(|_| !negative && operator != "in") {
        let page = Page { limit, ..Default::default() };
        let ids = env.search(&call.model, &domain.clone().and(Domain::cond("code", Op::Eq, code)), &page)?;
        let names = env.names(&call.model, &ids)?;
        found = ids.into_iter().zip(names).collect();
    }
    let left = limit.map(|n| n - i64::try_from(found.len()).unwrap_or(0));
    if left != Some(0) {
        let known: Vec<Id> = found.iter().map(|(id, _)| *id).collect();
        let rest = if known.is_empty() { domain } else { domain.and(Domain::cond("id", Op::NotIn, Value::from(known))) };
        found.extend(env.name_search(&call.model, call.arg("name"), &rest, &operator, left)?);
    }
    Ok(Answer::Value(Value::List(found.into_iter().map(|(id, name)| Value::List(vec![Value::from(id), Value::Str(name)])).collect())))
}
