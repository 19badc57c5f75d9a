//! isp.subscription.portal_status: one word on how the customer stands.

use std::collections::HashMap;

use lastmile_orm::compute::Computed;
use lastmile_orm::record::Records;
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Id, Result};

use super::invoices;
use crate::isp_core::subscription::Subscription;

/// Declares the field. Superuser rights: who may see a subscription may see this word without rights on invoices.
pub fn declare(all: &mut Declarations) {
    all.model("isp.subscription").compute_sudo(&["portal_status"], &["state"], portal_status);
}

fn portal_status(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let states = Records::<Subscription>::new(ids.to_vec()).with(env, Subscription::STATE)?;
    let active: Vec<Id> = states.iter().filter(|(id, state)| state == "active" && *id > 0).map(|(id, _)| *id).collect();
    let mut owes: HashMap<Id, (bool, bool)> = HashMap::new();
    if !active.is_empty() {
        let sql = sql!(
            "SELECT s.id, owes.open, owes.grace FROM isp_subscription s {standing:sql}
             WHERE s.id = ANY({active})",
            standing = invoices::standing(env)?
        );
        let rows = env.query(sql)?;
        owes.extend(rows.iter().filter_map(|row| Some((row.int(0)?, (row.bool(1)?, row.bool(2)?)))));
    }
    for (id, state) in states {
        let word = match (state.as_str(), owes.get(&id)) {
            ("active", Some((true, true))) => "Grace period".to_owned(),
            ("active", Some((true, false))) => "In arrears".to_owned(),
            ("active", _) => "Up to date".to_owned(),
            (other, _) => capitalised(other),
        };
        out.set("portal_status", id, word);
    }
    Ok(())
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
