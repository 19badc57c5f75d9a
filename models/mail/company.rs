//! Addresses of companies for letters that come back and for answers that nothing else takes.

use lastmile_orm::access::Operation;
use lastmile_orm::compute::Computed;
use lastmile_orm::registry::translated;
use lastmile_orm::sql::sql;
use lastmile_orm::{Declarations, Env, Id, Result, Value};

const COMPANY: &str = "res.company";

/// Declares the fields.
pub fn declare(all: &mut Declarations) {
    all.model(COMPANY)
        .compute_sudo(
            &["bounce_email", "bounce_formatted", "catchall_email", "catchall_formatted"],
            &["alias_domain_id", "name"],
            addresses,
        )
        .compute_sudo(&["email_formatted"], &["partner_id", "catchall_formatted"], |env, ids, out| {
            let partners: Vec<Id> = env.values(COMPANY, "partner_id", ids)?.iter().map(|p| p.as_id().unwrap_or(0)).collect();
            let own = env.values("res.partner", "email_formatted", &partners)?;
            for ((id, own), other) in ids.iter().zip(own).zip(env.values(COMPANY, "catchall_formatted", ids)?) {
                out.set("email_formatted", *id, if own.truthy() { own } else { Value::from(other.as_str().unwrap_or_default()) });
            }
            Ok(())
        });
    all.model("mail.template")
        .compute(&["can_write"], &[], |env, ids, out| {
            let may = env.may("mail.template", Operation::Write)?;
            for id in ids {
                let own = may && env.check_records("mail.template", &[*id], Operation::Write).is_ok();
                out.set("can_write", *id, own);
            }
            Ok(())
        })
        .compute(&["is_template_editor"], &[], |env, ids, out| {
            let editor = env.has_group("mail.group_mail_template_editor");
            out.set_all("is_template_editor", ids, editor);
            Ok(())
        })
        .compute_sudo(&["has_dynamic_reports"], &["model"], |env, ids, out| {
            let sql = sql!(
                "SELECT t.id FROM mail_template t WHERE EXISTS (SELECT 1 FROM ir_act_report_xml r
                 WHERE r.model = t.model) AND t.id = ANY({ids})"
            );
            let with: Vec<Id> = env.query_ids(sql)?;
            out.set_found("has_dynamic_reports", ids, &with);
            Ok(())
        });
    all.model("mail.activity.type").compute_sudo(&["delay_label"], &["delay_unit", "delay_count"], |env, ids, out| {
        let units = env.registry().model("mail.activity.type")?.field("delay_unit")?.selection.clone();
        let counts = env.values("mail.activity.type", "delay_count", ids)?;
        for ((id, unit), count) in ids.iter().zip(env.values("mail.activity.type", "delay_unit", ids)?).zip(counts) {
            let label = units.iter().find(|(value, _)| Some(value.as_str()) == unit.as_str()).map(|(_, label)| translated(label, "en_US"));
            out.set("delay_label", *id, format!("{} {}", count.as_int().unwrap_or(0), label.unwrap_or_default()));
        }
        Ok(())
    });
}

fn addresses(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let names = env.values(COMPANY, "name", ids)?;
    let domains: Vec<Id> = env.values(COMPANY, "alias_domain_id", ids)?.iter().map(|d| d.as_id().unwrap_or(0)).collect();
    for (email, formatted) in [("bounce_email", "bounce_formatted"), ("catchall_email", "catchall_formatted")] {
        for ((id, address), name) in ids.iter().zip(env.values("mail.alias.domain", email, &domains)?).zip(&names) {
            let address = address.as_str().unwrap_or_default();
            let full = if address.is_empty() { String::new() } else { format!("\"{}\" <{address}>", name.as_str().unwrap_or_default()) };
            out.set(email, *id, address);
            out.set(formatted, *id, full);
        }
    }
    Ok(())
}
