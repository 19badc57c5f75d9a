//! When buttons of generated views make sense. Architectures that say so themselves are followed first.

use super::arch::Node;
use super::logic::Scope;
use crate::pages::admin::desk::Desk;

/// A method of a model.
struct Rule {
    model: &'static str,
    method: &'static str,
    /// When the button is of no use.
    hidden: &'static str,
    /// What people are asked before, by its word.
    ask: &'static str,
    /// What most people came for.
    main: bool,
}

const fn rule(model: &'static str, method: &'static str, hidden: &'static str, ask: &'static str, main: bool) -> Rule {
    Rule { model, method, hidden, ask, main }
}

const SUBSCRIPTION: &str = "isp.subscription";
const CHANGE: &str = "isp.plan.change.request";
const TICKET: &str = "isp.fault.ticket";
const TRANSFER: &str = "isp.bank.transfer.payment";
const MOVE: &str = "account.move";

const RULES: &[Rule] = &[
    rule(SUBSCRIPTION, "action_activate", "state not in ('draft', 'terminated')", "", true),
    rule(SUBSCRIPTION, "action_suspend", "state != 'active'", "=ask_suspend", false),
    rule(SUBSCRIPTION, "action_reconnect", "state != 'suspended'", "", true),
    rule(SUBSCRIPTION, "action_terminate", "state not in ('active', 'suspended')", "=ask_terminate", false),
    rule(SUBSCRIPTION, "action_change_plan", "state != 'active'", "", false),
    rule(SUBSCRIPTION, "action_request_plan_change", "state not in ('active', 'suspended')", "", false),
    rule(SUBSCRIPTION, "action_generate_invoice", "state not in ('active', 'suspended')", "=ask_invoice", false),
    rule(CHANGE, "action_submit", "state != 'draft'", "", true),
    rule(CHANGE, "action_approve", "state != 'submitted'", "", true),
    rule(CHANGE, "action_reject", "state != 'submitted'", "", false),
    rule(TICKET, "action_start", "state not in ('new', 'open', 'waiting_customer')", "", true),
    rule(TICKET, "action_waiting", "state != 'in_progress'", "", false),
    rule(TICKET, "action_resolve", "state in ('resolved', 'closed')", "", false),
    rule(TICKET, "action_close", "state == 'closed'", "", false),
    rule(TRANSFER, "action_submit", "state != 'draft'", "", true),
    rule(TRANSFER, "action_approve", "state != 'in_review'", "", true),
    rule(TRANSFER, "action_reject", "state != 'in_review'", "", false),
    rule("isp.provisioning_job", "action_run", "state != 'queued'", "", true),
    rule("isp.captive.user", "action_enable", "enabled", "", true),
    rule("isp.captive.user", "action_disable", "not enabled", "", false),
    rule(MOVE, "action_post", "state != 'draft'", "", true),
    rule(MOVE, "action_register_payment", "state != 'posted' or payment_state not in ('not_paid', 'partial')", "", true),
    rule(MOVE, "action_invoice_sent", "state != 'posted' or move_type not in ('out_invoice', 'out_refund', 'out_receipt')", "", false),
    rule(MOVE, "action_print_pdf", "state == 'cancel' or move_type == 'entry'", "", false),
    rule(MOVE, "action_reverse", "state != 'posted'", "", false),
];

fn find(model: &str, method: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.model == model && rule.method == method)
}

/// Whether a button is of no use for this record.
pub fn hidden(model: &str, node: &Node, scope: &Scope) -> bool {
    node.get("invisible").is_none() && find(model, node.name()).is_some_and(|rule| scope.holds(Some(rule.hidden)))
}

/// Whether a button is what most people came for.
pub fn is_main(model: &str, method: &str) -> bool {
    find(model, method).is_some_and(|rule| rule.main)
}

/// What people are asked before a method runs.
pub fn question(desk: &Desk<'_>, model: &str, method: &str) -> Option<String> {
    let word = find(model, method)?.ask;
    (!word.is_empty()).then(|| desk.words.get(word).to_owned())
}
