//! Bending a good example out of shape: JSON by its structure, texts by their characters, bytes by their bits. Never here: what an example
//! means.

use serde_json::{Map, Value, json};

use crate::Random;

/// Values that a field may not expect, and numbers at their edges.
fn surprise(random: &mut Random) -> Value {
    match random.below(24) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(0),
        3 => json!(-1),
        4 => json!(i64::MAX),
        5 => json!(u64::MAX),
        6 => json!(1e300),
        7 => json!(-0.0),
        8 => json!(0.1),
        9 => json!(f64::from(u32::MAX) + 1.0),
        10 => json!([]),
        11 => json!({}),
        12 => json!([[[[]]]]),
        13 => json!(""),
        14 => json!(" "),
        15 => json!("\u{0}"),
        16 => json!("ә".repeat(1 + random.below(5_000))),
        17 => json!("9".repeat(12)),
        18 => json!("2024-02-30"),
        19 => json!("+262142-12-31T23:59:59Z"),
        20 => json!("\u{202e}\u{feff}👪‍"),
        21 => json!("P999Y999M"),
        22 => json!(vec![Value::Null; random.below(300)]),
        _ => json!("9999999999999999999999"),
    }
}

/// A text bent out of shape.
pub fn text(random: &mut Random, good: &str) -> String {
    let mut chars: Vec<char> = good.chars().collect();
    for _ in 0..=random.below(3) {
        let at = random.below(chars.len() + 1);
        match random.below(8) {
            0 if at < chars.len() => drop(chars.remove(at)),
            1 => chars.insert(
                at,
                *random.pick(&['0', '9', '-', ':', '@', '#', '/', ' ', '\n', '\u{0}', 'Ж', 'ı', '٣', '👪']),
            ),
            2 if at < chars.len() => chars[at] = char::from_digit(random.below(10) as u32, 10).unwrap_or('0'),
            3 => chars.truncate(at),
            4 => chars.extend_from_within(at..),
            5 if at < chars.len() => chars[at] = chars[at].to_uppercase().next().unwrap_or(' '),
            6 if chars.len() > 1 => {
                let with = random.below(chars.len());
                let at = at.min(chars.len() - 1);
                chars.swap(at, with);
            }
            _ => chars.insert(at, char::from_u32(random.below(0x11_0000) as u32).unwrap_or('\u{fffd}')),
        }
        chars.truncate(20_000);
    }
    chars.into_iter().collect()
}

/// Bytes bent out of shape.
pub fn bytes(random: &mut Random, good: &[u8]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        match random.below(5) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            1 => bytes.truncate(at),
            2 => bytes.insert(at, random.number() as u8),
            3 if at < bytes.len() => drop(bytes.remove(at)),
            _ if at < bytes.len() => bytes[at] = *random.pick(b"{}[]\",:\\0-eE\xff"),
            _ => {}
        }
    }
    bytes
}

/// A good value bent out of shape in one to three places; now and then it is left as it is.
pub fn json(random: &mut Random, good: &Value) -> Value {
    let mut value = good.clone();
    for _ in 0..random.below(4) {
        bend(random, &mut value);
    }
    value
}

/// Goes down to some place and bends what is there.
fn bend(random: &mut Random, value: &mut Value) {
    match value {
        Value::Object(members) if !members.is_empty() && !random.one_in(12) => bend_object(random, members),
        Value::Array(items) if !items.is_empty() && !random.one_in(6) => {
            let at = random.below(items.len());
            match random.below(6) {
                0 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                2 => items.swap(0, at),
                3 => *items = vec![items[at].clone(); random.below(250)],
                _ => bend(random, &mut items[at]),
            }
        }
        Value::String(good) if !random.one_in(3) => *good = text(random, good),
        Value::Number(good) if !random.one_in(3) => {
            let by = [-1, 1, 10, -1_000, 1 << 32, i64::MAX][random.below(6)];
            *value = good.as_i64().map_or_else(|| surprise(random), |good| json!(good.wrapping_add(by)));
        }
        _ => *value = surprise(random),
    }
}

fn bend_object(random: &mut Random, members: &mut Map<String, Value>) {
    let names: Vec<String> = members.keys().cloned().collect();
    let name = random.pick(&names).clone();
    match random.below(10) {
        0 => drop(members.remove(&name)),
        1 => {
            let other = members.get(random.pick(&names)).cloned().unwrap_or_default();
            members.insert(name, other);
        }
        2 => {
            let value = members.remove(&name).unwrap_or_default();
            members.insert(text(random, &name), value);
        }
        3 => drop(members.insert(text(random, &name), surprise(random))),
        _ => {
            if let Some(value) = members.get_mut(&name) {
                bend(random, value);
            }
        }
    }
}
