//! Invitations and the single application (`P7`, `P8`): who is invited, how an invitation ends, and what the consent becomes.

use crate::world::{self, Base, at, bin, codes, kato, names};
use kezek_rules::application::Status;
use kezek_rules::decide::*;
use kezek_rules::ids::{ApplicationId, InvitationId, PersonKey};
use kezek_rules::invitation::{Fact, Invitation, Source, State, Step};
use kezek_rules::policy::Policy;
use kezek_rules::refusal::Refusal;

fn inviting(born: &str, wish: Wish) -> Inviting {
    Inviting {
        id: InvitationId::from_bytes([9; 16]),
        sender: PersonKey::from_bytes([8; 16]),
        applicant: PersonKey::from_bytes([0x81; 16]),
        child: PersonKey::from_bytes([1; 16]),
        birth_date: born.parse().expect("a day"),
        settlement: kato(world::CITY),
        source: Source::Proactive,
        wish,
    }
}

fn wish_for(organisations: &[u64]) -> Wish {
    Wish { organisations: Some(organisations.iter().map(|n| bin(*n)).collect()), ..Wish::default() }
}

fn pmpc() -> Option<Vec<Document>> {
    Some(vec![Document { kind: "pmpc-conclusion".to_owned(), issued_on: "2026-01-05".parse().expect("a day") }])
}

fn check(base: &Base, asked: &Inviting, earlier: Earlier, expected: &[&str]) {
    match invite(asked, &base.organisations, earlier, base.world()) {
        Ok(_) => assert!(expected.is_empty(), "{asked:?}"),
        refused => assert_eq!(codes(refused), expected, "{asked:?}"),
    }
}

#[test]
fn p7_a_child_that_can_be_queued_is_invited() {
    let base = Base::new();
    let born = |day: &str, expected: &[&str]| {
        check(&base, &inviting(day, Wish::default()), Earlier::default(), expected);
    };
    born("2025-12-20", &[]);
    born("2020-02-03", &[]);
    born("2020-02-02", &["age-reached"]);
    born("2019-12-31", &["born-too-early"]);
    born("2026-02-03", &["born-in-the-future"]);
    check(&base, &inviting("2019-12-31", Wish { documents: pmpc(), ..Wish::default() }), Earlier::default(), &[]);
}

#[test]
fn k1_a_child_that_has_an_application_is_not_invited() {
    let base = Base::new();
    let first = ApplicationId::from_bytes([5; 16]);
    let asked = inviting("2025-12-20", Wish::default());
    for (blocking, expected) in
        [(Blocking::Live(first), "duplicate-application"), (Blocking::Contract(first), "contract-in-force")]
    {
        check(&base, &asked, Earlier { blocking: Some(blocking), benefit_used: false }, &[expected]);
    }
    check(&base, &asked, Earlier { blocking: None, benefit_used: true }, &[]);
}

/// What only the applicant can bring isn't asked of the state; what no answer could mend is told with all the rest.
#[test]
fn p8_a_wish_that_could_not_be_granted_is_refused() {
    let mut base = Base::new();
    base.organisations[5].open = false;
    let none = Earlier::default();
    check(&base, &inviting("2025-12-20", wish_for(&[1, 2, 3, 4])), none, &[]);
    check(&base, &inviting("2025-12-20", wish_for(&[])), none, &["organisations-count"]);
    check(
        &base,
        &inviting("2025-12-20", wish_for(&[1, 1, 6, 77, 2])),
        none,
        &["organisations-count", "organisation-repeated", "organisation-closed", "organisation-unknown"],
    );
    let uighur = Wish { language: "ug".parse().ok(), ..wish_for(&[1]) };
    check(&base, &inviting("2025-12-20", uighur), none, &["language-not-taught"]);
    base.organisations[1].languages = vec!["ug".parse().expect("a language")];
    check(&base, &inviting("2025-12-20", wish_for(&[2])), none, &[]);
    check(&base, &inviting("2025-12-20", wish_for(&[1, 2])), none, &["language-not-taught"]);
    let serving = Wish { benefits: Some(vec![1]), ..wish_for(&[1]) };
    check(&base, &inviting("2025-12-20", serving), none, &[]);
    let odd =
        Wish { benefits: Some(vec![14]), not_before: Some(NotBefore::Age { years: 6, months: 0 }), ..Wish::default() };
    check(&base, &inviting("2025-12-20", odd), none, &["deferral-beyond-age", "benefit-unknown"]);
}

fn sent(base: &Base, born: &str, wish: Wish) -> Invitation {
    let asked = inviting(born, wish);
    let step = invite(&asked, &base.organisations, Earlier::default(), base.world()).expect("invited");
    assert_eq!((step.event.seq, step.invitation.version, step.event.rule()), (1, 1, "P7"));
    step.invitation
}

#[test]
fn p7_an_invitation_is_answered_once() {
    type End = fn(Invitation, World<'_>) -> Result<Step, Refusal>;
    let mut base = Base::new();
    let open = sent(&base, "2025-12-20", wish_for(&[1]));
    assert_eq!((open.state, open.sent_at, open.answered_at), (State::Sent, base.now, None));
    base.go("2026-02-03 11:00");
    let ends: [(End, State, bool); 3] = [
        (consent, State::Accepted, true),
        (decline_invitation, State::Declined, true),
        (replace_invitation, State::Replaced, false),
    ];
    for (end, state, answered) in ends {
        let ended = end(open.clone(), base.world()).expect("it is open").invitation;
        assert_eq!((ended.state, ended.version, ended.answered_at), (state, 2, answered.then_some(base.now)));
        let again = if answered { "invitation-answered" } else { "invitation-closed" };
        for (end, ..) in ends {
            assert_eq!(codes(end(ended.clone(), base.world())), [again], "{state:?}");
        }
        assert_eq!(ended.next_clock(), None);
    }
}

/// `P11.b`: it stays open until the child is too old; a child that the limit doesn't bind is invited without end.
#[test]
fn p11_b_an_invitation_lapses_with_the_age_limit() {
    let mut base = Base::new();
    let open = sent(&base, "2020-03-10", Wish::default());
    assert_eq!(open.next_clock(), Some(at("2026-03-10 00:00")));
    base.jump(at("2026-03-10 00:00") - world::MS);
    assert_eq!(codes(lapse_invitation(open.clone(), base.world())), ["nothing-due"]);
    base.go("2026-03-10 00:00");
    let step = lapse_invitation(open, base.world()).expect("it is over");
    assert_eq!((step.event.fact.clone(), step.event.rule()), (Fact::Lapsed, "P11.b"));
    assert_eq!(codes(consent(step.invitation.clone(), base.world())), ["invitation-closed"]);
    assert_eq!(codes(lapse_invitation(step.invitation, base.world())), ["nothing-due"]);
    assert_eq!(sent(&base, "2019-12-31", Wish { documents: pmpc(), ..Wish::default() }).next_clock(), None);
}

/// The order key is the instant of consent; the history says by what it came.
#[test]
fn p7_a_consent_is_registered_by_the_rules_of_every_application() {
    let mut base = Base::with(Policy::default());
    let open = sent(&base, "2022-05-10", wish_for(&[1]));
    let between = base.register(7, 13, &[1]);
    base.go("2026-02-03 11:00");
    let agreed = consent(open, base.world()).expect("open").invitation;
    let mut request = base.request(1);
    request.id = agreed.id.application();
    request.came_by = Some(agreed.source);
    let id = base.submit(request).expect("registered");
    assert_eq!((base.app(id).submitted_at, base.app(id).status), (base.now, Status::Queued));
    assert!(base.app(id).submitted_at > base.app(between).submitted_at);
    let facts = &base.events.last().expect("an event").facts;
    assert_eq!(names(facts), ["registered", "invited", "queued"]);
    assert_eq!(facts[1].code_and_rule().1, "P7");
    assert!(matches!(facts[2], kezek_rules::step::Fact::Queued { number: 2, .. }), "{facts:?}");
}

#[test]
fn p8_a_single_application_is_accepted_as_it_comes() {
    let base = Base::new();
    let asked = Inviting { source: Source::BirthRegistration, ..inviting("2025-12-20", wish_for(&[1])) };
    let step = single_application(&asked, base.world());
    assert_eq!((step.invitation.state, step.invitation.answered_at), (State::Accepted, Some(base.now)));
    assert_eq!((step.event.seq, step.event.rule()), (1, "P8"));
    assert!(asked.source.carries_consent() && !Source::Proactive.carries_consent());
}
