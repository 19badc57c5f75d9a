//! Module base: users, partners, companies, and the metadata that everything else stands on.

pub mod apikeys;
pub mod attachments;
mod avatars;
mod banks;
pub mod company;
pub mod countries;
pub mod credentials;
pub mod cron;
pub mod currencies;
pub mod currency_methods;
pub mod custom;
pub mod ir_defaults;
pub mod langs;
pub mod menus;
pub mod metadata;
pub mod modules;
pub mod names;
pub mod parameters;
pub mod partner_actions;
pub mod partner_family;
pub mod partner_labels;
pub mod partner_names;
pub mod partner_sync;
pub mod partners;
pub mod passlib;
pub mod passwords;
pub mod rates;
pub mod sanitize;
pub mod selections;
pub mod sequence_text;
pub mod sequences;
pub mod session;
pub mod user_actions;
pub mod user_figures;
pub mod user_rules;
pub mod users;
pub mod vacuum;

use lastmile_orm::Declarations;

/// Declares the module.
pub fn declare(all: &mut Declarations) {
    crate::catalog::declare(all);
    all.sanitizer = Some(sanitize::clean);
    for declare in [
        users::declare,
        partners::declare,
        company::declare,
        banks::declare,
        names::declare,
        countries::declare,
        currencies::declare,
        currency_methods::declare,
        langs::declare,
        ir_defaults::declare,
        apikeys::declare,
        passwords::declare,
        metadata::declare,
        custom::declare,
        parameters::declare,
        sequences::declare,
        sequence_text::declare,
        cron::declare,
        modules::declare,
        menus::declare,
        attachments::declare,
    ] {
        declare(all);
    }
}
