//! What kind a mail template is: one of a module, one of those that only other templates of modules use, or people's own.

use lastmile_orm::compute::Computed;
use lastmile_orm::domain::{Op, Operand};
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Declarations, Domain, Env, Error, Id, Result, Value};

const TEMPLATE: &str = "mail.template";
const BASE: &str = "base_template";
const HIDDEN: &str = "hidden_template";
const CUSTOM: &str = "custom_template";

/// Declares the fields.
pub fn declare(all: &mut Declarations) {
    all.model(TEMPLATE)
        .compute(&["render_model"], &["model"], |env, ids, out| {
            for (id, model) in ids.iter().zip(env.values(TEMPLATE, "model", ids)?) {
                out.set("render_model", *id, model);
            }
            Ok(())
        })
        .compute_sudo(&["template_category"], &["active", "description"], category)
        .search("template_category", |_, op, value| {
            let wanted = match (op, value) {
                ("=", one) => vec![one.clone()],
                ("in", Value::List(several)) => several.clone(),
                _ => return Err(Error::unfit(op)),
            };
            Ok(Domain::one_of(wanted.iter().map(of_kind)))
        });
}

fn of_kind(kind: &Value) -> Domain {
    let named = Sql::lit("SELECT res_id FROM ir_model_data WHERE model = 'mail.template' AND module <> '__export__'");
    let named = Domain::with("id", Op::In, Operand::Query(named));
    let (active, described) = (Domain::eq("active", true), Domain::set("description"));
    match kind.as_str() {
        Some(HIDDEN) => Domain::eq("active", false).or(described.negate().and(named)),
        Some(BASE) => active.and(described).and(named),
        Some(CUSTOM) => active.and(named.negate()),
        _ => Domain::False,
    }
}

fn category(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let sql = sql!("SELECT DISTINCT res_id FROM ir_model_data WHERE model = 'mail.template' AND res_id = ANY({ids})");
    let named: Vec<Id> = env.query_ids(sql)?;
    let active = env.values(TEMPLATE, "active", ids)?;
    let descriptions = env.values(TEMPLATE, "description", ids)?;
    for ((id, active), description) in ids.iter().zip(active).zip(descriptions) {
        let kind = match (active.truthy(), named.contains(id)) {
            (true, true) if description.truthy() => BASE,
            (true, false) => CUSTOM,
            _ => HIDDEN,
        };
        out.set("template_category", *id, kind);
    }
    Ok(())
}
