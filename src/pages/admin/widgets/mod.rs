//! How values are shown and edited. A widget is a file here and a line in [`find`].

pub mod cell;
mod choice;
mod contact;
pub mod format;
mod link;
mod media;
mod moment;
pub mod number;
mod progress;
mod text;
mod toggle;

pub use choice::{statusbar, tone};

use cell::Widget;

/// The widget that a view asks for, else the one of the field's type.
pub fn find(widget: &str, kind: &str) -> Widget {
    match widget {
        "badge" | "label_selection" | "selection_badge" | "state_selection" | "status_with_color" | "account_payment_state" => {
            choice::BADGE
        }
        "priority" => choice::PRIORITY,
        "radio" if kind == "selection" => choice::RADIO,
        "monetary" => number::MONETARY,
        "float_time" => number::FLOAT_TIME,
        "percentage" => number::PERCENTAGE,
        "progressbar" => progress::BAR,
        "phone" => contact::PHONE,
        "email" => contact::EMAIL,
        "url" | "CopyClipboardURL" => contact::URL,
        "image" | "contact_image" | "many2one_avatar_image" if kind == "binary" => media::IMAGE,
        "html" => media::HTML,
        "text" => text::TEXT,
        "boolean_toggle" => toggle::TOGGLE,
        "many2many_tags" | "many2many_checkboxes" | "many2many_tags_avatar" if matches!(kind, "many2many" | "one2many") => link::TAGS,
        "date" => moment::DATE,
        "remaining_days" => moment::REMAINING,
        _ => of_kind(kind),
    }
}

fn of_kind(kind: &str) -> Widget {
    match kind {
        "boolean" => toggle::BOOLEAN,
        "integer" | "many2one_reference" => number::INTEGER,
        "float" => number::FLOAT,
        "monetary" => number::MONETARY,
        "date" => moment::DATE,
        "datetime" => moment::DATETIME,
        "selection" => choice::SELECTION,
        "many2one" => link::MANY2ONE,
        "many2many" => link::TAGS,
        "one2many" => link::COUNT,
        "reference" => link::REFERENCE,
        "binary" => media::BINARY,
        "html" => media::HTML,
        "text" | "json" | "properties" | "properties_definition" => text::TEXT,
        _ => text::CHAR,
    }
}
