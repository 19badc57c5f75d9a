//! Commands that go on until they are cancelled: `listen`, `monitor-traffic` without `once`, `print` with `follow`.

use std::time::Duration;

use super::Client;
use crate::codec::{ReplyBody, Row};
use crate::command::Command;
use crate::error::{Error, Result, Trap, TrapKind};

/// A stream of rows. It borrows the client: a connection that streams is kept for that. Dropped without
/// [`Listener::cancel`], it asks the router to stop and later calls pass its rows over.
#[derive(Debug)]
pub struct Listener<'a> {
    client: &'a mut Client,
    tag: String,
    ended: bool,
    trap: Option<Trap>,
}

impl Client {
    /// Starts a command whose rows keep coming.
    ///
    /// # Errors
    /// [`Error::Invalid`] and [`Error::NotSent`] when it was not sent; [`Error::Io`] and [`Error::Timeout`] close the
    /// connection. A refusal comes from [`Listener::next_within`].
    pub fn listen(&mut self, command: &Command) -> Result<Listener<'_>> {
        if let Some(why) = &self.closed {
            return Err(Error::NotSent(why.clone()));
        }
        let tag = self.tag();
        let sentence = command.encode(Some(&tag))?;
        self.transport.send(&sentence).inspect_err(|error| self.fail(error))?;
        Ok(Listener { client: self, tag, ended: false, trap: None })
    }
}

impl Listener<'_> {
    /// The next row; `None` when nothing came within `wait`, or the command ended by itself (see [`Self::is_over`]). A row of
    /// `listen` that stands for a deletion has `.dead` set.
    ///
    /// # Errors
    /// [`Error::Trap`] when the router refuses the command; the others close the connection.
    pub fn next_within(&mut self, wait: Duration) -> Result<Option<Row>> {
        let result = self.step(wait);
        if let Err(error) = &result {
            self.ended = true;
            self.client.fail(error);
        }
        result
    }

    /// Whether the router has ended the stream.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.ended
    }

    /// Cancels the stream and waits until the router has confirmed it; the connection is then free for other commands. Rows
    /// that were still on their way are returned.
    ///
    /// # Errors
    /// Those that close the connection.
    pub fn cancel(mut self) -> Result<Vec<Row>> {
        let result = self.finish();
        self.ended = true;
        result.inspect_err(|error| self.client.fail(error))
    }

    fn step(&mut self, wait: Duration) -> Result<Option<Row>> {
        let end = std::time::Instant::now() + wait;
        while !self.ended {
            let left = end.saturating_duration_since(std::time::Instant::now());
            let Some(reply) = self.client.receive_within(left)? else {
                return Ok(None);
            };
            if let ReplyBody::Fatal(reason) = reply.body {
                return Err(Error::Fatal(reason));
            }
            if reply.tag.as_deref() != Some(self.tag.as_str()) {
                continue;
            }
            match reply.body {
                ReplyBody::Re(row) => return Ok(Some(row)),
                ReplyBody::Trap(trap) => self.trap = Some(trap),
                ReplyBody::Done(_) => {
                    self.ended = true;
                    if let Some(trap) = self.trap.take() {
                        return Err(Error::Trap(trap));
                    }
                }
                ReplyBody::Empty | ReplyBody::Fatal(_) => {}
            }
        }
        Ok(None)
    }

    fn finish(&mut self) -> Result<Vec<Row>> {
        let mut late = Vec::new();
        if self.ended {
            return Ok(late);
        }
        let tag = self.client.tag();
        let cancel = Command::new("/cancel").attr("tag", self.tag.clone()).encode(Some(&tag))?;
        self.client.transport.send(&cancel)?;
        let mut confirmed = false;
        // The router may confirm the cancel before or after it ends the stream.
        while !(self.ended && confirmed) {
            let reply = self.client.receive()?;
            let ours = reply.tag.as_deref() == Some(self.tag.as_str());
            match reply.body {
                ReplyBody::Fatal(reason) => return Err(Error::Fatal(reason)),
                ReplyBody::Re(row) if ours => late.push(row),
                ReplyBody::Done(_) if ours => self.ended = true,
                ReplyBody::Done(_) => confirmed |= reply.tag.as_deref() == Some(tag.as_str()),
                ReplyBody::Trap(trap) if ours && trap.kind != TrapKind::Interrupted => self.trap = Some(trap),
                ReplyBody::Re(_) | ReplyBody::Trap(_) | ReplyBody::Empty => {}
            }
        }
        Ok(late)
    }
}

impl Drop for Listener<'_> {
    fn drop(&mut self) {
        if !self.ended && self.client.is_open() {
            let cancel = Command::new("/cancel").attr("tag", self.tag.clone()).encode(Some(&self.client.tag()));
            if let Ok(cancel) = cancel {
                let _ = self.client.transport.send(&cancel).inspect_err(|error| self.client.fail(error));
            }
        }
    }
}
