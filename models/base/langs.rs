//! res.lang: which languages are installed, and what must hold for them.

use lastmile_orm::access::Operation;
use lastmile_orm::call::Invocation;
use lastmile_orm::compute::Computed;
use lastmile_orm::declare::{Next, Tx, UnlinkHook, WriteHook};
use lastmile_orm::sql::{Bind, Sql, sql};
use lastmile_orm::{Answer, Declarations, Env, Error, Id, Map, Result, Value, map};

const MODEL: &str = "res.lang";
const WIZARD: &str = "base.language.install";
/// Directives of `strftime` that browsers do not know.
const UNKNOWN: &[&str] = &[
    "%C", "%D", "%e", "%E", "%g", "%G", "%h", "%k", "%l", "%n", "%O", "%P", "%R", "%s", "%t", "%u", "%U", "%V", "%w", "%W", "%x", "%X",
    "%z", "%Z",
];

/// Declares the models.
pub fn declare(all: &mut Declarations) {
    all.model(MODEL)
        .copy_suffix("name")
        .on_copy(|env, ids, maps| {
            for (map, code) in maps.iter_mut().zip(env.values(MODEL, "code", ids)?) {
                map.insert("code".into(), Value::Str(format!("{} (copy)", code.as_str().unwrap_or_default())));
            }
            Ok(())
        })
        .on_write(write)
        .on_unlink(unlink)
        .constrains(&["active"], one_is_left)
        .constrains(&["date_format", "time_format"], formats_are_known)
        .compute(&["flag_image_url"], &["code", "flag_image"], flag)
        .model_method("get_installed", "", Tx::Read, installed)
        .record_method("action_activate_langs", "", Tx::Write, |env, call| {
            env.write(MODEL, &call.ids, map! { "active" => true })?;
            Ok(told("The languages that you selected have been installed."))
        });
    all.model(WIZARD).record_method("lang_install", "", Tx::Write, install);
}

fn told(message: &str) -> Answer {
    let next = map! { "type" => "ir.actions.client", "tag" => "reload_context" };
    let params = map! { "type" => "success", "message" => message, "sticky" => false, "next" => next };
    Answer::Value(Value::Map(map! { "type" => "ir.actions.client", "tag" => "display_notification", "params" => params }))
}

/// Installed languages: code and name, by name.
fn installed(env: &mut Env, _: &Invocation) -> Result<Answer> {
    let reg = env.registry();
    let mut pairs: Vec<(&String, &str)> =
        reg.langs.iter().map(|code| (code, reg.lang_names.get(code).map_or(code.as_str(), String::as_str))).collect();
    pairs.sort_by_key(|(_, name)| *name);
    let pair = |(code, name): (&String, &str)| Value::List(vec![Value::from(code.as_str()), Value::from(name)]);
    Ok(Answer::Value(Value::List(pairs.into_iter().map(pair).collect())))
}

fn codes(env: &mut Env, ids: &[Id]) -> Result<Vec<String>> {
    Ok(env.values(MODEL, "code", ids)?.iter().map(Value::py_str).collect())
}

fn write(env: &mut Env, ids: &[Id], values: Map, next: &Next<WriteHook>) -> Result<()> {
    let known = codes(env, ids)?;
    if values.get("code").is_some_and(|code| known.iter().any(|k| Some(k.as_str()) != code.as_str())) {
        return Err(Error::user("The code of a language cannot be changed."));
    }
    if values.get("active").is_some_and(|active| !active.truthy()) {
        let sql = sql!(
            "SELECT u.active FROM res_users u JOIN res_partner p ON p.id = u.partner_id
             WHERE p.lang = ANY({string}) UNION ALL SELECT NULL FROM res_partner p WHERE p.active
             AND p.lang = ANY({string}) LIMIT 1",
            string = Bind::texts(known.iter().map(String::as_str))
        );
        if !env.query(sql)?.is_empty() {
            return Err(Error::user("A language that users or contacts have cannot be taken out of use."));
        }
        // Nobody new may get it either.
        let texts: Vec<String> = known.iter().map(|code| format!("\"{code}\"")).collect();
        let sql = sql!(
            "DELETE FROM ir_default d USING ir_model_fields f WHERE f.id = d.field_id
             AND f.model = 'res.partner' AND f.name = 'lang' AND d.json_value = ANY({string}::text[])",
            string = Bind::texts(texts.iter().map(String::as_str))
        );
        env.execute(&sql)?;
        env.invalidate();
    }
    next.call(env, ids, values)
}

fn unlink(env: &mut Env, ids: &[Id], next: &Next<UnlinkHook>) -> Result<()> {
    let context = env.context_get("lang").and_then(Value::as_str).map(str::to_owned);
    for (code, active) in codes(env, ids)?.into_iter().zip(env.values(MODEL, "active", ids)?) {
        if code == "en_US" {
            return Err(Error::user("The language en_US cannot be deleted: all texts come from it."));
        }
        if context.as_deref() == Some(code.as_str()) {
            return Err(Error::user("The language that you use yourself cannot be deleted."));
        }
        if active.truthy() {
            return Err(Error::user("A language in use cannot be deleted: take it out of use first."));
        }
    }
    next.call(env, ids)
}

fn one_is_left(env: &mut Env, _: &[Id]) -> Result<()> {
    if env.query(Sql::lit("SELECT 1 FROM res_lang WHERE active LIMIT 1"))?.is_empty() {
        return Err(Error::validation("At least one language must be in use."));
    }
    Ok(())
}

fn formats_are_known(env: &mut Env, ids: &[Id]) -> Result<()> {
    for field in ["date_format", "time_format"] {
        for format in env.values(MODEL, field, ids)? {
            let format = format.as_str().unwrap_or_default();
            if let Some(unknown) = UNKNOWN.iter().find(|directive| format.contains(**directive)) {
                return Err(Error::validation(format!("The directive {unknown} is not supported in formats of dates and times.")));
            }
        }
    }
    Ok(())
}

/// An image of one's own, else the flag of the country that the code ends with.
fn flag(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let images = env.values(MODEL, "flag_image", ids)?;
    for ((id, code), image) in ids.iter().zip(codes(env, ids)?).zip(images) {
        let country = code.to_lowercase().rsplit('_').next().unwrap_or_default().to_owned();
        let url = if image.truthy() {
            format!("/web/image/res.lang/{id}/flag_image")
        } else {
            format!("/base/static/img/country_flags/{country}.png")
        };
        out.set("flag_image_url", *id, url);
    }
    Ok(())
}

/// Puts the chosen languages into use.
fn install(env: &mut Env, call: &Invocation) -> Result<Answer> {
    env.check_access(MODEL, Operation::Write)?;
    let sql = sql!(
        "SELECT l.id FROM res_lang l JOIN res_lang_install_rel r ON r.lang_id = l.id
         WHERE r.language_wizard_id = ANY({ids})",
        ids = &call.ids
    );
    let ids: Vec<Id> = env.query_ids(sql)?;
    env.write(MODEL, &ids, map! { "active" => true })?;
    Ok(told("The languages that you selected have been installed."))
}
