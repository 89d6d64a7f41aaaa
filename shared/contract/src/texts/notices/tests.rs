//! Every notice in every language against a file that a native reader can review.

use std::fmt::Write as _;

use chrono::NaiveDate;
use kezek_rules::queue::Lane;

use super::parts::note_line;
use super::*;

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/texts/notices.golden.md");

fn at(text: &str) -> Instant {
    text.parse().expect("an instant")
}

fn names(kk: &str, ru: &str) -> Names {
    Names { kk: kk.into(), ru: ru.into() }
}

fn aigolek() -> Names {
    names("«Айгөлек» бөбекжай-балабақшасы", "Ясли-сад «Айгөлек»")
}

fn place(organisation: Names, number: Option<u64>) -> PlaceInQueue {
    PlaceInQueue { organisation, number }
}

/// Samples of every kind, in every shape that its text can take.
fn samples() -> Vec<Notice> {
    let mut all = queueing();
    all.extend(offers());
    all.extend(ends());
    all.extend(referrals());
    all.extend(enrolments());
    let (registered_at, due) = (at("2026-02-09T04:00:00.000Z"), at("2026-02-16T13:30:00.000Z"));
    for state in State::ALL {
        let (delivered, open) = (*state == State::Delivered, !state.has_ended() && *state != State::InReview);
        let (registered_at, due) = (delivered.then_some(registered_at), open.then_some(due));
        all.push(Notice::ComplaintState { state: *state, registered_at, due });
    }
    all.sort_by_key(Notice::kind);
    all
}

fn midnight() -> Instant {
    at("2026-01-05T19:00:00.000Z")
}

fn evening() -> Instant {
    at("2026-01-06T13:30:00.000Z")
}

fn places() -> Vec<PlaceInQueue> {
    vec![
        place(aigolek(), Some(12)),
        place(names("«Балапан» балабақшасы", "Детский сад «Балапан»"), Some(1048)),
        place(names("№ 27 «Күншуақ» балабақшасы", "Детский сад № 27 «Куншуак»"), Some(3)),
        place(names("«Ақ бота» шағын орталығы", "Мини-центр «Ак бота»"), None),
    ]
}

fn kinds(of: &[&str]) -> Vec<String> {
    of.iter().map(ToString::to_string).collect()
}

fn queueing() -> Vec<Notice> {
    let registered = |places, standing, wanted_from| {
        let at = at("2026-01-05T04:00:00.000Z");
        Notice::Registered(Registered { at, places, standing, wanted_from })
    };
    let one = || vec![place(aigolek(), Some(1))];
    let refused = |asked, grounds: &[Ground], missing: &[&str], expired: &[&str], note: Option<&str>| {
        let (missing, expired, note) = (kinds(missing), kinds(expired), note.map(str::to_owned));
        Notice::Refused(Refused { asked, grounds: grounds.to_vec(), missing, expired, note })
    };
    let note = Some("Анықтама 2025 жылғы 3 қарашада берілген");
    let mut all = vec![
        registered(one(), Standing::AsApplied, None),
        registered(places(), Standing::AsApplied, None),
        registered(one(), Standing::AsApplied, Some(date(2027, 9, 1))),
        registered(one(), Standing::Unconfirmed, None),
        registered(Vec::new(), Standing::Confirmed, None),
        refused(Asked::Queueing, &[Ground::Untrue], &[], &[], note),
        refused(Asked::Queueing, &[Ground::NotConforming], &["diploma", "identity"], &["work-certificate"], None),
        refused(Asked::Queueing, &[Ground::NotConforming, Ground::NoConsent], &[], &[], None),
        refused(Asked::Benefit { stays: true }, &[Ground::Untrue], &[], &[], None),
        refused(Asked::Benefit { stays: false }, &[Ground::NotConforming], &[], &[], None),
        refused(Asked::Extension { number: number() }, &[Ground::Untrue], &[], &[], None),
        Notice::Invitation { organisations: Vec::new() },
        Notice::Invitation { organisations: places().into_iter().map(|place| place.organisation).collect() },
        Notice::DeferredAgeReached { places: places() },
        Notice::DeferredAgeReached { places: Vec::new() },
    ];
    all.extend(Lane::ALL.map(|lane| registered(one(), Standing::Changed(lane), None)));
    for check in [Check::Registration, Check::Benefit, Check::Referral] {
        all.extend([None, Some(evening())].map(|due| Notice::VerificationStarted { check, due }));
    }
    all
}

fn offers() -> Vec<Notice> {
    let offer = |stakes, right, temporary_until| {
        let (organisation, answer_by) = (aigolek(), midnight());
        Offer { organisation, answer_by, stakes, right, temporary_until }
    };
    let last_day = Some(date(2026, 3, 31));
    let passed_on = |because, number| Notice::OfferPassedOn(OfferPassedOn { organisation: aigolek(), because, number });
    let mut all = vec![
        Notice::Offer(offer(Stakes::Entry, None, None)),
        Notice::Offer(Offer { answer_by: evening(), ..offer(Stakes::Application, None, None) }),
        Notice::Offer(offer(Stakes::Nothing, None, last_day)),
        Notice::OfferReminder(offer(Stakes::Entry, None, None)),
        Notice::OfferReminder(offer(Stakes::Nothing, None, last_day)),
        passed_on(PassedOn::NoAnswer, None),
        passed_on(PassedOn::NoAnswer, Some(4)),
        passed_on(PassedOn::Withdrawn, Some(4)),
    ];
    let rights = [Right::Sibling, Right::MixedAge, Right::AnyBirthYear];
    all.extend(rights.map(|right| Notice::Offer(offer(Stakes::Entry, Some(right), None))));
    all
}

fn ends() -> Vec<Notice> {
    let suspended = |organisation, working_days, until, recounted| {
        Notice::Suspended(Suspended { organisation, working_days, until, recounted })
    };
    let mut all = vec![
        suspended(Some(aigolek()), 10, date(2026, 1, 20), false),
        suspended(None, 1, date(2026, 3, 2), false),
        suspended(Some(aigolek()), 10, date(2026, 1, 21), true),
        Notice::Archived { organisation: Some(aigolek()), reason: ArchiveReason::Declined },
        Notice::AgeLimitReached,
    ];
    for organisation in [None, Some(aigolek())] {
        let question = Question { organisation, answer_by: at("2026-12-14T04:00:00.000Z") };
        all.push(Notice::InterestAsked(question.clone()));
        all.push(Notice::InterestAskedAgain(question));
    }
    all.extend(ArchiveReason::ALL.map(|reason| Notice::Archived { organisation: None, reason }));
    all
}

fn number() -> String {
    "J-2026-4F0A1B2C3D".to_owned()
}

fn referrals() -> Vec<Notice> {
    let valid_until = at("2026-01-13T19:00:00.000Z");
    let two = || places().into_iter().skip(1).take(2).collect::<Vec<_>>();
    let mut all = Vec::new();
    for flag in [false, true] {
        let (number, organisation) = (number(), aigolek());
        all.push(Notice::ReferralIssued(ReferralIssued { number, organisation, valid_until, again: flag }));
        let (number, organisation) = (self::number(), aigolek());
        all.push(Notice::ReferralExtended(ReferralExtended { number, organisation, valid_until, recounted: flag }));
        let (number, organisation) = (self::number(), aigolek());
        let places = if flag { Vec::new() } else { two() };
        all.push(Notice::ReferralCancelled(ReferralCancelled { number, organisation, places }));
        let (number, organisation) = (self::number(), aigolek());
        let (because, places) = (Revoked::Unconfirmed { general: flag }, if flag { two() } else { Vec::new() });
        all.push(Notice::ReferralRevoked(ReferralRevoked { number, organisation, because, places }));
    }
    for (because, places) in
        [(Lapsed::NoDocuments, two()), (Lapsed::NotAccepted, Vec::new()), (Lapsed::Unsigned, Vec::new())]
    {
        let (number, organisation) = (number(), aigolek());
        all.push(Notice::ReferralLapsed(ReferralLapsed { number, organisation, because, places }));
    }
    let (number, organisation, because) = (number(), aigolek(), Revoked::VacancyWithdrawn);
    all.push(Notice::ReferralRevoked(ReferralRevoked { number, organisation, because, places: two() }));
    all
}

fn enrolments() -> Vec<Notice> {
    let refused = |refusal, missing: &[&str], expired: &[&str], places| {
        let (missing, expired) = (kinds(missing), kinds(expired));
        Notice::EnrolmentRefused(EnrolmentRefused { organisation: aigolek(), refusal, missing, expired, places })
    };
    let (registered_at, result_due) = (at("2026-01-08T06:15:00.000Z"), at("2026-01-09T13:30:00.000Z"));
    let documents = |registered_at| {
        Notice::DocumentsRegistered(DocumentsRegistered { organisation: aigolek(), registered_at, result_due })
    };
    let medical = EnrolmentGround::Contraindication;
    let enrolled = |temporary_until, places, returns_after| {
        Notice::Enrolled(Enrolled { organisation: aigolek(), temporary_until, places, returns_after })
    };
    let last_day = Some(date(2026, 3, 31));
    let mut all = vec![
        documents(Some(registered_at)),
        documents(None),
        refused(Refusal::Documents { until: Some(midnight()) }, &["health-passport"], &["health-certificate"], vec![]),
        refused(Refusal::Documents { until: None }, &[], &[], vec![]),
        refused(Refusal::Final { ground: medical }, &[], &[], places().into_iter().skip(2).collect()),
        refused(Refusal::Upheld { ground: Some(EnrolmentGround::Unvaccinated) }, &[], &[], vec![]),
        refused(Refusal::Upheld { ground: None }, &[], &[], places().into_iter().skip(2).collect()),
        enrolled(None, vec![], false),
        enrolled(last_day, places().into_iter().take(2).collect(), false),
        enrolled(last_day, vec![], true),
        enrolled(last_day, vec![], false),
    ];
    all.extend(EnrolmentGround::ALL.map(|ground| refused(Refusal::Reviewed { ground }, &[], &[], vec![])));
    for recounted in [false, true] {
        let sign_by = at("2026-01-16T19:00:00.000Z");
        all.push(Notice::ContractReady(ContractReady { organisation: aigolek(), sign_by, recounted }));
    }
    all
}

fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a date")
}

/// Every text of every sample.
fn texts() -> impl Iterator<Item = (NoticeKind, Locale, String)> {
    let in_all = |notice: Notice| Locale::ALL.map(|locale| (notice.kind(), locale, render(&notice, locale)));
    samples().into_iter().flat_map(in_all)
}

fn most_digits_in_a_row(text: &str) -> usize {
    text.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0)
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "only whoever runs the tests says that the reviewed file is to be renewed"
)]
fn n1_notices_read_as_reviewed() {
    let ends = Locale::ALL.map(contact).join("* / *");
    let mut golden = format!(
        "# Notices\n\nEvery notice in its three languages, as it is sent, kind by kind in every shape that it takes. Each ends \
         with the contact centre, which is left out below: *{ends}*\n\nWritten by the tests of `notices.rs` when they \
         run with `UPDATE_GOLDEN=1`.\n"
    );
    let mut told = None;
    for notice in samples() {
        if told.replace(notice.kind()) != Some(notice.kind()) {
            writeln!(golden, "\n## {}", notice.kind()).expect("a string");
        }
        golden.push('\n');
        for locale in Locale::ALL {
            let text = render(&notice, locale);
            let text = text.strip_suffix(contact(locale)).expect("the contact centre").trim_end();
            writeln!(golden, "- {locale}: {text}").expect("a string");
        }
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(GOLDEN, &golden).expect("written");
    }
    let reviewed = std::fs::read_to_string(GOLDEN).expect("the reviewed file");
    assert!(golden == reviewed, "the texts changed: run again with UPDATE_GOLDEN=1 and have the change reviewed");
}

#[test]
fn n1_every_kind_has_a_sample_and_a_name() {
    let sampled: Vec<_> = samples().iter().map(Notice::kind).collect();
    for kind in NoticeKind::ALL {
        assert!(sampled.contains(kind), "{kind}");
        assert_eq!(kind.as_str().parse(), Ok(*kind));
        assert_eq!(serde_json::to_value(kind).expect("a string"), kind.as_str());
    }
    assert_eq!("verified".parse::<NoticeKind>(), Err(NoticeKindError));
}

#[test]
fn n1_every_text_names_the_contact_centre_and_no_personal_number() {
    for (kind, locale, text) in texts() {
        assert!(text.contains("1414, 8 800 080 7777"), "{kind} {locale}: {text}");
        assert!(most_digits_in_a_row(&text) < 12, "{kind} {locale}: {text}");
        assert!(!text.contains(['{', '}', '\n', '|']) && !text.contains("  "), "{kind} {locale}: {text}");
        let length = text.chars().count();
        assert!(length < 560, "{kind} {locale} has {length} characters: {text}");
    }
}

#[test]
fn n1_an_officers_note_loses_its_numbers() {
    let check = |note: &str, expected: Option<&str>| {
        assert_eq!(note_line("Note", Some(note)).as_deref(), expected, "{note:?}");
    };
    check("See 061211600012.", Some("Note: See •••."));
    check("See 061211 600012, then 0612-1160-0012 or ٠٦١٢١١٦٠٠٠١٢", Some("Note: See •••, then ••• or •••."));
    check("Call +7 701 000 00 00", Some("Note: Call +•••."));
    check("Issued\n on 2026-01-05, no. 17", Some("Note: Issued on 2026-01-05, no. 17."));
    check(" . ", None);
    check("", None);
    let long = note_line("Note", Some(&"ә".repeat(500))).expect("a line");
    assert_eq!(long.chars().count(), "Note: …".chars().count() + 100);
    assert_eq!(note_line("Note", None), None);
}

#[test]
fn p5_e_grounds_have_the_annexs_numbers() {
    assert_eq!(Ground::ALL.map(Ground::number), [1, 2, 3]);
    for ground in Ground::ALL {
        assert_eq!(Ground::try_from(ground.number()), Ok(ground));
    }
    assert_eq!(Ground::try_from(0), Err(GroundError));
    assert_eq!(Ground::try_from(4), Err(GroundError));
}

#[test]
fn p28_grounds_of_refused_enrolment_are_numbered_1_to_6() {
    assert_eq!(EnrolmentGround::ALL.map(EnrolmentGround::number), [1, 2, 3, 4, 5, 6]);
    for ground in EnrolmentGround::ALL {
        assert_eq!(EnrolmentGround::try_from(ground.number()), Ok(ground));
    }
    assert_eq!(EnrolmentGround::try_from(7), Err(GroundError));
}

#[test]
fn notices_survive_json() {
    for notice in samples() {
        let json = serde_json::to_value(&notice).expect("serialises");
        assert_eq!(json["kind"], notice.kind().as_str());
        assert_eq!(serde_json::from_value::<Notice>(json).expect("reads"), notice);
    }
}
