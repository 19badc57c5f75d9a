//! Commands and queries, built so that user text can never become RouterOS syntax: paths and names are checked, values are
//! length-prefixed by the codec and may hold anything but NUL.

use crate::codec::encode_sentence;
use crate::error::{Error, Result};

/// One command with its attributes. Mistakes are remembered and reported when it is sent, as [`Error::Invalid`].
///
/// ```
/// use librouteros::{Command, Query};
/// let print = Command::new("/ppp/secret/print")
///     .query(Query::eq("name", "ana"))
///     .proplist([".id", "profile"]);
/// assert_eq!(print.words().unwrap(), ["/ppp/secret/print", "=.proplist=.id,profile", "?name=ana"]);
/// assert!(Command::new("/ppp/secret/print").attr("name=x", "y").words().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    path: String,
    attributes: Vec<(String, String)>,
    query: Vec<String>,
    invalid: Option<String>,
}

impl Command {
    /// A command like `/ppp/secret/print`. Only `a-z`, `0-9`, `-` and `/` may occur in it.
    #[must_use]
    pub fn new(path: impl Into<String>) -> Self {
        let path = path.into();
        let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'/');
        let good = path.starts_with('/') && path.len() > 1 && path.bytes().all(plain);
        let invalid = (!good).then(|| format!("{path:?} is no command path"));
        Self { path, attributes: Vec::new(), query: Vec::new(), invalid }
    }

    /// Adds `=name=value`. The name must not be empty nor hold `=`, NUL or a line break; the value must not hold NUL.
    #[must_use]
    pub fn attr(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let (name, value) = (name.into(), value.into());
        if name.is_empty() || name.contains(['=', '\0', '\n', '\r']) {
            self.refuse(format!("{name:?} is no attribute name"));
        } else if value.contains('\0') {
            self.refuse(format!("the value of {name} holds a NUL"));
        }
        self.attributes.push((name, value));
        self
    }

    /// Adds several attributes, in order.
    #[must_use]
    pub fn attrs<N: Into<String>, V: Into<String>>(self, pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        pairs.into_iter().fold(self, |command, (name, value)| command.attr(name, value))
    }

    /// Adds `=name=`, as `once` or `count-only` are given.
    #[must_use]
    pub fn flag(self, name: impl Into<String>) -> Self {
        self.attr(name, "")
    }

    /// Addresses one row: `=.id=*1F`.
    #[must_use]
    pub fn id(self, id: impl Into<String>) -> Self {
        self.attr(".id", id)
    }

    /// Asks for these attributes only. `.id` comes only if it is named. Names must not hold a comma.
    #[must_use]
    pub fn proplist<N: AsRef<str>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        let names: Vec<String> = names.into_iter().map(|name| name.as_ref().to_owned()).collect();
        if let Some(bad) = names.iter().find(|name| name.is_empty() || name.contains(',')) {
            self.refuse(format!("{bad:?} is no attribute name"));
        }
        self.attr(".proplist", names.join(","))
    }

    /// Adds a condition on the rows printed; several are joined by and.
    #[must_use]
    pub fn query(mut self, query: Query) -> Self {
        match query.words() {
            Ok(words) => self.query.extend(words),
            Err(reason) => self.refuse(reason),
        }
        self
    }

    /// The command path.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The attributes in order.
    #[must_use]
    pub fn attributes(&self) -> &[(String, String)] {
        &self.attributes
    }

    /// The words of the command, without a tag.
    ///
    /// # Errors
    /// [`Error::Invalid`] when a path, name or value was refused.
    pub fn words(&self) -> Result<Vec<String>> {
        if let Some(reason) = &self.invalid {
            return Err(Error::Invalid(reason.clone()));
        }
        let attributes = self.attributes.iter().map(|(name, value)| format!("={name}={value}"));
        Ok(std::iter::once(self.path.clone()).chain(attributes).chain(self.query.iter().cloned()).collect())
    }

    /// The command as bytes for the wire, with a tag if there is one.
    ///
    /// # Errors
    /// [`Error::Invalid`] as [`Self::words`].
    pub fn encode(&self, tag: Option<&str>) -> Result<Vec<u8>> {
        let mut words = self.words()?;
        words.extend(tag.map(|tag| format!(".tag={tag}")));
        let mut out = Vec::new();
        encode_sentence(&mut out, words);
        Ok(out)
    }

    /// The first mistake is the one reported.
    fn refuse(&mut self, reason: String) {
        self.invalid.get_or_insert(reason);
    }
}

/// A condition on rows, written as the API's stack of booleans (RouterOS manual, "API", queries). Only `print` takes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// The row has the attribute.
    Has(String),
    /// The row lacks the attribute.
    Lacks(String),
    /// The attribute equals the value.
    Eq(String, String),
    /// The attribute is less than the value.
    Less(String, String),
    /// The attribute is greater than the value.
    Greater(String, String),
    /// The condition does not hold.
    Not(Box<Query>),
    /// All hold; none given holds.
    All(Vec<Query>),
    /// One holds; none given does not hold.
    Any(Vec<Query>),
}

impl Query {
    /// `name` equals `value`.
    #[must_use]
    pub fn eq(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self::Eq(name.into(), value.into())
    }

    /// `name` is one of `values`.
    #[must_use]
    pub fn one_of<V: Into<String>>(name: &str, values: impl IntoIterator<Item = V>) -> Self {
        Self::Any(values.into_iter().map(|value| Self::eq(name, value)).collect())
    }

    /// The query words, in stack order.
    ///
    /// # Errors
    /// A text, when a name could be read as an operator or a value holds NUL.
    pub fn words(&self) -> std::result::Result<Vec<String>, String> {
        let mut out = Vec::new();
        self.write(&mut out)?;
        Ok(out)
    }

    fn write(&self, out: &mut Vec<String>) -> std::result::Result<(), String> {
        match self {
            Self::Has(name) => out.push(format!("?{}", checked(name)?)),
            Self::Lacks(name) => out.push(format!("?-{}", checked(name)?)),
            Self::Eq(name, value) => out.push(format!("?{}={}", checked(name)?, plain(value)?)),
            Self::Less(name, value) => out.push(format!("?<{}={}", checked(name)?, plain(value)?)),
            Self::Greater(name, value) => out.push(format!("?>{}={}", checked(name)?, plain(value)?)),
            Self::Not(inner) => {
                inner.write(out)?;
                out.push("?#!".to_owned());
            }
            Self::All(parts) => Self::join(parts, "?#&", out)?,
            Self::Any(parts) => Self::join(parts, "?#|", out)?,
        }
        Ok(())
    }

    /// The parts, joined pair by pair. An empty list pushes its neutral value, spelled with `.id`, which every row has.
    fn join(parts: &[Self], operator: &str, out: &mut Vec<String>) -> std::result::Result<(), String> {
        let Some((first, rest)) = parts.split_first() else {
            out.push(if operator == "?#&" { "?.id" } else { "?-.id" }.to_owned());
            return Ok(());
        };
        first.write(out)?;
        for part in rest {
            part.write(out)?;
            out.push(operator.to_owned());
        }
        Ok(())
    }
}

/// A name no query reader could take for an operator.
fn checked(name: &str) -> std::result::Result<&str, String> {
    let bad = name.is_empty() || name.contains(['=', '\0', '\n', '\r']) || name.starts_with(['-', '#', '<', '>', '!', '?']);
    if bad { Err(format!("{name:?} is no attribute name")) } else { Ok(name) }
}

fn plain(value: &str) -> std::result::Result<&str, String> {
    if value.contains('\0') { Err("a query value holds a NUL".to_owned()) } else { Ok(value) }
}
