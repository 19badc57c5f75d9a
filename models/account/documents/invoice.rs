//! Invoices, bills and credit notes.

use std::collections::HashMap;

use lastmile_orm::sql::row::Row;
use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Error, Id, Result, Value};
use rust_decimal::Decimal;
use serde_json::{Value as Json, json};

use super::letter::{self, Tongue, addressee, text, texts};
use super::{Papers, Report, links};
use crate::account::moves::document::MOVE;
use crate::mail::text::plain;
use crate::words::Catalogues;

/// What an entry says of itself.
struct Head {
    id: Id,
    kind: String,
    state: String,
    paid: String,
    partner: Id,
    company: Id,
    currency: Id,
    number: String,
    day: Value,
    due: Value,
    reference: String,
    source: String,
    payment_reference: String,
    narration: String,
    total: Decimal,
    open: Decimal,
}

fn heads(env: &mut Env, ids: &[Id]) -> Result<Vec<Head>> {
    let sql = sql!(
        "SELECT id, move_type::text, state::text, COALESCE(payment_state, '')::text, COALESCE(partner_id, 0), company_id, currency_id,
         COALESCE(NULLIF(name, '/'), '')::text, COALESCE(invoice_date, date), invoice_date_due, COALESCE(ref, '')::text,
         COALESCE(invoice_origin, '')::text, COALESCE(payment_reference, '')::text, COALESCE(narration, '')::text,
         COALESCE(amount_total, 0), COALESCE(amount_residual, 0)
         FROM account_move WHERE id = ANY({ids})"
    );
    let one = |row: &Row| {
        let string = |n: usize| row.text(n).unwrap_or_default();
        let id = |n: usize| row.int(n).unwrap_or(0);
        Head {
            id: id(0),
            kind: string(1),
            state: string(2),
            paid: string(3),
            partner: id(4),
            company: id(5),
            currency: id(6),
            number: string(7),
            day: row.date(8).map_or(Value::None, Value::Date),
            due: row.date(9).map_or(Value::None, Value::Date),
            reference: string(10),
            source: string(11),
            payment_reference: string(12),
            narration: plain(&string(13)),
            total: row.decimal(14).unwrap_or_default(),
            open: row.decimal(15).unwrap_or_default(),
        }
    };
    let mut found: HashMap<Id, Head> = env.query(sql)?.iter().map(one).map(|head| (head.id, head)).collect();
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// A line, with the numbers that a language writes.
struct Line {
    kind: String,
    name: String,
    quantity: Decimal,
    unit: HashMap<String, String>,
    price: Decimal,
    discount: Decimal,
    amount: Decimal,
    /// By the order of taxes: what invoices call each, by language.
    taxes: Vec<HashMap<String, String>>,
}

/// A translated text, as its column keeps it.
fn translations(value: Option<String>) -> HashMap<String, String> {
    value.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

fn said<'t>(texts: &'t HashMap<String, String>, lang: &str) -> &'t str {
    texts.get(lang).or_else(|| texts.get("en_US")).map(String::as_str).unwrap_or_default()
}

fn lines(env: &mut Env, ids: &[Id]) -> Result<HashMap<Id, Vec<Line>>> {
    let sql = sql!(
        "SELECT l.move_id, l.display_type::text, COALESCE(l.name, '')::text, COALESCE(l.quantity, 0)::numeric, u.name::text,
         COALESCE(l.price_unit, 0)::numeric, COALESCE(l.discount, 0)::numeric, COALESCE(l.price_subtotal, 0)::numeric,
         (SELECT jsonb_agg(COALESCE(NULLIF(t.invoice_label, 'null'::jsonb), t.name) ORDER BY t.sequence, t.id)::text
          FROM account_move_line_account_tax_rel r JOIN account_tax t ON t.id = r.account_tax_id WHERE r.account_move_line_id = l.id)
         FROM account_move_line l LEFT JOIN uom_uom u ON u.id = l.product_uom_id
         WHERE l.move_id = ANY({ids}) AND l.display_type = ANY('{{product,line_section,line_subsection,line_note}}')
         ORDER BY l.sequence, l.id"
    );
    let mut out: HashMap<Id, Vec<Line>> = HashMap::new();
    for row in env.query(sql)? {
        let amount = |n: usize| row.decimal(n).unwrap_or_default();
        let kind = row.text(1).unwrap_or_default();
        let taxes = row.text(8).and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        out.entry(row.int(0).unwrap_or(0)).or_default().push(Line {
            kind: if kind == "line_subsection" { "line_section".into() } else { kind }.trim_start_matches("line_").to_owned(),
            name: row.text(2).unwrap_or_default(),
            quantity: amount(3),
            unit: translations(row.text(4)),
            price: amount(5),
            discount: amount(6),
            amount: amount(7),
            taxes,
        });
    }
    Ok(out)
}

fn line(line: &Line, head: &Head, tongue: &Tongue) -> Json {
    let lang = &tongue.code;
    let quantity = format!("{} {}", tongue.formats.number(line.quantity.normalize()), said(&line.unit, lang));
    let taxes: Vec<&str> = line.taxes.iter().map(|tax| said(tax, lang)).filter(|name| !name.is_empty()).collect();
    json!({
        "kind": line.kind,
        "name": line.name,
        "quantity": quantity.trim(),
        "price": tongue.formats.amount(line.price, Some(head.currency)),
        "discount": if line.discount.is_zero() { String::new() } else { tongue.formats.number(line.discount.normalize()) },
        "taxes": taxes.join(", "),
        "amount": tongue.formats.amount(line.amount, Some(head.currency)),
    })
}

/// Amounts below the lines: label, amount, whether it is a sum.
type Pair = (String, String, bool);

fn items<'v>(map: &'v Value, key: &str) -> &'v [Value] {
    map.as_map().and_then(|map| map.get(key)).and_then(Value::as_list).unwrap_or_default()
}

fn totals(head: &Head, tongue: &Tongue, summary: &Value, payments: Option<&Value>) -> Result<Vec<Pair>> {
    let words = &tongue.words;
    let money = |amount: Decimal| tongue.formats.amount(amount, Some(head.currency));
    let of = |value: &Value, key: &str| -> Option<Decimal> { value.as_map()?.get(key)?.as_decimal() };
    let name = |value: &Value, key: &str| value.as_map().and_then(|map| map.get(key)).map(text).unwrap_or_default();
    let mut out = Vec::new();
    for (n, subtotal) in items(summary, "subtotals").iter().enumerate() {
        let label = if n == 0 { words.get("untaxed").to_owned() } else { name(subtotal, "name") };
        out.push((label, money(of(subtotal, "base_amount_currency").unwrap_or_default()), false));
        for group in items(subtotal, "tax_groups") {
            let amount = of(group, "tax_amount_currency").unwrap_or_default();
            out.push((name(group, "group_name"), money(amount), false));
        }
    }
    out.push((words.get("total").to_owned(), money(head.total), true));
    let Some(payments) = payments else { return Ok(out) };
    for payment in items(payments, "content") {
        let day = payment.as_map().and_then(|map| map.get("date")).cloned().unwrap_or_default();
        out.push((words.with("paid_on", &[&tongue.day(&day)?]), money(of(payment, "amount").unwrap_or_default()), false));
    }
    if head.open != head.total {
        out.push((words.get("amount_due").to_owned(), money(head.open), true));
    }
    Ok(out)
}

fn title(head: &Head) -> &'static str {
    match head.kind.as_str() {
        "out_refund" | "in_refund" => "credit_note",
        "in_invoice" => "vendor_bill",
        "out_receipt" | "in_receipt" => "sales_receipt",
        _ => "invoice",
    }
}

fn mark(head: &Head) -> &'static str {
    match (head.state.as_str(), head.paid.as_str()) {
        ("draft", _) => "draft",
        ("cancel", _) => "cancelled",
        (_, "paid" | "in_payment") if !head.total.is_zero() => "paid_mark",
        (_, "reversed") => "reversed_mark",
        _ => "",
    }
}

/// The papers of invoices, in the order of their ids. With `codes`, those that are owed lead to their page.
pub fn papers(env: &mut Env, words: &Catalogues, ids: &[Id], payments: bool, codes: bool) -> Result<Papers> {
    let heads = heads(env, ids)?;
    let Some(first) = heads.first() else { return Err(Error::missing_record(MOVE, ids.first().copied().unwrap_or(0), env.uid())) };
    if heads.iter().any(|head| head.kind == "entry") {
        return Err(Error::user("Only invoices can be printed."));
    }
    if heads.iter().any(|head| head.company != first.company) {
        return Err(Error::user("Documents of several companies do not go into one file."));
    }
    let mut lines = lines(env, ids)?;
    let parties = letter::parties(env, &heads.iter().map(|head| head.partner).filter(|id| *id > 0).collect::<Vec<_>>())?;
    let tongues = letter::tongues(env, words, &parties)?;
    let known: Vec<Id> = heads.iter().map(|head| head.id).collect();
    let summaries = env.values(MOVE, "tax_totals", &known)?;
    let widgets = if payments { env.values(MOVE, "invoice_payments_widget", &known)? } else { Vec::new() };
    let owed = |head: &&Head| head.state == "posted" && head.kind == "out_invoice" && head.open > Decimal::ZERO;
    let leads = |head: &&Head| codes && owed(head);
    let mut asked = links::links(env, &heads.iter().filter(leads).map(|head| head.id).collect::<Vec<_>>())?;
    let (mut documents, mut said) = (Vec::with_capacity(heads.len()), Vec::new());
    let mut name = String::new();
    for (n, head) in heads.iter().enumerate() {
        let party = parties.get(&head.partner).cloned().unwrap_or_default();
        let Some(tongue) = tongues.get(&party.lang) else { continue };
        let say = |name: &str| tongue.words.get(name).to_owned();
        let title = format!("{} {}", say(title(head)), head.number).trim().to_owned();
        let mut facts = vec![(say("date"), tongue.day(&head.day)?), (say("due"), tongue.day(&head.due)?)];
        facts.push((say("source"), head.source.clone()));
        facts.push((say("reference"), head.reference.clone()));
        facts.push((say("account_number"), party.reference.clone()));
        facts.retain(|(_, text)| !text.is_empty());
        let mut notes = vec![head.narration.clone()];
        if owed(&head) && !head.payment_reference.is_empty() {
            notes.insert(0, tongue.words.with("use_reference", &[&head.payment_reference]));
        }
        notes.retain(|text| !text.is_empty());
        let link = asked.remove(&head.id);
        let code = link.as_ref().map(|link| {
            said.push(link.clone());
            said.len() - 1
        });
        let own = lines.remove(&head.id).unwrap_or_default();
        documents.push(json!({
            "lang": tongue.words.lang(), "words": texts(&tongue.words), "title": title, "mark": say(mark(head)),
            "partner": addressee(&party, tongue), "facts": facts, "notes": notes, "link": link, "code": code,
            "lines": own.iter().map(|one| line(one, head, tongue)).collect::<Vec<_>>(),
            "totals": totals(head, tongue, summaries.get(n).unwrap_or(&Value::None), widgets.get(n))?,
        }));
        if n == 0 {
            name = if head.number.is_empty() { format!("{title} {}", head.id) } else { title };
        }
    }
    if heads.len() > 1 {
        name = format!("{name} +{}", heads.len() - 1);
    }
    letter::bound(env, Report::Invoice { payments }, first.company, &name, documents, said)
}
