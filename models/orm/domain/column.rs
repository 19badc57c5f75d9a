//! The SQL of a field's value.

use crate::error::{Error, Result};
use crate::registry::{Field, Kind, Model};
use crate::sql::{Bind, Cond, Sql};
use crate::value::Value;

use super::{Host, Op, Operand, Query};

/// The value of a field as SQL: its column in the reader's language or company, or that of the record a
/// related field leads to, joined. ValueError when there is no column at the end.
pub fn column_sql(host: &dyn Host, query: &mut Query, alias: &str, model: &Model, field: &Field) -> Result<Sql> {
    let no_column = || Error::value(format!("'{}.{}' is not stored", model.name, field.name));
    if field.is_column() {
        return Ok(own_column(host, alias, model, field));
    }
    if let Some(sql) = host.computed_sql(alias, model, field) {
        return Ok(sql);
    }
    let path = field.related.as_deref().filter(|_| !field.store).ok_or_else(no_column)?;
    let (last, steps) = path.split_last().ok_or_else(no_column)?;
    let (mut alias, mut model) = (alias.to_owned(), model);
    for step in steps {
        let field = model.field(step)?;
        if field.kind != Kind::Many2one || !field.is_column() {
            return Err(no_column());
        }
        (alias, model) = join_many2one(host, query, &alias, model, field)?;
    }
    let last = model.field(last)?;
    if last.is_column() { Ok(own_column(host, &alias, model, last)) } else { column_sql(host, query, &alias, model, last) }
}

/// LEFT JOINs the target of a many2one column.
pub(super) fn join_many2one<'m>(
    host: &'m dyn Host,
    query: &mut Query,
    alias: &str,
    model: &Model,
    field: &Field,
) -> Result<(String, &'m Model)> {
    let target = host.registry().target(field)?;
    let value = own_column(host, alias, model, field);
    Ok((query.join(alias, &field.name, value, &target.table), target))
}

/// The column of a stored field, in the reader's language or company.
pub(crate) fn own_column(host: &dyn Host, alias: &str, model: &Model, field: &Field) -> Sql {
    let column = Sql::column(alias, &field.name);
    if field.company_dependent {
        let key = Bind::text(host.company_id().to_string());
        let own = Sql::lit("(").push_sql(column).push("->>").push_bind(key).push(")").push(cast(field));
        return match fallback(field, &host.company_fallback(model, field)) {
            Some(bind) => Sql::lit("COALESCE(").push_sql(own).push(", ").push_bind(bind).push(")"),
            None => own,
        };
    }
    if field.translate {
        let source = column.clone().push("->>'en_US'");
        if host.lang() == "en_US" {
            return Sql::lit("(").push_sql(source).push(")");
        }
        let own = column.push("->>").push_bind(Bind::text(host.lang()));
        return Sql::lit("COALESCE(").push_sql(own).push(", ").push_sql(source).push(")");
    }
    column
}

/// From the text inside jsonb to the field's type.
fn cast(field: &Field) -> &'static str {
    match field.kind {
        Kind::Integer | Kind::Many2one | Kind::Many2oneReference => "::int4",
        Kind::Float | Kind::Monetary if field.is_decimal() => "::numeric",
        Kind::Float | Kind::Monetary => "::float8",
        Kind::Boolean => "::bool",
        Kind::Date => "::date",
        Kind::Datetime => "::timestamp",
        _ => "::text",
    }
}

fn fallback(field: &Field, value: &Value) -> Option<Bind> {
    if value.is_empty_mark() {
        return None;
    }
    Some(match field.kind {
        Kind::Integer | Kind::Many2one | Kind::Many2oneReference => Bind::Int(value.as_id()),
        Kind::Float | Kind::Monetary if field.is_decimal() => Bind::Decimal(value.as_decimal()),
        Kind::Float | Kind::Monetary => Bind::Float(value.as_float()),
        Kind::Boolean => Bind::Bool(Some(value.truthy())),
        Kind::Date => {
            if let Value::Date(date) = value {
                Bind::Date(Some(*date))
            } else {
                return None;
            }
        }
        Kind::Datetime => {
            if let Value::DateTime(moment) = value {
                Bind::Timestamp(Some(*moment))
            } else {
                return None;
            }
        }
        _ => Bind::Text(Some(value.py_str())),
    })
}

/// A binary field kept as an attachment: only whether there is one can be asked; other questions are not held
/// against a record.
pub(super) fn attachment(query: &Query, alias: &str, model: &Model, field: &Field, op: Op, operand: &Operand) -> Cond {
    let nothing = match operand {
        Operand::Value(Value::List(values)) => !values.is_empty() && values.iter().all(Value::is_empty_mark),
        Operand::Value(value) => matches!(op, Op::Eq | Op::Ne) && value.is_empty_mark(),
        _ => false,
    };
    if matches!(operand, Operand::Value(Value::List(values)) if values.is_empty()) && op.positive() == Op::In {
        return if op.is_negative() { Cond::True } else { Cond::False };
    }
    if !nothing || !matches!(op.positive(), Op::Eq | Op::In) {
        return Cond::True;
    }
    let inner = query.next_alias();
    let equals = |column: &str, bind: Bind| Sql::column(&inner, column).push(" = ").push_bind(bind);
    let exists = Sql::lit("EXISTS (SELECT 1 FROM ")
        .push_ident("ir_attachment")
        .push(" AS ")
        .push_ident(&inner)
        .push(" WHERE ")
        .push_sql(equals("res_model", Bind::text(&model.name)))
        .push(" AND ")
        .push_sql(equals("res_field", Bind::text(&field.name)))
        .push(" AND ")
        .push_sql(Sql::column(&inner, "res_id"))
        .push(" = ")
        .push_sql(Sql::column(alias, "id"))
        .push(")");
    let exists = if op.is_negative() { exists } else { Sql::lit("NOT ").push_sql(exists) };
    Cond::Expr(exists)
}
