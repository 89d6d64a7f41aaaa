//! One break per way in which an invariant can be broken, and what is to be found then.

use aws_sdk_dynamodb::types::AttributeValue;
use kezek_check::Invariant::{
    Announced, Child, Counter, Deadline, Entries, History, Kept, Order, Outbox, Phase, Readable, Seat, Served,
};
use serde_json::json;

use super::Base;
use super::raw::{Raw, number, text};
use crate::world::{MONDAY, World};

fn millis(instant: &str) -> i64 {
    instant.parse::<chrono::DateTime<chrono::Utc>>().expect("an instant").timestamp_millis()
}

impl Base {
    fn key(&self) -> String {
        format!("O#{}", self.garden)
    }

    fn queue(&self) -> (String, String) {
        self.raw().find(&self.key(), "Q#kk#2022").remove(0)
    }

    /// A seat in a state.
    async fn seat(&self, state: &str) -> (String, String) {
        for (pk, sk) in self.raw().find(&self.key(), "S#") {
            if self.raw().get(&pk, &sk).await["s"] == text(state) {
                return (pk, sk);
            }
        }
        panic!("no seat is {state}")
    }
}

#[tokio::test]
async fn k4_a_seat_and_its_holder_must_agree() {
    let base = Base::new().await;
    let (pk, sk) = base.seat("offered").await;
    base.raw().within(&pk, &sk, "offer", "app", text(&base.waiting[0].id)).await;
    base.breaks(&[Seat]);
}

#[tokio::test]
async fn k4_a_seat_has_one_holder() {
    let base = Base::new().await;
    let entry = base.raw().get(&format!("A#{}", base.offered.id), "A").await["ent"].as_l().expect("entries")[0].clone();
    base.raw().entry(&base.waiting[1].id, |first| *first = entry.as_m().expect("an entry").clone()).await;
    // Its own history and its queue contradict it, too.
    base.breaks(&[Seat, History, Counter]);
}

#[tokio::test]
async fn k4_an_entry_has_one_live_offer() {
    let base = Base::new().await;
    let raw = base.raw();
    raw.event(&base.offered.id, 2, |body| {
        let twice = body["facts"][0].clone();
        body["facts"].as_array_mut().expect("facts").push(twice);
    })
    .await;
    base.breaks(&[Child, History]);
}

#[tokio::test]
async fn k1_a_child_has_one_live_application() {
    let base = Base::new().await;
    let child = base.raw().get(&format!("A#{}", base.waiting[0].id), "A").await["ch"].clone();
    base.raw().set(&format!("A#{}", base.waiting[1].id), "A", "ch", child).await;
    base.breaks(&[Child]);
}

#[tokio::test]
async fn k1_a_lock_left_behind_is_given_free() {
    let base = Base::new().await;
    let child = base.raw().get(&format!("A#{}", base.ended.id), "A").await["ch"].as_s().expect("a hash").clone();
    base.raw().set(&format!("P#{child}"), "general", "live", AttributeValue::Bool(true)).await;
    base.breaks(&[Child]);
    base.mends().await;
}

#[tokio::test]
async fn p3_2_nothing_accepted_is_lost() {
    let base = Base::new().await;
    base.raw().delete(&format!("A#{}", base.ended.id), "A").await;
    // Without it no one knows in which queue it stood.
    base.breaks(&[Kept, History]);
    let base = Base::new().await;
    base.raw().remove(&format!("A#{}", base.ended.id), "A", "arch").await;
    base.breaks(&[Kept, History]);
}

#[tokio::test]
async fn p15_1_more_than_four_live_entries_are_found() {
    let base = Base::new().await;
    let key = format!("A#{}", base.verified.id);
    let mut item = base.raw().get(&key, "A").await;
    let AttributeValue::L(entries) = item.get_mut("ent").expect("entries") else { panic!("a list") };
    for n in 11..15 {
        let mut entry = entries[0].as_m().expect("an entry").clone();
        entry.insert("o".to_owned(), text(kezek_fixtures::bin(n).as_str()));
        entries.push(AttributeValue::M(entry));
    }
    base.raw().put(item).await;
    base.breaks(&[Entries, History]);
}

/// `P10.b`: history, state and queue all say that another stood before the one who was taken.
#[tokio::test]
async fn p10_b_an_offer_to_another_than_the_first_is_found() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let taken = world.submit(1, "2022-05-14", &[garden], 13).await;
    let other = world.submit(2, "2022-05-14", &[garden], 13).await;
    world.bulletin("b-1", garden, 1, 2022).await;
    assert!(world.open_offer(&taken).await.is_some());
    world.holds();
    let (raw, early) = (Raw::new(&world), "2026-01-01T05:00:00.000Z");
    let before = millis(early);
    raw.event(&other.id, 1, |body| body["queues"][0]["arrived"]["submittedAt"] = json!(early)).await;
    raw.entry(&other.id, |first| drop(first.insert("t".to_owned(), number(before)))).await;
    let (pk, sk) = raw.find(&format!("O#{garden}"), "Q#kk#2022").remove(0);
    let id: Vec<u8> = (0..16).map(|n| u8::from_str_radix(&other.id[2 * n..2 * n + 2], 16).expect("hex")).collect();
    raw.pending(&pk, &sk, |ops| {
        let mine = ops.iter_mut().find(|op| op[9..] == id[..]).expect("its arrival waits to be folded");
        mine[1..9].copy_from_slice(&before.to_be_bytes());
    })
    .await;
    let report = world.local.check().expect("a report");
    assert_eq!(report.broken(), [Order], "\n{report}");
}

/// `P10.d`: the lane that is taken out of its turn.
#[tokio::test]
async fn p10_d_a_lane_out_of_its_turn_is_found() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    world.know(1, &[10], "ok").await;
    let first = world.submit(1, "2022-05-14", &[garden], 10).await;
    world.submit(2, "2022-05-14", &[garden], 13).await;
    world.bulletin("b-1", garden, 1, 2022).await;
    world.holds();
    // The one in the first-priority lane is taken in the general lane instead.
    let raw = Raw::new(&world);
    let fact = |body: &mut serde_json::Value, name: &str| {
        let facts = body["facts"].as_array().expect("facts");
        facts.iter().position(|fact| fact["what"] == name).expect("a fact")
    };
    for seq in 1..=3_u32 {
        let last = seq == 3;
        raw.event(&first.id, seq, |body| {
            if last {
                let at = fact(body, "offered");
                body["facts"][at]["lane"] = json!("general");
                body["queues"][0]["phase"] = json!(3);
                body["queues"][0]["departed"]["lane"] = json!("general");
            } else if body["queues"].as_array().is_some_and(|queues| !queues.is_empty()) {
                body["queues"][0]["arrived"]["lane"] = json!("general");
            }
        })
        .await;
    }
    let report = world.local.check().expect("a report");
    assert!(report.broken().contains(&Phase), "{report}");
}

#[tokio::test]
async fn p10_d_a_phase_that_the_history_does_not_come_to_is_found() {
    let base = Base::new().await;
    let (pk, sk) = base.queue();
    base.raw().set(&pk, &sk, "ph", number(1)).await;
    base.breaks(&[Phase]);
    let base = Base::new().await;
    base.raw().event(&base.waiting[0].id, 1, |body| body["queues"][0]["phase"] = json!(0)).await;
    base.breaks(&[Phase]);
}

#[tokio::test]
async fn p17_1_vacancies_must_make_up_what_was_announced() {
    let base = Base::new().await;
    let (pk, sk) = base.seat("open").await;
    base.raw().delete(&pk, &sk).await;
    base.breaks(&[Announced]);
    let base = Base::new().await;
    let (pk, sk) = base.seat("open").await;
    base.raw().set(&pk, &sk, "line", number(9)).await;
    base.breaks(&[Announced]);
}

#[tokio::test]
async fn k3_a_withdrawal_must_be_in_a_history() {
    let base = Base::new().await;
    let (pk, sk) = base.seat("open").await;
    base.raw().set(&pk, &sk, "s", text("withdrawn")).await;
    base.raw().remove(&pk, &sk, "gpk").await;
    base.raw().remove(&pk, &sk, "gsk").await;
    base.breaks(&[History]);
}

/// 9: of an application, a seat, a task and a complaint the clock is lost; an open seat isn't among the open ones.
#[tokio::test]
async fn k5_lost_deadlines_are_found_and_put_back() {
    let base = Base::new().await;
    let application = (format!("A#{}", base.waiting[0].id), "A".to_owned());
    let task = base.raw().find("T#75", "").into_iter().find(|(_, sk)| sk.contains(&base.verified.id)).expect("a task");
    let complaint = base.raw().find("K#", "K").remove(0);
    for (pk, sk) in [application, base.seat("offered").await, base.seat("open").await, task, complaint] {
        let before = base.raw().get(&pk, &sk).await;
        base.raw().remove(&pk, &sk, "gpk").await;
        base.raw().remove(&pk, &sk, "gsk").await;
        base.breaks(&[Deadline]);
        base.mends().await;
        let (gsk, after) = (before["gsk"].clone(), base.raw().get(&pk, &sk).await);
        assert_eq!(after["gsk"], gsk, "{pk}/{sk} stands where it stood");
    }
}

#[tokio::test]
async fn k5_a_deadline_at_another_instant_is_found_and_put_right() {
    let base = Base::new().await;
    let (pk, sk) = base.seat("referred").await;
    let late = format!("{:015}#{pk}#{sk}", millis("2027-01-01T00:00:00Z"));
    base.raw().set(&pk, &sk, "gsk", text(late)).await;
    base.breaks(&[Deadline]);
    base.mends().await;
    let key = format!("A#{}", base.ended.id);
    base.raw().set(&key, "A", "gpk", text("DUE#minute#0")).await;
    base.raw().set(&key, "A", "gsk", text(format!("{:015}#{key}#A", millis(MONDAY) - 1))).await;
    base.breaks(&[Deadline]);
    base.mends().await;
}

#[tokio::test]
async fn p16_3_a_clock_that_fired_early_is_found() {
    let base = Base::new().await;
    base.world.to("2026-01-13T06:00:00.000Z").await;
    base.world.holds();
    base.raw()
        .event(&base.offered.id, 3, |body| {
            assert_eq!(body["facts"][0]["what"], "reminded");
            body["at"] = json!("2026-01-13T04:00:00.000Z");
        })
        .await;
    base.breaks(&[Deadline]);
}

#[tokio::test]
async fn k5_what_is_overdue_is_found() {
    let base = Base::new().await;
    let (pk, sk) = base.seat("offered").await;
    let past = millis(MONDAY) - 3_600_000;
    base.raw().within(&pk, &sk, "offer", "rem", number(past)).await;
    base.raw().set(&pk, &sk, "gsk", text(format!("{past:015}#{pk}#{sk}"))).await;
    base.breaks(&[Deadline]);
}

#[tokio::test]
async fn the_history_must_replay_to_the_state() {
    let base = Base::new().await;
    base.raw().set(&format!("A#{}", base.waiting[0].id), "A", "v", number(2)).await;
    base.breaks(&[History]);
    let base = Base::new().await;
    base.raw().delete(&format!("A#{}", base.ended.id), "E#000002").await;
    base.breaks(&[History]);
    let base = Base::new().await;
    base.raw()
        .event(&base.referred.id, 3, |body| {
            body["facts"].as_array_mut().expect("facts").retain(|fact| fact["what"] != "referral-issued");
        })
        .await;
    let report = base.world.local.check().expect("a report");
    assert!(report.broken().contains(&History), "{report}");
}

#[tokio::test]
async fn counters_of_a_queue_are_found_and_counted_again() {
    let base = Base::new().await;
    let (pk, sk) = base.queue();
    base.raw().set(&pk, &sk, "g", number(7)).await;
    base.breaks(&[Counter]);
    base.mends().await;
    // Those of the tree before stay where they are: all of them go.
    for (pages, page) in base.raw().find(&format!("R#{}#kk#2022", base.garden), "") {
        base.raw().delete(&pages, &page).await;
    }
    base.breaks(&[Counter]);
    base.mends().await;
    base.raw().set(&pk, &sk, "pn", number(3)).await;
    base.breaks(&[Counter]);
    base.mends().await;
    // The queue goes on from there: numbers and offers are those of the entries.
    assert_eq!(base.world.number(&base.waiting[0], base.garden).await, Some(1));
    assert_eq!(base.world.number(&base.waiting[1], base.garden).await, Some(2));
    base.world.bulletin("b-4", base.garden, 1, 2022).await;
    assert!(base.world.open_offer(&base.waiting[0]).await.is_some());
    base.world.again_is_a_no_op().await;
}

#[tokio::test]
async fn rows_of_indexes_are_found_and_written_again() {
    let base = Base::new().await;
    let family = base.raw().find("F#", &base.waiting[0].id).remove(0);
    let task = base.raw().find("T#75", "").into_iter().find(|(_, sk)| sk.contains(&base.verified.id)).expect("a task");
    for (pk, sk) in [family, task] {
        let before = base.raw().get(&pk, &sk).await;
        base.raw().delete(&pk, &sk).await;
        base.breaks(&[Counter]);
        base.mends().await;
        let mut after = base.raw().get(&pk, &sk).await;
        // Any shard that is swept will do.
        if let Some(shard) = before.get("gpk") {
            after.insert("gpk".to_owned(), shard.clone());
        }
        assert_eq!(after, before, "{pk}/{sk}");
    }
    let mut stale = base.raw().get(&format!("A#{}", base.ended.id), "A").await;
    let applicant = stale.remove("ap").expect("an applicant");
    let pk = format!("F#{}", applicant.as_s().expect("a hash"));
    base.raw().put([("pk".to_owned(), text(pk)), ("sk".to_owned(), text(&base.ended.id))].into_iter().collect()).await;
    base.breaks(&[Counter]);
    base.mends().await;
}

/// 13: a wake was lost.
#[tokio::test]
async fn p16_a_an_open_vacancy_that_someone_waits_for_is_found_and_served() {
    let base = Base::new().await;
    let (pk, sk) = base.seat("open").await;
    base.raw().set(&pk, &sk, "yrs", AttributeValue::L(vec![number(2022)])).await;
    base.breaks(&[Served]);
    base.world.local.mend(&base.world.local.check().expect("a report"), true, |_| {}).await.expect("it mends");
    assert!(base.world.open_offer(&base.waiting[0]).await.is_some(), "allocation was woken");
    base.world.again_is_a_no_op().await;
}

#[tokio::test]
async fn n1_what_was_not_made_known_is_found_and_published_again() {
    let base = Base::new().await;
    let (pk, sk) = base.raw().find(&format!("A#{}", base.waiting[0].id), "N#000001#00").remove(0);
    let before = base.raw().get(&pk, &sk).await;
    base.raw().delete(&pk, &sk).await;
    base.breaks(&[Outbox]);
    base.mends().await;
    assert_eq!(base.raw().get(&pk, &sk).await, before, "the same notice");
    let mut notice = before;
    notice.insert("sk".to_owned(), text("N#000099#00"));
    base.raw().put(notice).await;
    base.breaks(&[Outbox]);
}

#[tokio::test]
async fn an_item_that_cannot_be_read_is_found() {
    let base = Base::new().await;
    let (pk, sk) = base.raw().find(&base.key(), "B#").remove(0);
    base.raw().remove(&pk, &sk, "taken").await;
    let report = base.world.local.check().expect("a report");
    assert!(report.broken().contains(&Readable), "{report}");
    assert!(report.breaches.iter().any(|breach| breach.text.contains(&format!("{pk}/{sk}"))), "{report}");
    assert_ne!(base.other, base.garden);
}
