//! The SQL of domains and orders.
#![allow(clippy::unwrap_used)]

mod domain_fixture;

use chrono_tz::Tz;
use domain_fixture::Reader;
use lastmile_orm::domain::Domain;

fn check(cases: &[(&str, &str)]) {
    let reader = Reader::new(true);
    for (domain, expected) in cases {
        assert_eq!(reader.cond("device", &format!("[{domain}]")), *expected, "{domain}");
    }
}

#[test]
fn texts() {
    check(&[
        ("('mgmt_ip', '=', 'a')", "t0.mgmt_ip = $1"),
        ("('mgmt_ip', '!=', 'a')", "(t0.mgmt_ip <> $1 OR t0.mgmt_ip IS NULL)"),
        ("('mgmt_ip', '<>', 'a')", "(t0.mgmt_ip <> $1 OR t0.mgmt_ip IS NULL)"),
        ("('mgmt_ip', '==', 'a')", "t0.mgmt_ip = $1"),
        ("('mgmt_ip', '=', False)", "(t0.mgmt_ip = $1 OR t0.mgmt_ip IS NULL)"),
        ("('mgmt_ip', '=', None)", "(t0.mgmt_ip = $1 OR t0.mgmt_ip IS NULL)"),
        ("('mgmt_ip', '=', '')", "(t0.mgmt_ip = $1 OR t0.mgmt_ip IS NULL)"),
        ("('mgmt_ip', '!=', False)", "t0.mgmt_ip <> $1"),
        ("('mgmt_ip', '=?', 'a')", "t0.mgmt_ip = $1"),
        ("('mgmt_ip', '=?', False)", "SELECT \"t0\".\"id\" FROM device AS t0"),
        ("('mgmt_ip', '>', 'a')", "t0.mgmt_ip > $1"),
        ("('mgmt_ip', '<=', 'a')", "(t0.mgmt_ip <= $1 OR t0.mgmt_ip IS NULL)"),
        ("('mgmt_ip', 'in', ['a', 'b'])", "t0.mgmt_ip = ANY($1)"),
        ("('mgmt_ip', 'not in', ['a'])", "(t0.mgmt_ip <> ALL($1) OR t0.mgmt_ip IS NULL)"),
        ("('mgmt_ip', 'in', [])", "nothing"),
        ("('mgmt_ip', 'not in', [])", "SELECT \"t0\".\"id\" FROM device AS t0"),
        ("('mgmt_ip', 'in', [False, 'a'])", "(t0.mgmt_ip = ANY($1) OR t0.mgmt_ip IS NULL)"),
        ("('mgmt_ip', 'not in', [False])", "t0.mgmt_ip <> ALL($1)"),
        ("('mgmt_ip', 'in', 'a')", "t0.mgmt_ip = $1"),
        ("('mgmt_ip', 'in', False)", "nothing"),
        ("('mgmt_ip', '=', ['a'])", "t0.mgmt_ip = ANY($1)"),
        ("('mgmt_ip', 'like', 'a')", "t0.mgmt_ip LIKE $1"),
        ("('mgmt_ip', 'not like', 'a')", "(t0.mgmt_ip NOT LIKE $1 OR t0.mgmt_ip IS NULL)"),
        ("('name', 'not ilike', 'a')", "t0.name NOT ILIKE $1"),
        ("('mgmt_ip', '=ilike', 'a%')", "t0.mgmt_ip ILIKE $1"),
        ("('mgmt_ip', 'not =like', 'a%')", "(t0.mgmt_ip NOT LIKE $1 OR t0.mgmt_ip IS NULL)"),
        ("('mgmt_ip', 'like', '')", "SELECT \"t0\".\"id\" FROM device AS t0"),
        ("('mgmt_ip', 'not like', '')", "nothing"),
        ("('mgmt_ip', '=like', '')", "(t0.mgmt_ip = $1 OR t0.mgmt_ip IS NULL)"),
        ("('mgmt_ip', '=like', 5)", "TypeError"),
        ("('name', '=', False)", "t0.name = $1"),
        ("('title', 'ilike', 'a')", "(t0.title->>'en_US') ILIKE $1"),
        ("('status', 'in', ['x', False])", "(t0.status = ANY($1) OR t0.status IS NULL)"),
    ]);
    let french = Reader { lang: "fr_FR", ..Reader::new(true) };
    assert_eq!(french.cond("device", "[('title', '=', 'a')]"), "COALESCE(t0.title->>$1, t0.title->>'en_US') = $2");
}

#[test]
fn numbers_and_booleans() {
    check(&[
        ("('mgmt_port', '=', 22.5)", "t0.mgmt_port = $1"),
        ("('mgmt_port', '=', '22')", "t0.mgmt_port = $1"),
        ("('mgmt_port', '=', 'abc')", "ValueError"),
        ("('mgmt_port', '=', False)", "(t0.mgmt_port = $1 OR t0.mgmt_port IS NULL)"),
        ("('mgmt_port', '!=', False)", "t0.mgmt_port <> $1"),
        ("('mgmt_port', '<', 5)", "(t0.mgmt_port < $1 OR t0.mgmt_port IS NULL)"),
        ("('mgmt_port', '>', False)", "t0.mgmt_port > $1"),
        ("('mgmt_port', 'like', '2')", "t0.mgmt_port::text LIKE $1"),
        ("('mgmt_port', '=', 99999999999)", "nothing"),
        ("('mgmt_port', '>', 99999999999)", "t0.mgmt_port > $1"),
        ("('price', 'in', [1, 2.5, '3'])", "t0.price = ANY($1)"),
        ("('limit', '>', 5)", "COALESCE((t0.limit->>$1::text)::float8, 0) > $2"),
        ("('id', '=', False)", "nothing"),
        ("('id', '!=', False)", "SELECT \"t0\".\"id\" FROM device AS t0"),
        ("('id', 'in', [1, False])", "t0.id = ANY($1)"),
        ("('is_up', '=', True)", "t0.status = $1"),
        ("('is_up', '=', False)", "(t0.status = $1) IS NOT TRUE"),
        ("('is_up', 'in', [True])", "t0.status = $1"),
        ("('is_up', '!=', False)", "t0.status = $1"),
        ("('computed', '=', 'x')", "ValueError"),
        ("('data', '=', False)", "t0.data IS NULL"),
        ("('data', '=', 1)", "ValueError"),
        ("('image', '=', 'x')", "SELECT \"t0\".\"id\" FROM device AS t0"),
        (
            "('image', '=', False)",
            "NOT EXISTS (SELECT 1 FROM ir_attachment AS t1 WHERE t1.res_model = $1 AND t1.res_field = $2 AND t1.res_id = t0.id)",
        ),
    ]);
    let reader = Reader { active_test: false, ..Reader::new(true) };
    for (domain, expected) in [
        ("('active', '=', True)", "t0.active IS TRUE"),
        ("('active', '!=', True)", "t0.active IS NOT TRUE"),
        ("('active', '=', 'false')", "t0.active IS NOT TRUE"),
        ("('active', 'in', [True, False])", "SELECT \"t0\".\"id\" FROM sector AS t0"),
        ("('active', '>', False)", "ValueError"),
        ("'!', ('active', '=', True)", "t0.active IS NOT TRUE"),
    ] {
        assert_eq!(reader.cond("sector", &format!("[{domain}]")), expected, "{domain}");
    }
}

#[test]
fn dates() {
    check(&[
        ("('start_date', '=', '2024-02-29')", "t0.start_date = $1"),
        ("('start_date', '!=', '2024-02-29')", "(t0.start_date = $1) IS NOT TRUE"),
        ("('start_date', '<=', '2024-02-29 12:00:00')", "t0.start_date <= $1"),
        ("('start_date', '=', False)", "t0.start_date IS NULL"),
        ("('start_date', 'in', ['2024-01-15', False])", "(t0.start_date = ANY($1) OR t0.start_date IS NULL)"),
        ("('start_date', '>', False)", "nothing"),
        ("('start_date', '<', '2024-02-30')", "ValueError"),
        ("('start_date', '=', 'bad')", "ValueError"),
        ("('start_date', '>', '2024')", "ValueError"),
        ("('start_date', '=', 20240229)", "ValueError"),
        ("('start_date', 'like', '2024')", "t0.start_date::text LIKE $1"),
        ("('start_date', '>', 'today -1d')", "t0.start_date > $1"),
        ("('start_date', '>', '=monday -52w')", "t0.start_date > $1"),
        ("('start_date', '<', '+1m')", "t0.start_date < $1"),
        ("('start_date', '>', '-400d')", "t0.start_date > $1"),
        ("('start_date', '>', 'today nonsense')", "ValueError"),
        ("('start_date.month_number', '=', 2)", "EXTRACT(MONTH FROM t0.start_date)::int4 = $1"),
        (
            "('start_date.month_number', '!=', '2')",
            "(EXTRACT(MONTH FROM t0.start_date)::int4 <> $1 OR EXTRACT(MONTH FROM t0.start_date)::int4 IS NULL)",
        ),
        ("('start_date.month_number', '=', False)", "EXTRACT(MONTH FROM t0.start_date)::int4 IS NULL"),
        ("('start_date.hour_number', '=', 0)", "EXTRACT(HOUR FROM t0.start_date::timestamp)::int4 = $1"),
        ("('start_date.nosuch', '=', 0)", "ValueError"),
        ("('seen_at', '=', '2024-03-01')", "(t0.seen_at >= $1 AND t0.seen_at < $2)"),
        ("('seen_at', '>', '2024-03-01')", "t0.seen_at >= $1"),
        ("('seen_at', '<=', '2024-03-01')", "t0.seen_at < $1"),
        ("('seen_at', '<', '2024-03-01T13:14:16Z')", "ValueError"),
        ("('seen_at', '<', '2024-03-01T13:14:16')", "t0.seen_at < $1"),
        ("('seen_at', '>', 'now -1H')", "t0.seen_at >= $1"),
        ("('seen_at', 'in', ['2024-03-02 00:00:00', False])", "((t0.seen_at >= $1 AND t0.seen_at < $2) OR t0.seen_at IS NULL)"),
        ("('seen_at', 'bad', 'x')", "ValueError"),
    ]);
    let tokyo = Reader { tz: Tz::Asia__Tokyo, ..Reader::new(true) };
    assert_eq!(
        tokyo.cond("device", "[('seen_at.hour_number', '=', 1)]"),
        "EXTRACT(HOUR FROM ((t0.seen_at AT TIME ZONE 'UTC') AT TIME ZONE $1)::timestamp)::int4 = $2"
    );
}

#[test]
fn the_tree() {
    check(&[
        ("", "SELECT \"t0\".\"id\" FROM device AS t0"),
        ("(1, '=', 1)", "SELECT \"t0\".\"id\" FROM device AS t0"),
        ("(0, '=', 1)", "nothing"),
        ("'|', (0, '=', 1), ('mgmt_port', '=', 2)", "t0.mgmt_port = $1"),
        ("'!', (1, '=', 1)", "nothing"),
        ("'!', ('mgmt_port', '>', 0)", "(t0.mgmt_port > $1) IS NOT TRUE"),
        (
            "'!', '|', ('mgmt_port', '=', 22), ('status', '=', 'x')",
            "((t0.mgmt_port <> $1 OR t0.mgmt_port IS NULL) AND (t0.status <> $2 OR t0.status IS NULL))",
        ),
        ("'!', '!', ('mgmt_port', '=', 22)", "t0.mgmt_port = $1"),
        ("('mgmt_port', '=', 1), '|', ('id', '=', 2), ('id', '=', 3)", "(t0.mgmt_port = $1 AND (t0.id = $2 OR t0.id = $3))"),
        ("('nosuch', '=', 1)", "ValueError"),
        ("('name.x', '=', 1)", "ValueError"),
        ("('sector_id.nosuch', '=', 1)", "ValueError"),
        ("('name', 'any', [('x', '=', 1)])", "ValueError"),
        ("('name', 'child_of', 'x')", "ValueError"),
    ]);
}

#[test]
fn relations_of_a_reader() {
    let mut reader = Reader::new(false);
    reader.rules.insert("sector", Domain::eq("city", "X"));
    for (domain, expected) in [
        ("('sector_id', '=', 5)", "t0.sector_id = $1"),
        ("('sector_id', '!=', 5)", "(t0.sector_id <> $1 OR t0.sector_id IS NULL)"),
        ("('sector_id', '=', False)", "t0.sector_id IS NULL"),
        ("('sector_id', 'not in', [5, False])", "t0.sector_id <> ALL($1)"),
        ("('sector_id', '>', 'North')", "TypeError"),
        ("('sector_id', '=', 0)", "t0.sector_id = $1"),
        ("('sector_id', 'in', [])", "nothing"),
        ("('sector_id', '=', 'North')", "t0.sector_id IN (SELECT t1.id FROM sector AS t1 WHERE (t1.name = ANY($1) AND t1.city = $2))"),
        (
            "('sector_id', '!=', 'North')",
            "(t0.sector_id IN (SELECT t1.id FROM sector AS t1 WHERE (t1.name = ANY($1) AND t1.city = $2))) IS NOT TRUE",
        ),
        ("('sector_id', 'ilike', 'n')", "t0.sector_id IN (SELECT t1.id FROM sector AS t1 WHERE (t1.name ILIKE $1 AND t1.city = $2))"),
        ("('sector_id', 'ilike', '')", "t0.sector_id IS NOT NULL"),
        ("('sector_id', '=like', '')", "t0.sector_id IS NULL"),
        (
            "('sector_id.name', '!=', 'a')",
            "t0.sector_id IN (SELECT t1.id FROM sector AS t1 WHERE ((t1.name <> $1 OR t1.name IS NULL) AND t1.city = $2))",
        ),
        ("('sector_id', 'any', [])", "t0.sector_id IN (SELECT t1.id FROM sector AS t1 WHERE t1.city = $1)"),
        ("('sector_id.', '=', 1)", "nothing"),
        ("('secret', '=', 'x')", "AccessError"),
        ("('sector_name', '=', 'a')", "(t0.sector_id IS NOT NULL AND t1.name = $1)"),
        ("('tag_ids', '=', 5)", "EXISTS (SELECT 1 FROM device_tag_rel AS t1 WHERE (t1.device_id = t0.id AND t1.tag_id = ANY($1)))"),
        ("('tag_ids', '!=', 5)", "NOT EXISTS (SELECT 1 FROM device_tag_rel AS t1 WHERE (t1.device_id = t0.id AND t1.tag_id = ANY($1)))"),
        ("('tag_ids', '=', False)", "NOT EXISTS (SELECT 1 FROM device_tag_rel AS t1 WHERE t1.device_id = t0.id)"),
        (
            "('tag_ids', 'ilike', 'a')",
            "EXISTS (SELECT 1 FROM device_tag_rel AS t1 JOIN tag AS t2 ON t2.id = t1.tag_id WHERE (t2.name ILIKE $1 AND t1.device_id = t0.id))",
        ),
        ("('tag_ids', '>', 1)", "AssertionError"),
        ("('tag_ids', 'in', [])", "nothing"),
        (
            "('line_ids', 'any', [('name', '=', 'a')])",
            "EXISTS (SELECT 1 FROM line AS t1 WHERE (t1.device_id = t0.id AND t1.name = $1 AND t1.active IS TRUE))",
        ),
        ("('line_ids', 'not any', [])", "NOT EXISTS (SELECT 1 FROM line AS t1 WHERE (t1.device_id = t0.id AND t1.active IS TRUE))"),
        ("('line_ids', '!=', False)", "EXISTS (SELECT 1 FROM line AS t1 WHERE t1.device_id = t0.id)"),
        ("('note_ids', '!=', False)", "EXISTS (SELECT 1 FROM note AS t1 WHERE (t1.res_id = t0.id AND t1.model = $1))"),
    ] {
        assert_eq!(reader.cond("device", &format!("[{domain}]")), expected, "{domain}");
    }
    reader.no_access.insert("sector");
    assert_eq!(reader.cond("device", "[('sector_id.name', '=', 'a')]"), "AccessError");
    assert_eq!(reader.cond("device", "[('sector_id', '=', 1)]"), "t0.sector_id = $1");
    assert_eq!(reader.cond("sector", "[]"), "AccessError");
}

#[test]
fn trees() {
    let reader = Reader::new(true);
    for (model, domain, expected) in [
        (
            "tag",
            "('id', 'child_of', 5)",
            "t0.id IN (SELECT t2.id FROM tag AS t2 WHERE EXISTS (SELECT 1 FROM tag AS t1 WHERE (t1.id = ANY($1) AND t2.parent_path LIKE t1.parent_path || '%')))",
        ),
        (
            "tag",
            "('id', 'parent_of', [5])",
            "t0.id IN (SELECT unnest(string_to_array(rtrim(t1.parent_path, '/'), '/')::int4[]) FROM tag AS t1 WHERE t1.id = ANY($1))",
        ),
        ("tag", "('id', 'child_of', False)", "nothing"),
        ("tag", "('id', 'child_of', [])", "nothing"),
        (
            "tag",
            "('parent_id', 'child_of', 'x')",
            "t0.id IN (SELECT t3.id FROM tag AS t3 WHERE EXISTS (SELECT 1 FROM tag AS t1 WHERE (t1.id IN (SELECT t2.id FROM tag AS t2 WHERE t2.name ILIKE $1) AND t3.parent_path LIKE t1.parent_path || '%')))",
        ),
        (
            "tree",
            "('id', 'child_of', 5)",
            "t0.id IN (WITH RECURSIVE t2 AS (SELECT t1.id FROM tree AS t1 WHERE t1.id = ANY($1) UNION SELECT t3.id FROM tree AS t3 JOIN t2 ON t3.parent_id = t2.id WHERE t3.id IS NOT NULL) SELECT id FROM t2)",
        ),
        (
            "tag",
            "('child_ids', 'child_of', 5)",
            "EXISTS (SELECT 1 FROM tag AS t4 WHERE (t4.parent_id = t0.id AND t4.id IN (WITH RECURSIVE t2 AS (SELECT t1.id FROM tag AS t1 WHERE t1.id = ANY($1) UNION SELECT t3.parent_id FROM tag AS t3 JOIN t2 ON t3.id = t2.id WHERE t3.parent_id IS NOT NULL) SELECT id FROM t2)))",
        ),
    ] {
        assert_eq!(reader.cond(model, &format!("[{domain}]")), expected, "{domain}");
    }
}

#[test]
fn orders() {
    let reader = Reader::new(false);
    for (text, expected) in [
        ("", "device AS t0 LEFT JOIN sector AS t1 ON t1.id = t0.sector_id ORDER BY t1.name, t1.id, t0.name DESC, t0.id"),
        (
            "sector_id desc nulls last",
            "device AS t0 LEFT JOIN sector AS t1 ON t1.id = t0.sector_id ORDER BY t0.sector_id IS NULL, t1.name DESC, t1.id DESC",
        ),
        ("sector_id.id", "device AS t0 ORDER BY t0.sector_id"),
        ("mgmt_ip asc NULLS FIRST,id DESC", "device AS t0 ORDER BY t0.mgmt_ip NULLS FIRST, t0.id DESC"),
        ("sector_name, title", "device AS t0 LEFT JOIN sector AS t1 ON t1.id = t0.sector_id ORDER BY t1.name, (t0.title->>'en_US')"),
        ("name; drop table x", "UserError"),
        ("name,", "UserError"),
        ("sector_id.name desc", "ValueError"),
        ("sector_id.name nulls first", "ValueError"),
        ("nosuch", "ValueError"),
        ("computed", "ValueError"),
        ("line_ids", "ValueError"),
        ("secret", "AccessError"),
    ] {
        assert_eq!(reader.order("device", text).replace('"', ""), expected, "{text}");
    }
    assert_eq!(reader.order("tag", "parent_id"), "tag AS t0 LEFT JOIN tag AS t1 ON t1.id = t0.parent_id ORDER BY t1.name");
}
