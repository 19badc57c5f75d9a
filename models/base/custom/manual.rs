//! A manual field as its row says.

use lastmile_orm::registry::Kind;
use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Id, Result};

/// One row of `ir_model_fields`.
#[derive(Clone, Debug, PartialEq)]
pub struct Manual {
    pub id: Id,
    pub model: String,
    pub name: String,
    pub kind: Kind,
    pub label: String,
    pub relation: Option<String>,
    pub on_delete: Option<String>,
    pub related: Option<String>,
    pub relation_table: Option<String>,
    pub column1: Option<String>,
    pub column2: Option<String>,
    pub size: Option<i32>,
    pub required: bool,
    pub index: bool,
    pub store: bool,
    pub translate: bool,
    pub company_dependent: bool,
    pub is_manual: bool,
}

impl Manual {
    /// Kept in a column of its own: binaries are attachments, lines live elsewhere.
    pub fn has_column(&self) -> bool {
        self.store && !self.kind.is_x2many() && self.kind != Kind::Binary
    }

    /// The column holds a value for each language or company.
    pub fn is_keyed(&self) -> bool {
        self.translate || self.company_dependent
    }
}

/// The rows of fields, in the order of their ids.
pub fn read(env: &mut Env, ids: &[Id]) -> Result<Vec<Manual>> {
    let sql = sql!(
        "SELECT id, model::text, name::text, ttype::text, COALESCE(field_description ->> 'en_US', ''), relation::text,
         on_delete::text, related::text, relation_table::text, column1::text, column2::text, size, COALESCE(required,
         FALSE), COALESCE(index, FALSE), COALESCE(store, FALSE), COALESCE(translate, '') <> '',
         COALESCE(company_dependent, FALSE), state = 'manual'
         FROM ir_model_fields WHERE id = ANY({ids}) ORDER BY id"
    );
    let rows = env.query(sql)?;
    let fields = rows.iter().map(|row| {
        let text = |n: usize| row.text(n).filter(|text| !text.is_empty());
        let flag = |n: usize| row.bool(n).unwrap_or(false);
        Manual {
            id: row.int(0).unwrap_or(0),
            model: row.text(1).unwrap_or_default(),
            name: row.text(2).unwrap_or_default(),
            kind: Kind::parse(&row.text(3).unwrap_or_default()),
            label: row.text(4).unwrap_or_default(),
            relation: text(5),
            on_delete: text(6),
            related: text(7),
            relation_table: text(8),
            column1: text(9),
            column2: text(10),
            size: row.int(11).filter(|size| *size > 0),
            required: flag(12),
            index: flag(13),
            store: flag(14),
            translate: flag(15),
            company_dependent: flag(16),
            is_manual: flag(17),
        }
    });
    Ok(fields.collect())
}

/// Table of a model of the registry; none for abstract models and views, which get no columns.
pub fn table_of(env: &Env, model: &str) -> Option<String> {
    let reg = env.registry();
    let found = reg.models.get(model)?;
    (!found.read_only && !found.table.is_empty()).then(|| found.table.clone())
}
