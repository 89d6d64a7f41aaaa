//! The independent checker bites: a base that is whole has nothing against it, and one that is broken in a place has just that. What can
//! be mended is, and the base is whole again.

mod breaks;
mod raw;

use kezek_check::Invariant;
use kezek_fixtures as fixtures;
use kezek_local::city::{Blueprint, TOWN};
use kezek_local::demo::play::Play;
use kezek_local::demo::script::Kind;
use kezek_rules::ids::Bin;
use serde_json::{Value, json};

use crate::world::{MONDAY, Parent, World};
use raw::Raw;

/// A small base with a bit of everything.
struct Base {
    world: World,
    garden: Bin,
    other: Bin,
    /// Two general ones who wait for `garden`, the earlier first; a first-priority one who is being verified; one who holds an offer;
    /// one who has a referral; one who has ended.
    waiting: [Parent; 2],
    verified: Parent,
    offered: Parent,
    referred: Parent,
    ended: Parent,
}

impl Base {
    async fn new() -> Self {
        let world = World::at(MONDAY).await;
        let (garden, other) = (world.open(1).await, world.open(2).await);
        let ended = world.submit(1, "2022-05-14", &[garden], 13).await;
        let path = format!("/v1/applications/{}/withdrawal", ended.id);
        assert_eq!(world.call("POST", &path, &ended.token, &Value::Null).await.status, 200);
        let referred = world.submit(2, "2022-05-14", &[garden, other], 13).await;
        world.bulletin("b-1", garden, 1, 2022).await;
        assert_eq!(world.answer(&referred, "accept").await.status, 200);
        let offered = world.submit(3, "2022-05-14", &[garden], 13).await;
        world.bulletin("b-2", garden, 1, 2022).await;
        assert!(world.open_offer(&offered).await.is_some());
        let first = world.submit(4, "2022-05-14", &[garden, other], 13).await;
        let second = world.submit(5, "2022-05-14", &[garden], 13).await;
        let verified = world.submit(6, "2022-05-14", &[garden], 1).await;
        world.bulletin("b-3", garden, 2, 2020).await;
        let complaint = json!({"about": "provider", "addressee": "provider", "settlement": crate::world::SETTLEMENT,
            "text": "Ойдан шығарылған шағым."});
        let filed = world.call("POST", "/v1/complaints", &first.token, &complaint).await;
        assert_eq!(filed.status, 201, "{}", filed.json());
        world.again_is_a_no_op().await;
        Self { world, garden, other, waiting: [first, second], verified, offered, referred, ended }
    }

    fn raw(&self) -> Raw {
        Raw::new(&self.world)
    }

    /// Exactly these invariants are found broken.
    fn breaks(&self, expected: &[Invariant]) {
        let report = self.world.local.check().expect("the base can be read");
        assert_eq!(report.broken(), expected, "\n{report}");
    }

    /// Mends what can be mended: a dry run changes nothing, then nothing is left to find.
    async fn mends(&self) {
        let before = self.world.local.check().expect("the base can be read");
        let mut said = Vec::new();
        let dry = self.world.local.mend(&before, false, |line| said.push(line.to_owned())).await.expect("a dry run");
        assert_eq!((dry.written, dry.left), (0, 0), "{said:?}");
        let after = self.world.local.check().expect("the base can be read");
        assert_eq!(after.breaches, before.breaches, "a dry run changed something");
        self.world.local.mend(&before, true, |_| {}).await.expect("it mends");
        self.world.again_is_a_no_op().await;
    }
}

/// A town with a life of a year behind it.
#[tokio::test(flavor = "multi_thread")]
async fn a_town_of_some_families_is_whole() {
    let from = "2026-01-12T04:00:00.000Z".parse().expect("an instant");
    let plan = Blueprint { seed: 5, town: TOWN.to_owned(), families: 150, from, years: 1, towns: 1 };
    let local = kezek_local::demo::open(&plan, None).await.expect("a base");
    let mut play = Play::open(local.clone(), plan, Kind::Whole).await.expect("an unused base");
    play.run(|_| {}).await.expect("the year is played");
    let report = local.check().expect("the base can be read");
    assert!(report.is_clean() && report.notes.is_empty(), "\n{report}");
    for what in ["applications", "seats", "queues", "changes of queues replayed", "offers judged"] {
        assert!(report.counts[what] >= 50, "{what}: {report}");
    }
}

/// The report names keys and never a person.
#[tokio::test]
async fn a_report_names_no_person() {
    let base = Base::new().await;
    let raw = base.raw();
    for (pk, sk) in raw.keys() {
        if pk.starts_with("P#") || pk.starts_with("F#") {
            raw.remove(&pk, &sk, "app").await;
            raw.remove(&pk, &sk, "live").await;
        }
    }
    let told = base.world.local.check().expect("the base can be read").to_string();
    assert!(told.contains("BREACHES"), "{told}");
    for (pk, _) in raw.keys().iter().filter(|(pk, _)| pk.starts_with("P#") || pk.starts_with("F#")) {
        assert!(!told.contains(&pk[2..]), "a person's hash: {told}");
    }
    for n in 1..=6 {
        assert!(!told.contains(fixtures::iin(n).as_str()), "a number: {told}");
    }
}
