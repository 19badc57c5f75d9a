//! The running program: database, server, background threads, and how they end.

use std::sync::Arc;
use std::time::Duration;

use actix_web::middleware::{NormalizePath, TrailingSlash, from_fn};
use actix_web::{App, HttpServer, web};
use diesel::{Connection, PgConnection};
use lastmile_models::base::credentials::Credentials;
use lastmile_orm::database::PoolOptions;
use lastmile_orm::env::SUPERUSER;
use lastmile_orm::error::{Error, Result};
use lastmile_orm::{Database, Tx};
use lastmile_rpc::http::limits::Budget;
use lastmile_rpc::{Limits, Shared, State};

use crate::backend::Product;
use crate::config::Config;
use crate::demo::Demo;
use crate::health::Health;
use crate::jobs::Background;
use crate::listen::Listener;
use crate::postgres::{Cluster, ClusterOptions};
use crate::provisioning::Provisioner;
use crate::sessions::Sessions;

/// An opened database, and the private cluster it may live in.
pub struct Opened {
    pub db: Arc<Database>,
    /// Stops the cluster when the last user drops it.
    pub cluster: Option<Cluster>,
    pub url: String,
}

/// Finds or starts PostgreSQL and brings the schema up to date.
pub fn migrated(config: &Config) -> Result<(String, Option<Cluster>)> {
    let cluster = match &config.database_url {
        Some(_) => None,
        None => Some(Cluster::start(&ClusterOptions { data_dir: config.data_dir.clone(), db_name: config.db_name.clone(), fsync: true })?),
    };
    let url = match (&config.database_url, &cluster) {
        (Some(url), _) => url.clone(),
        (None, Some(cluster)) => cluster.url().to_owned(),
        (None, None) => return Err(Error::internal("no database")),
    };
    let mut conn = PgConnection::establish(&url).map_err(|e| Error::user(format!("cannot connect to PostgreSQL: {e}")))?;
    crate::setup::migrate(&mut conn)?;
    Ok((url, cluster))
}

/// Connections for calls; jobs and the scheduler have their own.
fn connections(config: &Config) -> usize {
    (config.workers * 2).max(4)
}

/// Opens the database for calls.
pub fn open(config: &Config) -> Result<Opened> {
    let (url, cluster) = migrated(config)?;
    let options = PoolOptions {
        size: u32::try_from(connections(config) + config.max_cron_threads + 2).unwrap_or(8),
        statement_timeout: Duration::from_secs(config.statement_timeout),
        outsider_timeout: Duration::from_secs(config.outsider_statement_timeout),
        ..PoolOptions::default()
    };
    let db = Database::open(&url, &config.db_name, lastmile_models::declarations(), &options)?;
    db.set_port(Arc::new(crate::filestore::files(config)));
    Ok(Opened { db, cluster, url })
}

/// `database.secret`: keys of sessions and CSRF tokens.
fn secret(db: &Arc<Database>) -> Result<Vec<u8>> {
    let value = db.run(SUPERUSER, Tx::Read, |env| env.parameter("database.secret"))?;
    value
        .map(String::into_bytes)
        .filter(|s| s.len() >= 16)
        .ok_or_else(|| Error::internal("parameter database.secret is missing or too short"))
}

/// Serves until SIGTERM or SIGINT, then finishes what is in flight.
pub async fn serve(config: Config) -> Result<()> {
    let opened = {
        let config = config.clone();
        web::block(move || open(&config)).await.map_err(|e| Error::internal(e.to_string()))??
    };
    let db = Arc::clone(&opened.db);
    let credentials = Arc::new(Credentials::new()?);
    db.set_port(Arc::clone(&credentials));
    let provisioner = Arc::new(Provisioner::default());
    crate::effects::register(&db, &provisioner);
    let key = secret(&db)?;
    let product =
        Product::new(Arc::clone(&db), Arc::clone(&credentials), Sessions::new(Arc::clone(&db), key.clone()), connections(&config));
    let templates = web::Data::new(crate::pages::templates()?);
    crate::documents::register(&db, templates.clone().into_inner());
    let state = State::new(Shared {
        backend: Arc::new(product),
        pages: Arc::new(crate::pages::plain::Plain::new(templates.clone().into_inner())),
        limits: Limits::default(),
        budget: Budget::default(),
        secret: key.clone(),
        base_url: config.base_url.clone(),
        proxies: config.proxies.clone(),
    });
    let demo = if config.demo { Some(start_demo(&db, &provisioner).await?) } else { None };
    let listener = Listener::start(&opened.url, Arc::clone(&db))?;
    let address = (config.http_interface.clone(), config.http_port);
    let calls = Arc::clone(&db);
    let health = web::Data::new(Health::start(opened.url.clone())?);
    let portal =
        crate::pages::portal::Portal::new(Arc::clone(&db), Sessions::new(Arc::clone(&db), key.clone()), templates.clone().into_inner())?;
    let portal = web::Data::new(portal);
    let hotspot = web::Data::new(crate::pages::captive::Hotspot::new(Arc::clone(&db), templates.clone().into_inner())?);
    let admin = web::Data::new(crate::pages::admin::admin(Arc::clone(&db))?);
    let metrics = web::Data::new(crate::metrics::Metrics::new(config.metrics_token.clone()));
    let server = HttpServer::new(move || {
        let state = state.clone();
        let calls = web::Data::from(Arc::clone(&calls));
        App::new()
            .wrap(NormalizePath::new(TrailingSlash::MergeOnly))
            .wrap(from_fn(lastmile_rpc::http::headers::protect))
            .wrap(from_fn(lastmile_rpc::http::request::stamp))
            .wrap(from_fn(crate::metrics::measure))
            .app_data(metrics.clone())
            .app_data(calls)
            .app_data(health.clone())
            .route("/healthz", web::get().to(crate::health::answer))
            .route("/metrics", web::get().to(crate::metrics::answer))
            .app_data(templates.clone())
            .app_data(admin.clone())
            .app_data(portal.clone())
            .app_data(hotspot.clone())
            .configure(crate::pages::routes)
            .configure(|cfg| lastmile_rpc::configure(cfg, &state))
    })
    .workers(config.workers)
    .shutdown_timeout(30)
    // A client that goes ends what is done for it.
    .h1_allow_half_closed(false)
    .bind(address)
    .map_err(|e| Error::user(format!("cannot listen on {}:{}: {e}", config.http_interface, config.http_port)))?;
    tracing::info!(url = %format!("http://{}:{}", config.http_interface, config.http_port), database = %config.db_name, "serving");
    let background = Background::start(&db, &provisioner, listener.jobs(), config.max_cron_threads)?;
    if demo.is_some() {
        println!("Lastmile demo: http://{}:{}  database {}  login admin", config.http_interface, config.http_port, config.db_name);
    }
    let done = server.run().await;
    if let Some(background) = background {
        background.stop();
    }
    if let Some(demo) = demo {
        demo.stop();
    }
    listener.stop();
    drop(opened);
    done.map_err(|e| Error::internal(format!("server: {e}")))
}

/// Demo data and simulated routers; they are blocking work.
async fn start_demo(db: &Arc<Database>, provisioner: &Arc<Provisioner>) -> Result<Demo> {
    let (db, provisioner) = (Arc::clone(db), Arc::clone(provisioner));
    web::block(move || Demo::start(&db, &provisioner)).await.map_err(|e| Error::internal(e.to_string()))?
}
