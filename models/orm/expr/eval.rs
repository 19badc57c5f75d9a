//! Walks the tree.

use std::cell::Cell;
use std::cmp::Ordering;

use crate::error::{Builtin, Error, Result};
use crate::value::Value;

use super::Scope;
use super::ast::{Binary, Node};
use super::builtins;
use super::dates::Delta;
use super::value::PyValue;

/// Comprehensions could otherwise multiply work without bound.
const MAX_STEPS: usize = 200_000;
/// Bytes that count as a step when a value is handed on: names and parts of large values are copied.
const COPIED: usize = 1024;
/// What the texts and lists that an evaluation makes may weigh together, in bytes: doubling a list a few times would
/// otherwise take all memory.
const MAX_WEIGHT: usize = 8 * 1024 * 1024;
/// Longest text or list that `*` makes.
const MAX_REPEAT: usize = 10_000;

/// One evaluation.
pub(super) struct Evaluator<'s> {
    pub(super) scope: &'s dyn Scope,
    locals: Vec<(String, PyValue)>,
    steps: Cell<usize>,
    weight: Cell<usize>,
}

impl<'s> Evaluator<'s> {
    pub(super) fn new(scope: &'s dyn Scope) -> Self {
        Evaluator { scope, locals: Vec::new(), steps: Cell::new(0), weight: Cell::new(0) }
    }

    pub(super) fn run(&mut self, node: &Node) -> Result<PyValue> {
        self.work(0)?;
        let value = self.value(node)?;
        let makes = matches!(
            node,
            Node::List(_) | Node::Dict(_) | Node::Binary(..) | Node::Call { .. } | Node::Slice(..) | Node::Comprehension { .. }
        );
        if makes {
            self.weigh(value.weight())?;
        } else if matches!(node, Node::Name(_) | Node::Literal(_) | Node::Index(..)) {
            self.work(value.weight())?;
        }
        Ok(value)
    }

    /// A step that handles `bytes`. ValueError beyond the budget.
    fn work(&self, bytes: usize) -> Result<()> {
        self.steps.set(self.steps.get().saturating_add(1 + bytes / COPIED));
        if self.steps.get() > MAX_STEPS { Err(Error::value("The expression takes too long")) } else { Ok(()) }
    }

    /// Counts what was made. ValueError beyond the budget.
    fn weigh(&self, weight: usize) -> Result<()> {
        self.weight.set(self.weight.get().saturating_add(weight));
        if self.weight.get() > MAX_WEIGHT { Err(Error::value("The expression makes too much")) } else { Ok(()) }
    }

    fn value(&mut self, node: &Node) -> Result<PyValue> {
        match node {
            Node::Literal(value) => Ok(PyValue::Value(value.clone())),
            Node::Name(name) => self.name(name),
            Node::List(items) => Ok(PyValue::List(items.iter().map(|item| self.run(item)).collect::<Result<_>>()?)),
            Node::Dict(pairs) => self.dict(pairs),
            Node::Not(inner) => Ok(PyValue::from(!self.run(inner)?.truthy()?)),
            Node::Negative(inner) => negative(self.run(inner)?),
            Node::And(left, right) => {
                let left = self.run(left)?;
                if left.truthy()? { self.run(right) } else { Ok(left) }
            }
            Node::Or(left, right) => {
                let left = self.run(left)?;
                if left.truthy()? { Ok(left) } else { self.run(right) }
            }
            Node::Binary(operator, left, right) => {
                let (left, right) = (self.run(left)?, self.run(right)?);
                binary(*operator, left, right)
            }
            Node::Choice { test, then, other } => {
                if self.run(test)?.truthy()? {
                    self.run(then)
                } else {
                    self.run(other)
                }
            }
            Node::Attribute(of, name) => {
                let of = self.run(of)?;
                self.attribute(of, name)
            }
            Node::Call { target, args, named } => {
                let target = self.run(target)?;
                let args = args.iter().map(|arg| self.run(arg)).collect::<Result<Vec<_>>>()?;
                let named = named.iter().map(|(name, arg)| Ok((name.clone(), self.run(arg)?))).collect::<Result<Vec<_>>>()?;
                builtins::call(self, target, args, named)
            }
            Node::Index(of, index) => {
                let (of, index) = (self.run(of)?, self.run(index)?);
                item(of, &index)
            }
            Node::Slice(of, from, to) => {
                let of = self.run(of)?;
                let from = from.as_ref().map(|n| self.run(n)).transpose()?;
                let to = to.as_ref().map(|n| self.run(n)).transpose()?;
                slice(of, from, to)
            }
            Node::Comprehension { item, name, over, test } => self.comprehension(item, name, over, test.as_deref()),
        }
    }

    fn name(&self, name: &str) -> Result<PyValue> {
        if let Some((_, value)) = self.locals.iter().rev().find(|(n, _)| n == name) {
            return Ok(value.clone());
        }
        if let Some(value) = self.scope.name(name) {
            return Ok(value);
        }
        if builtins::is_name(name) || self.scope.has_function(name) {
            return Ok(PyValue::Builtin(name.to_owned()));
        }
        Err(Error::Builtin(Builtin::NameError, format!("name '{name}' is not defined")))
    }

    fn dict(&mut self, pairs: &[(Node, Node)]) -> Result<PyValue> {
        let mut out: Vec<(String, PyValue)> = Vec::with_capacity(pairs.len());
        for (key, value) in pairs {
            let key = self.run(key)?.into_value()?.py_str();
            let value = self.run(value)?;
            match out.iter_mut().find(|(k, _)| *k == key) {
                Some((_, old)) => *old = value,
                None => out.push((key, value)),
            }
        }
        Ok(PyValue::Dict(out))
    }

    fn attribute(&self, of: PyValue, name: &str) -> Result<PyValue> {
        if name.starts_with('_') {
            return Err(Error::attribute(format!("'{name}' is private")));
        }
        match of {
            PyValue::Builtin(path) => {
                let path = format!("{path}.{name}");
                // `date.today` of `from datetime import date` and `datetime.date.today` are one.
                if builtins::is_name(&path) { Ok(PyValue::Builtin(path)) } else { Err(Error::attribute(format!("no attribute '{path}'"))) }
            }
            PyValue::Path(path) if path.is_empty() && self.scope.user_fact(name).is_some() => {
                Ok(self.scope.user_fact(name).unwrap_or_else(PyValue::user))
            }
            PyValue::Path(path) if path.is_empty() && name == "id" => {
                Ok(self.scope.name("uid").unwrap_or_else(|| PyValue::Path(vec!["id".into()])))
            }
            PyValue::Path(path) if path.is_empty() && name == "ids" => {
                let uid = self.scope.name("uid").unwrap_or_else(|| PyValue::Path(vec!["id".into()]));
                Ok(PyValue::List(vec![uid]))
            }
            PyValue::Path(path) if matches!(name, "has_group" | "mapped" | "sudo") => {
                Ok(PyValue::Method(Box::new(PyValue::Path(path)), name.to_owned()))
            }
            PyValue::Path(mut path) => {
                path.push(name.to_owned());
                Ok(PyValue::Path(path))
            }
            PyValue::Value(value) => match builtins::property(&value, name) {
                Some(value) => Ok(PyValue::Value(value)),
                None => Ok(PyValue::Method(Box::new(PyValue::Value(value)), name.to_owned())),
            },
            other => Ok(PyValue::Method(Box::new(other), name.to_owned())),
        }
    }

    fn comprehension(&mut self, item: &Node, name: &str, over: &Node, test: Option<&Node>) -> Result<PyValue> {
        let mut out = Vec::new();
        for value in self.run(over)?.items()? {
            self.locals.push((name.to_owned(), value));
            let kept = test.map_or(Ok(true), |test| self.run(test).and_then(|t| t.truthy()));
            let result = match kept {
                Ok(true) => self.run(item).map(Some),
                Ok(false) => Ok(None),
                Err(error) => Err(error),
            };
            self.locals.pop();
            if let Some(result) = result? {
                self.weigh(result.weight())?;
                out.push(result);
            }
        }
        Ok(PyValue::List(out))
    }
}

fn negative(value: PyValue) -> Result<PyValue> {
    match value {
        PyValue::Delta(delta) => Ok(PyValue::Delta(delta.negated())),
        PyValue::Value(Value::Float(x)) => Ok(PyValue::from(-x)),
        PyValue::Value(value) if value.as_int().is_some() => {
            value.as_int().and_then(i64::checked_neg).map(PyValue::from).ok_or_else(overflow)
        }
        other => Err(Error::type_(format!("bad operand type for unary -: '{}'", other.type_name()))),
    }
}

fn overflow() -> Error {
    Error::Builtin(Builtin::OverflowError, "the number is too large".into())
}

fn binary(operator: Binary, left: PyValue, right: PyValue) -> Result<PyValue> {
    match operator {
        Binary::Eq => Ok(PyValue::from(same(&left, &right)?)),
        Binary::Ne => Ok(PyValue::from(!same(&left, &right)?)),
        Binary::Lt | Binary::Le | Binary::Gt | Binary::Ge => {
            let order = compare(&left.into_value()?, &right.into_value()?)?;
            Ok(PyValue::from(match operator {
                Binary::Lt => order.is_lt(),
                Binary::Le => order.is_le(),
                Binary::Gt => order.is_gt(),
                _ => order.is_ge(),
            }))
        }
        Binary::In => Ok(PyValue::from(contains(right, &left)?)),
        Binary::NotIn => Ok(PyValue::from(!contains(right, &left)?)),
        Binary::Add => add(left, right),
        Binary::Sub => subtract(left, right),
        Binary::Mul | Binary::Div | Binary::FloorDiv | Binary::Mod => multiply(operator, left.into_value()?, right.into_value()?),
    }
}

/// Equality of known values; numbers compare across types as in Python.
fn same(left: &PyValue, right: &PyValue) -> Result<bool> {
    if let (PyValue::Path(_), _) | (_, PyValue::Path(_)) = (left, right) {
        return Err(Error::value("A comparison with the user's record is only known to the database"));
    }
    let (left, right) = (left.clone().into_value()?, right.clone().into_value()?);
    Ok(match (left.as_float(), right.as_float()) {
        (Some(a), Some(b)) => a == b,
        _ => left == right,
    })
}

/// Order of two known values.
pub(super) fn compare(left: &Value, right: &Value) -> Result<Ordering> {
    let order = match (left, right) {
        (Value::Str(a), Value::Str(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::DateTime(a), Value::DateTime(b)) => Some(a.cmp(b)),
        _ => left.as_float().zip(right.as_float()).and_then(|(a, b)| a.partial_cmp(&b)),
    };
    order.ok_or_else(|| Error::type_(format!("'<' not supported between instances of '{}' and '{}'", left.type_name(), right.type_name())))
}

fn contains(container: PyValue, item: &PyValue) -> Result<bool> {
    if let PyValue::Value(Value::Str(text)) = &container {
        return match item {
            PyValue::Value(Value::Str(part)) => Ok(text.contains(part.as_str())),
            other => Err(Error::type_(format!("'in <string>' requires string, not {}", other.type_name()))),
        };
    }
    for candidate in container.items()? {
        if same(&candidate, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn add(left: PyValue, right: PyValue) -> Result<PyValue> {
    let is_list = |v: &PyValue| matches!(v, PyValue::List(_) | PyValue::Path(_) | PyValue::Value(Value::List(_)));
    match (left, right) {
        (PyValue::Delta(a), PyValue::Delta(b)) => Ok(PyValue::Delta(a.plus(b))),
        (PyValue::Value(a), PyValue::Delta(delta)) | (PyValue::Delta(delta), PyValue::Value(a)) => delta.shift(&a).map(PyValue::Value),
        (a, b) if is_list(&a) && is_list(&b) => {
            // `user.x_ids.ids + [False]`: the path stands in the list for the ids it leads to.
            let spread = |v: PyValue| if let PyValue::Path(_) = v { Ok(vec![v]) } else { v.items() };
            let mut items = spread(a)?;
            items.extend(spread(b)?);
            Ok(PyValue::List(items))
        }
        (a, b) => match (a.into_value()?, b.into_value()?) {
            (Value::Str(a), Value::Str(b)) => Ok(PyValue::from(a + &b)),
            (a, b) => arithmetic(&a, &b, i64::checked_add, |x, y| x + y, "+"),
        },
    }
}

fn subtract(left: PyValue, right: PyValue) -> Result<PyValue> {
    match (left, right) {
        (PyValue::Delta(a), PyValue::Delta(b)) => Ok(PyValue::Delta(a.plus(b.negated()))),
        (PyValue::Value(a), PyValue::Delta(delta)) => delta.negated().shift(&a).map(PyValue::Value),
        (a, b) => match (a.into_value()?, b.into_value()?) {
            (Value::Date(a), Value::Date(b)) => Ok(PyValue::Delta(Delta { days: (a - b).num_days(), ..Delta::default() })),
            (Value::DateTime(a), Value::DateTime(b)) => Ok(PyValue::Delta(Delta { seconds: (a - b).num_seconds(), ..Delta::default() })),
            (a, b) => arithmetic(&a, &b, i64::checked_sub, |x, y| x - y, "-"),
        },
    }
}

fn multiply(operator: Binary, left: Value, right: Value) -> Result<PyValue> {
    match operator {
        Binary::Mul => match (left, right) {
            (Value::Str(text), n) | (n, Value::Str(text)) if n.as_int().is_some() => {
                let times = usize::try_from(n.as_int().unwrap_or(0)).unwrap_or(0);
                if text.len().saturating_mul(times) > MAX_REPEAT {
                    return Err(Error::value("The text is too long"));
                }
                Ok(PyValue::from(text.repeat(times)))
            }
            (a, b) => arithmetic(&a, &b, i64::checked_mul, |x, y| x * y, "*"),
        },
        Binary::Mod if left.as_str().is_some() => {
            let args = if let Value::List(args) = right { args } else { vec![right] };
            builtins::percent(left.as_str().unwrap_or_default(), &args).map(PyValue::from)
        }
        _ => {
            if right.as_float() == Some(0.0) {
                return Err(Error::value("division by zero"));
            }
            match operator {
                Binary::Div => match left.as_float().zip(right.as_float()) {
                    Some((a, b)) => Ok(PyValue::from(a / b)),
                    None => arithmetic(&left, &right, i64::checked_div, |x, y| x / y, "/"),
                },
                Binary::FloorDiv => arithmetic(&left, &right, floor_div, |x, y| (x / y).floor(), "//"),
                _ => arithmetic(&left, &right, |a, b| Some(a - b * floor_div(a, b)?), |x, y| x - y * (x / y).floor(), "%"),
            }
        }
    }
}

fn floor_div(a: i64, b: i64) -> Option<i64> {
    let quotient = a.checked_div(b)?;
    Some(if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient })
}

fn arithmetic(
    left: &Value,
    right: &Value,
    ints: impl Fn(i64, i64) -> Option<i64>,
    floats: impl Fn(f64, f64) -> f64,
    sign: &str,
) -> Result<PyValue> {
    if let Some((a, b)) = left.as_int().zip(right.as_int()) {
        return ints(a, b).map(PyValue::from).ok_or_else(overflow);
    }
    if let Some((a, b)) = left.as_float().zip(right.as_float()) {
        return Ok(PyValue::from(floats(a, b)));
    }
    Err(Error::type_(format!("unsupported operand type(s) for {sign}: '{}' and '{}'", left.type_name(), right.type_name())))
}

fn item(of: PyValue, index: &PyValue) -> Result<PyValue> {
    let index = index.clone().into_value()?;
    if let PyValue::Dict(pairs) = of {
        let key = index.py_str();
        return pairs.into_iter().find(|(k, _)| *k == key).map(|(_, v)| v).ok_or_else(|| Error::key(index.py_repr()));
    }
    if let PyValue::Value(Value::Map(map)) = &of {
        return map.get(&index.py_str()).cloned().map(PyValue::from).ok_or_else(|| Error::key(index.py_repr()));
    }
    let items = of.items()?;
    let at = index.as_int().ok_or_else(|| Error::type_(format!("indices must be integers, not {}", index.type_name())))?;
    let at = if at < 0 { at + i64::try_from(items.len()).unwrap_or(i64::MAX) } else { at };
    usize::try_from(at)
        .ok()
        .and_then(|at| items.into_iter().nth(at))
        .ok_or_else(|| Error::Builtin(Builtin::IndexError, "list index out of range".into()))
}

fn slice(of: PyValue, from: Option<PyValue>, to: Option<PyValue>) -> Result<PyValue> {
    let text = matches!(of, PyValue::Value(Value::Str(_)));
    let items = of.items()?;
    let bound = |value: Option<PyValue>, default: usize| -> Result<usize> {
        let Some(value) = value else { return Ok(default) };
        let n = value.into_value()?.as_int().ok_or_else(|| Error::type_("slice indices must be integers"))?;
        let n = if n < 0 { n.saturating_add(i64::try_from(items.len()).unwrap_or(i64::MAX)).max(0) } else { n };
        Ok(usize::try_from(n).unwrap_or(usize::MAX).min(items.len()))
    };
    let (from, to) = (bound(from, 0)?, bound(to, items.len())?);
    let taken = items.get(from..to.max(from)).unwrap_or_default().to_vec();
    if !text {
        return Ok(PyValue::List(taken));
    }
    let parts = taken.into_iter().map(PyValue::into_value).collect::<Result<Vec<_>>>()?;
    Ok(PyValue::from(parts.iter().filter_map(Value::as_str).collect::<String>()))
}
