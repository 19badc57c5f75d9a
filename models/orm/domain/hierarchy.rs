//! `child_of` and `parent_of`: a sub-select of the ids of a tree's part.

use crate::error::{Error, Result};
use crate::registry::{Field, Kind, Model};
use crate::sql::{Bind, Cond, Sql};
use crate::value::{Id, Value};

use super::condition::in_select;
use super::translate::Translator;
use super::{Domain, Op, Operand, Query, user};

/// A condition on a relation or on `id`.
pub(super) fn condition(
    tr: Translator<'_>,
    query: &mut Query,
    alias: &str,
    model: &Model,
    field: &Field,
    op: Op,
    operand: &Operand,
) -> Result<Cond> {
    if matches!(operand, Operand::Value(value) if value.is_empty_mark()) {
        return Ok(Cond::False);
    }
    let by_id = field.name == "id";
    let tree = if by_id {
        model
    } else if field.kind.is_relational() {
        tr.host.registry().target(field)?
    } else {
        return Err(Error::value(format!("'{}' works on relations only, not on '{}'", op.name(), field.name)));
    };
    // A relation of a model to itself is its own tree, and the condition is then on the record.
    let own = tree.name == model.name;
    let parent = if own && !by_id { field.name.as_str() } else { tree.parent_field.as_str() };
    let parent = if parent.is_empty() { "parent_id" } else { parent };
    let on_record = by_id || (own && field.kind == Kind::Many2one);

    // Ids count as they are; names are searched for, as the reader.
    let seeds = seeds(tr, query, tree, field, operand)?;
    let Some(seeds) = seeds else { return Ok(Cond::False) };
    let ids = if tree.parent_store && parent == tree.parent_field {
        by_path(query, tree, op, seeds)
    } else {
        match tree.fields.get(parent) {
            Some(parent) => match inherited(tr, tree, parent)? {
                Some(by) => through(query, seeds, &by, op),
                None => recursive(query, seeds, &Step::of(tr, tree, parent, op)?),
            },
            // Parents are read, children are searched for.
            None if op == Op::ParentOf => return Err(Error::key(parent)),
            None => return Err(tree.field(parent).err().unwrap_or_else(|| Error::key(parent))),
        }
    };
    if on_record {
        return Ok(in_select(Sql::column(alias, "id"), ids));
    }
    tr.as_su().on_field(query, alias, model, field, Op::In, &Operand::Query(ids))
}

/// The records to start from: a query over the tree.
fn seeds(tr: Translator<'_>, query: &Query, tree: &Model, field: &Field, operand: &Operand) -> Result<Option<Query>> {
    let (values, paths) = match operand {
        Operand::Value(Value::List(values)) => (values.clone(), Vec::new()),
        Operand::Value(value @ (Value::Int(_) | Value::Str(_) | Value::Bool(_) | Value::Big(_))) => (vec![value.clone()], Vec::new()),
        Operand::User { paths, values } => (values.clone(), paths.clone()),
        _ => return Err(Error::value("A hierarchy starts from ids or names")),
    };
    let mut ids: Vec<Id> = Vec::new();
    let mut names = Domain::False;
    for value in values {
        match value {
            Value::Str(_) => names = names.or(Domain::cond("display_name", Op::ILike, value)),
            other if other.is_empty_mark() => {}
            other => ids.extend(other.as_int().and_then(|n| Id::try_from(n).ok())),
        }
    }
    let mut seeds = query.sub(&tree.table);
    let id = Sql::column(seeds.alias(), "id");
    let mut cond = Cond::False;
    for path in &paths {
        match user::resolve(tr.host, path)? {
            user::Found::Values(found) => ids.extend(found.iter().filter_map(Value::as_id)),
            user::Found::Select(select) => cond = cond.or(in_select(id.clone(), select)),
        }
    }
    if !ids.is_empty() {
        cond = Cond::Expr(id.clone().push(" = ANY(").push_bind(Bind::ids(&ids)).push(")")).or(cond);
    }
    if names != Domain::False {
        let mut found = seeds.sub(&tree.table);
        let active = tr.active_test && field.kind != Kind::Many2one;
        tr.fill(&mut found, tree, &names, active)?;
        if !found.is_empty() {
            let column = Sql::column(found.alias(), "id");
            cond = cond.or(in_select(id, found.select(column)));
        }
    }
    seeds.and_where(cond);
    Ok(if seeds.is_empty() { None } else { Some(seeds) })
}

/// Trees that keep the way from the root (`1/4/9/`).
fn by_path(query: &Query, tree: &Model, op: Op, seeds: Query) -> Sql {
    let path = Sql::column(seeds.alias(), "parent_path");
    if op == Op::ParentOf {
        let ids = Sql::lit("unnest(string_to_array(rtrim(").push_sql(path).push(", '/'), '/')::int4[])");
        return seeds.select(ids);
    }
    let mut nodes = query.sub(&tree.table);
    let (id, node_path) = (Sql::column(nodes.alias(), "id"), Sql::column(nodes.alias(), "parent_path"));
    let mut seeds = seeds;
    seeds.and_where(Cond::Expr(node_path.push(" LIKE ").push_sql(path).push(" || '%'")));
    nodes.and_where(Cond::Expr(Sql::lit("EXISTS (").push_sql(seeds.select(Sql::lit("1"))).push(")")));
    nodes.select(id)
}

/// One step in a tree: from a row's `from` column to its `to` column.
struct Step {
    table: String,
    from: String,
    to: String,
}

impl Step {
    fn of(tr: Translator<'_>, tree: &Model, parent: &Field, op: Op) -> Result<Self> {
        // To the children through the parent's column, or back.
        let step = |table: &str, up: &str, down: &str| {
            let (from, to) = if op == Op::ChildOf { (up, down) } else { (down, up) };
            Step { table: table.to_owned(), from: from.to_owned(), to: to.to_owned() }
        };
        let refused = || Error::value(format!("'{}.{}' makes no tree", tree.name, parent.name));
        match parent.kind {
            Kind::Many2one if parent.is_column() && !parent.company_dependent => Ok(step(&tree.table, &parent.name, "id")),
            Kind::One2many => {
                let inverse = tr.host.registry().target(parent)?.field(parent.relation_field.as_deref().unwrap_or_default())?;
                if inverse.is_column() { Ok(step(&tree.table, "id", &inverse.name)) } else { Err(refused()) }
            }
            Kind::Many2many => {
                let relation = parent.m2m.as_ref().ok_or_else(refused)?;
                Ok(step(&relation.table, &relation.column2, &relation.column1))
            }
            _ => Err(refused()),
        }
    }
}

/// A parent that is kept by a record behind this one: users' parents are those of their contacts.
struct Inherited {
    /// The table here, and its column to the record behind.
    own: (String, String),
    /// The table behind, and its column to the parent.
    behind: (String, String),
}

fn inherited(tr: Translator<'_>, tree: &Model, parent: &Field) -> Result<Option<Inherited>> {
    let Some([link, name]) = parent.related.as_deref() else { return Ok(None) };
    if parent.is_column() || parent.kind != Kind::Many2one {
        return Ok(None);
    }
    let link = tree.field(link)?;
    let behind = tr.host.registry().target(link)?;
    let column = behind.field(name)?;
    let both = link.is_column() && column.is_column();
    Ok(both.then(|| Inherited { own: (tree.table.clone(), link.name.clone()), behind: (behind.table.clone(), column.name.clone()) }))
}

/// Numbers are followed as they are, whichever of the two models they are of: as the reference does.
fn through(query: &Query, seeds: Query, by: &Inherited, op: Op) -> Sql {
    let id = Sql::column(seeds.alias(), "id");
    let [walk, row, back, first] = [query.next_alias(), query.next_alias(), query.next_alias(), query.next_alias()];
    let behind = |sql: Sql| {
        sql.push_ident(&by.own.0)
            .push(" AS ")
            .push_ident(&row)
            .push(" JOIN ")
            .push_ident(&by.behind.0)
            .push(" AS ")
            .push_ident(&back)
            .push(" ON ")
            .push_sql(Sql::column(&back, "id"))
            .push(" = ")
            .push_sql(Sql::column(&row, &by.own.1))
    };
    let parent = Sql::column(&back, &by.behind.1);
    let start =
        Sql::lit("WITH RECURSIVE ").push_ident(&first).push(" AS (").push_sql(seeds.select(id)).push("), ").push_ident(&walk).push(" AS (");
    if op == Op::ChildOf {
        return behind(
            start.push("SELECT id FROM ").push_ident(&first).push(" UNION SELECT ").push_sql(Sql::column(&row, "id")).push(" FROM "),
        )
        .push(" JOIN ")
        .push_ident(&walk)
        .push(" ON ")
        .push_sql(parent)
        .push(" = ")
        .push_sql(Sql::column(&walk, "id"))
        .push(") SELECT id FROM ")
        .push_ident(&walk);
    }
    let begun = start.push("SELECT ").push_sql(parent.clone()).push(" AS id FROM ");
    behind(begun)
        .push(" JOIN ")
        .push_ident(&first)
        .push(" ON ")
        .push_sql(Sql::column(&first, "id"))
        .push(" = ")
        .push_sql(Sql::column(&row, "id"))
        .push(" WHERE ")
        .push_sql(parent.clone())
        .push(" IS NOT NULL UNION SELECT ")
        .push_sql(parent.clone())
        .push(" FROM ")
        .push_ident(&by.behind.0)
        .push(" AS ")
        .push_ident(&back)
        .push(" JOIN ")
        .push_ident(&walk)
        .push(" ON ")
        .push_sql(Sql::column(&back, "id"))
        .push(" = ")
        .push_sql(Sql::column(&walk, "id"))
        .push(" WHERE ")
        .push_sql(parent)
        .push(" IS NOT NULL) SELECT id FROM ")
        .push_ident(&walk)
        .push(" UNION SELECT id FROM ")
        .push_ident(&first)
}

/// Other trees are walked; UNION makes loops end.
fn recursive(query: &Query, seeds: Query, step: &Step) -> Sql {
    let id = Sql::column(seeds.alias(), "id");
    let (walk, row) = (query.next_alias(), query.next_alias());
    Sql::lit("WITH RECURSIVE ")
        .push_ident(&walk)
        .push(" AS (")
        .push_sql(seeds.select(id))
        .push(" UNION SELECT ")
        .push_sql(Sql::column(&row, &step.to))
        .push(" FROM ")
        .push_ident(&step.table)
        .push(" AS ")
        .push_ident(&row)
        .push(" JOIN ")
        .push_ident(&walk)
        .push(" ON ")
        .push_sql(Sql::column(&row, &step.from))
        .push(" = ")
        .push_sql(Sql::column(&walk, "id"))
        .push(" WHERE ")
        .push_sql(Sql::column(&row, &step.to))
        .push(" IS NOT NULL) SELECT ")
        .push_ident("id")
        .push(" FROM ")
        .push_ident(&walk)
}
