//! A base on disk survives a restart: its data, its clock, its keys.

use kezek_local::{Local, Options};

use crate::world::{MONDAY, World};

#[tokio::test]
async fn a_base_survives_a_restart() {
    let folder = std::env::temp_dir().join(format!("kezek-restart-{}", std::process::id()));
    let open = async || {
        let start = Some(MONDAY.parse().expect("an instant"));
        Local::open(Options { data: Some(folder.clone()), start, ..Options::default() }).await.expect("a stack opens")
    };
    let world = World::of(open().await);
    let garden = world.open(1).await;
    let parent = world.submit(1, "2022-05-14", &[garden], 13).await;
    world.to("2026-02-01T05:00:00.000Z").await;
    let now = world.now();
    drop(world);

    let world = World::of(open().await);
    assert_eq!(world.now(), now, "it keeps its own clock");
    assert_eq!(world.number(&parent, garden).await, Some(1), "data, and the token issued before, are good");
    world.bulletin("b-1", garden, 1, 2022).await;
    assert!(world.open_offer(&parent).await.is_some());
    drop(world);
    std::fs::remove_dir_all(&folder).expect("the base can be removed");
}
