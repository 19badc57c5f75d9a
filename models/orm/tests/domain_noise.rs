//! Parsers meet noise: they answer or refuse, and never panic.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod domain_fixture;

use domain_fixture::Reader;
use lastmile_orm::Value;
use lastmile_orm::domain::{Domain, order, search};
use lastmile_orm::expr::{Expr, Literals};

/// A small generator with a fixed seed, so that a failure comes again.
struct Noise(u64);

impl Noise {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }

    fn pick<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

const PARTS: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    ".",
    "'",
    "\"",
    "\\",
    "and",
    "or",
    "not",
    "in",
    "is",
    "if",
    "else",
    "for",
    "x",
    "user",
    "1",
    "0",
    "-",
    "+",
    "*",
    "/",
    "%",
    "//",
    "<",
    "<=",
    "==",
    "!=",
    "=",
    " ",
    "\n",
    "1.5",
    "1e9",
    "9999999999999999999",
    "'é'",
    "True",
    "None",
    "len",
    "datetime",
    "time",
    "relativedelta",
    "strftime",
    "days=",
    "é",
    "'''",
    "r'",
    "\\x",
    "#",
    "9e999",
    "max",
    "today",
    "context_today()",
];

#[test]
fn expressions() {
    let mut noise = Noise(1);
    for _ in 0..50_000 {
        let length = noise.below(14);
        let text: String = (0..length).map(|_| *noise.pick(PARTS)).collect();
        if let Ok(expr) = Expr::parse(&text) {
            let _ = expr.eval(&Literals);
        }
        let _ = order::parse(&text);
    }
}

fn value(noise: &mut Noise, depth: usize) -> Value {
    match noise.below(if depth == 0 { 9 } else { 11 }) {
        0 => Value::None,
        1 => Value::Bool(true),
        2 => Value::Bool(false),
        3 => Value::Int([0, 1, -1, i64::MAX, i64::MIN, 2_147_483_648][noise.below(6)]),
        4 => Value::Float([0.0, 1.5, f64::NAN, f64::INFINITY, -1e300][noise.below(5)]),
        5 => Value::Big("99999999999999999999".into()),
        6 => Value::from(*noise.pick(&[
            "",
            "x",
            "%",
            "\\",
            "22",
            "today",
            "now -1d",
            "+99999999999y",
            "=99H",
            "2024-01-01",
            "9999-12-31",
            "é",
            "=week_start",
        ])),
        7 => Value::from(*noise.pick(&["&", "|", "!"])),
        8 => Value::Map(lastmile_orm::Map::new()),
        9 => Value::List((0..noise.below(4)).map(|_| value(noise, depth - 1)).collect()),
        _ => condition(noise, depth - 1),
    }
}

fn condition(noise: &mut Noise, depth: usize) -> Value {
    let fields = [
        "id",
        "name",
        "display_name",
        "mgmt_ip",
        "mgmt_port",
        "status",
        "sector_id",
        "sector_id.name",
        "sector_id.id",
        "start_date",
        "seen_at",
        "start_date.month_number",
        "seen_at.hour_number",
        "price",
        "image",
        "data",
        "title",
        "limit",
        "secret",
        "sector_name",
        "is_up",
        "computed",
        "line_ids",
        "line_ids.name",
        "tag_ids",
        "tag_ids.parent_id.name",
        "note_ids",
        "sector_id.",
        ".",
        "a.b.c",
        "name.x",
    ];
    let ops = [
        "=",
        "!=",
        "<>",
        "==",
        ">",
        ">=",
        "<",
        "<=",
        "in",
        "not in",
        "like",
        "not like",
        "ilike",
        "not ilike",
        "=like",
        "=ilike",
        "not =like",
        "child_of",
        "parent_of",
        "any",
        "not any",
        "=?",
        "any!",
        "bad",
    ];
    Value::List(vec![Value::from(*noise.pick(&fields)), Value::from(*noise.pick(&ops)), value(noise, depth)])
}

#[test]
fn domains() {
    let mut noise = Noise(2);
    let reader = Reader::new(false);
    let device = &reader.registry.models["device"];
    let mut good = 0;
    for _ in 0..30_000 {
        let length = noise.below(4);
        let items = (0..length).map(|_| if noise.below(5) == 0 { value(&mut noise, 2) } else { condition(&mut noise, 2) }).collect();
        if let Ok(domain) = Domain::parse(&Value::List(items)) {
            assert_eq!(Domain::parse(&domain.to_value()).unwrap().to_string(), domain.to_string());
            if let Ok(query) = search(&reader, device, &domain) {
                let _ = query.into_select().into_sql().to_text();
                good += 1;
            }
        }
    }
    assert!(good > 1000, "{good}");
}
