//! Opening the wizard: on which items it works.

use lastmile_orm::access::Operation;
use lastmile_orm::declare::{CreateHook, Next};
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Error, Id, Map, Result, Value, map};

use super::WIZARD;

/// Declares the defaults.
pub fn declare(all: &mut Declarations) {
    all.model(WIZARD)
        .default_once("line_ids", lines)
        .default("writeoff_label", "Write-Off")
        .default_fn("payment_date", |env| Ok(Value::Date(env.today())))
        .on_create(create);
}

/// What follows from the items is worked out once they are linked; what was given comes on top.
fn create(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    env.fill_defaults(WIZARD, &["line_ids"], &mut values)?;
    let mut links = Vec::with_capacity(values.len());
    let mut rows = Vec::with_capacity(values.len());
    for map in &mut values {
        links.push(linked(&map.shift_remove("line_ids").unwrap_or_default()));
        let mut row = map! { "line_ids" => Vec::<Id>::new() };
        row.extend(map.get("payment_date").map(|day| ("payment_date".to_owned(), day.clone())));
        rows.push(row);
    }
    let all: Vec<Id> = links.concat();
    env.check_records("account.move.line", &all, Operation::Read)?;
    env.require("account.move.line", &all)?;
    env.flush()?;
    let ids = next.call(env, rows)?;
    let pairs: Vec<(Id, Id)> = ids.iter().zip(&links).flat_map(|(id, lines)| lines.iter().map(|line| (*id, *line))).collect();
    env.insert_links("account_payment_register_move_line_rel", "wizard_id", "line_id", &pairs)?;
    // Until they are read anew, items are in the order in which they were chosen.
    env.with_context(map! { super::items::ORDER => all }, |env| {
        env.changed(WIZARD, &["line_ids"], &ids)?;
        env.flush()?;
        for (id, given) in ids.iter().zip(values) {
            if !given.is_empty() {
                env.write(WIZARD, &[*id], given)?;
            }
        }
        Ok(())
    })?;
    Ok(ids)
}

/// The records that commands on a list of links leave.
fn linked(value: &Value) -> Vec<Id> {
    let mut found = Vec::new();
    for command in value.as_list().unwrap_or_default() {
        let parts = match command {
            Value::List(parts) => parts,
            id => {
                found.extend(id.as_id());
                continue;
            }
        };
        match (parts.first().and_then(Value::as_int), parts.get(1).and_then(Value::as_id), parts.get(2)) {
            (Some(4), Some(id), _) => found.push(id),
            (Some(3), Some(id), _) => found.retain(|known| *known != id),
            (Some(5), ..) => found.clear(),
            (Some(6), _, Some(ids)) => found = ids.ids(),
            _ => {}
        }
    }
    found
}

/// Items of the entries, or those themselves, that the caller chose, of which something is to be paid.
fn lines(env: &mut Env) -> Result<Value> {
    let chosen = env.context_get("active_ids").cloned().unwrap_or_default().ids();
    let model = env.context_get("active_model").and_then(Value::as_str).unwrap_or_default().to_owned();
    let column = match model.as_str() {
        "account.move" => "move_id",
        "account.move.line" => "id",
        _ => return Err(Error::user("Payments are registered for entries or for their items: open this from one of them.")),
    };
    env.check_records(&model, &chosen, Operation::Read)?;
    env.flush()?;
    let sql = sql!(
        "SELECT l.id, a.account_type::text, a.account_type IN ('asset_receivable', 'liability_payable')
         AND round(l.amount_residual_currency / t.rounding) <> 0, split_part(c.parent_path, '/', 1)::int4
         FROM unnest({chosen}::int4[]) WITH ORDINALITY x (id, n) JOIN account_move_line l ON l.{column:ident} = x.id
         JOIN res_currency t ON t.id = l.currency_id JOIN res_company c ON c.id = l.company_id
         LEFT JOIN account_account a ON a.id = l.account_id ORDER BY x.n, l.date DESC, l.move_name DESC, l.id"
    );
    let rows = env.sudo(|env| env.query(sql))?;
    let open: Vec<&lastmile_orm::sql::row::Row> = rows.iter().filter(|row| row.bool(2) == Some(true)).collect();
    let Some(first) = open.first() else {
        return Err(Error::user("Nothing is left to be paid of what you chose."));
    };
    if rows.iter().any(|row| row.int(3) != first.int(3)) {
        return Err(Error::user("Entries of several companies are not paid together."));
    }
    if open.iter().any(|row| row.text(1) != first.text(1)) {
        return Err(Error::user("What customers owe and what vendors are owed are not paid together."));
    }
    let mut ids: Vec<Id> = Vec::with_capacity(open.len());
    for id in open.iter().filter_map(|row| row.int(0)) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(Value::List(vec![Value::List(vec![Value::Int(6), Value::Int(0), Value::from(ids)])]))
}
