//! A few seeds, the same seed twice, and systems that are broken on purpose: the simulation has to find them out.

use kezek_local::aws::Call;
use serde_json::Value;

use crate::{
    faults::Fault,
    run::{Outcome, run},
    sim::Setting,
};

fn setting(seed: u64, steps: u32) -> Setting {
    Setting { seed, steps, ..Setting::default() }
}

fn holds(outcome: &Outcome) {
    let told = outcome.broken.as_ref().map(ToString::to_string).unwrap_or_default();
    assert!(outcome.broken.is_none(), "seed {} after {} steps: {told}", outcome.seed, outcome.steps);
}

#[test]
fn the_promise_holds_in_a_few_seeds() {
    for seed in 1..=4 {
        holds(&run(setting(seed, 120)));
    }
}

#[test]
fn a_seed_run_again_is_the_same_to_the_last_call() {
    for seed in [5, 6] {
        let [first, second] = [(); 2].map(|()| run(Setting { told: true, ..setting(seed, 120) }));
        let differs = first.lines.iter().zip(&second.lines).position(|(one, other)| one != other);
        let at = differs.map(|at| (at, &first.lines[at], &second.lines[at]));
        assert_eq!((at, first.lines.len()), (None, second.lines.len()), "seed {seed}");
        assert_eq!((first.digest, first.faults, first.calls), (second.digest, second.faults, second.calls));
    }
}

#[test]
fn every_kind_of_fault_strikes_when_it_is_asked_for() {
    for (fault, name, _) in Fault::ALL {
        let struck = (1..=12).any(|seed| {
            let outcome = run(Setting { only: vec![fault], ..setting(seed, 60) });
            holds(&outcome);
            outcome.faults.of(fault) > 0
        });
        assert!(struck, "{name} never struck");
    }
}

/// The first of some seeds under which a broken system is found out, and what is said of it.
fn found(sabotage: fn(&mut Call)) -> Option<String> {
    (1..=12).find_map(|seed| {
        let outcome = run(Setting { sabotage: Some(sabotage), ..setting(seed, 150) });
        outcome.broken.map(|broken| broken.to_string())
    })
}

/// Changes the parts of transactions that concern items of a kind: seats, applications and so on, by how their sort keys begin.
fn change(call: &mut Call, sort_key: &str, change: impl Fn(&mut Value)) {
    let Ok(mut body) = serde_json::from_slice::<Value>(&call.body) else { return };
    for part in body["TransactItems"].as_array_mut().into_iter().flatten() {
        let Some(write) = part.as_object_mut().and_then(|part| part.values_mut().next()) else { continue };
        let key = write["Key"]["sk"]["S"].as_str().or_else(|| write["Item"]["sk"]["S"].as_str());
        if key.is_some_and(|key| key.starts_with(sort_key)) {
            change(write);
        }
    }
    call.body = body.to_string().into_bytes();
}

fn without_condition(write: &mut Value) {
    // A condition that always holds, so that the names and values of the real one needn't be found and left out.
    let condition =
        write["ConditionExpression"].as_str().map(|condition| format!("({condition}) OR attribute_exists(pk)"));
    if let Some(condition) = condition {
        write["ConditionExpression"] = condition.into();
    }
}

#[test]
fn a_seat_and_queue_written_without_condition_are_found() {
    let broken = |call: &mut Call| {
        if call.target.ends_with("TransactWriteItems") {
            change(call, "S#", without_condition);
            change(call, "Q#", without_condition);
            change(call, "A", without_condition);
        }
    };
    let said = found(broken).expect("it is found");
    assert!(said.starts_with("promise"), "{said}");
}

#[test]
fn an_event_that_isnt_written_is_found() {
    let broken = |call: &mut Call| {
        if !call.target.ends_with("TransactWriteItems") {
            return;
        }
        let Ok(mut body) = serde_json::from_slice::<Value>(&call.body) else { return };
        let Some(parts) = body["TransactItems"].as_array_mut() else { return };
        let is_reminder = |part: &Value| {
            part["Put"]["Item"]["body"]["S"].as_str().is_some_and(|body| body.contains("\"what\":\"suspended\""))
        };
        parts.retain(|part| !is_reminder(part));
        call.body = body.to_string().into_bytes();
    };
    let said = found(broken).expect("it is found");
    assert!(said.starts_with("promise"), "{said}");
}

#[test]
fn a_notice_that_isnt_kept_is_found() {
    let broken = |call: &mut Call| {
        let text = String::from_utf8_lossy(&call.body);
        if call.target.ends_with(".PutItem") && text.contains("\"notice\"") && text.contains("\"offer\"") {
            // It goes into a cabinet that no one looks into.
            call.body = text.replace("\"A#", "\"Z#").into_bytes();
        }
    };
    let said = found(broken).expect("it is found");
    assert!(said.contains("outbox"), "{said}");
}
