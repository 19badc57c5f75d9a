//! ir.filters: searches that users keep.

use lastmile_orm::call::Invocation;
use lastmile_orm::registry::{Registry, translated};
use lastmile_orm::{Answer, Declarations, Domain, Env, Result, Tx, Value};

const FIELDS: &[&str] = &["name", "is_default", "domain", "context", "user_ids", "sort", "embedded_action_id", "embedded_parent_res_id"];

/// Declares the model.
pub fn declare(all: &mut Declarations) {
    let filters = all.model("ir.filters");
    filters
        .model_method("get_filters", "model, action_id=None, embedded_action_id=None, embedded_parent_res_id=None", Tx::Read, get_filters)
        .model_method("create_filter", "vals", Tx::Write, create_filter)
        .on_copy(|_, _, maps| {
            for map in maps {
                // An empty number reads as 0, which would claim a place inside an action.
                if map.get("embedded_parent_res_id").is_some_and(|parent| !parent.truthy()) {
                    map.shift_remove("embedded_parent_res_id");
                }
            }
            Ok(())
        });
    filters.field("model_id").selection = Some(models);
}

/// Every model, by name.
fn models(reg: &Registry) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = reg.models.values().map(|m| (m.name.clone(), translated(&m.label, "en_US").to_owned())).collect();
    all.sort_by(|a, b| (&a.1, &a.0).cmp(&(&b.1, &b.0)));
    all
}

fn get_filters(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let ids = ["action_id", "embedded_action_id", "embedded_parent_res_id"].map(|name| call.arg(name).clone());
    of_model(env, &call.arg("model").py_str(), ids).map(Answer::Value)
}

/// The filters of a user for a model: own and shared ones, for the given action and for any.
pub fn of_model(env: &mut Env, model: &str, [action, embedded, parent]: [Value; 3]) -> Result<Value> {
    let none = |field: &str| Domain::unset(field);
    let action = match action.as_id() {
        Some(id) if id > 0 => Domain::eq("action_id", id).or(none("action_id")),
        _ => none("action_id"),
    };
    let embedded = match embedded.as_id() {
        Some(id) if id > 0 => Domain::eq("embedded_action_id", id).and(Domain::eq("embedded_parent_res_id", parent)),
        _ => none("embedded_action_id"),
    };
    let mine = Domain::is_in("user_ids", vec![env.uid()]).or(none("user_ids"));
    let domain = Domain::all([Domain::eq("model_id", model), action, embedded, mine]);
    let names: Vec<String> = FIELDS.iter().map(|f| (*f).to_owned()).collect();
    env.search_read("ir.filters", &domain, Some(&names), &lastmile_orm::read::Page::default(), false)?.into_value()
}

fn create_filter(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let values = call.arg("vals").as_map().cloned().unwrap_or_default();
    Ok(Answer::from(vec![env.create_one("ir.filters", values)?]))
}
