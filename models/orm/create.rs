//! Creating records, in batches: one multi-row INSERT whatever the number.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::access::Operation;
use crate::convert;
use crate::declare::{CreateFn, CreateHook, Next};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::registry::{Field, Kind, Model};
use crate::sql::{Bind, Sql};
use crate::value::{Id, Map, Value};

/// Columns that the kernel fills; given values are ignored.
pub const LOG_FIELDS: [&str; 5] = ["id", "create_uid", "create_date", "write_uid", "write_date"];

/// Values of one record, by what has to be done with them.
#[derive(Default)]
struct Parts {
    columns: HashMap<String, Value>,
    /// By `_inherits` link: values of the parent.
    parents: HashMap<String, Map>,
    /// x2many, attachments, inverses and writable related fields: after the row is there.
    after: Vec<(String, Value)>,
}

impl Env {
    /// Creates records. Answers their ids in order.
    ///
    /// # Errors
    /// AccessError without the right; ValueError on unknown fields or values of the wrong kind; ValidationError when a
    /// constraint, a required field or a reference refuses.
    pub fn create(&mut self, model: &str, values: Vec<Map>) -> Result<Vec<Id>> {
        if values.is_empty() {
            self.check_access(model, Operation::Create)?;
            return Ok(Vec::new());
        }
        self.check_access(model, Operation::Create)?;
        let reg = self.registry();
        let found = reg.model(model)?;
        if found.read_only {
            return Err(Error::user(format!("Records of '{model}' cannot be created.")));
        }
        for map in &values {
            for name in map.keys().filter(|name| !self.accepts(model, name)) {
                let field = found.field(name)?;
                self.check_field(found, field, "write")?;
            }
        }
        self.run_create(found, values)
    }

    /// Whether a hook takes this key out of given values though it is no field.
    pub(crate) fn accepts(&self, model: &str, key: &str) -> bool {
        self.db.declared().get(model).is_some_and(|declared| declared.accepts.contains(&key))
    }

    /// Creates one record.
    pub fn create_one(&mut self, model: &str, values: Map) -> Result<Id> {
        let ids = self.create(model, vec![values])?;
        ids.first().copied().ok_or_else(|| Error::internal("nothing was created"))
    }

    fn run_create(&mut self, model: &Model, values: Vec<Map>) -> Result<Vec<Id>> {
        let declared = self.declared();
        let mut hooks: Vec<CreateFn> = Vec::new();
        hooks.extend(&declared.any.create);
        if model.mail_thread {
            hooks.extend(&declared.thread.create);
        }
        if let Some(own) = declared.get(&model.name) {
            hooks.extend(&own.create);
        }
        Next::<CreateHook> { model: model.name.clone(), hooks }.call(self, values)
    }

    fn insert_records(&mut self, model: &Model, values: Vec<Map>) -> Result<Vec<Id>> {
        let values = self.with_defaults(model, values)?;
        let mut parts = values.iter().map(|map| self.split_values(model, map)).collect::<Result<Vec<_>>>()?;
        self.create_parents(model, &mut parts)?;
        let known: Vec<Vec<(String, Value)>> = parts.iter().map(|part| known_once_inserted(model, &part.columns)).collect();
        let ids = self.insert_rows(model, &mut parts)?;
        if model.mail_thread {
            self.pending.keep_made(&model.name, &ids);
        }
        // New rows change no column of others, but what follows from them.
        let reg = self.registry();
        self.cache.forget_derived(&reg);
        for (id, known) in ids.iter().zip(known) {
            known.into_iter().for_each(|(name, value)| self.cache.set(&model.name, &name, *id, value));
        }
        self.mark_new(&model.name, &ids);
        let mut given: BTreeMap<&str, Vec<Id>> = BTreeMap::new();
        for (id, map) in ids.iter().zip(&values) {
            for name in map.keys() {
                given.entry(name).or_default().push(*id);
            }
        }
        for (name, own) in &given {
            self.protect(&model.name, name, own);
        }
        let fields: Vec<&str> = given.into_keys().collect();
        self.while_fresh(&model.name, &ids, |env| env.mark_changed(&model.name, &fields, &ids))?;
        self.write_after(model, &ids, &parts)?;
        if model.parent_store {
            self.update_parent_paths(model, &ids)?;
        }
        if parts.iter().all(|part| part.after.is_empty()) {
            self.while_fresh(&model.name, &ids, Self::flush)?;
        } else {
            self.flush()?;
        }
        self.run_checks(model, None, &ids)?;
        self.check_companies(model, &fields, &ids)?;
        self.check_records(&model.name, &ids, Operation::Create)?;
        self.touch_declared(model)?;
        Ok(ids)
    }

    fn split_values(&mut self, model: &Model, map: &Map) -> Result<Parts> {
        let declared = self.declared();
        let mut parts = Parts::default();
        for (name, value) in map {
            let field = model.field(name)?;
            if LOG_FIELDS.contains(&name.as_str()) {
                continue;
            }
            if field.inherited
                && let Some(link) = field.related.as_ref().and_then(|p| p.first())
            {
                parts.parents.entry(link.clone()).or_default().insert(name.clone(), value.clone());
                continue;
            }
            if field.is_column() {
                let canonical = match field.kind {
                    Kind::Many2one if !field.company_dependent => convert::to_new_link(value)?,
                    _ => convert::to_field(model, field, &self.checked_selection(model, field, value)?)?,
                };
                let canonical = self.round_given(model, field, canonical, map, &[])?;
                parts.columns.insert(name.clone(), self.cleaned(model, field, canonical));
            }
            let has_inverse = declared.field(&model.name, name).is_some_and(|d| d.inverse.is_some());
            if !field.is_column() || field.related.is_some() || has_inverse {
                parts.after.push((name.clone(), value.clone()));
            }
        }
        Ok(parts)
    }

    /// `_inherits`: the parent records of all rows in one create a link.
    fn create_parents(&mut self, model: &Model, parts: &mut [Parts]) -> Result<()> {
        for (link, parent) in &model.inherits {
            let (mut at, mut maps) = (Vec::new(), Vec::new());
            for (n, part) in parts.iter_mut().enumerate() {
                let values = part.parents.remove(link).unwrap_or_default();
                match part.columns.get(link).and_then(Value::as_id) {
                    Some(existing) if !values.is_empty() => self.write(parent, &[existing], values)?,
                    Some(_) => {}
                    None => {
                        at.push(n);
                        maps.push(values);
                    }
                }
            }
            let ids = if maps.is_empty() { Vec::new() } else { self.create(parent, maps)? };
            for (n, id) in at.into_iter().zip(ids) {
                if let Some(part) = parts.get_mut(n) {
                    part.columns.insert(link.clone(), Value::from(id));
                }
            }
        }
        Ok(())
    }

    fn insert_rows(&mut self, model: &Model, parts: &mut [Parts]) -> Result<Vec<Id>> {
        let fields: Vec<&Field> = model.fields.values().filter(|f| parts.iter().any(|p| p.columns.contains_key(&f.name))).collect();
        let rows = parts.len();
        let mut names = vec![];
        let mut outputs = vec![];
        let mut arrays = vec![];
        let mut aliases = vec![];
        let fallbacks = self.company_fallbacks(model, &fields)?;
        for (n, field) in fields.iter().enumerate() {
            let Some(column) = field.column else { continue };
            let mut values = Vec::with_capacity(rows);
            for part in parts.iter_mut() {
                let value = part.columns.remove(&field.name).filter(|value| fallbacks.get(&field.name) != Some(value));
                values.push(self.to_column(model, field, &value.unwrap_or(Value::None))?);
            }
            let alias = Sql::lit("c").push_number(i64::try_from(n).unwrap_or(0));
            names.push(Sql::ident(&field.name));
            outputs.push(Sql::lit("v.").push_sql(alias.clone()).push(convert::cast(column)));
            arrays.push(Sql::bind(convert::column_bind(column, values)?).push(convert::array_type(column)));
            aliases.push(alias);
        }
        if model.log_access {
            names.extend(["create_uid", "create_date", "write_uid", "write_date"].map(Sql::ident));
            let (uid, now) = (Sql::bind(Bind::Int(Some(self.uid()))), Sql::lit("(now() AT TIME ZONE 'UTC')"));
            outputs.extend([uid.clone(), now.clone(), uid, now]);
        }
        let ordinal: Vec<Option<Id>> = (0..rows).map(|n| Id::try_from(n).ok()).collect();
        arrays.push(Sql::bind(Bind::Ints(ordinal)).push("::int4[]"));
        aliases.push(Sql::lit("n"));
        let mut sql = Sql::lit("INSERT INTO ").push_ident(&model.table);
        sql = if names.is_empty() {
            sql.push(" (id) SELECT nextval(pg_get_serial_sequence(").push_bind(Bind::text(&model.table)).push("::text, 'id'))")
        } else {
            sql.push(" (").push_joined(names, ", ").push(") SELECT ").push_joined(outputs, ", ")
        };
        sql = sql
            .push(" FROM unnest(")
            .push_joined(arrays, ", ")
            .push(") AS v(")
            .push_joined(aliases, ", ")
            .push(") ORDER BY v.n RETURNING id");
        self.query_ids(sql)
    }

    fn write_after(&mut self, model: &Model, ids: &[Id], parts: &[Parts]) -> Result<()> {
        // Each field for all records at once; lines and links last.
        let mut fields: Vec<&Field> = Vec::new();
        for (name, _) in parts.iter().flat_map(|part| &part.after) {
            if !fields.iter().any(|field| field.name == *name) {
                fields.push(model.field(name)?);
            }
        }
        fields.sort_by_key(|field| field.kind.is_x2many());
        for field in fields {
            let name = &field.name;
            let lines: Vec<(Id, &Value)> =
                ids.iter().zip(parts).filter_map(|(id, p)| p.after.iter().find(|(n, _)| n == name).map(|(_, v)| (*id, v))).collect();
            let inverse = self.declared().field(&model.name, name).is_some_and(|d| d.inverse.is_some());
            if field.kind.is_x2many() && field.store && field.related.is_none() && !inverse {
                self.write_x2many_new(model, field, &lines)?;
            } else {
                self.write_each_after(model, field, &lines)?;
            }
        }
        Ok(())
    }

    /// A field of many records, those with the same value together.
    fn write_each_after(&mut self, model: &Model, field: &Field, values: &[(Id, &Value)]) -> Result<()> {
        let mut groups: Vec<(&Value, Vec<Id>)> = Vec::new();
        for (id, value) in values {
            match groups.iter_mut().find(|(known, _)| known == value) {
                Some((_, ids)) => ids.push(*id),
                None => groups.push((value, vec![*id])),
            }
        }
        groups.into_iter().try_for_each(|(value, ids)| self.write_field_after(model, field, &ids, value))
    }

    /// Fills the fields that were not given: context, `ir.default`, declared defaults.
    fn with_defaults(&mut self, model: &Model, values: Vec<Map>) -> Result<Vec<Map>> {
        let mut missing: BTreeSet<String> = BTreeSet::new();
        for field in model.fields.values() {
            // What a company has by default is read when nothing is kept: it is not written.
            let fallback = field.company_dependent && !self.has_own_default(model, field);
            if !fallback && values.iter().any(|map| !map.contains_key(&field.name)) {
                missing.insert(field.name.clone());
            }
        }
        let names: Vec<&str> = missing.iter().map(String::as_str).collect();
        let defaults = self.defaults(model, &names)?;
        let fresh: Vec<String> = defaults.iter().filter(|(_, d)| d.1).map(|(n, _)| n.clone()).collect();
        let mut out = Vec::with_capacity(values.len());
        for (n, map) in values.into_iter().enumerate() {
            let mut full = map;
            // A default that is made anew for each record (a sequence, a token) is asked for again.
            let again = if n > 0 && !fresh.is_empty() {
                let names: Vec<&str> = fresh.iter().filter(|f| !full.contains_key(f)).map(String::as_str).collect();
                self.defaults(model, &names)?
            } else {
                HashMap::new()
            };
            for (name, (value, _)) in &defaults {
                if !full.contains_key(name) {
                    let own = again.get(name).map_or(value, |(v, _)| v);
                    full.insert(name.clone(), own.clone());
                }
            }
            out.push(full);
        }
        Ok(out)
    }
}

/// What a new row holds that was made of these values: what its columns keep unchanged, and nothing where nothing was given.
fn known_once_inserted(model: &Model, columns: &HashMap<String, Value>) -> Vec<(String, Value)> {
    let kept = |field: &Field| {
        if !field.is_column()
            || field.kind == Kind::Binary
            || field.has_default
            || field.name == "parent_path"
            || field.translate
            || field.company_dependent
            || LOG_FIELDS.contains(&field.name.as_str())
        {
            return None;
        }
        let Some(value) = columns.get(&field.name) else { return Some((field.name.clone(), convert::empty(field))) };
        let kept = match (field.kind, value) {
            (Kind::Many2one, value) => value.as_id().map_or(Value::None, Value::from),
            (Kind::Selection | Kind::Char, Value::Str(text)) if text.is_empty() => return None,
            (Kind::Selection | Kind::Char, Value::Str(_))
            | (Kind::Date | Kind::Selection | Kind::Char, Value::None)
            | (Kind::Boolean, Value::Bool(_))
            | (Kind::Integer, Value::Int(_))
            | (Kind::Date, Value::Date(_)) => value.clone(),
            (Kind::Float | Kind::Monetary, Value::Decimal(_)) if field.is_decimal() => value.clone(),
            _ => return None,
        };
        Some((field.name.clone(), kept))
    };
    model.fields.values().filter_map(kept).collect()
}

impl Next<CreateHook> {
    /// Runs the rest of the chain, down to the INSERT.
    pub fn call(&self, env: &mut Env, values: Vec<Map>) -> Result<Vec<Id>> {
        match self.split() {
            Some((hook, rest)) => hook(env, values, &rest),
            None => {
                let reg = env.registry();
                env.insert_records(reg.model(&self.model)?, values)
            }
        }
    }
}
