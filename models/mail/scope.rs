//! What names of templates stand for: values by dotted paths, read with the caller's rights, within the budgets of a rendering.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use chrono::NaiveDateTime;
use lastmile_orm::access::Operation;
use lastmile_orm::expr::{Expr, Names, weight};
use lastmile_orm::registry::Field;
use lastmile_orm::{Env, Error, Id, Result, Value};

use super::formats::{Formats, Helpers};

/// Most steps of rendering one text: elements, turns of loops, and a step for each [`COPIED`] bytes of values that expressions use.
const MAX_STEPS: usize = 200_000;
/// Bytes of values that count as a step.
const COPIED: usize = 1024;
/// Most bytes that one text and the values made for it take.
const MAX_BYTES: usize = 8 * 1024 * 1024;
/// Most bytes that the texts of one call take, over all records.
const MAX_TOTAL: usize = 64 * 1024 * 1024;

/// Counters and known rights of a call that renders.
#[derive(Clone, Debug, Default)]
pub struct Shared {
    steps: Rc<Cell<usize>>,
    bytes: Rc<Cell<usize>>,
    total: Rc<Cell<usize>>,
    /// Records that the caller may read.
    seen: Rc<RefCell<HashMap<String, HashSet<Id>>>>,
}

impl Shared {
    /// Another text begins: its budgets are whole.
    pub(super) fn begin(&self) {
        self.steps.set(0);
        self.bytes.set(0);
    }

    /// A step that handles `bytes`. UserError beyond the budget.
    pub(super) fn work(&self, bytes: usize) -> Result<()> {
        let steps = self.steps.get().saturating_add(1 + bytes / COPIED);
        self.steps.set(steps);
        if steps > MAX_STEPS { Err(Error::user("The template takes too long: its loops have too many turns.")) } else { Ok(()) }
    }

    /// `bytes` more of text or values. UserError beyond the budget.
    pub(super) fn make(&self, bytes: usize) -> Result<()> {
        let made = self.bytes.get().saturating_add(bytes);
        self.bytes.set(made);
        if made > MAX_BYTES { Err(Error::user("The template makes too much text.")) } else { Ok(()) }
    }

    /// A finished text of `bytes`. UserError when the texts of the call are too large together.
    pub(super) fn keep(&self, bytes: usize) -> Result<()> {
        let total = self.total.get().saturating_add(bytes);
        self.total.set(total);
        if total > MAX_TOTAL { Err(Error::user("The mails are too large together: send to fewer records at a time.")) } else { Ok(()) }
    }

    /// Records that were checked already.
    pub fn mark(&self, model: &str, ids: &[Id]) {
        self.seen.borrow_mut().entry(model.to_owned()).or_default().extend(ids);
    }

    /// AccessError unless the caller may read the records; each is checked once.
    fn readable(&self, env: &mut Env, model: &str, ids: &[Id]) -> Result<()> {
        // Everybody is himself; which of his fields he sees their groups say.
        if env.is_su() || (model == "res.users" && ids == [env.uid()]) {
            return Ok(());
        }
        let known = |id: &Id| self.seen.borrow().get(model).is_some_and(|seen| seen.contains(id));
        let new: Vec<Id> = ids.iter().copied().filter(|id| !known(id)).collect();
        if new.is_empty() {
            return Ok(());
        }
        env.check_access(model, Operation::Read)?;
        env.check_records(model, &new, Operation::Read)?;
        self.mark(model, &new);
        Ok(())
    }
}

/// Whether a check passed; errors other than refusals stay errors.
fn granted(check: Result<()>) -> Result<bool> {
    match check {
        Ok(()) => Ok(true),
        Err(Error::Access(_)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// What names stand for.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    pub records: HashMap<String, (String, Vec<Id>)>,
    pub values: HashMap<String, Value>,
    /// Names of values that are HTML already.
    pub rendered: std::collections::HashSet<String>,
    /// Read when the first template asks for it.
    pub formats: Option<Arc<Formats>>,
    /// What all renderings of a call count together.
    pub shared: Shared,
}

impl Scope {
    /// The scope of a template over one record.
    pub fn of(env: &Env, model: &str, record: Id) -> Self {
        let mut scope = Scope::default();
        scope.records.insert("object".into(), (model.to_owned(), vec![record]));
        scope.records.insert("user".into(), ("res.users".into(), vec![env.uid()]));
        scope.records.insert("company".into(), ("res.company".into(), vec![env.company_id()]));
        scope.values.insert("ctx".into(), Value::Map(env.context().raw.clone()));
        scope
    }

    /// The scope of a turn of a loop. UserError beyond the budget.
    pub(super) fn inner(&self) -> Result<Scope> {
        self.shared.work(self.values.values().map(weight).sum())?;
        Ok(self.clone())
    }
}

/// A dotted path found in an expression: where it stands, and its names.
type Path = (usize, usize, Vec<String>);

/// Dotted names of an expression, outside texts. A name that follows a dot or a closing bracket is no start.
pub(super) fn paths(source: &str) -> Vec<Path> {
    let (mut out, mut quote, mut start): (Vec<Path>, Option<char>, Option<usize>) = (Vec::new(), None, None);
    let mut previous = ' ';
    for (at, c) in source.char_indices().chain([(source.len(), ' ')]) {
        let named = c.is_alphanumeric() || c == '_';
        if let Some(open) = quote {
            if c == open {
                quote = None;
            }
        } else if let Some(from) = start.filter(|_| !named && c != '.') {
            if let Some(found) = source.get(from..at) {
                out.push((from, at, found.split('.').map(str::to_owned).collect()));
            }
            start = None;
            quote = Some(c).filter(|c| matches!(c, '\'' | '"'));
        } else if start.is_none() {
            if matches!(c, '\'' | '"') {
                quote = Some(c);
            } else if named && !c.is_numeric() && !previous.is_alphanumeric() && previous != '.' {
                start = Some(at);
            }
        }
        previous = c;
    }
    out
}

/// Evaluates an expression.
pub(super) fn evaluate(env: &mut Env, scope: &Scope, source: &str) -> Result<Value> {
    let mut names = Vec::new();
    let (mut text, mut done) = (String::new(), 0);
    for (from, to, path) in paths(source) {
        let Some((first, steps)) = path.split_first() else { continue };
        let Some((model, ids)) = scope.records.get(first) else { continue };
        let value = follow(env, &scope.shared, model, ids, steps)?;
        let name = format!("v{}_", names.len());
        text.push_str(source.get(done..from).unwrap_or_default());
        text.push_str(&name);
        names.push((name, lastmile_orm::expr::PyValue::from(value)));
        done = to;
    }
    text.push_str(source.get(done..).unwrap_or_default());
    for (name, value) in scope.values.iter().filter(|(name, _)| text.contains(name.as_str())) {
        scope.shared.work(weight(value))?;
        names.push((name.clone(), lastmile_orm::expr::PyValue::from(value.clone())));
    }
    let (now, today): (NaiveDateTime, _) = (env.now(), env.today());
    let names = Names { names, now, today };
    let formats = match &scope.formats {
        Some(formats) => Arc::clone(formats),
        None if text.contains("format_") => Arc::new(Formats::load(env)?),
        None => Arc::default(),
    };
    let value = Expr::parse(text.trim())?.eval(&Helpers { names, formats: &formats })?.into_value()?;
    scope.shared.make(weight(&value))?;
    Ok(value)
}

/// The value at the end of a path of fields.
fn follow(env: &mut Env, shared: &Shared, model: &str, ids: &[Id], steps: &[String]) -> Result<Value> {
    let reg = env.registry();
    let (mut at, mut ids, mut value) = (reg.model(model)?, ids.to_vec(), Value::from(ids.first().copied()));
    for (n, step) in steps.iter().enumerate() {
        let last = n + 1 == steps.len();
        if step == "ids" && last {
            return Ok(Value::from(ids));
        }
        let field = at.field(step)?;
        shared.readable(env, &at.name, &ids)?;
        env.check_field(at, field, "read")?;
        value = env.values(&at.name, step, &ids)?.into_iter().next().unwrap_or_default();
        if field.kind.is_relational() {
            ids = if field.kind.is_x2many() { value.ids() } else { value.as_id().into_iter().collect() };
            at = reg.target(field)?;
        } else if !last {
            return Err(Error::value(format!("{step} has no fields.")));
        }
    }
    Ok(value)
}

/// Records at the end of a path, for loops.
pub(super) fn records_at(env: &mut Env, scope: &Scope, source: &str) -> Result<Option<(String, Vec<Id>)>> {
    let path: Vec<&str> = source.trim().split('.').collect();
    let Some((first, steps)) = path.split_first() else { return Ok(None) };
    let Some((model, ids)) = scope.records.get(*first) else { return Ok(None) };
    let (reg, mut at, mut ids) = (env.registry(), model.clone(), ids.clone());
    for step in steps {
        let model = reg.model(&at)?;
        let field = model.field(step)?;
        scope.shared.readable(env, &at, &ids)?;
        env.check_field(model, field, "read")?;
        if !field.kind.is_relational() {
            return Ok(None);
        }
        ids = ids_in(field, &env.values(&at, step, &ids)?);
        at = reg.target(field)?.name.clone();
    }
    Ok(Some((at, ids)))
}

/// Ids in the values of a relational field, each once.
fn ids_in(field: &Field, values: &[Value]) -> Vec<Id> {
    let ids = |value: &Value| if field.kind.is_x2many() { value.ids() } else { value.as_id().into_iter().collect() };
    let mut out: Vec<Id> = Vec::new();
    for id in values.iter().flat_map(ids) {
        if out.last() != Some(&id) {
            out.push(id);
        }
    }
    out
}

/// Reads ahead what paths from `name` need of all records.
pub(super) fn ahead(env: &mut Env, shared: &Shared, name: &str, model: &str, records: &[Id], codes: &[String]) -> Result<()> {
    let reg = env.registry();
    for path in codes.iter().flat_map(|code| paths(code)).map(|(.., path)| path) {
        let Some((_, steps)) = path.split_first().filter(|(first, _)| *first == name) else { continue };
        let (mut at, mut ids) = (reg.model(model)?, records.to_vec());
        for step in steps {
            let Some(field) = at.fields.get(step) else { break };
            // Whether a branch that may not be read is taken at all, the rendering finds out.
            if !env.may_use_field(field) || !granted(shared.readable(env, &at.name, &ids))? {
                break;
            }
            let values = match env.values(&at.name, step, &ids) {
                Err(Error::Access(_)) => break,
                other => other?,
            };
            let Ok(next) = reg.target(field) else { break };
            ids = ids_in(field, &values);
            ids.sort_unstable();
            ids.dedup();
            at = next;
        }
    }
    Ok(())
}
