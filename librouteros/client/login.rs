//! Both login forms (RouterOS manual, "API", initial login).

use md5::{Digest, Md5};

use super::Client;
use crate::codec::{ReplyBody, Row};
use crate::command::Command;
use crate::error::{Error, Result, hex};

/// The answer to a login challenge of RouterOS before 6.43: `00` and the MD5 of a zero byte, the password and the challenge.
/// `challenge` is the `ret` of the router, in hexadecimal; `None` when it is not.
#[must_use]
pub fn challenge_response(password: &str, challenge: &str) -> Option<String> {
    let digits: Option<Vec<u8>> = challenge.chars().map(|digit| Some(digit.to_digit(16)? as u8)).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    let bytes: Vec<u8> = digits.chunks(2).map(|pair| pair.iter().fold(0, |sum, digit| sum << 4 | digit)).collect();
    let digest = Md5::new().chain_update([0]).chain_update(password).chain_update(bytes).finalize();
    Some(format!("00{}", hex(&digest)))
}

impl Client {
    /// New routers take the plain form; old ones ignore its attributes and answer with a challenge.
    pub(super) fn login(&mut self) -> Result<()> {
        let login = Command::new("/login").attr("name", self.options.user.clone());
        let done = self.login_step(&login.clone().attr("password", self.options.password.clone()))?;
        let Some(challenge) = done.get("ret") else {
            return Ok(());
        };
        let response = challenge_response(&self.options.password, challenge)
            .ok_or_else(|| Error::Protocol("the login challenge is not hexadecimal".to_owned()))?;
        self.login_step(&login.attr("response", response)).map(|_| ())
    }

    /// Untagged: before login the router is owed nothing it might refuse.
    fn login_step(&mut self, command: &Command) -> Result<Row> {
        self.transport.send(&command.encode(None)?)?;
        let mut refused = None;
        loop {
            match self.receive()?.body {
                ReplyBody::Done(done) => return refused.map_or(Ok(done), Err),
                ReplyBody::Trap(trap) => refused = Some(Error::LoginFailed(trap.message)),
                ReplyBody::Fatal(reason) => return Err(Error::Fatal(reason)),
                ReplyBody::Re(_) | ReplyBody::Empty => {}
            }
        }
    }
}
