//! The port through which models reach routers.

use std::sync::Arc;

use lastmile_models::effects::{Effects, Outcome, Port, SeenSession, Sessions};
use lastmile_models::isp_mikrotik::router;
use lastmile_models::mail::server::Server;
use lastmile_orm::{Database, Env, Id, Result};

use crate::provisioning::{Batch, Provisioner, Ran};

/// Runs jobs for whoever calls a model's method.
pub struct Outside {
    provisioner: Arc<Provisioner>,
}

/// Lets the models of a database speak to routers.
pub fn register(db: &Arc<Database>, provisioner: &Arc<Provisioner>) {
    db.set_port(Arc::new(Port(Arc::new(Outside { provisioner: Arc::clone(provisioner) }))));
}

impl From<Ran> for Outcome {
    fn from(ran: Ran) -> Self {
        Outcome { job: ran.job, result: ran.result }
    }
}

impl Effects for Outside {
    fn run_jobs(&self, env: &mut Env, jobs: &[Id]) -> Result<Vec<Outcome>> {
        let batch = Batch::load(env, jobs)?;
        let ran = env.outside(|| self.provisioner.run(batch))?.keep(env)?;
        Ok(ran.into_iter().map(Outcome::from).collect())
    }

    fn hotspot_sessions(&self, env: &mut Env, routers: &[Id]) -> Result<Sessions> {
        // A dry run connects nowhere.
        if router::dry_run(env)? {
            return Ok(Vec::new());
        }
        let connections = router::connections(env, routers)?.into_values().collect();
        let seen = env.outside(|| self.provisioner.hotspot_sessions(connections))?;
        Ok(seen.into_iter().map(|(router, rows)| (router, rows.map(|rows| rows.iter().map(session).collect()))).collect())
    }

    fn send_mails(&self, env: &mut Env, ids: Option<&[Id]>) -> Result<usize> {
        crate::mail::send(env, ids, &|| true)
    }

    fn check_mail_server(&self, env: &mut Env, server: &Server) -> Result<std::result::Result<(), String>> {
        env.outside(|| crate::mail::check(server))
    }
}

fn session(row: &librouteros::Row) -> SeenSession {
    let text = |name: &str| row.get(name).unwrap_or_default().to_owned();
    let number = |name: &str| row.get(name).and_then(|value| value.parse().ok()).unwrap_or(0.0);
    SeenSession {
        username: text("user"),
        mac: text("mac-address"),
        ip: text("address"),
        uptime: text("uptime"),
        bytes_in: number("bytes-in"),
        bytes_out: number("bytes-out"),
    }
}
