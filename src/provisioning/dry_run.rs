//! What would be sent to a router that holds nothing yet: dry runs write it down instead of connecting.

use lastmile_models::isp_core::audit::command_text;
use lastmile_models::isp_mikrotik::desired::Desired;
use lastmile_models::isp_mikrotik::router::Connection;
use lastmile_models::isp_mikrotik::work::{Task, Work};

use super::converge::command;
use super::plan::plan;
use super::{Done, Ran};

/// All jobs of one router, written down.
pub fn router(connection: &Connection, works: &[Work]) -> Done {
    let mut done = Done::default();
    for work in works {
        let texts = match &work.task {
            Task::Converge(desired) => changes(desired),
            Task::Healthcheck => ["/system/resource/print", "/system/identity/print"].map(|path| command_text(path, &[])).to_vec(),
            Task::Snapshot => Vec::new(),
        };
        done.unsent.extend(texts.into_iter().map(|text| (connection.device, text)));
        done.ran.push(Ran { job: work.job, result: Ok(()), away: false });
    }
    done
}

fn changes(desired: &Desired) -> Vec<String> {
    let mut texts = Vec::new();
    // What a lease got from the router in between is not known without asking.
    for row in desired.rows.iter().filter(|row| !row.marker.contains(":active:")) {
        if !row.present {
            texts.push(removal(row.menu, if row.key_value.is_empty() { &row.marker } else { &row.key_value }));
            continue;
        }
        for step in plan(&[row], &[]).steps {
            let command = command(row.menu, &step.change);
            let words: Vec<(String, String)> = command.attributes().iter().map(|(name, value)| masked(name, value)).collect();
            texts.push(command_text(command.path(), &words));
        }
    }
    texts.extend(desired.drop_sessions.iter().map(|session| removal(session.menu, &session.key_value)));
    texts
}

fn removal(menu: &str, what: &str) -> String {
    command_text(&format!("{menu}/remove"), &[("numbers".to_owned(), what.to_owned())])
}

/// The log is read by more people than the credentials are for.
fn masked(name: &str, value: &str) -> (String, String) {
    let value = if name == "password" && !value.is_empty() { "***" } else { value };
    (name.to_owned(), value.to_owned())
}
