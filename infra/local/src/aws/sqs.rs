//! Queues: visibility, receipts, dead letters, depth; and the pump's Rust calls.
//! Never here: the JSON protocol (`sqs_api`), the rows' keys (`sqs_rows`), or what a message means.

use std::time::SystemTime;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{
    Aws, Error, REGION,
    dynamo::Rows,
    fault::Fault,
    instant,
    sqs_rows::{LAST, NewMessage, State, Stored, accept, due_key, due_parts, insert, number, part, remove},
    stream::queue_arn,
};

/// A queue that exists on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueSpec {
    /// The name; `.fifo` at its end exactly for FIFO queues.
    pub name: String,
    /// First in, first out within a message group.
    pub fifo: bool,
    /// Where a message goes that was received this many times and never deleted.
    pub dead_letter: Option<(String, u32)>,
    /// How long a received message stays hidden (SQS's default is 30).
    pub visibility_seconds: u32,
}

/// A received message.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Unique per message.
    pub id: String,
    /// Deletes this receive's message.
    pub receipt: String,
    /// The text as sent.
    pub body: String,
    /// The sender's attributes, as sent.
    pub attributes: Option<Value>,
    /// When it was sent.
    pub sent_at: SystemTime,
    /// When it was received first.
    pub first_received_at: SystemTime,
    /// How many times it was received, this time included.
    pub receive_count: u32,
    /// FIFO only.
    pub group: Option<String>,
    /// FIFO only.
    pub deduplication: Option<String>,
    /// Position in the queue.
    pub sequence: u64,
    /// The queue that gave it up, in a dead-letter queue.
    pub dead_letter_source: Option<String>,
}

/// How many messages a queue holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Depth {
    /// Could be received, now or once their group is free.
    pub waiting: u64,
    /// Received and not yet deleted or shown again.
    pub in_flight: u64,
    /// Sent with a delay that hasn't passed.
    pub delayed: u64,
}

impl Depth {
    /// All of them.
    #[must_use]
    pub fn total(self) -> u64 {
        self.waiting + self.in_flight + self.delayed
    }
}

impl Aws {
    /// Takes up to `max` visible messages and hides them for the queue's own time-out.
    pub fn receive(&self, queue: &str, max: usize) -> Result<Vec<Message>, Error> {
        let spec = self.queue(queue)?;
        self.take(spec, max, u64::from(spec.visibility_seconds))
    }

    /// Deletes a received message; deleting it again changes nothing.
    pub fn delete(&self, queue: &str, receipt: &str) -> Result<(), Error> {
        let spec = self.queue(queue)?;
        self.drop_received(spec, receipt).map_err(|fault| match fault.cause {
            Some(cause) => *cause,
            None => Error::Receipt(fault.message),
        })
    }

    /// Shows every received message again at once: for the one reader that knows that it has none in hand.
    pub fn show_again(&self, queue: &str) -> Result<usize, Error> {
        let (spec, now) = (self.queue(queue)?, self.now_ms());
        self.engine.local(|rows| {
            let hidden =
                rows.page::<u32>(&part(spec, "due"), &format!("{now:013}#{LAST}"), &LAST.to_string(), usize::MAX >> 1)?;
            let received: Vec<_> = hidden.into_iter().filter(|(_, receives)| *receives > 0).collect();
            for (key, receives) in &received {
                let (_, sequence) = due_parts(key);
                let Some(mut stored) = rows.get::<Stored>(&part(spec, "message"), &number(sequence))? else { continue };
                rows.delete(&part(spec, "due"), key)?;
                stored.visible = now;
                rows.put(&part(spec, "due"), &due_key(now, sequence), receives)?;
                rows.put(&part(spec, "message"), &number(sequence), &stored)?;
            }
            Ok(received.len())
        })
    }

    /// Sends to a queue from inside the process; `group_and_deduplication` is for FIFO queues. Answers the id.
    pub fn send(
        &self,
        queue: &str,
        body: &str,
        group_and_deduplication: Option<(&str, &str)>,
    ) -> Result<String, Error> {
        let spec = self.queue(queue)?;
        if spec.fifo != group_and_deduplication.is_some() {
            return Err(Error::Declaration(
                queue.to_owned(),
                "a FIFO queue needs group and deduplication id, another takes none",
            ));
        }
        let message = NewMessage {
            body: body.to_owned(),
            attributes: None,
            delay_seconds: 0,
            group: group_and_deduplication.map(|(group, _)| group.to_owned()),
            dedup: group_and_deduplication.map(|(_, dedup)| dedup.to_owned()),
        };
        let now = self.now_ms();
        self.engine.local(|rows| Ok(accept(rows, spec, message, now)?.id))
    }

    /// When the next message can be received (possibly already); `None` for an empty queue.
    pub fn next_visible_at(&self, queue: &str) -> Result<Option<SystemTime>, Error> {
        let spec = self.queue(queue)?;
        self.engine.local(|rows| {
            let head = rows.page::<u32>(&part(spec, "due"), "", &LAST.to_string(), 1)?;
            Ok(head.first().map(|(key, _)| instant(due_parts(key).0)))
        })
    }

    /// How many messages the queue holds.
    pub fn depth(&self, queue: &str) -> Result<Depth, Error> {
        let (spec, now) = (self.queue(queue)?, self.now_ms());
        self.engine.local(|rows| {
            let total = rows.get::<State>(&part(spec, "state"), "")?.unwrap_or_default().total;
            let hidden =
                rows.page::<u32>(&part(spec, "due"), &format!("{now:013}#{LAST}"), &LAST.to_string(), usize::MAX >> 1)?;
            let in_flight = hidden.iter().filter(|(_, receives)| *receives > 0).count() as u64;
            let delayed = hidden.len() as u64 - in_flight;
            Ok(Depth { waiting: total.saturating_sub(in_flight + delayed), in_flight, delayed })
        })
    }

    /// Empties one queue; its numbering goes on, so that no old receipt fits a new message.
    pub fn purge(&self, queue: &str) -> Result<(), Error> {
        let spec = self.queue(queue)?;
        self.engine.local(|rows| {
            for rest in ["message", "due", "group", "dedup", "dedup-end"] {
                rows.clear(&part(spec, rest))?;
            }
            let last = rows.get::<State>(&part(spec, "state"), "")?.unwrap_or_default().last;
            rows.put(&part(spec, "state"), "", &State { last, total: 0 })
        })
    }

    /// Empties every queue and the event bus.
    pub fn clear(&self) -> Result<(), Error> {
        for spec in &self.queues {
            self.purge(&spec.name)?;
        }
        self.clear_events()
    }

    pub(super) fn queue(&self, name: &str) -> Result<&QueueSpec, Error> {
        self.queues.iter().find(|spec| spec.name == name).ok_or_else(|| Error::NoQueue(name.to_owned()))
    }

    pub(super) fn take(&self, spec: &QueueSpec, max: usize, hide_seconds: u64) -> Result<Vec<Message>, Error> {
        let now = self.now_ms();
        self.engine.local(|rows| {
            let mut taken: Vec<Message> = Vec::new();
            while taken.len() < max {
                // A receive that hides nothing leaves its messages due: each is still handed out once per call.
                let page = rows.page::<u32>(&part(spec, "due"), "", &format!("{now:013}#{LAST}"), max + taken.len())?;
                let fresh: Vec<u64> = page
                    .iter()
                    .map(|(key, _)| due_parts(key).1)
                    .filter(|sequence| taken.iter().all(|message| message.sequence != *sequence))
                    .take(max - taken.len())
                    .collect();
                if fresh.is_empty() {
                    break;
                }
                for sequence in fresh {
                    taken.extend(self.take_one(rows, spec, sequence, now, hide_seconds)?);
                }
            }
            Ok(taken)
        })
    }

    /// Hides and hands out one due message, or moves it to the dead-letter queue when its receives are used up.
    fn take_one(
        &self,
        rows: &Rows<'_>,
        spec: &QueueSpec,
        sequence: u64,
        now: u64,
        hide: u64,
    ) -> Result<Option<Message>, Error> {
        let Some(mut stored) = rows.get::<Stored>(&part(spec, "message"), &number(sequence))? else {
            return Ok(None);
        };
        if let Some((target, max)) = &spec.dead_letter
            && stored.receives >= *max
        {
            remove(rows, spec, sequence, &stored)?;
            stored.source = Some(spec.name.clone());
            (stored.receives, stored.first, stored.visible) = (0, None, now);
            insert(rows, self.queue(target)?, &stored)?;
            return Ok(None);
        }
        let old = due_key(stored.visible, sequence);
        stored.receives += 1;
        stored.first.get_or_insert(now);
        stored.visible = now + hide * 1000;
        rows.delete(&part(spec, "due"), &old)?;
        rows.put(&part(spec, "due"), &due_key(stored.visible, sequence), &stored.receives)?;
        rows.put(&part(spec, "message"), &number(sequence), &stored)?;
        Ok(Some(Message {
            receipt: URL_SAFE_NO_PAD.encode(format!("{}|{sequence}|{}", spec.name, stored.receives)),
            first_received_at: instant(stored.first.unwrap_or(now)),
            sent_at: instant(stored.sent),
            id: stored.id,
            body: stored.body,
            attributes: stored.attributes,
            receive_count: stored.receives,
            group: stored.group,
            deduplication: stored.dedup,
            sequence,
            dead_letter_source: stored.source,
        }))
    }

    pub(super) fn drop_received(&self, spec: &QueueSpec, receipt: &str) -> Result<(), Fault> {
        let (sequence, receive) = read_receipt(spec, receipt)?;
        let now = self.now_ms();
        self.engine.local(|rows| {
            let Some(stored) = rows.get::<Stored>(&part(spec, "message"), &number(sequence))? else { return Ok(()) };
            if spec.fifo && (stored.receives != receive || stored.visible <= now) {
                return Err(Fault::value(
                    "Value for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.",
                ));
            }
            // Somebody else holds the message by now: theirs is the receipt that counts.
            if stored.receives == receive {
                remove(rows, spec, sequence, &stored)?;
            }
            Ok(())
        })
    }

    pub(super) fn change_visibility(&self, spec: &QueueSpec, receipt: &str, seconds: u64) -> Result<(), Fault> {
        let (sequence, receive) = read_receipt(spec, receipt)?;
        let now = self.now_ms();
        self.engine.local(|rows| {
            let stored = rows.get::<Stored>(&part(spec, "message"), &number(sequence))?;
            let Some(mut stored) = stored.filter(|stored| stored.receives == receive) else {
                return Err(Fault::value(
                    "Reason: Message does not exist or is not available for visibility timeout change.",
                ));
            };
            if stored.visible <= now {
                return Err(Fault::new(
                    "MessageNotInflight",
                    "AWS.SimpleQueueService.MessageNotInflight",
                    "The message isn't in flight.",
                ));
            }
            rows.delete(&part(spec, "due"), &due_key(stored.visible, sequence))?;
            stored.visible = now + seconds * 1000;
            rows.put(&part(spec, "due"), &due_key(stored.visible, sequence), &stored.receives)?;
            rows.put(&part(spec, "message"), &number(sequence), &stored)?;
            Ok(())
        })
    }
}

impl Message {
    /// The message as one of the `Records` of a queue event.
    #[must_use]
    pub fn event_record(&self, queue: &str) -> Value {
        let attributes: serde_json::Map<String, Value> =
            self.system_attributes().into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
        let custom = self.attributes.as_ref().and_then(Value::as_object).map(|custom| {
            let lower = |value: &Value| {
                json!({"stringValue": value["StringValue"], "binaryValue": value["BinaryValue"], "dataType": value["DataType"],
                       "stringListValues": [], "binaryListValues": []})
            };
            custom.iter().map(|(name, value)| (name.clone(), lower(value))).collect::<serde_json::Map<_, _>>()
        });
        json!({
            "messageId": self.id, "receiptHandle": self.receipt, "body": self.body, "attributes": attributes,
            "messageAttributes": custom.unwrap_or_default(), "md5OfBody": super::sqs_api::md5_hex(self.body.as_bytes()),
            "eventSource": "aws:sqs", "eventSourceARN": queue_arn(queue), "awsRegion": REGION,
        })
    }

    pub(super) fn system_attributes(&self) -> Vec<(&'static str, String)> {
        let mut all = vec![
            ("SenderId", super::ACCOUNT.to_owned()),
            ("SentTimestamp", super::millis(self.sent_at).to_string()),
            ("ApproximateReceiveCount", self.receive_count.to_string()),
            ("ApproximateFirstReceiveTimestamp", super::millis(self.first_received_at).to_string()),
        ];
        if let Some(source) = &self.dead_letter_source {
            all.push(("DeadLetterQueueSourceArn", queue_arn(source)));
        }
        if let (Some(group), Some(dedup)) = (&self.group, &self.deduplication) {
            all.push(("MessageGroupId", group.clone()));
            all.push(("MessageDeduplicationId", dedup.clone()));
            all.push(("SequenceNumber", number(self.sequence)));
        }
        all
    }
}

/// A dead-letter queue must be declared and of the same kind; a name must say whether it is FIFO.
pub(super) fn check_declarations(queues: &[QueueSpec]) -> Result<(), Error> {
    for spec in queues {
        let refuse = |why| Err(Error::Declaration(spec.name.clone(), why));
        if spec.fifo != spec.name.ends_with(".fifo") {
            return refuse("a FIFO queue's name ends in .fifo, another's doesn't");
        }
        if queues.iter().filter(|other| other.name == spec.name).count() > 1 {
            return refuse("declared twice");
        }
        if let Some((target, max)) = &spec.dead_letter {
            if !queues.iter().any(|other| other.name == *target && other.fifo == spec.fifo) {
                return refuse("its dead-letter queue isn't declared, or is of the other kind");
            }
            if *max == 0 || *target == spec.name {
                return refuse("its dead letters need another queue and at least one receive");
            }
        }
    }
    Ok(())
}

fn read_receipt(spec: &QueueSpec, receipt: &str) -> Result<(u64, u32), Fault> {
    let read = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(receipt).ok()?).ok()?;
        let mut parts = text.split('|');
        let (queue, sequence, receive) = (parts.next()?, parts.next()?, parts.next()?);
        (queue == spec.name).then_some((sequence.parse().ok()?, receive.parse().ok()?))
    };
    read().ok_or_else(|| {
        Fault::new(
            "ReceiptHandleIsInvalid",
            "ReceiptHandleIsInvalid",
            "The input receipt handle is not a valid receipt handle.",
        )
    })
}
