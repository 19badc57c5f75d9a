//! Relational cells: references by name, external id or database id, and lines with cells of their own.

use crate::call::{Request, invoke, prepare};
use crate::env::Env;
use crate::error::Result;
use crate::port::cells::{Bad, Stop, bad, is_no, value_of};
use crate::port::extract::{Cell, NAME, Record, plain};
use crate::port::load::Batch;
use crate::port::lookup::{Lookup, parts};
use crate::port::wizard::Wizard;
use crate::port::{DB_ID, XID};
use crate::registry::{Field, Kind, Model, translated};
use crate::value::{Id, Map, Value};

/// Something to tell about a cell.
#[derive(Debug)]
pub(super) struct Remark {
    pub warning: bool,
    pub field: String,
    /// The field's label.
    pub name: String,
    pub message: String,
    pub info: Map,
}

/// Turns records of a file into values, and tells what is wrong with them.
pub(super) struct Converter<'c> {
    pub lookup: &'c mut Lookup,
    pub wizard: &'c Wizard,
    /// Fields of the records above the one that is converted.
    pub above: Vec<String>,
    /// Records that wait to be stored; a reference to one of them stores them first.
    pub batch: &'c mut Batch,
}

fn is_reference(name: &str) -> bool {
    matches!(name, NAME | XID | DB_ID)
}

/// Whether there is anything in a cell.
fn filled(cell: &Cell) -> bool {
    match cell {
        Cell::Plain(value) => value.truthy(),
        Cell::Records(lines) => lines.iter().any(|line| line.values().any(filled)),
    }
}

impl Converter<'_> {
    /// Values of a record. Refused cells are left out and remarked on.
    pub fn convert(&mut self, env: &mut Env, model: &Model, record: &Record, remarks: &mut Vec<Remark>) -> Result<Map> {
        let mut values = Map::new();
        for (name, cell) in record.iter().filter(|(name, _)| !is_reference(name)) {
            let field = model.field(name)?;
            let label = translated(&field.label, &env.context().lang).to_owned();
            let mut warnings = Vec::new();
            match self.cell(env, model, field, cell, &label, &mut warnings) {
                Ok(value) => {
                    values.insert(name.clone(), value);
                }
                Err(Stop::Bad(Bad { message, mut info })) => {
                    if self.wizard.file && !info.is_empty() && !info.contains_key("field_path") {
                        info.insert("field_path".into(), Value::List(self.path(name, cell).into_iter().map(Value::from).collect()));
                    }
                    remarks.push(Remark { warning: false, field: name.clone(), name: label.clone(), message, info });
                }
                Err(Stop::Error(error)) => return Err(error),
            }
            remarks.extend(warnings.into_iter().map(|message| Remark {
                warning: true,
                field: name.clone(),
                name: label.clone(),
                message,
                info: Map::new(),
            }));
        }
        Ok(values)
    }

    fn cell(
        &mut self,
        env: &mut Env,
        model: &Model,
        field: &Field,
        cell: &Cell,
        label: &str,
        warnings: &mut Vec<String>,
    ) -> Result<Value, Stop> {
        if !filled(cell) {
            return Ok(Value::Bool(false));
        }
        let lines = match cell {
            Cell::Plain(value) => {
                let outcome = value_of(env, model, field, value, label);
                return match (&outcome, field.kind) {
                    (Err(Stop::Bad(_)), Kind::Selection | Kind::Boolean) if self.wizard.skips(&field.name) => Ok(Value::None),
                    (Err(Stop::Bad(_)), Kind::Selection) if self.wizard.empties(&field.name) => Ok(Value::Bool(false)),
                    _ => outcome,
                };
            }
            Cell::Records(lines) => lines,
        };
        let reg = env.registry();
        let target = reg.target(field)?;
        match (field.kind, lines.as_slice()) {
            (Kind::One2many, [line]) if line.keys().all(|name| is_reference(name)) => {
                let Some(ids) = self.references(env, target, field, line, label, warnings)? else { return Ok(Value::None) };
                Ok(Value::List(ids.into_iter().map(|id| command(4, id, Value::Bool(false))).collect()))
            }
            (Kind::One2many, lines) => self.lines(env, target, field, lines, label, warnings),
            (Kind::Many2many, [line, ..]) => {
                let Some(ids) = self.references(env, target, field, line, label, warnings)? else { return Ok(Value::None) };
                let add = env.context_get("update_many2many").is_some_and(Value::truthy);
                let all = if add {
                    ids.into_iter().map(|id| command(4, id, Value::Bool(false))).collect()
                } else {
                    vec![command(6, 0, Value::from(ids))]
                };
                Ok(Value::List(all))
            }
            (_, [line, ..]) => {
                let Some(ids) = self.references(env, target, field, line, label, warnings)? else { return Ok(Value::None) };
                Ok(ids.first().map_or(Value::Bool(false), |id| Value::from(*id)))
            }
            (_, []) => Ok(Value::Bool(false)),
        }
    }

    /// Where a cell is in the file: its field, those above it and the steps below it.
    fn path(&self, name: &str, cell: &Cell) -> Vec<String> {
        let mut path = self.above.clone();
        path.push(name.to_owned());
        let mut cell = Some(cell);
        while let Some(Cell::Records(lines)) = cell {
            let first = lines.first().and_then(|line| line.first());
            path.extend(first.map(|(step, _)| step.clone()).filter(|step| step != NAME));
            cell = first.map(|(_, below)| below);
        }
        path
    }

    /// The records that a reference means. `None`: one of them is missing, and such records are to be left out.
    fn references(
        &mut self,
        env: &mut Env,
        target: &Model,
        field: &Field,
        line: &Record,
        label: &str,
        warnings: &mut Vec<String>,
    ) -> Result<Option<Vec<Id>>, Stop> {
        if line.keys().any(|name| !is_reference(name)) {
            return bad(format!("Records of field '{label}' cannot be created from here: import them on their own"));
        }
        let mut given = line.iter();
        let (Some((how, Cell::Plain(value))), None) = (given.next(), given.next()) else {
            return bad(format!("Ambiguous specification for field '{label}': give one of name, external id and database id"));
        };
        let place = self.above.iter().map(String::as_str).chain([field.name.as_str()]).collect::<Vec<_>>().join("/");
        let mut ids = Vec::new();
        let none = |part: &str| part.is_empty() || (how != NAME && is_no(part));
        for part in parts(field.kind, value).iter().filter(|part| !none(part)) {
            match self.reference(env, target, how, part, label, warnings)? {
                Ok(id) => ids.push(id),
                Err(_) if self.wizard.empties(&place) => {}
                Err(_) if self.wizard.skips(&place) => return Ok(None),
                Err(what) if what == "name" && self.wizard.makes(&field.name) => ids.push(named(env, target, part)?),
                Err(what) => return Err(Stop::Bad(self.unknown(target, what, part, label))),
            }
        }
        Ok(Some(ids))
    }

    /// What is told of a reference to nothing.
    fn unknown(&self, target: &Model, what: &str, text: &str, label: &str) -> Bad {
        let more = crate::map! { "res_model" => target.name.as_str(), "name" => "Possible Values", "type" => "ir.actions.act_window" };
        let mut info = crate::map! { "moreinfo" => Value::Map(more) };
        if self.wizard.file {
            info.insert("value".into(), Value::Str(text.chars().take(50).collect()));
            info.insert("field_type".into(), Value::from(what));
        }
        Bad { message: format!("No matching record found for {what} '{text}' in field '{label}'"), info }
    }

    /// The record that a reference means, or what kind of reference it is that means nothing.
    fn reference(
        &mut self,
        env: &mut Env,
        target: &Model,
        how: &str,
        text: &str,
        label: &str,
        warnings: &mut Vec<String>,
    ) -> Result<Result<Id, &'static str>, Stop> {
        Ok(Err(match how {
            DB_ID => {
                let Ok(id) = text.trim().parse::<Id>() else { return bad(format!("Invalid database id '{text}' for the field '{label}'")) };
                if self.lookup.has(&target.name, id) {
                    return Ok(Ok(id));
                }
                "database id"
            }
            XID => {
                let xid = self.lookup.full(text);
                if self.lookup.target(&xid).is_none() && self.batch.creates(&xid) {
                    self.batch.store(env, self.lookup)?;
                }
                match self.lookup.target(&xid) {
                    Some((model, id)) if *model == target.name => return Ok(Ok(*id)),
                    Some((model, _)) => {
                        return bad(format!("The external id '{xid}' of field '{label}' is one of '{model}', not of '{}'", target.name));
                    }
                    None => "external id",
                }
            }
            _ => {
                if self.lookup.named(&target.name, text).is_empty() && self.batch.makes(&target.name) {
                    // The record may be one of this file.
                    self.batch.store(env, self.lookup)?;
                    self.lookup.find_names(env, &target.name, vec![text.to_owned()])?;
                }
                let found = self.lookup.named(&target.name, text);
                if let [first, rest @ ..] = found {
                    if !rest.is_empty() {
                        warnings.push(format!("Found multiple matches for value '{text}' in field '{label}' ({} matches)", found.len()));
                    }
                    return Ok(Ok(*first));
                }
                "name"
            }
        }))
    }

    /// Lines of a one2many: a reference updates the record, others are new.
    fn lines(
        &mut self,
        env: &mut Env,
        target: &Model,
        field: &Field,
        lines: &[Record],
        label: &str,
        warnings: &mut Vec<String>,
    ) -> Result<Value, Stop> {
        let mut commands = Vec::new();
        for line in lines {
            let mut remarks = Vec::new();
            self.above.push(field.name.clone());
            let values = self.convert(env, target, line, &mut remarks);
            self.above.pop();
            let values = values?;
            for remark in remarks {
                if !remark.warning {
                    return Err(Stop::Bad(Bad { message: format!("{label}: {}", remark.message), info: remark.info }));
                }
                warnings.push(remark.message);
            }
            let reference: Record =
                line.iter().filter(|(name, cell)| is_reference(name) && filled(cell)).map(|(n, c)| (n.clone(), c.clone())).collect();
            let existing = match plain(&reference, XID).map(|x| self.lookup.full(&x.py_str())) {
                // An external id that nothing has yet: a new line, which does not keep it.
                Some(xid) if self.lookup.target(&xid).is_none() => None,
                _ if reference.is_empty() => None,
                _ => self.references(env, target, field, &reference, label, warnings)?.and_then(|ids| ids.first().copied()),
            };
            match existing {
                Some(id) => {
                    commands.push(command(4, id, Value::Bool(false)));
                    commands.push(command(1, id, Value::Map(values)));
                }
                None => commands.push(command(0, 0, Value::Map(values))),
            }
        }
        Ok(Value::List(commands))
    }
}

/// A new record from its name alone.
fn named(env: &mut Env, target: &Model, name: &str) -> Result<Id, Stop> {
    let args = vec![Value::from(name)];
    let request = Request { model: target.name.clone(), method: "name_create".into(), args, kwargs: Map::new(), ids: None, by_name: false };
    let made = env.savepoint(|env| {
        let prepared = prepare(&env.registry(), &env.declared(), request)?;
        invoke(env, &prepared.method, &prepared.call)?.into_value()
    });
    match made.as_ref().map(|pair| pair.as_list().and_then(|pair| pair.first()).and_then(Value::as_id)) {
        Ok(Some(id)) => Ok(id),
        Err(error) if error.ends_call() => Err(Stop::Error(error.clone())),
        _ => bad(format!("Records of '{}' cannot be created from their name alone: '{name}'", target.name)),
    }
}

fn command(code: i64, id: Id, value: Value) -> Value {
    Value::List(vec![Value::Int(code), Value::from(id), value])
}
