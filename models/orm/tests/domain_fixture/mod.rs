//! A small registry and a reader, for tests of domains.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::collections::{HashMap, HashSet};

use chrono::{NaiveDate, NaiveDateTime};
use chrono_tz::Tz;
use indexmap::IndexMap;
use lastmile_orm::domain::{Domain, Host, Op, Query, order, search};
use lastmile_orm::error::{Error, Result};
use lastmile_orm::expr;
use lastmile_orm::registry::{Column, Field, Kind, Model, OnDelete, Registry, Relation};
use lastmile_orm::value::{Id, Value};

pub fn field(name: &str, kind: Kind) -> Field {
    let column = match kind {
        Kind::Char | Kind::Selection | Kind::Reference => Some(Column::Varchar),
        Kind::Text | Kind::Html => Some(Column::Text),
        Kind::Integer | Kind::Many2one | Kind::Many2oneReference => Some(Column::Int4),
        Kind::Float => Some(Column::Float8),
        Kind::Monetary => Some(Column::Numeric),
        Kind::Boolean => Some(Column::Bool),
        Kind::Date => Some(Column::Date),
        Kind::Datetime => Some(Column::Timestamp),
        Kind::Json => Some(Column::Jsonb),
        _ => None,
    };
    Field {
        name: name.into(),
        kind,
        label: HashMap::new(),
        help: HashMap::new(),
        required: false,
        readonly: false,
        store: true,
        column,
        not_null: false,
        has_default: false,
        translate: false,
        company_dependent: false,
        copy: true,
        index: false,
        relation: None,
        relation_field: None,
        m2m: None,
        on_delete: OnDelete::SetNull,
        related: None,
        inherited: false,
        selection: Vec::new(),
        size: None,
        digits: None,
        currency_field: None,
        groups: Vec::new(),
        domain: None,
        aggregator: None,
        tracking: None,
        manual: false,
        depends: Vec::new(),
        modules: Vec::new(),
        id: 0,
    }
}

pub fn m2o(name: &str, to: &str) -> Field {
    Field { relation: Some(to.into()), ..field(name, Kind::Many2one) }
}

pub fn o2m(name: &str, to: &str, inverse: &str) -> Field {
    Field { relation: Some(to.into()), relation_field: Some(inverse.into()), ..field(name, Kind::One2many) }
}

pub fn m2m(name: &str, to: &str, table: &str, column1: &str, column2: &str) -> Field {
    let relation = Relation { table: table.into(), column1: column1.into(), column2: column2.into() };
    Field { relation: Some(to.into()), m2m: Some(relation), ..field(name, Kind::Many2many) }
}

pub fn related(name: &str, kind: Kind, path: &[&str]) -> Field {
    Field { store: false, column: None, related: Some(path.iter().map(|p| (*p).into()).collect()), ..field(name, kind) }
}

pub fn model(name: &str, order: &str, fields: Vec<Field>) -> Model {
    let mut all = IndexMap::default();
    all.insert("id".to_owned(), Field { not_null: true, ..field("id", Kind::Integer) });
    all.insert("display_name".to_owned(), Field { store: false, column: None, ..field("display_name", Kind::Char) });
    all.extend(fields.into_iter().map(|f| (f.name.clone(), f)));
    Model {
        name: name.into(),
        label: HashMap::new(),
        table: name.replace('.', "_"),
        order: order::parse(order).unwrap(),
        rec_name: all.contains_key("name").then(|| "name".into()),
        parent_store: all.contains_key("parent_path"),
        parent_field: "parent_id".into(),
        active_field: all.contains_key("active").then(|| "active".into()),
        fields: all,
        is_abstract: false,
        transient: false,
        mail_thread: false,
        mail_activity: false,
        inherits: Vec::new(),
        log_access: true,
        read_only: false,
        manual: false,
        modules: Vec::new(),
        id: 0,
    }
}

pub fn registry() -> Registry {
    let char = |name: &str| field(name, Kind::Char);
    let models = vec![
        model(
            "sector",
            "name, id",
            vec![char("name"), char("city"), field("active", Kind::Boolean), field("gps_lat", Kind::Float), m2o("create_uid", "res.users")],
        ),
        model(
            "device",
            "sector_id, name desc, id",
            vec![
                Field { not_null: true, required: true, ..char("name") },
                char("mgmt_ip"),
                field("mgmt_port", Kind::Integer),
                field("status", Kind::Selection),
                m2o("sector_id", "sector"),
                field("start_date", Kind::Date),
                field("seen_at", Kind::Datetime),
                field("price", Kind::Monetary),
                field("image", Kind::Binary),
                field("data", Kind::Json),
                Field { translate: true, column: Some(Column::Jsonb), ..char("title") },
                Field { company_dependent: true, column: Some(Column::Jsonb), ..field("limit", Kind::Float) },
                Field { groups: vec!["base.secret".into()], ..char("secret") },
                related("sector_name", Kind::Char, &["sector_id", "name"]),
                Field { store: false, column: None, ..field("is_up", Kind::Boolean) },
                Field { store: false, column: None, ..char("computed") },
                o2m("line_ids", "line", "device_id"),
                m2m("tag_ids", "tag", "device_tag_rel", "device_id", "tag_id"),
                Field { relation: Some("note".into()), relation_field: Some("res_id".into()), ..field("note_ids", Kind::One2many) },
            ],
        ),
        model("line", "id", vec![char("name"), m2o("device_id", "device"), m2o("sector_id", "sector"), field("active", Kind::Boolean)]),
        model("note", "id", vec![char("model"), field("res_id", Kind::Many2oneReference)]),
        model("tag", "name", vec![char("name"), m2o("parent_id", "tag"), o2m("child_ids", "tag", "parent_id"), char("parent_path")]),
        model("tree", "name", vec![char("name"), m2o("parent_id", "tree"), m2o("other_id", "tree")]),
        model(
            "res.users",
            "login",
            vec![
                char("login"),
                m2o("partner_id", "tree"),
                related("commercial_id", Kind::Many2one, &["partner_id", "other_id"]),
                m2m("sector_ids", "sector", "user_sector_rel", "user_id", "sector_id"),
                related("name", Kind::Char, &["partner_id", "name"]),
            ],
        ),
    ];
    let mut registry = Registry { models: models.into_iter().map(|m| (m.name.clone(), m)).collect(), ..Registry::default() };
    registry.models.get_mut("res.users").unwrap().fields["commercial_id"].relation = Some("tree".into());
    registry
}

/// A reader.
pub struct Reader {
    pub registry: Registry,
    pub su: bool,
    pub lang: &'static str,
    pub tz: Tz,
    pub active_test: bool,
    pub rules: HashMap<&'static str, Domain>,
    pub no_access: HashSet<&'static str>,
}

impl Reader {
    pub fn new(su: bool) -> Self {
        Reader { registry: registry(), su, lang: "en_US", tz: Tz::UTC, active_test: true, rules: HashMap::new(), no_access: HashSet::new() }
    }

    /// The statement of a search, and its binds are checked by their number only.
    pub fn sql(&self, model: &str, domain: &str) -> String {
        self.query(model, domain).map_or_else(|e| format!("{}", Shown(&e)), text)
    }

    /// Only what follows WHERE.
    pub fn cond(&self, model: &str, domain: &str) -> String {
        let sql = self.sql(model, domain);
        sql.split_once(" WHERE ").map_or(sql.clone(), |(_, cond)| cond.to_owned())
    }

    pub fn query(&self, model: &str, domain: &str) -> Result<Query> {
        let domain = Domain::parse(&expr::literal(domain)?)?;
        search(self, self.registry.model(model)?, &domain)
    }

    pub fn order(&self, model: &str, text: &str) -> String {
        let found = self.registry.model(model).unwrap();
        let mut query = Query::new(found);
        match order::translate(self, &mut query, found, text) {
            Ok(()) => super_text(query),
            Err(e) => format!("{}", Shown(&e)),
        }
    }
}

fn super_text(query: Query) -> String {
    let sql = text(query);
    sql.split_once("\"t0\".\"id\" FROM ").map_or(sql.clone(), |(_, rest)| rest.to_owned())
}

/// The statement without quotes, which only make tests hard to read.
fn text(query: Query) -> String {
    if query.is_empty() {
        return "nothing".into();
    }
    let mut select = query.into_select();
    select.columns.push(lastmile_orm::sql::Sql::column("t0", "id"));
    select
        .into_sql()
        .to_text()
        .replace("\"t0\".\"id\" FROM", "@ FROM")
        .replace('"', "")
        .replace("SELECT @ FROM", "SELECT \"t0\".\"id\" FROM")
}

struct Shown<'a>(&'a Error);

impl std::fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Error::Builtin(class, _) => write!(f, "{}", class.name()),
            Error::User(_) => write!(f, "UserError"),
            Error::Access(_) => write!(f, "AccessError"),
            other => write!(f, "{other:?}"),
        }
    }
}

impl Host for Reader {
    fn registry(&self) -> &Registry {
        &self.registry
    }
    fn uid(&self) -> Id {
        7
    }
    fn su(&self) -> bool {
        self.su
    }
    fn lang(&self) -> &str {
        self.lang
    }
    fn company_id(&self) -> Id {
        1
    }
    fn company_ids(&self) -> &[Id] {
        &[1, 3]
    }
    fn now(&self) -> NaiveDateTime {
        NaiveDate::from_ymd_opt(2024, 1, 31).unwrap().and_hms_opt(10, 20, 30).unwrap()
    }
    fn tz(&self) -> Tz {
        self.tz
    }
    fn active_test(&self) -> bool {
        self.active_test
    }
    fn check_read(&self, model: &Model) -> Result<()> {
        if self.no_access.contains(model.name.as_str()) { Err(Error::access("no")) } else { Ok(()) }
    }
    fn check_field(&self, _model: &Model, field: &Field) -> Result<()> {
        if field.groups.is_empty() { Ok(()) } else { Err(Error::access("no")) }
    }
    fn read_rule(&self, model: &Model) -> Result<Domain> {
        Ok(self.rules.get(model.name.as_str()).cloned().unwrap_or(Domain::True))
    }
    fn search_path(&self, _model: &Model, _field: &Field) -> Option<&'static [&'static str; 2]> {
        None
    }
    fn is_searched(&self, _model: &Model, _field: &Field) -> bool {
        false
    }
    fn searched_as_given(&self, _model: &Model, _field: &Field) -> bool {
        false
    }
    fn search_computed(&self, _model: &Model, field: &Field, op: Op, value: &Value) -> Option<Result<Domain>> {
        let asked = field.name == "is_up" && (op, value) == (Op::Eq, &Value::Bool(true));
        asked.then(|| Ok(Domain::eq("status", "up")))
    }
}
