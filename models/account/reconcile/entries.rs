//! What matching and payments need of entries: to be made, posted, reset to draft, cancelled, deleted, reversed.

use lastmile_orm::call::Invocation;
use lastmile_orm::{Env, Error, Id, Map, Result, Value};

/// Entries.
pub const MOVE: &str = "account.move";

/// `(0, 0, values)`: a line to be made with its entry.
pub fn new_line(values: Map) -> Value {
    Value::List(vec![Value::Int(0), Value::Int(0), Value::Map(values)])
}

/// Makes entries, none of which has taxes that are due only when paid.
pub fn create(env: &mut Env, mut values: Vec<Map>) -> Result<Vec<Id>> {
    let today = env.today();
    for map in &mut values {
        map.get_or_insert_with("always_tax_exigible", || true.into());
        map.get_or_insert_with("invoice_date_due", || today.into());
    }
    if values.is_empty() { Ok(Vec::new()) } else { env.create(MOVE, values) }
}

/// Posts entries.
pub fn post(env: &mut Env, ids: &[Id]) -> Result<()> {
    call(env, ids, "action_post")
}

/// Resets entries to drafts.
pub fn draft(env: &mut Env, ids: &[Id]) -> Result<()> {
    call(env, ids, "button_draft")
}

/// Cancels entries.
pub fn cancel(env: &mut Env, ids: &[Id]) -> Result<()> {
    call(env, ids, "button_cancel")
}

fn call(env: &mut Env, ids: &[Id], name: &'static str) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let (reg, declared) = (env.registry(), env.declared());
    let method = declared.method(reg.model(MOVE)?, name).ok_or_else(|| Error::internal(format!("entries have no {name}")))?;
    let call = Invocation {
        model: MOVE.into(),
        ids: ids.to_vec(),
        raw_ids: Value::from(ids.to_vec()),
        args: Vec::new(),
        given: Vec::new(),
        positional: 0,
        by_name: false,
    };
    (method.run)(env, &call).map(|_| ())
}
