//! Fields that record rules of modules without code here ask for: without a way to search them their models could not
//! be read at all.

use lastmile_orm::{Declarations, Domain, Env, Result, Value};

/// Declares the searches.
pub fn declare(all: &mut Declarations) {
    all.model("discuss.channel").search("is_member", is_member);
    for model in ["website.page", "website.controller.page"] {
        all.model(model).search("website_published", is_published);
    }
}

fn wanted(op: &str, value: &Value) -> bool {
    value.truthy() != matches!(op, "!=" | "not in")
}

fn is_member(env: &Env, op: &str, value: &Value) -> Result<Domain> {
    let own = Domain::eq("channel_member_ids.partner_id", env.user().partner_id);
    Ok(if wanted(op, value) { own } else { own.negate() })
}

fn is_published(_: &Env, op: &str, value: &Value) -> Result<Domain> {
    Ok(Domain::eq("is_published", wanted(op, value)))
}
