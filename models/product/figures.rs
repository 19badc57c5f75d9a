//! What products show of their prices, codes and variants.

use std::collections::HashMap;

use lastmile_orm::compute::Computed;
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Declarations, Env, Id, Result, Value};
use rust_decimal::Decimal;

use super::{TEMPLATE, VARIANT};

/// Declares the fields.
pub fn declare(all: &mut Declarations) {
    all.model(TEMPLATE)
        .compute_sudo(&["currency_id"], &["company_id"], currency)
        .compute_sudo(&["product_tooltip"], &["type"], tooltip)
        .compute_sudo(&["valid_product_template_attribute_line_ids"], &["attribute_line_ids"], |env, ids, out| {
            let sql = sql!(
                "SELECT l.product_tmpl_id, l.id FROM product_template_attribute_line l WHERE l.active
                 AND EXISTS (SELECT 1 FROM product_attribute_value_product_template_attribute_line_rel v
                 WHERE v.product_template_attribute_line_id = l.id) AND l.product_tmpl_id = ANY({ids})
                 ORDER BY l.sequence, l.attribute_id, l.id"
            );
            let lines = pairs(env, sql)?;
            for id in ids {
                let own: Vec<Id> = lines.iter().filter(|(template, _)| template == id).map(|(_, line)| *line).collect();
                out.set("valid_product_template_attribute_line_ids", *id, own);
            }
            Ok(())
        });
    all.model(VARIANT)
        .compute_sudo(&["price_extra"], &["product_template_attribute_value_ids"], |env, ids, out| {
            let sql = sql!(
                "SELECT c.product_product_id, sum(v.price_extra) FROM product_variant_combination c
                 JOIN product_template_attribute_value v ON v.id = c.product_template_attribute_value_id
                 WHERE c.product_product_id = ANY({ids}) GROUP BY 1"
            );
            // Databases of ours begin without attributes.
            let known = env.registry().models.contains_key("product.template.attribute.value");
            let rows = if known { env.query(sql)? } else { Vec::new() };
            let extra: HashMap<Id, Decimal> = rows.iter().filter_map(|row| Some((row.int(0)?, row.decimal(1)?))).collect();
            ids.iter().for_each(|id| out.set("price_extra", *id, extra.get(id).copied().unwrap_or_default()));
            Ok(())
        })
        .compute_sudo(&["code"], &["default_code"], |env, ids, out| {
            for (id, code) in ids.iter().zip(env.values(VARIANT, "default_code", ids)?) {
                out.set("code", *id, code);
            }
            Ok(())
        })
        .compute_sudo(&["partner_ref"], &["default_code"], |env, ids, out| {
            for (id, name) in ids.iter().zip(env.names(VARIANT, ids)?) {
                out.set("partner_ref", *id, name);
            }
            Ok(())
        });
    all.model("product.category").compute_sudo(&["product_count"], &[], |env, ids, out| {
        let sql = sql!(
            "SELECT c.id, count(t.id)::int4 FROM product_category c
             JOIN product_category b ON starts_with(b.parent_path, c.parent_path)
             JOIN product_template t ON t.categ_id = b.id AND t.active WHERE c.id = ANY({ids}) GROUP BY 1"
        );
        let found: HashMap<Id, Id> = pairs(env, sql)?.into_iter().collect();
        ids.iter().for_each(|id| out.set("product_count", *id, found.get(id).copied().unwrap_or(0)));
        Ok(())
    });
}

fn pairs(env: &mut Env, sql: Sql) -> Result<Vec<(Id, Id)>> {
    Ok(env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.int(1)?))).collect())
}

/// That of the product's company, else of the first one.
fn currency(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let main = env.query(Sql::lit("SELECT min(id) FROM res_company"))?.first().and_then(|row| row.int(0)).unwrap_or(0);
    let companies: Vec<Id> = env.values(TEMPLATE, "company_id", ids)?.iter().map(|c| c.as_id().unwrap_or(main)).collect();
    for (id, currency) in ids.iter().zip(env.values("res.company", "currency_id", &companies)?) {
        out.set("currency_id", *id, currency);
    }
    Ok(())
}

/// What a form says of a kind of product.
fn tooltip(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (id, kind) in ids.iter().zip(env.values(TEMPLATE, "type", ids)?) {
        let combo = kind.as_str() == Some("combo");
        out.set(
            "product_tooltip",
            *id,
            if combo { Value::from("One product is chosen out of each of its choices.") } else { Value::from("") },
        );
    }
    Ok(())
}
