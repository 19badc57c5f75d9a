//! Order clauses.
//!
//! ```text
//! order := term { "," term }
//! term  := field [ ".id" ] [ "asc" | "desc" ] [ "nulls" ( "first" | "last" ) ]
//! ```

use crate::error::{Error, Result};
use crate::registry::{Field, Kind, Model, OrderTerm};
use crate::sql::Sql;

use super::{Host, Query, column};

/// Many2one orders lead at most this far.
const MAX_JOINS: usize = 8;

/// Reads an order clause. UserError on bad syntax.
pub fn parse(text: &str) -> Result<Vec<OrderTerm>> {
    let bad = || Error::user(format!("Invalid \"order\": {}", text.chars().take(100).collect::<String>()));
    text.split(',').map(|term| parse_term(term).ok_or_else(bad)).collect()
}

fn parse_term(term: &str) -> Option<OrderTerm> {
    let mut words = term.split_whitespace();
    let field = words.next()?.trim_matches('"');
    let name = |part: &str| !part.is_empty() && part.chars().all(|c| c == '_' || c.is_ascii_alphanumeric());
    if !field.splitn(2, '.').all(name) {
        return None;
    }
    let mut out = OrderTerm { field: field.to_owned(), desc: false, nulls_first: None };
    let mut rest: Vec<String> = words.map(str::to_ascii_lowercase).collect();
    if let Some(direction) = rest.first().cloned()
        && (direction == "asc" || direction == "desc")
    {
        out.desc = direction == "desc";
        rest.remove(0);
    }
    match rest.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => {}
        ["nulls", "first"] => out.nulls_first = Some(true),
        ["nulls", "last"] => out.nulls_first = Some(false),
        _ => return None,
    }
    Some(out)
}

/// Orders a query by a clause; an empty one is the model's own order. UserError on bad syntax, ValueError on
/// what cannot be ordered by, AccessError on fields hidden from the reader.
pub fn translate(host: &dyn Host, query: &mut Query, model: &Model, text: &str) -> Result<()> {
    if text.trim().is_empty() {
        return default(host, query, model);
    }
    let order = parse(text)?;
    if !host.su() {
        for term in &order {
            let name = term.field.split('.').next().unwrap_or_default();
            host.check_field(model, model.field(name)?)?;
        }
    }
    terms(host, query, model, &order, true)
}

/// Orders a query as its model is ordered.
pub fn default(host: &dyn Host, query: &mut Query, model: &Model) -> Result<()> {
    terms(host, query, model, &model.order, false)
}

/// Orders a query by given terms. `strict`: fields that cannot be ordered by are ValueError; otherwise they are
/// passed over, because a model's own order may name fields whose behaviour we do not have.
pub fn terms(host: &dyn Host, query: &mut Query, model: &Model, terms: &[OrderTerm], strict: bool) -> Result<()> {
    let alias = query.alias().to_owned();
    let mut orderer = Orderer { host, query, seen: Vec::new(), out: Vec::new() };
    for term in terms {
        orderer.term(&alias, model, term, false, strict)?;
    }
    let order = orderer.out;
    query.order.extend(order);
    Ok(())
}

/// Ends an order with the id, where it does not stand already: records that are equal otherwise would change places
/// between pages. (The reference leaves that to chance.)
pub fn by_id_last(query: &mut Query) {
    let id = Sql::column(query.alias(), "id");
    let descending = id.clone().push(" DESC");
    if !query.order.iter().any(|term| *term == id || *term == descending) {
        query.order.push(id);
    }
}

struct Orderer<'a> {
    host: &'a dyn Host,
    query: &'a mut Query,
    /// Many2one fields on the way, so that a loop of orders ends.
    seen: Vec<(String, String)>,
    out: Vec<Sql>,
}

impl Orderer<'_> {
    fn term(&mut self, alias: &str, model: &Model, term: &OrderTerm, reverse: bool, strict: bool) -> Result<()> {
        let (name, rest) = term.field.split_once('.').map_or((term.field.as_str(), None), |(name, rest)| (name, Some(rest)));
        let field = model.field(name)?;
        if rest.is_some_and(|rest| rest != "id" || field.kind != Kind::Many2one) {
            return Err(Error::value(format!("Invalid order '{}' on '{}'", term.field, model.name)));
        }
        let desc = term.desc != reverse;
        let nulls_first = term.nulls_first.map(|first| first != reverse);
        let value = match column::column_sql(self.host, self.query, alias, model, field) {
            Err(_) if !strict => return Ok(()),
            value => value?,
        };
        if matches!(field.kind, Kind::Json | Kind::Properties | Kind::PropertiesDefinition | Kind::Binary) {
            return Err(Error::value(format!("Records cannot be ordered by '{}'", field.name)));
        }
        if field.kind == Kind::Many2one && rest.is_none() {
            return self.many2one(alias, model, field, value, desc, nulls_first);
        }
        // An empty boolean sorts as false.
        let value =
            if field.kind == Kind::Boolean && !field.not_null { Sql::lit("COALESCE(").push_sql(value).push(", FALSE)") } else { value };
        self.push(value, desc, nulls_first);
        Ok(())
    }

    fn push(&mut self, value: Sql, desc: bool, nulls_first: Option<bool>) {
        let value = if desc { value.push(" DESC") } else { value };
        self.out.push(match nulls_first {
            Some(true) => value.push(" NULLS FIRST"),
            Some(false) => value.push(" NULLS LAST"),
            None => value,
        });
    }

    /// A many2one sorts as its targets sort among themselves.
    fn many2one(&mut self, alias: &str, model: &Model, field: &Field, value: Sql, desc: bool, nulls_first: Option<bool>) -> Result<()> {
        let target = self.host.registry().target(field)?;
        let by_id = target.order.iter().all(|term| term.field == "id");
        if by_id {
            let id_desc = target.order.first().is_some_and(|term| term.desc);
            self.push(value, desc != id_desc, nulls_first);
            return Ok(());
        }
        let step = (model.name.clone(), field.name.clone());
        if self.seen.contains(&step) || self.seen.len() >= MAX_JOINS {
            return Ok(());
        }
        match nulls_first {
            Some(true) => self.out.push(value.clone().push(" IS NOT NULL")),
            Some(false) => self.out.push(value.clone().push(" IS NULL")),
            None => {}
        }
        let target_alias = self.query.join(alias, &field.name, value, &target.table);
        self.seen.push(step);
        let ordered = target.order.iter().try_for_each(|term| self.term(&target_alias, target, term, desc, false));
        self.seen.pop();
        ordered
    }
}
