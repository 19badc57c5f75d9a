//! The JSON-RPC envelope, which `/jsonrpc` and the web client's routes share.
//!
//! It is loose: `jsonrpc` and `method` are ignored, any id comes back as it was sent, a missing one is `null`, a
//! body without an envelope is one without parameters. A result of nothing has no `result` key. Errors are status
//! 200; only what is no envelope at all is 400, and what is not JSON by its type 415.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use lastmile_orm::answer::Answer;
use lastmile_orm::error::{Error, Result};
use lastmile_orm::map;
use lastmile_orm::value::{Map, Value};

use crate::State;
use crate::backend::CallError;
use crate::errors::{Dialect, WireError};
use crate::http::body::parse_body;
use crate::http::limits::{Share, read_body, share, too_many_values};
use crate::http::request::{media_type, request_id};
use crate::http::response;
use crate::json::{JsonSink, write_value};

/// What a JSON-RPC request holds besides its parameters.
pub struct Envelope {
    id: Value,
    params: Result<Map>,
    request_id: String,
    /// Held as long as anybody works on the request.
    _share: Option<Share>,
}

impl Envelope {
    /// Checks the content type, reads and parses the body. The error is the answer to send.
    pub async fn read(req: &HttpRequest, payload: web::Payload, state: &State) -> Result<Self, HttpResponse> {
        if !matches!(media_type(req).as_str(), "application/json" | "application/json-rpc") {
            return Err(response::unsupported(req.path(), "application/json, application/json-rpc"));
        }
        let body = read_body(req, payload, state.limits.body).await?;
        let document = match parse_body(body, share(req)).await {
            Ok(document) => document,
            Err(error) if error.too_large() => return Err(too_many_values()),
            Err(_) => return Err(response::text(StatusCode::BAD_REQUEST, "Invalid JSON data")),
        };
        let Value::Map(mut document) = document else {
            return Err(response::text(StatusCode::BAD_REQUEST, "Invalid JSON-RPC data"));
        };
        Ok(Self {
            id: document.shift_remove("id").unwrap_or_default(),
            params: parameters(document.shift_remove("params")),
            request_id: request_id(req),
            _share: share(req),
        })
    }

    /// Takes the parameters out.
    pub fn take_params(&mut self) -> Result<Map, CallError> {
        std::mem::replace(&mut self.params, Ok(Map::new())).map_err(CallError::from)
    }

    /// The answer's bytes for a method's answer.
    pub fn encode(&self, answer: Answer, out: &mut Vec<u8>) -> Result<()> {
        self.open(out);
        if !answer.is_none() {
            out.extend_from_slice(b", \"result\": ");
            answer.write(&mut JsonSink::new(out))?;
        }
        out.push(b'}');
        Ok(())
    }

    fn open(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"jsonrpc\": \"2.0\", \"id\": ");
        write_value(out, &self.id);
    }

    /// Sends a value. Parameters that are none are refused also where nobody needs them, once it is clear who calls.
    pub fn answer(&self, outcome: Result<Value, CallError>) -> HttpResponse {
        let bytes = outcome.and_then(|value| {
            if let Err(error) = &self.params {
                return Err(error.clone().into());
            }
            let mut out = Vec::new();
            self.encode(Answer::Value(value), &mut out)?;
            Ok(out)
        });
        self.send(bytes, Dialect::Web)
    }

    /// Sends bytes that [`Envelope::encode`] made, or an error.
    pub fn send(&self, outcome: Result<Vec<u8>, CallError>, dialect: Dialect) -> HttpResponse {
        match outcome {
            Ok(bytes) => response::json(bytes),
            Err(error) => response::json_error(self.error(error, dialect)),
        }
    }

    fn error(&self, error: CallError, dialect: Dialect) -> Vec<u8> {
        let error = WireError::of(error, dialect, &self.request_id);
        let (code, message) = error.envelope();
        let mut out = Vec::new();
        if code == 0 {
            self.open(&mut out);
        } else {
            // The session and the route are looked at before the id is: recorded so.
            out.extend_from_slice(b"{\"jsonrpc\": \"2.0\", \"id\": null");
        }
        out.extend_from_slice(format!(", \"error\": {{\"code\": {code}, \"message\": \"{message}\", \"data\": ").as_bytes());
        error.write_data(&mut out);
        out.extend_from_slice(b"}}");
        out
    }
}

/// Parameters of a JSON-RPC envelope, as Python's `dict()` takes them.
pub fn parameters(params: Option<Value>) -> Result<Map> {
    match params {
        None => Ok(Map::new()),
        Some(Value::Map(map)) => Ok(map),
        Some(Value::List(list)) if list.is_empty() => Ok(map! {}),
        Some(Value::Str(text)) if text.is_empty() => Ok(map! {}),
        Some(Value::List(_) | Value::Str(_)) => Err(Error::value("params must be an object")),
        Some(other) => Err(Error::type_(format!("'{}' object is not iterable", other.type_name()))),
    }
}
