//! The family index (`P26`): whose applications are one applicant's. It follows the history: an application is noted when it is
//! registered, before anyone is woken by that, and forgotten when it has ended.

use kezek_rules::step::{Event, Fact};

use crate::Publisher;
use crate::outlets::PublishError;

/// What an event means to the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Note {
    /// The application is the applicant's from now on.
    Keep,
    /// It has ended.
    Forget,
}

fn note(event: &Event) -> Option<Note> {
    let ended = |fact: &Fact| matches!(fact, Fact::Archived { .. } | Fact::Refused { .. });
    let registered = |fact: &Fact| matches!(fact, Fact::Registered { .. });
    if event.facts.iter().any(ended) {
        Some(Note::Forget)
    } else {
        event.facts.iter().any(registered).then_some(Note::Keep)
    }
}

/// Keeps the index up to an event. Again it changes nothing.
pub(crate) async fn follow(publisher: &Publisher, event: &Event) -> Result<(), PublishError> {
    let Some(note) = note(event) else { return Ok(()) };
    let store = &publisher.app.store;
    let Some(application) = store.application(event.application).await? else { return Ok(()) };
    match note {
        // The stream may be read late: one that has ended meanwhile isn't noted any more.
        Note::Keep if application.status.is_live() => store.put_family(application.applicant, application.id).await?,
        Note::Keep | Note::Forget => store.remove_family(application.applicant, application.id).await?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(facts: serde_json::Value, expected: Option<Note>) {
        let event = serde_json::from_value(json!({
            "application": "000102030405060708090a0b0c0d0e0f", "seq": 1, "at": "2026-01-12T05:00:00Z",
            "policy": "order-133@1", "calendar": 3, "queues": [], "facts": facts
        }));
        assert_eq!(note(&event.expect("an event")), expected, "{facts}");
    }

    #[test]
    fn p26_an_application_is_noted_from_its_registration_to_its_end() {
        let registered = json!({"what": "registered", "child": "00000000000000000000000000000001", "stream": "general",
            "lane": "general", "benefit": 13, "organisations": ["061211600012"], "acceptedAt": "2026-01-12T05:00:00Z"});
        check(json!([registered, {"what": "queued", "organisation": "061211600012", "number": 4}]), Some(Note::Keep));
        check(json!([{"what": "resumed", "organisation": "061211600012", "number": 4}]), None);
        check(json!([{"what": "archived", "reason": "enrolled"}]), Some(Note::Forget));
        check(json!([{"what": "refused", "ground": 1, "by": "register"}]), Some(Note::Forget));
    }
}
