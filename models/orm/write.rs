//! Writing records: one UPDATE for the columns, then lines, links and what follows.

use crate::access::Operation;
use crate::convert;
use crate::create::LOG_FIELDS;
use crate::declare::{Next, WriteFn, WriteHook};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::registry::{Column, Field, Kind, Model};
use crate::sql::{Bind, Sql};
use crate::value::{Id, Map, Value};

impl Env {
    /// Writes the same values to records. Records that do not exist are passed over.
    ///
    /// # Errors
    /// AccessError without the right or when a rule hides one of the records; ValueError and ValidationError as in create.
    pub fn write(&mut self, model: &str, ids: &[Id], values: Map) -> Result<()> {
        let reg = self.registry();
        let found = reg.model(model)?;
        if ids.is_empty() {
            return Ok(());
        }
        self.check_access(model, Operation::Write)?;
        for name in values.keys().filter(|name| !self.accepts(model, name)) {
            let field = found.field(name)?;
            self.check_field(found, field, "write")?;
        }
        if found.read_only {
            return Err(Error::user(format!("Records of '{model}' cannot be written.")));
        }
        self.check_records(model, ids, Operation::Write)?;
        let declared = self.declared();
        let mut hooks: Vec<WriteFn> = declared.any.write.clone();
        if found.mail_thread {
            hooks.extend(&declared.thread.write);
        }
        if let Some(own) = declared.get(model) {
            hooks.extend(&own.write);
        }
        Next::<WriteHook> { model: found.name.clone(), hooks }.call(self, ids, values)
    }

    fn update_records(&mut self, model: &Model, ids: &[Id], values: &Map) -> Result<()> {
        let declared = self.declared();
        let (mut columns, mut after, mut names) = (Vec::new(), Vec::new(), Vec::new());
        let mut parents: Vec<(String, Map)> = Vec::new();
        for (name, value) in values {
            let field = model.field(name)?;
            if LOG_FIELDS.contains(&name.as_str()) {
                continue;
            }
            names.push(name.as_str());
            if field.inherited
                && let Some(link) = field.related.as_ref().and_then(|p| p.first())
            {
                match parents.iter_mut().find(|(l, _)| l == link) {
                    Some((_, map)) => {
                        map.insert(name.clone(), value.clone());
                    }
                    None => parents.push((link.clone(), Map::from_iter([(name.clone(), value.clone())]))),
                }
                continue;
            }
            if field.is_column() {
                let canonical = convert::to_field(model, field, &self.checked_selection(model, field, value)?)?;
                let canonical = self.round_given(model, field, canonical, values, ids)?;
                columns.push((field, self.cleaned(model, field, canonical)));
            }
            let has_inverse = declared.field(&model.name, name).is_some_and(|d| d.inverse.is_some());
            if !field.is_column() || field.related.is_some() || has_inverse {
                after.push((field, value));
            }
        }
        // A line that moves changes the parent it leaves, which only the old value tells.
        let moved: Vec<&str> = columns.iter().filter(|(f, _)| f.kind == Kind::Many2one).map(|(f, _)| f.name.as_str()).collect();
        self.mark_changed(&model.name, &moved, ids)?;
        self.update_columns(model, ids, &columns)?;
        let reg = self.registry();
        self.cache.forget_changed(&reg, &model.name, &names, ids);
        for name in &names {
            self.protect(&model.name, name, ids);
        }
        self.mark_changed(&model.name, &names, ids)?;
        for (link, map) in parents {
            let targets = self.linked(&model.name, &link, ids)?;
            if let Some((_, parent)) = model.inherits.iter().find(|(l, _)| *l == link) {
                self.write(parent, &targets, map)?;
            }
        }
        for (field, value) in after {
            self.write_field_after(model, field, ids, value)?;
        }
        if model.parent_store && names.contains(&model.parent_field.as_str()) {
            self.update_parent_paths(model, ids)?;
        }
        self.flush()?;
        self.run_checks(model, Some(&names), ids)?;
        self.check_companies(model, &names, ids)?;
        self.touch_declared(model)
    }

    fn update_columns(&mut self, model: &Model, ids: &[Id], columns: &[(&Field, Value)]) -> Result<()> {
        let mut sets = Vec::new();
        let fields: Vec<&Field> = columns.iter().map(|(field, _)| *field).collect();
        let fallbacks = self.company_fallbacks(model, &fields)?;
        for (field, value) in columns {
            let Some(column) = field.column else { continue };
            if fallbacks.get(&field.name) == Some(value) {
                let own = Sql::lit("NULLIF(").push_ident(&field.name).push(" - ").push_bind(Bind::text(self.company_id().to_string()));
                sets.push(Sql::ident(&field.name).push(" = ").push_sql(own.push("::text, '{}'::jsonb)")));
                continue;
            }
            sets.push(Sql::ident(&field.name).push(" = ").push_sql(self.assignment(model, field, column, value)?));
        }
        if model.log_access {
            sets.push(Sql::lit("write_uid = ").push_bind(Bind::Int(Some(self.uid()))));
            sets.push(Sql::lit("write_date = (now() AT TIME ZONE 'UTC')"));
        }
        if sets.is_empty() {
            return Ok(());
        }
        let sql = Sql::lit("UPDATE ")
            .push_ident(&model.table)
            .push(" SET ")
            .push_joined(sets, ", ")
            .push(" WHERE id = ANY(")
            .push_bind(Bind::ids(ids))
            .push(")");
        self.execute(&sql).map(|_| ())
    }

    /// The new value of a column; translated and company-dependent ones keep their other languages and companies.
    fn assignment(&self, model: &Model, field: &Field, column: Column, value: &Value) -> Result<Sql> {
        if field.company_dependent {
            let key = self.company_id().to_string();
            let inner = serde_json::Value::from(value);
            let patch = serde_json::json!({ key: inner }).to_string();
            return Ok(Sql::lit("COALESCE(")
                .push_ident(&field.name)
                .push(", '{}'::jsonb) || ")
                .push_bind(Bind::text(patch))
                .push("::jsonb"));
        }
        if !field.translate || *value == Value::None {
            return convert::scalar(column, &self.to_column(model, field, value)?);
        }
        let text = Bind::text(value.py_str());
        Ok(Sql::lit("COALESCE(")
            .push_ident(&field.name)
            .push(", jsonb_build_object('en_US', ")
            .push_bind(text.clone())
            .push("::text)) || jsonb_build_object(")
            .push_bind(Bind::text(self.lang()?))
            .push("::text, ")
            .push_bind(text)
            .push("::text)"))
    }

    /// The stored form of a value for a new row.
    pub(crate) fn to_column(&self, model: &Model, field: &Field, value: &Value) -> Result<Value> {
        if let (Kind::Binary, Value::Bytes(bytes)) = (field.kind, value) {
            let raw = self.db.declared().field(&model.name, &field.name).is_some_and(|d| d.raw_bytes);
            return Ok(if raw { value.clone() } else { Value::Bytes(convert::to_base64(bytes)) });
        }
        if *value == Value::None || !(field.translate || field.company_dependent) {
            return Ok(value.clone());
        }
        if field.company_dependent {
            return Ok(Value::Map(Map::from_iter([(self.company_id().to_string(), value.clone())])));
        }
        let mut map = Map::from_iter([("en_US".to_owned(), value.clone())]);
        map.insert(self.lang()?.to_owned(), value.clone());
        Ok(Value::Map(map))
    }

    /// What a field needs after the row is there: links, lines, attachments, related records, inverses.
    pub(crate) fn write_field_after(&mut self, model: &Model, field: &Field, ids: &[Id], value: &Value) -> Result<()> {
        let declared = self.declared();
        if let Some(inverse) = declared.field(&model.name, &field.name).and_then(|d| d.inverse) {
            return inverse(self, ids, value);
        }
        if let Some(path) = field.related.clone() {
            // A read-only mirror keeps what it is given until its source changes; the source is not written.
            if field.readonly {
                return Ok(());
            }
            return self.write_through(model, &path, ids, value);
        }
        if field.kind.is_x2many() && field.store {
            return self.write_x2many(model, field, ids, value);
        }
        if field.kind == Kind::Binary && field.store {
            let canonical = convert::to_field(model, field, value)?;
            return self.write_attachment(model, field, ids, &canonical);
        }
        Ok(())
    }

    /// Writes to the record at the end of a related path.
    fn write_through(&mut self, model: &Model, path: &[String], ids: &[Id], value: &Value) -> Result<()> {
        let Some((last, steps)) = path.split_last() else { return Ok(()) };
        let reg = self.registry();
        let (mut at, mut targets) = (model, ids.to_vec());
        for step in steps {
            let field = at.field(step)?;
            targets = self.sudo(|env| env.linked(&at.name, step, &targets))?;
            at = reg.target(field)?;
        }
        if targets.is_empty() {
            return Ok(());
        }
        self.write(&at.name, &targets, Map::from_iter([(last.clone(), value.clone())]))
    }

    /// Ids that a relational field of records leads to, each once.
    pub fn linked(&mut self, model: &str, field: &str, ids: &[Id]) -> Result<Vec<Id>> {
        let mut out: Vec<Id> = Vec::new();
        for value in self.values(model, field, ids)? {
            let found = match value {
                Value::List(_) => value.ids(),
                other => other.as_id().into_iter().collect(),
            };
            for id in found {
                if !out.contains(&id) {
                    out.push(id);
                }
            }
        }
        Ok(out)
    }

    /// A selection whose values code makes (languages, time zones) is checked here.
    pub(crate) fn checked_selection(&self, model: &Model, field: &Field, value: &Value) -> Result<Value> {
        if field.kind == Kind::Selection
            && let Some(text) = value.as_str().filter(|t| !t.is_empty())
            && let Some(make) = self.db.declared().field(&model.name, &field.name).and_then(|d| d.selection)
            && !make(&self.reg).iter().any(|(v, _)| v == text)
        {
            return Err(Error::value(format!("Wrong value for {}.{}: '{text}'", model.name, field.name)));
        }
        Ok(value.clone())
    }

    /// HTML without what could run.
    pub(crate) fn cleaned(&self, model: &Model, field: &Field, value: Value) -> Value {
        match (field.kind, &value) {
            (Kind::Html, Value::Str(_)) if self.db.declared().field(&model.name, &field.name).is_some_and(|d| d.raw_html) => value,
            (Kind::Html, Value::Str(text)) => match self.db.sanitizer() {
                Some(clean) => Value::Str(clean(text)),
                None => value,
            },
            _ => value,
        }
    }

    /// Rust constraints: all of them for new records, those of the written fields otherwise.
    pub(crate) fn run_checks(&mut self, model: &Model, written: Option<&[&str]>, ids: &[Id]) -> Result<()> {
        let declared = self.declared();
        let Some(own) = declared.get(&model.name) else { return Ok(()) };
        for (fields, check) in &own.checks {
            if written.is_none_or(|names| fields.iter().any(|f| names.contains(f))) {
                self.sudo(|env| check(env, ids))?;
            }
        }
        Ok(())
    }

    pub(crate) fn touch_declared(&mut self, model: &Model) -> Result<()> {
        match self.declared().get(&model.name).and_then(|d| d.touch) {
            Some(touch) => self.touch(touch),
            None => Ok(()),
        }
    }

    /// Recomputes `parent_path` of records and of all below them.
    pub(crate) fn update_parent_paths(&mut self, model: &Model, ids: &[Id]) -> Result<()> {
        let table = || Sql::ident(&model.table);
        let parent = || Sql::ident(&model.parent_field);
        let cycle = Sql::lit("WITH RECURSIVE up(id, start) AS (SELECT ")
            .push_sql(parent())
            .push(", id FROM ")
            .push_sql(table())
            .push(" WHERE id = ANY(")
            .push_bind(Bind::ids(ids))
            .push(") UNION SELECT t.")
            .push_sql(parent())
            .push(", up.start FROM up JOIN ")
            .push_sql(table())
            .push(" t ON t.id = up.id) SELECT 1 FROM up WHERE id = start LIMIT 1");
        if !self.query(cycle)?.is_empty() {
            return Err(Error::user("Recursion Detected."));
        }
        let sql = Sql::lit("WITH RECURSIVE down(id, path) AS (SELECT t.id, COALESCE(p.parent_path, '') || t.id || '/' FROM ")
            .push_sql(table())
            .push(" t LEFT JOIN ")
            .push_sql(table())
            .push(" p ON p.id = t.")
            .push_sql(parent())
            .push(" WHERE t.id = ANY(")
            .push_bind(Bind::ids(ids))
            .push(") UNION ALL SELECT c.id, down.path || c.id || '/' FROM down JOIN ")
            .push_sql(table())
            .push(" c ON c.")
            .push_sql(parent())
            .push(" = down.id) UPDATE ")
            .push_sql(table())
            .push(" AS t SET parent_path = down.path FROM down WHERE t.id = down.id AND t.parent_path IS DISTINCT FROM down.path");
        self.execute(&sql)?;
        self.cache.forget_field(&model.name, "parent_path");
        self.known.forget(&model.name, &["parent_path"]);
        Ok(())
    }
}

impl Next<WriteHook> {
    /// Runs the rest of the chain, down to the UPDATE.
    pub fn call(&self, env: &mut Env, ids: &[Id], values: Map) -> Result<()> {
        match self.split() {
            Some((hook, rest)) => hook(env, ids, values, &rest),
            None => {
                let reg = env.registry();
                env.update_records(reg.model(&self.model)?, ids, &values)
            }
        }
    }
}
