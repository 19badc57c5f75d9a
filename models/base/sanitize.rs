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

/// Elements that make a text stand by itself.
const BLOCKS: [&str; 24] = [
    "address",
    "article",
    "blockquote",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "ul",
];
/// Elements without an end.
const VOID: [&str; 6] = ["br", "hr", "img", "input", "col", "wbr"];

/// Whether cleaned HTML is more than one element and has no block: such text is kept in one.
fn is_loose(html: &str) -> bool {
    let (mut depth, mut roots, mut rest) = (0_usize, 0_usize, html);
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        let Some(end) = tag.find('>') else { break };
        let (tag, after) = tag.split_at(end);
        let name: String = tag.chars().skip(1).skip_while(|c| *c == '/').take_while(char::is_ascii_alphanumeric).collect();
        if BLOCKS.contains(&name.as_str()) {
            return false;
        }
        roots += usize::from(depth == 0 && !text.is_empty());
        if tag.starts_with("</") {
            depth = depth.saturating_sub(1);
        } else {
            roots += usize::from(depth == 0);
            depth += usize::from(!VOID.contains(&name.as_str()));
        }
        rest = after.strip_prefix('>').unwrap_or_default();
    }
    !rest.is_empty() || roots > 1
}

/// Cleans a text; one of words and inline elements gets the element around it that the reference stores.
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
    // The parser completes tables; the reference leaves them as they were.
    let cleaned = if html.contains("<tbody") { cleaned } else { cleaned.replace("<tbody>", "").replace("</tbody>", "") };
    if is_loose(&cleaned) { format!("<span>{cleaned}</span>") } else { cleaned }
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
        assert_eq!(clean("plain"), "<span>plain</span>");
        assert_eq!(clean("a & b"), "<span>a &amp; b</span>");
        assert_eq!(clean("<i>a</i><b>c</b>"), "<span><i>a</i><b>c</b></span>");
        assert_eq!(clean("<b>y</b>"), "<b>y</b>");
        assert_eq!(clean("a<p>b</p>"), "a<p>b</p>");
        assert_eq!(clean("<table><tr><td>1</td></tr></table>"), "<table><tr><td>1</td></tr></table>");
        assert_eq!(clean(""), "");
    }

    #[test]
    fn what_runs_goes() {
        assert_eq!(clean("<p onclick=\"x()\">a<script>alert(1)</script></p>"), "<p>a</p>");
        assert!(!clean("<a href=\"javascript:x()\">a</a>").contains("javascript"));
        assert!(!clean("<iframe src=\"x\"></iframe>b").contains("iframe"));
    }
}
