//! Lines of repartition in words, and what the chatter of a tax says when they change.

use std::collections::{BTreeMap, HashMap};

use lastmile_orm::compute::Computed;
use lastmile_orm::sql::sql;
use lastmile_orm::value::py_float;
use lastmile_orm::{Declarations, Env, Id, Result, Value, money};

use crate::mail::store::{self, NewMessage};
use crate::mail::text::escape;

const TAX: &str = "account.tax";

/// The kind of document, and the place among its lines.
type Place = (String, usize);

/// What is said of a line: as Python writes it, by label.
type Facts = [(&'static str, Value); 4];

/// Lines of a tax, in their order.
pub type Lines = BTreeMap<Place, Facts>;

/// Declares the field that keeps what is said.
pub fn declare(all: &mut Declarations) {
    // It says what has been before: its changes are told line by line, not as a changed field.
    all.model(TAX).compute_sudo(&["repartition_lines_str"], &[], |env, ids, out: &mut Computed| {
        let used = env.values(TAX, "is_used", ids)?;
        let lines = lines(env, ids)?;
        for (id, used) in ids.iter().zip(used) {
            let text = lines.get(id).filter(|_| used.truthy()).map(as_python);
            out.set("repartition_lines_str", *id, text.unwrap_or_default());
        }
        Ok(())
    });
}

/// What is said of the lines of taxes.
pub fn lines(env: &mut Env, taxes: &[Id]) -> Result<HashMap<Id, Lines>> {
    let lang = env.lang()?.to_owned();
    env.flush()?;
    let sql = sql!(
        "SELECT r.tax_id, r.document_type, r.factor_percent, r.account_id, COALESCE(r.use_in_tax_closing, FALSE),
         (SELECT string_agg(COALESCE(g.name ->> {lang}, g.name ->> 'en_US'), chr(31) ORDER BY g.id)
         FROM account_account_tag_account_tax_repartition_line_rel x JOIN account_account_tag g ON g.id = x.account_account_tag_id
         WHERE x.account_tax_repartition_line_id = r.id AND g.active)
         FROM account_tax_repartition_line r WHERE r.tax_id = ANY({taxes})
         ORDER BY r.document_type, r.sequence, r.repartition_type, r.id"
    );
    let rows = env.query(sql)?;
    let accounts: Vec<Id> = rows.iter().filter_map(|row| row.int(3)).collect();
    let called: HashMap<Id, String> = accounts.iter().copied().zip(env.names("account.account", &accounts)?).collect();
    let mut out: HashMap<Id, Lines> = HashMap::new();
    for row in &rows {
        let (Some(tax), Some(kind)) = (row.int(0), row.text(1)) else { continue };
        let lines = out.entry(tax).or_default();
        let number = lines.keys().filter(|(known, _)| *known == kind).count() + 1;
        let account = row.int(3).and_then(|id| called.get(&id)).map_or("None", String::as_str);
        let tags: Option<Vec<Value>> = row.text(5).map(|tags| tags.split('\u{1f}').map(Value::from).collect());
        let facts = [
            ("Factor Percent", Value::Decimal(row.decimal(2).unwrap_or_default())),
            ("Account", Value::from(account)),
            ("Tax Grids", tags.map_or(Value::from("None"), Value::List)),
            ("Use in tax closing", Value::from(if row.bool(4).unwrap_or(false) { "True" } else { "False" })),
        ];
        lines.insert((kind, number), facts);
    }
    Ok(out)
}

/// A value as Python writes it.
fn written(value: &Value) -> String {
    match value {
        Value::Decimal(number) => py_float(money::to_f64(*number)),
        Value::List(items) => format!("[{}]", items.iter().map(Value::py_repr).collect::<Vec<_>>().join(", ")),
        other => other.py_repr(),
    }
}

fn as_python(lines: &Lines) -> String {
    let line = |((kind, number), facts): (&Place, &Facts)| {
        let facts: Vec<String> = facts.iter().map(|(label, value)| format!("'{label}': {}", written(value))).collect();
        format!("('{kind}', {number}): {{{}}}", facts.join(", "))
    };
    format!("{{{}}}", lines.iter().map(line).collect::<Vec<_>>().join(", "))
}

/// Tells in the chatter of taxes which lines came, went and changed.
pub fn tell(env: &mut Env, taxes: &[Id], before: &HashMap<Id, Lines>) -> Result<()> {
    let after = lines(env, taxes)?;
    let none = Lines::new();
    let mut messages = Vec::new();
    for tax in taxes {
        let (before, after) = (before.get(tax).unwrap_or(&none), after.get(tax).unwrap_or(&none));
        for body in changes(before, after) {
            messages.push(NewMessage::log(env, TAX, *tax, body));
        }
    }
    store::insert(env, &messages).map(|_| ())
}

/// What is said of changed lines, then of those that came or went.
fn changes(before: &Lines, after: &Lines) -> Vec<String> {
    let mut out = Vec::new();
    for (place, new) in after {
        let Some(old) = before.get(place) else { continue };
        let items: Vec<String> =
            old.iter().zip(new).filter(|(old, new)| old != new).map(|((label, old), (_, new))| changed(label, old, new)).collect();
        if !items.is_empty() {
            out.push(message("", place, &items));
        }
    }
    let only = |these: &Lines, others: &Lines, word: &str| -> Vec<String> {
        let own = these.iter().filter(|(place, _)| !others.contains_key(*place));
        own.map(|(place, facts)| message(word, place, &facts.iter().map(|(label, value)| there(label, value)).collect::<Vec<_>>()))
            .collect()
    };
    out.extend(only(before, after, "Removed "));
    out.extend(only(after, before, "New "));
    out
}

fn message(word: &str, (kind, number): &Place, items: &[String]) -> String {
    let kind = if kind == "refund" { "Refund" } else { "Invoice" };
    format!("<b>{word}{kind}</b> repartition line {number}:<ul class=\"mb-0 ps-4\">{}</ul>", items.concat())
}

/// A value for readers: texts without quotes.
fn read(value: &Value) -> String {
    escape(value.as_str().map_or_else(|| written(value), str::to_owned).as_str())
}

fn there(label: &str, value: &Value) -> String {
    format!(
        "<li><span class=\"o-mail-Message-trackingNew me-1 fw-bold text-info\">{}</span>\
         <span class=\"o-mail-Message-trackingField ms-1 fst-italic text-muted\">({label})</span></li>",
        read(value)
    )
}

fn changed(label: &str, old: &Value, new: &Value) -> String {
    format!(
        "<li><span class=\"o-mail-Message-trackingOld me-1 px-1 text-muted fw-bold\">{}</span>\
         <i class=\"o-mail-Message-trackingSeparator fa fa-long-arrow-right mx-1 text-600\"></i>{}",
        read(old),
        there(label, new).trim_start_matches("<li>")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(percent: i64, account: &str) -> Facts {
        [
            ("Factor Percent", Value::Decimal(percent.into())),
            ("Account", Value::from(account)),
            ("Tax Grids", Value::from("None")),
            ("Use in tax closing", Value::from("False")),
        ]
    }

    #[test]
    fn lines_that_change_come_and_go_are_told() {
        let place = |number| ("invoice".to_owned(), number);
        let before = Lines::from([(place(1), facts(100, "None")), (place(2), facts(100, "A <b>"))]);
        let after = Lines::from([(place(1), facts(50, "None")), (place(3), facts(50, "B"))]);
        let told = changes(&before, &after);
        assert_eq!(told.len(), 3);
        assert!(told[0].starts_with("<b>Invoice</b> repartition line 1:") && told[0].contains(">100.0<") && told[0].contains(">50.0<"));
        assert!(!told[0].contains("Account"), "what stayed is not told");
        assert!(told[1].starts_with("<b>Removed Invoice</b> repartition line 2:") && told[1].contains("A &lt;b&gt;"));
        assert!(told[2].starts_with("<b>New Invoice</b> repartition line 3:"));
        assert_eq!(
            as_python(&Lines::from([(place(1), facts(100, "None"))])),
            "{('invoice', 1): {'Factor Percent': 100.0, 'Account': 'None', 'Tax Grids': 'None', 'Use in tax closing': 'False'}}"
        );
    }
}
