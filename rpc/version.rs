//! Which server this says it is.

use lastmile_orm::map;
use lastmile_orm::value::Value;

/// The series of the surface.
pub const SERIE: &str = "19.0";

/// What `common.about` answers.
pub const ABOUT: &str = "Lastmile, the back office of an internet provider. It answers the RPC surface of Odoo 19.";

/// The series as a tuple.
pub fn version_tuple() -> Value {
    Value::List(vec![Value::Int(19), Value::Int(0), Value::Int(0), Value::from("final"), Value::Int(0), Value::from("")])
}

/// What `common.version` answers.
pub fn version() -> Value {
    Value::Map(map! {
        "server_version" => SERIE,
        "server_version_info" => version_tuple(),
        "server_serie" => SERIE,
        "protocol_version" => 1_i64,
    })
}
