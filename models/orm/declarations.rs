//! Everything that code declares, and what it adds to models read from metadata.

use std::collections::{HashMap, HashSet};
use std::fmt;

use rustc_hash::FxBuildHasher;

use crate::declare::{Compute, FieldDecl, Method, ModelDecl, SearchFn};
use crate::error::{Error, Result};
use crate::registry::{Model, Registry};

/// Everything that code declares.
#[derive(Default)]
pub struct Declarations {
    pub models: HashMap<&'static str, ModelDecl, FxBuildHasher>,
    /// What every model has.
    pub any: ModelDecl,
    /// Mixins: what models with chatter have.
    pub thread: ModelDecl,
    /// Cleans HTML fields before they are kept.
    pub sanitizer: Option<crate::database::Sanitizer>,
    /// The modules that declare: a database that has all of them has every field that is named here.
    pub modules: &'static [&'static str],
    /// Fields of other modules, which a database may not have.
    optional: HashSet<(&'static str, &'static str)>,
    /// Checks images and makes their smaller copies.
    pub imaging: Option<crate::attachments::Imaging>,
}

impl fmt::Debug for Declarations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Declarations({} models)", self.models.len())
    }
}

impl Declarations {
    /// Declares or extends a model.
    pub fn model(&mut self, name: &'static str) -> &mut ModelDecl {
        self.models.entry(name).or_default()
    }

    /// Says that fields belong to modules beside those that declare here.
    pub fn optional(&mut self, model: &'static str, fields: &[&'static str]) {
        self.optional.extend(fields.iter().map(|field| (model, *field)));
    }

    /// What is declared for a model.
    pub fn get(&self, model: &str) -> Option<&ModelDecl> {
        self.models.get(model)
    }

    /// What is declared for a field.
    pub fn field(&self, model: &str, field: &str) -> Option<&FieldDecl> {
        self.models.get(model)?.fields.get(field)
    }

    /// The compute that fills a field: the model's own, or its mixins'.
    pub fn compute_of(&self, model: &Model, field: &str) -> Option<&Compute> {
        let own = self.models.get(model.name.as_str()).and_then(|m| m.compute_of(field));
        own.or_else(|| self.thread.compute_of(field).filter(|_| model.mail_thread))
    }

    /// How a domain over a computed field is answered: by the model's own search, or its mixins'.
    pub fn search_of(&self, model: &Model, field: &str) -> Option<SearchFn> {
        let own = self.field(&model.name, field).and_then(|f| f.search);
        own.or_else(|| self.thread.fields.get(field).and_then(|f| f.search).filter(|_| model.mail_thread))
    }

    /// The lines and their link through which a computed relation leads.
    pub fn search_path(&self, model: &Model, field: &str) -> Option<&'static [&'static str; 2]> {
        let own = self.field(&model.name, field).and_then(|f| f.search_path);
        own.or_else(|| self.thread.fields.get(field).and_then(|f| f.search_path).filter(|_| model.mail_thread))
    }

    /// Whether that search looks at negative operators itself.
    pub fn searched_as_given(&self, model: &Model, field: &str) -> bool {
        let own = self.field(&model.name, field).filter(|f| f.search.is_some());
        own.or_else(|| self.thread.fields.get(field).filter(|_| model.mail_thread)).is_some_and(|f| f.search_as_given)
    }

    /// The method of a model: its own, its mixins', or every model's.
    pub fn method(&self, model: &Model, name: &str) -> Option<&Method> {
        self.models
            .get(model.name.as_str())
            .and_then(|m| m.methods.get(name))
            .or_else(|| self.thread.methods.get(name).filter(|_| model.mail_thread))
            .or_else(|| self.any.methods.get(name))
    }

    /// Holds the declarations against the metadata: a name mistyped here would leave a rule without effect.
    ///
    /// # Errors
    /// An internal error with the unknown names. A database without some of our modules lacks their fields: that is only
    /// logged.
    pub fn check(&self, reg: &Registry) -> Result<()> {
        let unknown = self.unknown(reg);
        if unknown.is_empty() {
            return Ok(());
        }
        let names = unknown.join(", ");
        let missing: Vec<&str> = self.modules.iter().copied().filter(|module| !reg.modules.iter().any(|known| known == module)).collect();
        if missing.is_empty() {
            return Err(Error::internal(format!("declared, but not in the database: {names}")));
        }
        tracing::warn!(missing = missing.join(", "), "the database has not all modules; without effect: {names}");
        Ok(())
    }

    /// What declarations name that the metadata does not have: `model.field`, or a method. Models that are not there at
    /// all belong to modules that are not installed.
    pub fn unknown(&self, reg: &Registry) -> Vec<String> {
        let mut out = Vec::new();
        for (name, declared) in &self.models {
            out.extend(declared.unknown_methods.iter().map(|method| format!("{name}.{method}()")));
            let Some(model) = reg.models.get(*name) else { continue };
            out.extend(
                declared
                    .paths()
                    .into_iter()
                    .filter(|path| !self.optional.contains(&(*name, *path)) && !leads(reg, model, path))
                    .map(|path| format!("{name}.{path}")),
            );
        }
        let threads: Vec<&Model> = reg.models.values().filter(|model| model.mail_thread).collect();
        let nowhere = |path: &&str| !threads.is_empty() && !threads.iter().any(|model| leads(reg, model, path));
        out.extend(self.thread.paths().into_iter().filter(nowhere).map(|path| format!("mail.thread.{path}")));
        out.sort_unstable();
        out.dedup();
        out
    }

    /// Adds declared facts to a model read from metadata.
    pub(crate) fn apply(&self, model: &mut Model) {
        if model.mail_thread {
            for (name, extra) in &self.thread.fields {
                if let Some(field) = model.fields.get_mut(*name) {
                    field.groups = extra.groups.iter().map(|g| (*g).to_owned()).collect();
                }
            }
        }
        let mixins = [("mail.thread", model.mail_thread), ("mail.activity.mixin", model.mail_activity)];
        for mixin in mixins.iter().filter(|(_, mixed)| *mixed).filter_map(|(name, _)| self.models.get(name)) {
            for (name, extra) in mixin.fields.iter().filter(|(_, extra)| !extra.groups.is_empty()) {
                if let Some(field) = model.fields.get_mut(*name) {
                    field.groups = extra.groups.iter().map(|g| (*g).to_owned()).collect();
                }
            }
        }
        let Some(declared) = self.models.get(model.name.as_str()) else { return };
        if let Some(name) = declared.rec_name {
            model.rec_name = Some(name.to_owned());
        }
        for (name, extra) in &declared.fields {
            let Some(field) = model.fields.get_mut(*name) else { continue };
            if !extra.groups.is_empty() {
                field.groups = extra.groups.iter().map(|g| (*g).to_owned()).collect();
            }
            field.domain = field.domain.take().or_else(|| extra.domain.map(str::to_owned));
            field.digits = extra.digits.or(field.digits);
            field.aggregator = extra.aggregator.map(str::to_owned);
        }
    }
}

/// Whether each step of a dotted path is a field; what lies beyond a model that is not installed is not asked.
fn leads(reg: &Registry, model: &Model, path: &str) -> bool {
    let mut at = Some(model);
    path.split('.').all(|step| {
        let Some(model) = at else { return true };
        let Some(field) = model.fields.get(step) else { return false };
        at = field.relation.as_deref().and_then(|target| reg.models.get(target));
        true
    })
}
