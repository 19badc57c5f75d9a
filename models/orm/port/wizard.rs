//! What the import wizard says about rows that do not fit; it travels in the context of `load`.

use crate::env::Env;
use crate::value::{Map, Value};

/// The wizard's choices. Without the wizard everything that does not fit is an error.
#[derive(Debug, Default)]
pub(super) struct Wizard {
    /// The rows come from a file in the wizard: messages tell which column they are about.
    pub file: bool,
    empty: Vec<String>,
    skip: Vec<String>,
    make: Map,
}

impl Wizard {
    /// Reads the context.
    pub fn of(env: &Env) -> Self {
        let file = env.context_get("import_file").is_some_and(Value::truthy);
        if !file {
            return Wizard::default();
        }
        let names = |key: &str| {
            let list = env.context_get(key).and_then(Value::as_list).unwrap_or_default();
            list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let make = env.context_get("name_create_enabled_fields").and_then(Value::as_map).cloned();
        Wizard { file, empty: names("import_set_empty_fields"), skip: names("import_skip_records"), make: make.unwrap_or_default() }
    }

    /// A value that does not fit leaves the field empty.
    pub fn empties(&self, path: &str) -> bool {
        self.empty.iter().any(|p| p == path)
    }

    /// A value that does not fit leaves the record out.
    pub fn skips(&self, path: &str) -> bool {
        self.skip.iter().any(|p| p == path)
    }

    /// A name that nothing has makes a record.
    pub fn makes(&self, field: &str) -> bool {
        self.make.get(field).is_some_and(Value::truthy)
    }

    /// Whether a converted record is left out.
    pub fn leaves_out(&self, values: &Map) -> bool {
        self.skip.iter().any(|field| values.get(field).is_none_or(|v| *v == Value::None))
    }
}
