//! Methods of payment that journals offer.

use lastmile_orm::compute::Computed;
use lastmile_orm::declare::{Next, UnlinkHook};
use lastmile_orm::registry::Registry;
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Declarations, Env, Id, Result, Value, map};

use crate::base::names::text;

const METHOD_LINE: &str = "account.payment.method.line";

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model(METHOD_LINE).display_sql(method_name).compute_sudo(&["name"], &["payment_method_id.name"], names).on_unlink(unlink);
    all.model("account.payment.method").on_unlink(|env, ids, next| {
        let sql = sql!("SELECT id FROM account_payment_method_line WHERE payment_method_id = ANY({ids})");
        let lines: Vec<Id> = env.query_ids(sql)?;
        env.unlink(METHOD_LINE, &lines)?;
        next.call(env, ids)
    });
}

/// The name and, in brackets, that of the journal.
fn method_name(reg: &Registry, alias: &str, lang: &str) -> Sql {
    sql!(
        "(COALESCE({method:sql}, '') || COALESCE((SELECT ' (' || {journal:sql} || ')' FROM account_journal j
         WHERE j.id = {journal_id:sql}), ''))",
        method = text(reg, METHOD_LINE, "name", alias, lang),
        journal = text(reg, "account.journal", "name", "j", lang),
        journal_id = Sql::column(alias, "journal_id")
    )
}

/// A method without a name of its own is called as what it is one of.
fn names(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let methods: Vec<Id> = env.values(METHOD_LINE, "payment_method_id", ids)?.iter().map(|method| method.as_id().unwrap_or(0)).collect();
    let general = env.values("account.payment.method", "name", &methods)?;
    for ((id, own), general) in ids.iter().zip(env.values(METHOD_LINE, "name", ids)?).zip(general) {
        out.set("name", *id, if own.truthy() { own } else { general });
    }
    Ok(())
}

/// Methods that payments were made with stay, without their journal.
fn unlink(env: &mut Env, ids: &[Id], next: &Next<UnlinkHook>) -> Result<()> {
    env.flush()?;
    let sql = sql!("SELECT DISTINCT payment_method_line_id FROM account_payment WHERE payment_method_line_id = ANY({ids})");
    let used: Vec<Id> = env.query_ids(sql)?;
    if !used.is_empty() {
        env.write(METHOD_LINE, &used, map! { "journal_id" => Value::None })?;
    }
    let unused: Vec<Id> = ids.iter().copied().filter(|id| !used.contains(id)).collect();
    if unused.is_empty() { Ok(()) } else { next.call(env, &unused) }
}
