//! Records that code completes by itself: whole documents whose rows are computed together before any is written.

use std::collections::BTreeMap;

use crate::access::Operation;
use crate::convert;
use crate::declare::{CreateFn, CreateHook, Next, UnlinkFn, UnlinkHook, WriteHook};
use crate::env::Env;
use crate::error::Result;
use crate::value::{Id, Map, Value};

impl Env {
    /// Creates records as [`Env::create`] does, without the hooks that the model itself declares: their work is done.
    ///
    /// # Errors
    /// As [`Env::create`].
    pub fn create_complete(&mut self, model: &str, values: Vec<Map>) -> Result<Vec<Id>> {
        self.check_access(model, Operation::Create)?;
        if values.is_empty() {
            return Ok(Vec::new());
        }
        let (declared, reg) = (self.declared(), self.registry());
        let mut hooks: Vec<CreateFn> = declared.any.create.clone();
        if reg.model(model)?.mail_thread {
            hooks.extend(&declared.thread.create);
        }
        Next::<CreateHook> { model: model.to_owned(), hooks }.call(self, values)
    }

    /// Writes the same values to records as [`Env::write`] does, without the hooks that the model itself declares, and
    /// without asking for rights.
    ///
    /// # Errors
    /// As [`Env::write`].
    pub fn write_complete(&mut self, model: &str, ids: &[Id], values: Map) -> Result<()> {
        if ids.is_empty() || values.is_empty() {
            return Ok(());
        }
        let (declared, reg) = (self.declared(), self.registry());
        let mut hooks = declared.any.write.clone();
        if reg.model(model)?.mail_thread {
            hooks.extend(&declared.thread.write);
        }
        Next::<WriteHook> { model: model.to_owned(), hooks }.call(self, ids, values)
    }

    /// Deletes records as [`Env::unlink`] does, without the hooks that the model itself declares, and without asking for
    /// rights: for rows that code keeps by itself.
    ///
    /// # Errors
    /// ValidationError when a reference restricts.
    pub fn unlink_complete(&mut self, model: &str, ids: &[Id]) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let hooks: Vec<UnlinkFn> = self.declared().any.unlink.clone();
        Next::<UnlinkHook> { model: model.to_owned(), hooks }.call(self, ids)
    }

    /// Writes its own values to each record: one UPDATE for each set of fields that occurs. For what code computed of
    /// records that the caller may write: neither rights nor hooks nor constraints are asked. What depends on the
    /// fields is recomputed. Columns only.
    ///
    /// # Errors
    /// ValueError for unknown fields or values of the wrong kind.
    pub fn update_each(&mut self, model: &str, rows: Vec<(Id, Map)>) -> Result<()> {
        let reg = self.registry();
        let model = reg.model(model)?;
        let mut shapes: BTreeMap<Vec<String>, Vec<(Id, Vec<Value>)>> = BTreeMap::new();
        for (id, values) in rows.into_iter().filter(|(_, values)| !values.is_empty()) {
            let mut row: Vec<(String, Value)> = Vec::with_capacity(values.len());
            for (name, value) in values {
                let field = model.field(&name)?;
                let value = convert::to_field(model, field, &value)?;
                row.push((name, value));
            }
            row.sort_unstable_by(|one, other| one.0.cmp(&other.0));
            let (names, values) = row.into_iter().unzip();
            shapes.entry(names).or_default().push((id, values));
        }
        for (names, rows) in shapes {
            let ids: Vec<Id> = rows.iter().map(|(id, _)| *id).collect();
            let fields: Vec<&str> = names.iter().map(String::as_str).collect();
            // A link that moves changes what it leaves, which only the old value tells.
            self.mark_changed(&model.name, &fields, &ids)?;
            self.update_rows(model, &names, rows)?;
            for name in &fields {
                self.protect(&model.name, name, &ids);
            }
            self.changed(&model.name, &fields, &ids)?;
        }
        Ok(())
    }
}
