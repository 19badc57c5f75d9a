//! Bodies of mail templates: a tree or a refusal.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = lastmile_models::mail::markup::parse(text);
});
