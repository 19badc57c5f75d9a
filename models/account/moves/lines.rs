//! Lines of entries: what was given of them, and what they are when nobody said.

use lastmile_orm::commands::{self, Command};
use lastmile_orm::registry::Model;
use lastmile_orm::{Env, Error, Id, Map, Result, Value, convert, money};
use rust_decimal::Decimal;

use super::accounts::Accounts;
use super::document::LINE;
use super::document::day;
use super::document::{Document, Line};
use super::facts::Facts;
use super::products::Products;

/// A new line from given values.
///
/// # Errors
/// ValueError for unknown fields and values of the wrong kind, ValidationError when what every line has is emptied.
pub fn begin(model: &Model, facts: &Facts, document: &Document, values: &Map) -> Result<Line> {
    if let Some(name) = ["currency_id", "display_type"].into_iter().find(|name| values.get(name).is_some_and(Value::is_empty_mark)) {
        return Err(Error::validation(model.missing_value(name)));
    }
    let mut line = Line { quantity: Decimal::ZERO, currency: document.currency, ..Line::default() };
    take(&mut line, model, facts, values)?;
    Ok(line)
}

/// Takes given values over into a line. Debit and credit become the balance.
///
/// # Errors
/// ValueError for unknown fields and values of the wrong kind.
pub fn take(line: &mut Line, model: &Model, facts: &Facts, values: &Map) -> Result<()> {
    let mut sides: Option<Decimal> = None;
    for (name, given) in values {
        let field = model.field(name)?;
        if field.kind.is_x2many() && matches!(name.as_str(), "tax_ids" | "tax_tag_ids") {
            let links = if name == "tax_ids" { &mut line.taxes } else { &mut line.tags };
            apply_links(links, &commands::parse(field, given)?);
            line.give(name);
            continue;
        }
        let value = if field.is_column() { convert::to_field(model, field, given)? } else { given.clone() };
        let number = || value.as_decimal().unwrap_or_default();
        let digits = |fallback: u32| money::round_digits(number(), field.digits.map_or(fallback, |(_, decimals)| decimals));
        let text = || value.as_str().map(str::to_owned);
        match name.as_str() {
            "display_type" => line.display_type = text().unwrap_or_default(),
            "name" => line.name = text(),
            "sequence" => line.sequence = value.as_int().unwrap_or(0),
            "account_id" => line.account = value.as_id(),
            "partner_id" => line.partner = value.as_id(),
            "currency_id" => line.currency = value.as_id().map_or(line.currency, |id| facts.currency(id)),
            "product_id" => line.product = value.as_id(),
            "product_uom_id" => line.unit = value.as_id(),
            "quantity" => line.quantity = digits(2),
            "price_unit" => line.price_unit = number(),
            "discount" => line.discount = digits(2),
            "tax_repartition_line_id" => line.repartition = value.as_id(),
            "group_tax_id" => line.group_tax = value.as_id(),
            "tax_base_amount" => line.tax_base = number(),
            "amount_currency" => line.amount_currency = number(),
            "balance" => line.balance = number(),
            "debit" => *sides.get_or_insert_default() += number(),
            "credit" => *sides.get_or_insert_default() -= number(),
            "date_maturity" => line.due = day(&value),
            "discount_date" => line.discount_date = day(&value),
            "discount_amount_currency" => line.discount_amount_currency = number(),
            "discount_balance" => line.discount_balance = number(),
            "analytic_distribution" => line.analytic = value,
            "move_id" => continue,
            "tax_line_id"
            | "tax_group_id"
            | "amount_residual"
            | "amount_residual_currency"
            | "reconciled"
            | "price_subtotal"
            | "price_total" => continue,
            _ => {
                line.other.insert(name.clone(), given.clone());
            }
        }
        line.give(name);
    }
    if let Some(balance) = sides.filter(|_| !values.contains_key("balance")) {
        line.balance = balance;
        line.give("balance");
    }
    Ok(())
}

/// Carries out commands on a list of links.
fn apply_links(links: &mut Vec<Id>, commands: &[Command]) {
    for command in commands {
        match command {
            Command::Link(ids) => ids.iter().for_each(|id| {
                if !links.contains(id) {
                    links.push(*id);
                }
            }),
            Command::Unlink(ids) | Command::Delete(ids) => links.retain(|id| !ids.contains(id)),
            Command::Clear => links.clear(),
            Command::Set(ids) => links.clone_from(ids),
            Command::Create(_) | Command::Update(..) => {}
        }
    }
    links.sort_unstable();
}

/// Completes the lines of documents: kind, partner, currency, and for products name, unit, account, taxes and price.
///
/// # Errors
/// What the database answers.
pub fn complete(env: &mut Env, facts: &Facts, documents: &mut [Document]) -> Result<()> {
    let mut accounts = Accounts::default();
    accounts.ensure(
        env,
        documents.iter().flat_map(|document| document.live().filter_map(|line| line.account).chain(document.journal_account)),
    )?;
    for document in documents.iter_mut() {
        let partner = document.commercial_partner;
        let partner_changed = document.before.as_deref().is_some_and(|before| before.commercial_partner != partner);
        for at in 0..document.lines.len() {
            kind_of(document, at, &accounts);
            let (kind, currency, own) = (document.kind, document.currency, document.own_currency);
            let Some(line) = document.lines.get_mut(at) else { continue };
            if line.id == 0 && !line.has("partner_id") || partner_changed && kind.is_invoice() && !line.has("partner_id") {
                line.partner = partner;
            }
            if kind.is_invoice() {
                line.currency = currency;
            } else if line.id == 0 && !line.has("currency_id") {
                line.currency = own;
            }
            if line.id == 0 {
                defaults(line);
            }
        }
    }
    let products = Products::load(env, facts, documents)?;
    products.fill(env, documents, &mut accounts)
}

/// Finds out which lines are on accounts that can be reconciled.
///
/// # Errors
/// What the database answers.
pub fn know_accounts(env: &mut Env, documents: &mut [Document]) -> Result<()> {
    let mut accounts = Accounts::default();
    accounts.ensure(env, documents.iter().flat_map(|document| document.live().filter_map(|line| line.account)))?;
    for line in documents.iter_mut().flat_map(|document| &mut document.lines) {
        line.reconcilable = line.account.is_some_and(|account| accounts.is_reconcilable(account));
    }
    Ok(())
}

/// What a line is: of a tax, of the partner's account, else of a product.
fn kind_of(document: &mut Document, at: usize, accounts: &Accounts) {
    let ordinary = document.kind.is_invoice() && !document.kind.is_receipt();
    if let Some(line) = document.lines.get_mut(at).filter(|line| line.display_type.is_empty()) {
        line.display_type = match line.account {
            _ if ordinary && line.repartition.is_some() => "tax",
            Some(account) if ordinary && accounts.is_of_partner(account) => "payment_term",
            _ => "product",
        }
        .into();
    }
}

/// Quantity and place of a new line.
fn defaults(line: &mut Line) {
    if !line.has("sequence") {
        line.sequence = match line.display_type.as_str() {
            "tax" => 10_000,
            "rounding" => 11_000,
            "payment_term" => 12_000,
            _ => 100,
        };
    }
    if line.display_type != "product" && !line.has("quantity") {
        line.quantity = Decimal::ZERO;
    } else if line.display_type == "product" && !line.has("quantity") {
        line.quantity = Decimal::ONE;
    }
    if line.is_text() {
        line.account = None;
        line.balance = Decimal::ZERO;
        line.amount_currency = Decimal::ZERO;
    }
}

/// Deletes lines that are no longer wanted.
///
/// # Errors
/// What the database answers.
pub fn remove(env: &mut Env, ids: &[Id]) -> Result<()> {
    env.unlink_complete(LINE, ids)
}

/// The lines that a one2many's value adds, changes and takes away, carried out on the document.
///
/// # Errors
/// ValueError for commands that are none; MissingError for lines that are not the document's.
pub fn command(env: &mut Env, facts: &Facts, document: &mut Document, field: &str, value: &Value) -> Result<()> {
    let reg = env.registry();
    let (moves, lines) = (reg.model(super::document::MOVE)?, reg.model(LINE)?);
    for command in commands::parse(moves.field(field)?, value)? {
        match command {
            Command::Create(all) => {
                for values in all {
                    let line = begin(lines, facts, document, &values)?;
                    document.lines.push(line);
                }
            }
            Command::Update(id, values) => {
                env.check_access(LINE, lastmile_orm::access::Operation::Write)?;
                env.require(LINE, &[id])?;
                match document.lines.iter_mut().find(|line| line.id == id) {
                    Some(line) => take(line, lines, facts, &values)?,
                    None => env.write(LINE, &[id], values)?,
                }
            }
            Command::Delete(ids) | Command::Unlink(ids) => {
                env.require(LINE, &ids)?;
                delete(env, document, &ids)?;
            }
            Command::Clear => {
                let ids: Vec<Id> = shown(document, field).map(|line| line.id).filter(|id| *id != 0).collect();
                delete(env, document, &ids)?;
            }
            Command::Set(keep) => {
                let ids: Vec<Id> = shown(document, field).map(|line| line.id).filter(|id| *id != 0 && !keep.contains(id)).collect();
                delete(env, document, &ids)?;
            }
            Command::Link(ids) => {
                if ids.iter().any(|id| !document.lines.iter().any(|line| line.id == *id)) {
                    return Err(Error::user("Journal items stay in their entry: make new ones in the other."));
                }
            }
        }
    }
    Ok(())
}

/// The lines that a field shows.
fn shown<'a>(document: &'a Document, field: &str) -> impl Iterator<Item = &'a Line> {
    let invoice = field == "invoice_line_ids";
    document.live().filter(move |line| !invoice || line.is_text() || line.display_type == "product")
}

/// Takes lines away on somebody's request. Lines that the document keeps by itself stay.
fn delete(env: &mut Env, document: &mut Document, ids: &[Id]) -> Result<()> {
    env.check_access(LINE, lastmile_orm::access::Operation::Unlink)?;
    super::guards::may_delete(env, document, ids)?;
    for line in document.lines.iter_mut().filter(|line| line.id != 0 && ids.contains(&line.id)) {
        line.deleted = true;
    }
    Ok(())
}
