//! Invitations (`P7`, `P8`): `I#<invitation>` / `I`, which carries the end of an open one in the agenda index, and the history
//! `I#<invitation>` / `E#<sequence>`. Whom it invites and what is wished for stands with the child's personal data (`person`), and only
//! while the invitation is open: without consent nothing else is ever stored.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use kezek_rules::ids::{InvitationId, PersonKey};
use kezek_rules::invitation::{Event, Invitation, Source, State, Step};
use serde::{Deserialize, Serialize};

use crate::agenda::{Agenda, Family};
use crate::error::{Result, StoreError};
use crate::item::{Item, Key, from_item, instant, millis, number, parsed, to_item};
use crate::person::{Invited, invited};
use crate::{Store, event};

/// How an invitation ends, beside the application that a consent makes.
#[derive(Debug, Clone)]
pub struct Ending {
    /// Its last step.
    pub step: Step,
    /// An open one whose place it takes: only where the step is its first as well (`P8`).
    pub replaced: Option<Step>,
    /// The fingerprint of the request that ended it; none if nobody asked for it.
    pub fingerprint: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Record {
    kind: String,
    v: u32,
    by: String,
    ap: String,
    ch: String,
    kato: String,
    src: Source,
    stat: State,
    at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ans: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lap: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gpk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsk: Option<String>,
}

const PREFIX: &str = "I#";

/// The partition of an invitation: its item, its history, its notice.
pub(crate) fn partition(id: InvitationId) -> String {
    format!("{PREFIX}{id}")
}

/// The invitation of a partition; none if it is another entity's.
pub(crate) fn of_partition(pk: &str) -> Option<Result<InvitationId>> {
    pk.strip_prefix(PREFIX).map(|id| parsed(id, "invitation key"))
}

fn key(id: InvitationId) -> Key {
    Key::new(partition(id), "I")
}

fn item(invitation: &Invitation) -> Result<Item> {
    let key = key(invitation.id);
    let agenda = invitation.next_clock().map(|at| Agenda::due(Family::Daily, at, &key));
    let (gpk, gsk) = agenda.map(|agenda| (agenda.gpk, agenda.gsk)).unzip();
    let record = Record {
        kind: "invitation".to_owned(),
        v: invitation.version,
        by: invitation.sender.to_string(),
        ap: invitation.applicant.to_string(),
        ch: invitation.child.to_string(),
        kato: invitation.settlement.to_string(),
        src: invitation.source,
        stat: invitation.state,
        at: millis(invitation.sent_at),
        ans: invitation.answered_at.map(millis),
        lap: invitation.lapses_at.map(millis),
        gpk,
        gsk,
    };
    to_item(&key, &record)
}

fn from(item: Item, id: InvitationId) -> Result<Invitation> {
    let record: Record = from_item(item)?;
    Ok(Invitation {
        id,
        version: record.v,
        sender: parsed(&record.by, "sender")?,
        applicant: parsed(&record.ap, "applicant")?,
        child: parsed(&record.ch, "child")?,
        settlement: parsed(&record.kato, "settlement")?,
        source: record.src,
        state: record.stat,
        sent_at: instant(record.at)?,
        answered_at: record.ans.map(instant).transpose()?,
        lapses_at: record.lap.map(instant).transpose()?,
    })
}

fn write(table: &str, invitation: &Invitation) -> Result<TransactWriteItem> {
    let put = Put::builder().table_name(table).set_item(Some(item(invitation)?));
    let put = match invitation.version {
        1 => put.condition_expression("attribute_not_exists(pk)"),
        version => put.condition_expression("v = :old").expression_attribute_values(":old", number(version - 1)),
    };
    Ok(TransactWriteItem::builder().put(put.build().map_err(StoreError::corrupt)?).build())
}

fn both(table: &str, step: &Step, fingerprint: Option<&str>) -> Result<[TransactWriteItem; 2]> {
    Ok([write(table, &step.invitation)?, event::put_invitation_event(table, &step.event, fingerprint)?])
}

/// The writes that end an invitation: what is known of the invited goes.
pub(crate) fn ending(table: &str, ending: &Ending) -> Result<Vec<TransactWriteItem>> {
    let Ending { step, replaced, fingerprint } = ending;
    let mut items = both(table, step, fingerprint.as_deref())?.to_vec();
    if let Some(replaced) = replaced {
        items.extend(both(table, replaced, None)?);
    }
    // One that ends with its first step has never invited anyone.
    let held_by = replaced.as_ref().or_else(|| (step.invitation.version > 1).then_some(step));
    if let Some(step) = held_by {
        items.push(invited::forget(table, &step.invitation)?);
    }
    Ok(items)
}

impl Store {
    /// An invitation, read strongly.
    ///
    /// # Errors
    /// The table failed, or the item is corrupt.
    pub async fn invitation(&self, id: InvitationId) -> Result<Option<Invitation>> {
        self.get(&key(id)).await?.map(|item| from(item, id)).transpose()
    }

    /// The invitation about a child that its applicant hasn't answered, if there is one.
    ///
    /// # Errors
    /// The table failed, or an item is corrupt.
    pub async fn open_invitation(&self, applicant: PersonKey, child: PersonKey) -> Result<Option<Invitation>> {
        match self.invited(applicant, child).await? {
            Some((id, _)) => Ok(self.invitation(id).await?.filter(|invitation| invitation.state == State::Sent)),
            None => Ok(None),
        }
    }

    /// An event of an invitation, with the fingerprint of the request that led to it: what a repeated request is answered from.
    ///
    /// # Errors
    /// The table failed, or the item is corrupt.
    pub async fn invitation_event(&self, id: InvitationId, seq: u32) -> Result<Option<(Event, Option<String>)>> {
        let Some(item) = self.get(&event::invitation_key(id, seq)).await? else { return Ok(None) };
        let fingerprint = item.get("fp").and_then(|fingerprint| fingerprint.as_s().ok()).cloned();
        Ok(Some((event::invitation_event_of(&item)?, fingerprint)))
    }

    /// Sends an invitation, and with it ends an open one whose place it takes.
    ///
    /// # Errors
    /// `Conflict` if another write came first: load again, decide again.
    pub async fn send_invitation(
        &self,
        step: &Step,
        replaced: Option<&Step>,
        data: &Invited,
        fingerprint: &str,
    ) -> Result<()> {
        let table = self.table();
        let mut items = both(table, step, Some(fingerprint))?.to_vec();
        if let Some(replaced) = replaced {
            items.extend(both(table, replaced, None)?);
        }
        let before = replaced.map(|replaced| replaced.invitation.id);
        items.push(invited::keep(table, &step.invitation, before, data)?);
        self.transact(items).await
    }

    /// Ends an invitation that becomes no application.
    ///
    /// # Errors
    /// `Conflict` if another write came first: load again, decide again.
    pub async fn end_invitation(&self, step: Step, fingerprint: Option<String>) -> Result<()> {
        self.transact(ending(self.table(), &Ending { step, replaced: None, fingerprint })?).await
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::*;

    fn invitation(state: State) -> Invitation {
        let at = DateTime::<Utc>::UNIX_EPOCH;
        Invitation {
            id: InvitationId::from_bytes([1; 16]),
            version: 1,
            sender: PersonKey::from_bytes([2; 16]),
            applicant: PersonKey::from_bytes([3; 16]),
            child: PersonKey::from_bytes([4; 16]),
            settlement: "750000000".parse().expect("a settlement"),
            source: Source::BirthRegistration,
            state,
            sent_at: at,
            answered_at: (state != State::Sent).then_some(at),
            lapses_at: Some(at + TimeDelta::days(1)),
        }
    }

    /// Only an open invitation has an end to wait for.
    #[test]
    fn p7_an_invitation_is_read_as_it_was_written() {
        for (state, waits) in [(State::Sent, true), (State::Accepted, false), (State::Declined, false)] {
            let invitation = invitation(state);
            let item = item(&invitation).expect("an item");
            assert_eq!(item.contains_key("gpk"), waits, "{state:?}");
            assert_eq!(from(item, invitation.id).expect("an invitation"), invitation);
        }
    }
}
