//! Module product: products, as templates with variants.

use lastmile_orm::compute::Computed;
use lastmile_orm::declare::{CreateHook, Next, Tx, WriteHook};
use lastmile_orm::registry::Registry;
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Invocation, Map, Result, Value, map};

use crate::base::names::{text, tree};

mod figures;
mod pricelists;

const TEMPLATE: &str = "product.template";
const VARIANT: &str = "product.product";
/// Set while a variant makes its own template.
const NO_VARIANT: &str = "create_product_product";
/// What a template shows of its only variant.
const OF_VARIANT: [&str; 3] = ["default_code", "volume", "weight"];

/// Declares the module.
pub fn declare(all: &mut Declarations) {
    all.model("product.category")
        .display_sql(|_, alias, _| sql!("COALESCE({alias:sql}, '')", alias = Sql::column(alias, "complete_name")))
        .compute(&["complete_name"], &["name", "parent_id.complete_name"], category_name);
    let templates = all.model(TEMPLATE);
    templates
        .display_sql(|reg, alias, lang| with_code(alias, text(reg, TEMPLATE, "name", alias, lang)))
        .default_once("uom_id", unit)
        .default_once("taxes_id", |env| company_tax(env, "account_sale_tax_id"))
        .default_once("supplier_taxes_id", |env| company_tax(env, "account_purchase_tax_id"))
        .compute(
            &["default_code", "volume", "weight"],
            &["product_variant_ids.default_code", "product_variant_ids.volume", "product_variant_ids.weight", "product_variant_ids.active"],
            of_variant,
        )
        .inverse("default_code", |env, ids, value| to_variant(env, ids, "default_code", value))
        .inverse("volume", |env, ids, value| to_variant(env, ids, "volume", value))
        .inverse("weight", |env, ids, value| to_variant(env, ids, "weight", value))
        .inverse("barcode", |env, ids, value| to_variant(env, ids, "barcode", value))
        .inverse("standard_price", |env, ids, value| to_variant(env, ids, "standard_price", value))
        .compute(&["product_variant_id", "product_variant_count", "barcode", "standard_price"], &["product_variant_ids"], variants)
        .compute_sudo(&["weight_uom_name", "volume_uom_name", "cost_currency_id"], &["company_id"], units)
        .copy_suffix("name")
        .constrains(&["type", "combo_ids"], combo_has_choices)
        .on_create(create_template)
        .on_write(write_template);
    all.model(VARIANT)
        .display_sql(variant_name)
        .on_create(create_variant)
        .compute_sudo(&["lst_price"], &["list_price", "price_extra"], variant_price)
        .inverse("lst_price", |env, ids, value| {
            let templates = env.linked(VARIANT, "product_tmpl_id", ids)?;
            env.write(TEMPLATE, &templates, map! { "list_price" => value.clone() })
        })
        .compute_sudo(&["is_product_variant"], &[], |_, ids, out| {
            out.set_all("is_product_variant", ids, true);
            Ok(())
        })
        .compute_sudo(&["combination_indices"], &["product_template_attribute_value_ids"], combination)
        .record_method("copy", "default=None", Tx::Write, copy_variant);
    all.model("product.template.attribute.value").display_sql(attribute_value_name);
    pricelists::declare(all);
    figures::declare(all);
}

/// `[CODE] Name`.
fn with_code(alias: &str, name: Sql) -> Sql {
    sql!("(COALESCE('[' || NULLIF({alias:sql}, '') || '] ', '') || {name:sql})", alias = Sql::column(alias, "default_code"))
}

/// The template's name and, in brackets, what tells its variants apart: values of attributes that make variants and have
/// more than one value there.
fn variant_name(reg: &Registry, alias: &str, lang: &str) -> Sql {
    let template = |more: Option<Sql>| {
        let name = sql!("(SELECT {lang:sql}", lang = text(reg, TEMPLATE, "name", "t", lang));
        let name = match more {
            Some(more) => name.push(" || COALESCE(' (' || ").push_sql(more).push(" || ')', '')"),
            None => name,
        };
        let name = name.push(" FROM product_template t WHERE t.id = ").push_sql(Sql::column(alias, "product_tmpl_id")).push(")");
        with_code(alias, name)
    };
    // Databases of ours begin without attributes; those that are taken over may have them.
    if !reg.models.contains_key("product.template.attribute.value") {
        return template(None);
    }
    let values = sql!(
        "(SELECT string_agg({lang:sql}, ', ' ORDER BY ptal.sequence, ptal.attribute_id, pav.sequence, ptav.id)
         FROM product_variant_combination pvc
         JOIN product_template_attribute_value ptav ON ptav.id = pvc.product_template_attribute_value_id
         JOIN product_attribute_value pav ON pav.id = ptav.product_attribute_value_id
         JOIN product_template_attribute_line ptal ON ptal.id = ptav.attribute_line_id
         JOIN product_attribute pa ON pa.id = ptav.attribute_id WHERE pa.create_variant <> 'no_variant'
         AND (SELECT count(*) FROM product_template_attribute_value o
         WHERE o.attribute_line_id = ptav.attribute_line_id AND (o.ptav_active
         OR NOT (SELECT bool_and(c.ptav_active) FROM product_variant_combination v
         JOIN product_template_attribute_value c ON c.id = v.product_template_attribute_value_id
         WHERE v.product_product_id = pvc.product_product_id))) <> 1 AND pvc.product_product_id = {alias:sql})",
        lang = text(reg, "product.attribute.value", "name", "pav", lang),
        alias = Sql::column(alias, "id")
    );
    template(Some(values))
}

/// `Attribute: Value`.
fn attribute_value_name(reg: &Registry, alias: &str, lang: &str) -> Sql {
    sql!(
        "(SELECT {lang:sql} || ': ' || {value:sql} FROM product_attribute_value pav
         JOIN product_attribute pa ON pa.id = pav.attribute_id WHERE pav.id = {alias:sql})",
        lang = text(reg, "product.attribute", "name", "pa", lang),
        value = text(reg, "product.attribute.value", "name", "pav", lang),
        alias = Sql::column(alias, "product_attribute_value_id")
    )
}

fn category_name(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!(
        "SELECT c.id, {tree:sql} FROM product_category c WHERE c.id = ANY({ids})",
        tree = tree("product_category", "c", "en_US", " / ", false)
    );
    for row in env.query(sql)? {
        if let Some(id) = row.int(0) {
            out.set("complete_name", id, row.text(1));
        }
    }
    Ok(())
}

/// The units that weights and volumes are in, and the currency of costs.
fn units(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let set = env.parameters(&["product.weight_in_lbs", "product.volume_in_cubic_feet"])?;
    let other = |name: &str| set.get(name).is_some_and(|value| value == "1");
    let weight = if other("product.weight_in_lbs") { "lb" } else { "kg" };
    let volume = if other("product.volume_in_cubic_feet") { "ft³" } else { "m³" };
    let own = env.company_id();
    for (id, company) in ids.iter().zip(env.values(TEMPLATE, "company_id", ids)?) {
        let currency = env.value("res.company", "currency_id", company.as_id().unwrap_or(own))?;
        out.set("weight_uom_name", *id, weight);
        out.set("volume_uom_name", *id, volume);
        out.set("cost_currency_id", *id, currency);
    }
    Ok(())
}

fn unit(env: &mut Env) -> Result<Value> {
    let unit = crate::base::metadata::find(env, &["uom.product_uom_unit"])?.remove("uom.product_uom_unit");
    Ok(Value::from(unit.map(|(_, id)| id)))
}

/// The taxes of all companies of the call; those of the companies above them, when they have none.
fn company_tax(env: &mut Env, field: &str) -> Result<Value> {
    let companies = env.company_ids();
    let mut taxes = env.sudo(|env| env.linked("res.company", field, &companies))?;
    if taxes.is_empty() {
        taxes = env.sudo(|env| {
            let roots = env.linked("res.company", "root_id", &companies)?;
            env.linked("res.company", field, &roots)
        })?;
    }
    Ok(Value::List(vec![Value::List(vec![Value::Int(6), Value::Int(0), Value::from(taxes)])]))
}

/// Combinations are made of choices.
fn combo_has_choices(env: &mut Env, ids: &[Id]) -> Result<()> {
    let kinds = env.values(TEMPLATE, "type", ids)?;
    for (kind, choices) in kinds.iter().zip(env.values(TEMPLATE, "combo_ids", ids)?) {
        if kind.as_str() == Some("combo") && choices.ids().is_empty() {
            return Err(Error::validation("A combination of products has at least one choice."));
        }
    }
    Ok(())
}

/// The variants of templates, archived ones only when there is no other.
fn variants_of(env: &mut Env, templates: &[Id]) -> Result<Vec<(Id, Id)>> {
    let sql = sql!(
        "SELECT product_tmpl_id, id FROM product_product WHERE active AND product_tmpl_id = ANY({templates})
         ORDER BY product_tmpl_id, id"
    );
    Ok(env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.int(1)?))).collect())
}

/// Templates with their only variant in use; their only archived one, when none is.
fn only_variants(env: &mut Env, templates: &[Id]) -> Result<Vec<(Id, Option<Id>)>> {
    let sql = sql!(
        "SELECT product_tmpl_id, count(*) FILTER (WHERE active), min(id) FILTER (WHERE active), count(*), min(id)
         FROM product_product WHERE product_tmpl_id = ANY({templates}) GROUP BY 1"
    );
    let mut only = std::collections::HashMap::new();
    for row in env.query(sql)? {
        let found = match (row.big(1), row.big(3)) {
            (Some(1), _) => row.int(2),
            (Some(0), Some(1)) => row.int(4),
            _ => None,
        };
        only.extend(row.int(0).zip(found));
    }
    Ok(templates.iter().map(|template| (*template, only.get(template).copied())).collect())
}

/// The template's price with what the variant's attributes add.
fn variant_price(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let (prices, extras) = (env.values(VARIANT, "list_price", ids)?, env.values(VARIANT, "price_extra", ids)?);
    for ((id, price), extra) in ids.iter().zip(prices).zip(extras) {
        out.set("lst_price", *id, price.as_float().unwrap_or(0.0) + extra.as_float().unwrap_or(0.0));
    }
    Ok(())
}

/// The values that tell a variant from others of its template, as a text.
fn combination(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let reg = env.registry();
    let known = reg.model(VARIANT)?.fields.contains_key("product_template_attribute_value_ids");
    let values = if known { env.values(VARIANT, "product_template_attribute_value_ids", ids)? } else { vec![Value::None; ids.len()] };
    for (id, values) in ids.iter().zip(values) {
        let mut values = values.ids();
        values.sort_unstable();
        out.set("combination_indices", *id, values.iter().map(ToString::to_string).collect::<Vec<_>>().join(","));
    }
    Ok(())
}

fn of_variant(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let only = only_variants(env, ids)?;
    let variants: Vec<Id> = only.iter().map(|(_, v)| v.unwrap_or(0)).collect();
    for field in OF_VARIANT {
        for ((id, _), value) in only.iter().zip(env.values(VARIANT, field, &variants)?) {
            out.set(field, *id, value);
        }
    }
    Ok(())
}

fn variants(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let (all, only) = (variants_of(env, ids)?, only_variants(env, ids)?);
    let single: Vec<Id> = only.iter().map(|(_, v)| v.unwrap_or(0)).collect();
    let (codes, costs) = (env.values(VARIANT, "barcode", &single)?, env.values(VARIANT, "standard_price", &single)?);
    for ((id, code), cost) in ids.iter().zip(codes).zip(costs) {
        let own: Vec<Id> = all.iter().filter(|(of, _)| of == id).map(|(_, v)| *v).collect();
        out.set("product_variant_count", *id, i64::try_from(own.len()).unwrap_or(0));
        out.set("product_variant_id", *id, own.first().copied());
        out.set("barcode", *id, code);
        out.set("standard_price", *id, cost);
    }
    Ok(())
}

fn to_variant(env: &mut Env, ids: &[Id], field: &'static str, value: &Value) -> Result<()> {
    let variants: Vec<Id> = only_variants(env, ids)?.into_iter().filter_map(|(_, v)| v).collect();
    env.write(VARIANT, &variants, map! { field => value.clone() })
}

/// A template without attributes has one variant.
fn create_template(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    let mut own: Vec<Map> = Vec::with_capacity(values.len());
    for map in &mut values {
        let mut variant: Map = map.get("active").map(|a| ("active".to_owned(), a.clone())).into_iter().collect();
        for name in ["default_code", "volume", "weight", "barcode", "standard_price"] {
            if let Some(value) = map.shift_remove(name) {
                variant.insert(name.to_owned(), value);
            }
        }
        own.push(variant);
    }
    let ids = next.call(env, values)?;
    if env.context_get(NO_VARIANT).is_none_or(Value::truthy) {
        let variants = ids.iter().zip(own).map(|(id, mut map): (&Id, Map)| {
            map.insert("product_tmpl_id".into(), Value::from(*id));
            map
        });
        env.create(VARIANT, variants.collect())?;
    }
    Ok(ids)
}

/// A variant is copied by its template; the copy is the new template's variant.
fn copy_variant(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let changes = call.arg("default").as_map().cloned().unwrap_or_default();
    let mut templates = Vec::with_capacity(call.ids.len());
    env.require(VARIANT, &call.ids)?;
    for template in env.values(VARIANT, "product_tmpl_id", &call.ids)? {
        templates.extend(template.as_id());
    }
    let copies = env.copy(TEMPLATE, &templates, &changes)?;
    let variants = variants_of(env, &copies)?;
    let first = |copy: &Id| variants.iter().find(|(of, _)| of == copy).map(|(_, variant)| *variant);
    Ok(Answer::from(copies.iter().filter_map(first).collect::<Vec<Id>>()))
}

/// Variants go out of use with their template, and are no combinations when it is none.
fn write_template(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    let archived = values.get("active").is_some_and(|active| !active.truthy());
    let single = values.get("type").and_then(Value::as_str).is_some_and(|kind| kind != "combo");
    next.call(env, ids, values)?;
    if archived {
        let sql = sql!("SELECT id FROM product_product WHERE active AND product_tmpl_id = ANY({ids})");
        let variants: Vec<Id> = env.query_ids(sql)?;
        env.write(VARIANT, &variants, map! { "active" => false })?;
    }
    if single && env.values(TEMPLATE, "combo_ids", ids)?.iter().any(|choices| !choices.ids().is_empty()) {
        env.write(TEMPLATE, ids, map! { "combo_ids" => false })?;
    }
    Ok(())
}

/// The price of a variant that makes its own template is the template's.
fn create_variant(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    for map in values.iter_mut().filter(|map| !map.contains_key("product_tmpl_id") && !map.contains_key("list_price")) {
        if let Some(price) = map.shift_remove("lst_price") {
            map.insert("list_price".into(), price);
        }
    }
    env.with_context(map! { NO_VARIANT => false }, |env| next.call(env, values))
}
