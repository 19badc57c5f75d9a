//! `fill_temporal`: groups for periods in which there is nothing.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;

use crate::env::Env;
use crate::error::Result;
use crate::registry::Kind;
use crate::value::{Map, Value};

use super::period::named;
use super::run::{Group, Groups, Key, empty_value};
use super::spec::Ask;

/// Most periods that are filled in: a range that clients name could be endless.
const MAX_PERIODS: usize = 10_000;

impl Env {
    /// What the context asks to fill in.
    fn fill_asked(&self) -> Option<Map> {
        match self.context_get("fill_temporal")? {
            Value::Map(map) => Some(map.clone()),
            other => other.truthy().then(Map::new),
        }
    }

    /// Adds empty groups between the first and the last period of the first dimension.
    pub(super) fn fill_temporal(&self, ask: &Ask, groups: &mut Groups) -> Result<()> {
        let (Some(asked), Some(first), Some(kind)) = (self.fill_asked(), ask.groups.first(), groups.kinds.first()) else { return Ok(()) };
        let Some(granularity) = first.granularity.filter(|g| !g.is_part()) else { return Ok(()) };
        let zone = self.group_zone().filter(|_| *kind == Kind::Datetime);
        let start_of = |group: &Group| match group.keys.first().map(|key| &key.value) {
            Some(Value::DateTime(start)) => Some(*start),
            _ => None,
        };
        let known: BTreeSet<NaiveDateTime> = groups.rows.iter().filter_map(start_of).collect();
        let bound = |name: &str| -> Result<Option<NaiveDateTime>> {
            let at = asked.get(name).map_or(Ok(None), |value| named(value, zone))?;
            Ok(at.map(|at| granularity.floor(at, groups.locale.week_start)))
        };
        let from = bound("fill_from")?.or(known.first().copied());
        let to = bound("fill_to")?.or(known.last().copied());
        let (Some(from), Some(mut to)) = (from.or(to), to.or(from)) else { return Ok(()) };
        let least = asked.get("min_groups").and_then(Value::as_int).and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
        if least > 0 {
            to = to.max(granularity.after(from, least - 1));
        }
        let mut wanted = known;
        let mut at = from;
        while at <= to && wanted.len() < MAX_PERIODS {
            wanted.insert(at);
            at = granularity.after(at, 1);
        }
        let (mut dated, undated): (Vec<Group>, Vec<Group>) =
            std::mem::take(&mut groups.rows).into_iter().partition(|g| start_of(g).is_some());
        for start in wanted {
            if !dated.iter().any(|group| start_of(group) == Some(start)) {
                let nothing = Key { value: Value::None, name: None };
                let mut keys = vec![Key { value: Value::DateTime(start), name: None }];
                keys.resize(ask.groups.len(), nothing);
                dated.push(Group { keys, aggregates: ask.aggregates.iter().map(empty_value).collect() });
            }
        }
        dated.sort_by_key(start_of);
        dated.extend(undated);
        groups.rows = dated;
        Ok(())
    }
}
