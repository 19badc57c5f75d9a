//! What the pages say, by language: one file a language, `name = text` a line.

use std::collections::HashMap;
use std::sync::Arc;

use lastmile_orm::error::{Error, Result};

/// Languages and their files. The first one is for everybody whose language is not here.
const FILES: &[(&str, &str)] =
    &[("en", include_str!("../../../templates/admin/words/en.txt")), ("es", include_str!("../../../templates/admin/words/es.txt"))];

/// The texts of one language.
#[derive(Clone, Debug)]
pub struct Words {
    lang: &'static str,
    texts: Arc<HashMap<&'static str, &'static str>>,
}

impl Words {
    /// A text by its name, which tables of the source mark by a leading `=`; the name itself when there is none.
    pub fn get<'a>(&'a self, name: &'a str) -> &'a str {
        let name = name.trim_start_matches('=');
        self.texts.get(name).copied().unwrap_or(name)
    }

    /// A text with `{0}`, `{1}`… filled in.
    pub fn with(&self, name: &str, values: &[&str]) -> String {
        let mut text = self.get(name).to_owned();
        for (n, value) in values.iter().enumerate() {
            text = text.replace(&format!("{{{n}}}"), value);
        }
        text
    }

    /// The language, for `<html lang>`.
    pub fn lang(&self) -> &'static str {
        self.lang
    }

    /// All of them, for templates.
    pub fn all(&self) -> &HashMap<&'static str, &'static str> {
        &self.texts
    }
}

/// All languages.
#[derive(Clone, Debug)]
pub struct Catalogues(Vec<Words>);

impl Catalogues {
    /// Reads the files.
    pub fn read() -> Result<Self> {
        let mut all = Vec::new();
        for (lang, file) in FILES {
            all.push(Words { lang, texts: Arc::new(texts(file)?) });
        }
        Ok(Catalogues(all))
    }

    /// The texts for a language such as `es_MX`.
    pub fn of(&self, code: &str) -> Words {
        let short = code.split(['_', '-']).next().unwrap_or_default();
        let found = self.0.iter().find(|words| words.lang == short).or_else(|| self.0.first());
        found.cloned().unwrap_or(Words { lang: "en", texts: Arc::default() })
    }
}

fn texts(file: &'static str) -> Result<HashMap<&'static str, &'static str>> {
    let lines = file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (name, text) = line.split_once('=').ok_or_else(|| Error::internal(format!("catalogue line without a text: {line}")))?;
            Ok((name.trim(), text.trim()))
        })
        .collect()
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
        let all = Catalogues::read().unwrap();
        let names = |words: &Words| words.texts.keys().copied().collect::<BTreeSet<_>>();
        let first = names(&all.0[0]);
        for words in &all.0 {
            assert_eq!(names(words), first, "{}", words.lang);
            assert!(words.texts.values().all(|text| !text.is_empty()), "{}", words.lang);
            for (name, text) in words.texts.iter() {
                let holes = |text: &str| (0..4).filter(|n| text.contains(&format!("{{{n}}}"))).collect::<Vec<_>>();
                assert_eq!(holes(text), holes(all.0[0].get(name)), "{}: {name}", words.lang);
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
        let all = Catalogues::read().unwrap();
        let known = &all.0[0].texts;
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
