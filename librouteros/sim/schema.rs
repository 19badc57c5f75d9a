//! Reads the table of menus (`menus.table`; its grammar is at its top).

use std::collections::BTreeSet;

use super::kinds::Kind;
use super::tree::{Branch, Tree, Words};

/// Commands that any menu has which the tree gives them.
const GENERAL: &[&str] = &["move", "reset-counters", "reset-counters-all"];
/// Arguments of `add` and `set` that are no attributes.
const NO_ATTRIBUTES: &[&str] = &["numbers", "copy-from", "place-before"];

/// All menus of the simulated router.
#[derive(Debug)]
pub(super) struct Schema {
    pub menus: Vec<Menu>,
    pub tree: Tree,
}

/// Which commands a menu has by its nature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Rows come and go by commands.
    List,
    /// Rows come by themselves and can be removed.
    Live,
    /// Rows are there and can be changed.
    Fixed,
    /// One row, changed without addressing it.
    Single,
    /// Read only.
    State,
}

/// One menu.
#[derive(Debug)]
pub(super) struct Menu {
    pub path: String,
    pub shape: Shape,
    pub verbs: Vec<String>,
    pub attrs: Vec<Attr>,
    pub unique: Vec<Unique>,
    pub builtin: Option<Builtin>,
    pub checks: Vec<String>,
}

/// One attribute.
#[derive(Debug)]
pub(super) struct Attr {
    pub name: String,
    pub kind: Kind,
    pub default: Option<String>,
    pub required: bool,
    /// State: printed, never set by commands.
    pub read_only: bool,
    /// Set by commands, never printed.
    pub hidden: bool,
    /// Made up when `add` does not give it.
    pub auto: bool,
    /// An exclamation mark before its value negates it.
    pub not: bool,
}

impl Attr {
    fn new(name: &str, kind: Kind) -> Attr {
        let name = name.to_owned();
        Attr { name, kind, default: None, required: false, read_only: false, hidden: false, auto: false, not: false }
    }

    /// Takes over what routers say about its words.
    fn learn(&mut self, known: &Words) {
        self.not = known.not;
        match &mut self.kind {
            Kind::Text if known.only && known.words == ["no", "yes"] => self.kind = Kind::Bool,
            Kind::Text if known.only && known.several => self.kind = Kind::Enums(known.words.clone(), known.not),
            Kind::Text if known.only => self.kind = Kind::Enum(known.words.clone()),
            Kind::Ref(reference) => reference.words.extend(known.words.iter().cloned()),
            _ => {}
        }
    }
}

/// Attributes no two rows share.
#[derive(Debug)]
pub(super) struct Unique {
    /// Positions in [`Menu::attrs`].
    pub attrs: Vec<usize>,
    /// Only rows that are enabled count.
    pub enabled_only: bool,
    pub trap: String,
}

/// Rows that cannot be removed.
#[derive(Debug)]
pub(super) struct Builtin {
    pub attr: usize,
    pub values: Vec<String>,
    pub trap: String,
}

impl Menu {
    fn new(path: String, shape: Shape) -> Menu {
        Menu { path, shape, verbs: Vec::new(), attrs: Vec::new(), unique: Vec::new(), builtin: None, checks: Vec::new() }
    }

    /// A menu of which the table has nothing to say.
    fn of(branch: &Branch) -> Menu {
        let takes = |verb: &str, name: &str| branch.arguments(verb).any(|own| own == name);
        let shape = match () {
            () if branch.verbs.contains_key("add") => Shape::List,
            () if takes("set", "numbers") => Shape::Fixed,
            () if branch.verbs.contains_key("set") => Shape::Single,
            () if branch.verbs.contains_key("remove") => Shape::Live,
            () => Shape::State,
        };
        let mut menu = Menu::new(branch.path.clone(), shape);
        menu.complete(branch);
        menu
    }

    /// Takes from the tree what the table does not describe.
    fn complete(&mut self, branch: &Branch) {
        let more = GENERAL.iter().filter(|verb| branch.verbs.contains_key(**verb) && !self.has_verb(verb));
        let more: Vec<String> = more.map(|verb| (*verb).to_owned()).collect();
        self.verbs.extend(more);
        let given = ["add", "set"].into_iter().flat_map(|verb| branch.arguments(verb));
        let given: BTreeSet<&str> = given.filter(|name| !NO_ATTRIBUTES.contains(name)).collect();
        let told = branch.printed.iter().map(String::as_str).filter(|name| !given.contains(name));
        for name in given.iter().copied().chain(told) {
            if self.position(name).is_none() {
                let read_only = !given.contains(name);
                let kind = if !read_only && name.ends_with("mac-address") { Kind::Mac } else { Kind::Text };
                self.attrs.push(Attr { read_only, ..Attr::new(name, kind) });
            }
        }
        for attr in &mut self.attrs {
            if let Some(known) = branch.words.get(&attr.name).filter(|_| !attr.read_only) {
                attr.learn(known);
            }
        }
    }

    /// Hides what a router of 7.`minor` has not got.
    fn reduce(&mut self, branch: &Branch, minor: u32) {
        for attr in self.attrs.iter_mut().filter(|attr| branch.lacks(minor, &attr.name)) {
            attr.hidden = true;
            attr.default = None;
        }
    }

    /// The position of an attribute.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.attrs.iter().position(|attr| attr.name == name)
    }

    /// Whether the menu has the command.
    pub fn allows(&self, verb: &str) -> bool {
        use Shape::{Fixed, List, Live, Single};
        let has = |name: &str| self.position(name).is_some();
        match verb {
            "print" | "getall" | "get" | "listen" => true,
            "find" => self.shape != Single,
            "add" => self.shape == List,
            "remove" => matches!(self.shape, List | Live) || self.has_verb(verb),
            "set" | "unset" => matches!(self.shape, List | Fixed | Single),
            "enable" | "disable" => matches!(self.shape, List | Fixed) && has("disabled"),
            "comment" => matches!(self.shape, List | Fixed) && has("comment"),
            _ => self.has_verb(verb),
        }
    }

    fn has_verb(&self, verb: &str) -> bool {
        self.verbs.iter().any(|own| own == verb)
    }
}

impl Schema {
    /// The menus of the table and the tree that come with the crate, as a router of 7.`minor` has them.
    pub fn load(minor: u32) -> Result<Self, String> {
        let mut schema = Self { menus: parse(include_str!("menus.table"))?, tree: Tree::load()? };
        for branch in schema.tree.branches.values() {
            match schema.menus.iter_mut().find(|menu| menu.path == branch.path) {
                Some(menu) => menu.complete(branch),
                None => schema.menus.push(Menu::of(branch)),
            }
        }
        for menu in &mut schema.menus {
            if let Some(branch) = schema.tree.branches.get(&menu.path) {
                menu.reduce(branch, minor);
            }
        }
        Ok(schema)
    }

    /// Whether a command of a menu takes rows.
    pub fn addresses(&self, menu: &Menu, verb: &str) -> bool {
        self.tree.branches.get(&menu.path).is_none_or(|branch| branch.arguments(verb).any(|name| name == "numbers"))
    }

    /// The position of a menu.
    pub fn position(&self, path: &str) -> Option<usize> {
        self.menus.iter().position(|menu| menu.path == path)
    }
}

/// Reads a table.
fn parse(text: &str) -> Result<Vec<Menu>, String> {
    let mut menus: Vec<Menu> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let read = match line.strip_prefix("menu ") {
            Some(rest) => read_menu(rest).map(|menu| menus.push(menu)),
            None => menus.last_mut().ok_or("a line before the first menu".to_owned()).and_then(|menu| menu.read(line)),
        };
        read.map_err(|error| format!("line {}: {error}", number + 1))?;
    }
    Ok(menus)
}

fn read_menu(rest: &str) -> Result<Menu, String> {
    let mut words = rest.split_whitespace().map(str::to_owned);
    let path = words.next().ok_or("no path")?;
    let shape = match words.next().as_deref() {
        Some("list") => Shape::List,
        Some("live") => Shape::Live,
        Some("fixed") => Shape::Fixed,
        Some("single") => Shape::Single,
        Some("state") => Shape::State,
        other => return Err(format!("no shape: {other:?}")),
    };
    Ok(Menu { verbs: words.collect(), ..Menu::new(path, shape) })
}

impl Menu {
    /// Reads one line of the menu. Rules come before the attributes they name, so names are kept and resolved on the go:
    /// see `resolve`.
    fn read(&mut self, line: &str) -> Result<(), String> {
        let (head, rest) = line.split_once(' ').ok_or("one word alone")?;
        match head {
            "+unique" => self.read_unique(rest),
            "+builtin" => self.read_builtin(rest),
            "+check" => {
                self.checks.push(rest.to_owned());
                Ok(())
            }
            name => {
                let attr = read_attr(name, rest)?;
                // Rules above may have announced the attribute: it takes the place kept for it.
                match self.attrs.iter_mut().find(|attr| attr.name == name) {
                    Some(place) => *place = attr,
                    None => self.attrs.push(attr),
                }
                Ok(())
            }
        }
    }

    fn read_unique(&mut self, rest: &str) -> Result<(), String> {
        let (what, trap) = rest.split_once(" | ").ok_or("no trap text")?;
        let (names, flag) = what.split_once(' ').unwrap_or((what, ""));
        let attrs = names.split(',').map(|name| self.announce(name)).collect();
        self.unique.push(Unique { attrs, enabled_only: flag == "enabled", trap: trap.to_owned() });
        Ok(())
    }

    fn read_builtin(&mut self, rest: &str) -> Result<(), String> {
        let (what, trap) = rest.split_once(" | ").ok_or("no trap text")?;
        let (name, values) = what.split_once('=').ok_or("no value")?;
        let attr = self.announce(name);
        let values = values.split(',').map(str::to_owned).collect();
        self.builtin = Some(Builtin { attr, values, trap: trap.to_owned() });
        Ok(())
    }

    /// The position of an attribute a rule names, kept for it when it is not read yet.
    fn announce(&mut self, name: &str) -> usize {
        self.position(name).unwrap_or_else(|| {
            self.attrs.push(Attr { read_only: true, ..Attr::new(name, Kind::Text) });
            self.attrs.len() - 1
        })
    }
}

fn read_attr(name: &str, rest: &str) -> Result<Attr, String> {
    let mut words = rest.split_whitespace();
    let kind = words.next().and_then(Kind::parse).ok_or_else(|| format!("no kind: {rest}"))?;
    let mut attr = Attr::new(name, kind);
    for word in words {
        match word {
            "req" => attr.required = true,
            "ro" => attr.read_only = true,
            "hidden" => attr.hidden = true,
            "auto" => attr.auto = true,
            _ => attr.default = Some(word.strip_prefix('=').ok_or_else(|| format!("unknown flag {word}"))?.to_owned()),
        }
    }
    Ok(attr)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the table says of attributes and words, no router contradicts.
    #[test]
    fn the_table_and_the_tree_agree() {
        let schema = Schema::load(24).unwrap();
        let table = parse(include_str!("menus.table")).unwrap();
        let mut wrong = Vec::new();
        for menu in &table {
            let Some(branch) = schema.tree.branches.get(&menu.path) else { continue };
            // Rows that come by themselves have nothing to set.
            let kept = matches!(menu.shape, Shape::List | Shape::Fixed | Shape::Single);
            for attr in menu.attrs.iter().filter(|_| kept) {
                if attr.read_only == branch.sets(&attr.name) {
                    wrong.push(format!("{} {}: {}", menu.path, attr.name, if attr.read_only { "can be set" } else { "cannot be set" }));
                }
                if let (Kind::Enum(words), Some(known)) = (&attr.kind, branch.words.get(&attr.name)) {
                    let strange = words.iter().filter(|word| !known.words.contains(word));
                    wrong.extend(strange.map(|word| format!("{} {}: no word {word}", menu.path, attr.name)));
                }
            }
            for verb in &menu.verbs {
                if !branch.verbs.contains_key(verb) {
                    wrong.push(format!("{}: no command {verb}", menu.path));
                }
            }
        }
        assert_eq!(wrong, Vec::<String>::new());
    }
}
