//! What translation needs from its surroundings.

use chrono::NaiveDateTime;
use chrono_tz::Tz;

use crate::error::Result;
use crate::registry::{Field, Model, Registry};
use crate::sql::Sql;
use crate::value::{Id, Value};

use super::{Domain, Op};

/// The model of users, where paths of rules start.
pub const USERS: &str = "res.users";

/// The reader of a query: who asks, when, and what they may see. Implementations answer from memory.
pub trait Host {
    /// The metadata.
    fn registry(&self) -> &Registry;

    /// The user.
    fn uid(&self) -> Id;

    /// Whether rights and rules are bypassed.
    fn su(&self) -> bool;

    /// The language of translated texts.
    fn lang(&self) -> &str;

    /// The company whose values company-dependent fields show.
    fn company_id(&self) -> Id;

    /// The companies the user works in now.
    fn company_ids(&self) -> &[Id];

    /// The current moment, UTC.
    fn now(&self) -> NaiveDateTime;

    /// Where the user is.
    fn tz(&self) -> Tz;

    /// Whether archived records are left out (context `active_test`).
    fn active_test(&self) -> bool;

    /// AccessError when the user has no right to read the model.
    fn check_read(&self, model: &Model) -> Result<()>;

    /// AccessError when the field is hidden from the user by groups.
    fn check_field(&self, model: &Model, field: &Field) -> Result<()>;

    /// The combined record rules for reading (see [`super::rules::combine`]).
    fn read_rule(&self, model: &Model) -> Result<Domain>;

    /// The lines and their link through which a computed relation leads: for conditions that are no values.
    fn search_path(&self, model: &Model, field: &Field) -> Option<&'static [&'static str; 2]>;

    /// Whether a computed field has a declared search.
    fn is_searched(&self, model: &Model, field: &Field) -> bool;

    /// Whether the declared search of a computed field looks at negative operators itself.
    fn searched_as_given(&self, model: &Model, field: &Field) -> bool;

    /// The declared search of a computed field: a domain that means `field op value`. Operators are positive
    /// (the caller negates), a list of one is that one, and booleans are always `= true`. `None`: the field
    /// cannot be searched.
    fn search_computed(&self, model: &Model, field: &Field, op: Op, value: &Value) -> Option<Result<Domain>>;

    /// Fields (or paths) that a search by name looks into. Empty: the model has no names.
    fn name_fields(&self, model: &Model) -> Vec<String> {
        model.rec_name.iter().cloned().collect()
    }

    /// The SQL of a computed field on the row of an alias, when it has one: such fields can be ordered by, and
    /// searched when they have no search of their own.
    fn computed_sql(&self, _alias: &str, _model: &Model, _field: &Field) -> Option<Sql> {
        None
    }

    /// What a path from the user's record leads to, for fields without a column (`["all_group_ids", "ids"]`).
    fn user_values(&self, _path: &[String]) -> Option<Vec<Value>> {
        None
    }

    /// First day of the week of the user's language: 0 is Monday, 6 Sunday.
    fn week_start(&self) -> u32 {
        6
    }
}
