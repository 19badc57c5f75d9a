//! Documents for whoever asks: papers of the models, made into sheets and pages.

use std::sync::Arc;

use lastmile_models::account::documents::{self, Papers, Period, Press, Printer, Report};
use lastmile_orm::convert::to_date;
use lastmile_orm::error::{Error, Result};
use lastmile_orm::value::{Id, Map, Value};
use lastmile_orm::{Database, Tx};
use lastmile_rpc::backend::Form;
use lastmile_rpc::{CallError, Content, Printed};
use tera::{Context, Tera};

/// The templates of sheets, which a parameter of the same name may replace.
#[cfg(feature = "documents")]
const SHEETS: &[(&str, &str)] = &[
    ("invoice", include_str!("../templates/documents/invoice.typ")),
    ("receipt", include_str!("../templates/documents/receipt.typ")),
    ("statement", include_str!("../templates/documents/statement.typ")),
];

/// Makes sheets with Typst and pages with Tera.
struct House {
    tera: Arc<Tera>,
}

/// Lets the models of a database print.
pub fn register(db: &Arc<Database>, tera: Arc<Tera>) {
    db.set_port(Arc::new(Press(Arc::new(House { tera }))));
}

impl Printer for House {
    #[cfg(feature = "documents")]
    fn pdf(&self, papers: &Papers) -> Result<Vec<u8>> {
        let ours = SHEETS.iter().find(|(name, _)| *name == papers.report.template()).map(|(_, text)| *text);
        let template = papers.template.as_deref().or(ours).ok_or_else(|| Error::internal("no template"))?;
        let sheet = lastmile_reports::Sheet {
            template,
            layout: include_str!("../templates/documents/layout.typ"),
            data: &papers.data,
            logo: papers.logo.as_deref(),
            codes: &papers.codes,
        };
        lastmile_reports::pdf(&sheet).map_err(|failure| match papers.template {
            Some(_) => Error::user(format!("The document cannot be made: {failure}")),
            None => Error::internal(format!("document: {failure}")),
        })
    }

    #[cfg(not(feature = "documents"))]
    fn pdf(&self, _: &Papers) -> Result<Vec<u8>> {
        Err(Error::user("This server makes no PDF."))
    }

    fn html(&self, papers: &Papers) -> Result<String> {
        let mut context = Context::new();
        context.insert("data", &papers.data);
        let name = format!("documents/{}.html", papers.report.template());
        self.tera.render(&name, &context).map_err(|error| Error::internal(format!("document: {error:?}")))
    }
}

/// The period that options ask for.
fn period(options: &Map) -> Result<Period> {
    let day = |name: &str| match options.get(name) {
        Some(value) if value.truthy() => to_date(value),
        _ => Ok(None),
    };
    Ok(Period { from: day("date_from")?, to: day("date_to")? })
}

/// What is in a form of papers, and its media type.
pub fn made(db: &Database, papers: &Papers, form: Form) -> Result<Content> {
    let press = db.port::<Press>().ok_or_else(|| Error::internal("no printer"))?;
    let (bytes, mimetype, ending) = match form {
        Form::Pdf => (press.0.pdf(papers)?, "application/pdf", "pdf"),
        Form::Html | Form::Text => (press.0.html(papers)?.into_bytes(), "text/html; charset=utf-8", "html"),
    };
    Ok(Content { bytes, mimetype: mimetype.into(), name: format!("{}.{ending}", papers.name), ..Content::default() })
}

/// A report for a user who may read its records.
pub fn report(db: &Arc<Database>, uid: Id, wanted: &Printed) -> std::result::Result<Content, CallError> {
    let report = Report::named(&wanted.name).ok_or_else(|| CallError::NoModel(wanted.name.clone()))?;
    let period = period(&wanted.options)?;
    // Links to pages of the portal need tokens, which are made when first needed.
    let papers = db.run(uid, Tx::Write, |env| {
        let mut context = env.user().lang.clone().map(|lang| ("lang".to_owned(), Value::Str(lang))).into_iter().collect::<Map>();
        context.extend(wanted.context.clone());
        env.set_context(context)?;
        documents::papers(env, report, &wanted.ids, period)
    })?;
    Ok(made(db, &papers, wanted.form)?)
}
