//! isp.dashboard: one record of figures, and ways from them to the records behind.

use lastmile_orm::compute::Computed;
use lastmile_orm::declare::Tx;
use lastmile_orm::sql::sql;
use lastmile_orm::{Answer, Declarations, Env, Id, Invocation, Result, Value, map};

use super::invoices::{self, OPEN};

/// The figures, in the order of the query's columns.
const COUNTS: [&str; 9] = [
    "active_subscriptions",
    "suspended_subscriptions",
    "up_to_date_subscriptions",
    "grace_subscriptions",
    "overdue_subscriptions",
    "transfer_pending",
    "transfer_attention",
    "faults_open",
    "faults_closed",
];
const AMOUNTS: [&str; 2] = ["mrr", "invoices_month"];
const ALL: &[&str] = &[
    "active_subscriptions",
    "suspended_subscriptions",
    "up_to_date_subscriptions",
    "grace_subscriptions",
    "overdue_subscriptions",
    "transfer_pending",
    "transfer_attention",
    "faults_open",
    "faults_closed",
    "mrr",
    "invoices_month",
    "avg_resolution_hours",
    "top_overdue_sectors",
];

/// Declares the model. Figures are counted with superuser rights: they are figures, not records.
pub fn declare(all: &mut Declarations) {
    all.model("isp.dashboard")
        .compute_sudo(ALL, &[], figures)
        .record_method("action_open_active_subscriptions", "", Tx::Read, |_, _| Ok(in_state("Active Subscriptions", "active")))
        .record_method("action_open_suspended_subscriptions", "", Tx::Read, |_, _| Ok(in_state("Suspended Subscriptions", "suspended")))
        .record_method("action_open_up_to_date_subscriptions", "", Tx::Read, |env, _| {
            standing(env, "Up To Date Subscriptions", "NOT owes.open")
        })
        .record_method("action_open_grace_subscriptions", "", Tx::Read, |env, _| standing(env, "Subscriptions In Grace", "owes.grace"))
        .record_method("action_open_overdue_subscriptions", "", Tx::Read, |env, _| {
            standing(env, "Overdue Subscriptions", "owes.open AND NOT owes.grace")
        })
        .record_method("action_open_transfer_pending", "", Tx::Read, |_, _| {
            Ok(window("Transfers In Review", "isp.bank.transfer.payment", vec![leaf("state", "=", "in_review")]))
        })
        .record_method("action_open_transfer_attention", "", Tx::Read, |_, _| {
            Ok(window("Transfers Needing Attention", "isp.bank.transfer.payment", vec![leaf("needs_attention", "=", true)]))
        })
        .record_method("action_open_faults_open", "", Tx::Read, |_, _| {
            Ok(window("Open Fault Tickets", "isp.fault.ticket", vec![leaf("state", "not in", vec!["resolved", "closed"])]))
        })
        .record_method("action_open_faults_closed", "", Tx::Read, |_, _| {
            Ok(window("Closed Fault Tickets", "isp.fault.ticket", vec![leaf("state", "in", vec!["resolved", "closed"])]))
        })
        .record_method("action_open_overdue_invoices", "", Tx::Read, overdue_invoices);
}

fn figures(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let today = env.today();
    let sql = sql!(
        "WITH subs AS (SELECT s.state, owes.open, owes.grace, p.price_monthly FROM isp_subscription s
         LEFT JOIN isp_service_plan p ON p.id = s.plan_id {standing:sql}
         WHERE s.state = ANY('{{active,suspended}}'))
         SELECT count(*) FILTER (WHERE state = 'active'), count(*) FILTER (WHERE state = 'suspended'), count(*) FILTER
         (WHERE state = 'active'
         AND NOT open), count(*) FILTER (WHERE state = 'active'
         AND grace), count(*) FILTER (WHERE state = 'active' AND open AND NOT grace), (SELECT count(*)
         FROM isp_bank_transfer_payment WHERE state = 'in_review'), (SELECT count(*)
         FROM isp_bank_transfer_payment WHERE needs_attention), (SELECT count(*) FROM isp_fault_ticket
         WHERE state <> ALL('{{resolved,closed}}')), (SELECT count(*) FROM isp_fault_ticket
         WHERE state = ANY('{{resolved,closed}}')), COALESCE(sum(price_monthly) FILTER (WHERE state = 'active'),
         0)::numeric, (SELECT COALESCE(sum(m.amount_total), 0)
         FROM account_move m WHERE m.move_type = 'out_invoice' AND m.state = 'posted'
         AND m.isp_subscription_id IS NOT NULL
         AND date_trunc('month', m.invoice_date) = date_trunc('month', {today}::date)), (SELECT
         COALESCE(avg(resolution_time_hours), 0)::float8
         FROM isp_fault_ticket WHERE closed_at IS NOT NULL) FROM subs",
        standing = invoices::standing(env)?
    );
    let rows = env.query(sql)?;
    let sectors = top_overdue_sectors(env)?;
    for id in ids {
        if let Some(row) = rows.first() {
            for (n, field) in COUNTS.iter().enumerate() {
                out.set(field, *id, row.big(n).unwrap_or(0));
            }
            for (n, field) in AMOUNTS.iter().enumerate() {
                out.set(field, *id, row.decimal(COUNTS.len() + n).unwrap_or_default());
            }
            out.set("avg_resolution_hours", *id, row.float(COUNTS.len() + AMOUNTS.len()).unwrap_or(0.0));
        }
        out.set("top_overdue_sectors", *id, sectors.as_str());
    }
    Ok(())
}

/// `North (1200.00), South (80.50)`: where most is overdue.
fn top_overdue_sectors(env: &mut Env) -> Result<String> {
    let sql = sql!(
        "SELECT z.name::text, sum(m.amount_residual) FROM account_move m
         JOIN isp_subscription s ON s.id = m.isp_subscription_id JOIN isp_sector z ON z.id = s.sector_id
         WHERE {OPEN:sql} AND m.invoice_date_due < {today} GROUP BY z.id, z.name ORDER BY 2 DESC, 1 LIMIT 5",
        today = env.today()
    );
    let rows = env.query(sql)?;
    let items: Vec<String> = rows.iter().filter_map(|row| Some(format!("{} ({:.2})", row.text(0)?, row.decimal(1)?))).collect();
    Ok(items.join(", "))
}

fn leaf(field: &str, op: &str, value: impl Into<Value>) -> Value {
    Value::List(vec![Value::from(field), Value::from(op), value.into()])
}

fn window(name: &str, model: &str, domain: Vec<Value>) -> Answer {
    Answer::from(map! {
        "type" => "ir.actions.act_window",
        "name" => name,
        "res_model" => model,
        "view_mode" => "list,form",
        "domain" => Value::List(domain),
    })
}

fn in_state(name: &str, state: &str) -> Answer {
    window(name, "isp.subscription", vec![leaf("state", "=", state)])
}

/// Active subscriptions by how they stand.
fn standing(env: &mut Env, name: &str, which: &'static str) -> Result<Answer> {
    // Without ids there is no record to be checked, but there are customers in the answer.
    env.check_access("isp.dashboard", lastmile_orm::access::Operation::Read)?;
    let sql = sql!(
        "SELECT s.id FROM isp_subscription s {standing:sql} WHERE s.state = 'active' AND {which:sql}
         ORDER BY s.id DESC",
        standing = invoices::standing(env)?
    );
    let ids: Vec<Id> = env.query_ids(sql)?;
    Ok(window(name, "isp.subscription", vec![leaf("id", "in", ids)]))
}

fn overdue_invoices(env: &mut Env, _call: &Invocation) -> Result<Answer> {
    let domain = vec![
        leaf("move_type", "=", "out_invoice"),
        leaf("state", "=", "posted"),
        leaf("payment_state", "not in", vec!["paid", "in_payment"]),
        leaf("invoice_date_due", "<", env.today()),
    ];
    Ok(window("Overdue Invoices", "account.move", domain))
}
