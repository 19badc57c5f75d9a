//! Subscriptions become invoices, once for each cycle, and what is not paid has its consequences.

mod by_hand;
mod dunning;
mod runs;
mod transfers;

use serde_json::{Value, json};

use crate::support::rpc::Rpc;

/// What a small provider sells: plans with a tax of 18 %, in one sector.
pub struct Seller<'a> {
    pub rpc: &'a Rpc,
    pub sector: i64,
    pub plan: i64,
    pub tax: i64,
}

impl<'a> Seller<'a> {
    /// Gives `rpc`'s user the rights; a plan of 42.50.
    pub fn new(rpc: &'a Rpc) -> Seller<'a> {
        for group in ["isp_core.group_isp_admin", "account.group_account_invoice"] {
            let _: bool = rpc.call("res.users", "write", json!([[rpc.uid], {"group_ids": [[4, rpc.reference(group)]]}]));
        }
        let tax =
            rpc.call("account.tax", "create", json!([{"name": "VAT 18", "amount": 18, "amount_type": "percent", "type_tax_use": "sale"}]));
        let sector = rpc.call("isp.sector", "create", json!([{"name": "North", "code": "N"}]));
        let mut seller = Seller { rpc, sector, plan: 0, tax };
        seller.plan = seller.plan("Home", 42.5);
        seller
    }

    pub fn plan(&self, name: &str, price: f64) -> i64 {
        let values =
            json!([{"name": name, "download_mbps": 50, "upload_mbps": 10, "price_monthly": price, "tax_ids": [[6, 0, [self.tax]]]}]);
        self.rpc.call("isp.service_plan", "create", values)
    }

    pub fn partner(&self, name: &str) -> i64 {
        self.rpc.call("res.partner", "create", json!([{"name": name, "email": format!("{}@example.com", name.to_lowercase())}]))
    }

    /// Active subscriptions of a partner that are due on a day.
    pub fn due(&self, partner: i64, plan: i64, day: &str, count: usize) -> Vec<i64> {
        let values = json!({"partner_id": partner, "plan_id": plan, "sector_id": self.sector, "gps_lat": 18.5, "gps_lng": -69.9,
                            "state": "active", "next_invoice_date": day});
        self.rpc.call("isp.subscription", "create", json!([vec![values; count]]))
    }

    /// A field of records, in their order.
    pub fn field(&self, model: &str, ids: &[i64], field: &str) -> Vec<Value> {
        let rows: Vec<Value> = self.rpc.call(model, "read", json!([ids, [field]]));
        rows.into_iter().map(|mut row| row[field].take()).collect()
    }

    /// Invoices of subscriptions, the oldest first.
    pub fn invoices(&self, subscriptions: &[i64], fields: &[&str]) -> Vec<Value> {
        let domain = json!([[["isp_subscription_id", "in", subscriptions]], fields]);
        self.rpc.call_kw("account.move", "search_read", domain, json!({"order": "id"}))
    }

    pub fn cron(&self, name: &str) -> Value {
        let ids: Vec<i64> = self.rpc.call("ir.cron", "search", json!([[["name", "=", name]]]));
        self.rpc.call("ir.cron", "method_direct_trigger", json!([ids]))
    }

    /// A billing run.
    pub fn run(&self, from: &str, until: &str) -> i64 {
        self.rpc.call("isp.billing.run", "create", json!([{"period_start": from, "period_end": until}]))
    }

    pub fn read_run(&self, run: i64) -> Value {
        let fields = json!([[run], ["state", "invoice_count", "skipped_count", "error_count", "amount_total"]]);
        let mut rows: Vec<Value> = self.rpc.call("isp.billing.run", "read", fields);
        rows.remove(0)
    }

    /// Lines of a run: subscription, period, state, message.
    pub fn lines(&self, run: i64) -> Vec<Value> {
        let domain = json!([[["run_id", "=", run]], ["subscription_id", "period_date", "state", "message", "move_id", "amount_total"]]);
        self.rpc.call_kw("isp.billing.run.line", "search_read", domain, json!({"order": "id"}))
    }
}

/// Whether all posted entries of a database balance.
pub const UNBALANCED: &str =
    "SELECT count(*)::text AS value FROM (SELECT move_id FROM account_move_line GROUP BY move_id HAVING sum(balance) <> 0) x";
