//! The registry: every model and field, from metadata.
//!
//! `ir_model*` rows say what exists, the catalogue says which columns are there, and declarations (see
//! [`crate::declare`]) add behaviour. A registry never changes; a new one replaces it when metadata does.

pub mod load;
mod rights;
mod rows;
pub mod triggers;

use std::collections::HashMap;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use crate::error::{Error, Result};

/// Names of a text in each language; `en_US` is the source.
pub type Translations = HashMap<String, String>;

/// The text of a language, else the source text.
pub fn translated<'a>(texts: &'a Translations, lang: &str) -> &'a str {
    texts.get(lang).or_else(|| texts.get("en_US")).map_or("", String::as_str)
}

/// Field types, named as on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Char,
    Text,
    Html,
    Integer,
    Float,
    Monetary,
    Boolean,
    Date,
    Datetime,
    Selection,
    Binary,
    Many2one,
    One2many,
    Many2many,
    Reference,
    Many2oneReference,
    Json,
    Properties,
    PropertiesDefinition,
}

impl Kind {
    /// From `ir_model_fields.ttype`. Unknown types are read as text.
    pub fn parse(name: &str) -> Self {
        match name {
            "text" => Kind::Text,
            "html" => Kind::Html,
            "integer" => Kind::Integer,
            "float" => Kind::Float,
            "monetary" => Kind::Monetary,
            "boolean" => Kind::Boolean,
            "date" => Kind::Date,
            "datetime" => Kind::Datetime,
            "selection" => Kind::Selection,
            "binary" => Kind::Binary,
            "many2one" => Kind::Many2one,
            "one2many" => Kind::One2many,
            "many2many" => Kind::Many2many,
            "reference" => Kind::Reference,
            "many2one_reference" => Kind::Many2oneReference,
            "json" => Kind::Json,
            "properties" => Kind::Properties,
            "properties_definition" => Kind::PropertiesDefinition,
            _ => Kind::Char,
        }
    }

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Char => "char",
            Kind::Text => "text",
            Kind::Html => "html",
            Kind::Integer => "integer",
            Kind::Float => "float",
            Kind::Monetary => "monetary",
            Kind::Boolean => "boolean",
            Kind::Date => "date",
            Kind::Datetime => "datetime",
            Kind::Selection => "selection",
            Kind::Binary => "binary",
            Kind::Many2one => "many2one",
            Kind::One2many => "one2many",
            Kind::Many2many => "many2many",
            Kind::Reference => "reference",
            Kind::Many2oneReference => "many2one_reference",
            Kind::Json => "json",
            Kind::Properties => "properties",
            Kind::PropertiesDefinition => "properties_definition",
        }
    }

    /// one2many and many2many.
    pub fn is_x2many(self) -> bool {
        matches!(self, Kind::One2many | Kind::Many2many)
    }

    /// many2one, one2many, many2many.
    pub fn is_relational(self) -> bool {
        self == Kind::Many2one || self.is_x2many()
    }

    /// Held as text.
    pub fn is_text(self) -> bool {
        matches!(self, Kind::Char | Kind::Text | Kind::Html | Kind::Selection | Kind::Reference)
    }
}

/// Type of a real column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    Int4,
    Int8,
    Float8,
    Numeric,
    Bool,
    Varchar,
    Text,
    Date,
    Timestamp,
    Jsonb,
    Bytea,
}

impl Column {
    /// From `pg_type.typname`; other types are not served.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "int4" | "int2" => Column::Int4,
            "int8" => Column::Int8,
            "float8" | "float4" => Column::Float8,
            "numeric" => Column::Numeric,
            "bool" => Column::Bool,
            "varchar" | "bpchar" => Column::Varchar,
            "text" => Column::Text,
            "date" => Column::Date,
            "timestamp" => Column::Timestamp,
            "jsonb" | "json" => Column::Jsonb,
            "bytea" => Column::Bytea,
            _ => return None,
        })
    }
}

/// What happens to the row when the target of a many2one goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDelete {
    SetNull,
    Restrict,
    Cascade,
}

/// The relation table of a many2many field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    pub table: String,
    /// Column of this model's id.
    pub column1: String,
    /// Column of the target's id.
    pub column2: String,
}

/// One field of one model.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    pub kind: Kind,
    pub label: Translations,
    pub help: Translations,
    pub required: bool,
    pub readonly: bool,
    /// Kept in the database (a column, a relation table, attachments, or the inverse's column).
    pub store: bool,
    /// The real column, when there is one.
    pub column: Option<Column>,
    /// The column refuses NULL.
    pub not_null: bool,
    /// The database fills the column when nothing is given.
    pub has_default: bool,
    /// Text is kept as jsonb by language.
    pub translate: bool,
    /// Value is kept as jsonb by company.
    pub company_dependent: bool,
    pub copy: bool,
    pub index: bool,
    /// Target model of relational fields.
    pub relation: Option<String>,
    /// Inverse many2one of a one2many.
    pub relation_field: Option<String>,
    pub m2m: Option<Relation>,
    pub on_delete: OnDelete,
    /// Path of a related field: `["partner_id", "name"]`.
    pub related: Option<Vec<String>>,
    /// Comes through `_inherits` (user → partner).
    pub inherited: bool,
    /// Values and labels of a selection, in order.
    pub selection: Vec<(String, Translations)>,
    pub size: Option<usize>,
    /// Decimals of a numeric float column.
    pub digits: Option<(u32, u32)>,
    pub currency_field: Option<String>,
    /// External ids; any of them gives access (`!` in front: none of them may). Empty: everyone.
    pub groups: Vec<String>,
    /// Domain of a relational field, as its source text.
    pub domain: Option<String>,
    pub aggregator: Option<String>,
    pub tracking: Option<i32>,
    /// Made over RPC (`x_…`).
    pub manual: bool,
    /// Paths whose change makes the computed value stale.
    pub depends: Vec<String>,
    pub modules: Vec<String>,
    /// Row of `ir_model_fields`.
    pub id: i32,
}

impl Field {
    /// Has a real column of its own that SQL can read, filter and sort.
    pub fn is_column(&self) -> bool {
        self.store && self.column.is_some()
    }

    /// Its values are decimals: amounts, and numbers with a fixed count of digits.
    pub fn is_decimal(&self) -> bool {
        self.kind == Kind::Monetary || (self.kind == Kind::Float && (self.digits.is_some() || self.column == Some(Column::Numeric)))
    }

    /// A binary that is kept in a row of `ir_attachment`.
    pub fn is_attachment(&self) -> bool {
        self.kind == Kind::Binary && self.store && self.column.is_none()
    }
}

/// One term of an order: a field, and where nulls go when said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderTerm {
    pub field: String,
    pub desc: bool,
    pub nulls_first: Option<bool>,
}

/// One model.
#[derive(Clone, Debug)]
pub struct Model {
    pub name: String,
    pub label: Translations,
    /// Table (also of views); empty for abstract models.
    pub table: String,
    pub order: Vec<OrderTerm>,
    /// Field that names a record.
    pub rec_name: Option<String>,
    pub fields: IndexMap<String, Field, FxBuildHasher>,
    pub is_abstract: bool,
    pub transient: bool,
    pub mail_thread: bool,
    pub mail_activity: bool,
    /// Has the `parent_path` column.
    pub parent_store: bool,
    /// Parent field of the tree (`parent_id`).
    pub parent_field: String,
    /// `active` or `x_active`.
    pub active_field: Option<String>,
    /// `(many2one field, model)` of `_inherits`.
    pub inherits: Vec<(String, String)>,
    /// Has `create_uid` and friends.
    pub log_access: bool,
    /// The table is a view, or there is none.
    pub read_only: bool,
    pub manual: bool,
    pub modules: Vec<String>,
    /// Row of `ir_model`.
    pub id: i32,
}

impl Model {
    /// The field that says which model a bare id (`many2one_reference`) is of.
    pub fn reference_model_field(&self, field: &Field) -> Option<&'static str> {
        let named = ["res_model", "model"].into_iter().find(|name| self.fields.contains_key(*name));
        named.filter(|_| field.kind == Kind::Many2oneReference)
    }

    /// The field, or Odoo's ValueError.
    pub fn field(&self, name: &str) -> Result<&Field> {
        self.fields.get(name).ok_or_else(|| Error::value(format!("Invalid field '{name}' on '{}'", self.name)))
    }

    /// The text that says that a value is missing in a field that needs one.
    pub fn missing_value(&self, name: &str) -> String {
        let label = self.fields.get(name).map_or(name, |field| translated(&field.label, "en_US"));
        format!("Missing required value for the field '{label}' ({name}).\nModel: '{}' ({})", translated(&self.label, "en_US"), self.name)
    }
}

/// A right of `ir_model_access`.
#[derive(Clone, Debug)]
pub struct AccessRow {
    /// `None`: everyone.
    pub group: Option<i32>,
    /// read, write, create, unlink.
    pub perms: [bool; 4],
}

/// A record rule.
#[derive(Clone, Debug, Default)]
pub struct Rule {
    pub id: i32,
    pub name: String,
    /// Source text of the domain.
    pub domain: String,
    /// Empty: global.
    pub groups: Vec<i32>,
    /// read, write, create, unlink.
    pub perms: [bool; 4],
}

/// A group, with everything it implies (itself included).
#[derive(Clone, Debug, Default)]
pub struct Group {
    pub id: i32,
    pub label: Translations,
    /// `Privilege / Group`, as access errors list it.
    pub full_name: String,
    pub implied: Vec<i32>,
    pub xmlids: Vec<String>,
}

/// A constraint of a table, by its PostgreSQL name.
#[derive(Clone, Debug)]
pub struct TableConstraint {
    pub model: String,
    pub message: String,
}

/// All metadata, at one moment.
#[derive(Debug, Default)]
pub struct Registry {
    pub models: HashMap<String, Model, FxBuildHasher>,
    /// Rights by model.
    pub access: HashMap<String, Vec<AccessRow>>,
    /// Active rules by model, in order of id.
    pub rules: HashMap<String, Vec<Rule>>,
    pub groups: HashMap<i32, Group>,
    /// Groups by external id.
    pub group_ids: HashMap<String, i32>,
    /// Codes of installed languages.
    pub langs: Vec<String>,
    /// Their names, by code.
    pub lang_names: HashMap<String, String>,
    /// Constraints by PostgreSQL name.
    pub constraints: HashMap<String, TableConstraint>,
    /// Views, which show rows of other tables.
    pub views: Vec<String>,
    /// Model by table.
    pub tables: HashMap<String, String, FxBuildHasher>,
    /// Names of installed modules.
    pub modules: Vec<String>,
    /// Models with rows in `ir_default`.
    pub default_models: std::collections::HashSet<String>,
    /// What is recomputed after what.
    pub triggers: triggers::Triggers,
}

impl Registry {
    /// The model, or UserError as RPC answers it.
    pub fn model(&self, name: &str) -> Result<&Model> {
        self.models.get(name).ok_or_else(|| Error::user(format!("Object {name} doesn't exist")))
    }

    /// The target model of a relational field.
    pub fn target(&self, field: &Field) -> Result<&Model> {
        let name = field.relation.as_deref().unwrap_or_default();
        self.models.get(name).ok_or_else(|| Error::key(name.to_owned()))
    }

    /// Whether `ir_default` has anything for a model.
    pub fn has_defaults(&self, model: &str) -> bool {
        self.default_models.contains(model)
    }

    /// The group of an external id.
    pub fn group(&self, xmlid: &str) -> Option<i32> {
        self.group_ids.get(xmlid).copied()
    }
}
