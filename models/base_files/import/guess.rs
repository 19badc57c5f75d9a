//! What a column of a file holds, and which field its heading may mean.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use lastmile_orm::{Map, Value};

use super::cells::{DATES, number, separators};
use super::text;

const TIMES: &[&str] = &["%H:%M:%S", "%H:%M"];
/// Headings that are further away from a field's name than this mean another field.
const FAR: f64 = 0.2;
const TEXTS: &[&str] = &["text", "char", "binary", "selection", "html", "many2many", "many2one", "one2many", "reference"];

/// The kinds of fields that could hold the cells. The format of dates and numbers is kept in the options.
pub(super) fn kinds(cells: &[&str], options: &mut Map) -> Vec<&'static str> {
    let filled: Vec<&str> = cells.iter().map(|c| c.trim()).filter(|c| !c.is_empty()).collect();
    if filled.is_empty() {
        return vec!["all"];
    }
    if filled.iter().all(|c| c.starts_with("__export__")) {
        return vec!["id", "many2many", "many2one", "one2many"];
    }
    if filled.iter().all(|c| c.bytes().all(|b| b.is_ascii_digit())) {
        let mut kinds = vec!["integer", "float", "monetary"];
        if filled.iter().all(|c| matches!(*c, "0" | "1")) {
            kinds.push("boolean");
        }
        return kinds;
    }
    if filled.iter().all(|c| matches!(c.to_lowercase().as_str(), "true" | "false" | "t" | "f")) {
        return vec!["boolean"];
    }
    if filled.iter().all(|c| number(c, options).is_some()) {
        let marked = filled.iter().find(|c| c.contains([',', '.']));
        if let Some((thousand, decimal)) = marked.map(|c| separators(c, options)) {
            let keep = |options: &mut Map, name: &str, mark: Option<char>| {
                if text(options, name).is_empty() {
                    options.insert(name.to_owned(), Value::from(mark.map(String::from).unwrap_or_default()));
                }
            };
            keep(options, "float_thousand_separator", thousand.or(Some(if decimal == ',' { '.' } else { ',' })));
            keep(options, "float_decimal_separator", Some(decimal));
        }
        return vec!["float", "monetary"];
    }
    if let Some(kinds) = temporal(&filled, options) {
        return kinds;
    }
    TEXTS.to_vec()
}

fn temporal(filled: &[&str], options: &mut Map) -> Option<Vec<&'static str>> {
    let wanted = text(options, "date_format").to_owned();
    let dates: Vec<&str> = std::iter::once(wanted.as_str()).filter(|f| !f.is_empty()).chain(DATES.iter().copied()).collect();
    let date = dates.iter().find(|format| filled.iter().all(|c| NaiveDate::parse_from_str(c, format).is_ok()));
    if let Some(format) = date {
        options.insert("date_format".into(), Value::from(*format));
        return Some(vec!["date", "datetime"]);
    }
    let moments = dates.iter().flat_map(|date| TIMES.iter().map(move |time| format!("{date} {time}")));
    let format = moments.into_iter().find(|format| filled.iter().all(|c| NaiveDateTime::parse_from_str(c, format).is_ok()))?;
    options.insert("datetime_format".into(), Value::Str(format));
    Some(vec!["datetime"])
}

/// A proposal for a heading: the path of a field, and how far its name is away.
pub(super) struct Proposal {
    pub path: Vec<String>,
    pub distance: f64,
}

fn of<'v>(field: &'v Value, key: &str) -> &'v str {
    field.as_map().and_then(|f| f.get(key)).and_then(Value::as_str).unwrap_or_default()
}

fn below(field: &Value) -> &[Value] {
    field.as_map().and_then(|f| f.get("fields")).and_then(Value::as_list).unwrap_or_default()
}

/// The field that a heading means: by an earlier import, by name or label, or by a name that is nearly the same.
pub(super) fn propose(heading: &str, kinds: &[&str], tree: &[Value], known: &HashMap<String, String>) -> Option<Proposal> {
    if let Some(path) = known.get(heading) {
        return Some(Proposal { path: path.split('/').map(str::to_owned).collect(), distance: -1.0 });
    }
    let exact = |fields: &[Value], heading: &str| -> Option<Value> {
        let lower = heading.trim().to_lowercase();
        fields.iter().find(|f| [of(f, "name"), of(f, "string")].iter().any(|name| name.to_lowercase() == lower)).cloned()
    };
    if heading.contains('/') {
        let (mut fields, mut path) = (tree.to_vec(), Vec::new());
        for step in heading.split('/') {
            let found = exact(&fields, step).or_else(|| near(&fields, step).map(|(field, _)| field))?;
            path.push(of(&found, "name").to_owned());
            fields = below(&found).to_vec();
        }
        return Some(Proposal { path, distance: 0.0 });
    }
    if let Some(found) = exact(tree, heading) {
        return Some(Proposal { path: vec![of(&found, "name").to_owned()], distance: 0.0 });
    }
    let any = kinds.contains(&"all");
    let fitting: Vec<Value> = tree.iter().filter(|f| any || kinds.contains(&of(f, "type"))).cloned().collect();
    let (found, distance) = near(&fitting, heading)?;
    Some(Proposal { path: vec![of(&found, "name").to_owned()], distance })
}

fn near(fields: &[Value], heading: &str) -> Option<(Value, f64)> {
    let lower = heading.trim().to_lowercase();
    let distance = |field: &Value| {
        let names = [of(field, "name"), of(field, "string")];
        names.iter().map(|name| 1.0 - likeness(&lower, &name.to_lowercase())).fold(1.0, f64::min)
    };
    let nearest = fields.iter().map(|field| (field, distance(field))).min_by(|a, b| a.1.total_cmp(&b.1))?;
    (nearest.1 < FAR).then(|| (nearest.0.clone(), nearest.1))
}

/// How alike two texts are: twice the length of what they share, in order, over the length of both.
fn likeness(a: &str, b: &str) -> f64 {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(200).collect(), b.chars().take(200).collect());
    #[expect(clippy::cast_precision_loss, reason = "lengths of names")]
    let ratio = if a.is_empty() && b.is_empty() { 1.0 } else { 2.0 * shared(&a, &b) as f64 / (a.len() + b.len()) as f64 };
    ratio
}

/// The longest common piece, and what is shared on both sides of it.
fn shared(a: &[char], b: &[char]) -> usize {
    let (mut from, mut to, mut best) = (0, 0, 0);
    let mut lengths = vec![0; b.len() + 1];
    for (i, x) in a.iter().enumerate() {
        let mut before = 0;
        for ((j, y), length) in b.iter().enumerate().zip(lengths.iter_mut().skip(1)) {
            let above = *length;
            *length = if x == y { before + 1 } else { 0 };
            before = above;
            if *length > best {
                (from, to, best) = (i + 1 - *length, j + 1 - *length, *length);
            }
        }
    }
    if best == 0 {
        return 0;
    }
    let side = |a: Option<&[char]>, b: Option<&[char]>| a.zip(b).map_or(0, |(a, b)| shared(a, b));
    best + side(a.get(..from), b.get(..to)) + side(a.get(from + best..), b.get(to + best..))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_kinds() {
        let mut options = Map::new();
        for (cells, first) in [
            (vec!["", " "], "all"),
            (vec!["1", "0"], "integer"),
            (vec!["true", "False"], "boolean"),
            (vec!["1.5", "2,000.25"], "float"),
            (vec!["2024-01-31"], "date"),
            (vec!["31/01/2024 12:30"], "datetime"),
            (vec!["__export__.x_1"], "id"),
            (vec!["abc", "1"], "text"),
        ] {
            assert_eq!(kinds(&cells, &mut options).first(), Some(&first), "{cells:?}");
        }
        assert_eq!(text(&options, "datetime_format"), "%d/%m/%Y %H:%M");
    }

    #[test]
    fn alike_is_counted_as_shared_pieces() {
        assert!((likeness("phone", "phone") - 1.0).abs() < 1e-9);
        assert!((likeness("abcd", "bcde") - 0.75).abs() < 1e-9);
        assert!(likeness("abc", "xyz").abs() < 1e-9);
    }
}
