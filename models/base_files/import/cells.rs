//! Numbers and dates as people write them, brought to the forms that `load` reads.

use chrono::{NaiveDate, NaiveDateTime};
use lastmile_orm::registry::{Kind, Model, Registry};
use lastmile_orm::value::{DATE, DATETIME};
use lastmile_orm::{Map, Value, convert};

use super::{Table, Unfit, fields, text};

/// Forms of dates, the clearest first.
pub(super) const DATES: &[&str] =
    &["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d-%m-%Y", "%m-%d-%Y", "%d.%m.%Y", "%Y.%m.%d", "%d/%m/%y", "%m/%d/%y"];

/// Rewrites the cells of number and date columns.
pub(super) fn plain(reg: &Registry, model: &Model, table: &mut Table, options: &Map) -> Result<(), Unfit> {
    for (at, column) in table.columns.iter().enumerate() {
        let Some(kind) = fields::kind(reg, model, column) else { continue };
        for (line, row) in (1..).zip(&mut table.rows) {
            let Some(Some(cell)) = row.get_mut(at) else { continue };
            if cell.trim().is_empty() {
                continue;
            }
            let plain = match kind {
                Kind::Float | Kind::Monetary => number(cell, options),
                Kind::Integer => number(cell, options).or_else(|| Some(cell.trim().to_owned())),
                Kind::Date => date(cell.trim(), text(options, "date_format")),
                Kind::Datetime => moment(cell.trim(), text(options, "datetime_format")),
                _ => continue,
            };
            match plain {
                Some(plain) => *cell = plain,
                None => {
                    let message = match kind {
                        Kind::Date | Kind::Datetime => format!("Column {column} contains incorrect values. Error in line {line}: '{cell}'"),
                        _ => format!("Column {column} contains incorrect values (value: {cell})"),
                    };
                    return Err(Unfit { message, field: Some(column.clone()) });
                }
            }
        }
    }
    Ok(())
}

/// The thousand and decimal separators of a number: those of the options, unless the number itself says otherwise.
pub(super) fn separators(cell: &str, options: &Map) -> (Option<char>, char) {
    let option = |name: &str| text(options, name).chars().next();
    let marks: Vec<char> = cell.chars().filter(|c| matches!(c, '.' | ',' | '\'' | ' ' | '\u{a0}')).collect();
    match marks.as_slice() {
        [] => (None, '.'),
        // Two different marks: the last one is the decimal one.
        [first, .., last] if first != last => (Some(*first), *last),
        [first, _, ..] => (Some(*first), if *first == '.' { ',' } else { '.' }),
        [_] => (option("float_thousand_separator"), option("float_decimal_separator").unwrap_or('.')),
    }
}

/// A number with a point and nothing between its digits; currency signs are left out, parentheses are a minus.
pub(super) fn number(cell: &str, options: &Map) -> Option<String> {
    let cell = cell.trim();
    let (negative, cell) = match cell.strip_prefix('(').and_then(|c| c.strip_suffix(')')) {
        Some(inner) => (true, inner.trim()),
        None => (false, cell),
    };
    let bare = without_currency(cell);
    if bare.contains(['e', 'E']) && bare.parse::<f64>().is_ok_and(f64::is_finite) {
        return Some(bare.to_owned());
    }
    let (thousand, decimal) = separators(bare, options);
    let plain: String =
        bare.chars().filter(|c| Some(*c) != thousand || *c == decimal).map(|c| if c == decimal { '.' } else { c }).collect();
    let number = plain.parse::<f64>().ok().filter(|x| x.is_finite() && plain.bytes().any(|b| b.is_ascii_digit()));
    number.map(|_| if negative { format!("-{plain}") } else { plain })
}

/// Without a sign or the three letters of a currency before or after the number.
fn without_currency(cell: &str) -> &str {
    let code = |text: &str| text.len() == 3 && text.bytes().all(|b| b.is_ascii_uppercase());
    let cell = match cell.split_once(' ') {
        Some((before, after)) if code(before) => after,
        Some((before, after)) if code(after) => before,
        _ => cell,
    };
    cell.trim_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '+' | '.' | ','))
}

fn date(cell: &str, format: &str) -> Option<String> {
    let parsed = (!format.is_empty()).then(|| NaiveDate::parse_from_str(cell, format).ok()).flatten();
    let known = || match convert::to_date(&Value::from(cell)) {
        Ok(known) => known,
        Err(_) => DATES.iter().find_map(|format| NaiveDate::parse_from_str(cell, format).ok()),
    };
    parsed.or_else(known).map(|d| d.format(DATE).to_string())
}

fn moment(cell: &str, format: &str) -> Option<String> {
    let parsed = (!format.is_empty()).then(|| NaiveDateTime::parse_from_str(cell, format).ok()).flatten();
    let known = || convert::to_datetime(&Value::from(cell)).ok().flatten();
    let day = || date(cell, "").and_then(|day| NaiveDate::parse_from_str(&day, DATE).ok()?.and_hms_opt(0, 0, 0));
    parsed.or_else(known).or_else(day).map(|at| at.format(DATETIME).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_write_them() {
        let comma = lastmile_orm::map! { "float_thousand_separator" => ".", "float_decimal_separator" => "," };
        let none = Map::new();
        for (cell, options, plain) in [
            ("1.5", &none, Some("1.5")),
            ("1,234.5", &none, Some("1234.5")),
            ("1.234,5", &none, Some("1234.5")),
            ("1.234.567", &none, Some("1234567")),
            ("1,5", &comma, Some("1.5")),
            ("1.234", &comma, Some("1234")),
            ("$ 12.50", &none, Some("12.50")),
            ("12.50 €", &none, Some("12.50")),
            ("(3.00)", &none, Some("-3.00")),
            ("-7", &none, Some("-7")),
            ("1e3", &none, Some("1e3")),
            ("EUR 9", &none, Some("9")),
            ("abc", &none, None),
            ("X1", &none, None),
            ("1.2.3,4,5", &none, None),
        ] {
            assert_eq!(number(cell, options).as_deref(), plain, "{cell}");
        }
    }

    #[test]
    fn dates_in_the_chosen_format_and_in_clear_ones() {
        assert_eq!(date("31/12/2024", "%d/%m/%Y").as_deref(), Some("2024-12-31"));
        assert_eq!(date("2024-12-31", "%d/%m/%Y").as_deref(), Some("2024-12-31"));
        assert_eq!(date("2024-13-31", ""), None);
        assert_eq!(moment("31.12.2024 23:59:58", "%d.%m.%Y %H:%M:%S").as_deref(), Some("2024-12-31 23:59:58"));
        assert_eq!(moment("2024-12-31", "").as_deref(), Some("2024-12-31 00:00:00"));
    }
}
