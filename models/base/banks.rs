//! res.bank: identifiers are in capitals.

use lastmile_orm::declare::{CreateHook, Next, UnlinkHook, WriteHook};
use lastmile_orm::{Declarations, Env, Id, Map, Value, map};

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model("res.bank")
        .on_create(|env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>| {
            values.iter_mut().for_each(capitals);
            next.call(env, values)
        })
        .on_write(|env: &mut Env, ids: &[Id], mut values: Map, next: &Next<WriteHook>| {
            capitals(&mut values);
            next.call(env, ids, values)
        });
    // Entries may name a bank account: it is archived, never deleted.
    all.model("res.partner.bank")
        .on_unlink(|env: &mut Env, ids: &[Id], _: &Next<UnlinkHook>| env.write("res.partner.bank", ids, map! { "active" => false }));
}

fn capitals(values: &mut Map) {
    if let Some(Value::Str(code)) = values.get_mut("bic") {
        *code = code.to_uppercase();
    }
}
