//! Rows of values as CSV and XLSX.
//!
//! A text that a spreadsheet would take for a formula is given an apostrophe in CSV; in XLSX texts are texts, with
//! spaces for carriage returns.

use csv::{QuoteStyle, Terminator, WriterBuilder};
use lastmile_orm::answer::write_value;
use lastmile_orm::error::{Error, Result};
use lastmile_orm::value::{DATE, DATETIME, Value};
use rust_xlsxwriter::{Format, FormatAlign, Workbook, Worksheet, XlsxError};

use crate::json::JsonSink;

/// Most characters of a cell of XLSX.
const CELL: usize = 32_767;
/// Most rows of a sheet of XLSX, its heading included.
const ROWS: usize = 1_048_576;

fn broken(error: impl std::fmt::Display) -> Error {
    Error::internal(format!("a spreadsheet could not be written: {error}"))
}

/// A cell of CSV. False is empty, as every empty value is.
fn text(value: &Value) -> Result<String> {
    Ok(match value {
        Value::None | Value::Bool(false) => String::new(),
        Value::Bool(true) => "True".into(),
        Value::Str(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => format!("'{text}"),
        Value::Str(text) => text.clone(),
        Value::Date(date) => date.format(DATE).to_string(),
        Value::DateTime(at) => at.format(DATETIME).to_string(),
        Value::List(_) | Value::Map(_) | Value::Bytes(_) => document(value)?,
        other => other.py_str(),
    })
}

/// Lists and maps as JSON, bytes as base64.
fn document(value: &Value) -> Result<String> {
    let mut out = Vec::new();
    write_value(value, &mut JsonSink::new(&mut out))?;
    Ok(String::from_utf8_lossy(&out).trim_matches('"').to_owned())
}

/// A CSV file: every cell in quotes.
pub fn csv(headers: &[String], rows: &[Value]) -> Result<Vec<u8>> {
    let mut writer =
        WriterBuilder::new().quote_style(QuoteStyle::Always).terminator(Terminator::CRLF).flexible(true).from_writer(Vec::new());
    writer.write_record(headers).map_err(broken)?;
    for row in rows {
        let cells = row.as_list().unwrap_or_default().iter().map(text).collect::<Result<Vec<_>>>()?;
        writer.write_record(cells).map_err(broken)?;
    }
    writer.into_inner().map_err(broken)
}

/// The formats of a sheet.
struct Formats {
    heading: Format,
    wrapped: Format,
    date: Format,
    datetime: Format,
    number: Format,
}

impl Formats {
    fn new() -> Self {
        Formats {
            heading: Format::new().set_bold(),
            wrapped: Format::new().set_text_wrap().set_align(FormatAlign::Top),
            date: Format::new().set_num_format("yyyy-mm-dd"),
            datetime: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            number: Format::new().set_num_format("#,##0.00"),
        }
    }
}

fn put(sheet: &mut Worksheet, formats: &Formats, row: u32, column: u16, value: &Value) -> Result<(), XlsxError> {
    let cut = |text: &str| text.chars().take(CELL).map(|c| if c == '\r' { ' ' } else { c }).collect::<String>();
    match value {
        Value::None | Value::Bool(false) => return Ok(()),
        Value::Bool(true) => sheet.write_boolean(row, column, true),
        #[expect(clippy::cast_precision_loss, reason = "spreadsheets have no other numbers")]
        Value::Int(n) => sheet.write_number(row, column, *n as f64),
        Value::Float(_) | Value::Decimal(_) => {
            sheet.write_number_with_format(row, column, value.as_float().unwrap_or(0.0), &formats.number)
        }
        Value::Date(date) => sheet.write_datetime_with_format(row, column, *date, &formats.date),
        Value::DateTime(at) => sheet.write_datetime_with_format(row, column, *at, &formats.datetime),
        Value::Str(text) if text.is_empty() => return Ok(()),
        Value::Str(text) => sheet.write_string_with_format(row, column, cut(text), &formats.wrapped),
        other => {
            let text = document(other).unwrap_or_default();
            sheet.write_string_with_format(row, column, cut(&text), &formats.wrapped)
        }
    }
    .map(|_| ())
}

/// An XLSX file of one sheet.
///
/// # Errors
/// UserError when there are more rows than a sheet can hold.
pub fn xlsx(headers: &[String], rows: &[Value]) -> Result<Vec<u8>> {
    if rows.len() >= ROWS {
        return Err(Error::user(format!(
            "There are too many rows ({} rows, limit: {ROWS}) to export as Excel 2007-2013 (.xlsx) format. Consider splitting the export.",
            rows.len()
        )));
    }
    let mut book = Workbook::new();
    let formats = Formats::new();
    let sheet = book.add_worksheet_with_constant_memory().map_err(broken)?;
    fill(sheet, &formats, headers, rows).map_err(broken)?;
    book.save_to_buffer().map_err(broken)
}

fn fill(sheet: &mut Worksheet, formats: &Formats, headers: &[String], rows: &[Value]) -> Result<(), XlsxError> {
    for (column, header) in (0..).zip(headers) {
        sheet.set_column_width(column, 30)?;
        sheet.write_string_with_format(0, column, header, &formats.heading)?;
    }
    for (row, cells) in (1..).zip(rows) {
        for (column, value) in (0..).zip(cells.as_list().unwrap_or_default()) {
            put(sheet, formats, row, column, value)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> Vec<Value> {
        vec![Value::List(vec![
            Value::from("a \"q\", b"),
            Value::from("=1+1"),
            Value::Int(3),
            Value::Bool(false),
            Value::Float(1.0),
            Value::Bool(true),
        ])]
    }

    #[test]
    fn csv_disarms_what_begins_a_formula_and_nothing_else() {
        for armed in ["=1+1", "+1", "-1", "@SUM(1)", "\t=1+1", "\r=1+1"] {
            assert_eq!(text(&Value::from(armed)).unwrap(), format!("'{armed}"));
        }
        for plain in ["a=1", " =1", "\n=1", "1-1", "'x", ""] {
            assert_eq!(text(&Value::from(plain)).unwrap(), plain);
        }
        assert_eq!(text(&Value::Int(-1)).unwrap(), "-1");
    }

    #[test]
    fn csv_quotes_everything_and_disarms_formulas() {
        let headers = ["A", "B", "C", "D", "E", "F"].map(str::to_owned);
        let text = String::from_utf8(csv(&headers, &row()).unwrap()).unwrap();
        assert_eq!(text, "\"A\",\"B\",\"C\",\"D\",\"E\",\"F\"\r\n\"a \"\"q\"\", b\",\"'=1+1\",\"3\",\"\",\"1.0\",\"True\"\r\n");
    }

    #[test]
    fn xlsx_is_a_workbook() {
        assert!(xlsx(&["A".to_owned()], &row()).unwrap().starts_with(b"PK\x03\x04"));
    }
}
