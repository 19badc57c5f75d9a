//! `parse_preview`: what the wizard shows before anything is imported.

use std::collections::HashMap;

use lastmile_orm::call::Invocation;
use lastmile_orm::{Answer, Env, Map, Result, Value, map};

use super::guess::{Proposal, kinds, propose};
use super::{Upload, fields, file, flag, mappings, number, options, upload};

/// How much of a file that cannot be read is shown.
const GLIMPSE: usize = 200;
/// Examples of a column, and their length.
const EXAMPLES: usize = 5;
const EXAMPLE: usize = 50;

pub(super) fn parse(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let upload = upload(env, call.one()?)?;
    let mut options = options(call);
    let count = call.arg("count").as_int().and_then(|n| usize::try_from(n).ok()).unwrap_or(10);
    let tree = fields::of(env, &upload.model, 3)?;
    let rows = match file::rows(&upload, &mut options) {
        Ok(rows) if rows.is_empty() => return Ok(failed(&upload, "Import file has no content or is corrupt")),
        Ok(rows) => rows,
        Err(unfit) => return Ok(failed(&upload, &unfit.message)),
    };
    let length = rows.len();
    let mut preview: Vec<&[String]> = rows.iter().take(count).map(Vec::as_slice).collect();
    let headings: Vec<String> = if flag(&options, "has_headers") && !preview.is_empty() { preview.remove(0).to_vec() } else { Vec::new() };
    let width = preview.iter().map(|row| row.len()).max().unwrap_or(0).max(headings.len());
    let column = |at: usize| -> Vec<&str> { preview.iter().filter_map(|row| row.get(at).map(String::as_str)).collect() };
    let kinds: Vec<Vec<&'static str>> = (0..headings.len()).map(|at| kinds(&column(at), &mut options)).collect();
    let known = mappings(env, &upload.model)?.into_iter().map(|(_, heading, field)| (heading, field)).collect();
    let keep = flag(&options, "keep_matches");
    let matches = if keep { chosen(&options) } else { proposals(&headings, &kinds, tree.as_list().unwrap_or_default(), &known) };
    let advanced = if keep {
        flag(&options, "advanced")
    } else {
        headings.iter().any(|h| lastmile_orm::port::steps(h).len() > 1) || matches.iter().any(|(_, path)| path.len() > 1)
    };
    let examples = (0..width).map(|at| Value::List(examples(&column(at))));
    let limit = number(&options, "limit");
    let batch = limit > 0 && (if count > limit { preview.len() > limit } else { length > limit });
    let by_number = |pairs: Vec<(usize, Value)>| -> Value {
        if pairs.is_empty() {
            Value::Bool(false)
        } else {
            Value::Map(pairs.into_iter().map(|(at, value)| (at.to_string(), value)).collect())
        }
    };
    let texts = |texts: &[String]| Value::List(texts.iter().map(|t| Value::from(t.as_str())).collect());
    let types = kinds.iter().enumerate().map(|(at, kinds)| (at, Value::List(kinds.iter().map(|k| Value::from(*k)).collect())));
    Ok(Answer::Value(Value::Map(map! {
        "fields" => tree,
        "headers" => if headings.is_empty() { Value::Bool(false) } else { texts(&headings) },
        "header_types" => by_number(types.collect()),
        "preview" => Value::List(examples.collect()),
        "options" => Value::Map(options),
        "advanced_mode" => advanced,
        "debug" => env.has_group("base.group_no_one"),
        "batch" => batch,
        "file_length" => i64::try_from(length).unwrap_or(i64::MAX),
        "matches" => by_number(matches.into_iter().map(|(at, path)| (at, texts(&path))).collect()),
    })))
}

/// Why nothing can be shown, and the file's beginning if it is text.
fn failed(upload: &Upload, message: &str) -> Answer {
    let glimpse: String = upload.bytes.iter().take(GLIMPSE).map(|b| char::from(*b)).collect();
    let preview = if upload.kind == "text/csv" && !glimpse.is_empty() { Value::Str(glimpse) } else { Value::Bool(false) };
    Answer::Value(Value::Map(map! { "error" => message, "preview" => preview }))
}

/// The user's own choice of fields.
fn chosen(options: &Map) -> Vec<(usize, Vec<String>)> {
    let fields = options.get("fields").and_then(Value::as_list).unwrap_or_default();
    let paths = fields.iter().enumerate().filter_map(|(at, field)| Some((at, field.as_str().filter(|f| !f.is_empty())?)));
    paths.map(|(at, path)| (at, path.split('/').map(str::to_owned).collect())).collect()
}

/// A field for each heading; no field is proposed twice, the nearest heading has it.
fn proposals(headings: &[String], kinds: &[Vec<&str>], tree: &[Value], known: &HashMap<String, String>) -> Vec<(usize, Vec<String>)> {
    let found = headings.iter().zip(kinds).enumerate();
    let found: Vec<(usize, Proposal)> =
        found.filter(|(_, (h, _))| !h.trim().is_empty()).filter_map(|(at, (h, k))| Some((at, propose(h, k, tree, known)?))).collect();
    let nearest = |at: usize, proposal: &Proposal| {
        let rivals = found.iter().filter(|(other, rival)| *other != at && rival.path == proposal.path);
        rivals.into_iter().all(|(other, rival)| (proposal.distance, at) < (rival.distance, *other))
    };
    found.iter().filter(|(at, proposal)| nearest(*at, proposal)).map(|(at, proposal)| (*at, proposal.path.clone())).collect()
}

fn examples(cells: &[&str]) -> Vec<Value> {
    let filled = cells.iter().filter(|c| !c.is_empty()).take(EXAMPLES);
    let mut shown: Vec<Value> = filled
        .map(|cell| {
            let dots = if cell.chars().count() > EXAMPLE { "..." } else { "" };
            Value::Str(format!("{}{dots}", cell.chars().take(EXAMPLE).collect::<String>()))
        })
        .collect();
    if shown.is_empty() {
        shown.push(Value::from(""));
    }
    shown
}
