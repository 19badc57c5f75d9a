//! Names to values, in the order given.
//!
//! Clients send small maps by the hundred thousand, so a map of a few names is a list that is searched from its
//! beginning: 24 bytes and its entries, no table of hashes. Larger ones are an [`IndexMap`].

use std::fmt;

use ahash::RandomState;
use indexmap::IndexMap;
use indexmap::map::{IntoIter as LargeIntoIter, Iter as LargeIter, IterMut as LargeIterMut};

use crate::value::Value;

/// Most names that are found by searching.
const SMALL: usize = 12;

/// Names to values, in the order given. Equal maps have equal entries, in any order.
#[derive(Clone, Default)]
pub struct Map(Inner);

#[derive(Clone)]
enum Inner {
    Small(Vec<(String, Value)>),
    Large(Box<IndexMap<String, Value, RandomState>>),
}

impl Default for Inner {
    fn default() -> Self {
        Inner::Small(Vec::new())
    }
}

impl Map {
    /// An empty map.
    pub fn new() -> Self {
        Map::default()
    }

    /// An empty map with room for so many names.
    pub fn with_capacity(names: usize) -> Self {
        Map(if names > SMALL {
            Inner::Large(Box::new(IndexMap::with_capacity_and_hasher(names, RandomState::default())))
        } else {
            Inner::Small(Vec::with_capacity(names))
        })
    }

    pub fn len(&self) -> usize {
        match &self.0 {
            Inner::Small(list) => list.len(),
            Inner::Large(map) => map.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn get(&self, name: &str) -> Option<&Value> {
        match &self.0 {
            Inner::Small(list) => list.iter().find(|(known, _)| known == name).map(|(_, value)| value),
            Inner::Large(map) => map.get(name),
        }
    }

    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        match &mut self.0 {
            Inner::Small(list) => list.iter_mut().find(|(known, _)| known == name).map(|(_, value)| value),
            Inner::Large(map) => map.get_mut(name),
        }
    }

    pub fn contains_key(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Sets a value and answers the one before. A name that is there keeps its place.
    pub fn insert(&mut self, name: String, value: Value) -> Option<Value> {
        if let Inner::Small(list) = &mut self.0 {
            if let Some((_, known)) = list.iter_mut().find(|(known, _)| *known == name) {
                return Some(std::mem::replace(known, value));
            }
            if list.len() < SMALL {
                list.push((name, value));
                return None;
            }
            let mut large = IndexMap::with_capacity_and_hasher(2 * SMALL, RandomState::default());
            large.extend(list.drain(..));
            self.0 = Inner::Large(Box::new(large));
        }
        match &mut self.0 {
            Inner::Large(map) => map.insert(name, value),
            Inner::Small(_) => None,
        }
    }

    /// The value of a name, set first when the name is not there.
    pub fn get_or_insert_with(&mut self, name: &str, value: impl FnOnce() -> Value) -> &mut Value {
        if !self.contains_key(name) {
            self.insert(name.to_owned(), value());
        }
        match &mut self.0 {
            Inner::Small(list) => {
                let at = list.iter().position(|(known, _)| known == name).unwrap_or(0);
                #[expect(clippy::indexing_slicing, reason = "the name was put there above")]
                &mut list[at].1
            }
            Inner::Large(map) => map.entry(name.to_owned()).or_default(),
        }
    }

    /// Takes a name out; the others keep their order.
    pub fn shift_remove(&mut self, name: &str) -> Option<Value> {
        match &mut self.0 {
            Inner::Small(list) => {
                let at = list.iter().position(|(known, _)| known == name)?;
                Some(list.remove(at).1)
            }
            Inner::Large(map) => map.shift_remove(name),
        }
    }

    /// Keeps the entries for which `keep` answers true.
    pub fn retain(&mut self, mut keep: impl FnMut(&String, &mut Value) -> bool) {
        match &mut self.0 {
            Inner::Small(list) => list.retain_mut(|(name, value)| keep(name, value)),
            Inner::Large(map) => map.retain(keep),
        }
    }

    pub fn clear(&mut self) {
        self.0 = Inner::default();
    }

    pub fn iter(&self) -> Iter<'_> {
        match &self.0 {
            Inner::Small(list) => Iter::Small(list.iter()),
            Inner::Large(map) => Iter::Large(map.iter()),
        }
    }

    pub fn iter_mut(&mut self) -> IterMut<'_> {
        match &mut self.0 {
            Inner::Small(list) => IterMut::Small(list.iter_mut()),
            Inner::Large(map) => IterMut::Large(map.iter_mut()),
        }
    }

    pub fn keys(&self) -> impl Iterator<Item = &String> {
        self.iter().map(|(name, _)| name)
    }

    pub fn values(&self) -> impl Iterator<Item = &Value> {
        self.iter().map(|(_, value)| value)
    }

    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.iter_mut().map(|(_, value)| value)
    }

    pub fn into_values(self) -> impl Iterator<Item = Value> {
        self.into_iter().map(|(_, value)| value)
    }
}

impl PartialEq for Map {
    fn eq(&self, other: &Map) -> bool {
        self.len() == other.len() && self.iter().all(|(name, value)| other.get(name) == Some(value))
    }
}

impl fmt::Debug for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl std::ops::Index<&str> for Map {
    type Output = Value;

    /// [`Value::None`] for a name that is not there.
    fn index(&self, name: &str) -> &Value {
        self.get(name).unwrap_or(&Value::None)
    }
}

impl Extend<(String, Value)> for Map {
    fn extend<I: IntoIterator<Item = (String, Value)>>(&mut self, entries: I) {
        for (name, value) in entries {
            self.insert(name, value);
        }
    }
}

impl FromIterator<(String, Value)> for Map {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(entries: I) -> Self {
        let entries = entries.into_iter();
        let mut map = Map::with_capacity(entries.size_hint().0);
        map.extend(entries);
        map
    }
}

impl<const N: usize> From<[(String, Value); N]> for Map {
    fn from(entries: [(String, Value); N]) -> Self {
        entries.into_iter().collect()
    }
}

macro_rules! iterator {
    ($(#[$doc:meta])* $name:ident $(<$life:lifetime>)?, $small:ty, $large:ty, $item:ty, $entry:pat => $out:expr) => {
        $(#[$doc])*
        pub enum $name $(<$life>)? {
            #[doc(hidden)]
            Small($small),
            #[doc(hidden)]
            Large($large),
        }

        impl $(<$life>)? Iterator for $name $(<$life>)? {
            type Item = $item;

            fn next(&mut self) -> Option<$item> {
                match self {
                    Self::Small(list) => list.next().map(|$entry| $out),
                    Self::Large(map) => map.next(),
                }
            }

            fn size_hint(&self) -> (usize, Option<usize>) {
                match self {
                    Self::Small(list) => list.size_hint(),
                    Self::Large(map) => map.size_hint(),
                }
            }
        }

        impl $(<$life>)? ExactSizeIterator for $name $(<$life>)? {}

        impl $(<$life>)? DoubleEndedIterator for $name $(<$life>)? {
            fn next_back(&mut self) -> Option<$item> {
                match self {
                    Self::Small(list) => list.next_back().map(|$entry| $out),
                    Self::Large(map) => map.next_back(),
                }
            }
        }
    };
}

iterator! {
    /// Entries of a map.
    Iter<'a>, std::slice::Iter<'a, (String, Value)>, LargeIter<'a, String, Value>, (&'a String, &'a Value), (name, value) => (name, value)
}
iterator! {
    /// Entries of a map whose values may change.
    IterMut<'a>, std::slice::IterMut<'a, (String, Value)>, LargeIterMut<'a, String, Value>, (&'a String, &'a mut Value),
    (name, value) => (&*name, value)
}
iterator! {
    /// Entries taken out of a map.
    IntoIter, std::vec::IntoIter<(String, Value)>, LargeIntoIter<String, Value>, (String, Value), entry => entry
}

impl IntoIterator for Map {
    type Item = (String, Value);
    type IntoIter = IntoIter;

    fn into_iter(self) -> IntoIter {
        match self.0 {
            Inner::Small(list) => IntoIter::Small(list.into_iter()),
            Inner::Large(map) => IntoIter::Large(map.into_iter()),
        }
    }
}

impl<'a> IntoIterator for &'a Map {
    type Item = (&'a String, &'a Value);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Iter<'a> {
        self.iter()
    }
}

impl<'a> IntoIterator for &'a mut Map {
    type Item = (&'a String, &'a mut Value);
    type IntoIter = IterMut<'a>;

    fn into_iter(self) -> IterMut<'a> {
        self.iter_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_small() {
        assert_eq!((size_of::<Map>(), size_of::<Value>()), (24, 32));
    }

    #[test]
    fn small_and_large_maps_behave_alike() {
        for count in [3, SMALL, SMALL + 1, 40] {
            let mut map: Map = (0..count).map(|n| (format!("k{n}"), Value::from(i64::try_from(n).unwrap()))).collect();
            assert_eq!(map.len(), count);
            assert_eq!(map.insert("k1".into(), Value::from("x")), Some(Value::Int(1)));
            assert_eq!(map.keys().nth(1).map(String::as_str), Some("k1"), "it keeps its place");
            assert_eq!(map.shift_remove("k0"), Some(Value::Int(0)));
            assert_eq!(map.shift_remove("k0"), None);
            *map.get_or_insert_with("k1", || Value::None) = Value::from("y");
            assert_eq!(map.get_or_insert_with("new", || Value::Int(7)), &Value::Int(7));
            let names: Vec<String> = map.keys().cloned().collect();
            let mut wanted: Vec<String> = (1..count).map(|n| format!("k{n}")).collect();
            wanted.push("new".into());
            assert_eq!(names, wanted);
            assert_eq!(map["k1"], Value::from("y"));
            assert_eq!(map["none"], Value::None);
            let turned: Map = map.clone().into_iter().rev().collect();
            assert_eq!(turned, map);
            map.retain(|name, _| name == "new");
            assert_eq!(map, Map::from([("new".to_owned(), Value::Int(7))]));
        }
    }
}
