//! The functions and methods an expression may call.

use chrono::{Datelike, NaiveTime, Timelike};

use crate::error::{Error, Result};
use crate::value::{DATE, DATETIME, Value};

use super::dates::{Delta, strftime};
use super::eval::{Evaluator, compare};
use super::value::PyValue;

/// Modules, classes and functions, by dotted name. Only what ends a chain can be called.
const NAMES: &[&str] = &[
    "len",
    "int",
    "float",
    "str",
    "bool",
    "list",
    "tuple",
    "set",
    "sorted",
    "abs",
    "min",
    "max",
    "sum",
    "any",
    "all",
    "round",
    "context_today",
    "relativedelta",
    "time",
    "time.strftime",
    "datetime",
    "datetime.datetime",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "datetime.datetime.combine",
    "datetime.datetime.strptime",
    "datetime.date",
    "datetime.date.today",
    "datetime.timedelta",
    "datetime.time",
    "datetime.now",
    "datetime.today",
    "datetime.utcnow",
    "datetime.combine",
    "timedelta",
    "date",
    "date.today",
    "today",
    "now",
    "current_date",
    "dateutil",
    "dateutil.relativedelta",
    "dateutil.relativedelta.relativedelta",
    "set.union",
];

/// Whether a (dotted) name is one of them.
pub(super) fn is_name(name: &str) -> bool {
    NAMES.contains(&name)
}

/// Parts of dates, which Python has as attributes.
pub(super) fn property(value: &Value, name: &str) -> Option<Value> {
    let (date, time) = match value {
        Value::Date(date) => (*date, NaiveTime::MIN),
        Value::DateTime(moment) => (moment.date(), moment.time()),
        _ => return None,
    };
    let part = match name {
        "year" => i64::from(date.year()),
        "month" => i64::from(date.month()),
        "day" => i64::from(date.day()),
        "hour" => i64::from(time.hour()),
        "minute" => i64::from(time.minute()),
        "second" => i64::from(time.second()),
        _ => return None,
    };
    Some(Value::Int(part))
}

/// Calls a function or method.
pub(super) fn call(eval: &Evaluator<'_>, target: PyValue, args: Vec<PyValue>, named: Vec<(String, PyValue)>) -> Result<PyValue> {
    match target {
        PyValue::Builtin(name) => function(eval, &name, args, named),
        PyValue::Method(of, name) => method(eval, *of, &name, args),
        other => Err(Error::type_(format!("'{}' object is not callable", other.type_name()))),
    }
}

fn function(eval: &Evaluator<'_>, name: &str, args: Vec<PyValue>, named: Vec<(String, PyValue)>) -> Result<PyValue> {
    let scope = eval.scope;
    if scope.has_function(name) {
        let args = args.into_iter().map(PyValue::into_value).collect::<Result<Vec<_>>>()?;
        let named = named.into_iter().map(|(name, value)| Ok((name, value.into_value()?))).collect::<Result<Vec<_>>>()?;
        return scope.call(name, args, named).map(PyValue::Value);
    }
    let short = name.rsplit('.').next().unwrap_or(name);
    match short {
        "now" | "utcnow" => Ok(PyValue::from(scope.now())),
        "today" if name.starts_with("datetime.datetime") || name == "datetime.today" => Ok(PyValue::from(scope.now())),
        "today" | "context_today" | "current_date" => Ok(PyValue::from(scope.today())),
        "strftime" => {
            let format = text(args.first())?;
            Ok(PyValue::from(strftime(scope.now(), &format)?))
        }
        "relativedelta" | "timedelta" => span(short, args, named),
        "combine" => {
            let day = args.into_iter().next().map(PyValue::into_value).transpose()?;
            match day {
                Some(Value::Date(date)) => Ok(PyValue::from(date.and_time(NaiveTime::MIN))),
                Some(Value::DateTime(moment)) => Ok(PyValue::from(moment.date().and_time(NaiveTime::MIN))),
                _ => Err(Error::type_("combine() needs a date")),
            }
        }
        "datetime" | "date" => moment(short, args),
        "strptime" => {
            let parsed = chrono::NaiveDateTime::parse_from_str(&text(args.first())?, &text(args.get(1))?);
            parsed.map(PyValue::from).map_err(|_| Error::value("time data does not match format"))
        }
        _ => plain(name, args),
    }
}

/// Functions over plain values.
fn plain(name: &str, mut args: Vec<PyValue>) -> Result<PyValue> {
    if matches!(name, "list" | "tuple" | "set") {
        return Ok(match args.pop() {
            None => PyValue::List(Vec::new()),
            Some(path @ PyValue::Path(_)) => path,
            Some(other) => PyValue::List(other.items()?),
        });
    }
    let values = args.into_iter().map(PyValue::into_value).collect::<Result<Vec<_>>>()?;
    // `min(1, 2)` and `min([1, 2])` are one.
    let many = match values.as_slice() {
        [Value::List(items)] => items.clone(),
        _ => values.clone(),
    };
    let one = values.first().cloned().unwrap_or_default();
    let pick = |wanted: std::cmp::Ordering| -> Result<PyValue> {
        let mut items = many.iter();
        let mut best = items.next().ok_or_else(|| Error::value(format!("{name}() of an empty list")))?;
        for item in items {
            if compare(item, best)? == wanted {
                best = item;
            }
        }
        Ok(PyValue::Value(best.clone()))
    };
    match name {
        "len" => {
            let length = match &one {
                Value::Str(text) => text.chars().count(),
                Value::List(items) => items.len(),
                Value::Map(map) => map.len(),
                other => return Err(Error::type_(format!("object of type '{}' has no len()", other.type_name()))),
            };
            Ok(PyValue::from(i64::try_from(length).unwrap_or(i64::MAX)))
        }
        "str" => Ok(PyValue::from(if values.is_empty() { String::new() } else { one.py_str() })),
        "bool" => Ok(PyValue::from(one.truthy())),
        "int" => integer(&one),
        "float" => one
            .as_float()
            .or_else(|| one.as_str().and_then(|s| s.trim().parse().ok()))
            .map(PyValue::from)
            .ok_or_else(|| Error::value("could not convert to float")),
        "abs" => match &one {
            Value::Float(x) => Ok(PyValue::from(x.abs())),
            other => other.as_int().and_then(i64::checked_abs).map(PyValue::from).ok_or_else(|| Error::type_("bad operand for abs()")),
        },
        "round" => round(&one, values.get(1)),
        "min" => pick(std::cmp::Ordering::Less),
        "max" => pick(std::cmp::Ordering::Greater),
        "any" => Ok(PyValue::from(many.iter().any(Value::truthy))),
        "all" => Ok(PyValue::from(many.iter().all(Value::truthy))),
        "sum" => {
            if let Some(total) = many.iter().map(Value::as_int).try_fold(0_i64, |sum, n| sum.checked_add(n?)) {
                return Ok(PyValue::from(total));
            }
            let total = many.iter().map(Value::as_float).sum::<Option<f64>>();
            total.map(PyValue::from).ok_or_else(|| Error::type_("sum() needs numbers"))
        }
        "sorted" => {
            let mut sorted = many.clone();
            let mut failed = None;
            sorted.sort_by(|a, b| {
                compare(a, b).unwrap_or_else(|error| {
                    failed = Some(error);
                    std::cmp::Ordering::Equal
                })
            });
            failed.map_or(Ok(PyValue::from(sorted)), Err)
        }
        _ => Err(Error::type_(format!("'{name}' is not callable"))),
    }
}

fn integer(value: &Value) -> Result<PyValue> {
    #[expect(clippy::cast_possible_truncation, reason = "int(float) truncates; beyond 64 bits it saturates")]
    let whole = match value {
        Value::Float(x) if x.is_finite() => Some(*x as i64),
        Value::Str(text) => text.trim().parse().ok(),
        other => other.as_int(),
    };
    whole.map(PyValue::from).ok_or_else(|| Error::value(format!("invalid literal for int(): {}", value.py_repr())))
}

fn round(value: &Value, digits: Option<&Value>) -> Result<PyValue> {
    let x = value.as_float().ok_or_else(|| Error::type_("round() needs a number"))?;
    match digits.and_then(Value::as_int) {
        None => integer(&Value::Float(x.round_ties_even())),
        Some(digits) => {
            let scale = 10_f64.powi(i32::try_from(digits.clamp(-15, 15)).unwrap_or(0));
            Ok(PyValue::from((x * scale).round_ties_even() / scale))
        }
    }
}

fn span(kind: &str, args: Vec<PyValue>, named: Vec<(String, PyValue)>) -> Result<PyValue> {
    // timedelta(1) is one day.
    let positional = args.into_iter().zip(["days", "seconds"]).map(|(value, name)| (name.to_owned(), value));
    if kind == "relativedelta" && positional.len() > 0 {
        return Err(Error::type_("relativedelta() takes names only"));
    }
    let parts = positional
        .chain(named)
        .map(|(name, value)| {
            let amount = value.into_value()?.as_float().ok_or_else(|| Error::type_(format!("'{name}' needs a number")))?;
            Ok((name, amount))
        })
        .collect::<Result<Vec<_>>>()?;
    Delta::from_args(&parts).map(PyValue::Delta)
}

/// `datetime(2024, 1, 31)`, `date(2024, 1, 31)`.
fn moment(kind: &str, args: Vec<PyValue>) -> Result<PyValue> {
    let parts = args
        .into_iter()
        .map(|arg| arg.into_value()?.as_int().and_then(|n| u32::try_from(n).ok()).ok_or_else(|| Error::type_("an integer is required")))
        .collect::<Result<Vec<u32>>>()?;
    let part = |n: usize| parts.get(n).copied().unwrap_or(0);
    let date = i32::try_from(part(0)).ok().and_then(|year| chrono::NaiveDate::from_ymd_opt(year, part(1), part(2)));
    let moment = date.and_then(|date| date.and_hms_opt(part(3), part(4), part(5)));
    let moment = moment.ok_or_else(|| Error::value("the date is out of range"))?;
    Ok(if kind == "date" { PyValue::from(moment.date()) } else { PyValue::from(moment) })
}

fn text(arg: Option<&PyValue>) -> Result<String> {
    match arg {
        Some(PyValue::Value(Value::Str(text))) => Ok(text.clone()),
        _ => Err(Error::type_("a text is required")),
    }
}

fn method(eval: &Evaluator<'_>, of: PyValue, name: &str, args: Vec<PyValue>) -> Result<PyValue> {
    match of {
        PyValue::Path(path) => match name {
            "sudo" => Ok(PyValue::Path(path)),
            "mapped" => {
                let more = text(args.first())?;
                Ok(PyValue::Path(path.into_iter().chain(more.split('.').map(str::to_owned)).collect()))
            }
            _ => {
                let group = text(args.first())?;
                let known = eval.scope.has_group(&group).filter(|_| path.is_empty());
                known.map(PyValue::from).ok_or_else(|| Error::value("has_group() is only known for the user"))
            }
        },
        PyValue::Dict(pairs) => mapping(pairs, name, args),
        PyValue::Value(Value::Map(map)) => mapping(map.into_iter().map(|(k, v)| (k, PyValue::Value(v))).collect(), name, args),
        PyValue::Value(value @ (Value::Date(_) | Value::DateTime(_))) => date_method(&value, name, &args),
        PyValue::Value(Value::Str(of)) => text_method(&of, name, args),
        other => Err(Error::attribute(format!("'{}' object has no attribute '{name}'", other.type_name()))),
    }
}

fn mapping(pairs: Vec<(String, PyValue)>, name: &str, args: Vec<PyValue>) -> Result<PyValue> {
    match name {
        "get" => {
            let mut args = args.into_iter();
            let key = args.next().map(PyValue::into_value).transpose()?.unwrap_or_default().py_str();
            let found = pairs.into_iter().find(|(k, _)| *k == key).map(|(_, v)| v);
            Ok(found.or_else(|| args.next()).unwrap_or(PyValue::Value(Value::None)))
        }
        "keys" => Ok(PyValue::List(pairs.into_iter().map(|(k, _)| PyValue::from(k)).collect())),
        "values" => Ok(PyValue::List(pairs.into_iter().map(|(_, v)| v).collect())),
        _ => Err(Error::attribute(format!("'dict' object has no attribute '{name}'"))),
    }
}

fn date_method(of: &Value, name: &str, args: &[PyValue]) -> Result<PyValue> {
    let moment = match of {
        Value::Date(date) => date.and_time(NaiveTime::MIN),
        Value::DateTime(moment) => *moment,
        _ => return Err(Error::attribute(name)),
    };
    match name {
        "strftime" => Ok(PyValue::from(strftime(moment, &text(args.first())?)?)),
        "isoformat" => strftime(moment, if matches!(of, Value::Date(_)) { DATE } else { "%Y-%m-%dT%H:%M:%S" }).map(PyValue::from),
        "date" => Ok(PyValue::from(moment.date())),
        "weekday" => Ok(PyValue::from(i64::from(moment.weekday().num_days_from_monday()))),
        "isoweekday" => Ok(PyValue::from(i64::from(moment.weekday().number_from_monday()))),
        "to_utc" | "replace" if args.is_empty() => Ok(PyValue::Value(of.clone())),
        _ => Err(Error::attribute(format!("'{}' object has no attribute '{name}'", of.type_name()))),
    }
}

fn text_method(of: &str, name: &str, args: Vec<PyValue>) -> Result<PyValue> {
    match name {
        "lower" => Ok(PyValue::from(of.to_lowercase())),
        "upper" => Ok(PyValue::from(of.to_uppercase())),
        "strip" => Ok(PyValue::from(of.trim())),
        "startswith" => Ok(PyValue::from(of.starts_with(&text(args.first())?))),
        "endswith" => Ok(PyValue::from(of.ends_with(&text(args.first())?))),
        "split" => {
            let separator = args.first().map(|_| text(args.first())).transpose()?;
            let parts: Vec<&str> = match separator.as_deref() {
                Some("") => return Err(Error::value("empty separator")),
                Some(separator) => of.split(separator).collect(),
                None => of.split_whitespace().collect(),
            };
            Ok(PyValue::from(parts))
        }
        "format" => {
            let values = args.into_iter().map(PyValue::into_value).collect::<Result<Vec<_>>>()?;
            let mut out = String::new();
            let mut parts = of.split("{}");
            out.push_str(parts.next().unwrap_or_default());
            for (n, part) in parts.enumerate() {
                out.push_str(&values.get(n).map(Value::py_str).ok_or_else(|| Error::value("format() needs more values"))?);
                out.push_str(part);
            }
            Ok(PyValue::from(out))
        }
        _ => Err(Error::attribute(format!("'str' object has no attribute '{name}'"))),
    }
}

/// `'%s' % x`: `%s`, `%d`, `%r`, `%%`.
pub(super) fn percent(format: &str, args: &[Value]) -> Result<String> {
    let (mut out, mut args) = (String::new(), args.iter());
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let directive = chars.next();
        if directive == Some('%') {
            out.push('%');
            continue;
        }
        let arg = args.next().ok_or_else(|| Error::type_("not enough arguments for format string"))?;
        match directive {
            Some('s') => match arg {
                Value::DateTime(moment) => out.push_str(&strftime(*moment, DATETIME)?),
                other => out.push_str(&other.py_str()),
            },
            Some('r') => out.push_str(&arg.py_repr()),
            Some('d' | 'i') => {
                out.push_str(&arg.as_int().ok_or_else(|| Error::type_("%d format: a number is required"))?.to_string());
            }
            _ => return Err(Error::value("unsupported format character")),
        }
    }
    Ok(out)
}
