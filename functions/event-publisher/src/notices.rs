//! Which notices an event makes (`N1`), and with what in them: pure, so that a replay makes the same ones. How they read is
//! written in the contract's texts; storing and sending them is done elsewhere.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use kezek_contract::texts::Names;
use kezek_contract::texts::notices::{Ground, Notice, PassedOn, PlaceInQueue};
use kezek_rules::application::ArchiveReason;
use kezek_rules::ids::{Bin, ReferralId};
use kezek_rules::step::{Event, Fact, Verifier};
use kezek_rules::terms;

/// What notices say that isn't in the event. Whatever is unknown is shown by its number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// The names of organisations.
    pub names: BTreeMap<Bin, Names>,
    /// The numbers printed on referrals.
    pub referrals: BTreeMap<ReferralId, String>,
    /// For how many working days an entry is suspended (`P15.d`).
    pub suspension_working_days: u32,
}

impl Known {
    fn name(&self, organisation: Bin) -> Names {
        let unknown = || Names { kk: organisation.to_string(), ru: organisation.to_string() };
        self.names.get(&organisation).cloned().unwrap_or_else(unknown)
    }

    fn referral(&self, id: ReferralId) -> String {
        self.referrals.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }
}

/// The notices of an event, in the order of its facts. Their positions are part of their identity: a notice is stored once.
#[must_use]
pub fn of(event: &Event, known: &Known) -> Vec<Notice> {
    let mut notices: Vec<Notice> = registered(event, known).into_iter().collect();
    let suspended = event.facts.iter().filter(|fact| matches!(fact, Fact::Suspended { .. })).count();
    let archived = event.facts.iter().any(|fact| matches!(fact, Fact::Archived { .. }));
    for fact in &event.facts {
        let notice = match fact {
            // Silence suspends one queue, or the whole application, which is told once (**D-decline**).
            Fact::Suspended { .. } if suspended > 1 && has(&notices, |n| matches!(n, Notice::Suspended { .. })) => {
                continue;
            }
            // The end of the whole application says it all.
            Fact::InterestLost { .. } if archived => continue,
            fact => of_fact(fact, suspended > 1, known),
        };
        notices.extend(notice);
    }
    notices
}

fn has(notices: &[Notice], wanted: fn(&Notice) -> bool) -> bool {
    notices.iter().any(wanted)
}

/// `P6.e`: one notice for all organisations when the application gets into its queues; not when it changes or resumes one.
fn registered(event: &Event, known: &Known) -> Option<Notice> {
    if event.facts.iter().any(|fact| matches!(fact, Fact::OrganisationsChanged { .. })) {
        return None;
    }
    let place = |fact: &Fact| match fact {
        Fact::Queued { organisation, number } => {
            Some(PlaceInQueue { organisation: known.name(*organisation), number: Some(*number) })
        }
        _ => None,
    };
    let places: Vec<PlaceInQueue> = event.facts.iter().filter_map(place).collect();
    (!places.is_empty()).then_some(Notice::Registered { at: event.at, places })
}

fn of_fact(fact: &Fact, whole: bool, known: &Known) -> Option<Notice> {
    let notice = match fact {
        Fact::VerificationStarted { by, due_at } => {
            Notice::VerificationStarted { due: (*by == Verifier::Officer).then_some(*due_at) }
        }
        Fact::Refused { ground, .. } => Notice::Refused {
            grounds: Ground::try_from(*ground).into_iter().collect(),
            missing: Vec::new(),
            expired: Vec::new(),
            note: None,
        },
        Fact::Offered { organisation, answer_by, .. } => {
            Notice::Offer { organisation: known.name(*organisation), answer_by: *answer_by }
        }
        Fact::Reminded { organisation, answer_by, .. } => {
            Notice::OfferReminder { organisation: known.name(*organisation), answer_by: *answer_by }
        }
        Fact::PassedOn { organisation, .. } => {
            Notice::OfferPassedOn { organisation: known.name(*organisation), because: PassedOn::NoAnswer }
        }
        Fact::Suspended { organisation, ends_at } => Notice::Suspended {
            organisation: (!whole).then(|| known.name(*organisation)),
            working_days: known.suspension_working_days,
            // The end is exclusive where it is midnight, and 18:30 of the last day else (**D-term-end**).
            until: terms::local_date(*ends_at - TimeDelta::milliseconds(1)),
        },
        Fact::InterestAsked { organisation, time, answer_by } => {
            let (organisation, answer_by) = (organisation.map(|organisation| known.name(organisation)), *answer_by);
            match time {
                0 | 1 => Notice::InterestAsked { organisation, answer_by },
                _ => Notice::InterestAskedAgain { organisation, answer_by },
            }
        }
        Fact::InterestLost { organisation } => {
            Notice::Archived { organisation: Some(known.name(*organisation)), reason: ArchiveReason::NoInterest }
        }
        Fact::Archived { reason: ArchiveReason::AgeLimit } => Notice::AgeLimitReached,
        Fact::Archived { reason } => Notice::Archived { organisation: None, reason: *reason },
        Fact::ReferralIssued { organisation, number, valid_until, .. } => Notice::ReferralIssued {
            number: number.clone(),
            organisation: known.name(*organisation),
            valid_until: *valid_until,
        },
        Fact::ReferralCancelled { organisation, referral } => {
            Notice::ReferralCancelled { number: known.referral(*referral), organisation: known.name(*organisation) }
        }
        Fact::ReferralLapsed { organisation, referral } => {
            Notice::ReferralLapsed { number: known.referral(*referral), organisation: known.name(*organisation) }
        }
        _ => return None,
    };
    Some(notice)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const GARDEN: &str = "061211600012";
    const NURSERY: &str = "100000000009";

    fn bin(stem: &str) -> Bin {
        stem.parse().expect("a BIN")
    }

    fn second() -> Bin {
        (0..10).find_map(|digit| format!("{}{digit}", &NURSERY[..11]).parse().ok()).expect("a control digit")
    }

    fn known() -> Known {
        let names = Names { kk: "«Балапан»".to_owned(), ru: "«Балапан» (ru)".to_owned() };
        Known {
            names: BTreeMap::from([(bin(GARDEN), names)]),
            referrals: BTreeMap::from([(ReferralId::from_bytes([7; 20]), "J-2026-0707070707".to_owned())]),
            suspension_working_days: 10,
        }
    }

    /// The facts, as the history holds them, and the notices in JSON, one a line.
    fn check(facts: serde_json::Value, expected: &[&str]) {
        let event: Event = serde_json::from_value(json!({
            "application": "01010101010101010101010101010101", "seq": 3, "at": "2026-01-12T05:00:00Z",
            "policy": "order-133@1", "calendar": 1, "queues": [], "facts": facts
        }))
        .expect("an event");
        let notices = of(&event, &known());
        let lines: Vec<String> = notices.iter().map(|n| serde_json::to_string(n).expect("JSON")).collect();
        assert_eq!(lines, expected);
        assert_eq!(of(&event, &Known::default()).len(), expected.len(), "what is known adds no notice");
    }

    #[test]
    fn p6e_one_notice_of_registration_for_all_organisations() {
        let registered = json!({"what": "registered", "child": "00000000000000000000000000000001", "stream": "general",
            "lane": "general", "benefit": 13, "organisations": [GARDEN], "acceptedAt": "2026-01-12T05:00:00Z"});
        check(json!([registered]), &[]);
        let queued = json!([registered, {"what": "queued", "organisation": GARDEN, "number": 4},
            {"what": "queued", "organisation": second(), "number": 12}]);
        check(
            queued,
            &[&format!(
                r#"{{"kind":"registered","at":"2026-01-12T05:00:00Z","places":[{{"organisation":{{"kk":"«Балапан»","ru":"«Балапан» (ru)"}},"number":4}},{{"organisation":{{"kk":"{0}","ru":"{0}"}},"number":12}}]}}"#,
                second()
            )],
        );
        let changed = json!([{"what": "organisations-changed", "added": [GARDEN], "removed": []},
            {"what": "queued", "organisation": GARDEN, "number": 4}]);
        check(changed, &[]);
        check(json!([{"what": "resumed", "organisation": GARDEN, "number": 4}]), &[]);
    }

    #[test]
    fn p16_5_verification_is_told_with_the_officers_term_only() {
        let started = |by| json!([{"what": "accepted"}, {"what": "verification-started", "by": by, "dueAt": "2026-01-13T13:30:00Z"}]);
        check(started("officer"), &[r#"{"kind":"verification-started","due":"2026-01-13T13:30:00Z"}"#]);
        check(started("register"), &[r#"{"kind":"verification-started","due":null}"#]);
        check(json!([{"what": "handed-to-officer", "dueAt": "2026-01-13T13:30:00Z"}]), &[]);
        check(
            json!([{"what": "refused", "ground": 2, "by": "officer"}]),
            &[r#"{"kind":"refused","grounds":[2],"missing":[],"expired":[],"note":null}"#],
        );
    }

    #[test]
    fn p15d_silence_passes_on_and_suspends() {
        let offer = "020202020202020202020202";
        let passed = json!({"what": "passed-on", "organisation": GARDEN, "offer": offer});
        let suspended = |organisation: Bin| json!({"what": "suspended", "organisation": organisation, "endsAt": "2026-01-27T19:00:00Z"});
        let passed_on = r#"{"kind":"offer-passed-on","organisation":{"kk":"«Балапан»","ru":"«Балапан» (ru)"},"because":"no-answer"}"#;
        check(
            json!([passed, suspended(bin(GARDEN))]),
            &[
                passed_on,
                r#"{"kind":"suspended","organisation":{"kk":"«Балапан»","ru":"«Балапан» (ru)"},"workingDays":10,"until":"2026-01-27"}"#,
            ],
        );
        check(
            json!([passed, suspended(bin(GARDEN)), suspended(second())]),
            &[passed_on, r#"{"kind":"suspended","organisation":null,"workingDays":10,"until":"2026-01-27"}"#],
        );
    }

    #[test]
    fn p15a_p15d_interest_is_asked_and_lost() {
        let by = "2026-01-29T19:00:00Z";
        let asked = |time: u8| json!([{"what": "interest-asked", "time": time, "answerBy": by}]);
        check(asked(1), &[&format!(r#"{{"kind":"interest-asked","organisation":null,"answerBy":"{by}"}}"#)]);
        check(asked(2), &[&format!(r#"{{"kind":"interest-asked-again","organisation":null,"answerBy":"{by}"}}"#)]);
        check(
            json!([{"what": "interest-asked", "organisation": GARDEN, "time": 1, "answerBy": by}]),
            &[&format!(
                r#"{{"kind":"interest-asked","organisation":{{"kk":"«Балапан»","ru":"«Балапан» (ru)"}},"answerBy":"{by}"}}"#
            )],
        );
        let lost = json!({"what": "interest-lost", "organisation": GARDEN});
        check(
            json!([lost]),
            &[r#"{"kind":"archived","organisation":{"kk":"«Балапан»","ru":"«Балапан» (ru)"},"reason":"no-interest"}"#],
        );
        check(
            json!([lost, {"what": "archived", "reason": "no-answer"}]),
            &[r#"{"kind":"archived","organisation":null,"reason":"no-answer"}"#],
        );
    }

    #[test]
    fn p22_referrals_and_the_archive() {
        let names = r#""organisation":{"kk":"«Балапан»","ru":"«Балапан» (ru)"}"#;
        let referral = "0707070707070707070707070707070707070707";
        check(
            json!([{"what": "accepted-offer", "organisation": GARDEN, "offer": "020202020202020202020202"},
                {"what": "referral-issued", "organisation": GARDEN, "referral": referral, "number": "J-1", "validUntil": "2026-01-20T19:00:00Z"}]),
            &[&format!(r#"{{"kind":"referral-issued","number":"J-1",{names},"validUntil":"2026-01-20T19:00:00Z"}}"#)],
        );
        check(
            json!([{"what": "referral-cancelled", "organisation": GARDEN, "referral": referral},
                {"what": "resumed", "organisation": GARDEN, "number": 1}]),
            &[&format!(r#"{{"kind":"referral-cancelled","number":"J-2026-0707070707",{names}}}"#)],
        );
        check(
            json!([{"what": "referral-lapsed", "organisation": GARDEN, "referral": referral},
                {"what": "archived", "reason": "referral-lapsed"}]),
            &[
                &format!(r#"{{"kind":"referral-lapsed","number":"J-2026-0707070707",{names}}}"#),
                r#"{"kind":"archived","organisation":null,"reason":"referral-lapsed"}"#,
            ],
        );
        check(json!([{"what": "archived", "reason": "age-limit"}]), &[r#"{"kind":"age-limit-reached"}"#]);
    }

    #[test]
    fn p16_3_the_offer_its_reminder_and_what_needs_no_notice() {
        let (offer, by) = ("020202020202020202020202", "2026-01-14T19:00:00Z");
        let names = r#""organisation":{"kk":"«Балапан»","ru":"«Балапан» (ru)"}"#;
        check(
            json!([{"what": "offered", "organisation": GARDEN, "offer": offer, "seat": "00000000000000000000000000000002",
                "lane": "general", "answerBy": by}]),
            &[&format!(r#"{{"kind":"offer",{names},"answerBy":"{by}"}}"#)],
        );
        check(
            json!([{"what": "reminded", "organisation": GARDEN, "offer": offer, "answerBy": by}]),
            &[&format!(r#"{{"kind":"offer-reminder",{names},"answerBy":"{by}"}}"#)],
        );
        for what in ["declined", "released", "offer-withdrawn"] {
            check(json!([{"what": what, "organisation": GARDEN, "offer": offer}]), &[]);
        }
        check(
            json!([{"what": "phone-changed"}, {"what": "overdue", "dueAt": by}, {"what": "interest-confirmed"}]),
            &[],
        );
    }
}
