//! A browser without scripts, for tests of pages.

use super::http::{self, Response};
use super::rpc::WebSession;
use super::server::TestServer;

/// A browser that runs no scripts.
pub struct Browser<'a> {
    pub server: &'a TestServer,
    pub cookie: String,
}

pub fn encode(text: &str) -> String {
    text.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

impl<'a> Browser<'a> {
    /// Somebody who signed in.
    pub fn login(server: &'a TestServer, login: &str, password: &str) -> Browser<'a> {
        Browser { server, cookie: WebSession::open(server, login, password).cookie }
    }

    pub fn get(&self, path: &str) -> Response {
        http::request(self.server.address(), "GET", path, &[("Cookie", &self.cookie)], b"").unwrap()
    }

    /// The page; anything but 200 panics.
    #[track_caller]
    pub fn page(&self, path: &str) -> String {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {:.2000}", answer.text());
        answer.text()
    }

    /// Sends a form of the admin with a token of a page.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        self.post_from("/odoo", path, fields)
    }

    /// Sends a form with the token of a page.
    pub fn post_from(&self, page: &str, path: &str, fields: &[(&str, &str)]) -> Response {
        let page = self.page(page);
        let token = attribute(&page, "name=\"csrf_token\"", "value");
        self.send(path, &token, fields)
    }

    pub fn send(&self, path: &str, token: &str, fields: &[(&str, &str)]) -> Response {
        let mut body = format!("csrf_token={}", encode(token));
        for (name, value) in fields {
            body.push_str(&format!("&{}={}", encode(name), encode(value)));
        }
        let headers = [("Cookie", self.cookie.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
        http::request(self.server.address(), "POST", path, &headers, body.as_bytes()).unwrap()
    }
}

/// What a form with a file sends: its media type and its bytes.
pub fn multipart(fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> (String, Vec<u8>) {
    let mark = "----a-part-begins-here";
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(format!("--{mark}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes());
    }
    for (name, file, bytes) in files {
        let head = format!(
            "--{mark}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        );
        body.extend(head.into_bytes());
        body.extend_from_slice(bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{mark}--\r\n").into_bytes());
    (format!("multipart/form-data; boundary={mark}"), body)
}

/// An attribute of the tag that a mark stands in.
#[track_caller]
pub fn attribute(page: &str, mark: &str, name: &str) -> String {
    let at = page.find(mark).unwrap_or_else(|| panic!("no {mark} in {page:.3000}"));
    let start = page[..at].rfind('<').unwrap();
    let tag = &page[start..start + page[start..].find('>').unwrap()];
    let value = tag.split_once(&format!(" {name}=\"")).and_then(|(_, rest)| rest.split_once('"')).map(|(value, _)| value);
    value.unwrap_or_else(|| panic!("no {name} in {tag}")).replace("&amp;", "&").replace("&#39;", "'").replace("&#34;", "\"")
}
