//! Architectures as trees.

use lastmile_orm::error::{Error, Result};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Deepest nesting that is read.
const DEEP: usize = 60;

/// An element.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    pub tag: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Node>,
    /// Text directly inside.
    pub text: String,
}

impl Node {
    /// Reads a text.
    pub fn parse(arch: &str) -> Result<Node> {
        let wrong = |why: String| Error::user(format!("The view cannot be read: {why}"));
        let mut reader = Reader::from_str(arch);
        let mut open: Vec<Node> = vec![Node::default()];
        loop {
            match reader.read_event().map_err(|e| wrong(e.to_string()))? {
                Event::Start(tag) => {
                    if open.len() > DEEP {
                        return Err(wrong("it is nested too deep".into()));
                    }
                    open.push(Node::of(&tag));
                }
                Event::Empty(tag) => {
                    if let Some(parent) = open.last_mut() {
                        parent.children.push(Node::of(&tag));
                    }
                }
                Event::End(_) => {
                    let Some(node) = open.pop() else { break };
                    if let Some(parent) = open.last_mut() {
                        parent.children.push(node);
                    }
                }
                Event::Text(text) => {
                    let text = text.to_string();
                    if let Some(node) = open.last_mut().filter(|_| !text.trim().is_empty()) {
                        node.text.push_str(text.trim());
                        node.text.push(' ');
                    }
                }
                Event::Eof => break,
                _ => {}
            }
        }
        let root = open.into_iter().next().and_then(|top| top.children.into_iter().next());
        root.ok_or_else(|| wrong("nothing is in it".into()))
    }

    fn of(tag: &BytesStart<'_>) -> Node {
        let attributes = tag.attributes().flatten().filter_map(|attribute| {
            let value = quick_xml::escape::unescape(&attribute.value).ok()?.into_owned();
            Some((attribute.key.into_inner().to_owned(), value))
        });
        Node { tag: tag.name().into_inner().to_owned(), attributes: attributes.collect(), ..Node::default() }
    }

    /// An attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// An attribute, empty when it is not there.
    pub fn attr(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// Whether an attribute says no.
    pub fn forbids(&self, name: &str) -> bool {
        matches!(self.attr(name), "0" | "false" | "False")
    }

    /// Its name, for fields, filters and buttons.
    pub fn name(&self) -> &str {
        self.attr("name")
    }

    /// Children with this tag.
    pub fn tagged<'n>(&'n self, tag: &'n str) -> impl Iterator<Item = &'n Node> + 'n {
        self.children.iter().filter(move |child| child.tag == tag)
    }

    /// All fields of this record, wherever they stand; those of lines are not among them.
    pub fn fields<'n>(&'n self, out: &mut Vec<&'n Node>) {
        for child in &self.children {
            if child.tag == "field" {
                out.push(child);
            } else {
                child.fields(out);
            }
        }
    }

    /// Takes out what `keep` refuses.
    pub fn retain(&mut self, keep: &mut dyn FnMut(&Node) -> bool) {
        self.children.retain(|child| keep(child));
        self.children.iter_mut().for_each(|child| child.retain(keep));
    }

    /// Visits it and all below it.
    pub fn walk<'n>(&'n self, visit: &mut dyn FnMut(&'n Node)) {
        visit(self);
        self.children.iter().for_each(|child| child.walk(visit));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn architectures_are_read() {
        let node = Node::parse("<?xml version=\"1.0\"?><form a='1 &lt; 2'><!-- no --><group><field name=\"x\"/><field name=\"l\"><list><field name=\"y\"/></list></field></group></form>").unwrap();
        assert_eq!(node.get("a"), Some("1 < 2"));
        let mut fields = Vec::new();
        node.fields(&mut fields);
        assert_eq!(fields.iter().map(|f| f.name()).collect::<Vec<_>>(), ["x", "l"]);
        assert!(Node::parse("<a>".repeat(500).as_str()).is_err());
        assert!(Node::parse("").is_err());
    }
}
