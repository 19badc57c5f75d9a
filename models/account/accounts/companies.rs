//! What the fiscal countries of companies ask for.

use lastmile_orm::compute::Computed;
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Declarations, Env, Id, Result, Value};

const COMPANY: &str = "res.company";
/// Declares the fields.
pub fn declare(all: &mut Declarations) {
    all.model(COMPANY)
        .compute_sudo(&["account_fiscal_country_group_codes"], &["account_fiscal_country_id"], |env, ids, out| {
            for (id, codes) in ids.iter().zip(codes_of(env, ids)?) {
                out.set("account_fiscal_country_group_codes", *id, codes);
            }
            Ok(())
        })
        .compute_sudo(&["account_enabled_tax_country_ids"], &["account_fiscal_country_id"], tax_countries);
    all.model("res.partner")
        .compute_sudo(&["fiscal_country_group_codes"], &["company_id"], |env, ids, out| {
            let all = env.company_ids();
            for (id, company) in ids.iter().zip(env.values("res.partner", "company_id", ids)?) {
                let companies = company.as_id().map_or_else(|| all.clone(), |company| vec![company]);
                let mut codes: Vec<Value> = Vec::new();
                for code in codes_of(env, &companies)?.iter().flat_map(|codes| codes.as_list().unwrap_or_default()) {
                    if !codes.contains(code) {
                        codes.push(code.clone());
                    }
                }
                out.set("fiscal_country_group_codes", *id, Value::List(codes));
            }
            Ok(())
        })
        .compute_sudo(&["available_invoice_template_pdf_report_ids"], &[], reports);
    all.model("account.journal").compute_sudo(&["available_invoice_template_pdf_report_ids"], &[], reports);
}

/// Codes of the groups of companies' fiscal countries.
fn codes_of(env: &mut Env, companies: &[Id]) -> Result<Vec<Value>> {
    let countries = env.values(COMPANY, "account_fiscal_country_id", companies)?;
    let mut found = Vec::with_capacity(companies.len());
    for country in countries {
        found.push(match country.as_id() {
            Some(country) => env.value("res.country", "country_group_codes", country)?,
            None => Value::List(vec![Value::from("")]),
        });
    }
    Ok(found)
}

/// The fiscal country, and those where the company is registered for taxes as well.
fn tax_countries(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!(
        "SELECT c.id, p.country_id FROM res_company c
         JOIN res_company o ON starts_with(c.parent_path, o.parent_path)
         JOIN account_fiscal_position p ON p.active AND p.company_id = o.id AND p.foreign_vat IS NOT NULL
         AND p.country_id IS NOT NULL WHERE c.id = ANY({ids}) ORDER BY p.sequence, p.id"
    );
    let foreign: Vec<(Id, Id)> = env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.int(1)?))).collect();
    let mine = env.user().company_ids.clone();
    for (id, own) in ids.iter().zip(env.values(COMPANY, "account_fiscal_country_id", ids)?) {
        let mut countries: Vec<Id> = Vec::new();
        if mine.contains(id) {
            for country in foreign.iter().filter(|(company, _)| company == id).map(|(_, country)| *country).chain(own.as_id()) {
                if !countries.contains(&country) {
                    countries.push(country);
                }
            }
        }
        out.set("account_enabled_tax_country_ids", *id, countries);
    }
    Ok(())
}

/// Reports that print invoices.
fn reports(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = Sql::lit("SELECT id FROM ir_act_report_xml WHERE model = 'account.move' AND is_invoice_report ORDER BY name ->> 'en_US', id");
    let found: Vec<Id> = env.query_ids(sql)?;
    out.set_all("available_invoice_template_pdf_report_ids", ids, found);
    Ok(())
}
