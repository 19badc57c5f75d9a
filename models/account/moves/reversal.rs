//! Reversals: credit notes of invoices and opposite entries, by the wizard `account.move.reversal`.

use lastmile_orm::access::Operation;
use lastmile_orm::call::Invocation;
use lastmile_orm::compute::Computed;
use lastmile_orm::declare::Tx;
use lastmile_orm::sql::sql;
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Map, Result, Value, map};
use rust_decimal::Decimal;

use super::document::MOVE;
use super::document::day;
use super::document::{Kind, TEXTS};
use super::posting;
use crate::account::reconcile::{reversed, undo};

const WIZARD: &str = "account.move.reversal";

/// Declares the wizard.
pub fn declare(all: &mut Declarations) {
    all.model(WIZARD)
        .default_fn("date", |env| Ok(Value::Date(env.today())))
        .default_fn("move_ids", |env| {
            let ids = chosen(env)?;
            Ok(Value::List(vec![Value::List(vec![Value::Int(6), Value::Int(0), Value::from(ids)])]))
        })
        .default_fn("company_id", |env| {
            let ids = chosen(env)?;
            let companies = env.values(MOVE, "company_id", &ids)?;
            Ok(companies.first().cloned().filter(Value::truthy).unwrap_or_else(|| Value::from(env.company_id())))
        })
        .default_fn("journal_id", |env| {
            let ids = chosen(env)?;
            Ok(env.values(MOVE, "journal_id", &ids)?.into_iter().next().unwrap_or_default())
        })
        .compute(&["residual", "currency_id", "move_type"], &["move_ids"], of_moves)
        .compute(&["available_journal_ids"], &["move_ids", "company_id"], journals)
        .constrains(&["journal_id", "move_ids"], journal_fits)
        .record_method("refund_moves", "", Tx::Write, |env, call| reverse(env, call, false))
        .record_method("modify_moves", "", Tx::Write, |env, call| reverse(env, call, true))
        .record_method("reverse_moves", "is_modify=False", Tx::Write, |env, call| {
            let modify = call.arg("is_modify").truthy();
            reverse(env, call, modify)
        });
}

/// The entries that the wizard was opened on.
fn chosen(env: &mut Env) -> Result<Vec<Id>> {
    if env.context_get("active_model").and_then(Value::as_str) != Some(MOVE) {
        return Ok(Vec::new());
    }
    let given = env.context_get("active_ids").cloned().unwrap_or_default();
    let ids = given.ids();
    if given.as_list().is_some_and(|list| list.len() > ids.len()) {
        return Err(Error::user("Only posted entries can be reversed."));
    }
    env.check_records(MOVE, &ids, Operation::Read)?;
    let mut companies = env.values(MOVE, "company_id", &ids)?;
    companies.dedup();
    if companies.len() > 1 {
        return Err(Error::user("Entries of several companies cannot be reversed together."));
    }
    if env.values(MOVE, "state", &ids)?.iter().any(|state| state.as_str() != Some("posted")) {
        return Err(Error::user("Only posted entries can be reversed."));
    }
    Ok(ids)
}

fn of_moves(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (id, moves) in ids.iter().zip(env.values(WIZARD, "move_ids", ids)?) {
        let moves = moves.ids();
        let (residuals, mut currencies, kinds) = (
            env.values(MOVE, "amount_residual", &moves)?,
            env.values(MOVE, "currency_id", &moves)?,
            env.values(MOVE, "move_type", &moves)?,
        );
        currencies.dedup();
        let one = |values: &[Value]| if let [only] = values { only.clone() } else { Value::None };
        let residual = one(&residuals);
        out.set("residual", *id, if residual == Value::None { Value::from(Decimal::ZERO) } else { residual });
        out.set("currency_id", *id, one(&currencies));
        let some = kinds.iter().any(|kind| matches!(kind.as_str(), Some("in_invoice" | "out_invoice")));
        out.set(
            "move_type",
            *id,
            if kinds.len() == 1 {
                one(&kinds)
            } else if some {
                "some_invoice".into()
            } else {
                Value::None
            },
        );
    }
    Ok(())
}

fn journals(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!(
        "SELECT w.id, j.id FROM account_move_reversal w JOIN account_journal j ON j.active AND j.company_id = w.company_id
         WHERE w.id = ANY({ids}) AND (j.type IN (SELECT o.type FROM account_move_reversal_move r JOIN account_move m ON m.id = r.move_id
         JOIN account_journal o ON o.id = m.journal_id WHERE r.reversal_id = w.id)
         OR NOT EXISTS (SELECT 1 FROM account_move_reversal_move r WHERE r.reversal_id = w.id)) ORDER BY j.sequence, j.type, j.code"
    );
    let rows = env.query(sql)?;
    for id in ids {
        let own: Vec<Id> = rows.iter().filter(|row| row.int(0) == Some(*id)).filter_map(|row| row.int(1)).collect();
        out.set("available_journal_ids", *id, own);
    }
    Ok(())
}

fn journal_fits(env: &mut Env, ids: &[Id]) -> Result<()> {
    let sql = sql!(
        "SELECT 1 FROM account_move_reversal w JOIN account_journal j ON j.id = w.journal_id WHERE w.id = ANY({ids})
         AND EXISTS (SELECT 1 FROM account_move_reversal_move r WHERE r.reversal_id = w.id)
         AND j.type NOT IN (SELECT o.type FROM account_move_reversal_move r JOIN account_move m ON m.id = r.move_id
         JOIN account_journal o ON o.id = m.journal_id WHERE r.reversal_id = w.id)"
    );
    if env.query(sql)?.is_empty() { Ok(()) } else { Err(Error::user("The journal must be of the type of the reversed entry's.")) }
}

fn reverse(env: &mut Env, call: &Invocation, modify: bool) -> Result<Answer> {
    let wizard = call.one()?;
    let moves = env.value(WIZARD, "move_ids", wizard)?.ids();
    let date = day(&env.value(WIZARD, "date", wizard)?).unwrap_or_else(|| env.today());
    let journal = env.value(WIZARD, "journal_id", wizard)?;
    let reason = env.value(WIZARD, "reason", wizard)?;
    let wizard_kind = env.value(WIZARD, "move_type", wizard)?;
    let later = date > env.today();
    let cancel = !later && (modify || wizard_kind.as_str() == Some("entry"));
    let mut changes = Vec::with_capacity(moves.len());
    for id in &moves {
        let text = |env: &mut Env, field: &str| env.value(MOVE, field, *id);
        let name = text(env, "name")?;
        let name = name.as_str().unwrap_or("/");
        let invoice = text(env, "move_type")?.as_str() != Some("entry");
        let reference = match reason.as_str().filter(|reason| !reason.is_empty()) {
            Some(reason) => format!("Reversal of: {name}, {reason}"),
            None => format!("Reversal of: {name}"),
        };
        changes.push(map! {
            "ref" => reference,
            "date" => date,
            "invoice_date_due" => date,
            "invoice_date" => invoice.then_some(date),
            "journal_id" => journal.clone(),
            "invoice_payment_term_id" => Value::None,
            "invoice_user_id" => text(env, "invoice_user_id")?,
            "auto_post" => if later { "at_date" } else { "no" },
            "invoice_origin" => text(env, "invoice_origin")?,
        });
    }
    let mut made = reverse_moves(env, &moves, changes, cancel)?;
    if modify {
        made = drafts_again(env, &moves, date)?;
    }
    env.write(
        WIZARD,
        &[wizard],
        map! { "new_move_ids" => Value::List(vec![Value::List(vec![Value::Int(6), Value::Int(0), Value::from(made.clone())])]) },
    )?;
    action(env, &made)
}

/// New entries opposite to others. `cancel`: they are posted, and each is reconciled with what it reverses.
///
/// # Errors
/// As creating and posting entries.
pub fn reverse_moves(env: &mut Env, moves: &[Id], changes: Vec<Map>, cancel: bool) -> Result<Vec<Id>> {
    if cancel {
        let lines = env.sudo(|env| env.linked(MOVE, "line_ids", moves))?;
        undo::remove(env, &lines)?;
    }
    let mut values = env.copy_data(MOVE, moves, &Map::new(), 0)?;
    let partners = env.values(MOVE, "partner_id", moves)?;
    for (((id, map), own), partner) in moves.iter().zip(&mut values).zip(changes).zip(partners) {
        let kind = map.get("move_type").and_then(Value::as_str).and_then(Kind::parse).unwrap_or_default();
        map.extend(own);
        map.insert("move_type".into(), opposite(kind).name().into());
        map.insert("reversed_entry_id".into(), Value::from(*id));
        map.insert("partner_id".into(), partner);
        if kind == Kind::Entry {
            each_line(map, negate);
        }
    }
    let made = env.create_copies(MOVE, moves, values)?;
    env.update_each(MOVE, made.iter().map(|id| (*id, map! { "is_manually_modified" => true })).collect())?;
    if cancel {
        posting::post(env, &made, false)?;
        reversed::match_reversed(env, &made)?;
    }
    Ok(made)
}

fn opposite(kind: Kind) -> Kind {
    match kind {
        Kind::OutInvoice => Kind::OutRefund,
        Kind::OutRefund => Kind::Entry,
        Kind::InInvoice => Kind::InRefund,
        Kind::InRefund => Kind::Entry,
        Kind::Entry => Kind::Entry,
        Kind::OutReceipt => Kind::OutRefund,
        Kind::InReceipt => Kind::InRefund,
    }
}

/// Does something to the values of each new line.
fn each_line(map: &mut Map, change: fn(&mut Map)) {
    let Some(Value::List(commands)) = map.get_mut("line_ids") else { return };
    for command in commands {
        if let Value::List(parts) = command
            && let Some(Value::Map(line)) = parts.get_mut(2)
        {
            change(line);
        }
    }
}

fn negate(line: &mut Map) {
    for name in ["balance", "amount_currency"] {
        if let Some(amount) = line.get(name).and_then(Value::as_decimal) {
            line.insert(name.into(), Value::from(-amount));
        }
    }
    line.shift_remove("debit");
    line.shift_remove("credit");
}

/// New drafts of entries, with the lines that somebody wrote.
fn drafts_again(env: &mut Env, moves: &[Id], date: chrono::NaiveDate) -> Result<Vec<Id>> {
    let mut values = env.copy_data(MOVE, moves, &Map::new(), 0)?;
    for map in &mut values {
        map.insert("date".into(), Value::Date(date));
        if let Some(Value::List(commands)) = map.get_mut("line_ids") {
            commands.retain(|command| {
                let line = command.as_list().and_then(|parts| parts.get(2)).and_then(Value::as_map);
                let kind = line.and_then(|line| line.get("display_type")).and_then(Value::as_str).unwrap_or("product");
                kind == "product" || TEXTS.contains(&kind)
            });
        }
    }
    env.create(MOVE, values)
}

fn action(env: &mut Env, made: &[Id]) -> Result<Answer> {
    let mut action = map! { "name" => "Reverse Moves", "type" => "ir.actions.act_window", "res_model" => MOVE };
    let mut kinds = env.values(MOVE, "move_type", made)?;
    kinds.dedup();
    if let [one] = made {
        action.insert("view_mode".into(), "form".into());
        action.insert("res_id".into(), Value::from(*one));
    } else {
        action.insert("view_mode".into(), "list,form".into());
        let domain = Value::List(vec![Value::List(vec!["id".into(), "in".into(), Value::from(made.to_vec())])]);
        action.insert("domain".into(), domain);
    }
    if let [kind] = kinds.as_slice() {
        action.insert("context".into(), Value::Map(map! { "default_move_type" => kind.clone() }));
    }
    Ok(Answer::from(Value::Map(action)))
}
