//! Answers and faults, in the byte layout of CPython: one element a line.
//!
//! What XML-RPC cannot carry is a fault: nothing (`None`) and integers beyond 32 bits. Control characters that XML
//! forbids are left out. Dates are text, as on every other route.

use lastmile_orm::answer::Sink;
use lastmile_orm::error::{Builtin, Error, Result};
use lastmile_orm::value::py_float;

/// Appends an answer's value to a buffer.
pub struct XmlSink<'a> {
    out: &'a mut Vec<u8>,
    /// For each open container: is it a map? Values in a list end with a line, members close after their value.
    open: Vec<bool>,
}

impl<'a> XmlSink<'a> {
    /// A sink that appends to `out`.
    pub fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, open: Vec::new() }
    }

    fn put(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn scalar(&mut self, kind: &str, text: &str) -> Result<()> {
        self.put("<value><");
        self.put(kind);
        self.put(">");
        self.put(text);
        self.put("</");
        self.put(kind);
        self.put("></value>\n");
        self.member_done();
        Ok(())
    }

    fn member_done(&mut self) {
        if self.open.last() == Some(&true) {
            self.put("</member>\n");
        }
    }
}

impl Sink for XmlSink<'_> {
    fn null(&mut self) -> Result<()> {
        Err(Error::type_("cannot marshal None unless allow_none is enabled"))
    }
    fn bool(&mut self, value: bool) -> Result<()> {
        self.scalar("boolean", if value { "1" } else { "0" })
    }
    fn int(&mut self, value: i64) -> Result<()> {
        if i32::try_from(value).is_err() {
            return Err(Error::Builtin(Builtin::OverflowError, "int exceeds XML-RPC limits".into()));
        }
        self.scalar("int", &value.to_string())
    }
    fn float(&mut self, value: f64) -> Result<()> {
        self.scalar("double", &py_float(value))
    }
    fn str(&mut self, value: &str) -> Result<()> {
        self.put("<value><string>");
        write_text(self.out, value);
        self.put("</string></value>\n");
        self.member_done();
        Ok(())
    }
    fn begin_list(&mut self) -> Result<()> {
        self.put("<value><array><data>\n");
        self.open.push(false);
        Ok(())
    }
    fn end_list(&mut self) -> Result<()> {
        self.open.pop();
        self.put("</data></array></value>\n");
        self.member_done();
        Ok(())
    }
    fn begin_map(&mut self) -> Result<()> {
        self.put("<value><struct>\n");
        self.open.push(true);
        Ok(())
    }
    fn key(&mut self, name: &str) -> Result<()> {
        self.put("<member>\n<name>");
        write_text(self.out, name);
        self.put("</name>\n");
        Ok(())
    }
    fn end_map(&mut self) -> Result<()> {
        self.open.pop();
        self.put("</struct></value>\n");
        self.member_done();
        Ok(())
    }

    fn foresee(&mut self, written: usize, coming: usize) {
        lastmile_orm::answer::foresee(self.out, written, coming);
    }
}

fn write_text(out: &mut Vec<u8>, text: &str) {
    let bytes = text.as_bytes();
    let mut start = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        let replacement: &[u8] = match byte {
            b'&' => b"&amp;",
            b'<' => b"&lt;",
            b'>' => b"&gt;",
            b'\t' | b'\n' | b'\r' | 0x20.. => continue,
            _ => b"",
        };
        out.extend_from_slice(bytes.get(start..at).unwrap_or_default());
        out.extend_from_slice(replacement);
        start = at + 1;
    }
    out.extend_from_slice(bytes.get(start..).unwrap_or_default());
}

/// A whole answer: `write` puts the one value of it.
pub fn write_response(out: &mut Vec<u8>, write: impl FnOnce(&mut dyn Sink) -> Result<()>) -> Result<()> {
    out.extend_from_slice(b"<?xml version=\"1.0\"?>\n<methodResponse>\n<params>\n<param>\n");
    write(&mut XmlSink::new(out))?;
    out.extend_from_slice(b"</param>\n</params>\n\n</methodResponse>\n");
    Ok(())
}

/// A fault with a number for its code.
pub fn fault(code: i64, text: &str) -> Vec<u8> {
    faulty(&format!("<int>{code}</int>"), text)
}

/// A fault with a text for its code: the older routes.
pub fn text_fault(code: &str, text: &str) -> Vec<u8> {
    let mut escaped = Vec::new();
    write_text(&mut escaped, code);
    faulty(&format!("<string>{}</string>", String::from_utf8_lossy(&escaped)), text)
}

fn faulty(code: &str, text: &str) -> Vec<u8> {
    let mut out =
        b"<?xml version=\"1.0\"?>\n<methodResponse>\n<fault>\n<value><struct>\n<member>\n<name>faultCode</name>\n<value>".to_vec();
    out.extend_from_slice(code.as_bytes());
    out.extend_from_slice(b"</value>\n</member>\n<member>\n<name>faultString</name>\n<value><string>");
    write_text(&mut out, text);
    out.extend_from_slice(b"</string></value>\n</member>\n</struct></value>\n</fault>\n\n</methodResponse>\n");
    out
}
