//! Where a page is: `/odoo/action-12/5/m-res.partner/new` is a new partner, come to from record 5 of action 12.

use lastmile_orm::value::Id;
use lastmile_rpc::http::request::encode_component;

/// What a step shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// An action by id, external id or path.
    Action(String),
    /// A model by name.
    Model(String),
}

/// Which record of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Record {
    New,
    Id(Id),
}

/// One step of the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub target: Target,
    pub record: Option<Record>,
}

/// The way to a page; empty at home.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    pub steps: Vec<Step>,
}

impl Place {
    /// Reads what stands after `/odoo/`. `None` for what is no place.
    pub fn parse(path: &str) -> Option<Place> {
        let mut steps: Vec<Step> = Vec::new();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            let record = if part == "new" { Some(Record::New) } else { part.parse().ok().filter(|id| *id > 0).map(Record::Id) };
            if let Some(record) = record {
                let last = steps.last_mut().filter(|step| step.record.is_none())?;
                last.record = Some(record);
                continue;
            }
            if part.len() > 200 || part.chars().any(|c| !(c.is_ascii_alphanumeric() || "._-".contains(c))) {
                return None;
            }
            let target = match (part.strip_prefix("action-"), part.strip_prefix("m-")) {
                (Some(action), _) if !action.is_empty() => Target::Action(action.to_owned()),
                (_, Some(model)) if !model.is_empty() => Target::Model(model.to_owned()),
                _ if part.contains('.') => Target::Model(part.to_owned()),
                _ => Target::Action(part.to_owned()),
            };
            steps.push(Step { target, record: None });
        }
        (steps.len() <= 30).then_some(Place { steps })
    }

    /// The address of the first so many steps.
    pub fn url_of(&self, steps: usize) -> String {
        let mut url = "/odoo".to_owned();
        for step in self.steps.iter().take(steps) {
            match &step.target {
                Target::Action(name) if name.parse::<Id>().is_ok() || name.contains('.') => {
                    url.push_str("/action-");
                    url.push_str(&encode_component(name));
                }
                Target::Action(path) => {
                    url.push('/');
                    url.push_str(&encode_component(path));
                }
                Target::Model(model) => {
                    url.push_str("/m-");
                    url.push_str(&encode_component(model));
                }
            }
            match step.record {
                Some(Record::New) => url.push_str("/new"),
                Some(Record::Id(id)) => {
                    url.push('/');
                    url.push_str(&id.to_string());
                }
                None => {}
            }
        }
        url
    }

    /// The address.
    pub fn url(&self) -> String {
        self.url_of(self.steps.len())
    }

    /// The same way, ending at another record, or at none.
    pub fn at(&self, record: Option<Record>) -> Place {
        let mut place = self.clone();
        if let Some(last) = place.steps.last_mut() {
            last.record = record;
        }
        place
    }

    /// One step further.
    pub fn then(&self, target: Target, record: Option<Record>) -> Place {
        let mut place = self.clone();
        // The way back is long enough; what lies far behind is left out.
        if place.steps.len() >= 8 {
            place.steps.remove(0);
        }
        place.steps.push(Step { target, record });
        place
    }

    /// Where this one was come to from.
    pub fn back(&self) -> Place {
        let mut place = self.clone();
        let one = place.steps.len() == 1;
        match place.steps.last_mut() {
            Some(last) if last.record.is_some() && (one || matches!(last.target, Target::Action(_))) => last.record = None,
            _ => {
                place.steps.pop();
            }
        }
        place
    }

    /// The record it ends at.
    pub fn record(&self) -> Option<Record> {
        self.steps.last().and_then(|step| step.record)
    }

    /// The id of the record it ends at.
    pub fn id(&self) -> Option<Id> {
        match self.record() {
            Some(Record::Id(id)) => Some(id),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_written() {
        for path in ["", "/action-12", "/action-12/5", "/action-a.b/new", "/contacts/3/m-res.users/new", "/m-res.users/2"] {
            let place = Place::parse(path).unwrap();
            assert_eq!(place.url(), format!("/odoo{path}"));
            assert_eq!(Place::parse(place.url().strip_prefix("/odoo").unwrap()), Some(place));
        }
        assert_eq!(Place::parse("res.users/2").unwrap().url(), "/odoo/m-res.users/2");
        for wrong in ["5", "new", "action-1/2/3", "a b", "x/<script>", "é"] {
            assert_eq!(Place::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn ways_go_on_and_back() {
        let place = Place::parse("action-1/5/m-x.y/new").unwrap();
        assert_eq!(place.back().url(), "/odoo/action-1/5");
        assert_eq!(place.back().back().url(), "/odoo/action-1");
        assert_eq!(place.back().back().back().url(), "/odoo");
        assert_eq!(place.at(Some(Record::Id(9))).url(), "/odoo/action-1/5/m-x.y/9");
    }
}
