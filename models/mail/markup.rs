//! The HTML of templates as a tree: enough to find directives, everything else as it stands.

use lastmile_orm::{Error, Result};

const VOID: &[&str] = &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// A piece of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    /// Text, comments and the like, as written.
    Text(String),
    Element(Element),
}

/// A tag with what is in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Element {
    pub tag: String,
    /// In order, values without entities.
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Node>,
    /// Has no closing tag in HTML.
    pub void: bool,
}

impl Element {
    /// An attribute's value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

fn unescape(text: &str) -> String {
    let text = text.replace("&quot;", "\"").replace("&#39;", "'").replace("&#34;", "\"").replace("&lt;", "<").replace("&gt;", ">");
    text.replace("&amp;", "&")
}

/// Reads a template. A closing tag without its opening one is passed over; open tags end with the template.
pub fn parse(source: &str) -> Result<Vec<Node>> {
    let mut stack: Vec<Element> = vec![Element::default()];
    let mut rest = source;
    while let Some(at) = rest.find('<') {
        let (text, tail) = rest.split_at(at);
        put(&mut stack, Node::Text(text.to_owned()));
        if let Some((comment, after)) = tail.strip_prefix("<!--").and_then(|t| t.split_once("-->")) {
            put(&mut stack, Node::Text(format!("<!--{comment}-->")));
            rest = after;
            continue;
        }
        let Some(end) = tag_end(tail) else {
            put(&mut stack, Node::Text(tail.to_owned()));
            rest = "";
            break;
        };
        let (inner, after) = (tail.get(1..end).unwrap_or_default(), tail.get(end + 1..).unwrap_or_default());
        rest = after;
        if let Some(name) = inner.strip_prefix('/') {
            close(&mut stack, name.trim());
        } else if inner.starts_with(|c: char| c.is_alphabetic()) {
            let closed = inner.ends_with('/');
            let mut element = open(inner.trim_end_matches('/'));
            element.void = VOID.contains(&element.tag.as_str());
            if closed || element.void {
                put(&mut stack, Node::Element(element))
            } else {
                stack.push(element)
            }
            if stack.len() > 200 {
                return Err(Error::value("The template is nested too deeply."));
            }
        } else {
            put(&mut stack, Node::Text(format!("<{inner}>")));
        }
    }
    put(&mut stack, Node::Text(rest.to_owned()));
    while stack.len() > 1 {
        pop(&mut stack);
    }
    Ok(stack.pop().map(|root| root.children).unwrap_or_default())
}

/// Where the tag that begins the text ends: `>` in an attribute does not count.
fn tag_end(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match quote {
            Some(q) if q == c => quote = None,
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c == '>' => return Some(at),
            _ => {}
        }
    }
    None
}

fn put(stack: &mut [Element], node: Node) {
    if node != Node::Text(String::new())
        && let Some(top) = stack.last_mut()
    {
        top.children.push(node);
    }
}

fn pop(stack: &mut Vec<Element>) {
    if let Some(element) = stack.pop() {
        put(stack, Node::Element(element));
    }
}

fn close(stack: &mut Vec<Element>, name: &str) {
    if !stack.iter().skip(1).any(|e| e.tag == name) {
        return;
    }
    while stack.last().is_some_and(|e| e.tag != name) {
        pop(stack);
    }
    pop(stack);
}

fn open(inner: &str) -> Element {
    let inner = inner.trim();
    let (tag, mut rest) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
    let mut element = Element { tag: tag.to_lowercase(), ..Element::default() };
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            return element;
        }
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let (name, tail) = rest.split_at(end);
        let Some(value) = tail.trim_start().strip_prefix('=').map(str::trim_start) else {
            element.attributes.push((name.to_owned(), String::new()));
            rest = if end == 0 { "" } else { tail };
            continue;
        };
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, after) = match quote {
            Some(q) => value.get(1..).unwrap_or_default().split_once(q).unwrap_or((value, "")),
            None => value.split_once(char::is_whitespace).unwrap_or((value, "")),
        };
        element.attributes.push((name.to_owned(), unescape(value)));
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_attributes_and_text() {
        let nodes = parse("<p>Dear <t t-out=\"object.name or '>'\"/>, <br/>x</p>").unwrap();
        let Some(Node::Element(p)) = nodes.first() else { panic!("no element") };
        assert_eq!(p.tag, "p");
        assert_eq!(p.children.len(), 5);
        let Some(Node::Element(t)) = p.children.get(1) else { panic!("no directive") };
        assert_eq!(t.get("t-out"), Some("object.name or '>'"));
        // A closing tag that opens nothing is dropped, a lone `<` is text.
        let text: String = parse("a </b> < c").unwrap().iter().map(|n| if let Node::Text(t) = n { t.as_str() } else { "?" }).collect();
        assert_eq!(text, "a  < c");
    }
}
