//! The report of a nation's year, for reading. Never here: counting, or prices.

use std::fmt::Write as _;

use kezek_check::Report;

use super::{
    Took,
    bill::{Bill, bill, consumed, idle_sweeps},
};
use crate::{city::City, demo::tally::Tally, ledger::Sums};

/// How many of what asked for most are listed.
const LISTED: usize = 12;

/// The report.
pub(super) fn render(city: &City, tally: &Tally, checked: &Report, took: &Took) -> String {
    let mut text = head(city, took);
    text.push_str(&happened(tally));
    text.push_str(&held(tally, checked));
    text.push_str(&asked(&took.sums));
    text.push_str(&paid(city, took));
    text
}

fn head(city: &City, took: &Took) -> String {
    let plan = &city.blueprint;
    let mut text = format!(
        "A year of {} applications, {} organisations, {} towns\n",
        city.families.len(),
        city.places.len(),
        plan.towns
    );
    let seconds = took.playing.as_seconds_f64().max(0.001);
    let invocations: u64 = took.sums.values().map(|sum| sum.invocations).sum();
    line(&mut text, "seconds played", format!("{seconds:.0}"));
    line(&mut text, "invocations a second", format!("{:.0}", invocations as f64 / seconds));
    line(
        &mut text,
        "applications a second, with their whole year",
        format!("{:.1}", city.families.len() as f64 / seconds),
    );
    if let Some(memory) = took.memory {
        line(&mut text, "peak memory, MB", memory / (1024 * 1024));
    }
    if took.resumed {
        text.push_str("  An earlier run was broken off: what it consumed isn't counted here.\n");
    }
    text
}

fn line(text: &mut String, name: &str, value: impl std::fmt::Display) {
    let _ = writeln!(text, "  {name:<48}{value:>14}");
}

fn happened(tally: &Tally) -> String {
    let mut text = String::from("What happened\n");
    let standing: u64 = tally.standing.values().sum();
    line(&mut text, "applications registered", standing);
    line(&mut text, "offers", tally.offers.made);
    line(&mut text, "  accepted", tally.offers.accepted);
    line(&mut text, "  declined", tally.offers.declined);
    line(&mut text, "  passed on in silence", tally.offers.silent);
    line(&mut text, "referrals", tally.referrals.issued);
    text
}

fn held(tally: &Tally, checked: &Report) -> String {
    let mut text = String::from("The queues, replayed from the history\n");
    for (name, count) in tally.served.used().into_iter().chain(tally.served.faults()) {
        line(&mut text, name, count);
    }
    text.push_str("Every item, read by the independent checker (kezek check)\n");
    let _ = write!(text, "{checked}");
    text
}

fn asked(sums: &Sums) -> String {
    let mut text = String::from("Who asked the table for most\n");
    let _ = writeln!(text, "  {:<58}{:>11}{:>13}{:>13}", "", "invocations", "write units", "read units");
    let mut all: Vec<_> = sums.iter().collect();
    let weight = |sum: &crate::ledger::Sum| sum.usage.writes * 5.0 + sum.usage.reads;
    all.sort_by(|(_, one), (_, other)| weight(other).total_cmp(&weight(one)));
    for ((function, by), sum) in all.into_iter().take(LISTED) {
        let name = format!("{} ({by})", function.name());
        let _ =
            writeln!(text, "  {name:<58}{:>11}{:>13.0}{:>13.0}", sum.invocations, sum.usage.writes, sum.usage.reads);
    }
    let usage = consumed(sums);
    let _ = writeln!(text, "  {:<58}{:>11}{:>13.0}{:>13.0}", "all", "", usage.writes, usage.reads);
    text
}

fn paid(city: &City, took: &Took) -> String {
    let count = city.families.len().max(1) as f64;
    let here = bill(&took.sums, took.events);
    let million = here.times(1_000_000.0 / count);
    let mut text = String::from("Dollars by the price list, for a million applications with their whole year\n");
    let Bill { writes, reads, functions, api, queues, bus } = million;
    let parts = [
        ("table, writes", writes),
        ("table, reads", reads),
        ("functions", functions),
        ("HTTP API", api),
        ("queues", queues),
        ("event bus", bus),
        ("all", million.all()),
    ];
    for (name, dollars) in parts {
        line(&mut text, name, format!("{dollars:.2}"));
    }
    line(&mut text, "a year's sweeps that find nothing, at any size", format!("{:.2}", idle_sweeps()));
    let usage = consumed(&took.sums);
    line(&mut text, "write units an application", format!("{:.1}", usage.writes / count));
    line(&mut text, "read units an application", format!("{:.1}", usage.reads / count));
    text
}
