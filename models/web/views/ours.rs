//! Architectures of our own for the models that people work with most. Who asks for them (`options={'ours': True}`) gets them in place of generated ones;
//! those that somebody wrote in the database come first all the same.

use lastmile_orm::access::Operation;
use lastmile_orm::registry::{Kind, Model};
use lastmile_orm::{Env, Error, Result};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Model, kind, architecture.
const VIEWS: &[(&str, &str, &str)] = &[
    ("account.move", "form", include_str!("ours/account.move.form.xml")),
    ("account.move", "list", include_str!("ours/account.move.list.xml")),
    ("account.payment", "form", include_str!("ours/account.payment.form.xml")),
    ("isp.bank.transfer.payment", "form", include_str!("ours/isp.bank.transfer.payment.form.xml")),
    ("isp.fault.ticket", "form", include_str!("ours/isp.fault.ticket.form.xml")),
    ("isp.subscription", "form", include_str!("ours/isp.subscription.form.xml")),
    ("res.partner", "form", include_str!("ours/res.partner.form.xml")),
    ("res.users", "form", include_str!("ours/res.users.form.xml")),
];

/// Our architecture for a model, without what the database does not have or the reader may not use.
pub fn arch(env: &Env, model: &Model, kind: &str) -> Result<Option<String>> {
    let Some((_, _, text)) = VIEWS.iter().find(|(name, of, _)| *name == model.name && *of == kind) else { return Ok(None) };
    usable(env, model, text).map(Some)
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    tag.attributes().flatten().find(|a| a.key.into_inner() == name).map(|a| a.value.into_owned())
}

/// Whether a tag makes sense here, and which model what is inside is about.
fn fits<'r>(env: &Env, reg: &'r lastmile_orm::registry::Registry, model: &'r Model, tag: &BytesStart<'_>) -> Option<&'r Model> {
    let name = attribute(tag, "name").unwrap_or_default();
    match tag.name().into_inner() {
        "field" => {
            let field = model.fields.get(&name).filter(|f| env.may_use_field(f))?;
            let target = field.relation.as_deref().and_then(|name| reg.models.get(name));
            match (field.kind, target) {
                (Kind::One2many, Some(target)) => env.may(&target.name, Operation::Read).unwrap_or(false).then_some(target),
                (_, target) => Some(target.unwrap_or(model)),
            }
        }
        "button" if attribute(tag, "type").as_deref() == Some("object") => env.declared().method(model, &name).map(|_| model),
        _ => Some(model),
    }
}

fn usable(env: &Env, model: &Model, text: &str) -> Result<String> {
    let reg = env.registry();
    let wrong = |e: quick_xml::Error| Error::internal(format!("a view of ours: {e}"));
    let mut reader = Reader::from_str(text);
    let (mut out, mut path, mut skipped) = (String::with_capacity(text.len()), vec![model], 0_usize);
    loop {
        match reader.read_event().map_err(wrong)? {
            Event::Eof => return Ok(out),
            Event::Start(_) if skipped > 0 => skipped += 1,
            Event::End(_) if skipped > 0 => skipped -= 1,
            Event::Start(tag) => match path.last().and_then(|on| fits(env, &reg, on, &tag)) {
                Some(inner) => {
                    path.push(inner);
                    out.push_str(&format!("<{}>", &*tag));
                }
                None => skipped = 1,
            },
            Event::End(tag) => {
                path.pop();
                out.push_str(&format!("</{}>", tag.name().into_inner()));
            }
            Event::Empty(tag) if skipped == 0 && path.last().is_some_and(|on| fits(env, &reg, on, &tag).is_some()) => {
                out.push_str(&format!("<{}/>", &*tag));
            }
            _ => {}
        }
    }
}
