//! The roles over a played town: they suffice for it, and nothing in them is idle.

use std::sync::Arc;

use kezek_local::aws::{Access, Guard as _};
use kezek_local::city::{Blueprint, TOWN};
use kezek_local::demo::{self, play::Play, script::Kind};

use super::template;
use crate::template::guard::Roles;
use crate::template::policy::Statement;

/// What roles allow and neither the town nor the examples need ask for: (function or all of them, statement, what, when it is needed).
const RARE: &[(&str, &str, &[&str], &str)] = &[
    (
        "*",
        "Pages",
        &["Get", "Put", "Delete", "R#*"],
        "whoever finds a queue without room for its change folds it (decision 0002)",
    ),
    ("*", "Organisations", &["BatchGet"], "what is read at once is one thing, mostly"),
    ("*", "Organisations", &["Delete"], "a child with a conclusion leaves a queue (P24)"),
    ("allocation", "Applications", &["BatchGet"], "siblings stand at the head of queues (P26)"),
    (
        "allocation",
        "Tasks",
        &["Delete"],
        "an application with an open duty ends by a clock that allocation meets first",
    ),
    (
        "application-intake",
        "Organisations",
        &["Put"],
        "an application with an offer is withdrawn, its seat comes free (P15.4)",
    ),
    ("application-intake", "Tasks", &["Delete"], "an application is withdrawn while an officer has it"),
    (
        "application-intake",
        "Families",
        &["Query", "F#*"],
        "while keys are replaced, whose applications an older one names",
    ),
    (
        "application-intake",
        "People",
        &["ConditionCheck"],
        "while keys are replaced, a child's lock under the other one (K1)",
    ),
    ("complaint-handling", "Applications", &["Get", "A#*"], "a complaint names an application (P18)"),
    ("document-verification", "Tasks", &["Put"], "an officer's decision opens another duty"),
    ("expiry-sweep", "Complaints", &["Get", "Put", "K#*"], "a complaint's term ends (P18)"),
    ("expiry-sweep", "Invitations", &["Get", "Put", "I#*"], "an invitation that nobody answers ends (P7)"),
    ("expiry-sweep", "People", &["Delete"], "with it goes what the state system said of the child (P7)"),
    ("expiry-sweep", "System", &["Delete"], "a recount that the sweep ends (C3)"),
    ("registry", "Applications", &["Get", "Put", "A#*"], "open terms are counted again after a patch (C3)"),
    ("registry", "Complaints", &["Get", "Put", "K#*"], "open terms are counted again after a patch (C3)"),
    ("registry", "System", &["Delete"], "a recount that ends at once (C3)"),
    ("registry", "Tasks", &["Put", "Delete", "T#*"], "officers' terms are counted again after a patch (C3)"),
    ("vacancy-ingestion", "Applications", &["Get", "Put", "A#*"], "a vacancy that is held is taken back (K3)"),
    ("vacancy-ingestion", "Tasks", &["Put", "Delete", "T#*"], "a vacancy that is held is taken back (K3)"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_town_lives_under_the_roles_and_none_of_them_allows_more() {
    let roles = Roles::keeping_count();
    crate::events::play_under(&roles).await;
    let from = "2026-01-12T04:00:00.000Z".parse().expect("an instant");
    let plan = Blueprint { seed: 5, town: TOWN.to_owned(), families: 150, towns: 1, from, years: 1 };
    let local = demo::open(&plan, None).await.expect("a base");
    assert!(local.aws().guard(Arc::clone(&roles) as Arc<_>), "one guard");
    let mut play = Play::open(Arc::clone(&local), plan, Kind::Whole).await.expect("a play");
    play.run(|_| {}).await.expect("it plays");
    let refused = roles.refused();
    assert!(refused.is_empty(), "permissions that are missing: {refused:?}");
    let is_rare = |idle: &String| {
        let mut words = idle.split(' ');
        let (function, statement, what) = (words.next(), words.next(), words.next().unwrap_or_default());
        let what = what.trim_start_matches("dynamodb:").trim_end_matches("Item");
        RARE.iter().any(|(who, sid, rare, _)| {
            (*who == "*" || Some(*who) == function) && Some(*sid) == statement && rare.contains(&what)
        })
    };
    let idle: Vec<String> = roles.idle().into_iter().filter(|idle| !is_rare(idle)).collect();
    assert!(idle.is_empty(), "permissions that nobody uses:\n{}", idle.join("\n"));
}

/// A reason for a permission that no role has is a reason for nothing.
#[test]
fn what_is_rare_is_allowed() {
    let template = template();
    for (who, sid, rare, why) in RARE {
        let functions = template.functions.values().filter(|function| *who == "*" || function.folder == *who);
        let statements = functions.filter_map(|function| template.roles.get(&function.role)).flatten();
        let named: Vec<_> = statements.filter(|statement| statement.sid == *sid).collect();
        for what in *rare {
            let actions = [format!("dynamodb:{what}Item"), format!("dynamodb:{what}")];
            let said = |statement: &&Statement| {
                actions.iter().any(|action| statement.actions.contains(action))
                    || statement.leading_keys().iter().any(|key| key == what)
            };
            assert!(named.iter().any(said), "{who} {sid} {what}: {why}");
        }
    }
}

#[test]
fn what_a_role_does_not_say_is_refused() {
    let roles = Roles::deployed();
    let allows = |caller, action: &str, resource: &str, key: &str| {
        let leading_keys = if key.is_empty() { Vec::new() } else { vec![key.to_owned()] };
        roles.allows(&Access { caller, action: action.to_owned(), resource: resource.to_owned(), leading_keys })
    };
    assert!(allows("queue-view", "dynamodb:GetItem", "kezek", "A#1"));
    assert!(!allows("queue-view", "dynamodb:PutItem", "kezek", "A#1"), "it only reads");
    assert!(!allows("queue-view", "dynamodb:GetItem", "kezek", "P#1"), "it knows nobody");
    assert!(!allows("queue-view", "dynamodb:Query", "kezek/index/agenda", "DUE#work#0"), "no deadlines");
    assert!(!allows("queue-view", "dynamodb:Scan", "kezek", ""), "nobody may Scan");
    assert!(!allows("allocation", "events:PutEvents", "kezek", ""), "only the publisher publishes");
    assert!(allows("event-publisher", "sqs:SendMessage", "allocation.fifo", ""));
    assert!(!allows("event-publisher", "sqs:SendMessage", "bulletins", ""), "it posts no bulletins");
    assert!(!allows("nobody", "dynamodb:GetItem", "kezek", "A#1"));
}
