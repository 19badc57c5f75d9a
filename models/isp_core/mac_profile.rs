//! isp.mac_profile: devices seen on the network.

use lastmile_orm::declare::Tx;
use lastmile_orm::{Answer, Declarations, Env, Invocation, Result, Value};

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    all.model("isp.mac_profile").model_method("normalize_mac", "mac", Tx::Read, normalize_mac);
}

/// The form under which a MAC address is kept.
pub fn normalized(mac: &str) -> String {
    mac.trim().to_uppercase()
}

fn normalize_mac(_env: &mut Env, call: &Invocation) -> Result<Answer> {
    Ok(match call.arg("mac") {
        Value::Str(mac) if !mac.is_empty() => Answer::from(normalized(mac)),
        _ => Answer::from(false),
    })
}
