//! Complaints (`P18`): filing, registration at working time, what an officer does with one, and the end of its term.

use super::World;
use crate::complaint::{About, Addressee, Complaint, Event, Fact, State, Step};
use crate::ids::{ApplicationId, Bin, ComplaintId, PersonKey};
use crate::organisation::Kato;
use crate::policy::Policy;
use crate::queue::Instant;
use crate::refusal::{Reason, Refusal};
use crate::terms;

/// The rule of every refusal here.
const RULE: &str = "P18";

/// What is asked when a complaint is filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filing {
    /// The complaint's id.
    pub id: ComplaintId,
    /// Who complains.
    pub applicant: PersonKey,
    /// About whom.
    pub about: About,
    /// The organisation it names.
    pub organisation: Option<Bin>,
    /// To whom.
    pub addressee: Addressee,
    /// Whether it names an application at all.
    pub names_application: bool,
    /// The settlement it names: that of the provider.
    pub settlement: Option<Kato>,
}

/// What is known of the things that a filing names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Named {
    /// Where the named organisation is; none if the registry doesn't know it.
    pub organisation_at: Option<Kato>,
    /// The named application with its settlement, if it is the applicant's own.
    pub application: Option<(ApplicationId, Kato)>,
}

/// Everything that stands against filing a complaint: what it names must be known, and with it whose provider is meant.
#[must_use]
pub fn reasons_against_filing(filing: &Filing, named: &Named) -> Vec<Reason> {
    let mut reasons = Vec::new();
    if filing.organisation.is_some() && named.organisation_at.is_none() {
        reasons.push(Reason::new("organisation-unknown", RULE).at("/organisation"));
    }
    if filing.names_application && named.application.is_none() {
        reasons.push(Reason::new("application-unknown", RULE).at("/application"));
    }
    if reasons.is_empty() && settlement_of(filing, named).is_none() {
        reasons.push(Reason::new("provider-unknown", RULE).at("/settlement"));
    }
    reasons
}

/// In whose territory a complaint is looked into: where the organisation is that it is about; else the settlement it names, else
/// that of the application, else that of the organisation named beside.
fn settlement_of(filing: &Filing, named: &Named) -> Option<Kato> {
    let of_application = named.application.map(|(_, settlement)| settlement);
    match filing.about {
        About::Organisation => named.organisation_at.or(filing.settlement).or(of_application),
        About::Provider => filing.settlement.or(of_application).or(named.organisation_at),
    }
}

/// Working days in which an addressee answers (`P18`).
const fn working_days(addressee: Addressee, policy: &Policy) -> u32 {
    match addressee {
        Addressee::Provider => policy.complaint_provider_working_days,
        Addressee::Authority => policy.complaint_authority_working_days,
    }
}

/// The end of the term: 18:30 of its last working day, counted from the day after that of registration (`C2`).
fn due_at(registered_at: Instant, addressee: Addressee, policy: &Policy, world: World<'_>) -> Instant {
    let days = working_days(addressee, policy);
    terms::duty_end(terms::working_days(world.calendar, terms::local_date(registered_at), days))
}

/// A complaint is filed: registered at once in working time, else delivered until then (`P5.b`). Its term counts from the day of
/// registration and ends at 18:30 of its last day (`C2`).
///
/// # Errors
/// All that stands against it.
pub fn file(filing: &Filing, named: &Named, world: World<'_>) -> Result<Step, Refusal> {
    let reasons = reasons_against_filing(filing, named);
    let settlement = match settlement_of(filing, named) {
        Some(settlement) if reasons.is_empty() => settlement,
        _ => return Err(Refusal::rules(reasons)),
    };
    let version = world.policy(settlement);
    let registered_at = terms::acceptance(world.calendar, &version.policy, world.now);
    let complaint = Complaint {
        id: filing.id,
        version: 0,
        applicant: filing.applicant,
        about: filing.about,
        organisation: filing.organisation,
        addressee: filing.addressee,
        application: named.application.map(|(application, _)| application),
        settlement,
        submitted_at: world.now,
        registered_at,
        due_at: due_at(registered_at, filing.addressee, &version.policy, world),
        state: State::Delivered,
        overdue: false,
        policy: version.reference(),
        calendar: world.calendar.version,
    };
    let (about, organisation, addressee) = (complaint.about, complaint.organisation, complaint.addressee);
    let due_at = complaint.due_at;
    let mut draft = Draft::new(complaint, world);
    if registered_at <= world.now {
        draft.register();
    } else {
        draft.fact(Fact::Delivered { about, organisation, addressee, registered_at, due_at });
    }
    Ok(draft.finish())
}

/// A complaint's clock has run out: it is registered at the start of working time, or it is overdue, which is made visible once
/// (`P18`). A late sweep does both.
///
/// # Errors
/// Nothing is due.
pub fn tick_complaint(complaint: Complaint, world: World<'_>) -> Result<Step, Refusal> {
    let mut draft = Draft::new(complaint, world);
    draft.catch_up();
    if draft.facts.is_empty() { Err(Refusal::state("nothing-due", RULE)) } else { Ok(draft.finish()) }
}

/// An officer takes a registered complaint into review, answers it, or refuses to look into it. A breach of its term that no
/// sweep has reported yet is reported with it.
///
/// # Errors
/// It isn't registered yet, or has ended, or is in that state.
pub fn move_complaint(complaint: Complaint, to: State, world: World<'_>) -> Result<Step, Refusal> {
    let mut draft = Draft::new(complaint, world);
    draft.catch_up();
    let fact = match (draft.complaint.state, to) {
        (State::Delivered, _) => return Err(Refusal::state("complaint-not-registered", RULE)),
        (State::Answered | State::Refused, _) => return Err(Refusal::state("complaint-ended", RULE)),
        (State::Registered, State::InReview) => Fact::InReview,
        (State::Registered | State::InReview, State::Answered) => Fact::Answered,
        (State::Registered | State::InReview, State::Refused) => Fact::Refused,
        _ => return Err(Refusal::state("conflict", RULE)),
    };
    draft.fact(fact);
    Ok(draft.finish())
}

/// The calendar was patched (`C3`): what a complaint still waits for is counted again. The applicant was told both, so they only ever
/// move later; a term that is over stays over.
///
/// # Errors
/// Nothing moves.
pub fn recount_complaint(complaint: Complaint, world: World<'_>) -> Result<Step, Refusal> {
    let mut draft = Draft::new(complaint, world);
    let (policy, told) = (&world.pinned(&draft.complaint.policy).policy, draft.complaint.clone());
    if told.state == State::Delivered && told.registered_at > world.now {
        let counted = terms::acceptance(world.calendar, policy, told.submitted_at).max(told.registered_at);
        draft.complaint.registered_at = counted;
        draft.moved("registration", told.registered_at, counted);
    }
    if !told.state.has_ended() && !told.is_overdue(world.now) {
        let counted = due_at(draft.complaint.registered_at, told.addressee, policy, world).max(told.due_at);
        draft.complaint.due_at = counted;
        draft.moved("answer", told.due_at, counted);
    }
    if draft.facts.is_empty() {
        return Err(Refusal::state("nothing-due", "C3"));
    }
    draft.complaint.calendar = world.calendar.version;
    let moved_from = Some(told.due_at).filter(|due_at| *due_at != draft.complaint.due_at);
    Ok(Step { moved_from, ..draft.finish() })
}

/// A step in the making.
struct Draft<'a> {
    complaint: Complaint,
    facts: Vec<Fact>,
    world: World<'a>,
}

impl<'a> Draft<'a> {
    const fn new(complaint: Complaint, world: World<'a>) -> Self {
        Self { complaint, facts: Vec::new(), world }
    }

    fn fact(&mut self, fact: Fact) {
        self.complaint.state = fact.state().unwrap_or(self.complaint.state);
        self.facts.push(fact);
    }

    fn moved(&mut self, deadline: &str, from: Instant, to: Instant) {
        if from != to {
            self.facts.push(Fact::DeadlineMoved { deadline: deadline.to_owned(), from, to });
        }
    }

    fn register(&mut self) {
        let Complaint { about, organisation, addressee, due_at, .. } = self.complaint;
        self.fact(Fact::Registered { about, organisation, addressee, due_at });
    }

    /// What the clock has brought by now.
    fn catch_up(&mut self) {
        if self.complaint.state == State::Delivered && self.complaint.registered_at <= self.world.now {
            self.register();
        }
        if self.complaint.state.is_open() && !self.complaint.overdue && self.complaint.due_at <= self.world.now {
            self.complaint.overdue = true;
            self.fact(Fact::Overdue { due_at: self.complaint.due_at });
        }
    }

    fn finish(mut self) -> Step {
        self.complaint.version += 1;
        let event = Event {
            complaint: self.complaint.id,
            seq: self.complaint.version,
            settlement: self.complaint.settlement,
            at: self.world.now,
            policy: self.complaint.policy.to_string(),
            calendar: self.complaint.calendar,
            facts: self.facts,
        };
        Step { complaint: self.complaint, moved_from: None, event }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Calendar;
    use crate::complaint::Clock;
    use crate::policy::{Policies, PolicyVersion};
    use crate::terms::at_local;

    /// `2026-02-03 10:00` in Asia/Almaty.
    fn at(text: &str) -> Instant {
        let (day, time) = text.split_once(' ').expect("a day and a time");
        at_local(day.parse().expect("a day"), time.parse().expect("a time"))
    }

    fn kato(text: &str) -> Kato {
        text.parse().expect("a settlement")
    }

    fn garden() -> Bin {
        "990140000007".parse().expect("an organisation")
    }

    fn filing(addressee: Addressee) -> Filing {
        Filing {
            id: ComplaintId::from_bytes([1; 16]),
            applicant: PersonKey::from_bytes([2; 16]),
            about: About::Provider,
            organisation: None,
            addressee,
            names_application: false,
            settlement: Some(kato("750000000")),
        }
    }

    fn with<T>(now: &str, then: impl FnOnce(World<'_>) -> T) -> T {
        let (policies, calendar) = (Policies::default(), Calendar::built_in());
        then(World { now: at(now), policies: &policies, calendar: &calendar })
    }

    fn filed(addressee: Addressee, now: &str) -> Step {
        with(now, |world| file(&filing(addressee), &Named::default(), world)).expect("filed")
    }

    fn codes(step: &Step) -> Vec<&'static str> {
        step.event.facts.iter().map(Fact::code).collect()
    }

    fn moved(complaint: &Complaint, to: State, now: &str) -> Result<Step, &'static str> {
        with(now, |world| move_complaint(complaint.clone(), to, world)).map_err(|refusal| refusal.reasons[0].code)
    }

    fn check_term(addressee: Addressee, now: &str, registered_at: &str, due_at: &str) {
        let complaint = filed(addressee, now).complaint;
        let found = (complaint.registered_at, complaint.due_at);
        assert_eq!(found, (at(registered_at), at(due_at)), "{addressee:?}, filed {now}");
    }

    #[test]
    fn p18_the_term_ends_at_18_30_of_the_last_working_day() {
        use Addressee::{Authority, Provider};
        check_term(Provider, "2026-02-03 10:00", "2026-02-03 10:00", "2026-02-10 18:30");
        check_term(Authority, "2026-02-03 10:00", "2026-02-03 10:00", "2026-02-24 18:30");
        // Friday evening: registered on Monday, and counted from then.
        check_term(Provider, "2026-02-06 18:31", "2026-02-09 09:00", "2026-02-16 18:30");
        // Over Nauryz, 21 to 25 March with its transfers.
        check_term(Provider, "2026-03-18 12:00", "2026-03-18 12:00", "2026-03-30 18:30");
        check_term(Authority, "2026-03-20 19:00", "2026-03-26 09:00", "2026-04-16 18:30");
    }

    #[test]
    fn p18_the_terms_are_numbers_of_the_policy() {
        let mut version = PolicyVersion { id: "pilot".into(), ..PolicyVersion::built_in().clone() };
        version.policy.complaint_provider_working_days = 2;
        version.territory = vec!["7511".to_owned()];
        let (policies, calendar) = (Policies(vec![version]), Calendar::built_in());
        let world = World { now: at("2026-02-03 10:00"), policies: &policies, calendar: &calendar };
        let there = Filing { settlement: Some(kato("751110000")), ..filing(Addressee::Provider) };
        let complaint = file(&there, &Named::default(), world).expect("filed").complaint;
        assert_eq!((complaint.due_at, complaint.policy.to_string()), (at("2026-02-05 18:30"), "pilot@1".to_owned()));
    }

    #[test]
    fn p18_out_of_hours_it_is_delivered_until_working_time() {
        let step = filed(Addressee::Provider, "2026-02-06 19:00");
        assert_eq!(
            (codes(&step), step.complaint.state, step.complaint.version),
            (vec!["delivered"], State::Delivered, 1)
        );
        assert_eq!(step.complaint.next_clock(), Some((at("2026-02-09 09:00"), Clock::Registration)));
        assert_eq!(moved(&step.complaint, State::InReview, "2026-02-09 08:59"), Err("complaint-not-registered"));
        assert!(with("2026-02-09 08:59", |world| tick_complaint(step.complaint.clone(), world)).is_err());
        let registered = with("2026-02-09 09:00", |world| tick_complaint(step.complaint, world)).expect("registered");
        assert_eq!((codes(&registered), registered.complaint.state), (vec!["registered"], State::Registered));
        assert_eq!(registered.complaint.next_clock(), Some((at("2026-02-16 18:30"), Clock::Term)));
    }

    #[test]
    fn p18_states_go_forward_only() {
        let registered = filed(Addressee::Provider, "2026-02-03 10:00").complaint;
        let now = "2026-02-04 10:00";
        assert_eq!(moved(&registered, State::Registered, now), Err("conflict"));
        assert_eq!(moved(&registered, State::Delivered, now), Err("conflict"));
        let review = moved(&registered, State::InReview, now).expect("in review");
        assert_eq!((codes(&review), review.complaint.version, review.event.seq), (vec!["in-review"], 2, 2));
        assert_eq!(moved(&review.complaint, State::InReview, now), Err("conflict"));
        for end in [State::Answered, State::Refused] {
            for open in [&registered, &review.complaint] {
                let ended = moved(open, end, now).expect("ended").complaint;
                assert_eq!((ended.state, ended.next_clock()), (end, None));
                assert!(!ended.is_overdue(at("2027-01-01 00:00")), "in time for ever");
                for to in State::ALL {
                    assert_eq!(moved(&ended, *to, now), Err("complaint-ended"), "{end:?} to {to:?}");
                }
            }
        }
    }

    #[test]
    fn p18_overdue_is_reported_once_and_does_not_go_away() {
        let registered = filed(Addressee::Provider, "2026-02-03 10:00").complaint;
        assert!(!registered.is_overdue(at("2026-02-10 18:29")) && registered.is_overdue(at("2026-02-10 18:30")));
        assert!(with("2026-02-10 18:29", |world| tick_complaint(registered.clone(), world)).is_err());
        let overdue = with("2026-02-10 19:00", |world| tick_complaint(registered.clone(), world)).expect("overdue");
        assert_eq!((codes(&overdue), overdue.complaint.state), (vec!["overdue"], State::Registered));
        assert_eq!(overdue.complaint.next_clock(), None);
        assert!(with("2026-02-11 19:00", |world| tick_complaint(overdue.complaint.clone(), world)).is_err(), "once");
        let answered = moved(&overdue.complaint, State::Answered, "2026-02-11 10:00").expect("answered");
        assert_eq!((codes(&answered), answered.complaint.overdue), (vec!["answered"], true));
        // An answer that comes before the sweep hides no breach.
        let late = moved(&registered, State::Answered, "2026-02-10 18:30").expect("answered");
        assert_eq!((codes(&late), late.complaint.overdue), (vec!["overdue", "answered"], true));
    }

    #[test]
    fn p18_a_late_sweep_makes_up_for_everything() {
        let delivered = filed(Addressee::Provider, "2026-02-06 19:00").complaint;
        let step = with("2026-02-20 10:00", |world| tick_complaint(delivered, world)).expect("a step");
        assert_eq!((codes(&step), step.complaint.version), (vec!["registered", "overdue"], 2));
    }

    fn check_reasons(filing: &Filing, named: &Named, expected: &[(&str, &str)]) {
        let reasons = reasons_against_filing(filing, named);
        let found: Vec<_> = reasons.iter().map(|reason| (reason.code, reason.pointer.as_str())).collect();
        assert_eq!(found, expected);
        assert!(reasons.iter().all(|reason| reason.rule == "P18"));
        assert_eq!(with("2026-02-03 10:00", |world| file(filing, named, world)).is_ok(), expected.is_empty());
    }

    #[test]
    fn c3_a_patch_moves_what_was_told_only_later() {
        let built_in = Calendar::built_in();
        let mut table = built_in.years[&2026].clone();
        table.days_off.insert("2026-02-09".parse().expect("a date"));
        let patched = built_in.with_year(table);
        let policies = Policies::default();
        let recount = |complaint: &Complaint, calendar: &Calendar, now: &str| {
            recount_complaint(complaint.clone(), World { now: at(now), policies: &policies, calendar })
        };
        let registered = filed(Addressee::Provider, "2026-02-03 10:00").complaint;
        let later = recount(&registered, &patched, "2026-02-04 10:00").expect("it moves");
        assert_eq!((later.complaint.due_at, later.moved_from), (at("2026-02-11 18:30"), Some(at("2026-02-10 18:30"))));
        assert_eq!((codes(&later), later.complaint.calendar), (vec!["deadline-moved"], 2));
        assert!(recount(&later.complaint, &patched, "2026-02-04 10:00").is_err(), "once");
        assert!(recount(&later.complaint, &built_in, "2026-02-04 10:00").is_err(), "never earlier");
        assert!(recount(&registered, &patched, "2026-02-10 18:30").is_err(), "over is over");
        let answered = moved(&registered, State::Answered, "2026-02-04 10:00").expect("answered").complaint;
        assert!(recount(&answered, &patched, "2026-02-04 10:00").is_err());
        let delivered = filed(Addressee::Provider, "2026-02-06 19:00").complaint;
        let both = recount(&delivered, &patched, "2026-02-07 10:00").expect("both move").complaint;
        assert_eq!((both.registered_at, both.due_at), (at("2026-02-10 09:00"), at("2026-02-17 18:30")));
    }

    #[test]
    fn p18_what_it_names_must_be_known_and_whose_provider_it_means() {
        let bare = Filing { settlement: None, ..filing(Addressee::Provider) };
        let named = Filing { organisation: Some(garden()), names_application: true, ..bare.clone() };
        let application = Some((ApplicationId::from_bytes([3; 16]), kato("710000000")));
        check_reasons(&bare, &Named::default(), &[("provider-unknown", "/settlement")]);
        let unknown = [("organisation-unknown", "/organisation"), ("application-unknown", "/application")];
        check_reasons(&named, &Named::default(), &unknown);
        let known = Named { organisation_at: Some(kato("750000000")), application };
        check_reasons(&named, &known, &[]);
        let settlement = |about, settlement| settlement_of(&Filing { about, settlement, ..named.clone() }, &known);
        assert_eq!(settlement(About::Organisation, Some(kato("111010000"))), Some(kato("750000000")));
        assert_eq!(settlement(About::Provider, Some(kato("111010000"))), Some(kato("111010000")));
        assert_eq!(settlement(About::Provider, None), Some(kato("710000000")), "that of the application");
    }
}
