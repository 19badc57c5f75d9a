//! Which fiscal position fits a partner, and what positions put in the place of taxes and accounts. Without reading
//! anything.

use std::collections::HashMap;

use lastmile_orm::Id;

/// Where a partner is.
#[derive(Clone, Debug, Default)]
pub struct Place {
    pub country: Option<Id>,
    pub state: Option<Id>,
    pub zip: String,
    pub vat: String,
    /// A position that somebody chose for it.
    pub chosen: Option<Id>,
}

/// A fiscal position that is found by where partners are.
#[derive(Clone, Debug, Default)]
pub struct Position {
    pub id: Id,
    pub vat_required: bool,
    pub zips: Option<(String, String)>,
    pub states: Vec<Id>,
    pub country: Option<Id>,
    pub group: Option<Area>,
}

/// The countries of a group, and the states that are not in it.
#[derive(Clone, Debug, Default)]
pub struct Area {
    pub countries: Vec<Id>,
    pub without_states: Vec<Id>,
}

impl Position {
    /// Whether it is for partners of a place.
    pub fn fits(&self, place: &Place) -> bool {
        let zip = self.zips.as_ref().is_none_or(|(from, to)| !place.zip.is_empty() && *from <= place.zip && place.zip <= *to);
        let group = self.group.as_ref().is_none_or(|area| {
            place.country.is_some_and(|country| area.countries.contains(&country))
                && !place.state.is_some_and(|state| area.without_states.contains(&state))
        });
        (!self.vat_required || !place.vat.is_empty())
            && zip
            && (self.states.is_empty() || place.state.is_some_and(|state| self.states.contains(&state)))
            && (self.country.is_none() || self.country == place.country)
            && group
    }
}

/// The first position, in their order, for who is invoiced and who gets the goods. A chosen one wins; within a union of
/// taxes a partner registered where the company is counts as being there, wherever the goods go.
pub fn choose(positions: &[Position], partner: &Place, delivery: Option<&Place>, company_vat: &str, union: &[String]) -> Option<Id> {
    let prefix = |vat: &str| vat.chars().take(2).collect::<String>();
    let (own, theirs) = (prefix(company_vat), prefix(&partner.vat));
    let within = !own.is_empty() && own == theirs && union.contains(&own);
    let delivery = delivery.filter(|_| !within).unwrap_or(partner);
    if let Some(chosen) = delivery.chosen.or(partner.chosen) {
        return Some(chosen);
    }
    partner.country?;
    positions.iter().find(|position| position.fits(delivery)).map(|position| position.id)
}

/// What positions put in the place of taxes and accounts.
#[derive(Clone, Debug, Default)]
pub struct Maps {
    pub by_position: HashMap<Id, Map>,
}

/// What one position puts in the place of taxes and accounts.
#[derive(Clone, Debug, Default)]
pub struct Map {
    /// It has taxes at all; without them it takes all taxes away.
    pub has_taxes: bool,
    pub taxes: HashMap<Id, Vec<Id>>,
    pub accounts: HashMap<Id, Id>,
}

impl Maps {
    /// Taxes under a position.
    pub fn taxes(&self, position: Option<Id>, taxes: &[Id]) -> Vec<Id> {
        let Some(map) = position.map(|id| self.by_position.get(&id)) else { return taxes.to_vec() };
        let Some(map) = map.filter(|map| map.has_taxes) else { return Vec::new() };
        let mut out: Vec<Id> = Vec::new();
        for tax in taxes {
            for tax in map.taxes.get(tax).map_or(std::slice::from_ref(tax), Vec::as_slice) {
                if !out.contains(tax) {
                    out.push(*tax);
                }
            }
        }
        out
    }

    /// An account under a position.
    pub fn account(&self, position: Option<Id>, account: Id) -> Id {
        let map = position.and_then(|id| self.by_position.get(&id));
        map.and_then(|map| map.accounts.get(&account)).copied().unwrap_or(account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(country: Id, vat: &str) -> Place {
        Place { country: Some(country), vat: vat.into(), ..Place::default() }
    }

    fn position(id: Id) -> Position {
        Position { id, ..Position::default() }
    }

    #[test]
    fn the_first_that_fits_is_taken() {
        let positions = [
            Position { vat_required: true, country: Some(1), ..position(10) },
            Position { zips: Some(("1000".into(), "2000".into())), ..position(11) },
            Position { states: vec![7], country: Some(2), ..position(12) },
            Position { group: Some(Area { countries: vec![2, 3], without_states: vec![8] }), ..position(13) },
        ];
        let of = |place: &Place| choose(&positions, place, None, "", &[]);
        assert_eq!(of(&place(1, "XX1")), Some(10));
        assert_eq!(of(&place(1, "")), None);
        assert_eq!(of(&Place { zip: "1500".into(), ..place(1, "") }), Some(11));
        assert_eq!(of(&Place { zip: "2001".into(), ..place(1, "") }), None);
        assert_eq!(of(&Place { state: Some(7), ..place(2, "") }), Some(12));
        assert_eq!(of(&Place { state: Some(8), ..place(2, "") }), None);
        assert_eq!(of(&place(3, "")), Some(13));
        assert_eq!(of(&Place { country: None, zip: "1500".into(), ..Place::default() }), None);
        assert_eq!(of(&Place { chosen: Some(99), ..place(1, "XX1") }), Some(99));
    }

    #[test]
    fn goods_decide_unless_both_are_registered_at_home() {
        let positions = [Position { country: Some(1), ..position(10) }, Position { country: Some(2), ..position(11) }];
        let union = ["BE".to_owned(), "FR".to_owned()];
        let of = |vat: &str, own: &str| choose(&positions, &place(1, vat), Some(&place(2, "")), own, &union);
        assert_eq!(of("BE1", "BE2"), Some(10));
        assert_eq!(of("FR1", "BE2"), Some(11));
        assert_eq!(of("", "BE2"), Some(11));
        assert_eq!(of("US1", "US2"), Some(11));
    }

    #[test]
    fn positions_replace_keep_or_take_away() {
        let map = Map { has_taxes: true, taxes: HashMap::from([(1, vec![4, 5]), (2, vec![5])]), accounts: HashMap::from([(7, 8)]) };
        let maps = Maps { by_position: HashMap::from([(1, map), (2, Map::default())]) };
        assert_eq!(maps.taxes(None, &[1, 2]), [1, 2]);
        assert_eq!(maps.taxes(Some(1), &[1, 2, 3]), [4, 5, 3]);
        assert_eq!(maps.taxes(Some(2), &[1, 2]), Vec::<Id>::new());
        assert_eq!((maps.account(Some(1), 7), maps.account(Some(1), 9), maps.account(None, 7)), (8, 9, 7));
    }
}
