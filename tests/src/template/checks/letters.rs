//! What fails is set aside and told of: dead letters for everything that comes without someone waiting for an answer, and alarms.

use std::collections::BTreeSet;

use crate::template::read::{list, number, resource_at};
use crate::template::{Alarm, Batch, Function, Template};

/// A stream keeps its records for a day: later than this, what it sets aside can't be read again.
const STREAM_AGE_MAX: u64 = 86_400 - 3_600;

/// How often a message is received before it is a dead letter.
const RECEIPTS: u64 = 5;

/// Batches fail by the item; a stream's are split, tried for a time and set aside; a queue's are hidden long enough.
pub(super) fn batches(template: &Template) -> Vec<String> {
    let all =
        template.functions.values().flat_map(|function| function.batches.iter().map(move |batch| (function, batch)));
    all.flat_map(|(function, batch)| {
        let failures = if batch.stream { stream(batch) } else { queue(template, function, batch) };
        let whole = (!batch.partial_failures).then(|| "fails as a whole".to_owned());
        let about = format!("{} reading {}", function.folder, batch.source);
        failures.into_iter().chain(whole).map(move |what| format!("{about}: {what}")).collect::<Vec<_>>()
    })
    .collect()
}

fn stream(batch: &Batch) -> Vec<String> {
    let mut failures = Vec::new();
    let mut must = |holds: bool, what: &str| failures.extend((!holds).then(|| what.to_owned()));
    must(batch.dead_letters.as_deref() == Some("StreamDead"), "has no dead letters");
    must(batch.bisects, "doesn't split a batch that fails");
    must(batch.retries, "doesn't say how often it tries");
    must(batch.max_age.is_some_and(|age| age <= STREAM_AGE_MAX), "gives up when the records are gone");
    must(!batch.filters.is_empty(), "is woken by every write");
    failures
}

fn queue(template: &Template, function: &Function, batch: &Batch) -> Vec<String> {
    let Some(queue) = template.queues.get(&batch.source) else { return vec!["there is no such queue".to_owned()] };
    let mut failures = Vec::new();
    if queue.visibility < 6 * function.timeout {
        failures.push(format!("shows messages again after {} s", queue.visibility));
    }
    match &queue.redrive {
        None => failures.push("has no dead letters".to_owned()),
        Some((dead, receipts)) => {
            let alike = template.queues.get(dead).is_some_and(|dead| dead.fifo == queue.fifo);
            failures.extend((!alike).then(|| "has dead letters of another kind".to_owned()));
            failures.extend((*receipts != RECEIPTS).then(|| format!("gives up after {receipts} receipts")));
        }
    }
    failures
}

/// A schedule hands over its time and sets aside what it couldn't start; a function that is started so sets aside what it failed on.
/// One that serves requests must not: what it would set aside is a request, with all that stands in it.
pub(super) fn schedules(template: &Template) -> Vec<String> {
    let mut failures = Vec::new();
    for function in template.functions.values() {
        for schedule in &function.schedules {
            let name = &schedule.name;
            let input = serde_json::json!({"sweep": name, "scheduledTime": "<aws.scheduler.scheduled-time>"});
            failures.extend((schedule.input != input).then(|| format!("{name} doesn't hand over its time")));
            let dead = schedule.dead_letters.as_deref() == Some("SchedulesDead");
            failures.extend((!dead).then(|| format!("{name} has no dead letters")));
            failures.extend((!schedule.retries).then(|| format!("{name} doesn't say how long it tries")));
        }
        let (asynchronous, kept) = (!function.schedules.is_empty(), function.dead_letters.is_some());
        failures.extend((asynchronous && !kept).then(|| format!("{} has no dead letters", function.folder)));
        let requests = kept && !function.routes.is_empty();
        failures.extend(requests.then(|| format!("{} would keep requests as dead letters", function.folder)));
    }
    failures
}

/// Each target of a rule is tried for a time, and has dead letters that the rule may write.
pub(super) fn consumers(template: &Template) -> Vec<String> {
    let mut failures = Vec::new();
    for (name, rule) in template.resources("AWS::Events::Rule") {
        for target in list(&rule["Properties"]["Targets"]) {
            let dead = resource_at(target, "/DeadLetterConfig/Arn");
            failures.extend((dead.as_deref() != Some("EventsDead")).then(|| format!("{name} has no dead letters")));
            let retries = number(target, "/RetryPolicy/MaximumRetryAttempts").is_some();
            failures.extend((!retries).then(|| format!("{name} doesn't say how often it tries")));
        }
        let own = rule["Properties"]["Name"].as_str().unwrap_or_default();
        let policies = template.resources("AWS::SQS::QueuePolicy").map(|(_, policy)| policy.to_string());
        let written = policies.filter(|policy| policy.contains("EventsDead")).any(|policy| policy.contains(own));
        failures.extend((!written).then(|| format!("{name} may not write dead letters")));
    }
    failures
}

/// Every queue is read by a function or keeps dead letters; whatever keeps dead letters has an alarm at the first of them.
pub(super) fn dead_letters(template: &Template) -> Vec<String> {
    let of_functions = template.functions.values().flat_map(|function| {
        let batches = function.batches.iter().filter_map(|batch| batch.dead_letters.clone());
        let schedules = function.schedules.iter().filter_map(|schedule| schedule.dead_letters.clone());
        batches.chain(schedules).chain(function.dead_letters.clone())
    });
    let of_queues = template.queues.values().filter_map(|queue| queue.redrive.as_ref().map(|(dead, _)| dead.clone()));
    let rules = template.resources("AWS::Events::Rule").flat_map(|(_, rule)| list(&rule["Properties"]["Targets"]));
    let of_rules = rules.filter_map(|target| resource_at(target, "/DeadLetterConfig/Arn"));
    let kept: BTreeSet<String> = of_functions.chain(of_queues).chain(of_rules).collect();
    let mut failures = Vec::new();
    for queue in template.queues.keys() {
        let read =
            template.functions.values().any(|function| function.batches.iter().any(|batch| batch.source == *queue));
        match (read, kept.contains(queue)) {
            (false, false) => failures.push(format!("{queue} is read by no one and keeps nothing")),
            (false, true) => {
                let first = template.alarms.values().any(|alarm| {
                    alarm.looks_at("AWS/SQS", "ApproximateNumberOfMessagesVisible", queue)
                        && alarm.properties["Threshold"] == 1
                });
                failures.extend((!first).then(|| format!("{queue} has no alarm")));
            }
            (true, _) => {
                let old = |alarm: &Alarm| alarm.looks_at("AWS/SQS", "ApproximateAgeOfOldestMessage", queue);
                let told = template.alarms.values().any(old);
                failures.extend((!told).then(|| format!("{queue} has no alarm for what waits too long")));
            }
        }
    }
    failures
}

/// Each function's failures have an alarm of its own and stop its roll-out; one alarm sees the throttling of them all; a stream's reader
/// has one for falling behind.
pub(super) fn functions(template: &Template) -> Vec<String> {
    let mut failures = Vec::new();
    // Without a dimension the metric is that of all functions together.
    let of_all = |alarm: &Alarm| alarm.metrics.iter().any(|(_, name, whose)| name == "Throttles" && whose.is_empty());
    if !template.alarms.values().any(of_all) {
        failures.push("functions are throttled unseen".to_owned());
    }
    for (resource, function) in &template.functions {
        let errors = template.alarms.iter().find(|(_, alarm)| alarm.looks_at("AWS/Lambda", "Errors", resource));
        let stops = &template.document["Resources"][resource]["Properties"]["DeploymentPreference"]["Alarms"][0];
        match errors {
            None => failures.push(format!("{resource} has no alarm")),
            Some((alarm, _)) if stops != alarm => failures.push(format!("{resource} is rolled out past its alarm")),
            Some(_) => {}
        }
        let seen = |metric: &str| template.alarms.values().any(|alarm| alarm.looks_at("AWS/Lambda", metric, resource));
        let streams = function.batches.iter().any(|batch| batch.stream);
        failures.extend((streams && !seen("IteratorAge")).then(|| format!("{resource} may fall behind unseen")));
        let sweeps = !function.schedules.is_empty();
        failures.extend((sweeps && !seen("Invocations")).then(|| format!("{resource} may stand still unseen")));
    }
    failures
}

/// Each alarm says what it means and tells one of the two topics, also when it is over.
pub(super) fn alarms(template: &Template) -> Vec<String> {
    let mut failures = Vec::new();
    for (resource, alarm) in &template.alarms {
        let of = &alarm.properties;
        let told = matches!(alarm.topic.as_deref(), Some("AlarmTopic" | "TicketTopic"));
        failures.extend((!told).then(|| format!("{resource} tells no one")));
        failures
            .extend((of["OKActions"] != of["AlarmActions"]).then(|| format!("{resource} doesn't say when it is over")));
        failures.extend(of["AlarmDescription"].is_null().then(|| format!("{resource} doesn't say what it means")));
        failures.extend(of["TreatMissingData"].is_null().then(|| format!("{resource} doesn't know silence")));
        failures.extend(alarm.metrics.is_empty().then(|| format!("{resource} looks at nothing")));
    }
    failures
}
