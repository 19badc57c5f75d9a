//! Access tokens: who knows an attachment's token may read it.

use lastmile_orm::access::Operation;
use lastmile_orm::call::Invocation;
use lastmile_orm::declare::Tx;
use lastmile_orm::{Answer, Declarations, Env, Error, Result, Value, map};

const MODEL: &str = "ir.attachment";

/// Declares the method.
pub fn declare(all: &mut Declarations) {
    all.model(MODEL).record_method("generate_access_token", "", Tx::Write, generate);
}

/// A token in the form of a UUID, as the tables have them.
fn new_token() -> Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|e| Error::internal(format!("no random bytes: {e}")))?;
    let hex: Vec<String> = bytes.iter().map(|b| format!("{b:02x}")).collect();
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default().concat();
    Ok(format!("{}-{}-{}-{}-{}", part(0, 4), part(4, 6), part(6, 8), part(8, 10), part(10, 16)))
}

/// The tokens of attachments; those that have none get one.
fn generate(env: &mut Env, call: &Invocation) -> Result<Answer> {
    env.check_access(MODEL, Operation::Read)?;
    let mut tokens = Vec::with_capacity(call.ids.len());
    for (id, known) in call.ids.iter().zip(env.sudo(|env| env.values(MODEL, "access_token", &call.ids))?) {
        if known.truthy() {
            super::content::demand(env, *id)?;
            tokens.push(known);
            continue;
        }
        let token = new_token()?;
        env.write(MODEL, &[*id], map! { "access_token" => token.as_str() })?;
        tokens.push(Value::Str(token));
    }
    Ok(Answer::Value(Value::List(tokens)))
}
