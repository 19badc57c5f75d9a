//! Drafts: records of onchange that exist in the cache only.

use crate::convert;
use crate::env::Env;
use crate::error::Result;
use crate::value::{Id, Value};

impl Env {
    /// Sets a field of a draft, as `record.field = value` does in an onchange.
    pub fn assign(&mut self, model: &str, field: &str, draft: Id, value: impl Into<Value>) -> Result<()> {
        let reg = self.registry();
        let found = reg.model(model)?;
        let field = found.field(field)?;
        let value = convert::to_field(found, field, &value.into())?;
        self.cache.set(model, &field.name, draft, value);
        Ok(())
    }
}
