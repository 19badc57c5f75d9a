//! What a grouping asks for, read from the texts of clients.
//!
//! ```text
//! groupby   := name { "." name } [ ":" granularity ]
//! aggregate := "__count" | name ":" function
//! order     := term { "," term }
//! term      := ( groupby | aggregate ) [ "asc" | "desc" ] [ "nulls" ( "first" | "last" ) ]
//! ```

use std::fmt;

use crate::domain::Domain;
use crate::error::{Error, Result};

use super::period::Granularity;

/// The number of records of a group.
pub const COUNT: &str = "__count";

/// One dimension of the groups.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupBy {
    /// As the client wrote it: the key in its answer.
    pub text: String,
    /// A field, or a path of many2one fields that ends in one.
    pub path: Vec<String>,
    pub granularity: Option<Granularity>,
}

impl GroupBy {
    /// Reads one. ValueError on bad syntax.
    pub fn parse(text: &str) -> Result<Self> {
        let bad = || Error::value(format!("Invalid groupby: {}", shown(text)));
        let (path, granularity) = match text.split_once(':') {
            Some((path, name)) => (path, Some(Granularity::parse(name).ok_or_else(bad)?)),
            None => (text, None),
        };
        let path: Vec<String> = path.split('.').map(str::to_owned).collect();
        if !path.iter().all(|name| is_name(name)) {
            return Err(bad());
        }
        Ok(GroupBy { text: text.to_owned(), path, granularity })
    }
}

/// How the values of a group become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    Sum,
    /// Each value converted to the company's currency first.
    SumCurrency,
    Avg,
    Min,
    Max,
    BoolAnd,
    BoolOr,
    ArrayAgg,
    ArrayAggDistinct,
    /// The ids of a relation.
    Recordset,
    Count,
    CountDistinct,
}

const FUNCTIONS: &[(&str, Function)] = &[
    ("sum", Function::Sum),
    ("sum_currency", Function::SumCurrency),
    ("avg", Function::Avg),
    ("min", Function::Min),
    ("max", Function::Max),
    ("bool_and", Function::BoolAnd),
    ("bool_or", Function::BoolOr),
    ("array_agg", Function::ArrayAgg),
    ("array_agg_distinct", Function::ArrayAggDistinct),
    ("recordset", Function::Recordset),
    ("count", Function::Count),
    ("count_distinct", Function::CountDistinct),
];

impl Function {
    fn parse(name: &str) -> Option<Self> {
        FUNCTIONS.iter().find(|(known, _)| *known == name).map(|(_, function)| *function)
    }
}

/// A value of each group.
#[derive(Clone, Debug, PartialEq)]
pub enum Aggregate {
    Count,
    Of { field: String, function: Function },
}

impl Aggregate {
    /// Reads one. ValueError on bad syntax and unknown functions.
    pub fn parse(text: &str) -> Result<Self> {
        if text == COUNT {
            return Ok(Aggregate::Count);
        }
        let bad = || Error::value(format!("Invalid aggregate (field:function): {}", shown(text)));
        let (field, function) = text.split_once(':').filter(|(field, _)| is_name(field)).ok_or_else(bad)?;
        Ok(Aggregate::Of { field: field.to_owned(), function: Function::parse(function).ok_or_else(bad)? })
    }
}

impl fmt::Display for Aggregate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Aggregate::Count => f.write_str(COUNT),
            Aggregate::Of { field, function } => {
                let name = FUNCTIONS.iter().find(|(_, known)| known == function).map_or("", |(name, _)| name);
                write!(f, "{field}:{name}")
            }
        }
    }
}

/// One term of an order, resolved to what it names.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderBy {
    pub term: String,
    pub desc: bool,
    pub nulls_first: Option<bool>,
}

impl OrderBy {
    /// Reads an order; an empty text is none.
    pub fn parse(text: &str) -> Result<Vec<Self>> {
        if text.trim().is_empty() {
            return Ok(Vec::new());
        }
        text.split(',').map(|term| Self::term(term).ok_or_else(|| Error::value(format!("Invalid order: {}", shown(text))))).collect()
    }

    fn term(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let term = words.next()?.trim_matches('"').to_owned();
        let rest: Vec<String> = words.map(str::to_ascii_lowercase).collect();
        let mut rest: Vec<&str> = rest.iter().map(String::as_str).collect();
        let desc = rest.first() == Some(&"desc");
        if matches!(rest.first(), Some(&"asc" | &"desc")) {
            rest.remove(0);
        }
        let nulls_first = match rest.as_slice() {
            [] => None,
            ["nulls", "first"] => Some(true),
            ["nulls", "last"] => Some(false),
            _ => return None,
        };
        Some(OrderBy { term, desc, nulls_first })
    }
}

/// Everything a grouping asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    pub groups: Vec<GroupBy>,
    pub aggregates: Vec<Aggregate>,
    /// A domain over aggregates.
    pub having: Domain,
    /// One of several grouping sets: without records there is no total either.
    pub of_sets: bool,
    /// Empty: by the groups.
    pub order: Vec<OrderBy>,
    pub limit: Option<i64>,
    pub offset: i64,
    /// How many groups there are without the limit is wanted too.
    pub total: bool,
    /// No other statement of the call needs to see the same state.
    pub alone: bool,
}

impl Default for Ask {
    fn default() -> Self {
        Ask {
            groups: Vec::new(),
            aggregates: Vec::new(),
            having: Domain::True,
            of_sets: false,
            order: Vec::new(),
            limit: None,
            offset: 0,
            total: false,
            alone: false,
        }
    }
}

/// Reads `name`, `field:function` or `name:function(field)`, the forms of `read_group`: name, function, field.
pub(super) fn named_aggregate(text: &str) -> Result<(&str, Option<&str>, Option<&str>)> {
    let bad = || Error::value(format!("Invalid field: {}", shown(text)));
    let Some((name, rest)) = text.split_once(':') else {
        return if is_name(text) { Ok((text, None, None)) } else { Err(bad()) };
    };
    let (function, field) = match rest.strip_suffix(')') {
        Some(rest) => rest.split_once('(').map(|(function, field)| (function, Some(field))).ok_or_else(bad)?,
        None => (rest, None),
    };
    if is_name(name) && is_name(function) && field.is_none_or(is_name) { Ok((name, Some(function), field)) } else { Err(bad()) }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
}

fn shown(text: &str) -> String {
    text.chars().take(100).collect()
}
