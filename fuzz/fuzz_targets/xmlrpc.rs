//! XML-RPC documents: read or refused, and what was read can be answered.
#![no_main]

use lastmile_orm::Answer;
use lastmile_rpc::xml::{XmlSink, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(call) = parse(bytes) else { return };
    for value in call.params {
        let mut out = Vec::new();
        let _ = Answer::from(value).write(&mut XmlSink::new(&mut out));
        std::str::from_utf8(&out).expect("answers are UTF-8");
    }
});
