//! Who may write what into templates: everybody a few harmless placeholders, template editors any expression.

use lastmile_orm::{Env, Error, Result};

use super::markup::{Node, parse};
use super::render::parts;

/// The group of template editors. The parameter `mail.restrict.template.rendering` says whether every employee is one.
pub const EDITORS: &str = "mail.group_mail_template_editor";
/// What anybody may write into a text that is rendered.
const HARMLESS: [&str; 7] = [
    "object.name",
    "object.contact_name",
    "object.partner_id",
    "object.partner_id.name",
    "object.user_id",
    "object.user_id.name",
    "object.user_id.signature",
];

/// Whether the caller may write any expression into texts that are rendered.
pub fn is_editor(env: &Env) -> bool {
    env.is_su() || env.has_group(EDITORS)
}

/// AccessError on other than harmless placeholders in lines and bodies of a caller who is no template editor.
pub fn demand<'t>(env: &Env, lines: impl IntoIterator<Item = &'t str>, body: &str) -> Result<()> {
    if is_editor(env) || (lines.into_iter().all(line_is_harmless) && nodes_are_harmless(&parse(body)?)) {
        return Ok(());
    }
    Err(Error::access("Only members of the group 'Mail Template Editor' may use such placeholders in texts that are rendered."))
}

fn line_is_harmless(line: &str) -> bool {
    parts(line).iter().filter_map(|(_, code)| *code).all(|(code, _)| code.is_empty() || HARMLESS.contains(&code))
}

/// `t-out` of a placeholder, without other directives and without elements inside, is all there may be.
fn nodes_are_harmless(nodes: &[Node]) -> bool {
    nodes.iter().all(|node| match node {
        Node::Text(_) => true,
        Node::Element(element) => match element.get("t-out") {
            Some(code) => {
                element.attributes.len() == 1
                    && HARMLESS.contains(&code.trim())
                    && element.children.iter().all(|child| matches!(child, Node::Text(_)))
            }
            None => !element.attributes.iter().any(|(name, _)| name.starts_with("t-")) && nodes_are_harmless(&element.children),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_of_everybody() {
        for line in ["Hello", "Hello {{ object.name }}", "{{ object.partner_id.name ||| you }}", "{{ }}"] {
            assert!(line_is_harmless(line), "{line}");
        }
        for line in ["{{ object.email }}", "{{ user.name }}", "{{ 1 + 1 }}", "a {{ object.name }} {{ object.name.upper() }}"] {
            assert!(!line_is_harmless(line), "{line}");
        }
        let harmless = |body: &str| nodes_are_harmless(&parse(body).unwrap());
        assert!(harmless("<p class='x'>Dear <t t-out='object.name'/>, <b t-out=\"object.user_id.name\">you</b></p>"));
        for body in [
            "<t t-out='object.email'/>",
            "<p t-if='object.name'>x</p>",
            "<p t-att-title='object.name'>x</p>",
            "<div><t t-set='a' t-value='1'/></div>",
            "<p t-out='object.name' t-att-id='1'/>",
            "<p t-out='object.name'><b>x</b></p>",
        ] {
            assert!(!harmless(body), "{body}");
        }
    }
}
