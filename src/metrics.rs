//! `GET /metrics`: figures for Prometheus, for callers on this machine or with the token of the settings.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, web};
use lastmile_orm::env::SUPERUSER;
use lastmile_orm::sql::Sql;
use lastmile_orm::{Database, Tx};

/// Log target of requests.
const ACCESS: &str = "lastmile::access";
/// Upper bounds of the buckets of durations, in seconds.
const BOUNDS: [f64; 9] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0];

#[derive(Default)]
struct Series {
    buckets: [u64; BOUNDS.len()],
    count: u64,
    seconds: f64,
}

/// What was served, by route and status.
#[derive(Default)]
pub struct Metrics {
    requests: Mutex<BTreeMap<(String, u16), Series>>,
    /// Who may ask from elsewhere.
    token: Option<String>,
}

impl Metrics {
    /// Nothing served yet.
    pub fn new(token: Option<String>) -> Self {
        Metrics { requests: Mutex::default(), token }
    }

    fn note(&self, route: String, status: u16, took: Duration) {
        if let Ok(mut all) = self.requests.lock() {
            let series = all.entry((route, status)).or_default();
            let seconds = took.as_secs_f64();
            for (bucket, bound) in series.buckets.iter_mut().zip(BOUNDS) {
                if seconds <= bound {
                    *bucket += 1;
                }
            }
            series.count += 1;
            series.seconds += seconds;
        }
    }

    fn write(&self, out: &mut String) {
        let Ok(all) = self.requests.lock() else { return };
        out.push_str("# TYPE lastmile_http_request_seconds histogram\n");
        for ((route, status), series) in all.iter() {
            let labels = format!("route=\"{route}\",status=\"{status}\"");
            for (bucket, bound) in series.buckets.iter().zip(BOUNDS) {
                let _ = writeln!(out, "lastmile_http_request_seconds_bucket{{{labels},le=\"{bound}\"}} {bucket}");
            }
            let _ = writeln!(out, "lastmile_http_request_seconds_bucket{{{labels},le=\"+Inf\"}} {}", series.count);
            let _ = writeln!(out, "lastmile_http_request_seconds_sum{{{labels}}} {}", series.seconds);
            let _ = writeln!(out, "lastmile_http_request_seconds_count{{{labels}}} {}", series.count);
        }
    }
}

/// Measures every request. Routes are named by their pattern, so that paths do not make series without end.
pub async fn measure<B: MessageBody>(req: ServiceRequest, next: Next<B>) -> Result<ServiceResponse<B>, actix_web::Error> {
    let metrics = req.app_data::<web::Data<Metrics>>().cloned();
    let begun = Instant::now();
    let response = next.call(req).await?;
    if tracing::enabled!(target: ACCESS, tracing::Level::DEBUG) {
        let request = response.request();
        let id = response.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
        let (peer, status) = (client(request), response.status().as_u16());
        // The path without its query: tokens travel there.
        let (method, path, ms) = (request.method().as_str(), request.path(), begun.elapsed().as_secs_f64() * 1e3);
        tracing::debug!(target: ACCESS, request = id, peer, method, path, status, ms);
    }
    if let Some(metrics) = metrics {
        let route = response.request().match_pattern().unwrap_or_else(|| "unknown".into()).replace(['"', '\\', '\n'], "_");
        metrics.note(route, response.status().as_u16(), begun.elapsed());
    }
    Ok(response)
}

/// The client's address, as the log names it.
fn client(request: &HttpRequest) -> Option<String> {
    let state = request.app_data::<web::Data<lastmile_rpc::State>>()?;
    state.proxies.client(request).addr.map(|addr| addr.to_string())
}

/// The caller is on this machine and no proxy speaks for somebody else, or it has the token.
fn allowed(req: &HttpRequest, metrics: &Metrics) -> bool {
    let forwarded = ["Forwarded", "X-Forwarded-For", "X-Real-IP"].iter().any(|h| req.headers().contains_key(*h));
    let here = req.peer_addr().is_some_and(|a| a.ip().is_loopback());
    let token = lastmile_rpc::http::request::bearer(req);
    let knows = match (&metrics.token, &token) {
        (Some(expected), Some(given)) => lastmile_models::isp_core::mac_onboarding::same(expected, given),
        _ => false,
    };
    (here && !forwarded) || knows
}

/// Answers the figures.
pub async fn answer(req: HttpRequest, metrics: web::Data<Metrics>, db: web::Data<Database>) -> HttpResponse {
    if !allowed(&req, &metrics) {
        return HttpResponse::Forbidden().content_type("text/plain; charset=utf-8").body("forbidden");
    }
    let mut out = String::new();
    metrics.write(&mut out);
    let db = db.into_inner();
    if let Ok(Ok(jobs)) = web::block(move || jobs(&db)).await {
        out.push_str("# TYPE lastmile_provisioning_jobs gauge\n");
        for (state, count) in jobs {
            let _ = writeln!(out, "lastmile_provisioning_jobs{{state=\"{state}\"}} {count}");
        }
    }
    HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(out)
}

/// Jobs that are not done, by state.
fn jobs(db: &Arc<Database>) -> lastmile_orm::Result<Vec<(String, i64)>> {
    db.run(SUPERUSER, Tx::Read, |env| {
        let sql =
            Sql::lit("SELECT state::text, count(*) FROM isp_provisioning_job WHERE state IN ('queued', 'running', 'failed') GROUP BY 1");
        Ok(env.query_alone(sql)?.iter().filter_map(|row| Some((row.text(0)?, row.big(1)?))).collect())
    })
}
