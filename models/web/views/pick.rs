//! Which fields a view shows, and where: read off the metadata.

use lastmile_orm::Env;
use lastmile_orm::describe::aggregator;
use lastmile_orm::registry::{Field, Kind, Model};

/// Bookkeeping that no view shows on its own.
const TECHNICAL: &[&str] = &[
    "id",
    "display_name",
    "create_uid",
    "create_date",
    "write_uid",
    "write_date",
    "active",
    "x_active",
    "parent_path",
    "access_token",
    "access_url",
    "access_warning",
    "has_message",
    "website_message_ids",
    "rating_ids",
    "my_activity_date_deadline",
    "sequence",
];

/// Parts of chatter and activities: the chatter shows them.
const CHATTER: [&str; 2] = ["message_", "activity_"];

/// The fields of a model that the caller may use, in the order they were declared.
pub struct Fields<'m> {
    pub model: &'m Model,
    usable: Vec<&'m Field>,
}

impl<'m> Fields<'m> {
    /// The fields worth showing.
    pub fn of(env: &Env, model: &'m Model) -> Self {
        let mut usable: Vec<&Field> = model.fields.values().filter(|f| is_shown(f) && env.may_use_field(f)).collect();
        usable.sort_by_key(|f| f.id);
        Fields { model, usable }
    }

    /// The field that names a record.
    pub fn title(&self) -> Option<&'m Field> {
        let name = self.model.rec_name.as_deref()?;
        self.usable.iter().copied().find(|f| f.name == name)
    }

    /// A field by name, when it may be shown.
    pub fn get(&self, name: &str) -> Option<&'m Field> {
        self.usable.iter().copied().find(|f| f.name == name)
    }

    /// What stands where a record is in its life.
    pub fn state(&self) -> Option<&'m Field> {
        self.get("state").filter(|f| f.kind == Kind::Selection)
    }

    /// Fields that fit a cell, the most telling ones first: the name, what is required, links, states and dates, the rest.
    pub fn cells(&self) -> Vec<&'m Field> {
        let mut cells: Vec<&Field> = self.usable.iter().copied().filter(|f| f.is_column() && fits_cell(f) && !is_secret(f)).collect();
        cells.sort_by_key(|f| (self.rank(f), f.id));
        cells
    }

    fn rank(&self, field: &Field) -> u8 {
        match field.kind {
            _ if self.model.rec_name.as_deref() == Some(field.name.as_str()) => 0,
            _ if field.required && field.kind != Kind::Boolean => 1,
            Kind::Selection if field.name == "state" => 1,
            Kind::Many2one | Kind::Date | Kind::Datetime | Kind::Monetary | Kind::Selection => 2,
            Kind::Many2many => 4,
            _ => 3,
        }
    }

    /// Single values for the body of a form.
    pub fn plain(&self) -> Vec<&'m Field> {
        let title = self.title().map(|f| f.name.as_str());
        let state = self.state().map(|f| f.name.as_str());
        let body = |f: &&Field| {
            fits_cell(f) && (f.store || f.related.is_some()) && Some(f.name.as_str()) != title && Some(f.name.as_str()) != state
        };
        self.usable.iter().copied().filter(body).collect()
    }

    /// Long texts and lists of lines: a page each.
    pub fn pages(&self) -> Vec<&'m Field> {
        let page = |f: &&Field| f.store && matches!(f.kind, Kind::One2many | Kind::Text | Kind::Html);
        self.usable.iter().copied().filter(page).collect()
    }

    /// The picture of a record.
    pub fn picture(&self) -> Option<&'m Field> {
        self.get("image_1920")
    }

    /// Fields that rows can be grouped by.
    pub fn groups(&self) -> Vec<&'m Field> {
        let group = |f: &&Field| f.is_column() && matches!(f.kind, Kind::Many2one | Kind::Selection | Kind::Date | Kind::Datetime);
        self.usable.iter().copied().filter(group).collect()
    }

    /// Dates that a calendar can start with; those a person sets come first.
    pub fn dates(&self) -> Vec<&'m Field> {
        let mut dates: Vec<&Field> =
            self.usable.iter().copied().filter(|f| f.is_column() && matches!(f.kind, Kind::Date | Kind::Datetime)).collect();
        dates.sort_by_key(|f| (f.readonly, f.id));
        dates
    }

    /// Numbers that can be summed up.
    pub fn measures(&self) -> Vec<&'m Field> {
        let number =
            |f: &&Field| f.is_column() && matches!(f.kind, Kind::Integer | Kind::Float | Kind::Monetary) && aggregator(f).is_some();
        let mut measures: Vec<&Field> = self.usable.iter().copied().filter(number).collect();
        measures.sort_by_key(|f| (f.kind != Kind::Monetary, f.id));
        measures
    }
}

fn is_shown(field: &Field) -> bool {
    let name = field.name.as_str();
    !TECHNICAL.contains(&name)
        && !CHATTER.iter().any(|part| name.starts_with(part))
        && !matches!(name, "image_128" | "image_256" | "image_512" | "image_1024")
}

/// Passwords are not for lists.
pub fn is_secret(field: &Field) -> bool {
    ["password", "secret"].iter().any(|part| field.name.contains(part))
}

fn fits_cell(field: &Field) -> bool {
    use Kind::{Binary, Html, Json, One2many, Properties, PropertiesDefinition, Text};
    !matches!(field.kind, Binary | Html | Json | One2many | Properties | PropertiesDefinition | Text)
}
