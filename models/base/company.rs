//! res.company: its address and name are its partner's.

use lastmile_orm::compute::Computed;
use lastmile_orm::declare::{CreateHook, ModelDecl, Next, Touch, WriteHook};
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Error, Id, Map, Result, Value, map};

const MODEL: &str = "res.company";
/// What a new company's partner is made of.
const OF_PARTNER: &[&str] = &["name", "email", "phone", "website", "vat", "company_registry", "country_id"];

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    let companies = all.model(MODEL);
    companies
        .on_create(create)
        .on_write(write)
        .no_copy("A company cannot be duplicated: create a new one.")
        .constrains(&["currency_id"], as_the_root)
        .compute_sudo(&["street", "street2", "zip", "city", "state_id", "country_id"], &["partner_id"], address)
        .compute_sudo(&["parent_ids", "root_id"], &["parent_path"], parents)
        .compute_sudo(&["color"], &["root_id"], |env, ids, out| {
            let roots: Vec<Id> = env.values(MODEL, "root_id", ids)?.iter().map(|root| root.as_id().unwrap_or(0)).collect();
            let partners: Vec<Id> = env.values(MODEL, "partner_id", &roots)?.iter().map(|p| p.as_id().unwrap_or(0)).collect();
            for ((id, root), color) in ids.iter().zip(&roots).zip(env.values("res.partner", "color", &partners)?) {
                out.set("color", *id, if color.truthy() { color } else { Value::from(root % 12) });
            }
            Ok(())
        })
        .inverse("color", |env, ids, value| {
            let roots = env.linked(MODEL, "root_id", ids)?;
            let partners = env.linked(MODEL, "partner_id", &roots)?;
            env.write("res.partner", &partners, map! { "color" => value.clone() })
        })
        .compute_sudo(&["is_company_details_empty"], &["company_details"], |env, ids, out| {
            for (id, details) in ids.iter().zip(env.values(MODEL, "company_details", ids)?) {
                out.set("is_company_details_empty", *id, details.as_str().is_none_or(super::user_figures::is_blank));
            }
            Ok(())
        });
    inverses(companies);
}

macro_rules! to_partner {
    ($companies:expr, $($field:literal),*) => {$(
        $companies.inverse($field, |env, ids, value| {
            let partners = env.linked(MODEL, "partner_id", ids)?;
            env.write("res.partner", &partners, map! { $field => value.clone() })
        });
    )*};
}

fn inverses(companies: &mut ModelDecl) {
    to_partner!(companies, "street", "street2", "zip", "city", "state_id", "country_id");
}

fn create(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    let (mut at, mut partners) = (Vec::new(), Vec::new());
    for (n, company) in values.iter().enumerate() {
        if !company.get("partner_id").is_some_and(Value::truthy) {
            let mut partner: Map =
                company.iter().filter(|(name, _)| OF_PARTNER.contains(&name.as_str())).map(|(n, v)| (n.clone(), v.clone())).collect();
            partner.insert("is_company".into(), Value::Bool(true));
            at.push(n);
            partners.push(partner);
        }
    }
    if !partners.is_empty() {
        let ids = env.create("res.partner", partners)?;
        for (n, id) in at.into_iter().zip(ids) {
            if let Some(company) = values.get_mut(n) {
                company.insert("partner_id".into(), Value::from(id));
            }
        }
    }
    as_their_parents(env, &mut values)?;
    let ids = next.call(env, values)?;
    // Whoever makes a company may use it.
    let sql = sql!(
        "INSERT INTO res_company_users_rel (cid, user_id) SELECT c, u
         FROM unnest({superuser}::int4[]) AS y(u), unnest({ids}::int4[]) AS x(c) ON CONFLICT DO NOTHING",
        superuser = &[env.uid(), lastmile_orm::env::SUPERUSER]
    );
    env.execute(&sql)?;
    let uid = env.uid();
    env.changed("res.users", &["company_ids"], &[uid])?;
    super::user_rules::several_companies(env, &[uid])?;
    env.touch(Touch::Users)?;
    Ok(ids)
}

/// What all branches of a company have in common with it.
const OF_ROOT: &[&str] = &["currency_id"];

/// A new branch takes over what it has in common with the company it is below.
fn as_their_parents(env: &mut Env, values: &mut [Map]) -> Result<()> {
    let of = |map: &Map| map.get("parent_id").and_then(Value::as_id);
    let parents: Vec<Id> = values.iter().filter_map(of).collect();
    if parents.is_empty() {
        return Ok(());
    }
    for field in OF_ROOT {
        let found = env.sudo(|env| env.values(MODEL, field, &parents))?;
        for map in values.iter_mut() {
            let at = of(map).and_then(|parent| parents.iter().position(|p| *p == parent));
            if let Some(value) = at.and_then(|at| found.get(at)).filter(|_| !map.contains_key(field)) {
                map.insert((*field).to_owned(), value.clone());
            }
        }
    }
    Ok(())
}

fn as_the_root(env: &mut Env, ids: &[Id]) -> Result<()> {
    let sql = sql!(
        "SELECT 1 FROM res_company c JOIN res_company r ON r.id = split_part(c.parent_path, '/', 1)::int4
         WHERE c.parent_id IS NOT NULL AND c.currency_id IS DISTINCT FROM r.currency_id AND c.id = ANY({ids})
         LIMIT 1"
    );
    if env.query(sql)?.is_empty() {
        return Ok(());
    }
    Err(Error::validation("A branch has the currency of the company it is below."))
}

/// Branches follow when their company changes what they have in common.
fn to_branches(env: &mut Env, ids: &[Id], values: &Map) -> Result<()> {
    let shared: Map = values.iter().filter(|(name, _)| OF_ROOT.contains(&name.as_str())).map(|(n, v)| (n.clone(), v.clone())).collect();
    if shared.is_empty() {
        return Ok(());
    }
    let sql = sql!(
        "SELECT b.id FROM res_company c JOIN res_company b ON b.id <> c.id
         AND starts_with(b.parent_path, c.parent_path) WHERE c.parent_id IS NULL AND c.id = ANY({ids})"
    );
    let branches: Vec<Id> = env.query_ids(sql)?;
    env.sudo(|env| env.write(MODEL, &branches, shared))
}

fn write(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    if values.contains_key("parent_id") {
        return Err(Error::user("What a company is below cannot be changed."));
    }
    if values.get("active").is_some_and(|a| !a.truthy()) {
        let sql = sql!("SELECT 1 FROM res_users WHERE active AND company_id = ANY({ids}) LIMIT 1");
        if !env.query(sql)?.is_empty() {
            return Err(Error::validation("A company that is the current one of active users cannot be archived."));
        }
    }
    let written = values.clone();
    next.call(env, ids, values)?;
    if written.contains_key("active") {
        env.touch(Touch::Users)?;
    }
    to_branches(env, ids, &written)
}

fn address(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let partners: Vec<Id> = env.values(MODEL, "partner_id", ids)?.iter().map(|v| v.as_id().unwrap_or(0)).collect();
    for field in ["street", "street2", "zip", "city", "state_id", "country_id"] {
        for (id, value) in ids.iter().zip(env.values("res.partner", field, &partners)?) {
            out.set(field, *id, value);
        }
    }
    Ok(())
}

fn parents(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (id, path) in ids.iter().zip(env.values(MODEL, "parent_path", ids)?) {
        let chain: Vec<Id> = path.as_str().unwrap_or_default().split('/').filter_map(|p| p.parse().ok()).collect();
        out.set("root_id", *id, chain.first().copied().unwrap_or(*id));
        out.set("parent_ids", *id, if chain.is_empty() { vec![*id] } else { chain });
    }
    Ok(())
}
