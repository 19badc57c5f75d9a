//! Calls and pipelines.

use std::time::{Duration, Instant};

use librouteros::{Client, Command, Error, TrapKind};

use crate::support::{both, cmd, connect, options, sim, sim_with};

fn secrets(count: usize) -> Vec<Command> {
    (0..count).map(|number| cmd("/ppp/secret/add", &[("name", &format!("user{number}"))])).collect()
}

#[test]
fn a_pipeline_keeps_outcomes_in_place() {
    let (sim, mut client) = both();
    let mut commands = secrets(300);
    commands[7] = cmd("/ppp/secret/add", &[("name", "user3")]);
    commands[9] = cmd("bad path", &[]);
    commands[11] = cmd("/ppp/secret/print", &[("count-only", "")]);
    let outcomes = client.call_many(&commands);
    assert_eq!(outcomes.len(), 300);
    for (index, outcome) in outcomes.iter().enumerate() {
        match index {
            7 => assert_eq!(outcome.as_ref().unwrap_err().trap_kind(), Some(TrapKind::AlreadyExists)),
            9 => assert!(matches!(outcome, Err(Error::Invalid(_)))),
            11 => assert_eq!(outcome.as_ref().unwrap().ret.as_deref(), Some("9")),
            _ => {
                let id = outcome.as_ref().unwrap().ret.clone().unwrap();
                assert_eq!(sim.find("/ppp/secret", ".id", &id).unwrap().get("name"), Some(format!("user{index}").as_str()));
            }
        }
    }
    assert!(client.call_many(&[]).is_empty());
    assert!(client.is_open());
}

#[test]
fn a_pipeline_is_bounded() {
    let sim = sim();
    sim.set_faults(|faults| faults.slow = vec![("/ppp".into(), 20)]);
    let mut few = options(&sim);
    few.window = 5;
    let mut client = Client::connect(few).unwrap();
    let start = Instant::now();
    assert!(client.call_many(&secrets(20)).iter().all(Result::is_ok));
    // Four windows of slow commands that run side by side.
    assert!(start.elapsed() >= Duration::from_millis(80), "{:?}", start.elapsed());
    assert!(start.elapsed() < Duration::from_millis(400), "{:?}", start.elapsed());
}

#[test]
fn answers_out_of_order_find_their_command() {
    let sim = sim();
    sim.set_faults(|faults| faults.slow = vec![("/ip/pool".into(), 60)]);
    let mut client = connect(&sim);
    let commands = [cmd("/ip/pool/print", &[]), cmd("/system/identity/print", &[]), cmd("/interface/print", &[])];
    let outcomes = client.call_many(&commands);
    let sizes: Vec<usize> = outcomes.iter().map(|outcome| outcome.as_ref().unwrap().rows.len()).collect();
    assert_eq!(sizes, [3, 1, 6]);
}

#[test]
fn large_commands_and_answers_do_not_lock_up() {
    let (_sim, mut client) = both();
    let source = "x".repeat(200_000);
    let commands: Vec<Command> = (0..40)
        .flat_map(|number| {
            let add = cmd("/system/script/add", &[("name", &format!("s{number}")), ("source", &source)]);
            [add, cmd("/system/script/print", &[]).proplist(["name", "run-count"])]
        })
        .collect();
    assert!(client.call_many(&commands).iter().all(Result::is_ok));
    assert_eq!(client.call(&cmd("/system/script/print", &[])).unwrap().rows.len(), 40);
}

#[test]
fn sessions_share_the_router() {
    let sim = sim();
    std::thread::scope(|scope| {
        for worker in 0..8 {
            let sim = &sim;
            scope.spawn(move || {
                let mut client = connect(sim);
                let commands: Vec<Command> =
                    (0..50).map(|number| cmd("/ppp/secret/add", &[("name", &format!("{worker}-{number}"))])).collect();
                assert!(client.call_many(&commands).iter().all(Result::is_ok));
            });
        }
    });
    assert_eq!(sim.rows("/ppp/secret").len(), 400);
}

#[test]
fn sessions_beyond_the_limit_are_refused() {
    let sim = sim_with(|options| options.max_sessions = 2);
    let first = connect(&sim);
    let _second = connect(&sim);
    let error = Client::connect(options(&sim)).unwrap_err();
    assert!(matches!(error, Error::Io(_)), "{error:?}");
    first.close();
    let end = Instant::now() + Duration::from_secs(2);
    while sim.sessions() > 1 && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(5));
    }
    connect(&sim);
}

#[test]
fn no_router_is_an_error_soon() {
    let sim = sim();
    let options = options(&sim);
    sim.stop();
    assert!(matches!(Client::connect(options), Err(Error::Io(_))));
}

#[test]
fn passwords_stay_out_of_debug_output() {
    let sim = sim();
    assert!(!format!("{:?}", options(&sim)).contains("secret"));
    assert!(!format!("{:?}", connect(&sim)).contains("secret"));
}
