//! What is computed of partners.

use std::collections::HashMap;

use chrono::Offset;
use chrono_tz::Tz;
use lastmile_orm::compute::Computed;
use lastmile_orm::declare::ModelDecl;
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Env, Id, Result, Value};

const MODEL: &str = "res.partner";
/// Address of countries that do not say otherwise.
const FORMAT: &str = "%(street)s\n%(street2)s\n%(city)s %(state_code)s %(zip)s\n%(country_name)s";

/// Declares the computed fields.
pub fn declare(partners: &mut ModelDecl) {
    partners
        .compute(&["commercial_partner_id"], &["is_company", "parent_id", "parent_id.commercial_partner_id"], commercial)
        .compute(
            &["commercial_company_name"],
            &["company_name", "commercial_partner_id", "commercial_partner_id.name", "commercial_partner_id.is_company"],
            commercial_name,
        )
        .compute(
            &["complete_name"],
            &["name", "type", "is_company", "company_name", "parent_id", "parent_id.name", "commercial_company_name"],
            complete_name,
        )
        .compute_sudo(&["partner_share"], &["user_ids.share", "user_ids.active"], share)
        .compute(&["company_type"], &["is_company"], company_type)
        .compute(&["email_normalized"], &["email"], email_normalized)
        .compute(&["email_formatted"], &["name", "email"], email_formatted)
        .compute(&["tz_offset"], &["tz"], tz_offset)
        .compute_sudo(&["contact_address", "contact_address_inline"], ADDRESS, addresses)
        .compute_sudo(&["same_vat_partner_id"], &["vat"], same_vat)
        .compute_sudo(&["main_user_id", "is_public"], &["user_ids"], users)
        .compute(&["im_status"], &[], |_, ids, out| {
            out.set_all("im_status", ids, "offline");
            Ok(())
        })
        .compute_sudo(&["active_lang_count"], &["lang"], |env, ids, out| {
            let installed = i64::try_from(env.registry().langs.len()).unwrap_or(0);
            out.set_all("active_lang_count", ids, installed);
            Ok(())
        })
        .compute(&["self"], &[], |_, ids, out| {
            ids.iter().for_each(|id| out.set("self", *id, *id));
            Ok(())
        })
        .compute_sudo(&["currency_id"], &["company_id"], currency)
        .compute(&["type_address_label"], &["type"], address_label)
        .compute(&["company_registry_label"], &["country_id"], |_, ids, out| {
            out.set_all("company_registry_label", ids, "Company ID");
            Ok(())
        })
        .compute_sudo(&["properties_base_definition_id"], &[], |env, ids, out| {
            let sql = Sql::lit(
                "SELECT d.id FROM properties_base_definition d JOIN ir_model_fields f ON f.id = d.properties_field_id WHERE f.model = 'res.partner' AND f.name = 'properties'",
            );
            let definition = env.query(sql)?.first().and_then(|row| row.int(0));
            out.set_all("properties_base_definition_id", ids, definition);
            Ok(())
        })
        .compute(&["vat_label"], &[], |_, ids, out| {
            out.set_all("vat_label", ids, "Tax ID");
            Ok(())
        });
    partners.compute(
        &["avatar_1920", "avatar_1024", "avatar_512", "avatar_256", "avatar_128"],
        &["image_1920", "name"],
        super::avatars::compute,
    );
}

fn texts(env: &mut Env, field: &str, ids: &[Id]) -> Result<Vec<String>> {
    Ok(env.values(MODEL, field, ids)?.into_iter().map(|v| if let Value::Str(s) = v { s } else { String::new() }).collect())
}

/// The nearest company up the chain, else its top. Read from the rows: parents may be waiting to be computed as well.
fn commercial(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let (companies, parents) = (env.values(MODEL, "is_company", ids)?, env.values(MODEL, "parent_id", ids)?);
    let above: Vec<Id> = parents.iter().filter_map(Value::as_id).collect();
    let mut top: HashMap<Id, Id> = HashMap::new();
    if !above.is_empty() {
        let sql = sql!(
            "WITH RECURSIVE up(start, id, company, parent, depth) AS (SELECT id, id, COALESCE(is_company, FALSE), parent_id, 0
             FROM res_partner WHERE id = ANY({above}) UNION ALL
             SELECT up.start, p.id, COALESCE(p.is_company, FALSE), p.parent_id, up.depth + 1 FROM up
             JOIN res_partner p ON p.id = up.parent WHERE NOT up.company AND up.depth < 50) SELECT start, id
             FROM up WHERE company OR parent IS NULL"
        );
        top = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.int(1)?))).collect();
    }
    for ((id, company), parent) in ids.iter().zip(companies).zip(parents) {
        let own = parent.as_id().filter(|_| !company.truthy()).and_then(|p| top.get(&p).copied()).unwrap_or(*id);
        out.set("commercial_partner_id", *id, own);
    }
    Ok(())
}

fn commercial_name(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let own = texts(env, "company_name", ids)?;
    let entities = env.values(MODEL, "commercial_partner_id", ids)?;
    let entities: Vec<Id> = entities.iter().map(|v| v.as_id().unwrap_or(0)).collect();
    let (names, companies) = (texts(env, "name", &entities)?, env.values(MODEL, "is_company", &entities)?);
    for (((id, own), name), company) in ids.iter().zip(own).zip(names).zip(companies) {
        let name = if company.truthy() { name } else { own };
        out.set("commercial_company_name", *id, Some(name).filter(|n| !n.is_empty()));
    }
    Ok(())
}

/// `Company, Contact`; other addresses without a name are called by their type.
fn complete_name(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let reg = env.registry();
    let types = reg.model(MODEL)?.field("type")?.selection.clone();
    let (names, kinds) = (texts(env, "name", ids)?, texts(env, "type", ids)?);
    let companies = env.values(MODEL, "is_company", ids)?;
    let (own, commercial) = (texts(env, "company_name", ids)?, texts(env, "commercial_company_name", ids)?);
    let parents: Vec<Id> = env.values(MODEL, "parent_id", ids)?.iter().map(|v| v.as_id().unwrap_or(0)).collect();
    let parent_names = texts(env, "name", &parents)?;
    let rest = own.into_iter().zip(commercial).zip(parents.iter().zip(parent_names));
    for ((((id, name), kind), company), ((own, commercial), (parent, parent_name))) in
        ids.iter().zip(names).zip(kinds).zip(companies).zip(rest)
    {
        let mut full = name;
        if !own.is_empty() || *parent != 0 {
            if full.is_empty() && matches!(kind.as_str(), "invoice" | "delivery" | "other") {
                full = types
                    .iter()
                    .find(|(v, _)| *v == kind)
                    .map(|(_, l)| lastmile_orm::registry::translated(l, "en_US").to_owned())
                    .unwrap_or_default();
            }
            if !company.truthy() {
                full = format!("{}, {full}", if commercial.is_empty() { parent_name } else { commercial });
            }
        }
        out.set("complete_name", *id, full.trim());
    }
    Ok(())
}

fn share(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!(
        "SELECT partner_id FROM res_users WHERE (id = 1 OR (active AND NOT COALESCE(share, FALSE)))
         AND partner_id = ANY({ids})"
    );
    let staff: Vec<Id> = env.query_ids(sql)?;
    ids.iter().for_each(|id| out.set("partner_share", *id, !staff.contains(id)));
    Ok(())
}

fn company_type(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (id, company) in ids.iter().zip(env.values(MODEL, "is_company", ids)?) {
        out.set("company_type", *id, if company.truthy() { "company" } else { "person" });
    }
    Ok(())
}

/// The one address in a text, in lower case; nothing when there are none or several.
pub fn normalized_email(text: &str) -> Option<String> {
    let inner = text.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or(text, |(address, _)| address).trim();
    let (name, host) = inner.split_once('@')?;
    let odd = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '<' | '>' | '@' | '"');
    (!name.is_empty() && !host.is_empty() && !name.contains(odd) && !host.contains(odd)).then(|| inner.to_lowercase())
}

fn email_normalized(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (id, email) in ids.iter().zip(texts(env, "email", ids)?) {
        out.set("email_normalized", *id, normalized_email(&email));
    }
    Ok(())
}

fn email_formatted(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let names = texts(env, "name", ids)?;
    for ((id, email), name) in ids.iter().zip(texts(env, "email", ids)?).zip(names) {
        let formatted = match normalized_email(&email) {
            Some(address) => Some(format!("\"{}\" <{address}>", name.replace('\\', "\\\\").replace('"', "\\\""))),
            None => Some(email).filter(|e| !e.is_empty()),
        };
        out.set("email_formatted", *id, formatted);
    }
    Ok(())
}

fn offset(env: &Env, zone: &str) -> String {
    let tz: Tz = zone.parse().unwrap_or(Tz::GMT);
    let seconds = env.now().and_utc().with_timezone(&tz).offset().fix().local_minus_utc();
    let minutes = seconds.abs() / 60;
    format!("{}{:02}{:02}", if seconds < 0 { '-' } else { '+' }, minutes / 60, minutes % 60)
}

fn tz_offset(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (id, zone) in ids.iter().zip(texts(env, "tz", ids)?) {
        out.set("tz_offset", *id, offset(env, &zone));
    }
    Ok(())
}

/// The same for users.
pub fn tz_offset_of_users(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (id, zone) in ids.iter().zip(env.values("res.users", "tz", ids)?) {
        out.set("tz_offset", *id, offset(env, zone.as_str().unwrap_or_default()));
    }
    Ok(())
}

/// What an address is made of.
const ADDRESS: &[&str] = &["street", "street2", "city", "zip", "state_id", "country_id", "parent_id", "company_name"];

/// Addresses as their countries write them.
fn addresses(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (id, full) in written_addresses(env, ids, true)? {
        // A line's end takes what is blank after it.
        let mut lines = full.split('\n');
        let mut inline = lines.next().unwrap_or_default().to_owned();
        let mut rest = lines.map(str::trim_start).peekable();
        while let Some(line) = rest.next() {
            if !line.is_empty() || rest.peek().is_none() {
                inline += ", ";
                inline += line;
            }
        }
        out.set("contact_address_inline", id, inline.trim().trim_matches(','));
        out.set("contact_address", id, full);
    }
    Ok(())
}

/// The addresses alone, without the company's name above them, one for each id.
pub fn postal(env: &mut Env, ids: &[Id]) -> Result<Vec<String>> {
    let mut found: HashMap<Id, String> = written_addresses(env, ids, false)?.into_iter().collect();
    Ok(ids.iter().map(|id| found.remove(id).unwrap_or_default()).collect())
}

fn written_addresses(env: &mut Env, ids: &[Id], with_company: bool) -> Result<Vec<(Id, String)>> {
    let mut out = Vec::new();
    let sql = sql!(
        "SELECT p.id, p.street::text, p.street2::text, p.city::text, p.zip::text, s.code::text,
         COALESCE(s.name->>'en_US', s.name#>>'{{}}'), c.code::text, c.name->>'en_US', c.address_format,
         p.commercial_company_name::text
         FROM res_partner p LEFT JOIN (SELECT id, code, to_jsonb(name) AS name
         FROM res_country_state) s ON s.id = p.state_id LEFT JOIN res_country c ON c.id = p.country_id
         WHERE p.id = ANY({ids})"
    );
    for row in env.query(sql)? {
        let Some(id) = row.int(0) else { continue };
        let text = |n: usize| row.text(n).unwrap_or_default();
        let company = text(10);
        let mut format = row.text(9).filter(|f| !f.is_empty()).unwrap_or_else(|| FORMAT.to_owned());
        if with_company && !company.is_empty() {
            format = format!("%(company_name)s\n{format}");
        }
        let parts = [
            ("street", 1),
            ("street2", 2),
            ("city", 3),
            ("zip", 4),
            ("state_code", 5),
            ("state_name", 6),
            ("country_code", 7),
            ("country_name", 8),
            ("company_name", 10),
        ];
        let full = parts.iter().fold(format, |f, (name, column)| f.replace(&format!("%({name})s"), &text(*column)));
        out.push((id, full));
    }
    Ok(out)
}

fn same_vat(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!(
        "SELECT a.id, min(b.id) FROM res_partner a JOIN res_partner b ON upper(b.vat) = upper(a.vat)
         AND b.id <> a.id AND b.active AND b.commercial_partner_id IS DISTINCT FROM a.commercial_partner_id
         WHERE a.vat <> '' AND a.parent_id IS NULL AND a.id = ANY({ids}) GROUP BY a.id"
    );
    let found: HashMap<Id, Id> = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.int(1)?))).collect();
    ids.iter().for_each(|id| out.set("same_vat_partner_id", *id, found.get(id).copied()));
    Ok(())
}

fn users(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!("SELECT partner_id, id FROM res_users WHERE partner_id = ANY({ids}) ORDER BY active DESC, share, id");
    let public = super::user_rules::implying(env, "base.group_public");
    let rows = env.query(sql)?;
    let outsiders = sql!(
        "SELECT DISTINCT u.partner_id FROM res_users u JOIN res_groups_users_rel r ON r.uid = u.id
             WHERE u.partner_id = ANY({ids}) AND r.gid = ANY({public})"
    );
    let outsiders: Vec<Id> = env.query_ids(outsiders)?;
    for id in ids {
        out.set("main_user_id", *id, rows.iter().find(|row| row.int(0) == Some(*id)).and_then(|row| row.int(1)));
        out.set("is_public", *id, outsiders.contains(id));
    }
    Ok(())
}

fn currency(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let companies: Vec<Id> = env.values(MODEL, "company_id", ids)?.iter().map(|v| v.as_id().unwrap_or_else(|| env.company_id())).collect();
    for (id, currency) in ids.iter().zip(env.values("res.company", "currency_id", &companies)?) {
        out.set("currency_id", *id, currency);
    }
    Ok(())
}

fn address_label(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (id, kind) in ids.iter().zip(texts(env, "type", ids)?) {
        let label = match kind.as_str() {
            "invoice" => "Invoice Address",
            "delivery" => "Delivery Address",
            "other" => "Other Address",
            _ => "Address",
        };
        out.set("type_address_label", *id, label);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_is_normalized() {
        assert_eq!(normalized_email("Ann <Ann@X.Example>").as_deref(), Some("ann@x.example"));
        assert_eq!(normalized_email(" a@x.example ").as_deref(), Some("a@x.example"));
        assert_eq!(normalized_email("a@x.example, b@x.example"), None);
        assert_eq!(normalized_email("nobody"), None);
    }
}
