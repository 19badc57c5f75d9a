//! isp.router.snapshot: a router's configuration at a time, and how much of it is new.

use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Id, Result, map};
use sha2::{Digest, Sha256};

/// Keeps a configuration unless the last one was the same. Answers whether it was kept.
pub fn keep(env: &mut Env, router: Id, version: &str, content: &str) -> Result<bool> {
    let hash: String = Sha256::digest(content.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    let sql = sql!(
        "SELECT content_hash::text FROM isp_router_snapshot WHERE router_id = {router}
         ORDER BY taken_at DESC, id DESC LIMIT 1"
    );
    if env.query(sql)?.first().and_then(|row| row.text(0)).as_deref() == Some(hash.as_str()) {
        return Ok(false);
    }
    env.sudo(|env| {
        let now = env.now();
        let values = map! {
            "router_id" => router,
            "taken_at" => now,
            "routeros_version" => version,
            "content" => content,
            "content_hash" => hash,
            "size" => i64::try_from(content.len()).unwrap_or(i64::MAX),
        };
        env.create_one("isp.router.snapshot", values).map(|_| true)
    })
}
