//! SQL text with binds: the only way a statement comes to be.
//!
//! Statements are written with [`sql!`]; what is put together at run time (domains, columns of a model) with the methods of
//! [`Sql`]. Three ways lead into the text: syntax (`&'static str`), an identifier (always quoted), a bind. User text can
//! only ever be a bind. Building is pure; [`exec`] is the one place that runs what is built.

mod bind;
pub mod exec;
pub mod row;

use chrono::{NaiveDate, NaiveDateTime};
use rust_decimal::Decimal;

pub use bind::ToBind;
pub use lastmile_orm_macros::sql;

use crate::value::Id;

/// A value sent beside the text. One variant for each SQL type, so that a shape always has the same types.
#[derive(Clone, Debug, PartialEq)]
pub enum Bind {
    Int(Option<Id>),
    Big(Option<i64>),
    Float(Option<f64>),
    Decimal(Option<Decimal>),
    Bool(Option<bool>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
    Date(Option<NaiveDate>),
    Timestamp(Option<NaiveDateTime>),
    Ints(Vec<Option<Id>>),
    Bigs(Vec<Option<i64>>),
    Floats(Vec<Option<f64>>),
    Decimals(Vec<Option<Decimal>>),
    Bools(Vec<Option<bool>>),
    Texts(Vec<Option<String>>),
    BytesList(Vec<Option<Vec<u8>>>),
    Dates(Vec<Option<NaiveDate>>),
    Timestamps(Vec<Option<NaiveDateTime>>),
}

impl Bind {
    /// A list of ids, for `= ANY($n)`.
    pub fn ids(ids: &[Id]) -> Self {
        Bind::Ints(ids.iter().copied().map(Some).collect())
    }

    /// A list of texts, for `= ANY($n)`.
    pub fn texts<S: Into<String>>(texts: impl IntoIterator<Item = S>) -> Self {
        Bind::Texts(texts.into_iter().map(|s| Some(s.into())).collect())
    }

    /// One text.
    pub fn text(text: impl Into<String>) -> Self {
        Bind::Text(Some(text.into()))
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Piece {
    Text(String),
    Bind(Bind),
}

/// A piece of SQL, or a whole statement.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Sql {
    pub(crate) pieces: Vec<Piece>,
    /// Long-tail shapes are not kept in the statement cache.
    pub(crate) uncached: bool,
}

impl Sql {
    /// An empty piece.
    pub fn new() -> Self {
        Self::default()
    }

    /// A piece of syntax.
    pub fn lit(text: &'static str) -> Self {
        Self::new().push(text)
    }

    /// One bind.
    pub fn bind(bind: Bind) -> Self {
        Self::new().push_bind(bind)
    }

    /// A quoted identifier.
    pub fn ident(name: &str) -> Self {
        Self::new().push_ident(name)
    }

    /// `"alias"."column"`.
    pub fn column(alias: &str, column: &str) -> Self {
        Self::ident(alias).push(".").push_ident(column)
    }

    /// Whether it only reads: a SELECT that begins as one.
    pub(crate) fn is_select(&self) -> bool {
        matches!(self.pieces.first(), Some(Piece::Text(text)) if text.trim_start().starts_with("SELECT"))
    }

    /// Whether a name occurs in its text, as a word or as a part of one.
    pub(crate) fn names(&self, name: &str) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains(name)))
    }

    /// Appends syntax.
    #[must_use]
    pub fn push(mut self, text: &'static str) -> Self {
        self.text(text);
        self
    }

    /// Appends a quoted identifier.
    #[must_use]
    pub fn push_ident(mut self, name: &str) -> Self {
        self.text("\"");
        if name.contains('"') {
            self.text(&name.replace('"', "\"\""));
        } else {
            self.text(name);
        }
        self.text("\"");
        self
    }

    /// Appends a text as a quoted literal: for comments, which take no binds. Quotes are doubled; backslashes are plain
    /// with `standard_conforming_strings`, which PostgreSQL has on unless told otherwise.
    #[must_use]
    pub fn push_quoted(mut self, text: &str) -> Self {
        self.text("'");
        self.text(&text.replace('\0', "").replace('\'', "''"));
        self.text("'");
        self
    }

    /// Appends a number as a literal (limits that occur often, generated positions).
    #[must_use]
    pub fn push_number(mut self, n: i64) -> Self {
        self.text(&n.to_string());
        self
    }

    /// Appends a bind.
    #[must_use]
    pub fn push_bind(mut self, bind: Bind) -> Self {
        self.pieces.push(Piece::Bind(bind));
        self
    }

    /// Appends another piece.
    #[must_use]
    pub fn push_sql(mut self, other: Sql) -> Self {
        self.uncached |= other.uncached;
        for piece in other.pieces {
            match piece {
                Piece::Text(text) => self.text(&text),
                bind => self.pieces.push(bind),
            }
        }
        self
    }

    /// Appends pieces with a separator between.
    #[must_use]
    pub fn push_joined(mut self, items: impl IntoIterator<Item = Sql>, separator: &'static str) -> Self {
        for (n, item) in items.into_iter().enumerate() {
            if n > 0 {
                self.text(separator);
            }
            self = self.push_sql(item);
        }
        self
    }

    /// Pieces with a separator between.
    pub fn joined(items: impl IntoIterator<Item = Sql>, separator: &'static str) -> Self {
        Self::new().push_joined(items, separator)
    }

    /// Marks a long-tail shape: parsed each time, never kept.
    #[must_use]
    pub fn uncached(mut self) -> Self {
        self.uncached = true;
        self
    }

    /// Nothing in it.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// The text with `$n` for binds, as PostgreSQL sees it.
    pub fn to_text(&self) -> String {
        let (mut out, mut n) = (String::new(), 0);
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Bind(_) => {
                    n += 1;
                    out.push('$');
                    out.push_str(&n.to_string());
                }
            }
        }
        out
    }

    fn text(&mut self, text: &str) {
        if let Some(Piece::Text(last)) = self.pieces.last_mut() {
            last.push_str(text);
        } else {
            self.pieces.push(Piece::Text(text.into()));
        }
    }
}

/// A condition; printing adds parentheses where needed and folds constants.
#[derive(Clone, Debug, PartialEq)]
pub enum Cond {
    True,
    False,
    And(Vec<Cond>),
    Or(Vec<Cond>),
    Not(Box<Cond>),
    /// A boolean expression; it may be NULL, which counts as false at the top but not under NOT.
    Expr(Sql),
}

impl Cond {
    /// Both must hold.
    #[must_use]
    pub fn and(self, other: Cond) -> Cond {
        match (self, other) {
            (Cond::False, _) | (_, Cond::False) => Cond::False,
            (Cond::True, c) | (c, Cond::True) => c,
            (Cond::And(mut a), Cond::And(b)) => {
                a.extend(b);
                Cond::And(a)
            }
            (Cond::And(mut a), c) => {
                a.push(c);
                Cond::And(a)
            }
            (a, b) => Cond::And(vec![a, b]),
        }
    }

    /// Either must hold.
    #[must_use]
    pub fn or(self, other: Cond) -> Cond {
        match (self, other) {
            (Cond::True, _) | (_, Cond::True) => Cond::True,
            (Cond::False, c) | (c, Cond::False) => c,
            (Cond::Or(mut a), Cond::Or(b)) => {
                a.extend(b);
                Cond::Or(a)
            }
            (Cond::Or(mut a), c) => {
                a.push(c);
                Cond::Or(a)
            }
            (a, b) => Cond::Or(vec![a, b]),
        }
    }

    /// The opposite.
    #[must_use]
    pub fn negate(self) -> Cond {
        match self {
            Cond::True => Cond::False,
            Cond::False => Cond::True,
            Cond::Not(inner) => *inner,
            other => Cond::Not(Box::new(other)),
        }
    }

    /// The condition as SQL.
    pub fn into_sql(self) -> Sql {
        match self {
            Cond::True => Sql::lit("TRUE"),
            Cond::False => Sql::lit("FALSE"),
            Cond::And(all) => Sql::lit("(").push_joined(all.into_iter().map(Cond::into_sql), " AND ").push(")"),
            Cond::Or(any) => Sql::lit("(").push_joined(any.into_iter().map(Cond::into_sql), " OR ").push(")"),
            Cond::Not(inner) => Sql::lit("(").push_sql(inner.into_sql()).push(") IS NOT TRUE"),
            Cond::Expr(sql) => sql,
        }
    }
}

/// A SELECT, in the order its parts print.
#[derive(Clone, Debug, Default)]
pub struct Select {
    /// Output columns.
    pub columns: Vec<Sql>,
    /// `"table" AS "alias"`.
    pub from: Sql,
    /// Whole JOIN clauses.
    pub joins: Vec<Sql>,
    pub filter: Option<Cond>,
    pub group: Vec<Sql>,
    pub order: Vec<Sql>,
    pub limit: Option<i64>,
    pub offset: i64,
}

/// Limits that occur often stay in the text, so that the planner sees them; others are binds.
const LITERAL_LIMITS: &[i64] = &[1, 2, 5, 8, 10, 20, 40, 50, 80, 100, 200, 500, 1000];

impl Select {
    /// `SELECT … FROM "table" AS "alias"`.
    pub fn from_table(table: &str, alias: &str) -> Self {
        Select { from: Sql::ident(table).push(" AS ").push_ident(alias), ..Self::default() }
    }

    /// Adds a condition to WHERE.
    pub fn and_where(&mut self, cond: Cond) {
        self.filter = Some(match self.filter.take() {
            Some(old) => old.and(cond),
            None => cond,
        });
    }

    /// The statement.
    pub fn into_sql(self) -> Sql {
        let mut sql = Sql::lit("SELECT ").push_joined(self.columns, ", ").push(" FROM ").push_sql(self.from);
        for join in self.joins {
            sql = sql.push(" ").push_sql(join);
        }
        if let Some(filter) = self.filter
            && filter != Cond::True
        {
            sql = sql.push(" WHERE ").push_sql(filter.into_sql());
        }
        if !self.group.is_empty() {
            sql = sql.push(" GROUP BY ").push_joined(self.group, ", ");
        }
        if !self.order.is_empty() {
            sql = sql.push(" ORDER BY ").push_joined(self.order, ", ");
        }
        if let Some(limit) = self.limit {
            sql = sql.push(" LIMIT ");
            sql = if LITERAL_LIMITS.contains(&limit) { sql.push_number(limit) } else { sql.push_bind(Bind::Big(Some(limit))) };
        }
        if self.offset != 0 {
            sql = sql.push(" OFFSET ").push_bind(Bind::Big(Some(self.offset)));
        }
        sql
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_cannot_leave_their_quotes() {
        assert_eq!(Sql::ident("a\"; DROP TABLE x --").to_text(), "\"a\"\"; DROP TABLE x --\"");
        assert_eq!(Sql::new().push_quoted("it's \\").to_text(), "'it''s \\'");
    }

    #[test]
    fn a_select_prints_its_parts_in_order() {
        let mut select = Select::from_table("res_partner", "t0");
        select.columns.push(Sql::column("t0", "id"));
        select.and_where(Cond::Expr(Sql::column("t0", "active").push(" = ").push_bind(Bind::Bool(Some(true)))));
        select.and_where(Cond::Expr(Sql::column("t0", "id").push(" = ANY(").push_bind(Bind::ids(&[1])).push(")")).negate());
        select.order.push(Sql::column("t0", "name"));
        select.limit = Some(80);
        select.offset = 3;
        assert_eq!(
            select.into_sql().to_text(),
            "SELECT \"t0\".\"id\" FROM \"res_partner\" AS \"t0\" WHERE (\"t0\".\"active\" = $1 AND \
             (\"t0\".\"id\" = ANY($2)) IS NOT TRUE) ORDER BY \"t0\".\"name\" LIMIT 80 OFFSET $3"
        );
    }
}
