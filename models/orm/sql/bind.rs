//! What can stand for a bind in [`sql!`](super::sql): one SQL type for each Rust type.

use chrono::{NaiveDate, NaiveDateTime};
use rust_decimal::Decimal;

use super::{Bind, Sql};
use crate::value::Id;

/// A value that is sent beside the text of a statement.
pub trait ToBind {
    /// The bind of a value that its owner keeps.
    fn to_bind(&self) -> Bind;

    /// The bind of a value that is not needed any more.
    fn into_bind(self) -> Bind
    where
        Self: Sized,
    {
        self.to_bind()
    }
}

macro_rules! scalars {
    ($($type:ty => $variant:ident;)*) => {$(
        impl ToBind for $type {
            fn to_bind(&self) -> Bind {
                Bind::$variant(Some(self.to_owned()))
            }
        }
        impl ToBind for Option<$type> {
            fn to_bind(&self) -> Bind {
                Bind::$variant(self.to_owned())
            }
        }
    )*};
}

scalars! {
    Id => Int;
    i64 => Big;
    f64 => Float;
    Decimal => Decimal;
    bool => Bool;
    NaiveDate => Date;
    NaiveDateTime => Timestamp;
}

macro_rules! owned {
    ($($type:ty => $variant:ident;)*) => {$(
        impl ToBind for $type {
            fn to_bind(&self) -> Bind {
                self.clone().into_bind()
            }
            fn into_bind(self) -> Bind {
                Bind::$variant(Some(self))
            }
        }
        impl ToBind for Option<$type> {
            fn to_bind(&self) -> Bind {
                self.clone().into_bind()
            }
            fn into_bind(self) -> Bind {
                Bind::$variant(self)
            }
        }
    )*};
}

owned! {
    String => Text;
    Vec<u8> => Bytes;
}

impl ToBind for str {
    fn to_bind(&self) -> Bind {
        Bind::Text(Some(self.to_owned()))
    }
}

impl ToBind for Option<&str> {
    fn to_bind(&self) -> Bind {
        Bind::Text(self.map(str::to_owned))
    }
}

/// Ids, for `= ANY({ids})`.
impl ToBind for [Id] {
    fn to_bind(&self) -> Bind {
        Bind::ids(self)
    }
}

impl<const N: usize> ToBind for [Id; N] {
    fn to_bind(&self) -> Bind {
        Bind::ids(self)
    }
}

impl ToBind for Vec<Id> {
    fn to_bind(&self) -> Bind {
        Bind::ids(self)
    }
}

impl ToBind for Bind {
    fn to_bind(&self) -> Bind {
        self.clone()
    }

    fn into_bind(self) -> Bind {
        self
    }
}

impl<T: ToBind + ?Sized> ToBind for &T {
    fn to_bind(&self) -> Bind {
        (**self).to_bind()
    }
}

impl From<&'static str> for Sql {
    fn from(text: &'static str) -> Self {
        Sql::lit(text)
    }
}
