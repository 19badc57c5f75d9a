//! What a page's address asks for behind the question mark.

use actix_web::web;
use lastmile_orm::value::Value;
use lastmile_rpc::http::request::encode_component;

/// Names and values, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Params(Vec<(String, String)>);

impl Params {
    /// Reads `a=1&b=2`.
    pub fn parse(query: &str) -> Self {
        Params(web::Query::from_query(query).map(web::Query::into_inner).unwrap_or_default())
    }

    /// The first value of a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// All values of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A value that is JSON.
    pub fn json(&self, name: &str) -> Option<Value> {
        read_json(self.get(name)?)
    }

    /// A whole number.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.get(name)?.parse().ok()
    }

    /// With one more.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a name's only value.
    pub fn set(self, name: &str, value: &str) -> Self {
        self.without(name).with(name, value)
    }

    /// Without a name.
    pub fn without(mut self, name: &str) -> Self {
        self.0.retain(|(key, _)| key != name);
        self
    }

    /// Without one value of a name.
    pub fn drop(mut self, name: &str, value: &str) -> Self {
        self.0.retain(|(key, known)| key != name || known != value);
        self
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// What of an address stays with the records of a window: how it was opened.
    pub fn carried(&self) -> Self {
        let kept = self.0.iter().filter(|(name, _)| matches!(name.as_str(), "c" | "d" | "v" | "n"));
        Params(kept.cloned().collect())
    }

    /// An address with these.
    pub fn url(&self, path: &str) -> String {
        let pairs: Vec<String> = self.iter().map(|(key, value)| format!("{}={}", encode_component(key), encode_component(value))).collect();
        if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
    }
}

/// A value as JSON, for [`Params::json`].
pub fn json(value: &Value) -> String {
    serde_json::Value::from(value).to_string()
}

/// What a JSON text holds. `None` when it is none.
pub fn read_json(text: &str) -> Option<Value> {
    let json: serde_json::Value = serde_json::from_str(text).ok()?;
    Some(Value::from(&json))
}
