//! Fields of payments that follow from others and are kept: journal, company, currency, method, accounts, bank account.

use std::collections::HashMap;

use lastmile_orm::compute::Computed;
use lastmile_orm::declare::ModelDecl;
use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Id, Map, Result, Value};

use super::{METHOD_LINE, PAYMENT};

const JOURNAL: &str = "account.journal";
const PARTNER: &str = "res.partner";

/// Declares the fields.
pub fn declare(payments: &mut ModelDecl) {
    payments
        .compute_sudo(&["company_id"], &["journal_id"], companies)
        .compute_sudo(&["currency_id"], &["journal_id"], currencies)
        .compute_sudo(&["payment_method_line_id"], &["payment_type", "journal_id", "currency_id", "partner_id"], methods)
        .compute_sudo(&["outstanding_account_id"], &["payment_method_line_id"], outstanding)
        .compute_sudo(&["destination_account_id"], &["journal_id", "partner_id", "partner_type"], destinations)
        .compute_sudo(&["partner_bank_id"], &["partner_id", "company_id", "payment_type", "journal_id"], banks)
        .compute_sudo(&["name"], &["move_id.name", "state"], names);
}

fn links(env: &mut Env, model: &str, field: &str, ids: &[Id]) -> Result<Vec<Option<Id>>> {
    Ok(env.values(model, field, ids)?.iter().map(|value| value.as_id().filter(|id| *id != 0)).collect())
}

fn plain(ids: &[Option<Id>]) -> Vec<Id> {
    ids.iter().map(|id| id.unwrap_or(0)).collect()
}

/// A field of records as a company has it, with the company's own value of fields that depend on it.
fn in_company(env: &mut Env, company: Id, model: &str, field: &str, ids: &[Id]) -> Result<Vec<Option<Id>>> {
    env.for_company(company, |env| links(env, model, field, ids))
}

/// A field of partners, each in the company of its payment.
fn of_partners(env: &mut Env, field: &str, pairs: &[(Id, Id)]) -> Result<HashMap<(Id, Id), Id>> {
    let mut by_company: HashMap<Id, Vec<Id>> = HashMap::new();
    for (company, partner) in pairs {
        by_company.entry(*company).or_default().push(*partner);
    }
    let mut found = HashMap::new();
    for (company, partners) in by_company {
        for (partner, value) in partners.iter().zip(in_company(env, company, PARTNER, field, &partners)?) {
            if let Some(value) = value {
                found.insert((company, *partner), value);
            }
        }
    }
    Ok(found)
}

/// Fills the journal and company of new payments, without which no row can be.
pub fn begin(env: &mut Env, values: &mut [Map]) -> Result<()> {
    let own = env.company_id();
    for map in values.iter_mut() {
        let given = |name: &str| map.get(name).and_then(Value::as_id);
        if given("journal_id").is_none() {
            let company = given("company_id").unwrap_or(own);
            let direction = map.get("payment_type").and_then(Value::as_str).unwrap_or("inbound").to_owned();
            let journal = journal_of(env, given("partner_id"), &direction, company)?;
            map.insert("journal_id".into(), Value::from(journal));
        }
    }
    let journals: Vec<Id> = values.iter().filter_map(|map| map.get("journal_id").and_then(Value::as_id)).collect();
    let sql = sql!(
        "SELECT j.id, j.company_id, c.id FROM account_journal j
         LEFT JOIN res_company c ON starts_with(c.parent_path, (SELECT parent_path FROM res_company WHERE id = j.company_id))
         WHERE j.id = ANY({journals})"
    );
    let rows = env.sudo(|env| env.query(sql))?;
    for map in values {
        let journal = map.get("journal_id").and_then(Value::as_id);
        let company = map.get("company_id").and_then(Value::as_id);
        let mut fits = rows.iter().filter(|row| row.int(0) == journal);
        // A branch may pay from its company's journal.
        if company.is_none() || !fits.clone().any(|row| row.int(2) == company) {
            map.insert("company_id".into(), Value::from(fits.next().and_then(|row| row.int(1))));
        }
    }
    Ok(())
}

/// The journal of the partner's own method, or the first of money that the company has.
fn journal_of(env: &mut Env, partner: Option<Id>, direction: &str, company: Id) -> Result<Option<Id>> {
    env.sudo(|env| {
        if let Some(partner) = partner {
            let field = if direction == "outbound" {
                "property_outbound_payment_method_line_id"
            } else {
                "property_inbound_payment_method_line_id"
            };
            let method = of_partners(env, field, &[(company, partner)])?.remove(&(company, partner));
            if let Some(method) = method
                && let Some(journal) = env.value(METHOD_LINE, "journal_id", method)?.as_id()
            {
                return Ok(Some(journal));
            }
        }
        let sql = sql!(
            "SELECT j.id FROM account_journal j JOIN res_company o ON o.id = j.company_id
             JOIN res_company c ON c.id = {company} AND starts_with(c.parent_path, o.parent_path)
             WHERE j.active AND j.type IN ('bank', 'cash', 'credit') ORDER BY j.sequence, j.type, j.code, j.id LIMIT 1"
        );
        Ok(env.query(sql)?.first().and_then(|row| row.int(0)))
    })
}

/// The payment's company is its journal's or a branch of it.
fn companies(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let journals = links(env, PAYMENT, "journal_id", ids)?;
    let of_journals = links(env, JOURNAL, "company_id", &plain(&journals))?;
    let kept = links(env, PAYMENT, "company_id", ids)?;
    let own = env.company_id();
    let known: Vec<Id> = kept.iter().flatten().copied().collect();
    let above: HashMap<Id, Vec<Id>> =
        known.iter().copied().zip(env.values("res.company", "parent_ids", &known)?.iter().map(Value::ids)).collect();
    for ((id, kept), of_journal) in ids.iter().zip(kept).zip(of_journals) {
        let wanted = of_journal.unwrap_or(own);
        let fits = kept.is_some_and(|company| company == wanted || above.get(&company).is_some_and(|above| above.contains(&wanted)));
        out.set("company_id", *id, if fits { kept } else { Some(wanted) });
    }
    Ok(())
}

fn currencies(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let journals = plain(&links(env, PAYMENT, "journal_id", ids)?);
    let own = links(env, JOURNAL, "currency_id", &journals)?;
    let companies = plain(&links(env, JOURNAL, "company_id", &journals)?);
    let general = links(env, "res.company", "currency_id", &companies)?;
    for ((id, own), general) in ids.iter().zip(own).zip(general) {
        out.set("currency_id", *id, own.or(general));
    }
    Ok(())
}

/// The partner's own method where the journal has it, else the one there is, else the journal's first.
fn methods(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let journals = plain(&links(env, PAYMENT, "journal_id", ids)?);
    let inbound = env.values(JOURNAL, "inbound_payment_method_line_ids", &journals)?;
    let outbound = env.values(JOURNAL, "outbound_payment_method_line_ids", &journals)?;
    let directions = env.values(PAYMENT, "payment_type", ids)?;
    let partners = plain(&links(env, PAYMENT, "partner_id", ids)?);
    let of_inbound = links(env, PARTNER, "property_inbound_payment_method_line_id", &partners)?;
    let of_outbound = links(env, PARTNER, "property_outbound_payment_method_line_id", &partners)?;
    let kept = links(env, PAYMENT, "payment_method_line_id", ids)?;
    for (n, id) in ids.iter().enumerate() {
        let incoming = directions.get(n).and_then(Value::as_str) == Some("inbound");
        let (offered, own) = if incoming { (inbound.get(n), of_inbound.get(n)) } else { (outbound.get(n), of_outbound.get(n)) };
        let offered = offered.map(Value::ids).unwrap_or_default();
        let candidates = [own.copied().flatten(), kept.get(n).copied().flatten()];
        let found = candidates.into_iter().flatten().find(|method| offered.contains(method)).or(offered.first().copied());
        out.set("payment_method_line_id", *id, found);
    }
    Ok(())
}

fn outstanding(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let methods = plain(&links(env, PAYMENT, "payment_method_line_id", ids)?);
    for (id, account) in ids.iter().zip(links(env, METHOD_LINE, "payment_account_id", &methods)?) {
        out.set("outstanding_account_id", *id, account);
    }
    Ok(())
}

/// What customers owe, or what vendors are owed.
fn destinations(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let companies = plain(&links(env, PAYMENT, "company_id", ids)?);
    let partners = links(env, PAYMENT, "partner_id", ids)?;
    let kinds = env.values(PAYMENT, "partner_type", ids)?;
    let pairs: Vec<(Id, Id)> = companies.iter().zip(&partners).filter_map(|(company, partner)| Some((*company, (*partner)?))).collect();
    let receivable = of_partners(env, "property_account_receivable_id", &pairs)?;
    let payable = of_partners(env, "property_account_payable_id", &pairs)?;
    let sql = sql!(
        "SELECT DISTINCT ON (o.id, a.account_type) o.id, a.account_type::text, a.id FROM res_company o
         JOIN account_account_res_company_rel r ON TRUE JOIN res_company c ON c.id = r.res_company_id
         AND starts_with(o.parent_path, c.parent_path) JOIN account_account a ON a.id = r.account_account_id AND a.active
         AND a.account_type IN ('asset_receivable', 'liability_payable') WHERE o.id = ANY({companies})
         ORDER BY o.id, a.account_type, a.code_store ->> split_part(o.parent_path, '/', 1), a.id",
        companies = companies.as_slice()
    );
    let firsts = if partners.contains(&None) { env.query(sql)? } else { Vec::new() };
    for (n, id) in ids.iter().enumerate() {
        let company = companies.get(n).copied().unwrap_or(0);
        let (of_partner, kind) = match kinds.get(n).and_then(Value::as_str) {
            Some("supplier") => (&payable, "liability_payable"),
            _ => (&receivable, "asset_receivable"),
        };
        let account = match partners.get(n).copied().flatten() {
            Some(partner) => of_partner.get(&(company, partner)).copied(),
            None => {
                firsts.iter().find(|row| row.int(0) == Some(company) && row.text(1).as_deref() == Some(kind)).and_then(|row| row.int(2))
            }
        };
        out.set("destination_account_id", *id, account);
    }
    Ok(())
}

fn banks(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let kept = links(env, PAYMENT, "partner_bank_id", ids)?;
    let offered = env.values(PAYMENT, "available_partner_bank_ids", ids)?;
    for ((id, kept), offered) in ids.iter().zip(kept).zip(offered) {
        let offered = offered.ids();
        out.set("partner_bank_id", *id, kept.filter(|bank| offered.contains(bank)).or(offered.first().copied()));
    }
    Ok(())
}

/// A payment is called as its entry is; one without an entry is numbered by the sequence of payments.
fn names(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let states = env.values(PAYMENT, "state", ids)?;
    let moves = links(env, PAYMENT, "move_id", ids)?;
    let of_moves = env.values("account.move", "name", &plain(&moves))?;
    let kept = env.values(PAYMENT, "name", ids)?;
    let mut unnamed = Vec::new();
    for (n, id) in ids.iter().enumerate() {
        let name = kept.get(n).cloned().unwrap_or_default();
        let entry = moves.get(n).copied().flatten();
        let of_entry = of_moves.get(n).cloned().unwrap_or_default();
        let under_way = matches!(states.get(n).and_then(Value::as_str), Some("in_process" | "paid"));
        let stale = !name.truthy() || (entry.is_some() && name != of_entry);
        if *id < 0 || !under_way || !stale {
            out.set("name", *id, name);
        } else if of_entry.truthy() && of_entry.as_str() != Some("/") {
            out.set("name", *id, of_entry);
        } else if entry.is_some() {
            // Its entry gets a number in this very call.
            out.set("name", *id, name);
        } else {
            unnamed.push(*id);
        }
    }
    if !unnamed.is_empty() {
        let numbers = crate::base::sequences::next_by_code(env, "account.payment", unnamed.len())?;
        for (n, id) in unnamed.iter().enumerate() {
            out.set("name", *id, numbers.get(n).cloned());
        }
    }
    Ok(())
}
