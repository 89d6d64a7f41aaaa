//! Answering a question of interest (`P15.a`, `P15.d`). The same answer again gets the same reply and changes nothing; whether it was
//! given before is read from the history.

use kezek_contract::requests;
use kezek_rules::application::{Application, ArchiveReason};
use kezek_rules::decide::{self, InterestAnswer};
use kezek_rules::ids::Bin;
use kezek_rules::step::{Event, Fact};
use kezek_shell::app::App;
use kezek_shell::commit;
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response};
use kezek_shell::view;
use kezek_store::Queues;

use crate::{may_see, owned};

/// `POST /v1/applications/{id}/interest`.
pub(crate) async fn interest(app: &App, request: &Request) -> Result<Response, Failure> {
    let application = owned(app, request).await?;
    let (said, organisation) = requests::interest(&request.json()?)?;
    let admit = |loaded: &Application| may_see(&request.caller, loaded);
    let decide = |snapshot, world: decide::World<'_>| decide::answer_interest(snapshot, organisation, said, world);
    match commit::step(app, &request.settled, application.id, &Queues::Live, admit, decide).await {
        Ok(done) => view::shown(app, request, &done.step.application).await,
        Err(Failure::Problem(problem)) if problem.status == 409 => {
            let history = app.store.history(application.id, view::HISTORY_SHOWN).await?;
            if last_answer(&history, organisation) != Some(said) {
                return Err(Failure::Problem(problem));
            }
            view::shown(app, request, &owned(app, request).await?).await
        }
        Err(failure) => Err(failure),
    }
}

/// What was answered to the last question about a queue, or to the last of all, unless it was left without an answer.
fn last_answer(history: &[Event], organisation: Option<Bin>) -> Option<InterestAnswer> {
    let about = |of: Option<Bin>| organisation.is_none() || of == organisation;
    let numbered = history.iter().enumerate().rev();
    let mut facts = numbered.flat_map(|(n, event)| event.facts.iter().rev().map(move |fact| (n, fact)));
    facts.find_map(|(n, fact)| match fact {
        Fact::InterestAsked { organisation: of, .. } if about(*of) => Some(None),
        Fact::InterestConfirmed { organisation: of } if about(*of) => Some(Some(InterestAnswer::Yes)),
        Fact::InterestLost { organisation: of, silent } if about(Some(*of)) => {
            Some((!silent).then_some(InterestAnswer::No))
        }
        Fact::Archived { reason: ArchiveReason::NoInterest } => {
            Some((!ran_out(&history[..=n])).then_some(InterestAnswer::No))
        }
        _ => None,
    })?
}

/// Whether the last event came when the time to answer the yearly question was over: nobody said anything then.
fn ran_out(history: &[Event]) -> bool {
    let facts = history.iter().rev().flat_map(|event| &event.facts);
    let asked = facts.filter_map(|fact| match fact {
        Fact::InterestAsked { organisation: None, time: 2, answer_by } => Some(*answer_by),
        _ => None,
    });
    asked.into_iter().next().is_some_and(|answer_by| history.last().is_some_and(|last| answer_by <= last.at))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn check(facts: Value, organisation: Option<&str>, expected: Option<InterestAnswer>) {
        let event: Event = serde_json::from_value(json!({
            "application": "07070707070707070707070707070707", "seq": 2, "at": "2026-01-12T05:00:00Z",
            "policy": "order-133@1", "calendar": 1, "queues": [], "facts": facts
        }))
        .expect("an event");
        let organisation = organisation.map(|bin| bin.parse().expect("a BIN"));
        assert_eq!(last_answer(&[event], organisation), expected, "{facts} {organisation:?}");
    }

    #[test]
    fn p15_a_p15_d_a_repeated_answer_is_known_by_the_last_one() {
        let (here, there) = ("061211600012", "990140000007");
        let asked =
            json!({"what": "interest-asked", "organisation": here, "time": 1, "answerBy": "2026-01-12T05:00:00Z"});
        let yes = json!({"what": "interest-confirmed", "organisation": here});
        let no = json!({"what": "interest-lost", "organisation": here});
        let silent = json!({"what": "interest-lost", "organisation": here, "silent": true});
        check(json!([asked, yes]), Some(here), Some(InterestAnswer::Yes));
        check(json!([asked, yes]), None, Some(InterestAnswer::Yes));
        check(json!([asked, yes]), Some(there), None);
        check(json!([yes, asked]), Some(here), None);
        check(json!([asked, no]), Some(here), Some(InterestAnswer::No));
        check(json!([asked, silent]), Some(here), None);
        check(json!([asked, {"what": "archived", "reason": "no-interest"}]), None, Some(InterestAnswer::No));
        check(json!([asked, {"what": "archived", "reason": "no-answer"}]), None, None);
        let yearly = |until: &str| json!({"what": "interest-asked", "time": 2, "answerBy": until});
        let archived = json!({"what": "archived", "reason": "no-interest"});
        check(json!([yearly("2026-01-12T05:00:01Z"), archived]), None, Some(InterestAnswer::No));
        check(json!([yearly("2026-01-12T05:00:00Z"), archived]), None, None); // in silence
        check(json!([]), None, None);
    }
}
