//! Every notice in every language against a file that a native reader can review.

use std::fmt::Write as _;

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

/// Samples of one kind at least, in every shape that its text can take.
fn samples() -> Vec<Notice> {
    let (midnight, evening) = (at("2026-01-05T19:00:00.000Z"), at("2026-01-06T13:30:00.000Z"));
    let number = || "J-2026-4F0A1B2C3D".to_owned();
    let four = vec![
        place(aigolek(), Some(12)),
        place(names("«Балапан» балабақшасы", "Детский сад «Балапан»"), Some(1048)),
        place(names("№ 27 «Күншуақ» балабақшасы", "Детский сад № 27 «Куншуак»"), Some(3)),
        place(names("«Ақ бота» шағын орталығы", "Мини-центр «Ак бота»"), None),
    ];
    let refused = |grounds: &[Ground], missing: &[&str], expired: &[&str], note: Option<&str>| Notice::Refused {
        grounds: grounds.to_vec(),
        missing: missing.iter().map(ToString::to_string).collect(),
        expired: expired.iter().map(ToString::to_string).collect(),
        note: note.map(str::to_owned),
    };
    let interest = |organisation| (organisation, at("2026-12-14T04:00:00.000Z"));
    let mut all = vec![
        Notice::Registered { at: at("2026-01-05T04:00:00.000Z"), places: vec![place(aigolek(), Some(1))] },
        Notice::Registered { at: at("2026-01-05T04:00:00.000Z"), places: four },
        refused(&[Ground::Untrue], &[], &[], Some("Анықтама 2025 жылғы 3 қарашада берілген")),
        refused(&[Ground::NotConforming], &["diploma"], &["work-certificate"], None),
        refused(&[Ground::NotConforming, Ground::NoConsent], &[], &[], None),
        Notice::VerificationStarted { due: None },
        Notice::VerificationStarted { due: Some(evening) },
        Notice::Offer { organisation: aigolek(), answer_by: midnight },
        Notice::Offer { organisation: aigolek(), answer_by: evening },
        Notice::OfferReminder { organisation: aigolek(), answer_by: midnight },
        Notice::Suspended { organisation: Some(aigolek()), working_days: 10, until: date(2026, 1, 20) },
        Notice::Suspended { organisation: None, working_days: 1, until: date(2026, 3, 2) },
    ];
    for because in [PassedOn::NoAnswer, PassedOn::Declined, PassedOn::Released] {
        all.push(Notice::OfferPassedOn { organisation: aigolek(), because });
    }
    for (organisation, answer_by) in [interest(None), interest(Some(aigolek()))] {
        all.push(Notice::InterestAsked { organisation: organisation.clone(), answer_by });
        all.push(Notice::InterestAskedAgain { organisation, answer_by });
    }
    all.extend(ArchiveReason::ALL.map(|reason| Notice::Archived { organisation: None, reason }));
    all.push(Notice::Archived { organisation: Some(aigolek()), reason: ArchiveReason::Declined });
    all.push(Notice::AgeLimitReached);
    let valid_until = at("2026-01-13T19:00:00.000Z");
    all.push(Notice::ReferralIssued { number: number(), organisation: aigolek(), valid_until });
    all.push(Notice::ReferralCancelled { number: number(), organisation: aigolek() });
    all.push(Notice::ReferralLapsed { number: number(), organisation: aigolek() });
    let (registered_at, due) = (at("2026-02-09T04:00:00.000Z"), at("2026-02-16T13:30:00.000Z"));
    for state in State::ALL {
        let (delivered, open) = (*state == State::Delivered, !state.has_ended() && *state != State::InReview);
        let (registered_at, due) = (delivered.then_some(registered_at), open.then_some(due));
        all.push(Notice::ComplaintState { state: *state, registered_at, due });
    }
    all.sort_by_key(Notice::kind);
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
    let mut golden = "# Notices\n\nEvery notice in its three languages, as it is sent. Written by the tests of \
                      `notices.rs` when they run with `UPDATE_GOLDEN=1`.\n\n| kind | kk | ru | en |\n\
                      | --- | --- | --- | --- |\n"
        .to_owned();
    for notice in samples() {
        let [kk, ru, en] = Locale::ALL.map(|locale| render(&notice, locale));
        writeln!(golden, "| {} | {kk} | {ru} | {en} |", notice.kind()).expect("a string");
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
        assert!(length < 400, "{kind} {locale} has {length} characters: {text}");
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
fn notices_survive_json() {
    for notice in samples() {
        let json = serde_json::to_value(&notice).expect("serialises");
        assert_eq!(json["kind"], notice.kind().as_str());
        assert_eq!(serde_json::from_value::<Notice>(json).expect("reads"), notice);
    }
}
