//! The accounts that journals of money begin with.

use std::collections::{HashMap, HashSet};

use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::{Env, Id, Map, Result, Value, map};

use super::{ACCOUNT, JOURNAL, codes, is_money};

/// What a company gives its journals.
#[derive(Default)]
struct Defaults {
    bank_prefix: String,
    cash_prefix: String,
    profit: Option<Id>,
    loss: Option<Id>,
    /// The account of credit cards, if it has one.
    card: Option<Id>,
    /// Characters that codes of accounts have.
    digits: usize,
}

/// What companies give their journals. One statement.
fn defaults(env: &mut Env, companies: &[Id]) -> Result<HashMap<Id, Defaults>> {
    env.flush()?;
    let sql = sql!(
        "SELECT c.id, c.bank_account_code_prefix::text, c.cash_account_code_prefix::text, c.default_cash_difference_income_account_id,
         c.default_cash_difference_expense_account_id, (SELECT a.id FROM accounts a WHERE a.company = c.id
         AND a.account_type = 'liability_credit_card' ORDER BY a.code, a.id LIMIT 1),
         (SELECT length(a.code) FROM accounts a WHERE a.company = c.id ORDER BY a.code, a.id LIMIT 1) FROM res_company c
         WHERE c.id = ANY({companies})"
    );
    let accounts = sql!(
        "WITH accounts AS (SELECT c.id AS company, a.id, a.account_type, a.code_store ->> split_part(c.parent_path, '/', 1) AS code
         FROM res_company c JOIN res_company o ON starts_with(c.parent_path, o.parent_path)
         JOIN account_account_res_company_rel r ON r.res_company_id = o.id
         JOIN account_account a ON a.id = r.account_account_id AND a.active WHERE c.id = ANY({companies})) "
    );
    let mut out = HashMap::new();
    for row in env.query(accounts.push_sql(sql))? {
        let Some(company) = row.int(0) else { continue };
        let own = Defaults {
            bank_prefix: row.text(1).unwrap_or_default(),
            cash_prefix: row.text(2).unwrap_or_default(),
            profit: row.int(3),
            loss: row.int(4),
            card: row.int(5),
            digits: row.int(6).and_then(|n| usize::try_from(n).ok()).unwrap_or(6),
        };
        out.insert(company, own);
    }
    Ok(out)
}

/// Journals of banks and cash have an account of their own; those of cards share the company's.
pub(super) fn fill(env: &mut Env, values: &mut [Map]) -> Result<()> {
    let kind = |map: &Map| map.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    let lacks = |map: &Map, key: &str| !map.get(key).is_some_and(Value::truthy);
    let money: Vec<usize> = (0..values.len()).filter(|n| values.get(*n).is_some_and(|map| is_money(&kind(map)))).collect();
    if money.is_empty() {
        return Ok(());
    }
    let company = |map: &Map| map.get("company_id").and_then(Value::as_id).unwrap_or(0);
    let companies: Vec<Id> = money.iter().filter_map(|n| values.get(*n)).map(company).collect();
    let defaults = defaults(env, &companies)?;
    let mut taken: HashMap<Id, HashSet<String>> = HashMap::new();
    let (mut accounts, mut wanting): (Vec<Map>, Vec<usize>) = (Vec::new(), Vec::new());
    for n in money {
        let Some(map) = values.get_mut(n) else { continue };
        let Some(own) = defaults.get(&company(map)) else { continue };
        let kind = kind(map);
        if kind != "credit" {
            for (key, account) in [("profit_account_id", own.profit), ("loss_account_id", own.loss)] {
                if lacks(map, key) {
                    map.insert(key.into(), account.into());
                }
            }
        }
        if !lacks(map, "default_account_id") {
            continue;
        }
        if let (Some(card), "credit") = (own.card, kind.as_str()) {
            map.insert("default_account_id".into(), card.into());
            continue;
        }
        let company = company(map);
        let known = codes::known(env, &mut taken, company)?;
        let prefix = if kind == "cash" && !own.cash_prefix.is_empty() { &own.cash_prefix } else { &own.bank_prefix };
        let start = format!("{prefix:0<width$}", width = own.digits);
        // The code that the prefix makes is left free: the first account is the one after it.
        known.insert(start.clone());
        let code = codes::free(&start, known)?;
        known.insert(code.clone());
        let of_company = Value::List(vec![Value::List(vec![Value::Int(4), Value::from(company)])]);
        accounts.push(map! {
            "name" => map.get("name").cloned().unwrap_or_default(), "code" => code,
            "account_type" => if kind == "credit" { "liability_credit_card" } else { "asset_cash" },
            "currency_id" => map.get("currency_id").cloned().unwrap_or_default(), "company_ids" => of_company
        });
        wanting.push(n);
    }
    let ids = env.create(ACCOUNT, accounts)?;
    let mut names = Vec::new();
    for (n, id) in wanting.into_iter().zip(&ids) {
        if let Some(map) = values.get_mut(n) {
            names.push(format!("{}_{}_journal_default_account_{id}", company(map), kind(map)));
            map.insert("default_account_id".into(), (*id).into());
        }
    }
    name_records(env, ACCOUNT, &ids, names)
}

/// Gives records external ids of the module, which updates leave alone. One statement.
pub(super) fn name_records(env: &mut Env, model: &str, ids: &[Id], names: Vec<String>) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let sql = sql!(
        "INSERT INTO ir_model_data (module, name, model, res_id, noupdate, create_uid, create_date, write_uid, write_date)
         SELECT 'account', k.name, {model}, k.id, TRUE, {uid}, {now}::timestamp, {uid}, {now}::timestamp
         FROM unnest({names}::text[], {ids}::int4[]) k (name, id)
         ON CONFLICT (module, name) DO UPDATE SET res_id = EXCLUDED.res_id, model = EXCLUDED.model",
        uid = env.uid(),
        now = env.now(),
        names = Bind::texts(names)
    );
    env.execute(&sql).map(|_| ())
}

/// The accounts of journals of money are kept in the journal's currency.
pub(super) fn follow_currency(env: &mut Env, ids: &[Id]) -> Result<()> {
    let sql = sql!(
        "SELECT j.default_account_id, j.currency_id FROM account_journal j WHERE j.id = ANY({ids})
         AND j.type IN ('bank', 'cash', 'credit') AND j.default_account_id IS NOT NULL"
    );
    env.flush()?;
    let rows = env.query(sql)?;
    let mut by_currency: HashMap<Option<Id>, Vec<Id>> = HashMap::new();
    for row in rows {
        if let Some(account) = row.int(0) {
            by_currency.entry(row.int(1)).or_default().push(account);
        }
    }
    for (currency, accounts) in by_currency {
        env.write(ACCOUNT, &accounts, map! { "currency_id" => currency })?;
    }
    let accounts: Vec<Id> = env.values(JOURNAL, "bank_account_id", ids)?.iter().filter_map(Value::as_id).collect();
    if let (false, Some(first)) = (accounts.is_empty(), ids.first()) {
        let currency = env.value(JOURNAL, "currency_id", *first)?;
        env.write("res.partner.bank", &accounts, map! { "currency_id" => currency })?;
    }
    Ok(())
}
