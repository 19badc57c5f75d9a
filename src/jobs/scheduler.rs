//! Scheduled actions (`ir.cron`): each runs when it is due, in one process at a time.
//!
//! An action is held while it runs ([`cron::hold`]), so that other processes pass it over; when this one dies it is free and
//! still due. What an action runs is looked up by name ([`crons::cron`]); actions that this
//! program does not know are left as they are.

use std::collections::BTreeSet;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::{DateTime, Months, NaiveDateTime, Offset, TimeDelta, Utc};
use chrono_tz::Tz;
use lastmile_models::base::cron;
use lastmile_models::crons::{self, CronFn};
use lastmile_orm::env::SUPERUSER;
use lastmile_orm::sql::row::Row;
use lastmile_orm::sql::sql;
use lastmile_orm::{Database, Env, Error, Id, Result, Tx};

/// How often is looked for due actions; their times are whole minutes.
const POLL: Duration = Duration::from_secs(15);
/// An action that fails so often, for so long, is switched off.
const FAILURES: i32 = 5;
const FAILING: TimeDelta = TimeDelta::days(7);

/// The running scheduler.
pub struct Scheduler {
    /// Dropped to stop: the threads wait on the other ends.
    stop: Vec<Sender<()>>,
    threads: Vec<JoinHandle<()>>,
}

impl Scheduler {
    /// Starts the threads.
    pub fn start(db: &Arc<Database>, threads: usize) -> Result<Self> {
        let unknown = Arc::new(Mutex::new(BTreeSet::new()));
        let mut scheduler = Scheduler { stop: Vec::new(), threads: Vec::new() };
        for n in 0..threads {
            let (stop, stopped) = channel();
            let (db, unknown) = (Arc::clone(db), Arc::clone(&unknown));
            let run = move || {
                while stopped.recv_timeout(POLL) == Err(RecvTimeoutError::Timeout) {
                    let going_on = || stopped.try_recv() == Err(std::sync::mpsc::TryRecvError::Empty);
                    if let Err(error) = run_due(&db, &unknown, &going_on) {
                        tracing::error!(%error, "scheduled actions could not be looked for");
                    }
                }
            };
            let thread = std::thread::Builder::new().name(format!("cron-{n}")).spawn(run);
            scheduler.threads.push(thread.map_err(|e| Error::internal(format!("cannot start the scheduler: {e}")))?);
            scheduler.stop.push(stop);
        }
        Ok(scheduler)
    }

    /// Starts nothing more and waits for actions that run.
    pub fn stop(self) {
        drop(self.stop);
        for thread in self.threads {
            if thread.join().is_err() {
                tracing::warn!("a scheduler thread panicked");
            }
        }
    }
}

/// A scheduled action that is due.
#[derive(Debug)]
struct Due {
    id: Id,
    name: String,
    user: Id,
    model: String,
    code: String,
    nextcall: NaiveDateTime,
    number: i32,
    unit: String,
    failures: i32,
    first_failure: Option<NaiveDateTime>,
}

const COLUMNS: &str = "SELECT c.id, c.cron_name::text, c.user_id, m.model::text, s.code::text, c.nextcall, c.interval_number, c.interval_type::text, \
     COALESCE(c.failure_count, 0), c.first_failure_date \
     FROM ir_cron c JOIN ir_act_server s ON s.id = c.ir_actions_server_id JOIN ir_model m ON m.id = s.model_id \
     WHERE c.active AND (c.nextcall <= (now() AT TIME ZONE 'UTC') OR EXISTS \
     (SELECT 1 FROM ir_cron_trigger t WHERE t.cron_id = c.id AND t.call_at <= (now() AT TIME ZONE 'UTC')))";

fn due(row: &Row) -> Option<Due> {
    Some(Due {
        id: row.int(0)?,
        name: row.text(1).unwrap_or_default(),
        user: row.int(2)?,
        model: row.text(3)?,
        code: row.text(4).unwrap_or_default(),
        nextcall: row.timestamp(5)?,
        number: row.int(6)?,
        unit: row.text(7)?,
        failures: row.int(8).unwrap_or(0),
        first_failure: row.timestamp(9),
    })
}

/// Runs everything that is due, one after the other.
pub fn run_due(db: &Arc<Database>, unknown: &Mutex<BTreeSet<Id>>, going_on: &dyn Fn() -> bool) -> Result<()> {
    let rows = db.env(SUPERUSER, Tx::Detached)?.query(sql!("{COLUMNS:sql} ORDER BY COALESCE(c.failure_count, 0), c.priority, c.id"))?;
    for action in rows.iter().filter_map(due) {
        if !going_on() {
            break;
        }
        let known = crons::method_of(&action.code).and_then(|method| crons::cron(&action.model, method));
        match known {
            Some(run) => {
                if let Err(error) = run_locked(db, action.id, run) {
                    tracing::error!(%error, action = action.name, "a scheduled action could not be run");
                }
            }
            None => {
                if unknown.lock().unwrap_or_else(PoisonError::into_inner).insert(action.id) {
                    tracing::info!(action = action.name, code = action.code, "left alone: this program does not know what the action runs");
                }
            }
        }
    }
    Ok(())
}

/// Runs an action when nobody else does and it is still due. No transaction is open meanwhile but those of the action.
fn run_locked(db: &Arc<Database>, id: Id, run: CronFn) -> Result<()> {
    let Some(_held) = cron::hold(db, id)? else { return Ok(()) };
    let rows = db.env(SUPERUSER, Tx::Detached)?.query(sql!("{COLUMNS:sql} AND c.id = {id}"))?;
    let Some(action) = rows.first().and_then(due) else { return Ok(()) };
    tracing::debug!(action = action.name, "runs");
    let mut env = db.env(action.user, Tx::Detached)?;
    let result = run(&mut env);
    let tz = env.tz();
    drop(env);
    if let Err(error) = &result {
        tracing::error!(%error, action = action.name, "a scheduled action failed");
    }
    db.env(SUPERUSER, Tx::Detached)?.transaction(|env| finish(env, &action, tz, result.is_ok()))
}

/// Writes down that the action ran, and when it runs next.
fn finish(env: &mut Env, action: &Due, tz: Option<Tz>, good: bool) -> Result<()> {
    let now = Utc::now().naive_utc();
    let next = next_call(action.nextcall, now, action.number, &action.unit, tz);
    let (failures, first) = if good { (0, None) } else { (action.failures.saturating_add(1), action.first_failure.or(Some(now))) };
    let off = failures >= FAILURES && first.is_some_and(|first| first + FAILING <= now);
    if off {
        tracing::error!(action = action.name, failures, "the scheduled action is switched off: it keeps failing");
    }
    let sql = sql!(
        "UPDATE ir_cron
         SET nextcall = {next}, lastcall = {now}, failure_count = {failures}, first_failure_date = {first}, active = {off}
         WHERE id = {id}",
        off = !off,
        id = action.id
    );
    env.execute(&sql)?;
    let sql = sql!("DELETE FROM ir_cron_trigger WHERE call_at <= {now} AND cron_id = {id}", id = action.id);
    env.execute(&sql).map(|_| ())
}

/// The first time after now in steps from the last one, counted on the wall clock of the zone as it was then.
fn next_call(last: NaiveDateTime, now: NaiveDateTime, number: i32, unit: &str, tz: Option<Tz>) -> NaiveDateTime {
    let offset = tz.map_or(TimeDelta::zero(), |tz| {
        let local: DateTime<Tz> = last.and_utc().with_timezone(&tz);
        TimeDelta::seconds(i64::from(local.offset().fix().local_minus_utc()))
    });
    let number = i64::from(number.max(1));
    if last > now {
        return last;
    }
    let step = match unit {
        "minutes" => TimeDelta::minutes(number),
        "hours" => TimeDelta::hours(number),
        "weeks" => TimeDelta::weeks(number),
        "months" => return next_month(last + offset, now + offset, u32::try_from(number).unwrap_or(1)) - offset,
        _ => TimeDelta::days(number),
    };
    let steps = (now - last).num_seconds() / step.num_seconds().max(1) + 1;
    last + i32::try_from(steps).map_or(now - last, |steps| step * steps)
}

fn next_month(last: NaiveDateTime, now: NaiveDateTime, months: u32) -> NaiveDateTime {
    let mut next = last;
    // Step by step: the day of a short month stays, as the reference has it.
    while next <= now {
        let Some(later) = next.checked_add_months(Months::new(months)) else { return now };
        next = later;
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap()
    }

    #[test]
    fn missed_calls_are_made_up_for_once() {
        assert_eq!(next_call(at("2026-01-01 00:00"), at("2026-01-01 00:07"), 5, "minutes", None), at("2026-01-01 00:10"));
        assert_eq!(next_call(at("2026-01-01 00:00"), at("2026-01-01 00:10"), 5, "minutes", None), at("2026-01-01 00:15"));
        assert_eq!(next_call(at("2024-01-01 03:00"), at("2026-01-01 04:00"), 1, "days", None), at("2026-01-02 03:00"));
        assert_eq!(next_call(at("2026-01-02 03:00"), at("2026-01-01 04:00"), 1, "days", None), at("2026-01-02 03:00"));
        assert_eq!(next_call(at("2026-01-01 00:00"), at("2026-01-01 00:00"), 2, "weeks", None), at("2026-01-15 00:00"));
    }

    #[test]
    fn months_are_counted_in_the_users_zone() {
        // 23:30 UTC on the 31st is the 1st in Madrid.
        let madrid: Tz = "Europe/Madrid".parse().unwrap();
        assert_eq!(next_call(at("2026-01-31 23:30"), at("2026-02-01 00:00"), 1, "months", Some(madrid)), at("2026-02-28 23:30"));
        assert_eq!(next_call(at("2026-01-31 12:00"), at("2026-02-01 00:00"), 1, "months", None), at("2026-02-28 12:00"));
    }
}
