//! Python expressions of rules, contexts and filters, and orders: evaluated or refused.
#![no_main]

#[path = "../../models/orm/tests/domain_fixture/mod.rs"]
mod domain_fixture;

use domain_fixture::Reader;
use lastmile_orm::Domain;
use lastmile_orm::domain::{Query, order, search};
use lastmile_orm::expr::{Expr, Literals};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    READER.with(|reader| {
        let device = &reader.registry.models["device"];
        if let Ok(expr) = Expr::parse(text)
            && let Ok(value) = expr.eval(&Literals)
            && let Ok(domain) = Domain::from_py(&value)
        {
            let _ = search(reader, device, &domain);
        }
        let _ = order::translate(reader, &mut Query::new(device), device, text);
    });
});

thread_local! {
    static READER: Reader = Reader::new(false);
}
