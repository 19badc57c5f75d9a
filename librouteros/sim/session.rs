//! One connection: login, commands, and the streams that go on beside them. A single thread does it all: while streams are on
//! it reads with short time-outs and looks after them in between, so nothing has to share the socket.

use std::time::{Duration, Instant};

use super::commands::{self, Outcome, Request, Stream, Who};
use super::server::Shared;
use super::special::news;
use super::state::{LoggedCommand, State, failure};
use super::wire::{Wire, bytes_of, text_of};
use crate::client::challenge_response;
use crate::codec::{Decoder, Limits, Reply, ReplyBody, Row, Sentence, encode_sentence};
use crate::error::{Trap, hex};

/// How often streams are looked after.
const TICK: Duration = Duration::from_millis(5);

/// Owns what a connection puts into the menus.
const OF_CONNECTION: u32 = 0x4000_0000;

/// A command that has not ended.
struct Job {
    tag: Option<String>,
    due: Instant,
    work: Work,
}

enum Work {
    Stream(Stream),
    /// A slow command, executed when it is due.
    Slow(Request),
}

/// The connection is over.
struct Closed;

impl From<std::io::Error> for Closed {
    fn from(_: std::io::Error) -> Self {
        Self
    }
}

/// One connection's state.
pub(super) struct Session<'a> {
    shared: &'a Shared,
    number: u32,
    wire: Wire,
    user: Option<String>,
    challenge: Option<String>,
    jobs: Vec<Job>,
    /// Commands since login.
    count: u64,
}

impl<'a> Session<'a> {
    pub fn new(shared: &'a Shared, number: u32, wire: Wire) -> Self {
        Self { shared, number, wire, user: None, challenge: None, jobs: Vec::new(), count: 0 }
    }

    /// Serves the connection until it ends.
    pub fn serve(mut self) {
        let _ = self.converse();
        self.shared.state().delete_owned(OF_CONNECTION | self.number);
        let _ = self.wire.tcp().shutdown(std::net::Shutdown::Both);
    }

    fn converse(&mut self) -> Result<(), Closed> {
        let mut decoder = Decoder::new(Limits::BEFORE_LOGIN);
        let mut buffer = [0; 8192];
        loop {
            // Bytes that are no sentences: a router drops the connection.
            while let Some(sentence) = decoder.next_sentence().map_err(|_| Closed)? {
                self.handle(&sentence)?;
                if self.user.is_some() {
                    decoder.set_limits(Limits::SESSION);
                }
            }
            let busy = !self.jobs.is_empty();
            self.wire.tcp().set_read_timeout(busy.then_some(TICK))?;
            match self.wire.read(&mut buffer) {
                Ok(0) => return Err(Closed),
                Ok(size) => decoder.feed(buffer.get(..size).unwrap_or_default()),
                Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {}
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(_) => return Err(Closed),
            }
            if busy {
                self.tend()?;
            }
        }
    }

    fn handle(&mut self, sentence: &Sentence) -> Result<(), Closed> {
        let words: Vec<String> = sentence.words().iter().map(|word| text_of(word)).collect();
        let request = Request::parse(words.iter().cloned());
        self.shared.state().note(LoggedCommand { session: self.number.into(), words, at: Instant::now() });
        if request.path == "/login" {
            return self.login(&request);
        }
        if self.user.is_none() {
            return self.fatal("not logged in");
        }
        match request.path.as_str() {
            "/quit" => self.fatal("session terminated on request"),
            "/cancel" => self.cancel(&request),
            _ => self.command(request),
        }
    }

    fn command(&mut self, request: Request) -> Result<(), Closed> {
        self.count += 1;
        self.suffer(&request)?;
        let slow = {
            let state = self.shared.state();
            let slow = state.faults.slow.iter().find(|(path, _)| request.path.starts_with(path.as_str()));
            slow.map(|(_, wait)| Duration::from_millis(*wait))
        };
        match slow {
            Some(wait) => {
                self.jobs.push(Job { tag: request.tag.clone(), due: Instant::now() + wait, work: Work::Slow(request) });
                Ok(())
            }
            None => self.execute(&request),
        }
    }

    /// Lets the faults that come before a command happen.
    fn suffer(&mut self, request: &Request) -> Result<(), Closed> {
        let (faults, stall, clamped) = {
            let mut state = self.shared.state();
            state.served += 1;
            let stall = std::mem::take(&mut state.faults.stall_next_ms);
            let clamp = state.faults.cpu_clamp.filter(|clamp| state.served > clamp.burst);
            (state.faults.clone(), stall, clamp)
        };
        if faults.offline || faults.drop_at == Some(self.count) {
            return Err(Closed);
        }
        if let Some((_, text)) = faults.fatal_on.filter(|(path, _)| request.path.starts_with(path.as_str())) {
            return self.fatal(&text);
        }
        let wait = Duration::from_millis(faults.latency_ms + stall);
        if !wait.is_zero() {
            std::thread::sleep(wait);
        }
        if let Some(clamp) = clamped {
            let _cpu = self.shared.cpu();
            std::thread::sleep(Duration::from_millis(clamp.then_ms));
        }
        Ok(())
    }

    fn execute(&mut self, request: &Request) -> Result<(), Closed> {
        let user = self.user.clone().unwrap_or_default();
        let (outcome, says_empty) = {
            let mut state = self.shared.state();
            (commands::run(&mut state, Who::User(&user), request), state.version.says_empty())
        };
        let mut replies = Vec::new();
        match outcome {
            Ok(Outcome { rows, ret, asks, stream }) => {
                let empty = says_empty && asks && rows.is_empty() && stream.is_none();
                replies.extend(rows.into_iter().map(ReplyBody::Re));
                replies.extend(empty.then_some(ReplyBody::Empty));
                match stream {
                    Some(stream) => {
                        let work = Work::Stream(stream);
                        self.jobs.push(Job { tag: request.tag.clone(), due: Instant::now(), work });
                    }
                    None => replies.push(done(ret.map(|ret| ("ret", ret)))),
                }
            }
            Err(trap) => replies.extend([ReplyBody::Trap(trap), done(None)]),
        }
        self.reply(request.tag.as_deref(), replies)
    }

    /// `/cancel` stops the command of a tag, or all of them.
    fn cancel(&mut self, request: &Request) -> Result<(), Closed> {
        let wanted = request.param("tag");
        let hit = |job: &Job| wanted.is_none_or(|tag| job.tag.as_deref() == Some(tag));
        let (stopped, kept): (Vec<Job>, Vec<Job>) = std::mem::take(&mut self.jobs).into_iter().partition(hit);
        self.jobs = kept;
        let mute = self.shared.state().faults.mute_cancel;
        for job in &stopped {
            self.reply(job.tag.as_deref(), vec![ReplyBody::Trap(Trap::new("interrupted", Some(2)))])?;
        }
        if !mute {
            self.reply(request.tag.as_deref(), vec![done(None)])?;
        }
        for job in &stopped {
            self.reply(job.tag.as_deref(), vec![done(None)])?;
        }
        Ok(())
    }

    /// Looks after the commands that go on.
    fn tend(&mut self) -> Result<(), Closed> {
        let now = Instant::now();
        let mut jobs = std::mem::take(&mut self.jobs);
        let mut slow = Vec::new();
        jobs.retain_mut(|job| match &job.work {
            Work::Slow(request) if job.due <= now => {
                slow.push(request.clone());
                false
            }
            _ => true,
        });
        for job in &mut jobs {
            let rows = match &mut job.work {
                Work::Stream(stream) => {
                    let rows = news(&self.shared.state(), stream, job.due <= now);
                    if job.due <= now {
                        job.due = now + self.shared.monitor_interval;
                    }
                    rows
                }
                Work::Slow(_) => continue,
            };
            self.reply(job.tag.as_deref(), rows.into_iter().map(ReplyBody::Re).collect())?;
        }
        self.jobs.append(&mut jobs);
        slow.iter().try_for_each(|request| self.execute(request))
    }

    fn reply(&mut self, tag: Option<&str>, bodies: Vec<ReplyBody>) -> Result<(), Closed> {
        let mut bytes = Vec::new();
        for body in bodies {
            let words = Reply { tag: tag.map(str::to_owned), body }.words();
            encode_sentence(&mut bytes, words.iter().map(|word| bytes_of(word)));
        }
        let (silent, cut) = {
            let state = self.shared.state();
            if state.faults.strange_replies && !bytes.is_empty() {
                let mut strange = Vec::new();
                let tag = tag.map(|tag| format!(".tag={tag}"));
                encode_sentence(&mut strange, ["!strange".to_owned(), "=message=x".to_owned()].into_iter().chain(tag));
                bytes.splice(0..0, strange);
            }
            (state.faults.silent && self.user.is_some(), self.count > 0 && state.faults.drop_mid_reply_at == Some(self.count))
        };
        if silent || bytes.is_empty() {
            return Ok(());
        }
        if cut {
            self.wire.send(bytes.get(..bytes.len().div_ceil(2)).unwrap_or_default())?;
            return Err(Closed);
        }
        Ok(self.wire.send(&bytes)?)
    }

    /// From 7.19 a router tells its connections among its services.
    fn show(&self) {
        let mut state = self.shared.state();
        if !state.version.tells_connections() {
            return;
        }
        let ends = (self.wire.tcp().local_addr(), self.wire.tcp().peer_addr());
        let (Ok(local), Ok(remote)) = ends else { return };
        let (port, local, remote) = (local.port().to_string(), local.to_string(), remote.to_string());
        let ends = [("local", local.as_str()), ("remote", remote.as_str()), ("port", port.as_str())];
        let facts = [("name", self.shared.service()), ("proto", "tcp"), ("connection", "true"), ("dynamic", "true")];
        state.raw_insert("/ip/service", &[&facts[..], &ends[..]].concat(), Some(OF_CONNECTION | self.number));
    }

    fn fatal(&mut self, text: &str) -> Result<(), Closed> {
        self.reply(None, vec![ReplyBody::Fatal(text.to_owned())])?;
        Err(Closed)
    }

    fn login(&mut self, request: &Request) -> Result<(), Closed> {
        let challenges = self.shared.state().version.challenges();
        if challenges && request.param("response").is_none() {
            let challenge = hex(&self.shared.challenge());
            self.challenge = Some(challenge.clone());
            return self.reply(request.tag.as_deref(), vec![done(Some(("ret", challenge)))]);
        }
        let name = request.param("name").unwrap_or_default();
        let accepted = {
            let state = self.shared.state();
            let password = credentials(&state, name).filter(|_| !state.faults.refuse_login);
            password.is_some_and(|password| match request.param("response") {
                Some(response) if challenges => {
                    let challenge = self.challenge.take().unwrap_or_default();
                    !challenge.is_empty() && challenge_response(&password, &challenge).as_deref() == Some(response)
                }
                _ => request.param("password") == Some(&password),
            })
        };
        if accepted {
            self.user = Some(name.to_owned());
            self.show();
            return self.reply(request.tag.as_deref(), vec![done(None)]);
        }
        let text = if challenges { "cannot log in" } else { "invalid user name or password (6)" };
        self.reply(request.tag.as_deref(), vec![ReplyBody::Trap(failure(text)), done(None)])
    }
}

/// The password of a user who may log in over the API.
fn credentials(state: &State, name: &str) -> Option<String> {
    let row = state.find_by("/user", "name", name)?;
    let value = |attr: &str| state.value("/user", row, attr);
    let may = value("disabled").as_deref() != Some("true") && commands::has_policy(state, name, "api");
    may.then(|| value("password").unwrap_or_default())
}

fn done(ret: Option<(&str, String)>) -> ReplyBody {
    ReplyBody::Done(ret.into_iter().collect::<Row>())
}
