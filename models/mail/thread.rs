//! What records with chatter do: post, log, follow.

use lastmile_orm::access::Operation;
use lastmile_orm::declare::{CreateHook, Next, Tx};
use lastmile_orm::registry::translated;
use lastmile_orm::value::Map;
use lastmile_orm::{Answer, Declarations, Domain, Env, Id, Invocation, Result, Value};

use super::post::companies_of;
use super::store::{self, NewMessage, Subtype};
use super::text;

const TRUE: Answer = Answer::Value(Value::Bool(true));

/// Declares the mixin.
pub fn declare(all: &mut Declarations) {
    all.thread
        .on_create(created)
        .record_method("message_subscribe", "partner_ids=None, subtype_ids=None", Tx::Write, message_subscribe)
        .record_method("message_unsubscribe", "partner_ids=None", Tx::Write, message_unsubscribe);
}

/// New records get their first log entry, and their creator as a follower.
fn created(env: &mut Env, values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    let ids = next.call(env, values)?;
    let off = |env: &Env, key: &str| env.context().raw.get(key).is_some_and(Value::truthy);
    if ids.is_empty() || off(env, "tracking_disable") {
        return Ok(ids);
    }
    if !off(env, "mail_create_nolog") {
        let reg = env.registry();
        let model = reg.model(next.model())?;
        let says = env.declared().get(&model.name).and_then(|declared| declared.created_as);
        let notes: Vec<NewMessage> = match says {
            Some(says) => {
                let said = says(env, &ids)?;
                let companies = companies_of(env, &model.name, &ids)?;
                let all = ids.iter().zip(said).zip(companies);
                all.map(|((id, said), company)| first_entry(env, &model.name, *id, said, company)).collect()
            }
            None => {
                let body = text::span(&format!("{} created", translated(&model.label, "en_US")));
                ids.iter().map(|id| NewMessage::log(env, &model.name, *id, body.clone())).collect()
            }
        };
        store::insert(env, &notes)?;
    }
    if !off(env, "mail_create_nosubscribe") && env.user().active {
        let partner = env.user().partner_id;
        store::follow(env, next.model(), &ids, &[partner], None)?;
    }
    env.invalidate();
    Ok(ids)
}

/// What the chatter says of a new record.
fn first_entry(env: &Env, model: &str, record: Id, said: (Option<&'static str>, String), company: Option<Id>) -> NewMessage {
    match said {
        (Some(subtype), text) => {
            let body = format!("<div summary=\"o_mail_notification\"><p>{}</p></div>", text::escape(&text));
            NewMessage { subtype: Some(Subtype::Named(subtype.to_owned())), company, ..NewMessage::on(env, model, record, body) }
        }
        (None, text) => NewMessage::log(env, model, record, text::span(&text)),
    }
}

fn message_subscribe(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let mut partners = super::post::ids_arg(call.arg("partner_ids"), "partner_ids")?;
    if call.ids.is_empty() || partners.is_empty() {
        return Ok(TRUE);
    }
    demand_change(env, call, &partners)?;
    if partners != [env.user().partner_id] {
        let active = Domain::in_ids("id", &partners).and(Domain::eq("active", true));
        partners = env.sudo(|env| env.search_all("res.partner", &active))?;
    }
    let subtypes = super::post::ids_arg(call.arg("subtype_ids"), "subtype_ids")?;
    store::follow(env, &call.model, &call.ids, &partners, Some(subtypes.as_slice()).filter(|s| !s.is_empty()))?;
    env.invalidate();
    Ok(TRUE)
}

fn message_unsubscribe(env: &mut Env, call: &Invocation) -> Result<Answer> {
    let partners = super::post::ids_arg(call.arg("partner_ids"), "partner_ids")?;
    if partners.is_empty() {
        return Ok(TRUE);
    }
    demand_change(env, call, &partners)?;
    store::unfollow(env, &call.model, &call.ids, &partners)?;
    env.invalidate();
    Ok(Answer::NOTHING)
}

/// One may follow what one may read; who else follows is decided by those who may write.
fn demand_change(env: &mut Env, call: &Invocation, partners: &[Id]) -> Result<()> {
    let needed = if partners == [env.user().partner_id] { Operation::Read } else { Operation::Write };
    env.check_access(&call.model, needed)?;
    env.check_records(&call.model, &call.ids, needed)
}
