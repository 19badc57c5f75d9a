//! Checked-in outcomes: a test fails on any difference, and `LASTMILE_ACCEPT=<name>` writes the file anew.

use std::fs;

use super::project;

/// Compares a text with a file of the project. `explain` may say more about a line that differs.
pub fn check(name: &str, path: &str, got: &str, explain: impl Fn(&str) -> Option<String>) {
    let path = project(path);
    if std::env::var("LASTMILE_ACCEPT").is_ok_and(|accepted| accepted == name) {
        fs::write(&path, got).unwrap();
        return;
    }
    let want = fs::read_to_string(&path).unwrap_or_default();
    if want == got {
        return;
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (want.lines().collect(), got.lines().collect());
    let mut report = String::new();
    for line in old.iter().filter(|line| !new.contains(line)) {
        report += &format!("- {line}\n");
    }
    for line in new.iter().filter(|line| !old.contains(line)) {
        report += &format!("+ {line}\n");
        if let Some(more) = explain(line) {
            report += &format!("      {more}\n");
        }
    }
    panic!("{} is not what was found (LASTMILE_ACCEPT={name} accepts it):\n{report}", path.display());
}
