//! `base_import.import`: a file kept with a wizard, looked at, and loaded column by column.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`file`] | rows of CSV and of workbooks (XLSX, XLS, ODS) |
//! | [`bounds`], [`xls`] | how much memory a workbook may take, before it is opened |
//! | [`guess`] | what kind of values a column has, and which field it may be |
//! | [`fields`] | the fields that can be imported |
//! | [`cells`] | numbers and dates as they are written there |

mod bounds;
mod cells;
mod fields;
mod file;
mod guess;
mod preview;
mod xls;

use lastmile_orm::call::Invocation;
use lastmile_orm::declare::{CreateHook, Next, Tx, WriteHook};
use lastmile_orm::registry::{Kind, Model};
use lastmile_orm::sql::sql;
use lastmile_orm::{Answer, Declarations, Domain, Env, Error, Id, Map, Result, Value, map};

const MODEL: &str = "base_import.import";
const MAPPING: &str = "base_import.mapping";

/// Declares the methods.
pub fn declare(all: &mut Declarations) {
    let wizard = all.model(MODEL);
    wizard.field("file").raw_bytes = true;
    wizard
        .on_create(create)
        .on_write(write)
        .model_method("get_fields_tree", "model, depth=3", Tx::Read, fields::tree)
        .record_method("parse_preview", "options, count=10", Tx::Read, preview::parse)
        .record_method("execute_import", "fields, columns, options, dryrun=False", Tx::Write, execute);
}

fn create(env: &mut Env, mut rows: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    rows.iter_mut().for_each(file::take);
    next.call(env, rows)
}

fn write(env: &mut Env, ids: &[Id], mut values: Map, next: &Next<WriteHook>) -> Result<()> {
    file::take(&mut values);
    next.call(env, ids, values)
}

/// A file that cannot be imported as it is: what the wizard shows, and about which column.
struct Unfit {
    message: String,
    field: Option<String>,
}

impl Unfit {
    fn new(message: impl Into<String>) -> Self {
        Unfit { message: message.into(), field: None }
    }

    fn answer(self) -> Answer {
        let message = map! {
            "type" => "error",
            "message" => self.message,
            "record" => false,
            "not_matching_error" => true,
            "field_path" => self.field.map_or(Value::Bool(false), |field| Value::List(vec![Value::Str(field)])),
            "field_type" => Value::None,
        };
        Answer::Value(Value::Map(map! { "messages" => Value::List(vec![Value::Map(message)]) }))
    }
}

/// What a wizard holds.
struct Upload {
    model: String,
    bytes: Vec<u8>,
    name: String,
    kind: String,
}

fn upload(env: &mut Env, id: Id) -> Result<Upload> {
    env.check_records(MODEL, &[id], lastmile_orm::access::Operation::Read)?;
    let sql = sql!(
        "SELECT res_model::text, file, file_name::text, file_type::text FROM base_import_import
         WHERE id = {id}"
    );
    env.flush()?;
    let rows = env.query(sql)?;
    let Some(row) = rows.first() else { return Err(Error::missing(format!("The import {id} is gone."))) };
    let text = |n| row.text(n).unwrap_or_default();
    Ok(Upload { model: text(0), bytes: row.bytes(1).unwrap_or_default(), name: text(2), kind: text(3) })
}

fn flag(options: &Map, name: &str) -> bool {
    options.get(name).is_some_and(Value::truthy)
}

fn number(options: &Map, name: &str) -> usize {
    options.get(name).and_then(Value::as_int).and_then(|n| usize::try_from(n).ok()).unwrap_or(0)
}

fn text<'m>(options: &'m Map, name: &str) -> &'m str {
    options.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn options(call: &Invocation) -> Map {
    call.arg("options").as_map().cloned().unwrap_or_default()
}

fn execute(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let upload = upload(env, call.one()?)?;
    let mut options = options(call);
    // One name a column of the file; `false` for columns that are left out.
    let names: Vec<Option<String>> =
        call.arg("fields").as_list().unwrap_or_default().iter().map(|f| f.as_str().filter(|t| !t.is_empty()).map(str::to_owned)).collect();
    let reg = env.registry();
    let model = reg.model(&upload.model)?;
    let mut table = match table(&upload, &names, &mut options) {
        Ok(table) => table,
        Err(unfit) => return Ok(unfit.answer()),
    };
    if let Err(unfit) = cells::plain(&reg, model, &mut table, &options) {
        return Ok(unfit.answer());
    }
    let shown = table.columns.iter().position(|c| c == "name").map(|at| table.column(at));
    table.merge(&reg, model);
    if let Some(fallback) = options.get("fallback_values").and_then(Value::as_map) {
        fall_back(env, model, &mut table, fallback);
    }
    let mut context = map! { "import_file" => true };
    for (key, name) in [
        ("name_create_enabled_fields", "name_create_enabled_fields"),
        ("import_set_empty_fields", "import_set_empty_fields"),
        ("import_skip_records", "import_skip_records"),
        ("_import_limit", "limit"),
    ] {
        context.extend(options.get(name).filter(|v| v.truthy()).map(|value| (key.to_owned(), value.clone())));
    }
    let paths: Vec<Vec<String>> = table.columns.iter().map(|c| lastmile_orm::port::steps(c)).collect();
    let rows: Vec<Value> =
        table.rows.into_iter().map(|row| Value::List(row.into_iter().map(|cell| cell.map_or(Value::None, Value::Str)).collect())).collect();
    let dry = call.arg("dryrun").truthy();
    let mut result = None;
    let outcome = env.savepoint(|env| {
        result = Some(env.with_context(context, |env| env.load_rows(&upload.model, &paths, &rows))?);
        // A trial is taken back like an error.
        if dry { Err(Error::user("trial")) } else { Ok(()) }
    });
    let Some(loaded) = result else {
        outcome?;
        return Ok(Unfit::new("nothing was imported").answer());
    };
    if !dry && loaded.ids.is_some() && flag(&options, "has_headers") {
        let columns = call.arg("columns").as_list().unwrap_or_default().to_vec();
        env.sudo(|env| remember(env, &upload.model, &columns, &names))?;
    }
    let skip = number(&options, "skip");
    let next = if loaded.nextrow == 0 { 0 } else { loaded.nextrow + skip };
    // Names stand where their rows do: empty ones before and after the rows of this call.
    let limit = Some(number(&options, "limit")).filter(|n| *n > 0);
    let shown = shown.map(|names| {
        let after = names.len().saturating_sub(limit.unwrap_or(0));
        let own = names.into_iter().take(limit.unwrap_or(usize::MAX));
        let blank = |count| std::iter::repeat_n(String::new(), count);
        blank(skip).chain(own).chain(blank(after)).map(Value::from).collect()
    });
    Ok(Answer::Value(Value::Map(map! {
        "ids" => loaded.ids.map_or(Value::Bool(false), Value::from),
        "messages" => Value::List(loaded.messages.into_iter().map(Value::Map).collect()),
        "nextrow" => i64::try_from(next).unwrap_or(0),
        "name" => Value::List(shown.unwrap_or_default()),
    })))
}

/// The columns of a file that are imported.
struct Table {
    columns: Vec<String>,
    /// `None` stands for a value that makes the record be left out.
    rows: Vec<Vec<Option<String>>>,
}

fn table(upload: &Upload, names: &[Option<String>], options: &mut Map) -> Result<Table, Unfit> {
    let kept: Vec<(usize, &String)> = names.iter().enumerate().filter_map(|(n, name)| Some((n, name.as_ref()?))).collect();
    if kept.is_empty() {
        return Err(Unfit::new("You must configure at least one field to import"));
    }
    let mut rows = file::rows(upload, options)?;
    if flag(options, "has_headers") && !rows.is_empty() {
        rows.remove(0);
    }
    let mut data: Vec<Vec<Option<String>>> = Vec::with_capacity(rows.len());
    for row in rows {
        let cells: Vec<Option<String>> = kept.iter().map(|(n, _)| Some(row.get(*n).cloned().unwrap_or_default())).collect();
        if cells.iter().any(|c| c.as_deref() != Some("")) {
            data.push(cells);
        }
    }
    let skip = number(options, "skip").min(data.len());
    data.drain(..skip);
    if data.is_empty() && skip == 0 {
        return Err(Unfit::new("Import file has no content or is corrupt"));
    }
    Ok(Table { columns: kept.into_iter().map(|(_, name)| name.clone()).collect(), rows: data })
}

impl Table {
    fn column(&self, at: usize) -> Vec<String> {
        self.rows.iter().map(|row| row.get(at).cloned().flatten().unwrap_or_default()).collect()
    }

    /// Several columns for one field become one: texts are put together, tags are listed.
    fn merge(&mut self, reg: &lastmile_orm::registry::Registry, model: &Model) {
        let mut at = 0;
        while let Some(name) = self.columns.get(at).cloned() {
            let same: Vec<usize> = (at + 1..self.columns.len()).filter(|n| self.columns.get(*n) == Some(&name)).collect();
            let between = match fields::kind(reg, model, &name) {
                Some(Kind::Char) => Some(" "),
                Some(Kind::Text | Kind::Html) => Some("\n"),
                Some(Kind::Many2many) => Some(","),
                _ => None,
            };
            for other in same.into_iter().rev() {
                self.columns.remove(other);
                for row in &mut self.rows {
                    let more = row.remove(other).filter(|text| !text.is_empty());
                    if let (Some(between), Some(more), Some(Some(cell))) = (between, more, row.get_mut(at)) {
                        let gap = if cell.is_empty() { "" } else { between };
                        cell.push_str(&format!("{gap}{more}"));
                    }
                }
            }
            at += 1;
        }
    }
}

/// Booleans and selections that are none get the value that was chosen for them; `skip` leaves the record out.
fn fall_back(env: &mut Env, model: &Model, table: &mut Table, chosen: &Map) {
    for (name, how) in chosen {
        let Some(at) = table.columns.iter().position(|c| c == name) else { continue };
        let Some(instead) = how.as_map().and_then(|how| how.get("fallback_value")).and_then(Value::as_str) else { continue };
        let reg = env.registry();
        let Some((of, field)) = fields::resolve(&reg, model, name) else { continue };
        let known: Vec<String> = match field.kind {
            Kind::Boolean => ["0", "1", "true", "false", "yes", "no", ""].map(str::to_owned).to_vec(),
            Kind::Selection => {
                let labels = env.selection_labels(&of.name, &field.name);
                labels.into_iter().flat_map(|(value, labels)| std::iter::once(value).chain(labels)).map(|t| t.to_lowercase()).collect()
            }
            _ => continue,
        };
        for cell in table.rows.iter_mut().filter_map(|row| row.get_mut(at)) {
            if cell.as_ref().is_some_and(|text| !known.contains(&text.to_lowercase())) {
                *cell = (instead != "skip").then(|| instead.to_owned());
            }
        }
    }
}

/// Keeps which field a heading meant, for the next file.
fn remember(env: &mut Env, model: &str, headings: &[Value], names: &[Option<String>]) -> Result<()> {
    let known = mappings(env, model)?;
    let mut new = Vec::new();
    for (heading, name) in headings.iter().zip(names) {
        let (Some(heading), Some(name)) = (heading.as_str().filter(|h| !h.is_empty()), name) else { continue };
        match known.iter().find(|(_, column, _)| column == heading) {
            Some((id, _, field)) if field != name => env.write(MAPPING, &[*id], map! { "field_name" => name.as_str() })?,
            Some(_) => {}
            None => new.push(map! { "res_model" => model, "column_name" => heading, "field_name" => name.as_str() }),
        }
    }
    if new.is_empty() { Ok(()) } else { env.create(MAPPING, new).map(|_| ()) }
}

/// Ids, headings and fields of what was imported before.
fn mappings(env: &mut Env, model: &str) -> Result<Vec<(Id, String, String)>> {
    let ids = env.search_all(MAPPING, &Domain::eq("res_model", model))?;
    let columns = env.values(MAPPING, "column_name", &ids)?;
    let fields = env.values(MAPPING, "field_name", &ids)?;
    let text = |v: Value| v.as_str().unwrap_or_default().to_owned();
    Ok(ids.into_iter().zip(columns).zip(fields).map(|((id, column), field)| (id, text(column), text(field))).collect())
}
