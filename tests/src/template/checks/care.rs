//! What a deployment owes its data and its users: encryption, an end of logs, a table that can't be lost, limits that hold.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::repository::files;
use crate::template::read::{all_texts, members, number, texts};
use crate::template::{Template, differences};

/// An account has a thousand instances, of which a hundred must stay unreserved.
const RESERVED_MAX: u64 = 900;

/// Queues are encrypted, and keep what nobody fetches for fourteen days.
pub(super) fn queues(template: &Template) -> Vec<String> {
    let mut failures = Vec::new();
    for (name, queue) in template.resources("AWS::SQS::Queue") {
        let of = &queue["Properties"];
        let encrypted = of["SqsManagedSseEnabled"] == true || of["KmsMasterKeyId"].is_string();
        failures.extend((!encrypted).then(|| format!("{name} isn't encrypted")));
        let kept = number(of, "/MessageRetentionPeriod") == Some(14 * 86_400);
        failures.extend((!kept).then(|| format!("{name} doesn't keep its messages for fourteen days")));
    }
    failures
}

/// The table has a key of its own, a way back to any second, a stream with both images, and stays when the stack goes.
pub(super) fn table(template: &Template) -> Vec<String> {
    let mut failures = Vec::new();
    for (name, table) in template.resources("AWS::DynamoDB::Table") {
        let of = &table["Properties"];
        let sse = &of["SSESpecification"];
        let must = [
            (sse["SSEEnabled"] == true && sse["KMSMasterKeyId"] == "DataKey.Arn", "isn't encrypted with its own key"),
            (of["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] == true, "has no way back"),
            (of["DeletionProtectionEnabled"] == "DeletionProtection", "isn't protected from deletion"),
            (table["DeletionPolicy"] == "Retain" && table["UpdateReplacePolicy"] == "Retain", "goes with the stack"),
            (of["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES", "streams too little"),
            (of["GlobalSecondaryIndexes"][0]["IndexName"] == "agenda", "has no agenda"),
        ];
        failures.extend(must.iter().filter(|(holds, _)| !holds).map(|(_, what)| format!("{name} {what}")));
    }
    for (name, key) in template.resources("AWS::KMS::Key") {
        let kept = key["DeletionPolicy"] == "Retain" && key["Properties"]["EnableKeyRotation"] == true;
        failures.extend((!kept).then(|| format!("{name} goes with the stack, or isn't rotated")));
    }
    let protected = &template.document["Parameters"]["DeletionProtection"]["Default"];
    failures.extend((protected != "true").then(|| "the table isn't protected unless someone asks".to_owned()));
    failures
}

/// TTL deletes by an attribute that is no key, and that no code reads: nothing waits for a deletion.
pub(super) fn ttl(template: &Template) -> Vec<String> {
    let mut failures = Vec::new();
    for (name, table) in template.resources("AWS::DynamoDB::Table") {
        let ttl = &table["Properties"]["TimeToLiveSpecification"];
        failures.extend((ttl["AttributeName"] != "ttl").then(|| format!("{name} deletes by {}", ttl["AttributeName"])));
    }
    let patterns =
        template.functions.values().flat_map(|function| function.batches.iter().map(move |batch| (function, batch)));
    for (function, batch) in patterns {
        let waits = batch.filters.iter().any(|filter| filter.to_string().contains("REMOVE"));
        failures.extend(waits.then(|| format!("{} waits for deletions", function.folder)));
    }
    let deployed =
        files().into_iter().filter(|file| file.is_rust() && (file.within("shared") || file.within("functions")));
    let users = deployed.filter(|file| file.text.contains("\"ttl\""));
    failures.extend(users.map(|file| format!("{} uses the attribute `ttl`", file.path)));
    failures
}

/// Each function and the API write to a log group of their own; every log group ends its lines after a time and has a key.
pub(super) fn logs(template: &Template) -> Vec<String> {
    let mut failures = Vec::new();
    for (name, group) in template.resources("AWS::Logs::LogGroup") {
        let of = &group["Properties"];
        let ends = of["RetentionInDays"] == "LogRetentionDays" || of["RetentionInDays"].is_u64();
        failures.extend((!ends).then(|| format!("{name} keeps its lines for ever")));
        failures
            .extend((of["KmsKeyId"] != "DataKey.Arn").then(|| format!("{name} isn't encrypted with the stack's key")));
    }
    for resource in template.functions.keys() {
        let group = &template.document["Resources"][resource]["Properties"]["LoggingConfig"]["LogGroup"];
        let own = format!("{resource}Logs");
        failures.extend((*group != own).then(|| format!("{resource} doesn't write to {own}")));
    }
    let access = &api(template)["AccessLogSettings"];
    failures.extend(access["DestinationArn"].is_null().then(|| "requests aren't logged".to_owned()));
    let format = access["Format"].as_str().unwrap_or_default();
    let personal = ["$context.path", "sourceIp", "userAgent", "claims", "$request"];
    let shown = personal.iter().filter(|word| format.contains(**word));
    failures.extend(shown.map(|word| format!("the log of requests shows {word}")));
    failures
}

fn api(template: &Template) -> Json {
    let api = template.resources("AWS::Serverless::HttpApi").next().map(|(_, api)| api["Properties"].clone());
    api.unwrap_or_default()
}

/// Every route has a limit: its own, or that of all others; each limit is a number of the mapping, for every size. Public routes, and
/// those that make something, have their own.
pub(super) fn throttling(template: &Template) -> Vec<String> {
    let api = api(template);
    let mut failures = Vec::new();
    let mut kinds = BTreeSet::new();
    let settings = members(&api, "/RouteSettings").map(|(route, limits)| (route.clone(), limits));
    for (route, limits) in settings.chain([("any other route".to_owned(), &api["DefaultRouteSettings"])]) {
        let (rate, burst) = (texts(&limits["ThrottlingRateLimit"]), texts(&limits["ThrottlingBurstLimit"]));
        match (rate.as_slice(), burst.as_slice()) {
            ([map, size, kind], [map2, size2, kind2])
                if (map, size) == (map2, size2) && map == "Throttling" && *kind2 == format!("{kind}Burst") =>
            {
                kinds.insert(kind.clone());
            }
            _ => failures.push(format!("{route} has no limit of the mapping")),
        }
    }
    let limited: BTreeSet<String> = members(&api, "/RouteSettings").map(|(route, _)| route.clone()).collect();
    let routes = template.functions.values().flat_map(|function| &function.routes);
    let known: BTreeSet<String> = routes.clone().map(|route| format!("{} {}", route.method, route.path)).collect();
    failures.extend(limited.difference(&known).map(|route| format!("{route} has a limit and isn't a route")));
    let of_all = routes.filter(|route| route.public).map(|route| format!("{} {}", route.method, route.path));
    failures.extend(
        of_all.filter(|route| !limited.contains(route)).map(|route| format!("{route} has no limit of its own")),
    );
    for (size, numbers) in members(&template.document, "/Mappings/Throttling") {
        for kind in &kinds {
            let of = |name: &str| numbers[name].as_u64().unwrap_or(0);
            let sane = of(kind) > 0 && of(&format!("{kind}Burst")) >= of(kind);
            failures.extend((!sane).then(|| format!("{kind} has no sane limit in {size}")));
        }
    }
    failures
}

/// Each function reserves what the mapping says for the size, and all of them together leave an account what it needs.
pub(super) fn concurrency(template: &Template) -> Vec<String> {
    let mut failures = Vec::new();
    for resource in template.functions.keys() {
        let reserved = &template.document["Resources"][resource]["Properties"]["ReservedConcurrentExecutions"];
        let said = all_texts(reserved) == ["Reserves", "Concurrency", "Size", resource, "AWS::NoValue"];
        failures.extend((!said).then(|| format!("{resource} doesn't reserve by the mapping")));
    }
    let functions: BTreeSet<&String> = template.functions.keys().collect();
    for (size, numbers) in members(&template.document, "/Mappings/Concurrency") {
        let known = numbers.as_object().into_iter().flatten().map(|(name, _)| name).collect();
        failures.extend(differences(&format!("concurrency of {size}"), &known, &functions));
        let sum: u64 = numbers.as_object().into_iter().flatten().filter_map(|(_, number)| number.as_u64()).sum();
        failures.extend((sum > RESERVED_MAX).then(|| format!("{size} reserves {sum} instances")));
    }
    failures
}
