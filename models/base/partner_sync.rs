//! How addresses and commercial facts of contacts follow each other.
//!
//! A contact (type `contact`) shares its parent's address: setting the parent's address sets its contacts', and
//! writing a contact's address writes the parent's. A child of any type has the VAT number and the accounting
//! properties of its commercial entity. All of it is set-based: the number of statements follows the depth of the
//! tree, not the number of contacts.

use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Env, Id, Result};

/// What makes an address.
pub const ADDRESS: &[&str] = &["street", "street2", "zip", "city", "state_id", "country_id"];
/// What belongs to the commercial entity, in plain columns; company-dependent properties come from the registry.
const COMMERCIAL: &[&str] = &["vat", "company_registry", "industry_id"];
/// Deepest chain of parents that is followed.
const DEPTH: usize = 10;

/// Brings contacts in line after a create or write of `written`; `address` are the address fields among them.
pub fn sync(env: &mut Env, ids: &[Id], written: &[&str], address: &[&str]) -> Result<()> {
    let moved = written.contains(&"parent_id");
    if moved || written.contains(&"type") {
        from_parent(env, ids)?;
    }
    if moved || !address.is_empty() {
        let mut changed = ids.to_vec();
        for _ in 0..DEPTH {
            let parents = to_parent(env, &changed)?;
            if !parents.is_empty() || !address.is_empty() {
                let mut above = parents.clone();
                above.extend(changed.iter().copied().filter(|_| !address.is_empty()));
                to_children(env, &above)?;
            }
            if parents.is_empty() {
                break;
            }
            changed = parents;
        }
    }
    if written.contains(&"vat") && !moved {
        vat_to_entity(env, ids)?;
    }
    let commercial = commercial_columns(env)?;
    if moved || written.contains(&"is_company") || written.iter().any(|f| commercial.iter().any(|c| c == f)) {
        follow_commercial(env, ids, &commercial)?;
    }
    Ok(())
}

fn each(fields: &[&str], separator: &'static str, make: impl Fn(&str) -> Sql) -> Sql {
    Sql::new().push_joined(fields.iter().map(|f| make(f)).collect::<Vec<_>>(), separator)
}

fn assign(fields: &[&str], from: &str) -> Sql {
    each(fields, ", ", |f| sql!("{f:ident} = {theirs:sql}", theirs = Sql::column(from, f)))
}

fn differ(fields: &[&str], a: &str, b: &str) -> Sql {
    let row = |alias: &str| each(fields, ", ", |f| Sql::column(alias, f));
    sql!("({row:sql}) IS DISTINCT FROM ({other:sql})", row = row(a), other = row(b))
}

/// Some part of the address is given; empty text is none.
fn has_address(alias: &str) -> Sql {
    let parts = each(ADDRESS, ", ", |f| sql!("NULLIF({f:sql}::text, '')", f = Sql::column(alias, f)));
    sql!("COALESCE({parts:sql}) IS NOT NULL")
}

fn stamp(env: &Env) -> Sql {
    sql!(", write_date = now() AT TIME ZONE 'UTC', write_uid = {uid}", uid = env.uid())
}

fn run(env: &mut Env, fields: &[&str], sql: Sql) -> Result<Vec<Id>> {
    env.flush()?;
    let changed: Vec<Id> = env.query_ids(sql)?;
    env.changed("res.partner", fields, &changed)?;
    Ok(changed)
}

/// Contacts take the address of a parent that has one.
fn from_parent(env: &mut Env, ids: &[Id]) -> Result<Vec<Id>> {
    let sql = sql!(
        "UPDATE res_partner AS c SET {assign:sql}{stamp:sql} FROM res_partner AS p WHERE p.id = c.parent_id
         AND c.type = 'contact' AND c.id = ANY({ids}) AND {has_address:sql} AND {differ:sql} RETURNING c.id",
        assign = assign(ADDRESS, "p"),
        stamp = stamp(env),
        has_address = has_address("p"),
        differ = differ(ADDRESS, "c", "p")
    );
    run(env, ADDRESS, sql)
}

/// Parents take the address of a contact of theirs: of the first one, when several were written. Answers the parents.
fn to_parent(env: &mut Env, ids: &[Id]) -> Result<Vec<Id>> {
    let sql = sql!(
        "UPDATE res_partner AS p SET {assign:sql}{stamp:sql} FROM (SELECT DISTINCT ON (s.parent_id) s.*
         FROM res_partner AS s WHERE s.type = 'contact' AND s.parent_id IS NOT NULL AND s.id = ANY({ids})
         AND {has_address:sql} ORDER BY s.parent_id, s.id) AS c WHERE p.id = c.parent_id AND {differ:sql}
         RETURNING p.id",
        assign = assign(ADDRESS, "c"),
        stamp = stamp(env),
        has_address = has_address("s"),
        differ = differ(ADDRESS, "p", "c")
    );
    run(env, ADDRESS, sql)
}

/// Contacts of the records take their address.
fn to_children(env: &mut Env, ids: &[Id]) -> Result<Vec<Id>> {
    let sql = sql!(
        "UPDATE res_partner AS c SET {assign:sql}{stamp:sql} FROM res_partner AS p WHERE p.id = c.parent_id
         AND c.type = 'contact' AND p.id = ANY({ids}) AND {differ:sql} RETURNING c.id",
        assign = assign(ADDRESS, "p"),
        stamp = stamp(env),
        differ = differ(ADDRESS, "c", "p")
    );
    run(env, ADDRESS, sql)
}

/// A VAT number written on a contact is its commercial entity's.
fn vat_to_entity(env: &mut Env, ids: &[Id]) -> Result<()> {
    let sql = sql!(
        "UPDATE res_partner AS p SET vat = c.vat FROM res_partner AS c WHERE p.id = c.commercial_partner_id
         AND p.id <> c.id AND c.id = ANY({ids}) AND p.vat IS DISTINCT FROM c.vat RETURNING p.id"
    );
    let parents = run(env, &["vat"], sql)?;
    if parents.is_empty() { Ok(()) } else { follow_commercial(env, &parents, &["vat".to_owned()]) }
}

/// Columns that every contact has in common with its commercial entity.
fn commercial_columns(env: &Env) -> Result<Vec<String>> {
    let reg = env.registry();
    let model = reg.model("res.partner")?;
    let shared = |name: &str| {
        COMMERCIAL.contains(&name)
            || name.starts_with("property_")
            || matches!(name, "credit_limit" | "specific_property_product_pricelist")
    };
    Ok(model.fields.values().filter(|f| f.is_column() && shared(&f.name)).map(|f| f.name.clone()).collect())
}

fn follow_commercial(env: &mut Env, ids: &[Id], columns: &[String]) -> Result<()> {
    let fields: Vec<&str> = columns.iter().map(String::as_str).collect();
    if fields.is_empty() {
        return Ok(());
    }
    let sql = sql!(
        "UPDATE res_partner AS c SET {assign:sql} FROM res_partner AS p WHERE p.id = c.commercial_partner_id
         AND c.id <> p.id AND (c.id = ANY({ids}) OR p.id = ANY({ids})) AND {differ:sql} RETURNING c.id",
        assign = assign(&fields, "p"),
        differ = differ(&fields, "c", "p")
    );
    run(env, &fields, sql).map(|_| ())
}
