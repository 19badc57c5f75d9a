//! Reads who may do what: groups and what they imply, rights on models, record rules.

use diesel::pg::PgConnection;

use super::rows::{rows, texts};
use super::{AccessRow, Group, Registry, Rule, translated};
use crate::error::Result;
use crate::sql::row::Row;

pub(super) fn load_groups(conn: &mut PgConnection, reg: &mut Registry) -> Result<()> {
    let found = rows(
        conn,
        "SELECT g.id, g.name, p.name FROM res_groups g LEFT JOIN res_groups_privilege p ON p.id = g.privilege_id ORDER BY g.id",
    )?;
    for row in found {
        let Some(id) = row.int(0) else { continue };
        let label = texts(&row, 1);
        let name = translated(&label, "en_US").to_owned();
        let privilege = texts(&row, 2);
        let full_name = match translated(&privilege, "en_US") {
            "" => name,
            privilege => format!("{privilege}/{name}"),
        };
        reg.groups.insert(id, Group { id, label, full_name, implied: vec![id], xmlids: Vec::new() });
    }
    let closure = rows(
        conn,
        "WITH RECURSIVE c(gid, hid) AS (SELECT gid, hid FROM res_groups_implied_rel UNION \
         SELECT c.gid, r.hid FROM c JOIN res_groups_implied_rel r ON r.gid = c.hid) SELECT gid, hid FROM c ORDER BY gid, hid",
    )?;
    for row in closure {
        if let (Some(group), Some(implied)) = (row.int(0), row.int(1))
            && let Some(group) = reg.groups.get_mut(&group)
            && !group.implied.contains(&implied)
        {
            group.implied.push(implied);
        }
    }
    for row in rows(conn, "SELECT module || '.' || name, res_id FROM ir_model_data WHERE model = 'res.groups' ORDER BY id")? {
        if let (Some(xmlid), Some(id)) = (row.text(0), row.int(1)) {
            if let Some(group) = reg.groups.get_mut(&id) {
                group.xmlids.push(xmlid.clone());
            }
            reg.group_ids.insert(xmlid, id);
        }
    }
    Ok(())
}

fn perms(row: &Row, first: usize) -> [bool; 4] {
    [0, 1, 2, 3].map(|n| row.bool(first + n).unwrap_or(false))
}

pub(super) fn load_access(conn: &mut PgConnection, reg: &mut Registry) -> Result<()> {
    let found = rows(
        conn,
        "SELECT m.model::text, a.group_id, a.perm_read, a.perm_write, a.perm_create, a.perm_unlink \
         FROM ir_model_access a JOIN ir_model m ON m.id = a.model_id WHERE a.active ORDER BY a.id",
    )?;
    for row in found {
        if let Some(model) = row.text(0) {
            reg.access.entry(model).or_default().push(AccessRow { group: row.int(1), perms: perms(&row, 2) });
        }
    }
    Ok(())
}

pub(super) fn load_rules(conn: &mut PgConnection, reg: &mut Registry) -> Result<()> {
    let found = rows(
        conn,
        "SELECT r.id, m.model::text, r.name::text, r.domain_force, r.perm_read, r.perm_write, r.perm_create, r.perm_unlink, \
         (SELECT string_agg(g.group_id::text, ',') FROM rule_group_rel g WHERE g.rule_group_id = r.id) \
         FROM ir_rule r JOIN ir_model m ON m.id = r.model_id WHERE r.active ORDER BY r.id",
    )?;
    for row in found {
        let (Some(id), Some(model)) = (row.int(0), row.text(1)) else { continue };
        let groups = row.text(8).map(|list| list.split(',').filter_map(|g| g.parse().ok()).collect()).unwrap_or_default();
        reg.rules.entry(model).or_default().push(Rule {
            id,
            name: row.text(2).unwrap_or_default(),
            domain: row.text(3).unwrap_or_default(),
            groups,
            perms: perms(&row, 4),
        });
    }
    Ok(())
}
