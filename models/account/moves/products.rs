//! What the lines of invoices take over from their products: name, unit, account, taxes and price.

use std::collections::{BTreeMap, HashMap};

use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::{Env, Id, Result, Value, map};
use rust_decimal::Decimal;

use super::accounts::Accounts;
use super::document::{Document, Line};
use super::facts::{Facts, RateKey, rates};
use crate::account::taxes::engine::{Taxes, adapt_price};
use crate::account::taxes::fiscal_position::{Maps, maps};
use crate::account::taxes::load as load_taxes;

/// A product as one company sells and buys it.
#[derive(Clone, Debug, Default)]
struct Product {
    unit: Option<Id>,
    currency: Option<Id>,
    list_price: Decimal,
    cost: Decimal,
    income: Option<Id>,
    expense: Option<Id>,
    sale_taxes: Vec<Id>,
    purchase_taxes: Vec<Id>,
}

/// Products of lines, by company; their names and texts by language.
#[derive(Debug, Default)]
pub struct Products {
    known: HashMap<(Id, Id), Product>,
    /// By language and product: what it is called, its text for customers and for vendors.
    names: HashMap<(String, Id), [Option<String>; 3]>,
    languages: HashMap<Id, String>,
    /// Accounts that a partner's lines mostly have, by company, partner and direction.
    frequent: HashMap<(Id, Id, bool), Id>,
    mapping: Maps,
    rates: HashMap<RateKey, Decimal>,
    factors: HashMap<Id, Decimal>,
    taxes: Taxes,
}

/// Whether a product line is new or has got another product.
fn product_is_due(line: &Line) -> bool {
    line.before.as_deref().is_none_or(|before| before.product != line.product)
}

fn priced(line: &Line) -> bool {
    line.before.as_deref().is_none_or(|before| before.product != line.product || before.unit != line.unit)
}

impl Products {
    /// Reads what lines need whose product, unit or account is due.
    ///
    /// # Errors
    /// What the database answers.
    pub fn load(env: &mut Env, facts: &Facts, documents: &[Document]) -> Result<Self> {
        let mut products = Products::default();
        let mut by_company: BTreeMap<Id, Vec<Id>> = BTreeMap::new();
        let mut by_language: BTreeMap<String, Vec<Id>> = BTreeMap::new();
        let mut partners: Vec<(Id, Id, bool)> = Vec::new();
        let wanted = |line: &&Line| line.product.is_some() && (product_is_due(line) || priced(line));
        if documents.iter().any(|document| document.live().any(|line| wanted(&line))) {
            products.languages(env, documents)?;
        }
        for document in documents {
            for line in document.live() {
                if let Some(product) = line.product.filter(|_| wanted(&line)) {
                    by_company.entry(document.company).or_default().push(product);
                    let language = products.language(document).unwrap_or_else(|| env.lang().unwrap_or("en_US")).to_owned();
                    by_language.entry(language).or_default().push(product);
                    if let Some(before) = line.before.as_deref().and_then(|before| before.product) {
                        by_company.entry(document.company).or_default().push(before);
                    }
                } else if let Some(partner) = line.partner.filter(|_| wants_frequent(document, line)) {
                    partners.push((document.company, partner, document.kind.is_inbound()));
                }
            }
        }
        for (company, ids) in by_company {
            env.sudo(|env| env.for_company(company, |env| products.read(env, company, &ids)))?;
        }
        for (language, ids) in by_language {
            env.sudo(|env| env.with_context(map! { "lang" => language.as_str() }, |env| products.read_names(env, &language, &ids)))?;
        }
        products.frequent(env, partners)?;
        products.read_units(env, documents)?;
        products.read_rates(env, facts, documents)?;
        let positions: Vec<Id> = documents.iter().filter_map(|document| document.fiscal_position).collect();
        products.mapping = maps(env, &positions)?;
        if !positions.is_empty() {
            let used = products.known.values().flat_map(|product| product.sale_taxes.iter().chain(&product.purchase_taxes).copied());
            let used: Vec<Id> = used.collect();
            let instead = positions.iter().flat_map(|position| products.mapping.taxes(Some(*position), &used));
            let all: Vec<Id> = used.iter().copied().chain(instead).collect();
            products.taxes = load_taxes::load(env, &all)?;
        }
        Ok(products)
    }

    fn languages(&mut self, env: &mut Env, documents: &[Document]) -> Result<()> {
        let partners: Vec<Id> = documents.iter().filter_map(|document| document.commercial_partner).collect();
        let rows = env.query(sql!("SELECT id, lang FROM res_partner WHERE lang IS NOT NULL AND id = ANY({partners})"))?;
        self.languages = rows.iter().filter_map(|row| Some((row.int(0)?, row.text(1)?))).collect();
        Ok(())
    }

    fn language(&self, document: &Document) -> Option<&str> {
        self.languages.get(&document.commercial_partner?).map(String::as_str)
    }

    fn read(&mut self, env: &mut Env, company: Id, ids: &[Id]) -> Result<()> {
        const PRODUCT: &str = "product.product";
        let many = |env: &mut Env, field: &str| env.values(PRODUCT, field, ids);
        let (units, currencies, prices, costs) =
            (many(env, "uom_id")?, many(env, "currency_id")?, many(env, "lst_price")?, many(env, "standard_price")?);
        let (sale, purchase, templates) = (many(env, "taxes_id")?, many(env, "supplier_taxes_id")?, many(env, "product_tmpl_id")?);
        let templates: Vec<Id> = templates.iter().map(|template| template.as_id().unwrap_or(0)).collect();
        let categories: Vec<Id> =
            env.values("product.template", "categ_id", &templates)?.iter().map(|category| category.as_id().unwrap_or(0)).collect();
        let mut account = |own: &str, of_category: &str, of_company: &str| -> Result<Vec<Option<Id>>> {
            let own = env.values("product.template", own, &templates)?;
            let of_category = env.values("product.category", of_category, &categories)?;
            let last = env.value("res.company", of_company, company)?.as_id();
            Ok(own.iter().zip(&of_category).map(|(own, category)| own.as_id().or(category.as_id()).or(last)).collect())
        };
        let income = account("property_account_income_id", "property_account_income_categ_id", "income_account_id")?;
        let expense = account("property_account_expense_id", "property_account_expense_categ_id", "expense_account_id")?;
        let sale = of_company(env, company, &sale)?;
        let purchase = of_company(env, company, &purchase)?;
        for (at, id) in ids.iter().enumerate() {
            let amount = |values: &[Value]| values.get(at).and_then(Value::as_decimal).unwrap_or_default();
            let link = |values: &[Value]| values.get(at).and_then(Value::as_id);
            let product = Product {
                unit: link(&units),
                currency: link(&currencies),
                list_price: amount(&prices),
                cost: amount(&costs),
                income: income.get(at).copied().flatten(),
                expense: expense.get(at).copied().flatten(),
                sale_taxes: sale.get(at).cloned().unwrap_or_default(),
                purchase_taxes: purchase.get(at).cloned().unwrap_or_default(),
            };
            self.known.insert((company, *id), product);
        }
        Ok(())
    }

    fn read_names(&mut self, env: &mut Env, language: &str, ids: &[Id]) -> Result<()> {
        let names = env.names("product.product", ids)?;
        let sale = env.values("product.product", "description_sale", ids)?;
        let purchase = env.values("product.product", "description_purchase", ids)?;
        let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        for (((id, name), sale), purchase) in ids.iter().zip(names).zip(&sale).zip(&purchase) {
            self.names.insert((language.to_owned(), *id), [Some(name), text(sale), text(purchase)]);
        }
        Ok(())
    }

    /// Accounts of two years of lines: for each partner and direction the one that most have.
    fn frequent(&mut self, env: &mut Env, mut wanted: Vec<(Id, Id, bool)>) -> Result<()> {
        wanted.sort_unstable();
        wanted.dedup();
        if wanted.is_empty() {
            return Ok(());
        }
        let companies: Vec<Id> = wanted.iter().map(|key| key.0).collect();
        let partners: Vec<Id> = wanted.iter().map(|key| key.1).collect();
        let groups = Bind::texts(wanted.iter().map(|key| if key.2 { "income%" } else { "expense%" }));
        let since = env.now().date() - chrono::Duration::days(365 * 2);
        let sql = sql!(
            "SELECT k.n, f.id FROM unnest({companies}::int4[], {partners}::int4[], {groups}::text[]) WITH ORDINALITY AS k (company, partner, kinds, n)
             CROSS JOIN LATERAL (SELECT a.id FROM account_move_line l JOIN account_account a ON a.id = l.account_id
             JOIN res_company c ON c.id = k.company
             WHERE l.partner_id = k.partner AND l.company_id = k.company AND a.active AND l.date >= {since} AND a.account_type LIKE k.kinds
             GROUP BY a.id ORDER BY count(*) DESC, max(a.code_store ->> split_part(c.parent_path, '/', 1)) LIMIT 1) f"
        );
        for row in env.query(sql)? {
            let at = row.big(0).and_then(|n| usize::try_from(n - 1).ok());
            if let (Some(key), Some(account)) = (at.and_then(|at| wanted.get(at)), row.int(1)) {
                self.frequent.insert(*key, account);
            }
        }
        Ok(())
    }

    fn read_units(&mut self, env: &mut Env, documents: &[Document]) -> Result<()> {
        let due = documents.iter().flat_map(Document::live).filter(|line| line.product.is_some() && priced(line));
        let mut units: Vec<Id> = due.filter_map(|line| line.unit).collect();
        if units.is_empty() {
            return Ok(());
        }
        units.extend(self.known.values().filter_map(|product| product.unit));
        for (unit, factor) in units.iter().zip(env.values("uom.uom", "factor", &units)?) {
            self.factors.insert(*unit, factor.as_decimal().unwrap_or(Decimal::ONE));
        }
        Ok(())
    }

    fn read_rates(&mut self, env: &mut Env, facts: &Facts, documents: &[Document]) -> Result<()> {
        let mut keys = Vec::new();
        for document in documents {
            let Some(date) = document.date else { continue };
            let products = document.live().filter_map(|line| self.known.get(&(document.company, line.product?)));
            for currency in products.filter_map(|product| product.currency).chain([document.currency.id, document.own_currency.id]) {
                keys.push(RateKey { company: document.company, currency, date });
            }
        }
        if self.known.is_empty() {
            return Ok(());
        }
        self.rates = rates(env, facts, &keys)?;
        Ok(())
    }

    /// Fills the lines.
    ///
    /// # Errors
    /// What the database answers.
    pub fn fill(&self, env: &mut Env, documents: &mut [Document], accounts: &mut Accounts) -> Result<()> {
        let language = env.lang()?.to_owned();
        for document in documents.iter_mut() {
            for at in 0..document.lines.len() {
                let Some(mut line) = document.lines.get(at).filter(|line| !line.deleted && !line.is_text()).cloned() else { continue };
                self.name_and_unit(document, &mut line, &language);
                self.account(document, &mut line);
                if let Some(kept) = document.lines.get_mut(at) {
                    *kept = line;
                }
            }
        }
        accounts.ensure(env, documents.iter().flat_map(|document| document.live().filter_map(|line| line.account)))?;
        for document in documents.iter_mut() {
            for at in 0..document.lines.len() {
                let Some(mut line) = document.lines.get(at).filter(|line| !line.deleted && !line.is_text()).cloned() else { continue };
                self.taxes(document, &mut line, accounts);
                self.price(document, &mut line);
                if let Some(kept) = document.lines.get_mut(at) {
                    *kept = line;
                }
            }
        }
        Ok(())
    }

    /// What a line of a product is called on a document.
    fn title(&self, document: &Document, product: Id, language: &str) -> Option<String> {
        let language = self.language(document).unwrap_or(language);
        let [name, sale, purchase] = self.names.get(&(language.to_owned(), product))?;
        let text = if document.kind.is_sale() { sale } else { purchase };
        let parts: Vec<&str> = name.iter().chain(text).map(String::as_str).collect();
        Some(parts.join("\n"))
    }

    fn name_and_unit(&self, document: &Document, line: &mut Line, language: &str) {
        let Some(product) = line.product.filter(|_| product_is_due(line)) else { return };
        if (document.kind.is_sale() || document.kind.is_purchase()) && !line.has("name") {
            let before = line.before.as_deref().and_then(|before| self.title(document, before.product?, language));
            if line.name.as_deref().is_none_or(str::is_empty) || line.name == before {
                line.name = self.title(document, product, language);
            }
        }
        if !line.has("product_uom_id") {
            line.unit = self.known.get(&(document.company, product)).and_then(|product| product.unit);
        }
    }

    fn account(&self, document: &Document, line: &mut Line) {
        let due = line.before.as_deref().is_none_or(|before| before.product != line.product && line.product.is_some());
        if line.has("account_id") || !due {
            return;
        }
        if document.kind.is_invoice() && line.display_type == "product" {
            let found = match line.product {
                Some(product) => self.known.get(&(document.company, product)).and_then(|known| {
                    let account = if document.kind.is_sale() { known.income } else { known.expense };
                    account.map(|account| self.mapping.account(document.fiscal_position, account))
                }),
                None => {
                    line.partner.and_then(|partner| self.frequent.get(&(document.company, partner, document.kind.is_inbound())).copied())
                }
            };
            line.account = found.or(line.account);
        }
        if line.account.is_none() && line.display_type != "payment_term" {
            line.account = fallback(document, line);
        }
    }

    fn taxes(&self, document: &Document, line: &mut Line, accounts: &Accounts) {
        let account_changed = line.before.as_deref().is_some_and(|before| before.account != line.account);
        let own = line.account.map(|account| accounts.taxes(account)).unwrap_or_default();
        let due = priced(line) || account_changed && !own.is_empty();
        if line.has("tax_ids") || !due || line.display_type == "payment_term" || line.display_type == "tax" || !document.kind.is_invoice() {
            return;
        }
        if line.product.is_none() && own.is_empty() && !line.taxes.is_empty() {
            return;
        }
        let of_product = line.product.and_then(|product| self.known.get(&(document.company, product)));
        let of_product = of_product.map(|product| if document.kind.is_sale() { &product.sale_taxes } else { &product.purchase_taxes });
        let taxes = of_product.filter(|taxes| !taxes.is_empty()).map_or(own, Vec::as_slice);
        line.taxes = self.mapping.taxes(document.fiscal_position, taxes);
        line.taxes.sort_unstable();
    }

    fn price(&self, document: &Document, line: &mut Line) {
        let Some(product) = line.product.filter(|_| priced(line) && !line.has("price_unit")) else { return };
        let Some(known) = self.known.get(&(document.company, product)) else { return };
        let (mut price, currency) = match document.kind {
            kind if kind.is_sale() => (known.list_price, known.currency.unwrap_or(document.own_currency.id)),
            kind if kind.is_purchase() => (known.cost, document.own_currency.id),
            _ => return,
        };
        if let (Some(own), Some(unit)) = (known.unit, line.unit)
            && own != unit
            && let (Some(from), Some(to)) = (self.factors.get(&own), self.factors.get(&unit))
            && !from.is_zero()
        {
            price = price * to / from;
        }
        if document.fiscal_position.is_some() {
            let usual = if document.kind.is_sale() { &known.sale_taxes } else { &known.purchase_taxes };
            let instead = self.mapping.taxes(document.fiscal_position, usual);
            if !usual.is_empty() {
                price = adapt_price(&self.taxes, price, usual, &instead);
            }
        }
        if currency != document.currency.id
            && let Some(date) = document.date
        {
            let rate =
                |currency: Id| self.rates.get(&RateKey { company: document.company, currency, date }).copied().unwrap_or(Decimal::ONE);
            let from = rate(currency);
            price = if from.is_zero() { price } else { price * rate(document.currency.id) / from };
        }
        line.price_unit = price;
    }
}

/// Lines without product and account get the one that their partner mostly has.
fn wants_frequent(document: &Document, line: &Line) -> bool {
    document.kind.is_invoice() && line.id == 0 && line.product.is_none() && line.display_type == "product" && !line.has("account_id")
}

/// The account of the two lines before, if they have the same; else the journal's.
fn fallback(document: &Document, line: &Line) -> Option<Id> {
    let stored: Vec<&Line> = document.live().filter(|other| other.id != 0).collect();
    let alike: Vec<Id> = stored.iter().filter(|other| other.display_type == line.display_type).filter_map(|other| other.account).collect();
    let last_two = alike.get(alike.len().saturating_sub(2)..).unwrap_or_default();
    match last_two {
        [one] if stored.len() > 2 => Some(*one),
        [one, two] if one == two && stored.len() > 2 => Some(*one),
        _ => document.journal_account,
    }
}

/// Taxes of a company, of each product.
fn of_company(env: &mut Env, company: Id, taxes: &[Value]) -> Result<Vec<Vec<Id>>> {
    let all: Vec<Id> = taxes.iter().flat_map(Value::ids).collect();
    let companies = env.values("account.tax", "company_id", &all)?;
    let path: Vec<Id> = env
        .value("res.company", "parent_path", company)?
        .as_str()
        .unwrap_or_default()
        .split('/')
        .filter_map(|id| id.parse().ok())
        .collect();
    let own: Vec<Id> =
        all.into_iter().zip(companies).filter(|(_, of)| of.as_id().is_some_and(|of| path.contains(&of))).map(|(tax, _)| tax).collect();
    Ok(taxes.iter().map(|taxes| taxes.ids().into_iter().filter(|tax| own.contains(tax)).collect()).collect())
}
