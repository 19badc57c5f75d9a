//! The port between the wire and the product.
//!
//! The wire hands over *who calls* ([`Caller`]) and *what is called* ([`Call`]); the product answers bytes through
//! a closure, because an answer may hold database rows that must not leave the thread of their connection.

use std::net::IpAddr;

use chrono::NaiveDateTime;
use lastmile_orm::answer::Answer;
use lastmile_orm::error::{Error, Result};
use lastmile_orm::value::{Id, Map, Value};

/// What the wire needs from the product. All methods block and are called on the blocking pool.
pub trait Backend: Send + Sync + 'static {
    /// The one database that is served.
    fn db_name(&self) -> &str;

    /// Whether the database answers.
    fn alive(&self) -> bool;

    /// The languages of the product as `[[code, name], ...]`: `db.list_lang`.
    fn languages(&self) -> Result<Value>;

    /// How an installed language writes dates and numbers, by its code; `None` when it is not installed.
    fn language(&self, code: &str) -> Result<Option<Map>>;

    /// The user of a login with a password or an API key; `None` when they are wrong, the user is archived or
    /// unknown. Throttling is [`Error::AccessDenied`].
    fn login(&self, login: &str, password: &str, from: &Peer) -> Result<Option<Id>>;

    /// Checks the caller, runs the call in its transaction, commits, then hands the answer to `encode` on the same
    /// thread, once. What `encode` refuses is returned as is: the work stays committed.
    ///
    /// Wrong credentials are `AccessDenied` for [`Caller::Password`] (`Missing` when no such user exists),
    /// `SessionExpired` for [`Caller::Session`], [`CallError::BadKey`] for [`Caller::ApiKey`].
    fn execute(
        &self,
        caller: &Caller,
        from: &Peer,
        call: Call,
        encode: &mut dyn FnMut(Answer) -> Result<()>,
    ) -> std::result::Result<(), CallError>;

    /// Answers a question of the web client or a document, with the caller checked as in [`Backend::execute`].
    fn query(&self, caller: &Caller, from: &Peer, query: Query) -> std::result::Result<Value, CallError>;

    /// The content of a binary field or attachment. `None`: there is none that this caller may see; nobody learns
    /// which. Visitors without a (living) session are the public user.
    fn content(&self, caller: Option<&Caller>, from: &Peer, wanted: &Wanted) -> std::result::Result<Option<Content>, CallError> {
        let _ = (caller, from, wanted);
        Ok(None)
    }

    /// A document about records, for a caller who may read them. [`CallError::NoModel`] with the report's name when there is no such report.
    fn report(&self, caller: &Caller, from: &Peer, wanted: &Printed) -> std::result::Result<Content, CallError> {
        let _ = (caller, from);
        Err(CallError::NoModel(wanted.name.clone()))
    }

    /// Opens a web session with a *password*: API keys are `AccessDenied` here, as are wrong ones. The session
    /// `replaces` ends when (and only when) the login succeeds. Of users with a second factor the session is
    /// [`Session::waiting`]: it opens nothing before [`Backend::second_factor`].
    fn open_session(&self, login: &str, password: &str, from: &Peer, replaces: Option<&str>) -> Result<Session>;

    /// Takes the code of a second factor for a session that waits for it, and answers the session in its place.
    /// `SessionExpired` when none waits, `AccessDenied` for wrong codes.
    fn second_factor(&self, token: &str, code: &str, from: &Peer) -> Result<Session> {
        let _ = (token, code, from);
        Err(Error::SessionExpired)
    }

    /// The session of a cookie's token, unless unknown, ended or made invalid by a changed password.
    fn session(&self, token: &str) -> Result<Option<Session>>;

    /// As [`Backend::session`], for answers that can bring a cookie: after a change of rights the token is a new one,
    /// and [`Session::token`] is the one to use from now on.
    fn renewed_session(&self, token: &str) -> Result<Option<Session>> {
        self.session(token)
    }

    /// Ends a session. Unknown tokens are ignored.
    fn close_session(&self, token: &str) -> Result<()>;
}

/// Who calls, as told by the request and not yet checked.
#[derive(Clone)]
pub enum Caller {
    /// `execute_kw`: a user with a password or an API key.
    Password {
        /// The user's id, above zero.
        uid: Id,
        /// The password or key, not empty.
        password: String,
    },
    /// The token of a session cookie.
    Session(String),
    /// `Authorization: bearer`.
    ApiKey(String),
}

/// A call of a model's method.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// Name of the model.
    pub model: String,
    /// Name of the method.
    pub method: String,
    /// Positional arguments; empty for [`Style::Named`].
    pub args: Vec<Value>,
    /// Arguments by name. `context` is among them in every style.
    pub kwargs: Map,
    /// How the records are given.
    pub style: Style,
}

/// The calling forms.
#[derive(Debug, Clone, PartialEq)]
pub enum Style {
    /// Record methods find their ids in `args[0]` (`IndexError` when there is none).
    Positional,
    /// All by name, the ids apart. Arguments that do not fit the signature, and ids for a model method, are
    /// [`CallError::BadArguments`]. Some answers differ: `create` always answers a list.
    Named {
        /// The ids; empty when none were given.
        ids: Vec<Value>,
    },
}

/// Questions that are no method of a model.
#[derive(Debug, Clone, PartialEq)]
pub enum Query {
    /// What `/web/session/authenticate` and `get_session_info` answer.
    SessionInfo,
    /// The menus the user may see, by id, with `root`.
    Menus,
    /// One action: by id, external id or path. [`CallError::MissingAction`] when there is none.
    Action {
        /// As the client sent it.
        action: Value,
        /// The client's context.
        context: Map,
    },
    /// The names under which actions and records stand in the way back, one for each.
    Breadcrumbs(Vec<Value>),
    /// Fields of models, for clients that build forms of their own: those that stay within the models.
    Definitions {
        /// Names of the models.
        models: Vec<String>,
    },
    /// Whether a domain fits a model: `true` or `false`; `Validation` for an unknown model.
    ValidateDomain {
        /// Name of the model.
        model: String,
        /// The domain.
        domain: Value,
    },
    /// Rows of records for a spreadsheet: `{label, datas}`, the label being the model's.
    Export {
        /// Name of the model.
        model: String,
        /// Columns, as paths.
        fields: Vec<String>,
        /// The records; `None`: those of the domain.
        ids: Option<Value>,
        /// Which records.
        domain: Value,
        /// The client's context, with `import_compat`.
        context: Map,
    },
    /// What the export dialog shows of a model; the parameters are the dialog's.
    ExportFields(Map),
    /// A saved list of fields.
    ExportNames {
        /// Name of the model.
        model: String,
        /// The list.
        export: Value,
    },
    /// The names of the installed modules.
    Modules,
    /// All models with their fields and methods in short.
    DocIndex,
    /// One model's fields and methods, with parameters in order. [`CallError::NoModel`] when there is none.
    Doc {
        /// Name of the model.
        model: String,
    },
}

/// A file that is asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Wanted {
    /// The logo of a company, or of the first one.
    Logo(Option<Id>),
    /// Nothing in particular: the placeholder of images.
    #[default]
    Placeholder,
    /// A field of a record.
    Field {
        /// External id, in place of model and id.
        xmlid: Option<String>,
        /// Name of the model.
        model: String,
        /// The record.
        id: Id,
        /// The binary field.
        field: String,
        /// The field that names the file.
        name_field: String,
        /// An attachment's access token.
        token: Option<String>,
        /// An image within `(width, height, cropped)`, 0 leaving a side open. There is a placeholder for missing ones.
        image: Option<(u32, u32, bool)>,
    },
}

/// The form of a document.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Form {
    /// Sheets.
    Pdf,
    /// A page.
    Html,
    /// Plain text.
    Text,
}

/// A document that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Printed {
    /// The report: `account.report_invoice`.
    pub name: String,
    /// Its form.
    pub form: Form,
    /// The records.
    pub ids: Vec<Id>,
    /// The client's context.
    pub context: Map,
    /// Other parameters of the address.
    pub options: Map,
}

/// A file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Content {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its media type.
    pub mimetype: String,
    /// Its name, perhaps without an ending.
    pub name: String,
    /// When it changed last, UTC.
    pub modified: Option<NaiveDateTime>,
    /// It is elsewhere.
    pub url: Option<String>,
}

/// An open web session.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// The cookie's value. Stores keep only its hash.
    pub token: String,
    /// The user.
    pub uid: Id,
    /// An internal user: goes to `/odoo` after login, others to `/my`.
    pub internal: bool,
    /// The second factor is still missing.
    pub waiting: bool,
}

/// Where a request comes from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Peer {
    /// The client's address.
    pub addr: Option<IpAddr>,
    /// Scheme and host as the client wrote them: `https://isp.example.com`.
    pub origin: String,
    /// The `User-Agent` header.
    pub user_agent: String,
    /// The request's id, for logs.
    pub request_id: String,
}

/// Why a call failed: an error of the product, or one that envelopes tell apart.
#[derive(Debug, Clone, PartialEq)]
pub enum CallError {
    /// An error of the product.
    Error(Error),
    /// The model does not exist. `UserError` on the services, 404 on the web client's routes and JSON-2.
    NoModel(String),
    /// The model has no such method. `AttributeError`, on JSON-2 404. (A private method is `Error::Access`.)
    NoMethod {
        /// Name of the model.
        model: String,
        /// Name of the method.
        method: String,
    },
    /// The arguments do not fit the method. `TypeError`, on JSON-2 422.
    BadArguments(String),
    /// The API key is unknown or has expired.
    BadKey,
    /// The client's program asks for what makes no sense.
    BadRequest(String),
    /// `/web/action/load` found no action.
    MissingAction(String),
}

impl From<Error> for CallError {
    fn from(error: Error) -> Self {
        CallError::Error(error)
    }
}

/// Credentials never reach a log through `{:?}`.
impl std::fmt::Debug for Caller {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Caller::Password { uid, .. } => write!(f, "Password({uid})"),
            Caller::Session(_) => f.write_str("Session"),
            Caller::ApiKey(_) => f.write_str("ApiKey"),
        }
    }
}
