//! res.partner: people, companies and their addresses.

use lastmile_orm::call::Invocation;
use lastmile_orm::declare::{CreateHook, Next, Touch, Tx, WriteHook};
use lastmile_orm::sql::{Bind, Sql};
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Map, Result, Value, map, model};

use super::partner_sync::{ADDRESS, sync};
use super::{partner_names, selections};

model! {
    /// A person or a company, or one more address of them.
    pub Partner = "res.partner" {
        NAME: "name" lastmile_orm::record::Char,
        COMPLETE_NAME: "complete_name" lastmile_orm::record::Char,
        EMAIL: "email" lastmile_orm::record::Char,
        PHONE: "phone" lastmile_orm::record::Char,
        LANG: "lang" lastmile_orm::record::Char,
        IS_COMPANY: "is_company" lastmile_orm::record::Boolean,
        PARENT: "parent_id" lastmile_orm::record::Many2one<Partner>,
        COMMERCIAL: "commercial_partner_id" lastmile_orm::record::Many2one<Partner>,
        CHILDREN: "child_ids" lastmile_orm::record::X2many<Partner>,
    }
}

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    let partners = all.model("res.partner");
    partners
        .display_sql(|_, alias, _| Sql::lit("COALESCE(").push_sql(Sql::column(alias, "complete_name")).push(", '')"))
        .rec_name("name")
        .on_create(create)
        .on_write(write)
        .on_unlink(unlink)
        .copy_suffix("name")
        .constrains(&["parent_id"], no_circle)
        .inverse("company_type", |env, ids, value| {
            env.write("res.partner", ids, map! { "is_company" => value.as_str() == Some("company") })
        })
        .model_method("name_create", "name", Tx::Write, name_create)
        .model_method("find_or_create", "email, assert_valid_email=False", Tx::Write, find_or_create)
        .record_method("address_get", "adr_pref=None", Tx::Read, address_get)
        .groups(&["signup_type"], &["base.group_erp_manager"]);
    partners.field("lang").selection = Some(selections::languages);
    partners.field("tz").selection = Some(selections::time_zones);
    partner_names::declare(partners);
}

/// Both hooks: what a user's language and zone are is kept in its partner.
fn touch_if_preference(env: &mut Env, values: &[&Map]) -> Result<()> {
    let personal = values.iter().any(|map| ["lang", "tz"].iter().any(|f| map.contains_key(*f)));
    if personal { env.touch(Touch::Users) } else { Ok(()) }
}

fn clean(values: &mut Map) {
    if let Some(Value::Str(site)) = values.get_mut("website")
        && !site.is_empty()
        && !site.contains("://")
    {
        *site = format!("http://{site}");
    }
    if let Some(kind) = values.shift_remove("company_type") {
        values.insert("is_company".into(), Value::Bool(kind.as_str() == Some("company")));
    }
    // A contact belongs to its parent's company; its own company's name is only for those without one.
    if values.get("parent_id").is_some_and(Value::truthy) {
        values.insert("company_name".into(), Value::Bool(false));
    }
}

fn create(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    values.iter_mut().for_each(clean);
    let with_parent = values.iter().any(|map| map.get("parent_id").is_some_and(Value::truthy));
    let has_lines = values.iter().any(|map| map.contains_key("child_ids"));
    let ids = next.call(env, values)?;
    if with_parent || has_lines {
        sync(env, &ids, &["parent_id", "type"], ADDRESS)?;
    }
    Ok(ids)
}

fn write(env: &mut Env, ids: &[Id], mut values: Map, next: &Next<WriteHook>) -> Result<()> {
    clean(&mut values);
    // Partners look at themselves and their parent before they change: all of them must be there.
    let parent = values.get("parent_id").and_then(Value::as_id).filter(|id| *id > 0);
    let needed: Vec<Id> = ids.iter().copied().chain(parent).collect();
    env.require("res.partner", &needed)?;
    if values.get("active").is_some_and(|a| !a.truthy()) {
        let sql =
            Sql::lit("SELECT login::text FROM res_users WHERE active AND partner_id = ANY(").push_bind(Bind::ids(ids)).push(") LIMIT 1");
        if let Some(row) = env.query(sql)?.first() {
            return Err(Error::Redirect {
                message: format!("Archive the user {} first: this contact is its.", row.text(0).unwrap_or_default()),
                action: 0,
                button: "Go to users".into(),
            });
        }
    }
    let names: Vec<String> = values.keys().cloned().collect();
    let personal = values.clone();
    next.call(env, ids, values)?;
    touch_if_preference(env, &[&personal])?;
    let written: Vec<&str> = names.iter().map(String::as_str).collect();
    let address: Vec<&str> = ADDRESS.iter().copied().filter(|f| written.contains(f)).collect();
    sync(env, ids, &written, &address)
}

fn unlink(env: &mut Env, ids: &[Id], next: &Next<lastmile_orm::declare::UnlinkHook>) -> Result<()> {
    let sql = Sql::lit("SELECT 1 FROM res_users WHERE partner_id = ANY(").push_bind(Bind::ids(ids)).push(") LIMIT 1");
    if !env.query(sql)?.is_empty() {
        return Err(Error::validation("A contact of a user cannot be deleted: archive the user instead."));
    }
    next.call(env, ids)
}

fn no_circle(env: &mut Env, ids: &[Id]) -> Result<()> {
    let sql = Sql::lit("WITH RECURSIVE up(id, start) AS (SELECT parent_id, id FROM res_partner WHERE id = ANY(")
        .push_bind(Bind::ids(ids))
        .push(") UNION SELECT p.parent_id, up.start FROM up JOIN res_partner p ON p.id = up.id) SELECT 1 FROM up WHERE id = start LIMIT 1");
    if env.query(sql)?.is_empty() { Ok(()) } else { Err(Error::validation("A contact cannot be below itself.")) }
}

/// `Name <mail@example.com>`, a name, or an address alone.
fn parse_contact(text: &str) -> (String, Option<String>) {
    let text = text.trim();
    if let Some((name, rest)) = text.split_once('<')
        && let Some((email, _)) = rest.split_once('>')
    {
        let (name, email) = (name.trim().trim_matches('"'), email.trim());
        return (if name.is_empty() { email.to_owned() } else { name.to_owned() }, Some(email.to_owned()));
    }
    let address = text.contains('@') && !text.contains(char::is_whitespace);
    (text.to_owned(), address.then(|| text.to_owned()))
}

fn make(env: &mut Env, name: String, email: Option<String>) -> Result<Id> {
    let mut values = map! { "name" => name };
    if let Some(email) = email {
        values.insert("email".into(), Value::Str(email));
    }
    env.create_one("res.partner", values)
}

fn name_create(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let (name, email) = parse_contact(&call.arg("name").py_str());
    let id = make(env, name, email)?;
    let name = env.names("res.partner", &[id])?.pop().unwrap_or_default();
    Ok(Answer::Value(Value::List(vec![Value::from(id), Value::Str(name)])))
}

fn find_or_create(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let (name, email) = parse_contact(&call.arg("email").py_str());
    let Some(email) = email.or_else(|| (!call.arg("assert_valid_email").truthy()).then(|| name.clone())) else {
        return Err(Error::value("A valid email address is needed."));
    };
    let found =
        env.search("res.partner", &lastmile_orm::Domain::cond("email", lastmile_orm::domain::Op::EqILike, email.as_str()), &first())?;
    match found.first() {
        Some(id) => Ok(Answer::from(*id)),
        None => Ok(Answer::from(make(env, name, Some(email))?)),
    }
}

fn first() -> lastmile_orm::read::Page {
    lastmile_orm::read::Page { limit: Some(1), ..Default::default() }
}

/// The address of each asked type: a child's of the type, else the partner's own.
fn address_get(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let mut types: Vec<String> = call.arg("adr_pref").as_list().unwrap_or_default().iter().map(Value::py_str).collect();
    if !types.iter().any(|t| t == "contact") {
        types.push("contact".into());
    }
    let sql = Sql::lit("WITH RECURSIVE d(id, root, kind, depth) AS (SELECT id, id, type::text, 0 FROM res_partner WHERE id = ANY(")
        .push_bind(Bind::ids(&call.ids))
        .push(
            ") UNION ALL SELECT c.id, d.root, c.type::text, d.depth + 1 FROM d JOIN res_partner c ON c.parent_id = d.id \
         WHERE c.active AND NOT COALESCE(c.is_company, FALSE) AND d.depth < 10) SELECT id, kind FROM d ORDER BY depth, id",
        );
    let rows = env.query(sql)?;
    let own = call.ids.first().copied();
    let mut out = Map::new();
    for kind in types {
        let found = rows.iter().find(|row| row.text(1).as_deref() == Some(kind.as_str())).and_then(|row| row.int(0));
        out.insert(kind, found.or(own).map_or(Value::Bool(false), Value::from));
    }
    Ok(Answer::Value(Value::Map(out)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contacts_are_read_from_one_text() {
        assert_eq!(parse_contact("Ann B <a@x.example>"), ("Ann B".into(), Some("a@x.example".into())));
        assert_eq!(parse_contact("a@x.example"), ("a@x.example".into(), Some("a@x.example".into())));
        assert_eq!(parse_contact("Ann B"), ("Ann B".into(), None));
    }
}
