//! What attachments have besides their bytes: access tokens (who knows one may read the file), and their record's name.

use std::collections::HashMap;

use lastmile_orm::access::Operation;
use lastmile_orm::call::Invocation;
use lastmile_orm::compute::Computed;
use lastmile_orm::declare::Tx;
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Result, Value, map};

const MODEL: &str = "ir.attachment";

/// Declares the method and the computed name.
pub fn declare(all: &mut Declarations) {
    all.model(MODEL).record_method("generate_access_token", "", Tx::Write, generate).compute_sudo(
        &["res_name"],
        &["res_model", "res_id"],
        res_names,
    );
}

/// Names of the records that attachments belong to: one statement a model.
fn res_names(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let (models, records) = (env.values(MODEL, "res_model", ids)?, env.values(MODEL, "res_id", ids)?);
    let mut of: HashMap<&str, Vec<(Id, Id)>> = HashMap::new();
    for ((id, model), record) in ids.iter().zip(&models).zip(&records) {
        if let (Some(model), Some(record)) = (model.as_str(), record.as_id().filter(|r| *r > 0)) {
            of.entry(model).or_default().push((*id, record));
        }
    }
    for (model, pairs) in of {
        if env.registry().models.get(model).is_none_or(|m| m.table.is_empty()) {
            continue;
        }
        let targets: Vec<Id> = pairs.iter().map(|(_, record)| *record).collect();
        for ((id, _), name) in pairs.iter().zip(env.names(model, &targets)?) {
            out.set("res_name", *id, name);
        }
    }
    Ok(())
}

/// A token in the form of a UUID, as the tables have them.
pub fn new_token() -> Result<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|e| Error::internal(format!("no random bytes: {e}")))?;
    let part = |from: usize, to: usize| hex::encode(bytes.get(from..to).unwrap_or_default());
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
