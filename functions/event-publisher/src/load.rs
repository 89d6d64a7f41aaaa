//! Looks up what notices say that isn't in their event: names and numbers, what the policy of the event says, what the application holds,
//! and what was told before. Which notices there are is decided elsewhere.

use std::collections::BTreeMap;

use kezek_contract::texts::Names;
use kezek_contract::texts::notices::Stakes;
use kezek_rules::application::{Application, EntryState};
use kezek_rules::ids::{Bin, ReferralId};
use kezek_rules::policy::{Decline, Policy, PolicyVersion, TemporaryDecline};
use kezek_rules::queue::Instant;
use kezek_rules::step::{Event, Fact};
use kezek_shell::app::Settled;

use crate::Publisher;
use crate::notices::{Held, Known, lacking};
use crate::outlets::PublishError;

/// How far back is looked for what was told before: further than any application's history goes within a referral's life.
const HISTORY_READ: usize = 1_000;

/// What the notices of an event say that isn't in it. `application` is read after the event.
///
/// # Errors
/// The table failed, or an item is corrupt.
pub(crate) async fn known(
    publisher: &Publisher,
    event: &Event,
    settled: &Settled,
    application: Option<&Application>,
) -> Result<Known, PublishError> {
    let of_facts = event.facts.iter().filter_map(Fact::organisation);
    let of_entries = application.into_iter().flat_map(|application| &application.entries);
    let organisations: Vec<Bin> = of_facts.chain(of_entries.map(|entry| entry.organisation)).collect();
    let organisations = publisher.app.store.organisations(&organisations).await?.into_iter();
    let policy = &settled.world().pinned(&event.policy).policy;
    let mut known = Known {
        names: organisations.map(|found| (found.bin, Names { kk: found.name_kk, ru: found.name_ru })).collect(),
        suspension_working_days: suspension_days(event, settled, application),
        stakes: stakes(policy),
        temporary_stakes: temporary_stakes(policy),
        wanted_from: application.and_then(|application| application.not_before),
        held: application.and_then(held),
        suspended: application.map(suspended).unwrap_or_default(),
        ..Known::default()
    };
    let referral = application.and_then(|application| application.referral.as_ref());
    known.referrals.extend(referral.map(|referral| (referral.id, referral.number())));
    if asks_history(event, &known.referrals) {
        recall(&publisher.app.store.history(event.application, HISTORY_READ).await?, &mut known);
    }
    Ok(known)
}

/// The policy in force for an application.
pub(crate) fn in_force<'a>(settled: &'a Settled, application: Option<&Application>) -> &'a PolicyVersion {
    match application {
        Some(application) => settled.world().policy(application.settlement),
        None => PolicyVersion::built_in(),
    }
}

const fn stakes(policy: &Policy) -> Stakes {
    match policy.decline {
        Decline::Entry => Stakes::Entry,
        Decline::Application => Stakes::Application,
    }
}

const fn temporary_stakes(policy: &Policy) -> Stakes {
    match policy.temporary_decline {
        TemporaryDecline::Keep => Stakes::Nothing,
        TemporaryDecline::AsAny => stakes(policy),
    }
}

fn held(application: &Application) -> Option<Held> {
    let referral = application.live_referral()?;
    let (organisation, valid_until) = (referral.organisation, referral.valid_until);
    Some(Held { number: referral.number(), organisation, valid_until })
}

fn suspended(application: &Application) -> Vec<(Instant, Bin)> {
    let ends = application.entries.iter().filter_map(|entry| match &entry.state {
        EntryState::Suspended(suspension) => Some((suspension.ends_at, entry.organisation)),
        _ => None,
    });
    ends.collect()
}

/// Whether an event is about something that only the history knows: a referral that isn't the last one any more, an offer made before,
/// a refusal made before.
fn asks_history(event: &Event, referrals: &BTreeMap<ReferralId, String>) -> bool {
    event.facts.iter().any(|fact| match fact {
        Fact::Reminded { .. } | Fact::RefusalUpheld { .. } => true,
        Fact::ReferralCancelled { referral, .. }
        | Fact::ReferralLapsed { referral, .. }
        | Fact::ReferralRevoked { referral, .. }
        | Fact::ReferralExtended { referral, .. }
        | Fact::ExtensionRefused { referral, .. }
        | Fact::RefusalOverturned { referral, .. }
        | Fact::ContractUnsigned { referral, .. } => !referrals.contains_key(referral),
        _ => false,
    })
}

/// What the history knows.
fn recall(history: &[Event], known: &mut Known) {
    for (event, fact) in history.iter().flat_map(|event| event.facts.iter().map(move |fact| (event, fact))) {
        match fact {
            Fact::ReferralIssued { referral, number, .. } => {
                known.referrals.insert(*referral, number.clone());
            }
            Fact::Offered { offer, temporary_until: Some(last_day), .. } => {
                known.temporary.insert(*offer, *last_day);
            }
            Fact::EnrolmentRefused { referral, ground, .. } => {
                known.refused.insert(*referral, *ground);
                known.lacking.extend(lacking(event).map(|lacking| (*referral, lacking.clone())));
            }
            _ => {}
        }
    }
}

/// For how many working days an event suspends: by the policy that the suspension itself runs under (`K5`), and if it is over by
/// now, by the one in force when it began.
fn suspension_days(event: &Event, settled: &Settled, application: Option<&Application>) -> u32 {
    let running = |application: &Application| {
        let (organisation, ends_at) = event.facts.iter().find_map(|fact| match fact {
            Fact::Suspended { organisation, ends_at } => Some((*organisation, *ends_at)),
            _ => None,
        })?;
        match &application.entry(organisation)?.state {
            EntryState::Suspended(suspension) if suspension.ends_at == ends_at && suspension.answer_by.is_none() => {
                Some(settled.world().pinned(&suspension.policy).policy.suspension_working_days)
            }
            _ => None,
        }
    };
    let starting = || in_force(settled, application).policy.suspension_working_days;
    application.and_then(running).unwrap_or_else(starting)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The facts of an event, as its history holds them.
    fn event(facts: &serde_json::Value) -> Event {
        serde_json::from_value(json!({
            "application": "000102030405060708090a0b0c0d0e0f", "seq": 2, "at": "2026-01-12T05:00:00Z",
            "policy": "order-133@1", "calendar": 3, "queues": [], "facts": facts
        }))
        .expect("an event")
    }

    const REFERRAL: &str = "0707070707070707070707070707070707070707";
    const GARDEN: &str = "061211600012";

    #[test]
    fn p25_a_the_history_is_asked_for_the_number_of_a_referral_that_is_not_the_last() {
        let referral = REFERRAL.parse().expect("an id");
        let last = BTreeMap::from([(referral, "J-1".to_owned())]);
        for (what, asked) in [("referral-cancelled", true), ("referral-lapsed", true), ("referral-released", false)] {
            let event = event(&json!([{"what": what, "organisation": GARDEN, "referral": REFERRAL}]));
            assert_eq!(asks_history(&event, &BTreeMap::new()), asked, "{what}");
            assert!(!asks_history(&event, &last), "{what}");
        }
    }

    #[test]
    fn the_history_knows_numbers_temporary_places_and_refusals() {
        let offer = "020202020202020202020202";
        let offered = |until: Option<&str>| {
            json!({"what": "offered", "organisation": GARDEN, "offer": offer, "seat": "00000000000000000000000000000002",
                "lane": "general", "answerBy": "2026-01-14T19:00:00Z", "temporaryUntil": until})
        };
        let issued = json!({"what": "referral-issued", "organisation": GARDEN, "referral": REFERRAL, "number": "J-1",
            "validUntil": "2026-01-20T19:00:00Z"});
        let refused = json!({"what": "enrolment-refused", "organisation": GARDEN, "referral": REFERRAL, "ground": 3});
        let lacking = json!({"what": "documents-lacking", "missing": ["diploma"]});
        let mut known = Known::default();
        recall(
            &[event(&json!([offered(None), issued])), event(&json!([offered(Some("2026-03-31")), refused, lacking]))],
            &mut known,
        );
        let referral = REFERRAL.parse().expect("an id");
        assert_eq!(known.referrals, BTreeMap::from([(referral, "J-1".to_owned())]));
        assert_eq!(known.refused, BTreeMap::from([(referral, 3)]));
        assert_eq!(known.lacking[&referral].missing, ["diploma"]);
        let temporary: Vec<String> = known.temporary.values().map(ToString::to_string).collect();
        assert_eq!(temporary, ["2026-03-31"]);
    }

    #[test]
    fn d_decline_and_d_temporary_decline_say_what_is_at_stake() {
        let mut policy = PolicyVersion::built_in().policy.clone();
        assert_eq!((stakes(&policy), temporary_stakes(&policy)), (Stakes::Entry, Stakes::Nothing));
        policy.decline = Decline::Application;
        policy.temporary_decline = TemporaryDecline::AsAny;
        assert_eq!((stakes(&policy), temporary_stakes(&policy)), (Stakes::Application, Stakes::Application));
    }
}
