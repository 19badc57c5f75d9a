//! The SQL of aggregates.

use crate::domain::column_sql;
use crate::error::{Error, Result};
use crate::registry::{Field, Kind, Model};
use crate::sql::{Bind, Sql};

use super::source::Rows;
use super::spec::{Aggregate, Function};

/// The form in which a column of the answer is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// int8.
    Int,
    /// int8 that is 0 over nothing.
    Number,
    Float,
    /// numeric.
    Decimal,
    Bool,
    Text,
    Date,
    Moment,
    /// jsonb: a list of values of a kind of field.
    List(Kind),
}

impl Shape {
    /// The form of a field's own value.
    pub(super) fn of(field: &Field) -> Self {
        match field.kind {
            Kind::Integer | Kind::Many2one | Kind::Many2many | Kind::Many2oneReference => Shape::Int,
            Kind::Float | Kind::Monetary if field.is_decimal() => Shape::Decimal,
            Kind::Float | Kind::Monetary => Shape::Float,
            Kind::Boolean => Shape::Bool,
            Kind::Date => Shape::Date,
            Kind::Datetime => Shape::Moment,
            _ => Shape::Text,
        }
    }

    /// The cast that gives a column this form.
    pub(super) fn cast(self) -> &'static str {
        match self {
            Shape::Int | Shape::Number => "::int8",
            Shape::Float => "::float8",
            Shape::Decimal => "::numeric",
            Shape::Bool => "",
            Shape::Text => "::text",
            Shape::Date => "::date",
            Shape::Moment => "::timestamp",
            Shape::List(_) => "::jsonb",
        }
    }
}

impl Rows<'_> {
    /// An aggregate over the rows of a group.
    pub fn aggregate(&mut self, model: &Model, aggregate: &Aggregate) -> Result<(Sql, Shape)> {
        let (name, function) = match aggregate {
            Aggregate::Count => return Ok((Sql::lit("count(*)"), Shape::Number)),
            Aggregate::Of { field, function } => (field, *function),
        };
        let field = model.field(name)?;
        if !self.host.su() {
            self.host.check_field(model, field)?;
        }
        let alias = self.query.alias().to_owned();
        let value = column_sql(self.host, &mut self.query, &alias, model, field)?;
        let call = |head: &'static str, tail: &'static str| Sql::lit(head).push_sql(value.clone()).push(tail);
        let number = matches!(field.kind, Kind::Integer | Kind::Float | Kind::Monetary | Kind::Many2one | Kind::Many2oneReference);
        let fits = match function {
            Function::Sum | Function::Avg => number,
            Function::Min | Function::Max => {
                !matches!(field.kind, Kind::Boolean | Kind::Json | Kind::Properties | Kind::PropertiesDefinition)
            }
            Function::BoolAnd | Function::BoolOr => field.kind == Kind::Boolean,
            Function::SumCurrency => field.kind == Kind::Monetary,
            Function::Recordset => field.kind == Kind::Many2one || name == "id",
            _ => true,
        };
        if !fits {
            return Err(unfit(field, function));
        }
        let by_id = || Sql::lit(" ORDER BY ").push_sql(Sql::column(&alias, "id")).push(")");
        Ok(match function {
            Function::Sum => (call("sum(", ")"), Shape::of(field)),
            Function::SumCurrency => (self.sum_currency(model, field, value)?, Shape::Decimal),
            Function::Avg => (call("avg(", ")"), Shape::Float),
            Function::Min => (call("min(", ")"), Shape::of(field)),
            Function::Max => (call("max(", ")"), Shape::of(field)),
            Function::BoolAnd => (call("bool_and(", ")"), Shape::Bool),
            Function::BoolOr => (call("bool_or(", ")"), Shape::Bool),
            Function::Count => (call("count(", ")"), Shape::Number),
            Function::CountDistinct => (call("count(DISTINCT ", ")"), Shape::Number),
            Function::ArrayAgg => (Sql::lit("jsonb_agg(").push_sql(plain(field, value)).push_sql(by_id()), Shape::List(field.kind)),
            Function::ArrayAggDistinct => {
                (Sql::lit("jsonb_agg(DISTINCT ").push_sql(plain(field, value)).push(")"), Shape::List(field.kind))
            }
            Function::Recordset => {
                let filter = Sql::lit(" FILTER (WHERE ").push_sql(value.clone()).push(" IS NOT NULL)");
                (Sql::lit("jsonb_agg(DISTINCT ").push_sql(value).push(")").push_sql(filter), Shape::List(Kind::Integer))
            }
        })
    }

    /// A sum in the company's currency: each amount by the rate of its currency that holds today, else by the
    /// first one to come. Rates are the lines of the currency's model.
    fn sum_currency(&mut self, model: &Model, field: &Field, value: Sql) -> Result<Sql> {
        let missing = || Error::value(format!("'{}' has no currency to convert from", field.name));
        let currency_name = field.currency_field.as_deref().unwrap_or("currency_id");
        let currency = model.field(currency_name)?;
        let host = self.host;
        let rates = host.registry().target(currency)?.fields.get("rate_ids").ok_or_else(missing)?;
        let back = rates.relation_field.as_deref().ok_or_else(missing)?;
        let table = host.registry().target(rates)?;
        let alias = self.query.alias().to_owned();
        let of = column_sql(host, &mut self.query, &alias, model, currency)?;
        let rate = self.query.next_alias();
        let column = |name: &str| Sql::column(&rate, name);
        let today = host.now().date();
        let past = column("name").push(" <= ").push_bind(Bind::Date(Some(today)));
        let found = Sql::lit("(SELECT ")
            .push_sql(column("rate"))
            .push(" FROM ")
            .push_ident(&table.table)
            .push(" AS ")
            .push_ident(&rate)
            .push(" WHERE ")
            .push_sql(column(back))
            .push(" = ")
            .push_sql(of)
            .push(" AND (")
            .push_sql(column("company_id"))
            .push(" IS NULL OR ")
            .push_sql(column("company_id"))
            .push(" = ")
            .push_bind(Bind::Int(Some(host.company_id())))
            .push(") ORDER BY ")
            .push_sql(past.clone())
            .push(" DESC, CASE WHEN ")
            .push_sql(past)
            .push(" THEN ")
            .push_sql(column("name"))
            .push(" END DESC, ")
            .push_sql(column("name"))
            .push(" LIMIT 1)");
        Ok(Sql::lit("sum(").push_sql(value).push(" / COALESCE(").push_sql(found).push(", 1))"))
    }
}

/// A value as it stands in a list: moments as the wire's texts.
fn plain(field: &Field, value: Sql) -> Sql {
    match field.kind {
        Kind::Datetime => Sql::lit("to_char(").push_sql(value).push(", 'YYYY-MM-DD HH24:MI:SS')"),
        _ => value,
    }
}

/// Functions that PostgreSQL has not for a type are its error; those of relations and currencies are ours.
fn unfit(field: &Field, function: Function) -> Error {
    let text = format!("'{}' ({}) cannot be aggregated so", field.name, field.kind.name());
    match function {
        Function::Recordset | Function::SumCurrency => Error::value(text),
        _ => Error::Database("psycopg2.errors.UndefinedFunction", text),
    }
}
