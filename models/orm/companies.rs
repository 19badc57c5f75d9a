//! Records of one company lead to no records of another: fields that say so are checked after they were written.

use std::collections::BTreeMap;

use crate::declare::CompanyOf;
use crate::domain::{Domain, Op};
use crate::env::Env;
use crate::error::{Error, Result};
use crate::registry::{Field, Model};
use crate::value::{Id, Value};

impl Env {
    /// UserError when a written field leads to a record of another company. A change of the company checks every field.
    pub(crate) fn check_companies(&mut self, model: &Model, written: &[&str], ids: &[Id]) -> Result<()> {
        let declared = self.declared();
        let Some(own) = declared.get(&model.name) else { return Ok(()) };
        let moved = written.iter().any(|name| matches!(*name, "company_id" | "company_ids"));
        let checked = |field: &&Field| {
            own.fields.get(field.name.as_str()).is_some_and(|f| f.check_company)
                && field.kind.is_relational()
                && (moved || written.contains(&field.name.as_str()))
        };
        for field in model.fields.values().filter(checked) {
            self.sudo(|env| env.check_companies_of(model, field, ids))?;
        }
        Ok(())
    }

    fn check_companies_of(&mut self, model: &Model, field: &Field, ids: &[Id]) -> Result<()> {
        let targets = self.values(&model.name, &field.name, ids)?;
        if targets.iter().all(|value| linked(value).is_empty()) {
            return Ok(());
        }
        let companies = match () {
            () if field.company_dependent => vec![Value::from(self.company_id()); ids.len()],
            () if model.name == "res.company" => ids.iter().map(|id| Value::from(*id)).collect(),
            () if model.fields.contains_key("company_id") => self.values(&model.name, "company_id", ids)?,
            () if model.fields.contains_key("company_ids") => self.values(&model.name, "company_ids", ids)?,
            () => return Ok(()),
        };
        let mut by_company: BTreeMap<Vec<Id>, Vec<Id>> = BTreeMap::new();
        for (company, target) in companies.iter().zip(&targets) {
            by_company.entry(linked(company)).or_default().extend(linked(target));
        }
        let reg = self.registry();
        let target = reg.target(field)?;
        for (companies, mut led) in by_company {
            led.sort_unstable();
            led.dedup();
            let Some(domain) = self.domain_of_companies(target, &companies)? else { continue };
            let domain = Domain::in_ids("id", &led).and(domain);
            let fit = self.with_context(crate::map! { "active_test" => false }, |env| env.search_all(&target.name, &domain))?;
            if fit.len() < led.len() {
                return Err(Error::user(format!(
                    "{} ({}) leads to records of another company: what belongs together is of one company.",
                    crate::registry::translated(&field.label, "en_US"),
                    field.name
                )));
            }
        }
        Ok(())
    }

    /// Records of a model that those of the companies may lead to; `None`: all.
    fn domain_of_companies(&mut self, target: &Model, companies: &[Id]) -> Result<Option<Domain>> {
        let kind = self.declared().get(&target.name).map(|d| d.company_of).unwrap_or_default();
        let several = !target.fields.contains_key("company_id");
        if several && !target.fields.contains_key("company_ids") {
            return Ok(None);
        }
        let above = match kind {
            CompanyOf::Users if companies.is_empty() => return Ok(None),
            CompanyOf::Users => return Ok(Some(Domain::is_in("company_ids", companies.to_vec()))),
            CompanyOf::Above if several && companies.is_empty() => return Ok(None),
            CompanyOf::Above => self.linked("res.company", "parent_ids", companies)?,
            CompanyOf::Own => companies.to_vec(),
        };
        if several {
            return Ok(Some(Domain::is_in("company_ids", above)));
        }
        Ok(Some(Domain::unset("company_id").or(Domain::cond("company_id", Op::In, Value::from(above)))))
    }
}

/// The ids of a many2one's or an x2many's value.
fn linked(value: &Value) -> Vec<Id> {
    match value {
        Value::List(_) => value.ids(),
        one => one.as_id().into_iter().collect(),
    }
}
