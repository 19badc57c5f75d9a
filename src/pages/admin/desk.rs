//! The desk of somebody who is signed in: what they ask the product, as themselves.
//!
//! Everything a page shows or does goes through [`Desk::call`], the way of RPC: rights, rules and admission hold as there.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use lastmile_models::words::Catalogues;
use lastmile_orm::answer::Answer;
use lastmile_orm::error::Error;
use lastmile_orm::registry::Registry;
use lastmile_orm::value::{Id, Map, Value};
use lastmile_orm::{Database, Declarations, map};
use lastmile_rpc::{Backend, Call, CallError, Caller, Peer, Query, Style};

use super::words::Words;

/// What all pages of the admin share.
pub struct Admin {
    pub catalogues: Catalogues,
    /// What reports of the books are called.
    pub reports: Catalogues,
    pub db: Arc<Database>,
}

/// What pages and their parts answer.
pub type Done<T> = std::result::Result<T, CallError>;

/// How the user's language writes numbers and dates.
#[derive(Clone, Debug)]
pub struct Manner {
    pub point: String,
    pub thousands: String,
    pub date: String,
    pub time: String,
    /// The first day of weeks, 1 for Monday.
    pub week_start: i64,
}

/// A signed-in user, and the way to the product.
pub struct Desk<'b> {
    backend: &'b dyn Backend,
    caller: Caller,
    from: Peer,
    pub uid: Id,
    pub name: String,
    pub company: String,
    /// Language, time zone, companies.
    pub context: Map,
    pub zone: Tz,
    pub words: Words,
    /// What reports of the books are called.
    pub report_words: Words,
    pub manner: Manner,
    /// By id: symbol, position, digits.
    pub currencies: Map,
    pub may_export: bool,
    pub csrf: String,
    /// What models there are.
    pub registry: Arc<Registry>,
    declared: Arc<Declarations>,
}

impl<'b> Desk<'b> {
    /// Asks who the session is.
    pub fn open(backend: &'b dyn Backend, token: &str, from: Peer, csrf: String, admin: &Admin) -> Done<Self> {
        let caller = Caller::Session(token.to_owned());
        let Value::Map(info) = backend.query(&caller, &from, Query::SessionInfo)? else {
            return Err(Error::internal("the session tells nothing").into());
        };
        let context = info.get("user_context").and_then(Value::as_map).cloned().unwrap_or_default();
        let lang = Some(text(&context, "lang")).filter(|l| !l.is_empty()).unwrap_or_else(|| "en_US".into());
        let language = backend.language(&lang)?.unwrap_or_default();
        let or = |name: &str, default: &str| Some(text(&language, name)).filter(|t| !t.is_empty()).unwrap_or_else(|| default.to_owned());
        let companies = info.get("user_companies").and_then(Value::as_map).cloned().unwrap_or_default();
        let current = companies.get("current_company").map(Value::py_str).unwrap_or_default();
        let allowed = companies.get("allowed_companies").and_then(Value::as_map).cloned().unwrap_or_default();
        let company = allowed.get(&current).and_then(Value::as_map).map(|company| text(company, "name")).unwrap_or_default();
        let mut context = context;
        if let Ok(id) = current.parse::<Id>() {
            context.insert("allowed_company_ids".into(), Value::from(vec![id]));
        }
        let groups = info.get("groups").and_then(Value::as_map).cloned().unwrap_or_default();
        Ok(Desk {
            backend,
            caller,
            from,
            uid: info.get("uid").and_then(Value::as_id).unwrap_or(0),
            name: text(&info, "name"),
            company,
            zone: text(&context, "tz").parse().unwrap_or(Tz::UTC),
            words: admin.catalogues.of(&lang),
            report_words: admin.reports.of(&lang),
            registry: admin.db.registry(),
            declared: admin.db.declared(),
            manner: Manner {
                point: or("decimal_point", "."),
                thousands: text(&language, "thousands_sep"),
                date: or("date_format", "%m/%d/%Y"),
                time: or("time_format", "%H:%M:%S"),
                week_start: language.get("week_start").and_then(Value::as_int).unwrap_or(7),
            },
            currencies: info.get("currencies").and_then(Value::as_map).cloned().unwrap_or_default(),
            may_export: groups.get("base.group_allow_export").is_some_and(Value::truthy),
            csrf,
            context,
        })
    }

    /// Calls a method as RPC does. The user's context stands below that of `named`.
    pub fn call(&self, model: &str, method: &str, args: Vec<Value>, named: Map) -> Done<Value> {
        let mut kwargs = named;
        let given = kwargs.shift_remove("context").and_then(|context| if let Value::Map(map) = context { Some(map) } else { None });
        let mut context = self.context.clone();
        context.extend(given.unwrap_or_default());
        kwargs.insert("context".into(), Value::Map(context));
        let call = Call { model: model.into(), method: method.into(), args, kwargs, style: Style::Positional };
        let mut result = Value::None;
        self.backend.execute(&self.caller, &self.from, call, &mut |answer: Answer| {
            result = answer.into_value()?;
            Ok(())
        })?;
        Ok(result)
    }

    /// A question of the web client.
    pub fn ask(&self, query: Query) -> Done<Value> {
        self.backend.query(&self.caller, &self.from, query)
    }

    /// Rows of records.
    pub fn rows(&self, model: &str, domain: Value, fields: &[&str], limit: i64, order: &str) -> Done<Vec<Map>> {
        let fields: Vec<Value> = fields.iter().map(|f| Value::from(*f)).collect();
        let named = map! { "fields" => Value::List(fields), "limit" => limit, "order" => order };
        let found = self.call(model, "search_read", vec![domain], named)?;
        Ok(maps(found))
    }

    /// Rows, none when the user may not see them: for parts of pages that are there for some only.
    pub fn rows_or_none(&self, model: &str, domain: Value, fields: &[&str], limit: i64, order: &str) -> Done<Option<Vec<Map>>> {
        match self.rows(model, domain, fields, limit, order) {
            Ok(rows) => Ok(Some(rows)),
            Err(CallError::Error(Error::Access(_)) | CallError::NoModel(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// How many records there are; none when the user may not see them.
    pub fn count(&self, model: &str, domain: Value) -> Done<Option<i64>> {
        match self.call(model, "search_count", vec![domain], Map::new()) {
            Ok(found) => Ok(found.as_int()),
            Err(CallError::Error(Error::Access(_)) | CallError::NoModel(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether the user may do something with a model at all.
    pub fn may(&self, model: &str, operation: &str) -> bool {
        let args = vec![Value::List(Vec::new()), Value::from(operation)];
        self.call(model, "has_access", args, Map::new()).is_ok_and(|answer| answer.truthy())
    }

    /// Whether a model has a method that clients may call.
    pub fn has_method(&self, model: &str, method: &str) -> bool {
        self.registry.models.get(model).is_some_and(|model| self.declared.method(model, method).is_some())
    }

    /// The user's language.
    pub fn lang(&self) -> &str {
        self.context.get("lang").and_then(Value::as_str).unwrap_or("en_US")
    }

    /// What a model is called in the user's language.
    pub fn label_of(&self, model: &str) -> String {
        self.registry.models.get(model).map(|m| lastmile_orm::registry::translated(&m.label, self.lang()).to_owned()).unwrap_or_default()
    }

    /// A moment of the database where the user is.
    pub fn local(&self, moment: NaiveDateTime) -> DateTime<Tz> {
        self.zone.from_utc_datetime(&moment)
    }

    /// A moment where the user is, for the database. `None` for an hour that clocks leave out there.
    pub fn utc(&self, local: NaiveDateTime) -> Option<NaiveDateTime> {
        Some(self.zone.from_local_datetime(&local).earliest()?.naive_utc())
    }

    /// Today where the user is.
    pub fn today(&self) -> NaiveDate {
        Utc::now().with_timezone(&self.zone).date_naive()
    }
}

/// The maps of a list.
pub fn maps(value: Value) -> Vec<Map> {
    match value {
        Value::List(items) => items.into_iter().filter_map(|item| if let Value::Map(map) = item { Some(map) } else { None }).collect(),
        _ => Vec::new(),
    }
}

/// A text of a row.
pub fn text(row: &Map, field: &str) -> String {
    row.get(field).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// The id and name of a link that `read` answers.
pub fn link(row: &Map, field: &str) -> Option<(Id, String)> {
    let pair = row.get(field)?.as_list()?;
    Some((pair.first()?.as_id()?, pair.get(1)?.py_str()))
}

/// `[[field, operator, value]]`.
pub fn leaf(field: &str, operator: &str, value: impl Into<Value>) -> Value {
    Value::List(vec![Value::from(field), Value::from(operator), value.into()])
}
