//! What views of many records are made of.

use lastmile_orm::value::{Id, Map, Value};

use super::shape::{Field, Shape};
use crate::pages::admin::action::Window;
use crate::pages::admin::desk::{Desk, Done, maps};
use crate::pages::admin::params::Params;
use crate::pages::admin::place::{Place, Record};
use crate::pages::admin::search::query::Search;
use crate::pages::admin::visit::at;
use crate::pages::admin::widgets::format;

/// A view of many records: whose it is, what it shows, and where.
pub struct View<'a> {
    pub desk: &'a Desk<'a>,
    pub window: &'a Window,
    pub shape: &'a Shape,
    pub search: &'a Search,
    pub place: &'a Place,
    pub params: &'a Params,
}

/// Records that came and how many there are.
pub struct Rows {
    pub records: Vec<Map>,
    pub total: i64,
}

impl View<'_> {
    /// The address of the view.
    pub fn path(&self) -> String {
        self.place.url()
    }

    /// The address of one of its records.
    pub fn url_of(&self, id: Id) -> String {
        at(self.place, self.params, Some(Record::Id(id)))
    }

    /// Records of a domain, with what the search says of the context.
    pub fn read(&self, domain: Value, spec: Map, mut named: Map) -> Done<Rows> {
        named.insert("context".into(), Value::Map(self.search.context.clone()));
        let found = self.desk.call(&self.window.model, "web_search_read", vec![domain, Value::Map(spec)], named)?;
        let mut found = if let Value::Map(map) = found { map } else { Map::new() };
        let total = found.get("length").and_then(Value::as_int).unwrap_or(0);
        Ok(Rows { records: maps(found.shift_remove("records").unwrap_or_default()), total })
    }

    /// Groups of records, with what the search says of the context.
    pub fn read_groups(&self, args: Vec<Value>, mut named: Map) -> Done<Vec<Map>> {
        named.insert("context".into(), Value::Map(self.search.context.clone()));
        let found = self.desk.call(&self.window.model, "web_read_group", args, named)?;
        let mut found = if let Value::Map(map) = found { map } else { Map::new() };
        Ok(maps(found.shift_remove("groups").unwrap_or_default()))
    }

    /// The field of a grouping such as `date:month`.
    pub fn grouping(&self, by: &str) -> Option<&Field> {
        self.shape.field(by.split(':').next().unwrap_or(by))
    }

    /// The name of a group.
    pub fn group_label(&self, by: &str, group: &Map) -> String {
        let words = &self.desk.words;
        let text = match (group.get(by).unwrap_or(&Value::None), self.grouping(by)) {
            (Value::Str(key), Some(field)) if field.kind == "selection" => field.choice(key).to_owned(),
            (Value::List(pair), _) => pair.get(1).map(Value::py_str).unwrap_or_default(),
            (Value::Bool(on), Some(field)) if field.kind == "boolean" => (if *on { words.get("yes") } else { words.get("no") }).to_owned(),
            (other, _) => format::plain(self.desk, other),
        };
        if text.is_empty() { words.get("none").to_owned() } else { text }
    }
}
