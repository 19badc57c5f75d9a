//! Bodies of JSON routes: what can be read is written as it reads, and arguments are bound to methods or refused.
#![no_main]

#[path = "../../models/orm/tests/domain_fixture/mod.rs"]
mod domain_fixture;

use lastmile_orm::call::{Request, prepare};
use lastmile_orm::registry::Registry;
use lastmile_orm::value::{Map, Value};
use lastmile_orm::{Declarations, methods};
use lastmile_rpc::json::{parse, write_value};
use lastmile_rpc::envelope::parameters;
use lastmile_rpc::rpc_services::{envelope_arguments, keywords, positional};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(value) = parse(bytes) else { return };
    let mut text = Vec::new();
    write_value(&mut text, &value);
    let again = parse(&text).expect("what was written can be read");
    let mut second = Vec::new();
    write_value(&mut second, &again);
    assert_eq!(text, second);

    let Value::Map(mut envelope) = value else { return };
    by_name(envelope.clone());
    let Ok(params) = parameters(envelope.swap_remove("params")) else { return };
    web(params.clone());
    if let Ok((service, method, args)) = envelope_arguments(params)
        && service == "object"
    {
        execute(&method, args);
    }
});

thread_local! {
    static PRODUCT: (Registry, Declarations) = {
        let mut declared = Declarations::default();
        methods::declare(&mut declared);
        (domain_fixture::registry(), declared)
    };
}

fn bind(request: Request) {
    PRODUCT.with(|(registry, declared)| {
        let _ = prepare(registry, declared, request).map(|ready| ready.call.ids.len());
    });
}

/// `execute_kw(db, uid, password, model, method, args, kwargs)`.
fn execute(method: &str, args: Vec<Value>) {
    let mut args = args.into_iter().skip(3);
    let (Some(model), Some(name)) = (args.next(), args.next()) else { return };
    let (args, kwargs) = match method {
        "execute_kw" => (positional(args.next().unwrap_or_default()), keywords(args.next().unwrap_or_default())),
        _ => (Ok(args.collect()), Ok(Map::new())),
    };
    if let (Ok(args), Ok(kwargs)) = (args, kwargs) {
        bind(Request { model: model.py_str(), method: name.py_str(), args, kwargs, ids: None, by_name: false });
    }
}

/// `/web/dataset/call_kw`.
fn web(mut params: Map) {
    let mut take = |name: &str| params.swap_remove(name).unwrap_or_default();
    if let (Ok(args), Ok(kwargs)) = (positional(take("args")), keywords(take("kwargs"))) {
        bind(Request { model: take("model").py_str(), method: take("method").py_str(), args, kwargs, ids: None, by_name: false });
    }
}

/// `/json/2/device/read`.
fn by_name(mut body: Map) {
    let ids = body.swap_remove("ids");
    bind(Request { model: "device".into(), method: "read".into(), args: vec![], kwargs: body, ids, by_name: true });
}
