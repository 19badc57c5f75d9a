//! Journals and methods that wizards may use, and what wizards hold.

use std::collections::HashMap;

use chrono::NaiveDate;
use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Id, Result, Value};
use rust_decimal::Decimal;

use super::WIZARD;
use super::amounts::{Terms, Totals, totals};
use super::batches::{Batch, batches};
use super::items::{self, Item};
use crate::account::reconcile::lines;
use crate::account::reconcile::plan::{Currency, Rates};

/// A journal of money.
#[derive(Clone, Debug)]
pub struct Journal {
    pub id: Id,
    pub currency: Option<Id>,
    pub bank: Option<Id>,
    /// Methods by which money comes in, and goes out, in their order.
    pub inbound: Vec<Id>,
    pub outbound: Vec<Id>,
}

impl Journal {
    /// The methods of a direction.
    pub fn methods(&self, inbound: bool) -> &[Id] {
        if inbound { &self.inbound } else { &self.outbound }
    }
}

/// Journals of money of companies and of those above them, in their order.
pub fn journals(env: &mut Env, companies: &[Id]) -> Result<Vec<Journal>> {
    const OF: &[&str] = &["account.journal", "account.payment.method.line", "account.payment.method", "res.company"];
    Ok(env.known(format!("{companies:?}"), OF, |env| read_journals(env, companies))?.to_vec())
}

fn read_journals(env: &mut Env, companies: &[Id]) -> Result<Vec<Journal>> {
    let methods = |direction: &'static str| {
        sql!(
            "(SELECT string_agg(x.id::text, ',' ORDER BY x.sequence, x.id) FROM account_payment_method_line x
             JOIN account_payment_method p ON p.id = x.payment_method_id WHERE x.journal_id = j.id
             AND p.payment_type = {direction})"
        )
    };
    let sql = sql!(
        "SELECT j.id, j.currency_id, j.bank_account_id, {inbound:sql}, {outbound:sql}
         FROM account_journal j WHERE j.active AND j.type IN ('bank', 'cash', 'credit') AND j.company_id IN (SELECT o.id
         FROM res_company c JOIN res_company o ON starts_with(c.parent_path, o.parent_path) WHERE c.id = ANY({companies}))
         ORDER BY j.sequence, j.type, j.code, j.id",
        inbound = methods("inbound"),
        outbound = methods("outbound")
    );
    let list = |text: Option<String>| text.unwrap_or_default().split(',').filter_map(|id| id.parse().ok()).collect::<Vec<Id>>();
    Ok(env
        .query(sql)?
        .iter()
        .filter_map(|row| {
            Some(Journal {
                id: row.int(0)?,
                currency: row.int(1),
                bank: row.int(2),
                inbound: list(row.text(3)),
                outbound: list(row.text(4)),
            })
        })
        .collect())
}

/// A wizard with what it works on.
#[derive(Clone, Debug)]
pub struct Wizard {
    pub id: Id,
    pub items: Vec<Item>,
    pub batches: Vec<Batch>,
}

impl Wizard {
    /// One batch: what is paid can be said.
    pub fn editable(&self) -> bool {
        self.batches.len() == 1
    }

    /// The highest company of the items.
    pub fn company(&self) -> Option<&Item> {
        self.items.iter().min_by_key(|item| item.company_depth)
    }
}

/// Wizards with their items in batches.
pub fn wizards(env: &mut Env, ids: &[Id]) -> Result<Vec<Wizard>> {
    const OF: &[&str] = &[
        "account.payment.register.line_ids",
        "account.move.line",
        "account.move",
        "account.partial.reconcile",
        "account.account",
        "account.payment.term",
        "res.company",
        "res.currency",
    ];
    let asked = format!("{ids:?} {:?}", env.context_get(items::ORDER));
    Ok(env.known(asked, OF, |env| read_wizards(env, ids))?.to_vec())
}

fn read_wizards(env: &mut Env, ids: &[Id]) -> Result<Vec<Wizard>> {
    let mut items = items::of_wizards(env, ids)?;
    Ok(ids
        .iter()
        .map(|id| {
            let items = items.remove(id).unwrap_or_default();
            Wizard { id: *id, batches: batches(&items), items }
        })
        .collect())
}

/// An id among the values of a wizard.
pub fn link(env: &mut Env, field: &str, id: Id) -> Result<Option<Id>> {
    Ok(env.value(WIZARD, field, id)?.as_id().filter(|id| *id != 0))
}

/// An amount among the values of a wizard.
pub fn amount(env: &mut Env, field: &str, id: Id) -> Result<Decimal> {
    Ok(env.value(WIZARD, field, id)?.as_decimal().unwrap_or_default())
}

/// The day of a wizard's payment.
pub fn day(env: &mut Env, id: Id) -> Result<Option<NaiveDate>> {
    Ok(match env.value(WIZARD, "payment_date", id)? {
        Value::Date(day) => Some(day),
        _ => None,
    })
}

/// The terms of wizards: currency, day and rates. The rates of all are read at once.
pub fn terms(env: &mut Env, wizards: &[Wizard]) -> Result<HashMap<Id, Terms>> {
    let before = before(env);
    let today = env.today();
    let mut chosen = Vec::with_capacity(wizards.len());
    for wizard in wizards {
        chosen.push((link(env, "currency_id", wizard.id)?, day(env, wizard.id)?.unwrap_or(today)));
    }
    let mut ids: Vec<Id> = chosen.iter().filter_map(|(currency, _)| *currency).collect();
    let all = || wizards.iter().flat_map(|wizard| &wizard.items);
    ids.extend(all().flat_map(|item| [item.currency.id, item.company_currency.id]));
    ids.sort_unstable();
    ids.dedup();
    let known: HashMap<Id, Currency> = lines::currencies(env, &ids)?;
    let rates = match all().next() {
        Some(first) if ids.len() > 1 => lines::rates(env, first.root, &ids)?,
        _ => Rates::default(),
    };
    Ok(wizards
        .iter()
        .zip(chosen)
        .map(|(wizard, (currency, day))| {
            let currency = currency.and_then(|currency| known.get(&currency)).copied();
            (wizard.id, Terms { currency, day, before, rates: rates.clone() })
        })
        .collect())
}

/// The day in the list that the wizard was opened from, until which installments are asked for.
fn before(env: &Env) -> Option<NaiveDate> {
    let domain = env.context_get("active_domain")?.as_list()?;
    domain.iter().find_map(|leaf| match leaf.as_list()? {
        [name, _, Value::Str(day)] if name.as_str() == Some("next_payment_date") => day.get(..10)?.parse().ok(),
        _ => None,
    })
}

/// The amounts to pay of all items of a wizard.
pub fn totals_of(terms: &HashMap<Id, Terms>, wizard: &Wizard) -> Totals {
    terms.get(&wizard.id).map(|terms| totals(terms, &wizard.items)).unwrap_or_default()
}
