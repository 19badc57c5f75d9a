//! Templates of mails: `{{ expression }}` in lines, `t-out`, `t-if`, `t-elif`, `t-else`, `t-foreach` and `t-set` in bodies.
//!
//! ```text
//! line  := text ("{{" expr [ "|||" default ] "}}" text)*
//! body  := text | "<" tag directives attributes ">" body "</" tag ">"
//! ```
//! Expressions are those of [`lastmile_orm::expr`] over `object`, `user`, `company`, `ctx` and loop variables. Dotted paths that start
//! at a record are read from the database and take their place as values before the expression is evaluated, so that no
//! template can call anything.

use lastmile_orm::expr::Expr;
use lastmile_orm::registry::{Kind, Registry};
use lastmile_orm::{Env, Error, Id, Result, Value};

use super::markup::{Element, Node, parse};
pub use super::scope::{Scope, Shared};
use super::scope::{ahead, evaluate, paths, records_at};
use super::text::escape;

/// How deep elements may nest.
const DEPTH: usize = 64;

/// Reads what the dotted paths of sources need of all records, so that rendering one needs no statement of its own.
pub fn prefetch(env: &mut Env, shared: &Shared, model: &str, records: &[Id], lines: &[&str], body: &str) -> Result<()> {
    let mut codes: Vec<String> = lines.iter().flat_map(|l| parts(l)).filter_map(|(_, code)| Some(code?.0.to_owned())).collect();
    collect(&parse(body)?, &mut codes);
    ahead(env, shared, "object", model, records, &codes)
}

/// What a value reads like in a mail.
fn shown(value: &Value) -> String {
    if value.is_empty_mark() { String::new() } else { value.py_str() }
}

/// Parts of a line: text, and expressions with their defaults.
pub(super) fn parts(line: &str) -> Vec<(&str, Option<(&str, &str)>)> {
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
    scope.shared.begin();
    let out = line_within(env, scope, template)?;
    scope.shared.keep(out.len())?;
    Ok(out)
}

/// A line that is part of a larger text.
fn line_within(env: &mut Env, scope: &Scope, template: &str) -> Result<String> {
    let mut out = String::new();
    for (text, code) in parts(template) {
        scope.shared.work(0)?;
        scope.shared.make(text.len())?;
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
    scope.shared.begin();
    let nodes = parse(template)?;
    let mut out = String::with_capacity(template.len());
    let mut scope = scope.clone();
    nodes_to(env, &mut scope, &nodes, &mut out, 0)?;
    scope.shared.keep(out.len())?;
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
            Node::Text(text) => {
                scope.shared.make(text.len())?;
                out.push_str(text);
            }
            Node::Element(element) => {
                scope.shared.work(0)?;
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
        ahead(env, &scope.shared, name, &model, &ids, &codes)?;
        for id in ids {
            let mut inner = scope.inner()?;
            inner.records.insert(name.to_owned(), (model.clone(), vec![id]));
            element_to(env, &mut inner, element, out, depth)?;
        }
        return Ok(());
    }
    let items = evaluate(env, scope, code)?;
    for item in items.as_list().unwrap_or_default() {
        let mut inner = scope.inner()?;
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
                scope.shared.make(text.len())?;
                Value::Str(text)
            }
        };
        scope.values.insert(name.to_owned(), value);
        return Ok(());
    }
    let bare = element.tag == "t";
    if !bare {
        scope.shared.make(2 * element.tag.len() + 5)?;
        out.push('<');
        out.push_str(&element.tag);
        for (name, value) in &element.attributes {
            if name == "t-att" {
                for (name, value) in attributes_of(&evaluate(env, scope, value)?) {
                    scope.shared.make(name.len() + value.len())?;
                    out.push_str(&format!(" {}=\"{}\"", escape(&name), escape(&value).replace('"', "&quot;")));
                }
                continue;
            }
            let rendered = match (name.strip_prefix("t-attf-"), name.strip_prefix("t-att-")) {
                (Some(name), _) => Some((name, line_within(env, scope, value)?)),
                (_, Some(name)) => Some((name, shown(&evaluate(env, scope, value)?))).filter(|(_, v)| !v.is_empty()),
                _ if name.starts_with("t-") => None,
                _ => Some((name.as_str(), value.clone())),
            };
            if let Some((name, value)) = rendered {
                scope.shared.make(name.len() + value.len())?;
                out.push_str(&format!(" {name}=\"{}\"", escape(&value).replace('"', "&quot;")));
            }
        }
        out.push('>');
    }
    match element.get("t-out").or(element.get("t-esc")).or(element.get("t-field")).or(element.get("t-raw")) {
        Some(code) => {
            let text = shown(&evaluate(env, scope, code)?);
            scope.shared.make(text.len())?;
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
