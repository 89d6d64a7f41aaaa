//! Units: what a submission writes, counted from the items themselves, so that a field too many is noticed (decision 0003).

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::world::{MONDAY, World};

/// The size of a value as DynamoDB counts it.
fn size(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(number) => number.trim_start_matches('-').len().div_ceil(2) + 1,
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        AttributeValue::L(list) => 3 + list.iter().map(|value| size(value) + 1).sum::<usize>(),
        AttributeValue::M(map) => 3 + map.iter().map(|(name, value)| name.len() + size(value) + 1).sum::<usize>(),
        _ => 1,
    }
}

fn item_size(item: &HashMap<String, AttributeValue>) -> usize {
    item.iter().map(|(name, value)| name.len() + size(value)).sum()
}

async fn partition(world: &World, pk: &str) -> Vec<HashMap<String, AttributeValue>> {
    let store = world.local.store();
    let query = store.client().query().table_name(store.table()).key_condition_expression("pk = :pk");
    let found = query.expression_attribute_values(":pk", AttributeValue::S(pk.to_owned())).send().await;
    found.expect("a query").items.unwrap_or_default()
}

fn kind(item: &HashMap<String, AttributeValue>) -> &str {
    item.get("kind").and_then(|kind| kind.as_s().ok()).map_or("", String::as_str)
}

/// A submission to four queues, each of them long in use, writes at most 15 units: each item one kilobyte (2 units in a
/// transaction), and one for the index.
#[tokio::test]
async fn a_submission_to_four_queues_writes_at_most_fifteen_units() {
    let world = World::at(MONDAY).await;
    let mut gardens = Vec::new();
    for n in 1..=4 {
        gardens.push(world.open(n).await);
    }
    for n in 1..=40 {
        world.submit(n, "2022-05-14", &gardens, 13).await;
    }
    let last = world.submit(41, "2022-05-14", &gardens, 13).await;
    let mut units = 0;
    let mut count = |what: &str, item: &HashMap<String, AttributeValue>| {
        let bytes = item_size(item);
        println!("{what}: {bytes} bytes");
        units += 2 * bytes.div_ceil(1024);
    };
    let own = partition(&world, &format!("A#{}", last.id)).await;
    let event = own.iter().find(|item| kind(item) == "event").expect("its event");
    count("event", event);
    let application = own.iter().find(|item| kind(item) == "application").expect("the application");
    count("application", application);
    let child = application["ch"].as_s().expect("the child");
    count("person", &partition(&world, &format!("P#{child}")).await[0]);
    for garden in gardens {
        let items = partition(&world, &format!("O#{garden}")).await;
        count("queue", items.iter().find(|item| kind(item) == "queue").expect("its queue"));
    }
    let index = 1;
    assert!(units + index <= 15, "{} write units", units + index);
}
