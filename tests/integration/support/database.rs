//! A PostgreSQL cluster for the tests, and databases that are copies of a migrated template.
//!
//! The cluster lives below the build directory, without fsync. Every [`TestDb`] holds it by the program's own file locks:
//! the first test process starts it, the last one to end stops it, whether nextest or `cargo test` runs them.

use std::collections::hash_map::DefaultHasher;
use std::fs::{self, File};
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query};
use lastmile::postgres::{Cluster, ClusterOptions};

use super::{project, scratch};

/// What templates of restored dumps are named.
const ODOO: &str = "template_odoo_";

/// A database of one test's own, dropped with the value.
pub struct TestDb {
    name: String,
    url: String,
    cluster: Cluster,
}

impl TestDb {
    /// A new database as the program makes it: schema and reference data.
    pub fn new() -> TestDb {
        Self::copy_of(start_cluster("cluster", false))
    }

    /// The same on disks that are waited for.
    #[allow(dead_code, reason = "only benches measure")]
    pub fn durable() -> TestDb {
        Self::copy_of(start_cluster("durable", true))
    }

    /// The same in a cluster of the test's own, to do with as it likes: what was committed is kept.
    #[allow(dead_code, reason = "benches have no use for it")]
    pub fn of_its_own(place: &str) -> TestDb {
        let cluster = start_cluster(place, false);
        // Nobody cuts the power: what is written is there after a crash, and no disk is waited for.
        admin(&cluster).batch_execute("ALTER SYSTEM SET synchronous_commit TO on").unwrap();
        admin(&cluster).batch_execute("SELECT pg_reload_conf()").unwrap();
        Self::copy_of(cluster)
    }

    /// A provider's database as an Odoo server left it, not taken over yet.
    #[allow(dead_code, reason = "benches have no use for it")]
    pub fn odoo() -> TestDb {
        let cluster = start_cluster("cluster", false);
        let template = odoo_template(&cluster);
        Self::create(cluster, &format!("TEMPLATE {template} STRATEGY FILE_COPY"))
    }

    /// A database with nothing in it.
    pub fn empty() -> TestDb {
        Self::create(start_cluster("cluster", false), "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'")
    }

    fn copy_of(cluster: Cluster) -> TestDb {
        let template = template(&cluster);
        Self::create(cluster, &format!("TEMPLATE {template} STRATEGY FILE_COPY"))
    }

    fn create(cluster: Cluster, how: &str) -> TestDb {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        admin(&cluster).batch_execute(&format!("CREATE DATABASE {name} {how}")).unwrap();
        TestDb { url: url_of(&cluster, &name), name, cluster }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its address for libpq.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A connection past the program.
    pub fn connect(&self) -> PgConnection {
        PgConnection::establish(&self.url).unwrap()
    }

    /// One text of the database.
    pub fn text(&self, query: &str) -> String {
        texts(&mut self.connect(), query).into_iter().next().unwrap_or_default()
    }

    /// The filestore of its servers.
    pub fn data_dir(&self) -> std::path::PathBuf {
        scratch("data").join(&self.name)
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        // A test that failed must not be hidden by a panic here.
        if let Ok(mut admin) = PgConnection::establish(self.cluster.url()) {
            let _ = admin.batch_execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        }
        let _ = fs::remove_dir_all(self.data_dir());
    }
}

fn start_cluster(place: &str, fsync: bool) -> Cluster {
    Cluster::start(&ClusterOptions { data_dir: scratch(place), db_name: "postgres".into(), fsync }).unwrap()
}

fn admin(cluster: &Cluster) -> PgConnection {
    PgConnection::establish(cluster.url()).unwrap()
}

fn url_of(cluster: &Cluster, name: &str) -> String {
    cluster.url().replacen("@/postgres?", &format!("@/{name}?"), 1)
}

/// Makes the template unless one of the same migrations and fixtures is there. Gives its name.
fn template(cluster: &Cluster) -> String {
    let name = format!("template_{:016x}", fingerprint());
    let _gate = locked("template.lock");
    let mut admin = admin(cluster);
    let known = texts(&mut admin, "SELECT datname::text AS value FROM pg_database ORDER BY datname");
    for stale in known.iter().filter(|known| is_stale(known, &name)) {
        admin.batch_execute(&format!("DROP DATABASE IF EXISTS {stale} WITH (FORCE)")).unwrap();
    }
    if !known.contains(&name) {
        let create = "CREATE DATABASE draft_template TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'";
        admin.batch_execute(create).unwrap();
        lastmile::setup::migrate(&mut PgConnection::establish(&url_of(cluster, "draft_template")).unwrap()).unwrap();
        admin.batch_execute(&format!("ALTER DATABASE draft_template RENAME TO {name}")).unwrap();
    }
    name
}

/// The restored dump, made once for each state of the file.
fn odoo_template(cluster: &Cluster) -> String {
    const DUMP: &str = "fixtures/adopted/isp.sql.xz";
    let name = format!("template_odoo_{:016x}", hash_of(&[project(DUMP)]));
    let _gate = locked("template.lock");
    let mut admin = admin(cluster);
    let known = texts(&mut admin, "SELECT datname::text AS value FROM pg_database");
    for stale in known.iter().filter(|known| (known.starts_with(ODOO) && **known != name) || *known == "draft_odoo") {
        admin.batch_execute(&format!("DROP DATABASE IF EXISTS {stale} WITH (FORCE)")).unwrap();
    }
    if !known.contains(&name) {
        let create = "CREATE DATABASE draft_odoo TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'";
        admin.batch_execute(create).unwrap();
        let restore = "set -o pipefail; xz -dc \"$1\" | psql -X -q -v ON_ERROR_STOP=1 -d \"$2\" > /dev/null";
        let url = url_of(cluster, "draft_odoo");
        let done = Command::new("bash").args(["-c", restore, "restore"]).arg(project(DUMP)).arg(url).status().unwrap();
        assert!(done.success(), "the dump is not restored");
        admin.batch_execute(&format!("ALTER DATABASE draft_odoo RENAME TO {name}")).unwrap();
    }
    name
}

/// A lock among test processes, until the file is dropped.
fn locked(name: &str) -> File {
    let file = File::options().create(true).append(true).open(scratch(name)).unwrap();
    file.lock().unwrap();
    file
}

/// Older templates, a template that was not finished, and databases of test processes that were killed.
fn is_stale(database: &str, template: &str) -> bool {
    let owner = database.strip_prefix("test_").and_then(|rest| rest.split('_').next());
    let orphan = owner.is_some_and(|pid| !Path::new("/proc").join(pid).exists());
    let template_of_ours = database.starts_with("template_") && !database.starts_with(ODOO);
    orphan || database == "draft_template" || (template_of_ours && database != template)
}

/// Of everything a new database is made from.
fn fingerprint() -> u64 {
    let mut files = vec![
        project("src/setup.rs"),
        project("fixtures/lastmile.sql"),
        project("fixtures/billing.sql"),
        project("fixtures/parameters.sql"),
    ];
    for folder in ["migrations", "fixtures/base"] {
        collect(&project(folder), &mut files);
    }
    files.sort();
    hash_of(&files)
}

fn hash_of(files: &[std::path::PathBuf]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for file in files {
        fs::read(file).unwrap_or_default().hash(&mut hasher);
    }
    hasher.finish()
}

fn collect(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}

#[derive(QueryableByName)]
struct One {
    #[diesel(sql_type = Text)]
    value: String,
}

/// The column `value` of a query.
pub fn texts(conn: &mut PgConnection, query: &str) -> Vec<String> {
    let rows: Vec<One> = sql_query(query).load(conn).unwrap_or_else(|error| panic!("{query}: {error}"));
    rows.into_iter().map(|row| row.value).collect()
}
