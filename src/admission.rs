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
/// Calls of one user that may wait for his earlier ones, and those of all users: each takes a thread that serves others, too.
const WAITING: usize = 16;
const ALL_WAITING: usize = 64;
/// Calls of one user that may speak to routers and mail servers at once.
const OUTSIDE: usize = 8;
/// How long a call waits for earlier ones of its user.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often who waits looks whether his client is still there.
const LOOK: Duration = Duration::from_millis(250);

/// Who has places, and who waits for one.
struct Taken<K> {
    places: HashMap<K, usize>,
    waiting: HashMap<K, usize>,
}

impl<K: Hash + Eq + Copy> Taken<K> {
    /// Whether one more may wait.
    fn may_wait(&self, key: K) -> bool {
        self.waiting.get(&key).copied().unwrap_or(0) < WAITING && self.waiting.values().sum::<usize>() < ALL_WAITING
    }
}

/// Takes one from a count; a count of nothing goes.
fn less<K: Hash + Eq>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

/// Places, counted by key.
struct Places<K> {
    taken: Mutex<Taken<K>>,
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
        Places { taken: Mutex::new(Taken { places: HashMap::new(), waiting: HashMap::new() }), freed: Condvar::new(), each }
    }

    /// A place, when one is free before `patience` is over and not too many wait already.
    fn take(&self, key: K, patience: Duration) -> Option<Place<'_, K>> {
        let end = Instant::now() + patience;
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let mut waits = false;
        loop {
            let free = taken.places.get(&key).copied().unwrap_or(0) < self.each;
            let left = end.saturating_duration_since(Instant::now());
            if free || left.is_zero() || !(waits || taken.may_wait(key)) {
                if waits {
                    less(&mut taken.waiting, &key);
                }
                if free {
                    *taken.places.entry(key).or_default() += 1;
                }
                // Made only when it is taken: dropping one frees it.
                return free.then(|| Place { of: self, key });
            }
            if waits && lastmile_orm::cancel::check().is_err() {
                less(&mut taken.waiting, &key);
                return None;
            }
            if !waits {
                waits = true;
                *taken.waiting.entry(key).or_default() += 1;
            }
            taken = self.freed.wait_timeout(taken, left.min(LOOK)).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl<K: Hash + Eq + Copy> Drop for Place<'_, K> {
    fn drop(&mut self) {
        less(&mut self.of.taken.lock().unwrap_or_else(PoisonError::into_inner).places, &self.key);
        self.of.freed.notify_all();
    }
}

/// Who is in.
pub struct Admission {
    calls: Places<Id>,
    outside: Places<Id>,
    logins: Places<Option<IpAddr>>,
}

impl Admission {
    /// For a pool of so many connections: a user gets three quarters of them.
    pub fn new(connections: usize) -> Self {
        Admission { calls: Places::new((connections * 3 / 4).max(1)), outside: Places::new(OUTSIDE), logins: Places::new(LOGINS) }
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

    /// A place for a call of a user that speaks to routers or mail servers: it has a connection for moments only, so that
    /// it takes none of the places of other calls.
    ///
    /// # Errors
    /// Busy when earlier ones of the user still wait for theirs.
    pub fn outside(&self, uid: Id) -> Result<Place<'_, Id>> {
        self.outside
            .take(uid, PATIENCE)
            .ok_or_else(|| Error::busy("Too many of your calls wait for routers or mail servers. Please try again in a moment."))
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
        assert!(admission.calls.taken.lock().unwrap().places.is_empty());
    }

    #[test]
    fn only_some_may_wait() {
        let admission = Admission::new(1);
        let first = admission.calls.take(1, Duration::ZERO);
        std::thread::scope(|scope| {
            let waiting: Vec<_> =
                (0..WAITING).map(|_| scope.spawn(|| admission.calls.take(1, Duration::from_secs(60)).is_some())).collect();
            while admission.calls.taken.lock().unwrap().waiting.get(&1) != Some(&WAITING) {
                std::thread::yield_now();
            }
            assert!(admission.calls.take(1, Duration::from_secs(60)).is_none(), "refused at once");
            drop(first);
            assert!(waiting.into_iter().all(|thread| thread.join().unwrap()));
        });
        assert!(admission.calls.taken.lock().unwrap().waiting.is_empty());
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
