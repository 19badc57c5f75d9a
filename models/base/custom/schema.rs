//! Columns, keys, indexes and relation tables of manual fields, named as the reference names them.
//!
//! PostgreSQL names keys and the reverse index of a relation table; only plain indexes have a name of our making.

use lastmile_orm::registry::Kind;
use lastmile_orm::sql::{Bind, Sql, sql};
use lastmile_orm::{Env, Error, Result};

use super::manual::{Manual, table_of};

/// Longest identifier that PostgreSQL keeps whole.
pub const MAX_NAME: usize = 63;

fn alter(table: &str) -> Sql {
    sql!("ALTER TABLE {table:ident}").uncached()
}

fn run(env: &mut Env, sql: Sql) -> Result<()> {
    env.execute(&sql.uncached()).map(|_| ())
}

/// SQL type of a field's column.
fn column_type(field: &Manual) -> Sql {
    if field.is_keyed() {
        return Sql::lit("jsonb");
    }
    match field.kind {
        Kind::Char => match field.size {
            Some(size) => Sql::lit("varchar(").push_number(i64::from(size)).push(")"),
            None => Sql::lit("varchar"),
        },
        Kind::Selection | Kind::Reference => Sql::lit("varchar"),
        Kind::Text | Kind::Html => Sql::lit("text"),
        Kind::Integer | Kind::Many2one | Kind::Many2oneReference => Sql::lit("int4"),
        Kind::Float => Sql::lit("float8"),
        Kind::Monetary => Sql::lit("numeric"),
        Kind::Boolean => Sql::lit("bool"),
        Kind::Date => Sql::lit("date"),
        Kind::Datetime => Sql::lit("timestamp"),
        Kind::Json | Kind::Properties | Kind::PropertiesDefinition => Sql::lit("jsonb"),
        Kind::Binary | Kind::One2many | Kind::Many2many => Sql::lit("bytea"),
    }
}

/// Makes what keeps the values of a new field.
pub fn add(env: &mut Env, field: &Manual) -> Result<()> {
    let Some(table) = table_of(env, &field.model) else { return Ok(()) };
    if field.kind == Kind::Many2many && field.store && field.related.is_none() {
        return add_relation(env, field, &table);
    }
    if !field.has_column() {
        return Ok(());
    }
    run(env, alter(&table).push(" ADD COLUMN IF NOT EXISTS ").push_ident(&field.name).push(" ").push_sql(column_type(field)))?;
    comment(env, &table, field)?;
    add_key(env, &table, field)?;
    if field.index {
        add_index(env, &table, field)?;
    }
    Ok(())
}

/// The label is the column's comment.
fn comment(env: &mut Env, table: &str, field: &Manual) -> Result<()> {
    run(env, sql!("COMMENT ON COLUMN {name:sql} IS ", name = Sql::column(table, &field.name)).push_quoted(&field.label))
}

fn add_key(env: &mut Env, table: &str, field: &Manual) -> Result<()> {
    if field.kind != Kind::Many2one || field.company_dependent {
        return Ok(());
    }
    let Some(target) = field.relation.as_deref().and_then(|relation| table_of(env, relation)) else { return Ok(()) };
    let action = match field.on_delete.as_deref() {
        Some("cascade") => "CASCADE",
        Some("restrict") => "RESTRICT",
        _ => "SET NULL",
    };
    let key = alter(table).push(" ADD FOREIGN KEY (").push_ident(&field.name).push(") REFERENCES ").push_ident(&target);
    run(env, key.push("(id) ON DELETE ").push(action))
}

fn drop_key(env: &mut Env, table: &str, field: &Manual) -> Result<()> {
    let sql = sql!(
        "SELECT c.conname::text FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
         JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY(c.conkey) WHERE c.contype = 'f'
         AND t.relnamespace = current_schema()::regnamespace AND t.relname = {table} AND a.attname = {name}",
        name = &field.name
    );
    for name in env.query(sql)?.iter().filter_map(|row| row.text(0)).collect::<Vec<_>>() {
        run(env, alter(table).push(" DROP CONSTRAINT ").push_ident(&name))?;
    }
    Ok(())
}

/// `table__column_index`; a longer name than PostgreSQL keeps ends in its checksum.
fn index_name(table: &str, column: &str) -> String {
    let name = format!("{table}__{column}_index");
    if name.len() <= MAX_NAME {
        return name;
    }
    let start: String = name.chars().take(54).collect();
    format!("{start}_{:08x}", crc32(name.as_bytes()))
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

fn add_index(env: &mut Env, table: &str, field: &Manual) -> Result<()> {
    if field.is_keyed() {
        return Ok(());
    }
    let sql = sql!("CREATE INDEX IF NOT EXISTS {index_name:ident} ON {table:ident}", index_name = &index_name(table, &field.name));
    run(env, sql.push(" (").push_ident(&field.name).push(")"))
}

fn drop_index(env: &mut Env, table: &str, field: &Manual) -> Result<()> {
    run(env, sql!("DROP INDEX IF EXISTS {index_name:ident}", index_name = &index_name(table, &field.name)))
}

/// Required columns refuse NULL as soon as no row has one; until then the field is required in words only.
pub fn set_required(env: &mut Env, field: &Manual) -> Result<()> {
    let Some(table) = table_of(env, &field.model).filter(|_| field.has_column()) else { return Ok(()) };
    let change = |action| alter(&table).push(" ALTER COLUMN ").push_ident(&field.name).push(action);
    if !field.required {
        return run(env, change(" DROP NOT NULL"));
    }
    let empty = sql!("SELECT 1 FROM {table:ident} WHERE {name:ident} IS NULL LIMIT 1", name = &field.name);
    if env.query(empty.uncached())?.is_empty() { run(env, change(" SET NOT NULL")) } else { Ok(()) }
}

fn add_relation(env: &mut Env, field: &Manual, table: &str) -> Result<()> {
    let Some(target) = field.relation.as_deref().and_then(|relation| table_of(env, relation)) else { return Ok(()) };
    let (Some(name), Some(own), Some(other)) = (&field.relation_table, &field.column1, &field.column2) else { return Ok(()) };
    if exists(env, name)? {
        // The other direction of a manual relation that is there. Any other table is not this field's: it would go with it.
        return if of_manual_fields(env, name, field)? {
            Ok(())
        } else {
            Err(Error::user(format!("The table {name} is there already and is not that of a manual field.")))
        };
    }
    let key = |column: &str| sql!("{column:ident} INTEGER NOT NULL, ");
    let create = sql!("CREATE TABLE {name:ident} ({key:sql}{key2:sql}", key = key(own), key2 = key(other));
    run(env, create.push("PRIMARY KEY (").push_ident(own).push(", ").push_ident(other).push("))"))?;
    let text = format!("RELATION BETWEEN {table} AND {target}");
    run(env, sql!("COMMENT ON TABLE {name:ident} IS ").push_quoted(&text))?;
    let index = sql!("CREATE INDEX ON {name:ident} ({other:ident}, {own:ident})");
    run(env, index)?;
    for (column, to) in [(own, table), (other, target.as_str())] {
        let key = alter(name).push(" ADD FOREIGN KEY (").push_ident(column).push(") REFERENCES ").push_ident(to);
        run(env, key.push("(id) ON DELETE CASCADE"))?;
    }
    Ok(())
}

/// Whether a relation table was made by other manual fields, and by them alone, with the same two columns. Manual fields, and
/// what other models inherit of them, begin with `x_`.
fn of_manual_fields(env: &mut Env, table: &str, field: &Manual) -> Result<bool> {
    let sql = sql!(
        r#"SELECT count(*) > 0 AND bool_and(COALESCE(name LIKE 'x\_%' AND ttype = 'many2many', FALSE)
         AND (column1, column2) IN (({column1}::text, {column2}::text), ({column2}::text, {column1}::text)))
         FROM ir_model_fields WHERE relation_table = {table}
         AND (model, name) <> ({model}::text, {name}::text)"#,
        column1 = Bind::Text(field.column1.clone()),
        column2 = Bind::Text(field.column2.clone()),
        model = field.model.as_str(),
        name = field.name.as_str()
    );
    Ok(env.query(sql)?.first().and_then(|row| row.bool(0)) == Some(true))
}

/// Whether a table holds pairs of links and nothing else, as relation tables do.
fn is_relation(env: &mut Env, table: &str) -> Result<bool> {
    let sql = sql!(
        "SELECT count(a.attname) = 2 AND bool_and(a.atttypid = 'int4'::regtype)
         AND obj_description(c.oid, 'pg_class') LIKE 'RELATION BETWEEN %' FROM pg_class c
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
         WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND c.relname = {table}
         GROUP BY c.oid"
    );
    Ok(env.query(sql)?.first().and_then(|row| row.bool(0)) == Some(true))
}

/// Whether a table of this name is there.
pub fn exists(env: &mut Env, table: &str) -> Result<bool> {
    let sql = Sql::lit("SELECT 1 FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname = ");
    Ok(!env.query(sql.push_bind(Bind::text(table)))?.is_empty())
}

/// Brings the column of a field from what its row said to what it says.
pub fn change(env: &mut Env, old: &Manual, new: &Manual) -> Result<()> {
    let Some(table) = table_of(env, &new.model) else { return Ok(()) };
    match (old.has_column(), new.has_column()) {
        (false, false) => return if old.store == new.store { Ok(()) } else { add(env, new) },
        (false, true) => return add(env, new),
        (true, false) => return drop_column(env, &table, old),
        (true, true) => {}
    }
    if old.name != new.name {
        run(env, alter(&table).push(" RENAME COLUMN ").push_ident(&old.name).push(" TO ").push_ident(&new.name))?;
        if old.index {
            let rename = sql!("ALTER INDEX IF EXISTS {index_name:ident}", index_name = &index_name(&table, &old.name));
            run(env, rename.push(" RENAME TO ").push_ident(&index_name(&table, &new.name)))?;
        }
    }
    if (old.size, old.is_keyed()) != (new.size, new.is_keyed()) {
        change_type(env, &table, old, new)?;
    }
    if old.label != new.label || old.name != new.name {
        comment(env, &table, new)?;
    }
    if (&old.relation, &old.on_delete) != (&new.relation, &new.on_delete) {
        drop_key(env, &table, new)?;
        add_key(env, &table, new)?;
    }
    match (old.index, new.index) {
        (false, true) => add_index(env, &table, new)?,
        (true, false) => drop_index(env, &table, new)?,
        _ => {}
    }
    if old.required == new.required { Ok(()) } else { set_required(env, new) }
}

/// Translated text keeps its words as the source language's, and gives them back.
fn change_type(env: &mut Env, table: &str, old: &Manual, new: &Manual) -> Result<()> {
    drop_index(env, table, old)?;
    let column = || Sql::ident(&new.name);
    let values = match (old.is_keyed(), new.is_keyed()) {
        (false, true) => {
            let object = sql!("CASE WHEN {part:sql} IS NOT NULL THEN jsonb_build_object('en_US', ", part = column());
            object.push_sql(column()).push("::text) END")
        }
        (true, false) => column().push(" ->> 'en_US'"),
        _ => column(),
    };
    let sql = alter(table).push(" ALTER COLUMN ").push_sql(column()).push(" TYPE ").push_sql(column_type(new));
    run(env, sql.push(" USING ").push_sql(values))?;
    if new.index { add_index(env, table, new) } else { Ok(()) }
}

fn drop_column(env: &mut Env, table: &str, field: &Manual) -> Result<()> {
    run(env, alter(table).push(" DROP COLUMN IF EXISTS ").push_ident(&field.name).push(" CASCADE"))
}

/// Drops what kept the values of fields whose rows are gone.
pub fn remove(env: &mut Env, fields: &[Manual]) -> Result<()> {
    for field in fields {
        if let Some(table) = table_of(env, &field.model).filter(|_| field.has_column()) {
            drop_column(env, &table, field)?;
        }
        if let Some(relation) = field.relation_table.as_deref().filter(|_| field.kind == Kind::Many2many) {
            let used = sql!("SELECT 1 FROM ir_model_fields WHERE relation_table = {relation} LIMIT 1");
            if env.query(used)?.is_empty() && is_relation(env, relation)? {
                run(env, sql!("DROP TABLE IF EXISTS {relation:ident} CASCADE"))?;
            }
        }
    }
    Ok(())
}

/// Makes the table of a manual model.
pub fn add_table(env: &mut Env, table: &str, label: &str) -> Result<()> {
    let create = sql!(
        "CREATE TABLE {table:ident} (id serial NOT NULL, create_uid int4, write_uid int4, create_date timestamp,
         write_date timestamp, PRIMARY KEY (id))"
    );
    run(env, create)?;
    run(env, sql!("COMMENT ON TABLE {table:ident} IS ").push_quoted(label))?;
    let labels =
        [("create_uid", "Created by"), ("write_uid", "Last Updated by"), ("create_date", "Created on"), ("write_date", "Last Updated on")];
    for (column, label) in labels {
        run(env, sql!("COMMENT ON COLUMN {table:sql} IS ", table = Sql::column(table, column)).push_quoted(label))?;
    }
    for column in ["create_uid", "write_uid"] {
        let key = alter(table).push(" ADD FOREIGN KEY (").push_ident(column);
        run(env, key.push(") REFERENCES res_users(id) ON DELETE SET NULL"))?;
    }
    Ok(())
}

/// Drops the table of a manual model.
pub fn drop_table(env: &mut Env, table: &str) -> Result<()> {
    run(env, sql!("DROP TABLE IF EXISTS {table:ident} CASCADE"))
}

#[cfg(test)]
mod tests {
    use super::{crc32, index_name};

    #[test]
    fn long_index_names_end_in_a_checksum() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(index_name("x_tower", "x_code"), "x_tower__x_code_index");
        let long = index_name("account_analytic_line", &"x".repeat(60));
        assert_eq!(long.len(), 63);
    }
}
