//! Replays the grouping cases in process.
use lastmile_orm::call::Request;
use lastmile_orm::database::PoolOptions;
use lastmile_orm::*;
use serde_json::{Value as J, json};
fn subst(v: &J, vars: &std::collections::HashMap<String, J>) -> J {
    match v {
        J::String(s) if s.starts_with('$') && vars.contains_key(s[1..].split('.').next().unwrap()) => {
            let mut parts = s[1..].split('.');
            let mut at = vars[parts.next().unwrap()].clone();
            for p in parts { at = at[p.parse::<usize>().unwrap()].clone(); }
            at
        }
        J::String(s) => J::String(s.replace("$uniq", vars["uniq"].as_str().unwrap())),
        J::Array(a) => J::Array(a.iter().map(|x| subst(x, vars)).collect()),
        J::Object(o) => J::Object(o.iter().map(|(k, x)| (k.clone(), if let Some(n)=x.as_object().and_then(|m|m.get("$var")) {let _=n; subst(x,vars)} else {subst(x, vars)})).collect()),
        o => o.clone(),
    }
}
fn expect(v: &J, vars: &std::collections::HashMap<String, J>) -> J {
    match v {
        J::Object(o) if o.len() == 1 && o.contains_key("$var") => subst(&J::String(format!("${}", o["$var"].as_str().unwrap())), vars),
        J::Object(o) if o.len() == 1 && o.contains_key("$str") => subst(&o["$str"], vars),
        J::Object(o) => J::Object(o.iter().map(|(k, x)| (k.clone(), expect(x, vars))).collect()),
        J::Array(a) => J::Array(a.iter().map(|x| expect(x, vars)).collect()),
        o => o.clone(),
    }
}
fn main() {
    let mut d = Declarations::default();
    lastmile_orm::methods::declare(&mut d);
    let db = Database::open(&std::env::args().nth(1).unwrap(), "x", d, &PoolOptions::default()).unwrap();
    let doc: J = serde_json::from_str(&std::fs::read_to_string(std::env::args().nth(2).unwrap()).unwrap()).unwrap();
    let uid = |role: &str| -> i32 {
        let login = if role == "admin" { "admin".to_owned() } else { format!("contract_{role}@example.com") };
        let mut env = db.env(1, Tx::Read).unwrap();
        env.search("res.users", &Domain::eq("login", login.as_str()), &Default::default()).unwrap()[0]
    };
    let (mut good, mut bad) = (0, 0);
    for (n, s) in doc["scenarios"].as_array().unwrap().iter().enumerate() {
        let mut vars = std::collections::HashMap::new();
        vars.insert("uniq".to_owned(), J::String(format!("u{}x{n}", std::process::id())));
        for (i, st) in s["steps"].as_array().unwrap().iter().enumerate() {
            let call = subst(&st["call"], &vars);
            let Some(call) = call.as_array() else { continue };
            let by_name = call[2].is_object();
            let args = if by_name { vec![] } else { Value::from(&call[2]).as_list().unwrap().to_vec() };
            let kw = if by_name { call[2].clone() } else { call.get(3).cloned().unwrap_or(json!({})) };
            let r = Request { model: call[0].as_str().unwrap().into(), method: call[1].as_str().unwrap().into(), args, kwargs: Value::from(&kw).as_map().unwrap().clone(), ids: None, by_name: false };
            let u = uid(st["as"].as_str().unwrap_or("admin"));
            let (res, tr) = lastmile_orm::sql::exec::traced(|| {
                let p = db.prepare(r).map_err(Error::from)?;
                db.call(u, &p, |_| {})?.0.into_value()
            });
            let got = match &res {
                Ok(v) => J::from(v),
                Err(e) => { let n = match e { Error::Builtin(b, _) => format!("builtins.{}", b.name()), Error::Database(c, _) => (*c).to_owned(), Error::Access(_) => "odoo.exceptions.AccessError".into(), o => format!("{o:?}") }; json!({"$error": {"code": 0, "name": n}}) }
            };
            if let Some(name) = st["save"].as_str() { vars.insert(name.into(), got.clone()); }
            let want = expect(&st["expect"], &vars);
            let same = want.to_string().contains("$type") || want.get("$fault").is_some() || got == want;
            if same { good += 1 } else { bad += 1; println!("DIFF {} #{} {}\n  got  {}\n  want {}\n  {res:?}", s["name"], i + 1, st["call"], got, want); }
            if std::env::var("T").is_ok() && !same { for t in tr { println!("    {t}"); } }
            else if std::env::var("A").is_ok() { println!("{} {} -> {}", call[1], st["call"][2], got); for t in tr { println!("    {t}"); } }
        }
    }
    println!("good {good} bad {bad}");
}
