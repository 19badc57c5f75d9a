//! isp.audit_log: who did what to which record. Written by the server only.

use std::collections::HashMap;

use lastmile_orm::{Env, Id, Map, Result, Value, map};

/// The model's name.
pub const AUDIT_LOG: &str = "isp.audit_log";

/// One row to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub action: String,
    pub model: &'static str,
    pub record: Id,
    pub details: String,
}

impl Entry {
    /// An action on a record.
    pub fn new(action: impl Into<String>, model: &'static str, record: Id, details: impl Into<String>) -> Self {
        Entry { action: action.into(), model, record, details: details.into() }
    }
}

/// Writes rows in one insert, with superuser rights and the acting user's name.
pub fn log(env: &mut Env, entries: &[Entry]) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    env.sudo(|env| {
        let names = names(env, entries)?;
        let (user, now) = (env.uid(), env.now());
        let rows: Vec<Map> = entries
            .iter()
            .map(|entry| {
                map! {
                    "action" => entry.action.as_str(),
                    "record_model" => entry.model,
                    "record_id" => entry.record,
                    "record_name" => names.get(&(entry.model, entry.record)).cloned(),
                    "user_id" => user,
                    "timestamp" => now,
                    "details" => entry.details.as_str(),
                }
            })
            .collect();
        env.create(AUDIT_LOG, rows).map(|_| ())
    })
}

/// Display names of the records, in one query a model.
fn names(env: &mut Env, entries: &[Entry]) -> Result<HashMap<(&'static str, Id), String>> {
    let mut by_model: HashMap<&'static str, Vec<Id>> = HashMap::new();
    for entry in entries {
        let ids = by_model.entry(entry.model).or_default();
        if ids.last() != Some(&entry.record) {
            ids.push(entry.record);
        }
    }
    let mut found = HashMap::new();
    for (model, ids) in by_model {
        for (id, name) in ids.iter().zip(env.names(model, &ids)?) {
            found.insert((model, *id), name);
        }
    }
    Ok(found)
}

/// Rows of the commands that a dry run would have sent: details read `PATH {arguments}`.
pub fn dry_run(env: &mut Env, commands: &[(Id, String)]) -> Result<()> {
    let entries: Vec<Entry> =
        commands.iter().map(|(device, details)| Entry::new("routeros.dry_run", "isp.device", *device, details.as_str())).collect();
    log(env, &entries)
}

/// `PATH {'name': 'value'}`, as Python prints it: the form of recorded commands.
pub fn command_text(path: &str, arguments: &[(String, String)]) -> String {
    let words: Map = arguments.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
    format!("{path} {}", Value::Map(words).py_repr())
}
