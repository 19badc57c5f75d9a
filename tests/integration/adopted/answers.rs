//! Questions that a real Odoo 19 was asked over the same dump: what it answered, or refused, we do too. The questions and their
//! answers are in `fixtures/adopted/answers.json`; `tools/answers.py` asks them again.

use std::collections::HashMap;
use std::fs;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::support::database::TestDb;
use crate::support::project;
use crate::support::server::TestServer;

#[derive(Deserialize)]
struct Kind {
    kind: String,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    call: Vec<Value>,
    /// The answer is called so in later steps, and not compared.
    keep: Option<String>,
    answer: Option<Value>,
    error: Option<String>,
}

/// `$name` stands for the answer of an earlier step.
fn filled(value: &Value, kept: &HashMap<String, Value>) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix('$') {
            Some(name) => kept.get(name).unwrap_or_else(|| panic!("no step is called {name}")).clone(),
            None => value.clone(),
        },
        Value::Array(items) => Value::Array(items.iter().map(|item| filled(item, kept)).collect()),
        Value::Object(entries) => {
            Value::Object(entries.iter().map(|(name, item)| (name.clone(), filled(item, kept))).collect::<Map<_, _>>())
        }
        _ => value.clone(),
    }
}

#[test]
fn what_odoo_answered_is_answered() {
    let db = TestDb::odoo();
    let server = TestServer::start(&db);
    let admin = server.admin();
    let kinds: Vec<Kind> = serde_json::from_str(&fs::read_to_string(project("fixtures/adopted/answers.json")).unwrap()).unwrap();
    let mut wrong = Vec::new();
    for kind in &kinds {
        let mut kept = HashMap::new();
        for step in &kind.steps {
            let (model, method) = (step.call[0].as_str().unwrap(), step.call[1].as_str().unwrap());
            let kwargs = step.call.get(3).cloned().unwrap_or_else(|| json!({}));
            let outcome = admin.try_call(model, method, filled(&step.call[2], &kept), filled(&kwargs, &kept));
            let what = format!("{}: {model}.{method} {} {kwargs}", kind.kind, step.call[2]);
            match (outcome, &step.answer, &step.error, &step.keep) {
                (Ok(answer), _, None, Some(name)) => {
                    kept.insert(name.clone(), answer);
                }
                (Ok(answer), Some(expected), None, None) if answer == *expected => {}
                (Err(error), None, Some(expected), _) if error.name == *expected => {}
                (outcome, answer, error, _) => wrong.push(format!("{what}\n  answered {outcome:?}\n  for {answer:?} {error:?}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{} answers differ:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(server.failures(), Vec::<String>::new());
}
