//! product.pricelist: with several currencies, every company has a list of prices in its own.

use lastmile_orm::declare::{CreateHook, Next, WriteHook};
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Declarations, Env, Id, Map, Result, Value, map};

use crate::base::currencies::imply;

const LIST: &str = "product.pricelist";
/// Whoever uses lists of prices.
const GROUP: &str = "product.group_product_pricelist";

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model(LIST).copy_suffix("name");
    all.model("res.currency").on_write(currencies_written);
    all.model("res.company").on_create(|env: &mut Env, values: Vec<Map>, next: &Next<CreateHook>| {
        let ids = next.call(env, values)?;
        if env.has_group(GROUP) {
            give_lists(env, &ids)?;
        }
        Ok(ids)
    });
}

/// A second currency turns lists of prices on; those of a currency go out of use with it.
fn currencies_written(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    let active = values.get("active").map(Value::truthy);
    next.call(env, ids, values)?;
    match active {
        Some(false) => {
            let sql = sql!("SELECT id FROM product_pricelist WHERE active AND currency_id = ANY({ids})");
            let lists: Vec<Id> = env.query_ids(sql)?;
            env.sudo(|env| env.write(LIST, &lists, map! { "active" => false }))
        }
        Some(true) if !env.has_group(GROUP) => {
            let sql = Sql::lit("SELECT count(*) FROM res_currency WHERE active");
            if env.query(sql)?.first().and_then(|row| row.big(0)).unwrap_or(0) < 2 {
                return Ok(());
            }
            imply(env, GROUP, true)?;
            let companies = env.query(Sql::lit("SELECT id FROM res_company WHERE active ORDER BY sequence, name"))?;
            let companies: Vec<Id> = companies.iter().filter_map(|row| row.int(0)).collect();
            give_lists(env, &companies)
        }
        _ => Ok(()),
    }
}

/// The list of a company that has none without exceptions in its own currency.
fn give_lists(env: &mut Env, companies: &[Id]) -> Result<()> {
    let sql = sql!(
        "SELECT c.id, c.currency_id, (SELECT array_agg(l.id)::text FROM product_pricelist l
         WHERE l.company_id = c.id AND l.currency_id = c.currency_id AND NOT EXISTS (SELECT 1
         FROM product_pricelist_item i WHERE i.pricelist_id = l.id)) FROM res_company c
         WHERE c.id = ANY({companies})"
    );
    let (mut kept, mut fresh) = (Vec::new(), Vec::new());
    let mut rows: Vec<(Id, Option<Id>, Option<String>)> =
        env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.int(1), row.text(2)))).collect();
    rows.sort_by_key(|(id, ..)| companies.iter().position(|company| company == id));
    for (company, currency, lists) in rows {
        match lists {
            Some(lists) => kept.extend(lists.trim_matches(['{', '}']).split(',').filter_map(|id| id.parse::<Id>().ok())),
            None => fresh.push(map! { "name" => "Default", "currency_id" => currency, "company_id" => company, "sequence" => 10 }),
        }
    }
    env.sudo(|env| {
        env.write(LIST, &kept, map! { "active" => true })?;
        if fresh.is_empty() { Ok(()) } else { env.create(LIST, fresh).map(|_| ()) }
    })
}
