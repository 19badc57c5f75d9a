//! Files and spreadsheets above the models: images, contents for browsers, access tokens, the import wizard.

pub mod content;
pub mod export_fields;
pub mod images;
mod import;
pub mod tokens;

use lastmile_orm::Declarations;

/// Declares the module.
pub fn declare(all: &mut Declarations) {
    all.imaging = Some(images::fit);
    tokens::declare(all);
    import::declare(all);
}
