//! Texts of messages: from plain text to HTML, and to one line of it.

/// Plain text as a message keeps it.
pub fn span(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("<span>{}</span>", escape(text)) }
}

/// Text without meaning as HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// HTML as one line of text.
pub fn plain(html: &str) -> String {
    let (mut out, mut tag) = (String::with_capacity(html.len()), false);
    for c in html.chars() {
        match c {
            '<' => tag = true,
            '>' if tag => tag = false,
            c if !tag => out.push(c),
            _ => {}
        }
    }
    let out = out.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&nbsp;", " ");
    out.replace("&amp;", "&").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_survives_the_way_through_html() {
        assert_eq!(span("a < b & <b>c</b>"), "<span>a &lt; b &amp; &lt;b&gt;c&lt;/b&gt;</span>");
        assert_eq!(plain(&span("a < b &amp; c\nd")), "a < b &amp; c d");
        assert_eq!(span(""), "");
    }
}
