//! How reconciliations are made.

use lastmile_orm::{Env, Id, Result, Value};
use rust_decimal::Decimal;

use super::kinds::Rate;

/// What reconciles groups of lines, each for itself: handed to what a reconciliation leads to.
pub type Reconcile = fn(&mut Env, &[Vec<Id>], Options) -> Result<()>;

/// How a reconciliation is made.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Differences in exchange are left open.
    pub no_exchange: bool,
    /// The rate that a payment was registered with.
    pub forced_rate: Option<Rate>,
}

impl Options {
    /// As the context asks.
    pub fn of(env: &Env) -> Self {
        let truthy = |key: &str| env.context_get(key).is_some_and(Value::truthy);
        Options {
            no_exchange: truthy("no_exchange_difference") || truthy("no_exchange_difference_no_recursive"),
            forced_rate: env
                .context_get("forced_rate_from_register_payment")
                .and_then(Value::as_decimal)
                .and_then(|rate| Rate::new(rate, Decimal::ONE)),
        }
    }
}
