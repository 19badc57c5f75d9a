//! Values of records: from the cache, else from the database, set by set.

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::convert;
use crate::declare::{Compute, DisplayName};
use crate::domain::column::company_value;
use crate::env::Env;
use crate::error::Result;
use crate::registry::{Column, Field, Kind, Model, Registry};
use crate::rows::Codec;
use crate::sql::row::Row;
use crate::sql::{Bind, Sql};
use crate::value::{Id, Value};

/// The column of a field under an alias, in a language and company, in a form that [`codec`] reads.
pub fn column_sql(field: &Field, alias: &str, lang: &str, company: Id) -> Sql {
    let column = Sql::column(alias, &field.name);
    if field.company_dependent {
        return company_value(column, field, company, None);
    }
    if field.translate {
        if lang == "en_US" {
            return column.push(" ->> 'en_US'");
        }
        return Sql::lit("COALESCE(")
            .push_sql(column.clone())
            .push(" ->> ")
            .push_bind(Bind::text(lang))
            .push("::text, ")
            .push_sql(column)
            .push(" ->> 'en_US')");
    }
    column
}

/// How the column of [`column_sql`] is read.
pub fn codec(field: &Field) -> Codec {
    match field.kind {
        Kind::Integer | Kind::Many2oneReference if field.column == Some(Column::Int8) => Codec::Big,
        Kind::Integer | Kind::Many2oneReference => Codec::Int,
        Kind::Many2one => Codec::Id,
        Kind::Float | Kind::Monetary if field.is_decimal() => Codec::Decimal,
        Kind::Float | Kind::Monetary => Codec::Float,
        Kind::Boolean => Codec::Bool,
        Kind::Date => Codec::Date,
        Kind::Datetime => Codec::Timestamp,
        Kind::Json | Kind::Properties | Kind::PropertiesDefinition => Codec::Json,
        _ => Codec::Text,
    }
}

/// The canonical value of a cell.
pub(crate) fn canonical(row: &Row, index: usize, field: &Field) -> Value {
    match codec(field) {
        Codec::Int => Value::Int(i64::from(row.int(index).unwrap_or(0))),
        Codec::Id => row.int(index).map_or(Value::None, Value::from),
        Codec::Big => Value::Int(row.big(index).unwrap_or(0)),
        Codec::Float => Value::Float(row.float(index).unwrap_or(0.0)),
        Codec::Decimal => row.number(index).unwrap_or(Value::Decimal(Decimal::ZERO)),
        Codec::Bool => Value::Bool(row.bool(index).unwrap_or(false)),
        Codec::Date => row.date(index).map_or(Value::None, Value::Date),
        Codec::Timestamp => row.timestamp(index).map_or(Value::None, Value::DateTime),
        Codec::Json => row.json(index).map_or(Value::None, |j| Value::from(&j)),
        Codec::Text if field.kind == Kind::Binary => row.bytes(index).map_or(Value::None, |b| Value::Bytes(convert::from_column(b))),
        Codec::Text => row.text(index).map_or(Value::None, Value::Str),
    }
}

impl Env {
    /// Canonical values of a field, one for each id. Missing records read empty.
    pub fn values(&mut self, model: &str, field: &str, ids: &[Id]) -> Result<Vec<Value>> {
        let reg = self.registry();
        let found = reg.model(model)?;
        let field = found.field(field)?;
        if field.name == "id" {
            return Ok(ids.iter().map(|id| Value::from(*id)).collect());
        }
        let key = self.cache_key(field);
        let mut missing = self.cache.missing(model, &key, ids);
        // One that is asked for twice is read once: lines and links would be handed to the first and taken from the second.
        let mut once = std::collections::HashSet::new();
        missing.retain(|id| *id != 0 && once.insert(*id));
        if !missing.is_empty() && !self.pending.is_empty() {
            self.flush()?;
            // Computations read what is asked for here.
            missing.retain(|id| self.cache.get(model, &key, *id).is_none());
        }
        if !missing.is_empty() {
            self.load(found, field, &missing)?;
        }
        let empty = convert::empty(field);
        Ok(ids.iter().map(|id| self.cache.get(model, &key, *id).unwrap_or(&empty).clone()).collect())
    }

    /// The canonical value of a field of one record.
    pub fn value(&mut self, model: &str, field: &str, id: Id) -> Result<Value> {
        Ok(self.values(model, field, &[id])?.pop().unwrap_or_default())
    }

    /// Lines and links are filtered by the reader's rules: kept apart from what the superuser sees.
    pub(crate) fn cache_key(&self, field: &Field) -> String {
        // Drafts hold what the client sent: one value for all.
        if field.kind.is_x2many() && !self.su { format!("{}\u{0}rules", field.name) } else { field.name.clone() }
    }

    fn load(&mut self, model: &Model, field: &Field, ids: &[Id]) -> Result<()> {
        let (drafts, real): (Vec<Id>, Vec<Id>) = ids.iter().copied().partition(|id| *id < 0);
        let computed = self.declared().compute_of(model, &field.name).filter(|_| !field.is_column() || !drafts.is_empty()).cloned();
        if let Some(compute) = computed.filter(|c| !self.is_computing(model, c)) {
            self.load_computed(model, field, &compute, if field.is_column() { &drafts } else { ids })?;
            if !field.is_column() {
                return Ok(());
            }
        }
        if field.name == "display_name" {
            self.load_draft_names(model, &drafts)?;
            for (id, name) in real.iter().zip(self.names(&model.name, &real)?) {
                self.cache.set(&model.name, "display_name", *id, Value::Str(name));
            }
            return Ok(());
        }
        // A smaller copy of an image has an attachment of its own.
        if let Some(path) = field.related.clone().filter(|_| !field.is_attachment()) {
            let through = if field.is_column() { drafts.as_slice() } else { ids };
            if !through.is_empty() {
                self.load_related(model, field, &path, through)?;
            }
            if !field.is_column() {
                return Ok(());
            }
        } else {
            self.load_origins(model, field, &drafts)?;
        }
        if real.is_empty() {
            return Ok(());
        }
        match field.kind {
            _ if field.is_column() => self.load_columns(model, field, &real),
            Kind::One2many if field.store => self.load_lines(model, field, &real),
            Kind::Many2many if field.store => self.load_links(model, field, &real),
            Kind::Binary if field.store => self.load_attachments(model, field, &real),
            // What is neither kept nor computed is as it is on a new record.
            _ if !field.store => {
                if let Some(crate::declare::Default::Value(value)) =
                    self.declared().field(&model.name, &field.name).and_then(|f| f.default.clone())
                {
                    let value = convert::to_field(model, field, &value)?;
                    real.iter().for_each(|id| self.cache.set(&model.name, &field.name, *id, value.clone()));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn is_computing(&self, model: &Model, compute: &Compute) -> bool {
        self.computing.iter().any(|(name, first)| *name == model.name && Some(first) == compute.fields.first())
    }

    fn load_computed(&mut self, model: &Model, field: &Field, compute: &Compute, ids: &[Id]) -> Result<()> {
        let mut out = crate::compute::Computed::of(&model.name);
        self.computing.push((model.name.clone(), compute.fields.first().copied().unwrap_or_default()));
        let done = if compute.sudo || field.store {
            self.sudo(|env| (compute.run)(env, ids, &mut out))
        } else {
            (compute.run)(self, ids, &mut out)
        };
        self.computing.pop();
        done?;
        for name in compute.fields {
            let target = model.field(name)?;
            let key = self.cache_key(target);
            for id in ids {
                if let Some(value) = out.get(name, *id) {
                    // Records of models without a table may be called by texts.
                    let by_text =
                        target.kind == Kind::Many2one && !target.is_column() && value.as_str().is_some_and(|text| !text.is_empty());
                    let value = if by_text { value.clone() } else { convert::to_field(model, target, value)? };
                    self.cache.set(&model.name, &key, *id, value);
                }
            }
        }
        Ok(())
    }

    /// What a draft was not given is as in the saved record behind it, or the default.
    fn load_origins(&mut self, model: &Model, field: &Field, drafts: &[Id]) -> Result<()> {
        let key = self.cache_key(field);
        for draft in drafts {
            if self.cache.get(&model.name, &key, *draft).is_some() {
                continue;
            }
            let value = match self.cache.origin(*draft) {
                Some(origin) => self.value(&model.name, &field.name, origin)?,
                None if field.kind.is_x2many() => continue,
                None => match self.defaults(model, &[&field.name])?.remove(&field.name) {
                    Some((value, _)) => convert::to_field(model, field, &value)?,
                    None => continue,
                },
            };
            self.cache.set(&model.name, &key, *draft, value);
        }
        Ok(())
    }

    /// Drafts are named by the field that names records: no statement finds them.
    fn load_draft_names(&mut self, model: &Model, drafts: &[Id]) -> Result<()> {
        let whole = model.fields.contains_key("complete_name").then(|| "complete_name".to_owned());
        let Some(field) = whole.or_else(|| model.rec_name.clone()) else { return Ok(()) };
        if drafts.is_empty() {
            return Ok(());
        }
        for (draft, value) in drafts.iter().zip(self.values(&model.name, &field, drafts)?) {
            self.cache.set(&model.name, "display_name", *draft, value);
        }
        Ok(())
    }

    /// All plain columns of the records in one statement: the next field asked for is there already.
    pub(crate) fn load_columns(&mut self, model: &Model, wanted: &Field, ids: &[Id]) -> Result<()> {
        let lang = self.lang()?.to_owned();
        let company = self.company_id();
        let fields: Vec<&Field> = model
            .fields
            .values()
            .filter(|f| f.name == wanted.name || (f.is_column() && !f.company_dependent && f.kind != Kind::Binary))
            .collect();
        let mut columns = vec![Sql::column("t0", "id")];
        let user = self.reg.has_defaults(&model.name).then(|| self.uid());
        columns.extend(fields.iter().map(|f| match f.company_dependent {
            true => company_value(Sql::column("t0", &f.name), f, company, user),
            false => column_sql(f, "t0", &lang, company),
        }));
        let sql = Sql::lit("SELECT ")
            .push_joined(columns, ", ")
            .push(" FROM ")
            .push_ident(&model.table)
            .push(" AS \"t0\" WHERE \"t0\".\"id\" = ANY(")
            .push_bind(Bind::ids(ids))
            .push(")");
        let rows = self.query(sql)?;
        for row in &rows {
            let Some(id) = row.int(0) else { continue };
            for (n, field) in fields.iter().enumerate() {
                self.cache.set(&model.name, &field.name, id, canonical(row, n + 1, field));
            }
        }
        Ok(())
    }

    /// The value at the end of a path, read with superuser rights as Odoo does.
    fn load_related(&mut self, model: &Model, field: &Field, path: &[String], ids: &[Id]) -> Result<()> {
        let reg = self.registry();
        let Some((first, rest)) = path.split_first() else { return Ok(()) };
        let step = model.field(first)?;
        let values = self.sudo(|env| env.values(&model.name, first, ids))?;
        let key = self.cache_key(field);
        if rest.is_empty() {
            for (id, value) in ids.iter().zip(values) {
                self.cache.set(&model.name, &key, *id, value);
            }
            return Ok(());
        }
        // Steps through lines take the first one, as reading a related field over a one2many does.
        let mut targets: Vec<Option<Id>> = values.iter().map(|v| v.as_id().or_else(|| v.ids().first().copied())).collect();
        self.shown_to_drafts(model, first, ids, &mut targets)?;
        let target = reg.target(step)?;
        let mut unique: Vec<Id> = targets.iter().flatten().copied().collect();
        unique.sort_unstable();
        unique.dedup();
        let mut at = target;
        let mut reached: HashMap<Id, Value> = unique.iter().map(|id| (*id, Value::from(*id))).collect();
        for name in rest {
            let next = at.field(name)?;
            let from: Vec<Id> = reached.values().filter_map(|v| v.as_id().or_else(|| v.ids().first().copied())).collect();
            let found = self.sudo(|env| env.values(&at.name, name, &from))?;
            let by_id: HashMap<Id, Value> = from.into_iter().zip(found).collect();
            for value in reached.values_mut() {
                let id = value.as_id().or_else(|| value.ids().first().copied());
                *value = id.and_then(|id| by_id.get(&id).cloned()).unwrap_or_else(|| convert::empty(next));
            }
            if next.kind.is_relational() {
                at = reg.target(next)?;
            }
        }
        for (id, target) in ids.iter().zip(targets) {
            let value = target.and_then(|t| reached.get(&t).cloned()).unwrap_or_else(|| convert::empty(field));
            self.cache.set(&model.name, &key, *id, value);
        }
        Ok(())
    }

    /// How the records of a model are called in this context, when that is not how they are called elsewhere.
    fn called_otherwise(&self, model: &str) -> Option<crate::declare::NamesFn> {
        let (keys, names) = self.db.declared().get(model)?.named_for?;
        keys.iter().any(|key| self.context_get(key).is_some_and(Value::truthy)).then_some(names)
    }

    /// SQL for the name of the row under an alias, when there is any and the context asks for no other name.
    pub(crate) fn name_sql(&self, model: &Model, alias: &str, lang: &str) -> Option<Sql> {
        if self.called_otherwise(&model.name).is_some() {
            return None;
        }
        self.own_name_sql(model, alias, lang)
    }

    /// What the reader calls records, whatever the context asks.
    fn own_name_sql(&self, model: &Model, alias: &str, lang: &str) -> Option<Sql> {
        let declared = self.db.declared();
        match declared.get(&model.name).and_then(|d| d.named_in) {
            Some((group, make)) if self.has_group(group) => Some(make(&self.reg, alias, lang)),
            _ => name_sql(&self.reg, &declared, model, alias, lang),
        }
    }

    /// Names of records, one for each id.
    pub fn names(&mut self, model: &str, ids: &[Id]) -> Result<Vec<String>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let (reg, declared) = (self.registry(), self.declared());
        let found = reg.model(model)?;
        if let Some(names) = self.called_otherwise(model) {
            return names(self, ids);
        }
        if let Some(DisplayName::Compute(names)) = declared.get(model).and_then(|d| d.display_name) {
            return names(self, ids);
        }
        let lang = self.context.lang.clone();
        let Some(sql) = self.own_name_sql(found, "t0", &lang) else {
            let Some(field) = found.rec_name.clone() else { return Ok(ids.iter().map(|id| format!("{model},{id}")).collect()) };
            let named = found.field(&field)?;
            if named.kind == Kind::Many2one {
                let targets: Vec<Id> = self.values(model, &field, ids)?.iter().map(|v| v.as_id().unwrap_or(0)).collect();
                return self.sudo(|env| env.names(named.relation.as_deref().unwrap_or_default(), &targets));
            }
            return Ok(self
                .values(model, &field, ids)?
                .iter()
                .map(|v| if *v == Value::None { String::new() } else { v.py_str() })
                .collect());
        };
        let statement = Sql::lit("SELECT \"t0\".\"id\", ")
            .push_sql(sql)
            .push(" FROM ")
            .push_ident(&found.table)
            .push(" AS \"t0\" WHERE \"t0\".\"id\" = ANY(")
            .push_bind(Bind::ids(ids))
            .push(")");
        let names: HashMap<Id, String> =
            self.query(statement)?.iter().filter_map(|r| Some((r.int(0)?, r.text(1).unwrap_or_default()))).collect();
        Ok(ids.iter().map(|id| names.get(id).cloned().unwrap_or_default()).collect())
    }
}

/// SQL for the name of the row under an alias, when there is any.
pub fn name_sql(reg: &Registry, declared: &crate::declare::Declarations, model: &Model, alias: &str, lang: &str) -> Option<Sql> {
    match declared.get(&model.name).and_then(|d| d.display_name) {
        Some(DisplayName::Sql(make)) => return Some(make(reg, alias, lang)),
        Some(DisplayName::Compute(_)) => return None,
        None => {}
    }
    if model.table.is_empty() {
        return None;
    }
    let Some(rec_name) = model.rec_name.as_deref() else {
        return Some(
            Sql::lit("(").push_bind(Bind::text(format!("{},", model.name))).push("::text || ").push_sql(Sql::column(alias, "id")).push(")"),
        );
    };
    let field = model.fields.get(rec_name)?;
    if field.is_column() && matches!(field.kind, Kind::Char | Kind::Text) && !field.company_dependent {
        return Some(column_sql(field, alias, lang, 0));
    }
    // The name of a user is its partner's.
    let [link, name] = field.related.as_deref()? else { return None };
    let link = model.fields.get(link).filter(|f| f.is_column())?;
    let parent = reg.models.get(link.relation.as_deref()?)?;
    let end = parent.fields.get(name).filter(|f| f.is_column())?;
    Some(
        Sql::lit("(SELECT ")
            .push_sql(column_sql(end, "n", lang, 0))
            .push(" FROM ")
            .push_ident(&parent.table)
            .push(" AS \"n\" WHERE \"n\".\"id\" = ")
            .push_sql(Sql::column(alias, &link.name))
            .push(")"),
    )
}
