//! What declarations are made of: functions of models, and the chains in which hooks run.

use crate::answer::Answer;
use crate::call::Invocation;
use crate::compute::Computed;
use crate::domain::Domain;
use crate::env::Env;
use crate::error::Result;
use crate::registry::Registry;
use crate::sql::Sql;
use crate::value::{Id, Map, Value};

pub type CreateFn = fn(&mut Env, Vec<Map>, &Next<CreateHook>) -> Result<Vec<Id>>;
pub type WriteFn = fn(&mut Env, &[Id], Map, &Next<WriteHook>) -> Result<()>;
pub type UnlinkFn = fn(&mut Env, &[Id], &Next<UnlinkHook>) -> Result<()>;
/// Values for copies, one map a record; the hook edits what the kernel made.
pub type CopyHook = fn(&mut Env, &[Id], &mut [Map]) -> Result<()>;
/// Is told of records that were copied: the originals.
pub type CopiedFn = fn(&mut Env, &[Id]) -> Result<()>;
/// Is told of records once their transaction is about to be committed.
pub type WatchFn = fn(&mut Env, &[Id]) -> Result<()>;
pub type Check = fn(&mut Env, &[Id]) -> Result<()>;
pub type ComputeFn = fn(&mut Env, &[Id], &mut Computed) -> Result<()>;
/// Writes the value of a computed field back to what it comes from.
pub type InverseFn = fn(&mut Env, &[Id], &Value) -> Result<()>;
/// A domain over stored fields that means the same as `field op value`.
pub type SearchFn = fn(&Env, &str, &Value) -> Result<Domain>;
pub type OnchangeFn = fn(&mut Env, Id) -> Result<()>;
pub type DefaultFn = fn(&mut Env) -> Result<Value>;
pub type NamesFn = fn(&mut Env, &[Id]) -> Result<Vec<String>>;
/// SQL for the name of the row under an alias, in a language.
pub type NameSql = fn(&Registry, alias: &str, lang: &str) -> Sql;
/// SQL for a computed field of the row under an alias.
pub type FieldSql = fn(&Env, alias: &str) -> Sql;
pub type MethodFn = fn(&mut Env, &Invocation) -> Result<Answer>;
/// For each record the subtype (an external id) and the text of its first log entry.
pub type CreatedAs = fn(&mut Env, &[Id]) -> Result<Vec<(Option<&'static str>, String)>>;
/// For each record, with the names of its fields that changed, the subtype of the trace.
pub type TracedAs = fn(&mut Env, &[(Id, Vec<&str>)]) -> Result<Vec<Option<&'static str>>>;
pub type SelectionFn = fn(&Registry) -> Vec<(String, String)>;

/// What a chain of hooks wraps.
pub trait HookKind: 'static {
    type Hook: Copy;
}

/// Chains around creating, writing and deleting.
#[derive(Debug)]
pub struct CreateHook;
#[derive(Debug)]
pub struct WriteHook;
#[derive(Debug)]
pub struct UnlinkHook;

impl HookKind for CreateHook {
    type Hook = CreateFn;
}
impl HookKind for WriteHook {
    type Hook = WriteFn;
}
impl HookKind for UnlinkHook {
    type Hook = UnlinkFn;
}

/// The rest of a chain of hooks.
pub struct Next<K: HookKind> {
    pub(crate) model: String,
    pub(crate) hooks: Vec<K::Hook>,
}

impl<K: HookKind> Next<K> {
    pub(crate) fn split(&self) -> Option<(K::Hook, Next<K>)> {
        let (last, rest) = self.hooks.split_last()?;
        Some((*last, Next { model: self.model.clone(), hooks: rest.to_vec() }))
    }

    /// The model whose records it is about (for hooks that serve many).
    pub fn model(&self) -> &str {
        &self.model
    }
}
