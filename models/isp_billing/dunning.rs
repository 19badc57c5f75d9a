//! Suspension of who does not pay, and the way back.

use lastmile_orm::record::Records;
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Declarations, Env, Id, Result};

use super::invoices::{self, OPEN, not_held, suspension_days};
use super::notices;
use crate::account::moves::document::MOVE;
use crate::isp_core::job_type::JobType;
use crate::isp_core::jobs;
use crate::isp_core::subscription::{self, Subscription};

/// Declares the event: whatever changes how far invoices are paid, who owes nothing any more comes back with it.
pub fn declare(all: &mut Declarations) {
    all.model(MOVE).watch(&["payment_state"], paid);
}

/// The cron: tells who is late, and suspends active subscriptions with an invoice too long overdue. Those on hold and
/// those about to be suspended anyway are passed over.
pub fn suspend_overdue(env: &mut Env) -> Result<()> {
    // Who cannot be written to is suspended none the less.
    if let Err(error) = env.transaction(|env| env.sudo(notices::send_due)) {
        if error.ends_call() {
            return Err(error);
        }
        tracing::error!(%error, "notices of overdue invoices could not be sent");
    }
    env.transaction(|env| {
        let default = invoices::days(env, "isp_billing.suspend_after_days", 10)?;
        let today = env.today();
        let sql = sql!(
            "SELECT s.id FROM isp_subscription s JOIN isp_service_plan p ON p.id = s.plan_id
             JOIN res_partner c ON c.id = s.partner_id WHERE s.state = 'active' AND EXISTS (SELECT 1
             FROM account_move m WHERE m.isp_subscription_id = s.id AND {OPEN:sql} AND m.invoice_date_due +
             {days:sql} <= {today}) AND {not_held:sql} AND {not_queued:sql} ORDER BY s.id",
            days = suspension_days(default),
            not_held = not_held(today),
            not_queued = not_queued(JobType::SuspendSubscription)
        );
        let subs = found(env, sql)?;
        env.sudo(|env| subscription::suspend(env, &subs, "debt"))?;
        Ok(())
    })
}

/// Of subscription `s`: it was suspended for debt, or is about to be, and owes nothing any more. Who was suspended by hand
/// stays so.
fn owes_nothing() -> Sql {
    sql!(
        "(s.state = 'suspended' OR s.state = 'active' AND s.suspend_reason = 'debt' AND NOT {not_suspended:sql})
         AND COALESCE(s.suspend_reason, 'debt') = 'debt' AND NOT EXISTS (SELECT 1 FROM account_move m
         WHERE m.isp_subscription_id = s.id AND {OPEN:sql}) AND {not_queued:sql}",
        not_suspended = not_queued(JobType::SuspendSubscription),
        not_queued = not_queued(JobType::ReconnectSubscription)
    )
}

/// Invoices were paid: in the same transaction the way back is queued for those who owe nothing any more.
fn paid(env: &mut Env, moves: &[Id]) -> Result<()> {
    let sql = sql!(
        "SELECT s.id FROM isp_subscription s WHERE s.id IN (SELECT m.isp_subscription_id FROM account_move m
         WHERE m.id = ANY({moves}) AND m.payment_state = ANY('{{paid,in_payment,reversed}}')) AND {owes_nothing:sql} ORDER BY s.id",
        owes_nothing = owes_nothing()
    );
    let subs = found(env, sql)?;
    jobs::queue(env, &subs, JobType::ReconnectSubscription)?;
    Ok(())
}

/// The cron, a net under the event: reconnects who was suspended for debt and owes nothing any more.
pub fn reconnect_on_payment(env: &mut Env) -> Result<()> {
    env.transaction(|env| {
        let subs =
            found(env, sql!("SELECT s.id FROM isp_subscription s WHERE {owes_nothing:sql} ORDER BY s.id", owes_nothing = owes_nothing()))?;
        env.sudo(|env| jobs::queue(env, &subs, JobType::ReconnectSubscription))?;
        Ok(())
    })
}

/// No such job waits for subscription `s`.
fn not_queued(kind: JobType) -> Sql {
    sql!(
        "NOT EXISTS (SELECT 1 FROM isp_provisioning_job j WHERE j.subscription_id = s.id
         AND j.state = ANY('{{queued,running}}') AND j.job_type = {name})",
        name = kind.name()
    )
}

fn found(env: &mut Env, sql: Sql) -> Result<Records<Subscription>> {
    let ids: Vec<Id> = env.query_ids(sql)?;
    Ok(Records::new(ids))
}
