//! A bulletin frozen as it is taken (`P17.1`, `P24`): what became of each line, and the seats that follow from that alone, so
//! that finishing it later, under another policy, makes the same ones. Pure: nothing is read or written.

use std::collections::BTreeSet;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use kezek_contract::requests::{self, BulletinBody};
use kezek_rules::decide::{BulletinKind, BulletinLine, LineProblem, TakenLine, World, take_line};
use kezek_rules::organisation::Organisation;
use kezek_rules::seat::{Seat, Vacancy};
use kezek_store::{BulletinRecord, LineOutcome};
use serde_json::Value;

/// More places than the largest organisation has: a bulletin that goes on is a slip, and each of its places an item of the table.
const PLACES_MAX: u32 = 1_000;

/// A clock that is ahead of ours by more than this is wrong.
const AHEAD: TimeDelta = TimeDelta::days(1);

/// The record of a new bulletin. Its body is kept as far as it was taken: nothing else of it is needed any more.
pub fn record(bulletin: &BulletinBody, organisation: &Organisation, world: World<'_>) -> BulletinRecord {
    let issued = bulletin.issued_at.trunc_subsecs(3);
    let mut numbers = BTreeSet::new();
    let (mut lines, mut kept, mut places) = (Vec::new(), Vec::new(), 0);
    for line in &bulletin.lines {
        let mut outcome = outcome(line, bulletin, issued, organisation, &mut numbers, world);
        if places + u32::from(outcome.vacancies) > PLACES_MAX {
            let problems = vec![problem("count-out-of-bounds", "count")];
            outcome = LineOutcome { line: outcome.line, vacancies: 0, birth_years: Vec::new(), problems };
        }
        places += u32::from(outcome.vacancies);
        if outcome.problems.is_empty() {
            kept.push(line.clone());
        }
        lines.push(outcome);
    }
    let kind = match bulletin.kind {
        BulletinKind::YearEnd => "year-end",
        BulletinKind::Current => "current",
    };
    let (id, taken, body) = (bulletin.id.clone(), world.now, Value::Array(kept).to_string());
    BulletinRecord { id, issued, taken, year: kind.to_owned(), lines, body, done: false }
}

fn outcome(
    value: &Value,
    bulletin: &BulletinBody,
    issued: DateTime<Utc>,
    organisation: &Organisation,
    numbers: &mut BTreeSet<u16>,
    world: World<'_>,
) -> LineOutcome {
    let number = value.get("line").and_then(Value::as_u64).and_then(|line| u32::try_from(line).ok()).unwrap_or(0);
    let refused = |problems| LineOutcome { line: number, vacancies: 0, birth_years: Vec::new(), problems };
    let early = (issued > world.now + AHEAD).then(|| problem("issued-in-the-future", "issuedAt"));
    let line = match requests::bulletin_line(value) {
        Ok(line) => line,
        Err(errors) => {
            let unreadable = errors.iter().map(|error| {
                let field = error.pointer.trim_start_matches('/').to_owned();
                (error.code.to_string(), error.rule.clone().unwrap_or_else(|| "P17.1".to_owned()), field)
            });
            return refused(early.into_iter().chain(unreadable).collect());
        }
    };
    let repeated = (!numbers.insert(line.line)).then(|| problem("line-repeated", "line"));
    let mut problems: Vec<_> = early.into_iter().chain(repeated).collect();
    match take_line(&line, &bulletin.id, bulletin.kind, issued, organisation, world) {
        Ok(taken) if problems.is_empty() => {
            let birth_years = taken.vacancy.birth_years;
            LineOutcome { line: number, vacancies: taken.count, birth_years, problems }
        }
        Ok(_) => refused(problems),
        Err(found) => {
            let text =
                |LineProblem { code, rule, field }| (String::from(code), String::from(rule), String::from(field));
            problems.extend(found.into_iter().map(text));
            refused(problems)
        }
    }
}

fn problem(code: &str, field: &str) -> (String, String, String) {
    (code.to_owned(), "P17.1".to_owned(), field.to_owned())
}

/// The seats of a bulletin as it was taken.
pub fn seats(record: &BulletinRecord, organisation: &Organisation) -> Vec<Seat> {
    let kept: Vec<Value> = serde_json::from_str(&record.body).unwrap_or_default();
    let taken = record.lines.iter().filter(|outcome| outcome.problems.is_empty());
    let lines = kept.iter().filter_map(|line| requests::bulletin_line(line).ok());
    lines
        .zip(taken)
        .flat_map(|(line, outcome)| {
            let taken = TakenLine { vacancy: vacancy(line, record, outcome, organisation), count: outcome.vacancies };
            taken.seats(organisation.bin).collect::<Vec<_>>()
        })
        .collect()
}

fn vacancy(line: BulletinLine, record: &BulletinRecord, outcome: &LineOutcome, organisation: &Organisation) -> Vacancy {
    Vacancy {
        bulletin: record.id.clone(),
        line: line.line,
        issued_at: record.issued,
        organisation_type: organisation.kind,
        settlement: organisation.settlement,
        regime_tenths: line.regime_tenths,
        language: line.language,
        stream: line.stream,
        group_type: line.group_type,
        birth_years: outcome.birth_years.clone(),
        temporary_until: line.temporary_until,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kezek_rules::calendar::Calendar;
    use kezek_rules::organisation::OrganisationType;
    use kezek_rules::policy::Policies;
    use kezek_rules::queue::StreamKind;
    use serde_json::json;

    fn organisation() -> Organisation {
        Organisation {
            bin: "990140000017".parse().expect("a BIN"),
            version: 1,
            name_kk: "Үлгі".to_owned(),
            name_ru: "Пример".to_owned(),
            kind: OrganisationType::Kindergarten,
            settlement: "750000000".parse().expect("a KATO code"),
            languages: vec!["kk".parse().expect("a language")],
            streams: vec![StreamKind::General],
            open: true,
        }
    }

    fn taken(issued: &str, lines: Value) -> BulletinRecord {
        let body = json!({
            "bulletinId": "b-1", "organisation": "990140000017", "issuedAt": issued, "kind": "current", "lines": lines,
        });
        let bulletin = requests::bulletin(&body).expect("a frame");
        let (policies, calendar) = (Policies::default(), Calendar::built_in());
        let now = "2026-01-12T05:00:00Z".parse().expect("an instant");
        record(&bulletin, &organisation(), World { now, policies: &policies, calendar: &calendar })
    }

    fn line(number: u32, count: u32) -> Value {
        json!({"line": number, "count": count, "groupType": "junior", "language": "kk", "regimeHours": 10.5})
    }

    fn codes(record: &BulletinRecord) -> Vec<String> {
        let codes = |line: &LineOutcome| {
            let codes: Vec<&str> = line.problems.iter().map(|(code, ..)| code.as_str()).collect();
            format!("{}:{}", line.line, codes.join(" "))
        };
        record.lines.iter().map(codes).collect()
    }

    #[test]
    fn p17_1_good_lines_are_taken_and_bad_ones_reported() {
        let lines = json!([line(1, 2), line(2, 0), line(1, 5), "nothing", {"line": 7, "count": "two"}, line(9, 1)]);
        let record = taken("2026-01-12T04:00:00.0009Z", lines);
        let found = codes(&record);
        assert_eq!(found[..3], ["1:", "2:count-out-of-bounds", "1:line-repeated"]);
        assert!(found[3].starts_with("0:wrong-type"), "{found:?}");
        assert!(found[4].starts_with("7:wrong-type required"), "{found:?}");
        assert_eq!(found[5], "9:");
        let seats = seats(&record, &organisation());
        let of: Vec<u16> = seats.iter().map(|seat| seat.vacancy.line).collect();
        assert_eq!(of, [1, 1, 9]);
        assert!(seats.iter().all(|seat| seat.vacancy.regime_tenths == 105 && seat.vacancy.issued_at == record.issued));
        assert!(seats.is_sorted_by_key(|seat| seat.id));
    }

    /// `P24`: the birth years are those frozen in the outcome, also when the policy is another by now.
    #[test]
    fn p24_seats_follow_from_the_record_alone() {
        let mut record = taken("2026-01-12T04:00:00Z", json!([line(1, 1)]));
        assert_eq!(record.lines[0].birth_years, [2023]);
        record.lines[0].birth_years = vec![2022];
        assert_eq!(seats(&record, &organisation())[0].vacancy.birth_years, [2022]);
    }

    #[test]
    fn p17_1_a_bulletin_from_the_future_makes_no_vacancy() {
        let record = taken("2026-01-13T05:00:00.001Z", json!([line(1, 1), line(2, 0)]));
        assert_eq!(codes(&record), ["1:issued-in-the-future", "2:issued-in-the-future count-out-of-bounds"]);
        assert!(seats(&record, &organisation()).is_empty());
        assert_eq!(codes(&taken("2026-01-13T05:00:00Z", json!([line(1, 1)]))), ["1:"]);
    }
}
