//! account.journal: how journals are made, changed, copied and deleted.

use std::collections::{HashMap, HashSet};

use lastmile_orm::compute::Computed;
use lastmile_orm::declare::{CreateHook, Next, UnlinkHook, WriteHook};
use lastmile_orm::sql::{Bind, Sql, sql};
use lastmile_orm::{Declarations, Env, Error, Id, Map, Result, Value, map};

use crate::base::names;

use super::{JOURNAL, is_money, journal_accounts, journal_aliases};

/// The most characters of a code.
const CODE: usize = 5;

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model(JOURNAL)
        .accepts(&["name_placeholder"])
        .display_sql(|reg, alias, lang| {
            sql!(
                "{name:sql} || COALESCE((SELECT ' (' || y.name || ')' FROM res_currency y JOIN res_company c ON c.id = {company:sql}
                 WHERE y.id = {currency:sql} AND y.id <> c.currency_id), '')",
                name = names::text(reg, JOURNAL, "name", alias, lang),
                company = Sql::column(alias, "company_id"),
                currency = Sql::column(alias, "currency_id")
            )
        })
        .on_create(create)
        .on_write(write)
        .on_unlink(unlink)
        .on_copy(copy)
        .compute_sudo(&["refund_sequence", "payment_sequence"], &["type"], apart)
        .compute_sudo(&["suspense_account_id"], &["company_id", "type"], suspense)
        .compute_sudo(&["incoming_einvoice_notification_email"], &["company_id", "type"], notified);
}

/// Whether credit notes, and payments, are counted apart.
fn apart(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (id, kind) in ids.iter().zip(env.values(JOURNAL, "type", ids)?) {
        let kind = kind.as_str().unwrap_or_default();
        out.set("refund_sequence", *id, matches!(kind, "sale" | "purchase"));
        out.set("payment_sequence", *id, is_money(kind));
    }
    Ok(())
}

/// Lines of statements are on the company's suspense account until they are matched.
fn suspense(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let kinds = env.values(JOURNAL, "type", ids)?;
    let before = env.values(JOURNAL, "suspense_account_id", ids)?;
    let companies: Vec<Id> = env.values(JOURNAL, "company_id", ids)?.iter().map(|company| company.as_id().unwrap_or(0)).collect();
    let of_companies = env.values("res.company", "account_journal_suspense_account_id", &companies)?;
    for (((id, kind), before), of_company) in ids.iter().zip(kinds).zip(before).zip(of_companies) {
        let account = if !is_money(kind.as_str().unwrap_or_default()) {
            Value::None
        } else if before.truthy() {
            before
        } else {
            of_company
        };
        out.set("suspense_account_id", *id, account);
    }
    Ok(())
}

/// Who is told of bills that come in: the company.
fn notified(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let field = "incoming_einvoice_notification_email";
    let (kinds, before) = (env.values(JOURNAL, "type", ids)?, env.values(JOURNAL, field, ids)?);
    let companies: Vec<Id> = env.values(JOURNAL, "company_id", ids)?.iter().map(|company| company.as_id().unwrap_or(0)).collect();
    for (((id, kind), before), email) in ids.iter().zip(kinds).zip(before).zip(env.values("res.company", "email", &companies)?) {
        let told = kind.as_str() == Some("purchase") && !before.truthy() && email.truthy();
        out.set(field, *id, if told { email } else { before });
    }
    Ok(())
}

fn text(values: &Map, key: &str) -> Option<String> {
    values.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// What creating leaves for afterwards.
struct Later {
    number: Option<String>,
    bank: Value,
    alias: Option<String>,
}

fn create(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    let own = env.company_id();
    let mut later: Vec<Later> = Vec::with_capacity(values.len());
    for map in &mut values {
        let (number, placeholder) = (text(map, "bank_acc_number"), text(map, "name_placeholder"));
        let bank = map.shift_remove("bank_id").unwrap_or_default();
        map.shift_remove("bank_acc_number");
        map.shift_remove("name_placeholder");
        let kind = text(map, "type");
        if kind.is_some() && !map.get("company_id").is_some_and(Value::truthy) {
            map.insert("company_id".into(), own.into());
        }
        let number_names = number.clone().filter(|_| matches!(kind.as_deref(), Some("bank" | "cash")));
        if let (None, Some(name)) = (text(map, "name"), number_names.or(placeholder)) {
            map.insert("name".into(), name.into());
        }
        later.push(Later { number: number.filter(|_| kind.as_deref() == Some("bank")), bank, alias: None });
    }
    journal_accounts::fill(env, &mut values)?;
    journal_aliases::prepare(env, &mut values, |n, alias| {
        if let Some(later) = later.get_mut(n) {
            later.alias = alias;
        }
    })?;
    codes(env, &mut values)?;
    for map in &mut values {
        let kind = text(map, "type").unwrap_or_default();
        map.get_or_insert_with("refund_sequence", || matches!(kind.as_str(), "sale" | "purchase").into());
        map.get_or_insert_with("payment_sequence", || is_money(&kind).into());
    }
    method_lines(env, &mut values)?;
    let ids = env.with_context(map! { "mail_create_nolog" => true }, |env| next.call(env, values))?;
    let aliases: Vec<(Id, Option<String>)> = ids.iter().copied().zip(later.iter().map(|later| later.alias.clone())).collect();
    journal_aliases::create(env, &aliases)?;
    for (id, later) in ids.iter().zip(later) {
        if let Some(number) = later.number
            && !env.value(JOURNAL, "bank_account_id", *id)?.truthy()
        {
            set_bank_account(env, *id, &number, later.bank)?;
        }
    }
    Ok(ids)
}

/// Journals without a code get the next one of their type. One statement.
fn codes(env: &mut Env, values: &mut [Map]) -> Result<()> {
    let lacks = |map: &Map| text(map, "code").is_none() && text(map, "type").is_some();
    let companies: Vec<Id> = values.iter().filter(|map| lacks(map)).filter_map(|map| map.get("company_id")?.as_id()).collect();
    if companies.is_empty() {
        return Ok(());
    }
    env.flush()?;
    let sql = sql!(
        "SELECT DISTINCT c.id, j.code::text FROM res_company c JOIN res_company o ON starts_with(c.parent_path, o.parent_path)
         JOIN account_journal j ON j.company_id = o.id WHERE c.id = ANY({companies})"
    );
    let mut taken: HashSet<(Id, String)> = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.text(1)?))).collect();
    for map in values.iter_mut().filter(|map| lacks(map)) {
        let Some(company) = map.get("company_id").and_then(Value::as_id) else { continue };
        let begins = match text(map, "type").as_deref() {
            Some("sale") => "INV",
            Some("purchase") => "BILL",
            Some("cash") => "CSH",
            Some("bank") => "BNK",
            Some("credit") => "CCD",
            Some("general") => "MISC",
            _ => continue,
        };
        if let Some(code) = (1..100).map(|n| format!("{begins}{n}")).find(|code| !taken.contains(&(company, code.clone()))) {
            taken.insert((company, code.clone()));
            map.insert("code".into(), code.into());
        }
    }
    Ok(())
}

/// The ways in which money comes and goes by default: id and name, inbound first. One statement.
fn default_methods(env: &mut Env) -> Result<Vec<(&'static str, (Id, String))>> {
    let sql = sql!(
        "SELECT d.name::text, m.id, COALESCE(m.name ->> 'en_US', '') FROM ir_model_data d JOIN account_payment_method m ON m.id = d.res_id
         WHERE d.module = 'account' AND d.model = 'account.payment.method'
         AND d.name IN ('account_payment_method_manual_in', 'account_payment_method_manual_out') ORDER BY d.name"
    );
    let rows = env.query(sql)?;
    let field = |name: &str| if name.ends_with("_in") { "inbound_payment_method_line_ids" } else { "outbound_payment_method_line_ids" };
    Ok(rows.iter().filter_map(|row| Some((field(&row.text(0)?), (row.int(1)?, row.text(2)?)))).collect())
}

fn line(method: &(Id, String), account: Value) -> Value {
    let values = map! { "name" => method.1.as_str(), "payment_method_id" => method.0, "payment_account_id" => account };
    Value::List(vec![Value::Int(0), Value::Int(0), Value::Map(values)])
}

fn method_lines(env: &mut Env, values: &mut [Map]) -> Result<()> {
    if !values.iter().any(|map| text(map, "type").is_some_and(|kind| is_money(&kind))) {
        return Ok(());
    }
    let methods = default_methods(env)?;
    for map in values.iter_mut().filter(|map| text(map, "type").is_some_and(|kind| is_money(&kind))) {
        for (field, method) in &methods {
            map.get_or_insert_with(field, || Value::List(vec![line(method, Value::None)]));
        }
    }
    Ok(())
}

/// Journals of another type or currency begin with the default ways of paying anew; accounts of the currency stay.
fn renew_method_lines(env: &mut Env, ids: &[Id]) -> Result<()> {
    let methods = default_methods(env)?;
    let (kinds, currencies) = (env.values(JOURNAL, "type", ids)?, env.values(JOURNAL, "currency_id", ids)?);
    for ((id, kind), currency) in ids.iter().zip(kinds).zip(currencies) {
        let mut values = Map::new();
        for (field, method) in &methods {
            let mut commands = vec![Value::List(vec![Value::Int(5)])];
            if is_money(kind.as_str().unwrap_or_default()) {
                let (method_id, journal) = (method.0, *id);
                let sql = sql!(
                    "SELECT a.id FROM account_payment_method_line l JOIN account_account a ON a.id = l.payment_account_id
                     WHERE l.journal_id = {journal} AND l.payment_method_id = {method_id}
                     AND (a.currency_id IS NULL OR a.currency_id = {currency}) ORDER BY l.sequence, l.id LIMIT 1",
                    currency = Bind::Int(currency.as_id())
                );
                let account = env.query(sql)?.first().and_then(|row| row.int(0));
                commands.push(line(method, account.into()));
            }
            values.insert((*field).to_owned(), Value::List(commands));
        }
        env.write(JOURNAL, &[*id], values)?;
    }
    Ok(())
}

fn write(env: &mut Env, ids: &[Id], mut values: Map, next: &Next<WriteHook>) -> Result<()> {
    let (number, bank) = (text(&values, "bank_acc_number"), values.get("bank_id").cloned().unwrap_or_default());
    if let Some(account) = values.get("bank_account_id").and_then(Value::as_id) {
        let company = values.get("company_id").and_then(Value::as_id);
        let sql = sql!(
            "SELECT 1 FROM account_journal j JOIN res_company c ON c.id = COALESCE({company}, j.company_id)
             JOIN res_partner_bank b ON b.id = {account} WHERE j.id = ANY({ids}) AND b.partner_id <> c.partner_id LIMIT 1",
            company = Bind::Int(company)
        );
        if !env.query(sql)?.is_empty() {
            return Err(Error::user("The bank account of a journal must be one of its company."));
        }
    }
    if values.get("restrict_mode_hash_table").is_some_and(|wanted| !wanted.truthy()) {
        let sql = sql!("SELECT 1 FROM account_move WHERE journal_id = ANY({ids}) AND inalterable_hash IS NOT NULL LIMIT 1");
        if !env.query(sql)?.is_empty() {
            return Err(Error::user("Entries of the journal are secured already: that cannot be taken back."));
        }
    }
    if let Some(alias) = text(&values, "alias_name") {
        let name = crate::mail::alias::local_part(&alias);
        values.insert("alias_name".into(), name.into());
    }
    if number.is_some() {
        // Journals that have a bank account change its number; the others get one below.
        let accounts = env.values(JOURNAL, "bank_account_id", ids)?;
        if accounts.iter().all(|account| !account.truthy()) {
            values.shift_remove("bank_acc_number");
            values.shift_remove("bank_id");
        }
    }
    let told = |key: &str| values.contains_key(key);
    let (of_type, of_currency) = (told("type"), told("currency_id"));
    let lines = (of_type || of_currency) && !told("inbound_payment_method_line_ids") && !told("outbound_payment_method_line_ids");
    next.call(env, ids, values)?;
    if lines {
        renew_method_lines(env, ids)?;
    }
    if of_type {
        journal_aliases::follow(env, ids)?;
    }
    if of_currency {
        journal_accounts::follow_currency(env, ids)?;
    }
    if let Some(number) = number {
        let kinds = env.values(JOURNAL, "type", ids)?;
        let accounts = env.values(JOURNAL, "bank_account_id", ids)?;
        for ((id, kind), account) in ids.iter().zip(kinds).zip(accounts) {
            if kind.as_str() == Some("bank") && !account.truthy() {
                set_bank_account(env, *id, &number, bank.clone())?;
            }
        }
    }
    Ok(())
}

/// The company's bank account of a number, made when there is none, becomes the journal's.
fn set_bank_account(env: &mut Env, journal: Id, number: &str, bank: Value) -> Result<()> {
    let clean: String = number.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_uppercase();
    let sql = sql!(
        "SELECT c.partner_id, (SELECT b.id FROM res_partner_bank b WHERE b.partner_id = c.partner_id AND b.active
         AND b.sanitized_acc_number = {clean} ORDER BY b.sequence, b.id LIMIT 1), j.currency_id FROM account_journal j
         JOIN res_company c ON c.id = j.company_id WHERE j.id = {journal}"
    );
    let rows = env.query(sql)?;
    let Some(row) = rows.first() else { return Ok(()) };
    let account = match row.int(1) {
        Some(account) => account,
        None => {
            let values = map! { "acc_number" => number, "bank_id" => bank, "currency_id" => row.int(2), "partner_id" => row.int(0) };
            env.create_one("res.partner.bank", values)?
        }
    };
    env.write(JOURNAL, &[journal], map! { "bank_account_id" => account })
}

fn unlink(env: &mut Env, ids: &[Id], next: &Next<UnlinkHook>) -> Result<()> {
    env.flush()?;
    let sql = sql!(
        "SELECT DISTINCT j.bank_account_id FROM account_journal j WHERE j.id = ANY({ids}) AND j.bank_account_id IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM account_journal o WHERE o.bank_account_id = j.bank_account_id AND NOT (o.id = ANY({ids})))"
    );
    let accounts: Vec<Id> = env.query_ids(sql)?;
    let sql = sql!("SELECT id FROM account_payment_method_line WHERE journal_id = ANY({ids})");
    let lines: Vec<Id> = env.query_ids(sql)?;
    let aliases: Vec<Id> = env.values(JOURNAL, "alias_id", ids)?.iter().filter_map(Value::as_id).collect();
    env.unlink("account.payment.method.line", &lines)?;
    next.call(env, ids)?;
    env.sudo(|env| env.unlink("mail.alias", &aliases))?;
    env.unlink("res.partner.bank", &accounts)
}

/// A copy has the first free code that begins as its own.
fn copy(env: &mut Env, _: &[Id], maps: &mut [Map]) -> Result<()> {
    let companies: Vec<Id> = maps.iter().filter_map(|map| map.get("company_id")?.as_id()).collect();
    let sql = sql!(
        "SELECT DISTINCT c.id, j.code::text FROM res_company c JOIN res_company o ON starts_with(c.parent_path, o.parent_path)
         JOIN account_journal j ON j.company_id = o.id WHERE c.id = ANY({companies})"
    );
    let mut taken: HashMap<Id, HashSet<String>> = HashMap::new();
    for row in env.query(sql)? {
        if let (Some(company), Some(code)) = (row.int(0), row.text(1)) {
            taken.entry(company).or_default().insert(code);
        }
    }
    for map in maps {
        let Some(known) = map.get("company_id").and_then(Value::as_id).and_then(|company| taken.get_mut(&company)) else { continue };
        let code = text(map, "code").unwrap_or_default();
        let begins: String = code.chars().filter(|c| !c.is_ascii_digit()).collect();
        let numbered = |n: usize| {
            let number = n.to_string();
            let room: String = begins.trim().chars().take(CODE.saturating_sub(number.len())).collect();
            format!("{room}{number}")
        };
        let Some(free) = std::iter::once(code.clone()).chain((1..=known.len()).map(numbered)).find(|code| !known.contains(code)) else {
            return Err(Error::user("There is no free code for the copy."));
        };
        known.insert(free.clone());
        map.insert("code".into(), free.into());
    }
    Ok(())
}
