//! Read-only mirrors (the sector of a ticket, the customer of a plan change) follow their source whatever the caller gives:
//! record rules decide by them. Where there is no source (a ticket without a service) what is given stands.

use std::collections::BTreeMap;

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
            if let Some(value) = link.and_then(|_| seen.next()) {
                map.insert(mirror.name.clone(), value);
            }
        }
    }
    next.call(env, values)
}

/// Around a write: mirrors with a source are not written; they follow when the link or its target changes.
pub fn write(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    let mut given = mirrors(env, next.model())?;
    given.retain(|mirror| values.contains_key(&mirror.name));
    let mut groups: BTreeMap<Vec<&str>, Vec<Id>> = BTreeMap::new();
    let mut sources = Vec::with_capacity(given.len());
    for mirror in &given {
        sources.push(match values.get(&mirror.link) {
            Some(link) => vec![link.as_id(); ids.len()],
            None => env.sudo(|env| env.values(next.model(), &mirror.link, ids))?.iter().map(Value::as_id).collect(),
        });
    }
    for (at, id) in ids.iter().enumerate() {
        let follows = |links: &Vec<Option<Id>>| links.get(at).copied().flatten().is_some();
        let dropped = given.iter().zip(&sources).filter(|(_, links)| follows(links)).map(|(mirror, _)| mirror.name.as_str());
        groups.entry(dropped.collect()).or_default().push(*id);
    }
    for (dropped, ids) in groups {
        let mut own = values.clone();
        own.retain(|name, _| !dropped.contains(&name.as_str()));
        next.call(env, &ids, own)?;
    }
    Ok(())
}
