//! Conditions on aggregates.

use crate::domain::{Domain, Op, Operand};
use crate::error::{Error, Result};
use crate::sql::{Bind, Cond, Sql};
use crate::value::Value;

use super::aggregate::Shape;
use super::spec::Aggregate;

/// A domain over aggregates (`[["__count", ">", 1]]`) as a condition on their columns. ValueError on operators
/// that do not compare, and on values that the aggregate cannot have.
pub(super) fn translate(domain: &Domain, column: &mut dyn FnMut(&Aggregate) -> Result<(Sql, Shape)>) -> Result<Cond> {
    Ok(match domain {
        Domain::True => Cond::True,
        Domain::False => Cond::False,
        Domain::And(all) => all.iter().try_fold(Cond::True, |cond, part| Ok::<_, Error>(cond.and(translate(part, column)?)))?,
        Domain::Or(any) => any.iter().try_fold(Cond::False, |cond, part| Ok::<_, Error>(cond.or(translate(part, column)?)))?,
        Domain::Not(inner) => translate(inner, column)?.negate(),
        Domain::Cond(condition) => {
            let (sql, shape) = column(&Aggregate::parse(&condition.field)?)?;
            let Operand::Value(value) = &condition.operand else { return Err(wrong(&condition.field)) };
            compare(sql, shape, condition.op, value, &condition.field)?
        }
    })
}

fn wrong(name: &str) -> Error {
    Error::value(format!("Invalid condition on '{name}'"))
}

fn compare(sql: Sql, shape: Shape, op: Op, value: &Value, name: &str) -> Result<Cond> {
    let sign = match op {
        Op::Eq => " = ",
        Op::Ne => " <> ",
        Op::Gt => " > ",
        Op::Ge => " >= ",
        Op::Lt => " < ",
        Op::Le => " <= ",
        Op::In | Op::NotIn => {
            let items = value.as_list().ok_or_else(|| wrong(name))?;
            let any = items
                .iter()
                .try_fold(Cond::False, |cond, item| Ok::<_, Error>(cond.or(compare(sql.clone(), shape, Op::Eq, item, name)?)))?;
            return Ok(if op == Op::In { any } else { any.negate() });
        }
        _ => return Err(wrong(name)),
    };
    if value.is_empty_mark() && matches!(op, Op::Eq | Op::Ne) && shape != Shape::Bool {
        return Ok(Cond::Expr(sql.push(if op == Op::Eq { " IS NULL" } else { " IS NOT NULL" })));
    }
    let bind = match (shape, value) {
        (Shape::Int | Shape::Number | Shape::Float, other) => Bind::Float(Some(other.as_float().ok_or_else(|| wrong(name))?)),
        (Shape::Decimal, other) => {
            let exact = other.as_decimal().map(|x| Bind::Decimal(Some(x)));
            exact.or_else(|| other.as_float().map(|x| Bind::Float(Some(x)))).ok_or_else(|| wrong(name))?
        }
        (Shape::Bool, other) => Bind::Bool(Some(other.truthy())),
        (_, Value::Str(text)) => Bind::text(text.as_str()),
        _ => return Err(wrong(name)),
    };
    let sql = match shape {
        Shape::Int | Shape::Number => sql.push("::float8"),
        // Texts of dates compare as the dates do.
        Shape::Date | Shape::Moment | Shape::List(_) => sql.push("::text"),
        _ => sql,
    };
    Ok(Cond::Expr(sql.push(sign).push_bind(bind)))
}
