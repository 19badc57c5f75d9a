//! Drafts: records of onchange. They have negative ids and exist in the cache only, over a saved record or over nothing.

use crate::convert;
use crate::env::Env;
use crate::error::Result;
use crate::registry::{Field, Kind, Model};
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

    /// The saved record that a draft is over.
    pub fn origin(&self, draft: Id) -> Option<Id> {
        self.cache.origin(draft)
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
        let reg = self.registry();
        let found = reg.model(model)?;
        self.forget_computed(found, id, &values);
        for (name, value) in values {
            let Some(field) = found.fields.get(&name) else { continue };
            if field.kind.is_x2many() {
                let lines = self.draft_lines(model, field, id, &value)?;
                self.keep_draft(found, field, id, Value::from(lines));
            } else {
                self.keep_draft(found, field, id, convert::to_field(found, field, &value)?);
            }
        }
        Ok(())
    }

    /// What follows from changed values is computed anew when it is read, on the draft and on its lines.
    fn forget_computed(&mut self, model: &Model, id: Id, given: &Map) {
        let (reg, declared) = (self.registry(), self.declared());
        for field in model.fields.values().filter(|field| !given.contains_key(&field.name)) {
            if declared.compute_of(model, &field.name).is_some() || field.related.is_some() || field.name == "display_name" {
                self.cache.forget(&model.name, &field.name, &[id]);
            } else if field.kind == Kind::One2many
                && let Ok(target) = reg.target(field)
            {
                let lines = self.cache.get(&model.name, &field.name, id).map(Value::ids).unwrap_or_default();
                for line in lines.into_iter().filter(|line| *line < 0) {
                    self.forget_computed(target, line, &Map::new());
                }
            }
        }
    }

    /// Keeps a value of a draft: the same for every reader, as the client that sent it sees it.
    fn keep_draft(&mut self, model: &Model, field: &Field, id: Id, value: Value) {
        let key = self.cache_key(field);
        if key != field.name {
            self.cache.set(&model.name, &key, id, value.clone());
        }
        self.cache.set(&model.name, &field.name, id, value);
    }

    /// x2many values of a draft: commands over what is there. New and edited lines are drafts themselves.
    fn draft_lines(&mut self, model: &str, field: &Field, id: Id, value: &Value) -> Result<Vec<Id>> {
        let reg = self.registry();
        let target = reg.target(field)?;
        let items = value.as_list().unwrap_or_default();
        let mut ids = self.value(model, &field.name, id)?.ids();
        if items.iter().any(|item| item.as_id().is_some()) {
            ids.clear();
        }
        for item in items {
            let parts = match item {
                Value::List(parts) => parts,
                other => {
                    ids.extend(other.as_id().filter(|id| !ids.contains(id)));
                    continue;
                }
            };
            let (name, map) = (parts.get(1).unwrap_or(&Value::None), parts.get(2).and_then(Value::as_map));
            let at = ids.iter().position(|line| self.cache.known_as(*line) == *name);
            match (parts.first().and_then(Value::as_int), at) {
                (Some(0), _) => ids.push(self.draft_line(target, field, id, None, name, map)?),
                (Some(1), at) => {
                    let line = at.and_then(|at| ids.get(at).copied());
                    match line.filter(|line| *line < 0) {
                        Some(line) => self.edit(&target.name, line, map.cloned().unwrap_or_default())?,
                        None => {
                            let draft = self.draft_line(target, field, id, line.or(name.as_id()), name, map)?;
                            match at.and_then(|at| ids.get_mut(at)) {
                                Some(place) => *place = draft,
                                None => ids.push(draft),
                            }
                        }
                    }
                }
                (Some(2 | 3), Some(at)) => {
                    ids.remove(at);
                }
                (Some(4), None) => ids.extend(name.as_id()),
                (Some(5), _) => ids.clear(),
                (Some(6), _) => ids = parts.get(2).map(Value::ids).unwrap_or_default(),
                _ => {}
            }
        }
        Ok(ids)
    }

    /// A line of a draft: a draft that knows its parent.
    fn draft_line(&mut self, target: &Model, field: &Field, parent: Id, origin: Option<Id>, name: &Value, map: Option<&Map>) -> Result<Id> {
        let draft = self.cache.new_draft();
        match origin {
            Some(origin) => self.cache.set_origin(draft, origin),
            None => self.cache.set_ref(draft, name.clone()),
        }
        if field.kind == Kind::One2many
            && let Some(inverse) = field.relation_field.as_deref()
        {
            self.cache.set(&target.name, inverse, draft, Value::from(parent));
        }
        self.edit(&target.name, draft, map.cloned().unwrap_or_default())?;
        Ok(draft)
    }
}
