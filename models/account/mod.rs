//! Module account: names and defaults of accounting records.

use lastmile_orm::compute::Computed;
use lastmile_orm::declare::{CreateHook, Next};
use lastmile_orm::domain::Op;
use lastmile_orm::registry::Registry;
use lastmile_orm::sql::{Sql, sql};
use lastmile_orm::{Declarations, Domain, Env, Error, Id, Map, Result, Value, map};

use crate::base::names::text;

mod accounts;
mod companies;
mod computed;
mod journals;
pub mod moves;
pub mod payments;
pub mod reconcile;
mod shown;
pub mod taxes;
pub mod terms;

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
    shown::declare(all);
    moves::declare(all);
    moves::numbers::declare(all);
    moves::locks::declare(all);
    taxes::declare(all);
    terms::declare(all);
    reconcile::methods::declare(all);
    all.model("account.move").display_sql(move_name);
    all.model("account.move.line").display_sql(line_name);
}

/// `101000 Cash`. Codes are kept by company; the first company's names the account.
fn account_name(reg: &Registry, alias: &str, lang: &str) -> Sql {
    sql!(
        "(COALESCE((SELECT e.value || ' ' FROM jsonb_each_text({alias:sql}) e ORDER BY e.key::int4
         LIMIT 1), '') || {lang:sql})",
        alias = Sql::column(alias, "code_store"),
        lang = text(reg, ACCOUNT, "name", alias, lang)
    )
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

/// What kind of draft it is, and the number, if it has one; the reference in brackets.
fn move_name(_: &Registry, alias: &str, _: &str) -> Sql {
    let column = |name: &str| Sql::column(alias, name);
    sql!(
        "(concat_ws(' ', CASE WHEN {state:sql} = 'draft' THEN CASE {move_type:sql}
         WHEN 'out_invoice' THEN 'Draft Invoice' WHEN 'out_refund' THEN 'Draft Credit Note'
         WHEN 'in_invoice' THEN 'Draft Bill' WHEN 'in_refund' THEN 'Draft Vendor Credit Note'
         WHEN 'out_receipt' THEN 'Draft Sales Receipt'
         WHEN 'in_receipt' THEN 'Draft Purchase Receipt' ELSE 'Draft Entry' END END, NULLIF(NULLIF({name:sql}, ''),
         '/')) || COALESCE(' (' || NULLIF({shortened:sql}, '') || ')', ''))",
        state = column("state"),
        move_type = column("move_type"),
        name = column("name"),
        shortened = shortened(column("ref"))
    )
}

/// A text of at most 50 characters: as many whole words as fit before ` [...]`, spaces folded.
fn shortened(value: Sql) -> Sql {
    let folded = sql!(r#"btrim(regexp_replace({value:sql}, '\s+', ' ', 'g'))"#);
    sql!(
        "(CASE
         WHEN length({folded:sql}) > 50 THEN btrim(COALESCE(substring({folded:sql} from '^(.{{0,44}})(?: )'), '') ||
         ' [...]') ELSE {folded:sql} END)",
    )
}

/// The move's number, its reference in brackets, and the line's label where it says something else.
fn line_name(_: &Registry, alias: &str, _: &str) -> Sql {
    let column = |name: &str| Sql::column(alias, name);
    let number = || sql!("NULLIF(NULLIF({move_name:sql}, ''), '/')", move_name = column("move_name"));
    let reference = || sql!("NULLIF(NULLIF({reference:sql}, ''), '/')", reference = column("ref"));
    let label = sql!(
        "(SELECT l.name
         FROM (VALUES (COALESCE(NULLIF({name:sql}, ''), (SELECT COALESCE('[' || NULLIF(p.default_code, '') || '] ', '')
         || COALESCE(t.name ->> 'en_US', '')
         FROM product_product p JOIN product_template t ON t.id = p.product_tmpl_id
         WHERE p.id = {product_id:sql})))) l (name) WHERE l.name NOT IN ('', '/') AND l.name IS DISTINCT FROM
         {move_name:sql} AND l.name IS DISTINCT FROM {reference:sql} AND l.name IS DISTINCT FROM
         {reference:sql} || ' - ' || {move_name:sql})",
        name = column("name"),
        product_id = column("product_id"),
        move_name = column("move_name"),
        reference = column("ref")
    );
    sql!(
        "COALESCE(NULLIF(concat_ws(' ', {number:sql}, '(' || {reference:sql} || ')', {label:sql}), ''), 'Draft Entry')",
        number = number(),
        reference = reference()
    )
}
