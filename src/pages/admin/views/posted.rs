//! What a form sends, put over the record.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use chrono::{NaiveDate, NaiveDateTime};
use lastmile_orm::map;
use lastmile_orm::value::{DATETIME, Id, Map, Value};
use lastmile_rpc::http::upload::Parts;

use super::arch::Node;
use super::draft::{Draft, edit, edited, key, rows};
use super::shape::{Field, Shape};
use super::spec::{as_tags, list_of};
use crate::pages::admin::desk::{Desk, Done};
use crate::pages::admin::params::read_json;
use crate::pages::admin::widgets::{format, number};

/// Fields of a record with their places in the view.
pub type Places<'a> = Vec<(&'a Field, &'a Node)>;

/// The fields that a node shows of a model, each once.
pub fn places<'a>(fields: &'a BTreeMap<String, Field>, root: &'a Node) -> Places<'a> {
    let (mut nodes, mut seen) = (Vec::new(), BTreeSet::new());
    root.fields(&mut nodes);
    nodes
        .into_iter()
        .filter_map(|node| fields.get(node.name()).map(|field| (field, node)))
        .filter(|(field, _)| seen.insert(field.name.clone()))
        .collect()
}

/// Reads forms.
pub struct Posted<'a> {
    pub desk: &'a Desk<'a>,
    pub shape: &'a Shape,
    pub parts: &'a Parts,
}

fn parse_json(text: &str) -> Option<Map> {
    if let Value::Map(map) = read_json(text)? { Some(map) } else { None }
}

/// A value as text that a form would send for it, to tell whether it was edited.
fn same(field: &Field, old: &Value, new: &Value) -> bool {
    match field.kind.as_str() {
        "integer" | "float" | "monetary" => {
            let decimals = field.digits.unwrap_or(6);
            let round = |value: &Value| lastmile_orm::money::round_digits(value.as_decimal().unwrap_or_default(), decimals);
            round(old) == round(new)
        }
        "many2one" => {
            let id = |value: &Value| value.as_map().and_then(|map| map.get("id")).cloned().unwrap_or(Value::Bool(false));
            id(old) == id(new)
        }
        "many2many" | "one2many" => {
            let ids = |value: &Value| rows(Some(value)).iter().map(key).collect::<Vec<_>>();
            ids(old) == ids(new)
        }
        "boolean" => old.truthy() == new.truthy(),
        "date" => format::read_date(old) == format::read_date(new),
        "datetime" => format::read_moment(old) == format::read_moment(new),
        _ => {
            let text = |value: &Value| if value.is_empty_mark() { String::new() } else { value.py_str().replace("\r\n", "\n") };
            text(old) == text(new)
        }
    }
}

impl Posted<'_> {
    /// Puts the form over the draft.
    pub fn take(&self, draft: &mut Draft, fields: &BTreeMap<String, Field>, root: &Node) -> Done<()> {
        let touched = self.parts.get("__touched").map(|names| names.split(' ').map(str::to_owned).collect::<BTreeSet<_>>());
        if let Some(extra) = self.parts.get("e.").and_then(parse_json) {
            extra.into_iter().filter(|(name, _)| fields.contains_key(name)).for_each(|(name, value)| draft.set(&name, value));
        }
        for (field, node) in places(fields, root) {
            let input = format!("f.{}", field.name);
            if field.is_lines() && !as_tags(field, node) {
                self.lines(draft, field, node)?;
                continue;
            }
            let old = draft.values.get(&field.name).cloned().unwrap_or_default();
            let new = match self.value(field, node, &input, &old)? {
                None => continue,
                Some(Ok(value)) => value,
                Some(Err(problem)) => {
                    draft.problems.insert(input, problem);
                    draft.changed.insert(field.name.clone());
                    continue;
                }
            };
            let meant = touched.as_ref().is_none_or(|names| names.contains(&field.name));
            if meant && !same(field, &old, &new) {
                draft.set(&field.name, new);
            } else if meant && touched.is_some() && !same(field, draft.base.get(&field.name).unwrap_or(&Value::None), &new) {
                draft.changed.insert(field.name.clone());
            }
        }
        Ok(())
    }

    fn lines(&self, draft: &mut Draft, field: &Field, node: &Node) -> Done<()> {
        let name = &field.name;
        let keys_name = format!("l.{name}");
        let gone: BTreeSet<Id> = self.parts.all(&format!("x.{name}")).filter_map(|id| id.parse().ok()).collect();
        let mut lines = rows(draft.values.get(name));
        let mut dirty = !gone.is_empty();
        lines.retain(|row| row.get("id").and_then(Value::as_id).is_none_or(|id| !gone.contains(&id)));
        draft.removed.entry(name.clone()).or_default().extend(gone);
        let empty = Node::default();
        let target = self.shape.of(&field.relation);
        let columns = places(&target, list_of(node).unwrap_or(&empty));
        for line in self.parts.all(&keys_name).map(str::to_owned).collect::<Vec<_>>() {
            let id = line.parse::<Id>().map_or_else(|_| Value::Str(line.chars().take(60).collect()), Value::from);
            let at = match lines.iter().position(|row| row.get("id") == Some(&id)) {
                Some(at) => at,
                // Lines of others are not edited from here.
                None if id.as_id().is_some() => continue,
                None => {
                    lines.push(Map::from([("id".to_owned(), id)]));
                    lines.len() - 1
                }
            };
            let Some(row) = lines.get_mut(at) else { continue };
            if let Some(extra) = self.parts.get(&format!("e.{name}/{line}")).and_then(parse_json) {
                extra.into_iter().filter(|(name, _)| target.contains_key(name)).for_each(|(name, value)| edit(row, &name, value));
            }
            let fresh = row.get("id").and_then(Value::as_id).is_none();
            for (own, node) in &columns {
                let input = format!("f.{name}/{line}/{}", own.name);
                let old = row.get(&own.name).cloned().unwrap_or_default();
                match self.value(own, node, &input, &old)? {
                    // What a new line leaves empty is left to the product.
                    Some(Ok(value)) if !same(own, &old, &value) => edit(row, &own.name, value),
                    Some(Err(problem)) => {
                        draft.problems.insert(input, problem);
                    }
                    _ => {}
                }
            }
            dirty |= fresh || !edited(row).is_empty();
        }
        if dirty {
            draft.set(name, Value::List(lines.into_iter().map(Value::Map).collect()));
        }
        Ok(())
    }

    /// What an input holds. `None`: the form has no such input.
    fn value(&self, field: &Field, node: &Node, input: &str, old: &Value) -> Done<Option<Result<Value, String>>> {
        let words = &self.desk.words;
        if field.is_lines() {
            return self.tags(field, input, old);
        }
        if field.kind == "binary" {
            let file = self.parts.files(input).into_iter().next();
            return Ok(file.map(|(_, bytes)| Ok(Value::Str(base64::engine::general_purpose::STANDARD.encode(&bytes)))));
        }
        // The last one counts: a box that is ticked stands behind the field that says it is there.
        let Some(text) = self.parts.all(input).last() else { return Ok(None) };
        if field.kind == "many2one" {
            return self.link(field, input, text, old).map(Some);
        }
        let empty = text.trim().is_empty();
        let hours = node.attr("widget") == "float_time";
        let no_number = || Err(words.with("no_number", &[text]));
        let no_date = || Err(words.with("no_date", &[text]));
        Ok(Some(match field.kind.as_str() {
            "boolean" => Ok(Value::Bool(text == "1")),
            "integer" | "many2one_reference" if empty => Ok(Value::Int(0)),
            "integer" | "many2one_reference" => match format::read_number(&self.desk.manner, text)
                .and_then(|n| n.is_integer().then(|| n.normalize().to_string().parse::<i64>().ok()).flatten())
            {
                Some(number) => Ok(Value::Int(number)),
                None => no_number(),
            },
            "float" | "monetary" if empty => Ok(Value::Int(0)),
            "float" | "monetary" => {
                let read = if hours { number::read_hours(&self.desk.manner, text) } else { format::read_number(&self.desk.manner, text) };
                read.map(Value::Decimal).map_or_else(no_number, Ok)
            }
            _ if empty => Ok(Value::Bool(false)),
            "date" => NaiveDate::parse_from_str(text, "%Y-%m-%d").map_or_else(|_| no_date(), |day| Ok(Value::Str(day.to_string()))),
            "datetime" => self.moment(text).map_or_else(no_date, Ok),
            _ => Ok(Value::Str(text.replace("\r\n", "\n"))),
        }))
    }

    /// A moment where the user is.
    fn moment(&self, text: &str) -> Option<Value> {
        let local = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"].iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())?;
        Some(Value::Str(self.desk.utc(local)?.format(DATETIME).to_string()))
    }

    /// A link: the id that was chosen, else what the text names.
    fn link(&self, field: &Field, input: &str, id: &str, old: &Value) -> Done<Result<Value, String>> {
        let text = self.parts.get(&format!("n{}", input.strip_prefix('f').unwrap_or_default())).map(str::trim);
        let known = old.as_map().cloned().unwrap_or_default();
        let old_name = known.get("display_name").map(Value::py_str).unwrap_or_default();
        let old_id = known.get("id").map(Value::py_str).unwrap_or_default();
        let named = |id: Id, name: &str| Value::Map(map! { "id" => id, "display_name" => name });
        match (id.parse::<Id>(), text) {
            (_, Some("")) => Ok(Ok(Value::Bool(false))),
            (Ok(id), Some(text)) if id.to_string() != old_id || text == old_name => Ok(Ok(named(id, text))),
            (Ok(id), None) => Ok(Ok(named(id, &old_name))),
            (Err(_), None) => Ok(Ok(Value::Bool(false))),
            (_, Some(text)) => {
                let found = find(self.desk, &field.relation, text, &Value::List(Vec::new()), 8)?;
                let lower = text.to_lowercase();
                let best = found.iter().find(|(_, name)| name.to_lowercase() == lower).or_else(|| found.first());
                Ok(match best {
                    Some((id, name)) => Ok(named(*id, name)),
                    None => Err(self.desk.words.with("no_such_record", &[text])),
                })
            }
        }
    }

    fn tags(&self, field: &Field, input: &str, old: &Value) -> Done<Option<Result<Value, String>>> {
        let short = input.strip_prefix('f').unwrap_or_default();
        if self.parts.get(&format!("m{short}")).is_none() {
            return Ok(None);
        }
        let mut ids: Vec<Id> = self.parts.all(input).filter_map(|id| id.parse().ok()).collect();
        let mut names: BTreeMap<Id, String> =
            rows(Some(old)).iter().filter_map(|row| Some((row.get("id")?.as_id()?, row.get("display_name")?.py_str()))).collect();
        if let Some(text) = self.parts.get(&format!("n{short}")).map(str::trim).filter(|text| !text.is_empty()) {
            match find(self.desk, &field.relation, text, &Value::List(Vec::new()), 8)?.into_iter().next() {
                Some((id, name)) => {
                    ids.push(id);
                    names.insert(id, name);
                }
                None => return Ok(Some(Err(self.desk.words.with("no_such_record", &[text])))),
            }
        }
        let new: Vec<Value> = ids.iter().filter(|id| !names.contains_key(id)).map(|id| Value::from(*id)).collect();
        if !new.is_empty() {
            let spec = map! { "display_name" => Map::new() };
            let read = self.desk.call(&field.relation, "web_read", vec![Value::List(new), Value::Map(spec)], Map::new())?;
            names.extend(rows(Some(&read)).iter().filter_map(|row| Some((row.get("id")?.as_id()?, row.get("display_name")?.py_str()))));
        }
        ids.dedup();
        let row = |id: Id| Value::Map(map! { "id" => id, "display_name" => names.get(&id).cloned().unwrap_or_default() });
        Ok(Some(Ok(Value::List(ids.into_iter().map(row).collect()))))
    }
}

/// Records by name: id and name.
pub fn find(desk: &Desk<'_>, model: &str, text: &str, domain: &Value, limit: i64) -> Done<Vec<(Id, String)>> {
    let named = map! { "domain" => domain.clone(), "operator" => "ilike", "limit" => limit };
    let found = desk.call(model, "name_search", vec![Value::from(text)], named)?;
    let pair = |item: &Value| {
        let pair = item.as_list()?;
        Some((pair.first()?.as_id()?, pair.get(1)?.py_str()))
    };
    Ok(found.as_list().unwrap_or_default().iter().filter_map(pair).collect())
}
