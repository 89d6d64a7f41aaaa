//! The commit: one step of the rules as one conditional transaction. All of it happens, or none, and only if everything is
//! still as it was when the step was decided.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use chrono::{DateTime, Utc};
use kezek_rules::step::{ChildLock, Step, TaskStep};

use crate::agenda::{Agenda, Family};
use crate::error::{Result, StoreError};
use crate::item::number;
use crate::person::PersonFile;
use crate::queue::QueueItem;
use crate::{Store, application, event, mixed, person, queue, seat, task};

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
    /// The new contact phone.
    pub phone: Option<String>,
}

impl Store {
    /// Writes a step, conditional on everything it was decided on. `queues` are the items its snapshot was made from.
    ///
    /// # Errors
    /// `Conflict` if another write came first: load again, decide again.
    pub async fn commit(&self, step: &Step, queues: &[QueueItem], extras: &Extras) -> Result<()> {
        let mut items = vec![self.application_write(step, extras)?];
        for seat in &step.seats {
            let put = Put::builder()
                .table_name(self.table())
                .set_item(Some(seat::item(seat, seat.version + 1)?))
                .condition_expression("v = :old")
                .expression_attribute_values(":old", number(seat.version));
            items.push(TransactWriteItem::builder().put(put.build().map_err(StoreError::corrupt)?).build());
        }
        for change in &step.queues {
            let before = queues.iter().find(|item| item.view.key == change.key && item.view.version == change.version);
            let before = before.ok_or_else(|| StoreError::corrupt("a step on a queue that wasn't loaded"))?;
            let update = queue::update(self.table(), change, before, step.event.at)?;
            items.push(TransactWriteItem::builder().update(update).build());
        }
        let (child, kind, id) = (step.application.child, step.application.stream.kind(), step.application.id);
        match step.lock {
            ChildLock::Keep => {}
            ChildLock::Take => {
                let file = extras.person.clone().unwrap_or_default();
                items.push(person::take(self.table(), child, kind, id, extras.benefit_used, &file)?);
            }
            ChildLock::KeepBenefitUsed => items.push(person::use_benefit(self.table(), child, kind, id)?),
            ChildLock::Release => items.push(person::release(self.table(), child, kind, id)?),
        }
        if let Some(phone) = &extras.phone {
            items.push(person::change_phone(self.table(), child, kind, id, phone)?);
        }
        if let Some(change) = &step.mixed {
            items.push(mixed::update(self.table(), change)?);
        }
        items.extend(self.task_writes(&step.tasks)?);
        items.push(event::put_event(self.table(), &step.event, extras.fingerprint.as_deref())?);
        self.transact(items).await
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
}
