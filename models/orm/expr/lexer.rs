//! From text to tokens.

use super::{MAX_TEXT, Syntax};

/// One token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Name(String),
    Int(i64),
    /// Digits beyond 64 bits.
    Big(String),
    Float(f64),
    Str(String),
    /// An operator, bracket or separator.
    Sign(&'static str),
}

/// Longer signs come first, so that `<=` is not read as `<`.
const SIGNS: &[&str] =
    &["<=", ">=", "==", "!=", "<>", "//", "**", "(", ")", "[", "]", "{", "}", ",", ":", ".", "+", "-", "*", "/", "%", "<", ">", "="];

/// All tokens of a text.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Syntax> {
    if text.len() > MAX_TEXT {
        return Err(Syntax::new("the expression is too long"));
    }
    let mut lexer = Lexer { rest: text };
    let mut out = Vec::new();
    while let Some(token) = lexer.next()? {
        out.push(token);
    }
    Ok(out)
}

struct Lexer<'a> {
    rest: &'a str,
}

impl<'a> Lexer<'a> {
    fn next(&mut self) -> Result<Option<Token>, Syntax> {
        self.skip_space();
        let Some(first) = self.rest.chars().next() else { return Ok(None) };
        if first == '\'' || first == '"' {
            return self.string(false).map(Some);
        }
        if first.is_ascii_digit() || (first == '.' && self.rest.chars().nth(1).is_some_and(|c| c.is_ascii_digit())) {
            return self.number().map(Some);
        }
        if first == '_' || first.is_alphabetic() {
            let name = self.take_while(|c| c == '_' || c.is_alphanumeric());
            let quoted = self.rest.starts_with(['\'', '"']);
            return match name {
                "r" | "R" if quoted => self.string(true).map(Some),
                "u" | "U" | "b" | "B" if quoted => self.string(false).map(Some),
                _ => Ok(Some(Token::Name(name.to_owned()))),
            };
        }
        for sign in SIGNS {
            if let Some(rest) = self.rest.strip_prefix(sign) {
                self.rest = rest;
                return Ok(Some(Token::Sign(if *sign == "<>" { "!=" } else { sign })));
            }
        }
        Err(Syntax::new(format!("unexpected character {first:?}")))
    }

    /// Newlines count as space: expressions stand alone or in brackets.
    fn skip_space(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            if let Some(rest) = self.rest.strip_prefix("\\\n") {
                self.rest = rest;
            } else if self.rest.starts_with('#') {
                self.take_while(|c| c != '\n');
            } else {
                return;
            }
        }
    }

    fn take_while(&mut self, keep: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !keep(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn number(&mut self) -> Result<Token, Syntax> {
        let start = self.rest;
        let digits = |c: char| c.is_ascii_digit() || c == '_';
        self.take_while(digits);
        let mut float = false;
        if self.rest.starts_with('.') {
            float = true;
            self.rest = self.rest.get(1..).unwrap_or_default();
            self.take_while(digits);
        }
        if self.rest.starts_with(['e', 'E']) {
            let after = self.rest.get(1..).unwrap_or_default();
            let after = after.strip_prefix(['+', '-']).unwrap_or(after);
            if after.starts_with(|c: char| c.is_ascii_digit()) {
                float = true;
                self.rest = after;
                self.take_while(digits);
            }
        }
        if self.rest.starts_with(|c: char| c == '_' || c.is_alphanumeric()) {
            return Err(Syntax::new("a number runs into a name"));
        }
        let text: String = start.strip_suffix(self.rest).unwrap_or(start).chars().filter(|c| *c != '_').collect();
        if float {
            return text.parse().map(Token::Float).map_err(|_| Syntax::new("bad number"));
        }
        Ok(text.parse().map_or_else(|_| Token::Big(text.clone()), Token::Int))
    }

    fn string(&mut self, raw: bool) -> Result<Token, Syntax> {
        let mut chars = self.rest.chars();
        let quote = chars.next().unwrap_or('\'');
        let triple: String = std::iter::repeat_n(quote, 3).collect();
        let (end, body) = match self.rest.strip_prefix(triple.as_str()) {
            Some(body) => (triple, body),
            None => (quote.to_string(), chars.as_str()),
        };
        let mut out = String::new();
        let mut rest = body;
        loop {
            if let Some(after) = rest.strip_prefix(end.as_str()) {
                self.rest = after;
                return Ok(Token::Str(out));
            }
            let mut chars = rest.chars();
            match chars.next() {
                None => return Err(Syntax::new("a string does not end")),
                Some('\n') if end.len() == 1 => return Err(Syntax::new("a string does not end on its line")),
                Some('\\') if !raw => rest = escape(chars.as_str(), &mut out)?,
                Some('\\') => {
                    out.push('\\');
                    if let Some(c) = chars.next() {
                        out.push(c);
                    }
                    rest = chars.as_str();
                }
                Some(c) => {
                    out.push(c);
                    rest = chars.as_str();
                }
            }
        }
    }
}

/// Reads what follows a backslash and returns what comes after it.
fn escape<'a>(text: &'a str, out: &mut String) -> Result<&'a str, Syntax> {
    let mut chars = text.chars();
    let simple = match chars.next() {
        None => return Err(Syntax::new("a string does not end")),
        Some('\n') => None,
        Some('n') => Some('\n'),
        Some('t') => Some('\t'),
        Some('r') => Some('\r'),
        Some('0') => Some('\0'),
        Some('x') => return code_point(chars.as_str(), 2, out),
        Some('u') => return code_point(chars.as_str(), 4, out),
        Some('U') => return code_point(chars.as_str(), 8, out),
        Some(c @ ('\\' | '\'' | '"')) => Some(c),
        Some(c) => {
            // Python keeps the backslash of an unknown escape.
            out.push('\\');
            Some(c)
        }
    };
    out.extend(simple);
    Ok(chars.as_str())
}

fn code_point<'a>(text: &'a str, digits: usize, out: &mut String) -> Result<&'a str, Syntax> {
    let bad = || Syntax::new("bad escape in a string");
    let hex = text.get(..digits).ok_or_else(bad)?;
    let code = u32::from_str_radix(hex, 16).map_err(|_| bad())?;
    out.push(char::from_u32(code).ok_or_else(bad)?);
    Ok(text.get(digits..).unwrap_or_default())
}
