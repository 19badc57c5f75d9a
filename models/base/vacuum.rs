//! `ir.autovacuum`: once a day, what nobody needs any more is taken away.
//!
//! Every step is a transaction of its own; one that fails is logged and keeps none of the others from being done.

use std::collections::HashSet;

use chrono::TimeDelta;
use lastmile_orm::attachments::Files;
use lastmile_orm::domain::Op;
use lastmile_orm::sql::Sql;
use lastmile_orm::{Domain, Env, Result, Value};

/// How long rows of wizards are kept after they were last written.
const WIZARDS: TimeDelta = TimeDelta::hours(1);

/// Rows that have outlived their use.
const ROWS: &[(&str, &str)] = &[
    ("sessions", "DELETE FROM lastmile_session WHERE expires_at < now() AT TIME ZONE 'UTC'"),
    ("failed logins", "DELETE FROM lastmile_login_attempt WHERE last_failure < (now() AT TIME ZONE 'UTC') - interval '1 day'"),
    ("API keys", "DELETE FROM res_users_apikeys WHERE expiration_date < now() AT TIME ZONE 'UTC'"),
    (
        "logins but the last",
        "DELETE FROM res_users_log o WHERE EXISTS \
         (SELECT 1 FROM res_users_log n WHERE n.create_uid = o.create_uid AND n.create_date > o.create_date)",
    ),
    (
        "triggers",
        "DELETE FROM ir_cron_trigger t USING ir_cron c \
         WHERE c.id = t.cron_id AND c.active AND t.call_at < (now() AT TIME ZONE 'UTC') - interval '7 days'",
    ),
    ("progress", "DELETE FROM ir_cron_progress WHERE create_date < (now() AT TIME ZONE 'UTC') - interval '7 days'"),
    ("notifications on the bus", "DELETE FROM bus_bus WHERE create_date < (now() AT TIME ZONE 'UTC') - interval '1 day'"),
];

fn step(env: &mut Env, what: &str, work: impl FnMut(&mut Env) -> Result<usize>) {
    match env.transaction(work) {
        Ok(0) => {}
        Ok(gone) => tracing::info!(what, gone, "taken away"),
        Err(error) => tracing::error!(%error, what, "could not be taken away"),
    }
}

/// The scheduled action.
pub fn run(env: &mut Env) -> Result<()> {
    for (what, sql) in ROWS {
        step(env, what, |env| env.execute(&Sql::lit(sql)));
    }
    let reg = env.registry();
    let wizards = reg.models.values().filter(|m| m.transient && m.log_access && !m.read_only && !m.table.is_empty());
    for model in wizards {
        step(env, &model.name, |env| {
            let old = Value::DateTime(env.now() - WIZARDS);
            let ids = env.sudo(|env| {
                let ids = env.search_all(&model.name, &Domain::cond("write_date", Op::Lt, old.clone()))?;
                env.unlink(&model.name, &ids)?;
                Ok(ids)
            })?;
            Ok(ids.len())
        });
    }
    step(env, "files", files);
    Ok(())
}

/// Files that no attachment names.
fn files(env: &mut Env) -> Result<usize> {
    let Some(files) = env.port::<Files>() else { return Ok(0) };
    let sql = Sql::lit("SELECT DISTINCT store_fname::text FROM ir_attachment WHERE store_fname IS NOT NULL");
    let named: HashSet<String> = env.query(sql)?.iter().filter_map(|row| row.text(0)).collect();
    files.0.sweep(&named)
}
