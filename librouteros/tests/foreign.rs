//! Other people's clients against the simulator: what they understand is the protocol. They come from package registries, so
//! their places are given by the environment; without it these tests say so and pass.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::sim_with;

/// Where a client's packages are; says so when the variable is not set. Set and wrong fails further on.
fn place(variable: &str) -> Option<PathBuf> {
    let place = std::env::var_os(variable).filter(|place| !place.is_empty()).map(PathBuf::from);
    if place.is_none() {
        eprintln!("NOT RUN: {variable} is not set, so this foreign client was not tried");
    }
    place
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign").join(name)
}

/// What the scripts send on purpose, or because onboarding scripts do, that no router takes.
const STRANGE: &[&str] = &[
    "/ppp/nonsense/print: no such command prefix",
    "7.10 /system/script/run: unknown parameter name",
    "7.10 /user/group/print: unknown parameter ?name",
];

/// Runs a client's script against a router of that version; it must succeed, and send nothing that another version refuses.
fn drive(mut program: Command, version: &str, args: &[&str]) {
    let sim = sim_with(|options| {
        options.version = version.into();
        options.strict = true;
    });
    program.arg(sim.addr().port().to_string()).args(args);
    let output = program.output().unwrap_or_else(|error| panic!("{program:?}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let said = format!("{}\n{}", text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{program:?} against {version}: {}\n{said}", output.status);
    assert!(said.contains(": ok"), "{program:?} did not reach its end\n{said}");
    let strange = sim.take_strange();
    assert!(strange.is_empty() || strange == STRANGE, "{program:?}: {strange:?}");
}

fn python(name: &str) {
    let Some(venv) = place("LASTMILE_CLIENTS_VENV") else {
        return;
    };
    let plain = ["6.49.10", "7.10.2", "7.16.2", "7.18", "7.21.5", "7.23.7 (long-term)", "7.24"].map(|version| (version, "plain"));
    for (version, login) in [("6.42.12", "token")].into_iter().chain(plain) {
        let mut program = Command::new(venv.join("bin/python"));
        program.arg(script(name));
        drive(program, version, &[login]);
    }
}

#[test]
fn python_librouteros() {
    python("with_librouteros.py");
}

#[test]
fn python_routeros_api() {
    python("with_routeros_api.py");
}

#[test]
fn node_routeros() {
    let Some(parent) = place("LASTMILE_CLIENTS_NODE") else {
        return;
    };
    let (older, newer) = (["6.42.12", "7.10.2", "7.16.2"], ["7.18", "7.21.5", "7.24"]);
    for (version, says) in older.map(|version| (version, "")).into_iter().chain(newer.map(|version| (version, "empty"))) {
        let mut program = Command::new("node");
        program.arg(script("with_node_routeros.js")).env("NODE_PATH", parent.join("node_modules"));
        drive(program, version, &[says]);
    }
}
