//! Sheets are compiled for real, and read back with poppler where the text matters (`tests/integration/documents.rs`).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use lastmile_reports::{Failure, MAX_CODES, Sheet, code, pdf};
use serde_json::json;

fn sheet<'a>(template: &'a str, data: &'a serde_json::Value, codes: &'a [String]) -> Sheet<'a> {
    Sheet { template, layout: "#let shout(text) = upper(text)", data, logo: None, codes }
}

#[test]
fn a_template_reads_its_data_its_layout_and_its_codes() {
    let data = json!({"name": "Ana"});
    let codes = ["https://isp.example/pay/1".to_owned()];
    let template = "#import \"layout.typ\": shout\n#shout(json(\"data.json\").name)\n#image(\"code-0.svg\", width: 2cm)";
    let bytes = pdf(&sheet(template, &data, &codes)).unwrap();
    assert!(bytes.starts_with(b"%PDF-"));
}

#[test]
fn what_people_typed_is_shown_and_not_evaluated() {
    // Were it evaluated, each of these would be an error or a file that is not there.
    for typed in ["#panic(\"no\")", "#read(\"main.typ\")", "$", "]#{", "= Title <label> @label", "\\", "*", "`", "\u{0}\u{7}\u{202e}"] {
        let data = json!({ "name": typed });
        pdf(&sheet("#json(\"data.json\").name", &data, &[])).unwrap_or_else(|failure| panic!("{typed:?}: {failure}"));
    }
}

#[test]
fn a_template_sees_nothing_but_its_own_files() {
    let data = json!({});
    for path in ["/etc/passwd", "../Cargo.toml", "other.txt", "@preview/example:0.1.0"] {
        let template = format!("#read({path:?})");
        assert!(matches!(pdf(&sheet(&template, &data, &[])), Err(Failure::Template(_))), "{path}");
    }
}

#[test]
fn what_does_not_compile_is_told_with_its_line() {
    let data = json!({});
    let Err(Failure::Template(text)) = pdf(&sheet("first\n#nothing", &data, &[])) else { panic!("compiled") };
    assert!(text.starts_with("line 2: "), "{text}");
}

#[test]
fn codes_have_limits() {
    let data = json!({});
    assert_eq!(pdf(&sheet("", &data, &vec![String::from("x"); MAX_CODES + 1])), Err(Failure::Codes));
    assert_eq!(code(&"x".repeat(5000)), Err(Failure::Code(5000)));
    assert!(code("https://isp.example").unwrap().starts_with("<svg"));
}
