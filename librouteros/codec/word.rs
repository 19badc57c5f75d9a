//! Words: the length prefix and what follows it.

/// Appends the length prefix for a word of `length` bytes, in the shortest of the five forms.
///
/// Lengths above `u32::MAX` cannot be written; they are cut to it, and no caller can hold such a word under [`super::Limits`].
pub fn encode_length(out: &mut Vec<u8>, length: usize) {
    let length = u32::try_from(length).unwrap_or(u32::MAX);
    let [a, b, c, d] = length.to_be_bytes();
    match length {
        0..0x80 => out.push(d),
        0x80..0x4000 => out.extend([c | 0x80, d]),
        0x4000..0x20_0000 => out.extend([b | 0xC0, c, d]),
        0x20_0000..0x1000_0000 => out.extend([a | 0xE0, b, c, d]),
        _ => out.extend([0xF0, a, b, c, d]),
    }
}

/// Appends one word: its length, then its bytes.
pub fn encode_word(out: &mut Vec<u8>, word: &[u8]) {
    encode_length(out, word.len());
    out.extend_from_slice(word);
}

/// Appends a whole sentence, with its closing empty word. Empty words are left out: one would end the sentence early.
pub fn encode_sentence<W: AsRef<[u8]>>(out: &mut Vec<u8>, words: impl IntoIterator<Item = W>) {
    for word in words {
        if !word.as_ref().is_empty() {
            encode_word(out, word.as_ref());
        }
    }
    out.push(0);
}

/// A length prefix read from the start of a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prefix {
    /// More bytes are needed to know the length.
    Incomplete,
    /// The word has `length` bytes and its prefix took `size` bytes.
    Complete { length: usize, size: usize },
    /// The first byte cannot start a length.
    Reserved(u8),
}

/// Reads the length prefix at the start of `bytes`.
pub(super) fn decode_length(bytes: &[u8]) -> Prefix {
    let Some((&first, rest)) = bytes.split_first() else {
        return Prefix::Incomplete;
    };
    let (extra, high) = match first {
        0x00..0x80 => (0, first),
        0x80..0xC0 => (1, first & 0x3F),
        0xC0..0xE0 => (2, first & 0x1F),
        0xE0..0xF0 => (3, first & 0x0F),
        0xF0 => (4, 0),
        _ => return Prefix::Reserved(first),
    };
    let Some(tail) = rest.get(..extra) else {
        return Prefix::Incomplete;
    };
    let length = tail.iter().fold(usize::from(high), |sum, &byte| (sum << 8) | usize::from(byte));
    Prefix::Complete { length, size: 1 + extra }
}
