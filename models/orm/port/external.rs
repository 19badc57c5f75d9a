//! External ids: `module.name` for a record, kept in `ir_model_data`.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher};

use crate::env::Env;
use crate::error::Result;
use crate::sql::{Bind, Sql};
use crate::value::Id;

/// A random part for a name; names only have to differ.
fn random() -> u32 {
    let random = std::collections::hash_map::RandomState::new().build_hasher().finish();
    u32::try_from(random >> 32).unwrap_or_default()
}

/// `module.name` in two.
pub(super) fn split(xid: &str) -> (&str, &str) {
    xid.split_once('.').unwrap_or(("", xid))
}

impl Env {
    /// What external ids stand for: model and id. Records that are gone are not looked at.
    pub(crate) fn external_targets(&mut self, xids: &[String]) -> Result<HashMap<String, (String, Id)>> {
        if xids.is_empty() {
            return Ok(HashMap::new());
        }
        let (modules, names): (Vec<&str>, Vec<&str>) = xids.iter().map(|x| split(x)).unzip();
        let sql = Sql::lit("SELECT d.module || '.' || d.name, d.model::text, d.res_id FROM ir_model_data d JOIN unnest(")
            .push_bind(Bind::texts(modules))
            .push("::text[], ")
            .push_bind(Bind::texts(names))
            .push("::text[]) AS x(module, name) ON x.module = d.module AND x.name = d.name");
        Ok(self.query(sql)?.iter().filter_map(|r| Some((r.text(0)?, (r.text(1)?, r.int(2)?)))).collect())
    }

    /// Keeps external ids; those that are there already point to the new records from now on.
    pub(super) fn keep_external_ids(&mut self, rows: &[(String, String, Id)]) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let (modules, names): (Vec<&str>, Vec<&str>) = rows.iter().map(|(xid, _, _)| split(xid)).unzip();
        let ids: Vec<Id> = rows.iter().map(|(_, _, id)| *id).collect();
        let uid = Bind::Int(Some(self.uid()));
        let sql = Sql::lit("INSERT INTO ir_model_data (module, name, model, res_id, noupdate, create_uid, create_date, write_uid, write_date) SELECT x.module, x.name, x.model, x.id, FALSE, ")
            .push_bind(uid.clone())
            .push(", now() AT TIME ZONE 'UTC', ")
            .push_bind(uid)
            .push(", now() AT TIME ZONE 'UTC' FROM unnest(")
            .push_bind(Bind::texts(modules))
            .push("::text[], ")
            .push_bind(Bind::texts(names))
            .push("::text[], ")
            .push_bind(Bind::texts(rows.iter().map(|(_, model, _)| model.as_str())))
            .push("::text[], ")
            .push_bind(Bind::ids(&ids))
            .push("::int4[]) AS x(module, name, model, id) ON CONFLICT (module, name) DO UPDATE SET \
                   model = EXCLUDED.model, res_id = EXCLUDED.res_id, write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date");
        self.execute(&sql).map(|_| ())
    }

    /// An external id for each record; records without one get one of the module `__export__`.
    pub(super) fn ensured_external_ids(&mut self, model: &str, ids: &[Id]) -> Result<HashMap<Id, String>> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let sql = Sql::lit("SELECT DISTINCT ON (res_id) res_id, module || '.' || name FROM ir_model_data WHERE model = ")
            .push_bind(Bind::text(model))
            .push(" AND res_id = ANY(")
            .push_bind(Bind::ids(ids))
            .push(") ORDER BY res_id, id");
        let mut found: HashMap<Id, String> = self.query(sql)?.iter().filter_map(|r| Some((r.int(0)?, r.text(1)?))).collect();
        let reg = self.registry();
        let table = &reg.model(model)?.table;
        let mut made = Vec::new();
        for id in ids {
            if !found.contains_key(id) {
                let xid = format!("__export__.{table}_{id}_{:08x}", random());
                made.push((xid.clone(), model.to_owned(), *id));
                found.insert(*id, xid);
            }
        }
        self.keep_external_ids(&made)?;
        Ok(found)
    }
}
