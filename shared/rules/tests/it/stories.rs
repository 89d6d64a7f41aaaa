//! Random stories: whatever parents, officers, organisations and time do, the invariants of the world hold after each step.
//! The expectations stand in `world::invariants`; nothing here knows a particular rule.

use crate::world::{Base, at, bin};
use chrono::TimeDelta;
use kezek_rules::application::{ArchiveReason, EntryState, Status};
use kezek_rules::decide::*;
use kezek_rules::ids::ApplicationId;
use kezek_rules::policy::{
    Cancel, Change, Decline, Lapse, OfficerScope, Policy, Readd, Relocation, SiblingScope, Siblings, Simultaneous,
    TemporaryDecline, UnconfirmedBenefit,
};
use kezek_rules::queue::{Interleave, Leading};
use kezek_rules::seat::SeatState;
use kezek_rules::terms;
use proptest::prelude::*;

/// One thing that someone does. Numbers are folded onto what there is.
#[derive(Debug, Clone)]
enum Deed {
    Register { child: u8, benefit: u8, organisations: Vec<u64> },
    Decide { who: usize, confirm: bool },
    RegisterAnswers { who: usize, confirmed: bool },
    Publish { organisation: u64, count: u16, temporary: bool },
    Allocate,
    Answer { who: usize, accept: bool },
    Interest { who: usize, yes: bool },
    Change { who: usize, organisations: Vec<u64> },
    Benefit { who: usize, benefit: u8, relocation: bool },
    Rest { who: usize, days: i64 },
    Withdraw { who: usize },
    Cancel { who: usize },
    Archive { who: usize },
    WithdrawSeat { which: usize },
    WithdrawHeld { who: usize },
    Sweep,
    Wait { minutes: i64 },
    WaitDays { days: i64 },
}

fn organisations() -> impl Strategy<Value = Vec<u64>> {
    proptest::sample::subsequence((1u64..=6).collect::<Vec<_>>(), 1..=4)
}

fn deed() -> impl Strategy<Value = Deed> {
    use Deed::*;
    let who = || 0usize..1000;
    prop_oneof![
        8 => (0u8..30, prop_oneof![6 => Just(13u8), 3 => 5u8..=12, 1 => 1u8..=4], organisations())
            .prop_map(|(child, benefit, organisations)| Register { child, benefit, organisations }),
        2 => (who(), prop::bool::weighted(0.8)).prop_map(|(who, confirm)| Decide { who, confirm }),
        3 => (who(), prop::bool::weighted(0.8)).prop_map(|(who, confirmed)| RegisterAnswers { who, confirmed }),
        4 => (1u64..=6, 1u16..=3, prop::bool::weighted(0.2))
            .prop_map(|(organisation, count, temporary)| Publish { organisation, count, temporary }),
        8 => Just(Allocate),
        8 => (who(), any::<bool>()).prop_map(|(who, accept)| Answer { who, accept }),
        2 => (who(), prop::bool::weighted(0.8)).prop_map(|(who, yes)| Interest { who, yes }),
        4 => (who(), organisations()).prop_map(|(who, organisations)| Change { who, organisations }),
        3 => (who(), prop_oneof![2 => Just(13u8), 3 => 5u8..=12, 2 => 1u8..=4], prop::bool::weighted(0.1))
            .prop_map(|(who, benefit, relocation)| Benefit { who, benefit, relocation }),
        2 => (who(), -3i64..40).prop_map(|(who, days)| Rest { who, days }),
        1 => who().prop_map(|who| Withdraw { who }),
        4 => who().prop_map(|who| Cancel { who }),
        1 => who().prop_map(|who| Archive { who }),
        1 => who().prop_map(|which| WithdrawSeat { which }),
        1 => who().prop_map(|who| WithdrawHeld { who }),
        5 => Just(Sweep),
        6 => (1i64..3_000).prop_map(|minutes| Wait { minutes }),
        2 => (1i64..40).prop_map(|days| WaitDays { days }),
    ]
}

fn policy() -> impl Strategy<Value = Policy> {
    let choices = (any::<[bool; 9]>(), any::<[bool; 4]>(), 1u8..=4);
    choices.prop_map(|(choices, [off, scope, officer, relocation], n)| {
        let [decline, simultaneous, cancel, lapse, change, readd, benefit, general, temporary] = choices;
        let leading = if general { Leading::General } else { Leading::FirstPriority };
        Policy {
            interleave: Interleave { general: n, leading },
            decline: if decline { Decline::Application } else { Decline::Entry },
            simultaneous: if simultaneous { Simultaneous::One } else { Simultaneous::Allow },
            cancel: if cancel { Cancel::Archive } else { Cancel::Entry },
            lapse: if lapse { Lapse::Return } else { Lapse::Archive },
            change: if change { Change::New } else { Change::Kept },
            readd: if readd { Readd::Kept } else { Readd::New },
            siblings: if off { Siblings::Off } else { Siblings::Bundle },
            sibling_scope: if scope { SiblingScope::GeneralLane } else { SiblingScope::AnyLane },
            temporary_decline: if temporary { TemporaryDecline::AsAny } else { TemporaryDecline::Keep },
            unconfirmed_benefit: if benefit { UnconfirmedBenefit::General } else { UnconfirmedBenefit::Refuse },
            officer: if officer { OfficerScope::AllLanesWithDocuments } else { OfficerScope::default() },
            relocation: if relocation { Relocation::Everyone } else { Relocation::Serving },
            ..Policy::default()
        }
    })
}

/// One of the applications that fit, if there is any.
fn pick(
    base: &Base,
    who: usize,
    fits: impl Fn(&kezek_rules::application::Application) -> bool,
) -> Option<ApplicationId> {
    let fitting: Vec<_> = base.applications.values().filter(|application| fits(application)).collect();
    fitting.get(who % fitting.len().max(1)).map(|application| application.id)
}

fn register_one(base: &mut Base, child: u8, benefit: u8, organisations: &[u64]) {
    base.now += crate::world::MS;
    let mut request = base.request(child);
    request.benefits = vec![benefit];
    request.documents = base.documents(benefit);
    request.organisations = organisations.iter().map(|n| bin(*n)).collect();
    request.birth_date = format!("202{}-05-10", 1 + child % 2).parse().expect("a day");
    request.applicant = kezek_rules::ids::PersonKey::from_bytes([0x80 | (child / 3); 16]);
    if child.is_multiple_of(7) {
        let issued_on = "2025-01-01".parse().expect("a day");
        request.documents.push(Document { kind: "pmpc-conclusion".to_owned(), issued_on });
    }
    let _ = base.submit(request);
}

fn change_one(base: &mut Base, who: usize, organisations: &[u64]) {
    let Some(id) = pick(base, who, |application| application.status.is_live()) else { return };
    // A change that changes nothing leaves no step worth a fact.
    let live = |n: &u64| base.app(id).entry(bin(*n)).is_some_and(|entry| entry.state != EntryState::Left);
    if !(1..=6).all(|n| organisations.contains(&n) == live(&n)) {
        let _ = base.change(id, organisations);
    }
}

/// Does one deed, if there is anyone to do it; refusals are answers.
fn act(base: &mut Base, deed: &Deed) {
    match deed {
        Deed::Register { child, benefit, organisations } => register_one(base, *child, *benefit, organisations),
        Deed::Decide { who, confirm } => {
            let decision = if *confirm { OfficerDecision::Confirm } else { OfficerDecision::Refuse { ground: 2 } };
            if let Some(id) = pick(base, *who, |application| !application.duties.is_empty()) {
                base.officer_decides(id, decision).expect("a decision");
            }
        }
        Deed::RegisterAnswers { who, confirmed } => {
            if let Some(id) = pick(base, *who, |application| waits_for_register(application).is_some()) {
                base.register_answers(id, *confirmed).expect("an answer that was waited for");
            }
        }
        Deed::Publish { organisation, count, temporary } => {
            base.now += crate::world::MS;
            let years: [&[i32]; 3] = [&[2022], &[2021], &[2021, 2022]];
            let last = base.now.date_naive() + TimeDelta::days(i64::from(*count) * 9);
            let line = Base::line(1, *count, years[usize::from(*count) % 3]);
            base.publish_that(*organisation, "b", BulletinLine { temporary_until: temporary.then_some(last), ..line });
        }
        Deed::Allocate => drop(base.allocate()),
        Deed::Answer { who, accept } => {
            if let Some(id) = pick(base, *who, |application| application.offers().next().is_some()) {
                let offer = base.app(id).offers().next().expect("an offer").1.id;
                let _ = base.answer_to(id, offer, if *accept { OfferAnswer::Accept } else { OfferAnswer::Decline });
            }
        }
        Deed::Interest { who, yes } => {
            let world = base.world();
            if let Some(id) = pick(base, *who, |application| !open_questions(application, world).is_empty()) {
                let _ = base.interest(id, if *yes { InterestAnswer::Yes } else { InterestAnswer::No });
            }
        }
        Deed::Change { who, organisations } => change_one(base, *who, organisations),
        Deed::Benefit { who, benefit, relocation } => {
            let mut documents = base.documents(*benefit);
            documents.push(Document { kind: "transfer-order".to_owned(), issued_on: terms::local_date(base.now) });
            let request = ChangeRequest {
                benefits: Some(vec![*benefit]),
                relocation: Some(*relocation),
                documents,
                ..ChangeRequest::default()
            };
            if let Some(id) = pick(base, *who, |application| application.status.is_live()) {
                let _ = base.change_to(id, &request);
            }
        }
        Deed::Rest { who, days } => {
            let day = terms::local_date(base.now + TimeDelta::days(*days));
            let rest = if *days < 0 { RestChange::Lift } else { RestChange::Until(NotBefore::On(day)) };
            if let Some(id) = pick(base, *who, |application| application.status.is_live()) {
                let _ = base.change_to(id, &ChangeRequest { rest, ..ChangeRequest::default() });
            }
        }
        Deed::Withdraw { who } => {
            if let Some(id) = pick(base, *who, |application| application.status.is_live()) {
                base.withdraw(id);
            }
        }
        Deed::Cancel { who } => {
            if let Some(id) = pick(base, *who, |application| application.status == Status::Referred) {
                let _ = base.cancel(id);
            }
        }
        Deed::Archive { who } => {
            if let Some(id) = pick(base, *who, |application| application.status.is_live()) {
                let violation = ArchiveReason::Violation;
                base.act(id, |snapshot, world| archive_by_officer(snapshot, violation, world)).expect("archived");
            }
        }
        Deed::WithdrawSeat { which } => {
            let open: Vec<_> = base.seats.values().filter(|seat| seat.state == SeatState::Open).cloned().collect();
            if let Some(seat) = open.get(which % open.len().max(1)) {
                let withdrawn = withdraw_open_seat(seat.clone()).expect("open");
                base.seats.insert((seat.organisation, seat.id), withdrawn);
            }
        }
        Deed::WithdrawHeld { who } => {
            let held = |application: &kezek_rules::application::Application| application.held_seats().pop();
            if let Some(id) = pick(base, *who, |application| held(application).is_some()) {
                let (_, seat) = held(base.app(id)).expect("a held seat");
                base.act(id, |snapshot, world| withdraw_held_seat(snapshot, seat, world)).expect("withdrawn");
            }
        }
        Deed::Sweep => drop(base.sweep()),
        Deed::Wait { minutes } => base.now += TimeDelta::minutes(*minutes),
        Deed::WaitDays { days } => base.now += TimeDelta::days(*days),
    }
}

/// After a sweep nothing is due, and after an allocation no one who may be served waits beside an open seat.
fn check_settled(base: &mut Base) {
    base.sweep();
    assert!(base.sweep().is_empty(), "a second sweep at the same instant changes nothing");
    base.allocate();
    assert!(base.allocate().is_empty(), "a second allocation at the same instant changes nothing");
    for application in base.applications.values() {
        assert!(next_clock(application, base.world()).is_none_or(|(due, _)| due > base.now));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    /// `K4`, `P15.1`, `P10.d`, `P3.9`, `P3.2`, `K1`: the invariants, in any story.
    #[test]
    fn k4_random_stories_keep_the_invariants(
        policy in policy(), next in policy(), deeds in prop::collection::vec(deed(), 100..400),
    ) {
        let mut base = Base::with(policy);
        // Half a year on another policy comes into force; running clocks keep theirs.
        base.publish_policy("test", "2026-08-01", &[], next);
        base.jump(at("2026-02-02 10:00"));
        for deed in &deeds {
            act(&mut base, deed);
        }
        check_settled(&mut base);
    }
}
