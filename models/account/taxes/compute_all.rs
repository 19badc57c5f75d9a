//! What clients ask of taxes: what a price comes to, which tags its parts have.

use lastmile_orm::declare::Tx;
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Invocation, Result, Value, map, money};
use rust_decimal::Decimal;

use super::engine::{BaseLine, Currency, LineTotals, PriceMode, Rounding, Taxes, compute_raw};
use super::load;
use super::records::TAX;

const PARAMS: &str = "price_unit, currency=None, quantity=1, product=None, partner=None, is_refund=False, \
                      handle_price_include=True, include_caba_tags=False, rounding_method=None";

/// Declares the methods.
pub fn declare(all: &mut Declarations) {
    all.model(TAX).record_method("compute_all", PARAMS, Tx::Read, compute_all);
}

fn number(call: &Invocation, name: &str) -> Result<Decimal> {
    let value = call.arg(name);
    value.as_decimal().ok_or_else(|| Error::type_(format!("{name} must be a number, not '{}'", value.type_name())))
}

/// A price and what its taxes come to, without rounding the sum of the document.
pub struct Priced {
    pub line: BaseLine,
    pub totals: LineTotals,
    pub taxes: Taxes,
}

/// The company whose settings count: that of the first tax, or else the current one.
fn company_of(env: &mut Env, taxes: &[Id]) -> Result<Id> {
    let current = env.company_id();
    let Some(first) = taxes.first() else { return Ok(current) };
    Ok(env.value(TAX, "company_id", *first)?.as_id().unwrap_or(current))
}

/// How a price is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    pub price: Decimal,
    pub quantity: Decimal,
    pub currency: Option<Id>,
    pub product: Option<Id>,
    pub is_refund: bool,
    pub mode: PriceMode,
    pub cash_basis_tags: bool,
    pub rounding: Option<Rounding>,
}

/// Computes a price with taxes of the database.
pub fn price(env: &mut Env, ids: &[Id], question: &Question) -> Result<Priced> {
    env.sudo(|env| {
        let company = company_of(env, ids)?;
        let mut settings = load::settings_of(env, company)?;
        settings.cash_basis_tags = question.cash_basis_tags;
        settings.rounding = question.rounding.unwrap_or(settings.rounding);
        let taxes = load::load(env, ids)?;
        let own = settings.company_currency;
        let currency: Currency = match question.currency {
            Some(id) => load::currencies(env, &[id])?.remove(&id).unwrap_or(own),
            None => own,
        };
        let mut line = BaseLine::new(0, currency, question.price, ids.to_vec());
        line.quantity = question.quantity;
        line.is_refund = question.is_refund;
        line.mode = question.mode;
        if let Some(product) = question.product {
            line.product_tags = env.value("product.product", "account_tag_ids", product)?.ids();
        }
        let totals = compute_raw(&settings, &taxes, &line);
        Ok(Priced { line, totals, taxes })
    })
}

fn compute_all(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let given = |name: &str| call.arg(name).as_id().filter(|id| *id > 0);
    let mode = match env.context_get("force_price_include") {
        Some(force) if force.truthy() => PriceMode::TotalIncluded,
        Some(_) => PriceMode::TotalExcluded,
        None if !call.arg("handle_price_include").truthy() => PriceMode::TotalExcluded,
        None => PriceMode::AsTaxes,
    };
    let question = Question {
        price: number(call, "price_unit")?,
        quantity: number(call, "quantity")?,
        currency: given("currency"),
        product: given("product"),
        is_refund: call.arg("is_refund").truthy(),
        mode,
        cash_basis_tags: call.arg("include_caba_tags").truthy(),
        rounding: call.arg("rounding_method").as_str().map(Rounding::parse),
    };
    let priced = price(env, &call.ids, &question)?;
    let round = env.context_get("round_base").is_none_or(Value::truthy);
    Ok(told(&priced, round).into())
}

fn optional(id: Option<Id>) -> Value {
    id.map_or(Value::Bool(false), Value::from)
}

/// The answer as clients know it.
fn told(priced: &Priced, round: bool) -> Value {
    let Priced { line, totals, taxes } = priced;
    let rounded = |amount: Decimal| if round { money::round_to(amount, line.currency.rounding) } else { amount };
    let mut void = totals.raw_excluded.currency;
    let mut out = Vec::new();
    for amounts in &totals.taxes {
        let Some(tax) = taxes.get(amounts.tax) else { continue };
        for share in &amounts.shares {
            let part = tax.repartition.iter().find(|part| part.id == share.key.repartition);
            if part.is_none_or(|part| part.account.is_none()) {
                void += share.amount.currency;
            }
            out.push(Value::Map(map! {
                "id" => tax.id,
                "name" => tax.name.as_str(),
                "amount" => Value::Decimal(share.amount.currency),
                "base" => Value::Decimal(amounts.raw_base.currency),
                "sequence" => tax.sequence,
                "account_id" => optional(share.key.account),
                "analytic" => tax.analytic,
                "use_in_tax_closing" => part.is_some_and(|part| part.in_closing),
                "is_reverse_charge" => amounts.reverse_charge,
                "price_include" => tax.price_include,
                "tax_exigibility" => if tax.on_payment { "on_payment" } else { "on_invoice" },
                "tax_repartition_line_id" => share.key.repartition,
                "group" => amounts.chosen_as.map_or("account.tax()".to_owned(), |id| format!("account.tax({id},)")),
                "tag_ids" => share.key.tag_ids.clone(),
                "tax_ids" => share.key.tax_ids.clone(),
            }));
        }
    }
    Value::Map(map! {
        "base_tags" => totals.tag_ids.clone(),
        "taxes" => Value::List(out),
        "total_excluded" => Value::Decimal(rounded(totals.raw_excluded.currency)),
        "total_included" => Value::Decimal(rounded(totals.raw_included.currency)),
        "total_void" => Value::Decimal(void),
    })
}
