//! Lines that an import marked as belonging together (`I` and a text as their matching number) are matched once all of
//! their entries are posted.

use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Id, Result, map};

use super::options::Options;
use super::partial::reconcile_groups;

/// Matches the marked lines among `lines` with all others of their mark and account.
pub fn reconcile_marked(env: &mut Env, lines: &[Id]) -> Result<()> {
    env.flush()?;
    let sql = sql!(
        "SELECT l.account_id, a.reconcile, array_agg(l.id ORDER BY l.id)::text FROM account_move_line l
         JOIN account_account a ON a.id = l.account_id WHERE l.matching_number IN (SELECT matching_number
         FROM account_move_line WHERE id = ANY({lines}) AND matching_number LIKE 'I%')
         GROUP BY l.matching_number, l.account_id, a.reconcile HAVING bool_and(l.parent_state = 'posted')
         ORDER BY l.matching_number, l.account_id"
    );
    let (mut groups, mut closed) = (Vec::new(), Vec::new());
    for row in env.query(sql)? {
        let list = row.text(2).unwrap_or_default();
        let ids: Vec<Id> = list.trim_matches(['{', '}']).split(',').filter_map(|id| id.parse().ok()).collect();
        if row.bool(1) != Some(true) {
            closed.extend(row.int(0));
        }
        groups.push(ids);
    }
    if groups.is_empty() {
        return Ok(());
    }
    if !closed.is_empty() {
        env.sudo(|env| env.write("account.account", &closed, map! { "reconcile" => true }))?;
        super::residuals(env, &groups.concat())?;
    }
    reconcile_groups(env, &groups, Options { no_exchange: true, ..Options::default() })
}
