//! Deleting records.

use crate::access::Operation;
use crate::declare::{Next, UnlinkFn, UnlinkHook};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::registry::Model;
use crate::sql::{Bind, Sql};
use crate::value::Id;

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
