//! Who may not read a record learns nothing of it, by whatever way he asks.

mod isp;
mod paths;
mod walk;

use serde_json::{Value, json};

use crate::support::database::TestDb;
use crate::support::rpc::Rpc;
use crate::support::server::TestServer;

/// What stands in fields that somebody must not see.
pub const MARK: &str = "hidden-marker-7f3a";

/// A user of each role.
pub struct Role {
    pub name: &'static str,
    pub rpc: Rpc,
}

/// Roles by their groups.
const ROLES: [(&str, &[&str]); 8] = [
    ("portal", &["base.group_portal", "isp_portal.group_isp_portal_customer"]),
    ("internal", &["base.group_user"]),
    ("noc", &["base.group_user", "isp_core.group_isp_noc"]),
    ("support", &["base.group_user", "isp_core.group_isp_support"]),
    ("billing", &["base.group_user", "isp_core.group_isp_billing"]),
    ("field", &["base.group_user", "isp_core.group_isp_field_tech"]),
    ("noc near", &["base.group_user", "isp_core.group_isp_noc"]),
    ("support near", &["base.group_user", "isp_core.group_isp_support"]),
];

/// Makes the users and logs them in; the last two work in a sector of their own.
pub fn roles(server: &TestServer, admin: &Rpc) -> Vec<Role> {
    let near: i64 = admin.call("isp.sector", "create", json!([{"name": "Near", "code": "NEAR"}]));
    let make = |(name, groups): (&'static str, &'static [&'static str])| {
        let groups: Vec<i64> = groups.iter().map(|group| admin.reference(group)).collect();
        let password = format!("{name}-Passw0rd");
        let sectors = if name.ends_with("near") { vec![near] } else { Vec::new() };
        let values = json!({"name": format!("Role {name}"), "login": name, "password": password, "group_ids": [[6, 0, groups]],
                            "isp_sector_ids": [[6, 0, sectors]]});
        admin.call::<i64>("res.users", "create", json!([values]));
        Role { name, rpc: Rpc::login(server, name, &password) }
    };
    ROLES.into_iter().map(make).collect()
}

/// A server whose administrator has all rights of the ISP suite.
pub fn server() -> (TestDb, TestServer, Rpc) {
    let db = TestDb::new();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let groups: Vec<Value> =
        ["isp_core.group_isp_admin", "base.group_system"].iter().map(|group| json!([4, admin.reference(group)])).collect();
    admin.call::<bool>("res.users", "write", json!([[admin.uid], {"group_ids": groups}]));
    (db, server, admin)
}
