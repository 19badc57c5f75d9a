//! Conditions on relations.

use crate::error::{Builtin, Error, Result};
use crate::expr;
use crate::registry::{Field, Kind, Model};
use crate::sql::{Bind, Cond, Sql};
use crate::value::{Id, Value};

use super::condition::{self, Test};
use super::translate::Translator;
use super::{Domain, Op, Operand, Query, column, user};

/// A condition on a many2one column.
#[expect(clippy::too_many_arguments, reason = "a condition in its place")]
pub(super) fn many2one(
    tr: Translator<'_>,
    query: &mut Query,
    alias: &str,
    model: &Model,
    field: &Field,
    value: Sql,
    op: Op,
    operand: &Operand,
) -> Result<Cond> {
    let negative = op.is_negative();
    if op.is_any() {
        let cond = match operand {
            Operand::Domain(domain) => many2one_any(tr, query, alias, model, field, value, op, domain)?,
            other => condition::in_query(value, other)?,
        };
        return Ok(condition::negated(cond, negative));
    }
    if let Some(cond) = by_name(tr, query, alias, model, field, op, operand)? {
        return Ok(cond);
    }
    condition::scalar(tr.host, field, value, negative, &condition::test(op, operand)?)
}

/// The positive form of `any`.
#[expect(clippy::too_many_arguments, reason = "a condition in its place")]
fn many2one_any(
    tr: Translator<'_>,
    query: &mut Query,
    alias: &str,
    model: &Model,
    field: &Field,
    value: Sql,
    op: Op,
    domain: &Domain,
) -> Result<Cond> {
    let target = tr.host.registry().target(field)?;
    let set = || if condition::can_be_null(field) { Cond::Expr(value.clone().push(" IS NOT NULL")) } else { Cond::True };
    if tr.su || matches!(op, Op::AnyBypass | Op::NotAnyBypass) {
        let tr = tr.as_su();
        match domain {
            Domain::True => return Ok(set()),
            Domain::False => return Ok(Cond::False),
            // `a.id in ids` needs no look at the target.
            Domain::Cond(c) if c.field == "id" && matches!(c.op, Op::Eq | Op::In) => {
                return many2one(tr, query, alias, model, field, value, c.op, &c.operand);
            }
            _ => {}
        }
        if tr.joins {
            let (target_alias, target) = column::join_many2one(tr.host, query, alias, model, field)?;
            let cond = tr.domain(query, &target_alias, target, domain)?;
            return Ok(set().and(cond));
        }
    }
    let bypass = matches!(op, Op::AnyBypass | Op::NotAnyBypass);
    let mut inner = query.sub(&target.table);
    let tr = if bypass { tr.as_su() } else { tr };
    tr.fill(&mut inner, target, domain, false)?;
    Ok(if inner.is_empty() {
        Cond::False
    } else if inner.is_total() {
        set()
    } else {
        let id = Sql::column(inner.alias(), "id");
        condition::in_select(value, inner.select(id))
    })
}

/// Texts against relations are names: the condition through `display_name`, when texts are compared.
fn by_name(
    tr: Translator<'_>,
    query: &mut Query,
    alias: &str,
    model: &Model,
    field: &Field,
    op: Op,
    operand: &Operand,
) -> Result<Option<Cond>> {
    let Operand::Value(value) = operand else { return Ok(None) };
    let (negative, positive) = (op.is_negative(), op.positive());
    let any = if negative { Op::NotAny } else { Op::Any };
    let named = |op: Op, value: Value| Operand::Domain(Domain::cond("display_name", op, value));
    if op.is_like() {
        if value.truthy() {
            return tr.on_field(query, alias, model, field, any, &named(positive, value.clone())).map(Some);
        }
        // An empty pattern asks whether there is a record at all; `=like` whether there is none.
        let op = if negative == op.is_exact_like() { Op::Ne } else { Op::Eq };
        return tr.on_field(query, alias, model, field, op, &Operand::Value(Value::Bool(false))).map(Some);
    }
    if op.is_inequality() && value.as_str().is_some() {
        return Err(Error::type_(format!("'{}' cannot compare names", op.name())));
    }
    if !matches!(positive, Op::Eq | Op::In) {
        return Ok(None);
    }
    let items = match value {
        Value::Str(text) if !text.is_empty() || positive == Op::Eq => vec![value.clone()],
        Value::List(items) => items.clone(),
        _ => return Ok(None),
    };
    let (names, others): (Vec<Value>, Vec<Value>) = items.into_iter().partition(|v| v.as_str().is_some());
    if names.is_empty() {
        return Ok(None);
    }
    let names = tr.on_field(query, alias, model, field, any, &named(Op::In, Value::List(names)))?;
    if others.is_empty() {
        return Ok(Some(names));
    }
    let op = if negative { Op::NotIn } else { Op::In };
    let others = tr.on_field(query, alias, model, field, op, &Operand::Value(Value::List(others)))?;
    Ok(Some(if negative { names.and(others) } else { names.or(others) }))
}

/// Which linked records count.
enum Linked<'a> {
    All,
    Ids(Vec<Id>),
    Select(Sql),
    Domain { domain: &'a Domain, bypass: bool },
}

/// A condition on a one2many or many2many.
pub(super) fn x2many(
    tr: Translator<'_>,
    query: &mut Query,
    alias: &str,
    model: &Model,
    field: &Field,
    op: Op,
    operand: &Operand,
) -> Result<Cond> {
    let negative = op.is_negative();
    if op.is_any() {
        let bypass = matches!(op, Op::AnyBypass | Op::NotAnyBypass);
        let linked = match operand {
            Operand::Domain(domain) => Linked::Domain { domain, bypass },
            Operand::Query(sql) => Linked::Select(sql.clone()),
            _ => return Err(Error::type_("'any' needs a domain")),
        };
        return exists(tr, query, alias, model, field, negative, linked);
    }
    if let Some(cond) = by_name(tr, query, alias, model, field, op, operand)? {
        return Ok(cond);
    }
    let (values, paths) = match condition::test(op, operand)? {
        Test::Const(known) => return Ok(if known { Cond::True } else { Cond::False }),
        Test::In { values, paths, .. } => (values, paths),
        Test::Query(sql) => return exists(tr, query, alias, model, field, negative, Linked::Select(sql)),
        Test::Compare(..) | Test::Like { .. } => {
            let message = format!("'{}' cannot be used on the relation '{}'", op.name(), field.name);
            return Err(Error::Builtin(Builtin::AssertionError, message));
        }
    };
    let mut ids = Vec::new();
    // Each part asks for a linked record, or for none.
    let mut parts = Vec::new();
    for path in paths {
        match user::resolve(tr.host, &path)? {
            user::Found::Select(select) => parts.push((false, Linked::Select(select))),
            user::Found::Values(found) => ids.extend(found.iter().filter_map(Value::as_id)),
        }
    }
    for value in values.iter().filter(|value| !value.is_empty_mark()) {
        let id = value.as_int().ok_or_else(|| Error::value(format!("Not an id: {}", value.type_name())))?;
        ids.extend(Id::try_from(id).ok());
    }
    if values.iter().any(Value::is_empty_mark) {
        parts.push((true, Linked::All));
    }
    if !ids.is_empty() {
        parts.push((false, Linked::Ids(ids)));
    }
    let mut cond = if negative { Cond::True } else { Cond::False };
    for (none, linked) in parts {
        let part = exists(tr, query, alias, model, field, none != negative, linked)?;
        cond = if negative { cond.and(part) } else { cond.or(part) };
    }
    Ok(cond)
}

/// `[NOT] EXISTS` of a linked record.
fn exists(
    tr: Translator<'_>,
    query: &Query,
    alias: &str,
    model: &Model,
    field: &Field,
    negative: bool,
    linked: Linked<'_>,
) -> Result<Cond> {
    let target = tr.host.registry().target(field)?;
    let inner = match field.kind {
        Kind::Many2many => {
            let relation = field.m2m.as_ref().ok_or_else(|| Error::value(format!("'{}' has no relation", field.name)))?;
            let mut inner = query.sub(&relation.table);
            let row = inner.alias().to_owned();
            let other = Sql::column(&row, &relation.column2);
            let domain = field_domain(field);
            if matches!(linked, Linked::Domain { .. }) || domain != Domain::True {
                let target_alias = inner.next_alias();
                let on = Sql::column(&target_alias, "id").push(" = ").push_sql(other.clone());
                inner.join_inner(&target.table, &target_alias, on);
                restrict(tr, &mut inner, &target_alias, target, &linked, &domain)?;
            }
            inner.and_where(same(&row, &relation.column1, alias).and(ids_condition(other, &linked)));
            inner
        }
        _ => {
            let inverse = target.field(field.relation_field.as_deref().unwrap_or_default())?;
            let mut inner = query.sub(&target.table);
            let row = inner.alias().to_owned();
            let value = column::column_sql(tr.host, &mut inner, &row, target, inverse)?;
            inner.and_where(Cond::Expr(value.push(" = ").push_sql(Sql::column(alias, "id"))));
            inner.and_where(ids_condition(Sql::column(&row, "id"), &linked));
            let mut domain = field_domain(field);
            if inverse.kind != Kind::Many2one
                && let Some(column) = ["res_model", "model"].into_iter().find(|name| target.fields.contains_key(*name))
            {
                // The inverse is a plain number: the row says which model it is of.
                domain = domain.and(Domain::eq(column, model.name.as_str()));
            }
            restrict(tr, &mut inner, &row, target, &linked, &domain)?;
            inner
        }
    };
    if inner.is_empty() {
        return Ok(if negative { Cond::True } else { Cond::False });
    }
    let sql = Sql::lit(if negative { "NOT EXISTS (" } else { "EXISTS (" });
    Ok(Cond::Expr(sql.push_sql(inner.select(Sql::lit("1"))).push(")")))
}

/// Applies the domain asked for, with rights and rules, and the field's own domain.
fn restrict(tr: Translator<'_>, inner: &mut Query, alias: &str, target: &Model, linked: &Linked<'_>, own: &Domain) -> Result<()> {
    if let Linked::Domain { domain, bypass } = linked {
        let tr = if *bypass { tr.as_su() } else { tr };
        tr.fill_at(inner, alias, target, domain, tr.active_test && !own.mentions(target.active_field.as_deref().unwrap_or("")))?;
    }
    let cond = tr.as_su().domain(inner, alias, target, own)?;
    inner.and_where(cond);
    Ok(())
}

/// The domain in a field's definition, where it needs no record to be known.
fn field_domain(field: &Field) -> Domain {
    field
        .domain
        .as_deref()
        .and_then(|text| expr::literal(text).ok())
        .and_then(|value| Domain::parse_internal(&value).ok())
        .unwrap_or(Domain::True)
}

fn same(row: &str, column: &str, alias: &str) -> Cond {
    Cond::Expr(Sql::column(row, column).push(" = ").push_sql(Sql::column(alias, "id")))
}

fn ids_condition(value: Sql, linked: &Linked<'_>) -> Cond {
    match linked {
        Linked::All | Linked::Domain { .. } => Cond::True,
        Linked::Ids(ids) if ids.is_empty() => Cond::False,
        Linked::Ids(ids) => Cond::Expr(value.push(" = ANY(").push_bind(Bind::ids(ids)).push(")")),
        Linked::Select(sql) => condition::in_select(value, sql.clone()),
    }
}
