//! What all documents share: who writes to whom, in which language.

use std::collections::{BTreeMap, HashMap};

use lastmile_orm::{Env, Id, Result, Value, map};
use serde_json::{Value as Json, json};

use super::{Papers, Report};
use crate::base_files::content;
use crate::mail::formats::Formats;
use crate::words::{Catalogues, Words};

/// A language: its texts, and how it writes days and amounts.
pub struct Tongue {
    /// The code: `es_MX`.
    pub code: String,
    pub words: Words,
    pub formats: Formats,
}

impl Tongue {
    /// A day; nothing for none.
    pub fn day(&self, day: &Value) -> Result<String> {
        if day.truthy() { self.formats.day(day, None) } else { Ok(String::new()) }
    }
}

/// Somebody's name and address, as lines.
#[derive(Clone, Debug, Default)]
pub struct Party {
    pub name: String,
    pub address: Vec<String>,
    pub lang: String,
    pub vat: String,
    pub reference: String,
    pub phone: String,
    pub email: String,
}

/// Text of a value; nothing for none.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The parties behind partners.
pub fn parties(env: &mut Env, partners: &[Id]) -> Result<HashMap<Id, Party>> {
    let mut found: HashMap<Id, Party> = partners.iter().map(|id| (*id, Party::default())).collect();
    let ids: Vec<Id> = found.keys().copied().collect();
    let mut each = |field: &str, set: fn(&mut Party, String)| -> Result<()> {
        for (id, value) in ids.iter().zip(env.values("res.partner", field, &ids)?) {
            if let Some(party) = found.get_mut(id) {
                set(party, text(&value));
            }
        }
        Ok(())
    };
    each("complete_name", |party, name| party.name = name)?;
    each("lang", |party, lang| party.lang = lang)?;
    each("vat", |party, vat| party.vat = vat)?;
    each("ref", |party, reference| party.reference = reference)?;
    each("phone", |party, phone| party.phone = phone)?;
    each("email", |party, email| party.email = email)?;
    each("contact_address", |party, address| {
        // The name stands above it already.
        let lines = address.lines().map(str::trim).filter(|line| !line.is_empty() && *line != party.name);
        party.address = lines.map(str::to_owned).collect();
    })?;
    Ok(found)
}

/// The languages of some parties, each loaded once; the acting user's for those that have none.
pub fn tongues(env: &mut Env, words: &Catalogues, parties: &HashMap<Id, Party>) -> Result<BTreeMap<String, Tongue>> {
    let own = env.context().lang.clone();
    let mut out = BTreeMap::new();
    for lang in parties.values().map(|party| party.lang.clone()).chain([String::new()]) {
        if out.contains_key(&lang) {
            continue;
        }
        let installed = env.registry().langs.contains(&lang);
        let code = if installed { lang.clone() } else { own.clone() };
        let formats = env.with_context(map! { "lang" => code.as_str() }, Formats::load)?;
        out.insert(lang, Tongue { words: words.of(&code), code, formats });
    }
    Ok(out)
}

/// Texts of a language for a template.
pub fn texts(words: &Words) -> Json {
    words.all().iter().map(|(name, text)| ((*name).to_owned(), Json::from(*text))).collect::<serde_json::Map<_, _>>().into()
}

/// How a template reads whom a document is for.
pub fn addressee(party: &Party, tongue: &Tongue) -> Json {
    let mut address = party.address.clone();
    if !party.vat.is_empty() {
        address.push(tongue.words.with("vat", &[&party.vat]));
    }
    json!({ "name": party.name, "address": address })
}

/// Papers of documents, on a company's paper.
pub fn bound(env: &mut Env, report: Report, company: Id, title: &str, documents: Vec<Json>, codes: Vec<String>) -> Result<Papers> {
    let one = |env: &mut Env, field: &str| -> Result<Value> {
        Ok(env.values("res.company", field, &[company])?.into_iter().next().unwrap_or_default())
    };
    let partner = one(env, "partner_id")?.as_id().unwrap_or(0);
    let own = parties(env, &[partner])?.remove(&partner).unwrap_or_default();
    let format = one(env, "paperformat_id")?.as_id().filter(|id| *id > 0);
    let format = match format {
        Some(id) => env.values("report.paperformat", "format", &[id])?.first().map(text).unwrap_or_default(),
        None => String::new(),
    };
    let logo = content::company_logo(env, Some(company))?;
    let logo = (logo.name != "nologo.png" && matches!(logo.mimetype.as_str(), "image/png" | "image/jpeg" | "image/gif" | "image/webp"))
        .then_some(logo.bytes);
    let foot: Vec<&str> = [own.name.as_str(), &own.vat, &own.phone, &own.email].into_iter().filter(|text| !text.is_empty()).collect();
    let lang = documents.first().and_then(|doc| doc.get("lang")).cloned().unwrap_or_default();
    let data = json!({
        "lang": lang,
        "title": title,
        "company": {
            "name": own.name,
            "address": own.address,
            "foot": foot.join(" · "),
            "logo": logo.is_some(),
            "paper": if format == "Letter" { "us-letter" } else { "a4" },
        },
        "documents": documents,
    });
    Ok(Papers { report, data, logo, codes, name: title.replace(['/', '\\'], "_"), template: None })
}
