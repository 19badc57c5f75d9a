//! Ways to somebody: telephone, mail, web.

use super::cell::{Cell, Widget};
use super::text::CHAR;
use crate::pages::admin::html::{Html, el};

/// A telephone number.
pub const PHONE: Widget = Widget { show: |cell| to(cell, "tel:"), edit: CHAR.edit };
/// A mail address.
pub const EMAIL: Widget = Widget { show: |cell| to(cell, "mailto:"), edit: CHAR.edit };
/// An address of the web.
pub const URL: Widget = Widget { show: url, edit: CHAR.edit };

fn to(cell: &Cell<'_>, scheme: &str) -> Html {
    let text = cell.text();
    if text.is_empty() {
        return Html::new();
    }
    el("a").attr("href", format!("{scheme}{text}")).text(text).into()
}

/// Only addresses of the web become links: `javascript:` is text.
fn url(cell: &Cell<'_>) -> Html {
    let text = cell.text();
    let lower = text.to_ascii_lowercase();
    let target = match () {
        () if text.is_empty() => return Html::new(),
        () if lower.starts_with("http://") || lower.starts_with("https://") => text.clone(),
        () if lower.contains(':') => return Html::text(&text),
        () => format!("https://{text}"),
    };
    el("a").attr("href", target).attr("target", "_blank").attr("rel", "noopener noreferrer").text(text).into()
}
