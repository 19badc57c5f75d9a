//! Documents from the database and back: two statements to read them, one for each set of columns to write them.

use std::collections::HashMap;

use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Id, Map, Result, Value, map};

use super::document::{Document, Kind, LINE, Line, MOVE};
use super::facts::Facts;
use super::totals;

/// Reads entries with their lines, in the order of the ids; missing ones are left out.
///
/// # Errors
/// What the database answers.
pub fn load(env: &mut Env, facts: &Facts, ids: &[Id]) -> Result<Vec<Document>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    env.flush()?;
    let sql = sql!(
        "SELECT m.id, m.move_type, m.state, m.company_id, m.currency_id, m.journal_id, m.partner_id, m.commercial_partner_id,
         m.fiscal_position_id, m.invoice_payment_term_id, m.invoice_date, m.date, m.invoice_date_due, m.invoice_currency_rate, m.name, m.ref,
         m.payment_reference, m.invoice_cash_rounding_id, m.reversed_entry_id IS NOT NULL, m.always_tax_exigible, m.invoice_user_id,
         COALESCE(m.posted_before, FALSE), m.origin_payment_id IS NOT NULL FROM account_move m WHERE m.id = ANY({ids})"
    );
    let mut found: HashMap<Id, Document> = HashMap::new();
    for row in env.query(sql)? {
        let (Some(id), Some(kind)) = (row.int(0), row.text(1).and_then(|name| Kind::parse(&name))) else { continue };
        let (company, journal) = (row.int(3).unwrap_or(0), row.int(5).unwrap_or(0));
        let document = Document {
            id,
            kind,
            state: row.text(2).unwrap_or_default(),
            company,
            own_currency: facts.own_currency(company),
            currency: facts.currency(row.int(4).unwrap_or(0)),
            journal,
            journal_account: facts.journal(journal).and_then(|journal| journal.account),
            partner: row.int(6),
            commercial_partner: row.int(7),
            fiscal_position: row.int(8),
            term: row.int(9),
            invoice_date: row.date(10),
            date: row.date(11),
            due: row.date(12),
            rate: row.decimal(13).unwrap_or_default(),
            name: row.text(14).filter(|name| name != "/" && !name.is_empty()),
            reference: row.text(15),
            payment_reference: row.text(16),
            cash_rounding: row.int(17),
            reversed: row.bool(18).unwrap_or(false),
            always_exigible: row.bool(19).unwrap_or(false),
            posted_before: row.bool(21).unwrap_or(false),
            of_payment: row.bool(22).unwrap_or(false),
            derived: map! { "invoice_user_id" => row.int(20) },
            ..Document::default()
        };
        found.insert(id, document);
    }
    for (id, line) in load_lines(env, facts, ids)? {
        if let Some(document) = found.get_mut(&id) {
            document.lines.push(line);
        }
    }
    let mut documents: Vec<Document> = ids.iter().filter_map(|id| found.remove(id)).collect();
    for document in &mut documents {
        let before = document.clone();
        document.derived.clear();
        document.before = Some(Box::new(before));
    }
    Ok(documents)
}

fn load_lines(env: &mut Env, facts: &Facts, moves: &[Id]) -> Result<Vec<(Id, Line)>> {
    let sql = sql!(
        "SELECT l.move_id, l.id, l.display_type, l.name, l.sequence, l.account_id, l.partner_id, l.currency_id, l.product_id, l.product_uom_id,
         l.quantity, l.price_unit, l.discount, l.tax_repartition_line_id, l.tax_line_id, l.tax_group_id, l.group_tax_id, l.tax_base_amount,
         l.amount_currency, l.balance, l.price_subtotal, l.price_total, l.date_maturity, l.discount_date, l.discount_amount_currency,
         l.discount_balance, l.analytic_distribution,
         COALESCE(a.reconcile OR a.account_type IN ('asset_cash', 'liability_credit_card'), FALSE),
         l.balance - l.amount_residual, l.amount_currency - l.amount_residual_currency,
         (SELECT string_agg(t.account_tax_id::text, ',') FROM account_move_line_account_tax_rel t WHERE t.account_move_line_id = l.id),
         (SELECT string_agg(t.account_account_tag_id::text, ',') FROM account_account_tag_account_move_line_rel t
         WHERE t.account_move_line_id = l.id)
         FROM account_move_line l LEFT JOIN account_account a ON a.id = l.account_id
         WHERE l.move_id = ANY({moves}) ORDER BY l.move_id, l.date DESC, l.move_name DESC, l.id"
    );
    let ids = |text: Option<String>| text.unwrap_or_default().split(',').filter_map(|id| id.parse().ok()).collect::<Vec<Id>>();
    let rows = env.query(sql)?;
    let lines = rows.iter().filter_map(|row| {
        let number = |column: usize| row.decimal(column).unwrap_or_default();
        let reconcilable = row.bool(27).unwrap_or(false);
        let mut line = Line {
            id: row.int(1)?,
            display_type: row.text(2).unwrap_or_default(),
            name: row.text(3),
            sequence: row.int(4).unwrap_or(0).into(),
            account: row.int(5),
            partner: row.int(6),
            currency: facts.currency(row.int(7).unwrap_or(0)),
            product: row.int(8),
            unit: row.int(9),
            quantity: number(10),
            price_unit: number(11),
            discount: number(12),
            repartition: row.int(13),
            tax: row.int(14),
            tax_group: row.int(15),
            group_tax: row.int(16),
            tax_base: number(17),
            amount_currency: number(18),
            balance: number(19),
            subtotal: number(20),
            total: number(21),
            due: row.date(22),
            discount_date: row.date(23),
            discount_amount_currency: number(24),
            discount_balance: number(25),
            analytic: row.json(26).map_or(Value::None, |json| Value::from(&json)),
            reconcilable,
            matched: if reconcilable { (number(28), number(29)) } else { Default::default() },
            taxes: ids(row.text(30)),
            tags: ids(row.text(31)),
            ..Line::default()
        };
        line.taxes.sort_unstable();
        line.tags.sort_unstable();
        line.before = Some(Box::new(line.clone()));
        Some((row.int(0)?, line))
    });
    Ok(lines.collect())
}

/// Those of `now` that are not as in `before`.
fn difference(before: &Map, now: Map) -> Map {
    now.into_iter().filter(|(name, value)| before.get(name) != Some(value)).collect()
}

/// Writes what stages changed of entries that are there: columns of the entries, then their lines. New lines get ids.
///
/// # Errors
/// What constraints and the database answer.
pub fn save(env: &mut Env, documents: &mut [Document]) -> Result<()> {
    let mut headers = Vec::new();
    for document in documents.iter() {
        let mut now = document.columns();
        now.extend(totals::of(document));
        let before = document.before.as_deref().map(|before| {
            let mut columns = before.columns();
            columns.extend(totals::of(before));
            columns
        });
        headers.push((document.id, difference(&before.unwrap_or_default(), now)));
    }
    let (mut changed, mut deleted, mut taxes, mut tags) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut others: Vec<(Map, Vec<Id>)> = Vec::new();
    for document in documents.iter() {
        for line in document.lines.iter().filter(|line| line.id != 0) {
            let Some(before) = line.before.as_deref() else { continue };
            if line.deleted {
                deleted.push(line.id);
                continue;
            }
            changed.push((line.id, line_changes(document, before, line)));
            match others.iter_mut().find(|(values, _)| *values == line.other) {
                Some((_, ids)) => ids.push(line.id),
                None => others.push((line.other.clone(), vec![line.id])),
            }
            if before.taxes != line.taxes {
                taxes.push((line.id, line.taxes.clone()));
            }
            if before.tags != line.tags {
                tags.push((line.id, line.tags.clone()));
            }
        }
    }
    if !deleted.is_empty() {
        super::lines::remove(env, &deleted)?;
    }
    env.update_each(MOVE, headers)?;
    env.update_each(LINE, changed)?;
    others.into_iter().try_for_each(|(values, ids)| env.write_complete(LINE, &ids, values))?;
    relink(env, "account_move_line_account_tax_rel", "account_tax_id", "tax_ids", &taxes)?;
    relink(env, "account_account_tag_account_move_line_rel", "account_account_tag_id", "tax_tag_ids", &tags)?;
    insert_lines(env, documents)
}

/// What changed of a line, with what it repeats of its document: one UPDATE has both.
fn line_changes(document: &Document, before: &Line, line: &Line) -> Map {
    let columns = |document: &Document, line: &Line| {
        let mut columns = line.columns(document.own_currency);
        columns.extend(of_document(document));
        columns
    };
    difference(&columns(document.before.as_deref().unwrap_or(document), before), columns(document, line))
}

/// Sets the links of lines.
fn relink(env: &mut Env, table: &'static str, column: &'static str, field: &'static str, links: &[(Id, Vec<Id>)]) -> Result<()> {
    if links.is_empty() {
        return Ok(());
    }
    let lines: Vec<Id> = links.iter().map(|(line, _)| *line).collect();
    env.execute(&sql!("DELETE FROM {table:ident} WHERE account_move_line_id = ANY({lines})"))?;
    let pairs: Vec<(Id, Id)> = links.iter().flat_map(|(line, linked)| linked.iter().map(|id| (*line, *id))).collect();
    env.insert_links(table, "account_move_line_id", column, &pairs)?;
    env.changed(LINE, &[field], &lines)
}

/// Inserts the new lines of all documents together: those that were given in their order, then those that follow from
/// taxes, then the others. Given ones that nothing is left of have their number as well.
///
/// # Errors
/// What constraints and the database answer.
pub fn insert_lines(env: &mut Env, documents: &mut [Document]) -> Result<()> {
    let mut values: Vec<(u8, Map)> = Vec::new();
    let mut places: Vec<(u8, usize, usize)> = Vec::new();
    for (at, document) in documents.iter().enumerate() {
        for (n, line) in document.lines.iter().enumerate().filter(|(_, line)| line.id == 0 && (!line.deleted || !line.given.is_empty())) {
            let stage = match line.display_type.as_str() {
                _ if !line.given.is_empty() => 0,
                "tax" => 1,
                "payment_term" => 3,
                _ => 2,
            };
            let mut columns = line.other.clone();
            columns.extend(line.columns(document.own_currency));
            columns.extend(of_document(document));
            columns.get_or_insert_with("is_storno", || Value::Bool(false));
            // Lines of other entries are computed: theirs are left out of follow-ups.
            if document.kind.is_invoice() {
                columns.get_or_insert_with("no_followup", || Value::Bool(false));
            }
            if !line.taxes.is_empty() {
                columns.insert("tax_ids".into(), set(&line.taxes));
            }
            if !line.tags.is_empty() {
                columns.insert("tax_tag_ids".into(), set(&line.tags));
            }
            values.push((stage, columns));
            places.push((stage, at, n));
        }
    }
    if values.is_empty() {
        return Ok(());
    }
    values.sort_by_key(|(stage, _)| *stage);
    places.sort_by_key(|(stage, _, _)| *stage);
    let values = values.into_iter().map(|(_, columns)| columns).collect();
    let ids = env.without_defaults(|env| env.create_complete(LINE, values))?;
    let mut gone = Vec::new();
    for ((_, at, n), id) in places.into_iter().zip(ids) {
        if let Some(line) = documents.get_mut(at).and_then(|document| document.lines.get_mut(n)) {
            line.id = id;
            if line.deleted {
                gone.push(id);
            }
        }
    }
    super::lines::remove(env, &gone)
}

/// What lines repeat of their document.
fn of_document(document: &Document) -> Map {
    map! {
        "move_id" => document.id,
        "company_id" => document.company,
        "company_currency_id" => document.own_currency.id,
        "journal_id" => document.journal,
        "date" => document.date,
        "invoice_date" => document.invoice_date,
        "move_name" => document.name.clone(),
        "parent_state" => document.state.as_str(),
        "ref" => document.reference.clone(),
    }
}

/// The command that sets links.
fn set(ids: &[Id]) -> Value {
    Value::List(vec![Value::List(vec![Value::Int(6), Value::Int(0), Value::from(ids.to_vec())])])
}
