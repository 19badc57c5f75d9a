//! From domains to conditions: the tree, paths, and who may look where.

use crate::error::{Error, Result};
use crate::registry::{Field, Kind, Model};
use crate::sql::{Cond, Sql};
use crate::value::Value;

use super::condition::{self as test, Test};
use super::{Condition, Domain, Host, MAX_TABLES, Op, Operand, Query, column, hierarchy, operands, relational, temporal};

/// How deep sub-domains and computed searches may lead on; computed searches could go in circles.
const MAX_LEVEL: usize = 100;

/// The records of a domain that the reader may see: rights, rules, archived records.
pub fn search(host: &dyn Host, model: &Model, domain: &Domain) -> Result<Query> {
    let mut query = Query::new(model);
    Translator::new(host).fill(&mut query, model, domain, host.active_test())?;
    Ok(query)
}

/// Adds a domain to a query, as the reader. Neither rules nor archived records of the model itself are
/// considered.
pub fn add(host: &dyn Host, query: &mut Query, model: &Model, domain: &Domain) -> Result<()> {
    let cond = condition(Translator::new(host), query, model, domain)?;
    query.and_where(cond);
    Ok(())
}

/// Adds a record rule to a query: paths in rules see everything, archived records included.
pub fn add_rule(host: &dyn Host, query: &mut Query, model: &Model, rule: &Domain) -> Result<()> {
    let cond = rule_condition(host, query, model, rule)?;
    query.and_where(cond);
    Ok(())
}

/// A record rule as a condition on a query's own row, for its truth as a column. It needs no joins.
pub fn rule_condition(host: &dyn Host, query: &mut Query, model: &Model, rule: &Domain) -> Result<Cond> {
    condition(Translator::new(host).for_rules(), query, model, rule)
}

fn condition(translator: Translator<'_>, query: &mut Query, model: &Model, domain: &Domain) -> Result<Cond> {
    let alias = query.alias().to_owned();
    translator.domain(query, &alias, model, domain)
}

/// Translates in the name of a reader.
#[derive(Clone, Copy)]
pub(super) struct Translator<'h> {
    pub(super) host: &'h dyn Host,
    /// Rights and rules do not apply.
    pub(super) su: bool,
    /// Archived records of x2many targets are left out.
    pub(super) active_test: bool,
    /// Targets may be joined to the query; otherwise conditions are sub-selects and stand for themselves.
    pub(super) joins: bool,
    level: usize,
}

impl<'h> Translator<'h> {
    pub(super) fn new(host: &'h dyn Host) -> Self {
        Translator { host, su: host.su(), active_test: host.active_test(), joins: true, level: 0 }
    }

    /// The same reader, without rights and rules, archived records included, and without joins: the truth of a
    /// rule also stands in select lists.
    pub(super) fn for_rules(self) -> Self {
        Translator { su: true, active_test: false, joins: false, ..self }
    }

    /// The same reader, without rights and rules.
    pub(super) fn as_su(self) -> Self {
        Translator { su: true, ..self }
    }

    pub(super) fn deeper(self) -> Result<Self> {
        if self.level >= MAX_LEVEL {
            return Err(Error::value("The domain leads too deep"));
        }
        Ok(Translator { level: self.level + 1, ..self })
    }

    /// Fills a query: the domain, archived records, rights and rules.
    pub(super) fn fill(self, query: &mut Query, model: &Model, domain: &Domain, active_test: bool) -> Result<()> {
        let alias = query.alias().to_owned();
        self.fill_at(query, &alias, model, domain, active_test)
    }

    /// The same for a model that is joined under another alias.
    pub(super) fn fill_at(self, query: &mut Query, alias: &str, model: &Model, domain: &Domain, active_test: bool) -> Result<()> {
        if !self.su {
            self.host.check_read(model)?;
        }
        let cond = self.domain(query, alias, model, domain)?;
        query.and_where(cond);
        if active_test
            && let Some(active) = model.active_field.as_deref()
            && !domain.mentions(active)
        {
            let cond = self.as_su().domain(query, alias, model, &Domain::eq(active, true))?;
            query.and_where(cond);
        }
        if !self.su {
            let rule = self.host.read_rule(model)?;
            let cond = self.for_rules().domain(query, alias, model, &rule)?;
            query.and_where(cond);
        }
        Ok(())
    }

    /// A domain as a condition on the row of an alias.
    pub(super) fn domain(self, query: &mut Query, alias: &str, model: &Model, domain: &Domain) -> Result<Cond> {
        Ok(match domain {
            Domain::True => Cond::True,
            Domain::False => Cond::False,
            Domain::And(all) | Domain::Or(all) if all.iter().any(|part| decides(domain, part)) => {
                // As the reference: what stands before the part that decides has to name fields, what stands after is not looked at.
                for part in all.iter().take_while(|part| !decides(domain, part)) {
                    if let Domain::Cond(condition) = part {
                        model.field(condition.field.split('.').next().unwrap_or_default())?;
                    }
                }
                if matches!(domain, Domain::And(_)) { Cond::False } else { Cond::True }
            }
            Domain::And(all) => {
                let parts = all.iter().map(|d| self.domain(query, alias, model, d)).collect::<Result<Vec<_>>>()?;
                parts.into_iter().fold(Cond::True, Cond::and)
            }
            Domain::Or(any) => {
                let parts = any.iter().map(|d| self.domain(query, alias, model, d)).collect::<Result<Vec<_>>>()?;
                parts.into_iter().fold(Cond::False, Cond::or)
            }
            Domain::Not(inner) => match &**inner {
                // The operator's own inverse reads better and can use an index.
                Domain::Cond(c) if c.op.inverse().is_some() && !c.field.contains('.') => {
                    let condition = Condition { op: c.op.inverse().unwrap_or(c.op), ..(**c).clone() };
                    self.condition(query, alias, model, &condition)?
                }
                other => self.domain(query, alias, model, other)?.negate(),
            },
            Domain::Cond(condition) => self.condition(query, alias, model, condition)?,
        })
    }

    fn condition(self, query: &mut Query, alias: &str, model: &Model, c: &Condition) -> Result<Cond> {
        if query.tables() > MAX_TABLES {
            return Err(Error::value(format!("The domain leads to more than {MAX_TABLES} tables: put long lists of values into one 'in'")));
        }
        let (name, rest) = c.field.split_once('.').map_or((c.field.as_str(), None), |(name, rest)| (name, Some(rest)));
        let field = model.field(name)?;
        if !self.su {
            self.host.check_field(model, field)?;
        }
        match rest {
            None => self.on_field(query, alias, model, field, c.op, &c.operand),
            Some("") if field.kind.is_relational() => Ok(Cond::False),
            Some(rest) if field.kind.is_relational() => {
                let inner = Domain::with(rest, c.op, c.operand.clone());
                self.on_field(query, alias, model, field, Op::Any, &Operand::Domain(inner))
            }
            Some(part) if matches!(field.kind, Kind::Date | Kind::Datetime) => {
                let value = self.value(query, alias, model, field)?;
                temporal::part_condition(self.host, field, value, part, c.op, &c.operand)
            }
            Some(_) => Err(Error::value(format!("Invalid path '{}' on '{}'", c.field, model.name))),
        }
    }

    /// A condition on one field, wherever its value is.
    pub(super) fn on_field(self, query: &mut Query, alias: &str, model: &Model, field: &Field, op: Op, operand: &Operand) -> Result<Cond> {
        let this = self.deeper()?;
        if field.name == "id" && op.is_any() {
            let negative = op.is_negative();
            let cond = match operand {
                Operand::Domain(domain) => this.domain(query, alias, model, domain)?,
                _ => test::in_query(Sql::column(alias, "id"), operand)?,
            };
            return Ok(if negative { cond.negate() } else { cond });
        }
        if op.is_any() && !field.kind.is_relational() {
            return Err(Error::value(format!("'{}' cannot be used on '{}.{}'", op.name(), model.name, field.name)));
        }
        if let (Kind::Boolean, Op::In | Op::NotIn, Operand::Value(Value::List(values))) = (field.kind, op, operand)
            && (field.store || !self.host.is_searched(model, field))
            && values.iter().any(operands::boolean)
            && values.iter().any(|value| !operands::boolean(value))
        {
            return Ok(if op == Op::In { Cond::True } else { Cond::False });
        }
        if op.is_exact_like() && matches!(operand, Operand::Value(value) if value.truthy() && value.as_str().is_none()) {
            return Err(Error::type_("The pattern must be a text"));
        }
        if field.name == "display_name" {
            return this.display_name(query, alias, model, op, operand);
        }
        if op.is_hierarchy() {
            return hierarchy::condition(this, query, alias, model, field, op, operand);
        }
        if !field.store {
            return this.not_stored(query, alias, model, field, op, operand);
        }
        if field.kind.is_x2many() {
            return relational::x2many(this, query, alias, model, field, op, operand);
        }
        if field.kind == Kind::Binary && field.column.is_none() {
            return Ok(column::attachment(query, alias, model, field, op, operand));
        }
        if field.column.is_none() {
            return this.not_stored(query, alias, model, field, op, operand);
        }
        let value = this.value(query, alias, model, field)?;
        if field.kind == Kind::Many2one {
            return relational::many2one(this, query, alias, model, field, value, op, operand);
        }
        test::scalar(this.host, field, value, op.is_negative(), &test::test(op, operand)?)
    }

    /// The SQL of a field that has a column, or is reached through many2one columns.
    pub(super) fn value(self, query: &mut Query, alias: &str, model: &Model, field: &Field) -> Result<Sql> {
        column::column_sql(self.host, query, alias, model, field)
    }

    /// Related fields follow their path, computed ones their declared search.
    fn not_stored(self, query: &mut Query, alias: &str, model: &Model, field: &Field, op: Op, operand: &Operand) -> Result<Cond> {
        if let Some(path) = &field.related {
            return self.related(query, alias, model, field, path, op, operand);
        }
        if let (Some([lines, link]), Operand::Domain(_) | Operand::Query(_)) = (self.host.search_path(model, field), operand) {
            let positive = Domain::any_bypass(*lines, Domain::with(*link, op.positive(), operand.clone()));
            let cond = self.as_su().domain(query, alias, model, &positive)?;
            return Ok(if op.is_negative() { cond.negate() } else { cond });
        }
        let asked = test::test(op, operand);
        if let Ok(Test::Const(known)) = asked {
            return Ok(if known { Cond::True } else { Cond::False });
        }
        let form =
            if self.host.searched_as_given(model, field) { given_form(field, op, operand) } else { computed_form(field, op, operand) };
        if let Some((op, value, negative)) = form
            && let Some(domain) = self.host.search_computed(model, field, op, &value)
        {
            let cond = self.domain(query, alias, model, &domain?)?;
            return Ok(if negative { cond.negate() } else { cond });
        }
        // A field of other records with a search of its own takes ids alone.
        let takes_ids = || self.host.search_computed(model, field, Op::Eq, &Value::None).is_some();
        match self.host.computed_sql(alias, model, field) {
            Some(value) if !field.kind.is_relational() => test::scalar(self.host, field, value, op.is_negative(), &asked?),
            _ if !matches!(operand, Operand::Value(_)) && takes_ids() => Err(Error::unfit(op.name())),
            _ => Err(Error::value(format!("'{}.{}' cannot be searched", model.name, field.name))),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a condition in its place")]
    fn related(
        self,
        query: &mut Query,
        alias: &str,
        model: &Model,
        field: &Field,
        path: &[String],
        op: Op,
        operand: &Operand,
    ) -> Result<Cond> {
        let Some((last, steps)) = path.split_last() else { return Err(Error::internal("empty related path")) };
        let null = empty_among(field.kind, operand);
        if op.is_negative() && !null {
            let op = op.positive();
            return Ok(self.related(query, alias, model, field, path, op, operand)?.negate());
        }
        // Negative here means "has a value", which an empty step has not.
        let or_empty = !op.is_negative() && null;
        let mut models = vec![model];
        for step in steps {
            let at = models.last().copied().unwrap_or(model);
            models.push(self.host.registry().target(at.field(step)?)?);
        }
        let mut domain = Domain::with(last, op, operand.clone());
        for (step, at) in steps.iter().zip(&models).rev() {
            let many2one = at.field(step)?.kind == Kind::Many2one;
            domain = Domain::any_bypass(step, domain);
            if or_empty && many2one {
                domain = domain.or(Domain::unset(step));
            }
        }
        self.as_su().domain(query, alias, model, &domain)
    }

    /// Records by name: one of the model's name fields matches; for negative operators, none does.
    fn display_name(self, query: &mut Query, alias: &str, model: &Model, op: Op, operand: &Operand) -> Result<Cond> {
        if let Operand::Value(value) = operand
            && op.is_like()
            && !op.is_exact_like()
            && !value.truthy()
        {
            return Ok(if op.is_negative() { Cond::False } else { Cond::True });
        }
        let positive = op.positive();
        let declared = model.fields.get("display_name").and_then(|field| {
            let (op, value, _) = computed_form(field, positive, operand)?;
            self.host.search_computed(model, field, op, &value)
        });
        let domain = match declared {
            Some(domain) => domain?,
            None => self.name_domain(model, positive, operand)?,
        };
        let cond = self.domain(query, alias, model, &domain)?;
        Ok(if op.is_negative() { cond.negate() } else { cond })
    }

    fn name_domain(self, model: &Model, op: Op, operand: &Operand) -> Result<Domain> {
        let names = self.host.name_fields(model);
        if names.is_empty() {
            return Ok(Domain::True);
        }
        let mut domain = Domain::False;
        for path in names {
            let mut at = model;
            let mut kind = Kind::Char;
            for step in path.split('.') {
                let field = at.field(step)?;
                kind = field.kind;
                if field.kind.is_relational() {
                    at = self.host.registry().target(field)?;
                }
            }
            if kind.is_relational() {
                domain = domain.or(Domain::with(format!("{path}.display_name"), op, operand.clone()));
            } else if op.is_like() || test::fits(kind, operand) {
                domain = domain.or(Domain::with(path, op, operand.clone()));
            }
        }
        Ok(domain)
    }
}

/// Whether one part of a conjunction or disjunction decides it by itself, whatever the records hold.
fn decides(whole: &Domain, part: &Domain) -> bool {
    let nothing = |condition: &Condition| matches!(&condition.operand, Operand::Value(Value::List(values)) if values.is_empty());
    match (whole, part) {
        (Domain::And(_), Domain::False) | (Domain::Or(_), Domain::True) => true,
        (Domain::And(_), Domain::Cond(condition)) => condition.op == Op::In && nothing(condition),
        (Domain::Or(_), Domain::Cond(condition)) => condition.op == Op::NotIn && nothing(condition),
        _ => false,
    }
}

/// What a declared search gets: a positive operator, a plain value, booleans as `= true`; and whether the
/// result is to be negated. `None`: there is nothing to ask with, or no need to.
fn computed_form(field: &Field, op: Op, operand: &Operand) -> Option<(Op, Value, bool)> {
    let Operand::Value(value) = operand else { return None };
    let (mut negative, mut op) = (op.is_negative(), op.positive());
    let mut value = value.clone();
    if matches!(op, Op::Eq | Op::In) {
        op = if matches!(value, Value::List(_)) { Op::In } else { Op::Eq };
    }
    if let Value::List(items) = &mut value
        && op == Op::In
        && items.len() == 1
    {
        op = Op::Eq;
        value = items.pop().unwrap_or_default();
    }
    if field.kind == Kind::Boolean && op == Op::Eq {
        negative ^= !operands::boolean(&value);
        value = Value::Bool(true);
    }
    Some((op, value, negative))
}

/// The same for a search that looks at negative operators itself: only booleans lose them.
fn given_form(field: &Field, op: Op, operand: &Operand) -> Option<(Op, Value, bool)> {
    let (positive, value, _) = computed_form(field, op, operand)?;
    if field.kind == Kind::Boolean && positive == Op::Eq {
        let Operand::Value(given) = operand else { return None };
        let truth = match given {
            Value::List(values) => values.first().is_some_and(operands::boolean),
            one => operands::boolean(one),
        };
        return Some((Op::Eq, Value::Bool(truth != op.is_negative()), false));
    }
    let own = if op.is_negative() { positive.inverse().unwrap_or(op) } else { positive };
    Some((own, value, false))
}

/// Whether "nothing" is among what is compared.
fn empty_among(kind: Kind, operand: &Operand) -> bool {
    let empty = |value: &Value| match kind {
        _ if value.is_empty_mark() => true,
        Kind::Integer | Kind::Float | Kind::Monetary | Kind::Many2oneReference => value.as_float() == Some(0.0),
        _ => matches!(value, Value::Str(text) if text.is_empty() && kind.is_text()),
    };
    match operand {
        Operand::Value(Value::List(items)) => items.iter().any(empty),
        Operand::Value(value) => empty(value),
        Operand::User { values, .. } => values.iter().any(empty),
        Operand::Domain(_) | Operand::Query(_) => false,
    }
}
