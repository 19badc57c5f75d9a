//! Partners with all who belong to the same company, in one statement: their addresses by type, who sells to them.

use std::collections::HashMap;

use lastmile_orm::sql::sql;
use lastmile_orm::{Env, Error, Id, Result};

#[derive(Debug)]
struct Partner {
    commercial: Id,
    parent: Option<Id>,
    kind: String,
    is_company: bool,
    seller: Option<Id>,
    name: Option<String>,
    children: Vec<Id>,
}

/// Partners and their relatives.
#[derive(Debug, Default)]
pub struct Family {
    known: HashMap<Id, Partner>,
}

impl Family {
    /// Reads partners with those of the same commercial entity.
    ///
    /// # Errors
    /// MissingError when one is not there.
    pub fn load(env: &mut Env, partners: &[Id]) -> Result<Self> {
        if partners.is_empty() {
            return Ok(Family::default());
        }
        let sql = sql!(
            "SELECT p.id, COALESCE(p.commercial_partner_id, p.id), p.parent_id, p.type, p.is_company, p.user_id, p.active, p.complete_name
             FROM res_partner p WHERE p.commercial_partner_id IN
             (SELECT commercial_partner_id FROM res_partner WHERE id = ANY({partners})) OR p.id = ANY({partners})
             ORDER BY p.complete_name, p.id DESC"
        );
        let mut family = Family::default();
        let mut children: Vec<(Id, Id)> = Vec::new();
        for row in env.query(sql)? {
            let Some(id) = row.int(0) else { continue };
            let parent = row.int(2);
            if let Some(parent) = parent.filter(|_| row.bool(6).unwrap_or(false)) {
                children.push((parent, id));
            }
            family.known.insert(
                id,
                Partner {
                    commercial: row.int(1).unwrap_or(id),
                    parent,
                    kind: row.text(3).unwrap_or_default(),
                    is_company: row.bool(4).unwrap_or(false),
                    seller: row.int(5),
                    name: row.text(7),
                    children: Vec::new(),
                },
            );
        }
        if let Some(gone) = partners.iter().find(|id| !family.known.contains_key(id)) {
            return Err(Error::missing_record("res.partner", *gone, env.uid()));
        }
        for (parent, child) in children {
            if let Some(parent) = family.known.get_mut(&parent) {
                parent.children.push(child);
            }
        }
        Ok(family)
    }

    /// The company that a partner acts for; itself otherwise.
    pub fn commercial(&self, partner: Id) -> Id {
        self.known.get(&partner).map_or(partner, |known| known.commercial)
    }

    /// What it is called on documents.
    pub fn name(&self, partner: Id) -> Option<String> {
        self.known.get(&partner)?.name.clone()
    }

    /// Who sells to a partner, or to the company it acts for.
    pub fn seller(&self, partner: Id) -> Option<Id> {
        let known = self.known.get(&partner)?;
        known.seller.or_else(|| self.known.get(&known.commercial)?.seller)
    }

    /// The address of a type: the first below the partner, else the first around it within the same company.
    pub fn found(&self, partner: Id, wanted: &str) -> Option<Id> {
        let mut visited = Vec::new();
        let mut at = Some(partner);
        while let Some((id, current)) = at.and_then(|id| Some((id, self.known.get(&id)?))) {
            let mut to_scan = vec![id];
            while let Some(id) = to_scan.pop() {
                let Some(record) = self.known.get(&id) else { continue };
                visited.push(id);
                if record.kind == wanted {
                    return Some(id);
                }
                let below = record.children.iter().rev();
                to_scan.extend(below.filter(|id| !visited.contains(id) && self.known.get(id).is_some_and(|child| !child.is_company)));
            }
            at = current.parent.filter(|_| !current.is_company);
        }
        None
    }

    /// The address of a type, else the contact, else the partner itself.
    pub fn address(&self, partner: Id, wanted: &str) -> Id {
        self.found(partner, wanted).or_else(|| self.found(partner, "contact")).unwrap_or(partner)
    }
}
