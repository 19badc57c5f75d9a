//! Module account: names and defaults of accounting records.

use lastmile_orm::Declarations;
use lastmile_orm::registry::Registry;
use lastmile_orm::sql::{Sql, sql};

pub mod accounts;
mod computed;
pub mod currency;
pub mod documents;
pub mod moves;
pub mod payments;
pub mod reconcile;
pub mod reports;
mod shown;
pub mod taxes;
pub mod terms;

const ACCOUNT: &str = "account.account";

/// Declares the module.
pub fn declare(all: &mut Declarations) {
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
    payments::declare(all);
    shown::declare(all);
    moves::declare(all);
    moves::numbers::declare(all);
    moves::locks::declare(all);
    taxes::declare(all);
    terms::declare(all);
    reconcile::methods::declare(all);
    documents::links::declare(all);
    documents::sending::declare(all);
    reports::declare(all);
    all.model("account.move").display_sql(move_name);
    all.model("account.move.line").display_sql(line_name);
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
