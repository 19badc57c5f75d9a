//! What scheduled actions run. Their code in the database reads `model._name()`; the name is looked up here and never run as code.

use lastmile_orm::{Env, Result};

use crate::{account, base, isp_billing, isp_captive_portal, isp_core, mail};

/// A scheduled action. It runs outside any transaction and commits by itself ([`Env::transaction`]).
pub type CronFn = fn(&mut Env) -> Result<()>;

const CRONS: &[(&str, &str, CronFn)] = &[
    ("account.move", "_autopost_draft_entries", account::moves::self_posting::post_due),
    ("ir.autovacuum", "_run_vacuum_cleaner", base::vacuum::run),
    ("isp.provisioning_job", "_cron_run_pending_jobs", isp_core::runner::run_pending),
    ("isp.plan.change.request", "_cron_apply_plan_changes", isp_core::plan_change::apply_due),
    ("isp.subscription", "_cron_generate_invoices", isp_billing::run::generate_invoices),
    ("isp.subscription", "_cron_suspend_overdue", isp_billing::dunning::suspend_overdue),
    ("isp.subscription", "_cron_reconnect_on_payment", isp_billing::dunning::reconnect_on_payment),
    ("isp.bank.transfer.payment", "_cron_transfer_deadlines", isp_billing::transfer::check_deadlines),
    ("isp.captive.session", "_cron_sync_sessions", isp_captive_portal::session::sync),
    ("mail.mail", "process_email_queue", |env| mail::queue::process(env, None)),
    ("mail.notification", "_gc_notifications", mail::notify::forget_old),
];

/// The function behind a method of a model.
pub fn cron(model: &str, method: &str) -> Option<CronFn> {
    CRONS.iter().find(|(of, name, _)| *of == model && *name == method).map(|(_, _, run)| *run)
}

/// The method that a scheduled action's code calls: `model._cron_x()` gives `_cron_x`. What it is called with is up to the function.
pub fn method_of(code: &str) -> Option<&str> {
    let (name, arguments) = code.trim().strip_prefix("model.")?.split_once('(')?;
    let plain = |text: &str| !text.contains(['\n', ';', '(', ')']);
    arguments.strip_suffix(')').filter(|a| plain(a)).map(|_| name)
}
