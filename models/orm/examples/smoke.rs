use lastmile_orm::call::Request;
use lastmile_orm::database::PoolOptions;
use lastmile_orm::*;
fn main() {
    let mut d = Declarations::default();
    lastmile_orm::methods::declare(&mut d);
    let t = std::time::Instant::now();
    let db = Database::open(&std::env::args().nth(1).unwrap(), "x", d, &PoolOptions::default()).unwrap();
    println!("open {:?}", t.elapsed());
    let call = |uid: i32, model: &str, method: &str, args: serde_json::Value, kw: serde_json::Value| {
        let a = Value::from(&args);
        let k = Value::from(&kw);
        let r = Request {
            model: model.into(),
            method: method.into(),
            args: a.as_list().unwrap().to_vec(),
            kwargs: k.as_map().unwrap().clone(),
            ids: None,
            by_name: false,
        };
        let t = std::time::Instant::now();
        let (res, tr) = lastmile_orm::sql::exec::traced(|| {
            let p = db.prepare(r).map_err(Error::from)?;
            let (a, _) = db.call(uid, &p, |_| {})?;
            a.into_value()
        });
        let s = match res {
            Ok(v) => serde_json::Value::from(&v).to_string(),
            Err(e) => format!("ERR {e:?}"),
        };
        println!("{model}.{method} {:?} stmts={} => {}", t.elapsed(), tr.len(), &s.chars().take(600).collect::<String>());
        if std::env::var("T").is_ok() {
            for x in tr {
                println!("   {x}");
            }
        }
    };
    use serde_json::json;
    call(
        2,
        "res.partner",
        "search_read",
        json!([[["name", "ilike", "a"]], ["name", "country_id", "user_id", "category_id", "display_name"]]),
        json!({"limit":3}),
    );
    call(2, "res.users", "read", json!([[1, 2], ["name", "login", "partner_id", "group_ids", "tz", "lang"]]), json!({}));
    call(1, "isp.sector", "create", json!([[{"name":"A","code":"a"},{"name":"B","code":"b"}]]), json!({}));
    call(1, "isp.sector", "search_read", json!([[]]), json!({}));
    call(2, "isp.sector", "search", json!([[]]), json!({}));
    call(
        1,
        "res.partner",
        "create",
        json!([{"name":"Co","child_ids":[[0,0,{"name":"k1"}],[0,0,{"name":"k2"}]],"category_id":[[0,0,{"name":"cat"}]]}]),
        json!({}),
    );
    call(
        1,
        "res.partner",
        "search_read",
        json!([[["parent_id.name", "=", "Co"]], ["name", "parent_id", "commercial_partner_id"]]),
        json!({}),
    );
    call(1, "res.partner", "fields_get", json!([["name", "country_id"]]), json!({}));
    call(
        1,
        "isp.service_plan",
        "create",
        json!([{"name":"P","download_mbps":20,"upload_mbps":5,"price_monthly":10.005,"service_type":"dhcp"}]),
        json!({}),
    );
    call(1, "isp.service_plan", "search_read", json!([[], ["name", "down_mbps", "up_mbps", "price", "currency_id"]]), json!({}));
    call(1, "res.users", "create", json!([{"name":"Joe","login":"joe","group_ids":[[6,0,[1]]]}]), json!({}));
    call(1, "res.country", "name_search", json!(["fra"]), json!({}));
    call(
        2,
        "ir.model.access",
        "search_read",
        json!([[["model_id.model", "=", "isp.subscription"]]]),
        json!({"fields":["name","perm_read"],"order":"name"}),
    );
}
