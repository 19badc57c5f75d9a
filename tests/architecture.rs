//! What docs/ARCHITECTURE.md promises of the sources, read from the sources.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A source file without its tests and comments, by its path below the project.
struct Source {
    path: String,
    /// As written.
    text: String,
    /// Without comments, unit tests and the insides of texts.
    code: String,
}

fn files(dir: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() && !matches!(name, "tests" | "target" | "fuzz") {
            files(&path, out);
        } else if name.ends_with(".rs") && !name.ends_with("tests.rs") {
            out.push(path);
        }
    }
}

/// Everything below some folders of the project.
fn sources(dirs: &[&str]) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    dirs.iter().for_each(|dir| files(&root.join(dir), &mut paths));
    assert!(!paths.is_empty(), "{dirs:?}");
    let read = |path: PathBuf| {
        let whole = fs::read_to_string(&path).unwrap();
        let text = whole.split("#[cfg(test)]\nmod ").next().unwrap().to_owned();
        Source { path: path.strip_prefix(root).unwrap().to_str().unwrap().to_owned(), code: code(&text), text }
    };
    paths.into_iter().map(read).collect()
}

/// Blanks out comments and what stands in quotes.
fn code(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let raw = rest.strip_prefix('r').map(|after| (after, after.chars().take_while(|c| *c == '#').count()));
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some((after, hashes)) = raw
            && after.get(hashes..).is_some_and(|text| text.starts_with('"'))
            && !out.ends_with(|c: char| c.is_alphanumeric() || c == '_')
        {
            let end = format!("\"{}", "#".repeat(hashes));
            let from = 1 + hashes + 1;
            from + rest[from..].find(&end).map_or(rest.len() - from, |at| at + end.len())
        } else if c == '"' {
            let mut escaped = false;
            let inside = rest[1..].find(|c: char| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            inside.map_or(rest.len(), |at| at + 2)
        } else if rest.starts_with("'\"'") || rest.starts_with("'\\\"'") {
            rest[1..].find('\'').map_or(rest.len(), |at| at + 2)
        } else {
            0
        };
        if skipped > 0 {
            out.extend(rest[..skipped].chars().filter(|c| *c == '\n'));
            rest = &rest[skipped..];
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

/// Lines of code with a word, but for files that are allowed to have it.
fn with(sources: &[Source], words: &[&str], allowed: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources.iter().filter(|source| !allowed.contains(&source.path.as_str())) {
        for (n, line) in source.code.lines().enumerate() {
            if words.iter().any(|word| line.contains(word)) {
                found.push(format!("{}:{}: {}", source.path, n + 1, line.trim()));
            }
        }
    }
    found
}

#[track_caller]
fn none(what: &str, found: &[String]) {
    assert!(found.is_empty(), "{what}:\n{}", found.join("\n"));
}

/// `orm` ← `models` ← `src`, `orm` ← `rpc` ← `src`; `librouteros` stands alone.
#[test]
fn crates_depend_one_way() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let uses = |manifest: &str| -> BTreeSet<&'static str> {
        let text = fs::read_to_string(root.join(manifest)).unwrap();
        let normal: String = text.split("\n[").filter(|part| part.starts_with("dependencies]")).collect();
        let named = |name: &&str| normal.lines().any(|line| line.split([' ', '.', '=']).next() == Some(name));
        ["lastmile-orm", "lastmile-models", "lastmile-rpc", "librouteros"].into_iter().filter(named).collect()
    };
    assert_eq!(uses("models/orm/Cargo.toml"), BTreeSet::new());
    assert_eq!(uses("librouteros/Cargo.toml"), BTreeSet::new());
    assert_eq!(uses("models/Cargo.toml"), BTreeSet::from(["lastmile-orm"]));
    assert_eq!(uses("rpc/Cargo.toml"), BTreeSet::from(["lastmile-orm"]));
    assert_eq!(uses("Cargo.toml").len(), 4);
}

/// Text becomes a statement in `sql::exec`. What is run as a whole, without binds, is ours: migrations, set-up of a cluster,
/// transactions.
#[test]
fn dynamic_sql_is_run_in_one_place() {
    let all = sources(&["models", "rpc", "src"]);
    let own = ["sql_query(", "diesel::dsl::sql", "diesel::insert_into", "diesel::update("];
    // Before there is a schema, there is no kernel.
    none("diesel's own statements", &with(&all, &own, &["src/postgres.rs", "src/setup.rs"]));
    let batches = [
        "models/orm/database.rs",
        "models/orm/exclusive.rs",
        "models/orm/pool.rs",
        "models/orm/transaction.rs",
        "models/orm/patience.rs",
        "models/orm/sql/exec.rs",
        "src/health.rs",
        "src/listen.rs",
        "src/postgres.rs",
        "src/setup.rs",
    ];
    none("statements without binds", &with(&all, &["batch_execute("], &batches));
}

/// Nothing of HTTP, of pages or of sockets in the models and the kernel.
#[test]
fn models_know_neither_http_nor_sockets() {
    let words = ["actix", "tera::", "TcpStream", "TcpListener", "lettre::", "librouteros", "StatusCode"];
    none("of the outside in models", &with(&sources(&["models"]), &words, &[]));
    none("SQL in the wire", &with(&sources(&["rpc"]), &["diesel", "sql!(", "Sql::"], &[]));
}

/// The kernel and the wire serve any model: no model of a provider or of accounting is named there.
#[test]
fn kernel_and_wire_name_no_business_model() {
    let mut found = Vec::new();
    for source in sources(&["models/orm", "rpc"]) {
        for (n, line) in source.text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            if ["\"isp.", "\"account.", "\"sale.", "\"product.", "\"payment.", "isp_", "account_"].iter().any(|word| line.contains(word)) {
                found.push(format!("{}:{}: {}", source.path, n + 1, line.trim()));
            }
        }
    }
    none("business models", &found);
}

/// What the registry is made of is read in one room.
#[test]
fn metadata_has_one_loader() {
    let mut found = Vec::new();
    for source in sources(&["models/orm"]).into_iter().filter(|source| !source.path.starts_with("models/orm/registry/")) {
        for table in ["ir_model_access", "ir_rule", "ir_model_constraint", "FROM ir_model_fields", "FROM ir_model "] {
            let lines = source.text.lines().filter(|line| !line.trim_start().starts_with("//"));
            found.extend(lines.filter(|line| line.contains(table)).map(|line| format!("{}: {}", source.path, line.trim())));
        }
    }
    none("metadata read elsewhere", &found);
}

/// Amounts are decimals. The kernel has both kinds of numbers; where one becomes the other is `orm::money`.
#[test]
fn money_is_no_float() {
    const AMOUNTS: [&str; 9] = ["amount", "price", "balance", "debit", "credit", "residual", "total", "money", "monetary"];
    let mut found = Vec::new();
    for source in sources(&["models", "src"]).into_iter().filter(|source| !source.path.starts_with("models/orm/")) {
        for (n, (line, code)) in source.text.lines().zip(source.code.lines()).enumerate() {
            let line = line.to_lowercase();
            // Where one becomes the other is said by name.
            let code = code.replace("from_f64", "").replace("to_f64", "");
            let about = AMOUNTS.iter().any(|word| line.contains(word));
            let float = code.contains("f64") || code.contains(".float(") || line.contains("::float8") || code.contains("Value::Float");
            if about && float && !EXCEPT.iter().any(|(file, word)| source.path == *file && line.contains(word)) {
                found.push(format!("{}:{}: {}", source.path, n + 1, line.trim()));
            }
        }
    }
    none("floats beside money", &found);
}

/// Lines that only look so.
const EXCEPT: &[(&str, &str)] = &[("models/isp_billing/dashboard.rs", "avg_resolution_hours")];

/// Imports between files of a crate, `use` and `super::` alike; a folder's `mod.rs` stands for what it declares.
fn imports(dir: &str) -> BTreeMap<String, BTreeSet<String>> {
    let all = sources(&[dir]);
    let module = |path: &str| {
        let path = path.strip_prefix(dir).unwrap().trim_start_matches('/').trim_end_matches(".rs");
        path.trim_end_matches("mod").trim_end_matches('/').replace('/', "::")
    };
    let known: BTreeSet<String> = all.iter().map(|source| module(&source.path)).collect();
    let mut out = BTreeMap::new();
    for source in &all {
        let own = module(&source.path);
        let mut uses = BTreeSet::new();
        for path in paths(&source.code) {
            let mut at: Vec<&str> = own.split("::").filter(|part| !part.is_empty()).collect();
            let mut steps = path.split("::").peekable();
            match steps.next() {
                Some("crate") => at.clear(),
                Some("self") => {}
                _ => {
                    at.pop();
                }
            }
            while steps.next_if_eq(&"super").is_some() {
                at.pop();
            }
            let mut best = None;
            for step in steps {
                at.push(step);
                best = Some(at.join("::")).filter(|path| known.contains(path)).or(best);
            }
            uses.extend(best.filter(|target| *target != own));
        }
        out.insert(own, uses);
    }
    out
}

/// Paths that begin in the crate, groups taken apart.
fn paths(code: &str) -> Vec<String> {
    let mut out = Vec::new();
    for start in ["crate::", "super::", "self::"] {
        for (at, _) in code.match_indices(start) {
            if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '$') {
                continue;
            }
            let text: String = code[at..].chars().take(2000).collect();
            spread(&text, "", &mut out);
        }
    }
    out
}

/// The paths of `a::{b, c::{d}}`; gives what follows.
fn spread<'t>(text: &'t str, before: &str, out: &mut Vec<String>) -> &'t str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let path = format!("{before}{name}");
    let Some(mut rest) = rest.strip_prefix('{').filter(|_| name.ends_with("::")) else {
        out.push(path);
        return rest;
    };
    loop {
        rest = rest.trim_start();
        if let Some(after) = rest.strip_prefix('}') {
            return after;
        }
        let next = spread(rest, &path, out).trim_start();
        let next = next
            .split_once("as ")
            .filter(|(blank, _)| blank.is_empty())
            .map_or(next, |(_, named)| named.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_').trim_start());
        rest = next.strip_prefix(',').unwrap_or(next);
        if rest.is_empty() || !(rest.starts_with('}') || next.starts_with(',')) {
            return rest;
        }
    }
}

/// Files that lead back to themselves, knot by knot.
fn knots(imports: &BTreeMap<String, BTreeSet<String>>) -> Vec<BTreeSet<String>> {
    let reach = |from: &String| {
        let mut seen = BTreeSet::new();
        let mut next: Vec<&String> = imports[from].iter().collect();
        while let Some(file) = next.pop() {
            if seen.insert(file.clone()) {
                next.extend(&imports[file]);
            }
        }
        seen
    };
    let reached: BTreeMap<&String, BTreeSet<String>> = imports.keys().map(|file| (file, reach(file))).collect();
    let mut out: Vec<BTreeSet<String>> = Vec::new();
    for (file, all) in &reached {
        if all.contains(*file) && !out.iter().any(|knot| knot.contains(*file)) {
            out.push(all.iter().filter(|other| reached[other].contains(*file)).cloned().collect());
        }
    }
    out
}

/// Files that lead back to themselves today: each line may go, none may come.
const KNOTS: &[&str] = &[
    "models/orm: access attachments call compute context database declarations declare dirty env guard hooks registry::triggers",
    "models/orm: answer rows",
    "models/orm: domain::condition domain::temporal",
    "models/orm: domain::hierarchy domain::relational domain::translate",
    "models/orm: error slow",
    "models/orm: expr::builtins expr::eval",
    "models/orm: group::panel group::panel_records",
    "models/orm: group::web group::web_tree",
    "models/orm: map value",
    "models/orm: port::load port::relations",
    "models: effects mail::server",
    "models: isp_core::credentials isp_core::jobs isp_core::subscription isp_mikrotik::router",
    "src: provisioning::plan provisioning::queues",
];

#[test]
fn circles_of_files_do_not_grow() {
    let mut found = Vec::new();
    for dir in ["models/orm", "models", "rpc", "src"] {
        let mut all = imports(dir);
        if dir == "models" {
            all.retain(|file, _| !file.starts_with("orm"));
            all.values_mut().for_each(|uses| uses.retain(|file| !file.starts_with("orm")));
        }
        for knot in knots(&all) {
            found.push(format!("{dir}: {}", knot.into_iter().collect::<Vec<_>>().join(" ")));
        }
    }
    let (found, known): (BTreeSet<&str>, BTreeSet<&str>) = (found.iter().map(String::as_str).collect(), KNOTS.iter().copied().collect());
    let listed = |knots: Vec<&&str>| knots.into_iter().copied().collect::<Vec<_>>().join("\n");
    assert_eq!(listed(found.difference(&known).collect()), "", "new circles");
    assert_eq!(listed(known.difference(&found).collect()), "", "circles that are no more, to be taken off the list");
}
