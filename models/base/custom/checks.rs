//! What a manual field may be, decided before anything is made.

use lastmile_orm::expr;
use lastmile_orm::registry::{Field, Kind, Registry};
use lastmile_orm::{Env, Error, Map, Result, Value};

use super::schema::MAX_NAME;

/// A name that PostgreSQL takes for a table or a column.
pub fn identifier(name: &str) -> Result<()> {
    let mut characters = name.chars();
    let starts = characters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
    if !starts || !characters.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$') {
        return Err(Error::validation(format!("The name '{name}' has characters that no table or column may have.")));
    }
    if name.len() > MAX_NAME {
        return Err(Error::validation(format!("The name '{name}' is longer than {MAX_NAME} characters.")));
    }
    Ok(())
}

/// Name of a manual field.
pub fn field_name(name: &str) -> Result<()> {
    if !name.starts_with("x_") {
        return Err(Error::validation("Custom fields must have a name that starts with 'x_'!"));
    }
    identifier(name)
}

/// Name of a model, manual or not.
pub fn model_name(name: &str, manual: bool) -> Result<()> {
    if manual && !name.starts_with("x_") {
        return Err(Error::validation("The model name must start with 'x_'."));
    }
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '.') {
        return Err(Error::validation("The model name can only contain lowercase characters, digits, underscores and dots."));
    }
    identifier(&name.replace('.', "_"))
}

/// The text of a key, when it is given and not empty.
pub fn text(map: &Map, key: &str) -> Option<String> {
    map.get(key).and_then(Value::as_str).map(str::to_owned).filter(|text| !text.is_empty())
}

fn set_text(map: &mut Map, key: &str, value: Option<String>) {
    map.insert(key.into(), value.map_or(Value::Bool(false), Value::from));
}

/// Completes and checks the values of a new manual field; `model` is the one that gets it.
pub fn complete(env: &Env, map: &mut Map, model: &str) -> Result<()> {
    let reg = env.registry();
    let name = text(map, "name").unwrap_or_default();
    field_name(&name)?;
    if text(map, "compute").is_some() {
        return Err(Error::user(format!("The field {name} cannot be computed: code of custom fields is not run here.")));
    }
    let kind = Kind::parse(&text(map, "ttype").unwrap_or_default());
    for (key, value) in [("store", Value::Bool(true)), ("selectable", Value::Bool(true)), ("domain", Value::from("[]"))] {
        map.get_or_insert_with(key, || value);
    }
    if let Some(domain) = text(map, "domain") {
        expr::Expr::parse(domain.trim()).map_err(|e| Error::validation(format!("The domain of {name} is not valid: {e}")))?;
    }
    complete_related(&reg, map, model, &name, kind)?;
    let copied = kind != Kind::One2many && text(map, "related").is_none();
    map.get_or_insert_with("copied", || Value::Bool(copied));
    complete_translate(map, kind);
    complete_relation(&reg, map, model, &name, kind)?;
    if kind == Kind::Monetary {
        complete_currency(&reg, map, model)?;
    }
    Ok(())
}

/// `true` means word by word; other kinds than texts are not translated.
pub fn complete_translate(map: &mut Map, kind: Kind) {
    let Some(value) = map.get("translate") else { return };
    let allowed = matches!(kind, Kind::Char | Kind::Text | Kind::Html) && value.truthy();
    let value = if !allowed {
        Value::Bool(false)
    } else if value.as_str().is_some() {
        value.clone()
    } else {
        Value::from("standard")
    };
    map.insert("translate".into(), value);
}

fn complete_related(reg: &Registry, map: &mut Map, model: &str, name: &str, kind: Kind) -> Result<()> {
    let Some(path) = text(map, "related") else { return Ok(()) };
    let end = related_end(reg, model, &path)?;
    if end.kind != kind {
        return Err(Error::validation(format!("The related field '{path}' has type '{}', not '{}'.", end.kind.name(), kind.name())));
    }
    if kind.is_relational() && text(map, "relation").is_some_and(|given| Some(&given) != end.relation.as_ref()) {
        return Err(Error::validation(format!("The related field '{path}' of {name} leads to another model.")));
    }
    set_text(map, "relation", end.relation.clone());
    map.insert("depends".into(), Value::from(path));
    map.get_or_insert_with("readonly", || Value::Bool(true));
    Ok(())
}

fn related_end<'r>(reg: &'r Registry, model: &str, path: &str) -> Result<&'r Field> {
    let unknown = |part: &str| Error::validation(format!("Unknown field name '{part}' in the related field '{path}'."));
    let mut at = reg.models.get(model);
    let mut found = None;
    let mut rest = path.split('.').peekable();
    while let Some(part) = rest.next() {
        let field = at.and_then(|m| m.fields.get(part)).ok_or_else(|| unknown(part))?;
        if rest.peek().is_some() && !field.kind.is_relational() {
            return Err(Error::validation(format!("'{part}' in the related field '{path}' leads to no model.")));
        }
        at = field.relation.as_deref().and_then(|relation| reg.models.get(relation));
        found = Some(field);
    }
    found.ok_or_else(|| unknown(path))
}

fn complete_relation(reg: &Registry, map: &mut Map, model: &str, name: &str, kind: Kind) -> Result<()> {
    if kind != Kind::Many2one {
        // Only a key has something to do when its target goes.
        map.insert("on_delete".into(), Value::Bool(false));
    }
    if !kind.is_relational() {
        return Ok(());
    }
    let Some(relation) = text(map, "relation") else {
        return Err(Error::validation(format!("The field {name} needs the model that it leads to.")));
    };
    let Some(target) = reg.models.get(&relation) else {
        return Err(Error::user(format!("Model {relation} does not exist!")));
    };
    match kind {
        Kind::Many2one => {
            if text(map, "on_delete").is_none() {
                map.insert("on_delete".into(), Value::from("set null"));
            }
            required_key(name, map.get("required").is_some_and(Value::truthy), text(map, "on_delete").as_deref())
        }
        Kind::One2many if text(map, "related").is_none() => {
            let inverse = text(map, "relation_field").unwrap_or_default();
            if target.fields.get(&inverse).is_some_and(|field| field.kind == Kind::Many2one) {
                return Ok(());
            }
            Err(Error::user(format!("Many2one {inverse} on model {relation} does not exist!")))
        }
        Kind::Many2many if text(map, "related").is_none() => {
            let own = reg.models.get(model).map(|m| m.table.clone()).unwrap_or_default();
            complete_link(map, &own, &target.table)
        }
        _ => Ok(()),
    }
}

/// A key that is required cannot be emptied with its target.
pub fn required_key(name: &str, required: bool, on_delete: Option<&str>) -> Result<()> {
    if required && on_delete.is_none_or(|action| action == "set null") {
        return Err(Error::validation(format!(
            "The field {name} is required but would be emptied when its target is deleted: only 'restrict' and 'cascade' make sense."
        )));
    }
    Ok(())
}

/// Table and columns of a many2many: the same for both directions of a pair of models.
fn complete_link(map: &mut Map, own: &str, target: &str) -> Result<()> {
    let (first, second) = if own <= target { (own, target) } else { (target, own) };
    let columns = if own == target { ("id1".to_owned(), "id2".to_owned()) } else { (format!("{own}_id"), format!("{target}_id")) };
    let names = [("relation_table", format!("x_{first}_{second}_rel")), ("column1", columns.0), ("column2", columns.1)];
    for (key, default) in names {
        let name = text(map, key).unwrap_or(default);
        identifier(&name)?;
        set_text(map, key, Some(name));
    }
    Ok(())
}

fn complete_currency(reg: &Registry, map: &mut Map, model: &str) -> Result<()> {
    let fields = reg.models.get(model).map(|m| &m.fields);
    let known = |name: &str| fields.and_then(|fields| fields.get(name));
    let Some(name) = text(map, "currency_field")
        .or_else(|| ["currency_id", "x_currency_id"].into_iter().find(|name| known(name).is_some()).map(str::to_owned))
    else {
        return Err(Error::validation("Currency field is empty and there is no fallback field in the model"));
    };
    let Some(field) = known(&name) else {
        return Err(Error::validation(format!("Unknown field \"{name}\" in currency_field")));
    };
    if field.kind != Kind::Many2one || field.relation.as_deref() != Some("res.currency") {
        return Err(Error::validation(format!("Currency field \"{name}\" is no many2one of res.currency")));
    }
    set_text(map, "currency_field", Some(name));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{field_name, model_name};

    #[test]
    fn names() {
        for good in ["x_a", "x_Contract2", "x_a$"] {
            assert!(field_name(good).is_ok(), "{good}");
        }
        for bad in ["", "a", "name", "x_a b", "x_é", "x_a;drop", "x_a\"", &format!("x_{}", "a".repeat(62))] {
            assert!(field_name(bad).is_err(), "{bad}");
        }
        assert!(model_name("x_tower", true).is_ok());
        assert!(model_name("x_tower.line", true).is_ok());
        for bad in ["tower", "x_Tower", "x_to wer", "x_tower;", ""] {
            assert!(model_name(bad, true).is_err(), "{bad}");
        }
    }
}
