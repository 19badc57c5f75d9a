use lastmile_orm::*; use lastmile_orm::database::PoolOptions; use lastmile_orm::call::Request;
fn main(){
  let mut d=Declarations::default(); lastmile_orm::methods::declare(&mut d);
  let db=Database::open(&std::env::args().nth(1).unwrap(),"x",d,&PoolOptions::default()).unwrap();
  for line in std::io::stdin().lines() {
    let line=line.unwrap(); if line.trim().is_empty() {continue}
    let v: serde_json::Value=serde_json::from_str(&line).unwrap();
    let a=Value::from(&v[3]); let k=Value::from(&v[4]);
    let r=Request{model:v[1].as_str().unwrap().into(),method:v[2].as_str().unwrap().into(),args:a.as_list().unwrap().to_vec(),kwargs:k.as_map().cloned().unwrap_or_default(),ids:None,by_name:false};
    let t=std::time::Instant::now();
    let (res,tr)=lastmile_orm::sql::exec::traced(||{ let p=db.prepare(r).map_err(Error::from)?; let (a,_)=db.call(v[0].as_i64().unwrap() as i32,&p,|_|{})?; a.into_value() });
    let s=match res {Ok(v)=>serde_json::Value::from(&v).to_string(),Err(e)=>format!("ERR {e:?}")};
    println!("{} {:?} stmts={} => {}",&line.chars().take(120).collect::<String>(),t.elapsed(),tr.len(),&s.chars().take(900).collect::<String>());
    if std::env::var("T").is_ok(){ for x in tr {println!("   {x}");} }
  }
}
