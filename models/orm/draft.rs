//! Drafts: records of onchange. They have negative ids and exist in the cache only, over a saved record or over nothing.

use crate::convert;
use crate::env::Env;
use crate::error::Result;
use crate::registry::{Field, Model};
use crate::value::{Id, Map, Value};

impl Env {
    /// A draft over a saved record (or over nothing) with values as a client sends them.
    pub fn draft(&mut self, model: &Model, origin: Option<Id>, values: &Map) -> Result<Id> {
        let draft = self.cache.new_draft();
        if let Some(origin) = origin {
            self.cache.set_origin(draft, origin);
        }
        self.edit(&model.name, draft, values.clone())?;
        Ok(draft)
    }

    /// Sets a field of a record, as `record.field = value` does in an onchange.
    pub fn assign(&mut self, model: &str, field: &str, id: Id, value: impl Into<Value>) -> Result<()> {
        self.edit(model, id, Map::from_iter([(field.to_owned(), value.into())]))
    }

    /// Gives a record values: a draft in the cache, a saved one in the database.
    pub fn edit(&mut self, model: &str, id: Id, values: Map) -> Result<()> {
        if id > 0 {
            return self.write(model, &[id], values);
        }
        let (reg, declared) = (self.registry(), self.declared());
        let found = reg.model(model)?;
        // What follows from the changed values is computed anew when it is read.
        for field in found.fields.values() {
            let computed = declared.get(model).is_some_and(|d| d.compute_of(&field.name).is_some());
            if (computed || field.related.is_some()) && !values.contains_key(&field.name) {
                self.cache.forget(model, &field.name, &[id]);
            }
        }
        for (name, value) in values {
            let Some(field) = found.fields.get(&name) else { continue };
            let canonical =
                if field.kind.is_x2many() { self.draft_lines(model, field, id, &value)? } else { convert::to_field(found, field, &value)? };
            self.cache.set(model, &name, id, canonical);
        }
        Ok(())
    }

    /// x2many values of a draft: commands over what is there; new lines have no id yet and are left out.
    fn draft_lines(&mut self, model: &str, field: &Field, id: Id, value: &Value) -> Result<Value> {
        let mut ids = self.value(model, &field.name, id)?.ids();
        for item in value.as_list().unwrap_or_default() {
            match item {
                Value::Int(_) => ids.extend(item.as_id().filter(|i| !ids.contains(i))),
                Value::List(parts) => {
                    let target = parts.get(1).and_then(Value::as_id);
                    match (parts.first().and_then(Value::as_int), target) {
                        (Some(2 | 3), Some(gone)) => ids.retain(|i| *i != gone),
                        (Some(4), Some(new)) if !ids.contains(&new) => ids.push(new),
                        (Some(5), _) => ids.clear(),
                        (Some(6), _) => ids = parts.get(2).map(Value::ids).unwrap_or_default(),
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        Ok(Value::from(ids))
    }
}
