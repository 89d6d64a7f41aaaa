//! What one caller may make on one day. Never here: what one request may hold.

use kezek_fixtures as fixtures;
use kezek_local::gateway::Request;
use kezek_shell::daily;
use kezek_store::Daily;
use serde_json::json;

use crate::world::{CHILDREN, MONDAY, SETTLEMENT, World};

/// Of a day, and again on the next; a repeated request isn't one more.
#[tokio::test]
async fn an_applicant_files_so_many_complaints_on_a_day() {
    let world = World::at(MONDAY).await;
    let token = world.applicant(fixtures::iin(1)).await;
    let file = async |key: &str| {
        let body = json!({"about": "provider", "settlement": SETTLEMENT, "text": format!("Сыналатын шағым {key}")});
        let request = Request::new("POST", "/v1/complaints").bearer(&token).header("idempotency-key", key);
        world.send(request.json(&body)).await
    };
    for n in 0..daily::COMPLAINTS {
        assert_eq!(file(&n.to_string()).await.status, 201, "{n}");
        assert_eq!(file("0").await.status, 201, "a repeated one");
    }
    let refused = file("more").await;
    assert_eq!(refused.status, 429, "{}", refused.json());
    assert_eq!(refused.json()["type"], "https://kezek.example/problems/too-many-today");
    // From 10:00 to the end of the day in Almaty.
    assert_eq!(refused.header("retry-after"), Some("50400"));
    world.to("2026-01-13T05:00:00.000Z").await;
    assert_eq!(file("more").await.status, 201);
    world.holds();
}

/// Clocks differ: one that is behind at midnight counts on the day that has begun, and is no reason to refuse.
#[tokio::test]
async fn a_day_that_has_begun_is_counted_by_a_clock_that_is_behind() {
    let world = World::at(MONDAY).await;
    let count = async |day: &str| {
        let of = Daily::Bulletins(fixtures::bin(1));
        world.local.app().store.count_daily(of, day.parse().expect("a day"), 2).await.expect("counted")
    };
    assert!(count("2026-01-13").await);
    assert!(count("2026-01-12").await, "behind");
    assert!(!count("2026-01-12").await && !count("2026-01-13").await, "two were counted");
    assert!(count("2026-01-14").await, "another day");
}

/// Each invitation tells the family, so all systems together send so many about a child on a day.
#[tokio::test]
async fn a_child_is_invited_so_often_on_a_day() {
    let world = World::at(MONDAY).await;
    let invite = async |n: u32, system: &str, phone: u32| {
        let whole = fixtures::application(fixtures::iin(n), fixtures::iin(CHILDREN + n), "2022-05-14", &[]);
        let mut body = json!({"applicant": whole["applicant"], "child": whole["child"], "settlement": SETTLEMENT});
        body["applicant"]["phone"] = json!(format!("+7701{phone:07}"));
        let token = world.token_of(json!({"scope": "state-system", "sub": system})).await;
        world.call("POST", "/v1/invitations", &token, &body).await
    };
    for n in 0..daily::INVITATIONS {
        let system = ["births", "passports"][n as usize % 2];
        let answer = invite(1, system, n).await;
        assert_eq!(answer.status, 201, "{n}: {}", answer.json());
    }
    assert_eq!(invite(1, "births", 99).await.status, 429);
    assert_eq!(invite(2, "births", 1).await.status, 201, "another child");
    world.holds();
}

#[tokio::test]
async fn an_organisation_sends_so_many_bulletins_on_a_day() {
    let world = World::at(MONDAY).await;
    let garden = world.open(1).await;
    let ingestion = world.ingestion();
    let take = async |id: &str| {
        let mut bulletin = fixtures::bulletin(id, garden, &world.now(), 1, 2022);
        bulletin["lines"] = json!([]);
        vacancy_ingestion::take(&ingestion, None, &bulletin.to_string()).await
    };
    for n in 0..daily::BULLETINS {
        assert!(take(&format!("b{n}")).await.is_ok_and(|taken| taken.new), "{n}");
    }
    assert!(take("b0").await.is_ok_and(|taken| !taken.new), "a repeated one");
    assert_eq!(take("more").await.expect_err("one too many").code(), "too-many");
    world.to("2026-01-13T05:00:00.000Z").await;
    assert!(take("more").await.is_ok());
}
