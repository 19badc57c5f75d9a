//! Which stored computed fields follow from which: made once with the registry.

use std::collections::HashMap;

use super::{Field, Model, Registry};
use crate::declare::Declarations;

/// Fields that one computation fills: a declared compute, or one stored related field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub model: String,
    /// Stored fields of the group; the first one names it.
    pub fields: Vec<String>,
    /// Computations of lower rank come first.
    pub rank: usize,
}

/// Records of a group's model that a change reaches: those whose `path` leads to the changed records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    pub group: usize,
    /// Relational fields from the group's model to the changed model; empty: the changed records themselves.
    pub path: Vec<String>,
}

/// The whole graph.
#[derive(Debug, Default)]
pub struct Triggers {
    pub groups: Vec<Group>,
    by_field: HashMap<String, HashMap<String, Vec<Trigger>>>,
    by_model: HashMap<String, Vec<usize>>,
}

impl Triggers {
    /// What follows from a field.
    pub fn of(&self, model: &str, field: &str) -> &[Trigger] {
        self.by_field.get(model).and_then(|m| m.get(field)).map(Vec::as_slice).unwrap_or_default()
    }

    /// Computations of a model's own records.
    pub fn groups_of(&self, model: &str) -> &[usize] {
        self.by_model.get(model).map(Vec::as_slice).unwrap_or_default()
    }

    pub(crate) fn build(reg: &Registry, declared: &Declarations) -> Triggers {
        let mut all = Triggers::default();
        let mut names: Vec<&String> = reg.models.keys().collect();
        names.sort();
        for model in names.iter().filter_map(|n| reg.models.get(*n)) {
            for (fields, paths) in computations(model, declared) {
                let group = all.groups.len();
                for path in &paths {
                    for expanded in expand(reg, declared, model, path, 0) {
                        all.add(reg, model, group, &expanded);
                    }
                }
                all.by_model.entry(model.name.clone()).or_default().push(group);
                all.groups.push(Group { model: model.name.clone(), fields, rank: 0 });
            }
        }
        all.rank();
        all
    }

    /// Adds the triggers of one dependency path of stored fields.
    fn add(&mut self, reg: &Registry, model: &Model, group: usize, path: &[String]) {
        let mut at = Some(model);
        for (depth, name) in path.iter().enumerate() {
            let Some(here) = at else { return };
            let Some(field) = here.fields.get(name) else { return };
            let trigger = Trigger { group, path: path.iter().take(depth).cloned().collect() };
            let list = self.by_field.entry(here.name.clone()).or_default().entry(name.clone()).or_default();
            if !list.contains(&trigger) {
                list.push(trigger);
            }
            at = field.relation.as_deref().and_then(|m| reg.models.get(m));
            // A line that moves to another parent changes both parents.
            if let (Some(target), Some(inverse)) = (at, &field.relation_field) {
                let trigger = Trigger { group, path: path.iter().take(depth + 1).cloned().collect() };
                let list = self.by_field.entry(target.name.clone()).or_default().entry(inverse.clone()).or_default();
                if !list.contains(&trigger) {
                    list.push(trigger);
                }
            }
        }
    }

    /// Longest distance from a group that depends on no other.
    fn rank(&mut self) {
        let mut follows: Vec<Vec<usize>> = vec![Vec::new(); self.groups.len()];
        for (n, group) in self.groups.iter().enumerate() {
            for field in &group.fields {
                for trigger in self.of(&group.model, field) {
                    if let Some(list) = follows.get_mut(n)
                        && trigger.group != n
                    {
                        list.push(trigger.group);
                    }
                }
            }
        }
        // Bellman-Ford with a bound: a cycle stops growing after as many rounds as there could be levels.
        for _ in 0..32 {
            let mut changed = false;
            for (n, list) in follows.iter().enumerate() {
                let rank = self.groups.get(n).map_or(0, |g| g.rank);
                for next in list {
                    if let Some(group) = self.groups.get_mut(*next)
                        && group.rank <= rank
                        && rank < 32
                    {
                        group.rank = rank + 1;
                        changed = true;
                    }
                }
            }
            if !changed {
                break;
            }
        }
    }
}

/// Stored computations of a model: fields, and the paths they depend on.
fn computations(model: &Model, declared: &Declarations) -> Vec<(Vec<String>, Vec<Vec<String>>)> {
    let split = |path: &str| path.split('.').map(str::to_owned).collect::<Vec<_>>();
    let mut found = Vec::new();
    if let Some(own) = declared.get(&model.name) {
        for compute in &own.computes {
            let stored: Vec<String> =
                compute.fields.iter().filter(|f| model.fields.get(**f).is_some_and(|f| f.store)).map(|f| (*f).to_owned()).collect();
            if !stored.is_empty() {
                found.push((stored, compute.depends.iter().map(|p| split(p)).collect()));
            }
        }
    }
    let declared_compute = |name: &str| declared.get(&model.name).is_some_and(|d| d.compute_of(name).is_some());
    for field in model.fields.values().filter(|f| f.is_column() && !declared_compute(&f.name)) {
        if let Some(path) = &field.related {
            found.push((vec![field.name.clone()], vec![path.clone()]));
        }
    }
    found
}

/// A dependency path with computed and related steps replaced by the stored fields behind them.
fn expand(reg: &Registry, declared: &Declarations, model: &Model, path: &[String], depth: usize) -> Vec<Vec<String>> {
    let mut done: Vec<String> = Vec::new();
    let mut at = model;
    if depth > 6 {
        return Vec::new();
    }
    for (n, name) in path.iter().enumerate() {
        let Some(field) = at.fields.get(name) else { return if done.is_empty() { Vec::new() } else { vec![done] } };
        if !field.store {
            let tail: Vec<String> = path.iter().skip(n + 1).cloned().collect();
            return behind(declared, at, field)
                .into_iter()
                .flat_map(|mut inner| {
                    inner.extend(tail.iter().cloned());
                    expand(reg, declared, at, &inner, depth + 1)
                })
                .map(|inner| done.iter().cloned().chain(inner).collect())
                .collect();
        }
        done.push(name.clone());
        match field.relation.as_deref().and_then(|m| reg.models.get(m)) {
            Some(next) => at = next,
            None => break,
        }
    }
    vec![done]
}

fn behind(declared: &Declarations, model: &Model, field: &Field) -> Vec<Vec<String>> {
    if let Some(path) = &field.related {
        return vec![path.clone()];
    }
    declared
        .get(&model.name)
        .and_then(|d| d.compute_of(&field.name))
        .map(|c| c.depends.iter().map(|p| p.split('.').map(str::to_owned).collect()).collect())
        .unwrap_or_default()
}
