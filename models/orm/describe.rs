//! `fields_get`: what clients learn about fields.

use crate::answer::Answer;
use crate::args::fields_arg;
use crate::call::Invocation;
use crate::env::Env;
use crate::error::Result;
use crate::expr::{Expr, Literals};
use crate::registry::{Field, Kind, Model, Registry, translated};
use crate::value::{Map, Value};

pub(crate) fn fields_get(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let names = fields_arg(call.arg("allfields"))?.filter(|n| !n.is_empty());
    let attributes = fields_arg(call.arg("attributes"))?;
    Ok(Answer::Value(Value::Map(env.fields_get(&call.model, names.as_deref(), attributes.as_deref())?)))
}

impl Env {
    /// Descriptions by field, of those that the user may use.
    pub fn fields_get(&mut self, model: &str, names: Option<&[String]>, attributes: Option<&[String]>) -> Result<Map> {
        let reg = self.registry();
        let found = reg.model(model)?;
        let lang = self.lang()?.to_owned();
        let mut out = Map::new();
        for field in found.fields.values() {
            if names.is_some_and(|n| !n.contains(&field.name)) || !self.may_use_field(field) {
                continue;
            }
            let mut all = self.describe(&reg, found, field, &lang);
            if let Some(wanted) = attributes {
                all.retain(|name, _| wanted.contains(name));
            }
            out.insert(field.name.clone(), Value::Map(all));
        }
        Ok(out)
    }

    fn describe(&self, reg: &Registry, model: &Model, field: &Field, lang: &str) -> Map {
        let declared = self.declared();
        let extra = declared.field(&model.name, &field.name);
        let searchable = self.is_searchable(reg, model, field, PATH_DEPTH);
        let sortable = self.is_sortable(reg, model, field, PATH_DEPTH);
        let linked = field.store || related_end(reg, model, field, PATH_DEPTH).is_some_and(|end| end.store);
        let groupable = sortable || (field.kind == Kind::Many2many && linked);
        let mut out = Map::new();
        let mut put = |name: &str, value: Value| {
            out.insert(name.to_owned(), value);
        };
        if let Some(aggregator) = aggregator(field) {
            put("aggregator", Value::from(aggregator));
        }
        if matches!(field.kind, Kind::Many2one | Kind::Many2many | Kind::One2many) {
            let parent = |model: &Model| if model.parent_field.is_empty() { "parent_id".to_owned() } else { model.parent_field.clone() };
            let tree = reg.target(field).is_ok_and(|target| target.fields.contains_key(&parent(target)));
            put("allow_hierachy_operators", Value::Bool(tree));
            put("context", Value::Map(Map::new()));
            put("domain", domain_of(field));
            put("relation", Value::Str(field.relation.clone().unwrap_or_default()));
        }
        if field.kind == Kind::One2many
            && let Some(inverse) = &field.relation_field
        {
            put("relation_field", Value::Str(inverse.clone()));
        }
        if let Some(path) = &field.related {
            put("related", Value::Str(path.join(".")));
        }
        if matches!(field.kind, Kind::Selection | Kind::Reference) {
            put("selection", self.selection_of(reg, model, field, lang, PATH_DEPTH));
        }
        if field.kind == Kind::Monetary {
            put("currency_field", field.currency_field.clone().map_or_else(|| Value::from("currency_id"), Value::Str));
        }
        if let Some((total, decimals)) = field.digits {
            put("digits", Value::List(vec![Value::Int(i64::from(total)), Value::Int(i64::from(decimals))]));
        }
        if let Some(size) = field.size {
            put("size", Value::Int(i64::try_from(size).unwrap_or(0)));
        }
        if matches!(field.kind, Kind::Char | Kind::Text | Kind::Html) {
            put("translate", Value::Bool(field.translate || related_end(reg, model, field, PATH_DEPTH).is_some_and(|end| end.translate)));
        }
        if field.kind == Kind::Char {
            put("trim", Value::Bool(true));
        }
        let help = translated(&field.help, lang);
        if !help.is_empty() {
            put("help", Value::from(help));
        }
        put("change_default", Value::Bool(false));
        put("company_dependent", Value::Bool(field.company_dependent));
        put("default_export_compatible", Value::Bool(false));
        put("depends", self.depends_of(model, field));
        put("exportable", Value::Bool(true));
        put("groupable", Value::Bool(groupable));
        put("manual", Value::Bool(field.manual));
        put("name", Value::Str(field.name.clone()));
        put("readonly", Value::Bool(field.readonly));
        put("required", Value::Bool(field.required));
        put("searchable", Value::Bool(searchable));
        put("sortable", Value::Bool(sortable));
        put("store", Value::Bool(field.store));
        put("string", Value::from(translated(&field.label, lang)));
        put("type", Value::from(field.kind.name()));
        if let Some(extra) = extra {
            out.extend(extra.described.clone());
        }
        out
    }

    /// What a value is made from: declared, a path, or the name of the record.
    fn depends_of(&self, model: &Model, field: &Field) -> Value {
        if let Some(path) = &field.related {
            return Value::List(vec![Value::Str(path.join("."))]);
        }
        if field.name == "display_name" {
            return Value::List(model.rec_name.iter().map(|name| Value::from(name.as_str())).collect());
        }
        let declared = self.declared();
        let computed = declared.get(&model.name).and_then(|d| d.compute_of(&field.name)).map(|c| c.depends).unwrap_or_default();
        let stored = field.depends.iter().map(|d| Value::from(d.as_str()));
        Value::List(if field.depends.is_empty() { computed.iter().map(|d| Value::from(*d)).collect() } else { stored.collect() })
    }

    /// Whether a domain may name the field: it is stored, has a search of its own, or leads to such a field.
    fn is_searchable(&self, reg: &Registry, model: &Model, field: &Field, depth: u8) -> bool {
        let own = self.declared().search_of(model, &field.name).is_some();
        if field.store || own || field.name == "display_name" {
            return true;
        }
        if let Some(told) = self.told(model, field, "searchable") {
            return told;
        }
        depth > 0
            && path_of(reg, model, field).is_some_and(|steps| steps.iter().all(|(on, step)| self.is_searchable(reg, on, step, depth - 1)))
    }

    /// Whether an order may name the field: it has a column, or one is found along many2one fields.
    fn is_sortable(&self, reg: &Registry, model: &Model, field: &Field, depth: u8) -> bool {
        if field.is_column() {
            return true;
        }
        if let Some(told) = self.told(model, field, "sortable") {
            return told;
        }
        let Some((end, links)) = path_of(reg, model, field).and_then(|mut steps| Some((steps.pop()?, steps))) else { return false };
        depth > 0 && links.iter().all(|(_, link)| link.kind == Kind::Many2one) && self.is_sortable(reg, end.0, end.1, depth - 1)
    }

    /// A declared attribute.
    fn told(&self, model: &Model, field: &Field, attribute: &str) -> Option<bool> {
        self.declared().field(&model.name, &field.name)?.described.get(attribute).map(Value::truthy)
    }

    /// Values and labels: declared, stored, or those of the field that a related one leads to.
    fn selection_of(&self, reg: &Registry, model: &Model, field: &Field, lang: &str, depth: u8) -> Value {
        let pair = |value: &str, label: &str| Value::List(vec![Value::from(value), Value::from(label)]);
        if let Some(make) = self.declared().field(&model.name, &field.name).and_then(|d| d.selection) {
            return Value::List(make(reg).iter().map(|(v, l)| pair(v, l)).collect());
        }
        if field.selection.is_empty()
            && depth > 0
            && let Some((on, end)) = path_of(reg, model, field).and_then(|mut steps| steps.pop())
        {
            return self.selection_of(reg, on, end, lang, depth - 1);
        }
        Value::List(field.selection.iter().map(|(v, l)| pair(v, translated(l, lang))).collect())
    }
}

/// How a group of the field's values becomes one.
pub fn aggregator(field: &Field) -> Option<&str> {
    if let Some(own) = &field.aggregator {
        return Some(own.as_str()).filter(|a| !a.is_empty());
    }
    let number = matches!(field.kind, Kind::Integer | Kind::Float | Kind::Monetary);
    (number && (field.store || field.related.is_some()) && !matches!(field.name.as_str(), "id" | "sequence" | "color")).then_some("sum")
}

fn domain_of(field: &Field) -> Value {
    match field.domain.as_deref() {
        None => Value::List(Vec::new()),
        // A domain over the record's other fields goes out as text, as one put together does: the client evaluates it.
        Some(text) => Expr::parse(text)
            .ok()
            .filter(|_| text.starts_with('['))
            .and_then(|e| e.eval(&Literals).ok())
            .and_then(|v| v.into_value().ok())
            .unwrap_or_else(|| Value::from(text)),
    }
}

/// How many related fields may lead one to the next.
const PATH_DEPTH: u8 = 8;

/// The fields a related field goes through, each with the model it is on.
fn path_of<'r>(reg: &'r Registry, model: &'r Model, field: &'r Field) -> Option<Vec<(&'r Model, &'r Field)>> {
    let mut at = Some(model);
    let steps = field.related.as_ref()?.iter().map(|name| {
        let on = at?;
        let step = on.fields.get(name)?;
        at = step.relation.as_deref().and_then(|m| reg.models.get(m));
        Some((on, step))
    });
    steps.collect()
}

/// The field at the end of a related path, through further related fields.
fn related_end<'r>(reg: &'r Registry, model: &'r Model, field: &'r Field, depth: u8) -> Option<&'r Field> {
    let (on, end) = path_of(reg, model, field)?.pop()?;
    if depth == 0 || end.store {
        return Some(end);
    }
    Some(related_end(reg, on, end, depth - 1).unwrap_or(end))
}
