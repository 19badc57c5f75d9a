//! Avatars of partners: their image, else the initial of people who work with the system, else a placeholder.

use std::collections::HashSet;

use lastmile_orm::compute::Computed;
use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Id, Result, Value};

use crate::base_files::images;

const MODEL: &str = "res.partner";
/// Avatars, and the images they show.
const AVATARS: &[(&str, &str)] = &[
    ("avatar_1920", "image_1920"),
    ("avatar_1024", "image_1024"),
    ("avatar_512", "image_512"),
    ("avatar_256", "image_256"),
    ("avatar_128", "image_128"),
];
/// Side of drawn avatars.
const SIDE: u32 = 256;

/// Computes all of them.
pub(super) fn compute(env: &mut Env, ids: &[Id], out: &mut Computed) -> Result<()> {
    let mut drawn: Option<Vec<Value>> = None;
    for (avatar, image) in AVATARS {
        let images = env.values(MODEL, image, ids)?;
        if drawn.is_none() && images.iter().any(|image| !image.truthy()) {
            drawn = Some(draw(env, ids)?);
        }
        for (at, (id, image)) in ids.iter().zip(images).enumerate() {
            let drawn = drawn.as_ref().and_then(|all| all.get(at));
            out.set(avatar, *id, if image.truthy() { image } else { drawn.cloned().unwrap_or_default() });
        }
    }
    Ok(())
}

/// What stands for the image of each partner.
fn draw(env: &mut Env, ids: &[Id]) -> Result<Vec<Value>> {
    let sql = sql!(
        "SELECT DISTINCT partner_id FROM res_users WHERE active AND NOT COALESCE(share, FALSE)
         AND partner_id = ANY({ids})"
    );
    let staff: HashSet<Id> = env.query(sql)?.iter().filter_map(|row| row.int(0)).collect();
    let names = env.values(MODEL, "name", ids)?;
    let placeholder = images::placeholder(SIDE)?;
    let one = |(id, name): (&Id, Value)| match name.as_str().and_then(|name| name.trim().chars().next()) {
        Some(initial) if staff.contains(id) => Value::Bytes(letter(initial, *id).into_bytes()),
        _ => Value::Bytes(placeholder.clone()),
    };
    Ok(ids.iter().zip(names).map(one).collect())
}

/// A letter on a ground whose colour is the partner's own.
fn letter(initial: char, id: Id) -> String {
    let hue = (i64::from(id) * 137).rem_euclid(360);
    let initial = match initial {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        other => other.to_uppercase().collect(),
    };
    format!(
        "<?xml version='1.0' encoding='UTF-8' ?><svg xmlns='http://www.w3.org/2000/svg' width='{SIDE}' height='{SIDE}' viewBox='0 0 16 16'>\
         <rect width='16' height='16' fill='hsl({hue}, 45%, 45%)'/>\
         <text x='8' y='11.5' text-anchor='middle' font-family='sans-serif' font-size='10' fill='#fff'>{initial}</text></svg>"
    )
}

#[cfg(test)]
mod tests {
    use super::letter;

    #[test]
    fn letters_are_images_and_no_markup() {
        assert!(letter('é', 3).contains(">É</text>"));
        assert!(letter('<', 3).contains(">&lt;</text>"));
        assert!(letter('a', 3).starts_with("<?xml"));
    }
}
