//! Text to [`Value`].
//!
//! ```text
//! document = ws value ws
//! value    = object | array | string | number | "true" | "false" | "null" | "NaN" | ["-"] "Infinity"
//! object   = "{" ws [ string ws ":" ws value { ws "," ws string ws ":" ws value } ] ws "}"
//! array    = "[" ws [ value { ws "," ws value } ] ws "]"
//! number   = ["-"] ( "0" | digit1 {digit} ) [ "." digit {digit} ] [ ("e"|"E") ["+"|"-"] digit {digit} ]
//! string   = '"' { char >= 0x20 except '"' and '\' | "\" escape } '"'
//! ```
//! The last of equal keys wins. Bytes that are no UTF-8 become U+FFFD, and so do halves of surrogate pairs, which
//! text in Rust cannot hold.

use std::borrow::Cow;
use std::fmt;

use lastmile_orm::value::{Map, Value};

use crate::http::limits::{DEPTH, VALUES};

/// Where and why a document is no JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseError {
    /// What is wrong.
    pub what: &'static str,
    /// Byte offset.
    pub at: usize,
}

const TOO_MANY: &str = "too many values";

impl ParseError {
    /// The document may be JSON, but it is too much of it.
    pub fn too_large(&self) -> bool {
        self.what == TOO_MANY
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.what, self.at)
    }
}

/// Reads a whole document.
pub fn parse(bytes: &[u8]) -> Result<Value, ParseError> {
    let text = String::from_utf8_lossy(bytes);
    let mut parser = Parser { text: &text, at: 0, values: 0 };
    parser.space();
    let value = parser.value(0)?;
    parser.space();
    if parser.at < text.len() { Err(parser.error("extra data")) } else { Ok(value) }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    values: usize,
}

impl Parser<'_> {
    fn error(&self, what: &'static str) -> ParseError {
        ParseError { what, at: self.at }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes()));
        if found {
            self.at += word.len();
        }
        found
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn slice(&self, from: usize) -> &str {
        self.text.get(from..self.at).unwrap_or_default()
    }

    fn value(&mut self, depth: usize) -> Result<Value, ParseError> {
        if depth > DEPTH {
            return Err(self.error("nested too deeply"));
        }
        self.values += 1;
        if self.values > VALUES {
            return Err(self.error(TOO_MANY));
        }
        match self.peek() {
            Some(b'"') => Ok(Value::Str(self.string()?)),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ if self.word("true") => Ok(Value::Bool(true)),
            _ if self.word("false") => Ok(Value::Bool(false)),
            _ if self.word("null") => Ok(Value::None),
            _ if self.word("NaN") => Ok(Value::Float(f64::NAN)),
            _ if self.word("Infinity") => Ok(Value::Float(f64::INFINITY)),
            _ => Err(self.error("expecting a value")),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, ParseError> {
        self.at += 1;
        let mut map = Map::new();
        self.space();
        if self.eat(b'}') {
            return Ok(Value::Map(map));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err(self.error("expecting a property name in double quotes"));
            }
            let key = self.string()?;
            self.space();
            if !self.eat(b':') {
                return Err(self.error("expecting ':'"));
            }
            self.space();
            let value = self.value(depth + 1)?;
            map.insert(key, value);
            self.space();
            if self.eat(b'}') {
                return Ok(Value::Map(map));
            }
            if !self.eat(b',') {
                return Err(self.error("expecting ',' or '}'"));
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, ParseError> {
        self.at += 1;
        let mut list = Vec::new();
        self.space();
        if self.eat(b']') {
            return Ok(Value::List(list));
        }
        loop {
            self.space();
            list.push(self.value(depth + 1)?);
            self.space();
            if self.eat(b']') {
                return Ok(Value::List(list));
            }
            if !self.eat(b',') {
                return Err(self.error("expecting ',' or ']'"));
            }
        }
    }

    fn digits(&mut self) -> bool {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at > start
    }

    fn number(&mut self) -> Result<Value, ParseError> {
        let start = self.at;
        self.eat(b'-');
        if self.word("Infinity") {
            return Ok(Value::Float(f64::NEG_INFINITY));
        }
        // A leading zero ends the integer: what follows it is extra data.
        if !self.eat(b'0') && !self.digits() {
            return Err(self.error("expecting a value"));
        }
        let whole = self.at;
        if self.eat(b'.') && !self.digits() {
            self.at = whole;
        }
        let mantissa = self.at;
        if self.eat(b'e') || self.eat(b'E') {
            let _sign = self.eat(b'+') || self.eat(b'-');
            if !self.digits() {
                self.at = mantissa;
            }
        }
        let text = self.slice(start);
        if self.at > whole {
            // Overlong mantissas and exponents are fine: the nearest float, infinite when out of range.
            return text.parse().map(Value::Float).map_err(|_| self.error("bad number"));
        }
        Ok(match text.parse() {
            Ok(n) => Value::Int(n),
            Err(_) => Value::Big(text.to_owned()),
        })
    }

    fn string(&mut self) -> Result<String, ParseError> {
        self.at += 1;
        let mut out: Cow<'_, str> = Cow::Borrowed("");
        loop {
            let start = self.at;
            while matches!(self.peek(), Some(b) if b != b'"' && b != b'\\' && b >= 0x20) {
                self.at += 1;
            }
            let plain = self.text.get(start..self.at).unwrap_or_default();
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    if out.is_empty() {
                        return Ok(plain.to_owned());
                    }
                    out.to_mut().push_str(plain);
                    return Ok(out.into_owned());
                }
                Some(b'\\') => {
                    self.at += 1;
                    out.to_mut().push_str(plain);
                    let c = self.escape()?;
                    out.to_mut().push(c);
                }
                Some(_) => return Err(self.error("control character in a string")),
                None => return Err(self.error("unterminated string")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, ParseError> {
        let Some(byte) = self.peek() else {
            return Err(self.error("unterminated string"));
        };
        self.at += 1;
        Ok(match byte {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(),
            _ => {
                self.at -= 1;
                return Err(self.error("invalid escape"));
            }
        })
    }

    fn unicode(&mut self) -> Result<char, ParseError> {
        let high = self.hex4()?;
        if !(0xD800..0xDC00).contains(&high) {
            return Ok(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let after = self.at;
        if self.word("\\u") {
            let low = self.hex4()?;
            if (0xDC00..0xE000).contains(&low) {
                let code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = after;
        }
        Ok(char::REPLACEMENT_CHARACTER)
    }

    fn hex4(&mut self) -> Result<u32, ParseError> {
        let digits = self.text.get(self.at..self.at + 4).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let code = digits.and_then(|d| u32::from_str_radix(d, 16).ok()).ok_or_else(|| self.error("invalid \\u escape"))?;
        self.at += 4;
        Ok(code)
    }
}

#[cfg(test)]
mod tests;
