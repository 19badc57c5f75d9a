//! Who asks, in which language, company and time zone.

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;

use crate::env::Env;
use crate::error::{Error, Result};
use crate::value::{Id, Map, Value};

/// What the kernel knows of a user; read once and kept until a change anywhere ends it.
#[derive(Clone, Debug, Default)]
pub struct UserInfo {
    pub id: Id,
    pub login: String,
    pub active: bool,
    pub share: bool,
    pub partner_id: Id,
    pub company_id: Id,
    pub company_ids: Vec<Id>,
    /// Own and implied groups.
    pub groups: Vec<Id>,
    pub lang: Option<String>,
    pub tz: Option<String>,
}

/// The context of a call: the client's map, and what the kernel reads from it.
#[derive(Clone, Debug, Default)]
pub struct Context {
    pub raw: Map,
    /// `en_US` unless the context names an installed language.
    pub lang: String,
    /// A language that is not installed: an error for whoever needs it.
    pub unknown_lang: Option<String>,
    pub active_test: bool,
    /// Companies of the call, the current one first; empty: the user's.
    pub companies: Vec<Id>,
}

/// The web session a call came through, for methods that ask when the user last proved who they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WebSession {
    /// UTC; the program keeps a change of it with the session.
    pub identity_checked_at: Option<NaiveDateTime>,
    /// What this call made the user's login, password hash and active flag: the session that called goes on with them.
    pub credentials: Option<(String, String, bool)>,
}

impl Env {
    /// The acting user's day: the context's time zone, the user's, else UTC.
    pub fn today(&self) -> NaiveDate {
        match self.tz() {
            Some(tz) => self.now().and_utc().with_timezone(&tz).date_naive(),
            None => self.now().date(),
        }
    }

    /// Time zone of the context, else of the user.
    pub fn tz(&self) -> Option<Tz> {
        let named = self.context.raw.get("tz").and_then(Value::as_str).or(self.user.tz.as_deref());
        named.and_then(|name| name.parse().ok())
    }

    /// The current company.
    pub fn company_id(&self) -> Id {
        self.context.companies.first().copied().unwrap_or(self.user.company_id)
    }

    /// Companies of the call.
    pub fn company_ids(&self) -> Vec<Id> {
        if self.context.companies.is_empty() { self.user.company_ids.clone() } else { self.context.companies.clone() }
    }

    /// The language, or UserError when the context names one that is not installed.
    pub fn lang(&self) -> Result<&str> {
        match &self.context.unknown_lang {
            Some(lang) => Err(Error::user(format!("Invalid language code: {lang}"))),
            None => Ok(&self.context.lang),
        }
    }

    /// Takes over a client's context map.
    pub fn set_context(&mut self, raw: Map) -> Result<()> {
        let mut context = Context { lang: "en_US".into(), active_test: true, ..Context::default() };
        match raw.get("lang").and_then(Value::as_str) {
            None | Some("") => {}
            Some(lang) if self.reg.langs.iter().any(|l| l == lang) => lang.clone_into(&mut context.lang),
            Some(lang) => context.unknown_lang = Some(lang.to_owned()),
        }
        context.active_test = raw.get("active_test").is_none_or(Value::truthy);
        if let Some(given) = raw.get("allowed_company_ids") {
            context.companies = self.companies_of(given)?;
        }
        context.raw = raw;
        self.context = context;
        Ok(())
    }

    /// The companies a context names: all of them must be the user's.
    fn companies_of(&self, given: &Value) -> Result<Vec<Id>> {
        let refused = || Error::access("Access to unauthorized or invalid companies.");
        let items = match given {
            Value::List(items) => items.as_slice(),
            other if !other.truthy() => &[],
            Value::Str(_) | Value::Map(_) => return Err(refused()),
            other => return Err(Error::type_(format!("'{}' object is not iterable", other.type_name()))),
        };
        let mut companies = Vec::new();
        for item in items {
            let id = match item {
                Value::Bool(true) => Some(1),
                other => other.as_id(),
            };
            match id.filter(|id| self.su || self.user.company_ids.contains(id)) {
                Some(id) => companies.push(id),
                None if self.su => {}
                None => return Err(refused()),
            }
        }
        Ok(companies)
    }

    /// Runs `work` with more keys in the context.
    pub fn with_context<T>(&mut self, keys: Map, work: impl FnOnce(&mut Env) -> Result<T>) -> Result<T> {
        let before = self.context.clone();
        let mut raw = before.raw.clone();
        raw.extend(keys);
        self.set_context(raw)?;
        let result = work(self);
        self.context = before;
        result
    }

    /// Runs `work` for a company alone: what depends on companies is read and written as that one's.
    ///
    /// # Errors
    /// AccessError when it is none of the user's.
    pub fn for_company<T>(&mut self, company: Id, work: impl FnOnce(&mut Env) -> Result<T>) -> Result<T> {
        if self.company_id() == company {
            return work(self);
        }
        self.with_context(crate::map! { "allowed_company_ids" => vec![company] }, work)
    }

    /// Runs `work` without the context's defaults of new records.
    pub fn without_defaults<T>(&mut self, work: impl FnOnce(&mut Env) -> Result<T>) -> Result<T> {
        let before = self.context.raw.clone();
        self.context.raw.retain(|key, _| !key.starts_with("default_"));
        let result = work(self);
        self.context.raw = before;
        result
    }

    /// A key of the context.
    pub fn context_get(&self, key: &str) -> Option<&Value> {
        self.context.raw.get(key)
    }

    /// Whether the acting user is in the group (external id).
    pub fn has_group(&self, xmlid: &str) -> bool {
        self.reg.group(xmlid).is_some_and(|id| self.user.groups.contains(&id))
    }
}
