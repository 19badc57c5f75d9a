//! The text of `sql!`: what is SQL and what stands for a value.

/// What a placeholder stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Bind,
    Ident,
    Sql,
}

/// A piece of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    Text(String),
    Value(String, Kind),
}

/// Takes a text apart. Line breaks and the blanks around them become one blank, outside of SQL's quotes.
///
/// # Errors
/// A message for braces that do not match and placeholders of no known kind.
pub fn parse(source: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut quote = None;
    let mut rest = trimmed(source).chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '{' if rest.next_if_eq(&'{').is_some() => text.push('{'),
            '}' if rest.next_if_eq(&'}').is_some() => text.push('}'),
            '{' => {
                let mut inside = String::new();
                loop {
                    match rest.next() {
                        Some('}') => break,
                        Some(c) => inside.push(c),
                        None => return Err("a `{` is not closed; `{{` is a brace of SQL".into()),
                    }
                }
                if !text.is_empty() {
                    parts.push(Part::Text(std::mem::take(&mut text)));
                }
                parts.push(placeholder(&inside)?);
            }
            '}' => return Err("a `}` is not opened; `}}` is a brace of SQL".into()),
            c if c.is_whitespace() && quote.is_none() => {
                let mut broken = c == '\n';
                let mut blanks = String::from(c);
                while let Some(more) = rest.next_if(|c| c.is_whitespace()) {
                    broken |= more == '\n';
                    blanks.push(more);
                }
                text.push_str(if broken { " " } else { &blanks });
            }
            c => {
                if matches!(c, '\'' | '"') {
                    quote = match quote {
                        None => Some(c),
                        Some(open) if open == c => None,
                        open => open,
                    };
                }
                text.push(c);
            }
        }
    }
    if quote.is_some() {
        return Err("a quote is not closed".into());
    }
    if !text.is_empty() {
        parts.push(Part::Text(text));
    }
    Ok(parts)
}

/// A text that begins or ends with a line break has none there.
fn trimmed(source: &str) -> &str {
    let start = source.trim_start();
    let source = if source.strip_suffix(start).is_some_and(|blank| blank.contains('\n')) { start } else { source };
    let end = source.trim_end();
    if source.strip_prefix(end).is_some_and(|blank| blank.contains('\n')) { end } else { source }
}

fn placeholder(inside: &str) -> Result<Part, String> {
    let (name, kind) = inside.split_once(':').unwrap_or((inside, ""));
    let kind = match kind {
        "" => Kind::Bind,
        "ident" => Kind::Ident,
        "sql" => Kind::Sql,
        other => return Err(format!("`{other}` is neither `ident` nor `sql`")),
    };
    let mut letters = name.chars();
    let good = letters.next().is_some_and(|c| c.is_alphabetic() || c == '_') && letters.all(|c| c.is_alphanumeric() || c == '_');
    if good { Ok(Part::Value(name.into(), kind)) } else { Err(format!("`{name}` is no name; `{{{{` is a brace of SQL")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_values_come_in_order() {
        let parts = parse("SELECT {name:ident}\n    FROM t WHERE a = {a} AND b = ANY('{{x,y}}')\n  {more:sql}").unwrap();
        assert_eq!(
            parts,
            [
                Part::Text("SELECT ".into()),
                Part::Value("name".into(), Kind::Ident),
                Part::Text(" FROM t WHERE a = ".into()),
                Part::Value("a".into(), Kind::Bind),
                Part::Text(" AND b = ANY('{x,y}') ".into()),
                Part::Value("more".into(), Kind::Sql),
            ]
        );
    }

    #[test]
    fn quoted_line_breaks_stay() {
        assert_eq!(parse("SELECT 'a\n  b',  c").unwrap(), [Part::Text("SELECT 'a\n  b',  c".into())]);
    }

    #[test]
    fn blanks_at_the_ends_stay_but_for_line_breaks() {
        assert_eq!(parse(" AND ").unwrap(), [Part::Text(" AND ".into())]);
        assert_eq!(parse("\n    SELECT 1\n    ").unwrap(), [Part::Text("SELECT 1".into())]);
    }

    #[test]
    fn what_is_wrong_is_refused() {
        for text in ["SELECT {a", "SELECT a}", "SELECT {a:b}", "SELECT {}", "SELECT {1}", "SELECT 'a"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
