//! What code adds to metadata: hooks, constraints, computes, defaults, methods.
//!
//! Modules fill one [`Declarations`] at start, in module order; a later module extends what an earlier one declared.
//! Hooks wrap: the last one declared runs first and decides when the rest runs, by calling `next`.

use std::collections::HashMap;

pub use crate::declarations::Declarations;

use rustc_hash::FxBuildHasher;

use crate::call::{Param, parse_params};
pub use crate::guard::Guard;
pub use crate::hooks::*;
use crate::value::{Map, Value};

/// How a method meets the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tx {
    /// Reads only: one statement runs in autocommit, more run in one REPEATABLE READ snapshot.
    Read,
    /// One REPEATABLE READ transaction, run again when it meets another one.
    Write,
    /// The method commits by itself ([`Env::transaction`]) and may speak to routers or mail servers between.
    Detached,
}

/// A default: known, made once for all records of a call, or made anew for each.
#[derive(Clone)]
pub enum Default {
    Value(Value),
    Once(DefaultFn),
    Fn(DefaultFn),
    /// The record of an external id.
    Record(&'static str),
}

/// How records are named.
#[derive(Clone, Copy)]
pub enum DisplayName {
    Sql(NameSql),
    Compute(NamesFn),
}

/// A method that clients may call.
#[derive(Clone)]
pub struct Method {
    pub name: &'static str,
    /// Works on records: the first positional argument are ids.
    pub record: bool,
    pub params: Vec<Param>,
    pub tx: Tx,
    /// Why the records are not checked for read access before the call; `None`: they are.
    pub unchecked: Option<&'static str>,
    pub run: MethodFn,
}

/// A computed field group: one function fills all of them.
#[derive(Clone)]
pub struct Compute {
    pub fields: &'static [&'static str],
    pub depends: &'static [&'static str],
    pub run: ComputeFn,
    /// Runs with superuser rights.
    pub sudo: bool,
}

/// What code adds to a field.
#[derive(Clone, Default)]
pub struct FieldDecl {
    pub groups: &'static [&'static str],
    pub digits: Option<(u32, u32)>,
    pub aggregator: Option<&'static str>,
    pub default: Option<Default>,
    pub inverse: Option<InverseFn>,
    pub search: Option<SearchFn>,
    /// The lines and their link through which a computed relation leads.
    pub search_path: Option<&'static [&'static str; 2]>,
    /// The search looks at negative operators itself.
    pub search_as_given: bool,
    pub selection: Option<SelectionFn>,
    /// Source text of a relational field's domain.
    pub domain: Option<&'static str>,
    /// Attributes of the description that neither metadata nor the other declarations tell.
    pub described: Map,
    /// The column of this binary keeps the bytes themselves; others keep them as base64.
    pub raw_bytes: bool,
    /// The stored field whose value a computed one shows: it is ordered and grouped by that.
    pub same_as: Option<&'static str>,
    /// The SQL of a computed field on the row of an alias: it is ordered and grouped by that.
    pub sql: Option<FieldSql>,
    /// What it leads to must fit the record's company.
    pub check_company: bool,
    /// HTML kept as written: templates, whose directives cleaning would take out.
    pub raw_html: bool,
}

impl std::default::Default for Default {
    fn default() -> Self {
        Default::Value(Value::None)
    }
}

/// Which companies' records may lead to a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CompanyOf {
    /// Those of its own company; everybody's when it has none.
    #[default]
    Own,
    /// Those of its company and of the companies below; everybody's when it has none.
    Above,
    /// Those of the companies that it may use.
    Users,
}

impl CompanyOf {
    /// As the catalogue says it.
    pub fn parse(text: &str) -> Self {
        match text {
            "parent_of" => CompanyOf::Above,
            "users" => CompanyOf::Users,
            _ => CompanyOf::Own,
        }
    }
}

/// What code adds to a model.
#[derive(Default)]
pub struct ModelDecl {
    pub rec_name: Option<&'static str>,
    pub display_name: Option<DisplayName>,
    /// Keys of the context under which records are called otherwise, and how.
    pub named_for: Option<(&'static [&'static str], NamesFn)>,
    /// How members of a group call records.
    pub named_in: Option<(&'static str, NameSql)>,
    /// Why records cannot be duplicated.
    pub no_copy: Option<&'static str>,
    pub name_search: &'static [&'static str],
    pub fields: HashMap<&'static str, FieldDecl, FxBuildHasher>,
    pub create: Vec<CreateFn>,
    pub write: Vec<WriteFn>,
    pub unlink: Vec<UnlinkFn>,
    pub copy: Vec<CopyHook>,
    pub copied: Vec<CopiedFn>,
    /// The text that a copy has "(copy)" after.
    pub copy_suffix: Option<&'static str>,
    pub checks: Vec<(&'static [&'static str], Check)>,
    /// Who is told of stored fields that changed, whoever changed them.
    pub watches: Vec<(&'static [&'static str], WatchFn)>,
    pub computes: Vec<Compute>,
    pub onchanges: Vec<(&'static [&'static str], OnchangeFn)>,
    pub methods: HashMap<&'static str, Method>,
    /// Methods that were named before they were declared, or never were.
    pub(crate) unknown_methods: Vec<&'static str>,
    /// Keys of given values that are no fields: a hook takes them out.
    pub accepts: &'static [&'static str],
    /// Which companies' records may lead here.
    pub company_of: CompanyOf,
    /// Rights that no rule says.
    pub guard: Option<Guard>,
    /// What the first log entry of a new record says, and of what subtype (an external id) it is.
    pub created_as: Option<CreatedAs>,
    /// Of what subtypes the traces of changes are: records with the fields that changed.
    pub traced_as: Option<TracedAs>,
    /// Written values of these fields end caches: see [`Touch`].
    pub touch: Option<Touch>,
}

/// Which caches a change to a model ends, in every process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Touch {
    /// Users: rights, companies, credentials.
    Users,
    /// Models, fields, rules, rights, groups: the registry.
    Registry,
}

impl ModelDecl {
    pub fn rec_name(&mut self, field: &'static str) -> &mut Self {
        self.rec_name = Some(field);
        self
    }
    pub fn display_name(&mut self, names: NamesFn) -> &mut Self {
        self.display_name = Some(DisplayName::Compute(names));
        self
    }
    pub fn display_sql(&mut self, sql: NameSql) -> &mut Self {
        self.display_name = Some(DisplayName::Sql(sql));
        self
    }
    /// What members of a group (an external id) call records.
    pub fn display_sql_in(&mut self, group: &'static str, sql: NameSql) -> &mut Self {
        self.named_in = Some((group, sql));
        self
    }
    /// What records are called when the context asks for one of the keys.
    pub fn display_name_for(&mut self, keys: &'static [&'static str], names: NamesFn) -> &mut Self {
        self.named_for = Some((keys, names));
        self
    }
    /// Fields that `name_search` looks into (default: the record's name).
    pub fn name_search(&mut self, fields: &'static [&'static str]) -> &mut Self {
        self.name_search = fields;
        self
    }
    pub fn field(&mut self, name: &'static str) -> &mut FieldDecl {
        self.fields.entry(name).or_default()
    }
    pub fn default(&mut self, field: &'static str, value: impl Into<Value>) -> &mut Self {
        self.field(field).default = Some(Default::Value(value.into()));
        self
    }
    pub fn default_once(&mut self, field: &'static str, default: DefaultFn) -> &mut Self {
        self.field(field).default = Some(Default::Once(default));
        self
    }
    pub fn default_fn(&mut self, field: &'static str, default: DefaultFn) -> &mut Self {
        self.field(field).default = Some(Default::Fn(default));
        self
    }
    /// Restricts fields to groups (external ids, `!` for "none of").
    pub fn groups(&mut self, fields: &[&'static str], groups: &'static [&'static str]) -> &mut Self {
        for field in fields {
            self.field(field).groups = groups;
        }
        self
    }
    pub fn digits(&mut self, field: &'static str, total: u32, decimals: u32) -> &mut Self {
        self.field(field).digits = Some((total, decimals));
        self
    }
    pub fn inverse(&mut self, field: &'static str, inverse: InverseFn) -> &mut Self {
        self.field(field).inverse = Some(inverse);
        self
    }
    pub fn search(&mut self, field: &'static str, search: SearchFn) -> &mut Self {
        self.field(field).search = Some(search);
        self
    }
    /// A computed relation leads through lines: conditions with domains and trees follow them.
    pub fn search_path(&mut self, field: &'static str, path: &'static [&'static str; 2]) -> &mut Self {
        self.field(field).search_path = Some(path);
        self
    }
    /// A search that gets negative operators as they are: records that lead nowhere are in neither answer.
    pub fn search_as_given(&mut self, field: &'static str, search: SearchFn) -> &mut Self {
        self.field(field).search_as_given = true;
        self.search(field, search)
    }
    pub fn on_create(&mut self, hook: CreateFn) -> &mut Self {
        self.create.push(hook);
        self
    }
    pub fn on_write(&mut self, hook: WriteFn) -> &mut Self {
        self.write.push(hook);
        self
    }
    pub fn on_unlink(&mut self, hook: UnlinkFn) -> &mut Self {
        self.unlink.push(hook);
        self
    }
    pub fn copy_suffix(&mut self, field: &'static str) -> &mut Self {
        self.copy_suffix = Some(field);
        self
    }
    /// Records cannot be duplicated, and why.
    pub fn no_copy(&mut self, why: &'static str) -> &mut Self {
        self.no_copy = Some(why);
        self
    }
    pub fn on_copy(&mut self, hook: CopyHook) -> &mut Self {
        self.copy.push(hook);
        self
    }
    /// Is told of the originals once copies of them were made.
    pub fn on_copied(&mut self, hook: CopiedFn) -> &mut Self {
        self.copied.push(hook);
        self
    }
    /// Checked after create, and after a write of any of the fields.
    pub fn constrains(&mut self, fields: &'static [&'static str], check: Check) -> &mut Self {
        self.checks.push((fields, check));
        self
    }
    /// Runs once at the end of each transaction that changed one of the stored fields, with the records; with superuser rights.
    pub fn watch(&mut self, fields: &'static [&'static str], run: WatchFn) -> &mut Self {
        self.watches.push((fields, run));
        self
    }
    pub fn compute(&mut self, fields: &'static [&'static str], depends: &'static [&'static str], run: ComputeFn) -> &mut Self {
        self.computes.push(Compute { fields, depends, run, sudo: false });
        self
    }
    /// A compute that runs with superuser rights.
    pub fn compute_sudo(&mut self, fields: &'static [&'static str], depends: &'static [&'static str], run: ComputeFn) -> &mut Self {
        self.computes.push(Compute { fields, depends, run, sudo: true });
        self
    }
    pub fn onchange(&mut self, fields: &'static [&'static str], run: OnchangeFn) -> &mut Self {
        self.onchanges.push((fields, run));
        self
    }
    /// Lets keys that are no fields pass in the values of create and write; a hook must take them out.
    pub fn accepts(&mut self, keys: &'static [&'static str]) -> &mut Self {
        self.accepts = keys;
        self
    }
    /// What the chatter says of new records.
    pub fn created_as(&mut self, says: CreatedAs) -> &mut Self {
        self.created_as = Some(says);
        self
    }
    /// Of what subtypes the chatter's traces of changes are.
    pub fn traced_as(&mut self, subtypes: TracedAs) -> &mut Self {
        self.traced_as = Some(subtypes);
        self
    }
    pub fn guarded(&mut self, guard: Guard) -> &mut Self {
        self.guard = Some(guard);
        self
    }
    pub fn touches(&mut self, touch: Touch) -> &mut Self {
        self.touch = Some(touch);
        self
    }
    fn add_method(&mut self, name: &'static str, record: bool, params: &'static str, tx: Tx, run: MethodFn) -> &mut Self {
        self.methods.insert(name, Method { name, record, params: parse_params(params), tx, unchecked: None, run });
        self
    }
    /// A method on records. `params` reads like a Python signature without `self`: `"reason, force=False"`.
    pub fn record_method(&mut self, name: &'static str, params: &'static str, tx: Tx, run: MethodFn) -> &mut Self {
        self.add_method(name, true, params, tx, run)
    }
    /// A method on the model.
    pub fn model_method(&mut self, name: &'static str, params: &'static str, tx: Tx, run: MethodFn) -> &mut Self {
        self.add_method(name, false, params, tx, run)
    }
    /// The named methods need no check of the right to read their records before they run, for this reason.
    pub fn unchecked(&mut self, names: &[&'static str], because: &'static str) -> &mut Self {
        for name in names {
            match self.methods.get_mut(name) {
                Some(method) => method.unchecked = Some(because),
                None => self.unknown_methods.push(name),
            }
        }
        self
    }
    /// A computed field that shows the value of a stored one.
    pub fn same_as(&mut self, field: &'static str, of: &'static str) -> &mut Self {
        self.field(field).same_as = Some(of);
        self
    }
    /// Each field, and each path of fields, that is named here.
    pub(crate) fn paths(&self) -> Vec<&'static str> {
        let mut out: Vec<&'static str> = self.fields.keys().copied().collect();
        out.extend(self.fields.values().filter_map(|field| field.same_as));
        out.extend(self.rec_name.into_iter().chain(self.copy_suffix).chain(self.name_search.iter().copied()));
        out.extend(self.checks.iter().flat_map(|(fields, _)| fields.iter().copied()));
        out.extend(self.watches.iter().flat_map(|(fields, _)| fields.iter().copied()));
        out.extend(self.onchanges.iter().flat_map(|(fields, _)| fields.iter().copied()));
        out.extend(self.computes.iter().flat_map(|compute| compute.fields.iter().chain(compute.depends).copied()));
        out
    }

    /// The compute that fills a field.
    pub fn compute_of(&self, field: &str) -> Option<&Compute> {
        self.computes.iter().rev().find(|c| c.fields.contains(&field))
    }
}
