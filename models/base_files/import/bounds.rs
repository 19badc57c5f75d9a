//! How much memory a workbook may take, found out before the workbook is opened: the reader builds whole sheets, and a file of
//! a kilobyte can describe one that no machine holds. Nothing here believes what a file says about its own size.

use std::io::{BufRead, BufReader, Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::Unfit;

/// Bytes that a workbook may have when it is unpacked.
pub(super) const UNPACKED: u64 = 256 * 1024 * 1024;
/// Places that sheets may span, each from its first filled row and column to its last: a range holds all of them, filled or not.
pub(super) const PLACES: u64 = 5_000_000;
/// Bytes of the texts in the cells. A text that many cells share is kept once in the file and once a cell in memory.
pub(super) const TEXT: u64 = 64 * 1024 * 1024;

/// What the sheets seen so far take.
#[derive(Default)]
pub(super) struct Load {
    span: Span,
    /// Places of the sheets before this one.
    before: u64,
    cells: u64,
    text: u64,
}

impl Load {
    /// Takes in one more cell with so many bytes of text.
    pub(super) fn cell(&mut self, at: (u32, u32), text: usize) -> Result<(), Unfit> {
        self.block(at.0, at.0, at.1, text as u64, 1)
    }

    /// Takes in the same rows from `first` to `last`, filled up to a column, with so many bytes of text and kept as so many cells.
    fn block(&mut self, first: u32, last: u32, column: u32, text: u64, cells: u64) -> Result<(), Unfit> {
        self.span.holds((first, column));
        self.span.holds((last, column));
        self.cells = self.cells.saturating_add(cells);
        self.text = self.text.saturating_add(text);
        if self.before.saturating_add(self.span.places()) > PLACES || self.cells > PLACES {
            return Err(Unfit::new(format!("The sheet spans more than the {PLACES} cells that can be imported at once.")));
        }
        if self.text > TEXT {
            return Err(Unfit::new(format!("The cells hold more than the {TEXT} bytes of text that can be imported at once.")));
        }
        Ok(())
    }

    /// What follows belongs to another sheet, which is kept beside.
    pub(super) fn next_sheet(&mut self) {
        self.before = self.before.saturating_add(self.span.places());
        self.span = Span::default();
    }
}

/// The corners of the cells seen so far. Columns count from the left edge: the rows that are imported begin there.
#[derive(Default)]
struct Span {
    rows: Option<(u32, u32)>,
    width: u64,
}

impl Span {
    fn holds(&mut self, (row, column): (u32, u32)) {
        let (first, last) = self.rows.unwrap_or((row, row));
        self.rows = Some((first.min(row), last.max(row)));
        self.width = self.width.max(u64::from(column) + 1);
    }

    fn places(&self) -> u64 {
        self.rows.map_or(0, |(first, last)| (u64::from(last - first) + 1).saturating_mul(self.width))
    }
}

fn too_large() -> Unfit {
    Unfit::new("The workbook is too large to be imported.")
}

fn broken(error: impl std::fmt::Display) -> Unfit {
    Unfit::new(format!("The workbook cannot be read: {error}"))
}

/// Checks a ZIP archive: what its files really have when they are unpacked, and what the tables of an ODS repeat.
pub(super) fn check_archive(bytes: &[u8]) -> Result<(), Unfit> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    let mut left = UNPACKED;
    for n in 0..archive.len() {
        // What cannot be unpacked here cannot be unpacked by the reader of workbooks either.
        let Ok(file) = archive.by_index(n) else { continue };
        let mut file = file.take(left.saturating_add(1));
        let mut piece = vec![0; 64 * 1024];
        while let Ok(count @ 1..) = file.read(&mut piece) {
            left = left.checked_sub(count as u64).ok_or_else(too_large)?;
        }
    }
    match archive.by_name("content.xml") {
        Ok(content) => check_tables(BufReader::new(content)),
        Err(_) => Ok(()),
    }
}

/// Where the reading of an ODS's tables stands.
#[derive(Default)]
struct Tables {
    load: Load,
    in_table: bool,
    in_row: bool,
    row: u64,
    /// How often the present row stands there.
    rows: u64,
    column: u64,
    cell: Option<Repeated>,
}

/// A cell and how often it stands in its row.
struct Repeated {
    columns: u64,
    filled: bool,
    text: u64,
}

/// Walks the tables of `content.xml`: rows and cells tell how often they are repeated, spaces likewise.
fn check_tables(content: impl BufRead) -> Result<(), Unfit> {
    let mut reader = Reader::from_reader(content);
    reader.config_mut().expand_empty_elements = true;
    let (mut tables, mut buffer) = (Tables::default(), Vec::with_capacity(1024));
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(broken)? {
            Event::Start(start) => tables.start(&start)?,
            Event::End(end) => tables.end(end.name().0)?,
            Event::Text(text) => tables.text(text.len() as u64),
            Event::CData(text) => tables.text(text.len() as u64),
            Event::GeneralRef(reference) => tables.text(reference.len() as u64 + 2),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

impl Tables {
    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), Unfit> {
        let nested = || broken("a table, row or cell within a cell");
        match start.name().0 {
            "table:table" if self.in_table => return Err(nested()),
            "table:table" => {
                self.load.next_sheet();
                (self.in_table, self.row) = (true, 0);
            }
            "table:table-row" if self.in_row => return Err(nested()),
            "table:table-row" if self.in_table => {
                // A row that stands there not once is kept all the same.
                self.rows = repeats(start, "table:number-rows-repeated")?.max(1);
                (self.in_row, self.column) = (true, 0);
            }
            "table:table-cell" | "table:covered-table-cell" if self.cell.is_some() => return Err(nested()),
            "table:table-cell" | "table:covered-table-cell" if self.in_row => {
                let columns = repeats(start, "table:number-columns-repeated")?;
                let mut cell = Repeated { columns, filled: false, text: 0 };
                for attribute in start.attributes() {
                    let attribute = attribute.map_err(broken)?;
                    let name = attribute.key.0;
                    if name.starts_with("office:") || name.starts_with("calcext:") || name == "table:formula" {
                        cell.filled = true;
                        cell.text = cell.text.saturating_add(attribute.value.len() as u64);
                    }
                }
                self.cell = Some(cell);
            }
            "text:s" if self.cell.is_some() => {
                let spaces = repeats(start, "text:c")?;
                self.text(spaces);
            }
            _ => self.text(1),
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), Unfit> {
        match name {
            "table:table" => self.in_table = false,
            "table:table-row" if self.in_row => {
                self.in_row = false;
                self.row = self.row.saturating_add(self.rows);
            }
            "table:table-cell" | "table:covered-table-cell" => {
                let Some(cell) = self.cell.take() else { return Ok(()) };
                self.column = self.column.saturating_add(cell.columns);
                if cell.filled {
                    let place = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
                    let last = self.row.saturating_add(self.rows - 1);
                    let text = cell.text.saturating_mul(cell.columns).saturating_mul(self.rows);
                    // The reader makes a row of its own of each element, however often it says that it stands there.
                    self.load.block(place(self.row), place(last), place(self.column.max(1) - 1), text, cell.columns)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// What stands in a cell.
    fn text(&mut self, bytes: u64) {
        if let Some(cell) = &mut self.cell {
            cell.filled = true;
            cell.text = cell.text.saturating_add(bytes);
        }
    }
}

/// A number of repeats; 1 where none is told.
fn repeats(start: &BytesStart<'_>, name: &str) -> Result<u64, Unfit> {
    match start.try_get_attribute(name).map_err(broken)? {
        Some(told) => told
            .normalized_value(quick_xml::XmlVersion::Implicit1_0)
            .map_err(broken)?
            .parse()
            .map_err(|_| broken(format!("{name} is no number"))),
        None => Ok(1),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::super::file::tests::rows_of;
    use super::*;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in files {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn ods(rows: &str) -> Vec<u8> {
        let content = format!(
            "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"S\">{rows}</table:table>\
             </office:spreadsheet></office:body></office:document-content>"
        );
        let files: [(&str, &[u8]); 3] = [
            ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
            ("META-INF/manifest.xml", b"<manifest:manifest/>"),
            ("content.xml", content.as_bytes()),
        ];
        archive(&files)
    }

    const X: &str = "<table:table-cell office:value-type=\"string\"><text:p>x</text:p></table:table-cell>";

    #[test]
    fn a_sheet_with_an_empty_rest_is_read() {
        let rest = "<table:table-row table:number-rows-repeated=\"1048573\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>";
        let row = format!("<table:table-row>{X}{X}<table:table-cell table:number-columns-repeated=\"16382\"/></table:table-row>");
        let read = rows_of(&ods(&format!("{row}{row}{rest}"))).unwrap();
        assert_eq!(read, [["x", "x"], ["x", "x"]]);
    }

    #[test]
    fn repeats_are_counted_before_a_table_is_built() {
        let refused = |rows: &str| rows_of(&ods(rows)).unwrap_err();
        let repeated = |rows: u64, columns: u64| {
            format!(
                "<table:table-row table:number-rows-repeated=\"{rows}\"><table:table-cell office:value-type=\"float\" office:value=\"1\" \
                 table:number-columns-repeated=\"{columns}\"/></table:table-row>"
            )
        };
        assert!(refused(&repeated(400, 16_000)).contains("5000000 cells"));
        assert!(refused(&repeated(u64::MAX, u64::MAX)).contains("5000000 cells"));
        assert!(refused(&repeated(0, 16_000).repeat(400)).contains("5000000 cells"));
        // Corners far apart, and more than one table.
        let gap = "<table:table-row table:number-rows-repeated=\"1000000\"><table:table-cell/></table:table-row>";
        let far = format!("<table:table-row>{X}</table:table-row>{gap}{}", repeated(1, 10));
        assert!(refused(&far).contains("5000000 cells"));
        let second = format!("{}</table:table><table:table table:name=\"T\">{}", repeated(200, 15_000), repeated(200, 15_000));
        assert!(refused(&second).contains("5000000 cells"));
        assert!(refused("<table:table-row table:number-rows-repeated=\"many\"/>").contains("cannot be read"));
        assert!(
            refused(&format!(
                "<table:table-row><table:table-cell><table:table-row>{X}</table:table-row></table:table-cell></table:table-row>"
            ))
            .contains("cannot be read")
        );
    }

    #[test]
    fn repeated_texts_and_spaces_are_counted() {
        let refused = |cell: &str| rows_of(&ods(&format!("<table:table-row>{cell}</table:table-row>"))).unwrap_err();
        let spaces = "<table:table-cell office:value-type=\"string\"><text:p><text:s text:c=\"70000000\"/></text:p></table:table-cell>";
        assert!(refused(spaces).contains("bytes of text"));
        let long = format!(
            "<table:table-cell office:value-type=\"string\" table:number-columns-repeated=\"10000\"><text:p>{}</text:p></table:table-cell>",
            "x".repeat(7000)
        );
        assert!(refused(&long).contains("bytes of text"));
    }

    #[test]
    fn a_workbook_that_grows_too_much_is_not_unpacked() {
        let half = vec![0; usize::try_from(UNPACKED / 2).unwrap() + 1];
        let bytes = archive(&[("one", &half), ("two", &half)]);
        assert!(bytes.len() < 1024 * 1024);
        assert!(rows_of(&bytes).unwrap_err().contains("too large"));
        assert!(check_archive(&archive(&[("small", b"text")])).is_ok());
    }

    #[test]
    fn a_file_larger_than_its_directory_says_is_not_read() {
        let mut bytes = ods(&format!("<table:table-row>{X}</table:table-row>"));
        assert_eq!(rows_of(&bytes).unwrap(), [["x"]]);
        let entry = bytes.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
        bytes[entry + 24..entry + 28].copy_from_slice(&20_u32.to_le_bytes());
        assert!(rows_of(&bytes).unwrap_err().contains("larger than its declared"));
    }
}
