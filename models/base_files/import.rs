//! `base_import.import`: a CSV file kept with a wizard, and loaded column by column.

use csv::ReaderBuilder;
use lastmile_orm::call::Invocation;
use lastmile_orm::declare::Tx;
use lastmile_orm::{Answer, Declarations, Env, Error, Map, Result, Value, convert, map};

const MODEL: &str = "base_import.import";

/// Declares the method.
pub fn declare(all: &mut Declarations) {
    let wizard = all.model(MODEL);
    wizard.field("file").no_attachment = true;
    wizard.record_method("execute_import", "fields, columns, options, dryrun=False", Tx::Write, execute);
}

fn failed(message: impl Into<String>) -> Answer {
    let message = map! { "type" => "error", "message" => message.into() };
    Answer::Value(Value::Map(map! { "messages" => Value::List(vec![Value::Map(message)]) }))
}

fn execute(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let id = call.one()?;
    let options = call.arg("options").as_map().cloned().unwrap_or_default();
    // One name a column of the file; `false` for columns that are left out.
    let names: Vec<Option<&str>> =
        call.arg("fields").as_list().unwrap_or_default().iter().map(|f| f.as_str().filter(|t| !t.is_empty())).collect();
    if names.iter().all(Option::is_none) {
        return Ok(failed("You must configure at least one field to import"));
    }
    let model = env.value(MODEL, "res_model", id)?.as_str().unwrap_or_default().to_owned();
    env.registry().model(&model)?;
    let Value::Bytes(file) = env.value(MODEL, "file", id)? else { return Ok(failed("The file is empty.")) };
    let rows = match rows(&file, &options) {
        Ok(rows) => rows,
        Err(message) => return Ok(failed(message)),
    };
    let kept: Vec<usize> = names.iter().enumerate().filter(|(_, n)| n.is_some()).map(|(n, _)| n).collect();
    let columns: Vec<&str> = names.iter().copied().flatten().collect();
    let skip = number(&options, "skip");
    let mut data = Vec::new();
    for row in rows.iter().skip(usize::from(flag(&options, "has_headers") || flag(&options, "headers")) + skip) {
        let cells: Vec<&str> = kept.iter().map(|n| row.get(*n).map(|c| c.trim()).unwrap_or_default()).collect();
        if cells.iter().any(|c| !c.is_empty()) {
            data.push(cells);
        }
    }
    if data.is_empty() {
        return Ok(failed("Import file has no content or is corrupt"));
    }
    let values = plain_numbers(env, &model, &columns, &data, &options)?;
    let dry = call.arg("dryrun").truthy();
    let mut context = map! { "import_file" => true };
    if let Some(limit) = options.get("limit").filter(|l| l.truthy()) {
        context.insert("_import_limit".into(), limit.clone());
    }
    let paths: Vec<Vec<String>> = columns.iter().map(|c| lastmile_orm::port::steps(c)).collect();
    let mut result = None;
    let outcome = env.savepoint(|env| {
        result = Some(env.with_context(context, |env| env.load_rows(&model, &paths, &values))?);
        // A trial is taken back like an error.
        if dry { Err(Error::user("trial")) } else { Ok(()) }
    });
    let Some(loaded) = result else {
        outcome?;
        return Ok(failed("nothing was imported"));
    };
    let next = if loaded.nextrow == 0 { 0 } else { loaded.nextrow + skip };
    let shown = match columns.iter().position(|c| *c == "name") {
        Some(at) => std::iter::repeat_n("", skip).chain(data.iter().filter_map(|row| row.get(at).copied())).map(Value::from).collect(),
        None => Vec::new(),
    };
    Ok(Answer::Value(Value::Map(map! {
        "ids" => loaded.ids.map_or(Value::Bool(false), Value::from),
        "messages" => Value::List(loaded.messages.into_iter().map(Value::Map).collect()),
        "nextrow" => i64::try_from(next).unwrap_or(0),
        "name" => Value::List(shown),
    })))
}

fn flag(options: &Map, name: &str) -> bool {
    options.get(name).is_some_and(Value::truthy)
}

fn number(options: &Map, name: &str) -> usize {
    options.get(name).and_then(Value::as_int).and_then(|n| usize::try_from(n).ok()).unwrap_or(0)
}

/// One byte of an option such as the separator.
fn byte(options: &Map, name: &str) -> Option<u8> {
    match options.get(name).and_then(Value::as_str)?.as_bytes() {
        [one] => Some(*one),
        _ => None,
    }
}

/// The rows of a CSV file.
fn rows(file: &[u8], options: &Map) -> Result<Vec<Vec<String>>, String> {
    if file.starts_with(b"PK\x03\x04") {
        return Err("Only CSV files can be imported here.".into());
    }
    let encoding = options.get("encoding").and_then(Value::as_str).unwrap_or_default().to_lowercase();
    let text = match std::str::from_utf8(file) {
        Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
        Err(_) if matches!(encoding.as_str(), "" | "latin1" | "latin-1" | "iso-8859-1" | "windows-1252" | "cp1252") => {
            file.iter().map(|b| char::from(*b)).collect()
        }
        Err(_) => return Err(format!("The file is not encoded as {encoding}.")),
    };
    let guessed = [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|s| (text.lines().next().unwrap_or_default().bytes().filter(|b| b == s).count(), *s == b','));
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(byte(options, "separator").or(guessed).unwrap_or(b','))
        .quote(byte(options, "quoting").unwrap_or(b'"'))
        .from_reader(text.as_bytes());
    let rows: Result<Vec<Vec<String>>, csv::Error> = reader.records().map(|r| r.map(|r| r.iter().map(str::to_owned).collect())).collect();
    rows.map_err(|e| format!("Error parsing the file: {e}"))
}

/// Cells as `load` reads them: numbers with a point and nothing between the digits, dates year first.
fn plain_numbers(env: &Env, model: &str, columns: &[&str], data: &[Vec<&str>], options: &Map) -> Result<Vec<Value>> {
    use lastmile_orm::registry::Kind;
    let text = |name: &str| options.get(name).and_then(Value::as_str).unwrap_or_default();
    let (thousand, decimal) = (text("float_thousand_separator"), text("float_decimal_separator"));
    let reg = env.registry();
    let of = reg.model(model)?;
    let kinds: Vec<Option<Kind>> = columns.iter().map(|c| of.fields.get(*c).map(|f| f.kind)).collect();
    let cell = |kind: &Option<Kind>, cell: &str| match kind {
        Some(Kind::Float | Kind::Monetary | Kind::Integer) if !cell.is_empty() => {
            let bare = if thousand.is_empty() { cell.to_owned() } else { cell.replace(thousand, "") };
            Value::Str(if decimal.is_empty() { bare } else { bare.replace(decimal, ".") })
        }
        Some(Kind::Date) if !cell.is_empty() => {
            let parsed = chrono::NaiveDate::parse_from_str(cell, text("date_format")).ok().filter(|_| !text("date_format").is_empty());
            parsed.map_or_else(|| Value::from(cell), |d| Value::Str(d.format(lastmile_orm::value::DATE).to_string()))
        }
        Some(Kind::Datetime) if !cell.is_empty() => {
            let parsed =
                chrono::NaiveDateTime::parse_from_str(cell, text("datetime_format")).ok().filter(|_| !text("datetime_format").is_empty());
            let known = convert::to_datetime(&Value::from(cell)).is_ok();
            parsed.filter(|_| !known).map_or_else(|| Value::from(cell), |d| Value::Str(d.format(lastmile_orm::value::DATETIME).to_string()))
        }
        _ => Value::from(cell),
    };
    Ok(data.iter().map(|row| Value::List(kinds.iter().zip(row).map(|(k, c)| cell(k, c)).collect())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_spreadsheets_read_as_rows() {
        let none = Map::new();
        assert_eq!(rows(b"name,code\r\n\"a \"\"q\"\", b\",1\r\n", &none).unwrap(), [["name", "code"], ["a \"q\", b", "1"]]);
        assert_eq!(rows(b"\xef\xbb\xbfname;code\na;1,5\n", &none).unwrap(), [["name", "code"], ["a", "1,5"]]);
        assert_eq!(rows(b"n\n\xe9", &none).unwrap(), [["n"], ["é"]]);
        assert!(rows(b"PK\x03\x04...", &none).is_err());
    }
}
