//! Numbers for new records, many in one go.

use lastmile_orm::sql::{Bind, sql};
use lastmile_orm::{Env, Id, Map, Result, Value};

/// The next numbers of the sequence with a code, whatever the caller's rights. `New` when there is no such sequence.
pub fn next(env: &mut Env, code: &str, count: usize) -> Result<Vec<String>> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let sql = sql!(
        "SELECT id, COALESCE(prefix, '')::text, COALESCE(suffix, '')::text, padding, implementation::text, number_increment
         FROM ir_sequence WHERE active AND code = {code} AND (company_id IS NULL OR company_id = {company_id})
         ORDER BY company_id LIMIT 1",
        company_id = env.company_id()
    );
    let rows = env.query(sql)?;
    let Some(row) = rows.first() else { return Ok(vec!["New".to_owned(); count]) };
    let id = row.int(0).unwrap_or(0);
    let width = usize::try_from(row.int(3).unwrap_or(0)).unwrap_or(0);
    let (prefix, suffix) = (dated(env, &row.text(1).unwrap_or_default()), dated(env, &row.text(2).unwrap_or_default()));
    let numbers = match row.text(4).as_deref() {
        Some("no_gap") => gapless(env, id, i64::from(row.int(5).unwrap_or(1)), count)?,
        _ => fast(env, id, count)?,
    };
    Ok(numbers.into_iter().map(|n| format!("{prefix}{n:0>width$}{suffix}")).collect())
}

/// Standard sequences are PostgreSQL's: they do not wait for other transactions, and have gaps.
fn fast(env: &mut Env, id: Id, count: usize) -> Result<Vec<i64>> {
    let sql = sql!(
        "SELECT nextval({sequence}::text::regclass) FROM generate_series(1, {count})",
        sequence = format!("ir_sequence_{id:03}"),
        count = Bind::Int(Id::try_from(count).ok())
    );
    Ok(env.query(sql)?.iter().filter_map(|row| row.big(0)).collect())
}

fn gapless(env: &mut Env, id: Id, step: i64, count: usize) -> Result<Vec<i64>> {
    let total = Id::try_from(step * i64::try_from(count).unwrap_or(0)).ok();
    let sql = sql!(
        "UPDATE ir_sequence SET number_next = number_next + {total} WHERE id = {id}
         RETURNING number_next - {total}"
    );
    let first = env.query(sql)?.first().and_then(|row| row.int(0)).map_or(1, i64::from);
    env.changed("ir.sequence", &["number_next"], &[id])?;
    Ok((0..count).map(|n| first + step * i64::try_from(n).unwrap_or(0)).collect())
}

/// Fills `%(year)s` and its like.
fn dated(env: &Env, text: &str) -> String {
    if !text.contains("%(") {
        return text.to_owned();
    }
    let today = env.today();
    [("year", "%Y"), ("month", "%m"), ("day", "%d"), ("y", "%y"), ("doy", "%j"), ("woy", "%W"), ("weekday", "%w")]
        .iter()
        .fold(text.to_owned(), |text, (name, form)| text.replace(&format!("%({name})s"), &today.format(form).to_string()))
}

/// Gives a number to every new record whose name is not given, or the default; an empty name is a name.
pub fn name_new(env: &mut Env, code: &str, values: &mut [Map]) -> Result<()> {
    let nameless = |map: &Map| map.get("name").is_none_or(|name| name.as_str() == Some("New"));
    let count = values.iter().filter(|map| nameless(map)).count();
    let mut numbers = next(env, code, count)?.into_iter();
    for map in values.iter_mut().filter(|map| nameless(map)) {
        map.insert("name".into(), Value::from(numbers.next()));
    }
    Ok(())
}
