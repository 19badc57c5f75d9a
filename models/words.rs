//! What pages and documents say, by language: one file a language, `name = text` a line.

use std::collections::HashMap;
use std::sync::Arc;

use lastmile_orm::error::{Error, Result};

/// Languages and their files. The first one is for everybody whose language is not here.
pub type Files = &'static [(&'static str, &'static str)];

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
    ///
    /// # Errors
    /// A line without `=`.
    pub fn read(files: Files) -> Result<Self> {
        let mut all = Vec::new();
        for (lang, file) in files {
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

    /// All languages, in the order of the files.
    pub fn all(&self) -> &[Words] {
        &self.0
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

    use super::*;

    #[test]
    fn a_language_is_found_by_its_first_part_and_the_first_file_is_for_all_others() {
        let all = Catalogues::read(&[("en", "# none\nyes = Yes\n"), ("es", "yes = Sí {0}")]).unwrap();
        assert_eq!(all.of("es_MX").with("yes", &["!"]), "Sí !");
        assert_eq!((all.of("fr_FR").lang(), all.of("fr_FR").get("yes"), all.of("").get("=no")), ("en", "Yes", "no"));
        assert!(Catalogues::read(&[("en", "no text")]).is_err());
    }

    #[test]
    fn every_language_of_the_documents_has_every_text() {
        let all = crate::account::documents::words().unwrap();
        for words in all.all() {
            let names = |words: &Words| words.all().keys().copied().collect::<BTreeSet<_>>();
            assert_eq!(names(words), names(&all.all()[0]), "{}", words.lang());
        }
    }
}
