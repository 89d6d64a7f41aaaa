//! A random story is played to the system and to the model of the Order at once, and after every step both must show the same.
//! Never here: an expectation of its own.

mod acts;
mod benefits;
mod complaints;
mod counts;
mod enrolment;
mod families;
mod invitations;
mod look;
mod offices;
mod provider;
mod variants;

use std::collections::BTreeMap;

use kezek_fixtures as fixtures;
use kezek_fixtures::chance::Chance;
use kezek_rules::ids::Bin;
use serde_json::{Value, json};

use crate::model::Model;
use crate::model::state::Organisation;
use crate::model::view::View;
use crate::world::{MONDAY, Parent, SETTLEMENT, World};
use counts::Counts;
use variants::Variant;

/// A story under way.
struct Story {
    world: World,
    model: Model,
    chance: Chance,
    gardens: Vec<Bin>,
    /// Applicants and their children, by their numbers.
    children: Vec<(u32, u32)>,
    /// Who submitted the n-th application.
    parents: Vec<Parent>,
    /// The complaints and invitations, by their ids, with whose they are.
    complaints: Vec<(String, u32)>,
    invitations: Vec<(String, u32)>,
    bulletins: u32,
    /// How many versions of the policy were published, and how often the calendar was patched.
    policies: u32,
    patches: u32,
    /// What was done, and how often it was allowed.
    counts: Counts,
    /// What the model showed of each application at the last look.
    looked: Vec<View>,
    /// The same of complaints and invitations, by their ids.
    looked_beside: BTreeMap<String, View>,
    /// The pseudonyms of entries, and whose they are.
    tags: BTreeMap<(Bin, String), usize>,
}

/// What an organisation serves beside the general stream.
const STREAMS: [&[&str]; 4] =
    [&["general", "special"], &["general", "special", "sanatorium"], &["general", "sanatorium"], &["general"]];

impl Story {
    async fn new(seed: u64, variant: Variant, counts: Counts) -> Self {
        let world = World::at(MONDAY).await;
        let model = Model::new(world.local.now(), variant.policy);
        let mut story = Self {
            world,
            model,
            chance: Chance::new(seed),
            gardens: Vec::new(),
            children: Vec::new(),
            parents: Vec::new(),
            complaints: Vec::new(),
            invitations: Vec::new(),
            bulletins: 0,
            policies: 0,
            patches: 0,
            counts,
            looked: Vec::new(),
            looked_beside: BTreeMap::new(),
            tags: BTreeMap::new(),
        };
        if variant.changes != json!({}) {
            story.put_policy(&variant.changes, "2024-01-01").await;
        }
        for (n, streams) in (1..).zip(STREAMS) {
            story.open(n, streams).await;
        }
        story
    }

    /// The n-th organisation comes into the registry.
    async fn open(&mut self, n: u32, streams: &[&str]) {
        let bin = fixtures::bin(n);
        let mut body = fixtures::organisation(SETTLEMENT);
        body["streams"] = json!(streams);
        let path = format!("/v1/workplace/organisations/{bin}");
        let answer = self.world.call("PUT", &path, &self.world.officer().await, &body).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
        let languages = vec!["kk".to_owned(), "ru".to_owned()];
        let streams = streams.iter().map(|stream| (*stream).to_owned()).collect();
        self.model.put_organisation(Organisation { bin, languages, streams, open: true });
        self.gardens.push(bin);
    }

    /// Publishes a version of the story's policy.
    async fn put_policy(&mut self, changes: &Value, from: &str) {
        self.policies += 1;
        let body = variants::body(changes, self.policies, from);
        let answer = self.world.call("PUT", POLICY, &self.world.officer().await, &body).await;
        assert_eq!(answer.status, 201, "{}", answer.json());
    }
}

/// After so many steps everything is looked at, in between what moved.
const FULL_LOOK: usize = 10;

const POLICY: &str = "/v1/workplace/policies/agreement";

/// Of so many steps is a story, unless the Order leaves open how it goes on.
const STORY: usize = 350;

/// Plays stories until so many steps are done, and until all is done that can be done; three times as many must be enough for that.
async fn check(seed: u64, n: usize, steps: usize) {
    let mut counts = Counts::default();
    for seed in seed.. {
        let told = play(seed, n, STORY, &mut counts).await;
        assert!(told.is_none(), "{}", told.unwrap_or_default());
        let missing = counts.missing(variants::never(n), n == 0);
        if counts.steps >= steps && missing.is_empty() {
            break;
        }
        let enough = counts.steps < 3 * steps;
        assert!(enough, "in {} steps there was no {}\n{counts}", counts.steps, missing.join(", no "));
    }
}

/// Plays one of so many steps under the n-th variant, or as far as the Order decides what happens: what was done, and how they came
/// to disagree, if they did.
async fn play(seed: u64, n: usize, steps: usize, counts: &mut Counts) -> Option<String> {
    let mut story = Story::new(seed, Variant::new(n), std::mem::take(counts)).await;
    let mut log = Vec::new();
    let mut told = None;
    for step in 1..=steps {
        let (did, mut differs) = story.act().await;
        if story.model.is_open {
            break;
        }
        story.counts.steps += 1;
        log.push(format!("{step}. {did}"));
        // Where the answers differ the one has applications that the other hasn't.
        if differs.is_empty() {
            differs += &story.disagreements(step % FULL_LOOK == 0 || step == steps).await;
        }
        if !differs.is_empty() {
            let before = leading_up(&log, &differs);
            told = Some(format!("variant {n}, seed {seed}, step {step}\n{before}\nThey disagree:\n{differs}"));
            break;
        }
    }
    if told.is_none() {
        told =
            story.breaches().map(|broken| format!("variant {n}, seed {seed}\n{}\n{broken}", leading_up(&log, &broken)));
    }
    if told.is_none() {
        story.world.again_is_a_no_op().await;
        story.count_ends();
    }
    *counts = story.counts;
    told
}

impl Story {
    /// What the independent checker finds, with applications called by their numbers in the story.
    fn breaches(&self) -> Option<String> {
        let report = self.world.local.check().expect("the base can be read");
        let named =
            |text: String, (a, parent): (usize, &Parent)| text.replace(&parent.id, &format!("application {a},"));
        (!report.is_clean()).then(|| self.parents.iter().enumerate().fold(report.to_string(), named))
    }
}

/// The last twenty steps, and what was done with the application that they disagree about before.
fn leading_up(log: &[String], differs: &str) -> String {
    let about = differs.split("application ").nth(1).and_then(|rest| rest.split([',', ' ']).next());
    let about = about.map(|a| format!("application {a}"));
    let (before, last) = log.split_at(log.len().saturating_sub(20));
    let named = |line: &&String| {
        let end = about.as_ref().and_then(|about| line.split_once(about.as_str()));
        end.is_some_and(|(_, rest)| !rest.starts_with(|c: char| c.is_ascii_digit()))
    };
    before.iter().filter(named).chain(last).cloned().collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn agreement_under_the_first_listed_decisions() {
    check(100, 0, 700).await;
}

#[tokio::test]
async fn agreement_under_other_hours_and_terms() {
    check(200, 1, 700).await;
}

#[tokio::test]
async fn agreement_where_a_decline_ends_the_application() {
    check(300, 2, 700).await;
}

#[tokio::test]
async fn agreement_without_siblings_and_reviews() {
    check(400, 3, 700).await;
}

#[tokio::test]
async fn agreement_where_the_unconfirmed_stand_in_the_general_lane() {
    check(500, 4, 700).await;
}

#[tokio::test]
async fn agreement_where_organisations_are_added_at_their_own_instants() {
    check(600, 5, 700).await;
}

#[tokio::test]
async fn agreement_where_a_child_holds_one_offer_at_most() {
    check(700, 6, 350).await;
}

/// Many stories, each told as far as both agree: from `SEED` on, so many `STORIES` of so many `STEPS`.
#[tokio::test]
#[ignore = "takes minutes: for the search after disagreements"]
#[expect(clippy::disallowed_methods, reason = "the settings of whoever searches")]
async fn agreement_in_many_stories() {
    let number = |name: &str, usual: u64| std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(usual);
    let (from, count, steps) = (number("SEED", 1_000), number("STORIES", 18), number("STEPS", 250));
    let mut disagreed = Vec::new();
    for seed in from..from + count {
        let variant = number("VARIANT", seed % 7);
        let n = usize::try_from(variant).expect("small");
        let mut counts = Counts::default();
        let told = play(seed, n, usize::try_from(steps).expect("small"), &mut counts).await;
        eprintln!("seed {seed}, variant {n}: {}\n{counts}", told.as_deref().unwrap_or("agreed"));
        disagreed.extend(told);
    }
    assert!(disagreed.is_empty(), "{}", disagreed.join("\n"));
}
