//! What was said and done about a record: messages, notes, changes, followers, activities, attachments.

use std::collections::BTreeMap;

use lastmile_orm::map;
use lastmile_orm::value::{Id, Map, Value};

use crate::pages::admin::desk::{Desk, Done, leaf, link, text};
use crate::pages::admin::html::{El, Html, el, hidden, icon};
use crate::pages::admin::widgets::format;

/// Messages shown.
const MESSAGES: i64 = 30;

/// Who the user is among partners.
fn me(desk: &Desk<'_>) -> Done<Option<Id>> {
    let rows = desk.rows("res.users", Value::List(vec![leaf("id", "=", desk.uid)]), &["partner_id"], 1, "id")?;
    Ok(rows.first().and_then(|row| link(row, "partner_id")).map(|(id, _)| id))
}

fn of(model: &str, id: Id, model_field: &str) -> Value {
    Value::List(vec![leaf(model_field, "=", model), leaf("res_id", "=", id)])
}

fn form(desk: &Desk<'_>, url: &str, class: &str) -> El {
    el("form").class(class).attr("method", "post").attr("action", url).child(hidden("csrf_token", &desk.csrf))
}

fn verb(value: &str, class: &str, word: &str) -> El {
    el("button").class(class).attr("name", "do").attr("value", value).text(word)
}

/// The conversation of a record.
pub fn render(desk: &Desk<'_>, model: &str, id: Id, url: &str) -> Done<Html> {
    let words = &desk.words;
    let tab = |name: &'static str, word: &str, drawing: &'static str, inner: El| {
        el("details")
            .class(format!("tab o_chatter_{name}"))
            .attr("name", "chatter")
            .child(el("summary").class("btn").child(icon(drawing)).text(word))
            .child(inner)
    };
    let write = |kind: &str, hint: &str, send: &str| {
        form(desk, url, "compose")
            .child(
                el("textarea")
                    .attr("name", "body")
                    .attr("rows", "3")
                    .attr("placeholder", hint)
                    .attr("aria-label", hint)
                    .flag("required", true),
            )
            .child(verb(kind, "btn primary", send))
    };
    let mut tools = el("div").class("o_chatter_topbar");
    tools = tools.child(tab("message", words.get("send_message"), "mail", write("message", words.get("message_hint"), words.get("send"))));
    tools = tools.child(tab("note", words.get("log_note"), "note", write("note", words.get("note_hint"), words.get("log"))));
    if let Some(schedule) = schedule(desk, model, url)? {
        tools = tools.child(tab("activity", words.get("plan_activity"), "clock", schedule));
    }
    let mut html = Html::from(tools);
    html.push(activities(desk, model, id, url)?);
    html.push(attachments(desk, model, id, url)?);
    html.push(followers(desk, model, id, url)?);
    html.push(messages(desk, model, id)?);
    Ok(el("aside").class("o-mail-Chatter o_chatter").attr("aria-label", words.get("conversation")).child(html).into())
}

fn schedule(desk: &Desk<'_>, model: &str, url: &str) -> Done<Option<El>> {
    let words = &desk.words;
    let domain = Value::List(vec![Value::from("|"), leaf("res_model", "=", false), leaf("res_model", "=", model)]);
    let Some(types) = desk.rows_or_none("mail.activity.type", domain, &["name"], 30, "sequence, id")? else { return Ok(None) };
    if types.is_empty() {
        return Ok(None);
    }
    let options = types.iter().map(|row| el("option").attr("value", row["id"].py_str()).text(text(row, "name")));
    let users = desk.rows_or_none("res.users", Value::List(vec![leaf("share", "=", false)]), &["name"], 200, "name")?.unwrap_or_default();
    let users = users.iter().map(|row| {
        let id = row["id"].py_str();
        el("option").attr("value", &id).flag("selected", id == desk.uid.to_string()).text(text(row, "name"))
    });
    let field = |label: &str, input: El| el("label").child(el("span").text(label)).child(input);
    let form = form(desk, url, "compose grid")
        .child(field(words.get("activity_type"), el("select").attr("name", "type").children(options)))
        .child(field(
            words.get("deadline"),
            el("input").attr("type", "date").attr("name", "deadline").attr("value", desk.today().to_string()),
        ))
        .child(field(words.get("assigned"), el("select").attr("name", "user").children(users)))
        .child(field(words.get("summary"), el("input").attr("type", "text").attr("name", "summary")))
        .child(verb("activity", "btn primary", words.get("plan")));
    Ok(Some(form))
}

fn activities(desk: &Desk<'_>, model: &str, id: Id, url: &str) -> Done<Html> {
    let words = &desk.words;
    let fields = ["summary", "activity_type_id", "date_deadline", "user_id", "state", "note"];
    let Some(rows) = desk.rows_or_none("mail.activity", of(model, id, "res_model"), &fields, 30, "date_deadline")? else {
        return Ok(Html::new());
    };
    let one = |row: &Map| {
        let name = Some(text(row, "summary"))
            .filter(|s| !s.is_empty())
            .or_else(|| link(row, "activity_type_id").map(|(_, name)| name))
            .unwrap_or_default();
        let day = format::read_date(&row["date_deadline"]);
        let late = day.is_some_and(|day| day < desk.today());
        let who = link(row, "user_id").map(|(_, name)| name).unwrap_or_default();
        let due = day.map(|day| format::date(&desk.manner, day)).unwrap_or_default();
        let id = row["id"].py_str();
        let tools = form(desk, url, "inline").child(verb(&format!("done:{id}"), "btn small", words.get("done"))).child(verb(
            &format!("undo:{id}"),
            "btn small",
            words.get("cancel"),
        ));
        el("li")
            .child(el("b").text(name))
            .child(el("span").class(if late { "late" } else { "muted" }).text(format!(" {due} · {who}")))
            .child(tools)
    };
    if rows.is_empty() {
        return Ok(Html::new());
    }
    Ok(el("section")
        .class("o_activities")
        .child(el("h4").text(words.get("activities")))
        .child(el("ul").children(rows.iter().map(one)))
        .into())
}

fn attachments(desk: &Desk<'_>, model: &str, id: Id, url: &str) -> Done<Html> {
    let words = &desk.words;
    let Some(rows) = desk.rows_or_none("ir.attachment", of(model, id, "res_model"), &["name", "file_size", "mimetype"], 50, "id desc")?
    else {
        return Ok(Html::new());
    };
    let one = |row: &Map| {
        let id = row["id"].py_str();
        let size = format!(" {} kB", row["file_size"].as_int().unwrap_or(0).div_euclid(1024).max(1));
        let link = el("a").attr("href", format!("/web/content/{id}?download=1")).attr("data-plain", "1").text(text(row, "name"));
        let drop = verb(&format!("unattach:{id}"), "o_delete", "×")
            .attr("aria-label", words.get("delete"))
            .attr("data-confirm", words.get("delete_ask"));
        el("li").child(link).child(el("span").class("muted").text(size)).child(form(desk, url, "inline").child(drop))
    };
    let pick = el("input").attr("type", "file").attr("name", "files").flag("multiple", true).attr("aria-label", words.get("choose_file"));
    let add = form(desk, url, "inline attach").attr("enctype", "multipart/form-data").child(pick).child(verb(
        "attach",
        "btn small",
        words.get("attach"),
    ));
    let title = words.with("attachments", &[&rows.len().to_string()]);
    let inner = el("ul").children(rows.iter().map(one));
    Ok(el("details").class("o_attachments").flag("open", !rows.is_empty()).child(el("summary").text(title)).child(inner).child(add).into())
}

fn followers(desk: &Desk<'_>, model: &str, id: Id, url: &str) -> Done<Html> {
    let words = &desk.words;
    let Some(rows) = desk.rows_or_none("mail.followers", of(model, id, "res_model"), &["partner_id"], 50, "id")? else {
        return Ok(Html::new());
    };
    let me = me(desk)?;
    let follows = rows.iter().any(|row| link(row, "partner_id").map(|(id, _)| id) == me);
    let names = rows
        .iter()
        .filter_map(|row| link(row, "partner_id"))
        .map(|(id, name)| el("li").child(el("a").attr("href", format!("/odoo/m-res.partner/{id}")).text(name)));
    let switch = form(desk, url, "inline").child(if follows {
        verb("unfollow", "btn small", words.get("unfollow"))
    } else {
        verb("follow", "btn small", words.get("follow"))
    });
    let title = words.with("followers", &[&rows.len().to_string()]);
    Ok(el("details").class("o_followers").child(el("summary").text(title)).child(el("ul").children(names)).child(switch).into())
}

fn messages(desk: &Desk<'_>, model: &str, id: Id) -> Done<Html> {
    let words = &desk.words;
    let fields = ["body", "date", "author_id", "message_type", "subtype_id", "is_internal", "subject"];
    let Some(rows) = desk.rows_or_none("mail.message", of(model, id, "model"), &fields, MESSAGES, "id desc")? else {
        return Ok(Html::new());
    };
    let changes = changes(desk, &rows)?;
    let one = |row: &Map| {
        let who = link(row, "author_id").map(|(_, name)| name).unwrap_or_else(|| "–".into());
        let when = format::read_moment(&row["date"]).map(|at| format::moment(desk, at)).unwrap_or_default();
        let note = row["is_internal"].truthy()
            || link(row, "subtype_id").is_some_and(|(_, name)| name == "Note")
            || row["message_type"] == Value::from("notification");
        let kind = if note { words.get("note") } else { words.get("message") };
        let head = el("header").child(el("b").text(who)).child(el("span").class("muted").text(format!(" {when} · {kind}")));
        let list = changes
            .get(&row["id"].as_id().unwrap_or(0))
            .map(|items| el("ul").class("tracking").children(items.iter().map(|item| el("li").text(item))));
        let body = Html::sanitised(&text(row, "body"));
        el("article")
            .class(if note { "o-mail-Message note" } else { "o-mail-Message" })
            .child(head)
            .child(el("div").class("o_html").child(body))
            .children(list)
    };
    Ok(el("section").class("o_messages").children(rows.iter().map(one)).into())
}

/// What messages tell of changed fields, for those who may read that.
fn changes(desk: &Desk<'_>, messages: &[Map]) -> Done<BTreeMap<Id, Vec<String>>> {
    let ids: Vec<Value> = messages.iter().filter_map(|row| row.get("id")).cloned().collect();
    let domain = Value::List(vec![leaf("mail_message_id", "in", Value::List(ids))]);
    let kinds = ["char", "text", "integer", "float", "datetime"];
    let mut fields: Vec<String> = vec!["field_id".into(), "mail_message_id".into()];
    for kind in kinds {
        fields.extend([format!("old_value_{kind}"), format!("new_value_{kind}")]);
    }
    let names: Vec<&str> = fields.iter().map(String::as_str).collect();
    let mut out: BTreeMap<Id, Vec<String>> = BTreeMap::new();
    for row in desk.rows_or_none("mail.tracking.value", domain, &names, 500, "id")?.unwrap_or_default() {
        let Some(message) = row.get("mail_message_id").and_then(|pair| pair.as_list()?.first()?.as_id()) else { continue };
        let field = link(&row, "field_id").map(|(_, name)| name).unwrap_or_default();
        let label = field.split(" (").next().unwrap_or_default().to_owned();
        let side = |side: &str| {
            let values = kinds.iter().filter_map(|kind| row.get(&format!("{side}_value_{kind}"))).filter(|value| value.truthy());
            values.map(|value| format::plain(desk, value)).next().unwrap_or_else(|| "–".into())
        };
        out.entry(message).or_default().push(format!("{label}: {} → {}", side("old"), side("new")));
    }
    Ok(out)
}

/// Does what the conversation's forms ask for. `None`: the verb is none of its own.
pub fn act(desk: &Desk<'_>, model: &str, id: Id, what: &str, parts: &lastmile_rpc::http::upload::Parts) -> Done<Option<()>> {
    let ids = || vec![Value::from(vec![id])];
    let (verb, which) = what.split_once(':').unwrap_or((what, ""));
    let which = || vec![Value::from(vec![which.parse::<Id>().unwrap_or(0)])];
    match verb {
        "message" | "note" => {
            let body = parts.get("body").unwrap_or_default();
            let subtype = if verb == "note" { "mail.mt_note" } else { "mail.mt_comment" };
            let named = map! { "body" => body, "message_type" => "comment", "subtype_xmlid" => subtype };
            desk.call(model, "message_post", ids(), named)?;
        }
        "activity" => {
            let number = |name: &str| parts.get(name).and_then(|n| n.parse::<Id>().ok()).map_or(Value::Bool(false), Value::from);
            let named = map! {
                "date_deadline" => parts.get("deadline").unwrap_or_default(), "summary" => parts.get("summary").unwrap_or_default(),
                "activity_type_id" => number("type"), "user_id" => number("user"),
            };
            desk.call(model, "activity_schedule", ids(), named)?;
        }
        "done" => {
            desk.call("mail.activity", "action_feedback", which(), Map::new())?;
        }
        "undo" => {
            desk.call("mail.activity", "unlink", which(), Map::new())?;
        }
        "follow" | "unfollow" => {
            let me: Vec<Id> = me(desk)?.into_iter().collect();
            let method = if verb == "follow" { "message_subscribe" } else { "message_unsubscribe" };
            desk.call(model, method, ids(), map! { "partner_ids" => me })?;
        }
        "attach" => {
            for (name, bytes) in parts.files("files") {
                let values = map! { "name" => name, "raw" => Value::Bytes(bytes), "res_model" => model, "res_id" => id };
                desk.call("ir.attachment", "create", vec![Value::Map(values)], Map::new())?;
            }
        }
        "unattach" => {
            desk.call("ir.attachment", "unlink", which(), Map::new())?;
        }
        _ => return Ok(None),
    }
    Ok(Some(()))
}
