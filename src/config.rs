//! Settings: command line, environment, `lastmile.toml`, and the keys of `odoo.conf` that mean the same; earlier ones win.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use clap::Args;
use lastmile_orm::error::{Error, Result};
use lastmile_rpc::Proxies;

/// Options of `lastmile serve` (and, for the database, of the other commands).
#[derive(Args, Clone, Debug, Default)]
pub struct Options {
    /// Port of the HTTP server [default: 8069]
    #[arg(long)]
    pub http_port: Option<u16>,
    /// Address the HTTP server listens on [default: 127.0.0.1]
    #[arg(long)]
    pub http_interface: Option<String>,
    /// Where the private cluster and the filestore are [default: ./data]
    #[arg(long)]
    pub data_dir: Option<PathBuf>,
    /// Name of the database [default: lastmile]
    #[arg(long)]
    pub db_name: Option<String>,
    /// URL of a PostgreSQL server to use instead of a private cluster
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// Threads of the scheduler and job runner; 0 runs neither [default: 2]
    #[arg(long)]
    pub max_cron_threads: Option<usize>,
    /// HTTP worker threads [default: number of cores]
    #[arg(long)]
    pub workers: Option<usize>,
    /// A reverse proxy stands in front: believe its Forwarded and X-Forwarded-* headers
    #[arg(long)]
    pub proxy_mode: bool,
    /// Proxies that are believed: how many stand one behind the other, or their networks [default: 1 with --proxy-mode, else none]
    #[arg(long, value_name = "NUMBER|NETWORKS")]
    pub trusted_proxies: Option<String>,
    /// The address that people use; cookies are for HTTPS only when it is one of HTTPS [default: as requests tell]
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Seconds after which a statement of PostgreSQL is cancelled; 0 for no limit [default: 120]
    #[arg(long)]
    pub statement_timeout: Option<u64>,
    /// The same for statements that customers and visitors cause [default: 15]
    #[arg(long)]
    pub outsider_statement_timeout: Option<u64>,
    /// Token with which /metrics answers callers from other machines
    #[arg(long, env = "LASTMILE_METRICS_TOKEN", hide_env_values = true)]
    pub metrics_token: Option<String>,
    /// Load demo data and start simulated routers
    #[arg(long)]
    pub demo: bool,
    /// Settings file: lastmile.toml or an odoo.conf [default: ./lastmile.toml when it is there]
    #[arg(short, long)]
    pub config: Option<PathBuf>,
}

/// Settings, complete.
#[derive(Clone, Debug)]
pub struct Config {
    pub http_port: u16,
    pub http_interface: String,
    pub data_dir: PathBuf,
    pub db_name: String,
    /// `None`: a private cluster under `data_dir`.
    pub database_url: Option<String>,
    pub max_cron_threads: usize,
    pub workers: usize,
    /// Whose `Forwarded` and `X-Forwarded-*` are believed.
    pub proxies: Proxies,
    /// Without a slash at its end.
    pub base_url: Option<String>,
    /// Seconds; 0 for no limit.
    pub statement_timeout: u64,
    pub outsider_statement_timeout: u64,
    pub metrics_token: Option<String>,
    pub demo: bool,
}

impl Config {
    /// Merges the sources.
    ///
    /// # Errors
    /// When the settings file cannot be read, or a value in it is no number where one is needed.
    pub fn load(options: Options) -> Result<Self> {
        let file = match &options.config {
            Some(path) => read_file(path)?,
            None if Path::new("lastmile.toml").exists() => read_file(Path::new("lastmile.toml"))?,
            None => HashMap::new(),
        };
        let text = |key: &str| file.get(key).filter(|v| !v.is_empty() && *v != "False").cloned();
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Ok(Config {
            http_port: pick(options.http_port, text("http_port"), 8069)?,
            http_interface: options.http_interface.or_else(|| text("http_interface")).unwrap_or_else(|| "127.0.0.1".into()),
            data_dir: options.data_dir.or_else(|| text("data_dir").map(PathBuf::from)).unwrap_or_else(|| "data".into()),
            db_name: options.db_name.or_else(|| text("db_name")).unwrap_or_else(|| "lastmile".into()),
            database_url: options.database_url.or_else(|| text("database_url")).or_else(|| odoo_url(&file)),
            max_cron_threads: pick(options.max_cron_threads, text("max_cron_threads"), 2)?,
            workers: pick(options.workers, text("workers").filter(|w| w != "0"), cores)?,
            proxies: proxies(
                options.proxy_mode || file.get("proxy_mode").is_some_and(|v| v.eq_ignore_ascii_case("true")),
                options.trusted_proxies.or_else(|| text("trusted_proxies")),
            )?,
            base_url: options.base_url.or_else(|| text("base_url")).map(|url| base_url(&url)).transpose()?,
            statement_timeout: pick(options.statement_timeout, text("statement_timeout"), 120)?,
            outsider_statement_timeout: pick(options.outsider_statement_timeout, text("outsider_statement_timeout"), 15)?,
            metrics_token: options.metrics_token.or_else(|| text("metrics_token")),
            demo: options.demo,
        })
    }
}

/// One proxy unless told otherwise: what `proxy_mode` means to the reference.
fn proxies(mode: bool, trusted: Option<String>) -> Result<Proxies> {
    match trusted {
        Some(text) => text.parse().map_err(|e| Error::user(format!("trusted_proxies: {e}"))),
        None => Ok(if mode { Proxies::Count(1) } else { Proxies::None }),
    }
}

fn base_url(url: &str) -> Result<String> {
    let known = ["http://", "https://"].iter().any(|scheme| url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
    if known { Ok(url.trim_end_matches('/').to_owned()) } else { Err(Error::user(format!("base_url: '{url}' is no http or https URL"))) }
}

fn pick<T: std::str::FromStr>(given: Option<T>, file: Option<String>, default: T) -> Result<T> {
    match (given, file) {
        (Some(value), _) => Ok(value),
        (None, Some(text)) => text.parse().map_err(|_| Error::user(format!("settings file: '{text}' is not a valid value"))),
        (None, None) => Ok(default),
    }
}

/// `db_host`, `db_port`, `db_user`, `db_password` of odoo.conf as a URL; the database name is added by the program.
fn odoo_url(file: &HashMap<String, String>) -> Option<String> {
    let get = |key: &str| file.get(key).filter(|v| !v.is_empty() && *v != "False").map(|v| encode(v));
    let host = get("db_host")?;
    let user = get("db_user").unwrap_or_else(|| "odoo".into());
    let password = get("db_password").map(|p| format!(":{p}")).unwrap_or_default();
    let port = get("db_port").unwrap_or_else(|| "5432".into());
    let name = get("db_name").unwrap_or_else(|| "lastmile".into());
    Some(format!("postgres://{user}{password}@{host}:{port}/{name}"))
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() || b"-._~".contains(&b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

fn toml_text(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Integer(n) => n.to_string(),
        toml::Value::Boolean(b) => b.to_string(),
        _ => String::new(),
    }
}

/// Reads a TOML table or the `[options]` of an INI file as texts by key.
fn read_file(path: &Path) -> Result<HashMap<String, String>> {
    let text = std::fs::read_to_string(path).map_err(|e| Error::user(format!("cannot read {}: {e}", path.display())))?;
    if path.extension().is_some_and(|e| e == "toml") {
        let table: toml::Table = text.parse().map_err(|e| Error::user(format!("{}: {e}", path.display())))?;
        return Ok(table.into_iter().map(|(k, v)| (k, toml_text(&v))).collect());
    }
    Ok(text
        .lines()
        .map(str::trim)
        .filter(|line| !line.starts_with(['#', ';', '[']))
        .filter_map(|line| line.split_once('='))
        .map(|(k, v)| (k.trim().to_owned(), v.trim().to_owned()))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_none_unless_told() {
        let of = |mode, trusted: Option<&str>| proxies(mode, trusted.map(str::to_owned));
        assert_eq!(of(false, None).unwrap(), Proxies::None);
        assert_eq!(of(true, None).unwrap(), Proxies::Count(1));
        assert_eq!(of(true, Some("2")).unwrap(), Proxies::Count(2));
        assert!(matches!(of(false, Some("10.0.0.0/8,127.0.0.1")).unwrap(), Proxies::Networks(all) if all.len() == 2));
        assert!(of(true, Some("a proxy")).is_err());
        assert_eq!(base_url("https://isp.example/").unwrap(), "https://isp.example");
        assert!(base_url("isp.example").is_err());
    }

    #[test]
    fn an_odoo_conf_gives_the_url_and_the_command_line_wins() {
        let dir = std::env::temp_dir().join(format!("lastmile-config-{}", std::process::id()));
        std::fs::create_dir_all(&dir).unwrap();
        let path = dir.join("odoo.conf");
        std::fs::write(
            &path,
            "[options]\ndb_host = db.example\ndb_user = odoo\ndb_password = p@ss\ndb_name = isp\nmax_cron_threads = 0\nhttp_port = 8070\n",
        )
        .unwrap();
        let config = Config::load(Options { config: Some(path), http_port: Some(9000), ..Options::default() }).unwrap();
        assert_eq!(config.database_url.as_deref(), Some("postgres://odoo:p%40ss@db.example:5432/isp"));
        assert_eq!((config.http_port, config.max_cron_threads, config.db_name.as_str()), (9000, 0, "isp"));
        std::fs::remove_dir_all(dir).unwrap();
    }
}
