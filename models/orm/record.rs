//! Typed access for code: models and fields as constants, records as ids.
//!
//! ```text
//! model! { pub Subscription = "isp.subscription" { NAME: "name" Char, PLAN: "plan_id" Many2one<Plan> } }
//! let plan = subs.get(env, Subscription::PLAN)?;
//! ```

use std::marker::PhantomData;

use chrono::{NaiveDate, NaiveDateTime};

use crate::domain::Domain;
use crate::env::Env;
use crate::error::{Error, Result};
use crate::value::{Id, Map, Value};

/// A declared model.
pub trait ModelType: Copy + 'static {
    /// Name on the wire.
    const NAME: &'static str;
}

/// What a field's value is in Rust.
pub trait FieldType: 'static {
    type Out;
    /// From the canonical value.
    fn read(value: &Value) -> Self::Out;
}

/// A declared field.
pub struct Field<M, T> {
    pub name: &'static str,
    kind: PhantomData<fn() -> (M, T)>,
}

impl<M, T> Clone for Field<M, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<M, T> Copy for Field<M, T> {}

impl<M, T> Field<M, T> {
    /// The field of a name.
    pub const fn new(name: &'static str) -> Self {
        Field { name, kind: PhantomData }
    }
}

macro_rules! field_types {
    ($($(#[$doc:meta])* $name:ident => $out:ty, $read:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;
        impl FieldType for $name {
            type Out = $out;
            fn read(value: &Value) -> $out {
                let read: fn(&Value) -> $out = $read;
                read(value)
            }
        }
    )*};
}

field_types! {
    /// char, text, html, selection: empty text when empty.
    Char => String, |v| v.as_str().unwrap_or_default().to_owned();
    Integer => i64, |v| v.as_int().unwrap_or(0);
    /// float, monetary.
    Float => f64, |v| v.as_float().unwrap_or(0.0);
    Boolean => bool, Value::truthy;
    Date => Option<NaiveDate>, |v| if let Value::Date(d) = v { Some(*d) } else { None };
    Datetime => Option<NaiveDateTime>, |v| if let Value::DateTime(d) = v { Some(*d) } else { None };
    Binary => Option<Vec<u8>>, |v| if let Value::Bytes(b) = v { Some(b.clone()) } else { None };
}

/// many2one: no record or one.
#[derive(Clone, Copy, Debug)]
pub struct Many2one<T>(PhantomData<fn() -> T>);
/// one2many, many2many.
#[derive(Clone, Copy, Debug)]
pub struct X2many<T>(PhantomData<fn() -> T>);

impl<T: ModelType> FieldType for Many2one<T> {
    type Out = Records<T>;
    fn read(value: &Value) -> Records<T> {
        Records::new(value.as_id().into_iter().collect())
    }
}
impl<T: ModelType> FieldType for X2many<T> {
    type Out = Records<T>;
    fn read(value: &Value) -> Records<T> {
        Records::new(value.ids())
    }
}

/// Records of a model: ids, in order.
#[derive(Debug)]
pub struct Records<M> {
    pub ids: Vec<Id>,
    model: PhantomData<fn() -> M>,
}

impl<M> Clone for Records<M> {
    fn clone(&self) -> Self {
        Records { ids: self.ids.clone(), model: PhantomData }
    }
}

impl<M: ModelType> Records<M> {
    /// Records of ids.
    pub fn new(ids: Vec<Id>) -> Self {
        Records { ids, model: PhantomData }
    }

    /// No records.
    pub fn none() -> Self {
        Self::new(Vec::new())
    }

    /// One record.
    pub fn one(id: Id) -> Self {
        Self::new(vec![id])
    }

    /// Nothing in it.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The first id, when there is one.
    pub fn id(&self) -> Option<Id> {
        self.ids.first().copied()
    }

    /// The only id, or Odoo's ValueError.
    pub fn ensure_one(&self) -> Result<Id> {
        match self.ids.as_slice() {
            [id] => Ok(*id),
            _ => Err(Error::value(format!("Expected singleton: {}{:?}", M::NAME, self.ids))),
        }
    }

    /// A field of the first record; empty for no records.
    pub fn get<T: FieldType>(&self, env: &mut Env, field: Field<M, T>) -> Result<T::Out> {
        match self.id() {
            // All records are asked for, so that the next ones find theirs in the cache.
            Some(_) => Ok(T::read(env.values(M::NAME, field.name, &self.ids)?.first().unwrap_or(&Value::None))),
            None => Ok(T::read(&Value::None)),
        }
    }

    /// A field of every record.
    pub fn all<T: FieldType>(&self, env: &mut Env, field: Field<M, T>) -> Result<Vec<T::Out>> {
        Ok(env.values(M::NAME, field.name, &self.ids)?.iter().map(T::read).collect())
    }

    /// Every record with a field of it.
    pub fn with<T: FieldType>(&self, env: &mut Env, field: Field<M, T>) -> Result<Vec<(Id, T::Out)>> {
        Ok(self.ids.iter().copied().zip(self.all(env, field)?).collect())
    }

    /// Records that a relational field of these leads to, each once.
    pub fn follow<T: ModelType, K: FieldType<Out = Records<T>>>(&self, env: &mut Env, field: Field<M, K>) -> Result<Records<T>> {
        Ok(Records::new(env.linked(M::NAME, field.name, &self.ids)?))
    }

    /// Those whose field answers a test.
    pub fn filter<T: FieldType>(&self, env: &mut Env, field: Field<M, T>, test: impl Fn(&T::Out) -> bool) -> Result<Self> {
        Ok(Self::new(self.with(env, field)?.into_iter().filter(|(_, v)| test(v)).map(|(id, _)| id).collect()))
    }

    /// Writes the same values to all.
    pub fn write(&self, env: &mut Env, values: Map) -> Result<()> {
        env.write(M::NAME, &self.ids, values)
    }

    /// Deletes all.
    pub fn unlink(&self, env: &mut Env) -> Result<()> {
        env.unlink(M::NAME, &self.ids)
    }

    /// One by one.
    pub fn iter(&self) -> impl Iterator<Item = Records<M>> + '_ {
        self.ids.iter().map(|id| Records::one(*id))
    }

    /// Records that match a domain, in the model's order.
    pub fn search(env: &mut Env, domain: &Domain) -> Result<Self> {
        Ok(Self::new(env.search_all(M::NAME, domain)?))
    }

    /// Creates records.
    pub fn create(env: &mut Env, values: Vec<Map>) -> Result<Self> {
        Ok(Self::new(env.create(M::NAME, values)?))
    }

    /// Names, one a record.
    pub fn names(&self, env: &mut Env) -> Result<Vec<String>> {
        env.names(M::NAME, &self.ids)
    }
}

/// Declares models and the fields that code touches.
#[macro_export]
macro_rules! model {
    ($($(#[$doc:meta])* $vis:vis $model:ident = $name:literal { $($field:ident: $column:literal $kind:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        $vis struct $model;
        impl $crate::record::ModelType for $model {
            const NAME: &'static str = $name;
        }
        #[allow(missing_docs)]
        impl $model {
            $(pub const $field: $crate::record::Field<$model, $kind> = $crate::record::Field::new($column);)*
        }
    )*};
}
