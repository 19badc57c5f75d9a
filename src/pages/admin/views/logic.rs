//! Expressions of views: when something is invisible, read-only or required, what a domain or context is.

use chrono::Utc;
use lastmile_orm::error::{Error, Result};
use lastmile_orm::expr::{Expr, Names, PyValue};
use lastmile_orm::value::{Map, Value};

use crate::pages::admin::desk::Desk;

/// What expressions may name: the fields of a record, and the circumstances.
pub struct Scope {
    names: Names,
}

/// A field's value as expressions see it: links are ids, lines are lists of ids.
pub fn plain(value: &Value) -> Value {
    let id_of = |map: &Map| map.get("id").cloned().unwrap_or(Value::Bool(false));
    match value {
        Value::Map(map) => id_of(map),
        Value::List(items) => {
            Value::List(items.iter().map(|item| if let Value::Map(map) = item { id_of(map) } else { item.clone() }).collect())
        }
        Value::None => Value::Bool(false),
        other => other.clone(),
    }
}

impl Scope {
    /// The circumstances alone.
    pub fn new(desk: &Desk<'_>, context: &Map) -> Scope {
        let mut all = desk.context.clone();
        all.extend(context.clone());
        let mut names: Vec<(String, PyValue)> = vec![
            ("uid".into(), PyValue::from(desk.uid)),
            ("context".into(), PyValue::from(Value::Map(all.clone()))),
            ("current_date".into(), PyValue::from(desk.today().to_string())),
        ];
        for name in ["active_id", "active_ids", "active_model", "allowed_company_ids"] {
            names.push((name.into(), PyValue::from(all.get(name).cloned().unwrap_or(Value::Bool(false)))));
        }
        names.push((
            "company_id".into(),
            PyValue::from(all.get("allowed_company_ids").and_then(Value::as_list).and_then(|l| l.first()).cloned()),
        ));
        Scope { names: Names { names, now: Utc::now().naive_utc(), today: desk.today() } }
    }

    /// With a record's fields.
    pub fn with_record(mut self, record: &Map) -> Scope {
        let own = record.iter().map(|(name, value)| (name.clone(), PyValue::from(plain(value))));
        // The record's fields come before the circumstances: `company_id` is its own.
        self.names.names.splice(0..0, own);
        self
    }

    /// With the fields of the record that a line belongs to, as `parent.name`.
    pub fn with_parent(mut self, parent: &Map) -> Scope {
        self.names.names.extend(parent.iter().map(|(name, value)| (format!("parent__{name}"), PyValue::from(plain(value)))));
        self
    }

    /// The value of an expression.
    ///
    /// # Errors
    /// When it is no expression, or names what is not there.
    pub fn value(&self, text: &str) -> Result<Value> {
        Expr::parse(&text.replace("parent.", "parent__"))?.eval(&self.names)?.into_value()
    }

    /// The value of an expression with one more name.
    ///
    /// # Errors
    /// As [`Scope::value`].
    pub fn value_with(&self, name: &str, value: impl Into<Value>, text: &str) -> Result<Value> {
        let mut names = self.names.names.clone();
        names.insert(0, (name.to_owned(), PyValue::from(value.into())));
        let own = Names { names, now: self.names.now, today: self.names.today };
        Expr::parse(text)?.eval(&own)?.into_value()
    }

    /// Whether a modifier holds. One that cannot be told does not.
    pub fn holds(&self, text: Option<&str>) -> bool {
        match text.map(str::trim) {
            None | Some("" | "0" | "False" | "false") => false,
            Some("1" | "True" | "true") => true,
            Some(text) => self.value(text).is_ok_and(|value| value.truthy()),
        }
    }

    /// A context that a view or action names.
    pub fn context(&self, text: &str) -> Result<Map> {
        match text.trim() {
            "" => Ok(Map::new()),
            text => match self.value(text)? {
                Value::Map(map) => Ok(map),
                other if !other.truthy() => Ok(Map::new()),
                _ => Err(Error::user("The context is no dictionary.")),
            },
        }
    }

    /// A domain that a view or action names: a list already, or a text.
    pub fn domain(&self, domain: &Value) -> Result<Value> {
        match domain {
            Value::Str(text) if text.trim().is_empty() => Ok(Value::List(Vec::new())),
            Value::Str(text) => self.value(text),
            Value::List(_) => Ok(domain.clone()),
            _ => Ok(Value::List(Vec::new())),
        }
    }
}

/// The names that an expression may read: enough to know which fields a record needs for it.
pub fn names_in(text: &str) -> Vec<&str> {
    let part = |c: char| !(c == '_' || c == '.' || c.is_ascii_alphanumeric());
    text.split(part)
        .filter(|word| word.starts_with(|c: char| c == '_' || c.is_ascii_lowercase()))
        .map(|word| word.split('.').next().unwrap_or(word))
        .collect()
}

/// Two domains, both of which must hold.
pub fn and(left: &Value, right: &Value) -> Value {
    let terms = |value: &Value| value.as_list().map(<[Value]>::to_vec).unwrap_or_default();
    let (left, right) = (normal(terms(left)), normal(terms(right)));
    if left.is_empty() || right.is_empty() {
        return Value::List(if left.is_empty() { right } else { left });
    }
    let mut all = vec![Value::from("&")];
    all.extend(left);
    all.extend(right);
    Value::List(all)
}

/// One of them must hold.
pub fn any(domains: &[Value]) -> Value {
    let lists: Vec<Vec<Value>> = domains.iter().map(|d| normal(d.as_list().map(<[Value]>::to_vec).unwrap_or_default())).collect();
    if lists.is_empty() || lists.iter().any(Vec::is_empty) {
        return Value::List(Vec::new());
    }
    let mut all: Vec<Value> = (1..lists.len()).map(|_| Value::from("|")).collect();
    lists.into_iter().for_each(|list| all.extend(list));
    Value::List(all)
}

/// A domain in which every `&` is written out.
fn normal(terms: Vec<Value>) -> Vec<Value> {
    let (mut needed, mut out) = (1_usize, Vec::new());
    for term in terms {
        if needed == 0 {
            out.insert(0, Value::from("&"));
            needed = 1;
        }
        match term.as_str() {
            Some("&" | "|") => needed += 1,
            Some("!") => {}
            _ => needed -= 1,
        }
        out.push(term);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaf(name: &str) -> Value {
        Value::List(vec![Value::from(name), Value::from("="), Value::from(1_i64)])
    }

    #[test]
    fn domains_are_joined() {
        let two = Value::List(vec![leaf("a"), leaf("b")]);
        let or = Value::List(vec![Value::from("|"), leaf("c"), leaf("d")]);
        let name = |term: &Value| term.as_list().map_or_else(|| term.py_str(), |leaf| leaf[0].py_str());
        let text = |value: &Value| value.as_list().unwrap().iter().map(name).collect::<Vec<_>>().join(" ");
        assert_eq!(text(&and(&two, &or)), "& & a b | c d");
        assert_eq!(and(&Value::List(Vec::new()), &or), or);
        assert_eq!(text(&any(&[two, or])), "| & a b | c d");
        assert_eq!(any(&[]), Value::List(Vec::new()));
    }

    #[test]
    fn names_of_expressions() {
        assert_eq!(names_in("state != 'x' and not parent.total"), ["state", "x", "and", "not", "parent"]);
    }
}
