//! Sending commands and sorting their replies by tag.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::{Answer, Client};
use crate::codec::{DecodeError, Reply, ReplyBody};
use crate::command::Command;
use crate::error::{Error, Result, Trap};

/// Most unanswered bytes under way, beside the window of commands: a router that stops reading until its replies are read must
/// never find us stuck in a write.
const WINDOW_BYTES: usize = 16 << 10;

/// A command that was sent and has not ended.
struct Pending {
    index: usize,
    size: usize,
    answer: Answer,
    trap: Option<Trap>,
}

impl Client {
    /// Runs commands with up to `window` of them under way at once; outcome `i` belongs to command `i`. A refused command
    /// does not stop the others. Routers usually run them in order, but do not promise to: dependent commands belong in
    /// separate calls.
    ///
    /// When the connection is lost, commands under way get that error and may have been applied; those not yet sent get
    /// [`Error::NotSent`].
    pub fn call_many(&mut self, commands: &[Command]) -> Vec<Result<Answer>> {
        let mut outcomes: Vec<Option<Result<Answer>>> = commands.iter().map(|_| None).collect();
        let mut flight: HashMap<String, Pending> = HashMap::new();
        if let Err(error) = self.run(commands, &mut flight, &mut outcomes) {
            self.fail(&error);
            for pending in flight.into_values() {
                settle(&mut outcomes, pending.index, Err(error.clone()));
            }
        }
        let why = self.closed.as_deref().unwrap_or("not reached");
        outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(|| Err(Error::NotSent(why.to_owned())))).collect()
    }

    fn run(&mut self, commands: &[Command], flight: &mut HashMap<String, Pending>, outcomes: &mut [Option<Result<Answer>>]) -> Result<()> {
        let mut queue = commands.iter().enumerate().peekable();
        let mut bytes = 0;
        while self.is_open() {
            let mut burst = Vec::new();
            while flight.len() < self.options.window.max(1) && (flight.is_empty() || bytes < WINDOW_BYTES) {
                let Some((index, command)) = queue.next() else {
                    break;
                };
                let tag = self.tag();
                match command.encode(Some(&tag)) {
                    Ok(sentence) => {
                        let size = sentence.len();
                        bytes += size;
                        burst.extend(sentence);
                        flight.insert(tag, Pending { index, size, answer: Answer::default(), trap: None });
                    }
                    Err(error) => settle(outcomes, index, Err(error)),
                }
            }
            if flight.is_empty() && queue.peek().is_none() {
                return Ok(());
            }
            if !burst.is_empty() {
                self.transport.send(&burst)?;
            }
            if flight.is_empty() {
                continue;
            }
            let reply = self.receive()?;
            bytes -= absorb(reply, flight, outcomes)?;
        }
        Ok(())
    }

    /// A tag never used before on this connection, so late replies of an abandoned stream can be told apart.
    pub(super) fn tag(&mut self) -> String {
        self.next_tag += 1;
        self.next_tag.to_string()
    }

    /// The connection is of no more use.
    pub(super) fn fail(&mut self, error: &Error) {
        if error.closes() {
            self.closed.get_or_insert_with(|| error.to_string());
            self.transport.shutdown();
        }
    }

    /// The next reply, waiting as long as the command time-out.
    pub(super) fn receive(&mut self) -> Result<Reply> {
        self.receive_within(self.options.command_timeout)?.ok_or(Error::Timeout)
    }

    /// The next reply, or `None` when the wait is over without one. Replies of a kind that is not known are passed over and do
    /// not prolong the wait.
    pub(super) fn receive_within(&mut self, wait: Duration) -> Result<Option<Reply>> {
        let end = Instant::now() + wait;
        loop {
            if let Some(sentence) = self.decoder.next_sentence()? {
                match Reply::parse(&sentence) {
                    // Routers learn new kinds (`!empty` came with 7.18); the framing is intact, so nothing else is lost.
                    Err(DecodeError::UnknownReply(_)) => continue,
                    reply => return Ok(Some(reply?)),
                }
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || !self.transport.receive(&mut self.decoder, left)? {
                return Ok(None);
            }
        }
    }
}

/// Books a reply to its command; returns the bytes of a command that ended. Replies of unknown tags belong to streams that
/// were dropped and are passed over.
fn absorb(reply: Reply, flight: &mut HashMap<String, Pending>, outcomes: &mut [Option<Result<Answer>>]) -> Result<usize> {
    let tag = reply.tag.unwrap_or_default();
    if let ReplyBody::Fatal(reason) = reply.body {
        return Err(Error::Fatal(reason));
    }
    let Some(pending) = flight.get_mut(&tag) else {
        return Ok(0);
    };
    match reply.body {
        ReplyBody::Re(row) => pending.answer.rows.push(row),
        ReplyBody::Trap(trap) => {
            pending.trap.get_or_insert(trap);
        }
        ReplyBody::Done(done) => {
            if let Some(Pending { index, size, mut answer, trap }) = flight.remove(&tag) {
                answer.ret = done.get("ret").map(str::to_owned);
                settle(outcomes, index, trap.map_or(Ok(answer), |trap| Err(Error::Trap(trap))));
                return Ok(size);
            }
        }
        ReplyBody::Empty | ReplyBody::Fatal(_) => {}
    }
    Ok(0)
}

fn settle(outcomes: &mut [Option<Result<Answer>>], index: usize, outcome: Result<Answer>) {
    if let Some(place) = outcomes.get_mut(index) {
        *place = Some(outcome);
    }
}
