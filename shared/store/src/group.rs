//! The groups of an organisation, as it tells of them (`P28`): `O#<bin>` / `G#<name>`, one small item each.

use kezek_rules::group::{Group, GroupType};
use kezek_rules::ids::Bin;
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::error::Result;
use crate::item::{Item, Key, from_item, number, to_item};
use crate::organisation;

#[derive(Debug, Serialize, Deserialize)]
struct Record {
    kind: String,
    v: u32,
    name: String,
    grp: GroupType,
    yrs: Vec<i32>,
    n: u32,
    u: u32,
}

const PREFIX: &str = "G#";

fn key(organisation: Bin, name: &str) -> Key {
    Key::new(organisation::partition(organisation), format!("{PREFIX}{name}"))
}

fn from(item: Item, organisation: Bin) -> Result<Group> {
    let record: Record = from_item(item)?;
    Ok(Group {
        organisation,
        name: record.name,
        version: record.v,
        group_type: record.grp,
        birth_years: record.yrs,
        children: record.n,
        unvaccinated: record.u,
    })
}

impl Store {
    /// A group of an organisation.
    ///
    /// # Errors
    /// The table failed, or the item is corrupt.
    pub async fn group(&self, organisation: Bin, name: &str) -> Result<Option<Group>> {
        self.get(&key(organisation, name)).await?.map(|item| from(item, organisation)).transpose()
    }

    /// The groups of an organisation by name, at most `limit`.
    ///
    /// # Errors
    /// The table failed, or an item is corrupt.
    pub async fn groups(&self, organisation: Bin, limit: usize) -> Result<Vec<Group>> {
        let items = self.list(&organisation::partition(organisation), PREFIX, None, limit, true).await?;
        items.into_iter().map(|item| from(item, organisation)).collect()
    }

    /// Writes a group in its next version, if the stored one still is `before`.
    ///
    /// # Errors
    /// `Conflict` if another write came first.
    pub async fn put_group(&self, group: &Group, before: Option<&Group>) -> Result<()> {
        let record = Record {
            kind: "group".to_owned(),
            v: group.version,
            name: group.name.clone(),
            grp: group.group_type,
            yrs: group.birth_years.clone(),
            n: group.children,
            u: group.unvaccinated,
        };
        let item = to_item(&key(group.organisation, &group.name), &record)?;
        let put = self.client().put_item().table_name(self.table()).set_item(Some(item));
        let put = match before {
            None => put.condition_expression("attribute_not_exists(pk)"),
            Some(before) => {
                put.condition_expression("v = :old").expression_attribute_values(":old", number(before.version))
            }
        };
        put.send().await?;
        Ok(())
    }
}
