//! `export_data`: records as rows of cells. Each level of a path is read once for all records.

use std::collections::HashMap;

use crate::access::Operation;
use crate::answer::Answer;
use crate::call::Invocation;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::port::cells::exported;
use crate::port::{DB_ID, XID, columns_arg};
use crate::registry::{Field, Kind, Model};
use crate::value::{Id, Map, Value};

const NAME: &str = "display_name";

/// Rows of one record: the first has its own cells, the others those of its lines.
type Rows = Vec<Vec<Value>>;

pub(super) fn export_data(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let columns = columns_arg(call, "fields_to_export")?;
    let rows = env.export_rows(&call.model, &call.ids, &columns)?;
    let rows = rows.into_iter().map(Value::List).collect();
    Ok(Answer::Value(Value::Map(crate::map! { "datas" => Value::List(rows) })))
}

impl Env {
    /// Rows of records under columns that are split into steps.
    ///
    /// # Errors
    /// UserError without the right to export; ValueError on columns that are no field; what reading may answer.
    pub fn export_rows(&mut self, model: &str, ids: &[Id], columns: &[Vec<String>]) -> Result<Vec<Vec<Value>>> {
        if !self.is_su() && !["base.group_allow_export", "base.group_erp_manager"].iter().any(|g| self.has_group(g)) {
            return Err(Error::user("You don't have the rights to export data. Please contact an Administrator."));
        }
        let reg = self.registry();
        let found = reg.model(model)?;
        for path in columns {
            if let Some(name) = path.first().filter(|n| !matches!(n.as_str(), XID | DB_ID)) {
                found.field(name)?;
            }
        }
        self.check_access(model, Operation::Read)?;
        self.check_records(model, ids, Operation::Read)?;
        let paths: Vec<&[String]> = columns.iter().map(Vec::as_slice).collect();
        let mut rows = self.rows_of(found, ids, &paths)?;
        let mut out = Vec::with_capacity(ids.len());
        for id in ids {
            match rows.get_mut(id) {
                Some(own) => out.extend(own.iter().cloned()),
                None => {
                    return Err(Error::missing_record(model, *id, self.uid()));
                }
            }
        }
        Ok(out)
    }

    /// The rows of each record. A path without steps is a column of somebody else.
    fn rows_of(&mut self, model: &Model, ids: &[Id], paths: &[&[String]]) -> Result<HashMap<Id, Rows>> {
        let mut unique = ids.to_vec();
        unique.sort_unstable();
        unique.dedup();
        let read = self.cells_of(model, &unique, paths)?;
        let mut out: HashMap<Id, Rows> = read.keys().map(|id| (*id, vec![vec![Value::from(""); paths.len()]])).collect();
        let mut done: Vec<&str> = Vec::new();
        for (at, path) in paths.iter().enumerate() {
            let Some(name) = path.first().map(String::as_str) else { continue };
            if done.contains(&name) {
                continue;
            }
            let field = match name {
                XID => {
                    for (id, xid) in self.ensured_external_ids(&model.name, &read.keys().copied().collect::<Vec<_>>())? {
                        set(&mut out, id, at, Value::Str(xid));
                    }
                    continue;
                }
                DB_ID => {
                    for id in read.keys() {
                        set(&mut out, *id, at, Value::Str(id.to_string()));
                    }
                    continue;
                }
                NAME => {
                    for (id, map) in &read {
                        set(&mut out, *id, at, map.get(NAME).cloned().unwrap_or_default());
                    }
                    continue;
                }
                name => model.field(name)?,
            };
            if field.kind.is_relational() {
                done.push(name);
                self.relation(field, &read, paths, at, &mut out)?;
            } else {
                let values: Vec<(Id, Value)> = read.iter().map(|(id, map)| (*id, map.get(name).cloned().unwrap_or_default())).collect();
                let text = |(id, value): (Id, Value)| match value {
                    Value::List(_) | Value::Map(_) => (id, Value::Str(crate::value::json_text(&value))),
                    _ => (id, value),
                };
                let values = if field.kind == Kind::Json { values.into_iter().map(text).collect() } else { values };
                let values = if field.kind == Kind::Reference { self.reference_names(values)? } else { values };
                for (id, value) in values {
                    set(&mut out, id, at, exported(self, model, field, value));
                }
            }
        }
        Ok(out)
    }

    /// What is read of the records, by id. Names are read without the rules of the target, as many2one names are.
    fn cells_of(&mut self, model: &Model, ids: &[Id], paths: &[&[String]]) -> Result<HashMap<Id, Map>> {
        let mut names: Vec<String> = Vec::new();
        for name in paths.iter().filter_map(|p| p.first()) {
            if !matches!(name.as_str(), XID | DB_ID | NAME) && !names.contains(name) {
                model.field(name)?;
                names.push(name.clone());
            }
        }
        let mut out: HashMap<Id, Map> = HashMap::with_capacity(ids.len());
        if names.is_empty() {
            out.extend(self.existing(&model.name, ids)?.into_iter().map(|id| (id, Map::new())));
        } else if let Value::List(rows) = self.read(&model.name, ids, Some(&names), false)?.into_value()? {
            out.extend(
                rows.into_iter().filter_map(|row| if let Value::Map(map) = row { Some((map.get("id")?.as_id()?, map)) } else { None }),
            );
        }
        if paths.iter().any(|p| p.first().is_some_and(|n| n == NAME)) {
            let known: Vec<Id> = ids.iter().copied().filter(|id| out.contains_key(id)).collect();
            let texts = self.sudo(|env| env.names(&model.name, &known))?;
            for (id, text) in known.iter().zip(texts) {
                if let Some(map) = out.get_mut(id) {
                    map.insert(NAME.to_owned(), Value::Str(text));
                }
            }
        }
        Ok(out)
    }

    /// All columns below a relational field: on the record's row, and on further rows for further lines.
    fn relation(
        &mut self,
        field: &Field,
        read: &HashMap<Id, Map>,
        paths: &[&[String]],
        at: usize,
        out: &mut HashMap<Id, Rows>,
    ) -> Result<()> {
        let reg = self.registry();
        let target = reg.target(field)?;
        let name = [NAME.to_owned()];
        let below: Vec<&[String]> = paths
            .iter()
            .map(|path| match path.split_first() {
                Some((first, [])) if *first == field.name => name.as_slice(),
                Some((first, rest)) if *first == field.name => rest,
                _ => &[],
            })
            .collect();
        let linked: HashMap<Id, Vec<Id>> = read
            .iter()
            .map(|(id, map)| {
                let value = map.get(&field.name).cloned().unwrap_or_default();
                (*id, if field.kind.is_x2many() { value.ids() } else { value.as_id().into_iter().collect() })
            })
            .collect();
        let all: Vec<Id> = linked.values().flatten().copied().collect();
        let compatible = self.context_get("import_compat").is_none_or(Value::truthy);
        if compatible && field.kind == Kind::Many2many {
            return self.joined(target, &linked, &all, &below, at, out);
        }
        let rows = self.rows_of(target, &all, &below)?;
        for (id, targets) in linked {
            let mut lines = targets.iter().filter_map(|t| rows.get(t)).flatten().cloned();
            let Some(own) = out.get_mut(&id) else { continue };
            if let (Some(first), Some(main)) = (lines.next(), own.first_mut()) {
                for (cell, value) in main.iter_mut().zip(first) {
                    if value.truthy() || value.as_float().is_some() {
                        *cell = value;
                    }
                }
            }
            own.extend(lines);
        }
        Ok(())
    }

    /// Links of a many2many in one cell, with commas between, as `load` takes them.
    fn joined(
        &mut self,
        target: &Model,
        linked: &HashMap<Id, Vec<Id>>,
        all: &[Id],
        below: &[&[String]],
        at: usize,
        out: &mut HashMap<Id, Rows>,
    ) -> Result<()> {
        let place = |wanted: &str| below.iter().position(|path| matches!(path, [only] if only == wanted));
        let (by_xid, at) = match (place(XID), place("name").or_else(|| place(NAME))) {
            (Some(at), _) => (true, at),
            (None, found) => (false, found.unwrap_or(at)),
        };
        let mut unique = all.to_vec();
        unique.sort_unstable();
        unique.dedup();
        let texts: HashMap<Id, String> = if by_xid {
            self.ensured_external_ids(&target.name, &unique)?
        } else {
            unique.iter().copied().zip(self.sudo(|env| env.names(&target.name, &unique))?).collect()
        };
        for (id, targets) in linked {
            let list: Vec<&str> = targets.iter().filter_map(|t| texts.get(t)).map(String::as_str).collect();
            set(out, *id, at, Value::Str(list.join(",")));
        }
        Ok(())
    }

    /// `model,id` values as names.
    fn reference_names(&mut self, values: Vec<(Id, Value)>) -> Result<Vec<(Id, Value)>> {
        let parse =
            |value: &Value| value.as_str().and_then(|t| t.split_once(',')).and_then(|(m, id)| Some((m.to_owned(), id.parse::<Id>().ok()?)));
        let mut wanted: HashMap<String, Vec<Id>> = HashMap::new();
        for (model, id) in values.iter().filter_map(|(_, value)| parse(value)) {
            wanted.entry(model).or_default().push(id);
        }
        let mut names: HashMap<(String, Id), String> = HashMap::new();
        for (model, ids) in wanted {
            let texts = self.sudo(|env| env.names(&model, &ids))?;
            names.extend(ids.into_iter().zip(texts).map(|(id, text)| ((model.clone(), id), text)));
        }
        Ok(values
            .into_iter()
            .map(|(id, value)| (id, parse(&value).and_then(|key| names.get(&key).cloned()).map_or(Value::None, Value::Str)))
            .collect())
    }
}

fn set(out: &mut HashMap<Id, Rows>, id: Id, at: usize, value: Value) {
    if let Some(cell) = out.get_mut(&id).and_then(|rows| rows.first_mut()).and_then(|row| row.get_mut(at)) {
        *cell = value;
    }
}
