//! What the wizard keeps: whom it pays, from which journal, how much.

use lastmile_orm::compute::Computed;
use lastmile_orm::declare::ModelDecl;
use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Error, Id, Result, Value};
use rust_decimal::Decimal;

use super::WIZARD;
use super::amounts::Mode;
use super::batches::Batch;
use super::items::Item;
use super::lookups::{Journal, Wizard, amount, day, journals, link, terms, totals_of, wizards};

/// Declares the fields.
pub fn declare(wizard: &mut ModelDecl) {
    wizard
        .compute_sudo(
            &[
                "company_id",
                "partner_id",
                "partner_type",
                "payment_type",
                "source_currency_id",
                "source_amount",
                "source_amount_currency",
                "can_edit_wizard",
                "can_group_payments",
            ],
            &["line_ids"],
            from_lines,
        )
        .compute_sudo(&["group_payment"], &["can_edit_wizard"], |env, ids, out| {
            for wizard in wizards(env, ids)? {
                let one = wizard.batches.first().is_some_and(|batch| one_entry(&batch.items));
                out.set("group_payment", wizard.id, wizard.editable() && one);
            }
            Ok(())
        })
        .compute_sudo(&["journal_id"], &["payment_type", "company_id", "can_edit_wizard"], journal)
        .compute_sudo(&["currency_id"], &["journal_id", "source_currency_id"], currency)
        .compute_sudo(&["payment_method_line_id"], &["payment_type", "journal_id"], method)
        .compute_sudo(&["partner_bank_id"], &["journal_id", "can_edit_wizard"], bank)
        .compute_sudo(
            &["amount"],
            &[
                "can_edit_wizard",
                "source_amount",
                "source_amount_currency",
                "source_currency_id",
                "company_id",
                "currency_id",
                "journal_id",
                "payment_date",
            ],
            to_pay,
        )
        .compute_sudo(&["installments_mode"], &["amount", "journal_id"], mode)
        .compute_sudo(&["communication"], &["can_edit_wizard", "amount", "installments_mode"], communication)
        .compute_sudo(&["payment_difference_handling"], &["early_payment_discount_mode"], |env, ids, out| {
            let early = env.values(WIZARD, "early_payment_discount_mode", ids)?;
            for ((id, editable), early) in ids.iter().zip(env.values(WIZARD, "can_edit_wizard", ids)?).zip(early) {
                let handling = editable.truthy().then_some(if early.truthy() { "reconcile" } else { "open" });
                out.set("payment_difference_handling", *id, handling);
            }
            Ok(())
        });
}

/// All items are of one entry.
pub fn one_entry(items: &[Item]) -> bool {
    items.first().is_some_and(|first| items.iter().all(|item| item.entry == first.entry))
}

fn from_lines(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for wizard in wizards(env, ids)? {
        let id = wizard.id;
        // One that was just begun has no items yet.
        let Some(batch) = wizard.batches.first() else { continue };
        if wizard.items.iter().any(|item| Some(item.root) != wizard.items.first().map(|first| first.root)) {
            return Err(Error::user("Entries of several companies are not paid together."));
        }
        let one = wizard.editable();
        out.set("company_id", id, wizard.company().map(|item| item.company));
        out.set("payment_type", id, if batch.inbound { "inbound" } else { "outbound" });
        out.set("can_edit_wizard", id, one);
        out.set("partner_id", id, one.then_some(batch.partner).flatten());
        out.set("partner_type", id, one.then_some(if batch.customer { "customer" } else { "supplier" }));
        out.set("source_currency_id", id, one.then_some(batch.currency));
        out.set("source_amount", id, if one { batch.residual() } else { Decimal::ZERO });
        out.set("source_amount_currency", id, if one { batch.residual_currency() } else { Decimal::ZERO });
        let several = |batch: &Batch| batch.items.len() != 1;
        let invoice = one_entry(&batch.items) && batch.items.iter().all(|item| item.of_invoice);
        out.set("can_group_payments", id, if one { several(batch) && !invoice } else { wizard.batches.iter().any(several) });
    }
    Ok(())
}

/// Journals that have a method for the direction of one of the batches.
pub fn available(wizard: &Wizard, journals: &[Journal]) -> Vec<Id> {
    let fits = |journal: &&Journal| wizard.batches.iter().any(|batch| !journal.methods(batch.inbound).is_empty());
    journals.iter().filter(fits).map(|journal| journal.id).collect()
}

/// The only method that the invoices ask for.
fn asked_for(wizard: &Wizard) -> Option<Id> {
    let mut methods: Vec<Id> = wizard.items.iter().filter_map(|item| item.method).collect();
    methods.dedup();
    if let [only] = methods.as_slice() { Some(*only) } else { None }
}

/// Journals of the companies of wizards.
pub fn journals_of(env: &mut Env, wizards: &[Wizard]) -> Result<Vec<Journal>> {
    let mut companies: Vec<Id> = wizards.iter().flat_map(|wizard| wizard.items.iter().map(|item| item.company)).collect();
    companies.sort_unstable();
    companies.dedup();
    journals(env, &companies)
}

fn journal(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let wizards = wizards(env, ids)?;
    let all = journals_of(env, &wizards)?;
    for wizard in &wizards {
        let offered = available(wizard, &all);
        let kept = link(env, "journal_id", wizard.id)?;
        let found = match kept.filter(|journal| offered.contains(journal)) {
            Some(kept) => Some(kept),
            None => match asked_for(wizard) {
                Some(method) => env.value("account.payment.method.line", "journal_id", method)?.as_id(),
                None => best_journal(wizard, &all, &offered),
            },
        };
        out.set("journal_id", wizard.id, found);
    }
    Ok(())
}

/// The journal of the invoice's bank account, else of its currency, else the first.
fn best_journal(wizard: &Wizard, all: &[Journal], offered: &[Id]) -> Option<Id> {
    let mut found = all.iter().filter(|journal| offered.contains(&journal.id));
    let Some(batch) = wizard.batches.first().filter(|_| wizard.editable()) else { return found.next().map(|journal| journal.id) };
    let by_currency = |journal: &&Journal| journal.currency == Some(batch.currency);
    let by_bank = |journal: &&Journal| batch.bank.is_some() && journal.bank == batch.bank;
    let both = |journal: &&Journal| by_currency(journal) && by_bank(journal);
    let mut all = found.clone();
    let best = found.clone().find(both).or_else(|| found.clone().find(by_bank)).or_else(|| found.find(by_currency)).or_else(|| all.next());
    best.map(|journal| journal.id)
}

fn currency(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for id in ids {
        let journal = link(env, "journal_id", *id)?.unwrap_or(0);
        let company = link(env, "company_id", *id)?.unwrap_or(0);
        let of_journal = env.value("account.journal", "currency_id", journal)?.as_id();
        let source = link(env, "source_currency_id", *id)?;
        let own = env.value("res.company", "currency_id", company)?.as_id();
        out.set("currency_id", *id, of_journal.or(source).or(own));
    }
    Ok(())
}

fn method(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let wizards = wizards(env, ids)?;
    let all = journals_of(env, &wizards)?;
    for wizard in &wizards {
        let journal = link(env, "journal_id", wizard.id)?;
        let inbound = env.value(WIZARD, "payment_type", wizard.id)?.as_str() == Some("inbound");
        let offered = all.iter().find(|known| Some(known.id) == journal).map(|journal| journal.methods(inbound)).unwrap_or_default();
        let kept = link(env, "payment_method_line_id", wizard.id)?;
        let found = [kept, asked_for(wizard)].into_iter().flatten().find(|method| offered.contains(method)).or(offered.first().copied());
        out.set("payment_method_line_id", wizard.id, found);
    }
    Ok(())
}

/// Bank accounts that a batch may be paid to: the journal's own, or the partner's.
pub fn banks(env: &mut Env, batch: &Batch, journal: Option<&Journal>) -> Result<Vec<Id>> {
    if batch.inbound {
        return Ok(journal.and_then(|journal| journal.bank).into_iter().collect());
    }
    let partners: Vec<Id> = batch.items.iter().filter_map(|item| item.partner).collect();
    let company = batch.items.iter().min_by_key(|item| item.company_depth).map_or(0, |item| item.company);
    let sql = sql!(
        "SELECT id FROM res_partner_bank WHERE active AND partner_id = ANY({partners}) AND (company_id IS NULL
         OR company_id = {company}) ORDER BY sequence, id"
    );
    env.query_ids(sql)
}

fn bank(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let wizards = wizards(env, ids)?;
    let all = journals_of(env, &wizards)?;
    for wizard in &wizards {
        let mut found = None;
        if let [batch] = wizard.batches.as_slice() {
            let journal = link(env, "journal_id", wizard.id)?;
            let offered = banks(env, batch, all.iter().find(|known| Some(known.id) == journal))?;
            found = batch.bank.filter(|bank| offered.contains(bank)).or(offered.first().copied());
        }
        out.set("partner_bank_id", wizard.id, found);
    }
    Ok(())
}

fn to_pay(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let wizards = wizards(env, ids)?;
    let terms = terms(env, &wizards)?;
    for wizard in &wizards {
        let id = wizard.id;
        let known = link(env, "journal_id", id)?.is_some() && link(env, "currency_id", id)?.is_some() && day(env, id)?.is_some();
        let by_hand = !amount(env, "custom_user_amount", id)?.is_zero();
        let found = if known && !by_hand { totals_of(&terms, wizard).by_default } else { amount(env, "amount", id)? };
        out.set("amount", id, found);
    }
    Ok(())
}

fn mode(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let wizards = wizards(env, ids)?;
    let terms = terms(env, &wizards)?;
    for wizard in &wizards {
        let id = wizard.id;
        let kept = env.value(WIZARD, "installments_mode", id)?;
        let currency = terms.get(&id).and_then(|terms| terms.currency);
        let found = match currency {
            Some(currency) if link(env, "journal_id", id)?.is_some() => {
                let (now, totals) = (amount(env, "amount", id)?, totals_of(&terms, wizard));
                let same = |other: Decimal| currency.compare(now, other).is_eq();
                match () {
                    () if same(totals.full) => Value::from(Mode::Full.name()),
                    () if same(totals.by_default) => Value::from(totals.mode.map(Mode::name)),
                    () => Value::from(Mode::Full.name()),
                }
            }
            _ => kept,
        };
        out.set("installments_mode", id, found);
    }
    Ok(())
}

fn communication(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let wizards = wizards(env, ids)?;
    let terms = terms(env, &wizards)?;
    for wizard in &wizards {
        let id = wizard.id;
        let whole = wizard.editable() && env.value(WIZARD, "installments_mode", id)?.as_str() == Some("full");
        let items: Vec<&Item> = if whole || !amount(env, "custom_user_amount", id)?.is_zero() {
            wizard.items.iter().collect()
        } else {
            let asked = totals_of(&terms, wizard).items;
            wizard.items.iter().filter(|item| asked.contains(&item.id)).collect()
        };
        let kept = env.value(WIZARD, "communication", id)?;
        // A number that was drawn once stays.
        let drawn = kept.truthy() && is_drawn(&items) && !wizard.items.iter().any(|item| item.label.as_deref() == kept.as_str());
        let text = if drawn { kept } else { Value::from(memo(env, &items)?) };
        out.set("communication", id, text);
    }
    Ok(())
}

/// Whether payments of items are called by a number of the company's.
fn is_drawn(items: &[&Item]) -> bool {
    let first = items.first().map(|item| item.entry);
    items.iter().any(|item| Some(item.entry) != first) && !items.iter().any(|item| item.outbound)
}

/// What a payment of items is called: as the entry, as the entries that money is sent for, else by the company's sequence.
pub fn memo(env: &mut Env, items: &[&Item]) -> Result<Option<String>> {
    let Some(first) = items.first() else { return Ok(None) };
    if items.iter().all(|item| item.entry == first.entry) {
        return Ok(first.label.clone());
    }
    if !is_drawn(items) {
        let mut labels: Vec<&str> = items.iter().filter_map(|item| item.label.as_deref()).collect();
        labels.sort_unstable();
        labels.dedup();
        return Ok(Some(labels.join(", ")));
    }
    let company = items.iter().min_by_key(|item| item.company_depth).map_or(0, |item| item.company);
    let sequence = env.sudo(|env| env.value("res.company", "batch_payment_sequence_id", company))?.as_id();
    match sequence {
        Some(sequence) => Ok(crate::base::sequences::next_by_id(env, sequence, 1)?.pop()),
        None => Ok(None),
    }
}
