//! Fiscal positions: found by where partners are, they put other taxes and accounts in the place of the usual ones.

use std::collections::HashMap;

use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Env, Id, Result};

pub use super::fiscal_match::Maps;
use super::fiscal_match::{Area, Map, Place, Position, choose};
use super::load::numbers;

/// Whose position is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// Who is invoiced.
    pub partner: Option<Id>,
    /// Who gets the goods.
    pub delivery: Option<Id>,
    pub company: Id,
}

/// The fiscal position of a partner.
pub fn of(env: &mut Env, partner: Option<Id>, delivery: Option<Id>, company: Id) -> Result<Option<Id>> {
    Ok(find(env, &[Question { partner, delivery, company }])?.into_iter().next().flatten())
}

/// Fiscal positions of partners, in the order of the questions; the statements do not depend on how many there are.
pub fn find(env: &mut Env, questions: &[Question]) -> Result<Vec<Option<Id>>> {
    let mut companies: Vec<Id> = questions.iter().map(|question| question.company).collect();
    companies.sort_unstable();
    companies.dedup();
    let partners: Vec<Id> = questions.iter().flat_map(|question| [question.partner, question.delivery]).flatten().collect();
    if partners.is_empty() {
        return Ok(vec![None; questions.len()]);
    }
    env.flush()?;
    env.sudo(|env| {
        let places = places(env, &partners, &companies)?;
        let positions = positions(env, &companies)?;
        let vats = company_vats(env, &companies)?;
        let union = union_codes(env)?;
        let place = |partner: Option<Id>, company: Id| partner.and_then(|partner| places.get(&(partner, company)));
        let none = Vec::new();
        Ok(questions
            .iter()
            .map(|question| {
                let partner = place(question.partner, question.company)?;
                let delivery = place(question.delivery, question.company);
                let vat = vats.get(&question.company).map_or("", String::as_str);
                choose(positions.get(&question.company).unwrap_or(&none), partner, delivery, vat, &union)
            })
            .collect())
    })
}

/// Where partners are, and the positions chosen for them by companies: their own, or the usual one of the company.
fn places(env: &mut Env, partners: &[Id], companies: &[Id]) -> Result<HashMap<(Id, Id), Place>> {
    let sql = sql!(
        "SELECT p.id, c.id, p.country_id, p.state_id, p.zip, p.vat, f.id FROM res_partner p
         CROSS JOIN unnest({companies}::int4[]) AS c (id) LEFT JOIN account_fiscal_position f
         ON f.id::text = COALESCE(p.property_account_position_id ->> c.id::text, (SELECT d.json_value FROM ir_default d
         JOIN ir_model_fields m ON m.id = d.field_id AND m.model = 'res.partner' AND m.name = 'property_account_position_id'
         WHERE d.user_id IS NULL AND d.condition IS NULL AND (d.company_id IS NULL OR d.company_id = c.id)
         ORDER BY d.company_id NULLS LAST, d.id LIMIT 1)) WHERE p.id = ANY({partners})"
    );
    let mut out = HashMap::new();
    for row in env.query(sql)? {
        let (Some(partner), Some(company)) = (row.int(0), row.int(1)) else { continue };
        let place = Place {
            country: row.int(2),
            state: row.int(3),
            zip: row.text(4).unwrap_or_default(),
            vat: row.text(5).unwrap_or_default(),
            chosen: row.int(6),
        };
        out.insert((partner, company), place);
    }
    Ok(out)
}

/// Positions that are found by themselves, by company: those of the nearest company first, then by their order.
fn positions(env: &mut Env, companies: &[Id]) -> Result<HashMap<Id, Vec<Position>>> {
    let sql = sql!(
        "SELECT c.id, f.id, COALESCE(f.vat_required, FALSE), f.zip_from, f.zip_to, f.country_id, f.country_group_id,
         ARRAY(SELECT s.res_country_state_id FROM account_fiscal_position_res_country_state_rel s
         WHERE s.account_fiscal_position_id = f.id)::text, ARRAY(SELECT g.res_country_id FROM res_country_res_country_group_rel g
         WHERE g.res_country_group_id = f.country_group_id)::text, ARRAY(SELECT x.res_country_state_id
         FROM res_country_group_res_country_state_rel x WHERE x.res_country_group_id = f.country_group_id)::text
         FROM res_company c JOIN res_company o ON starts_with(c.parent_path, o.parent_path)
         JOIN account_fiscal_position f ON f.company_id = o.id AND f.active AND f.auto_apply
         WHERE c.id = ANY({companies}) ORDER BY length(o.parent_path) - length(replace(o.parent_path, '/', '')) DESC,
         COALESCE(f.sequence, 0), f.id"
    );
    let mut out: HashMap<Id, Vec<Position>> = HashMap::new();
    for row in env.query(sql)? {
        let (Some(company), Some(id)) = (row.int(0), row.int(1)) else { continue };
        let zip = |column| row.text(column).filter(|zip: &String| !zip.is_empty());
        let position = Position {
            id,
            vat_required: row.bool(2).unwrap_or(false),
            zips: zip(3).zip(zip(4)),
            country: row.int(5),
            group: row.int(6).map(|_| Area { countries: numbers(row.text(8)), without_states: numbers(row.text(9)) }),
            states: numbers(row.text(7)),
        };
        out.entry(company).or_default().push(position);
    }
    Ok(out)
}

fn company_vats(env: &mut Env, companies: &[Id]) -> Result<HashMap<Id, String>> {
    let sql = sql!("SELECT c.id, p.vat FROM res_company c JOIN res_partner p ON p.id = c.partner_id WHERE c.id = ANY({companies})");
    Ok(env.query(sql)?.iter().filter_map(|row| Some((row.int(0)?, row.text(1)?))).collect())
}

/// Codes of the countries of the union whose members know each other's registrations.
fn union_codes(env: &mut Env) -> Result<Vec<String>> {
    let sql = Sql::lit(
        "SELECT c.code FROM ir_model_data d JOIN res_country_res_country_group_rel g ON g.res_country_group_id = d.res_id \
         JOIN res_country c ON c.id = g.res_country_id WHERE d.module = 'base' AND d.name = 'europe' AND d.model = 'res.country.group'",
    );
    Ok(env.query(sql)?.iter().filter_map(|row| row.text(0)).collect())
}

/// What positions put in the place of taxes and accounts.
pub fn maps(env: &mut Env, positions: &[Id]) -> Result<Maps> {
    let mut out = Maps { by_position: positions.iter().map(|id| (*id, Map::default())).collect() };
    if positions.is_empty() {
        return Ok(out);
    }
    env.flush()?;
    let sql = sql!(
        "SELECT r.account_fiscal_position_id, t.id, s.id FROM account_fiscal_position_account_tax_rel r
         JOIN account_tax t ON t.id = r.account_tax_id AND t.active
         LEFT JOIN account_tax_alternatives a ON a.dest_tax_id = t.id LEFT JOIN account_tax s ON s.id = a.src_tax_id AND s.active
         WHERE r.account_fiscal_position_id = ANY({positions}) ORDER BY t.sequence, t.id, s.id"
    );
    for row in env.query(sql)? {
        let (Some(map), Some(tax)) = (row.int(0).and_then(|id| out.by_position.get_mut(&id)), row.int(1)) else { continue };
        map.has_taxes = true;
        if let Some(source) = row.int(2) {
            map.taxes.entry(source).or_default().push(tax);
        }
    }
    let sql = sql!(
        "SELECT position_id, account_src_id, account_dest_id FROM account_fiscal_position_account
         WHERE position_id = ANY({positions}) ORDER BY id"
    );
    for row in env.query(sql)? {
        if let (Some(map), Some(from), Some(to)) = (row.int(0).and_then(|id| out.by_position.get_mut(&id)), row.int(1), row.int(2)) {
            map.accounts.insert(from, to);
        }
    }
    Ok(out)
}

/// Taxes under a position.
pub fn map_taxes(env: &mut Env, position: Option<Id>, taxes: &[Id]) -> Result<Vec<Id>> {
    Ok(maps(env, position.as_slice())?.taxes(position, taxes))
}

/// An account under a position.
pub fn map_account(env: &mut Env, position: Option<Id>, account: Id) -> Result<Id> {
    Ok(maps(env, position.as_slice())?.account(position, account))
}
