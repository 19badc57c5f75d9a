//! A visit: who asks for which page, and the way there.

use lastmile_orm::error::Error;
use lastmile_orm::value::Value;
use lastmile_rpc::CallError;

use super::action::{Opened, open};
use super::desk::{Desk, Done};
use super::frame::{Look, Page};
use super::params::Params;
use super::place::{Place, Record, Step, Target};
use super::screens::names;
use super::search::panel::Crumb;

/// A page, or another address.
pub enum Reply {
    Page(Page),
    Go(String),
}

/// What a browser asks for.
pub struct Visit<'a> {
    pub desk: &'a Desk<'a>,
    pub place: Place,
    pub params: Params,
    pub look: Look,
}

/// The address of another record of the same window, or of the window itself.
pub fn at(place: &Place, params: &Params, record: Option<Record>) -> String {
    params.carried().url(&place.at(record).url())
}

/// The names of the steps to a place; the last one is `here`.
pub fn way(visit: &Visit<'_>, here: &str) -> Done<Vec<Crumb>> {
    let mut out: Vec<Crumb> = Vec::new();
    let steps = &visit.place.steps;
    for (n, step) in steps.iter().enumerate() {
        let last = n + 1 == steps.len();
        let before: Place = Place { steps: steps.iter().take(n + 1).cloned().collect() };
        // A record of an action came out of its list; one of a model only when nothing else led to it.
        let listed = matches!(step.target, Target::Action(_)) || n == 0;
        if listed && step.record.is_some() {
            let url = before.at(None).url();
            out.push((name_of(visit.desk, &Step { record: None, ..step.clone() })?, Some(url)));
        }
        if !last {
            out.push((name_of(visit.desk, step)?, Some(before.url())));
        }
    }
    out.push((here.to_owned(), None));
    // A step that cannot be named cannot be gone back to.
    out.retain(|(name, url)| !name.is_empty() || url.is_none());
    out.dedup();
    Ok(out)
}

fn name_of(desk: &Desk<'_>, step: &Step) -> Done<String> {
    let named = match (&step.target, step.record) {
        (_, Some(Record::New)) => return Ok(desk.words.get("new").to_owned()),
        (Target::Action(action), None) if names::find(action).is_some() => {
            let word = names::find(action).map(|name| name.word).unwrap_or_default();
            return Ok(desk.words.get(word).to_owned());
        }
        (Target::Action(action), None) => {
            desk.ask(lastmile_rpc::Query::Action { action: Value::from(action.as_str()), context: lastmile_orm::value::Map::new() })
        }
        (Target::Model(model), None) => return Ok(desk.label_of(model)),
        (target, Some(Record::Id(id))) => {
            let model = match target {
                Target::Model(model) => model.clone(),
                Target::Action(path) if path == "customer" => "res.partner".to_owned(),
                Target::Action(path) if path == "router" => "isp.mikrotik.router".to_owned(),
                Target::Action(_) => match open(desk, step, &Params::default()) {
                    Ok(Opened::Window(window)) => window.model,
                    _ => return Ok(String::new()),
                },
            };
            let fields = Value::from(vec!["display_name"]);
            let args = vec![Value::from(vec![id]), fields];
            desk.call(&model, "read", args, lastmile_orm::value::Map::new())
                .map(|rows| rows.as_list().and_then(|rows| rows.first()).cloned().unwrap_or_default())
        }
    };
    match named {
        Ok(found) => {
            let map = found.as_map().cloned().unwrap_or_default();
            let name = map.get("display_name").or_else(|| map.get("name")).map(Value::py_str).unwrap_or_default();
            Ok(name)
        }
        Err(CallError::Error(Error::Access(_) | Error::Missing(_)) | CallError::MissingAction(_) | CallError::NoModel(_)) => {
            Ok(String::new())
        }
        Err(error) => Err(error),
    }
}
