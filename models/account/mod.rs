//! Module account: names and defaults of accounting records.

use lastmile_orm::compute::Computed;
use lastmile_orm::declare::{CreateHook, Next};
use lastmile_orm::domain::Op;
use lastmile_orm::registry::Registry;
use lastmile_orm::sql::Sql;
use lastmile_orm::{Declarations, Domain, Env, Error, Id, Map, Result, Value, map};

use crate::base::names::text;

mod accounts;
mod companies;
mod computed;
mod journals;
mod payments;
mod posted;

const ACCOUNT: &str = "account.account";

/// Declares the module.
pub fn declare(all: &mut Declarations) {
    all.model(ACCOUNT)
        .display_sql(|reg, alias, lang| text(reg, ACCOUNT, "name", alias, lang))
        .display_sql_in("account.group_account_readonly", account_name)
        .search("display_name", account_by_name)
        .on_create(create_account)
        .compute_sudo(&["code"], &["code_store"], code)
        .same_as("code", "code_store")
        .compute(&["internal_group", "include_initial_balance"], &["account_type"], group_of)
        .search("internal_group", |_, op, value| search_group(op, value))
        .inverse("code", |env, ids, value| env.write(ACCOUNT, ids, map! { "code_store" => value.clone() }))
        .search("code", |_, op, value| {
            let op = Op::parse(op).ok_or_else(|| Error::unfit(op))?;
            if op.is_inequality() && value.as_str().is_none() {
                return Err(Error::type_("Codes of accounts are texts"));
            }
            Ok(Domain::cond("code_store", op, value.clone()))
        });
    for model in [
        "account.account",
        "account.analytic.account",
        "account.journal",
        "account.payment.term",
        "account.reconcile.model",
        "account.report",
        "account.tax",
    ] {
        all.model(model).copy_suffix("name");
    }
    computed::declare(all);
    accounts::declare(all);
    companies::declare(all);
    journals::declare(all);
    payments::declare(all);
    posted::declare(all);
    all.model("account.payment.method.line").display_sql(method_name);
    all.model("account.move").display_sql(move_name);
    all.model("account.move.line").display_sql(line_name);
}

/// `101000 Cash`. Codes are kept by company; the first company's names the account.
fn account_name(reg: &Registry, alias: &str, lang: &str) -> Sql {
    Sql::lit("(COALESCE((SELECT e.value || ' ' FROM jsonb_each_text(")
        .push_sql(Sql::column(alias, "code_store"))
        .push(") e ORDER BY e.key::int4 LIMIT 1), '') || ")
        .push_sql(text(reg, ACCOUNT, "name", alias, lang))
        .push(")")
}

/// Accounts by the beginning of their code, or by name or description.
fn account_by_name(_: &Env, op: &str, value: &Value) -> Result<Domain> {
    let code = |text: &str| text.split(' ').next().unwrap_or_default().to_owned();
    match (Op::parse(op), value) {
        (Some(Op::Eq | Op::In), _) => {
            let names = match value {
                Value::List(names) => names.clone(),
                one => vec![one.clone()],
            };
            let codes: Vec<String> = names.iter().map(|name| code(name.as_str().unwrap_or_default())).collect();
            Ok(Domain::is_in("code", codes).or(Domain::is_in("name", names)))
        }
        (Some(op), Value::Str(text)) => Ok(Domain::cond("code", Op::EqLike, format!("{}%", code(text)))
            .or(Domain::cond("name", op, text.as_str()))
            .or(Domain::cond("description", Op::ILike, text.as_str()))),
        _ => Err(Error::unfit(op)),
    }
}

/// Codes are kept by company.
fn create_account(env: &mut Env, mut values: Vec<Map>, next: &Next<CreateHook>) -> Result<Vec<Id>> {
    for map in &mut values {
        if let Some(code) = map.shift_remove("code") {
            map.insert("code_store".into(), code);
        }
    }
    next.call(env, values)
}

fn code(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (id, code) in ids.iter().zip(env.values(ACCOUNT, "code_store", ids)?) {
        out.set("code", *id, code);
    }
    Ok(())
}

/// The first word of the type says which group an account is in; those of the year's result begin at nothing.
fn group_of(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    for (id, kind) in ids.iter().zip(env.values(ACCOUNT, "account_type", ids)?) {
        let kind = kind.as_str().unwrap_or_default().to_owned();
        let group = kind.split('_').next().unwrap_or_default();
        out.set("internal_group", *id, group);
        out.set("include_initial_balance", *id, !kind.is_empty() && kind != "equity_unaffected" && !matches!(group, "income" | "expense"));
    }
    Ok(())
}

/// Accounts of groups, by what their types begin with.
fn search_group(op: &str, value: &Value) -> Result<Domain> {
    let groups = match (op, value) {
        ("=", group) => vec![group.clone()],
        ("in", Value::List(groups)) => groups.clone(),
        _ => return Err(Error::unfit(op)),
    };
    let begins = |group: &Value| match group.as_str() {
        Some(group) => Domain::cond("account_type", Op::EqLike, format!("{group}%")),
        None => Domain::unset("account_type"),
    };
    Ok(Domain::one_of(groups.iter().map(begins)))
}

/// The name and, in brackets, that of the journal.
fn method_name(reg: &Registry, alias: &str, lang: &str) -> Sql {
    Sql::lit("(COALESCE(")
        .push_sql(text(reg, "account.payment.method.line", "name", alias, lang))
        .push(", '') || COALESCE((SELECT ' (' || ")
        .push_sql(text(reg, "account.journal", "name", "j", lang))
        .push(" || ')' FROM account_journal j WHERE j.id = ")
        .push_sql(Sql::column(alias, "journal_id"))
        .push("), ''))")
}

/// What kind of draft it is, and the number, if it has one; the reference in brackets.
fn move_name(_: &Registry, alias: &str, _: &str) -> Sql {
    let column = |name: &str| Sql::column(alias, name);
    Sql::lit("(concat_ws(' ', CASE WHEN ")
        .push_sql(column("state"))
        .push(" = 'draft' THEN CASE ")
        .push_sql(column("move_type"))
        .push(
            " WHEN 'out_invoice' THEN 'Draft Invoice' WHEN 'out_refund' THEN 'Draft Credit Note' WHEN 'in_invoice' THEN 'Draft Bill' \
             WHEN 'in_refund' THEN 'Draft Vendor Credit Note' WHEN 'out_receipt' THEN 'Draft Sales Receipt' \
             WHEN 'in_receipt' THEN 'Draft Purchase Receipt' ELSE 'Draft Entry' END END, NULLIF(NULLIF(",
        )
        .push_sql(column("name"))
        .push(", ''), '/')) || COALESCE(' (' || NULLIF(")
        .push_sql(shortened(column("ref")))
        .push(", '') || ')', ''))")
}

/// A text of at most 50 characters: as many whole words as fit before ` [...]`, spaces folded.
fn shortened(value: Sql) -> Sql {
    let folded = Sql::lit("btrim(regexp_replace(").push_sql(value).push(", '\\s+', ' ', 'g'))");
    Sql::lit("(CASE WHEN length(")
        .push_sql(folded.clone())
        .push(") > 50 THEN btrim(COALESCE(substring(")
        .push_sql(folded.clone())
        .push(" from '^(.{0,44})(?: )'), '') || ' [...]') ELSE ")
        .push_sql(folded)
        .push(" END)")
}

/// The move's number, its reference in brackets, and the line's label where it says something else.
fn line_name(_: &Registry, alias: &str, _: &str) -> Sql {
    let column = |name: &str| Sql::column(alias, name);
    let number = || Sql::lit("NULLIF(NULLIF(").push_sql(column("move_name")).push(", ''), '/')");
    let reference = || Sql::lit("NULLIF(NULLIF(").push_sql(column("ref")).push(", ''), '/')");
    let label = Sql::lit("(SELECT l.name FROM (VALUES (COALESCE(NULLIF(")
        .push_sql(column("name"))
        .push(", ''), (SELECT COALESCE('[' || NULLIF(p.default_code, '') || '] ', '') || COALESCE(t.name ->> 'en_US', '') FROM product_product p JOIN product_template t ON t.id = p.product_tmpl_id WHERE p.id = ")
        .push_sql(column("product_id"))
        .push(")))) l (name) WHERE l.name NOT IN ('', '/') AND l.name IS DISTINCT FROM ")
        .push_sql(column("move_name"))
        .push(" AND l.name IS DISTINCT FROM ")
        .push_sql(column("ref"))
        .push(" AND l.name IS DISTINCT FROM ")
        .push_sql(column("ref"))
        .push(" || ' - ' || ")
        .push_sql(column("move_name"))
        .push(")");
    Sql::lit("COALESCE(NULLIF(concat_ws(' ', ")
        .push_sql(number())
        .push(", '(' || ")
        .push_sql(reference())
        .push(" || ')', ")
        .push_sql(label)
        .push("), ''), 'Draft Entry')")
}
