//! What the admin says, by language.

use lastmile_models::words::{Catalogues, Files};
use lastmile_orm::error::Result;

pub use lastmile_models::words::Words;

const FILES: Files =
    &[("en", include_str!("../../../templates/admin/words/en.txt")), ("es", include_str!("../../../templates/admin/words/es.txt"))];

/// Reads the files.
pub fn read() -> Result<Catalogues> {
    Catalogues::read(FILES)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    fn files(dir: &Path, out: &mut Vec<String>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files(&path, out);
            } else if path.extension().is_some_and(|e| e == "rs" || e == "html") {
                out.push(fs::read_to_string(&path).unwrap());
            }
        }
    }

    /// Names behind a mark such as `words.get("`, up to what ends a name.
    fn named<'t>(text: &'t str, mark: &str) -> Vec<&'t str> {
        let ends = |c: char| !(c == '_' || c.is_ascii_alphanumeric());
        text.split(mark).skip(1).filter_map(|rest| rest.split(ends).next()).filter(|name| !name.is_empty()).collect()
    }

    #[test]
    fn every_language_has_every_text() {
        let all = read().unwrap();
        let names = |words: &Words| words.all().keys().copied().collect::<BTreeSet<_>>();
        let first = names(&all.all()[0]);
        for words in all.all() {
            assert_eq!(names(words), first, "{}", words.lang());
            assert!(words.all().values().all(|text| !text.is_empty()), "{}", words.lang());
            for (name, text) in words.all() {
                let holes = |text: &str| (0..4).filter(|n| text.contains(&format!("{{{n}}}"))).collect::<Vec<_>>();
                assert_eq!(holes(text), holes(all.all()[0].get(name)), "{}: {name}", words.lang());
            }
        }
        assert_eq!(all.of("es_MX").lang(), "es");
        assert_eq!(all.of("fr_FR").lang(), "en");
    }

    #[test]
    fn every_text_that_pages_name_is_there_and_none_is_left_over() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut sources = Vec::new();
        files(&root.join("src/pages/admin"), &mut sources);
        files(&root.join("templates/admin"), &mut sources);
        let all = read().unwrap();
        let known = all.all()[0].all();
        let mut used = BTreeSet::new();
        for source in &sources {
            let own = source.split("#[cfg(test)]").next().unwrap();
            for mark in ["words.get(\"", "words.with(\"", "{{ t.", "word!(\""] {
                used.extend(named(own, mark));
            }
            // Names in tables of the source: words are marked there by a leading `=`.
            used.extend(named(own, "\"="));
        }
        let missing: Vec<_> = used.iter().filter(|name| !known.contains_key(**name)).collect();
        assert!(missing.is_empty(), "not in the catalogues: {missing:?}");
        let over: Vec<_> = known.keys().filter(|name| !used.contains(**name)).collect();
        assert!(over.is_empty(), "nothing uses: {over:?}");
    }
}
