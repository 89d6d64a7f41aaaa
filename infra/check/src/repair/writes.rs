//! The writes of a mend, and each in words.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem, Update};
use data_encoding::BASE32HEX_NOPAD;

use crate::ids::{shown, shown_key};
use crate::mend::{Attribute, Guard, Mend, To};
use crate::read::SHARDS;
use crate::time::{self, Ms};

type Built = Result<Vec<TransactWriteItem>, BuildError>;

fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

fn number(value: impl std::fmt::Display) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

fn key(pk: &str, sk: &str) -> HashMap<String, AttributeValue> {
    HashMap::from([("pk".to_owned(), text(pk)), ("sk".to_owned(), text(sk))])
}

/// A mend in words.
pub(super) fn described(mend: &Mend) -> String {
    match mend {
        Mend::Agenda { pk, sk, to, .. } => match to {
            To::Nowhere => format!("take {pk}/{sk} off the agenda"),
            To::Open => format!("put {pk}/{sk} among the open seats"),
            To::Due(family, at) => {
                format!("put {pk}/{sk} into the agenda at {} of {}", time::shown(*at), family.name())
            }
        },
        Mend::Row { pk, sk, .. } => format!("write the row {}", shown_key(pk, sk)),
        Mend::Stale { pk, sk, .. } => format!("delete the row {}", shown_key(pk, sk)),
        Mend::Queue { pk, sk, totals, .. } => format!("count {pk}/{sk} again: {totals:?} wait by lane"),
        Mend::Republish { pk, sk } => format!("hand {pk}/{sk} to the event publisher again"),
        Mend::Wake { bin } => format!("wake allocation for O#{bin}"),
        Mend::Unlock { app, .. } => format!("give the lock free that A#{} left behind", shown(*app)),
    }
}

/// The writes of a mend, all or none.
pub(super) fn of(table: &str, mend: &Mend, now: Ms) -> Built {
    match mend {
        Mend::Agenda { pk, sk, to, version } => agenda(table, (pk, sk), *to, *version),
        Mend::Row { pk, sk, attributes, guard } => {
            let mut item = key(pk, sk);
            item.extend(attributes.iter().map(|(name, attribute)| ((*name).to_owned(), value(attribute))));
            let put =
                Put::builder().table_name(table).set_item(Some(item)).condition_expression("attribute_not_exists(pk)");
            with(table, guard.as_ref(), TransactWriteItem::builder().put(put.build()?).build())
        }
        Mend::Stale { pk, sk, guard } => {
            let delete = Delete::builder().table_name(table).set_key(Some(key(pk, sk))).build()?;
            with(table, guard.as_ref(), TransactWriteItem::builder().delete(delete).build())
        }
        Mend::Queue { .. } => queue(table, mend),
        Mend::Wake { bin } => wake(table, bin, now),
        Mend::Unlock { child, kind, app, guard } => {
            let update = Update::builder()
                .table_name(table)
                .set_key(Some(key(&format!("P#{}", shown(*child)), kind)))
                .update_expression("SET live = :no")
                .condition_expression("app = :app")
                .expression_attribute_values(":no", AttributeValue::Bool(false))
                .expression_attribute_values(":app", text(shown(*app)))
                .build()?;
            with(table, Some(guard), TransactWriteItem::builder().update(update).build())
        }
        Mend::Republish { .. } => Ok(Vec::new()),
    }
}

fn value(attribute: &Attribute) -> AttributeValue {
    match attribute {
        Attribute::Text(value) => text(value),
        Attribute::Number(value) => number(value),
        Attribute::Flag(value) => AttributeValue::Bool(*value),
    }
}

/// A write under the condition that what it was derived from is as it was.
fn with(table: &str, guard: Option<&Guard>, write: TransactWriteItem) -> Built {
    let Some(guard) = guard else { return Ok(vec![write]) };
    let check = ConditionCheck::builder().table_name(table);
    let check = match guard {
        Guard::Version { pk, sk, version } => check
            .set_key(Some(key(pk, sk)))
            .condition_expression("v = :v")
            .expression_attribute_values(":v", number(version)),
        Guard::Absent { pk, sk } => check.set_key(Some(key(pk, sk))).condition_expression("attribute_not_exists(pk)"),
    };
    Ok(vec![TransactWriteItem::builder().condition_check(check.build()?).build(), write])
}

/// The shard of an item: any that is swept will do.
pub(crate) fn shard(pk: &str, sk: &str) -> u8 {
    let sum: u64 = pk.bytes().chain(sk.bytes()).map(u64::from).sum();
    u8::try_from(sum % u64::from(SHARDS)).unwrap_or(0)
}

fn agenda(table: &str, (pk, sk): (&str, &str), to: To, version: Option<i64>) -> Built {
    let update = Update::builder().table_name(table).set_key(Some(key(pk, sk)));
    let update = match to {
        To::Nowhere => update.update_expression("REMOVE gpk, gsk"),
        To::Due(family, at) => update
            .update_expression("SET gpk = :gpk, gsk = :gsk")
            .expression_attribute_values(":gpk", text(format!("DUE#{}#{}", family.name(), shard(pk, sk))))
            .expression_attribute_values(":gsk", text(format!("{at:015}#{pk}#{sk}"))),
        To::Open => update
            .update_expression("SET gpk = :gpk, gsk = :gsk")
            .expression_attribute_values(":gpk", text(format!("OPEN#{}", pk.trim_start_matches("O#"))))
            .expression_attribute_values(":gsk", text(sk.trim_start_matches("S#"))),
    };
    let update = match version {
        Some(version) => update.condition_expression("v = :v").expression_attribute_values(":v", number(version)),
        None => update.condition_expression("attribute_exists(pk)"),
    };
    Ok(vec![TransactWriteItem::builder().update(update.build()?).build()])
}

/// A page of a tree built anew.
pub(super) fn page(table: &str, pages: &str, id: &[u8], bytes: &[u8]) -> Result<TransactWriteItem, BuildError> {
    let mut item = key(pages, &BASE32HEX_NOPAD.encode(id));
    item.insert("page".to_owned(), AttributeValue::B(Blob::new(bytes)));
    let put = Put::builder()
        .table_name(table)
        .set_item(Some(item))
        .condition_expression("attribute_not_exists(pk) OR page = :page")
        .expression_attribute_values(":page", AttributeValue::B(Blob::new(bytes)))
        .build()?;
    Ok(TransactWriteItem::builder().put(put).build())
}

fn queue(table: &str, mend: &Mend) -> Built {
    let Mend::Queue { pk, sk, version, fold, totals, tree, .. } = mend else { return Ok(Vec::new()) };
    let update = Update::builder()
        .table_name(table)
        .set_key(Some(key(pk, sk)))
        .update_expression("SET o = :o, f = :f, g = :g, tops = :tops, fold = :next, pend = :none, pn = :zero")
        .condition_expression("v = :v AND (fold = :fold OR (attribute_not_exists(fold) AND :fold = :zero))")
        .expression_attribute_values(":o", number(totals[0]))
        .expression_attribute_values(":f", number(totals[1]))
        .expression_attribute_values(":g", number(totals[2]))
        .expression_attribute_values(":tops", AttributeValue::B(Blob::new(tree.tops.clone())))
        .expression_attribute_values(":fold", number(fold))
        .expression_attribute_values(":next", number(fold + 1))
        .expression_attribute_values(":none", AttributeValue::L(Vec::new()))
        .expression_attribute_values(":zero", number(0))
        .expression_attribute_values(":v", number(version));
    Ok(vec![TransactWriteItem::builder().update(update.build()?).build()])
}

/// The event that wakes allocation the usual way: through the stream.
fn wake(table: &str, bin: &str, now: Ms) -> Built {
    let at = time::shown(now);
    let body = serde_json::json!({"organisation": bin, "at": at, "what": "vacancies-found", "due": at});
    let mut item = key(&format!("O#{bin}"), &format!("E#found#{now:015}"));
    item.insert("kind".to_owned(), text("event"));
    item.insert("body".to_owned(), text(body.to_string()));
    let put = Put::builder()
        .table_name(table)
        .set_item(Some(item))
        .condition_expression("attribute_not_exists(pk)")
        .build()?;
    Ok(vec![TransactWriteItem::builder().put(put).build()])
}
