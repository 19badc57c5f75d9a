//! res.partner: people, companies and their addresses.

use lastmile_orm::call::Invocation;
use lastmile_orm::declare::{CreateHook, Next, Touch, Tx, WriteHook};
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Answer, Declarations, Domain, Env, Error, Id, Map, Result, Value, map, model};

use super::partner_family::Family;
use super::partner_sync::{ADDRESS, sync};
use super::{partner_actions, partner_labels, partner_names, selections};

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
        .display_sql(|_, alias, _| sql!("COALESCE({alias:sql}, '')", alias = Sql::column(alias, "complete_name")))
        .rec_name("name")
        .on_create(create)
        .on_write(write)
        .on_unlink(unlink)
        .copy_suffix("name")
        .constrains(&["parent_id"], no_circle)
        .constrains(&["barcode"], barcode_is_unique)
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
    partner_actions::declare(partners);
    partner_labels::declare(partners);
}

/// Both hooks: what a user's language and zone are is kept in its partner.
fn touch_if_preference(env: &mut Env, values: &[&Map]) -> Result<()> {
    let personal = values.iter().any(|map| ["lang", "tz"].iter().any(|f| map.contains_key(f)));
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
    if with_parent {
        lang_of_parent(env, &mut values)?;
    }
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
        let sql = sql!("SELECT login::text FROM res_users WHERE active AND partner_id = ANY({ids}) LIMIT 1");
        if let Some(row) = env.query(sql)?.first() {
            return Err(Error::Redirect {
                message: format!("Archive the user {} first: this contact is its.", row.text(0).unwrap_or_default()),
                action: 0,
                button: "Go to users".into(),
            });
        }
    }
    if let Some(company) = values.get("company_id") {
        of_one_company(env, ids, company.as_id())?;
    }
    let names: Vec<String> = values.keys().cloned().collect();
    let personal = values.clone();
    next.call(env, ids, values)?;
    if let Some(company) = personal.get("company_id") {
        company_to_children(env, ids, company)?;
    }
    touch_if_preference(env, &[&personal])?;
    let written: Vec<&str> = names.iter().map(String::as_str).collect();
    let address: Vec<&str> = ADDRESS.iter().copied().filter(|f| written.contains(f)).collect();
    sync(env, ids, &written, &address)
}

/// A contact is spoken to in the language of whom it belongs to, unless another is given.
fn lang_of_parent(env: &mut Env, values: &mut [Map]) -> Result<()> {
    let parent = |map: &Map| map.get("parent_id").and_then(Value::as_id).filter(|_| !map.contains_key("lang"));
    let parents: Vec<Id> = values.iter().filter_map(parent).collect();
    let langs = env.sudo(|env| env.values("res.partner", "lang", &parents))?;
    for map in values.iter_mut() {
        let lang = parent(map).and_then(|id| langs.get(parents.iter().position(|p| *p == id)?)).filter(|lang| lang.truthy());
        if let Some(lang) = lang {
            map.insert("lang".into(), lang.clone());
        }
    }
    Ok(())
}

/// A user's contact is of the user's company or of none.
fn of_one_company(env: &mut Env, ids: &[Id], company: Option<Id>) -> Result<()> {
    let Some(company) = company else { return Ok(()) };
    let sql = sql!("SELECT 1 FROM res_users WHERE active AND partner_id = ANY({ids}) AND company_id <> {company} LIMIT 1");
    if env.query(sql)?.is_empty() {
        return Ok(());
    }
    Err(Error::user("The company is not the one of the contact's users."))
}

fn company_to_children(env: &mut Env, ids: &[Id], company: &Value) -> Result<()> {
    let sql = sql!("SELECT id FROM res_partner WHERE active AND parent_id = ANY({ids}) ORDER BY id");
    let children: Vec<Id> = env.query(sql)?.iter().filter_map(|row| row.int(0)).filter(|id| !ids.contains(id)).collect();
    env.write("res.partner", &children, map! { "company_id" => company.clone() })
}

fn unlink(env: &mut Env, ids: &[Id], next: &Next<lastmile_orm::declare::UnlinkHook>) -> Result<()> {
    let sql = sql!("SELECT 1 FROM res_users WHERE partner_id = ANY({ids}) LIMIT 1");
    if !env.query(sql)?.is_empty() {
        return Err(Error::validation("A contact of a user cannot be deleted: archive the user instead."));
    }
    next.call(env, ids)
}

/// Barcodes are kept by company: within one, each is one contact's.
fn barcode_is_unique(env: &mut Env, ids: &[Id]) -> Result<()> {
    let sql = sql!(
        "SELECT 1 FROM res_partner a
         JOIN LATERAL jsonb_each_text(COALESCE(a.barcode, '{{}}'::jsonb)) e ON e.value <> ''
         JOIN res_partner b ON b.id <> a.id AND b.barcode ->> e.key = e.value WHERE a.id = ANY({ids}) LIMIT 1"
    );
    if env.query(sql)?.is_empty() { Ok(()) } else { Err(Error::validation("Another contact has this barcode.")) }
}

fn no_circle(env: &mut Env, ids: &[Id]) -> Result<()> {
    if env.values("res.partner", "parent_id", ids)?.iter().all(|parent| parent.as_id().is_none()) {
        return Ok(());
    }
    let sql = sql!(
        "WITH RECURSIVE up(id, start) AS (SELECT parent_id, id FROM res_partner WHERE id = ANY({ids}) UNION
         SELECT p.parent_id, up.start FROM up JOIN res_partner p ON p.id = up.id) SELECT 1 FROM up
         WHERE id = start LIMIT 1"
    );
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

/// The contact with the address, or a new one.
fn find_or_create(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let given = call.arg("email");
    if !given.truthy() {
        return Err(Error::value("An email is required for find_or_create to work"));
    }
    let (name, email) = parse_contact(&given.py_str());
    if email.is_none() && call.arg("assert_valid_email").truthy() {
        return Err(Error::value("A valid email is required for find_or_create to work properly."));
    }
    if let Some(address) = &email {
        let same = Domain::cond("email_normalized", lastmile_orm::domain::Op::Eq, address.to_lowercase());
        let page = lastmile_orm::read::Page { limit: Some(1), ..Default::default() };
        if let Some(id) = env.search("res.partner", &same, &page)?.first() {
            return Ok(Answer::from(vec![*id]));
        }
    }
    Ok(Answer::from(vec![make(env, name, email)?]))
}

/// The address of each asked type, and the contact: by default that one, else the partner itself.
fn address_get(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let mut types: Vec<String> = call.arg("adr_pref").as_list().unwrap_or_default().iter().map(Value::py_str).collect();
    if !types.iter().any(|t| t == "contact") {
        types.push("contact".into());
    }
    let family = Family::load(env, &call.ids)?;
    let found = |kind: &str| call.ids.iter().find_map(|partner| family.found(*partner, kind));
    let default = found("contact").or_else(|| call.ids.first().copied());
    let address = |kind: String| {
        let id = found(&kind).or(default);
        (kind, id.map_or(Value::Bool(false), Value::from))
    };
    Ok(Answer::Value(Value::Map(types.into_iter().map(address).collect())))
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
