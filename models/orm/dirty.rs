//! Recomputed values on their way to the database: kept until a statement runs, then written by one UPDATE a model.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::compute::Computed;
use crate::convert;
use crate::env::Env;
use crate::error::Result;
use crate::registry::{Field, Model};
use crate::sql::{Bind, Sql};
use crate::value::{Id, Value};

/// Values by model, record and field.
pub(crate) type Dirty = BTreeMap<String, BTreeMap<Id, BTreeMap<String, Value>>>;

impl Env {
    /// Keeps what a computation made of stored columns; answers the records whose values changed.
    pub(crate) fn store_columns(&mut self, model: &Model, columns: &[&Field], ids: &[Id], out: &Computed) -> Result<Vec<Id>> {
        let mut changed = BTreeSet::new();
        for field in columns {
            let own: Vec<Id> = ids.iter().copied().filter(|id| !self.pending.is_protected(&model.name, &field.name, *id)).collect();
            let known = self.stored(model, field, &own)?;
            let raw = own
                .iter()
                .map(|id| out.get(&field.name, *id).map_or_else(|| Ok(convert::empty(field)), |raw| convert::to_field(model, field, raw)));
            let raw = raw.collect::<Result<Vec<_>>>()?;
            let computed = self.round_computed(model, field, &own, raw)?;
            for ((id, old), new) in own.into_iter().zip(known).zip(computed) {
                // A record that is gone has no row to keep it.
                let Some(old) = old else { continue };
                if new != old {
                    let fields = self.pending.dirty.entry(model.name.clone()).or_default().entry(id).or_default();
                    fields.insert(field.name.clone(), new.clone());
                    self.cache.set(&model.name, &field.name, id, new);
                    changed.insert(id);
                }
            }
        }
        Ok(changed.into_iter().collect())
    }

    /// What the rows hold, without waiting for other computations. `None` for missing records.
    fn stored(&mut self, model: &Model, field: &Field, ids: &[Id]) -> Result<Vec<Option<Value>>> {
        let missing = self.cache.missing(&model.name, &field.name, ids);
        if !missing.is_empty() {
            self.load_columns(model, field, &missing)?;
        }
        Ok(ids.iter().map(|id| self.cache.get(&model.name, &field.name, *id).cloned()).collect())
    }

    /// Whether a statement could see rows that wait to be written: it names their table, or a view, or is no plain SELECT.
    pub(crate) fn sees_pending(&self, sql: &Sql) -> bool {
        if self.pending.dirty.is_empty() {
            return false;
        }
        let tables = self.pending.dirty.keys().filter_map(|model| self.reg.models.get(model)).map(|model| model.table.as_str());
        !sql.is_select() || tables.chain(self.reg.views.iter().map(String::as_str)).any(|table| sql.names(table))
    }

    /// Writes them. Called before every statement that could see them.
    pub(crate) fn write_dirty(&mut self) -> Result<()> {
        let reg = self.registry();
        for (model, records) in std::mem::take(&mut self.pending.dirty) {
            let model = reg.model(&model)?;
            // Mostly all records have the same fields: one statement.
            let mut shapes: HashMap<Vec<String>, Vec<(Id, Vec<Value>)>> = HashMap::new();
            for (id, fields) in records {
                let (names, values) = fields.into_iter().unzip();
                shapes.entry(names).or_default().push((id, values));
            }
            let mut shapes: Vec<_> = shapes.into_iter().collect();
            shapes.sort_unstable_by(|one, other| one.0.cmp(&other.0));
            for (names, rows) in shapes {
                self.update_rows(model, &names, rows)?;
            }
        }
        Ok(())
    }

    pub(crate) fn update_rows(&mut self, model: &Model, names: &[String], rows: Vec<(Id, Vec<Value>)>) -> Result<()> {
        let ids: Vec<Id> = rows.iter().map(|(id, _)| *id).collect();
        let mut columns: Vec<std::vec::IntoIter<Value>> = rows.into_iter().map(|(_, values)| values.into_iter()).collect();
        let (mut sets, mut arrays, mut aliases) = (Vec::new(), vec![Sql::bind(Bind::ids(&ids)).push("::int4[]")], vec![Sql::lit("id")]);
        for (n, name) in names.iter().enumerate() {
            let field = model.field(name)?;
            let values: Vec<Value> = columns.iter_mut().map(|row| row.next().unwrap_or(Value::None)).collect();
            let Some(column) = field.column else { continue };
            let values = values.iter().map(|value| self.to_column(model, field, value)).collect::<Result<Vec<_>>>()?;
            let alias = Sql::lit("c").push_number(i64::try_from(n).unwrap_or(0));
            let value = Sql::lit("v.").push_sql(alias.clone()).push(convert::cast(column));
            let set = Sql::ident(name).push(" = ");
            // Other languages and companies keep what they have.
            sets.push(if field.translate || field.company_dependent {
                set.push("COALESCE(t.").push_ident(name).push(", '{}'::jsonb) || ").push_sql(value)
            } else {
                set.push_sql(value)
            });
            arrays.push(Sql::bind(convert::column_bind(column, values)?).push(convert::array_type(column)));
            aliases.push(alias);
        }
        if model.log_access {
            sets.push(Sql::lit("write_uid = ").push_bind(Bind::Int(Some(self.uid()))));
            sets.push(Sql::lit("write_date = (now() AT TIME ZONE 'UTC')"));
        }
        let sql = Sql::lit("UPDATE ")
            .push_ident(&model.table)
            .push(" AS t SET ")
            .push_joined(sets, ", ")
            .push(" FROM unnest(")
            .push_joined(arrays, ", ")
            .push(") AS v(")
            .push_joined(aliases, ", ")
            .push(") WHERE t.id = v.id");
        self.execute(&sql)?;
        for field in ["write_uid", "write_date"] {
            self.cache.forget(&model.name, field, &ids);
        }
        Ok(())
    }
}
