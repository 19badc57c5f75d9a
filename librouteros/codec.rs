//! The wire format, without I/O: length-prefixed words, sentences ended by an empty word, and the replies they spell.
//!
//! ```text
//! sentence := word+ zero-length-word            (empty sentences are ignored)
//! word     := length bytes
//! length   := 0xxxxxxx                           below 0x80
//!           | 10xxxxxx +1 byte                   below 0x4000
//!           | 110xxxxx +2 bytes                  below 0x200000
//!           | 1110xxxx +3 bytes                  below 0x10000000
//!           | 11110000 +4 bytes                  the rest; a first byte from 0xF8 up is reserved
//! ```
//! Source: RouterOS manual, "API", protocol section.

mod decoder;
mod reply;
mod word;

pub use decoder::{Decoder, Limits};
pub use reply::{Reply, ReplyBody, Row, Sentence};
pub use word::{encode_length, encode_sentence, encode_word};

/// Why bytes are not a RouterOS conversation. After any of these the connection cannot be resynchronised and must be dropped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The first length byte is 0xF1 or above: control bytes from 0xF8 are reserved, and 0xF1–0xF7 spell no length.
    #[error("reserved length byte 0x{0:02X}")]
    ReservedLength(u8),
    /// A word announces more bytes than the limit (`length`, in bytes).
    #[error("word of {length} bytes exceeds the limit of {limit}")]
    WordTooLong {
        /// Announced length in bytes.
        length: usize,
        /// The limit in force, in bytes.
        limit: usize,
    },
    /// A sentence has more words than the limit.
    #[error("sentence exceeds the limit of {0} words")]
    TooManyWords(usize),
    /// A sentence has more bytes than the limit.
    #[error("sentence exceeds the limit of {0} bytes")]
    SentenceTooLong(usize),
    /// A reply sentence begins with a word that is no reply.
    #[error("unknown reply word {0:?}")]
    UnknownReply(String),
}
