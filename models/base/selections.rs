//! Selections whose values code makes.

use lastmile_orm::registry::Registry;

/// Installed languages.
pub fn languages(reg: &Registry) -> Vec<(String, String)> {
    reg.langs.iter().map(|code| (code.clone(), reg.lang_names.get(code).unwrap_or(code).clone())).collect()
}

/// Time zones; those of `Etc` last.
pub fn time_zones(_: &Registry) -> Vec<(String, String)> {
    let mut names: Vec<&str> = chrono_tz::TZ_VARIANTS.iter().map(|tz| tz.name()).collect();
    names.sort_unstable_by_key(|name| (name.starts_with("Etc/"), *name));
    names.into_iter().map(|name| (name.to_owned(), name.to_owned())).collect()
}

/// How long an API key may live, in days.
pub fn key_durations(_: &Registry) -> Vec<(String, String)> {
    [
        ("1", "1 Day"),
        ("7", "1 Week"),
        ("30", "1 Month"),
        ("90", "3 Months"),
        ("180", "6 Months"),
        ("365", "1 Year"),
        ("0", "Persistent Key"),
        ("-1", "Custom Date"),
    ]
    .map(|(days, label)| (days.to_owned(), label.to_owned()))
    .to_vec()
}
