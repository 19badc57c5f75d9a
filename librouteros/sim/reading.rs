//! The commands that only read, which every menu has.

use super::commands::{Outcome, Request, Stream, targets};
use super::query::Filter;
use super::schema::{Menu, Shape};
use super::state::{Record, State, missing_trap};
use crate::error::Trap;

pub(super) fn print(state: &mut State, at: usize, menu: &Menu, request: &Request) -> Result<Outcome, Trap> {
    state.refresh(&menu.path);
    let filter = Filter::new(menu, &request.queries);
    let proplist = request.proplist();
    let chosen = match request.param(".id").or_else(|| request.param("from")) {
        Some(_) if menu.shape != Shape::Single => Some(targets(state, at, menu, &addressed(request))?),
        _ => None,
    };
    let held = |row: &&Record| chosen.as_ref().is_none_or(|ids| ids.contains(&row.id)) && filter.matches(row);
    if request.param("count-only").is_some() {
        let count = state.rows(at).iter().filter(held).count();
        return Ok(Outcome { ret: Some(count.to_string()), ..Outcome::default() });
    }
    let silent = request.param("follow-only").is_some();
    let rows = state.rows(at).iter().filter(held).filter(|_| !silent);
    let rows = rows.map(|row| state.print(menu, row, proplist.as_deref())).collect();
    let follows = silent || request.param("follow").is_some();
    let stream = follows.then_some(Stream::Listen { menu: at, filter, proplist, after: state.sequence });
    Ok(Outcome { rows, asks: true, stream, ret: None })
}

/// `from` addresses as `.id` does.
fn addressed(request: &Request) -> Request {
    let id = request.param(".id").or_else(|| request.param("from")).unwrap_or_default();
    Request { params: vec![(".id".to_owned(), id.to_owned())], ..Request::default() }
}

pub(super) fn listen(state: &mut State, at: usize, menu: &Menu, request: &Request) -> Result<Outcome, Trap> {
    request.only(&[".proplist"])?;
    let filter = Filter::new(menu, &request.queries);
    let stream = Stream::Listen { menu: at, filter, proplist: request.proplist(), after: state.sequence };
    Ok(Outcome { stream: Some(stream), ..Outcome::default() })
}

/// `get` gives one value in `ret`.
pub(super) fn get(state: &mut State, at: usize, menu: &Menu, request: &Request) -> Result<Outcome, Trap> {
    request.only(&[".id", "numbers", "number", "value-name"])?;
    state.refresh(&menu.path);
    let name = request.param("value-name").ok_or_else(|| missing_trap("missing =value-name="))?;
    let ids = match menu.shape {
        Shape::State => state.rows(at).iter().map(|row| row.id).take(1).collect(),
        _ => targets(state, at, menu, request)?,
    };
    let row = ids.first().and_then(|id| state.find(at, *id)).ok_or_else(|| missing_trap("no such item"))?;
    Ok(Outcome { ret: Some(row.named(menu, name).unwrap_or_default().to_owned()), ..Outcome::default() })
}

/// `find` gives the numbers of all rows in `ret`; conditions are the console's, not the API's.
pub(super) fn find(state: &mut State, at: usize, _menu: &Menu, request: &Request) -> Result<Outcome, Trap> {
    request.only(&[])?;
    let ids: Vec<String> = state.rows(at).iter().map(Record::id_text).collect();
    Ok(Outcome { ret: Some(ids.join(";")), ..Outcome::default() })
}
