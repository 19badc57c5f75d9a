//! Deleting and copying records.

use crate::access::Operation;
use crate::create::LOG_FIELDS;
use crate::declare::{Next, UnlinkFn, UnlinkHook};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::registry::{Kind, Model};
use crate::sql::{Bind, Sql};
use crate::value::{Id, Map, Value};

impl Env {
    /// Deletes records. Records that do not exist are passed over; a reference that restricts is a ValidationError.
    pub fn unlink(&mut self, model: &str, ids: &[Id]) -> Result<()> {
        let reg = self.registry();
        let found = reg.model(model)?;
        if ids.is_empty() {
            return Ok(());
        }
        self.check_access(model, Operation::Unlink)?;
        self.check_records(model, ids, Operation::Unlink)?;
        let declared = self.declared();
        let mut hooks: Vec<UnlinkFn> = declared.any.unlink.clone();
        if found.mail_thread {
            hooks.extend(&declared.thread.unlink);
        }
        if let Some(own) = declared.get(model) {
            hooks.extend(&own.unlink);
        }
        Next::<UnlinkHook> { model: found.name.clone(), hooks }.call(self, ids)
    }

    fn delete_records(&mut self, model: &Model, ids: &[Id]) -> Result<()> {
        if model.read_only {
            return Err(Error::user(format!("Records of '{}' cannot be deleted.", model.name)));
        }
        let fields: Vec<String> = model.fields.values().filter(|f| f.store).map(|f| f.name.clone()).collect();
        let names: Vec<&str> = fields.iter().map(String::as_str).collect();
        self.mark_changed(&model.name, &names, ids)?;
        self.execute(&Sql::lit("DELETE FROM ").push_ident(&model.table).push(" WHERE id = ANY(").push_bind(Bind::ids(ids)).push(")"))?;
        let on_records = |table: &'static str, column: &'static str, id: &'static str| {
            Sql::lit("DELETE FROM ")
                .push_ident(table)
                .push(" WHERE ")
                .push_ident(column)
                .push(" = ")
                .push_bind(Bind::text(&model.name))
                .push(" AND ")
                .push_ident(id)
                .push(" = ANY(")
                .push_bind(Bind::ids(ids))
                .push(")")
        };
        if !model.transient {
            self.execute(&on_records("ir_model_data", "model", "res_id"))?;
            self.execute(&on_records("ir_attachment", "res_model", "res_id"))?;
        }
        // What waits for the deleted records themselves finds no row any more.
        self.cache.invalidate();
        self.flush()?;
        self.touch_declared(model)
    }

    /// Copies records; answers the new ids in order.
    pub fn copy(&mut self, model: &str, ids: &[Id], changes: &Map) -> Result<Vec<Id>> {
        self.check_access(model, Operation::Create)?;
        self.check_access(model, Operation::Read)?;
        self.require(model, ids)?;
        self.check_records(model, ids, Operation::Read)?;
        let maps = self.copy_data(model, ids, changes, 0)?;
        self.create(model, maps)
    }

    /// Values for copies of records: copied fields, lines as commands, the given changes on top.
    pub fn copy_data(&mut self, model: &str, ids: &[Id], changes: &Map, depth: usize) -> Result<Vec<Map>> {
        let (reg, declared) = (self.registry(), self.declared());
        let found = reg.model(model)?;
        let mut maps = vec![Map::new(); ids.len()];
        for field in found.fields.values() {
            let skip = !field.copy || LOG_FIELDS.contains(&field.name.as_str()) || changes.contains_key(&field.name);
            let computed = !field.store && !field.inherited;
            if skip || computed || field.name == "parent_path" {
                continue;
            }
            self.check_field(found, field, "read")?;
            let values = self.values(model, &field.name, ids)?;
            for (map, value) in maps.iter_mut().zip(values) {
                let value = match field.kind {
                    Kind::Many2many => Value::List(vec![Value::List(vec![Value::Int(6), Value::Int(0), value])]),
                    Kind::One2many if depth < 3 => {
                        let target = reg.target(field)?;
                        let lines = self.copy_data(&target.name, &value.ids(), &Map::new(), depth + 1)?;
                        Value::List(
                            lines
                                .into_iter()
                                .map(|mut line| {
                                    if let Some(inverse) = &field.relation_field {
                                        line.shift_remove(inverse);
                                    }
                                    Value::List(vec![Value::Int(0), Value::Int(0), Value::Map(line)])
                                })
                                .collect(),
                        )
                    }
                    Kind::One2many => continue,
                    Kind::Char | Kind::Text | Kind::Html if value == Value::None => Value::Bool(false),
                    _ => value,
                };
                map.insert(field.name.clone(), value);
            }
        }
        if let Some(own) = declared.get(model) {
            for hook in &own.copy {
                hook(self, ids, &mut maps)?;
            }
        }
        for map in &mut maps {
            for (name, value) in changes {
                map.insert(name.clone(), value.clone());
            }
        }
        Ok(maps)
    }
}

impl Next<UnlinkHook> {
    /// Runs the rest of the chain, down to the DELETE.
    pub fn call(&self, env: &mut Env, ids: &[Id]) -> Result<()> {
        match self.split() {
            Some((hook, rest)) => hook(env, ids, &rest),
            None => {
                let reg = env.registry();
                env.delete_records(reg.model(&self.model)?, ids)
            }
        }
    }
}
