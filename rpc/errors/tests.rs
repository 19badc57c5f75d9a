use super::*;

fn service(error: impl Into<CallError>) -> WireError {
    WireError::of(error.into(), Dialect::Service, "r1")
}

#[test]
fn rows_of_the_table() {
    let rows: [(Error, &str, i64, u16); 9] = [
        (Error::user("m"), "odoo.exceptions.UserError", 2, 422),
        (Error::validation("m"), "odoo.exceptions.ValidationError", 2, 422),
        (Error::missing("m"), "odoo.exceptions.MissingError", 2, 404),
        (Error::access("m"), "odoo.exceptions.AccessError", 4, 403),
        (denied(), "odoo.exceptions.AccessDenied", 3, 403),
        (Error::value("m"), "builtins.ValueError", 1, 500),
        (Error::Database("psycopg2.OperationalError", "m".into()), "psycopg2.OperationalError", 1, 500),
        (Error::SessionExpired, "odoo.http.SessionExpiredException", 1, 403),
        (Error::internal("secret"), "builtins.Exception", 1, 500),
    ];
    for (error, name, fault, status) in rows {
        let wire = service(error);
        assert_eq!((wire.name, wire.fault as i64, wire.status), (name, fault, status));
        assert!(!wire.message.contains("secret"));
    }
}

#[test]
fn keys_are_told_bare_and_written_as_python_writes_them() {
    let wire = service(Error::key("nope"));
    assert_eq!((wire.message.as_str(), wire.last_line().as_str()), ("nope", "KeyError: 'nope'"));
}

#[test]
fn a_model_that_is_not_there_is_told_in_three_ways() {
    let of = |dialect| WireError::of(CallError::NoModel("no.model".into()), dialect, "r1");
    assert_eq!(of(Dialect::Service).name, "odoo.exceptions.UserError");
    assert_eq!(of(Dialect::Web).envelope(), (404, "404: Not Found"));
    assert_eq!((of(Dialect::Named).name, of(Dialect::Named).status), (NOT_FOUND, 404));
}

#[test]
fn data_has_the_recorded_bytes() {
    let mut out = Vec::new();
    service(Error::value("Invalid field 'nope' on 'res.partner'")).write_data(&mut out);
    let text = String::from_utf8(out).unwrap();
    let start = concat!(
        r#"{"name": "builtins.ValueError", "message": "Invalid field 'nope' on 'res.partner'", "#,
        r#""arguments": ["Invalid field 'nope' on 'res.partner'"], "context": {}, "debug": "Traceback "#
    );
    assert!(text.starts_with(start), "{text}");
    assert!(text.ends_with(r#"\nValueError: Invalid field 'nope' on 'res.partner'\n"}"#), "{text}");
}

#[test]
fn text_codes_of_the_older_route() {
    assert_eq!(service(Error::access("No.")).text_fault(), ("warning -- AccessError\n\nNo.".into(), String::new()));
    assert_eq!(service(denied()).text_fault(), ("AccessDenied".into(), "Access Denied".into()));
    assert_eq!(service(Error::validation("x")).text_fault().0, "warning -- UserError\n\nx");
    assert_eq!(service(Error::value("x")).text_fault().0, "x");
}
