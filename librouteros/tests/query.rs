use crate::streams::Raw;
use crate::support::{add, both, cmd};
use librouteros::Query;

/// Names of the simple queues that raw query words choose.
fn choose(raw: &mut Raw, words: &[&str]) -> String {
    let all: Vec<&str> = ["/queue/simple/print", "=.proplist=name"].iter().chain(words).copied().collect();
    let rows = raw.ask(&all).into_iter().filter(|sentence| sentence[0] == "!re");
    rows.map(|row| row[1].strip_prefix("=name=").unwrap().to_owned()).collect()
}

#[test]
fn the_stack() {
    let (sim, mut client) = both();
    for (name, comment, priority) in [("a", "x", "1"), ("b", "", "2"), ("c", "y", "8")] {
        let attributes = [("name", name), ("target", "10.0.0.1"), ("comment", comment), ("priority", priority)];
        add(&mut client, "/queue/simple", &attributes);
    }
    client.call(&cmd("/queue/simple/set", &[(".id", "c"), ("disabled", "yes"), ("max-limit", "5M/20M")])).unwrap();
    let mut raw = Raw::login(&sim);
    assert_eq!(choose(&mut raw, &[]), "abc");
    for (words, names) in [
        // presence and absence
        (&["?comment"][..], "ac"),
        (&["?-comment"], "b"),
        (&["?nonsense"], ""),
        (&["?-nonsense"], "abc"),
        // comparison
        (&["?name=b"], "b"),
        (&["?=name=b"], "b"),
        (&["?>name=a"], "bc"),
        (&["?<name=c"], "ab"),
        (&["?.id=*2"], "b"),
        (&["?comment="], ""),
        (&["?nonsense=1"], ""),
        // values are compared as stored
        (&["?disabled=yes"], "c"),
        (&["?disabled=true"], "c"),
        (&["?disabled=false"], "ab"),
        (&["?target=10.0.0.1"], "abc"),
        (&["?max-limit=5M/20M"], "c"),
        (&["?priority=2"], "b"),
        // what is left on the stack must all hold
        (&["?comment", "?disabled=false"], "a"),
        // operators
        (&["?comment", "?#!"], "b"),
        (&["?name=a", "?name=b", "?#|"], "ab"),
        (&["?name=a", "?comment", "?#&"], "a"),
        (&["?name=a", "?name=b", "?name=c", "?#||"], "abc"),
        (&["?name=a", "?name=b", "?#|!"], "c"),
        (&["?name=a", "?#.|"], "a"),
        (&["?name=a", "?#.!&"], ""),
        // an index at the end replaces all values; the top is 0
        (&["?name=a", "?name=b", "?#0"], "b"),
        (&["?name=a", "?name=b", "?#1"], "a"),
        // an index before another character pushes a copy
        (&["?name=a", "?name=b", "?#1|"], "a"),
        (&["?name=a", "?#0.|"], "a"),
        (&["?name=a", "?name=b", "?#1.0"], "a"),
        // too few values, or no operator: nothing
        (&["?#&"], ""),
        (&["?name=a", "?#5"], ""),
        (&["?name=a", "?#x"], ""),
    ] {
        assert_eq!(choose(&mut raw, words), names, "{words:?}");
    }
}

#[test]
fn the_builder_and_the_router_agree() {
    let (_sim, mut client) = both();
    for name in ["a", "b", "c", "d"] {
        add(&mut client, "/ip/pool", &[("name", name), ("ranges", "10.0.0.1-10.0.0.2")]);
    }
    let mut names = |query: Query| {
        let print = cmd("/ip/pool/print", &[]).query(Query::Not(Box::new(Query::Greater("name".into(), "d".into())))).query(query);
        let rows = client.call(&print.proplist(["name"])).unwrap().rows;
        rows.iter().map(|row| row.get("name").unwrap().to_owned()).collect::<String>()
    };
    assert_eq!(names(Query::one_of("name", ["a", "d", "zz"])), "ad");
    assert_eq!(names(Query::Not(Box::new(Query::one_of("name", ["a", "d"])))), "bc");
    assert_eq!(names(Query::All(vec![Query::Greater("name".into(), "a".into()), Query::Less("name".into(), "d".into())])), "bc");
    assert_eq!(names(Query::one_of("name", Vec::<String>::new())), "");
    assert_eq!(names(Query::All(Vec::new())), "abcd");
}

#[test]
fn numbers_compare_by_size() {
    let (_sim, mut client) = both();
    for (name, limit) in [("a", "9"), ("b", "10"), ("c", "100")] {
        add(&mut client, "/ppp/secret", &[("name", name), ("limit-bytes-in", limit)]);
    }
    let print = cmd("/ppp/secret/print", &[]).query(Query::Greater("limit-bytes-in".into(), "9".into())).flag("count-only");
    assert_eq!(client.call(&print).unwrap().ret.as_deref(), Some("2"));
}
