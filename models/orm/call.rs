//! Calling methods by name, as clients do: lookup, arguments, checks.

use crate::answer::Answer;
use crate::declare::{Declarations, Method, Tx};
use crate::env::Env;
use crate::error::{Builtin, Error, Result};
use crate::registry::{Model, Registry};
use crate::value::{Id, Map, Value};

/// A parameter of a declared method.
#[derive(Clone, Debug, PartialEq)]
pub struct Param {
    pub name: String,
    /// `None`: required.
    pub default: Option<Value>,
    /// `**kwargs`: takes every other keyword.
    pub rest: bool,
}

/// Reads a signature such as `"domain, offset=0, limit=None, **kwargs"`.
pub fn parse_params(signature: &str) -> Vec<Param> {
    signature
        .split(',')
        .map(str::trim)
        .filter(|p| !p.is_empty())
        .map(|part| {
            if let Some(name) = part.strip_prefix("**") {
                return Param { name: name.into(), default: Some(Value::None), rest: true };
            }
            match part.split_once('=') {
                Some((name, default)) => Param { name: name.trim().into(), default: Some(literal(default.trim())), rest: false },
                None => Param { name: part.into(), default: None, rest: false },
            }
        })
        .collect()
}

fn literal(text: &str) -> Value {
    match text {
        "None" => Value::None,
        "True" => Value::Bool(true),
        "False" => Value::Bool(false),
        "[]" | "()" => Value::List(Vec::new()),
        "{}" => Value::Map(Map::new()),
        _ => text.parse().map(Value::Int).unwrap_or_else(|_| Value::Str(text.trim_matches(['\'', '"']).to_owned())),
    }
}

/// What a client asks for.
#[derive(Clone, Debug)]
pub struct Request {
    pub model: String,
    pub method: String,
    /// Positional arguments; ids first for record methods.
    pub args: Vec<Value>,
    pub kwargs: Map,
    /// Ids given apart (JSON-2). `Some` makes the arguments go by name only.
    pub ids: Option<Value>,
    /// By-name protocols check names strictly.
    pub by_name: bool,
}

/// A bound call.
#[derive(Debug)]
pub struct Invocation {
    pub model: String,
    pub ids: Vec<Id>,
    /// The ids as given, for answers that depend on a bare integer or a list.
    pub raw_ids: Value,
    /// One value a parameter, in order.
    pub args: Vec<(String, Value)>,
    /// Names that the caller gave.
    pub given: Vec<String>,
    /// How many positional arguments there were (ids apart).
    pub positional: usize,
    /// Called by name (JSON-2).
    pub by_name: bool,
}

impl Invocation {
    /// The value of a parameter.
    pub fn arg(&self, name: &str) -> &Value {
        self.args.iter().find(|(n, _)| n == name).map_or(&Value::None, |(_, v)| v)
    }

    /// Whether the caller gave it.
    pub fn has(&self, name: &str) -> bool {
        self.given.iter().any(|n| n == name)
    }

    /// The only id; anything else is Odoo's ValueError.
    pub fn one(&self) -> Result<Id> {
        match self.ids.as_slice() {
            [id] => Ok(*id),
            ids => {
                let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
                Err(Error::value(format!("Expected singleton: {}({})", self.model, ids.join(", "))))
            }
        }
    }
}

/// ids as clients send them: a list, a bare integer, nothing.
pub fn parse_ids(value: &Value) -> Result<Vec<Id>> {
    match value {
        Value::None | Value::Bool(false) => Ok(Vec::new()),
        Value::List(items) => items.iter().map(parse_id).collect(),
        other => Ok(vec![parse_id(other)?]),
    }
}

fn parse_id(value: &Value) -> Result<Id> {
    match value {
        Value::Int(n) => {
            Id::try_from(*n).map_err(|_| Error::Database("psycopg2.errors.NumericValueOutOfRange", "integer out of range".into()))
        }
        Value::Bool(b) => Ok(Id::from(*b)),
        Value::Big(_) => Err(Error::Database("psycopg2.errors.NumericValueOutOfRange", "integer out of range".into())),
        Value::None => Ok(0),
        #[expect(clippy::cast_possible_truncation, reason = "whole and checked to be in range")]
        Value::Float(x) if x.fract() == 0.0 && x.abs() < 2e9 => Ok(*x as Id),
        Value::Str(s) => s.parse().map_err(|_| bad_id(value)),
        Value::List(_) | Value::Map(_) => Err(Error::type_(format!("unhashable type: '{}'", value.type_name()))),
        _ => Err(bad_id(value)),
    }
}

fn bad_id(value: &Value) -> Error {
    Error::Database("psycopg2.errors.InvalidTextRepresentation", format!("invalid input syntax for type integer: \"{}\"", value.py_str()))
}

/// Why a call cannot be made. Protocols answer these differently.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    NoModel(String),
    NoMethod {
        model: String,
        method: String,
    },
    /// Wrong, missing or unknown arguments.
    Arguments(Error),
    Error(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Refusal::Error(error)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NoModel(model) => Error::user(format!("Object {model} doesn't exist")),
            Refusal::NoMethod { model, method } => Error::attribute(format!("The method '{model}.{method}' does not exist")),
            Refusal::Arguments(error) | Refusal::Error(error) => error,
        }
    }
}

/// A call ready to run.
pub struct Prepared {
    pub method: Method,
    pub call: Invocation,
    pub context: Map,
}

/// Finds the method and binds the arguments: no database needed.
pub fn prepare(reg: &Registry, declared: &Declarations, mut request: Request) -> Result<Prepared, Refusal> {
    let model = reg.models.get(&request.model).ok_or_else(|| Refusal::NoModel(request.model.clone()))?;
    let method = find(declared, model, &request.method)?;
    let context = match request.kwargs.shift_remove("context") {
        Some(context) => context_map(context)?,
        None => Map::new(),
    };
    let call = bind(&method, request)?;
    Ok(Prepared { method, call, context })
}

/// The context as clients send it: a map; null, false and empty containers count as none.
fn context_map(value: Value) -> Result<Map> {
    match value {
        Value::Map(map) => Ok(map),
        Value::List(pairs) if pairs.is_empty() => Ok(Map::new()),
        Value::None | Value::Bool(false) => Ok(Map::new()),
        Value::Str(text) if text.is_empty() => Ok(Map::new()),
        Value::Str(_) => Err(Error::value("dictionary update sequence element #0 has length 1; 2 is required")),
        other => Err(Error::type_(format!("'{}' object is not iterable", other.type_name()))),
    }
}

/// Finds a method that may be called; private names and unknown ones are refused as Odoo refuses them.
fn find(declared: &Declarations, model: &Model, name: &str) -> Result<Method, Refusal> {
    if let Some(method) = declared.method(model, name)
        && !name.starts_with('_')
    {
        return Ok(method.clone());
    }
    if name.starts_with('_') || PRIVATE.contains(&name) {
        return Err(Error::access(format!("Private methods (such as '{}.{name}') cannot be called remotely.", model.name)).into());
    }
    Err(Refusal::NoMethod { model: model.name.clone(), method: name.to_owned() })
}

/// Names that exist in Odoo's server but are not for clients.
const PRIVATE: &[&str] = &[
    "browse",
    "sudo",
    "with_user",
    "with_context",
    "with_company",
    "with_env",
    "with_prefetch",
    "mapped",
    "filtered",
    "filtered_domain",
    "sorted",
    "grouped",
    "exists",
    "ensure_one",
    "search_fetch",
    "fetch",
    "update",
    "new",
    "concat",
    "union",
    "flush_model",
    "flush_recordset",
    "invalidate_model",
    "invalidate_recordset",
    "init",
    "modified",
    "check_access",
    "is_transient",
    "lock_for_update",
    "try_lock_for_update",
    "add_to_compute",
    "get_base_url",
    "pool",
    "ids",
    "id",
];

/// Binds a request to a method's parameters; wrong arguments are Python's TypeError.
fn bind(method: &Method, request: Request) -> Result<Invocation, Refusal> {
    let wrong = |error: Error| Refusal::Arguments(error);
    let name = format!("{}.{}", request.model, method.name);
    let mut positional = request.args.into_iter();
    let mut kwargs = request.kwargs;
    let raw_ids = if !method.record {
        if request.by_name && request.ids.as_ref().is_some_and(Value::truthy) {
            return Err(wrong(Error::type_(format!("{name}() is called on the model: it takes no ids"))));
        }
        Value::List(Vec::new())
    } else if request.by_name {
        request.ids.unwrap_or(Value::List(Vec::new()))
    } else {
        match positional.next().or_else(|| kwargs.shift_remove("ids")) {
            Some(ids) => ids,
            None => return Err(wrong(Error::Builtin(Builtin::IndexError, "list index out of range".into()))),
        }
    };
    let mut bound = Invocation {
        model: request.model,
        ids: Vec::new(),
        raw_ids,
        args: Vec::new(),
        given: Vec::new(),
        positional: positional.len(),
        by_name: request.by_name,
    };
    for param in &method.params {
        if param.rest {
            let rest = std::mem::take(&mut kwargs);
            bound.args.push((param.name.clone(), Value::Map(rest)));
            continue;
        }
        let value = match (positional.next(), kwargs.shift_remove(&param.name)) {
            (Some(_), Some(_)) => return Err(wrong(Error::type_(format!("{name}() got multiple values for argument '{}'", param.name)))),
            (Some(value), None) | (None, Some(value)) => {
                bound.given.push(param.name.clone());
                value
            }
            (None, None) => match &param.default {
                Some(default) => default.clone(),
                None => return Err(wrong(Error::type_(format!("{name}() missing 1 required positional argument: '{}'", param.name)))),
            },
        };
        bound.args.push((param.name.clone(), value));
    }
    if positional.next().is_some() {
        return Err(wrong(Error::type_(format!("{name}() takes fewer positional arguments than were given"))));
    }
    match kwargs.keys().next() {
        Some(unknown) => Err(wrong(Error::type_(format!("{name}() got an unexpected keyword argument '{unknown}'")))),
        None => {
            // Only now: a text for ids of a call with too few arguments is a wrong call, not a wrong id.
            if method.record {
                bound.ids = parse_ids(&bound.raw_ids)?;
            }
            Ok(bound)
        }
    }
}

/// Calls a method in a prepared environment (transaction and context are set).
pub fn invoke(env: &mut Env, method: &Method, call: &Invocation) -> Result<Answer> {
    // Whatever a method does with records, its caller may read them. Those that check by themselves say so, with the reason.
    if method.record && method.unchecked.is_none() && !call.ids.is_empty() {
        // What a client knows no id of is a record without values: nobody's.
        let ids: Vec<Id> = call.ids.iter().copied().filter(|id| *id != 0).collect();
        env.check_access(&call.model, crate::access::Operation::Read)?;
        env.check_records(&call.model, &ids, crate::access::Operation::Read)?;
        if method.tx != Tx::Read {
            env.require(&call.model, &ids)?;
        }
    }
    let answer = (method.run)(env, call)?;
    env.flush()?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_read_like_python() {
        let params = parse_params("domain, offset=0, order=None, load='_classic_read', **kw");
        assert_eq!(params.len(), 5);
        assert_eq!(params[0].default, None);
        assert_eq!(params[1].default, Some(Value::Int(0)));
        assert_eq!(params[3].default, Some(Value::from("_classic_read")));
        assert!(params[4].rest);
    }
}
