//! Taxes as records: what they begin with, and what they must be.

use std::collections::HashMap;

use lastmile_orm::compute::Computed;
use lastmile_orm::declare::{CreateHook, ModelDecl, Next, WriteHook};
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Error, Id, Map, Result, Value, map};

use super::repartition_log;

pub const TAX: &str = "account.tax";
const GROUP: &str = "account.tax.group";
const KINDS: [(&str, &str); 2] = [("invoice", "invoice_repartition_line_ids"), ("refund", "refund_repartition_line_ids")];

/// Declares taxes and their groups.
pub fn declare(all: &mut Declarations) {
    let taxes = all.model(TAX);
    taxes
        .on_create(create)
        .on_write(write)
        .compute(&["country_id"], &["company_id"], country)
        .compute(&["tax_group_id"], &["company_id", "country_id"], keep_or_find_group)
        .compute_sudo(&["is_domestic"], &["company_id", "company_id.domestic_fiscal_position_id", "fiscal_position_ids"], is_domestic)
        .onchange(&["company_id"], lines_to_begin_with)
        .onchange(&["amount"], label_by_amount)
        .onchange(&["amount_type"], by_amount_type);
    constraints(taxes);
    all.model("res.company").constrains(&["account_price_include"], prices_stay_what_they_are);
    all.model(GROUP).compute(&["country_id"], &["company_id"], |env, ids, out| {
        for (id, countries) in ids.iter().zip(countries_of(env, GROUP, ids)?) {
            out.set("country_id", *id, countries);
        }
        Ok(())
    });
}

fn constraints(taxes: &mut ModelDecl) {
    taxes
        .constrains(&["company_id", "name", "type_tax_use", "tax_scope", "country_id"], name_is_free)
        .constrains(&["tax_group_id"], group_is_of_country)
        .constrains(&["tax_exigibility", "cash_basis_transition_account_id"], transition_account_reconciles)
        .constrains(&["children_tax_ids", "type_tax_use"], children_fit)
        .constrains(&["company_id"], company_is_that_of_entries);
}

/// What a company's taxes are for: its fiscal country, or else its own.
fn countries_of(env: &mut Env, model: &str, ids: &[Id]) -> Result<Vec<Option<Id>>> {
    let companies: Vec<Id> = env.values(model, "company_id", ids)?.iter().map(|company| company.as_id().unwrap_or(0)).collect();
    fiscal_countries(env, &companies)
}

fn fiscal_countries(env: &mut Env, companies: &[Id]) -> Result<Vec<Option<Id>>> {
    let sql = sql!(
        "SELECT c.id, COALESCE(c.account_fiscal_country_id, p.country_id) FROM res_company c
         JOIN res_partner p ON p.id = c.partner_id WHERE c.id = ANY({companies})"
    );
    env.flush()?;
    let found: HashMap<Id, Id> = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.int(1)?))).collect();
    Ok(companies.iter().map(|company| found.get(company).copied()).collect())
}

fn country(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let kept = env.values(TAX, "country_id", ids)?;
    for ((id, country), kept) in ids.iter().zip(countries_of(env, TAX, ids)?).zip(kept) {
        out.set("country_id", *id, country.map_or(kept, Value::from));
    }
    Ok(())
}

/// The first tax group for each company and country, or else for any country.
fn first_groups(env: &mut Env, wanted: &[(Id, Option<Id>)]) -> Result<Vec<Option<Id>>> {
    let companies: Vec<Id> = wanted.iter().map(|(company, _)| *company).collect();
    let sql = sql!(
        "SELECT DISTINCT c.id, g.id, g.country_id, g.sequence FROM res_company c
         JOIN res_company o ON starts_with(c.parent_path, o.parent_path)
         JOIN account_tax_group g ON g.company_id = o.id WHERE c.id = ANY({companies}) ORDER BY g.sequence, g.id"
    );
    env.flush()?;
    let groups: Vec<(Id, Id, Option<Id>)> = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.int(1)?, row.int(2)))).collect();
    let first = |company: Id, country: Option<Id>| {
        groups.iter().find(|(of, _, place)| *of == company && *place == country).map(|(_, group, _)| *group)
    };
    Ok(wanted.iter().map(|(company, country)| first(*company, *country).or_else(|| first(*company, None))).collect())
}

/// A many2one of records, nothing for those without.
fn links(env: &mut Env, field: &str, ids: &[Id]) -> Result<Vec<Option<Id>>> {
    Ok(env.values(TAX, field, ids)?.iter().map(Value::as_id).collect())
}

/// The group stays while it is of the tax's company and country.
fn keep_or_find_group(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let (companies, countries) = (links(env, "company_id", ids)?, links(env, "country_id", ids)?);
    let wanted: Vec<(Id, Option<Id>)> = companies.iter().map(|company| company.unwrap_or(0)).zip(countries).collect();
    let kept = links(env, "tax_group_id", ids)?;
    let known: Vec<Id> = kept.iter().flatten().copied().collect();
    let sql = sql!("SELECT id, company_id, country_id FROM account_tax_group WHERE id = ANY({known})");
    let of: HashMap<Id, (Id, Option<Id>)> =
        env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, (row.int(1)?, row.int(2))))).collect();
    let found = first_groups(env, &wanted)?;
    for (((id, wanted), kept), found) in ids.iter().zip(&wanted).zip(kept).zip(found) {
        let stays = kept.filter(|group| of.get(group) == Some(wanted));
        out.set("tax_group_id", *id, stays.or(found));
    }
    Ok(())
}

/// Without fiscal positions, or with the one that is the company's at home.
fn is_domestic(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let companies: Vec<Id> = links(env, "company_id", ids)?.iter().map(|company| company.unwrap_or(0)).collect();
    let at_home = env.values("res.company", "domestic_fiscal_position_id", &companies)?;
    for ((id, positions), at_home) in ids.iter().zip(env.values(TAX, "fiscal_position_ids", ids)?).zip(at_home) {
        let positions = positions.ids();
        out.set("is_domestic", *id, positions.is_empty() || at_home.as_id().is_some_and(|home| positions.contains(&home)));
    }
    Ok(())
}

/// Lines that a form begins with.
fn lines_to_begin_with(env: &mut Env, id: Id) -> Result<()> {
    for (kind, field) in KINDS {
        if env.value(TAX, field, id)?.ids().is_empty() {
            env.assign(TAX, field, id, Value::List(usual_lines(kind)))?;
        }
    }
    Ok(())
}

/// Commands for a line of the base and one of the tax.
fn usual_lines(kind: &str) -> Vec<Value> {
    ["base", "tax"].map(|part| command(0, 0, map! { "document_type" => kind, "repartition_type" => part })).to_vec()
}

fn create(env: &mut Env, values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    let own = env.company_id();
    let mut values: Vec<Map> = values.into_iter().map(tidied).collect();
    let company = |map: &Map| map.get("company_id").and_then(Value::as_id).unwrap_or(own);
    let companies: Vec<Id> = values.iter().map(company).collect();
    let countries = env.sudo(|env| fiscal_countries(env, &companies))?;
    for (map, country) in values.iter_mut().zip(countries) {
        if let Some(country) = country.filter(|_| !map.get("country_id").is_some_and(Value::truthy)) {
            map.insert("country_id".into(), Value::from(country));
        }
        let mut commands = taken(map, "repartition_line_ids");
        for (kind, _) in KINDS {
            if !commands.iter().any(|command| makes(command, kind)) {
                commands.extend(usual_lines(kind));
            }
        }
        map.insert("repartition_line_ids".into(), Value::List(commands));
    }
    let wanted: Vec<(Id, Option<Id>)> = values.iter().map(|map| (company(map), map.get("country_id").and_then(Value::as_id))).collect();
    let groups = env.sudo(|env| first_groups(env, &wanted))?;
    for (map, group) in values.iter_mut().zip(groups) {
        if let Some(group) = group.filter(|_| !map.get("tax_group_id").is_some_and(Value::truthy)) {
            map.insert("tax_group_id".into(), Value::from(group));
        }
    }
    // Nobody follows a tax because of making it, and making it is not news.
    let quiet = map! { "mail_create_nosubscribe" => true, "mail_create_nolog" => true, "mail_auto_subscribe_no_notify" => true };
    env.with_context(quiet, |env| next.call(env, values))
}

fn write(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    let values = tidied(values);
    // Only the changes of taxes that entries use leave a trace.
    let flags = env.sudo(|env| env.values(TAX, "is_used", ids))?;
    let (used, unused): (Vec<_>, Vec<_>) = ids.iter().zip(flags).partition(|(_, used)| used.truthy());
    let [used, unused] = [used, unused].map(|part| part.into_iter().map(|(id, _)| *id).collect::<Vec<Id>>());
    if !unused.is_empty() {
        env.with_context(map! { "mail_notrack" => true }, |env| next.call(env, &unused, values.clone()))?;
    }
    if used.is_empty() {
        return Ok(());
    }
    if !values.contains_key("repartition_line_ids") {
        return next.call(env, &used, values);
    }
    let before = env.sudo(|env| repartition_log::lines(env, &used))?;
    next.call(env, &used, values)?;
    env.sudo(|env| repartition_log::tell(env, &used, &before))
}

fn command(number: i64, id: Id, values: Map) -> Value {
    Value::List(vec![Value::Int(number), Value::from(id), Value::Map(values)])
}

/// Takes a list out of values.
fn taken(values: &mut Map, key: &str) -> Vec<Value> {
    match values.shift_remove(key) {
        Some(Value::List(list)) => list,
        _ => Vec::new(),
    }
}

/// The number of a command, and its values.
fn parts(command: &Value) -> Option<(i64, &Value, Option<&Map>)> {
    let list = command.as_list()?;
    Some((list.first()?.as_int()?, list.get(1).unwrap_or(&Value::None), list.get(2).and_then(Value::as_map)))
}

/// Whether a command brings a line for documents of a kind.
fn makes(command: &Value, kind: &str) -> bool {
    match parts(command) {
        Some((0, _, Some(values))) => values.get("document_type").and_then(Value::as_str) == Some(kind),
        // Lines that are already there are for whatever they are for.
        Some((4 | 6, _, _)) => true,
        _ => false,
    }
}

/// Lines that were given by the kind of document go with all others, and plain descriptions are in a block.
fn tidied(mut values: Map) -> Map {
    if let Some(Value::Str(text)) = values.get_mut("description")
        && !text.is_empty()
        && !(text.contains('<') && text.contains('>'))
    {
        *text = format!("<div>{text}</div>");
    }
    if KINDS.iter().any(|(_, field)| values.contains_key(field)) {
        values.shift_remove("repartition_line_ids");
    }
    for (kind, field) in KINDS {
        let Some(given) = values.shift_remove(field) else { continue };
        let mut commands = taken(&mut values, "repartition_line_ids");
        for given in given.as_list().unwrap_or_default() {
            commands.push(match parts(given) {
                Some((number @ (0 | 1), id, line)) => {
                    let mut own = map! { "document_type" => kind };
                    own.extend(line.cloned().unwrap_or_default());
                    command(number, id.as_id().unwrap_or(0), own)
                }
                _ => given.clone(),
            });
        }
        values.insert("repartition_line_ids".into(), Value::List(commands));
    }
    values
}

fn label_by_amount(env: &mut Env, id: Id) -> Result<()> {
    let kind = env.value(TAX, "amount_type", id)?;
    let (amount, label) = (env.value(TAX, "amount", id)?.as_decimal().unwrap_or_default(), env.value(TAX, "invoice_label", id)?);
    if matches!(kind.as_str(), Some("percent" | "division")) && !amount.is_zero() && !label.truthy() {
        let label = format!("{}%", four_digits(amount));
        env.assign(TAX, "invoice_label", id, label)?;
    }
    Ok(())
}

/// At most four digits that count.
fn four_digits(amount: rust_decimal::Decimal) -> rust_decimal::Decimal {
    amount.round_sf(4).unwrap_or(amount).normalize()
}

fn by_amount_type(env: &mut Env, id: Id) -> Result<()> {
    let group = env.value(TAX, "amount_type", id)?.as_str() == Some("group");
    let values = if group {
        map! { "invoice_label" => false }
    } else {
        map! { "children_tax_ids" => Vec::<Id>::new() }
    };
    env.edit(TAX, id, values)
}

/// No two taxes of a use are called the same in a group of companies and a country.
fn name_is_free(env: &mut Env, ids: &[Id]) -> Result<()> {
    let lang = env.lang()?.to_owned();
    let sql = sql!(
        "SELECT o.name ->> 'en_US', y.name FROM account_tax t JOIN res_company c ON c.id = t.company_id
         JOIN account_tax o ON o.id <> t.id AND o.active AND o.type_tax_use = t.type_tax_use AND o.country_id = t.country_id
         AND COALESCE(o.name ->> {lang}, o.name ->> 'en_US') = COALESCE(t.name ->> {lang}, t.name ->> 'en_US')
         AND COALESCE(o.tax_scope, '') = COALESCE(t.tax_scope, '') JOIN res_company y ON y.id = o.company_id
         AND split_part(y.parent_path, '/', 1) = split_part(c.parent_path, '/', 1)
         WHERE t.id = ANY({ids}) AND t.type_tax_use <> 'none' ORDER BY o.sequence, o.id"
    );
    let taken: Vec<String> =
        env.query(sql)?.iter().map(|row| format!("{} ({})", row.text(0).unwrap_or_default(), row.text(1).unwrap_or_default())).collect();
    if taken.is_empty() { Ok(()) } else { Err(Error::validation(format!("There is another tax of this name: {}", taken.join(", ")))) }
}

/// Fails with a text when a query finds a row.
fn refuse(env: &mut Env, found: lastmile_orm::sql::Sql, why: impl Fn(String) -> Error) -> Result<()> {
    match env.query(found)?.first() {
        Some(row) => Err(why(row.text(0).unwrap_or_default())),
        None => Ok(()),
    }
}

fn group_is_of_country(env: &mut Env, ids: &[Id]) -> Result<()> {
    let sql = sql!(
        "SELECT t.name ->> 'en_US' FROM account_tax t JOIN account_tax_group g ON g.id = t.tax_group_id
         WHERE t.id = ANY({ids}) AND g.country_id <> t.country_id LIMIT 1"
    );
    refuse(env, sql, |name| Error::validation(format!("The tax group of {name} is for another country.")))
}

fn transition_account_reconciles(env: &mut Env, ids: &[Id]) -> Result<()> {
    if env.context_get("chart_template_load").is_some_and(Value::truthy) {
        return Ok(());
    }
    let sql = sql!(
        "SELECT t.name ->> 'en_US' FROM account_tax t LEFT JOIN account_account a ON a.id = t.cash_basis_transition_account_id
         WHERE t.id = ANY({ids}) AND t.tax_exigibility = 'on_payment' AND NOT COALESCE(a.reconcile, FALSE) LIMIT 1"
    );
    refuse(env, sql, |name| Error::validation(format!("The account where {name} waits to be paid must allow reconciliation.")))
}

fn children_fit(env: &mut Env, ids: &[Id]) -> Result<()> {
    let sql = sql!(
        "SELECT t.name ->> 'en_US' FROM account_tax t JOIN account_tax_filiation_rel f ON f.parent_tax = t.id
         WHERE t.id = ANY({ids}) AND (f.child_tax = t.id OR EXISTS (SELECT 1 FROM account_tax_filiation_rel b
         WHERE b.parent_tax = f.child_tax AND b.child_tax = t.id)) LIMIT 1"
    );
    refuse(env, sql, |name| Error::validation(format!("The tax {name} would be a part of itself.")))?;
    let sql = sql!(
        "SELECT t.name ->> 'en_US' FROM account_tax t JOIN account_tax_filiation_rel f ON f.parent_tax = t.id
         JOIN account_tax c ON c.id = f.child_tax WHERE t.id = ANY({ids}) AND (c.type_tax_use NOT IN ('none', t.type_tax_use)
         OR COALESCE(c.tax_scope, t.tax_scope, '') <> COALESCE(t.tax_scope, '')) LIMIT 1"
    );
    refuse(env, sql, |name| Error::validation(format!("Taxes in {name} are used as it is, or have no use of their own.")))?;
    let sql = sql!(
        "SELECT t.name ->> 'en_US' FROM account_tax t JOIN account_tax_filiation_rel f ON f.parent_tax = t.id
         JOIN account_tax c ON c.id = f.child_tax WHERE t.id = ANY({ids}) AND c.amount_type = 'group' LIMIT 1"
    );
    refuse(env, sql, |name| Error::validation(format!("The group of taxes {name} cannot have groups in it.")))
}

fn company_is_that_of_entries(env: &mut Env, ids: &[Id]) -> Result<()> {
    let sql = sql!(
        "SELECT t.name ->> 'en_US' FROM account_tax t JOIN res_company c ON c.id = t.company_id
         WHERE t.id = ANY({ids}) AND EXISTS (SELECT 1 FROM account_move_line l JOIN res_company o ON o.id = l.company_id
         WHERE NOT starts_with(o.parent_path, c.parent_path) AND (l.tax_line_id = t.id OR EXISTS (SELECT 1
         FROM account_move_line_account_tax_rel r WHERE r.account_move_line_id = l.id AND r.account_tax_id = t.id))) LIMIT 1"
    );
    refuse(env, sql, |name| Error::user(format!("Entries of another company use the tax {name}.")))
}

/// Whether prices are with taxes is decided before the first entry.
fn prices_stay_what_they_are(env: &mut Env, ids: &[Id]) -> Result<()> {
    let sql = sql!(
        "SELECT c.name FROM res_company c WHERE c.id = ANY({ids}) AND EXISTS (SELECT 1 FROM account_move_line l
         JOIN res_company o ON o.id = l.company_id WHERE starts_with(o.parent_path, c.parent_path)) LIMIT 1"
    );
    refuse(env, sql, |name| Error::validation(format!("{name} has entries: whether its prices are with taxes cannot change any more.")))
}
