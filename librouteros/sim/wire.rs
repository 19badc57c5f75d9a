//! The simulator's end of a connection.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use rustls::{ServerConnection, StreamOwned};

/// Routers hold whatever bytes they were given. The simulator holds text: a byte that is no UTF-8 stands in it as a
/// character of a private plane.
const PRIVATE: u32 = 0x000F_0000;

/// A word as the simulator holds it.
pub(super) fn text_of(word: &[u8]) -> String {
    let mut text = String::with_capacity(word.len());
    for chunk in word.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().filter_map(|byte| char::from_u32(PRIVATE | u32::from(*byte))));
    }
    text
}

/// A word as it goes over the wire.
pub(super) fn bytes_of(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for character in text.chars() {
        match u32::from(character) ^ PRIVATE {
            byte @ 0x80..=0xFF => bytes.extend(u8::try_from(byte)),
            _ => bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    bytes
}

/// The socket, plain or under TLS.
pub(super) enum Wire {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

impl Wire {
    pub fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => &stream.sock,
        }
    }

    pub fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
            Self::Tls(stream) => stream.read(buffer),
        }
    }

    pub fn send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        match self {
            Self::Plain(stream) => stream.write_all(bytes),
            Self::Tls(stream) => stream.write_all(bytes).and_then(|()| stream.flush()),
        }
    }
}
