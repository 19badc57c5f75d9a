//! Ending what goes on past new rules: connections under way of customers who are suspended or gone.
//!
//! A connection that was marked for FastTrack bypasses filters and simple queues until it ends. Taken out of the table, its next
//! packet meets the rules again.

use std::collections::{BTreeSet, HashMap};

use lastmile_models::isp_mikrotik::desired::{Cut, Row, menu};
use librouteros::values::parse_prefix;
use librouteros::{Client, Command, Query, TrapKind};

/// Addresses asked for in one command.
const CHUNK: usize = 50;

/// What cuts mean on this router.
#[derive(Debug, Default)]
pub struct Found {
    /// Entries for addresses that leases have until they are renewed, and who asked for them.
    pub entries: Vec<(Row, Vec<usize>)>,
    /// Addresses whose connections end.
    pub addresses: BTreeSet<String>,
}

/// Looks for the addresses that devices have now.
///
/// # Errors
/// When the connection is lost.
pub fn look(client: &mut Client, cuts: &[(Cut, usize)]) -> librouteros::Result<Found> {
    let mut found = Found::default();
    found.addresses.extend(cuts.iter().map(|(cut, _)| cut.address.clone()).filter(|address| !address.is_empty()));
    let leases: Vec<&(Cut, usize)> = cuts.iter().filter(|(cut, _)| !cut.lease.is_empty()).collect();
    let prints: Vec<Command> = leases
        .chunks(CHUNK)
        .map(|some| {
            let named = Query::one_of("comment", some.iter().map(|(cut, _)| cut.lease.as_str()));
            Command::new(format!("{}/print", menu::LEASE)).query(named).proplist(["comment", "active-address"])
        })
        .collect();
    let mut active: HashMap<String, String> = HashMap::new();
    for outcome in client.call_many(&prints) {
        let rows = match outcome {
            Ok(answer) => answer.rows,
            // The lease itself is converged after this, and says what is wrong.
            Err(error) if !error.closes() => continue,
            Err(error) => return Err(error),
        };
        for row in &rows {
            let (Some(address), Some(comment)) = (row.get("active-address"), row.get("comment")) else { continue };
            if !address.is_empty() {
                found.addresses.insert(address.to_owned());
                active.insert(comment.to_owned(), address.to_owned());
            }
        }
    }
    for (cut, owner) in leases {
        let Some(mut entry) = cut.entry.clone() else { continue };
        match active.get(&cut.lease).filter(|address| **address != cut.address) {
            Some(address) => entry.attrs.push(("address".to_owned(), address.clone())),
            // An address that the device does not have any more is somebody else's by and by.
            None => entry.present = false,
        }
        found.entries.push((entry, vec![*owner]));
    }
    Ok(found)
}

/// Ends the connections of addresses; gives how many. Rules are in place by then, so a refusal is no failure.
///
/// # Errors
/// When the connection to the router is lost.
pub fn sever(client: &mut Client, addresses: &BTreeSet<String>) -> librouteros::Result<usize> {
    if addresses.is_empty() {
        return Ok(0);
    }
    let ids = match of_hosts(client, addresses) {
        Ok(ids) => ids,
        Err(error) if !error.closes() => {
            tracing::warn!(%error, "connections of customers cannot be looked at");
            return Ok(0);
        }
        Err(error) => return Err(error),
    };
    let removals: Vec<Command> = ids.iter().map(|id| Command::new(format!("{}/remove", menu::CONNECTION)).id(id)).collect();
    let mut ended = 0;
    for outcome in client.call_many(&removals) {
        match outcome {
            Ok(_) => ended += 1,
            // It ended by itself.
            Err(error) if error.trap_kind() == Some(TrapKind::NoSuchItem) => {}
            Err(error) if !error.closes() => tracing::warn!(%error, "a connection of a customer cannot be ended"),
            Err(error) => return Err(error),
        }
    }
    Ok(ended)
}

/// Who begins a connection, and who is answered for by whom: both ends of what is forwarded to customers.
const ENDS: [&str; 2] = ["src-address", "reply-src-address"];

fn print() -> Command {
    Command::new(format!("{}/print", menu::CONNECTION))
}

/// Numbers of the connections of addresses.
fn of_hosts(client: &mut Client, addresses: &BTreeSet<String>) -> librouteros::Result<BTreeSet<String>> {
    let (networks, hosts): (Vec<&String>, Vec<&String>) = addresses.iter().partition(|address| address.contains('/'));
    let prints: Vec<Command> = hosts
        .chunks(CHUNK)
        .map(|some| {
            let ends = ENDS.iter().flat_map(|end| some.iter().map(|address| Query::eq(*end, address.as_str())));
            print().query(Query::Any(ends.collect())).proplist([".id"])
        })
        .collect();
    let count = |name: &str| print().flag("count-only").query(Query::Has(name.to_owned()));
    let mut asked = prints;
    asked.extend([count("src-port"), count("src-address")]);
    let mut ids = BTreeSet::new();
    let mut counts = Vec::new();
    for outcome in client.call_many(&asked) {
        let answer = outcome?;
        counts.extend(answer.ret.map(|text| text.parse::<u64>().unwrap_or(0)));
        ids.extend(answer.rows.iter().filter_map(|row| row.id().map(str::to_owned)));
    }
    // Ports are attributes of their own, or there are no connections at all.
    let apart = matches!(counts[..], [ports, all] if ports > 0 || all == 0);
    if networks.is_empty() && (!ids.is_empty() || apart) {
        return Ok(ids);
    }
    // Older versions print `10.0.0.5:443`, which no question can be asked about, and networks are compared here.
    let wanted: Vec<_> = addresses.iter().filter_map(|address| parse_prefix(address)).collect();
    let belongs = |text: &str| {
        let host = text.rsplit_once(':').filter(|(host, _)| !host.contains(':')).map_or(text, |(host, _)| host);
        host.parse().is_ok_and(|host| wanted.iter().any(|(net, length)| super::queues::network(host, *length) == Some(*net)))
    };
    let rows = client.call(&print().proplist([".id", "src-address", "reply-src-address"]))?.rows;
    let own = rows.iter().filter(|row| ENDS.iter().any(|end| row.get(end).is_some_and(belongs)));
    ids.extend(own.filter_map(|row| row.id().map(str::to_owned)));
    Ok(ids)
}
