//! Rows of texts from an uploaded file: CSV, or a sheet of a workbook.

use std::borrow::Cow;
use std::io::Cursor;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use calamine::{Data, DataRef, Reader, Sheets, open_workbook_auto_from_rs, open_workbook_from_rs};
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use csv::ReaderBuilder;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use lastmile_orm::{Map, Value};

use super::bounds::{Load, check_archive};
use super::{Unfit, Upload, text, xls};

/// Characters that may stand between cells, most likely first.
const SEPARATORS: [char; 6] = [',', ';', '\t', ' ', '|', '\u{1f}'];
/// How containers of the old binary format begin.
const OLD: &[u8] = b"\xd0\xcf\x11\xe0";
/// Rows that must agree about the separator.
const SAMPLE: usize = 10;

/// An upload's `file` is the file itself. A client that cannot send bytes in its envelope sends base64.
pub(super) fn take(values: &mut Map) {
    if let Some(file) = values.get_mut("file")
        && let Value::Str(text) = file
    {
        let decoded = STANDARD.decode(text.as_bytes()).ok().filter(|bytes| is_file(bytes));
        *file = if text.is_empty() { Value::None } else { Value::Bytes(decoded.unwrap_or_else(|| text.as_bytes().to_vec())) };
    }
}

/// Whether decoded bytes look like a file, and not like text that happened to be base64.
fn is_file(bytes: &[u8]) -> bool {
    is_workbook(bytes)
        || std::str::from_utf8(bytes).is_ok_and(|text| !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')))
}

fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(OLD)
}

/// The rows, without those that are empty. Guessed options are filled in.
pub(super) fn rows(upload: &Upload, options: &mut Map) -> Result<Vec<Vec<String>>, Unfit> {
    if upload.bytes.is_empty() {
        return Err(Unfit::new("The file is empty."));
    }
    let mut rows = if is_workbook(&upload.bytes) { workbook(&upload.bytes, options)? } else { csv(upload, options)? };
    rows.retain(|row| row.iter().any(|cell| !cell.trim().is_empty()));
    Ok(rows)
}

fn workbook(bytes: &[u8], options: &mut Map) -> Result<Vec<Vec<String>>, Unfit> {
    let mut book = open(bytes)?;
    let sheets = book.sheet_names();
    let wanted = text(options, "sheet").to_owned();
    let Some(sheet) = sheets.iter().find(|s| **s == wanted).or_else(|| sheets.first()).cloned() else {
        return Err(Unfit::new("The workbook has no sheet."));
    };
    options.insert("sheets".into(), Value::List(sheets.into_iter().map(Value::Str).collect()));
    options.insert("sheet".into(), Value::Str(sheet.clone()));
    check_cells(&mut book, &sheet)?;
    let range = book.worksheet_range(&sheet).map_err(broken)?;
    let mut out = Vec::with_capacity(range.height());
    let start = range.start().unwrap_or((0, 0));
    for (y, row) in (start.0 + 1..).zip(range.rows()) {
        // Columns to the left of the first filled one count as well.
        let mut cells = vec![String::new(); usize::try_from(start.1).unwrap_or(0)];
        for (x, cell) in row.iter().enumerate() {
            cells.push(cell_text(cell).map_err(|error| Unfit::new(format!("Invalid cell value at row {y}, column {}: {error}", x + 1)))?);
        }
        out.push(cells);
    }
    Ok(out)
}

fn broken(error: impl std::fmt::Display) -> Unfit {
    Unfit::new(format!("The workbook cannot be read: {error}"))
}

/// Opens a workbook that was looked at before: of all formats but XLSX and XLSB the reader builds the sheets at once.
fn open(bytes: &[u8]) -> Result<Sheets<Cursor<Cow<'_, [u8]>>>, Unfit> {
    if bytes.starts_with(OLD) {
        let safe = xls::checked(bytes)?;
        return open_workbook_from_rs(Cursor::new(Cow::Owned(safe))).map(Sheets::Xls).map_err(|error: calamine::XlsError| broken(error));
    }
    check_archive(bytes)?;
    open_workbook_auto_from_rs(Cursor::new(Cow::Borrowed(bytes))).map_err(broken)
}

/// Walks the cells of a sheet one by one before a range is built, which is as large as its corners are apart: what the sheet
/// declares as its size need not be true.
fn check_cells(book: &mut Sheets<Cursor<Cow<'_, [u8]>>>, sheet: &str) -> Result<(), Unfit> {
    let mut load = Load::default();
    match book {
        Sheets::Xlsx(book) => {
            let mut cells = book.worksheet_cells_reader(sheet).map_err(broken)?;
            while let Some(cell) = cells.next_cell().map_err(broken)? {
                load.cell(cell.get_position(), text_size(cell.get_value()))?;
            }
        }
        Sheets::Xlsb(book) => {
            let mut cells = book.worksheet_cells_reader(sheet).map_err(broken)?;
            while let Some(cell) = cells.next_cell().map_err(broken)? {
                load.cell(cell.get_position(), text_size(cell.get_value()))?;
            }
        }
        // Looked at before they were opened.
        Sheets::Xls(_) | Sheets::Ods(_) => {}
    }
    Ok(())
}

fn text_size(cell: &DataRef<'_>) -> usize {
    match cell {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.len(),
        DataRef::SharedString(text) => text.len(),
        _ => 0,
    }
}

fn cell_text(cell: &Data) -> Result<String, String> {
    Ok(match cell {
        Data::Empty => String::new(),
        Data::String(text) => text.clone(),
        Data::Bool(true) => "True".into(),
        Data::Bool(false) => "False".into(),
        Data::Int(n) => n.to_string(),
        Data::Float(x) if x.fract() == 0.0 && x.abs() < 1e15 => format!("{x:.0}"),
        Data::Float(x) => x.to_string(),
        Data::DateTime(at) => match at.as_datetime() {
            // A day has no time; a duration has no day.
            Some(moment) if at.is_datetime() && at.as_f64().fract() == 0.0 => moment.format(lastmile_orm::value::DATE).to_string(),
            Some(moment) if at.is_datetime() => moment.format(lastmile_orm::value::DATETIME).to_string(),
            _ => at.as_f64().to_string(),
        },
        Data::DateTimeIso(text) => text.replace('T', " "),
        Data::DurationIso(text) => text.clone(),
        Data::Error(error) => return Err(error.to_string()),
    })
}

/// The text of a file: in the encoding that was asked for, else in the one that it seems to be in, which is told.
fn decoded(upload: &Upload, options: &mut Map) -> Result<String, Unfit> {
    let asked = text(options, "encoding").to_lowercase();
    let bytes = upload.bytes.as_slice();
    let encoding = match Encoding::for_bom(bytes) {
        Some((marked, _)) => marked,
        None if std::str::from_utf8(bytes).is_ok_and(|text| !text.contains('\0')) => UTF_8,
        None if asked.is_empty() => guessed(bytes),
        None => Encoding::for_label(asked.as_bytes()).ok_or_else(|| Unfit::new(format!("Unknown encoding {asked}.")))?,
    };
    let (decoded, _, broken) = encoding.decode(bytes);
    if broken && !asked.is_empty() {
        return Err(Unfit::new(format!("The file is not encoded as {asked}.")));
    }
    if asked.is_empty() {
        // The upper control characters are what tells the two apart.
        let latin = encoding == WINDOWS_1252 && !bytes.iter().any(|byte| (0x80..0xA0).contains(byte));
        let name = if latin { "iso-8859-1".to_owned() } else { encoding.name().to_lowercase() };
        let name = if name.starts_with("utf-16") { "utf-16".to_owned() } else { name };
        options.insert("encoding".into(), Value::from(name));
    }
    Ok(decoded.into_owned())
}

/// What a file without a mark, which is no UTF-8, is most likely written in.
fn guessed(bytes: &[u8]) -> &'static Encoding {
    // Every other byte of Latin text in two bytes is zero.
    let zeros = |odd: usize| bytes.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count() * 4 > bytes.len();
    match (zeros(1), zeros(0)) {
        (true, false) => UTF_16LE,
        (false, true) => UTF_16BE,
        _ => {
            let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
            detector.feed(bytes, true);
            detector.guess(None, Utf8Detection::Deny)
        }
    }
}

fn csv(upload: &Upload, options: &mut Map) -> Result<Vec<Vec<String>>, Unfit> {
    let content = decoded(upload, options)?;
    let quote =
        one(options, "quoting").map_err(|()| Unfit::new("Error while importing records: Text Delimiter should be a single character."))?;
    let separator = one(options, "separator").map_err(|()| Unfit::new("The separator must be a single character."))?;
    let quote = quote.unwrap_or(b'"');
    let separator = match separator {
        Some(separator) => separator,
        None => {
            let guessed = guess(&content, quote);
            options.insert("separator".into(), Value::from(char::from(guessed).to_string()));
            guessed
        }
    };
    let rows = read(&content, separator, quote, usize::MAX);
    rows.map_err(|error| Unfit::new(format!("Error parsing the file {}: {error}", upload.name)))
}

fn read(content: &str, separator: u8, quote: u8, limit: usize) -> Result<Vec<Vec<String>>, csv::Error> {
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).quote(quote).from_reader(content.as_bytes());
    reader.records().take(limit).map(|row| row.map(|row| row.iter().map(str::to_owned).collect())).collect()
}

/// The first separator that makes rows of more than one cell, all of them equally wide.
fn guess(content: &str, quote: u8) -> u8 {
    for candidate in SEPARATORS {
        let Ok(candidate) = u8::try_from(candidate) else { continue };
        let Ok(rows) = read(content, candidate, quote, SAMPLE) else { continue };
        let width = rows.first().map_or(0, Vec::len);
        if width > 1 && rows.iter().all(|row| row.len() == width) {
            return candidate;
        }
    }
    b','
}

/// An option of a single byte.
fn one(options: &Map, name: &str) -> Result<Option<u8>, ()> {
    match text(options, name).as_bytes() {
        [] => Ok(None),
        [one] => Ok(Some(*one)),
        _ => Err(()),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The rows of a file, or why it has none.
    pub(in super::super) fn rows_of(bytes: &[u8]) -> Result<Vec<Vec<String>>, String> {
        rows_with(bytes, &mut Map::new())
    }

    fn rows_with(bytes: &[u8], options: &mut Map) -> Result<Vec<Vec<String>>, String> {
        let upload = Upload { model: String::new(), bytes: bytes.to_vec(), name: "a.csv".into(), kind: String::new() };
        rows(&upload, options).map_err(|unfit| unfit.message)
    }

    #[test]
    fn files_read_as_rows() {
        let mut options = Map::new();
        assert_eq!(rows_with(b"name,code\r\n\"a \"\"q\"\", b\",1\r\n", &mut options).unwrap(), [["name", "code"], ["a \"q\", b", "1"]]);
        assert_eq!(text(&options, "separator"), ",");
        assert_eq!(rows_with(b"\xef\xbb\xbfname;code\na;1,5\n\n;\n", &mut Map::new()).unwrap(), [["name", "code"], ["a", "1,5"]]);
        assert_eq!(rows_with(b"n\n\xe9", &mut Map::new()).unwrap(), [["n"], ["é"]]);
        assert_eq!(rows_with(b"\xff\xfen\x00\n\x00\xe9\x00", &mut Map::new()).unwrap(), [["n"], ["é"]]);
        assert!(rows_with(b"", &mut Map::new()).is_err());
        assert!(rows_with(b"PK\x03\x04...", &mut Map::new()).is_err());
    }

    #[test]
    fn files_in_the_encodings_of_spreadsheets() {
        let text = "nombre;dirección;nota\nJosé Muñoz;Calle 5 – “Los Álamos”;20 €\nAña Peña;Avenida Bolívar;niño\n";
        let wanted =
            [["nombre", "dirección", "nota"], ["José Muñoz", "Calle 5 – “Los Álamos”", "20 €"], ["Aña Peña", "Avenida Bolívar", "niño"]];
        let windows = WINDOWS_1252.encode(text).0.into_owned();
        let latin: Vec<u8> = text.replace('–', "-").replace(['“', '”'], "").replace('€', "E").chars().map(|c| c as u8).collect();
        let wide = |mark: &[u8], unit: fn(u16) -> [u8; 2]| [mark, &text.encode_utf16().flat_map(unit).collect::<Vec<u8>>()].concat();
        for (bytes, name) in [
            (windows.clone(), "windows-1252"),
            (wide(b"\xff\xfe", u16::to_le_bytes), "utf-16"),
            (wide(b"\xfe\xff", u16::to_be_bytes), "utf-16"),
            (wide(b"", u16::to_le_bytes), "utf-16"),
            (wide(b"", u16::to_be_bytes), "utf-16"),
            (text.as_bytes().to_vec(), "utf-8"),
        ] {
            let mut options = Map::new();
            assert_eq!(rows_with(&bytes, &mut options).unwrap(), wanted, "{name}");
            assert_eq!((super::text(&options, "encoding"), super::text(&options, "separator")), (name, ";"));
        }
        let mut options = Map::new();
        assert_eq!(rows_with(&latin, &mut options).unwrap()[1], ["José Muñoz", "Calle 5 - Los Álamos", "20 E"]);
        assert_eq!(super::text(&options, "encoding"), "iso-8859-1");
        let mut asked = lastmile_orm::map! { "encoding" => "cp1252" };
        assert_eq!(rows_with(&windows, &mut asked).unwrap(), wanted);
        let mut wrong = lastmile_orm::map! { "encoding" => "utf-8" };
        assert_eq!(rows_with(&windows, &mut wrong), Err("The file is not encoded as utf-8.".to_owned()));
        let mut none = lastmile_orm::map! { "encoding" => "ebcdic" };
        assert_eq!(rows_with(&windows, &mut none), Err("Unknown encoding ebcdic.".to_owned()));
    }

    #[test]
    fn uploads_are_files_or_their_base64() {
        let taken = |text: &str| {
            let mut values = lastmile_orm::map! { "file" => text };
            take(&mut values);
            values.shift_remove("file").unwrap()
        };
        assert_eq!(taken("name,code\na,b"), Value::Bytes(b"name,code\na,b".to_vec()));
        assert_eq!(taken("bmFtZSxjb2RlCmEsYg=="), Value::Bytes(b"name,code\na,b".to_vec()));
        assert_eq!(taken("abcd"), Value::Bytes(b"abcd".to_vec()));
    }
}
