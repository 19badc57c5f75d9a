//! Comparing one SQL value: what is asked, and the SQL for each kind of field.

use rust_decimal::Decimal;

use crate::error::{Error, Result};
use crate::registry::{Field, Kind};
use crate::sql::{Bind, Cond, Sql};
use crate::value::{Id, Value};

use super::operands::{List, boolean, float, integer, number};
use super::{Host, Op, Operand, temporal, user};

/// What is asked of a value. Negation is beside it.
#[derive(Clone, Debug)]
pub(super) enum Test {
    Const(bool),
    /// One of these values, or what the user's paths lead to. `single`: it was written with `=`.
    In {
        values: Vec<Value>,
        paths: Vec<Vec<String>>,
        single: bool,
    },
    /// In a sub-select.
    Query(Sql),
    /// `>` and friends.
    Compare(Op, Value),
    /// A pattern; empty ones are constants or comparisons by now.
    Like {
        pattern: String,
        fold: bool,
    },
}

/// Reads an operator and its operand, for every kind of field but x2many and `any`.
pub(super) fn test(op: Op, operand: &Operand) -> Result<Test> {
    let negative = op.is_negative();
    let value = match operand {
        Operand::Value(value) => value,
        Operand::Query(sql) => return Ok(Test::Query(sql.clone())),
        Operand::User { paths, values } => {
            return match op.positive() {
                Op::Eq | Op::In => Ok(Test::In { values: values.clone(), paths: paths.clone(), single: false }),
                _ => Err(Error::value(format!("'{}' cannot compare with the user's record", op.name()))),
            };
        }
        Operand::Domain(_) => return Err(Error::value(format!("'{}' does not take a domain", op.name()))),
    };
    Ok(match op.positive() {
        Op::Eq | Op::In => match value {
            // An empty list, and anything empty after `in`, matches nothing.
            Value::List(values) if values.is_empty() => Test::Const(negative),
            Value::List(values) => Test::In { values: values.clone(), paths: Vec::new(), single: false },
            other if op.positive() == Op::In && !other.truthy() => Test::Const(negative),
            other => Test::In { values: vec![other.clone()], paths: Vec::new(), single: true },
        },
        Op::Like | Op::ILike if !value.truthy() => Test::Const(!negative),
        Op::EqLike | Op::EqILike if !value.truthy() => Test::In { values: vec![Value::Bool(false)], paths: Vec::new(), single: true },
        Op::EqLike | Op::EqILike => {
            let pattern = value.as_str().ok_or_else(|| Error::type_("The pattern must be a text"))?.to_owned();
            Test::Like { pattern, fold: op.positive() == Op::EqILike }
        }
        Op::Like | Op::ILike => Test::Like { pattern: format!("%{}%", value.py_str()), fold: op.positive() == Op::ILike },
        inequality if inequality.is_inequality() => Test::Compare(inequality, value.clone()),
        other => return Err(Error::value(format!("Invalid operator '{}' here", other.name()))),
    })
}

/// `value IN (SELECT …)`.
pub(super) fn in_query(value: Sql, operand: &Operand) -> Result<Cond> {
    match operand {
        Operand::Query(sql) => Ok(in_select(value, sql.clone())),
        _ => Err(Error::type_("'any' needs a domain")),
    }
}

/// `value IN (SELECT …)`.
pub(super) fn in_select(value: Sql, select: Sql) -> Cond {
    Cond::Expr(value.push(" IN (").push_sql(select).push(")"))
}

/// A test of a column that is no relation.
pub(super) fn scalar(host: &dyn Host, field: &Field, value: Sql, negative: bool, test: &Test) -> Result<Cond> {
    match test {
        Test::Const(known) => Ok(if *known { Cond::True } else { Cond::False }),
        Test::Query(sql) => Ok(negated(in_select(value, sql.clone()), negative)),
        Test::Like { pattern, fold } => Ok(like(field, value, negative, pattern, *fold)),
        Test::In { values, paths, single } => {
            let mut values = values.clone();
            let mut selects = Vec::new();
            for path in paths {
                match user::resolve(host, path)? {
                    user::Found::Values(found) => values.extend(found),
                    user::Found::Select(select) => selects.push(select),
                }
            }
            if selects.is_empty() {
                return known_in(host, field, value, negative, &values, *single);
            }
            // NOT IN would be unknown when the sub-select holds a NULL, so the whole is negated.
            let mut cond = known_in(host, field, value.clone(), false, &values, false)?;
            for select in selects {
                cond = cond.or(in_select(value.clone(), select));
            }
            Ok(negated(cond, negative))
        }
        Test::Compare(op, to) => compare(host, field, value, *op, to),
    }
}

pub(super) fn negated(cond: Cond, negative: bool) -> Cond {
    if negative { cond.negate() } else { cond }
}

/// Whether "nothing" and the kind's empty value (`''`, 0) are one.
fn falsy(kind: Kind) -> Option<Value> {
    match kind {
        Kind::Integer | Kind::Many2oneReference => Some(Value::Int(0)),
        Kind::Float | Kind::Monetary => Some(Value::Float(0.0)),
        kind if kind.is_text() => Some(Value::from("")),
        _ => None,
    }
}

/// Refuses what PostgreSQL refuses to compare with numbers of records and with long texts.
fn comparable(field: &Field, values: &[Value]) -> Result<()> {
    let refused = |class: &'static str, value: &Value| {
        Err(Error::Database(class, format!("{} cannot be compared with '{}'", value.py_repr(), field.name)))
    };
    for value in values.iter().filter(|value| !value.is_empty_mark()) {
        match value {
            Value::Bool(_) if field.name == "id" => return refused("psycopg2.errors.UndefinedFunction", value),
            Value::Str(text) if field.name == "id" && text.trim().parse::<i64>().is_err() => {
                return refused("psycopg2.errors.InvalidTextRepresentation", value);
            }
            Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Decimal(_) if field.kind == Kind::Html => {
                return refused("psycopg2.errors.UndefinedFunction", value);
            }
            _ => {}
        }
    }
    Ok(())
}

fn known_in(host: &dyn Host, field: &Field, value: Sql, negative: bool, values: &[Value], single: bool) -> Result<Cond> {
    comparable(field, values)?;
    match field.kind {
        Kind::Boolean => return Ok(booleans(field, value, negative, values)),
        Kind::Date => return temporal::dates_in(host, field, value, negative, values, single),
        Kind::Datetime => return temporal::moments_in(host, field, value, negative, values),
        Kind::Json | Kind::Binary | Kind::Properties | Kind::PropertiesDefinition if !values.iter().all(Value::is_empty_mark) => {
            return Err(Error::value(format!("'{}' can only be compared with nothing", field.name)));
        }
        _ => {}
    }
    let falsy = if field.name == "id" { None } else { falsy(field.kind) };
    let mut null = false;
    let mut list = List::new(field);
    let mut has_falsy = false;
    for item in values {
        if item.is_empty_mark() {
            null = true;
        } else {
            has_falsy |= list.push(item)? && falsy.is_some();
        }
    }
    null |= has_falsy;
    if null
        && !has_falsy
        && let Some(falsy) = &falsy
    {
        list.push(falsy)?;
    }
    Ok(member(field, value, negative, list, null, single))
}

/// `= ANY`, NULL considered as Odoo does.
fn member(field: &Field, value: Sql, negative: bool, list: List, null: bool, single: bool) -> Cond {
    let nullable = can_be_null(field);
    let is_null = |yes: bool| Cond::Expr(value.clone().push(if yes { " IS NULL" } else { " IS NOT NULL" }));
    match list.into_bind(single) {
        None => match (negative, null) {
            (false, true) => {
                if nullable {
                    is_null(true)
                } else {
                    Cond::False
                }
            }
            (false, false) => Cond::False,
            (true, true) => {
                if nullable {
                    is_null(false)
                } else {
                    Cond::True
                }
            }
            (true, false) => Cond::True,
        },
        Some((bind, one)) => {
            let sql = value.clone().push(match (negative, one) {
                (false, true) => " = ",
                (false, false) => " = ANY(",
                (true, true) => " <> ",
                (true, false) => " <> ALL(",
            });
            let sql = sql.push_bind(bind);
            let cond = Cond::Expr(if one { sql } else { sql.push(")") });
            if null != negative && nullable { cond.or(is_null(true)) } else { cond }
        }
    }
}

/// Company-dependent values are missing wherever a company has none.
pub(super) fn can_be_null(field: &Field) -> bool {
    field.name != "id" && (!field.not_null || field.company_dependent || field.translate || !field.store)
}

fn booleans(field: &Field, value: Sql, negative: bool, values: &[Value]) -> Cond {
    let (yes, no) = (values.iter().any(boolean), values.iter().any(|v| !boolean(v)));
    let (yes, no) = if negative { (!yes, !no) } else { (yes, no) };
    match (yes, no) {
        (true, true) => Cond::True,
        (false, false) => Cond::False,
        (true, false) => Cond::Expr(value.push(" IS TRUE")),
        (false, true) if can_be_null(field) => Cond::Expr(value.push(" IS NOT TRUE")),
        (false, true) => Cond::Expr(value.push(" IS FALSE")),
    }
}

fn like(field: &Field, value: Sql, negative: bool, pattern: &str, fold: bool) -> Cond {
    let text = if field.kind.is_text() { value.clone() } else { value.clone().push("::text") };
    let text = text.push(match (negative, fold) {
        (false, false) => " LIKE ",
        (false, true) => " ILIKE ",
        (true, false) => " NOT LIKE ",
        (true, true) => " NOT ILIKE ",
    });
    let cond = Cond::Expr(text.push_bind(Bind::text(pattern)));
    if negative && can_be_null(field) { cond.or(Cond::Expr(value.push(" IS NULL"))) } else { cond }
}

fn compare(host: &dyn Host, field: &Field, value: Sql, op: Op, to: &Value) -> Result<Cond> {
    let (bind, empty) = match field.kind {
        Kind::Date => return temporal::date_compare(host, value, op, to),
        Kind::Datetime => return temporal::moment_compare(host, value, op, to),
        Kind::Float | Kind::Monetary if field.is_decimal() => {
            let x = if to.is_empty_mark() { Value::Decimal(Decimal::ZERO) } else { number(to)? };
            let empty = holds(op, 0.0_f64.partial_cmp(&x.as_float().unwrap_or(0.0)));
            (x.as_decimal().map_or_else(|| Bind::Float(x.as_float()), |x| Bind::Decimal(Some(x))), empty)
        }
        Kind::Float | Kind::Monetary => {
            let x = if to.is_empty_mark() { 0.0 } else { float(to)? };
            (Bind::Float(Some(x)), holds(op, 0.0_f64.partial_cmp(&x)))
        }
        Kind::Integer | Kind::Many2oneReference | Kind::Many2one => {
            if to.is_empty_mark() && (field.kind == Kind::Many2one || field.name == "id") {
                return Ok(Cond::False);
            }
            let n = if to.is_empty_mark() { 0 } else { integer(to)?.unwrap_or(i64::MAX) };
            let empty = falsy(field.kind).is_some() && field.name != "id" && holds(op, Some(0.cmp(&n)));
            // Beyond 32 bits PostgreSQL compares int4 with int8.
            (Id::try_from(n).map_or(Bind::Big(Some(n)), |n| Bind::Int(Some(n))), empty)
        }
        kind if kind.is_text() => {
            let text = if to.is_empty_mark() { String::new() } else { to.py_str() };
            let empty = holds(op, Some("".cmp(text.as_str())));
            (Bind::Text(Some(text)), empty)
        }
        _ => return Err(Error::value(format!("'{}' cannot be used on '{}'", op.name(), field.name))),
    };
    let cond = Cond::Expr(value.clone().push(sign(op)).push_bind(bind));
    Ok(if empty && can_be_null(field) { cond.or(Cond::Expr(value.push(" IS NULL"))) } else { cond })
}

/// Whether an order satisfies an inequality.
fn holds(op: Op, order: Option<std::cmp::Ordering>) -> bool {
    order.is_some_and(|order| match op {
        Op::Gt => order.is_gt(),
        Op::Ge => order.is_ge(),
        Op::Lt => order.is_lt(),
        _ => order.is_le(),
    })
}

/// An inequality's SQL.
pub(super) fn sign(op: Op) -> &'static str {
    match op {
        Op::Gt => " > ",
        Op::Ge => " >= ",
        Op::Lt => " < ",
        _ => " <= ",
    }
}

/// Whether values can be compared with a kind of field at all: names are looked up in every name field that
/// can hold them.
pub(super) fn fits(kind: Kind, operand: &Operand) -> bool {
    let one = |value: &Value| match kind {
        Kind::Integer | Kind::Many2oneReference => integer(value).is_ok(),
        Kind::Float | Kind::Monetary => float(value).is_ok(),
        kind => kind.is_text(),
    };
    match operand {
        Operand::Value(Value::List(values)) => values.iter().all(|v| v.is_empty_mark() || one(v)),
        Operand::Value(value) => value.is_empty_mark() || one(value),
        _ => true,
    }
}
