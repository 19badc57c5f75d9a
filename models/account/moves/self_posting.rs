//! Entries that post themselves on their day.

use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Result};

use super::document::MOVE;
use super::posting;
use crate::mail::post::Post;
use crate::mail::store::{NewMessage, Subtype};
use crate::mail::text;

/// Entries that the scheduled action posts at once.
const BATCH: i64 = 100;

/// The scheduled action: drafts that post themselves and whose day has come. One that cannot be posted holds up no other: it is told on it.
///
/// # Errors
/// What ends the action: a lost connection, a call that was given up.
pub fn post_due(env: &mut Env) -> Result<()> {
    let today = env.today();
    let due = env.query_ids(sql!(
        "SELECT id FROM account_move WHERE state = 'draft' AND date <= {today} AND auto_post <> 'no' ORDER BY date, id LIMIT {BATCH}"
    ))?;
    if due.is_empty() || env.transaction(|env| posting::post(env, &due, false)).is_ok() {
        return Ok(());
    }
    for id in due {
        match env.transaction(|env| posting::post(env, &[id], false)) {
            Ok(_) => {}
            Err(error) if error.ends_call() => return Err(error),
            Err(error) => {
                let body = format!("<p>{}</p>", text::escape(&format!("The entry could not be posted: {error}")));
                env.transaction(|env| {
                    let mut message = NewMessage::on(env, MOVE, id, body.clone());
                    message.subtype = Some(Subtype::Named("mail.mt_note".into()));
                    message.kind = "comment".into();
                    Post::new(message).send(env).map(|_| ())
                })?;
            }
        }
    }
    Ok(())
}
