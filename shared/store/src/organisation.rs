//! The registry of organisations: `O#<bin>` / `O`, and a row per settlement, `L#<settlement>` / `<bin>`, for its public list.

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use kezek_rules::ids::Bin;
use kezek_rules::organisation::{Kato, Organisation, OrganisationType};
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::error::{Result, StoreError};
use crate::item::{Item, Key, from_item, number, parsed, to_item};

#[derive(Debug, Serialize, Deserialize)]
struct Record {
    kind: String,
    bin: String,
    v: u32,
    kk: String,
    ru: String,
    ot: OrganisationType,
    kato: String,
    langs: Vec<String>,
    streams: Vec<String>,
    open: bool,
}

/// The partition of an organisation: its item, its queues, seats, bulletins and events.
pub(crate) fn partition(organisation: Bin) -> String {
    format!("O#{organisation}")
}

pub(crate) fn of_partition(pk: &str) -> Result<Bin> {
    parsed(pk.strip_prefix("O#").unwrap_or_default(), "organisation key")
}

fn key(organisation: Bin) -> Key {
    Key::new(partition(organisation), "O")
}

fn row_key(settlement: Kato, organisation: Bin) -> Key {
    Key::new(format!("L#{settlement}"), organisation.as_str())
}

fn record(organisation: &Organisation) -> Record {
    Record {
        kind: "organisation".to_owned(),
        bin: organisation.bin.to_string(),
        v: organisation.version,
        kk: organisation.name_kk.clone(),
        ru: organisation.name_ru.clone(),
        ot: organisation.kind,
        kato: organisation.settlement.to_string(),
        langs: organisation.languages.iter().map(ToString::to_string).collect(),
        streams: organisation.streams.iter().map(|stream| stream.as_str().to_owned()).collect(),
        open: organisation.open,
    }
}

fn from(item: Item) -> Result<Organisation> {
    let record: Record = from_item(item)?;
    Ok(Organisation {
        bin: parsed(&record.bin, "organisation")?,
        version: record.v,
        name_kk: record.kk,
        name_ru: record.ru,
        kind: record.ot,
        settlement: parsed(&record.kato, "settlement")?,
        languages: record.langs.iter().map(|text| parsed(text, "language")).collect::<Result<_>>()?,
        streams: record.streams.iter().map(|text| parsed(text, "stream")).collect::<Result<_>>()?,
        open: record.open,
    })
}

impl Store {
    /// An organisation of the registry.
    ///
    /// # Errors
    /// The table failed, or the item is corrupt.
    pub async fn organisation(&self, bin: Bin) -> Result<Option<Organisation>> {
        self.get(&key(bin)).await?.map(from).transpose()
    }

    /// Those of some organisations that the registry knows.
    ///
    /// # Errors
    /// The table failed, or an item is corrupt.
    pub async fn organisations(&self, bins: &[Bin]) -> Result<Vec<Organisation>> {
        let mut bins = bins.to_vec();
        bins.sort_unstable();
        bins.dedup();
        if bins.is_empty() {
            return Ok(Vec::new());
        }
        let keys: Vec<Key> = bins.iter().map(|bin| key(*bin)).collect();
        self.get_all(&keys).await?.into_iter().map(from).collect()
    }

    /// The organisations of a settlement, after one of them, at most `limit`.
    ///
    /// # Errors
    /// The table failed, or an item is corrupt.
    pub async fn organisations_in(
        &self,
        settlement: Kato,
        after: Option<Bin>,
        limit: usize,
    ) -> Result<Vec<Organisation>> {
        let after = after.map(|bin| bin.to_string());
        let items = self.list(&format!("L#{settlement}"), "", after.as_deref(), limit, true).await?;
        items.into_iter().map(from).collect()
    }

    /// Writes an organisation in its next version, if the stored one still is `before`.
    ///
    /// # Errors
    /// `Conflict` if another write came first.
    pub async fn put_organisation(&self, organisation: &Organisation, before: Option<&Organisation>) -> Result<()> {
        let record = record(organisation);
        let mut put = Put::builder().table_name(self.table()).set_item(Some(to_item(&key(organisation.bin), &record)?));
        put = match before {
            None => put.condition_expression("attribute_not_exists(pk)"),
            Some(before) => {
                put.condition_expression("v = :old").expression_attribute_values(":old", number(before.version))
            }
        };
        let row = row_key(organisation.settlement, organisation.bin);
        let row_put = Put::builder().table_name(self.table()).set_item(Some(to_item(&row, &record)?)).build();
        let mut items = vec![
            TransactWriteItem::builder().put(put.build().map_err(StoreError::corrupt)?).build(),
            TransactWriteItem::builder().put(row_put.map_err(StoreError::corrupt)?).build(),
        ];
        if let Some(moved) = before.filter(|before| before.settlement != organisation.settlement) {
            let old = row_key(moved.settlement, moved.bin).item();
            let delete = Delete::builder().table_name(self.table()).set_key(Some(old)).build();
            items.push(TransactWriteItem::builder().delete(delete.map_err(StoreError::corrupt)?).build());
        }
        self.transact(items).await
    }
}
