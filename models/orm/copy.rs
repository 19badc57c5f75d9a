//! Copying records, with their lines and translations.

use crate::access::Operation;
use crate::create::LOG_FIELDS;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::registry::{Field, Kind, Model};
use crate::sql::{Bind, Sql};
use crate::value::{Id, Map, Value};

/// Lines of lines are copied at most this deep.
const MAX_DEPTH: usize = 3;

impl Env {
    /// Copies records; answers the new ids in order.
    pub fn copy(&mut self, model: &str, ids: &[Id], changes: &Map) -> Result<Vec<Id>> {
        if let Some(why) = self.declared().get(model).and_then(|own| own.no_copy) {
            return Err(Error::user(why));
        }
        self.check_access(model, Operation::Create)?;
        self.check_access(model, Operation::Read)?;
        self.require(model, ids)?;
        self.check_records(model, ids, Operation::Read)?;
        let maps = self.copy_data(model, ids, changes, 0)?;
        let copies = self.create_copies(model, ids, maps)?;
        let reg = self.registry();
        if reg.langs.len() > 1 {
            self.sudo(|env| env.copy_translations(reg.model(model)?, ids, &copies, changes, 0))?;
        }
        Ok(copies)
    }

    /// Creates records from what `copy_data` answered, changed or not. The model's hooks may ask `is_copying`.
    ///
    /// # Errors
    /// As for `create`.
    pub fn create_copies(&mut self, model: &str, originals: &[Id], maps: Vec<Map>) -> Result<Vec<Id>> {
        let before = self.copying.replace(model.to_owned());
        let made = self.create(model, maps);
        self.copying = before;
        let copies = made?;
        let declared = self.declared();
        for hook in declared.get(model).iter().flat_map(|own| &own.copied) {
            hook(self, originals)?;
        }
        Ok(copies)
    }

    /// Whether the records of a model that are being created are copies of others.
    pub fn is_copying(&self, model: &str) -> bool {
        self.copying.as_deref() == Some(model)
    }

    /// Values for copies of records: copied fields, lines as commands, the given changes on top.
    pub fn copy_data(&mut self, model: &str, ids: &[Id], changes: &Map, depth: usize) -> Result<Vec<Map>> {
        let (reg, declared) = (self.registry(), self.declared());
        let found = reg.model(model)?;
        let mut maps = vec![Map::new(); ids.len()];
        for field in found.fields.values().filter(|field| is_copied(found, field, changes)) {
            self.check_field(found, field, "read")?;
            let mut values = self.values(model, &field.name, ids)?;
            match field.kind {
                Kind::One2many if depth < MAX_DEPTH => values = self.copied_lines(field, &values, depth)?,
                Kind::One2many => continue,
                _ => {}
            }
            for (map, value) in maps.iter_mut().zip(values) {
                let value = match field.kind {
                    Kind::Many2many => Value::List(vec![Value::List(vec![Value::Int(6), Value::Int(0), value])]),
                    _ if value == Value::None => Value::Bool(false),
                    _ => value,
                };
                map.insert(field.name.clone(), value);
            }
        }
        if let Some(own) = declared.get(model) {
            if let Some(name) = own.copy_suffix.filter(|name| !changes.contains_key(name)) {
                for (map, value) in maps.iter_mut().zip(self.values(model, name, ids)?) {
                    map.insert(name.to_owned(), Value::Str(format!("{} (copy)", value.as_str().unwrap_or_default())));
                }
            }
            for hook in &own.copy {
                hook(self, ids, &mut maps)?;
            }
        }
        for map in &mut maps {
            map.extend(changes.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        Ok(maps)
    }

    /// Lines of records as commands that make them anew, those of all records read together.
    fn copied_lines(&mut self, field: &Field, lines: &[Value], depth: usize) -> Result<Vec<Value>> {
        let reg = self.registry();
        let target = reg.target(field)?;
        let all: Vec<Id> = lines.iter().flat_map(Value::ids).collect();
        if !all.is_empty() {
            // The rules left hidden lines out already; the right on their model is another matter.
            self.check_access(&target.name, Operation::Read)?;
        }
        let mut copies = self.copy_data(&target.name, &all, &Map::new(), depth + 1)?.into_iter();
        // The link to the old parent stays: the command gives them the new one.
        let create = |line: Map| Value::List(vec![Value::Int(0), Value::Int(0), Value::Map(line)]);
        Ok(lines.iter().map(|own| Value::List(copies.by_ref().take(own.ids().len()).map(create).collect())).collect())
    }

    /// Gives copies the other languages of what was copied as it is; lines are paired in the order of their ids.
    fn copy_translations(&mut self, model: &Model, ids: &[Id], copies: &[Id], changes: &Map, depth: usize) -> Result<()> {
        if ids.is_empty() || ids.len() != copies.len() {
            return Ok(());
        }
        let reg = self.registry();
        let copied = |field: &&Field| is_copied(model, field, changes);
        let texts: Vec<&Field> = model.fields.values().filter(copied).filter(|field| field.translate && field.is_column()).collect();
        if !texts.is_empty() {
            self.execute(&self.translations_sql(model, &texts, ids, copies)?)?;
            self.cache.invalidate();
        }
        for (link, parent) in model.inherits.iter().filter(|(link, _)| !changes.contains_key(link)) {
            let (old, new) = (self.ids_of(model, link, ids)?, self.ids_of(model, link, copies)?);
            self.copy_translations(reg.model(parent)?, &old, &new, changes, depth)?;
        }
        for field in model.fields.values().filter(copied).filter(|field| field.kind == Kind::One2many && field.store && depth < MAX_DEPTH) {
            let target = reg.target(field)?;
            if target.fields.values().any(|field| field.copy && (field.translate || field.kind == Kind::One2many)) {
                let (mut old, mut new) = (Vec::new(), Vec::new());
                for (before, after) in
                    self.values(&model.name, &field.name, ids)?.iter().zip(self.values(&model.name, &field.name, copies)?)
                {
                    let (mut before, mut after) = (before.ids(), after.ids());
                    if before.len() == after.len() {
                        before.sort_unstable();
                        after.sort_unstable();
                        old.extend(before);
                        new.extend(after);
                    }
                }
                self.copy_translations(target, &old, &new, &Map::new(), depth + 1)?;
            }
        }
        Ok(())
    }

    /// What a many2one of records leads to, one for each.
    fn ids_of(&mut self, model: &Model, field: &str, ids: &[Id]) -> Result<Vec<Id>> {
        Ok(self.values(&model.name, field, ids)?.iter().filter_map(Value::as_id).collect())
    }

    fn translations_sql(&self, model: &Model, texts: &[&Field], ids: &[Id], copies: &[Id]) -> Result<Sql> {
        let lang = self.lang()?;
        let sets = texts.iter().map(|field| {
            Sql::ident(&field.name)
                .push(" = ")
                .push_sql(Sql::column("n", &field.name))
                .push(" || COALESCE(")
                .push_sql(Sql::column("o", &field.name))
                .push(" - ")
                .push_bind(Bind::text(lang))
                .push("::text, '{}'::jsonb)")
        });
        Ok(Sql::lit("UPDATE ")
            .push_ident(&model.table)
            .push(" AS \"n\" SET ")
            .push_joined(sets.collect::<Vec<_>>(), ", ")
            .push(" FROM unnest(")
            .push_bind(Bind::ids(ids))
            .push("::int4[], ")
            .push_bind(Bind::ids(copies))
            .push("::int4[]) AS p(old, new) JOIN ")
            .push_ident(&model.table)
            .push(" AS \"o\" ON \"o\".\"id\" = p.old WHERE \"n\".\"id\" = p.new"))
    }
}

/// Whether a copy takes a field over. The link to a parent record is not copied but made anew with the parent's
/// fields, unless the caller gives it: then the parent is that one, as it is.
fn is_copied(model: &Model, field: &Field, changes: &Map) -> bool {
    let given = |link: &str| changes.contains_key(link);
    let link_of = |field: &Field| field.related.as_ref().and_then(|path| path.first().cloned());
    field.copy
        && (field.store || field.inherited || field.related.is_none())
        && field.name != "parent_path"
        && !LOG_FIELDS.contains(&field.name.as_str())
        && !given(&field.name)
        && !model.inherits.iter().any(|(link, _)| *link == field.name)
        && !(field.inherited && link_of(field).is_some_and(|link| given(&link)))
}
