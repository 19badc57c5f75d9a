//! Module resource: working hours of companies, and how many they are.

use std::collections::{BTreeSet, HashMap};

use lastmile_orm::compute::Computed;
use lastmile_orm::declare::{CreateHook, Next};
use lastmile_orm::money::{from_f64, round_digits};
use lastmile_orm::{Declarations, Domain, Env, Id, Map, Result, Value, map};
use rust_decimal::Decimal;

const CALENDAR: &str = "resource.calendar";
const LINE: &str = "resource.calendar.attendance";
const COMPANY: &str = "res.company";
/// What a line of a new calendar has from the company's.
const COPIED: [&str; 9] =
    ["name", "dayofweek", "hour_from", "hour_to", "day_period", "week_type", "display_type", "sequence", "duration_days"];
/// The five days of a week without other hours, and their parts.
const DAYS: [&str; 5] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"];
const PARTS: [(&str, &str, f64, f64); 3] =
    [("Morning", "morning", 8.0, 12.0), ("Lunch", "lunch", 12.0, 13.0), ("Afternoon", "afternoon", 13.0, 17.0)];

/// Declares the module.
pub fn declare(all: &mut Declarations) {
    all.model(CALENDAR)
        .on_create(create)
        .compute_sudo(&["flexible_hours"], &["schedule_type"], |env, ids, out| {
            for (id, kind) in ids.iter().zip(env.values(CALENDAR, "schedule_type", ids)?) {
                out.set("flexible_hours", *id, kind.as_str() == Some("flexible"));
            }
            Ok(())
        })
        .compute_sudo(
            &["hours_per_day", "hours_per_week"],
            &["attendance_ids", "attendance_ids.hour_from", "attendance_ids.hour_to", "two_weeks_calendar", "flexible_hours"],
            hours,
        )
        .compute_sudo(&["full_time_required_hours"], &["hours_per_week", "company_id.resource_calendar_id.hours_per_week"], full_time);
    all.model(LINE)
        .compute_sudo(&["duration_hours"], &["hour_from", "hour_to", "day_period"], |env, ids, out| {
            let (from, to) = (env.values(LINE, "hour_from", ids)?, env.values(LINE, "hour_to", ids)?);
            for (((id, from), to), part) in ids.iter().zip(from).zip(to).zip(env.values(LINE, "day_period", ids)?) {
                let hours = to.as_float().unwrap_or(0.0) - from.as_float().unwrap_or(0.0);
                out.set("duration_hours", *id, if part.as_str() == Some("lunch") { 0.0 } else { hours });
            }
            Ok(())
        })
        .compute_sudo(&["duration_days"], &["day_period"], days);
    all.model(COMPANY).on_create(with_hours);
}

/// Days of a line, told by the hours of the calendar that has it.
fn days(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let calendars = env.values(LINE, "calendar_id", ids)?;
    let calendars: Vec<Id> = calendars.iter().map(|calendar| calendar.as_id().unwrap_or(0)).collect();
    let by_day = env.values(CALENDAR, "hours_per_day", &calendars)?;
    let (hours, parts) = (env.values(LINE, "duration_hours", ids)?, env.values(LINE, "day_period", ids)?);
    for (((id, hours), part), day) in ids.iter().zip(hours).zip(parts).zip(by_day) {
        let half = hours.as_float().unwrap_or(0.0) <= day.as_float().unwrap_or(0.0) * 0.75;
        let days = match part.as_str() {
            Some("lunch") => 0.0,
            Some("full_day") => 1.0,
            _ if half => 0.5,
            _ => 1.0,
        };
        out.set("duration_days", *id, days);
    }
    Ok(())
}

/// Hours of a week and of its days: breaks are none.
fn hours(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let mut lines: HashMap<Id, Vec<Map>> = HashMap::new();
    let names = ["calendar_id", "hour_from", "hour_to", "day_period", "dayofweek", "week_type", "display_type"].map(str::to_owned);
    let domain = Domain::in_ids("calendar_id", ids);
    let found = env.search_read(LINE, &domain, Some(&names), &lastmile_orm::read::Page::default(), false)?.into_value()?;
    for line in found.as_list().unwrap_or_default().iter().filter_map(Value::as_map) {
        let text = |name: &str| line.get(name).and_then(Value::as_str).unwrap_or_default();
        if text("day_period") != "lunch" && text("display_type").is_empty() {
            lines.entry(line.get("calendar_id").and_then(Value::as_id).unwrap_or(0)).or_default().push(line.clone());
        }
    }
    let kept = (env.values(CALENDAR, "hours_per_day", ids)?, env.values(CALENDAR, "hours_per_week", ids)?);
    let (two, flexible) = (env.values(CALENDAR, "two_weeks_calendar", ids)?, env.values(CALENDAR, "flexible_hours", ids)?);
    for ((((id, two), flexible), day), week) in ids.iter().zip(two).zip(flexible).zip(kept.0).zip(kept.1) {
        if flexible.truthy() {
            out.set("hours_per_day", *id, day);
            out.set("hours_per_week", *id, week);
            continue;
        }
        let own = lines.get(id).map(Vec::as_slice).unwrap_or_default();
        let number = |line: &Map, name: &str| line.get(name).and_then(Value::as_float).unwrap_or(0.0);
        let weeks = if two.truthy() { 2.0 } else { 1.0 };
        let week = own.iter().map(|line| number(line, "hour_to") - number(line, "hour_from")).sum::<f64>() / weeks;
        let text = |line: &Map, name: &str| line.get(name).map(Value::py_str).unwrap_or_default();
        let days: BTreeSet<(String, String)> =
            own.iter().map(|line| (text(line, "dayofweek"), if two.truthy() { text(line, "week_type") } else { String::new() })).collect();
        let days = f64::from(u32::try_from(days.len()).unwrap_or(0)) / weeks;
        let hours = |hours: f64| from_f64(hours).map(|exact| round_digits(exact, 2)).unwrap_or_default();
        out.set("hours_per_day", *id, if days > 0.0 { hours(week / days) } else { Decimal::ZERO });
        out.set("hours_per_week", *id, hours(week));
    }
    Ok(())
}

/// Full time is what the company's own calendar says.
fn full_time(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let kept = env.values(CALENDAR, "full_time_required_hours", ids)?;
    for ((id, company), kept) in ids.iter().zip(env.values(CALENDAR, "company_id", ids)?).zip(kept) {
        let Some(company) = company.as_id() else {
            out.set("full_time_required_hours", *id, kept);
            continue;
        };
        let calendar = env.value(COMPANY, "resource_calendar_id", company)?.as_id();
        let hours = env.value(CALENDAR, "hours_per_week", calendar.unwrap_or(0))?;
        out.set("full_time_required_hours", *id, hours);
    }
    Ok(())
}

/// Lines of the company's calendar; eight hours on five days, when it has none.
fn lines_of(env: &mut Env, company: Option<Id>) -> Result<Vec<Map>> {
    let calendar = match company {
        Some(company) => env.value(COMPANY, "resource_calendar_id", company)?.as_id(),
        None => None,
    };
    if let Some(calendar) = calendar {
        let names = COPIED.map(str::to_owned);
        let domain = Domain::eq("calendar_id", calendar);
        let found = env.search_read(LINE, &domain, Some(&names), &lastmile_orm::read::Page::default(), false)?.into_value()?;
        let mut lines: Vec<Map> = found.as_list().unwrap_or_default().iter().filter_map(Value::as_map).cloned().collect();
        lines.iter_mut().for_each(|line| {
            line.shift_remove("id");
        });
        if !lines.is_empty() {
            return Ok(lines);
        }
    }
    let day = |n: usize, day: &str| {
        PARTS.map(|(part, kind, from, to)| {
            map! { "name" => format!("{day} {part}"), "dayofweek" => n.to_string(), "day_period" => kind, "hour_from" => from, "hour_to" => to }
        })
    };
    Ok(DAYS.iter().enumerate().flat_map(|(n, name)| day(n, name)).collect())
}

/// A new calendar without lines has those of its company.
fn create(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    env.fill_defaults(CALENDAR, &["company_id", "attendance_ids"], &mut values)?;
    for map in &mut values {
        let given =
            map.get("attendance_ids").is_some_and(Value::truthy) || map.get("schedule_type").and_then(Value::as_str) == Some("flexible");
        if !given {
            let company = map.get("company_id").and_then(Value::as_id);
            let lines = env.sudo(|env| lines_of(env, company))?;
            let commands = lines.into_iter().map(|line| Value::List(vec![Value::Int(0), Value::Int(0), Value::Map(line)])).collect();
            map.insert("attendance_ids".into(), Value::List(commands));
        }
    }
    next.call(env, values)
}

/// A new company has hours of its own.
fn with_hours(env: &mut Env, values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    let ids = next.call(env, values)?;
    let calendars = env.sudo(|env| env.values(COMPANY, "resource_calendar_id", &ids))?;
    let without: Vec<Id> = ids.iter().zip(calendars).filter(|(_, calendar)| calendar.as_id().is_none()).map(|(id, _)| *id).collect();
    let maps: Vec<Map> = without.iter().map(|id| map! { "name" => "Standard 40 hours/week", "company_id" => *id }).collect();
    if !maps.is_empty() {
        env.sudo(|env| {
            let made = env.create(CALENDAR, maps)?;
            without.iter().zip(made).try_for_each(|(id, calendar)| env.write(COMPANY, &[*id], map! { "resource_calendar_id" => calendar }))
        })?;
    }
    Ok(ids)
}
