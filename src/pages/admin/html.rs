//! HTML from Rust: tags and names of attributes are written in the source, everything else is escaped.

use lastmile_rpc::http::response::escape;

/// Elements without content.
const VOID: &[&str] = &["input", "br", "hr", "img", "link", "meta"];

/// Text that is HTML already.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Html(String);

impl Html {
    /// Nothing.
    pub fn new() -> Self {
        Html::default()
    }

    /// Escaped text.
    pub fn text(text: &str) -> Self {
        Html(escape(text))
    }

    /// HTML that was written by people: only what an editor makes stays.
    pub fn sanitised(html: &str) -> Self {
        Html(lastmile_models::base::sanitize::clean(html))
    }

    /// Adds at the end.
    pub fn push(&mut self, more: impl Into<Html>) {
        self.0.push_str(&more.into().0);
    }

    /// Whether nothing is there.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// For templates, which put it in place with the filter `safe`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: Into<Html>> FromIterator<T> for Html {
    fn from_iter<I: IntoIterator<Item = T>>(parts: I) -> Self {
        let mut all = Html::new();
        parts.into_iter().for_each(|part| all.push(part));
        all
    }
}

/// An element in the making.
#[derive(Clone, Debug)]
pub struct El {
    tag: &'static str,
    attributes: String,
    inner: String,
}

/// An element.
pub fn el(tag: &'static str) -> El {
    El { tag, attributes: String::new(), inner: String::new() }
}

impl El {
    /// With an attribute.
    pub fn attr(mut self, name: &'static str, value: impl AsRef<str>) -> Self {
        self.attributes.push(' ');
        self.attributes.push_str(name);
        self.attributes.push_str("=\"");
        self.attributes.push_str(&escape(value.as_ref()));
        self.attributes.push('"');
        self
    }

    /// With an attribute when there is a value.
    pub fn maybe(self, name: &'static str, value: Option<impl AsRef<str>>) -> Self {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    /// With an attribute that has no value, when `set`.
    pub fn flag(mut self, name: &'static str, set: bool) -> Self {
        if set {
            self.attributes.push(' ');
            self.attributes.push_str(name);
        }
        self
    }

    /// With classes.
    pub fn class(self, names: impl AsRef<str>) -> Self {
        self.attr("class", names)
    }

    /// With text inside.
    pub fn text(mut self, text: impl AsRef<str>) -> Self {
        self.inner.push_str(&escape(text.as_ref()));
        self
    }

    /// With more inside.
    pub fn child(mut self, child: impl Into<Html>) -> Self {
        self.inner.push_str(&child.into().0);
        self
    }

    /// With all of them inside.
    pub fn children<T: Into<Html>>(mut self, children: impl IntoIterator<Item = T>) -> Self {
        for child in children {
            self.inner.push_str(&child.into().0);
        }
        self
    }
}

impl From<El> for Html {
    fn from(el: El) -> Html {
        let El { tag, attributes, inner } = el;
        if VOID.contains(&tag) { Html(format!("<{tag}{attributes}/>")) } else { Html(format!("<{tag}{attributes}>{inner}</{tag}>")) }
    }
}

impl From<Option<El>> for Html {
    fn from(el: Option<El>) -> Html {
        el.map(Html::from).unwrap_or_default()
    }
}

impl From<Option<Html>> for Html {
    fn from(html: Option<Html>) -> Html {
        html.unwrap_or_default()
    }
}

/// `<input type="hidden">`.
pub fn hidden(name: &str, value: &str) -> El {
    el("input").attr("type", "hidden").attr("name", name).attr("value", value)
}

/// A drawing of the sprite that the page's frame has.
pub fn icon(name: &'static str) -> El {
    el("svg").class("icon").attr("aria-hidden", "true").child(el("use").attr("href", format!("/lastmile/assets/icons.svg#{name}")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_people_write_opens_no_tag(text in ".*") {
            let html = Html::from(el("p").attr("title", &text).text(&text));
            let inside = html.as_str().strip_prefix("<p title=\"").unwrap().strip_suffix("</p>").unwrap();
            prop_assert_eq!(inside.matches('<').count(), 0);
            prop_assert_eq!(inside.matches('"').count(), 1);
        }
    }
}
