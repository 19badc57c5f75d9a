//! Months and what happens in them.

use chrono::{Datelike, Days, Months, NaiveDate};
use lastmile_orm::map;
use lastmile_orm::value::{Map, Value};

use super::arch::Node;
use super::logic::{and, any};
use super::view::View;
use crate::pages::admin::desk::{Done, leaf};
use crate::pages::admin::html::{El, Html, el, icon};
use crate::pages::admin::search::query::{week_of, within};
use crate::pages::admin::widgets::format;

/// Most events of a month.
const EVENTS: i64 = 500;

/// The first day of the weeks that show a month, and the day after the last.
fn weeks(month: NaiveDate, week_start: i64) -> Option<(NaiveDate, NaiveDate)> {
    let from = week_of(month, week_start)?;
    let next = month.checked_add_months(Months::new(1))?;
    let days = (next - from).num_days();
    let to = from.checked_add_days(Days::new(u64::try_from(days.div_euclid(7) + i64::from(days.rem_euclid(7) > 0)).ok()? * 7))?;
    Some((from, to))
}

fn day_of(view: &View<'_>, value: &Value) -> Option<(NaiveDate, String)> {
    if let Some(at) = format::read_moment(value) {
        let local = view.desk.local(at);
        return Some((local.date_naive(), local.format("%H:%M ").to_string()));
    }
    format::read_date(value).map(|day| (day, String::new()))
}

/// The month of the address, else this one.
pub fn render(view: &View<'_>, arch: &Node) -> Done<Html> {
    let today = view.desk.today();
    let asked = view.params.get("month").and_then(|m| NaiveDate::parse_from_str(&format!("{m}-01"), "%Y-%m-%d").ok());
    let month = asked.unwrap_or(today).with_day(1).unwrap_or(today);
    let Some((from, to)) = weeks(month, view.desk.manner.week_start) else { return Ok(Html::new()) };
    let start = arch.attr("date_start");
    let stop = arch.get("date_stop").filter(|name| view.shape.field(name).is_some());
    let kind = view.shape.field(start).map(|f| f.kind.clone()).unwrap_or_default();
    let mut spec = map! { start => Map::new(), "display_name" => Map::new() };
    if let Some(stop) = stop {
        spec.insert(stop.to_owned(), Value::Map(Map::new()));
    }
    let mut period = within(view.desk, start, &kind, from, to);
    if let Some(stop) = stop {
        let begun = Value::List(vec![leaf(start, "<", to.to_string()), leaf(stop, ">=", from.to_string())]);
        period = any(&[period, begun]);
    }
    let domain = and(&view.search.domain, &period);
    let rows = view.read(domain, spec, map! { "limit" => EVENTS, "order" => start })?.records;
    let events: Vec<(NaiveDate, NaiveDate, El)> = rows
        .iter()
        .filter_map(|row| {
            let (day, time) = day_of(view, row.get(start)?)?;
            let last = stop.and_then(|stop| day_of(view, row.get(stop)?)).map_or(day, |(last, _)| last.max(day));
            let id = row.get("id").and_then(Value::as_id)?;
            let url = view.url_of(id);
            let name = row.get("display_name").map(Value::py_str).unwrap_or_default();
            Some((day, last, el("a").class("o_event").attr("href", url).attr("title", &name).text(format!("{time}{name}"))))
        })
        .collect();
    let mut body = el("tbody");
    let mut day = from;
    while day < to {
        let mut week = el("tr");
        for _ in 0..7 {
            let here = events.iter().filter(|(first, last, _)| (*first..=*last).contains(&day)).map(|(_, _, event)| event.clone());
            let class =
                format!("o_day{}{}", if day == today { " today" } else { "" }, if day.month() == month.month() { "" } else { " other" });
            week = week.child(el("td").class(class).child(el("span").class("number").text(day.day().to_string())).children(here));
            day = day.succ_opt().unwrap_or(to);
        }
        body = body.child(week);
    }
    Ok(el("div")
        .class("card o_calendar_view")
        .child(head(view, month))
        .child(el("table").class("o_calendar").child(weekdays(view, from)).child(body))
        .into())
}

fn weekdays(view: &View<'_>, from: NaiveDate) -> El {
    const NAMES: [&str; 7] = ["=monday", "=tuesday", "=wednesday", "=thursday", "=friday", "=saturday", "=sunday"];
    let at = usize::try_from(from.weekday().num_days_from_monday()).unwrap_or(0);
    let names = NAMES.iter().cycle().skip(at).take(7).map(|name| el("th").attr("scope", "col").text(view.desk.words.get(name)));
    el("thead").child(el("tr").children(names))
}

fn head(view: &View<'_>, month: NaiveDate) -> El {
    const NAMES: [&str; 12] = [
        "=january",
        "=february",
        "=march",
        "=april",
        "=may",
        "=june",
        "=july",
        "=august",
        "=september",
        "=october",
        "=november",
        "=december",
    ];
    let words = &view.desk.words;
    let name = NAMES.get(usize::try_from(month.month0()).unwrap_or(0)).copied().unwrap_or_default();
    let to = |at: Option<NaiveDate>, word: &str, inner: Html| {
        let at = at.map(|at| at.format("%Y-%m").to_string()).unwrap_or_default();
        el("a")
            .class("btn")
            .attr("href", view.search.params.clone().set("view_type", "calendar").set("month", &at).url(&view.path()))
            .attr("title", word)
            .attr("aria-label", word)
            .child(inner)
    };
    el("div")
        .class("o_figures_bar")
        .child(to(month.checked_sub_months(Months::new(1)), words.get("previous"), icon("left").into()))
        .child(to(Some(view.desk.today()), words.get("today"), Html::text(words.get("today"))))
        .child(to(month.checked_add_months(Months::new(1)), words.get("next"), icon("right").into()))
        .child(el("h2").text(format!("{} {}", words.get(name), month.year())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_whole_weeks() {
        let month = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap();
        let (from, to) = weeks(month, 1).unwrap();
        assert_eq!((from.to_string(), to.to_string()), ("2026-11-30".into(), "2027-01-04".into()));
        let (from, to) = weeks(month, 7).unwrap();
        assert_eq!((from.to_string(), to.to_string()), ("2026-11-29".into(), "2027-01-03".into()));
    }
}
