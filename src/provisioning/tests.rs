//! Converging simulated routers.

use std::time::{Duration, Instant};

use lastmile_models::isp_core::job_type::JobType;
use lastmile_models::isp_mikrotik::desired::{Access, CaptiveUser, Desired, Policy, Service, SuspendMode, Target, Tariff, menu};
use lastmile_models::isp_mikrotik::router::Connection;
use lastmile_models::isp_mikrotik::work::{Task, Work};
use librouteros::Client;
use librouteros::sim::{SimOptions, Simulator};

use super::converge::{Report, Wanted, converge};
use super::inspect;
use super::lines::{Address, Failure, Lines, Patience};
use super::{Batch, Provisioner};

fn sim() -> Simulator {
    let version = std::env::var("LASTMILE_ROUTEROS").unwrap_or(SimOptions::default().version);
    Simulator::start(SimOptions { password: "secret".into(), version, strict: true, ..SimOptions::default() }).unwrap()
}

#[test]
fn every_version_takes_what_is_sent() {
    for version in ["7.10.2", "7.16.2", "7.21.5", "7.24"] {
        let mut tests = std::process::Command::new(std::env::current_exe().unwrap());
        tests.args(["provisioning::", "--skip", "every_version", "--test-threads", "2"]).env("LASTMILE_ROUTEROS", version);
        let output = tests.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && !said.contains(" 0 passed"), "{version}\n{said}\n{}", String::from_utf8_lossy(&output.stderr));
    }
}

fn address(sim: &Simulator) -> Address {
    let (host, port) = ("127.0.0.1".to_owned(), sim.addr().port());
    Address {
        id: i32::from(port),
        name: "R1".into(),
        host,
        port,
        user: "admin".into(),
        password: "secret".into(),
        fingerprint: String::new(),
    }
}

/// Waits long enough for a busy machine.
fn lines() -> Lines {
    patient(Duration::from_secs(5))
}

fn patient(wait: Duration) -> Lines {
    Lines::new(Patience { connect: wait, command: wait, idle: Duration::ZERO })
}

fn bring(lines: &Lines, sim: &Simulator, wanted: Vec<Desired>) -> Result<Report, Failure> {
    let wanted = Wanted::new(wanted);
    lines.speak(&address(sim), |client: &mut Client| converge(client, &wanted))
}

/// Converges one request that must succeed; answers the number of changes.
fn done(lines: &Lines, sim: &Simulator, desired: Desired) -> usize {
    let report = bring(lines, sim, vec![desired]).unwrap();
    assert_eq!(report.errors, [None]);
    report.changes
}

fn policy() -> Policy {
    Policy { database: "0a1b2c3d".into(), suspended_list: "isp_suspended".into(), suspend_mode: SuspendMode::AddressList }
}

fn service(id: i32, access: Access) -> Service {
    let tariff = Tariff { id: 7, name: "Home".into(), profile: "gold".into(), down_mbps: 50.0, up_mbps: 10.0 };
    let ip = format!("10.20.0.{id}");
    Service {
        id,
        name: format!("SUB-{id:06}"),
        access,
        tariff,
        profile: String::new(),
        ip,
        mac: String::new(),
        was_suspended: false,
        had_prefix: false,
    }
}

fn pppoe(id: i32) -> Service {
    service(id, Access::Pppoe { username: format!("user{id}"), password: "pw".into() })
}

fn dhcp(id: i32) -> Service {
    Service { mac: format!("aa:bb:cc:00:00:{id:02x}"), ..service(id, Access::Dhcp) }
}

fn hotspot(id: i32) -> Service {
    service(id, Access::Hotspot { username: format!("spot{id}"), password: "pw".into() })
}

/// Commands that change something, of all that were received.
fn writes(sim: &Simulator) -> usize {
    sim.log().iter().filter(|entry| !entry.path().ends_with("/print") && entry.path() != "/login").count()
}

#[test]
fn the_second_time_changes_nothing() {
    let (sim, lines) = (sim(), lines());
    for target in [Target::Active, Target::Suspended, Target::Active, Target::Gone] {
        for service in [pppoe(5), dhcp(6), hotspot(7)] {
            let service = Service { was_suspended: true, ..service };
            done(&lines, &sim, policy().service(&service, target));
            sim.clear_log();
            assert_eq!(done(&lines, &sim, policy().service(&service, target)), 0, "{target:?} {:?}", service.access);
            assert_eq!(writes(&sim), 0);
        }
    }
    for (menu, left) in [(menu::PPP_SECRET, 0), (menu::QUEUE, 0), (menu::LEASE, 0), (menu::ADDRESS_LIST, 0), (menu::HOTSPOT_USER, 0)] {
        assert_eq!(sim.rows(menu).len(), left, "{menu}");
    }
    assert_eq!(sim.sessions(), 1);
    lines.close_idle();
}

#[test]
fn limits_are_upload_first_and_profiles_are_made() {
    let (sim, lines) = (sim(), lines());
    done(&lines, &sim, policy().service(&pppoe(5), Target::Active));
    let secret = sim.find(menu::PPP_SECRET, "name", "user5").unwrap();
    assert_eq!((secret.get("profile"), secret.get("comment")), (Some("gold"), Some("lastmile:0a1b2c3d:sub:5 SUB-000005")));
    assert_eq!(sim.find(menu::PPP_PROFILE, "name", "gold").unwrap().get("rate-limit"), Some("10M/50M"));
    assert_eq!(sim.find(menu::QUEUE, "name", "SUB-000005").unwrap().get("max-limit"), Some("10000000/50000000"));
}

#[test]
fn suspension_ends_the_live_session() {
    let (sim, lines) = (sim(), lines());
    done(&lines, &sim, policy().service(&pppoe(5), Target::Active));
    done(&lines, &sim, policy().service(&pppoe(6), Target::Active));
    sim.connect_ppp("user5", "10.10.0.5", "AA:BB:CC:00:00:01").unwrap();
    sim.connect_ppp("user6", "10.10.0.6", "AA:BB:CC:00:00:02").unwrap();
    done(&lines, &sim, policy().service(&pppoe(5), Target::Suspended));
    let active = sim.rows(menu::PPP_ACTIVE);
    assert_eq!(active.len(), 1);
    assert_eq!(active[0].get("name"), Some("user6"));
    assert!(sim.find(menu::PPP_SECRET, "name", "user5").unwrap().is_true("disabled"));
    let rules = sim.rows(menu::FILTER);
    assert_eq!((rules[0].get("action"), rules[0].get("src-address-list")), (Some("drop"), Some("isp_suspended")));
}

#[test]
fn a_new_plan_ends_the_session_by_itself() {
    let (sim, lines) = (sim(), lines());
    done(&lines, &sim, policy().service(&pppoe(5), Target::Active));
    sim.connect_ppp("user5", "10.10.0.5", "AA:BB:CC:00:00:01").unwrap();
    let mut faster = pppoe(5);
    faster.tariff = Tariff { id: 8, profile: "platinum".into(), down_mbps: 100.0, ..faster.tariff };
    done(&lines, &sim, policy().service(&faster, Target::Active));
    assert!(sim.rows(menu::PPP_ACTIVE).is_empty());
    assert_eq!(sim.find(menu::QUEUE, "name", "SUB-000005").unwrap().get("max-limit"), Some("10000000/100000000"));
}

#[test]
fn rows_of_others_stay_as_they_are() {
    let (sim, lines) = (sim(), lines());
    sim.add(menu::PPP_SECRET, &[("name", "user5"), ("password", "theirs"), ("comment", "by hand")]).unwrap();
    sim.add(menu::QUEUE, &[("name", "SUB-000005"), ("target", "10.9.9.9"), ("max-limit", "1M/1M")]).unwrap();
    sim.add(menu::LEASE, &[("mac-address", "AA:BB:CC:00:00:06"), ("address", "10.20.0.66")]).unwrap();
    let before = [menu::PPP_SECRET, menu::QUEUE, menu::LEASE].map(|menu| sim.rows(menu));
    for target in [Target::Active, Target::Suspended] {
        let report = bring(
            &lines,
            &sim,
            vec![policy().access(&pppoe(5), target), policy().access(&dhcp(6), target), policy().access(&pppoe(8), target)],
        );
        let errors = report.unwrap().errors;
        assert!(errors[0].as_deref().unwrap().contains("its comment is \"by hand\""), "{errors:?}");
        assert!(errors[1].as_deref().unwrap().contains("/ip/dhcp-server/lease mac-address=AA:BB:CC:00:00:06"), "{errors:?}");
        assert_eq!(errors[2], None);
    }
    done(&lines, &sim, policy().service(&pppoe(5), Target::Gone));
    done(&lines, &sim, policy().service(&dhcp(6), Target::Gone));
    let after = [menu::PPP_SECRET, menu::QUEUE, menu::LEASE].map(|menu| sim.rows(menu));
    assert_eq!(after[0][0], before[0][0]);
    assert_eq!(after[1..], before[1..]);
}

#[test]
fn a_dynamic_lease_becomes_the_fixed_one() {
    let (sim, lines) = (sim(), lines());
    sim.connect_dhcp("dhcp1", "192.168.88.77", "AA:BB:CC:00:00:06", "phone").unwrap();
    done(&lines, &sim, policy().service(&dhcp(6), Target::Active));
    let leases = sim.rows(menu::LEASE);
    assert_eq!(leases.len(), 1);
    assert_eq!((leases[0].get("address"), leases[0].is_true("dynamic")), (Some("10.20.0.6"), false));
}

#[test]
fn a_lost_answer_is_asked_for_again_and_nothing_is_doubled() {
    for at in 1..12 {
        let (sim, lines) = (sim(), lines());
        let wanted = || {
            let mut all = policy().service(&Service { was_suspended: true, ..dhcp(6) }, Target::Suspended);
            all.extend(policy().garden(3, "pay.example", true));
            all
        };
        sim.set_faults(|faults| faults.drop_mid_reply_at = Some(at));
        // The second session breaks at the same command; what it did stays done.
        let _ = bring(&lines, &sim, vec![wanted()]);
        sim.set_faults(|faults| faults.drop_mid_reply_at = None);
        done(&lines, &sim, wanted());
        for menu in [menu::LEASE, menu::QUEUE, menu::ADDRESS_LIST, menu::GARDEN, menu::GARDEN_IP] {
            assert_eq!(sim.rows(menu).len(), 1, "{menu} after a drop at {at}");
        }
        assert_eq!(sim.rows(menu::FILTER).len(), 3);
    }
}

#[test]
fn a_session_that_died_while_idle_is_replaced() {
    let (sim, lines) = (sim(), lines());
    done(&lines, &sim, policy().service(&pppoe(5), Target::Active));
    sim.disconnect_all();
    done(&lines, &sim, policy().service(&pppoe(6), Target::Active));
    assert_eq!(sim.rows(menu::PPP_SECRET).len(), 2);
}

#[test]
fn the_last_of_several_requests_counts() {
    let (sim, lines) = (sim(), lines());
    let wanted = [Target::Active, Target::Suspended, Target::Active].map(|target| policy().access(&pppoe(5), target));
    assert_eq!(bring(&lines, &sim, wanted.to_vec()).unwrap().errors, [None, None, None]);
    assert!(!sim.find(menu::PPP_SECRET, "name", "user5").unwrap().is_true("disabled"));
    assert_eq!(sim.rows(menu::PPP_SECRET).len(), 1);
}

#[test]
fn a_refusal_is_its_own_requests_only() {
    let (sim, lines) = (sim(), lines());
    let bad = Service { ip: "not an address".into(), ..pppoe(5) };
    let report = bring(&lines, &sim, vec![policy().service(&bad, Target::Active), policy().service(&pppoe(6), Target::Active)]).unwrap();
    assert!(report.errors[0].as_deref().unwrap().starts_with("/ppp/secret user5: input does not match"), "{report:?}");
    assert_eq!(report.errors[1], None);
}

#[test]
fn a_router_that_is_away_says_so_and_is_left_alone() {
    let lines = patient(Duration::from_secs(1));
    let gone = {
        let sim = sim();
        address(&sim)
    };
    let failure = lines.speak(&gone, inspect::health).unwrap_err();
    assert!(failure.message.starts_with("router R1: cannot be reached at 127.0.0.1:"), "{failure:?}");
    assert_eq!(failure.away, Some(Duration::from_secs(15)));
    let sim = sim();
    let wrong = Address { password: "guess".into(), ..address(&sim) };
    let failure = lines.speak(&wrong, inspect::health).unwrap_err();
    assert!(failure.message.contains("login failed") && failure.away.is_none() && !failure.message.contains("guess"), "{failure:?}");
    sim.set_faults(|faults| faults.silent = true);
    let failure = lines.speak(&address(&sim), inspect::health).unwrap_err();
    assert!(failure.away.is_some());
}

#[test]
fn accounts_of_captive_users_follow_their_state() {
    let (sim, lines) = (sim(), lines());
    let user = CaptiveUser { id: 4, router: None, username: "guest".into(), password: "pw".into(), profile: String::new(), enabled: true };
    done(&lines, &sim, policy().captive_user(&user));
    sim.connect_hotspot("hotspot1", "guest", "pw", "10.5.50.20", "AA:BB:CC:00:00:09").unwrap();
    done(&lines, &sim, policy().captive_user(&CaptiveUser { enabled: false, ..user }));
    assert!(sim.rows(menu::HOTSPOT_ACTIVE).is_empty());
    assert!(sim.find(menu::HOTSPOT_USER, "name", "guest").unwrap().is_true("disabled"));
}

#[test]
fn health_and_snapshots() {
    let (sim, lines) = (sim(), lines());
    let health = lines.speak(&address(&sim), inspect::health).unwrap();
    assert!(health.version.starts_with("7.") && health.identity == "MikroTik" && health.serial == "SIM0000001");
    done(&lines, &sim, policy().service(&pppoe(5), Target::Active));
    let take = || lines.speak(&address(&sim), inspect::snapshot).unwrap();
    let first = take();
    assert!(first.content.contains("/ppp/secret\n") && first.content.contains("name=\"user5\"") && !first.content.contains("pw\""));
    sim.connect_ppp("user5", "10.10.0.5", "AA:BB:CC:00:00:01").unwrap();
    assert_eq!(take(), first);
    done(&lines, &sim, policy().service(&pppoe(5), Target::Suspended));
    assert_ne!(take().hash, first.hash);
}

#[test]
fn many_rows_are_few_round_trips() {
    let (sim, lines) = (sim(), lines());
    let all = |target| -> Vec<Desired> { (1..=250).map(|id| policy().service(&pppoe(id), target)).collect() };
    bring(&lines, &sim, all(Target::Active)).unwrap();
    sim.set_faults(|faults| faults.latency_ms = 1);
    sim.clear_log();
    let start = Instant::now();
    let report = bring(&lines, &sim, all(Target::Suspended)).unwrap();
    assert!(report.errors.iter().all(Option::is_none));
    assert_eq!(sim.log().iter().filter(|entry| entry.path() == "/ppp/secret/set").count(), 250);
    assert!(sim.log().iter().filter(|entry| entry.path().ends_with("/print")).count() < 30);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

fn connection(router: i32, port: u16) -> Connection {
    let (name, host) = (format!("R{router}"), "127.0.0.1".to_owned());
    Connection { router, device: router, name, host, port, user: "admin".into(), password: "secret".into(), ..Connection::default() }
}

fn job(job: i32, kind: JobType, router: i32, task: Task) -> Work {
    Work { job, kind, router, task, held: None }
}

#[test]
fn a_router_that_is_down_delays_no_other_and_the_last_word_counts() {
    let up = sim();
    let down = {
        let sim = sim();
        sim.addr().port()
    };
    let change = |id, target| Task::Converge(policy().service(&pppoe(id), target));
    let on_up = vec![
        job(1, JobType::SuspendSubscription, 1, change(5, Target::Suspended)),
        job(2, JobType::Healthcheck, 1, Task::Healthcheck),
        job(3, JobType::ReconnectSubscription, 1, change(5, Target::Active)),
    ];
    let on_down = vec![job(4, JobType::ActivateSubscription, 2, change(6, Target::Active))];
    let routers = vec![(connection(1, up.addr().port()), on_up), (connection(2, down), on_down)];
    let done = Provisioner::default().run(Batch { refused: Vec::new(), routers, dry: false });
    let mut ran = done.ran;
    ran.sort_by_key(|ran| ran.job);
    assert!(ran[..3].iter().all(|ran| ran.result.is_ok()), "{ran:?}");
    assert!(ran[3].away && ran[3].result.as_ref().unwrap_err().starts_with("router R2: cannot be reached"));
    assert!(!up.find(menu::PPP_SECRET, "name", "user5").unwrap().is_true("disabled"));
    assert!(up.rows(menu::ADDRESS_LIST).is_empty(), "the suspension that was taken back left nothing");
}

#[test]
fn dry_runs_connect_nowhere_and_tell_no_passwords() {
    let works = vec![job(1, JobType::ActivateSubscription, 1, Task::Converge(policy().service(&pppoe(5), Target::Active)))];
    let done = Provisioner::default().run(Batch { refused: Vec::new(), routers: vec![(connection(1, 1), works)], dry: true });
    assert!(done.ran[0].result.is_ok());
    let texts: Vec<&str> = done.unsent.iter().map(|(_, text)| text.as_str()).collect();
    assert!(texts[1].starts_with("/ppp/secret/add {'name': 'user5', 'password': '***', 'profile': 'gold'"), "{texts:?}");
}

#[path = "refusal_tests.rs"]
mod refusals;
