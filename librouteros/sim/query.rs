//! Conditions on rows: a stack of booleans per row (RouterOS manual, "API", queries).

use std::cmp::Ordering;

use super::kinds::Kind;
use super::schema::Menu;
use super::state::Record;

/// A query word, with its attribute looked up.
#[derive(Debug, Clone)]
enum Step {
    Has(Place),
    Lacks(Place),
    Compare(Place, Ordering, String),
    Operators(String),
}

/// Where a query finds its value.
#[derive(Debug, Clone)]
enum Place {
    Id,
    Attr(usize, Kind),
    /// The menu has no such attribute: no row does.
    Nowhere,
}

/// The query words of a command.
#[derive(Debug, Clone, Default)]
pub(super) struct Filter(Vec<Step>);

impl Filter {
    /// Reads the words, `?` included.
    pub fn new(menu: &Menu, words: &[String]) -> Self {
        Self(words.iter().filter_map(|word| Some(step(menu, word.strip_prefix('?')?))).collect())
    }

    /// Whether the row satisfies all conditions left on the stack. An operator that finds too few values makes the query
    /// match nothing.
    pub fn matches(&self, row: &Record) -> bool {
        let mut stack = Vec::new();
        for step in &self.0 {
            match step {
                Step::Has(place) => stack.push(value(place, row).is_some()),
                Step::Lacks(place) => stack.push(value(place, row).is_none()),
                Step::Compare(place, order, other) => {
                    let found = value(place, row);
                    stack.push(found.is_some_and(|found| compare(place, &found, other) == *order));
                }
                Step::Operators(operators) => {
                    if operate(&mut stack, operators).is_none() {
                        return false;
                    }
                }
            }
        }
        stack.into_iter().all(|held| held)
    }
}

fn step(menu: &Menu, word: &str) -> Step {
    let place = |name: &str| match menu.position(name) {
        Some(at) => menu.attrs.get(at).map_or(Place::Nowhere, |attr| Place::Attr(at, attr.kind.clone())),
        None if name == ".id" => Place::Id,
        None => Place::Nowhere,
    };
    if let Some(operators) = word.strip_prefix('#') {
        return Step::Operators(operators.to_owned());
    }
    if let Some(name) = word.strip_prefix('-') {
        return Step::Lacks(place(name));
    }
    let (order, rest) = match word.chars().next() {
        Some('<') => (Ordering::Less, word.get(1..)),
        Some('>') => (Ordering::Greater, word.get(1..)),
        Some('=') => (Ordering::Equal, word.get(1..)),
        _ => (Ordering::Equal, Some(word)),
    };
    match rest.unwrap_or_default().split_once('=') {
        Some((name, value)) => {
            let place = place(name);
            // Values are compared as stored: `?disabled=no` finds `false`.
            let value = match &place {
                Place::Attr(_, kind) => kind.normalize(value).unwrap_or_else(|_| value.to_owned()),
                _ => value.to_owned(),
            };
            Step::Compare(place, order, value)
        }
        None => Step::Has(place(rest.unwrap_or_default())),
    }
}

fn value(place: &Place, row: &Record) -> Option<String> {
    match place {
        Place::Id => Some(row.id_text()),
        Place::Attr(at, _) => row.get(*at).map(str::to_owned),
        Place::Nowhere => None,
    }
}

fn compare(place: &Place, a: &str, b: &str) -> Ordering {
    match place {
        // Equality is of the stored text; only an unequal pair is ordered by its kind.
        _ if a == b => Ordering::Equal,
        Place::Attr(_, kind) => kind.compare(a, b).then_with(|| a.cmp(b)),
        _ => a.cmp(b),
    }
}

/// Runs the operators of one `?#` word; `None` when the stack has too few values.
///
/// Digits are an index from the top: followed by another character the value there is pushed, at the end of the word it
/// replaces all values. `.` after an index does nothing, elsewhere it copies the top.
fn operate(stack: &mut Vec<bool>, operators: &str) -> Option<()> {
    let mut index: Option<usize> = None;
    let at = |stack: &Vec<bool>, index: usize| stack.iter().rev().nth(index).copied();
    for operator in operators.chars() {
        if let Some(digit) = operator.to_digit(10) {
            let digit = usize::try_from(digit).ok()?;
            index = Some(index.unwrap_or(0).checked_mul(10)?.checked_add(digit)?);
            continue;
        }
        let indexed = index.take();
        if let Some(index) = indexed {
            stack.push(at(stack, index)?);
        }
        match operator {
            '!' => {
                let top = stack.pop()?;
                stack.push(!top);
            }
            '&' | '|' => {
                let (a, b) = (stack.pop()?, stack.pop()?);
                stack.push(if operator == '&' { a && b } else { a || b });
            }
            '.' if indexed.is_none() => stack.push(*stack.last()?),
            '.' => {}
            _ => return None,
        }
    }
    if let Some(index) = index {
        let value = at(stack, index)?;
        stack.clear();
        stack.push(value);
    }
    Some(())
}
