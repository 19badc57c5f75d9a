//! `GET /healthz`: whether the database answers.
//!
//! One thread asks over a connection of its own: neither a busy pool nor busy workers make a healthy server look ill, and asking takes no
//! connection from callers. A database that hangs is no answer, and however many ask meanwhile, one question is on its way.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use actix_web::rt::time::timeout;
use actix_web::{HttpResponse, web};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use lastmile_orm::error::{Error, Result};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many may wait for the answer of one question.
const WAITING: usize = 64;

type Asker = tokio::sync::oneshot::Sender<bool>;

/// Who asks the database.
#[derive(Clone)]
pub struct Health(SyncSender<Asker>);

impl Health {
    /// Starts the thread; it ends with the last `Health`.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub fn start(url: String) -> Result<Self> {
        let (ask, askers) = sync_channel(WAITING);
        let thread = std::thread::Builder::new().name("health".into());
        thread.spawn(move || serve(&url, &askers)).map_err(|e| Error::internal(format!("no thread for health: {e}")))?;
        Ok(Health(ask))
    }

    /// Whether the database answers within two seconds.
    async fn ask(&self) -> bool {
        let (answer, wanted) = tokio::sync::oneshot::channel();
        self.0.try_send(answer).is_ok() && timeout(PATIENCE, wanted).await.is_ok_and(|answer| answer == Ok(true))
    }
}

fn serve(url: &str, askers: &Receiver<Asker>) {
    let mut conn = None;
    while let Ok(first) = askers.recv() {
        let waiting: Vec<Asker> = std::iter::once(first).chain(askers.try_iter()).collect();
        let alive = answers(&mut conn, url);
        for asker in waiting {
            // It may have lost patience.
            let _gone = asker.send(alive);
        }
    }
}

/// Asks over the open connection, or a new one when that one broke.
fn answers(conn: &mut Option<PgConnection>, url: &str) -> bool {
    let asks = |conn: &mut PgConnection| conn.batch_execute("SELECT 1").is_ok();
    if conn.as_mut().is_some_and(asks) {
        return true;
    }
    *conn = None;
    *conn = PgConnection::establish(url).ok();
    conn.as_mut().is_some_and(asks)
}

/// 200 while the database answers, else 503.
pub async fn answer(health: web::Data<Health>) -> HttpResponse {
    if health.ask().await {
        HttpResponse::Ok().json(serde_json::json!({"status": "pass"}))
    } else {
        HttpResponse::ServiceUnavailable().json(serde_json::json!({"status": "fail"}))
    }
}
