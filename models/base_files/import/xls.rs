//! Workbooks of the old binary format, made safe to open. Their reader takes rows and columns of 16 bits from cells and of 32
//! from what a sheet declares, and follows chains of sectors without end. So the one stream that is read is taken out, its
//! records are walked, and the reader is given a container that holds this stream alone.

use std::io::{Cursor, Read, Write};

use cfb::{CompoundFile, Version};

use super::Unfit;
use super::bounds::{Load, PLACES, UNPACKED};

/// Most sheets of a workbook. Sheets may be told to begin at the same place, so their number multiplies the work.
const SHEETS: usize = 1_000;

const CONTINUE: u16 = 0x003c;
const END: u16 = 0x000a;
const BEGIN: u16 = 0x0809;
const SHEET: u16 = 0x0085;
const TEXTS: u16 = 0x00fc;
const DIMENSIONS: u16 = 0x0200;
/// A number, a text, formatted text, a truth value, a short number, a formula.
const CELLS: [u16; 6] = [0x0203, 0x0204, 0x00d6, 0x0205, 0x027e, 0x0006];
/// The result of the formula before it.
const RESULT: u16 = 0x0207;
const SHARED_TEXT: u16 = 0x00fd;
const NUMBERS: u16 = 0x00bd;

fn broken(what: impl std::fmt::Display) -> Unfit {
    Unfit::new(format!("The workbook cannot be read: {what}"))
}

/// The workbook, when its sheets are small enough, in a container without anything else.
pub(super) fn checked(bytes: &[u8]) -> Result<Vec<u8>, Unfit> {
    let mut file = CompoundFile::open(Cursor::new(bytes)).map_err(broken)?;
    let name = ["/Workbook", "/Book"].into_iter().find(|name| file.is_stream(name)).ok_or_else(|| broken("it holds no sheets"))?;
    let mut stream = Vec::new();
    let mut found = file.open_stream(name).map_err(broken)?.take(bytes.len() as u64);
    found.read_to_end(&mut stream).map_err(broken)?;
    check(&stream)?;
    let contain = || {
        let mut safe = CompoundFile::create_with_version(Version::V3, Cursor::new(Vec::with_capacity(stream.len() + 8192)))?;
        safe.create_stream("/Workbook")?.write_all(&stream)?;
        safe.flush()?;
        Ok::<_, std::io::Error>(safe.into_inner().into_inner())
    };
    contain().map_err(broken)
}

/// One record: its kind, its data, and the pieces that go on with it.
struct Record<'a> {
    kind: u16,
    data: &'a [u8],
    more: Vec<&'a [u8]>,
}

impl Record<'_> {
    fn short(&self, at: usize) -> Result<u16, Unfit> {
        self.data.get(at..at + 2).and_then(|b| b.try_into().ok()).map(u16::from_le_bytes).ok_or_else(|| broken("a short record"))
    }

    fn long(&self, at: usize) -> Result<u32, Unfit> {
        self.data.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes).ok_or_else(|| broken("a short record"))
    }

    /// Row and column.
    fn place(&self) -> Result<(u32, u32), Unfit> {
        Ok((u32::from(self.short(0)?), u32::from(self.short(2)?)))
    }
}

/// Takes the next piece off the stream.
fn piece<'a>(stream: &mut &'a [u8]) -> Result<Option<(u16, &'a [u8])>, Unfit> {
    if stream.is_empty() {
        return Ok(None);
    }
    let split = |s: &'a [u8]| {
        let (head, rest) = s.split_at_checked(4)?;
        let [a, b, c, d] = head.try_into().ok()?;
        let (data, rest) = rest.split_at_checked(usize::from(u16::from_le_bytes([c, d])))?;
        Some((u16::from_le_bytes([a, b]), data, rest))
    };
    let (kind, data, rest) = split(stream).ok_or_else(|| broken("it ends within a record"))?;
    *stream = rest;
    Ok(Some((kind, data)))
}

fn record<'a>(stream: &mut &'a [u8]) -> Result<Option<Record<'a>>, Unfit> {
    let Some((kind, data)) = piece(stream)? else { return Ok(None) };
    let mut more = Vec::new();
    let mut ahead = *stream;
    while let Ok(Some((CONTINUE, data))) = piece(&mut ahead) {
        more.push(data);
        *stream = ahead;
    }
    Ok(Some(Record { kind, data, more }))
}

/// Walks the workbook and each of its sheets. All sheets are built when a workbook is opened.
fn check(stream: &[u8]) -> Result<(), Unfit> {
    let (mut sheets, mut texts) = (Vec::new(), Vec::new());
    let mut rest = stream;
    while let Some(record) = record(&mut rest)? {
        match record.kind {
            SHEET => sheets.push(record.long(0)? as usize),
            TEXTS => texts = lengths(&record)?,
            END => break,
            _ => {}
        }
    }
    if sheets.len() > SHEETS {
        return Err(broken(format!("more than {SHEETS} sheets")));
    }
    let (mut load, mut left) = (Load::default(), UNPACKED);
    for begin in sheets {
        let sheet = stream.get(begin..).ok_or_else(|| broken("a sheet beyond the end"))?;
        let walked = check_sheet(sheet, &texts, &mut load)?;
        left = left.checked_sub(walked as u64).ok_or_else(|| Unfit::new("The workbook is too large to be imported."))?;
        load.next_sheet();
    }
    Ok(())
}

/// Walks a sheet up to its end; tells its bytes. Charts within it have records like cells, which count for nothing.
fn check_sheet(sheet: &[u8], texts: &[usize], load: &mut Load) -> Result<usize, Unfit> {
    let (mut rest, mut begun, mut within) = (sheet, false, 0_usize);
    let mut formula = (0, 0);
    while let Some(record) = record(&mut rest)? {
        match record.kind {
            BEGIN if begun => within += 1,
            BEGIN => begun = true,
            END if within == 0 => break,
            END => within -= 1,
            _ if within > 0 => {}
            DIMENSIONS => check_dimensions(&record)?,
            RESULT => load.cell(formula, record.data.len())?,
            SHARED_TEXT => {
                let text = usize::try_from(record.long(6)?).ok().and_then(|n| texts.get(n)).copied();
                load.cell(record.place()?, text.unwrap_or(0))?;
            }
            NUMBERS => {
                let (row, first) = record.place()?;
                let count = u32::try_from(record.data.len().saturating_sub(6) / 6).unwrap_or(u32::MAX);
                for column in first..first.saturating_add(count) {
                    load.cell((row, column), 0)?;
                }
            }
            kind if CELLS.contains(&kind) => {
                let place = record.place()?;
                if kind == 0x0006 {
                    formula = place;
                }
                load.cell(place, record.data.len())?;
            }
            _ => {}
        }
    }
    Ok(sheet.len() - rest.len())
}

/// The reader reserves what a sheet declares.
fn check_dimensions(record: &Record<'_>) -> Result<(), Unfit> {
    let (first_row, end_row, first, end) = if record.data.len() == 10 {
        (u32::from(record.short(0)?), u32::from(record.short(2)?), record.short(4)?, record.short(6)?)
    } else {
        (record.long(0)?, record.long(4)?, record.short(8)?, record.short(10)?)
    };
    // A first column beyond the format's last, or beyond the end, is taken for the left edge.
    let first = if first > 0xff || end < first { 0 } else { first };
    if end_row == 0 || end == 0 {
        return Ok(());
    }
    if end_row <= first_row || end <= first {
        return Err(broken("a sheet that ends before it begins"));
    }
    if u64::from(end_row - first_row).saturating_mul(u64::from(end - first)) > PLACES {
        return Err(Unfit::new(format!("The sheet spans more than the {PLACES} cells that can be imported at once.")));
    }
    Ok(())
}

/// The shared texts' lengths. A text may go on in the next piece, which then tells anew how wide its characters are.
fn lengths(record: &Record<'_>) -> Result<Vec<usize>, Unfit> {
    let short = || broken("a short text");
    let mut pieces = record.more.iter().copied();
    let mut now = record.data.get(8..).ok_or_else(short)?;
    let mut out = Vec::new();
    loop {
        while now.is_empty() {
            match pieces.next() {
                Some(next) => now = next,
                None => return Ok(out),
            }
        }
        let (&[low, high, flags], rest) = now.split_first_chunk::<3>().ok_or_else(short)?;
        now = rest;
        let mut left = usize::from(u16::from_le_bytes([low, high]));
        out.push(left);
        let mut behind = 0_usize;
        if flags & 8 != 0 {
            let (runs, rest) = now.split_first_chunk::<2>().ok_or_else(short)?;
            (behind, now) = (usize::from(u16::from_le_bytes(*runs)) * 4, rest);
        }
        if flags & 4 != 0 {
            let (more, rest) = now.split_first_chunk::<4>().ok_or_else(short)?;
            (behind, now) = (behind.saturating_add(u32::from_le_bytes(*more) as usize), rest);
        }
        let mut width = if flags & 1 == 0 { 1 } else { 2 };
        loop {
            let count = left.min(now.len() / width);
            now = now.get(count * width..).ok_or_else(short)?;
            left -= count;
            if left == 0 {
                break;
            }
            let (flags, rest) = pieces.next().and_then(<[u8]>::split_first).ok_or_else(short)?;
            (width, now) = (if flags & 1 == 0 { 1 } else { 2 }, rest);
        }
        while behind > now.len() {
            behind -= now.len();
            now = pieces.next().ok_or_else(short)?;
        }
        now = now.get(behind..).ok_or_else(short)?;
    }
}

#[cfg(test)]
mod tests {
    use super::super::file::tests::rows_of;
    use super::*;

    fn rec(kind: u16, data: &[u8]) -> Vec<u8> {
        [&kind.to_le_bytes()[..], &u16::try_from(data.len()).unwrap().to_le_bytes(), data].concat()
    }

    fn shorts(values: &[u16]) -> Vec<u8> {
        values.iter().flat_map(|n| n.to_le_bytes()).collect()
    }

    fn bof(kind: u16) -> Vec<u8> {
        rec(BEGIN, &shorts(&[0x0600, kind, 0, 0, 0, 0, 0, 0]))
    }

    /// A workbook of one sheet with shared texts (a record's data and the pieces after it).
    fn book(texts: &[&[u8]], cells: &[Vec<u8>]) -> Vec<u8> {
        let mut table = Vec::new();
        for (n, text) in texts.iter().enumerate() {
            table.extend(rec(if n == 0 { TEXTS } else { CONTINUE }, text));
        }
        let sheet = |at: u32| rec(SHEET, &[&at.to_le_bytes()[..], &[0, 0, 1, 0, b'S']].concat());
        let globals = |at: u32| [bof(5), sheet(at), table.clone(), rec(END, b"")].concat();
        let at = u32::try_from(globals(0).len()).unwrap();
        let stream = [globals(at), bof(0x10), cells.concat(), rec(END, b"")].concat();
        let mut file = CompoundFile::create_with_version(Version::V3, Cursor::new(Vec::new())).unwrap();
        file.create_stream("/Workbook").unwrap().write_all(&stream).unwrap();
        file.flush().unwrap();
        file.into_inner().into_inner()
    }

    fn shared(row: u16, column: u16, text: u32) -> Vec<u8> {
        rec(SHARED_TEXT, &[shorts(&[row, column, 0]), text.to_le_bytes().to_vec()].concat())
    }

    fn number(row: u16, column: u16) -> Vec<u8> {
        rec(0x0203, &[shorts(&[row, column, 0]), 2.5_f64.to_le_bytes().to_vec()].concat())
    }

    fn dimensions(rows: u32, columns: u16) -> Vec<u8> {
        rec(DIMENSIONS, &[vec![0; 4], rows.to_le_bytes().to_vec(), shorts(&[0, columns, 0])].concat())
    }

    /// Two texts; the second goes on in another piece, there with wide characters.
    const TEXT: [&[u8]; 2] = [b"\x02\0\0\0\x02\0\0\0\x04\0\0name\x03\0\0a", b"\x01b\0c\0"];

    #[test]
    fn a_small_workbook_is_read() {
        let bytes = book(&TEXT, &[dimensions(2, 2), shared(0, 0, 0), shared(1, 0, 1), number(1, 1)]);
        assert_eq!(rows_of(&bytes).unwrap(), [["name", ""], ["abc", "2.5"]]);
    }

    #[test]
    fn sheets_that_no_machine_holds_are_refused() {
        let refused = |cells: &[Vec<u8>]| rows_of(&book(&TEXT, cells)).unwrap_err();
        assert!(refused(&[number(0, 0), number(65_535, 1_000)]).contains("5000000 cells"));
        assert!(refused(&[shared(0, 0, 0), shared(65_535, 255, 0)]).contains("5000000 cells"));
        assert!(refused(&[dimensions(u32::MAX, 200), number(0, 0)]).contains("5000000 cells"));
        let long = [&b"\x01\0\0\0\x01\0\0\0\x40\x1f\0"[..], &[b'x'; 8000]].concat();
        let cells: Vec<_> = (0..9000).map(|row| shared(row, 0, 0)).collect();
        assert!(rows_of(&book(&[&long], &cells)).unwrap_err().contains("bytes of text"));
    }

    #[test]
    fn a_container_that_leads_in_circles_is_not_followed() {
        let mut bytes = book(&TEXT, &[number(0, 0)]);
        // The directory's chain of sectors ends in its own first sector.
        let first = |at: usize| usize::try_from(u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())).unwrap();
        let (directory, table) = (first(48), first(76));
        let at = (table + 1) * 512 + directory * 4;
        bytes[at..at + 4].copy_from_slice(&u32::try_from(directory).unwrap().to_le_bytes());
        assert!(rows_of(&bytes).unwrap_err().contains("cannot be read"));
        // Nor is an archive behind the sign of such a container taken for a workbook of another kind.
        assert!(rows_of(b"\xd0\xcf\x11\xe0PK\x03\x04").unwrap_err().contains("cannot be read"));
    }
}
