//! What the relational cells of a file stand for: found for the whole file at once, one statement a target and kind.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::domain::{Domain, Host, Op};
use crate::env::Env;
use crate::error::Result;
use crate::port::extract::{Cell, NAME, Record, plain};
use crate::port::{DB_ID, XID};
use crate::read::Page;
use crate::registry::{Kind, Model, Registry};
use crate::value::{Id, Value};

/// How many values one statement looks for.
const CHUNK: usize = 5_000;

/// What is known of names and ids.
#[derive(Default)]
pub(super) struct Lookup {
    /// Module of external ids that name none.
    module: String,
    /// By model: the records of a name, in the model's order.
    names: HashMap<String, HashMap<String, Vec<Id>>>,
    xids: HashMap<String, Option<(String, Id)>>,
    /// By model: whether the reader finds the record.
    ids: HashMap<String, HashMap<Id, bool>>,
}

/// What a file asks for.
#[derive(Default)]
struct Wanted {
    names: BTreeMap<String, BTreeSet<String>>,
    xids: BTreeSet<String>,
    ids: BTreeMap<String, BTreeSet<Id>>,
}

/// The references of a cell: x2many cells hold several, with commas between.
pub(super) fn parts(kind: Kind, cell: &Value) -> Vec<String> {
    let text = cell.py_str();
    if kind.is_x2many() { text.split(',').map(str::to_owned).collect() } else { vec![text] }
}

impl Lookup {
    /// Knows nothing yet.
    pub fn new(module: String) -> Self {
        Lookup { module, ..Lookup::default() }
    }

    /// The external id with its module.
    pub fn full(&self, xid: &str) -> String {
        if xid.contains('.') { xid.to_owned() } else { format!("{}.{xid}", self.module) }
    }

    fn want(&self, reg: &Registry, model: &Model, record: &Record, wanted: &mut Wanted) -> Result<()> {
        for (name, cell) in record {
            let Cell::Records(lines) = cell else { continue };
            let field = model.field(name)?;
            let target = reg.target(field)?;
            for line in lines {
                if let Some(value) = plain(line, NAME) {
                    wanted.names.entry(target.name.clone()).or_default().extend(parts(field.kind, value));
                }
                if let Some(value) = plain(line, XID) {
                    wanted.xids.extend(parts(field.kind, value).iter().map(|x| self.full(x)));
                }
                if let Some(value) = plain(line, DB_ID) {
                    let ids = parts(field.kind, value).into_iter().filter_map(|x| x.trim().parse::<Id>().ok());
                    wanted.ids.entry(target.name.clone()).or_default().extend(ids);
                }
                self.want(reg, target, line, wanted)?;
            }
        }
        Ok(())
    }

    /// Looks up everything that the records refer to.
    pub fn warm<'r>(&mut self, env: &mut Env, model: &Model, records: impl Iterator<Item = &'r Record>) -> Result<()> {
        let reg = env.registry();
        let mut wanted = Wanted::default();
        for record in records {
            self.want(&reg, model, record, &mut wanted)?;
            if let Some(xid) = plain(record, XID) {
                wanted.xids.insert(self.full(&xid.py_str()));
            }
            if let Some(id) = plain(record, DB_ID).and_then(|v| v.py_str().trim().parse().ok()) {
                wanted.ids.entry(model.name.clone()).or_default().insert(id);
            }
        }
        self.find_xids(env, wanted.xids.into_iter().collect())?;
        for (model, ids) in wanted.ids {
            self.find_ids(env, &model, ids.into_iter().collect())?;
        }
        for (model, names) in wanted.names {
            self.find_names(env, &model, names.into_iter().filter(|n| !n.is_empty()).collect())?;
        }
        Ok(())
    }

    /// Looks up external ids anew.
    pub fn find_xids(&mut self, env: &mut Env, xids: Vec<String>) -> Result<()> {
        for chunk in xids.chunks(CHUNK) {
            let mut found = env.external_targets(chunk)?;
            let mut by_model: BTreeMap<&str, Vec<Id>> = BTreeMap::new();
            for (model, id) in found.values() {
                by_model.entry(model).or_default().push(*id);
            }
            let reg = env.registry();
            let mut alive: HashSet<(String, Id)> = HashSet::new();
            for (model, ids) in by_model {
                if reg.models.get(model).is_some_and(|m| !m.table.is_empty()) {
                    alive.extend(env.existing(model, &ids)?.into_iter().map(|id| (model.to_owned(), id)));
                }
            }
            for xid in chunk {
                let target = found.remove(xid).filter(|t| alive.contains(t));
                self.xids.insert(xid.clone(), target);
            }
        }
        Ok(())
    }

    /// Looks up database ids anew. Archived and hidden records are not found.
    pub fn find_ids(&mut self, env: &mut Env, model: &str, ids: Vec<Id>) -> Result<()> {
        for chunk in ids.chunks(CHUNK) {
            let found: HashSet<Id> = env.search_all(model, &Domain::in_ids("id", chunk))?.into_iter().collect();
            let known = self.ids.entry(model.to_owned()).or_default();
            known.extend(chunk.iter().map(|id| (*id, found.contains(id))));
        }
        Ok(())
    }

    /// Looks up names anew. Archived and hidden records are not found.
    pub fn find_names(&mut self, env: &mut Env, model: &str, names: Vec<String>) -> Result<()> {
        let reg = env.registry();
        let found = reg.model(model)?;
        let fields = env.name_fields(found);
        let plain = !fields.is_empty()
            && fields.iter().all(|f| found.fields.get(f).is_some_and(|f| f.kind == Kind::Char))
            && env.declared().field(model, "display_name").is_none_or(|d| d.search.is_none());
        let mut known: HashMap<String, Vec<Id>> = names.iter().map(|n| (n.clone(), Vec::new())).collect();
        if plain {
            for chunk in names.chunks(CHUNK) {
                let domain = Domain::is_in("display_name", chunk.iter().map(String::as_str).collect());
                let ids = env.search(model, &domain, &Page::default())?;
                for field in &fields {
                    let values = env.sudo(|env| env.values(model, field, &ids))?;
                    for (id, value) in ids.iter().zip(values) {
                        if let Some(list) = value.as_str().and_then(|text| known.get_mut(text))
                            && !list.contains(id)
                        {
                            list.push(*id);
                        }
                    }
                }
            }
        } else {
            // Names that code makes or searches: the model says which record is meant, name by name.
            for name in &names {
                let pairs =
                    env.search(model, &Domain::cond("display_name", Op::Eq, name.as_str()), &Page { limit: Some(100), ..Page::default() })?;
                known.insert(name.clone(), pairs);
            }
        }
        self.names.entry(model.to_owned()).or_default().extend(known);
        Ok(())
    }

    /// The records of a name.
    pub fn named(&self, model: &str, name: &str) -> &[Id] {
        self.names.get(model).and_then(|n| n.get(name)).map(Vec::as_slice).unwrap_or_default()
    }

    /// The living record of a full external id.
    pub fn target(&self, xid: &str) -> Option<&(String, Id)> {
        self.xids.get(xid)?.as_ref()
    }

    /// Whether the record is found.
    pub fn has(&self, model: &str, id: Id) -> bool {
        self.ids.get(model).and_then(|ids| ids.get(&id)).copied().unwrap_or(false)
    }

    /// Learns of a record that was just created.
    pub fn learn(&mut self, xid: &str, model: &str, id: Id) {
        self.xids.insert(xid.to_owned(), Some((model.to_owned(), id)));
    }
}
