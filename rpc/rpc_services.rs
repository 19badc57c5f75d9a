//! The services `common`, `object` and `db`, the same for JSON-RPC and XML-RPC.
//!
//! Arguments are positional and counted as Python counts them, because scripts know the difference between a
//! `TypeError` (a service's method was called wrongly) and a `ValueError` (`execute_kw` was).

use lastmile_orm::answer::Answer;
use lastmile_orm::error::{Builtin, Error, Result};
use lastmile_orm::value::{Id, Map, Value};

use crate::backend::{Backend, Call, CallError, Caller, Peer, Style};
use crate::errors::denied;
use crate::version;

/// Receives the answer, once.
pub type Encode<'a> = &'a mut dyn FnMut(Answer) -> Result<()>;

type Outcome = std::result::Result<(), CallError>;

/// Calls a method of a service.
pub fn dispatch(backend: &dyn Backend, from: &Peer, service: &str, method: &str, args: Vec<Value>, encode: Encode<'_>) -> Outcome {
    match service {
        "common" => Ok(encode(Answer::Value(common(backend, from, method, &args)?))?),
        "db" => Ok(encode(Answer::Value(db(backend, method, &args)?))?),
        "object" => object(backend, from, method, args, encode),
        other => Err(Error::key(other).into()),
    }
}

fn common(backend: &dyn Backend, from: &Peer, method: &str, args: &[Value]) -> Result<Value> {
    match (method, args) {
        ("version", []) => Ok(version::version()),
        ("about", []) => Ok(version::ABOUT.into()),
        ("about", [extended]) if !extended.truthy() => Ok(version::ABOUT.into()),
        ("about", [_]) => Ok(vec![Value::from(version::ABOUT), version::SERIE.into()].into()),
        // What is logged is the operator's to say: scripts that ask for more go on all the same.
        ("set_loglevel", [_] | [_, _]) => Ok(true.into()),
        ("login", [db, login, password]) | ("authenticate", [db, login, password, _]) => {
            same_database(backend, db)?;
            sign_in(backend, from, login, password)
        }
        ("version" | "about" | "set_loglevel" | "login" | "authenticate", _) => Err(wrong_count(method, args.len())),
        _ => Err(not_found(method)),
    }
}

/// A user's id, or `false`: scripts test `if not uid`.
fn sign_in(backend: &dyn Backend, from: &Peer, login: &Value, password: &Value) -> Result<Value> {
    let (Value::Str(login), Value::Str(password)) = (login, password) else {
        return Ok(Value::Bool(false));
    };
    if password.is_empty() {
        return Ok(Value::Bool(false));
    }
    match backend.login(login, password, from) {
        Ok(Some(uid)) => Ok(uid.into()),
        Ok(None) | Err(Error::AccessDenied(_)) => Ok(Value::Bool(false)),
        Err(other) => Err(other),
    }
}

/// Whether a client names the database that is served.
pub fn same_database(backend: &dyn Backend, name: &Value) -> Result<()> {
    if name.as_str() == Some(backend.db_name()) {
        return Ok(());
    }
    // What is longer than any name is not told back in full.
    let shown: String = name.py_repr().chars().take(100).collect();
    Err(Error::Database("psycopg2.OperationalError", format!("database {shown} does not exist")))
}

fn db(backend: &dyn Backend, method: &str, args: &[Value]) -> Result<Value> {
    match (method, args) {
        ("list", [] | [_]) => Ok(vec![backend.db_name()].into()),
        ("db_exist", [name]) => Ok((name.as_str() == Some(backend.db_name())).into()),
        ("server_version", []) => Ok(version::SERIE.into()),
        ("list_lang", []) => backend.languages(),
        ("list" | "db_exist" | "server_version" | "list_lang", _) => Err(wrong_count(method, args.len())),
        // These need the master password. There is none: databases are made and dropped by the operator's tools.
        (
            "create_database"
            | "duplicate_database"
            | "drop"
            | "dump"
            | "restore"
            | "rename"
            | "change_admin_password"
            | "migrate_databases"
            | "list_countries",
            passwords,
        ) => Err(passwords.first().map_or_else(|| Error::Builtin(Builtin::IndexError, "list index out of range".into()), |_| denied())),
        _ => Err(Error::key(format!("Method not found: {method}"))),
    }
}

fn object(backend: &dyn Backend, from: &Peer, method: &str, args: Vec<Value>, encode: Encode<'_>) -> Outcome {
    let count = args.len();
    let mut args = args.into_iter();
    let (Some(db), Some(uid), Some(password), Some(model), Some(name)) = (args.next(), args.next(), args.next(), args.next(), args.next())
    else {
        return Err(Error::value(format!("not enough values to unpack (expected at least 5, got {count})")).into());
    };
    let uid = coerce_uid(&uid)?;
    if !password.truthy() {
        return Err(denied().into());
    }
    same_database(backend, &db)?;
    let rest: Vec<Value> = args.collect();
    let (args, kwargs) = match method {
        "execute" => (rest, Map::new()),
        "execute_kw" => keyword_form(rest)?,
        other => {
            return Err(Error::Builtin(Builtin::NameError, format!("Method not available {other}")).into());
        }
    };
    let (Value::Str(model), Value::Str(name)) = (&model, &name) else {
        return Err(Error::type_("the model and the method must be text").into());
    };
    // A zero is what scripts send after a failed login. It is nobody.
    let (Value::Str(password), Some(uid)) = (password, uid) else {
        return Err(denied().into());
    };
    let call = Call { model: model.clone(), method: name.clone(), args, kwargs, style: Style::Positional };
    backend.execute(&Caller::Password { uid, password }, from, call, encode)
}

/// `args` and `kwargs` of `execute_kw`.
fn keyword_form(rest: Vec<Value>) -> Result<(Vec<Value>, Map)> {
    let count = rest.len();
    let mut rest = rest.into_iter();
    match (rest.next(), rest.next(), rest.next()) {
        (Some(args), kwargs, None) => Ok((positional(args)?, keywords(kwargs.unwrap_or_default())?)),
        (None, ..) => Err(Error::value("not enough values to unpack (expected 2, got 0)")),
        (Some(_), _, Some(_)) => Err(Error::value(format!("too many values to unpack (expected 2, got {count})"))),
    }
}

/// Positional arguments: a list.
pub fn positional(args: Value) -> Result<Vec<Value>> {
    match args {
        Value::List(list) => Ok(list),
        other => Err(Error::type_(format!("args must be a list, not {}", other.type_name()))),
    }
}

/// Arguments by name: a map, nothing, or the empty list that PHP makes of an empty map.
pub fn keywords(kwargs: Value) -> Result<Map> {
    match kwargs {
        Value::Map(map) => Ok(map),
        Value::None => Ok(Map::new()),
        Value::List(list) if list.is_empty() => Ok(Map::new()),
        other => Err(Error::type_(format!("kwargs must be a dict, not {}", other.type_name()))),
    }
}

/// Python's `int(uid)`: scripts keep it as text or a float. `None` when it can be no user.
fn coerce_uid(uid: &Value) -> Result<Option<Id>> {
    let number = match uid {
        Value::Int(n) => Some(*n),
        Value::Bool(b) => Some(i64::from(*b)),
        #[expect(clippy::cast_possible_truncation, reason = "as Python's int(float), and checked to fit")]
        Value::Float(x) if x.is_finite() && x.abs() < 9e15 => Some(x.trunc() as i64),
        Value::Float(_) | Value::Big(_) => None,
        Value::Str(text) => {
            Some(text.trim().parse().map_err(|_| Error::value(format!("invalid literal for int() with base 10: {}", uid.py_repr())))?)
        }
        other => {
            let text = format!("int() argument must be a string, a bytes-like object or a real number, not '{}'", other.type_name());
            return Err(Error::type_(text));
        }
    };
    Ok(number.and_then(|n| Id::try_from(n).ok()).filter(|id| *id > 0))
}

fn wrong_count(method: &str, given: usize) -> Error {
    Error::type_(format!("{method}() was given {given} arguments, which is not the number it takes"))
}

fn not_found(method: &str) -> Error {
    Error::Builtin(Builtin::Exception, format!("Method not found: {method}"))
}

/// XML-RPC's binary type is no value of any field or parameter: files travel as base64 text.
pub fn refuse_binary(args: &[Value]) -> Result<()> {
    fn holds_binary(value: &Value) -> bool {
        match value {
            Value::Bytes(_) => true,
            Value::List(list) => list.iter().any(holds_binary),
            Value::Map(map) => map.values().any(holds_binary),
            _ => false,
        }
    }
    if args.iter().any(holds_binary) {
        return Err(Error::type_("argument should be a bytes-like object or ASCII string, not 'Binary'"));
    }
    Ok(())
}

/// The arguments of `/jsonrpc`: `service`, `method`, `args`. Others are ignored.
pub fn envelope_arguments(mut params: Map) -> Result<(String, String, Vec<Value>)> {
    let missing = |name: &str| Error::type_(format!("missing a required argument: '{name}'"));
    let service = params.shift_remove("service").ok_or_else(|| missing("service"))?;
    let method = params.shift_remove("method").ok_or_else(|| missing("method"))?;
    let args = params.shift_remove("args").ok_or_else(|| missing("args"))?;
    match service {
        Value::List(_) | Value::Map(_) => Err(Error::type_(format!("unhashable type: '{}'", service.type_name()))),
        _ => Ok((service.py_str(), method.py_str(), positional(args)?)),
    }
}
