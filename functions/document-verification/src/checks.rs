//! Register checks (`P6.b`): which events ask for one, and what comes of each. A register that doesn't answer decides nothing: the
//! application waits in verification until a later try, or until its clock makes it an officer's task.

use kezek_rules::application::{Application, Duty};
use kezek_rules::decide::{self, World};
use kezek_rules::ids::ApplicationId;
use kezek_rules::refusal::RefusalKind;
use kezek_rules::step::{Fact, Snapshot};
use kezek_shell::app::Settled;
use kezek_shell::commit;
use kezek_shell::error::chain;
use kezek_shell::lambda;
use kezek_shell::metrics::Metric;
use kezek_store::{EventItem, Extras, Origin, QueueItem, Queues, StoreError, StreamRecord};

use crate::Verification;
use crate::register::{RegisterError, StateRegister};

/// After how many silences the rest of a batch isn't asked any more: ten of three seconds are half the function's minute.
const SILENCES_MAX: usize = 10;

/// What came of one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// The registers know the benefit: queued.
    Confirmed,
    /// They don't: refused, or queued in the general lane (**D-unconfirmed-benefit**).
    Unconfirmed,
    /// No register is waited for any more: it was decided, ended, or is an officer's task.
    NotWaiting,
    /// The child has no number to ask by: left to an officer.
    NoNumber,
    /// The registers contradict each other or can't be read: left to an officer.
    Unclear,
    /// The registers don't answer: to be asked again.
    Silent,
}

impl Checked {
    /// Its name in logs and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Checked::Confirmed => "confirmed",
            Checked::Unconfirmed => "unconfirmed",
            Checked::NotWaiting => "not-waiting",
            Checked::NoNumber => "no-number",
            Checked::Unclear => "unclear",
            Checked::Silent => "silent",
        }
    }
}

/// What came of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Confirmed benefits.
    pub confirmed: usize,
    /// Benefits that weren't confirmed.
    pub unconfirmed: usize,
    /// Checks that no one waited for any more.
    pub not_waiting: usize,
    /// Those left to an officer.
    pub left_to_officer: usize,
    /// Those that got no answer, and wait for the next try.
    pub silent: usize,
    /// Those that failed at the table.
    pub failed: usize,
}

impl Report {
    fn count(&mut self, checked: Checked) {
        *match checked {
            Checked::Confirmed => &mut self.confirmed,
            Checked::Unconfirmed => &mut self.unconfirmed,
            Checked::NotWaiting => &mut self.not_waiting,
            Checked::NoNumber | Checked::Unclear => &mut self.left_to_officer,
            Checked::Silent => &mut self.silent,
        } += 1;
    }
}

/// Checks what a batch of the stream asks for. One that came to nothing doesn't hold up the others: they are checked too, and
/// when all from the first failed record on come again, those find that no one waits for them.
pub async fn check_batch<R: StateRegister>(
    verification: &Verification<R>,
    records: &[StreamRecord],
) -> (Report, Option<String>) {
    let mut report = Report::default();
    let mut first_failed = None;
    for record in records {
        if report.silent >= SILENCES_MAX {
            break;
        }
        let checked = match asked(record) {
            Ok(None) => continue,
            Ok(Some(application)) => {
                let origin = record.image.as_ref().and_then(Origin::of);
                lambda::part_of(origin, Box::pin(checked(verification, application))).await
            }
            Err(error) => Err(error),
        };
        let outcome = match checked {
            Ok(checked) => {
                report.count(checked);
                checked.as_str()
            }
            Err(ref error) => {
                tracing::error!(sequence = record.sequence, error = %chain(error), "a register check failed");
                report.failed += 1;
                "failed"
            }
        };
        verification.app.metrics.count_as(Metric::RegisterChecks, outcome, 1);
        if matches!(checked, Ok(Checked::Silent) | Err(_)) {
            first_failed.get_or_insert_with(|| record.sequence.clone());
        }
    }
    (report, first_failed)
}

/// Checks one application, and says in the log what came of it.
async fn checked<R: StateRegister>(
    verification: &Verification<R>,
    application: ApplicationId,
) -> Result<Checked, StoreError> {
    let checked = recheck(verification, application).await?;
    tracing::info!(%application, outcome = checked.as_str(), "a register check");
    Ok(checked)
}

/// The application that a record asks a check for.
fn asked(record: &StreamRecord) -> Result<Option<ApplicationId>, StoreError> {
    let Some(image) = record.image.as_ref().filter(|_| record.inserted) else { return Ok(None) };
    let Some(EventItem::Application(event)) = image.event()? else { return Ok(None) };
    Ok(event.facts.iter().any(Fact::asks_register).then_some(event.application))
}

/// Asks the registers about one application, if it still waits for them; again, if they were silent before.
///
/// # Errors
/// The table failed.
pub async fn recheck<R: StateRegister>(
    verification: &Verification<R>,
    id: ApplicationId,
) -> Result<Checked, StoreError> {
    let app = &verification.app;
    let Some(application) = app.store.application(id).await? else { return Ok(Checked::NotWaiting) };
    let Some(question) = Question::of(&application) else { return Ok(Checked::NotWaiting) };
    let file = app.store.person_file(application.child, application.stream.kind()).await?;
    let Some(file) = file.filter(|file| !file.child_iin.is_empty()) else { return Ok(Checked::NoNumber) };
    let asked_at = app.clock.now();
    let answer = verification.register.benefits(&file.child_iin).await;
    let took = u32::try_from((app.clock.now() - asked_at).num_milliseconds()).unwrap_or(0);
    app.metrics.note(Metric::RegisterMillis, f64::from(took));
    let confirmed = match answer {
        Ok(benefits) => benefits.contains(&question.benefit),
        Err(error) => {
            tracing::warn!(application = %id, %error, "a benefit could not be checked");
            return Ok(if error == RegisterError::Unavailable { Checked::Silent } else { Checked::Unclear });
        }
    };
    let settled = app.settle().await?;
    apply(verification, &settled, id, question, confirmed).await
}

/// What a register was asked (`P6.b`, `P13.3`, `P14`): its answer decides nothing else, whatever was claimed meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Question {
    check: Duty,
    benefit: u8,
}

impl Question {
    /// While no officer has it. Once one has, the officer decides.
    fn of(application: &Application) -> Option<Self> {
        let check = decide::waits_for_register(application)?;
        Some(Self { check, benefit: decide::benefit_asked(application) })
    }
}

/// Lets the answer decide, and decides again if another write came first.
async fn apply<R: StateRegister>(
    verification: &Verification<R>,
    settled: &Settled,
    id: ApplicationId,
    question: Question,
    confirmed: bool,
) -> Result<Checked, StoreError> {
    for _ in 0..commit::TRIES {
        let loaded = snapshot(verification, settled.world(), id, question, confirmed).await?;
        let Some((snapshot, items)) = loaded else { break };
        let step = match decide::register_says(snapshot, confirmed, settled.world()) {
            Ok(step) => step,
            Err(refusal) if refusal.kind == RefusalKind::State => break,
            Err(refusal) => {
                return Err(StoreError::Corrupt(format!("a check refused by rules: {:?}", refusal.reasons)));
            }
        };
        match commit::write(&verification.app, settled, &step, &items, &Extras::default()).await {
            Ok(()) => return Ok(if confirmed { Checked::Confirmed } else { Checked::Unconfirmed }),
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
    // Decided elsewhere, or still fought over: whoever waits is found by the next try.
    let application = verification.app.store.application(id).await?;
    let waits = application.is_some_and(|application| Question::of(&application).is_some());
    if waits { Err(StoreError::Conflict) } else { Ok(Checked::NotWaiting) }
}

/// The application with the queues it would stand in after the answer, and its ranks in the lane it would stand in there.
async fn snapshot<R: StateRegister>(
    verification: &Verification<R>,
    world: World<'_>,
    id: ApplicationId,
    question: Question,
    confirmed: bool,
) -> Result<Option<(Snapshot, Vec<QueueItem>)>, StoreError> {
    let store = &verification.app.store;
    let asked = |application: &Application| Question::of(application) == Some(question);
    let Some(application) = store.application(id).await?.filter(asked) else { return Ok(None) };
    let lane = decide::lane_after_register(&application, confirmed, world);
    let loaded = store.snapshot(id, &Queues::In(lane)).await?;
    // It may have moved between the two readings: then the lane isn't the one that was asked for.
    Ok(loaded.filter(|(snapshot, _)| snapshot.application.version == application.version))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(name: &str, by: &str, expected: bool) {
        let body = json!({
            "application": "000102030405060708090a0b0c0d0e0f", "seq": 1, "at": "2026-01-12T05:00:00Z",
            "policy": "order-133@1", "calendar": 1, "queues": [],
            "facts": [{"what": "verification-started", "by": by, "dueAt": "2026-01-13T13:30:00Z"}]
        });
        let event = json!({"Records": [{"eventName": name, "dynamodb": {"SequenceNumber": "7", "NewImage": {
            "pk": {"S": "A#000102030405060708090a0b0c0d0e0f"}, "sk": {"S": "E#000001"}, "kind": {"S": "event"},
            "body": {"S": body.to_string()}}}}]});
        let records = StreamRecord::all(&event).expect("records");
        assert_eq!(asked(&records[0]).expect("an event").is_some(), expected, "{name} {by}");
    }

    #[test]
    fn p6b_only_a_new_event_that_starts_a_register_check_asks_for_one() {
        check("INSERT", "register", true);
        check("INSERT", "officer", false);
        check("MODIFY", "register", false);
    }

    #[test]
    fn a_report_counts_every_check_once() {
        let mut report = Report::default();
        for checked in [
            Checked::Confirmed,
            Checked::Unconfirmed,
            Checked::NotWaiting,
            Checked::NoNumber,
            Checked::Unclear,
            Checked::Silent,
        ] {
            report.count(checked);
        }
        let expected =
            Report { confirmed: 1, unconfirmed: 1, not_waiting: 1, left_to_officer: 2, silent: 1, failed: 0 };
        assert_eq!(report, expected);
    }
}
