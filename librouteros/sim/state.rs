//! The router's memory: tables of rows, what changed, what was asked.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use super::faults::Faults;
use super::schema::{Menu, Schema, Shape};
use super::version::Version;
use crate::codec::Row;
use crate::error::Trap;

/// Most log entries and changes kept; a simulator may run for days.
const KEPT: usize = 100_000;

/// One row of a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub id: u32,
    /// By the menu's attributes.
    pub values: Vec<Option<String>>,
    /// The live session this row belongs to and goes with.
    pub owner: Option<u32>,
}

impl Record {
    pub fn id_text(&self) -> String {
        format!("*{:X}", self.id)
    }

    pub fn get(&self, attr: usize) -> Option<&str> {
        self.values.get(attr)?.as_deref()
    }

    pub fn put(&mut self, attr: usize, value: Option<String>) {
        if let Some(place) = self.values.get_mut(attr) {
            *place = value;
        }
    }

    /// The value of a named attribute.
    pub fn named(&self, menu: &Menu, name: &str) -> Option<&str> {
        self.get(menu.position(name)?)
    }

    /// Whether a named boolean is set.
    pub fn is(&self, menu: &Menu, name: &str) -> bool {
        self.named(menu, name) == Some("true")
    }
}

/// The rows of one menu.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub rows: Vec<Record>,
    last_id: u32,
}

/// A change a `listen` reports.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change {
    pub sequence: u64,
    pub menu: usize,
    pub id: u32,
    pub dead: bool,
}

/// A command the simulator has received.
#[derive(Debug, Clone)]
pub struct LoggedCommand {
    /// The session it came in; sessions count from 1.
    pub session: u64,
    /// Its words, the command first, tag included. Passwords are in here: this is for tests.
    pub words: Vec<String>,
    /// When it was received.
    pub at: Instant,
}

impl LoggedCommand {
    /// The command path.
    #[must_use]
    pub fn path(&self) -> &str {
        self.words.first().map_or("", String::as_str)
    }

    /// The value of an attribute.
    #[must_use]
    pub fn attr(&self, name: &str) -> Option<&str> {
        self.words.iter().find_map(|word| word.strip_prefix('=')?.strip_prefix(name)?.strip_prefix('='))
    }
}

/// Everything the sessions share.
#[derive(Debug)]
pub(super) struct State {
    pub schema: Arc<Schema>,
    tables: Vec<Table>,
    changes: VecDeque<Change>,
    pub sequence: u64,
    pub log: VecDeque<LoggedCommand>,
    pub started: Instant,
    pub version: Version,
    pub faults: Faults,
    /// Commands served since the start, for the CPU clamp.
    pub served: u64,
    /// Bits per second received and sent, by interface.
    pub traffic: std::collections::HashMap<String, (u64, u64)>,
    last_session: u32,
    /// Whether commands are held against every version.
    pub strict: bool,
    /// Commands that some version does not take.
    pub strange: BTreeSet<String>,
}

impl State {
    pub fn new(schema: Arc<Schema>, version: Version) -> Self {
        let tables = schema.menus.iter().map(|_| Table::default()).collect();
        let mut state = Self {
            schema,
            tables,
            changes: VecDeque::new(),
            sequence: 0,
            log: VecDeque::new(),
            started: Instant::now(),
            version,
            faults: Faults::default(),
            served: 0,
            traffic: std::collections::HashMap::new(),
            last_session: 0x8000_0000,
            strict: false,
            strange: BTreeSet::new(),
        };
        let schema = Arc::clone(&state.schema);
        for (at, menu) in schema.menus.iter().enumerate() {
            if menu.shape == Shape::Single {
                let row = Self::blank(menu);
                state.insert(at, row, None);
            }
        }
        state
    }

    /// A menu by its path.
    pub fn menu(&self, path: &str) -> Option<usize> {
        self.schema.position(path)
    }

    pub fn rows(&self, menu: usize) -> &[Record] {
        self.tables.get(menu).map_or(&[], |table| table.rows.as_slice())
    }

    pub fn rows_mut(&mut self, menu: usize) -> Option<&mut Vec<Record>> {
        self.tables.get_mut(menu).map(|table| &mut table.rows)
    }

    pub fn find(&self, menu: usize, id: u32) -> Option<&Record> {
        self.rows(menu).iter().find(|row| row.id == id)
    }

    /// The first row whose named attribute has this value.
    pub fn find_by(&self, path: &str, name: &str, value: &str) -> Option<&Record> {
        let menu = self.menu(path)?;
        let attr = self.schema.menus.get(menu)?.position(name)?;
        self.rows(menu).iter().find(|row| row.get(attr) == Some(value))
    }

    /// The value of a named attribute of a row.
    pub fn value(&self, path: &str, row: &Record, name: &str) -> Option<String> {
        let menu = self.schema.menus.get(self.menu(path)?)?;
        row.named(menu, name).map(str::to_owned)
    }

    /// A row's values before anything is set: the defaults.
    pub fn blank(menu: &Menu) -> Vec<Option<String>> {
        menu.attrs.iter().map(|attr| attr.default.clone()).collect()
    }

    /// Appends a row and returns its number.
    pub fn insert(&mut self, menu: usize, values: Vec<Option<String>>, owner: Option<u32>) -> u32 {
        let Some(table) = self.tables.get_mut(menu) else {
            return 0;
        };
        table.last_id += 1;
        let id = table.last_id;
        self.insert_as(menu, id, values, owner)
    }

    /// Appends a row under a number that something else than the order of rows gives.
    pub fn insert_as(&mut self, menu: usize, id: u32, values: Vec<Option<String>>, owner: Option<u32>) -> u32 {
        let Some(table) = self.tables.get_mut(menu) else {
            return 0;
        };
        table.rows.push(Record { id, values, owner });
        self.changed(menu, id, false);
        id
    }

    /// Appends a row as the router itself does, without rules; names the menu lacks are passed over.
    pub fn raw_insert(&mut self, path: &str, pairs: &[(&str, &str)], owner: Option<u32>) -> Option<u32> {
        let menu = self.menu(path)?;
        let schema = Arc::clone(&self.schema);
        let spec = schema.menus.get(menu)?;
        let mut record = Record { id: 0, values: Self::blank(spec), owner };
        for (name, value) in pairs {
            if let Some(at) = spec.position(name) {
                record.put(at, Some((*value).to_owned()));
            }
        }
        Some(match (path, record.named(spec, "address").and_then(|address| address.parse::<std::net::Ipv4Addr>().ok())) {
            // Whoever is online is known by his address, read from its last byte.
            ("/ip/hotspot/active" | "/ip/hotspot/host", Some(address)) => {
                let id = u32::from_le_bytes(address.octets());
                self.insert_as(menu, id, record.values, owner)
            }
            _ => self.insert(menu, record.values, owner),
        })
    }

    /// Sets one attribute without rules.
    pub fn raw_set(&mut self, menu: usize, id: u32, name: &str, value: Option<&str>) -> bool {
        let schema = Arc::clone(&self.schema);
        let Some(at) = schema.menus.get(menu).and_then(|spec| spec.position(name)) else {
            return false;
        };
        let row = self.rows_mut(menu).and_then(|rows| rows.iter_mut().find(|row| row.id == id));
        let Some(row) = row else {
            return false;
        };
        row.put(at, value.map(str::to_owned));
        self.changed(menu, id, false);
        true
    }

    /// Takes a row away.
    pub fn delete(&mut self, menu: usize, id: u32) -> Option<Record> {
        let rows = self.rows_mut(menu)?;
        let at = rows.iter().position(|row| row.id == id)?;
        let row = rows.remove(at);
        self.changed(menu, id, true);
        Some(row)
    }

    /// Takes away all rows that belong to a live session.
    pub fn delete_owned(&mut self, owner: u32) {
        for menu in 0..self.tables.len() {
            let ids: Vec<u32> = self.rows(menu).iter().filter(|row| row.owner == Some(owner)).map(|row| row.id).collect();
            for id in ids {
                self.delete(menu, id);
            }
        }
    }

    /// A number for a new live session.
    pub fn next_session(&mut self) -> u32 {
        self.last_session = self.last_session.wrapping_add(1);
        self.last_session
    }

    pub fn changed(&mut self, menu: usize, id: u32, dead: bool) {
        self.sequence += 1;
        if self.changes.len() >= KEPT {
            self.changes.pop_front();
        }
        self.changes.push_back(Change { sequence: self.sequence, menu, id, dead });
    }

    /// The changes of a menu after a point.
    pub fn changes(&self, menu: usize, after: u64) -> impl Iterator<Item = Change> + '_ {
        let old = self.changes.partition_point(move |change| change.sequence <= after);
        self.changes.range(old..).filter(move |change| change.menu == menu).copied()
    }

    pub fn note(&mut self, command: LoggedCommand) {
        if self.log.len() >= KEPT {
            self.log.pop_front();
        }
        self.log.push_back(command);
    }

    /// A row as it is printed. Without a property list everything comes, `.id` first.
    pub fn print(&self, menu: &Menu, row: &Record, proplist: Option<&[String]>) -> Row {
        let wanted = |name: &str| proplist.is_none_or(|names| names.iter().any(|wanted| wanted == name));
        let mut out = Row::default();
        if menu.shape != Shape::Single && menu.shape != Shape::State && wanted(".id") {
            out.push(".id", row.id_text());
        }
        for (attr, value) in menu.attrs.iter().zip(&row.values) {
            if let Some(value) = value.as_ref().filter(|_| !attr.hidden && wanted(&attr.name)) {
                out.push(attr.name.clone(), value.clone());
            }
        }
        out
    }

    /// Brings values that pass by themselves up to date before a menu is printed.
    pub fn refresh(&mut self, path: &str) {
        if path == "/system/resource"
            && let Some(menu) = self.menu(path)
            && let Some(id) = self.rows(menu).first().map(|row| row.id)
        {
            let uptime = std::time::Duration::from_secs(self.started.elapsed().as_secs());
            let at = self.schema.menus.get(menu).and_then(|spec| spec.position("uptime"));
            let row = self.rows_mut(menu).and_then(|rows| rows.iter_mut().find(|row| row.id == id));
            if let (Some(at), Some(row)) = (at, row) {
                row.put(at, Some(crate::values::format_duration(uptime)));
            }
        }
    }
}

/// A trap about a value, category 1.
pub(super) fn value_trap(message: String) -> Trap {
    Trap::new(message, Some(1))
}

/// A trap about something missing, category 0.
pub(super) fn missing_trap(message: impl Into<String>) -> Trap {
    Trap::new(message, Some(0))
}

/// A `failure: …` trap: these come without a category.
pub(super) fn failure(message: impl Into<String>) -> Trap {
    Trap::new(message, None)
}
