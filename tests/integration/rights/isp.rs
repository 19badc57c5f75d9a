//! What customers and staff of one sector may make others' routers and books do: nothing.

use librouteros::sim::Simulator;
use serde_json::{Value, json};

use super::{Role, roles, server};
use crate::support::http;
use crate::support::provider::{Provider, set_parameter, simulator};
use crate::support::rpc::{Rpc, RpcError};

fn of<'r>(roles: &'r [Role], name: &str) -> &'r Rpc {
    roles.iter().find(|role| role.name == name).map(|role| &role.rpc).unwrap()
}

fn partner_of(rpc: &Rpc) -> i64 {
    rpc.call::<Vec<Value>>("res.users", "read", json!([[rpc.uid], ["partner_id"]]))[0]["partner_id"][0].as_i64().unwrap()
}

fn create(rpc: &Rpc, model: &str, values: &Value) -> Result<Value, RpcError> {
    rpc.try_call(model, "create", json!([values]), json!({}))
}

#[track_caller]
fn refused(outcome: Result<Value, RpcError>, class: &str) {
    let error = outcome.expect_err("must be refused");
    assert_eq!(error.name, format!("odoo.exceptions.{class}"), "{error}");
}

#[test]
fn customers_decide_nothing_that_staff_decides() {
    let (_db, server, admin) = server();
    let roles = roles(&server, &admin);
    let portal = of(&roles, "portal");
    let (me, other): (i64, i64) = (partner_of(portal), admin.call("res.partner", "create", json!([{"name": "Other"}])));
    let provider = Provider::new(&admin);
    let sector: i64 = admin.call("isp.sector", "create", json!([{"name": "S", "code": "S"}]));
    let service = |partner: i64| -> i64 {
        let values = json!([{"partner_id": partner, "plan_id": provider.plan, "sector_id": sector, "gps_lat": 1.0, "gps_lng": 1.0}]);
        admin.call("isp.subscription", "create", values)
    };
    let (mine, others) = (service(me), service(other));
    let plan: i64 = admin.call(
        "isp.service_plan",
        "create",
        json!([{"name": "Better", "download_mbps": 50, "upload_mbps": 5, "price_monthly": 1.0, "service_type": "pppoe"}]),
    );
    let ask = |subscription: i64, partner: i64| {
        json!({"subscription_id": subscription, "partner_id": partner, "requested_plan_id": plan, "state": "approved",
               "effective_date_mode": "next_cycle", "effective_date": "2020-01-01"})
    };
    refused(create(portal, "isp.plan.change.request", &ask(others, me)), "AccessError");
    refused(create(portal, "isp.plan.change.request", &ask(mine, other)), "AccessError");
    let asked = create(portal, "isp.plan.change.request", &ask(mine, me)).unwrap();
    let fields = json!([[asked], ["state", "effective_date", "approved_by"]]);
    let row = admin.call::<Vec<Value>>("isp.plan.change.request", "read", fields)[0].clone();
    assert_eq!((row["state"].as_str(), row["approved_by"].as_bool()), (Some("draft"), Some(false)), "{row}");
    assert!(row["effective_date"].as_str().is_some_and(|date| date > "2026-01-01"), "{row}");
    // What was approved by nobody, by whatever way, is not applied.
    admin.call::<bool>("isp.plan.change.request", "write", json!([[asked], {"state": "approved", "effective_date": "2020-01-01"}]));
    let cron = admin.reference("isp_core.ir_cron_isp_plan_change_apply");
    let _: Value = admin.call("ir.cron", "method_direct_trigger", json!([[cron]]));
    let row = admin.call::<Vec<Value>>("isp.subscription", "read", json!([[mine], ["plan_id"]]))[0].clone();
    assert_eq!(row["plan_id"][0], json!(provider.plan), "{row}");
    // Tickets and transfers.
    refused(create(portal, "isp.fault.ticket", &json!({"partner_id": other, "description": "x"})), "AccessError");
    refused(create(portal, "isp.fault.ticket", &json!({"partner_id": me, "subscription_id": others, "description": "x"})), "AccessError");
    let ticket = json!({"partner_id": me, "subscription_id": mine, "description": "x", "state": "closed", "assigned_to": admin.uid});
    let ticket = create(portal, "isp.fault.ticket", &ticket).unwrap();
    let row = admin.call::<Vec<Value>>("isp.fault.ticket", "read", json!([[ticket], ["state", "assigned_to"]]))[0].clone();
    assert!(row["state"] != "closed" && row["assigned_to"] == json!(false), "{row}");
    let paid = |partner: i64| {
        json!({"partner_id": partner, "bank_name": "B", "reference": "R", "amount": 10.0, "transfer_datetime": "2026-01-01 10:00:00", "state": "approved",
               "reviewer_id": admin.uid})
    };
    refused(create(portal, "isp.bank.transfer.payment", &paid(other)), "AccessError");
    let transfer = create(portal, "isp.bank.transfer.payment", &paid(me)).unwrap();
    let row = admin.call::<Vec<Value>>("isp.bank.transfer.payment", "read", json!([[transfer], ["state", "reviewer_id"]]))[0].clone();
    assert_eq!((row["state"].as_str(), &row["reviewer_id"]), (Some("draft"), &json!(false)), "{row}");
}

#[test]
fn defaults_of_a_context_say_no_more_than_values_may() {
    let (_db, server, admin) = server();
    let roles = roles(&server, &admin);
    let (portal, noc) = (of(&roles, "portal"), of(&roles, "noc"));
    let provider = Provider::new(&admin);
    let (_near, own, _) = site(&provider, "near");
    let (_far, foreign, customer) = site(&provider, "far");
    admin.call::<bool>("res.users", "write", json!([[noc.uid], {"isp_sector_ids": [[6, 0, [own]]]}]));
    let with =
        |rpc: &Rpc, model: &str, values: Value, context: Value| rpc.try_call(model, "create", json!([values]), json!({"context": context}));
    let read = |model: &str, id: &Value, field: &str| admin.call::<Vec<Value>>(model, "read", json!([[id], [field]]))[0][field].clone();

    // A customer approves nothing, asks for nothing in another's name, attaches nothing to it.
    let service: i64 = admin.call(
        "isp.subscription",
        "create",
        json!([{"partner_id": partner_of(portal), "plan_id": provider.plan, "sector_id": own, "gps_lat": 1.0, "gps_lng": 1.0}]),
    );
    let plan: i64 = admin.call("isp.service_plan", "create", json!([{"name": "Better", "service_type": "pppoe"}]));
    let ask = json!({"subscription_id": service, "requested_plan_id": plan});
    let forged = json!({"default_state": "approved", "default_approved_by": admin.uid, "default_effective_date": "2020-01-01"});
    let asked = with(portal, "isp.plan.change.request", ask, forged.clone()).unwrap();
    assert_eq!(read("isp.plan.change.request", &asked, "state"), json!("draft"));
    assert_eq!(read("isp.plan.change.request", &asked, "approved_by"), json!(false));
    let other = json!({"default_subscription_id": customer});
    refused(with(portal, "isp.plan.change.request", json!({"requested_plan_id": plan}), other.clone()), "AccessError");
    refused(with(portal, "isp.fault.ticket", json!({"description": "x"}), other.clone()), "AccessError");
    let ticket = with(portal, "isp.fault.ticket", json!({"description": "x"}), json!({"default_state": "closed"})).unwrap();
    assert_ne!(read("isp.fault.ticket", &ticket, "state"), json!("closed"));

    // Staff of a sector makes no job, ticket or account in another one by them.
    refused(with(noc, "isp.provisioning_job", json!({"job_type": "suspend_subscription"}), other.clone()), "AccessError");
    refused(
        with(noc, "isp.fault.ticket", json!({"subscription_id": customer, "partner_id": provider.partner, "sector_id": own}), json!({})),
        "AccessError",
    );
    let router = read("isp.subscription", &json!(customer), "router_id")[0].clone();
    for context in [json!({}), json!({"default_sector_id": own})] {
        refused(with(noc, "isp.captive.user", json!({"username": "guest", "router_id": router, "sector_id": own}), context), "AccessError");
    }
    // Nor gives a service of his own to a router that he does not see.
    let moved = noc.try_call("isp.subscription", "write", json!([[service], {"router_id": router}]), json!({}));
    refused(moved, "AccessError");
    // The administrator's word on a mirror is none either.
    let guest = create(&admin, "isp.captive.user", &json!({"username": "guest", "router_id": router, "sector_id": own})).unwrap();
    assert_eq!(read("isp.captive.user", &guest, "sector_id")[0], json!(foreign));
    admin.call::<bool>("isp.captive.user", "write", json!([[guest], {"sector_id": own}]));
    assert_eq!(read("isp.captive.user", &guest, "sector_id")[0], json!(foreign));
}

/// A router, its site, and a subscription there.
fn site(provider: &Provider<'_>, code: &str) -> (Simulator, i64, i64) {
    let sim = simulator(0);
    let site = provider.site(code, &sim);
    let subscription = provider.subscriptions(&site, code, 1)[0];
    (sim, site.sector, subscription)
}

#[test]
fn staff_of_one_sector_runs_no_jobs_in_another() {
    let (_db, server, admin) = server();
    let roles = roles(&server, &admin);
    let noc = of(&roles, "noc");
    let provider = Provider::new(&admin);
    let (_near, own, _) = site(&provider, "near");
    let (_far, foreign, customer) = site(&provider, "far");
    admin.call::<bool>("res.users", "write", json!([[noc.uid], {"isp_sector_ids": [[6, 0, [own]]]}]));
    for sector in [json!(own), json!(false)] {
        let job = json!({"job_type": "suspend_subscription", "subscription_id": customer, "sector_id": sector});
        refused(create(noc, "isp.provisioning_job", &job), "AccessError");
    }
    let job = create(noc, "isp.provisioning_job", &json!({"job_type": "mikrotik_healthcheck", "sector_id": own})).unwrap();
    refused(noc.try_call("isp.provisioning_job", "write", json!([[job], {"subscription_id": customer}]), json!({})), "AccessError");
    // Who says nothing of the sector gets the right one.
    let job: i64 = admin.call("isp.provisioning_job", "create", json!([{"job_type": "suspend_subscription", "subscription_id": customer}]));
    let row = admin.call::<Vec<Value>>("isp.provisioning_job", "read", json!([[job], ["sector_id"]]))[0].clone();
    assert_eq!(row["sector_id"][0], json!(foreign), "{row}");
}

#[test]
fn addresses_that_mean_too_much_are_refused_and_others_are_kept_in_one_spelling() {
    let (db, server, admin) = server();
    let provider = Provider::new(&admin);
    let (sim, _, service) = site(&provider, "a");
    let write = |values: Value| admin.try_call("isp.subscription", "write", json!([[service], values]), json!({}));
    for address in ["0.0.0.0/0", "0.0.0.0", "10.0.0.0/8", "::/0", "127.0.0.1", "224.0.0.1", "10.0.0.5; /system reboot", "10.0.0.5,10.0.0.6"]
    {
        refused(write(json!({"service_ip": address})), "ValidationError");
    }
    for mac in ["FF:FF:FF:FF:FF:FF", "aa:bb:cc:00:11:22 x", "\"aa\""] {
        refused(write(json!({"service_mac": mac})), "ValidationError");
    }
    refused(write(json!({"pppoe_username": "a b"})), "ValidationError");
    write(json!({"service_ip": " 10.9.0.5/32 ", "service_mac": "aabb.cc00.1122"})).unwrap();
    let row = admin.call::<Vec<Value>>("isp.subscription", "read", json!([[service], ["service_ip", "service_mac"]]))[0].clone();
    assert_eq!((row["service_ip"].as_str(), row["service_mac"].as_str()), (Some("10.9.0.5"), Some("AA:BB:CC:00:11:22")));
    for host in ["*", "*.com", "a b", "0.0.0.0"] {
        refused(create(&admin, "isp.captive.walled_garden", &json!({"domain": host})), "ValidationError");
    }
    for host in ["http://10.0.0.1", "10.0.0.1:8728", "0.0.0.0", "a b"] {
        refused(create(&admin, "isp.device", &json!({"name": "D", "device_type": "olt", "mgmt_ip": host})), "ValidationError");
    }
    refused(create(&admin, "isp.captive.user", &json!({"username": "g", "profile": "*1"})), "ValidationError");
    let typed = json!([[], {"service_ip": "0.0.0.0/0"}, ["service_ip"], {"service_ip": {}}]);
    refused(admin.try_call("isp.subscription", "onchange", typed, json!({})), "ValidationError");
    // What another program wrote does not reach a router either.
    db.text(&format!("UPDATE isp_subscription SET service_ip = '0.0.0.0/0' WHERE id = {service} RETURNING 'x' AS value"));
    let job = json!([{"job_type": "suspend_subscription", "subscription_id": service}]);
    let job: i64 = admin.call("isp.provisioning_job", "create", job);
    let told = admin.try_call("isp.provisioning_job", "action_run", json!([[job]]), json!({}));
    let state = || admin.call::<Vec<Value>>("isp.provisioning_job", "read", json!([[job], ["state", "error_message"]]))[0].clone();
    assert!(told.is_err() || state()["error_message"].as_str().is_some_and(|text| text.contains("0.0.0.0/0")), "{told:?} {}", state());
    drop(sim);
    // The token that everybody knows opens nothing.
    set_parameter(&admin, "isp_core.mac_onboarding_token", "CHANGEME");
    let answer = http::request(server.address(), "GET", "/isp/mac_onboarding?token=CHANGEME&mac=aa:bb:cc:00:11:22", &[], b"").unwrap();
    assert_eq!(answer.status, 403, "{}", answer.text());
}
