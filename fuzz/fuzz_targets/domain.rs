//! Domains as clients send them (JSON) become SQL or are refused; what was read is written as it reads.
#![no_main]

#[path = "../../models/orm/tests/domain_fixture/mod.rs"]
mod domain_fixture;

use domain_fixture::Reader;
use lastmile_orm::Domain;
use lastmile_orm::domain::search;
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: { READER.with(|_| ()) }, |bytes: &[u8]| {
    let Ok(value) = lastmile_rpc::json::parse(bytes) else { return };
    let Ok(domain) = Domain::parse(&value) else { return };
    let again = Domain::parse(&domain.to_value()).expect("what was read can be written");
    assert_eq!(again.to_string(), domain.to_string());
    READER.with(|reader| {
        if let Ok(query) = search(reader, &reader.registry.models["device"], &domain) {
            let _ = query.into_select().into_sql().to_text();
        }
    });
});

thread_local! {
    static READER: Reader = Reader::new(false);
}
