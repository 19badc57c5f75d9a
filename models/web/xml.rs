//! View architectures as trees: made here, or read to learn which fields a written one names.

use std::fmt::Write;

/// An element.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    tag: &'static str,
    attributes: Vec<(&'static str, String)>,
    children: Vec<Node>,
}

impl Node {
    /// An empty element.
    pub fn new(tag: &'static str) -> Self {
        Node { tag, attributes: Vec::new(), children: Vec::new() }
    }

    /// `<field name="…"/>`.
    pub fn field(name: &str) -> Self {
        Node::new("field").with("name", name)
    }

    /// With an attribute.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    /// With one more element inside.
    pub fn child(mut self, child: Node) -> Self {
        self.children.push(child);
        self
    }

    /// With more elements inside.
    pub fn children(mut self, children: impl IntoIterator<Item = Node>) -> Self {
        self.children.extend(children);
        self
    }

    /// Whether nothing is inside.
    pub fn is_empty(&self) -> bool {
        self.children.is_empty()
    }

    /// The element as text.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) {
        let _ = write!(out, "<{}", self.tag);
        for (name, value) in &self.attributes {
            let _ = write!(out, " {name}=\"{}\"", escaped(value));
        }
        if self.children.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        for child in &self.children {
            child.write(out);
        }
        let _ = write!(out, "</{}>", self.tag);
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A step through the `field` elements of an architecture.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// A field begins; what follows up to its end is about the records it leads to.
    Open(String),
    /// The innermost open field ends.
    Close,
}

/// The fields an architecture names, with their nesting. Malformed text just names fewer.
pub fn fields(arch: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut rest = arch;
    while let Some((_, after)) = rest.split_once('<') {
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, rest)| rest);
            continue;
        }
        let end = tag_end(after);
        let (tag, tail) = after.split_at_checked(end).unwrap_or((after, ""));
        rest = tail;
        if tag.starts_with("/field") {
            steps.push(Step::Close);
        } else if let Some(attributes) = tag.strip_prefix("field").filter(|a| a.starts_with(char::is_whitespace))
            && let Some(name) = attribute(attributes, "name")
        {
            steps.push(Step::Open(name));
            if tag.ends_with('/') {
                steps.push(Step::Close);
            }
        }
    }
    steps
}

/// Where a tag ends: the first `>` outside quotes.
fn tag_end(text: &str) -> usize {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return at,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    text.len()
}

fn attribute(text: &str, wanted: &str) -> Option<String> {
    let mut rest = text;
    while let Some((name, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, tail) = after.strip_prefix(quote)?.split_once(quote)?;
        if name.trim() == wanted {
            return Some(value.to_owned());
        }
        rest = tail;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        let node = Node::new("filter").with("domain", "[('a','<','\"')]").child(Node::field("x"));
        assert_eq!(node.to_text(), "<filter domain=\"[('a','&lt;','&quot;')]\"><field name=\"x\"/></filter>");
    }

    #[test]
    fn nested_fields_are_found() {
        let arch = "<form><!-- <field name=\"no\"/> --><field string='a > b' name=\"lines\"><list><field name='qty'/></list></field><fieldset/></form>";
        let open = |name: &str| Step::Open(name.to_owned());
        assert_eq!(fields(arch), vec![open("lines"), open("qty"), Step::Close, Step::Close]);
    }
}
