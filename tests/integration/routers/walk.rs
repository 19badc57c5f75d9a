//! A walk over all pairs of changes, with the router that held the service up or down: at the end the routers hold what is wanted
//! of each service, and what others put there.

use librouteros::Row;
use librouteros::sim::Simulator;
use serde_json::{Value, json};

use super::{MENUS, act, failures, rows_of, settled, try_again, write};
use crate::support::database::TestDb;
use crate::support::provider::{Provider, Site, simulator};
use crate::support::rpc::Rpc;
use crate::support::server::TestServer;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Change {
    Router,
    Access,
    Address,
    NoAddress,
    Mac,
    NoMac,
    Plan,
    Suspend,
    Terminate,
}

use Change::*;

const CHANGES: [Change; 9] = [Router, Access, Address, NoAddress, Mac, NoMac, Plan, Suspend, Terminate];
const KINDS: [&str; 3] = ["pppoe", "dhcp", "hotspot"];

/// One service and what happens to it.
struct Walker {
    id: i64,
    number: usize,
    kind: usize,
    plan: usize,
    on_b: bool,
    steps: [Change; 2],
}

struct World<'a> {
    rpc: &'a Rpc,
    sites: [Site; 2],
    /// By kind, then two of each.
    plans: [[i64; 2]; 3],
}

impl World<'_> {
    fn apply(&self, walker: &mut Walker, change: Change) {
        let n = walker.number;
        let values = match change {
            Router => {
                walker.on_b = !walker.on_b;
                json!({"router_id": self.sites[usize::from(walker.on_b)].router})
            }
            Access => {
                walker.kind = (walker.kind + 1) % KINDS.len();
                walker.plan = 0;
                let method = if KINDS[walker.kind] == "pppoe" { "pppoe" } else { "dhcp" };
                json!({"auth_method": method, "plan_id": self.plans[walker.kind][0], "pppoe_username": format!("w{n}"), "pppoe_password": "pw"})
            }
            Plan => {
                walker.plan = 1 - walker.plan;
                json!({"plan_id": self.plans[walker.kind][walker.plan]})
            }
            Address => json!({"service_ip": format!("10.200.{}.{}", n / 250, n % 250 + 1)}),
            NoAddress => json!({"service_ip": false}),
            Mac => json!({"service_mac": mac(0xBB, n)}),
            NoMac => json!({"service_mac": false}),
            Suspend => return act(self.rpc, &[walker.id], "action_suspend"),
            Terminate => return act(self.rpc, &[walker.id], "action_terminate"),
        };
        write(self.rpc, "isp.subscription", &[walker.id], values);
    }
}

fn mac(first: u8, n: usize) -> String {
    format!("02:{first:02X}:00:00:{:02X}:{:02X}", n / 256, n % 256)
}

/// What an operator made, in every menu that we write to.
fn operator(sim: &Simulator) {
    let rows: [(&str, &[(&str, &str)]); 8] = [
        ("/ppp/profile", &[("name", "vip")]),
        ("/ppp/secret", &[("name", "boss"), ("password", "x"), ("profile", "vip"), ("comment", "by hand")]),
        ("/ip/hotspot/user", &[("name", "guest"), ("password", "x")]),
        ("/ip/dhcp-server/lease", &[("address", "10.9.9.9"), ("mac-address", "02:FF:00:00:00:01"), ("comment", "printer")]),
        ("/queue/simple", &[("name", "office"), ("target", "10.9.9.0/24"), ("max-limit", "9M/9M")]),
        ("/queue/simple", &[("name", "all"), ("target", "0.0.0.0/0"), ("max-limit", "90M/90M")]),
        ("/ip/firewall/address-list", &[("list", "isp_suspended"), ("address", "10.9.9.8"), ("comment", "by hand")]),
        ("/ip/firewall/filter", &[("chain", "input"), ("action", "accept"), ("comment", "by hand")]),
    ];
    for (menu, row) in rows {
        sim.add(menu, row).unwrap();
    }
}

/// Everything that is not ours.
fn foreign(sim: &Simulator) -> Vec<(&'static str, Row)> {
    let menus = MENUS.iter().chain(&["/ppp/profile", "/ip/firewall/filter", "/ip/firewall/nat", "/ip/pool"]);
    let ours = |row: &Row| row.get("comment").is_some_and(|comment| comment.starts_with("lastmile:")) || row.is_true("dynamic");
    menus.flat_map(|menu| sim.rows(menu).into_iter().filter(|row| !ours(row)).map(|row| (*menu, row)).collect::<Vec<_>>()).collect()
}

/// What is wrong with a service on its routers.
fn faults(walker: &Walker, record: &Value, sims: &[Simulator; 2], limits: &[[&str; 2]; 3]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut check = |fine: bool, text: &str| {
        if !fine {
            wrong.push(text.to_owned());
        }
    };
    let text = |name: &str| record[name].as_str().unwrap_or_default().to_owned();
    let (ip, mac, state, kind) = (text("service_ip"), text("service_mac"), text("state"), KINDS[walker.kind]);
    let suspended = state == "suspended";
    let home = usize::from(walker.on_b);
    check(rows_of(&sims[1 - home], walker.id).is_empty(), "the other router still holds something");
    let rows = rows_of(&sims[home], walker.id);
    let of = |menu: &str| rows.iter().filter(|(own, _)| *own == menu).map(|(_, row)| row).collect::<Vec<_>>();
    let gone = state == "terminated";
    let expected = |menu: &str| match menu {
        _ if gone => 0,
        "/ppp/secret" => usize::from(kind == "pppoe"),
        "/ip/hotspot/user" => usize::from(kind == "hotspot"),
        "/ip/dhcp-server/lease" => usize::from(kind == "dhcp" && !mac.is_empty()),
        "/queue/simple" => usize::from(!ip.is_empty()),
        _ => usize::from(suspended && !ip.is_empty()),
    };
    for menu in MENUS {
        check(of(menu).len() == expected(menu), &format!("{} rows in {menu} instead of {}", of(menu).len(), expected(menu)));
    }
    for queue in of("/queue/simple") {
        check(queue.get("target") == Some(&format!("{ip}/32")), "the queue's target");
        check(queue.get("max-limit") == Some(limits[walker.kind][walker.plan]), "the queue's limit");
    }
    for entry in of("/ip/firewall/address-list") {
        check(entry.get("address") == Some(&ip), "the entry's address");
    }
    for secret in of("/ppp/secret") {
        check(secret.is_true("disabled") == suspended, "the account's state");
        check(secret.get("remote-address").unwrap_or_default() == ip, "the account's address");
        check(secret.get("profile") == Some(&format!("pppoe-{}", walker.plan)), "the account's profile");
    }
    for user in of("/ip/hotspot/user") {
        check(user.is_true("disabled") == suspended, "the user's state");
        let bound = user.get("mac-address").filter(|seen| *seen != "00:00:00:00:00:00").unwrap_or_default();
        check(bound == mac, "the user's device");
    }
    for lease in of("/ip/dhcp-server/lease") {
        check(lease.get("mac-address") == Some(&mac), "the lease's device");
        check(lease.get("address").filter(|seen| *seen != "0.0.0.0").unwrap_or_default() == ip, "the lease's address");
        check(lease.get("address-lists").unwrap_or_default() == if suspended { "isp_suspended" } else { "" }, "the lease's list");
    }
    wrong.iter().map(|text| format!("{:?} of a {} service: {text}: {rows:?} for {record}", walker.steps, kind)).collect()
}

fn walk(down: bool) {
    let db = TestDb::new();
    let sims = [simulator(0), simulator(0)];
    sims.iter().for_each(operator);
    let server = TestServer::with_jobs(&db);
    let admin = server.admin();
    let provider = Provider::new(&admin);
    let sites = [provider.site("a", &sims[0]), provider.site("b", &sims[1])];
    // Of one sector: a service may move between its routers.
    let sector = sites[0].sector;
    let limits = [["5000000/20000000", "6000000/30000000"]; 3];
    let plans = [0, 1, 2].map(|kind| {
        [(20, 5), (30, 6)].map(|(down, up)| {
            let name = format!("{}-{}", KINDS[kind], usize::from(down == 30));
            let values =
                json!([{"name": name, "download_mbps": down, "upload_mbps": up, "service_type": KINDS[kind], "mikrotik_profile": name}]);
            admin.call("isp.service_plan", "create", values)
        })
    });
    let mut values = Vec::new();
    let mut walkers = Vec::new();
    for (kind, own) in plans.iter().enumerate() {
        for steps in CHANGES.iter().flat_map(|first| CHANGES.iter().map(|second| [*first, *second])) {
            let number = walkers.len();
            let method = if kind == 0 { "pppoe" } else { "dhcp" };
            values.push(json!({"partner_id": provider.partner, "plan_id": own[0], "sector_id": sector, "router_id": sites[0].router,
                "gps_lat": 18.5, "gps_lng": -69.9, "auth_method": method, "dhcp_mode": "dynamic", "pppoe_username": format!("w{number}"),
                "pppoe_password": "pw", "service_ip": format!("10.100.{}.{}", number / 250, number % 250 + 1), "service_mac": mac(0xAA, number)}));
            walkers.push(Walker { id: 0, number, kind, plan: 0, on_b: false, steps });
        }
    }
    let ids: Vec<i64> = admin.call("isp.subscription", "create", json!([values]));
    walkers.iter_mut().zip(&ids).for_each(|(walker, id)| walker.id = *id);
    act(&admin, &ids, "action_activate");
    settled(&admin);
    assert_eq!(failures(&admin), Vec::<String>::new());
    let before = [foreign(&sims[0]), foreign(&sims[1])];

    let world = World { rpc: &admin, sites, plans };
    sims[0].set_faults(|faults| faults.offline = down);
    for step in 0..2 {
        for walker in &mut walkers {
            let change = walker.steps[step];
            world.apply(walker, change);
        }
        if !down {
            settled(&admin);
        }
    }
    sims[0].set_faults(|faults| faults.offline = false);
    try_again(&db);
    settled(&admin);

    assert_eq!(failures(&admin), Vec::<String>::new());
    let fields = ["service_ip", "service_mac", "state"];
    let records: Vec<Value> = admin.call("isp.subscription", "read", json!([ids, fields]));
    let wrong: Vec<String> = walkers.iter().zip(&records).flat_map(|(walker, record)| faults(walker, record, &sims, &limits)).collect();
    assert!(wrong.is_empty(), "{} of {} went wrong, the first: {:#?}", wrong.len(), walkers.len(), &wrong[..wrong.len().min(6)]);
    assert_eq!([foreign(&sims[0]), foreign(&sims[1])], before, "rows of others");
    let left = db.text("SELECT count(*)::text AS value FROM lastmile_router_place p JOIN isp_subscription s ON s.id = p.subscription_id WHERE s.state = 'terminated' OR p.router_id <> s.router_id");
    assert_eq!(left, "0", "places that hold nothing");
}

#[test]
fn all_pairs_of_changes_while_routers_answer() {
    walk(false);
}

#[test]
fn all_pairs_of_changes_while_the_old_router_is_down() {
    walk(true);
}
