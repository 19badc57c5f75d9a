//! Defaults: the context's, `ir.default`'s, declared ones, in this order.

use std::collections::HashMap;

use crate::declare::Default;
use crate::env::Env;
use crate::error::Result;
use crate::registry::{Field, Kind, Model};
use crate::sql::{Bind, Sql};
use crate::value::{Id, Map, Value};

/// What `ir.default` says of a model's fields.
struct StoredDefaults(Vec<(String, Value)>);

impl Env {
    /// Defaults of the named fields, each with whether it is made anew for each record.
    pub(crate) fn defaults(&mut self, model: &Model, names: &[&str]) -> Result<HashMap<String, (Value, bool)>> {
        let declared = self.declared();
        let mut found = HashMap::new();
        let mut open: Vec<&str> = Vec::new();
        for name in names {
            match self.context_get(&format!("default_{name}")) {
                Some(value) => {
                    found.insert((*name).to_owned(), (value.clone(), false));
                }
                None => open.push(name),
            }
        }
        if !open.is_empty() {
            for (name, value) in self.stored_defaults(model)? {
                if open.contains(&name.as_str()) {
                    found.insert(name, (value, false));
                }
            }
        }
        for name in open {
            if found.contains_key(name) {
                continue;
            }
            match declared.field(&model.name, name).and_then(|f| f.default.clone()) {
                Some(Default::Value(value)) => {
                    found.insert(name.to_owned(), (value, false));
                }
                Some(default @ (Default::Once(make) | Default::Fn(make))) => {
                    let value = make(self)?;
                    found.insert(name.to_owned(), (value, matches!(default, Default::Fn(_))));
                }
                Some(Default::Record(xid)) => {
                    if let Some((_, id)) = self.external_targets(&[xid.to_owned()])?.remove(xid) {
                        found.insert(name.to_owned(), (Value::from(id), false));
                    }
                }
                // A new record is in use, whatever else its model says.
                None if name == "active" && model.fields.get(name).is_some_and(|f| f.kind == Kind::Boolean && f.is_column()) => {
                    found.insert(name.to_owned(), (Value::Bool(true), false));
                }
                None => {}
            }
        }
        Ok(found)
    }

    /// `ir.default` rows that apply: the user's before the company's before everyone's.
    fn stored_defaults(&mut self, model: &Model) -> Result<Vec<(String, Value)>> {
        if !self.reg.has_defaults(&model.name) {
            return Ok(Vec::new());
        }
        let asked = format!("{} {} {}", model.name, self.uid(), self.company_id());
        let found = self.known(asked, &["ir.default", "ir.model.fields"], |env| env.read_defaults(model).map(StoredDefaults))?;
        Ok(found.0.clone())
    }

    fn read_defaults(&mut self, model: &Model) -> Result<Vec<(String, Value)>> {
        let sql = Sql::lit(
            "SELECT f.name::text, d.json_value::text FROM ir_default d JOIN ir_model_fields f ON f.id = d.field_id \
             WHERE d.condition IS NULL AND f.model = ",
        )
        .push_bind(Bind::text(&model.name))
        .push(" AND (d.user_id IS NULL OR d.user_id = ")
        .push_bind(Bind::Int(Some(self.uid())))
        .push(") AND (d.company_id IS NULL OR d.company_id = ")
        .push_bind(Bind::Int(Some(self.company_id())))
        .push(") ORDER BY d.user_id, d.company_id, d.id");
        let mut found: Vec<(String, Value)> = Vec::new();
        for row in self.query(sql)? {
            let (Some(name), Some(text)) = (row.text(0), row.text(1)) else { continue };
            if let Ok(json) = serde_json::from_str::<serde_json::Value>(&text)
                && !found.iter().any(|(n, _)| *n == name)
            {
                found.push((name, Value::from(&json)));
            }
        }
        Ok(found)
    }

    /// Whether something else than `ir.default` says what a field of a new record is.
    pub(crate) fn has_own_default(&self, model: &Model, field: &Field) -> bool {
        self.context_get(&format!("default_{}", field.name)).is_some()
            || self.db.declared().field(&model.name, &field.name).is_some_and(|f| f.default.is_some())
    }

    /// What fields kept by company are where the current company keeps nothing.
    pub(crate) fn company_fallbacks(&mut self, model: &Model, fields: &[&Field]) -> Result<HashMap<String, Value>> {
        let mut found = HashMap::new();
        if !fields.iter().any(|field| field.company_dependent) {
            return Ok(found);
        }
        let stored = self.stored_defaults(model)?;
        for field in fields.iter().filter(|field| field.company_dependent) {
            let value = stored.iter().find(|(name, _)| *name == field.name).map_or(Value::None, |(_, value)| value.clone());
            found.insert(field.name.clone(), crate::convert::to_field(model, field, &value)?);
        }
        Ok(found)
    }

    /// Fills in what is not given from the defaults, for hooks that must see what will be kept: contexts and `ir.default`
    /// rows are the caller's to write.
    pub fn fill_defaults(&mut self, model: &str, names: &[&str], values: &mut [Map]) -> Result<()> {
        if values.iter().all(|map| names.iter().all(|name| map.contains_key(name))) {
            return Ok(());
        }
        let reg = self.registry();
        let found = self.defaults(reg.model(model)?, names)?;
        for map in values {
            for (name, (value, _)) in &found {
                map.get_or_insert_with(name, || value.clone());
            }
        }
        Ok(())
    }

    /// `default_get`: defaults as clients read them.
    pub fn default_get(&mut self, model: &str, names: &[&str]) -> Result<Map> {
        let reg = self.registry();
        let found = reg.model(model)?;
        let mut visible = Vec::new();
        for name in names {
            if let Some(field) = found.fields.get(*name)
                && self.may_use_field(field)
            {
                visible.push(*name);
            }
        }
        let mut defaults = self.defaults(found, &visible)?;
        // What comes from a parent's record has the defaults of that.
        for (link, parent) in &found.inherits {
            let of_parent = |name: &&str| {
                let field = found.fields.get(*name);
                !defaults.contains_key(*name)
                    && field.is_some_and(|f| f.inherited && f.related.as_ref().and_then(|p| p.first()) == Some(link))
            };
            let open: Vec<&str> = visible.iter().copied().filter(of_parent).collect();
            if !open.is_empty() {
                defaults.extend(self.defaults(reg.model(parent)?, &open)?);
            }
        }
        let mut out = Map::new();
        for name in visible {
            if let Some((value, _)) = defaults.remove(name) {
                let field = found.field(name)?;
                let value = if field.kind.is_x2many() {
                    links_and_lines(value)
                } else {
                    crate::convert::to_read(field, crate::convert::to_field(found, field, &value)?)
                };
                out.insert(name.to_owned(), value);
            }
        }
        Ok(out)
    }
}

/// A default of lines or links as clients get it: what is there already in one command, then a command for each new line.
fn links_and_lines(value: Value) -> Value {
    let Some(items) = value.as_list() else { return value };
    let (mut links, mut lines): (Vec<Id>, Vec<Value>) = (Vec::new(), Vec::new());
    for item in items {
        match item.as_list() {
            Some([Value::Int(0), ..]) => lines.push(item.clone()),
            Some([Value::Int(6), _, ids]) => links = ids.ids(),
            Some([Value::Int(5), ..]) => links.clear(),
            Some([Value::Int(4), id, ..]) => links.extend(id.as_id()),
            Some(_) => {}
            None => links.extend(item.as_id()),
        }
    }
    let mut commands = vec![Value::List(vec![Value::Int(6), Value::Int(0), Value::from(links)])];
    commands.append(&mut lines);
    Value::List(commands)
}
