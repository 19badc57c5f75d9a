//! Who may do what: rights on models, record rules, groups of fields.

use chrono::NaiveDateTime;
use chrono_tz::Tz;

use crate::domain::{Domain, Host, Op, Query, own_column, rules, translate};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::registry::{Field, Model, Registry, Rule, translated};
use crate::sql::{Bind, Cond, Sql};
use crate::value::{Id, Value};

/// What is done to records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Read,
    Write,
    Create,
    Unlink,
}

impl Operation {
    /// From its name on the wire.
    pub fn parse(name: &str) -> Result<Self> {
        match name {
            "read" => Ok(Operation::Read),
            "write" => Ok(Operation::Write),
            "create" => Ok(Operation::Create),
            "unlink" => Ok(Operation::Unlink),
            other => Err(Error::value(format!("Invalid access mode '{other}'"))),
        }
    }

    /// Position in the permission arrays of the registry.
    pub(crate) fn index(self) -> usize {
        match self {
            Operation::Read => 0,
            Operation::Write => 1,
            Operation::Create => 2,
            Operation::Unlink => 3,
        }
    }

    fn verb(self) -> &'static str {
        match self {
            Operation::Read => "access",
            Operation::Write => "modify",
            Operation::Create => "create",
            Operation::Unlink => "delete",
        }
    }
}

impl Env {
    /// Whether the user has the right on the model.
    pub fn may(&self, model: &str, operation: Operation) -> Result<bool> {
        self.reg.model(model)?;
        if self.su {
            return Ok(true);
        }
        let rows = self.reg.access.get(model).map(Vec::as_slice).unwrap_or_default();
        Ok(rows.iter().any(|row| {
            row.perms.get(operation.index()).copied().unwrap_or(false) && row.group.is_none_or(|g| self.user.groups.contains(&g))
        }))
    }

    /// AccessError without the right on the model.
    pub fn check_access(&self, model: &str, operation: Operation) -> Result<()> {
        if self.may(model, operation)? {
            return Ok(());
        }
        let found = self.reg.model(model)?;
        let mut groups: Vec<&str> = self
            .reg
            .access
            .get(model)
            .into_iter()
            .flatten()
            .filter(|row| row.perms.get(operation.index()).copied().unwrap_or(false))
            .filter_map(|row| Some(self.reg.groups.get(&row.group?)?.full_name.as_str()))
            .collect();
        groups.sort_unstable();
        groups.dedup();
        let mut text = format!("You are not allowed to {} '{}' ({model}) records.", operation.verb(), translated(&found.label, "en_US"));
        if groups.is_empty() {
            text.push_str("\n\nNo group currently allows this operation.");
        } else {
            text.push_str("\n\nThis operation is allowed for the following groups:\n");
            for group in groups {
                text.push_str("\t- ");
                text.push_str(group);
                text.push('\n');
            }
        }
        text.push_str("\nContact your administrator to request access if necessary.");
        Err(Error::access(text))
    }

    /// Whether the field's groups let the user use it.
    pub fn may_use_field(&self, field: &Field) -> bool {
        if self.su || field.groups.is_empty() {
            return true;
        }
        let has = |xmlid: &str| self.has_group(xmlid);
        let (forbidden, allowed): (Vec<&String>, Vec<&String>) = field.groups.iter().partition(|g| g.starts_with('!'));
        let blocked = forbidden.iter().any(|g| has(g.trim_start_matches('!')));
        !blocked && (allowed.is_empty() || allowed.iter().any(|g| has(g)))
    }

    /// AccessError on a field that the user may not use.
    pub fn check_field(&self, model: &Model, field: &Field, what: &str) -> Result<()> {
        if self.may_use_field(field) {
            return Ok(());
        }
        Err(Error::access(format!(
            "You do not have enough rights to access the field \"{}\" on {} ({}). Please contact your system administrator.\n\nOperation: {what}",
            field.name,
            translated(&model.label, "en_US"),
            model.name
        )))
    }

    /// The user's record rules on a model, as a domain.
    pub(crate) fn rules(&self, model: &Model, operation: Operation) -> Result<Domain> {
        if self.su {
            return Ok(Domain::True);
        }
        let own = self.reg.rules.get(&model.name).map(Vec::as_slice).unwrap_or_default();
        let applying: Vec<_> = own.iter().filter(|r| r.perms.get(operation.index()).copied().unwrap_or(false)).collect();
        let mut domain = rules::combine(self, &applying, &self.user.groups)?;
        for (link, parent) in &model.inherits {
            let parent = self.reg.model(parent)?;
            let inherited = self.rules(parent, operation)?;
            if inherited != Domain::True {
                domain = domain.and(Domain::any_bypass(link.as_str(), inherited));
            }
        }
        Ok(domain)
    }

    /// The truth of the rules for a row of `t0`; `None` when there are none.
    pub(crate) fn rule_cond(&mut self, model: &Model, operation: Operation) -> Result<Option<Cond>> {
        let domain = self.rules(model, operation)?;
        if domain == Domain::True {
            return Ok(None);
        }
        let mut query = Query::new(model);
        let cond = translate::rule_condition(self, &mut query, model, &domain)?;
        Ok(Some(cond).filter(|c| *c != Cond::True))
    }

    /// Whether the text of a rule means something on a model: it is evaluated and translated, not run.
    ///
    /// # Errors
    /// What evaluating or translating it says.
    pub fn try_rule(&self, model: &str, text: &str) -> Result<()> {
        let found = self.reg.model(model)?;
        let rule = Rule { domain: text.to_owned(), ..Rule::default() };
        let domain = rules::combine(self, &[&rule], &self.user.groups)?;
        translate::rule_condition(self, &mut Query::new(found), found, &domain).map(|_| ())
    }

    /// AccessError when a rule hides one of the records; records that do not exist are passed over.
    pub fn check_records(&mut self, model: &str, ids: &[Id], operation: Operation) -> Result<()> {
        if self.su || ids.is_empty() {
            return Ok(());
        }
        let reg = self.registry();
        let found = reg.model(model)?;
        if found.table.is_empty() {
            return Ok(());
        }
        self.flush_for_query()?;
        self.check_guard(found, ids, operation)?;
        let Some(cond) = self.rule_cond(found, operation)? else { return Ok(()) };
        let sql = Sql::lit("SELECT \"t0\".\"id\" FROM ")
            .push_ident(&found.table)
            .push(" AS \"t0\" WHERE \"t0\".\"id\" = ANY(")
            .push_bind(Bind::ids(ids))
            .push(") AND (")
            .push_sql(cond.into_sql())
            .push(") IS NOT TRUE LIMIT 1");
        if self.query(sql)?.is_empty() { Ok(()) } else { Err(self.rule_error(found, operation)) }
    }

    pub(crate) fn rule_error(&self, model: &Model, operation: Operation) -> Error {
        Error::access(format!(
            "Due to security restrictions, you are not allowed to {} '{}' ({}) records.",
            operation.verb(),
            translated(&model.label, "en_US"),
            model.name
        ))
    }
}

impl Host for Env {
    fn computed_sql(&self, alias: &str, model: &Model, field: &Field) -> Option<Sql> {
        let declared = self.declared();
        let field = declared.field(&model.name, &field.name)?;
        if let Some(make) = field.sql {
            return Some(make(self, alias));
        }
        let of = model.fields.get(field.same_as?)?;
        Some(own_column(self, alias, model, of))
    }
    fn registry(&self) -> &Registry {
        &self.reg
    }
    fn uid(&self) -> Id {
        self.user.id
    }
    fn su(&self) -> bool {
        self.su
    }
    fn lang(&self) -> &str {
        &self.context.lang
    }
    fn company_id(&self) -> Id {
        Env::company_id(self)
    }
    fn company_ids(&self) -> &[Id] {
        if self.context.companies.is_empty() { &self.user.company_ids } else { &self.context.companies }
    }
    fn now(&self) -> NaiveDateTime {
        Env::now(self)
    }
    fn tz(&self) -> Tz {
        Env::tz(self).unwrap_or(Tz::UTC)
    }
    fn active_test(&self) -> bool {
        self.context.active_test
    }
    fn check_read(&self, model: &Model) -> Result<()> {
        self.check_access(&model.name, Operation::Read)
    }
    fn check_field(&self, model: &Model, field: &Field) -> Result<()> {
        Env::check_field(self, model, field, "read")
    }
    fn read_rule(&self, model: &Model) -> Result<Domain> {
        self.rules(model, Operation::Read)
    }
    fn search_path(&self, model: &Model, field: &Field) -> Option<&'static [&'static str; 2]> {
        self.db.declared().search_path(model, &field.name)
    }
    fn is_searched(&self, model: &Model, field: &Field) -> bool {
        self.db.declared().search_of(model, &field.name).is_some()
    }
    fn searched_as_given(&self, model: &Model, field: &Field) -> bool {
        self.db.declared().searched_as_given(model, &field.name)
    }
    fn search_computed(&self, model: &Model, field: &Field, op: Op, value: &Value) -> Option<Result<Domain>> {
        let search = self.db.declared().search_of(model, &field.name)?;
        Some(search(self, op.name(), value))
    }
    fn name_fields(&self, model: &Model) -> Vec<String> {
        let declared = self.db.declared();
        match declared.get(&model.name).map(|d| d.name_search).filter(|f| !f.is_empty()) {
            Some(fields) => fields.iter().map(|f| (*f).to_owned()).collect(),
            None => model.rec_name.iter().cloned().collect(),
        }
    }
    fn user_values(&self, path: &[String]) -> Option<Vec<Value>> {
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        match names.as_slice() {
            ["all_group_ids", "ids"] => Some(self.user.groups.iter().map(|g| Value::from(*g)).collect()),
            ["login"] => Some(vec![Value::from(self.user.login.as_str())]),
            ["partner_id", "id"] => Some(vec![Value::from(self.user.partner_id)]),
            _ => None,
        }
    }
}
