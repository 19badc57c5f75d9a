//! How a group looks to clients: its values, and the domain that leads to its records.

use chrono_tz::Tz;

use crate::domain::{Domain, Op, Operand};
use crate::registry::Kind;
use crate::value::Value;

use super::locale::Locale;
use super::period::{Granularity, bound};
use super::run::Key;
use super::spec::GroupBy;

/// What faces need to know beside the groups.
#[derive(Clone, Debug)]
pub(super) struct Face {
    pub locale: Locale,
    pub zone: Option<Tz>,
}

impl Face {
    fn period(&self, group: &GroupBy, kind: Kind, key: &Key) -> Option<(Value, Value, String)> {
        let (Some(granularity), Value::DateTime(start)) = (group.granularity.filter(|g| !g.is_part()), &key.value) else { return None };
        let datetime = kind == Kind::Datetime;
        let zone = self.zone.filter(|_| datetime);
        let to = granularity.after(*start, 1);
        Some((bound(*start, datetime, zone), bound(to, datetime, zone), granularity.label(*start, &self.locale)))
    }

    /// `[id, name]` of records, `[begin, label]` of periods, else the value.
    pub fn value(&self, group: &GroupBy, kind: Kind, key: &Key) -> Value {
        if let Some((from, _, label)) = self.period(group, kind, key) {
            return Value::List(vec![from, Value::Str(label)]);
        }
        match (&key.value, &key.name) {
            (Value::None, _) => Value::Bool(false),
            (value, Some(name)) => Value::List(vec![value.clone(), Value::from(name.as_str())]),
            (value, None) => value.clone(),
        }
    }

    /// The value in the old form, where periods are labels only.
    pub fn old_value(&self, group: &GroupBy, kind: Kind, key: &Key) -> Value {
        match self.period(group, kind, key) {
            Some((_, _, label)) => Value::Str(label),
            None => self.value(group, kind, key),
        }
    }

    /// Begin and end of a period; `None` when the dimension has no periods.
    pub fn range(&self, group: &GroupBy, kind: Kind, key: &Key) -> Option<Value> {
        group.granularity.filter(|g| !g.is_part())?;
        Some(match self.period(group, kind, key) {
            Some((from, to, _)) => Value::Map(crate::map! { "from" => from, "to" => to }),
            None => Value::Bool(false),
        })
    }

    /// The records of one value of a dimension.
    pub fn domain(&self, group: &GroupBy, kind: Kind, key: &Key) -> Domain {
        let Some((field, steps)) = group.path.split_last() else { return Domain::True };
        let own = match (self.period(group, kind, key), group.granularity, &key.value) {
            (Some((from, to, _)), ..) => Domain::cond(field, Op::Ge, from).and(Domain::cond(field, Op::Lt, to)),
            (None, Some(Granularity::Part(name, _)), value) => Domain::eq(format!("{field}.{name}"), shown(value)),
            (None, _, Value::None) if kind == Kind::Many2many => none_of(field),
            (None, _, value) => Domain::eq(field, shown(value)),
        };
        let nothing = key.value == Value::None;
        steps.iter().rev().fold(own, |domain, step| {
            let through = Domain::any(step, domain);
            // A record without a step on the way has no value either.
            if nothing { none_of(step).or(through) } else { through }
        })
    }
}

fn shown(value: &Value) -> Value {
    if *value == Value::None { Value::Bool(false) } else { value.clone() }
}

/// `not any []`, in the form in which clients see it.
fn none_of(field: &str) -> Domain {
    Domain::with(field, Op::NotAny, Operand::Value(Value::List(Vec::new())))
}
