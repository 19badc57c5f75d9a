//! How much one caller may have of the server at once, so that nobody takes all of it.
//!
//! A user has at most a share of the connections; further calls of his wait a while. An address has a few logins under
//! check; further ones are asked to try again.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use lastmile_orm::error::{Error, Result};
use lastmile_orm::value::Id;

/// Logins of one address that may be under check at once: an office behind one address has many people.
const LOGINS: usize = 16;
/// How long a call waits for earlier ones of its user.
const PATIENCE: Duration = Duration::from_secs(20);

/// Places, counted by key.
struct Places<K> {
    taken: Mutex<HashMap<K, usize>>,
    freed: Condvar,
    each: usize,
}

/// A place; dropping it frees it.
pub struct Place<'a, K: Hash + Eq + Copy> {
    of: &'a Places<K>,
    key: K,
}

impl<K: Hash + Eq + Copy> Places<K> {
    fn new(each: usize) -> Self {
        Places { taken: Mutex::default(), freed: Condvar::new(), each }
    }

    /// A place, when one is free before `patience` is over.
    fn take(&self, key: K, patience: Duration) -> Option<Place<'_, K>> {
        let begun = Instant::now();
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let count = taken.entry(key).or_default();
            if *count < self.each {
                *count += 1;
                return Some(Place { of: self, key });
            }
            let left = patience.checked_sub(begun.elapsed()).filter(|left| !left.is_zero())?;
            taken = self.freed.wait_timeout(taken, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl<K: Hash + Eq + Copy> Drop for Place<'_, K> {
    fn drop(&mut self) {
        let mut taken = self.of.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.key);
            }
        }
        drop(taken);
        self.of.freed.notify_all();
    }
}

/// Who is in.
pub struct Admission {
    calls: Places<Id>,
    logins: Places<Option<IpAddr>>,
}

impl Admission {
    /// For a pool of so many connections: a user gets three quarters of them.
    pub fn new(connections: usize) -> Self {
        Admission { calls: Places::new((connections * 3 / 4).max(1)), logins: Places::new(LOGINS) }
    }

    /// A place for a call of a user.
    ///
    /// # Errors
    /// Busy when earlier calls of the user take too long.
    pub fn call(&self, uid: Id) -> Result<Place<'_, Id>> {
        self.calls
            .take(uid, PATIENCE)
            .ok_or_else(|| Error::busy("Too many of your calls are running. Please try again when they have ended."))
    }

    /// A place for a login from an address.
    ///
    /// # Errors
    /// Busy when the address has too many.
    pub fn login(&self, from: Option<IpAddr>) -> Result<Place<'_, Option<IpAddr>>> {
        self.logins
            .take(from, Duration::ZERO)
            .ok_or_else(|| Error::busy("Too many logins from this address are being checked. Please try again in a moment."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_by_key_and_come_back() {
        let admission = Admission::new(2);
        let first = admission.calls.take(1, Duration::ZERO);
        assert!(first.is_some() && admission.calls.take(1, Duration::ZERO).is_none() && admission.calls.take(2, Duration::ZERO).is_some());
        drop(first);
        assert!(admission.calls.take(1, Duration::ZERO).is_some());
        assert!(admission.calls.taken.lock().unwrap().is_empty());
    }

    #[test]
    fn who_waits_gets_the_place_that_is_freed() {
        let admission = Admission::new(1);
        let first = admission.calls.take(1, Duration::ZERO);
        std::thread::scope(|scope| {
            let second = scope.spawn(|| admission.calls.take(1, Duration::from_secs(60)).is_some());
            drop(first);
            assert!(second.join().unwrap());
        });
    }
}
