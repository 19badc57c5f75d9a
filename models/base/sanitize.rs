//! What may stay in HTML: what an editor makes, nothing that runs.

use std::collections::HashSet;

use ammonia::Builder;

const TAGS: &[&str] = &[
    "address",
    "article",
    "aside",
    "body",
    "button",
    "caption",
    "center",
    "col",
    "colgroup",
    "figure",
    "figcaption",
    "font",
    "footer",
    "header",
    "hr",
    "main",
    "nav",
    "section",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "u",
];
const ATTRIBUTES: &[&str] = &[
    "align",
    "alt",
    "bgcolor",
    "border",
    "cellpadding",
    "cellspacing",
    "class",
    "color",
    "colspan",
    "dir",
    "face",
    "height",
    "id",
    "name",
    "role",
    "rowspan",
    "size",
    "style",
    "summary",
    "tabindex",
    "title",
    "type",
    "valign",
    "width",
];

/// Cleans a text; a plain one gets the paragraph that stored HTML always has.
pub fn clean(html: &str) -> String {
    let html = html.trim();
    if html.is_empty() {
        return String::new();
    }
    let cleaned = Builder::default()
        .add_tags(TAGS)
        .add_generic_attributes(ATTRIBUTES)
        .add_generic_attribute_prefixes(&["data-o-", "data-oe-", "aria-"])
        .add_tag_attributes("a", &["target", "rel"])
        .add_url_schemes(&["data", "cid"])
        .link_rel(None)
        .clean_content_tags(HashSet::from(["script", "style", "title", "iframe"]))
        .clean(html)
        .to_string();
    if html.contains('<') { cleaned } else { format!("<p>{cleaned}</p>") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_editors_make_stays() {
        for html in [
            "<p>hi</p>",
            "<p><a href=\"https://x.example\" target=\"_blank\">x</a></p>",
            "<span style=\"color:red\">a &amp; b</span>",
            "<u>x</u>",
        ] {
            assert_eq!(clean(html), html);
        }
        assert_eq!(clean("plain"), "<p>plain</p>");
        assert_eq!(clean(""), "");
    }

    #[test]
    fn what_runs_goes() {
        assert_eq!(clean("<p onclick=\"x()\">a<script>alert(1)</script></p>"), "<p>a</p>");
        assert!(!clean("<a href=\"javascript:x()\">a</a>").contains("javascript"));
        assert!(!clean("<iframe src=\"x\"></iframe>b").contains("iframe"));
    }
}
