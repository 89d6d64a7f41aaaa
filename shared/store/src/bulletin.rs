//! Bulletins: `O#<bin>` / `B#<bulletin id>`. A bulletin is written once, with what became of each of its lines; its seats
//! follow from what was written, so that taking it again makes the same ones.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};
use chrono::{DateTime, Utc};
use kezek_rules::ids::Bin;
use kezek_rules::seat::Seat;
use serde::{Deserialize, Serialize};

use crate::error::{Result, StoreError};
use crate::event::{OrganisationEvent, put_organisation_event};
use crate::item::{Item, Key, from_item, parsed, to_item};
use crate::{Store, organisation, seat, seat_end};

/// Seats written in one transaction, with their ends (`P23.c`); a transaction holds 100 items.
const CHUNK: usize = 45;

/// What became of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LineOutcome {
    /// The line's number, as far as it could be read.
    pub line: u32,
    /// How many vacancies it made.
    pub vacancies: u16,
    /// The birth years they serve.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub birth_years: Vec<i32>,
    /// What is wrong with it: code, rule and field of each problem.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<(String, String, String)>,
}

/// A bulletin as it was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulletinRecord {
    /// Its id.
    pub id: String,
    /// When it was issued.
    pub issued: DateTime<Utc>,
    /// When it was taken.
    pub taken: DateTime<Utc>,
    /// `year-end` or `current`.
    pub year: String,
    /// What became of its lines.
    pub lines: Vec<LineOutcome>,
    /// The body as it was taken, without anything personal: a bulletin has none.
    pub body: String,
    /// Whether all its seats were written.
    pub done: bool,
}

#[derive(Serialize, Deserialize)]
struct Record {
    kind: String,
    #[serde(flatten)]
    bulletin: BulletinRecord,
}

/// The list of the organisations that ever published vacancies: `B` / `<bin>`.
const PUBLISHERS: &str = "B";

fn publisher_key(organisation: Bin) -> Key {
    Key::new(PUBLISHERS, organisation.as_str())
}

fn key(organisation: Bin, id: &str) -> Key {
    Key::new(organisation::partition(organisation), format!("B#{id}"))
}

impl Store {
    /// A bulletin that was taken.
    ///
    /// # Errors
    /// The table failed, or the item is corrupt.
    pub async fn bulletin(&self, organisation: Bin, id: &str) -> Result<Option<BulletinRecord>> {
        let item = self.get(&key(organisation, id)).await?;
        item.map(|item| from_item::<Record>(item).map(|record| record.bulletin)).transpose()
    }

    /// Writes a bulletin, unless it was taken before.
    ///
    /// # Errors
    /// `Conflict` if it was.
    pub async fn put_bulletin(&self, organisation: Bin, bulletin: &BulletinRecord) -> Result<()> {
        let record = Record { kind: "bulletin".to_owned(), bulletin: bulletin.clone() };
        let item = to_item(&key(organisation, &bulletin.id), &record)?;
        let put = self.client().put_item().table_name(self.table()).set_item(Some(item));
        put.condition_expression("attribute_not_exists(pk)").send().await?;
        Ok(())
    }

    /// Writes the seats of a bulletin that aren't there yet, then its event, and marks it as done. Running again changes nothing.
    ///
    /// # Errors
    /// The table failed.
    pub async fn put_seats(
        &self,
        organisation: Bin,
        bulletin: &str,
        seats: &[Seat],
        event: OrganisationEvent,
    ) -> Result<()> {
        for chunk in seats.chunks(CHUNK) {
            let mut items = Vec::with_capacity(2 * chunk.len());
            for seat in chunk {
                items.push(self.new_seat(seat)?);
                items.extend(seat_end::put(self.table(), seat)?);
            }
            // Some were written by an earlier try: the rest one by one.
            if !self.transact_once(items).await? {
                self.put_missing(chunk).await?;
            }
        }
        let done = Update::builder()
            .table_name(self.table())
            .set_key(Some(key(organisation, bulletin).item()))
            .update_expression("SET done = :yes")
            .condition_expression("done = :no")
            .expression_attribute_values(":yes", aws_sdk_dynamodb::types::AttributeValue::Bool(true))
            .expression_attribute_values(":no", aws_sdk_dynamodb::types::AttributeValue::Bool(false))
            .build()
            .map_err(StoreError::corrupt)?;
        let listed = Put::builder().table_name(self.table()).set_item(Some(publisher_key(organisation).item())).build();
        let items = vec![
            TransactWriteItem::builder().update(done).build(),
            TransactWriteItem::builder().put(listed.map_err(StoreError::corrupt)?).build(),
            put_organisation_event(self.table(), &event)?,
        ];
        self.transact_once(items).await.map(|_| ())
    }

    /// The organisations that ever published vacancies, after one of them, at most `limit`.
    ///
    /// # Errors
    /// The table failed, or an item is corrupt.
    pub async fn publishers(&self, after: Option<Bin>, limit: usize) -> Result<Vec<Bin>> {
        let after = after.map(|bin| bin.to_string());
        let items = self.list(PUBLISHERS, "", after.as_deref(), limit, true).await?;
        let bin =
            |item: &Item| parsed(item.get("sk").and_then(|sk| sk.as_s().ok()).map_or("", String::as_str), "publisher");
        items.iter().map(bin).collect()
    }

    /// Writes an event of an organisation, once: says whether it was new.
    ///
    /// # Errors
    /// The table failed.
    pub async fn put_organisation_event(&self, event: &OrganisationEvent) -> Result<bool> {
        self.transact_once(vec![put_organisation_event(self.table(), event)?]).await
    }

    fn new_seat(&self, seat: &Seat) -> Result<TransactWriteItem> {
        let put = Put::builder()
            .table_name(self.table())
            .set_item(Some(seat::item(seat, 1)?))
            .condition_expression("attribute_not_exists(pk)")
            .build()
            .map_err(StoreError::corrupt)?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    async fn put_missing(&self, seats: &[Seat]) -> Result<()> {
        for seat in seats {
            let items = std::iter::once(self.new_seat(seat)?).chain(seat_end::put(self.table(), seat)?).collect();
            self.transact_once(items).await?;
        }
        Ok(())
    }

    /// Writes a seat that was withdrawn while no one held it (`K3`, `P23.c`), with its event.
    ///
    /// # Errors
    /// `Conflict` if another write came first.
    pub async fn withdraw_seat(&self, seat: &Seat, event: &OrganisationEvent) -> Result<()> {
        let items = vec![seat::write(self.table(), seat)?, put_organisation_event(self.table(), event)?];
        self.transact(items).await
    }
}
