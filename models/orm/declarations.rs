//! Everything that code declares, and what it adds to models read from metadata.

use std::collections::HashMap;
use std::fmt;

use crate::declare::{Compute, FieldDecl, Method, ModelDecl, SearchFn};
use crate::registry::Model;

/// Everything that code declares.
#[derive(Default)]
pub struct Declarations {
    pub models: HashMap<&'static str, ModelDecl>,
    /// What every model has.
    pub any: ModelDecl,
    /// Mixins: what models with chatter have.
    pub thread: ModelDecl,
    /// Cleans HTML fields before they are kept.
    pub sanitizer: Option<crate::database::Sanitizer>,
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
