//! `POST /v1/workplace/referrals/{id}/review`: an officer reviews an organisation's refusal to enrol (`P16.1`). An officer reaches the
//! referrals of its own territory only. The same review again gets the same answer and changes nothing.

use kezek_contract::requests;
use kezek_rules::application::Application;
use kezek_rules::decide::{self, Outcome, Review};
use kezek_rules::ids::ReferralId;
use kezek_rules::step::{Event, Fact};
use kezek_shell::app::App;
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response};
use kezek_shell::{commit, view};
use kezek_store::Queues;

use crate::is_conflict;

/// Upholds or overturns.
pub async fn review(app: &App, request: &Request) -> Result<Response, Failure> {
    let referral: ReferralId = request.id("id")?;
    let ours = |application: &Application| {
        let held = application.referral.as_ref().is_some_and(|held| held.id == referral);
        held && request.caller.is_officer_of(application.settlement)
    };
    let id = referral.application();
    app.store.application(id).await?.filter(ours).ok_or_else(Failure::not_found)?;
    let review = requests::review(&request.json()?)?;
    let done = commit::step(app, &request.settled, id, &Queues::Live, ours, |snapshot, world| {
        decide::review_refusal(snapshot, review, world)
    });
    let application = match done.await {
        Ok(done) => *done.step.application,
        Err(failure) if is_conflict(&failure) => {
            let history = app.store.history(id, view::HISTORY_SHOWN).await?;
            if !is_last(&history, referral, review) {
                return Err(failure);
            }
            app.store.application(id).await?.filter(ours).ok_or(failure)?
        }
        Err(failure) => return Err(failure),
    };
    view::shown(app, request, &application).await
}

/// Whether a review is the last of a referral's refusals, with the same outcome.
fn is_last(history: &[Event], referral: ReferralId, review: Review) -> bool {
    let of_referral = |fact: &Fact| match fact {
        Fact::RefusalUpheld { referral: of, .. } if *of == referral => Some(true),
        Fact::RefusalOverturned { referral: of, .. } if *of == referral => Some(false),
        _ => None,
    };
    let Some((event, upheld)) =
        history.iter().rev().find_map(|event| Some((event, event.facts.iter().find_map(of_referral)?)))
    else {
        return false;
    };
    // Upheld at once, with the refusal itself, it was no officer's (**D-refusal-review** `none`).
    let by_officer = !event.facts.iter().any(|fact| matches!(fact, Fact::EnrolmentRefused { .. }));
    let returned = event.facts.iter().any(|fact| matches!(fact, Fact::Resumed { .. }));
    by_officer
        && match review {
            Review::Overturn => !upheld,
            Review::Uphold { outcome: None, .. } => upheld,
            Review::Uphold { outcome: Some(Outcome::Return), .. } => upheld && returned,
            Review::Uphold { outcome: Some(Outcome::Archive), .. } => upheld && !returned,
        }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn p16_1_a_repeated_review_is_known_by_its_outcome() {
        let fact = |what: &str| json!({"what": what, "organisation": "061211600012", "referral": "07".repeat(20)});
        let check = |facts: Value, review: Review, expected: bool| {
            let event: Event = serde_json::from_value(json!({
                "application": "07070707070707070707070707070707", "seq": 2, "at": "2026-01-12T05:00:00Z",
                "policy": "order-133@1", "calendar": 1, "queues": [], "facts": facts
            }))
            .expect("an event");
            assert_eq!(is_last(&[event], ReferralId::from_bytes([7; 20]), review), expected, "{facts} {review:?}");
        };
        let uphold = |outcome| Review::Uphold { outcome, reasoned: true };
        let upheld = fact("refusal-upheld");
        let archived = json!({"what": "archived", "reason": "refused"});
        let resumed = json!({"what": "resumed", "organisation": "061211600012", "number": 1});
        let mut overturned = fact("refusal-overturned");
        overturned["validUntil"] = json!("2026-01-12T05:00:00Z");
        let mut refused = fact("enrolment-refused");
        refused["ground"] = json!(2);
        check(json!([upheld, archived]), uphold(None), true);
        check(json!([upheld, archived]), uphold(Some(Outcome::Archive)), true);
        check(json!([upheld, archived]), uphold(Some(Outcome::Return)), false);
        check(json!([upheld, resumed]), uphold(Some(Outcome::Return)), true);
        check(json!([upheld, archived]), Review::Overturn, false);
        check(json!([overturned]), Review::Overturn, true);
        check(json!([refused, upheld, archived]), uphold(None), false);
        check(json!([]), uphold(None), false);
    }
}
