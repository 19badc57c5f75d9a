//! What billing adds to subscriptions: an invoice by hand, and those of the day.

use lastmile_orm::declare::Tx;
use lastmile_orm::{Answer, Declarations, Env, Invocation, Result};

use super::bill;

/// Declares the methods.
pub fn declare(all: &mut Declarations) {
    all.model("isp.subscription").record_method("action_generate_invoice", "", Tx::Write, action_generate_invoice);
}

/// Bills the next cycle of subscriptions now, whether it is due or not.
fn action_generate_invoice(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let company = env.company_id();
    let due = bill::due(env, &call.ids, company)?;
    bill::bill(env, &due)?;
    Ok(Answer::NOTHING)
}
