//! Finding anything from any page: customers, subscriptions, addresses, invoices, serials.

use std::collections::BTreeSet;

use lastmile_orm::value::{Map, Value};

use crate::pages::admin::desk::{Desk, Done, leaf};
use crate::pages::admin::html::{Html, el};
use crate::pages::admin::params::Params;
use crate::pages::admin::views::logic::any;
use crate::pages::admin::widgets::format;

/// Where to look: a model, what its records are called, where to look in it, what to tell beside the name, where it opens.
struct Source {
    model: &'static str,
    word: &'static str,
    fields: &'static [&'static str],
    note: &'static [&'static str],
    opens: &'static str,
}

const fn source(
    model: &'static str,
    word: &'static str,
    fields: &'static [&'static str],
    note: &'static [&'static str],
    opens: &'static str,
) -> Source {
    Source { model, word, fields, note, opens }
}

const SOURCES: &[Source] = &[
    source("res.partner", "=customers", &["name", "email", "phone", "vat", "ref"], &["email", "phone"], "/odoo/customer"),
    source(
        "isp.subscription",
        "=subscriptions",
        &["name", "service_ip", "service_mac", "pppoe_username", "hotspot_username"],
        &["partner_id", "state"],
        "/odoo/m-isp.subscription",
    ),
    source("isp.mac_profile", "=mac_profiles", &["mac_address", "last_seen_ip", "hostname"], &["partner_id"], "/odoo/m-isp.mac_profile"),
    source("account.move", "=invoices", &["name", "ref", "payment_reference"], &["partner_id", "state"], "/odoo/m-account.move"),
    source("isp.onu", "=onus", &["serial", "mac_address"], &["status", "sector_id"], "/odoo/m-isp.onu"),
    source("isp.fault.ticket", "=tickets", &["name"], &["partner_id", "state"], "/odoo/m-isp.fault.ticket"),
    source(
        "isp.bank.transfer.payment",
        "=transfers",
        &["name", "reference"],
        &["partner_id", "state"],
        "/odoo/m-isp.bank.transfer.payment",
    ),
    source("isp.mikrotik.router", "=routers", &["name", "public_ip", "serial_number"], &["sector_id"], "/odoo/router"),
    source("isp.device", "=devices", &["name", "mgmt_ip"], &["sector_id"], "/odoo/m-isp.device"),
    source("isp.captive.user", "=captive_users", &["username"], &["sector_id"], "/odoo/m-isp.captive.user"),
];

/// Hits of each kind.
const HITS: i64 = 5;

/// A record that was found.
pub struct Hit {
    pub word: &'static str,
    pub name: String,
    pub note: String,
    pub url: String,
}

/// The texts to look for: hardware addresses in the form that is kept, too.
fn forms(text: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::from([text.to_owned()]);
    let digits: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    if digits.len() == 12 && digits.chars().all(|c| c.is_ascii_hexdigit()) {
        let pairs: Vec<String> =
            digits.to_ascii_uppercase().as_bytes().chunks(2).map(|pair| String::from_utf8_lossy(pair).into_owned()).collect();
        out.insert(pairs.join(":"));
    }
    out
}

/// Records that a text names, of every kind that the user may see.
pub fn find(desk: &Desk<'_>, text: &str) -> Done<Vec<Hit>> {
    let text = text.trim();
    if text.chars().count() < 2 {
        return Ok(Vec::new());
    }
    let forms = forms(text);
    let mut hits = Vec::new();
    for source in SOURCES {
        let Some(model) = desk.registry.models.get(source.model) else { continue };
        let has = |name: &&&str| model.fields.get(**name).is_some_and(|f| f.store);
        let open = |name: &&&str| model.fields.get(**name).is_some_and(|f| f.groups.is_empty());
        let mut read = vec!["display_name"];
        read.extend(source.note.iter().filter(has).filter(open).copied());
        // What only some groups may read is asked for apart: others find the rest all the same.
        let (plain, kept): (Vec<&str>, Vec<&str>) = source.fields.iter().filter(has).partition(|name| open(name));
        let mut seen = BTreeSet::new();
        for fields in [plain, kept] {
            let domains: Vec<Value> =
                fields.iter().flat_map(|f| forms.iter().map(|text| Value::List(vec![leaf(f, "ilike", text.as_str())]))).collect();
            if domains.is_empty() {
                continue;
            }
            for row in desk.rows_or_none(source.model, any(&domains), &read, HITS, "id desc")?.unwrap_or_default() {
                if seen.insert(row.get("id").and_then(Value::as_id)) {
                    hits.push(hit(desk, source, &row));
                }
            }
        }
    }
    Ok(hits)
}

fn hit(desk: &Desk<'_>, source: &Source, row: &Map) -> Hit {
    let notes: Vec<String> =
        source.note.iter().filter_map(|name| row.get(name)).map(|value| format::plain(desk, value)).filter(|t| !t.is_empty()).collect();
    Hit {
        word: source.word,
        name: row.get("display_name").map(Value::py_str).unwrap_or_default(),
        note: notes.join(" · "),
        url: format!("{}/{}", source.opens, row.get("id").map(Value::py_str).unwrap_or_default()),
    }
}

/// The hits for the script.
pub fn json(desk: &Desk<'_>, hits: &[Hit]) -> String {
    let one = |hit: &Hit| {
        serde_json::json!([0, hit.name, format!("{} · {}", desk.words.get(hit.word), hit.note).trim_end_matches(" · "), hit.url])
    };
    serde_json::Value::from(hits.iter().map(one).collect::<Vec<_>>()).to_string()
}

/// The hits as a page.
pub fn page(desk: &Desk<'_>, params: &Params) -> Done<Html> {
    let text = params.get("q").unwrap_or_default();
    let hits = find(desk, text)?;
    if hits.is_empty() {
        let none = el("div").class("o_view_nocontent").child(el("h2").text(desk.words.get("nothing_found"))).child(el("p").text(text));
        return Ok(none.into());
    }
    let mut html = Html::new();
    let mut kind = "";
    let mut rows = Vec::new();
    let close = |html: &mut Html, kind: &str, rows: &mut Vec<Html>| {
        if !rows.is_empty() {
            html.push(
                el("section")
                    .class("card")
                    .child(el("h2").text(desk.words.get(kind)))
                    .child(el("ul").class("plain rows").children(std::mem::take(rows))),
            );
        }
    };
    for hit in &hits {
        if hit.word != kind {
            close(&mut html, kind, &mut rows);
            kind = hit.word;
        }
        rows.push(
            el("li")
                .child(el("a").attr("href", &hit.url).text(&hit.name))
                .child(el("span").class("muted").text(format!(" {}", hit.note)))
                .into(),
        );
    }
    close(&mut html, kind, &mut rows);
    Ok(el("div").class("o_content stack").child(html).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hardware_addresses_are_found_however_they_are_written() {
        for text in ["aa:bb:cc:00:11:22", "AABB.CC00.1122", "aa-bb-cc-00-11-22"] {
            assert!(forms(text).contains("AA:BB:CC:00:11:22"), "{text}");
        }
        assert_eq!(forms("María").len(), 1);
    }
}
