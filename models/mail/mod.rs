//! Module mail: messages, followers and activities of records.

pub mod activity;
pub mod address;
pub mod alias;
pub mod category;
pub mod compose;
pub mod done;
pub mod figures;
pub mod formats;
pub mod guard;
pub mod markup;
pub mod message;
pub mod notify;
pub mod post;
pub mod queue;
pub mod recipients;
pub mod render;
pub mod restrict;
pub mod scope;
pub mod server;
pub mod source;
pub mod store;
pub mod tasks;
pub mod template;
pub mod text;
pub mod thread;
pub mod tracking;

use lastmile_orm::declare::{Next, UnlinkHook};
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Id, Result};

/// What hangs on a record: table, and its columns for the model and the id.
const HANGING: &[(&str, &str, &str)] =
    &[("mail_followers", "res_model", "res_id"), ("mail_message", "model", "res_id"), ("mail_activity", "res_model", "res_id")];
/// Fields of chatter that employees only see.
const STAFF_ONLY: &[&str] = &[
    "activity_ids",
    "activity_state",
    "activity_user_id",
    "activity_type_id",
    "activity_type_icon",
    "activity_date_deadline",
    "my_activity_date_deadline",
    "activity_summary",
    "activity_exception_decoration",
    "activity_exception_icon",
    "message_follower_ids",
    "message_partner_ids",
    "message_has_error",
    "message_has_error_counter",
    "message_needaction",
    "message_needaction_counter",
];

/// Declares the module.
pub fn declare(all: &mut Declarations) {
    all.thread.on_unlink(unlink).groups(STAFF_ONLY, &["base.group_user"]);
    for declare in [
        thread::declare,
        post::declare,
        figures::declare,
        message::declare,
        activity::declare,
        done::declare,
        tasks::declare,
        formats::declare,
        tracking::declare,
        template::declare,
        category::declare,
        compose::declare,
        alias::declare,
        queue::declare,
        server::declare,
        guard::declare,
    ] {
        declare(all);
    }
}

/// Messages, followers and activities go with their records.
fn unlink(env: &mut Env, ids: &[Id], next: &Next<UnlinkHook>) -> Result<()> {
    let model = next.model().to_owned();
    next.call(env, ids)?;
    for (table, of, id) in HANGING {
        let sql = sql!("DELETE FROM {table:ident} WHERE {of:ident} = {model} AND {id:ident} = ANY({ids})", model = model.as_str());
        env.execute(&sql)?;
    }
    Ok(())
}
