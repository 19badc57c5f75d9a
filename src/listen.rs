//! The connection that listens: caches fall when another process changed something, the job runner wakes.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use lastmile_orm::Database;
use lastmile_orm::declare::Touch;
use lastmile_orm::error::{Error, Result};

/// How often the connection is asked for notifications. Diesel does not give its socket to wait on.
const POLL: Duration = Duration::from_millis(50);

/// The listening thread.
pub struct Listener {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    wakers: Arc<Mutex<Vec<mpsc::Sender<()>>>>,
}

impl Listener {
    /// Starts listening.
    pub fn start(url: &str, db: Arc<Database>) -> Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let wakers = Arc::new(Mutex::new(Vec::new()));
        let (url, flag, own) = (url.to_owned(), Arc::clone(&stop), Arc::clone(&wakers));
        let thread = std::thread::Builder::new()
            .name("listen".into())
            .spawn(move || run(&url, &db, &flag, &own))
            .map_err(|e| Error::internal(format!("cannot start the listener: {e}")))?;
        Ok(Listener { stop, thread: Some(thread), wakers })
    }

    /// A channel that gets a message when jobs may be waiting.
    pub fn jobs(&self) -> mpsc::Receiver<()> {
        let (sender, receiver) = mpsc::channel();
        if let Ok(mut wakers) = self.wakers.lock() {
            wakers.push(sender);
        }
        receiver
    }

    /// Stops listening.
    pub fn stop(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::warn!("the listening thread panicked");
        }
    }
}

fn run(url: &str, db: &Arc<Database>, stop: &AtomicBool, wakers: &Mutex<Vec<mpsc::Sender<()>>>) {
    let mut first = true;
    while !stop.load(Ordering::Relaxed) {
        if let Err(error) = listen(url, db, stop, wakers, first) {
            tracing::warn!(%error, "the listening connection was lost");
            std::thread::sleep(Duration::from_secs(1));
        }
        first = false;
    }
}

/// Listens until the connection fails. What was missed while it was away is unknown: all caches fall.
fn listen(url: &str, db: &Arc<Database>, stop: &AtomicBool, wakers: &Mutex<Vec<mpsc::Sender<()>>>, first: bool) -> Result<()> {
    let lost = |e: String| Error::internal(e);
    let mut conn = PgConnection::establish(url).map_err(|e| lost(e.to_string()))?;
    conn.batch_execute("LISTEN lastmile_cache; LISTEN lastmile_jobs").map_err(|e| lost(e.to_string()))?;
    if !first {
        db.reload_all()?;
        wake(wakers);
    }
    while !stop.load(Ordering::Relaxed) {
        let mut touched = BTreeSet::new();
        let mut jobs = false;
        // A round trip also tells whether the connection lives.
        conn.batch_execute("SELECT 1").map_err(|e| lost(e.to_string()))?;
        for notification in conn.notifications_iter() {
            let notification = notification.map_err(|e| lost(e.to_string()))?;
            match (notification.channel.as_str(), notification.payload.as_str()) {
                ("lastmile_jobs", _) => jobs = true,
                (_, "Registry") => touched.extend([Touch::Registry, Touch::Users]),
                _ => {
                    touched.insert(Touch::Users);
                }
            }
        }
        if !touched.is_empty() {
            db.reload(&touched, &mut *db.connection()?)?;
        }
        if jobs {
            wake(wakers);
        }
        std::thread::sleep(POLL);
    }
    Ok(())
}

fn wake(wakers: &Mutex<Vec<mpsc::Sender<()>>>) {
    if let Ok(mut wakers) = wakers.lock() {
        wakers.retain(|waker| waker.send(()).is_ok());
    }
}
