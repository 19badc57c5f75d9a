//! What an entry's own fields are when nobody said: journal, company, currency, and what follows from the partner.

use std::collections::HashMap;

use chrono::NaiveDate;
use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Error, Id, Map, Result, Value, convert};
use rust_decimal::Decimal;

use super::document::{Document, Kind, MOVE, day};
use super::facts::{Facts, RateKey, journal_types, rates};
use super::locks::{self, ToDate};
use super::numbers::ToNumber;
use crate::account::taxes::fiscal_position::{self, Question};
use crate::base::partner_family::Family;

/// The document that values of a new entry describe: what was given, and what follows without looking further.
///
/// # Errors
/// UserError when there is no journal for it, ValueError for a kind that is none.
pub fn begin(env: &mut Env, facts: &Facts, values: &Map) -> Result<Document> {
    let id = |name: &str| values.get(name).and_then(Value::as_id);
    let kind = match values.get("move_type").and_then(Value::as_str) {
        Some(name) => Kind::parse(name).ok_or_else(|| Error::value(format!("Wrong value for account.move.move_type: '{name}'")))?,
        None => Kind::Entry,
    };
    let flagged = |key: &str| env.context_get(key).is_some_and(Value::truthy);
    let of_payment = ["origin_payment_id", "statement_line_id"].iter().any(|name| id(name).is_some())
        || flagged("is_payment")
        || flagged("is_statement_line");
    let currency = id("currency_id");
    let journal = match id("journal_id").and_then(|journal| facts.journal(journal)) {
        Some(journal) => journal,
        None => facts.default_journal(journal_types(kind, of_payment), id("company_id").unwrap_or_else(|| env.company_id()), currency)?,
    };
    let company = id("company_id").unwrap_or_else(|| branch(env, facts, journal.company));
    let own_currency = facts.own_currency(company);
    let mut document = Document {
        kind,
        state: "draft".into(),
        company,
        own_currency,
        currency: currency.or(journal.currency).map_or(own_currency, |currency| facts.currency(currency)),
        journal: journal.id,
        given: values.keys().cloned().collect(),
        ..Document::default()
    };
    take(&mut document, facts, values)?;
    Ok(document)
}

/// The company that the caller works for, if it is below the journal's; else the journal's.
fn branch(env: &Env, facts: &Facts, company: Id) -> Id {
    let below = |id: &Id| facts.companies.get(id).is_some_and(|known| known.path.contains(&company));
    env.company_ids().into_iter().find(below).unwrap_or(company)
}

/// Takes given values over into a document.
///
/// # Errors
/// ValueError for values of the wrong kind.
pub fn take(document: &mut Document, facts: &Facts, values: &Map) -> Result<()> {
    let model = facts.registry.model(MOVE)?;
    for (name, given) in values {
        let field = model.fields.get(name).filter(|field| field.is_column());
        let value = match field {
            Some(field) => convert::to_field(model, field, given)?,
            None => given.clone(),
        };
        let value = &value;
        let text = || value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        match name.as_str() {
            "move_type" => document.kind = value.as_str().and_then(Kind::parse).unwrap_or(document.kind),
            "state" => document.state = text().unwrap_or_default(),
            "company_id" => document.company = value.as_id().unwrap_or(document.company),
            "currency_id" => document.currency = value.as_id().map_or(document.currency, |id| facts.currency(id)),
            "journal_id" => document.journal = value.as_id().unwrap_or(document.journal),
            "partner_id" => document.partner = value.as_id(),
            "fiscal_position_id" => document.fiscal_position = value.as_id(),
            "invoice_payment_term_id" => document.term = value.as_id(),
            "invoice_date" => document.invoice_date = day(value),
            "date" => document.date = day(value).or(document.date),
            "invoice_date_due" => document.due = day(value),
            "invoice_currency_rate" => document.rate = value.as_decimal().unwrap_or_default(),
            "name" => document.name = text().filter(|name| name != "/"),
            "ref" => document.reference = text(),
            "payment_reference" => document.payment_reference = text(),
            "invoice_source_email" => document.source_email = text(),
            "invoice_cash_rounding_id" => document.cash_rounding = value.as_id(),
            "always_tax_exigible" => document.always_exigible = value.truthy(),
            "reversed_entry_id" => document.reversed = value.as_id().is_some(),
            _ => {}
        }
        if !document.has(name) {
            document.given.push(name.clone());
        }
    }
    document.own_currency = facts.own_currency(document.company);
    document.journal_account = facts.journal(document.journal).and_then(|journal| journal.account);
    Ok(())
}

/// Whether lines or other fields follow from a field.
pub fn matters(field: &str) -> bool {
    matches!(
        field,
        "move_type"
            | "company_id"
            | "currency_id"
            | "journal_id"
            | "partner_id"
            | "fiscal_position_id"
            | "invoice_payment_term_id"
            | "invoice_date"
            | "date"
            | "invoice_date_due"
            | "invoice_currency_rate"
            | "ref"
            | "payment_reference"
            | "invoice_cash_rounding_id"
    )
}

/// Fills the fields that are due of each document.
///
/// # Errors
/// What the database answers.
pub fn complete(env: &mut Env, facts: &Facts, documents: &mut [Document]) -> Result<()> {
    journal_moved(facts, documents);
    let partners: Vec<Id> = documents.iter().filter_map(|document| document.partner).collect();
    let family = Family::load(env, &partners)?;
    let stale =
        |document: &Document, field: &str| document.is_due(field, |before, now| before.partner != now.partner || before.kind != now.kind);
    let nameless = documents.iter().any(|document| document.partner.is_none() && document.before.is_none());
    let creator = if nameless { env.sudo(|env| env.value("res.users", "name", env.uid()))?.py_str() } else { String::new() };
    for document in documents.iter_mut() {
        let commercial = document.partner.map(|partner| family.commercial(partner));
        if document.is_due("commercial_partner_id", |before, now| before.partner != now.partner) {
            document.commercial_partner = commercial;
            let name = document.partner.and_then(|partner| family.name(partner)).filter(|name| !name.is_empty());
            let name = match (name, document.source_email.as_deref()) {
                (Some(name), _) => name,
                (None, Some(email)) => format!("@From: {email}"),
                (None, None) => format!("#Created by: {creator}"),
            };
            document.derived.insert("invoice_partner_display_name".into(), name.into());
        }
        if stale(document, "partner_shipping_id") {
            let delivery = document.partner.filter(|_| document.kind.is_invoice()).map(|partner| family.address(partner, "delivery"));
            document.derived.insert("partner_shipping_id".into(), delivery.into());
        }
    }
    properties(env, facts, documents, &family)?;
    dates(env, facts, documents)?;
    let keys: Vec<RateKey> =
        documents.iter().filter(|document| document.kind.is_invoice()).map(|document| rate_key(env, document)).collect();
    let known = rates(env, facts, &keys)?;
    for document in documents.iter_mut().filter(|document| document.kind.is_invoice()) {
        let key = rate_key(env, document);
        let changed = |before: &Document, now: &Document| {
            before.currency != now.currency
                || before.company != now.company
                || before.invoice_date != now.invoice_date
                || !before.kind.is_invoice()
        };
        if document.is_due("invoice_currency_rate", changed) {
            document.rate = known.get(&key).copied().unwrap_or(Decimal::ONE);
        }
    }
    Ok(())
}

/// The currency's rate is that of the invoice's day; of today while it has none.
fn rate_key(env: &Env, document: &Document) -> RateKey {
    RateKey { company: document.company, currency: document.currency.id, date: document.invoice_date.unwrap_or_else(|| env.today()) }
}

/// Another journal brings its currency, and its company unless that is one below.
fn journal_moved(facts: &Facts, documents: &mut [Document]) {
    for document in documents.iter_mut() {
        let Some(before) = document.before.as_deref().filter(|before| before.journal != document.journal) else { continue };
        let had = before.currency;
        let Some(journal) = facts.journal(document.journal) else { continue };
        let fits = facts.companies.get(&document.company).is_some_and(|company| company.path.contains(&journal.company));
        if !document.has("company_id") && !fits {
            document.company = journal.company;
            document.own_currency = facts.own_currency(journal.company);
        }
        if !document.has("currency_id") {
            document.currency = journal.currency.map_or(had, |currency| facts.currency(currency));
        }
    }
}

/// Term, fiscal position, salesperson and bank account, as the partner has them for the document's company.
fn properties(env: &mut Env, facts: &Facts, documents: &mut [Document], family: &Family) -> Result<()> {
    let mut companies: Vec<Id> = documents.iter().map(|document| document.company).collect();
    companies.sort_unstable();
    companies.dedup();
    let banks = banks(env, facts, documents)?;
    let due = |document: &Document| {
        document.is_due("fiscal_position_id", |before, now| {
            before.partner != now.partner || before.company != now.company || before.kind != now.kind
        })
    };
    if documents.iter().any(due) {
        let found = positions(env, documents, family)?;
        for (document, position) in documents.iter_mut().zip(found).filter(|(document, _)| due(document)) {
            document.fiscal_position = position;
        }
    }
    for company in companies {
        let own: Vec<&mut Document> = documents.iter_mut().filter(|document| document.company == company).collect();
        let partners: Vec<Id> = own.iter().map(|document| document.partner.unwrap_or(0)).collect();
        let read = |env: &mut Env, field: &str| env.values("res.partner", field, &partners);
        let (sale_terms, purchase_terms, ways_in, ways_out) = env.sudo(|env| {
            env.for_company(company, |env| {
                Ok((
                    read(env, "property_payment_term_id")?,
                    read(env, "property_supplier_payment_term_id")?,
                    read(env, "property_inbound_payment_method_line_id")?,
                    read(env, "property_outbound_payment_method_line_id")?,
                ))
            })
        })?;
        let lists = sale_terms.into_iter().zip(purchase_terms).zip(ways_in).zip(ways_out);
        for (document, (((sale, purchase), way_in), way_out)) in own.into_iter().zip(lists) {
            let (of_partner, way) = match document.kind {
                kind if kind.is_sale() => (sale.as_id(), way_in.as_id()),
                kind if kind.is_purchase() => (purchase.as_id(), way_out.as_id()),
                _ => (None, None),
            };
            let changed = |before: &Document, now: &Document| before.partner != now.partner;
            if document.is_due("invoice_payment_term_id", changed) {
                document.term = of_partner;
            }
            if document.is_due("preferred_payment_method_line_id", changed) {
                document.derived.insert("preferred_payment_method_line_id".into(), way.into());
            }
            seller(env, document, family);
            bank(document, facts, &banks);
        }
    }
    Ok(())
}

/// Documents for customers have a salesperson: the partner's, or who makes them.
fn seller(env: &Env, document: &mut Document, family: &Family) {
    let changed = |before: &Document, now: &Document| before.partner != now.partner || before.kind != now.kind;
    if !document.is_due("invoice_user_id", changed) {
        return;
    }
    match document.partner {
        _ if !document.kind.is_sale() => {
            document.derived.insert("invoice_user_id".into(), Value::None);
        }
        // Who sells it already stays.
        Some(partner)
            if document.before.as_deref().is_none_or(|before| !before.derived.get("invoice_user_id").is_some_and(Value::truthy)) =>
        {
            let seller = family.seller(partner).unwrap_or_else(|| env.uid());
            document.derived.insert("invoice_user_id".into(), Value::from(seller));
        }
        _ => {}
    }
}

/// Bank accounts by their owner, in order: the account, its company and currency, and whether it may be paid to.
type Banks = HashMap<Id, Vec<(Id, Option<Id>, Option<Id>, bool)>>;

/// Who is paid: the company itself for what comes in, else the partner.
fn payee(document: &Document, facts: &Facts) -> Option<Id> {
    if document.kind.is_inbound() {
        facts.companies.get(&document.company).map(|company| company.partner)
    } else {
        document.commercial_partner
    }
}

fn banks(env: &mut Env, facts: &Facts, documents: &[Document]) -> Result<Banks> {
    let owners: Vec<Id> = documents.iter().filter_map(|document| payee(document, facts)).collect();
    let sql = sql!(
        "SELECT partner_id, id, company_id, currency_id, allow_out_payment FROM res_partner_bank
         WHERE active AND partner_id = ANY({owners}) ORDER BY sequence, id"
    );
    let mut found = Banks::new();
    for row in env.query(sql)? {
        if let (Some(owner), Some(id)) = (row.int(0), row.int(1)) {
            found.entry(owner).or_default().push((id, row.int(2), row.int(3), row.bool(4).unwrap_or(false)));
        }
    }
    Ok(found)
}

/// The payee's account: one in the document's currency or in none before others, a trusted one before others.
fn bank(document: &mut Document, facts: &Facts, banks: &Banks) {
    let changed = |before: &Document, now: &Document| {
        before.commercial_partner != now.commercial_partner || before.currency != now.currency || before.kind != now.kind
    };
    if !document.is_due("partner_bank_id", changed) {
        return;
    }
    let accounts = payee(document, facts).and_then(|payee| banks.get(&payee)).map(Vec::as_slice).unwrap_or_default();
    let best = accounts
        .iter()
        .filter(|(_, company, _, _)| company.is_none_or(|company| company == document.company))
        .min_by_key(|(_, _, currency, trusted)| (currency.is_some_and(|currency| currency != document.currency.id), !trusted));
    let best = best.filter(|_| document.kind.is_invoice() || document.commercial_partner.is_some());
    document.derived.insert("partner_bank_id".into(), best.map(|account| account.0).into());
}

/// The fiscal position of each document's partner, for where the goods go.
fn positions(env: &mut Env, documents: &[Document], family: &Family) -> Result<Vec<Option<Id>>> {
    let questions: Vec<Question> = documents
        .iter()
        .map(|document| {
            let shipping = document.derived.get("partner_shipping_id").and_then(Value::as_id);
            let delivery = shipping.or_else(|| document.partner.map(|partner| family.address(partner, "delivery")));
            Question { partner: document.partner, delivery, company: document.company }
        })
        .collect();
    fiscal_position::find(env, &questions)
}

/// The accounting date follows the invoice's: of bills it is in an open period.
fn dates(env: &mut Env, facts: &Facts, documents: &mut [Document]) -> Result<()> {
    let today = env.today();
    let changed = |before: &Document, now: &Document| {
        before.invoice_date != now.invoice_date || before.kind != now.kind || before.company != now.company
    };
    let (mut bills, mut places) = (Vec::new(), Vec::new());
    for (at, document) in documents.iter_mut().enumerate() {
        let due = document.is_due("date", changed);
        document.date.get_or_insert(today);
        let Some(day) = document.invoice_date.filter(|_| due && document.kind.is_invoice()) else { continue };
        if document.kind.is_sale() {
            document.date = Some(day);
        } else if facts.journal(document.journal).is_some() {
            bills.push(to_date(document, day, today));
            places.push(at);
        }
    }
    for (at, date) in places.into_iter().zip(locks::accounting_dates(env, &bills)?) {
        if let Some(document) = documents.get_mut(at) {
            document.date = Some(date);
        }
    }
    Ok(())
}

/// What decides a document's accounting date.
pub fn to_date(document: &Document, day: NaiveDate, today: NaiveDate) -> ToDate {
    let counts =
        |line: &super::document::Line| !line.taxes.is_empty() || line.tax.is_some() || line.repartition.is_some() || !line.tags.is_empty();
    ToDate {
        entry: ToNumber {
            id: document.id,
            journal: document.journal,
            company: document.company,
            date: document.date.unwrap_or(today),
            move_type: document.kind.name().to_owned(),
            payment: document.of_payment,
            partner: document.commercial_partner,
            reference: document.reference.clone().unwrap_or_default(),
        },
        day,
        has_tax: document.live().any(counts),
    }
}
