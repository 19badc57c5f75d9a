//! What accounting computes of records of other modules and of its own, without being kept.

use lastmile_orm::compute::Computed;
use lastmile_orm::domain::{Op, Operand};
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Declarations, Domain, Env, Error, Id, Result, Value};

use super::ACCOUNT;

/// Declares the fields.
pub fn declare(all: &mut Declarations) {
    for model in ["account.payment.term", "product.template"] {
        all.model(model).compute_sudo(&["fiscal_country_codes"], &["company_id"], codes_of_company);
    }
    all.model("uom.uom")
        .compute_sudo(&["fiscal_country_codes"], &[], codes_of_all)
        .compute_sudo(&["rounding"], &[], rounding)
        .compute_sudo(&["sequence"], &["relative_factor"], unit_order)
        .compute_sudo(&["factor"], &["relative_factor", "relative_uom_id", "relative_uom_id.factor"], factor);
    all.model("res.currency").compute_sudo(&["fiscal_country_codes"], &[], codes_of_all).default_fn("fiscal_country_codes", |env| {
        let companies = env.company_ids();
        Ok(Value::Str(env.sudo(|env| country_codes(env, &companies))?.join(",")))
    });
    all.model("res.partner").compute_sudo(&["fiscal_country_codes"], &["company_id", "country_id"], codes_of_partner);
    all.model(ACCOUNT)
        .compute_sudo(&["company_currency_id"], &[], |env, ids, out| {
            let company = env.company_id();
            let currency = env.value("res.company", "currency_id", company)?;
            out.set_all("company_currency_id", ids, currency);
            Ok(())
        })
        .search("include_initial_balance", |_, op, value| {
            let kept = ["income", "expense"].map(|group| Domain::cond("account_type", Op::EqLike, format!("{group}%")));
            let found = Domain::one_of(kept).negate().and(Domain::ne("account_type", "equity_unaffected"));
            yes_or_no(op, value, found)
        })
        .search("used", |_, op, value| {
            let lines = Sql::lit("SELECT account_id FROM account_move_line WHERE account_id IS NOT NULL");
            yes_or_no(op, value, Domain::with("id", Op::In, Operand::Query(lines)))
        });
    all.model("account.move.line").compute_sudo(&["analytic_precision"], &[], |env, ids, out| {
        let digits = digits(env, "Percentage Analytic")?;
        out.set_all("analytic_precision", ids, i64::from(digits));
        Ok(())
    });
    all.model(ACCOUNT).compute_sudo(&["company_fiscal_country_code"], &[], |env, ids, out| {
        let company = env.company_id();
        let code = country_codes(env, &[company])?.pop();
        out.set_all("company_fiscal_country_code", ids, code);
        Ok(())
    });
    all.model("res.partner").compute_sudo(&["bank_account_count"], &["bank_ids"], |env, ids, out| {
        let lists = env.values("res.partner", "bank_ids", ids)?;
        for (id, banks) in ids.iter().zip(lists) {
            out.set("bank_account_count", *id, i64::try_from(banks.ids().len()).unwrap_or(0));
        }
        Ok(())
    });
    all.model(ACCOUNT).compute_sudo(&["display_mapping_tab"], &[], |env, ids, out| {
        let several = env.user().company_ids.len() > 1;
        out.set_all("display_mapping_tab", ids, several);
        Ok(())
    });
    all.model("res.partner").compute_sudo(&["display_invoice_edi_format"], &[], |env, ids, out| {
        let reg = env.registry();
        let formats = reg.model("res.partner")?.fields.get("invoice_edi_format").is_some_and(|field| !field.selection.is_empty());
        out.set_all("display_invoice_edi_format", ids, formats);
        Ok(())
    });
    for model in ["account.move", "account.move.line"] {
        all.model(model).search("journal_group_id", search_journal_group);
    }
    let messages = all.model("mail.message");
    messages
        .search("account_audit_log_move_id", |env, op, value| of_record(env, "account.move", op, value))
        .search("account_audit_log_partner_id", |env, op, value| of_record(env, "res.partner", op, value))
        .search("account_audit_log_account_id", |env, op, value| of_record(env, "account.account", op, value))
        .search("account_audit_log_tax_id", |env, op, value| of_record(env, "account.tax", op, value))
        .search("account_audit_log_company_id", |env, op, value| of_record(env, "res.company", op, value));
}

/// A yes or no that holds for the records of a domain.
fn yes_or_no(op: &str, value: &Value, found: Domain) -> Result<Domain> {
    match op {
        "=" | "in" => Ok(if value.truthy() { found } else { found.negate() }),
        other => Err(Error::unfit(other)),
    }
}

/// Codes of the fiscal countries of companies, each once.
fn country_codes(env: &mut Env, companies: &[Id]) -> Result<Vec<String>> {
    let sql = sql!(
        "SELECT c.code FROM unnest({companies}::int4[]) WITH ORDINALITY AS x (id, n)
         JOIN res_company o ON o.id = x.id JOIN res_country c ON c.id = o.account_fiscal_country_id
         WHERE c.code IS NOT NULL GROUP BY c.code ORDER BY min(x.n)"
    );
    Ok(env.query(sql)?.iter().filter_map(|row| row.text(0)).collect())
}

fn codes_of_all(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let companies = env.company_ids();
    let codes = country_codes(env, &companies)?.join(",");
    out.set_all("fiscal_country_codes", ids, codes.as_str());
    Ok(())
}

/// Codes of a record's company; of all companies of the call, when it is for all of them.
fn codes_by_company(env: &mut Env, ids: &[Id], model: &str) -> Result<Vec<Vec<String>>> {
    let all = env.company_ids();
    let common = country_codes(env, &all)?;
    env.values(model, "company_id", ids)?
        .iter()
        .map(|company| match company.as_id() {
            Some(company) => country_codes(env, &[company]),
            None => Ok(common.clone()),
        })
        .collect()
}

fn codes_of_company(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let model = out.model().to_owned();
    for (id, codes) in ids.iter().zip(codes_by_company(env, ids, &model)?) {
        out.set("fiscal_country_codes", *id, codes.join(","));
    }
    Ok(())
}

fn codes_of_partner(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let countries = env.values("res.partner", "country_code", ids)?;
    for ((id, mut codes), country) in ids.iter().zip(codes_by_company(env, ids, "res.partner")?).zip(countries) {
        if let Some(code) = country.as_str().filter(|code| !code.is_empty() && !codes.iter().any(|own| own == code)) {
            codes.push(code.to_owned());
        }
        out.set("fiscal_country_codes", *id, codes.join(","));
    }
    Ok(())
}

/// The digits of a named precision.
fn digits(env: &mut Env, name: &str) -> Result<Id> {
    let sql = sql!("SELECT digits FROM decimal_precision WHERE name = {name}");
    Ok(env.query(sql)?.first().and_then(|row| row.int(0)).unwrap_or(2))
}

/// All units are rounded alike: by the digits of quantities.
fn rounding(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let digits = digits(env, "Product Unit")?;
    let rounding: f64 = format!("1e-{digits}").parse().unwrap_or(0.01);
    out.set_all("rounding", ids, rounding);
    Ok(())
}

/// Larger units come later, unless they were given a place.
fn unit_order(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let kept = env.values("uom.uom", "sequence", ids)?;
    for ((id, factor), kept) in ids.iter().zip(env.values("uom.uom", "relative_factor", ids)?).zip(kept) {
        #[expect(clippy::cast_possible_truncation, reason = "bounded")]
        let place = (factor.as_float().unwrap_or(0.0) * 100.0).clamp(0.0, 1000.0) as i64;
        out.set("sequence", *id, if kept.truthy() { kept } else { Value::Int(place) });
    }
    Ok(())
}

/// How many of the smallest units one is.
fn factor(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let relative: Vec<Id> = env.values("uom.uom", "relative_uom_id", ids)?.iter().map(|unit| unit.as_id().unwrap_or(0)).collect();
    let of_relative = env.values("uom.uom", "factor", &relative)?;
    for (((id, own), unit), of) in ids.iter().zip(env.values("uom.uom", "relative_factor", ids)?).zip(relative).zip(of_relative) {
        let own = own.as_float().unwrap_or(0.0);
        out.set("factor", *id, if unit == 0 { own } else { own * of.as_float().unwrap_or(0.0) });
    }
    Ok(())
}

/// Entries of the journals that a group of journals does not leave out.
fn search_journal_group(env: &Env, op: &str, value: &Value) -> Result<Domain> {
    if !env.registry().models.contains_key("account.journal.group") {
        return Ok(Domain::False);
    }
    let values = match value {
        Value::List(values) => values.clone(),
        one => vec![one.clone()],
    };
    let like = |pattern: String, sign: &'static str| sql!("g.name{sign:sql}{pattern}");
    let matches = match (Op::parse(op), value.as_str()) {
        (Some(Op::Eq | Op::In), _) => {
            let ids: Vec<Id> = values.iter().filter_map(Value::as_id).collect();
            sql!("g.id = ANY({ids})")
        }
        (Some(Op::Like), _) => like(format!("%{}%", value.py_str()), " LIKE "),
        (Some(Op::ILike), _) => like(format!("%{}%", value.py_str()), " ILIKE "),
        (Some(Op::EqLike), Some(pattern)) => like(pattern.to_owned(), " LIKE "),
        (Some(Op::EqILike), Some(pattern)) => like(pattern.to_owned(), " ILIKE "),
        _ => return Err(Error::unfit(op)),
    };
    let journals = Sql::lit(
        "SELECT j.id FROM account_journal j JOIN account_journal_group g ON g.company_id IS NULL OR g.company_id = j.company_id \
         WHERE NOT EXISTS (SELECT 1 FROM account_journal_account_journal_group_rel r WHERE r.account_journal_group_id = g.id \
         AND r.account_journal_id = j.id) AND ",
    );
    Ok(Domain::with("journal_id", Op::In, Operand::Query(journals.push_sql(matches))))
}

/// Messages of the records of a model, by their numbers.
fn of_record(_: &Env, model: &str, op: &str, value: &Value) -> Result<Domain> {
    match Op::parse(op) {
        Some(parsed @ (Op::Eq | Op::In)) if value.as_str().is_none() => {
            Ok(Domain::eq("model", model).and(Domain::cond("res_id", parsed, value.clone())))
        }
        _ => Err(Error::unfit(op)),
    }
}
