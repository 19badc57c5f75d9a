//! What is printed and sent: invoices, receipts and statements of account, as data for templates.
//!
//! A document is data here and a sheet elsewhere: [`Printer`] is the port behind which sheets are made.

mod invoice;
mod letter;
pub mod links;
mod receipt;
pub mod sending;
mod statement;

use std::sync::Arc;

use chrono::NaiveDate;
use lastmile_orm::access::Operation;
use lastmile_orm::{Env, Error, Id, Result};
use serde_json::Value as Json;

use crate::words::Catalogues;

/// So many documents may stand in one file.
pub const MAX: usize = 200;

/// The documents' texts.
///
/// # Errors
/// A catalogue line without a text: a mistake of ours.
pub fn words() -> Result<Catalogues> {
    Catalogues::read(&[
        ("en", include_str!("../../../templates/documents/words/en.txt")),
        ("es", include_str!("../../../templates/documents/words/es.txt")),
    ])
}

/// A kind of document: how scripts and the web client name it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Report {
    /// Invoices, bills, credit notes; with what was paid of them, or without.
    Invoice {
        /// Whether payments and what is left are shown.
        payments: bool,
    },
    /// Receipts of payments.
    Receipt,
    /// What customers were billed and paid.
    Statement,
}

impl Report {
    /// The kind behind a report's name; `None` for those that are not made here.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "account.report_invoice_with_payments" => Report::Invoice { payments: true },
            "account.report_invoice" => Report::Invoice { payments: false },
            "account.report_payment_receipt" => Report::Receipt,
            "lastmile.report_partner_statement" => Report::Statement,
            _ => return None,
        })
    }

    /// The model of its records.
    pub fn model(self) -> &'static str {
        match self {
            Report::Invoice { .. } => "account.move",
            Report::Receipt => "account.payment",
            Report::Statement => "res.partner",
        }
    }

    /// The name of its template: a file of `templates/documents`, or the parameter `lastmile.document.<name>`.
    pub fn template(self) -> &'static str {
        match self {
            Report::Invoice { .. } => "invoice",
            Report::Receipt => "receipt",
            Report::Statement => "statement",
        }
    }
}

/// The time of a statement. Without a beginning it is a year.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Period {
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
}

/// Documents as a template reads them.
#[derive(Clone, Debug, PartialEq)]
pub struct Papers {
    pub report: Report,
    /// `title`, `company` and `documents`; amounts and days are written as the reader's language does.
    pub data: Json,
    /// The company's picture.
    pub logo: Option<Vec<u8>>,
    /// What the QR codes say, in the order of the documents' `code`.
    pub codes: Vec<String>,
    /// A name for the file, without an ending.
    pub name: String,
    /// The provider's own template in place of ours: the parameter `lastmile.document.<name>`.
    pub template: Option<String>,
}

/// The registered port.
pub struct Press(pub Arc<dyn Printer>);

/// Makes sheets of papers.
pub trait Printer: Send + Sync {
    /// As PDF.
    ///
    /// # Errors
    /// UserError when the template that a provider wrote does not compile, with what is wrong with it.
    fn pdf(&self, papers: &Papers) -> Result<Vec<u8>>;

    /// As a page.
    ///
    /// # Errors
    /// A template of ours that does not render.
    fn html(&self, papers: &Papers) -> Result<String>;
}

/// The documents of records that the acting user may read.
///
/// # Errors
/// AccessError; MissingError for records that are gone; UserError when there are none, or more than [`MAX`].
pub fn papers(env: &mut Env, report: Report, ids: &[Id], period: Period) -> Result<Papers> {
    let mut wanted: Vec<Id> = Vec::with_capacity(ids.len());
    for id in ids {
        if !wanted.contains(id) {
            wanted.push(*id);
        }
    }
    if wanted.is_empty() || wanted.len() > MAX {
        return Err(Error::user(format!("Choose between one and {MAX} documents.")));
    }
    let model = report.model();
    env.check_access(model, Operation::Read)?;
    env.check_records(model, &wanted, Operation::Read)?;
    if report == Report::Statement {
        env.check_access("account.move", Operation::Read)?;
    }
    of_owner(env, report, &wanted, period)
}

/// As [`papers`], of records that were found to be the reader's own.
///
/// # Errors
/// As [`papers`], but for access.
pub fn of_owner(env: &mut Env, report: Report, ids: &[Id], period: Period) -> Result<Papers> {
    gathered(env, report, ids, period, true)
}

/// As [`of_owner`], for a page that is at the address to which codes would lead: nothing is written.
///
/// # Errors
/// As [`of_owner`].
pub fn without_codes(env: &mut Env, report: Report, ids: &[Id], period: Period) -> Result<Papers> {
    gathered(env, report, ids, period, false)
}

fn gathered(env: &mut Env, report: Report, ids: &[Id], period: Period, codes: bool) -> Result<Papers> {
    let words = words()?;
    let papers = env.sudo(|env| match report {
        Report::Invoice { payments } => invoice::papers(env, &words, ids, payments, codes),
        Report::Receipt => receipt::papers(env, &words, ids),
        Report::Statement => statement::papers(env, &words, ids, period),
    })?;
    let template = env.parameter(&format!("lastmile.document.{}", report.template()))?.filter(|text| !text.trim().is_empty());
    Ok(Papers { template, ..papers })
}
