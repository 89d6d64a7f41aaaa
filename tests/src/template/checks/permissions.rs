//! Who may do what: exact actions on exact resources, one role for each function, no Scan, and the table by kinds of items.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::template::Template;
use crate::template::policy::{self, Statement};
use crate::template::read::list;

/// Where a wildcard stands because AWS accepts nothing narrower: (owner of the policy, statement, what it says, why). `…Role` and
/// `…Logs` stand for any function's own.
const WILDCARDS: &[(&str, &str, &str, &str)] = &[
    ("DataKey", "Account", "kms:*", "without it nobody could ever change the key's policy"),
    ("DataKey", "Account", "*", "a key's policy speaks of its own key, which it can't name"),
    ("DataKey", "Logs", "*", "a key's policy speaks of its own key, which it can't name"),
    ("RolloutRole", "Watch", "*", "CodeDeploy asks for alarms without naming a resource"),
    ("…Role", "Traces", "*", "X-Ray has no resources"),
    ("…Role", "Logs", "log-group:${…Logs}:*", "the streams of a function's own log group are named at run time"),
];

/// What may stand before the first `#` of a leading key, or be all of it.
const KINDS: &[&str] =
    &["A#", "B", "C", "D#B#", "D#I#", "D#K#", "DUE#", "F#", "I#", "K#", "L#", "O#", "OPEN#", "P#", "R#", "T#", "X"];

/// Every policy of the template: its owner and its statements.
fn policies(template: &Template) -> BTreeMap<String, Vec<Statement>> {
    let of_keys = template.resources("AWS::KMS::Key").map(|(name, key)| (name, &key["Properties"]["KeyPolicy"]));
    let of_queues = template.resources("AWS::SQS::QueuePolicy");
    let of_queues = of_queues.map(|(name, queue)| (name, &queue["Properties"]["PolicyDocument"]));
    let documents = of_keys.chain(of_queues).map(|(name, document)| (name.clone(), policy::document(document)));
    template.roles.clone().into_iter().chain(documents).collect()
}

fn is_excused(owner: &str, statement: &Statement, text: &str) -> bool {
    let function = owner.strip_suffix("Role").unwrap_or_default();
    WILDCARDS.iter().any(|(who, sid, what, _)| {
        let whose = *who == owner || (*who == "…Role" && !function.is_empty());
        let own = what.replace('…', function);
        whose && *sid == statement.sid && (text == own || (own.contains('$') && text.ends_with(&own)))
    })
}

/// No wildcard in an action or a resource, but where AWS accepts nothing else; and no excuse that nobody needs.
pub(super) fn wildcards(template: &Template) -> Vec<String> {
    let mut failures = Vec::new();
    for (owner, statements) in policies(template) {
        for statement in &statements {
            if statement.actions.is_empty() || statement.resources.is_empty() {
                failures.push(format!("{owner}/{} names no action or no resource", statement.sid));
            }
            let all = statement.actions.iter().chain(&statement.resources);
            let wild = all.filter(|text| text.contains('*') && !is_excused(&owner, statement, text));
            failures.extend(wild.map(|text| format!("{owner}/{} has a wildcard: {text}", statement.sid)));
        }
    }
    failures
}

/// Nobody may Scan, nor do what amounts to it; and nobody gets a policy that isn't written here.
pub(super) fn scans(template: &Template) -> Vec<String> {
    let mut failures = Vec::new();
    for (role, statements) in &template.roles {
        let actions = statements.iter().filter(|statement| statement.allows).flat_map(|statement| &statement.actions);
        let wide = ["Scan", "PartiQL", "ExportTable", "NotAction"];
        let scans = actions.filter(|action| wide.iter().any(|word| action.contains(word)));
        failures.extend(scans.map(|action| format!("{role} allows {action}")));
    }
    let managed =
        template.resources("AWS::IAM::Role").filter(|(_, role)| !role["Properties"]["ManagedPolicyArns"].is_null());
    failures.extend(managed.map(|(role, _)| format!("{role} has a policy that isn't written here")));
    let generated =
        template.resources("AWS::Serverless::Function").filter(|(_, f)| !f["Properties"]["Policies"].is_null());
    failures.extend(generated.map(|(function, _)| format!("{function} has a policy that isn't its role's")));
    failures
}

/// Each function has a role of its own, that only Lambda can take and only this function runs as.
pub(super) fn shared_roles(template: &Template) -> Vec<String> {
    let mut failures = Vec::new();
    let mut users: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (resource, function) in &template.functions {
        users.entry(&function.role).or_default().push(resource);
        if function.role != format!("{resource}Role") {
            failures.push(format!("{resource} runs as {}", function.role));
        }
        let trust = template.document["Resources"][&function.role]["Properties"]["AssumeRolePolicyDocument"].clone();
        let takers: Vec<&Json> = list(&trust["Statement"]).map(|statement| &statement["Principal"]).collect();
        if takers != [&serde_json::json!({"Service": "lambda.amazonaws.com"})] {
            failures.push(format!("{} can be taken by others than Lambda", function.role));
        }
    }
    let shared = users.iter().filter(|(_, users)| users.len() > 1);
    failures.extend(shared.map(|(role, users)| format!("{role} is shared by {}", users.join(" and "))));
    failures
}

/// Whatever is allowed on the table's items is allowed on some kinds of items only; people's only where a table of this test says so.
pub(super) fn leading_keys(template: &Template) -> Vec<String> {
    let mut failures = Vec::new();
    let mut people = BTreeSet::new();
    for (role, statements) in &template.roles {
        for statement in statements.iter().filter(|statement| statement.is_of_items()) {
            let keys = statement.leading_keys();
            if keys.is_empty() {
                failures.push(format!("{role}/{} is open to every kind of item", statement.sid));
            }
            let kind = |key: &str| KINDS.contains(&key.strip_suffix('*').unwrap_or(key));
            let strange = keys.iter().filter(|key| !kind(key));
            failures
                .extend(strange.map(|key| format!("{role}/{} names {key}, which is no kind of item", statement.sid)));
            if keys.iter().any(|key| key == "P#*") {
                people.insert(role.clone());
            }
        }
    }
    let known = PEOPLE.iter().map(|(role, _)| (*role).to_owned()).collect();
    failures.extend(crate::template::differences("reader or writer of people's files", &people, &known));
    failures
}

/// Who may touch the files of children, and for what.
const PEOPLE: &[(&str, &str)] = &[
    ("AllocationRole", "the lock of the child that a referral is issued to or that leaves"),
    ("ApplicationIntakeRole", "the file of a new application, its phone, its lock"),
    ("DocumentVerificationRole", "the number by which the registers are asked, the lock"),
    ("EnrolmentRole", "what the organisation that expects the child is told, the lock"),
    ("ExpirySweepRole", "the lock of an application that ends by a term"),
];

impl Statement {
    /// Whether it is about items of the table.
    pub(crate) fn is_of_items(&self) -> bool {
        self.allows
            && self.actions.iter().any(|action| action.starts_with("dynamodb:"))
            && self.resources.iter().any(|resource| resource == "Table.Arn" || resource.contains("/index/"))
    }

    /// Whether it is for what Lambda does around the function's own code: logs, traces, reading queues and the stream, setting aside.
    pub(crate) fn is_lambdas_own(&self) -> bool {
        ["Logs", "Traces", "Key", "ReadQueue", "ReadStream", "SetAside"].contains(&self.sid.as_str())
    }
}
