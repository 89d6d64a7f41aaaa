//! The report of a play, for reading: aligned lines, no personal data, and a fingerprint to compare two reports by.
//! Never here: counting.

use std::fmt::Write as _;

use data_encoding::HEXLOWER;
use kezek_rules::application::ArchiveReason;
use kezek_rules::queue::Lane;
use kezek_rules::terms::local_date;
use sha2::{Digest, Sha256};

use super::tally::Tally;
use crate::city::{City, SETTLEMENT};

const STATUSES: [&str; 6] = ["accepted", "verifying", "queued", "referred", "refused", "archived"];

/// The report, with its fingerprint as the last line.
#[must_use]
pub fn render(city: &City, tally: &Tally) -> String {
    let mut text = String::new();
    let parts =
        [head(city), applications(tally), offers(tally), archive(tally), waits(tally), ratio(tally), told(tally)];
    for part in parts {
        text.push_str(&part);
        text.push('\n');
    }
    let fingerprint = HEXLOWER.encode(&Sha256::digest(text.as_bytes()));
    text.push_str(&format!("SHA-256 of the lines above: {fingerprint}\n"));
    text
}

fn line(text: &mut String, name: &str, value: impl std::fmt::Display) {
    let _ = writeln!(text, "  {name:<44}{value:>9}");
}

fn head(city: &City) -> String {
    let (plan, places) = (&city.blueprint, &city.places);
    let taught = |languages: &[&str]| places.iter().filter(|place| place.languages == languages).count();
    let mut text = format!("{} ({SETTLEMENT}), {} – {}\n", plan.town, local_date(plan.from), local_date(plan.until()));
    line(&mut text, "families", city.families.len());
    line(&mut text, "organisations", places.len());
    let _ = writeln!(
        text,
        "  in Kazakh {}, in Russian {}, in both {}; everyone here is invented (number {})",
        taught(&["kk"]),
        taught(&["ru"]),
        taught(&["kk", "ru"]),
        plan.seed
    );
    text
}

fn applications(tally: &Tally) -> String {
    let mut text = format!("Applications, by lane and how they stand at the end\n  {:<16}", "");
    for status in STATUSES {
        let _ = write!(text, "{status:>11}");
    }
    let _ = writeln!(text, "{:>11}", "all");
    for lane in Lane::ALL {
        let of = |status| tally.standing.get(&(lane, status)).copied().unwrap_or(0);
        let _ = write!(text, "  {:<16}", lane.as_str());
        for status in STATUSES {
            let _ = write!(text, "{:>11}", of(status));
        }
        let _ = writeln!(text, "{:>11}", STATUSES.into_iter().map(of).sum::<u64>());
    }
    line(&mut text, "accepted on a later day or hour (P5.b)", tally.out_of_hours);
    if tally.not_registered > 0 {
        line(&mut text, "families that could not apply", tally.not_registered);
    }
    let decisions = tally.decisions;
    line(&mut text, "benefits confirmed by a register (P6.b)", decisions.by_register);
    line(&mut text, "benefits confirmed by an officer (P6.a)", decisions.by_officer);
    line(&mut text, "refused (P5.e, P14)", decisions.refused);
    line(&mut text, "registers silent, an officer decides (P6.b)", decisions.handed_over);
    line(&mut text, "officers' decisions overdue (P6.a)", decisions.overdue);
    text
}

fn offers(tally: &Tally) -> String {
    let (offers, referrals) = (tally.offers, tally.referrals);
    let mut text = "Offers (P16.a)\n".to_owned();
    line(&mut text, "made", offers.made);
    line(&mut text, "reminded after 24 hours (P16.3)", offers.reminded);
    line(&mut text, "accepted (P15.b)", offers.accepted);
    line(&mut text, "declined (P15.c)", offers.declined);
    line(&mut text, "silent, passed on (P15.d)", offers.silent);
    line(&mut text, "released: another one was accepted (K4)", offers.released);
    line(&mut text, "withdrawn: the application left", offers.withdrawn);
    line(&mut text, "still open", offers.open());
    text.push_str("\nReferrals (P22.a)\n");
    line(&mut text, "issued", referrals.issued);
    line(&mut text, "cancelled within 24 hours (P25.a)", referrals.cancelled);
    line(&mut text, "lapsed (P22.e)", referrals.lapsed);
    line(&mut text, "released: the application left", referrals.released);
    line(&mut text, "in force", referrals.in_force);
    text.push_str("  Handing in documents and signing the contract aren't part of this version: nobody is enrolled,\n");
    text.push_str("  so every referral that isn't cancelled lapses and its place goes to the next.\n");
    text
}

fn archive(tally: &Tally) -> String {
    let mut text = "Archive, by reason (P3.2)\n".to_owned();
    for reason in ArchiveReason::ALL {
        let count = tally.archived.get(reason.as_str()).copied().unwrap_or(0);
        line(&mut text, &format!("{} ({})", reason.as_str(), reason.rule()), count);
    }
    text
}

/// The value below which so many of a hundred lie, of sorted ones.
fn percentile(sorted: &[f64], share: usize) -> Option<f64> {
    sorted.get((sorted.len().saturating_sub(1)) * share / 100).copied()
}

fn waits(tally: &Tally) -> String {
    let mut text = format!(
        "Waits in days, from submission to the first offer\n  {:<16}{:>11}{:>11}{:>11}\n",
        "", "offered", "median", "90 %"
    );
    for lane in Lane::ALL {
        let days = tally.waits.get(&lane).map_or(&[] as &[f64], Vec::as_slice);
        let shown = |share| percentile(days, share).map_or_else(|| "–".to_owned(), |days| format!("{days:.1}"));
        let _ = writeln!(text, "  {:<16}{:>11}{:>11}{:>11}", lane.as_str(), days.len(), shown(50), shown(90));
    }
    text
}

fn ratio(tally: &Tally) -> String {
    let served = tally.served;
    let mut text = "First-priority and general, as served (P10.d), replayed from the history\n".to_owned();
    for (name, count) in served.used() {
        line(&mut text, name, count);
    }
    line(&mut text, "by a mixed-age group (P24.m)", served.mixed_age);
    line(&mut text, "with a sibling who had the turn (P26)", served.siblings);
    line(&mut text, "with a PMPC conclusion (P24)", served.pmpc);
    line(&mut text, "first-priority taken while both waited", served.first_priority);
    line(&mut text, "general taken while both waited", served.general);
    let ratio = if served.first_priority == 0 {
        "–".to_owned()
    } else {
        format!("1 : {:.2}", served.general as f64 / served.first_priority as f64)
    };
    line(&mut text, "ratio", ratio);
    line(&mut text, "turns with both waiting all the time", served.turns);
    line(&mut text, "of them with three general ones", served.full_turns);
    for (name, count) in served.faults() {
        line(&mut text, name, count);
    }
    text.push_str(
        "  General ones count also while no first-priority one waits, so one that then comes is served next:\n",
    );
    text.push_str("  the ratio comes to 1 : 3 only in queues where both lanes stay full.\n");
    text
}

fn told(tally: &Tally) -> String {
    let mut text = "Notices sent, by kind (N1)\n".to_owned();
    for (kind, count) in &tally.notices {
        line(&mut text, kind, count);
    }
    line(&mut text, "all", tally.notices.values().sum::<u64>());
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::city::{Blueprint, TOWN};

    #[test]
    fn the_report_is_aligned_and_names_no_one() {
        let from = "2026-01-12T05:00:00Z".parse().expect("an instant");
        let city = City::build(Blueprint { seed: 1, town: TOWN.to_owned(), families: 20, from, years: 1, towns: 1 });
        let mut tally = Tally::default();
        tally.standing.insert((Lane::General, "queued"), 20);
        tally.waits.insert(Lane::General, vec![1.0, 2.0, 40.0]);
        let text = render(&city, &tally);
        assert!(text.contains("  general                   3        2.0        2.0\n"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 110));
        assert!(city.families.iter().all(|family| !text.contains(&family.child) && !text.contains(&family.child_name)));
        assert_eq!(text, render(&city, &tally));
        assert_eq!(text.lines().last().map(|line| line.len()), Some("SHA-256 of the lines above: ".len() + 64));
    }

    #[test]
    fn percentiles_of_few() {
        assert_eq!((percentile(&[], 50), percentile(&[3.0], 90)), (None, Some(3.0)));
        assert_eq!(percentile(&[1.0, 2.0, 3.0], 50), Some(2.0));
    }
}
