//! From the list form to the tree.
//!
//! ```text
//! domain    := true | false | [ item, … ]             items in a row: all of them
//! item      := "!" item | "&" item item | "|" item item | condition
//! condition := [ field, operator, operand ] | [1, "=", 1] | [0, "=", 1]
//! ```

use crate::error::{Error, Result};
use crate::expr::PyValue;
use crate::value::Value;

use super::{Condition, Domain, MAX_DEPTH, MAX_ITEMS, Op, Operand};

/// One element of the list form, its condition already read.
enum Item {
    Not,
    And,
    Or,
    Condition(Domain, usize),
}

impl Domain {
    /// Reads what a client sent.
    pub fn parse(value: &Value) -> Result<Self> {
        parse_value(value, false, 0).map(|(domain, _)| domain)
    }

    /// Reads a domain of our own or of the database, which may say `any!`.
    pub fn parse_internal(value: &Value) -> Result<Self> {
        parse_value(value, true, 0).map(|(domain, _)| domain)
    }

    /// Reads what an expression gave; values that hang on the user's record stay symbolic.
    pub fn from_py(value: &PyValue) -> Result<Self> {
        parse_py(value, 0).map(|(domain, _)| domain)
    }
}

fn parse_value(value: &Value, internal: bool, depth: usize) -> Result<(Domain, usize)> {
    let items = match value {
        Value::Bool(true) => return Ok((Domain::True, 0)),
        Value::Bool(false) => return Ok((Domain::False, 0)),
        Value::List(items) => items,
        other => return Err(Error::type_(format!("A domain is a list, not {}", other.type_name()))),
    };
    check(items.len(), depth)?;
    build(
        items.len(),
        items.iter().rev().map(|item| match item {
            Value::Str(sign) => operator(sign),
            Value::List(parts) => match parts.as_slice() {
                [field, op, operand] => leaf(field, op, || match operand {
                    Value::List(_) | Value::Bool(_) if op.as_str().and_then(Op::parse).is_some_and(Op::is_any) => {
                        let (domain, deep) = parse_value(operand, internal, depth + 1)?;
                        Ok((Operand::Domain(domain), deep + 1))
                    }
                    other => Ok((Operand::Value(other.clone()), 0)),
                })
                .and_then(|item| refuse_bypass(item, internal)),
                _ => Err(malformed(item)),
            },
            other => Err(malformed(other)),
        }),
    )
}

fn parse_py(value: &PyValue, depth: usize) -> Result<(Domain, usize)> {
    let items = match value {
        PyValue::Value(value) => return parse_value(value, true, depth),
        PyValue::List(items) => items,
        _ => return Err(Error::type_("A domain is a list")),
    };
    check(items.len(), depth)?;
    let plain = |value: &PyValue| value.clone().into_value();
    build(
        items.len(),
        items.iter().rev().map(|item| match item {
            PyValue::Value(Value::Str(sign)) => operator(sign),
            PyValue::Value(Value::List(_)) => {
                let (domain, deep) = parse_value(&Value::List(vec![plain(item)?]), true, depth)?;
                Ok(Item::Condition(domain, deep))
            }
            PyValue::List(parts) => match parts.as_slice() {
                [field, op, operand] => {
                    let (field, op) = (plain(field)?, plain(op)?);
                    leaf(&field, &op, || {
                        if op.as_str().and_then(Op::parse).is_some_and(Op::is_any) {
                            let (domain, deep) = parse_py(operand, depth + 1)?;
                            return Ok((Operand::Domain(domain), deep + 1));
                        }
                        Ok((py_operand(operand)?, 0))
                    })
                }
                _ => Err(Error::value("Invalid item in the domain")),
            },
            _ => Err(Error::value("Invalid item in the domain")),
        }),
    )
}

/// A value, or what is reached from the user, alone or among values.
fn py_operand(operand: &PyValue) -> Result<Operand> {
    let (mut paths, mut values) = (Vec::new(), Vec::new());
    match operand {
        PyValue::Path(path) => paths.push(path.clone()),
        PyValue::List(items) => {
            for item in items {
                match item {
                    PyValue::Path(path) => paths.push(path.clone()),
                    other => values.push(other.clone().into_value()?),
                }
            }
        }
        other => return Ok(Operand::Value(other.clone().into_value()?)),
    }
    if paths.is_empty() { Ok(Operand::Value(Value::List(values))) } else { Ok(Operand::User { paths, values }) }
}

fn check(items: usize, depth: usize) -> Result<()> {
    if items > MAX_ITEMS || depth > MAX_DEPTH {
        return Err(Error::value("The domain is too large or nested too deeply"));
    }
    Ok(())
}

fn malformed(item: &Value) -> Error {
    let shown: String = item.py_repr().chars().take(200).collect();
    Error::value(format!("Invalid item in the domain: {shown}"))
}

fn operator(sign: &str) -> Result<Item> {
    match sign {
        "!" => Ok(Item::Not),
        "&" => Ok(Item::And),
        "|" => Ok(Item::Or),
        other => Err(malformed(&Value::from(other))),
    }
}

fn refuse_bypass(item: Item, internal: bool) -> Result<Item> {
    if let Item::Condition(Domain::Cond(condition), _) = &item
        && matches!(condition.op, Op::AnyBypass | Op::NotAnyBypass)
        && !internal
    {
        return Err(Error::value(format!("Invalid operator: {}", condition.op.name())));
    }
    Ok(item)
}

fn leaf(field: &Value, op: &Value, operand: impl FnOnce() -> Result<(Operand, usize)>) -> Result<Item> {
    let name = op.as_str().unwrap_or_default();
    let (operand, deep) = operand()?;
    // [1, "=", 1] is every record, [0, "=", 1] none.
    if let (Some(n), "=", Operand::Value(value)) = (field.as_int(), name, &operand) {
        return match (n, value.as_int()) {
            (1, Some(1)) => Ok(Item::Condition(Domain::True, 0)),
            (0, Some(1)) => Ok(Item::Condition(Domain::False, 0)),
            _ => Err(Error::type_("A condition needs the name of a field")),
        };
    }
    let Some(field) = field.as_str().filter(|field| !field.is_empty()) else {
        return Err(Error::type_("A condition needs the name of a field"));
    };
    let optional = name == "=?";
    let op = if optional { Some(Op::Eq) } else { Op::parse(name) };
    let op = op.ok_or_else(|| Error::value(format!("Invalid operator in the domain: {}", name.escape_debug())))?;
    if optional && matches!(&operand, Operand::Value(value) if !value.truthy()) {
        return Ok(Item::Condition(Domain::True, 0));
    }
    if op.is_any() && !matches!(operand, Operand::Domain(_) | Operand::Query(_)) {
        return Err(Error::type_(format!("'{}' needs a domain", op.name())));
    }
    let operand = comparable(field, op, operand)?;
    Ok(Item::Condition(Domain::Cond(Box::new(Condition { field: field.to_owned(), op, operand })), deep))
}

/// What a condition can be compared with. An empty list beside `=` asks for nothing, as a view that says
/// `!= []` for "is set" means it; lists and mappings are no members of a set.
fn comparable(field: &str, op: Op, operand: Operand) -> Result<Operand> {
    let Operand::Value(value) = operand else { return Ok(operand) };
    if matches!(op.positive(), Op::Eq | Op::In) {
        let members = if let Value::List(items) = &value { items.as_slice() } else { std::slice::from_ref(&value) };
        if let Some(member) = members.iter().find(|member| matches!(member, Value::List(_) | Value::Map(_))) {
            return Err(Error::type_(format!("unhashable type: '{}'", member.type_name())));
        }
        if matches!(op, Op::Eq | Op::Ne) && members.is_empty() {
            return Ok(Operand::Value(Value::Bool(false)));
        }
    } else if matches!(value, Value::Map(_)) && !op.is_like() {
        return Err(Error::value(format!("Invalid value for '{field}' in the domain")));
    }
    Ok(Operand::Value(value))
}

/// Reads prefix notation from its end, so that it needs a stack and no recursion.
fn build(size: usize, items: impl Iterator<Item = Result<Item>>) -> Result<(Domain, usize)> {
    let missing = || Error::value("The domain is malformed: an operator has too few conditions");
    let mut stack: Vec<(Domain, usize)> = Vec::with_capacity(size.min(64));
    for item in items {
        let entry = match item? {
            Item::Condition(domain, depth) => (domain, depth),
            Item::Not => {
                let (domain, depth) = stack.pop().ok_or_else(missing)?;
                (domain.negate(), depth + 1)
            }
            Item::And => {
                let (left, right) = (stack.pop().ok_or_else(missing)?, stack.pop().ok_or_else(missing)?);
                let depth = joined(&left, &right, |d| matches!(d, Domain::And(_)));
                (left.0.and(right.0), depth)
            }
            Item::Or => {
                let (left, right) = (stack.pop().ok_or_else(missing)?, stack.pop().ok_or_else(missing)?);
                let depth = joined(&left, &right, |d| matches!(d, Domain::Or(_)));
                (left.0.or(right.0), depth)
            }
        };
        check(0, entry.1)?;
        stack.push(entry);
    }
    let depth = stack.iter().map(|(_, depth)| *depth).max().unwrap_or(0);
    Ok((Domain::all(stack.into_iter().rev().map(|(domain, _)| domain)), depth + 1))
}

/// The depth of two domains joined: a list of the same kind takes the other in without growing.
fn joined(left: &(Domain, usize), right: &(Domain, usize), same: impl Fn(&Domain) -> bool) -> usize {
    let grow = |entry: &(Domain, usize)| if same(&entry.0) { entry.1 } else { entry.1 + 1 };
    grow(left).max(grow(right))
}
