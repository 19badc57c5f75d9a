//! Record rules: from texts to one domain.

use chrono::{NaiveDate, NaiveDateTime, TimeZone};

use crate::error::Result;
use crate::expr::{Expr, PyValue, Scope};
use crate::registry::Rule;
use crate::value::{Id, Value};

use super::{Domain, Host};

/// What rule texts may name: `user`, `uid`, `company_ids`, `company_id`, and the time.
pub struct RuleScope<'a> {
    pub uid: Id,
    pub company_ids: &'a [Id],
    pub company_id: Id,
    pub now: NaiveDateTime,
    pub today: NaiveDate,
    /// `user.has_group(…)`.
    pub has_group: &'a dyn Fn(&str) -> bool,
    /// `user.login`.
    pub login: Option<String>,
}

impl Scope for RuleScope<'_> {
    fn name(&self, name: &str) -> Option<PyValue> {
        Some(match name {
            "user" => PyValue::user(),
            "uid" => PyValue::from(self.uid),
            "company_ids" => PyValue::from(self.company_ids.to_vec()),
            "company_id" => PyValue::from(self.company_id),
            _ => return None,
        })
    }

    fn now(&self) -> NaiveDateTime {
        self.now
    }

    fn today(&self) -> NaiveDate {
        self.today
    }

    fn has_group(&self, xmlid: &str) -> Option<bool> {
        Some((self.has_group)(xmlid))
    }

    fn user_fact(&self, name: &str) -> Option<PyValue> {
        self.login.as_deref().filter(|_| name == "login").map(PyValue::from)
    }
}

/// One domain of a model's rules: global rules bind everyone, of a user's group rules one is enough, and rules
/// of other groups do not matter. The caller has chosen the rules of the right in question; `groups` are the
/// user's, implied ones included.
pub fn combine(host: &dyn Host, rules: &[&Rule], groups: &[Id]) -> Result<Domain> {
    let scope = RuleScope {
        uid: host.uid(),
        company_ids: host.company_ids(),
        company_id: host.company_id(),
        now: host.now(),
        today: host.tz().from_utc_datetime(&host.now()).date_naive(),
        has_group: &|xmlid| host.registry().group(xmlid).is_some_and(|group| groups.contains(&group)),
        login: host.user_values(&["login".to_owned()]).and_then(|v| v.first().and_then(Value::as_str).map(str::to_owned)),
    };
    let mut global = Domain::True;
    let mut grouped: Option<Domain> = None;
    for rule in rules {
        if !rule.groups.is_empty() && !rule.groups.iter().any(|group| groups.contains(group)) {
            continue;
        }
        let domain = lower(&rule.domain, &scope)?;
        if rule.groups.is_empty() {
            global = global.and(domain);
        } else {
            grouped = Some(grouped.unwrap_or(Domain::False).or(domain));
        }
    }
    Ok(global.and(grouped.unwrap_or(Domain::True)))
}

/// The domain of one text; an empty one is every record.
pub fn lower(text: &str, scope: &dyn Scope) -> Result<Domain> {
    if text.trim().is_empty() {
        return Ok(Domain::True);
    }
    Domain::from_py(&Expr::parse(text)?.eval(scope)?)
}
