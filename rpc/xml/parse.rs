//! Requests: a document to the method's name and parameters.
//!
//! ```text
//! call    = "<methodCall>" { "<methodName>" text "</methodName>" | params } "</methodCall>"
//! params  = "<params>" { "<param>" value "</param>" } "</params>"
//! value   = "<value>" ( text | typed ) "</value>"
//! typed   = int | double | boolean | string | date | base64 | nil | array | struct
//! int     = ("int" | "i1" | "i2" | "i4" | "i8" | "biginteger") with digits of any length
//! double  = ("double" | "float" | "bigdecimal")
//! array   = "<array><data>" { value } "</data></array>"
//! struct  = "<struct>" { "<member><name>" text "</name>" value "</member>" } "</struct>"
//! ```
//! Names may carry a prefix (`<ex:nil/>`); attributes, comments and processing instructions are passed over.
//! Documents are UTF-8 unless they declare another of the few encodings that clients use. A DOCTYPE is refused, and
//! with it every entity but the five of XML itself: nothing can expand.

use std::borrow::Cow;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chrono::NaiveDateTime;
use encoding_rs::Encoding;
use lastmile_orm::value::{Map, Value};
use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::Event;

use crate::http::limits::{DEPTH, VALUES};

/// A request.
#[derive(Debug, Clone, PartialEq)]
pub struct MethodCall {
    /// The method; may be empty.
    pub method: String,
    /// Its parameters in order.
    pub params: Vec<Value>,
}

/// Why a document is no request. Clients see the text in a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError(pub String);

type Result<T, E = ParseError> = std::result::Result<T, E>;

/// Encoders of clients differ in padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true).with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Reads a whole document.
pub fn parse(bytes: &[u8]) -> Result<MethodCall> {
    let text = decode(bytes)?;
    let mut reader = Reader::from_str(&text);
    reader.config_mut().expand_empty_elements = true;
    let mut parser = Parser { reader, values: 0 };
    let call = match parser.tag()? {
        Tag::Open(name) if name == "methodCall" => parser.call()?,
        Tag::Open(name) => return Err(fail(format!("expected methodCall, found {name}"))),
        Tag::Close | Tag::End => return Err(fail("no element found")),
    };
    match parser.tag()? {
        Tag::End => Ok(call),
        Tag::Open(_) | Tag::Close => Err(fail("junk after document element")),
    }
}

fn fail(text: impl Into<String>) -> ParseError {
    ParseError(text.into())
}

/// The document as text, by its byte order mark or its declaration.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>> {
    let text = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest)?,
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes)?,
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes)?,
        _ => match declared_encoding(bytes).as_deref() {
            None | Some("utf-8" | "utf8") => utf8(bytes)?,
            Some("us-ascii" | "ascii") if bytes.is_ascii() => utf8(bytes)?,
            Some("iso-8859-1" | "iso8859-1" | "latin-1" | "latin1") => Cow::Owned(bytes.iter().map(|&b| char::from(b)).collect()),
            Some(other) => {
                let known = Encoding::for_label_no_replacement(other.as_bytes());
                let known = known.ok_or_else(|| fail(format!("unknown encoding {other}")))?;
                let text = known.decode_without_bom_handling_and_without_replacement(bytes);
                text.ok_or_else(|| fail("not well-formed (invalid token)"))?
            }
        },
    };
    if text.chars().any(|c| !allowed(c)) {
        return Err(fail("not well-formed (invalid token)"));
    }
    // Lines end with one character inside the document, whatever ended them outside.
    Ok(if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")) } else { text })
}

fn utf8(bytes: &[u8]) -> Result<Cow<'_, str>> {
    std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|_| fail("not well-formed (invalid UTF-8)"))
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'static, str>> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| unit(*pair));
    let text: std::result::Result<String, _> = char::decode_utf16(units).collect();
    match text {
        Ok(text) if rest.is_empty() => Ok(Cow::Owned(text)),
        _ => Err(fail("not well-formed (invalid UTF-16)")),
    }
}

fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..bytes.len().min(200))?;
    let head = String::from_utf8_lossy(head);
    let declaration = head.trim_start().strip_prefix("<?xml")?.split("?>").next()?;
    let value = declaration.split("encoding").nth(1)?.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value.split(quote).nth(1).map(str::to_ascii_lowercase)
}

/// Characters of XML 1.0.
fn allowed(c: char) -> bool {
    !matches!(c, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}')
}

/// What comes next where only elements may stand.
enum Tag {
    Open(String),
    Close,
    End,
}

/// Text up to the next tag, and that tag.
struct Text {
    text: String,
    then: Tag,
}

struct Parser<'a> {
    reader: Reader<&'a [u8]>,
    values: usize,
}

impl Parser<'_> {
    /// Text with its references replaced, up to a tag. The reader checks that tags match.
    fn text(&mut self) -> Result<Text> {
        let mut text = String::new();
        loop {
            let event = self.reader.read_event().map_err(|e| fail(format!("not well-formed ({e})")))?;
            let then = match event {
                Event::Text(part) => {
                    text.push_str(&part);
                    continue;
                }
                Event::CData(part) => {
                    text.push_str(&part);
                    continue;
                }
                Event::GeneralRef(name) => {
                    match name.resolve_char_ref() {
                        Ok(Some(c)) if allowed(c) => text.push(c),
                        Ok(None) => match resolve_xml_entity(&name) {
                            Some(part) => text.push_str(part),
                            None => return Err(fail("undefined entity")),
                        },
                        Ok(Some(_)) | Err(_) => {
                            return Err(fail("reference to invalid character number"));
                        }
                    }
                    continue;
                }
                Event::DocType(_) => return Err(fail("a DOCTYPE is not accepted")),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => continue,
                Event::Start(tag) | Event::Empty(tag) => Tag::Open(tag.local_name().into_inner().to_owned()),
                Event::End(_) => Tag::Close,
                Event::Eof => Tag::End,
            };
            return Ok(Text { text, then });
        }
    }

    /// The next tag; only white space may stand before it.
    fn tag(&mut self) -> Result<Tag> {
        let Text { text, then } = self.text()?;
        if text.trim().is_empty() { Ok(then) } else { Err(fail("text where an element was expected")) }
    }

    /// The text of an element that holds nothing else, up to and with its end.
    fn content(&mut self) -> Result<String> {
        match self.text()? {
            Text { text, then: Tag::Close } => Ok(text),
            Text { then: Tag::Open(name), .. } => Err(fail(format!("unexpected element {name}"))),
            Text { then: Tag::End, .. } => Err(fail("no element found")),
        }
    }

    /// The next tag must open `name`. False when the surrounding element ends instead.
    fn opens(&mut self, name: &str) -> Result<bool> {
        match self.tag()? {
            Tag::Open(found) if found == name => Ok(true),
            Tag::Open(found) => Err(fail(format!("expected {name}, found {found}"))),
            Tag::Close => Ok(false),
            Tag::End => Err(fail("no element found")),
        }
    }

    fn must_open(&mut self, name: &str) -> Result<()> {
        if self.opens(name)? { Ok(()) } else { Err(fail(format!("expected {name}"))) }
    }

    fn closes(&mut self) -> Result<()> {
        match self.tag()? {
            Tag::Close => Ok(()),
            Tag::Open(name) => Err(fail(format!("unexpected element {name}"))),
            Tag::End => Err(fail("no element found")),
        }
    }

    fn call(&mut self) -> Result<MethodCall> {
        let mut call = MethodCall { method: String::new(), params: Vec::new() };
        loop {
            match self.tag()? {
                Tag::Open(name) if name == "methodName" => call.method = self.content()?,
                Tag::Open(name) if name == "params" => {
                    while self.opens("param")? {
                        self.must_open("value")?;
                        call.params.push(self.value(0)?);
                        self.closes()?;
                    }
                }
                Tag::Open(name) => return Err(fail(format!("unexpected element {name}"))),
                Tag::Close => return Ok(call),
                Tag::End => return Err(fail("no element found")),
            }
        }
    }

    /// What `<value>` holds, up to and with its end.
    fn value(&mut self, depth: usize) -> Result<Value> {
        if depth > DEPTH {
            return Err(fail("nested too deeply"));
        }
        self.values += 1;
        if self.values > VALUES {
            return Err(fail("too many values"));
        }
        match self.text()? {
            Text { text, then: Tag::Close } => Ok(Value::Str(text)),
            Text { text, then: Tag::Open(kind) } if text.trim().is_empty() => {
                let value = self.typed(&kind, depth)?;
                self.closes()?;
                Ok(value)
            }
            Text { then: Tag::Open(_), .. } => Err(fail("text beside an element in a value")),
            Text { then: Tag::End, .. } => Err(fail("no element found")),
        }
    }

    fn typed(&mut self, kind: &str, depth: usize) -> Result<Value> {
        match kind {
            "string" => self.content().map(Value::Str),
            "int" | "i1" | "i2" | "i4" | "i8" | "biginteger" => integer(self.content()?.trim()),
            "double" | "float" | "bigdecimal" => double(self.content()?.trim()),
            "boolean" => match self.content()?.trim() {
                "0" => Ok(Value::Bool(false)),
                "1" => Ok(Value::Bool(true)),
                _ => Err(fail("bad boolean value")),
            },
            "nil" => self.closes().map(|()| Value::None),
            "dateTime.iso8601" => {
                let text = self.content()?;
                NaiveDateTime::parse_from_str(text.trim(), "%Y%m%dT%H:%M:%S")
                    .map(Value::DateTime)
                    .map_err(|_| fail(format!("time data {:?} does not match YYYYMMDDTHH:MM:SS", text.trim())))
            }
            "base64" => {
                let mut text = self.content()?;
                text.retain(|c| !c.is_ascii_whitespace());
                BASE64.decode(text).map(Value::Bytes).map_err(|_| fail("bad base64"))
            }
            "array" => self.array(depth),
            "struct" => self.structure(depth),
            other => Err(fail(format!("unknown type {other}"))),
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value> {
        let mut list = Vec::new();
        // Some clients leave `<data>` out of an empty array.
        if self.opens("data")? {
            while self.opens("value")? {
                list.push(self.value(depth + 1)?);
            }
            self.closes()?;
        }
        Ok(Value::List(list))
    }

    fn structure(&mut self, depth: usize) -> Result<Value> {
        let mut map = Map::new();
        while self.opens("member")? {
            self.must_open("name")?;
            let name = self.content()?;
            self.must_open("value")?;
            let value = self.value(depth + 1)?;
            self.closes()?;
            map.insert(name, value);
        }
        Ok(Value::Map(map))
    }
}

fn integer(text: &str) -> Result<Value> {
    if let Ok(n) = text.parse() {
        return Ok(Value::Int(n));
    }
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(fail(format!("invalid literal for int(): {text:?}")));
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    Ok(Value::Big(format!("{sign}{}", digits.trim_start_matches('0'))))
}

fn double(text: &str) -> Result<Value> {
    text.parse().map(Value::Float).map_err(|_| fail(format!("could not convert string to float: {text:?}")))
}

#[cfg(test)]
mod tests;
