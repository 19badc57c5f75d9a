//! Bytes of a RouterOS peer, in any pieces: sentences or an error for ever, and sentences are encoded as they were read.
#![no_main]

use librouteros::codec::{Decoder, Limits, Reply, encode_sentence};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((&step, stream)) = bytes.split_first() else { return };
    let limits = Limits { max_word: 4096, max_words: 64, max_sentence: 8192 };
    let whole = read(limits, stream, stream.len().max(1));
    assert_eq!(whole, read(limits, stream, usize::from(step).max(1)), "pieces do not matter");
});

/// The sentences of a stream that comes in pieces of `step` bytes, and whether it failed.
fn read(limits: Limits, stream: &[u8], step: usize) -> (Vec<Vec<Vec<u8>>>, bool) {
    let mut decoder = Decoder::new(limits);
    let mut sentences = Vec::new();
    for piece in stream.chunks(step) {
        decoder.feed(piece);
        loop {
            match decoder.next_sentence() {
                Ok(Some(sentence)) => {
                    if let Ok(reply) = Reply::parse(&sentence) {
                        let words = reply.words();
                        assert!(words.first().is_some_and(|word| word.starts_with('!')));
                    }
                    let mut out = Vec::new();
                    encode_sentence(&mut out, sentence.words());
                    let mut again = Decoder::new(limits);
                    again.feed(&out);
                    assert_eq!(again.next_sentence().ok().flatten().as_ref(), Some(&sentence));
                    sentences.push(sentence.words().to_vec());
                }
                Ok(None) => break,
                Err(_) => return (sentences, true),
            }
        }
    }
    (sentences, false)
}
