//! How names of entries are made: which part counts, and when it begins anew.
//!
//! A name is its own pattern: `INV/2026/00001` counts within a year, `MISC/2026/01/0001` within a month, `A26-27/001`
//! within a year that the fiscal year splits, `X17` for ever. Whoever names an entry by hand changes the pattern of
//! those that follow.

use lastmile_orm::{Error, Result};

use regex_lite::{Captures, Regex};

use super::periods::{Fiscal, Period, Reset};

/// Most digits that a number without a period has.
const DIGITS: usize = 9;

/// A run of digits, or of anything else.
#[derive(Clone, Copy, Debug)]
struct Run<'n> {
    text: &'n str,
    start: usize,
    digits: bool,
}

fn runs(name: &str) -> Vec<Run<'_>> {
    let mut out: Vec<Run<'_>> = Vec::new();
    for (at, c) in name.char_indices() {
        let end = at + c.len_utf8();
        match out.last_mut() {
            Some(last) if last.digits == c.is_ascii_digit() => last.text = name.get(last.start..end).unwrap_or_default(),
            _ => out.push(Run { text: name.get(at..end).unwrap_or_default(), start: at, digits: c.is_ascii_digit() }),
        }
    }
    out
}

/// A piece of a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Part {
    Text(String),
    Number(usize),
    Year(usize),
    YearEnd(usize),
    Month,
}

/// A name taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// When it begins at one again.
    pub reset: Reset,
    parts: Vec<Part>,
    pub number: i128,
    pub year: i32,
    pub year_end: i32,
    pub month: u32,
}

/// What the regular expressions of a pattern find, as texts.
#[derive(Default)]
struct Found<'n> {
    before: &'n str,
    year: Option<&'n str>,
    between: &'n str,
    year_end: Option<&'n str>,
    between_ends: &'n str,
    month: Option<&'n str>,
    last: &'n str,
    number: &'n str,
    after: &'n str,
}

/// The expression that a journal has of its own, if it can be read.
pub fn own_expression(text: Option<&str>) -> Option<Regex> {
    let text = text.filter(|text| !text.is_empty())?;
    // Names are matched from their beginning.
    Regex::new(&format!("^(?:{text})")).map_err(|error| tracing::warn!(%error, "the numbering expression of a journal cannot be read")).ok()
}

/// A year of four digits from 1900 to 2199.
fn is_long_year(text: &str) -> bool {
    text.len() == 4 && ["19", "20", "21"].iter().any(|century| text.starts_with(century))
}

fn is_year(text: &str) -> bool {
    text.len() == 2 || is_long_year(text)
}

fn is_month(text: &str) -> bool {
    text.len() == 2 && text.parse::<u32>().is_ok_and(|month| (1..=12).contains(&month))
}

/// A year that ends in the next one.
fn is_span(year: &str, end: &str) -> bool {
    year.len() >= end.len() && year.parse::<i32>().is_ok_and(|year| Ok(shortened(year + 1, end.len())) == end.parse())
}

/// A year as so many digits say it.
pub(super) fn shortened(year: i32, digits: usize) -> i32 {
    u32::try_from(digits).ok().and_then(|digits| 10_i32.checked_pow(digits)).map_or(year, |unit| year.rem_euclid(unit))
}

impl Pattern {
    /// Takes a name apart. `own` is the expression of a journal that has one of its own.
    ///
    /// # Errors
    /// Validation: an own expression that the name does not fit.
    pub fn parse(name: &str, own: Option<&Regex>) -> Result<Pattern> {
        match own {
            Some(own) => own.captures(name).and_then(|found| by_expression(own, &found)).ok_or_else(|| {
                Error::validation("The numbering expression of the journal must have a group `seq`, and names must fit it.")
            }),
            None => Ok(by_runs(name)),
        }
    }

    /// The name with its number.
    pub fn render(&self) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Number(width) => out.push_str(&format!("{:0width$}", self.number, width = *width)),
                Part::Year(width) => out.push_str(&format!("{:0width$}", self.year, width = *width)),
                Part::YearEnd(width) => out.push_str(&format!("{:0width$}", self.year_end, width = *width)),
                Part::Month => out.push_str(&format!("{:02}", self.month)),
            }
        }
        out
    }

    fn width(&self, of: fn(&Part) -> Option<usize>) -> usize {
        self.parts.iter().find_map(of).unwrap_or(0)
    }

    fn year_digits(&self) -> usize {
        self.width(|part| if let Part::Year(width) = part { Some(*width) } else { None })
    }

    fn year_end_digits(&self) -> usize {
        self.width(|part| if let Part::YearEnd(width) = part { Some(*width) } else { None })
    }

    /// The same pattern, before its first number in a period.
    #[must_use]
    pub fn restarted(mut self, period: &Period, month: u32) -> Self {
        self.number = 0;
        self.year = shortened(period.year, self.year_digits());
        self.year_end = shortened(period.year_end, self.year_end_digits());
        self.month = month;
        self
    }

    /// The pattern one further.
    #[must_use]
    pub fn next(mut self) -> Self {
        self.number = self.number.saturating_add(1);
        self
    }

    /// Whether a name says the period that a day is in.
    pub fn fits(&self, day: chrono::NaiveDate, fiscal: Fiscal) -> bool {
        use chrono::Datelike;
        let period = Period::of(self.reset, day, fiscal);
        // A year of as many digits as the number in the name has.
        let same = |said: i32, is: i32| said == 0 || said == shortened(is, said.to_string().len());
        same(self.year, period.year) && same(self.year_end, period.year_end) && (self.month == 0 || self.month == day.month())
    }
}

/// The prefix and the number of a name, as they are kept beside it.
pub fn split(name: &str, own: Option<&Regex>) -> (String, i32) {
    if let Some(number) = own.and_then(|own| own.captures(name)).and_then(|found| found.name("seq")) {
        return (name.get(..number.start()).unwrap_or_default().to_owned(), number.as_str().parse().unwrap_or(0));
    }
    let found = plain(&runs(name), name);
    let at = name.len() - found.after.len() - found.number.len();
    (name.get(..at).unwrap_or_default().to_owned(), found.number.parse().unwrap_or(0))
}

/// The last digits of a name, and what is around them.
fn plain<'n>(runs: &[Run<'n>], name: &'n str) -> Found<'n> {
    let (digits, after) = match runs {
        [.., digits, after] if !after.digits => (Some(digits), after.text),
        [.., last] if last.digits => (Some(last), ""),
        [only] => (None, only.text),
        _ => (None, ""),
    };
    let Some(run) = digits else { return Found { after, ..Found::default() } };
    let at = run.start + run.text.len().saturating_sub(DIGITS);
    let number = name.get(at..run.start + run.text.len()).unwrap_or_default();
    Found { before: name.get(..at).unwrap_or_default(), number, after, ..Found::default() }
}

/// Prefixes of names that count within a month, for PostgreSQL; see [`counts_closer`].
pub(super) const MONTHS: &str = r"(^|\D)((19|20|21)\d{2}|\d{2}(?=\D))\D*(0[1-9]|1[0-2])\D+$";
/// Prefixes of names that count within a year or less.
pub(super) const YEARS: &str = r"(^|\D)((19|20|21)?\d{2})\D+$";

/// Whether names with a prefix count within a shorter time than others.
pub(super) fn counts_closer(prefix: &str, than: Reset) -> bool {
    let runs = runs(prefix);
    let tails = tails(&runs);
    let Some(tail) = tails.iter().find(|tail| tail.number.is_empty()) else { return false };
    match than {
        Reset::Year | Reset::YearRange => month(tail, prefix).is_some(),
        Reset::Never => year(tail, prefix).is_some(),
        Reset::Month | Reset::YearRangeMonth => false,
    }
}

fn by_runs(name: &str) -> Pattern {
    let runs = runs(name);
    let tails = tails(&runs);
    // The first place where years could be decides, whatever they are.
    let spans = |found: &Found<'_>| is_span(found.year.unwrap_or_default(), found.year_end.unwrap_or_default());
    if let Some(found) = tails.iter().find_map(|tail| split_month(tail, name)).filter(spans) {
        return assemble(Reset::YearRangeMonth, &found);
    }
    if let Some(found) = tails.iter().find_map(|tail| month(tail, name)) {
        return assemble(Reset::Month, &found);
    }
    if let Some(found) = tails.iter().find_map(|tail| range(tail, name)).filter(spans) {
        return assemble(Reset::YearRange, &found);
    }
    if let Some(found) = tails.iter().find_map(|tail| year(tail, name)) {
        return assemble(Reset::Year, &found);
    }
    assemble(Reset::Never, &plain(&runs, name))
}

/// A name's runs before its number, the number, and what follows it. A name may also end without a number: then what is
/// behind its last digits parts them from a number to come.
struct Tail<'r, 'n> {
    before: &'r [Run<'n>],
    /// What stands right before the number.
    parting: &'n str,
    number: &'n str,
    after: &'n str,
}

fn tails<'r, 'n>(runs: &'r [Run<'n>]) -> Vec<Tail<'r, 'n>> {
    let (body, after) = match runs {
        [body @ .., after] if !after.digits => (body, Some(after)),
        body => (body, None),
    };
    let mut out = Vec::new();
    if let [before @ .., parting, number] = body {
        out.push(Tail { before, parting: parting.text, number: number.text, after: after.map_or("", |run| run.text) });
    }
    if let Some(after) = after {
        let first = after.text.chars().next().map_or(0, char::len_utf8);
        let (parting, rest) = after.text.split_at(first);
        out.push(Tail { before: body, parting, number: "", after: rest });
    }
    out
}

fn until<'n>(name: &'n str, run: &Run<'_>) -> &'n str {
    name.get(..run.start).unwrap_or_default()
}

fn is_one(run: &Run<'_>) -> bool {
    run.text.chars().count() == 1
}

/// `26-27/03/0001`: years, a month and a number, single characters between them.
fn split_month<'n>(tail: &Tail<'_, 'n>, name: &'n str) -> Option<Found<'n>> {
    let [.., year, a, end, b, month] = tail.before else { return None };
    let fits = is_year(year.text) && is_one(a) && is_year(end.text) && is_one(b) && is_month(month.text);
    fits.then(|| Found {
        before: until(name, year),
        year: Some(year.text),
        between: a.text,
        year_end: Some(end.text),
        between_ends: b.text,
        month: Some(month.text),
        last: tail.parting,
        number: tail.number,
        after: tail.after,
    })
}

/// `2026/03/0001` and `202603/0001`.
fn month<'n>(tail: &Tail<'_, 'n>, name: &'n str) -> Option<Found<'n>> {
    let last = tail.before.last().filter(|run| run.digits)?;
    let (start, year, between, month) = match (tail.before, last.text.split_at_checked(4)) {
        (_, Some((year, month))) if is_long_year(year) && is_month(month) => (last, year, "", month),
        ([.., year, between, month], _) if is_year(year.text) && is_month(month.text) => (year, year.text, between.text, month.text),
        _ => return None,
    };
    Some(Found {
        before: until(name, start),
        year: Some(year),
        between,
        month: Some(month),
        last: tail.parting,
        number: tail.number,
        after: tail.after,
        ..Found::default()
    })
}

/// `26-27/0001`.
fn range<'n>(tail: &Tail<'_, 'n>, name: &'n str) -> Option<Found<'n>> {
    let [.., year, a, end] = tail.before else { return None };
    let fits = end.digits && is_year(year.text) && is_one(a) && is_year(end.text);
    fits.then(|| Found {
        before: until(name, year),
        year: Some(year.text),
        between: a.text,
        year_end: Some(end.text),
        last: tail.parting,
        number: tail.number,
        after: tail.after,
        ..Found::default()
    })
}

/// `2026/0001`.
fn year<'n>(tail: &Tail<'_, 'n>, name: &'n str) -> Option<Found<'n>> {
    let year = tail.before.last().filter(|run| run.digits && is_year(run.text))?;
    Some(Found {
        before: until(name, year),
        year: Some(year.text),
        last: tail.parting,
        number: tail.number,
        after: tail.after,
        ..Found::default()
    })
}

fn assemble(reset: Reset, found: &Found<'_>) -> Pattern {
    // A name without a number has nothing after it: what seemed to be there comes first.
    let (before, after) = if found.number.is_empty() { (found.after, "") } else { (found.before, found.after) };
    let mut parts = vec![Part::Text(before.to_owned())];
    if let Some(year) = found.year {
        parts.extend([Part::Year(year.len()), Part::Text(found.between.to_owned())]);
    }
    if let Some(end) = found.year_end {
        parts.extend([Part::YearEnd(end.len()), Part::Text(found.between_ends.to_owned())]);
    }
    if found.month.is_some() {
        parts.push(Part::Month);
    }
    parts.extend([Part::Text(found.last.to_owned()), Part::Number(found.number.len()), Part::Text(after.to_owned())]);
    let number = |text: Option<&str>| text.and_then(|text| text.parse().ok()).unwrap_or(0);
    Pattern {
        reset,
        parts,
        number: found.number.parse().unwrap_or(0),
        year: number(found.year),
        year_end: number(found.year_end),
        month: found.month.and_then(|text| text.parse().ok()).unwrap_or(0),
    }
}

fn by_expression(own: &Regex, found: &Captures<'_>) -> Option<Pattern> {
    let get = |name: &str| found.name(name).map(|group| group.as_str());
    let (number, year, end, month) = (get("seq")?, get("year"), get("year_end"), get("month"));
    let ends = year.filter(|year| !year.is_empty()).zip(end.filter(|end| !end.is_empty()));
    if ends.is_some_and(|(year, end)| !is_span(year, end)) {
        return None;
    }
    let reset = match (year.is_some(), end.is_some(), month.is_some()) {
        (true, true, true) => Reset::YearRangeMonth,
        (true, false, true) => Reset::Month,
        (true, true, false) => Reset::YearRange,
        (true, false, false) => Reset::Year,
        _ => Reset::Never,
    };
    let moved = number.is_empty() && get("prefix1").is_some() && get("suffix").is_some();
    let mut parts = Vec::new();
    for name in own.capture_names().flatten() {
        let text = get(name).unwrap_or_default();
        let text = match name {
            "prefix1" if moved => get("suffix").unwrap_or_default(),
            "suffix" if moved => "",
            _ => text,
        };
        parts.push(match name {
            "seq" => Part::Number(text.len()),
            "year" => Part::Year(text.len()),
            "year_end" => Part::YearEnd(text.len()),
            "month" => Part::Month,
            _ => Part::Text(text.to_owned()),
        });
    }
    let int = |text: Option<&str>| text.and_then(|text| text.parse().ok()).unwrap_or(0);
    let month = month.and_then(|text| text.parse().ok()).unwrap_or(0);
    Some(Pattern { reset, parts, number: number.parse().unwrap_or(0), year: int(year), year_end: int(end), month })
}
