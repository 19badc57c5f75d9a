//! Rows of an answer, read by position from PostgreSQL's binary form.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, TimeDelta};
use diesel::deserialize::FromSql;
use diesel::pg::{Pg, PgConnection};
use diesel::row::{Field as _, Row as _};
use diesel::sql_types::Numeric;
use rust_decimal::Decimal;

use crate::value::{Id, Value};

type PgRow = <PgConnection as diesel::connection::LoadConnection<diesel::connection::DefaultLoadingMode>>::Row<'static, 'static>;

/// One row.
pub struct Row(PgRow);

/// 2000-01-01, from which PostgreSQL counts.
fn epoch() -> NaiveDate {
    NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or_default()
}

impl Row {
    pub(crate) fn new(row: PgRow) -> Self {
        Row(row)
    }

    /// The raw bytes of a column; `None` for NULL (and for a column that is not there).
    pub fn with_bytes<T>(&self, column: usize, read: impl FnOnce(&[u8]) -> T) -> Option<T> {
        let field = self.0.get(column)?;
        let value = field.value()?;
        Some(read(value.as_bytes()))
    }

    fn fixed<const N: usize>(&self, column: usize) -> Option<[u8; N]> {
        self.with_bytes(column, |bytes| bytes.try_into().ok()).flatten()
    }

    /// int4.
    pub fn int(&self, column: usize) -> Option<Id> {
        self.fixed::<4>(column).map(Id::from_be_bytes)
    }

    /// int8.
    pub fn big(&self, column: usize) -> Option<i64> {
        self.fixed::<8>(column).map(i64::from_be_bytes)
    }

    /// float8.
    pub fn float(&self, column: usize) -> Option<f64> {
        self.fixed::<8>(column).map(f64::from_be_bytes)
    }

    /// numeric: a decimal, or a float when it is beyond what decimals hold.
    pub fn number(&self, column: usize) -> Option<Value> {
        let field = self.0.get(column)?;
        let value = field.value()?;
        let bytes = value.as_bytes();
        <Decimal as FromSql<Numeric, Pg>>::from_sql(value)
            .map_or_else(|_| wide_number(bytes).map(Value::Float), |x| Some(Value::Decimal(x)))
    }

    /// numeric; zero when it is beyond what decimals hold.
    pub fn decimal(&self, column: usize) -> Option<Decimal> {
        self.number(column).map(|number| number.as_decimal().unwrap_or_default())
    }

    /// bool.
    pub fn bool(&self, column: usize) -> Option<bool> {
        self.fixed::<1>(column).map(|[b]| b != 0)
    }

    /// text, varchar.
    pub fn text(&self, column: usize) -> Option<String> {
        self.with_bytes(column, |bytes| String::from_utf8_lossy(bytes).into_owned())
    }

    /// bytea.
    pub fn bytes(&self, column: usize) -> Option<Vec<u8>> {
        self.with_bytes(column, <[u8]>::to_vec)
    }

    /// date.
    pub fn date(&self, column: usize) -> Option<NaiveDate> {
        let days = i64::from(self.fixed::<4>(column).map(i32::from_be_bytes)?);
        let count = Days::new(days.unsigned_abs());
        if days < 0 { epoch().checked_sub_days(count) } else { epoch().checked_add_days(count) }
    }

    /// timestamp without time zone, whole seconds.
    pub fn timestamp(&self, column: usize) -> Option<NaiveDateTime> {
        let micros = self.big(column)?;
        epoch().and_hms_opt(0, 0, 0)?.checked_add_signed(TimeDelta::seconds(micros.div_euclid(1_000_000)))
    }

    /// jsonb.
    pub fn json(&self, column: usize) -> Option<serde_json::Value> {
        self.with_bytes(column, |bytes| {
            // jsonb is sent as a version byte, then the text.
            let text = bytes.strip_prefix(&[1]).unwrap_or(bytes);
            serde_json::from_slice(text).ok()
        })
        .flatten()
    }
}

/// The double nearest to PostgreSQL's binary form of a numeric: a count of groups of four digits, the weight of the
/// first, a sign, the decimals to show, the groups.
fn wide_number(bytes: &[u8]) -> Option<f64> {
    let mut words = bytes.chunks_exact(2).filter_map(|pair| pair.try_into().ok().map(i16::from_be_bytes));
    let (_, weight, sign, _) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let head = match u16::from_be_bytes(sign.to_be_bytes()) {
        0x0000 => "",
        0x4000 => "-",
        0xd000 => return Some(f64::INFINITY),
        0xf000 => return Some(f64::NEG_INFINITY),
        _ => return Some(f64::NAN),
    };
    let groups: Vec<String> = words.map(|group| format!("{group:04}")).collect();
    let last = (i64::from(weight) + 1 - i64::try_from(groups.len()).ok()?) * 4;
    format!("{head}{}e{last}", groups.concat()).parse().ok()
}

/// `YYYY-MM-DD` into `out`.
pub fn write_date(date: NaiveDate, out: &mut String) {
    let year = date.year();
    if !(0..=9999).contains(&year) {
        out.push_str(&date.to_string());
        return;
    }
    push_padded(out, year.unsigned_abs(), 4);
    out.push('-');
    push_padded(out, date.month(), 2);
    out.push('-');
    push_padded(out, date.day(), 2);
}

/// Appends `n` with leading zeros up to `width` digits.
pub fn push_padded(out: &mut String, n: u32, width: usize) {
    let mut digits = [b'0'; 10];
    let mut rest = n;
    let mut used = 0;
    for slot in digits.iter_mut().rev() {
        *slot = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        used += 1;
        if rest == 0 && used >= width {
            break;
        }
    }
    for digit in digits.iter().skip(10 - used) {
        out.push(char::from(*digit));
    }
}
