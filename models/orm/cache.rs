//! Values of records within one environment.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use crate::registry::{Field, Registry};
use crate::value::{Id, Value};

/// Values of a field by record. Ids are ours: nobody can choose them so that they collide.
type Records = HashMap<Id, Value, FxBuildHasher>;

/// Canonical values by model, field and record. Negative ids are drafts: records that exist only here.
#[derive(Default, Debug)]
pub struct Cache {
    values: HashMap<String, HashMap<String, Records, FxBuildHasher>, FxBuildHasher>,
    next_draft: Id,
    /// Saved records behind drafts.
    origins: HashMap<Id, Id>,
    /// What clients call drafts that have no saved record.
    refs: HashMap<Id, Value>,
}

impl Cache {
    /// A value, when it is known.
    pub fn get(&self, model: &str, field: &str, id: Id) -> Option<&Value> {
        self.values.get(model)?.get(field)?.get(&id)
    }

    /// Keeps a value.
    pub fn set(&mut self, model: &str, field: &str, id: Id, value: Value) {
        self.slot(model, field).insert(id, value);
    }

    fn slot(&mut self, model: &str, field: &str) -> &mut Records {
        if !self.values.contains_key(model) {
            self.values.insert(model.to_owned(), HashMap::default());
        }
        let fields = self.values.entry(model.to_owned()).or_default();
        if !fields.contains_key(field) {
            fields.insert(field.to_owned(), HashMap::default());
        }
        fields.entry(field.to_owned()).or_default()
    }

    /// The records of `ids` whose value is not known.
    pub fn missing(&self, model: &str, field: &str, ids: &[Id]) -> Vec<Id> {
        match self.values.get(model).and_then(|m| m.get(field)) {
            Some(known) => ids.iter().copied().filter(|id| !known.contains_key(id)).collect(),
            None => ids.to_vec(),
        }
    }

    /// Forgets what came from the database; drafts stay.
    pub fn invalidate(&mut self) {
        for fields in self.values.values_mut() {
            for records in fields.values_mut() {
                records.retain(|id, _| *id < 0);
            }
        }
    }

    /// Forgets what follows from columns; the columns themselves, which are kept up, and drafts stay.
    pub fn forget_derived(&mut self, reg: &Registry) {
        for (model, fields) in &mut self.values {
            let known = reg.models.get(model);
            for (name, records) in fields {
                if !known.and_then(|m| m.fields.get(name)).is_some_and(Field::is_column) {
                    records.retain(|id, _| *id < 0);
                }
            }
        }
    }

    /// Forgets fields of records with who changed them when, and what follows from columns anywhere.
    pub fn forget_changed(&mut self, reg: &Registry, model: &str, fields: &[&str], ids: &[Id]) {
        fields.iter().chain(&["write_uid", "write_date"]).for_each(|field| self.forget(model, field, ids));
        self.forget_derived(reg);
    }

    /// Forgets a field of all records of a model.
    pub fn forget_field(&mut self, model: &str, field: &str) {
        if let Some(fields) = self.values.get_mut(model) {
            fields.remove(field);
        }
    }

    /// Forgets one field of the given records.
    pub fn forget(&mut self, model: &str, field: &str, ids: &[Id]) {
        if let Some(records) = self.values.get_mut(model).and_then(|m| m.get_mut(field)) {
            for id in ids {
                records.remove(id);
            }
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.values.clear();
    }

    /// Puts a draft over a saved record.
    pub fn set_origin(&mut self, draft: Id, origin: Id) {
        self.origins.insert(draft, origin);
    }

    /// The saved record behind a draft.
    pub fn origin(&self, draft: Id) -> Option<Id> {
        self.origins.get(&draft).copied()
    }

    /// Keeps what the client calls a draft.
    pub fn set_ref(&mut self, draft: Id, name: Value) {
        self.refs.insert(draft, name);
    }

    /// A record as its client knows it: by the saved record, else by the name it gave, else 0.
    pub fn known_as(&self, id: Id) -> Value {
        if id > 0 {
            return Value::from(id);
        }
        self.origin(id).map(Value::from).or_else(|| self.refs.get(&id).cloned()).unwrap_or(Value::Int(0))
    }

    /// The id of a new draft.
    pub fn new_draft(&mut self) -> Id {
        self.next_draft -= 1;
        self.next_draft
    }
}
