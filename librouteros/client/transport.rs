//! The byte stream under the client: TCP, or TLS over it.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream, ToSocketAddrs as _};
use std::time::{Duration, Instant};

use rustls::{ClientConnection, StreamOwned};

use super::{ConnectOptions, tls};
use crate::codec::Decoder;
use crate::error::{Error, Result};

/// A connected stream.
#[derive(Debug)]
pub(super) enum Transport {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Transport {
    /// Connects to the first address of the host that answers, within the connect time-out.
    pub(super) fn connect(options: &ConnectOptions) -> Result<Self> {
        let stream = dial(options)?;
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(options.command_timeout.max(MIN_WAIT)))?;
        match &options.tls {
            None => Ok(Self::Plain(stream)),
            Some(tls) => Ok(Self::Tls(Box::new(tls::handshake(stream, tls, options)?))),
        }
    }

    pub(super) fn send(&mut self, bytes: &[u8]) -> Result<()> {
        match self {
            Self::Plain(stream) => stream.write_all(bytes)?,
            Self::Tls(stream) => {
                stream.write_all(bytes)?;
                stream.flush()?;
            }
        }
        Ok(())
    }

    /// Reads what there is into the decoder; false when nothing came within `wait`.
    pub(super) fn receive(&mut self, decoder: &mut Decoder, wait: Duration) -> Result<bool> {
        let mut buffer = [0; 16 << 10];
        self.tcp().set_read_timeout(Some(wait.max(MIN_WAIT)))?;
        let read = match self {
            Self::Plain(stream) => stream.read(&mut buffer),
            Self::Tls(stream) => stream.read(&mut buffer),
        };
        match read {
            Ok(0) => Err(std::io::Error::new(std::io::ErrorKind::UnexpectedEof, "the router closed the connection").into()),
            Ok(size) => {
                decoder.feed(buffer.get(..size).unwrap_or_default());
                Ok(true)
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => Ok(true),
            Err(error) => match Error::from(error) {
                Error::Timeout => Ok(false),
                other => Err(other),
            },
        }
    }

    pub(super) fn peer_fingerprint(&self) -> Option<[u8; 32]> {
        match self {
            Self::Plain(_) => None,
            Self::Tls(stream) => stream.conn.peer_certificates()?.first().map(|certificate| tls::fingerprint(certificate)),
        }
    }

    pub(super) fn shutdown(&self) {
        // The peer may have gone first.
        let _ = self.tcp().shutdown(Shutdown::Both);
    }

    fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => &stream.sock,
        }
    }
}

/// A zero time-out would mean none at all to the operating system.
pub(super) const MIN_WAIT: Duration = Duration::from_millis(1);

fn dial(options: &ConnectOptions) -> Result<TcpStream> {
    let end = Instant::now() + options.connect_timeout;
    let addresses: Vec<SocketAddr> = (options.host.as_str(), options.port).to_socket_addrs()?.collect();
    let mut last = Error::from(std::io::Error::new(std::io::ErrorKind::NotFound, "the host has no address"));
    for address in addresses {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Error::Timeout);
        }
        match TcpStream::connect_timeout(&address, left) {
            Ok(stream) => return Ok(stream),
            Err(error) => last = error.into(),
        }
    }
    Err(last)
}
