//! The phases of mixed-age groups (`P24.m`): `O#<bin>` / `M#<language>#<stream>#<birth years>`, one small item per group. The single
//! queues know nothing of them.

use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use kezek_rules::queue::KeptPhase;
use kezek_rules::step::{MixedKey, MixedStep, MixedView};
use serde::Deserialize;

use crate::Store;
use crate::error::{Result, StoreError};
use crate::item::{Key, from_item, instant, millis, number, string};
use crate::organisation;

#[derive(Deserialize)]
struct Record {
    v: u64,
    ph: u8,
    /// When the phase was kept; before every policy in an item that doesn't say so.
    #[serde(default)]
    kept: i64,
}

fn key(mixed: &MixedKey) -> Key {
    let years: Vec<String> = mixed.birth_years.iter().map(ToString::to_string).collect();
    let sk = format!("M#{}#{}#{}", mixed.language, mixed.stream, years.join(","));
    Key::new(organisation::partition(mixed.organisation), sk)
}

/// The write of a group's phase, conditional on the version it was decided on.
pub(crate) fn update(table: &str, step: &MixedStep) -> Result<TransactWriteItem> {
    let update = Update::builder()
        .table_name(table)
        .set_key(Some(key(&step.key).item()))
        .update_expression("SET v = :v, ph = :ph, kept = :kept, kind = :kind")
        .expression_attribute_values(":v", number(step.version + 1))
        .expression_attribute_values(":ph", number(step.phase.phase))
        .expression_attribute_values(":kept", number(millis(step.phase.at)))
        .expression_attribute_values(":kind", string("mixed"));
    let update = if step.version == 0 {
        update.condition_expression("attribute_not_exists(pk)")
    } else {
        update.condition_expression("v = :old").expression_attribute_values(":old", number(step.version))
    };
    Ok(TransactWriteItem::builder().update(update.build().map_err(StoreError::corrupt)?).build())
}

impl Store {
    /// The phase of a mixed-age group, read strongly.
    ///
    /// # Errors
    /// The table failed, or the item is corrupt.
    pub async fn mixed(&self, mixed: &MixedKey) -> Result<MixedView> {
        let Some(item) = self.get(&key(mixed)).await? else {
            return Ok(MixedView { key: mixed.clone(), version: 0, phase: None });
        };
        let record: Record = from_item(item)?;
        let phase = KeptPhase { phase: record.ph, at: instant(record.kept)? };
        Ok(MixedView { key: mixed.clone(), version: record.v, phase: Some(phase) })
    }
}
