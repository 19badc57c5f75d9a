//! Names of small models: places, money, groups, banks, trees.

use lastmile_orm::call::Invocation;
use lastmile_orm::compute::Computed;
use lastmile_orm::declare::{ModelDecl, Tx};
use lastmile_orm::registry::Registry;
use lastmile_orm::sql::{Bind, Sql};
use lastmile_orm::{Answer, Declarations, Env, Id, Result, Value};

/// Declares the models.
pub fn declare(all: &mut Declarations) {
    all.model("res.partner.category")
        .display_sql(|_, alias, lang| tree("res_partner_category", alias, lang, " / ", true))
        .default_fn("color", |_| Ok(Value::Int(1 + i64::from(super::passlib::random::<1>()?.first().copied().unwrap_or(0)) % 11)));
    all.model("ir.ui.menu").display_sql(|_, alias, lang| tree("ir_ui_menu", alias, lang, "/", true)).compute(
        &["complete_name"],
        &["name", "parent_id"],
        |env, ids, out| copy_name(env, "ir.ui.menu", "complete_name", ids, out),
    );
    all.model("res.country.state").display_sql(|reg, alias, lang| {
        let name = text(reg, "res.country.state", "name", alias, lang);
        name.push(" || ' (' || (SELECT c.code FROM res_country c WHERE c.id = ").push_sql(Sql::column(alias, "country_id")).push(") || ')'")
    });
    let groups = all.model("res.groups");
    groups
        .display_sql(group_name)
        .compute(&["full_name"], &["name", "privilege_id"], |env, ids, out| copy_name(env, "res.groups", "full_name", ids, out))
        .compute_sudo(&["all_implied_ids", "all_implied_by_ids"], &["implied_ids"], implied);
    for model in ["ir.actions.server", "ir.filters", "res.groups"] {
        all.model(model).copy_suffix("name");
    }
    all.model("res.bank").display_sql(|_, alias, _| {
        Sql::column(alias, "name").push(" || COALESCE(' - ' || NULLIF(").push_sql(Sql::column(alias, "bic")).push(", ''), '')")
    });
    all.model("res.partner.bank").compute(&["sanitized_acc_number"], &["acc_number"], sanitized_number).display_sql(|_, alias, _| {
        Sql::column(alias, "acc_number")
            .push(" || COALESCE(' - ' || (SELECT b.name FROM res_bank b WHERE b.id = ")
            .push_sql(Sql::column(alias, "bank_id"))
            .push("), '')")
    });
    all.model("res.lang").model_method("get_installed", "", Tx::Read, installed);
    all.model("res.currency").compute(&["decimal_places"], &["rounding"], decimal_places);
    rates(all.model("res.currency"));
}

/// A text column in a language.
pub fn text(reg: &Registry, model: &str, field: &str, alias: &str, lang: &str) -> Sql {
    match reg.models.get(model).and_then(|m| m.fields.get(field)) {
        Some(field) => Sql::lit("(").push_sql(lastmile_orm::fetch::column_sql(field, alias, lang, 0)).push(")"),
        None => Sql::lit("''"),
    }
}

/// `Parent / Child`, from the `parent_path` of a tree.
pub fn tree(table: &'static str, alias: &str, lang: &str, separator: &'static str, translated: bool) -> Sql {
    let name = if translated {
        Sql::lit("COALESCE(n.name ->> ").push_bind(Bind::text(lang)).push("::text, n.name ->> 'en_US')")
    } else {
        Sql::lit("n.name")
    };
    Sql::lit("(SELECT string_agg(")
        .push_sql(name)
        .push(", ")
        .push_bind(Bind::text(separator))
        .push("::text ORDER BY length(n.parent_path)) FROM ")
        .push_ident(table)
        .push(" n WHERE starts_with(")
        .push_sql(Sql::column(alias, "parent_path"))
        .push(", n.parent_path))")
}

/// A computed field that shows what the record is called.
fn copy_name(env: &mut Env, model: &str, field: &'static str, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (id, name) in ids.iter().zip(env.names(model, ids)?) {
        out.set(field, *id, name);
    }
    Ok(())
}

/// `Privilege / Group`.
fn group_name(reg: &Registry, alias: &str, lang: &str) -> Sql {
    Sql::lit("COALESCE((SELECT ")
        .push_sql(text(reg, "res.groups.privilege", "name", "p", lang))
        .push(" || ' / ' FROM res_groups_privilege p WHERE p.id = ")
        .push_sql(Sql::column(alias, "privilege_id"))
        .push("), '') || ")
        .push_sql(text(reg, "res.groups", "name", alias, lang))
}

fn implied(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let reg = env.registry();
    for id in ids {
        let below = reg.groups.get(id).map(|g| g.implied.clone()).unwrap_or_else(|| vec![*id]);
        let mut above: Vec<Id> = reg.groups.values().filter(|g| g.implied.contains(id)).map(|g| g.id).collect();
        above.sort_unstable();
        out.set("all_implied_ids", *id, below);
        out.set("all_implied_by_ids", *id, above);
    }
    Ok(())
}

fn sanitized_number(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (id, number) in ids.iter().zip(env.values("res.partner.bank", "acc_number", ids)?) {
        let clean: String =
            number.as_str().unwrap_or_default().chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
        out.set("sanitized_acc_number", *id, Some(clean).filter(|c| !c.is_empty()));
    }
    Ok(())
}

/// Installed languages: code and name, by name.
fn installed(env: &mut Env, _: &Invocation) -> Result<Answer> {
    let reg = env.registry();
    let mut pairs: Vec<(&String, &str)> =
        reg.langs.iter().map(|code| (code, reg.lang_names.get(code).map_or(code.as_str(), String::as_str))).collect();
    pairs.sort_by_key(|(_, name)| *name);
    Ok(Answer::Value(Value::List(
        pairs.into_iter().map(|(code, name)| Value::List(vec![Value::from(code.as_str()), Value::from(name)])).collect(),
    )))
}

fn decimal_places(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (id, rounding) in ids.iter().zip(env.values("res.currency", "rounding", ids)?) {
        let rounding = rounding.as_float().unwrap_or(0.0);
        let mut places = 0_i64;
        while places < 12 && rounding > 0.0 && rounding * 10_f64.powi(i32::try_from(places).unwrap_or(0)) < 0.999_999 {
            places += 1;
        }
        out.set("decimal_places", *id, places);
    }
    Ok(())
}

fn rates(currencies: &mut ModelDecl) {
    currencies.compute_sudo(
        &["rate", "inverse_rate", "date", "is_current_company_currency", "rate_string"],
        &["rate_ids.rate", "rate_ids.name"],
        rate,
    );
}

/// Units of a currency for one of the company's, on the day of the context.
fn rate(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let company = env.company_id();
    let own = env.value("res.company", "currency_id", company)?.as_id();
    let day = env.context_get("date").and_then(|d| lastmile_orm::convert::to_date(d).ok().flatten()).unwrap_or_else(|| env.today());
    let mut all = ids.to_vec();
    all.extend(own);
    let sql = Sql::lit(
        "SELECT c.id, c.name::text, r.rate::float8, (SELECT max(x.name) FROM res_currency_rate x WHERE x.currency_id = c.id) FROM res_currency c \
         LEFT JOIN LATERAL (SELECT rate FROM res_currency_rate r WHERE r.currency_id = c.id AND (r.company_id IS NULL OR r.company_id = ",
    )
    .push_bind(Bind::Int(Some(company)))
    .push(") ORDER BY (r.name <= ")
    .push_bind(Bind::Date(Some(day)))
    .push(") DESC, CASE WHEN r.name <= ")
    .push_bind(Bind::Date(Some(day)))
    .push(" THEN r.name END DESC, r.name, r.company_id LIMIT 1) r ON TRUE WHERE c.id = ANY(")
    .push_bind(Bind::ids(&all))
    .push(")");
    let rows = env.query(sql)?;
    let of = |id: Option<Id>| rows.iter().find(|row| row.int(0) == id);
    let base = of(own).and_then(|row| row.float(2)).filter(|r| *r > 0.0).unwrap_or(1.0);
    let base_name = of(own).and_then(|row| row.text(1)).unwrap_or_default();
    for id in ids {
        let row = of(Some(*id));
        let rate = row.and_then(|r| r.float(2)).unwrap_or(1.0) / base;
        let name = row.and_then(|r| r.text(1)).unwrap_or_default();
        out.set("rate", *id, rate);
        out.set("inverse_rate", *id, if rate == 0.0 { 0.0 } else { 1.0 / rate });
        out.set("date", *id, row.and_then(|r| r.date(3)));
        out.set("is_current_company_currency", *id, Some(*id) == own);
        let shown = if Some(*id) == own { String::new() } else { format!("1 {base_name} = {rate:.6} {name}") };
        out.set("rate_string", *id, shown);
    }
    Ok(())
}
