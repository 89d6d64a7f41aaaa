//! The file of a child: `P#<keyed hash>` / `<kind of stream>`. It is the lock that lets a child have one live application per
//! kind of stream (`K1`), and with what is written in a complaint (`complaint`) and what is known of an invited family (`invited`) the
//! only place in the table that holds personal data: nothing else knows more than the hash.

pub(crate) mod invited;

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Put, TransactWriteItem, Update};
use kezek_rules::ids::{ApplicationId, ForeignDocument, PersonKey};
use kezek_rules::queue::StreamKind;
use serde::{Deserialize, Serialize};

use crate::Store;
use crate::error::{Result, StoreError};
use crate::item::{Key, from_item, parsed, string, to_item};

pub use invited::Invited;

/// What is known of the child and its applicant. `Debug` shows none of it.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct PersonFile {
    /// The applicant's number; none for a non-resident, who is named by a document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applicant_iin: Option<String>,
    /// A non-resident applicant's document (`P5.c`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applicant_document: Option<ForeignDocument>,
    /// The applicant's name.
    pub applicant_name: String,
    /// The applicant's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The contact phone.
    pub phone: String,
    /// The child's number; empty for one that has none.
    pub child_iin: String,
    /// The document of a child without a number (`P5.c`, `K1`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub child_document: Option<ForeignDocument>,
    /// The child's name.
    pub child_name: String,
}

impl std::fmt::Debug for PersonFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PersonFile(hidden)")
    }
}

#[derive(Serialize, Deserialize)]
struct Record {
    kind: String,
    app: String,
    live: bool,
    /// Whether the child got a permanent place by a benefit before (`P23.a`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    used: bool,
    file: PersonFile,
}

/// A child's lock for a kind of stream (`K1`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lock {
    /// The application that took it last.
    pub application: ApplicationId,
    /// Whether it still holds it: it is alive, or its contract is in force (`P12`).
    pub held: bool,
    /// Whether the child got a permanent place by a benefit before (`P23.a`).
    pub benefit_used: bool,
}

fn key(child: PersonKey, stream: StreamKind) -> Key {
    Key::new(format!("P#{child}"), stream.as_str())
}

pub(crate) fn take(
    table: &str,
    child: PersonKey,
    stream: StreamKind,
    application: ApplicationId,
    benefit_used: bool,
    file: &PersonFile,
) -> Result<TransactWriteItem> {
    let (condition, values) = free(benefit_used);
    let record = Record {
        kind: "person".to_owned(),
        app: application.to_string(),
        live: true,
        used: benefit_used,
        file: file.clone(),
    };
    let put = Put::builder()
        .table_name(table)
        .set_item(Some(to_item(&key(child, stream), &record)?))
        .condition_expression(condition)
        .set_expression_attribute_values(Some(values))
        .build()
        .map_err(StoreError::corrupt)?;
    Ok(TransactWriteItem::builder().put(put).build())
}

/// That a child's lock is free, as it was seen: of a benefit that was used it is known that it was, and never forgotten.
fn free(benefit_used: bool) -> (&'static str, HashMap<String, AttributeValue>) {
    let condition = if benefit_used {
        "attribute_not_exists(pk) OR live = :no"
    } else {
        "attribute_not_exists(pk) OR (live = :no AND attribute_not_exists(used))"
    };
    (condition, HashMap::from([(":no".to_owned(), AttributeValue::Bool(false))]))
}

/// The check that the child holds no lock under another of its keyed hashes (`K1`): by a version of the key that isn't the current
/// one any more, or that is so already elsewhere.
pub(crate) fn nor(table: &str, child: PersonKey, stream: StreamKind, benefit_used: bool) -> Result<TransactWriteItem> {
    let (condition, values) = free(benefit_used);
    let check = ConditionCheck::builder()
        .table_name(table)
        .set_key(Some(key(child, stream).item()))
        .condition_expression(condition)
        .set_expression_attribute_values(Some(values))
        .build()
        .map_err(StoreError::corrupt)?;
    Ok(TransactWriteItem::builder().condition_check(check).build())
}

/// Keeps the lock and with it that a place was got by a benefit (`P23.a`).
pub(crate) fn use_benefit(
    table: &str,
    child: PersonKey,
    stream: StreamKind,
    application: ApplicationId,
) -> Result<TransactWriteItem> {
    let update = Update::builder()
        .table_name(table)
        .set_key(Some(key(child, stream).item()))
        .update_expression("SET used = :yes")
        .condition_expression("app = :app")
        .expression_attribute_values(":yes", AttributeValue::Bool(true))
        .expression_attribute_values(":app", string(application.to_string()))
        .build()
        .map_err(StoreError::corrupt)?;
    Ok(TransactWriteItem::builder().update(update).build())
}

pub(crate) fn release(
    table: &str,
    child: PersonKey,
    stream: StreamKind,
    application: ApplicationId,
) -> Result<TransactWriteItem> {
    let update = Update::builder()
        .table_name(table)
        .set_key(Some(key(child, stream).item()))
        .update_expression("SET live = :no")
        .condition_expression("app = :app")
        .expression_attribute_values(":no", AttributeValue::Bool(false))
        .expression_attribute_values(":app", string(application.to_string()))
        .build()
        .map_err(StoreError::corrupt)?;
    Ok(TransactWriteItem::builder().update(update).build())
}

pub(crate) fn change_phone(
    table: &str,
    child: PersonKey,
    stream: StreamKind,
    application: ApplicationId,
    phone: &str,
) -> Result<TransactWriteItem> {
    let update = Update::builder()
        .table_name(table)
        .set_key(Some(key(child, stream).item()))
        .update_expression("SET #file.phone = :phone")
        .expression_attribute_names("#file", "file")
        .condition_expression("app = :app")
        .expression_attribute_values(":phone", string(phone))
        .expression_attribute_values(":app", string(application.to_string()))
        .build()
        .map_err(StoreError::corrupt)?;
    Ok(TransactWriteItem::builder().update(update).build())
}

impl Lock {
    /// One lock out of those under each of a child's keyed hashes: the one that is held, if one is; a benefit was used if any knows so.
    #[must_use]
    pub fn of_all(locks: &[Self]) -> Option<Self> {
        let held = locks.iter().find(|lock| lock.held).or(locks.first())?;
        Some(Self { benefit_used: locks.iter().any(|lock| lock.benefit_used), ..*held })
    }
}

impl Store {
    /// The child's lock for a kind of stream (`K1`); none if the child never applied.
    ///
    /// # Errors
    /// The table failed, or the item is corrupt.
    pub async fn lock(&self, child: PersonKey, stream: StreamKind) -> Result<Option<Lock>> {
        let Some(item) = self.get(&key(child, stream)).await? else { return Ok(None) };
        let record: Record = from_item(item)?;
        let application = parsed(&record.app, "application")?;
        Ok(Some(Lock { application, held: record.live, benefit_used: record.used }))
    }

    /// What is known of a child.
    ///
    /// # Errors
    /// The table failed, or the item is corrupt.
    pub async fn person_file(&self, child: PersonKey, stream: StreamKind) -> Result<Option<PersonFile>> {
        let item = self.get(&key(child, stream)).await?;
        item.map(|item| from_item::<Record>(item).map(|record| record.file)).transpose()
    }
}
