//! Read-only mirrors (the sector of a ticket, the customer of a plan change) follow their source whatever the caller gives:
//! record rules decide by them.

use lastmile_orm::declare::{CreateHook, Next, WriteHook};
use lastmile_orm::{Env, Id, Map, Result, Value};

/// A mirror: its name, the link that it looks through, the field at the other end and its model.
struct Mirror {
    name: String,
    link: String,
    target: String,
    field: String,
}

fn mirrors(env: &Env, model: &str) -> Result<Vec<Mirror>> {
    let reg = env.registry();
    let found = reg.model(model)?;
    let mut out = Vec::new();
    for field in found.fields.values().filter(|field| field.readonly && field.is_column() && !field.inherited) {
        let Some([link, end]) = field.related.as_deref() else { continue };
        let target = reg.target(found.field(link)?)?.name.clone();
        out.push(Mirror { name: field.name.clone(), link: link.clone(), target, field: end.clone() });
    }
    out.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(out)
}

/// Around a create: mirrors get the value of their source. It is said and not left out, so that no default takes its place.
pub fn create(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    let model = next.model().to_owned();
    for mirror in mirrors(env, &model)? {
        env.fill_defaults(&model, &[&mirror.link], &mut values)?;
        let links: Vec<Option<Id>> = values.iter().map(|map| map.get(&mirror.link).and_then(Value::as_id)).collect();
        let known: Vec<Id> = links.iter().copied().flatten().collect();
        let mut seen = env.sudo(|env| env.values(&mirror.target, &mirror.field, &known))?.into_iter();
        for (map, link) in values.iter_mut().zip(links) {
            let value = link.and_then(|_| seen.next()).unwrap_or(Value::None);
            map.insert(mirror.name.clone(), value);
        }
    }
    next.call(env, values)
}

/// Around a write: mirrors are not written; they follow when the link or its target changes.
pub fn write(env: &mut Env, ids: &[Id], mut values: Map, next: &Next<WriteHook>) -> Result<()> {
    for mirror in mirrors(env, next.model())? {
        values.shift_remove(&mirror.name);
    }
    next.call(env, ids, values)
}
