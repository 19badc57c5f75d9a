#![allow(clippy::all, clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
use lastmile_models::base::credentials::{Accept, Credentials};
use lastmile_orm::answer::{Answer, Sink};
use lastmile_orm::call::{Refusal, Request};
use lastmile_orm::env::WebSession;
use lastmile_orm::{Database, Error, Id, Result, Value};
use serde_json::json;
use std::io::{BufRead, Write};
use std::sync::Arc;

fn name(e: &Error) -> String {
    match e {
        Error::User(_) => "odoo.exceptions.UserError".into(),
        Error::Validation(_) => "odoo.exceptions.ValidationError".into(),
        Error::Access(_) => "odoo.exceptions.AccessError".into(),
        Error::AccessDenied(_) => "odoo.exceptions.AccessDenied".into(),
        Error::Missing(_) => "odoo.exceptions.MissingError".into(),
        Error::Redirect { .. } => "odoo.exceptions.RedirectWarning".into(),
        Error::Builtin(b, _) => format!("builtins.{}", b.name()),
        Error::Database(n, _) => (*n).into(),
        other => format!("{other:?}"),
    }
}
fn to_json(v: &Value) -> serde_json::Value {
    use base64::Engine;
    match v {
        Value::Bytes(b) => json!(base64::engine::general_purpose::STANDARD.encode(b)),
        Value::List(l) => serde_json::Value::Array(l.iter().map(to_json).collect()),
        Value::Map(m) => serde_json::Value::Object(m.iter().map(|(k, v)| (k.clone(), to_json(v))).collect()),
        o => serde_json::Value::from(o),
    }
}
fn main() {
    let mut args = std::env::args().skip(1);
    let url = args.next().unwrap();
    let db = Database::open(&url, "x", lastmile_models::declarations(), &Default::default()).unwrap();
    let cred = Arc::new(Credentials::new().unwrap());
    db.set_port(Arc::clone(&cred));
    let mut sessions: std::collections::HashMap<Id, WebSession> = Default::default();
    for line in std::io::stdin().lock().lines() {
        let req: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
        let t = std::time::Instant::now();
        let out: Result<serde_json::Value> = (|| match req["op"].as_str().unwrap() {
            "login" => Ok(match cred.authenticate(&db, req["login"].as_str().unwrap(), req["password"].as_str().unwrap(), if req["web"] == json!(true) { Accept::Password } else { Accept::PasswordOrKey })? {
                Some(id) => json!(id),
                None => json!(false),
            }),
            "check" => cred.check(&db, req["uid"].as_i64().unwrap() as Id, req["password"].as_str().unwrap(), Accept::PasswordOrKey).map(|()| json!(true)),
            "session" => {
                let map = db.run(req["uid"].as_i64().unwrap() as Id, lastmile_orm::Tx::Read, |env| lastmile_models::base::session::session_info(env))?;
                Ok(to_json(&Value::Map(map)))
            }
            _ => {
                let named = req["named"] == json!(true);
                let uid = req["uid"].as_i64().unwrap() as Id;
                let mut kwargs = Value::from(&req["kwargs"]).as_map().cloned().unwrap_or_default();
                let ids = if named { kwargs.shift_remove("ids") } else { None };
                let request = Request { model: req["model"].as_str().unwrap().into(), method: req["method"].as_str().unwrap().into(), args: Value::from(&req["args"]).as_list().unwrap_or_default().to_vec(), kwargs, ids, by_name: named };
                let prepared = db.prepare(request).map_err(|r: Refusal| Error::from(r))?;
                let session = if req["web"] == json!(true) { Some(sessions.entry(uid).or_default().clone()) } else { None };
                let (answer, after) = db.call(uid, &prepared, |env| env.session = session.clone())?;
                if let Some(after) = after { sessions.insert(uid, after); }
                let _ = |s: &mut dyn Sink, a: &Answer| a.write(s);
                Ok(to_json(&answer.into_value()?))
            }
        })();
        let out = match out {
            Ok(v) => json!({"ok": v, "ms": t.elapsed().as_millis() as u64}),
            Err(e) => json!({"error": name(&e), "text": e.to_string()}),
        };
        println!("{out}");
        std::io::stdout().flush().unwrap();
    }
}
