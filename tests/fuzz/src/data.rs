//! Data that officers and operators write: policies, calendars, secrets, key sets. What is accepted comes back the same, and can be lived
//! with.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use kezek_rules::calendar::{Calendar, YearTable};
use kezek_rules::policy::{Policies, Policy, PolicyVersion};
use kezek_rules::terms;
use kezek_shell::identity::KeySet;
use kezek_shell::versions::Versions;
use serde_json::{Value, json};

use crate::targets::holds;
use crate::{Random, mutate, tokens};

static POLICY: LazyLock<Value> = LazyLock::new(|| {
    let policy = serde_json::to_value(Policy::default()).unwrap_or_default();
    json!({"id": "pilot", "version": 2, "from": "2026-01-01", "until": "2027-01-01", "territory": ["75", "7110"], "policy": policy})
});

fn noon(day: &str) -> DateTime<Utc> {
    format!("{day}T07:00:00Z").parse().unwrap_or_default()
}

/// A version of a policy (`K5`).
pub fn policies(random: &mut Random) -> Result<(), String> {
    let body = mutate::json(random, &POLICY);
    let Ok(version) = serde_json::from_value::<PolicyVersion>(body.clone()) else { return Ok(()) };
    let written = serde_json::to_value(&version).map_err(|error| error.to_string())?;
    let again = serde_json::from_value::<PolicyVersion>(written).map_err(|error| error.to_string())?;
    holds(again == version, || format!("{body} comes back otherwise"))?;
    if version.validate().is_err() {
        return Ok(());
    }
    let (policy, calendar) = (&version.policy, Calendar::built_in());
    let (now, born) = (noon("2026-01-12"), "2022-02-28".parse().unwrap_or_default());
    let today = terms::local_date(now);
    let terms_end = [
        terms::end_of(terms::calendar_days(today, policy.answer_calendar_days), policy.term_end),
        terms::end_of(terms::working_days(&calendar, today, policy.referral_working_days), policy.term_end),
        terms::end_of(terms::working_days(&calendar, today, policy.suspension_working_days), policy.term_end),
        terms::acceptance(&calendar, policy, now),
    ];
    holds(terms_end.iter().all(|end| *end >= now - chrono::TimeDelta::days(1)), || {
        format!("a term ends before it begins: {body}")
    })?;
    let _ = terms::age_out(born, policy);
    let _ = terms::may_be_queued_by_birth_year(born, now, policy);
    let _ = terms::interest_instants(now, 1, policy);
    let _ = terms::sms_at(policy, now);
    let reference = version.reference();
    let all = Policies(vec![version.clone()]);
    holds(all.get(&reference) == Some(&version), || format!("{reference} isn't found"))?;
    let _ = all.in_force("750000000", now);
    let _ = all.fewest_general("750000000", now, noon("2028-01-01"));
    Ok(())
}

/// A year's table of the calendar (`C3`).
pub fn calendars(random: &mut Random) -> Result<(), String> {
    let good = json!({
        "year": 2027, "daysOff": ["2027-01-01", "2027-01-04", "2027-03-08", "2027-12-16"], "workingWeekends": ["2027-03-06"],
        "projected": true, "holidays": ["01-01", "01-02", "03-08", "12-16"]
    });
    let body = mutate::json(random, &good);
    let Ok(table) = serde_json::from_value::<YearTable>(body.clone()) else { return Ok(()) };
    let written = serde_json::to_value(&table).map_err(|error| error.to_string())?;
    let again = serde_json::from_value::<YearTable>(written).map_err(|error| error.to_string())?;
    holds(again == table, || format!("{body} comes back otherwise"))?;
    if table.validate().is_err() {
        return Ok(());
    }
    let calendar = Calendar::built_in().with_year(table.clone());
    for day in &table.days_off {
        holds(!calendar.is_working_day(*day), || format!("{day} is off, and worked"))?;
    }
    for day in &table.working_weekends {
        holds(calendar.is_working_day(*day), || format!("{day} is worked, and off"))?;
    }
    let day = terms::local_date(noon("2026-12-30"));
    let (next, tenth) = (calendar.next_working_day_after(day), calendar.add_working_days(day, 10));
    holds(next > day && tenth > next && calendar.is_working_day(tenth), || format!("no working days in {body}"))?;
    let _ = calendar.wanted_tables(day);
    Ok(())
}

/// Secrets with versions, and an issuer's key set.
pub fn secrets(random: &mut Random) -> Result<(), String> {
    let secret = "a secret that nobody guesses, of 40 bytes";
    let good = json!({"current": 2, "keys": {"1": secret, "2": format!("{secret} more")}});
    let text = mutate::json(random, &good).to_string();
    match Versions::parse(&text) {
        Ok(versions) => {
            let all = std::iter::once(&versions.current).chain(&versions.others);
            holds(all.clone().all(|(_, secret)| secret.chars().count() >= 32), || {
                "a secret that is guessed".to_owned()
            })?;
            holds(!format!("{versions:?}").contains(secret), || "a secret is shown".to_owned())?;
        }
        Err(error) => holds(!error.to_string().contains("guesses"), || format!("{error} shows a secret"))?,
    }
    let set = mutate::json(random, tokens::key_set());
    let bytes = mutate::bytes(random, set.to_string().as_bytes());
    if let Some(set) = KeySet::parse(&bytes) {
        holds(set.count() > 0, || "a set of no keys".to_owned())?;
    }
    Ok(())
}
