use librouteros::codec::{DecodeError, Decoder, Limits, Reply, ReplyBody, encode_length, encode_sentence, encode_word};
use librouteros::{Row, Trap, TrapKind};
use proptest::prelude::*;

fn length(of: usize) -> Vec<u8> {
    let mut out = Vec::new();
    encode_length(&mut out, of);
    out
}

#[test]
fn lengths_have_five_forms() {
    for (of, bytes) in [
        (0, &[0x00][..]),
        (0x7F, &[0x7F]),
        (0x80, &[0x80, 0x80]),
        (0x3FFF, &[0xBF, 0xFF]),
        (0x4000, &[0xC0, 0x40, 0x00]),
        (0x1F_FFFF, &[0xDF, 0xFF, 0xFF]),
        (0x20_0000, &[0xE0, 0x20, 0x00, 0x00]),
        (0xFFF_FFFF, &[0xEF, 0xFF, 0xFF, 0xFF]),
        (0x1000_0000, &[0xF0, 0x10, 0x00, 0x00, 0x00]),
        (0xFFFF_FFFF, &[0xF0, 0xFF, 0xFF, 0xFF, 0xFF]),
    ] {
        assert_eq!(length(of), bytes, "{of:#x}");
    }
}

#[test]
fn a_length_in_a_longer_form_than_needed_is_read() {
    let mut decoder = Decoder::new(Limits::SESSION);
    decoder.feed(&[0xF0, 0, 0, 0, 2, b'/', b'x', 0]);
    assert_eq!(decoder.next_sentence().unwrap().unwrap().words(), [b"/x"]);
}

#[test]
fn reserved_first_bytes_are_errors_for_ever() {
    for byte in 0xF1..=0xFF {
        let mut decoder = Decoder::new(Limits::SESSION);
        decoder.feed(&[byte]);
        assert_eq!(decoder.next_sentence(), Err(DecodeError::ReservedLength(byte)));
        decoder.feed(&[1, b'x', 0]);
        assert_eq!(decoder.next_sentence(), Err(DecodeError::ReservedLength(byte)));
    }
}

#[test]
fn limits_hold_before_the_bytes_come() {
    let limits = Limits { max_word: 300, max_words: 3, max_sentence: 400 };
    let mut decoder = Decoder::new(limits);
    decoder.feed(&length(301));
    assert_eq!(decoder.next_sentence(), Err(DecodeError::WordTooLong { length: 301, limit: 300 }));

    let mut decoder = Decoder::new(limits);
    decoder.feed(&[1, b'a', 1, b'b', 1, b'c', 1]);
    assert_eq!(decoder.next_sentence(), Err(DecodeError::TooManyWords(3)));

    let mut decoder = Decoder::new(limits);
    let mut bytes = Vec::new();
    encode_word(&mut bytes, &[b'x'; 300]);
    bytes.extend(length(101));
    decoder.feed(&bytes);
    assert_eq!(decoder.next_sentence(), Err(DecodeError::SentenceTooLong(400)));
}

#[test]
fn limits_count_per_sentence_and_can_be_raised() {
    let mut decoder = Decoder::new(Limits { max_word: 10, max_words: 2, max_sentence: 10 });
    for _ in 0..5 {
        decoder.feed(&[2, b'/', b'a', 2, b'/', b'b', 0]);
        assert_eq!(decoder.next_sentence().unwrap().unwrap().words().len(), 2);
    }
    decoder.set_limits(Limits::SESSION);
    let mut bytes = Vec::new();
    encode_sentence(&mut bytes, [vec![b'x'; 70_000]]);
    decoder.feed(&bytes);
    assert_eq!(decoder.next_sentence().unwrap().unwrap().words()[0].len(), 70_000);
}

#[test]
fn empty_sentences_are_passed_over() {
    let mut decoder = Decoder::new(Limits::SESSION);
    decoder.feed(&[0, 0, 2, b'/', b'x', 0, 0]);
    assert!(decoder.next_sentence().unwrap().is_some());
    assert_eq!(decoder.next_sentence(), Ok(None));
}

fn parse(words: &[&str]) -> Result<Reply, DecodeError> {
    let mut bytes = Vec::new();
    encode_sentence(&mut bytes, words);
    let mut decoder = Decoder::new(Limits::SESSION);
    decoder.feed(&bytes);
    Reply::parse(&decoder.next_sentence().unwrap().unwrap())
}

#[test]
fn replies_are_read() {
    let reply = parse(&["!re", ".tag=7", "=.id=*1", "=comment=a=b", "=empty=", "=bare"]).unwrap();
    assert_eq!(reply.tag.as_deref(), Some("7"));
    let ReplyBody::Re(row) = reply.body else { panic!() };
    assert_eq!(row.iter().collect::<Vec<_>>(), [(".id", "*1"), ("comment", "a=b"), ("empty", ""), ("bare", "")]);
    assert_eq!(row.id(), Some("*1"));

    let ReplyBody::Done(row) = parse(&["!done", "=ret=*A"]).unwrap().body else { panic!() };
    assert_eq!(row.get("ret"), Some("*A"));
    let trap = parse(&["!trap", "=category=2", "=message=interrupted", ".tag=x"]).unwrap();
    assert_eq!(trap.body, ReplyBody::Trap(Trap { kind: TrapKind::Interrupted, category: Some(2), message: "interrupted".into() }));
    assert_eq!(parse(&["!fatal", "session terminated on request"]).unwrap().body, ReplyBody::Fatal("session terminated on request".into()));
    assert_eq!(parse(&["!fatal", "=message=x"]).unwrap().body, ReplyBody::Fatal("x".into()));
    assert_eq!(parse(&["!empty"]).unwrap().body, ReplyBody::Empty);
    assert_eq!(parse(&["!what"]), Err(DecodeError::UnknownReply("!what".into())));
}

#[test]
fn bytes_that_are_no_text_are_replaced() {
    let mut decoder = Decoder::new(Limits::SESSION);
    decoder.feed(b"\x03!re\x05=a=\xFF\xE9\x00");
    let reply = Reply::parse(&decoder.next_sentence().unwrap().unwrap()).unwrap();
    assert_eq!(reply.body, ReplyBody::Re([("a", "\u{FFFD}\u{FFFD}")].into_iter().collect::<Row>()));
}

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(any::<char>(), 0..40).prop_map(String::from_iter)
}

fn name() -> impl Strategy<Value = String> {
    text().prop_map(|name| name.replace('=', "-"))
}

fn rows() -> impl Strategy<Value = Row> {
    proptest::collection::vec((name(), text()), 0..6).prop_map(Row::from_iter)
}

fn replies() -> impl Strategy<Value = Reply> {
    let body = prop_oneof![
        rows().prop_map(ReplyBody::Re),
        rows().prop_map(ReplyBody::Done),
        (text(), proptest::option::of(0..8_u8)).prop_map(|(text, category)| ReplyBody::Trap(Trap::new(text, category))),
        name().prop_filter("a bare word", |text| !text.is_empty() && !text.starts_with(".tag")).prop_map(ReplyBody::Fatal),
        Just(ReplyBody::Empty),
    ];
    (proptest::option::of(text()), body).prop_map(|(tag, body)| Reply { tag, body })
}

proptest! {
    #[test]
    fn sentences_survive_any_split(
        sentences in proptest::collection::vec(
            proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..300), 1..6), 1..6),
        cuts in proptest::collection::vec(1..50_usize, 0..60),
    ) {
        let mut bytes = Vec::new();
        for sentence in &sentences {
            encode_sentence(&mut bytes, sentence);
        }
        let mut decoder = Decoder::new(Limits::SESSION);
        let mut seen = Vec::new();
        let mut rest = bytes.as_slice();
        for cut in cuts.into_iter().chain([usize::MAX]) {
            let (piece, tail) = rest.split_at(cut.min(rest.len()));
            decoder.feed(piece);
            rest = tail;
            while let Some(sentence) = decoder.next_sentence().unwrap() {
                seen.push(sentence.words().to_vec());
            }
        }
        prop_assert_eq!(seen, sentences);
    }

    #[test]
    fn the_decoder_never_panics(pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..80), 0..20)) {
        for limits in [Limits::SESSION, Limits::BEFORE_LOGIN, Limits { max_word: 3, max_words: 2, max_sentence: 4 }] {
            let mut decoder = Decoder::new(limits);
            for piece in &pieces {
                decoder.feed(piece);
                while let Ok(Some(sentence)) = decoder.next_sentence() {
                    prop_assert!(sentence.words().len() <= limits.max_words);
                    let _ = Reply::parse(&sentence);
                }
            }
        }
    }

    #[test]
    fn replies_round_trip(reply in replies()) {
        let mut bytes = Vec::new();
        encode_sentence(&mut bytes, reply.words());
        let mut decoder = Decoder::new(Limits::SESSION);
        decoder.feed(&bytes);
        let back = Reply::parse(&decoder.next_sentence().unwrap().unwrap()).unwrap();
        prop_assert_eq!(back, reply);
    }
}
