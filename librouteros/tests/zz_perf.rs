use crate::support::*;
#[test]
fn perf() {
    let sim = sim_with(|o| o.latency_ms = 0);
    let mut c = connect(&sim);
    let t = std::time::Instant::now();
    let cmds: Vec<_> = (0..10000).map(|n| cmd("/ppp/secret/add", &[("name", &format!("u{n}"))])).collect();
    assert!(c.call_many(&cmds).iter().all(Result::is_ok));
    println!("10k adds {:?}", t.elapsed());
    let t = std::time::Instant::now();
    assert_eq!(c.call(&cmd("/ppp/secret/print", &[])).unwrap().rows.len(), 10000);
    println!("print {:?}", t.elapsed());
    sim.set_faults(|f| f.latency_ms = 2);
    let t = std::time::Instant::now();
    let cmds: Vec<_> = (0..500).map(|n| cmd("/ppp/secret/disable", &[(".id", &format!("*{:X}", n+1))])).collect();
    assert!(c.call_many(&cmds).iter().all(Result::is_ok));
    println!("500 disables at 2ms {:?}", t.elapsed());
}
