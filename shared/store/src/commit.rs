//! The commit: one step of the rules, or several that belong together, as one conditional transaction. All of it happens, or
//! none, and only if everything is still as it was when it was decided.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hasher, RandomState};

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use chrono::{DateTime, Utc};
use kezek_rules::ids::PersonKey;
use kezek_rules::queue::QueueKey;
use kezek_rules::step::{ChildLock, QueueStep, Step, TaskStep};

use crate::agenda::{Agenda, Family};
use crate::error::{Result, StoreError, condition_failed};
use crate::event::OrganisationEvent;
use crate::item::number;
use crate::person::PersonFile;
use crate::queue::QueueItem;
use crate::{Ending, Store, application, event, invitation, mixed, person, pmpc, queue, seat, task};

/// In the first event of a commit: which call wrote it. Two who decide the same at the same instant write the same but for this.
const WRITER: &str = "w";

/// A number that no other call comes to.
fn no_one_elses() -> [u8; 8] {
    RandomState::new().build_hasher().finish().to_be_bytes()
}

/// A transaction holds this many items.
const ITEMS_MAX: usize = 100;

/// What goes with a step but isn't part of a decision.
#[derive(Debug, Clone, Default)]
pub struct Extras {
    /// The next of the application's clocks: who serves it, and when.
    pub due: Option<(Family, DateTime<Utc>)>,
    /// The fingerprint of the request that made the application.
    pub fingerprint: Option<String>,
    /// The personal data of a new application.
    pub person: Option<PersonFile>,
    /// Whether the child got a place by a benefit before (`P23.a`), which a new application's lock goes on telling.
    pub benefit_used: bool,
    /// Under which other keyed hashes a new application's child may be known: none of them may hold its lock (`K1`).
    pub child_otherwise: Vec<PersonKey>,
    /// The new contact phone.
    pub phone: Option<String>,
    /// Queues that the decision looked at and leaves alone, each with the version it had: it must have it still.
    pub unchanged: Vec<(QueueKey, u64)>,
    /// What the step means to the organisation, told beside the application's own event.
    pub organisation_event: Option<OrganisationEvent>,
    /// The end of the invitation that the application comes by (`P7`, `P8`).
    pub invitation: Option<Ending>,
}

impl Store {
    /// Writes a step, conditional on everything it was decided on. `queues` are the items its snapshot was made from.
    ///
    /// # Errors
    /// `Conflict` if another write came first: load again, decide again.
    pub async fn commit(&self, step: &Step, queues: &[QueueItem], extras: &Extras) -> Result<()> {
        self.commit_all(&[(step, extras)], queues).await
    }

    /// Writes several steps as one: all of them happen, or none. They are of different applications; one queue may be changed by
    /// several, each decided on the version that the one before it leaves.
    ///
    /// # Errors
    /// `Conflict` if another write came first: load again, decide again.
    pub async fn commit_all(&self, steps: &[(&Step, &Extras)], queues: &[QueueItem]) -> Result<()> {
        let (mut items, mut told) = (Vec::new(), None);
        for (step, extras) in steps {
            items.push(self.application_write(step, extras)?);
            for seat in &step.seats {
                items.push(seat::write(self.table(), seat)?);
            }
            items.extend(self.person_writes(step, extras)?);
            if let Some(change) = &step.mixed {
                items.push(mixed::update(self.table(), change)?);
            }
            items.extend(pmpc::writes(self.table(), step)?);
            items.extend(self.task_writes(&step.tasks)?);
            let mut event = event::put_event(self.table(), &step.event, extras.fingerprint.as_deref())?;
            if let (None, Some(put)) = (&told, &mut event.put) {
                put.item.insert(WRITER.to_owned(), AttributeValue::B(Blob::new(no_one_elses())));
                told = Some(put.clone());
            }
            items.push(event);
            if let Some(event) = &extras.organisation_event {
                items.push(event::put_organisation_event(self.table(), event)?);
            }
            if let Some(ending) = &extras.invitation {
                items.extend(invitation::ending(self.table(), ending)?);
            }
        }
        items.extend(self.queue_writes(steps, queues)?);
        if items.len() > ITEMS_MAX {
            return Err(StoreError::corrupt("a step of more items than a transaction holds"));
        }
        match self.transact(items).await {
            // What came first may be its own first try, whose answer was lost.
            Err(StoreError::Conflict) if self.stands(steps, told.as_ref()).await? => Ok(()),
            done => done,
        }
    }

    /// Whether the event of the first step stands just as this very call was to write it. All steps were written or none.
    async fn stands(&self, steps: &[(&Step, &Extras)], told: Option<&Put>) -> Result<bool> {
        let (Some((step, _)), Some(told)) = (steps.first(), told) else { return Ok(false) };
        Ok(self.get(&event::event_key(&step.event)).await?.is_some_and(|item| item == told.item))
    }

    /// The writes of the queues: one for each that changes, whatever the number of steps that change it, and a check of each that
    /// must have stayed.
    fn queue_writes(&self, steps: &[(&Step, &Extras)], queues: &[QueueItem]) -> Result<Vec<TransactWriteItem>> {
        let mut changes: BTreeMap<&QueueKey, Vec<(&QueueStep, DateTime<Utc>)>> = BTreeMap::new();
        for (step, _) in steps {
            for change in &step.queues {
                changes.entry(&change.key).or_default().push((change, step.event.at));
            }
        }
        let checks: BTreeMap<&QueueKey, u64> = steps
            .iter()
            .flat_map(|(_, extras)| &extras.unchanged)
            .filter(|(key, _)| !changes.contains_key(key))
            .map(|(key, version)| (key, *version))
            .collect();
        let mut items = Vec::new();
        for (key, changes) in &changes {
            let version = changes.first().map(|(change, _)| change.version);
            let before = queues.iter().find(|item| item.view.key == **key && Some(item.view.version) == version);
            let before = before.ok_or_else(|| StoreError::corrupt("a step on a queue that wasn't loaded"))?;
            let update = queue::update(self.table(), changes, before)?;
            items.push(TransactWriteItem::builder().update(update).build());
        }
        for (key, version) in checks {
            let check = queue::unchanged(self.table(), key, version)?;
            items.push(TransactWriteItem::builder().condition_check(check).build());
        }
        Ok(items)
    }

    /// The writes of the child's file: its lock, and its phone.
    fn person_writes(&self, step: &Step, extras: &Extras) -> Result<Vec<TransactWriteItem>> {
        let mut items = Vec::new();
        let (child, kind, id) = (step.application.child, step.application.stream.kind(), step.application.id);
        match step.lock {
            ChildLock::Keep => {}
            ChildLock::Take => {
                let file = extras.person.clone().unwrap_or_default();
                items.push(person::take(self.table(), child, kind, id, extras.benefit_used, &file)?);
                for other in extras.child_otherwise.iter().filter(|other| **other != child) {
                    items.push(person::nor(self.table(), *other, kind, extras.benefit_used)?);
                }
            }
            ChildLock::KeepBenefitUsed => items.push(person::use_benefit(self.table(), child, kind, id)?),
            ChildLock::Release => items.push(person::release(self.table(), child, kind, id)?),
        }
        if let Some(phone) = &extras.phone {
            items.push(person::change_phone(self.table(), child, kind, id, phone)?);
        }
        Ok(items)
    }

    /// The writes of tasks: one per key, the last, since a transaction takes one operation per item.
    fn task_writes(&self, steps: &[TaskStep]) -> Result<Vec<TransactWriteItem>> {
        let of = |step: &TaskStep| match step {
            TaskStep::Put(task) | TaskStep::Close(task) => task::key(task),
        };
        let last = |(index, step): &(usize, &TaskStep)| !steps[index + 1..].iter().any(|later| of(later) == of(step));
        let write = |(_, step): (usize, &TaskStep)| match step {
            TaskStep::Put(open) => task::put(self.table(), open),
            TaskStep::Close(done) => task::delete(self.table(), done),
        };
        steps.iter().enumerate().filter(last).map(write).collect()
    }

    fn application_write(&self, step: &Step, extras: &Extras) -> Result<TransactWriteItem> {
        let key = application::key(step.application.id);
        let agenda = extras.due.map(|(family, at)| Agenda::due(family, at, &key));
        let item = application::item(&step.application, agenda)?;
        let put = Put::builder().table_name(self.table()).set_item(Some(item));
        let put = if step.application.version == 1 {
            put.condition_expression("attribute_not_exists(pk)")
        } else {
            put.condition_expression("v = :old")
                .expression_attribute_values(":old", number(step.application.version - 1))
        };
        Ok(TransactWriteItem::builder().put(put.build().map_err(StoreError::corrupt)?).build())
    }

    pub(crate) async fn transact(&self, items: Vec<TransactWriteItem>) -> Result<()> {
        self.client().transact_write_items().set_transact_items(Some(items)).send().await?;
        Ok(())
    }

    /// Writes what is written once: says whether it was now; if not, some of it was there already.
    pub(crate) async fn transact_once(&self, items: Vec<TransactWriteItem>) -> Result<bool> {
        match self.client().transact_write_items().set_transact_items(Some(items)).send().await {
            Ok(_) => Ok(true),
            Err(error) if condition_failed(&error) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}
