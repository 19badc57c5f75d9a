//! Suspension of who does not pay, and the way back.

use lastmile_orm::record::Records;
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Env, Id, Result};

use super::invoices::{self, OPEN};
use crate::isp_core::job_type::JobType;
use crate::isp_core::jobs;
use crate::isp_core::subscription::{self, Subscription};

/// The cron: suspends active subscriptions with an invoice too long overdue. Those on hold and those about to be
/// suspended anyway are passed over.
pub fn suspend_overdue(env: &mut Env) -> Result<()> {
    env.transaction(|env| {
        let default = invoices::days(env, "isp_billing.suspend_after_days", 10)?;
        let today = env.today();
        let sql = sql!(
            "SELECT s.id FROM isp_subscription s JOIN isp_service_plan p ON p.id = s.plan_id
             JOIN res_partner c ON c.id = s.partner_id WHERE s.state = 'active' AND EXISTS (SELECT 1
             FROM account_move m WHERE m.isp_subscription_id = s.id AND {OPEN:sql} AND m.invoice_date_due +
             CASE
             WHEN COALESCE(p.suspend_after_days, 0) > 0 THEN p.suspend_after_days ELSE {default} END <= {today})
             AND s.manual_suspend_only IS NOT TRUE AND c.isp_vip IS NOT TRUE
             AND (s.promise_to_pay_date IS NULL OR s.promise_to_pay_date < {today}) AND {not_queued:sql}
             ORDER BY s.id",
            not_queued = not_queued(JobType::SuspendSubscription)
        );
        let subs = found(env, sql)?;
        env.sudo(|env| subscription::suspend(env, &subs, "debt"))?;
        Ok(())
    })
}

/// The cron: reconnects who was suspended for debt and owes nothing any more. Who was suspended by hand stays so.
pub fn reconnect_on_payment(env: &mut Env) -> Result<()> {
    env.transaction(|env| {
        let sql = sql!(
            "SELECT s.id FROM isp_subscription s WHERE s.state = 'suspended'
             AND COALESCE(s.suspend_reason, 'debt') = 'debt' AND NOT EXISTS (SELECT 1 FROM account_move m
             WHERE m.isp_subscription_id = s.id AND {OPEN:sql}) AND {not_queued:sql} ORDER BY s.id",
            not_queued = not_queued(JobType::ReconnectSubscription)
        );
        let subs = found(env, sql)?;
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
    let ids: Vec<Id> = env.query(sql)?.iter().filter_map(|row| row.int(0)).collect();
    Ok(Records::new(ids))
}
