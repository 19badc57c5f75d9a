//! The book of one batch of jobs: what routers hold of each service when its turn comes, what they will hold after it, and what
//! has to go because it is not wanted any more, there or on another router.

use std::collections::{BTreeMap, HashMap};

use lastmile_orm::{Env, Id, Result};

use super::desired::{Access, Desired, Marker, Policy, SERVICE_MENUS, Service, menu};
use super::places::{self, Menus, Place};
use crate::isp_core::job_type::{DECIDING, JobType};

/// Among the menus of a place: the account there was given an IPv6 prefix.
pub const PREFIX: &str = "ipv6-prefix";

/// A job's turn: which service, on which router.
#[derive(Clone, Copy, Debug)]
pub struct Turn<'a> {
    pub kind: JobType,
    pub service: &'a Service,
    pub router: Id,
    /// Where the service belongs.
    pub home: Option<Id>,
    /// It is to work when the job is done.
    pub in_service: bool,
}

/// The book.
#[derive(Debug, Default)]
pub struct Book {
    /// As it was before the batch.
    found: HashMap<(Id, Id), Menus>,
    /// After the jobs so far.
    now: HashMap<(Id, Id), Menus>,
    /// Whatever may be there in between.
    between: BTreeMap<(Id, Id), Menus>,
    /// What jobs so far decided about services.
    decided: HashMap<Id, &'static str>,
    stale: Vec<(Id, Id)>,
}

impl Book {
    /// Reads what is known of subscriptions.
    pub fn open(env: &mut Env, subscriptions: &[Id]) -> Result<Self> {
        let found = places::of(env, subscriptions)?;
        Ok(Book { now: found.clone(), found, ..Book::default() })
    }

    /// What a router may hold of a service. What an earlier job of the batch takes away counts: a later one may replace it.
    pub fn menus(&self, subscription: Id, router: Id) -> Menus {
        let place = (subscription, router);
        self.between.get(&place).or_else(|| self.found.get(&place)).cloned().unwrap_or_default()
    }

    /// The state that an earlier job of the batch decided.
    pub fn decided(&self, subscription: Id) -> Option<&'static str> {
        self.decided.get(&subscription).copied()
    }

    /// Keeps what a job decides for those after it.
    pub fn decide(&mut self, subscription: Id, kind: JobType) {
        if DECIDING.contains(&kind) {
            let state = match kind {
                JobType::SuspendSubscription => "suspended",
                JobType::TerminateSubscription => "terminated",
                _ => "active",
            };
            self.decided.insert(subscription, state);
        }
    }

    /// Completes what a job wants by what has to go; answers the place as it will be, when that is to be written down.
    ///
    /// # Errors
    /// When there is nothing to be set: success over nothing would be no success.
    pub fn enter(&mut self, policy: &Policy, turn: Turn<'_>, desired: &mut Desired) -> std::result::Result<Option<Place>, String> {
        let (subscription, place) = (turn.service.id, (turn.service.id, turn.router));
        let held = self.menus(subscription, turn.router);
        let mut wanted = menus_of(desired);
        if turn.service.is_v6() && matches!(turn.service.access, Access::Pppoe { .. }) && wanted.contains(menu::PPP_SECRET) {
            wanted.insert(PREFIX.to_owned());
        }
        if turn.kind.brings_in_line() {
            let goes = turn.kind == JobType::ChangePlan && !held.is_empty();
            if wanted.is_empty() && turn.in_service && !goes {
                return Err(nothing(turn.service, turn.kind));
            }
            self.sweep(policy, turn, &held, &wanted, desired);
            let elsewhere =
                self.found.keys().filter(|(sub, router)| *sub == subscription && *router != turn.router && Some(*router) != turn.home);
            self.stale.extend(elsewhere);
        } else if turn.kind == JobType::DisconnectSession {
            return Ok(None);
        } else if wanted.is_empty() {
            return Err(nothing(turn.service, turn.kind));
        } else {
            wanted.extend(self.now.get(&place).into_iter().flatten().cloned());
        }
        Ok(self.put(place, wanted))
    }

    /// Rows of ours that are there, or may be, and that nobody wants any more.
    fn sweep(&self, policy: &Policy, turn: Turn<'_>, held: &Menus, wanted: &Menus, desired: &mut Desired) {
        let unknown = turn.kind == JobType::TerminateSubscription && held.is_empty();
        let told = |menu: &&&'static str| held.contains(**menu) || (unknown && **menu != menu::ADDRESS_LIST6);
        let follows = desired.cuts.iter().any(|cut| cut.entry.is_some());
        // Where a service keeps its row there is nothing else of it; lists may hold two.
        let settled = |menu: &&&'static str| wanted.contains(**menu) && **menu != menu::ADDRESS_LIST;
        for menu in SERVICE_MENUS.iter().filter(told).filter(|menu| !settled(menu)) {
            for row in policy.sweep(menu, turn.service.id, &turn.service.name) {
                let marker = Marker::of_comment(&row.marker);
                let known = desired.rows.iter().any(|own| own.menu == row.menu && Marker::of_comment(&own.marker) == marker);
                if !(known || follows && marker.is_some_and(|marker| marker.contains(":active:"))) {
                    desired.rows.push(row);
                }
            }
        }
    }

    /// A router gives up all that it holds of a subscription.
    pub fn leave(&mut self, policy: &Policy, subscription: Id, name: &str, router: Id) -> (Desired, Option<Place>) {
        let held = self.menus(subscription, router);
        let menus = SERVICE_MENUS.iter().filter(|menu| held.contains(**menu));
        let rows: Vec<_> = menus.flat_map(|menu| policy.sweep(menu, subscription, name)).collect();
        (rows.into(), self.put((subscription, router), Menus::new()))
    }

    fn put(&mut self, place: (Id, Id), after: Menus) -> Option<Place> {
        let found = self.found.get(&place).cloned().unwrap_or_default();
        self.now.insert(place, after.clone());
        let between = self.between.entry(place).or_insert_with(|| found.clone());
        between.extend(after.iter().cloned());
        let same = *between == found && after == found;
        (!same).then_some(Place { subscription: place.0, router: place.1, menus: after })
    }

    /// Writes down where rows may be from now on, and has other routers give up what they should not hold.
    pub fn close(self, env: &mut Env) -> Result<()> {
        let new = self.between.into_iter().filter(|(place, menus)| self.found.get(place).map_or(!menus.is_empty(), |found| found != menus));
        let new: Vec<Place> = new.map(|((subscription, router), menus)| Place { subscription, router, menus }).collect();
        places::remember(env, &new)?;
        let mut stale = self.stale;
        stale.sort_unstable();
        stale.dedup();
        places::leave(env, &stale)
    }
}

/// Menus in which a service has rows then.
pub fn menus_of(desired: &Desired) -> Menus {
    let own = desired.rows.iter().filter(|row| row.present && Marker::is_service(&row.marker)).map(|row| row.menu);
    let active = desired.cuts.iter().filter_map(|cut| cut.entry.as_ref()).map(|entry| entry.menu);
    own.chain(active).map(str::to_owned).collect()
}

/// Why a job cannot be done.
fn nothing(service: &Service, kind: JobType) -> String {
    let lacks = match kind {
        JobType::EnsureQueue => "no IP address",
        JobType::ActivateDhcp => "no MAC address",
        _ => "neither a MAC address nor an IP address",
    };
    format!("{} has {lacks}: there is nothing that its router could be told.", service.name)
}
