//! The agenda: the sparse index of what is to be done next. Open seats stand in it by organisation, in the order of service;
//! everything that is due stands in it by family and shard, soonest first. It is read eventually: what it shows is checked
//! again by the condition of the write, and what it doesn't show yet is found by the next sweep.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};
use kezek_rules::application::Duty;
use kezek_rules::ids::{ApplicationId, Bin, ComplaintId, InvitationId, SeatId};
use kezek_rules::seat::Seat;

use crate::Store;
use crate::application::duty_named;
use crate::error::{Result, StoreError};
use crate::item::{Item, Key, instant, parsed, sortable, string};
use crate::schema::AGENDA;
use crate::{complaint, invitation, organisation, seat, seat_end};

/// Into how many partitions each family of deadlines is spread, so that no write meets a hot partition.
pub const SHARDS: u8 = 4;

/// Which schedule serves a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Every minute: offers, referrals, suspensions, acceptance at the start of working time, also of complaints.
    Minute,
    /// Daily: the yearly question of interest, the age limit, also of invitations.
    Daily,
    /// Hourly: officers' tasks, the terms of complaints.
    Work,
}

impl Family {
    /// All families.
    pub const ALL: [Family; 3] = [Family::Minute, Family::Daily, Family::Work];

    const fn as_str(self) -> &'static str {
        match self {
            Family::Minute => "minute",
            Family::Daily => "daily",
            Family::Work => "work",
        }
    }

    /// The partition of the index that a shard of the family is: what the `gpk` of a changed item is compared with.
    #[must_use]
    pub fn partition(self, shard: u8) -> String {
        format!("DUE#{}#{shard}", self.as_str())
    }
}

/// Where an item stands in the agenda index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Agenda {
    pub gpk: String,
    pub gsk: String,
}

impl Agenda {
    pub fn due(family: Family, at: DateTime<Utc>, key: &Key) -> Self {
        // Any stable spread will do; it must only never change for a key.
        let spread =
            key.pk.bytes().chain(key.sk.bytes()).fold(5381_u32, |hash, byte| hash.wrapping_mul(33) ^ u32::from(byte));
        let shard = u8::try_from(spread % u32::from(SHARDS)).unwrap_or(0);
        Self { gpk: family.partition(shard), gsk: format!("{}#{}#{}", sortable(at), key.pk, key.sk) }
    }
}

/// Something that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// When it was due.
    pub at: DateTime<Utc>,
    /// What it is.
    pub kind: DueKind,
}

/// A page of what is due.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DuePage {
    /// What is due, soonest first.
    pub due: Vec<Due>,
    /// Where the next page begins; none if this was the last.
    pub next: Option<String>,
}

/// What is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DueKind {
    /// A clock of an application.
    Application(ApplicationId),
    /// A clock of a seat: its offer or its referral.
    Seat {
        /// Whose seat.
        organisation: Bin,
        /// Which seat.
        seat: SeatId,
        /// Who holds it.
        holder: ApplicationId,
    },
    /// The end of a temporary place (`P23.c`).
    SeatEnd {
        /// Whose seat.
        organisation: Bin,
        /// Which seat.
        seat: SeatId,
    },
    /// An officer's task.
    Task {
        /// What is to be decided.
        duty: Duty,
        /// About which application.
        application: ApplicationId,
    },
    /// A clock of a complaint.
    Complaint(ComplaintId),
    /// The end of an open invitation (`P11.b`).
    Invitation(InvitationId),
}

fn due_from(item: &Item) -> Result<Due> {
    let text = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).map(String::as_str).unwrap_or_default();
    let at = text("gsk").split('#').next().and_then(|millis| millis.parse().ok());
    let at = instant(at.ok_or_else(|| StoreError::corrupt("agenda key"))?)?;
    let (pk, sk) = (text("pk"), text("sk"));
    let kind = match text("kind") {
        "application" => DueKind::Application(parsed(pk.trim_start_matches("A#"), "application")?),
        "task" => {
            let mut parts = sk.split('#').skip(1);
            let mut part = || parts.next().unwrap_or_default();
            DueKind::Task { duty: duty_named(part())?, application: parsed(part(), "task")? }
        }
        "seat" => DueKind::Seat {
            organisation: organisation::of_partition(pk)?,
            seat: parsed(sk.trim_start_matches(seat::PREFIX), "seat")?,
            holder: parsed(holder(item).unwrap_or_default(), "holder")?,
        },
        "seat-end" => DueKind::SeatEnd {
            organisation: organisation::of_partition(pk)?,
            seat: parsed(sk.trim_start_matches(seat_end::PREFIX), "seat")?,
        },
        "complaint" => {
            DueKind::Complaint(complaint::of_partition(pk).ok_or_else(|| StoreError::corrupt("complaint key"))??)
        }
        "invitation" => {
            DueKind::Invitation(invitation::of_partition(pk).ok_or_else(|| StoreError::corrupt("invitation key"))??)
        }
        other => return Err(StoreError::corrupt(format!("agenda item of kind {other}"))),
    };
    Ok(Due { at, kind })
}

fn holder(item: &Item) -> Option<&str> {
    let held = item.get("offer").or_else(|| item.get("rf"))?.as_m().ok()?;
    held.get("app")?.as_s().ok().map(String::as_str)
}

impl Store {
    /// What was due in one shard of a family at or before `until`, soonest first, at most `limit`.
    ///
    /// # Errors
    /// The table failed, or an item is corrupt.
    pub async fn due(&self, family: Family, shard: u8, until: DateTime<Utc>, limit: u16) -> Result<Vec<Due>> {
        Ok(self.due_after(family, shard, None, until, limit).await?.due)
    }

    /// The same from the place after a cursor on. An entry that can't be read is reported and passed by: it must not hold up
    /// the others.
    ///
    /// # Errors
    /// The table failed.
    pub async fn due_after(
        &self,
        family: Family,
        shard: u8,
        after: Option<&str>,
        until: DateTime<Utc>,
        limit: u16,
    ) -> Result<DuePage> {
        let output = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(AGENDA)
            .key_condition_expression("gpk = :gpk AND gsk BETWEEN :after AND :until")
            // A space sorts after what it follows and before everything that stands behind.
            .expression_attribute_values(
                ":after",
                string(after.map_or_else(|| "0".to_owned(), |after| format!("{after} "))),
            )
            .expression_attribute_values(":gpk", string(family.partition(shard)))
            // `~` sorts after every character of a key, so that what is due at this very millisecond is included.
            .expression_attribute_values(":until", string(format!("{}#~", sortable(until))))
            .limit(i32::from(limit))
            .send()
            .await?;
        let read = |item: &Item| {
            let due = due_from(item);
            if let Err(error) = &due {
                tracing::error!(%error, "an entry of the agenda can't be read");
            }
            due.ok()
        };
        let last = output.last_evaluated_key.as_ref().and_then(|key| key.get("gsk")?.as_s().ok().cloned());
        Ok(DuePage { due: output.items.unwrap_or_default().iter().filter_map(read).collect(), next: last })
    }

    /// The open seats of an organisation in the order of service (`P17.1`), after one of them, at most `limit`.
    ///
    /// # Errors
    /// The table failed, or an item is corrupt.
    pub async fn open_seats(&self, bin: Bin, after: Option<SeatId>, limit: u16) -> Result<Vec<Seat>> {
        let from = after.map_or_else(String::new, |id| id.to_string());
        let output = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(AGENDA)
            .key_condition_expression("gpk = :gpk AND gsk > :from")
            .expression_attribute_values(":gpk", string(seat::open_partition(bin)))
            .expression_attribute_values(":from", if from.is_empty() { string(" ") } else { string(from) })
            .limit(i32::from(limit))
            .send()
            .await?;
        output.items.unwrap_or_default().into_iter().map(seat::from).collect()
    }

    /// How many seats of an organisation are open: counted in the index, at most a thousand.
    ///
    /// # Errors
    /// The table failed.
    pub async fn count_open_seats(&self, bin: Bin) -> Result<u32> {
        let output = self
            .client
            .query()
            .table_name(&self.table)
            .index_name(AGENDA)
            .select(aws_sdk_dynamodb::types::Select::Count)
            .key_condition_expression("gpk = :gpk")
            .expression_attribute_values(":gpk", AttributeValue::S(seat::open_partition(bin)))
            .limit(1_000)
            .send()
            .await?;
        Ok(u32::try_from(output.count).unwrap_or(0))
    }
}
