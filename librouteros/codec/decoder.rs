//! The incremental decoder: bytes in any pieces, sentences out.

use super::word::{Prefix, decode_length};
use super::{DecodeError, Sentence};

/// What a peer may make us hold. Checked when a length is announced, before its bytes are waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest word, in bytes.
    pub max_word: usize,
    /// Most words in a sentence.
    pub max_words: usize,
    /// Longest sentence, in bytes, prefixes not counted.
    pub max_sentence: usize,
}

impl Limits {
    /// For a logged-in session: scripts and file contents fit.
    pub const SESSION: Self = Self { max_word: 16 << 20, max_words: 4096, max_sentence: 32 << 20 };
    /// For a peer that has not logged in: a user name and a password fit, little else does (the manual: "number and size of
    /// sentences before login is limited").
    pub const BEFORE_LOGIN: Self = Self { max_word: 4096, max_words: 16, max_sentence: 8192 };
}

impl Default for Limits {
    fn default() -> Self {
        Self::SESSION
    }
}

/// Turns a byte stream into sentences. Never panics, whatever it is fed; after an error it gives that error for ever, because
/// a stream whose framing is lost has no next sentence.
#[derive(Debug, Default)]
pub struct Decoder {
    limits: Limits,
    /// Bytes fed and not yet consumed start at `start`; the front is dropped in `feed`, not per word, so a burst of small
    /// sentences costs one move.
    buffer: Vec<u8>,
    start: usize,
    words: Vec<Vec<u8>>,
    size: usize,
    failed: Option<DecodeError>,
}

impl Decoder {
    /// A decoder with these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self { limits, ..Self::default() }
    }

    /// Changes the limits, for what is decoded from now on (a peer has logged in).
    pub fn set_limits(&mut self, limits: Limits) {
        self.limits = limits;
    }

    /// Takes bytes as they came from the peer.
    pub fn feed(&mut self, bytes: &[u8]) {
        if self.failed.is_some() {
            return;
        }
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole sentence, or `None` until more bytes are fed.
    ///
    /// # Errors
    /// [`DecodeError`] when a limit is exceeded or a length is reserved; the same error ever after.
    pub fn next_sentence(&mut self) -> Result<Option<Sentence>, DecodeError> {
        if let Some(error) = &self.failed {
            return Err(error.clone());
        }
        self.advance().inspect_err(|error| {
            self.failed = Some(error.clone());
            self.buffer = Vec::new();
            self.start = 0;
            self.words = Vec::new();
        })
    }

    fn advance(&mut self) -> Result<Option<Sentence>, DecodeError> {
        loop {
            let pending = self.buffer.get(self.start..).unwrap_or_default();
            let (length, size) = match decode_length(pending) {
                Prefix::Incomplete => return Ok(None),
                Prefix::Reserved(byte) => return Err(DecodeError::ReservedLength(byte)),
                Prefix::Complete { length, size } => (length, size),
            };
            if length == 0 {
                self.start += size;
                if self.words.is_empty() {
                    continue;
                }
                self.size = 0;
                return Ok(Some(Sentence::new(std::mem::take(&mut self.words))));
            }
            self.check(length)?;
            let Some(word) = pending.get(size..size + length) else {
                return Ok(None);
            };
            self.words.push(word.to_vec());
            self.size += length;
            self.start += size + length;
        }
    }

    fn check(&self, length: usize) -> Result<(), DecodeError> {
        let Limits { max_word, max_words, max_sentence } = self.limits;
        if length > max_word {
            return Err(DecodeError::WordTooLong { length, limit: max_word });
        }
        if self.words.len() >= max_words {
            return Err(DecodeError::TooManyWords(max_words));
        }
        if self.size + length > max_sentence {
            return Err(DecodeError::SentenceTooLong(max_sentence));
        }
        Ok(())
    }
}
