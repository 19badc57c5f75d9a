//! ir.module.module: what is built in. Nothing can be installed or removed at run time.

use lastmile_orm::call::Invocation;
use lastmile_orm::declare::Tx;
use lastmile_orm::{Answer, Declarations, Env, Error, Result, Value};

use super::credentials::denied;

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    let modules = all.model("ir.module.module");
    modules.compute(&["installed_version"], &["latest_version"], |env, ids, out| {
        for (id, version) in ids.iter().zip(env.values("ir.module.module", "latest_version", ids)?) {
            out.set("installed_version", *id, version);
        }
        Ok(())
    });
    for name in [
        "button_immediate_install",
        "button_immediate_upgrade",
        "button_immediate_uninstall",
        "button_install",
        "button_upgrade",
        "button_uninstall",
    ] {
        modules.record_method(name, "", Tx::Read, refuse);
    }
    modules.model_method("update_list", "", Tx::Read, update_list);
}

/// Nothing appears or changes while the program runs: no module was updated and none was added.
fn update_list(env: &mut Env, _: &Invocation) -> Result<Answer> {
    demand(env)?;
    Ok(Answer::Value(Value::List(vec![Value::Int(0), Value::Int(0)])))
}

fn demand(env: &Env) -> Result<()> {
    if env.is_su() || env.has_group("base.group_system") { Ok(()) } else { Err(denied()) }
}

fn refuse(env: &mut Env, _: &Invocation) -> Result<Answer> {
    demand(env)?;
    Err(Error::user("All modules are part of the program: none can be installed, updated or removed."))
}
