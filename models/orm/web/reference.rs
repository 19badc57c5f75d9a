//! References to records of any model, as a specification asks for them.

use std::collections::HashMap;

use crate::env::Env;
use crate::error::{Error, Result};
use crate::registry::{Field, Kind, Model};
use crate::value::{Id, Map, Value};

impl Env {
    /// References as their records' fields; those to records that are gone read empty.
    pub(super) fn expand_reference(&mut self, model: &Model, field: &Field, wanted: &Map, maps: &mut [Map]) -> Result<()> {
        let named = model.reference_model_field(field).map(str::to_owned);
        let targets = self.reference_targets(model, field, named.as_deref(), maps)?;
        let mut by_model: HashMap<&str, Vec<Id>> = HashMap::new();
        for (target, id) in targets.iter().flatten() {
            by_model.entry(target).or_default().push(*id);
        }
        let mut rows: HashMap<(String, Id), Map> = HashMap::new();
        for (target, ids) in by_model {
            for row in self.reference_rows(target, &ids, wanted)? {
                if let Some(id) = row.get("id").and_then(Value::as_id) {
                    rows.insert((target.to_owned(), id), row);
                }
            }
        }
        for (map, target) in maps.iter_mut().zip(&targets) {
            let Some(target) = target else { continue };
            match rows.get(target) {
                Some(row) if wanted.contains_key("fields") => {
                    let mut row = row.clone();
                    if field.kind == Kind::Reference {
                        let own = crate::map! { "id" => target.1, "model" => target.0.as_str() };
                        row.insert("id".into(), Value::Map(own));
                    }
                    map.insert(field.name.clone(), Value::Map(row));
                }
                Some(_) => {}
                None => {
                    map.insert(field.name.clone(), Value::Bool(false));
                    if let Some(name) = named.as_ref().filter(|name| map.contains_key(name)) {
                        map.insert(name.clone(), Value::Bool(false));
                    }
                }
            }
        }
        Ok(())
    }

    /// Model and id that each row refers to.
    fn reference_targets(&mut self, model: &Model, field: &Field, named: Option<&str>, maps: &[Map]) -> Result<Vec<Option<(String, Id)>>> {
        if field.kind == Kind::Reference {
            let read = |map: &Map| {
                let (target, id) = map.get(&field.name)?.as_str()?.split_once(',')?;
                Some((target.to_owned(), id.parse().ok()?))
            };
            return Ok(maps.iter().map(read).collect());
        }
        let ids: Vec<Id> = maps.iter().map(|map| map.get("id").and_then(Value::as_id).unwrap_or(0)).collect();
        let models = match named {
            Some(name) => self.values(&model.name, name, &ids)?,
            None => vec![Value::None; ids.len()],
        };
        let read = |(map, target): (&Map, Value)| Some((target.as_str()?.to_owned(), map.get(&field.name)?.as_id()?));
        Ok(maps.iter().zip(models).map(read).collect())
    }

    /// The rows of one model; a reader who may not see them learns only that.
    fn reference_rows(&mut self, target: &str, ids: &[Id], wanted: &Map) -> Result<Vec<Map>> {
        if !self.registry().models.contains_key(target) {
            return Ok(Vec::new());
        }
        let fields = wanted.get("fields").and_then(Value::as_map).cloned().unwrap_or_default();
        if fields.keys().all(|name| name == "id") {
            let found = self.existing(target, ids)?;
            return Ok(found.into_iter().map(|id| crate::map! { "id" => id }).collect());
        }
        let context = wanted.get("context").and_then(Value::as_map).cloned().unwrap_or_default();
        match self.with_context(context, |env| env.web_read(target, ids, &fields)) {
            Ok(rows) => Ok(rows.iter().filter_map(Value::as_map).cloned().collect()),
            Err(Error::Access(_)) => {
                let hidden = |id: &Id| crate::map! { "id" => *id, "display_name" => "You don't have access to this record" };
                Ok(ids.iter().map(hidden).collect())
            }
            Err(other) => Err(other),
        }
    }
}
