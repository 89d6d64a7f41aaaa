//! The tests that hold the template against the code, against the operations guide, and its checks against spoilt templates.

mod events;
mod guide;
mod roles;
mod spoilt;

use std::collections::BTreeSet;
use std::fmt::Debug;

use super::{Template, differences};

fn template() -> Template {
    Template::load().expect("template.yaml can be read")
}

fn agree<T: Ord + Debug>(what: &str, found: &BTreeSet<T>, known: &BTreeSet<T>) {
    let found = differences(what, found, known);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn everything_holds_that_must() {
    let failures = super::checks::failures(&template());
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn short_forms_are_read_by_what_they_name() {
    let text = "Resources:\n  A:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Sub kezek-${Stage}-a\n      \
                RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 5 }\n";
    let template = Template::parse(text).expect("a template");
    assert_eq!(template.queues["A"].name, "a");
    assert_eq!(template.queues["A"].redrive, Some(("Dead".to_owned(), 5)));
}

#[test]
fn both_directions_of_a_difference_are_reported() {
    let found = differences("route", &BTreeSet::from(["a", "b"]), &BTreeSet::from(["b", "c"]));
    assert_eq!(found.len(), 2);
    assert!(found[0].contains("\"c\"") && found[1].contains("\"a\""), "{found:?}");
}
