//! A record on its page: as it is kept, and as it is being edited.

use std::collections::{BTreeMap, BTreeSet};

use lastmile_orm::value::{Id, Map, Value};

use super::shape::Field;

/// Where a line says which of its fields were edited.
const EDITED: &str = "__edited";

/// A record in the making.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub id: Option<Id>,
    /// As it is kept, or as a new one begins.
    pub base: Map,
    /// As it is shown.
    pub values: Map,
    /// Fields that differ, by people or by what follows from them.
    pub changed: BTreeSet<String>,
    /// What is wrong with what was typed, by input.
    pub problems: BTreeMap<String, String>,
    /// Lines that were taken out.
    pub removed: BTreeMap<String, BTreeSet<Id>>,
}

/// The rows of a list of lines.
pub fn rows(value: Option<&Value>) -> Vec<Map> {
    value.and_then(Value::as_list).unwrap_or_default().iter().filter_map(Value::as_map).cloned().collect()
}

/// What a line is called in forms: its id, or the name that it got before it had one.
pub fn key(row: &Map) -> String {
    row.get("id").map(Value::py_str).unwrap_or_default()
}

/// The fields of a line that were edited.
pub fn edited(row: &Map) -> BTreeSet<String> {
    row.get(EDITED).and_then(Value::as_list).unwrap_or_default().iter().map(Value::py_str).collect()
}

/// Sets a field of a line.
pub fn edit(row: &mut Map, name: &str, value: Value) {
    let mut names = edited(row);
    names.insert(name.to_owned());
    row.insert(EDITED.into(), Value::List(names.into_iter().map(Value::Str).collect()));
    row.insert(name.to_owned(), value);
}

/// A value as it is written: links as ids.
fn written(field: &Field, value: &Value) -> Value {
    match (field.kind.as_str(), value) {
        ("many2one", Value::Map(map)) => map.get("id").filter(|id| id.truthy()).cloned().unwrap_or(Value::Bool(false)),
        ("many2many", value) => {
            let ids = rows(Some(value)).iter().filter_map(|row| row.get("id")).filter(|id| id.as_id().is_some()).cloned().collect();
            Value::List(vec![command(6, Value::Int(0), Value::List(ids))])
        }
        ("reference", Value::Map(map)) => match map.get("id") {
            Some(Value::Map(at)) => Value::Str(format!("{},{}", at["model"].py_str(), at["id"].py_str())),
            _ => Value::Bool(false),
        },
        (_, Value::None) => Value::Bool(false),
        (_, other) => other.clone(),
    }
}

fn command(number: i64, id: Value, last: Value) -> Value {
    Value::List(vec![Value::Int(number), id, last])
}

impl Draft {
    /// Sets a field.
    pub fn set(&mut self, name: &str, value: Value) {
        self.values.insert(name.to_owned(), value);
        self.changed.insert(name.to_owned());
    }

    /// What the changed fields are written as. Read-only ones are left to the product.
    pub fn to_write(&self, fields: &BTreeMap<String, BTreeMap<String, Field>>, model: &str, keep: &dyn Fn(&Field) -> bool) -> Map {
        let own = fields.get(model);
        let mut out = Map::new();
        for name in &self.changed {
            let Some(field) = own.and_then(|own| own.get(name)).filter(|field| keep(field)) else { continue };
            let value = self.values.get(name).cloned().unwrap_or_default();
            if field.is_lines() {
                let commands = self.commands(fields, field);
                if !commands.is_empty() {
                    out.insert(name.clone(), Value::List(commands));
                }
            } else {
                out.insert(name.clone(), written(field, &value));
            }
        }
        out
    }

    /// Commands that bring the kept lines to the shown ones.
    fn commands(&self, fields: &BTreeMap<String, BTreeMap<String, Field>>, field: &Field) -> Vec<Value> {
        let shown = rows(self.values.get(&field.name));
        let tags = field.kind == "many2many";
        if tags {
            let ids: Vec<Value> = shown.iter().filter_map(|row| row.get("id")).filter(|id| id.as_id().is_some()).cloned().collect();
            return vec![command(6, Value::Int(0), Value::List(ids))];
        }
        let empty = BTreeMap::new();
        let target = fields.get(&field.relation).unwrap_or(&empty);
        let removed = self.removed.get(&field.name).into_iter().flatten();
        let mut out: Vec<Value> = removed.map(|id| command(2, Value::from(*id), Value::Bool(false))).collect();
        for row in &shown {
            let names = edited(row);
            let mut values = Map::new();
            for name in &names {
                if let Some(own) = target.get(name).filter(|f| f.kind != "one2many" && *name != field.relation_field) {
                    values.insert(name.clone(), written(own, row.get(name).unwrap_or(&Value::None)));
                }
            }
            match row.get("id") {
                Some(id) if id.as_id().is_some() && values.is_empty() => {}
                Some(id) if id.as_id().is_some() => out.push(command(1, id.clone(), Value::Map(values))),
                Some(name) => out.push(command(0, name.clone(), Value::Map(values))),
                None => {}
            }
        }
        out
    }

    /// Takes over what follows from an edit: the `value` that `onchange` answers.
    pub fn follow(&mut self, fields: &BTreeMap<String, Field>, value: &Map) {
        for (name, value) in value {
            match fields.get(name) {
                Some(field) if field.is_lines() => self.follow_lines(field, value),
                Some(_) => self.set(name, value.clone()),
                None => {}
            }
        }
    }

    fn follow_lines(&mut self, field: &Field, commands: &Value) {
        let mut lines = rows(self.values.get(&field.name));
        for command in commands.as_list().unwrap_or_default() {
            let Some(parts) = command.as_list() else { continue };
            let (number, id) = (parts.first().and_then(Value::as_int), parts.get(1).cloned().unwrap_or_default());
            let values = parts.get(2).and_then(Value::as_map).cloned().unwrap_or_default();
            let at = lines.iter().position(|row| row.get("id") == Some(&id));
            match (number, at.and_then(|at| lines.get_mut(at))) {
                (Some(0 | 1), Some(row)) => values.into_iter().for_each(|(name, value)| edit(row, &name, value)),
                (Some(0), None) => {
                    let mut row = Map::from([("id".to_owned(), id)]);
                    values.into_iter().for_each(|(name, value)| edit(&mut row, &name, value));
                    lines.push(row);
                }
                (Some(2 | 3), Some(_)) => {
                    if let Some(id) = id.as_id() {
                        self.removed.entry(field.name.clone()).or_default().insert(id);
                    }
                    lines.retain(|row| row.get("id") != Some(&id));
                }
                (Some(4), None) => {
                    let mut row = values;
                    row.insert("id".into(), id);
                    lines.push(row);
                }
                (Some(5), _) => {
                    let known = lines.iter().filter_map(|row| row.get("id").and_then(Value::as_id));
                    self.removed.entry(field.name.clone()).or_default().extend(known);
                    lines.clear();
                }
                _ => {}
            }
        }
        self.set(&field.name, Value::List(lines.into_iter().map(Value::Map).collect()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields() -> BTreeMap<String, BTreeMap<String, Field>> {
        let field = |name: &str, kind: &str| Field {
            name: name.into(),
            kind: kind.into(),
            relation: "line".into(),
            relation_field: "order_id".into(),
            ..Field::default()
        };
        let of = |list: &[Field]| list.iter().map(|f| (f.name.clone(), f.clone())).collect();
        BTreeMap::from([
            (
                "order".to_owned(),
                of(&[field("line_ids", "one2many"), field("tag_ids", "many2many"), field("partner_id", "many2one"), field("name", "char")]),
            ),
            ("line".to_owned(), of(&[field("qty", "float"), field("product_id", "many2one")])),
        ])
    }

    fn value(text: &str) -> Value {
        Value::from(&serde_json::from_str::<serde_json::Value>(text).unwrap())
    }

    #[test]
    fn edits_become_commands() {
        let all = fields();
        let lines = value(r#"[{"id": 1, "qty": 2}, {"id": 2, "qty": 3}]"#);
        let mut draft = Draft { values: Map::from([("line_ids".to_owned(), lines)]), ..Draft::default() };
        let own = &all["order"];
        let answer = value(
            r#"{"line_ids": [[1, 1, {"product_id": {"id": 7, "display_name": "Seven"}}], [2, 2, false], [0, "virtual_1", {"qty": 5}], [4, 9, {"qty": 1}]], "partner_id": {"id": 4, "display_name": "Four"}}"#,
        );
        draft.follow(own, answer.as_map().unwrap());
        draft.set("tag_ids", value(r#"[{"id": 3, "display_name": "x"}]"#));
        let written = draft.to_write(&all, "order", &|_| true);
        assert_eq!(written["partner_id"], Value::Int(4));
        assert_eq!(written["tag_ids"], value("[[6, 0, [3]]]"));
        assert_eq!(written["line_ids"], value(r#"[[2, 2, false], [1, 1, {"product_id": 7}], [0, "virtual_1", {"qty": 5}]]"#));
        let kept = draft.to_write(&all, "order", &|field| field.name != "line_ids");
        assert!(!kept.contains_key("line_ids"));
    }
}
