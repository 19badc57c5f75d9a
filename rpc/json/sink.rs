//! [`Value`]s and rows to text: `", "` and `": "` between, characters beyond ASCII as they are.

use lastmile_orm::answer::Sink;
use lastmile_orm::error::Result;
use lastmile_orm::value::{DATE, DATETIME, Value, py_float};

/// Appends an answer to a buffer.
pub struct JsonSink<'a> {
    out: &'a mut Vec<u8>,
    /// What stands before the next value: nothing after an opening bracket or a key.
    separator: &'static [u8],
}

impl<'a> JsonSink<'a> {
    /// A sink that appends to `out`.
    pub fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, separator: b"" }
    }

    fn scalar(&mut self, bytes: &[u8]) -> Result<()> {
        self.before();
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    fn before(&mut self) {
        self.out.extend_from_slice(self.separator);
        self.separator = b", ";
    }

    fn open(&mut self, bracket: u8) -> Result<()> {
        self.before();
        self.out.push(bracket);
        self.separator = b"";
        Ok(())
    }

    fn close(&mut self, bracket: u8) -> Result<()> {
        self.out.push(bracket);
        self.separator = b", ";
        Ok(())
    }

    /// An integer of any length.
    fn big(&mut self, digits: &str) -> Result<()> {
        self.scalar(digits.as_bytes())
    }
}

impl Sink for JsonSink<'_> {
    fn null(&mut self) -> Result<()> {
        self.scalar(b"null")
    }
    fn bool(&mut self, value: bool) -> Result<()> {
        self.scalar(if value { b"true" } else { b"false" })
    }
    fn int(&mut self, value: i64) -> Result<()> {
        use std::io::Write as _;
        self.before();
        // Writing to a vector cannot fail.
        let _done = write!(self.out, "{value}");
        Ok(())
    }
    fn float(&mut self, value: f64) -> Result<()> {
        if value.is_finite() {
            return self.scalar(py_float(value).as_bytes());
        }
        self.scalar(if value.is_nan() {
            b"NaN"
        } else if value > 0.0 {
            b"Infinity"
        } else {
            b"-Infinity"
        })
    }
    fn str(&mut self, value: &str) -> Result<()> {
        self.before();
        write_str(self.out, value);
        Ok(())
    }
    fn begin_list(&mut self) -> Result<()> {
        self.open(b'[')
    }
    fn end_list(&mut self) -> Result<()> {
        self.close(b']')
    }
    fn begin_map(&mut self) -> Result<()> {
        self.open(b'{')
    }
    fn key(&mut self, name: &str) -> Result<()> {
        self.before();
        write_str(self.out, name);
        self.out.extend_from_slice(b": ");
        self.separator = b"";
        Ok(())
    }
    fn end_map(&mut self) -> Result<()> {
        self.close(b'}')
    }

    fn foresee(&mut self, written: usize, coming: usize) {
        lastmile_orm::answer::foresee(self.out, written, coming);
    }
}

/// Appends a quoted string.
pub fn write_str(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let mut start = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.extend_from_slice(bytes.get(start..at).unwrap_or_default());
        start = at + 1;
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            0x08 => out.extend_from_slice(b"\\b"),
            0x0c => out.extend_from_slice(b"\\f"),
            other => out.extend_from_slice(format!("\\u{other:04x}").as_bytes()),
        }
    }
    out.extend_from_slice(bytes.get(start..).unwrap_or_default());
    out.push(b'"');
}

/// Appends a value of the request as it came (its id), or one that we made: unlike an answer of the product,
/// integers keep any length.
pub fn write_value(out: &mut Vec<u8>, value: &Value) {
    let mut sink = JsonSink::new(out);
    // No method of this sink fails.
    let _done = walk(value, &mut sink);
}

fn walk(value: &Value, sink: &mut JsonSink<'_>) -> Result<()> {
    match value {
        Value::None => sink.null(),
        Value::Bool(b) => sink.bool(*b),
        Value::Int(n) => sink.int(*n),
        Value::Big(digits) => sink.big(digits),
        Value::Float(x) => sink.float(*x),
        Value::Decimal(x) => sink.float(lastmile_orm::money::to_f64(*x)),
        Value::Str(s) => sink.str(s),
        Value::Bytes(b) => sink.str(&String::from_utf8_lossy(b)),
        Value::Date(d) => sink.str(&d.format(DATE).to_string()),
        Value::DateTime(d) => sink.str(&d.format(DATETIME).to_string()),
        Value::List(list) => {
            sink.begin_list()?;
            list.iter().try_for_each(|item| walk(item, sink))?;
            sink.end_list()
        }
        Value::Map(map) => {
            sink.begin_map()?;
            for (key, item) in map {
                sink.key(key)?;
                walk(item, sink)?;
            }
            sink.end_map()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    #[test]
    fn bytes_are_those_of_python() {
        let text = concat!(
            r#"{"id": 1, "name": "\"\\/\n\r\t\b\f\u0000\u001f€😀", "x": 0.0, "list": [1, [], {}, "#,
            r#"null, true, false, 1e-07, 1e+16, 12345678901234567890123], "nan": NaN, "inf": -Infinity}"#
        );
        let mut out = Vec::new();
        write_value(&mut out, &parse(text.as_bytes()).unwrap());
        assert_eq!(String::from_utf8(out).unwrap(), text.replace("\\u007f", "\u{7f}"));
    }
}
