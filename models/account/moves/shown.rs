//! What entries show beside what is kept of them.

use std::collections::HashMap;

use lastmile_orm::compute::Computed;
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Id, Result, Value};
use rust_decimal::Decimal;

use super::document::Kind;
use super::document::MOVE;
use super::document::day;
use super::facts::{Facts, RateKey, rates};

/// Declares the fields.
pub fn declare(all: &mut Declarations) {
    let moves = all.model(MOVE);
    moves
        .compute_sudo(&["status_in_payment"], &["payment_state", "state", "is_move_sent"], status)
        .compute_sudo(&["type_name", "direction_sign", "invoice_filter_type_domain"], &["move_type"], by_kind)
        .compute_sudo(&["bank_partner_id"], &["commercial_partner_id", "company_id", "move_type"], payee)
        .compute_sudo(&["suitable_journal_ids"], &["company_id", "move_type"], journals)
        .compute_sudo(&["hide_post_button", "show_reset_to_draft_button"], &["state", "auto_post", "date", "inalterable_hash"], buttons)
        .compute_sudo(&["has_reconciled_entries"], &["line_ids"], reconciled)
        .compute_sudo(&["access_url"], &["move_type"], access_url)
        .compute_sudo(&["move_sent_values"], &["is_move_sent"], |env, ids, out| {
            for (id, sent) in ids.iter().zip(env.values(MOVE, "is_move_sent", ids)?) {
                out.set("move_sent_values", *id, if sent.truthy() { "sent" } else { "not_sent" });
            }
            Ok(())
        })
        .compute_sudo(&["is_being_sent"], &["sending_data"], |env, ids, out| {
            for (id, data) in ids.iter().zip(env.values(MOVE, "sending_data", ids)?) {
                out.set("is_being_sent", *id, data.truthy());
            }
            Ok(())
        })
        .compute_sudo(&["secured"], &["inalterable_hash"], |env, ids, out| {
            for (id, hash) in ids.iter().zip(env.values(MOVE, "inalterable_hash", ids)?) {
                out.set("secured", *id, hash.truthy());
            }
            Ok(())
        })
        .compute_sudo(&["tax_country_id", "tax_country_code"], &["company_id", "fiscal_position_id"], tax_countries)
        .compute_sudo(&["expected_currency_rate"], &["currency_id", "company_id", "invoice_date"], expected_rates)
        .compute_sudo(&["display_inactive_currency_warning"], &["state", "currency_id"], inactive_currency)
        .compute_sudo(&["next_payment_date"], &["line_ids"], next_payment)
        .compute_sudo(&["show_delivery_date"], &["delivery_date", "move_type"], |env, ids, out| {
            let kinds = env.values(MOVE, "move_type", ids)?;
            for ((id, date), kind) in ids.iter().zip(env.values(MOVE, "delivery_date", ids)?).zip(kinds) {
                let sale = matches!(kind.as_str(), Some("out_invoice" | "out_refund"));
                out.set("show_delivery_date", *id, date.truthy() && sale);
            }
            Ok(())
        });
    moves.compute_sudo(
        &["need_cancel_request", "show_taxable_supply_date", "is_sale_installed", "display_link_qr_code"],
        &[],
        |_, ids, out| {
            for field in ["need_cancel_request", "show_taxable_supply_date", "is_sale_installed", "display_link_qr_code"] {
                out.set_all(field, ids, false);
            }
            Ok(())
        },
    );
}

fn kinds(env: &mut Env, ids: &[Id]) -> Result<Vec<Kind>> {
    Ok(env.values(MOVE, "move_type", ids)?.iter().map(|kind| kind.as_str().and_then(Kind::parse).unwrap_or_default()).collect())
}

fn status(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let (states, sent) = (env.values(MOVE, "state", ids)?, env.values(MOVE, "is_move_sent", ids)?);
    for (((id, paid), state), sent) in ids.iter().zip(env.values(MOVE, "payment_state", ids)?).zip(states).zip(sent) {
        let paid = paid.as_str().unwrap_or_default();
        let shown = match state.as_str() {
            Some("posted") if matches!(paid, "partial" | "in_payment" | "paid" | "reversed") => Value::from(paid),
            Some("posted") if sent.truthy() => Value::from("sent"),
            Some("draft") if matches!(paid, "partial" | "in_payment" | "paid") => Value::from(paid),
            _ => state,
        };
        out.set("status_in_payment", *id, shown);
    }
    Ok(())
}

fn by_kind(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (id, kind) in ids.iter().zip(kinds(env, ids)?) {
        let name = match kind {
            Kind::Entry => "Journal Entry",
            Kind::OutInvoice => "Invoice",
            Kind::OutRefund => "Credit Note",
            Kind::InInvoice => "Vendor Bill",
            Kind::InRefund => "Vendor Credit Note",
            Kind::OutReceipt => "Sales Receipt",
            Kind::InReceipt => "Purchase Receipt",
        };
        out.set("type_name", *id, name);
        out.set("direction_sign", *id, if kind.is_inbound() { -1_i64 } else { 1 });
        let filter = if kind.is_sale() {
            Value::from("sale")
        } else if kind.is_purchase() {
            Value::from("purchase")
        } else {
            Value::None
        };
        out.set("invoice_filter_type_domain", *id, filter);
    }
    Ok(())
}

/// Who is paid: the company for what comes in, else the partner.
fn payee(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let companies: Vec<Id> = env.values(MOVE, "company_id", ids)?.iter().map(|company| company.as_id().unwrap_or(0)).collect();
    let owners = env.values("res.company", "partner_id", &companies)?;
    let partners = env.values(MOVE, "commercial_partner_id", ids)?;
    for (((id, kind), owner), partner) in ids.iter().zip(kinds(env, ids)?).zip(owners).zip(partners) {
        out.set("bank_partner_id", *id, if kind.is_inbound() { owner } else { partner });
    }
    Ok(())
}

fn journals(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let facts = Facts::load(env)?;
    let companies = env.values(MOVE, "company_id", ids)?;
    for ((id, kind), company) in ids.iter().zip(kinds(env, ids)?).zip(companies) {
        let company = company.as_id().unwrap_or_else(|| env.company_id());
        let path = facts.companies.get(&company).map(|company| company.path.clone()).unwrap_or_default();
        let wanted = if kind.is_sale() {
            "sale"
        } else if kind.is_purchase() {
            "purchase"
        } else {
            "general"
        };
        let fits = facts.journals.iter().filter(|journal| journal.active && journal.kind == wanted && path.contains(&journal.company));
        out.set("suitable_journal_ids", *id, fits.map(|journal| journal.id).collect::<Vec<Id>>());
    }
    Ok(())
}

fn buttons(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let today = env.today();
    let (states, autos) = (env.values(MOVE, "state", ids)?, env.values(MOVE, "auto_post", ids)?);
    let (dates, hashes) = (env.values(MOVE, "date", ids)?, env.values(MOVE, "inalterable_hash", ids)?);
    for ((((id, state), auto), date), hash) in ids.iter().zip(states).zip(autos).zip(dates).zip(hashes) {
        let state = state.as_str().unwrap_or_default();
        let later = auto.as_str() != Some("no") && day(&date).is_some_and(|date| date > today);
        out.set("hide_post_button", *id, state != "draft" || later);
        out.set("show_reset_to_draft_button", *id, !hash.truthy() && matches!(state, "cancel" | "posted"));
    }
    Ok(())
}

/// Whether lines were matched with those of other entries.
fn reconciled(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!(
        "SELECT DISTINCT l.move_id FROM account_move_line l WHERE l.move_id = ANY({ids}) AND (EXISTS (SELECT 1
         FROM account_partial_reconcile r WHERE r.debit_move_id = l.id) OR EXISTS (SELECT 1
         FROM account_partial_reconcile r WHERE r.credit_move_id = l.id))"
    );
    let found: Vec<Id> = env.query_ids(sql)?;
    out.set_found("has_reconciled_entries", ids, &found);
    Ok(())
}

fn access_url(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (id, kind) in ids.iter().zip(kinds(env, ids)?) {
        let shown = kind.is_invoice() && !kind.is_receipt();
        out.set("access_url", *id, if shown { format!("/my/invoices/{id}") } else { "#".to_owned() });
    }
    Ok(())
}

/// The country whose taxes count: that of a position with a foreign registration, else the company's fiscal one.
fn tax_countries(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!(
        "SELECT m.id, CASE WHEN f.foreign_vat <> '' THEN f.country_id ELSE o.account_fiscal_country_id END,
         CASE WHEN f.foreign_vat <> '' THEN p.code ELSE c.code END
         FROM account_move m LEFT JOIN res_company o ON o.id = m.company_id LEFT JOIN account_fiscal_position f ON f.id = m.fiscal_position_id
         LEFT JOIN res_country p ON p.id = f.country_id LEFT JOIN res_country c ON c.id = o.account_fiscal_country_id WHERE m.id = ANY({ids})"
    );
    let rows = env.query(sql)?;
    out.set_all("tax_country_id", ids, Value::None);
    out.set_all("tax_country_code", ids, Value::None);
    for row in rows {
        if let Some(id) = row.int(0) {
            out.set("tax_country_id", id, row.int(1));
            out.set("tax_country_code", id, row.text(2));
        }
    }
    Ok(())
}

fn expected_rates(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let facts = Facts::load(env)?;
    let today = env.today();
    let (companies, currencies) = (env.values(MOVE, "company_id", ids)?, env.values(MOVE, "currency_id", ids)?);
    let days = env.values(MOVE, "invoice_date", ids)?;
    let keys: Vec<Option<RateKey>> = companies
        .iter()
        .zip(&currencies)
        .zip(&days)
        .map(|((company, currency), date)| {
            Some(RateKey { company: company.as_id()?, currency: currency.as_id()?, date: day(date).unwrap_or(today) })
        })
        .collect();
    let wanted: Vec<RateKey> = keys.iter().copied().flatten().collect();
    let known: HashMap<RateKey, Decimal> = rates(env, &facts, &wanted)?;
    for (id, key) in ids.iter().zip(keys) {
        let rate = key.and_then(|key| known.get(&key).copied()).unwrap_or(Decimal::ONE);
        out.set("expected_currency_rate", *id, rate);
    }
    Ok(())
}

fn inactive_currency(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let currencies: Vec<Id> = env.values(MOVE, "currency_id", ids)?.iter().map(|currency| currency.as_id().unwrap_or(0)).collect();
    let active = env.values("res.currency", "active", &currencies)?;
    for (((id, state), currency), active) in ids.iter().zip(env.values(MOVE, "state", ids)?).zip(currencies).zip(active) {
        out.set("display_inactive_currency_warning", *id, state.as_str() == Some("draft") && currency != 0 && !active.truthy());
    }
    Ok(())
}

/// The next day on which a part of an invoice that is not paid is due.
fn next_payment(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!(
        "SELECT l.move_id, min(COALESCE(CASE WHEN l.discount_date >= {today} THEN l.discount_date END, l.date_maturity))
         FROM account_move_line l WHERE l.move_id = ANY({ids}) AND NOT COALESCE(l.reconciled, FALSE)
         AND l.display_type = 'payment_term' GROUP BY 1",
        today = env.today()
    );
    let found: HashMap<Id, Value> =
        env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.date(1).map_or(Value::None, Value::Date)))).collect();
    for id in ids {
        out.set("next_payment_date", *id, found.get(id).cloned().unwrap_or_default());
    }
    Ok(())
}
