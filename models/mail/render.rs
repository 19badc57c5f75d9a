//! Templates of mails: `{{ expression }}` in lines, `t-out`, `t-if`, `t-elif`, `t-else`, `t-foreach` and `t-set` in bodies.
//!
//! ```text
//! line  := text ("{{" expr [ "|||" default ] "}}" text)*
//! body  := text | "<" tag directives attributes ">" body "</" tag ">"
//! ```
//! Expressions are those of [`lastmile_orm::expr`] over `object`, `user`, `company`, `ctx` and loop variables. Dotted paths that start
//! at a record are read from the database and take their place as values before the expression is evaluated, so that no
//! template can call anything.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::NaiveDateTime;
use lastmile_orm::expr::{Expr, Names};
use lastmile_orm::registry::{Field, Kind, Registry};
use lastmile_orm::{Env, Error, Id, Result, Value};

use super::formats::{Formats, Helpers};
use super::markup::{Element, Node, parse};
use super::text::escape;

/// How deep elements may nest.
const DEPTH: usize = 64;

/// What names stand for.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    pub records: HashMap<String, (String, Vec<Id>)>,
    pub values: HashMap<String, Value>,
    /// Names of values that are HTML already.
    pub rendered: std::collections::HashSet<String>,
    /// Read when the first template asks for it.
    pub formats: Option<Arc<Formats>>,
}

impl Scope {
    /// The scope of a template over one record.
    pub fn of(env: &Env, model: &str, record: Id) -> Self {
        let mut scope = Scope::default();
        scope.records.insert("object".into(), (model.to_owned(), vec![record]));
        scope.records.insert("user".into(), ("res.users".into(), vec![env.uid()]));
        scope.records.insert("company".into(), ("res.company".into(), vec![env.company_id()]));
        scope.values.insert("ctx".into(), Value::Map(env.context().raw.clone()));
        scope
    }
}

/// A dotted path found in an expression: where it stands, and its names.
type Path = (usize, usize, Vec<String>);

/// Dotted names of an expression, outside texts. A name that follows a dot or a closing bracket is no start.
fn paths(source: &str) -> Vec<Path> {
    let (mut out, mut quote, mut start): (Vec<Path>, Option<char>, Option<usize>) = (Vec::new(), None, None);
    let mut previous = ' ';
    for (at, c) in source.char_indices().chain([(source.len(), ' ')]) {
        let named = c.is_alphanumeric() || c == '_';
        if let Some(open) = quote {
            if c == open {
                quote = None;
            }
        } else if let Some(from) = start.filter(|_| !named && c != '.') {
            if let Some(found) = source.get(from..at) {
                out.push((from, at, found.split('.').map(str::to_owned).collect()));
            }
            start = None;
            quote = Some(c).filter(|c| matches!(c, '\'' | '"'));
        } else if start.is_none() {
            if matches!(c, '\'' | '"') {
                quote = Some(c);
            } else if named && !c.is_numeric() && !previous.is_alphanumeric() && previous != '.' {
                start = Some(at);
            }
        }
        previous = c;
    }
    out
}

/// Evaluates an expression.
fn evaluate(env: &mut Env, scope: &Scope, source: &str) -> Result<Value> {
    let mut names = Vec::new();
    let (mut text, mut done) = (String::new(), 0);
    for (from, to, path) in paths(source) {
        let Some((first, steps)) = path.split_first() else { continue };
        let Some((model, ids)) = scope.records.get(first) else { continue };
        let value = follow(env, model, ids, steps)?;
        let name = format!("v{}_", names.len());
        text.push_str(source.get(done..from).unwrap_or_default());
        text.push_str(&name);
        names.push((name, lastmile_orm::expr::PyValue::Value(value)));
        done = to;
    }
    text.push_str(source.get(done..).unwrap_or_default());
    for (name, value) in &scope.values {
        names.push((name.clone(), lastmile_orm::expr::PyValue::Value(value.clone())));
    }
    let (now, today): (NaiveDateTime, _) = (env.now(), env.today());
    let names = Names { names, now, today };
    let formats = match &scope.formats {
        Some(formats) => Arc::clone(formats),
        None if text.contains("format_") => Arc::new(Formats::load(env)?),
        None => Arc::default(),
    };
    Expr::parse(text.trim())?.eval(&Helpers { names, formats: &formats })?.into_value()
}

/// The value at the end of a path of fields.
fn follow(env: &mut Env, model: &str, ids: &[Id], steps: &[String]) -> Result<Value> {
    let reg = env.registry();
    let (mut at, mut ids, mut value) = (reg.model(model)?, ids.to_vec(), Value::from(ids.first().copied()));
    for (n, step) in steps.iter().enumerate() {
        let last = n + 1 == steps.len();
        if step == "ids" && last {
            return Ok(Value::from(ids));
        }
        let field = at.field(step)?;
        env.check_field(at, field, "read")?;
        value = env.values(&at.name, step, &ids)?.into_iter().next().unwrap_or_default();
        if field.kind.is_relational() {
            ids = if field.kind.is_x2many() { value.ids() } else { value.as_id().into_iter().collect() };
            at = reg.target(field)?;
        } else if !last {
            return Err(Error::value(format!("{step} has no fields.")));
        }
    }
    Ok(value)
}

/// Records at the end of a path, for loops.
fn records_at(env: &mut Env, scope: &Scope, source: &str) -> Result<Option<(String, Vec<Id>)>> {
    let path: Vec<&str> = source.trim().split('.').collect();
    let Some((first, steps)) = path.split_first() else { return Ok(None) };
    let Some((model, ids)) = scope.records.get(*first) else { return Ok(None) };
    let (reg, mut at, mut ids) = (env.registry(), model.clone(), ids.clone());
    for step in steps {
        let field = reg.model(&at)?.field(step)?;
        if !field.kind.is_relational() {
            return Ok(None);
        }
        ids = ids_in(field, &env.values(&at, step, &ids)?);
        at = reg.target(field)?.name.clone();
    }
    Ok(Some((at, ids)))
}

/// Ids in the values of a relational field, each once.
fn ids_in(field: &Field, values: &[Value]) -> Vec<Id> {
    let ids = |value: &Value| if field.kind.is_x2many() { value.ids() } else { value.as_id().into_iter().collect() };
    let mut out: Vec<Id> = Vec::new();
    for id in values.iter().flat_map(ids) {
        if out.last() != Some(&id) {
            out.push(id);
        }
    }
    out
}

/// Reads what the dotted paths of sources need of all records, so that rendering one needs no statement of its own.
pub fn prefetch(env: &mut Env, model: &str, records: &[Id], lines: &[&str], body: &str) -> Result<()> {
    let mut codes: Vec<String> = lines.iter().flat_map(|l| parts(l)).filter_map(|(_, code)| Some(code?.0.to_owned())).collect();
    collect(&parse(body)?, &mut codes);
    ahead(env, "object", model, records, &codes)
}

fn ahead(env: &mut Env, name: &str, model: &str, records: &[Id], codes: &[String]) -> Result<()> {
    let reg = env.registry();
    for path in codes.iter().flat_map(|code| paths(code)).map(|(.., path)| path) {
        let Some((_, steps)) = path.split_first().filter(|(first, _)| *first == name) else { continue };
        let (mut at, mut ids) = (reg.model(model)?, records.to_vec());
        for step in steps {
            let Some(field) = at.fields.get(step) else { break };
            let values = env.values(&at.name, step, &ids)?;
            let Ok(next) = reg.target(field) else { break };
            ids = ids_in(field, &values);
            ids.sort_unstable();
            ids.dedup();
            at = next;
        }
    }
    Ok(())
}

/// What a value reads like in a mail.
fn shown(value: &Value) -> String {
    if value.is_empty_mark() { String::new() } else { value.py_str() }
}

/// Parts of a line: text, and expressions with their defaults.
fn parts(line: &str) -> Vec<(&str, Option<(&str, &str)>)> {
    let (mut out, mut rest) = (Vec::new(), line);
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((code, tail)) = after.split_once("}}") else { break };
        let (code, default) = code.split_once("|||").unwrap_or((code, ""));
        out.push((before, Some((code.trim(), default.trim()))));
        rest = tail;
    }
    out.push((rest, None));
    out
}

/// Renders a line: subject, addresses.
pub fn line(env: &mut Env, scope: &Scope, template: &str) -> Result<String> {
    let mut out = String::new();
    for (text, code) in parts(template) {
        out.push_str(text);
        if let Some((code, default)) = code {
            let value = shown(&evaluate(env, scope, code)?);
            out.push_str(if value.is_empty() { default } else { &value });
        }
    }
    Ok(out)
}

/// Renders a body.
pub fn body(env: &mut Env, scope: &Scope, template: &str) -> Result<String> {
    let nodes = parse(template)?;
    let mut out = String::with_capacity(template.len());
    let mut scope = scope.clone();
    nodes_to(env, &mut scope, &nodes, &mut out, 0)?;
    Ok(out)
}

fn nodes_to(env: &mut Env, scope: &mut Scope, nodes: &[Node], out: &mut String, depth: usize) -> Result<()> {
    if depth > DEPTH {
        return Err(Error::value("The template is nested too deeply."));
    }
    // Whether an earlier branch of a t-if was taken.
    let mut taken = false;
    for node in nodes {
        match node {
            Node::Text(text) => out.push_str(text),
            Node::Element(element) => {
                let test = match (element.get("t-if"), element.get("t-elif"), element.get("t-else")) {
                    (Some(code), ..) => {
                        taken = evaluate(env, scope, code)?.truthy();
                        taken
                    }
                    (_, Some(_), _) | (.., Some(_)) if taken => false,
                    (_, Some(code), _) => {
                        taken = evaluate(env, scope, code)?.truthy();
                        taken
                    }
                    _ => true,
                };
                if test {
                    looped(env, scope, element, out, depth)?;
                }
            }
        }
    }
    Ok(())
}

fn looped(env: &mut Env, scope: &mut Scope, element: &Element, out: &mut String, depth: usize) -> Result<()> {
    let (Some(code), Some(name)) = (element.get("t-foreach"), element.get("t-as")) else {
        return element_to(env, scope, element, out, depth);
    };
    if let Some((model, ids)) = records_at(env, scope, code)? {
        let mut codes = Vec::new();
        collect(&[Node::Element(element.clone())], &mut codes);
        ahead(env, name, &model, &ids, &codes)?;
        for id in ids {
            let mut inner = scope.clone();
            inner.records.insert(name.to_owned(), (model.clone(), vec![id]));
            element_to(env, &mut inner, element, out, depth)?;
        }
        return Ok(());
    }
    let items = evaluate(env, scope, code)?;
    for item in items.as_list().unwrap_or_default() {
        let mut inner = scope.clone();
        inner.values.insert(name.to_owned(), item.clone());
        element_to(env, &mut inner, element, out, depth)?;
    }
    Ok(())
}

/// Whether an expression is an HTML field, or text that a `t-set` rendered: kept as it is.
fn is_markup(env: &mut Env, scope: &Scope, code: &str) -> Result<bool> {
    let path: Vec<&str> = code.trim().split('.').collect();
    if let [name] = path.as_slice() {
        return Ok(scope.rendered.contains(*name));
    }
    let Some((first, steps)) = path.split_first() else { return Ok(false) };
    let Some((model, _)) = scope.records.get(*first) else { return Ok(false) };
    let reg = env.registry();
    let mut at = reg.model(model)?;
    for (n, step) in steps.iter().enumerate() {
        let Some(field) = at.fields.get(*step) else { return Ok(false) };
        if n + 1 == steps.len() {
            return Ok(field.kind == Kind::Html);
        }
        let Ok(next) = reg.target(field) else { return Ok(false) };
        at = next;
    }
    Ok(false)
}

/// `t-att`: a dict of attributes, or a pair of one.
fn attributes_of(value: &Value) -> Vec<(String, String)> {
    match value {
        Value::Map(map) => map.iter().filter(|(_, v)| v.truthy()).map(|(name, value)| (name.clone(), value.py_str())).collect(),
        Value::List(pair) => match pair.as_slice() {
            [name, value] if value.truthy() => vec![(name.py_str(), value.py_str())],
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

fn element_to(env: &mut Env, scope: &mut Scope, element: &Element, out: &mut String, depth: usize) -> Result<()> {
    if let Some(name) = element.get("t-set") {
        let value = match element.get("t-value") {
            Some(code) => evaluate(env, scope, code)?,
            None => {
                let mut text = String::new();
                nodes_to(env, scope, &element.children, &mut text, depth + 1)?;
                scope.rendered.insert(name.to_owned());
                Value::Str(text)
            }
        };
        scope.values.insert(name.to_owned(), value);
        return Ok(());
    }
    let bare = element.tag == "t";
    if !bare {
        out.push('<');
        out.push_str(&element.tag);
        for (name, value) in &element.attributes {
            if name == "t-att" {
                for (name, value) in attributes_of(&evaluate(env, scope, value)?) {
                    out.push_str(&format!(" {}=\"{}\"", escape(&name), escape(&value).replace('"', "&quot;")));
                }
                continue;
            }
            let rendered = match (name.strip_prefix("t-attf-"), name.strip_prefix("t-att-")) {
                (Some(name), _) => Some((name, line(env, scope, value)?)),
                (_, Some(name)) => Some((name, shown(&evaluate(env, scope, value)?))).filter(|(_, v)| !v.is_empty()),
                _ if name.starts_with("t-") => None,
                _ => Some((name.as_str(), value.clone())),
            };
            if let Some((name, value)) = rendered {
                out.push_str(&format!(" {name}=\"{}\"", escape(&value).replace('"', "&quot;")));
            }
        }
        out.push('>');
    }
    match element.get("t-out").or(element.get("t-esc")).or(element.get("t-field")).or(element.get("t-raw")) {
        Some(code) => {
            let text = shown(&evaluate(env, scope, code)?);
            if text.is_empty() {
                nodes_to(env, scope, &element.children, out, depth + 1)?;
            } else if is_markup(env, scope, code)? {
                out.push_str(&text);
            } else {
                out.push_str(&escape(&text));
            }
        }
        None => nodes_to(env, scope, &element.children, out, depth + 1)?,
    }
    if !bare && !element.void {
        out.push_str(&format!("</{}>", element.tag));
    }
    Ok(())
}

/// ValidationError on expressions that do not parse, or name fields that are not there.
pub fn check(reg: &Registry, model: &str, lines: &[&str], body: &str) -> Result<()> {
    let mut codes: Vec<String> = lines.iter().flat_map(|l| parts(l)).filter_map(|(_, code)| Some(code?.0.to_owned())).collect();
    collect(&parse(body).map_err(|e| Error::validation(e.to_string()))?, &mut codes);
    for code in codes {
        Expr::parse(code.trim()).map_err(|e| Error::validation(format!("{code}: {e}")))?;
        for (.., path) in paths(&code).iter().filter(|(.., path)| path.first().is_some_and(|p| p == "object")) {
            let mut at = reg.model(model)?;
            for step in path.iter().skip(1).take_while(|s| *s != "ids") {
                let field = at.field(step).map_err(|e| Error::validation(e.to_string()))?;
                let Ok(next) = reg.target(field) else { break };
                at = next;
            }
        }
    }
    Ok(())
}

fn collect(nodes: &[Node], codes: &mut Vec<String>) {
    for node in nodes {
        let Node::Element(element) = node else { continue };
        for name in ["t-out", "t-esc", "t-field", "t-raw", "t-if", "t-elif", "t-foreach", "t-value", "t-att"] {
            codes.extend(element.get(name).map(str::to_owned));
        }
        collect(&element.children, codes);
    }
}
