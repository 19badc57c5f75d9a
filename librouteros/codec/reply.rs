//! What a router says: sentences read as replies, and the rows in them.

use super::DecodeError;
use crate::error::Trap;

/// A sentence: its words as bytes, never empty, no word empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    words: Vec<Vec<u8>>,
}

impl Sentence {
    pub(crate) fn new(words: Vec<Vec<u8>>) -> Self {
        Self { words }
    }

    /// The words as bytes, in order.
    #[must_use]
    pub fn words(&self) -> &[Vec<u8>] {
        &self.words
    }

    /// The words as text, in order; bytes that are no UTF-8 become U+FFFD (routers hold whatever bytes they were given).
    pub fn texts(&self) -> impl Iterator<Item = String> + '_ {
        self.words.iter().map(|word| String::from_utf8_lossy(word).into_owned())
    }
}

/// An ordered list of attributes, as one `!re` carries them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row(Vec<(String, String)>);

impl Row {
    /// The value of the first attribute with this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The value of `.id`, like `*1F`.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.get(".id")
    }

    /// Whether the attribute is present and says yes (`true` or `yes`).
    #[must_use]
    pub fn is_true(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| crate::values::parse_bool(value) == Some(true))
    }

    /// The attributes in the order they came.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether there is no attribute at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many attributes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds an attribute at the end.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Row {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

/// One reply sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The `.tag` of the command it answers.
    pub tag: Option<String>,
    /// What it says.
    pub body: ReplyBody,
}

/// What a reply says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplyBody {
    /// `!re`: one row; more may follow.
    Re(Row),
    /// `!done`: the command ended; `ret` and the like are in its attributes.
    Done(Row),
    /// `!trap`: the command failed; `!done` still follows.
    Trap(Trap),
    /// `!fatal`: the router closes the connection; the words after it, joined.
    Fatal(String),
    /// `!empty`: nothing to return; `!done` still follows (RouterOS 7.18 and later).
    Empty,
}

impl Reply {
    /// Reads a sentence as a reply.
    ///
    /// # Errors
    /// [`DecodeError::UnknownReply`] when the first word is none of the five.
    pub fn parse(sentence: &Sentence) -> Result<Self, DecodeError> {
        let mut texts = sentence.texts();
        let kind = texts.next().unwrap_or_default();
        let mut tag = None;
        let mut row = Row::default();
        let mut bare = Vec::new();
        for text in texts {
            if let Some(rest) = text.strip_prefix(".tag=") {
                tag = Some(rest.to_owned());
            } else if let Some(rest) = text.strip_prefix('=') {
                let (name, value) = rest.split_once('=').unwrap_or((rest, ""));
                row.push(name, value);
            } else {
                bare.push(text);
            }
        }
        let body = match kind.as_str() {
            "!re" => ReplyBody::Re(row),
            "!done" => ReplyBody::Done(row),
            "!trap" => ReplyBody::Trap(Trap::new(
                row.get("message").unwrap_or_default(),
                row.get("category").and_then(|category| category.parse().ok()),
            )),
            // The reason is a bare word; a few versions send it as a message attribute.
            "!fatal" => ReplyBody::Fatal(if bare.is_empty() { row.get("message").unwrap_or_default().to_owned() } else { bare.join(" ") }),
            "!empty" => ReplyBody::Empty,
            _ => return Err(DecodeError::UnknownReply(kind)),
        };
        Ok(Self { tag, body })
    }

    /// The reply as words, ready for [`super::encode_sentence`]: what a router sends.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let attributes = |row: &Row| row.iter().map(|(name, value)| format!("={name}={value}")).collect::<Vec<_>>();
        let (kind, mut rest) = match &self.body {
            ReplyBody::Re(row) => ("!re", attributes(row)),
            ReplyBody::Done(row) => ("!done", attributes(row)),
            ReplyBody::Trap(trap) => {
                let category = trap.category.map(|category| format!("=category={category}"));
                ("!trap", category.into_iter().chain([format!("=message={}", trap.message)]).collect())
            }
            ReplyBody::Fatal(reason) => ("!fatal", vec![reason.clone()]),
            ReplyBody::Empty => ("!empty", Vec::new()),
        };
        let tag = self.tag.iter().map(|tag| format!(".tag={tag}"));
        std::iter::once(kind.to_owned()).chain(tag).chain(rest.drain(..)).collect()
    }
}
