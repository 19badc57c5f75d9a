use librouteros::{Command, Error, Query};
use proptest::prelude::*;

fn invalid(command: &Command) -> bool {
    matches!(command.words(), Err(Error::Invalid(_)))
}

#[test]
fn paths_that_are_none_are_refused() {
    for path in ["", "/", "ppp/print", "/PPP/print", "/ppp print", "/ppp/print\n", "/ppp/print=x", "/ppp/print\0", "!re", "/é"] {
        assert!(invalid(&Command::new(path)), "{path:?}");
    }
    assert_eq!(Command::new("/ip/dhcp-server/lease/make-static").words().unwrap(), ["/ip/dhcp-server/lease/make-static"]);
}

#[test]
fn names_cannot_carry_syntax() {
    for name in ["", "a=b", "a\0", "a\nb", "a\rb"] {
        assert!(invalid(&Command::new("/x").attr(name, "v")), "{name:?}");
        assert!(invalid(&Command::new("/x").query(Query::eq(name, "v"))), "{name:?}");
        assert!(name.contains(['\n', '\r', '\0', '=']) && invalid(&Command::new("/x").flag(name)) || name.is_empty());
    }
    for name in ["-a", "#!", "<a", ">a", "!a", "?a"] {
        assert!(invalid(&Command::new("/x").query(Query::Has(name.into()))), "{name:?}");
    }
    assert!(invalid(&Command::new("/x").proplist(["a,b"])));
    assert!(invalid(&Command::new("/x").proplist([""])));
    assert!(invalid(&Command::new("/x").attr("a", "b\0c")));
    assert!(invalid(&Command::new("/x").query(Query::eq("a", "b\0c"))));
}

#[test]
fn values_may_hold_anything_else() {
    let words = Command::new("/x").attr("comment", "a=b\n.tag=1 é").words().unwrap();
    assert_eq!(words, ["/x", "=comment=a=b\n.tag=1 é"]);
}

#[test]
fn queries_are_written_as_a_stack() {
    let query = |query: Query| query.words().unwrap().join(" ");
    assert_eq!(query(Query::one_of("name", ["a", "b", "c"])), "?name=a ?name=b ?#| ?name=c ?#|");
    assert_eq!(query(Query::Not(Box::new(Query::Has("comment".into())))), "?comment ?#!");
    let nested = Query::All(vec![Query::Lacks("x".into()), Query::Less("a".into(), "1".into()), Query::Greater("b".into(), "2".into())]);
    assert_eq!(query(nested), "?-x ?<a=1 ?#& ?>b=2 ?#&");
    assert_eq!(query(Query::Any(Vec::new())), "?-.id");
    assert_eq!(query(Query::All(Vec::new())), "?.id");
}

#[test]
fn the_tag_is_its_own_word() {
    let bytes = Command::new("/ppp/secret/print").flag("count-only").encode(Some("12")).unwrap();
    assert_eq!(bytes, b"\x11/ppp/secret/print\x0C=count-only=\x07.tag=12\x00");
}

proptest! {
    /// Whatever a user types as a value, the words are the command, one attribute each, and the tag.
    #[test]
    fn user_text_never_adds_a_word(values in proptest::collection::vec("[^\0]{0,30}", 0..5)) {
        let mut command = Command::new("/ppp/secret/add");
        for value in &values {
            command = command.attr("name", value.clone());
        }
        let words = command.words().unwrap();
        prop_assert_eq!(words.len(), 1 + values.len());
        for (word, value) in words[1..].iter().zip(&values) {
            prop_assert_eq!(word, &format!("=name={value}"));
        }
    }
}
