//! The texts of mail.template, and who may write them.

use std::collections::HashMap;

use lastmile_orm::access::Operation;
use lastmile_orm::{Env, Id, Result, Value};

use super::{render, restrict};

pub(super) const TEMPLATE: &str = "mail.template";

/// What a template says, in a language.
pub struct Template {
    pub(super) model: String,
    pub(super) texts: HashMap<&'static str, String>,
    pub(super) use_default_to: bool,
    pub(super) auto_delete: bool,
    pub(super) server: Option<Id>,
    pub(super) layout: Option<String>,
    pub(super) files: Vec<Id>,
}

/// Fields that are rendered.
pub(super) const TEXTS: [&str; 9] =
    ["subject", "body_html", "email_from", "email_to", "partner_to", "email_cc", "reply_to", "lang", "scheduled_date"];

/// Reads it.
pub fn load(env: &mut Env, template: Id) -> Result<Template> {
    let mut texts = HashMap::new();
    for name in TEXTS {
        let value = env.value(TEMPLATE, name, template)?;
        texts.insert(name, value.as_str().unwrap_or_default().to_owned());
    }
    Ok(Template {
        model: env.value(TEMPLATE, "model", template)?.as_str().unwrap_or_default().to_owned(),
        texts,
        use_default_to: env.value(TEMPLATE, "use_default_to", template)?.truthy(),
        auto_delete: env.value(TEMPLATE, "auto_delete", template)?.truthy(),
        server: env.value(TEMPLATE, "mail_server_id", template)?.as_id(),
        layout: env.value(TEMPLATE, "email_layout_xmlid", template)?.as_str().filter(|l| !l.is_empty()).map(str::to_owned),
        files: env.value(TEMPLATE, "attachment_ids", template)?.ids(),
    })
}

/// Who writes a template may read its files and use its placeholders, in every language.
pub(super) fn authored(env: &mut Env, ids: &[Id], files: &[Id]) -> Result<()> {
    crate::base::attachments::demand(env, files, Operation::Read)?;
    if restrict::is_editor(env) {
        return Ok(());
    }
    for lang in env.registry().langs.clone() {
        env.flush()?;
        env.invalidate();
        env.with_context(lastmile_orm::map! { "lang" => lang.as_str() }, |env| {
            for id in ids {
                let found = env.sudo(|env| load(env, *id))?;
                let (bodies, lines): (Vec<_>, Vec<_>) = found.texts.iter().partition(|(name, _)| **name == "body_html");
                restrict::demand(env, lines.iter().map(|(_, text)| text.as_str()), bodies.first().map_or("", |(_, text)| text.as_str()))?;
            }
            Ok(())
        })?;
    }
    env.invalidate();
    Ok(())
}

/// The template, when the caller may read it.
pub(super) fn open(env: &mut Env, template: Id) -> Result<Template> {
    readable(env, TEMPLATE, &[template])?;
    env.sudo(|env| load(env, template))
}

/// AccessError unless the caller may read the records.
pub(super) fn readable(env: &mut Env, model: &str, records: &[Id]) -> Result<()> {
    env.check_access(model, Operation::Read)?;
    env.check_records(model, records, Operation::Read)
}

pub(super) fn renders(env: &mut Env, ids: &[Id]) -> Result<()> {
    for id in ids {
        let template = load(env, *id)?;
        if template.model.is_empty() {
            continue;
        }
        let text = |name: &str| template.texts.get(name).map(String::as_str).unwrap_or_default();
        let lines: Vec<&str> = TEXTS.iter().filter(|n| **n != "body_html").map(|n| text(n)).collect();
        render::check(&env.registry(), &template.model, &lines, text("body_html"))?;
    }
    Ok(())
}

/// Texts that are the template's own were written by somebody who might; others may hold only what the caller may write.
pub fn trusted(env: &Env, template: &Template, said: (&Value, &Value)) -> Result<()> {
    let text = |name: &str| template.texts.get(name).map(String::as_str).unwrap_or_default();
    let (line, body) = (said.0.as_str().unwrap_or_default(), said.1.as_str().unwrap_or_default());
    let own = body == text("body_html") || body == crate::base::sanitize::clean(text("body_html"));
    restrict::demand(env, Some(line).filter(|line| *line != text("subject")), if own { "" } else { body })
}
