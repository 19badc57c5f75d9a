//! The SQL of groups, and the names of their periods.
#![allow(clippy::unwrap_used)]

mod domain_fixture;

use chrono::NaiveDate;
use chrono_tz::Tz;
use domain_fixture::Reader;
use lastmile_orm::Error;
use lastmile_orm::domain::Domain;
use lastmile_orm::expr;
use lastmile_orm::group::locale::Locale;
use lastmile_orm::group::spec::{Aggregate, Ask, GroupBy, OrderBy};
use lastmile_orm::group::{Scope, plan};
use lastmile_orm::registry::Model;
use lastmile_orm::sql::Sql;

struct Call<'a> {
    reader: Reader,
    zone: Option<Tz>,
    week_start: u32,
    groups: &'a [&'a str],
    aggregates: &'a [&'a str],
    order: &'a str,
    having: &'a str,
    limit: Option<i64>,
}

impl<'a> Call<'a> {
    fn by(groups: &'a [&'a str]) -> Self {
        Call {
            reader: Reader::new(true),
            zone: None,
            week_start: 6,
            groups,
            aggregates: &["__count"],
            order: "",
            having: "[]",
            limit: None,
        }
    }

    fn sql(&self) -> String {
        let name = |model: &Model, alias: &str| model.rec_name.as_deref().map(|name| Sql::column(alias, name));
        let scope = Scope { zone: self.zone, week_start: self.week_start, names: &name };
        let read = || {
            let ask = Ask {
                groups: self.groups.iter().map(|text| GroupBy::parse(text)).collect::<Result<_, _>>()?,
                aggregates: self.aggregates.iter().map(|text| Aggregate::parse(text)).collect::<Result<_, _>>()?,
                order: OrderBy::parse(self.order)?,
                having: Domain::parse(&expr::literal(self.having)?)?,
                limit: self.limit,
                ..Ask::default()
            };
            plan(&self.reader, &scope, self.reader.registry.model("device")?, &Domain::eq("status", "up"), &ask)
        };
        match read() {
            Ok(plan) => plan.sql.unwrap().to_text().replace('"', ""),
            Err(Error::Builtin(class, _)) => class.name().to_owned(),
            Err(Error::Access(_)) => "AccessError".to_owned(),
            Err(Error::Database(class, _)) => class.to_owned(),
            Err(other) => format!("{other:?}"),
        }
    }
}

#[test]
fn a_field_is_grouped_below_and_ordered_above() {
    assert_eq!(
        Call::by(&["status"]).sql(),
        "SELECT t1.g0::text, t1.a0 FROM (SELECT t0.status AS g0, count(*)::int8 AS a0 FROM device AS t0 WHERE t0.status = $1 GROUP BY 1) AS t1 \
         ORDER BY t1.g0"
    );
}

#[test]
fn records_sort_as_their_model_and_bring_their_names() {
    assert_eq!(
        Call { order: "sector_id desc", limit: Some(10), ..Call::by(&["sector_id"]) }.sql(),
        "SELECT t1.g0::int8, (t2.name)::text, t1.a0 FROM (SELECT t0.sector_id AS g0, count(*)::int8 AS a0 FROM device AS t0 WHERE t0.status = $1 \
         GROUP BY 1) AS t1 LEFT JOIN sector AS t2 ON t2.id = t1.g0 ORDER BY t2.name DESC, t2.id DESC LIMIT 10"
    );
}

#[test]
fn a_many2many_counts_each_link() {
    assert_eq!(
        Call { aggregates: &["mgmt_port:sum"], ..Call::by(&["tag_ids"]) }.sql(),
        "SELECT t1.g0::int8, (t4.name)::text, t1.a0 FROM (SELECT t2.tag_id AS g0, sum(t0.mgmt_port)::int8 AS a0 FROM device AS t0 \
         LEFT JOIN device_tag_rel AS t2 ON t2.device_id = t0.id WHERE t0.status = $1 GROUP BY 1) AS t1 LEFT JOIN tag AS t4 ON t4.id = t1.g0 ORDER BY t1.g0"
    );
}

#[test]
fn periods_begin_where_the_reader_is() {
    let group = |granularity: &str, zone: Option<Tz>, week_start: u32| {
        let text = format!("seen_at:{granularity}");
        let sql = Call { zone, week_start, ..Call::by(&[&text]) }.sql();
        let (_, rest) = sql.split_once("(SELECT ").unwrap();
        rest.split_once(" AS g0").unwrap().0.to_owned()
    };
    assert_eq!(group("month", None, 6), "date_trunc('month', t0.seen_at::timestamp)");
    assert_eq!(group("day", Some(Tz::Asia__Tokyo), 6), "date_trunc('day', timezone($1::text, timezone('UTC', t0.seen_at)))");
    assert_eq!(group("week", None, 0), "date_trunc('week', t0.seen_at::timestamp)");
    assert_eq!(group("week", None, 6), "(date_trunc('week', t0.seen_at::timestamp + interval '1 day') - interval '1 day')");
    assert_eq!(group("week", None, 5), "(date_trunc('week', t0.seen_at::timestamp + interval '2 day') - interval '2 day')");
    assert_eq!(group("day_of_week", None, 6), "date_part('dow', t0.seen_at::timestamp)");
    // A date is the same everywhere.
    let date = Call { zone: Some(Tz::Asia__Tokyo), ..Call::by(&["start_date:year"]) }.sql();
    assert!(date.contains("date_trunc('year', t0.start_date::timestamp) AS g0"), "{date}");
}

#[test]
fn having_and_order_may_name_what_is_not_asked_for() {
    let call = Call {
        order: "mgmt_port:max desc nulls last, status",
        having: "[('__count', '>', 1), ('price:sum', '<', 10.5)]",
        ..Call::by(&["status"])
    };
    assert_eq!(
        call.sql(),
        "SELECT t1.g0::text, t1.a0 FROM (SELECT t0.status AS g0, count(*)::int8 AS a0, max(t0.mgmt_port)::int8 AS a1, sum(t0.price)::numeric AS a2 \
         FROM device AS t0 WHERE t0.status = $1 GROUP BY 1) AS t1 WHERE (t1.a0::float8 > $2 AND t1.a2 < $3) ORDER BY t1.a1 DESC NULLS LAST, t1.g0"
    );
}

#[test]
fn paths_join_what_the_reader_sees() {
    let joined = |call: Call<'_>| call.sql().split_once(" FROM device").unwrap().1.split_once(" WHERE t0.status").unwrap().0.to_owned();
    assert_eq!(joined(Call::by(&["sector_id.city", "sector_id.name"])), " AS t0 LEFT JOIN sector AS t3 ON t3.id = t0.sector_id");
    let mut call = Call::by(&["sector_id.city", "sector_id.name"]);
    call.reader.su = false;
    call.reader.rules.insert("sector", Domain::eq("city", "x"));
    assert_eq!(joined(call), " AS t0 LEFT JOIN (SELECT t2.* FROM sector AS t2 WHERE t2.city = $1) AS t3 ON t3.id = t0.sector_id");
    let mut call = Call::by(&["sector_id.city"]);
    call.reader.su = false;
    call.reader.no_access.insert("sector");
    assert_eq!(call.sql(), "AccessError");
}

#[test]
fn everything_is_one_group_without_dimensions() {
    assert_eq!(
        Call { aggregates: &["__count", "name:array_agg", "price:avg"], ..Call::by(&[]) }.sql(),
        "SELECT t1.a0, t1.a1, t1.a2 FROM (SELECT count(*)::int8 AS a0, jsonb_agg(t0.name ORDER BY t0.id)::jsonb AS a1, avg(t0.price)::float8 AS a2 \
         FROM device AS t0 WHERE t0.status = $1) AS t1"
    );
}

#[test]
fn wrong_questions() {
    for group in
        ["nosuch", "status:month", "start_date", "seen_at:decade", "line_ids", "tag_ids.name", "status.x", "computed", "data", "a b", ""]
    {
        assert_eq!(Call::by(&[group]).sql(), "ValueError", "{group}");
    }
    for (aggregate, error) in [
        ("mgmt_port", "ValueError"),
        ("mgmt_port:nosuch", "ValueError"),
        ("nosuch:sum", "ValueError"),
        ("name:sum", "psycopg2.errors.UndefinedFunction"),
        ("mgmt_port:bool_or", "psycopg2.errors.UndefinedFunction"),
        ("status:recordset", "ValueError"),
    ] {
        assert_eq!(Call { aggregates: &[aggregate], ..Call::by(&["status"]) }.sql(), error, "{aggregate}");
    }
    for order in ["name", "status up", "status nulls", "mgmt_port"] {
        assert_eq!(Call { order, ..Call::by(&["status"]) }.sql(), "ValueError", "{order}");
    }
    for having in ["[('status', '=', 'x')]", "[('__count', 'like', 1)]", "[('__count', '>', 'x')]"] {
        assert_eq!(Call { having, ..Call::by(&["status"]) }.sql(), "ValueError", "{having}");
    }
    let mut hidden = Call::by(&["secret"]);
    hidden.reader.su = false;
    assert_eq!(hidden.sql(), "AccessError");
}

#[test]
fn weeks_of_the_year() {
    let week =
        |lang: &str, start: u32, (y, m, d): (i32, u32, u32)| Locale::new(lang, start).week(NaiveDate::from_ymd_opt(y, m, d).unwrap());
    assert_eq!(week("en_US", 6, (2024, 1, 28)), (5, 2024));
    assert_eq!(week("en_US", 6, (2025, 12, 28)), (1, 2026));
    assert_eq!(week("en_US", 6, (2024, 1, 14)), (3, 2024));
    assert_eq!(week("fr_FR", 0, (2021, 1, 3)), (53, 2020));
    assert_eq!(week("fr_FR", 0, (2024, 12, 30)), (1, 2025));
    assert_eq!(week("es_DO", 6, (2023, 1, 1)), (1, 2023));
}
