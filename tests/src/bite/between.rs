//! Every condition of a write on its way to the table: seen, so that none is unknown; forestalled by another write that comes between its
//! reading and itself; and perhaps loosened, as if it weren't there. Never here: which test does so.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use kezek_local::aws::{Aws, Before, Between, Boxed, Call, Reply};
use serde_json::{Map, Value, json};
use tokio::sync::OwnedMutexGuard;

/// Names the condition that is loosened, as the table writes it.
pub const LOOSENED: &str = "KEZEK_LOOSENED";

/// Names the condition that is made false, by a write of someone else, right before the first write that asks for it. The process then ends
/// with what became of that write: [`REFUSED`] or [`DONE`].
pub const FORESTALLED: &str = "KEZEK_FORESTALLED";

/// The write was refused.
pub const REFUSED: i32 = 40;

/// The write was done, over what another had written.
pub const DONE: i32 = 41;

/// Names a file to which each condition that a test meets is added, with the test's name.
pub const MET: &str = "KEZEK_CONDITIONS_MET";

/// Holds whatever there is, and uses the values that the condition used.
const WHATEVER: &str = "attribute_exists(pk) OR attribute_not_exists(pk)";

/// Stands between the clients and the table.
#[derive(Default)]
pub struct Conditions {
    loosened: Option<String>,
    forestalled: Option<String>,
    aws: OnceLock<Weak<Aws>>,
    /// The call before which someone else wrote.
    late: Mutex<Option<Late>>,
    /// Whoever races with that call waits: what comes between would decide instead of the condition.
    alone: Arc<tokio::sync::Mutex<()>>,
    seen: Mutex<BTreeSet<String>>,
}

/// A call before which someone else wrote.
struct Late {
    body: Vec<u8>,
    /// Which of its writes came too late, if it has several.
    write: usize,
    /// Nobody writes until it is known what became of it.
    _alone: OwnedMutexGuard<()>,
}

/// What was done to a write as it was looked at.
#[derive(Default)]
struct Seen {
    /// Its condition was loosened: the call is another one.
    loosened: bool,
    /// Someone else wrote first.
    forestalled: bool,
}

/// What became of it.
enum Fate {
    Refused,
    Done,
    /// It failed by another condition: whether this one holds isn't known.
    Unknown,
}

impl Late {
    fn fate(&self, reply: &Reply) -> Fate {
        let answer: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        let of_write = answer["CancellationReasons"][self.write]["Code"].as_str();
        let of_call = answer["__type"].as_str().and_then(|name| name.rsplit('#').next());
        match reply.status {
            200 => Fate::Done,
            400 if of_write == Some("ConditionalCheckFailed") => Fate::Refused,
            400 if of_call == Some("ConditionalCheckFailedException") => Fate::Refused,
            _ => Fate::Unknown,
        }
    }
}

/// The kind of an item by its key: what differs from item to item is left out.
fn kind(key: &Map<String, Value>) -> String {
    let part = |name: &str| {
        let text = key.get(name).and_then(|value| value["S"].as_str()).unwrap_or_default();
        let fixed = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_uppercase());
        text.split('#').take_while(fixed).collect::<Vec<_>>().join("#")
    };
    format!("{}/{}", part("pk"), part("sk"))
}

/// One write: what it is called in the table, if it has a condition.
fn named(what: &str, write: &Value) -> Option<String> {
    let condition = write["ConditionExpression"].as_str()?;
    let key = write["Key"].as_object().or_else(|| write["Item"].as_object())?;
    Some(format!("{what} {} if {condition}", kind(key)))
}

/// A value of the same type that a comparison with this one doesn't find equal, or less.
fn another(value: &Value) -> Value {
    if let Some(truth) = value["BOOL"].as_bool() {
        return json!({"BOOL": !truth});
    }
    let other = [("N", "999999999999"), ("S", "~"), ("B", "fn5+fg==")];
    other.iter().find(|(kind, _)| value[kind].is_string()).map_or(Value::Null, |(kind, other)| json!({*kind: other}))
}

/// What someone else's write leaves of an item, so that this condition of a write doesn't hold: attributes; none for an item that is gone.
fn spoilt(write: &Value) -> Option<Map<String, Value>> {
    let condition = write["ConditionExpression"].as_str().unwrap_or_default().replace(['(', ')'], " ");
    let words: Vec<&str> = condition.split_whitespace().collect();
    let mut left = Map::new();
    for three in words.windows(3) {
        if let [name, "=" | "<" | "<=", value] = three
            && !name.starts_with(':')
        {
            left.insert((*name).to_owned(), another(&write["ExpressionAttributeValues"][*value]));
        }
    }
    if left.is_empty() {
        let absent = words.windows(2).filter(|two| two[0] == "attribute_not_exists");
        left.extend(absent.map(|two| (two[1].to_owned(), json!({"BOOL": true}))));
        if left.is_empty() {
            return None;
        }
    }
    // An item that isn't to be there comes to be by any attribute.
    if left.remove("pk").is_some() && left.is_empty() {
        left.insert("other".to_owned(), json!({"BOOL": true}));
    }
    Some(left)
}

impl Conditions {
    /// With one condition loosened, or none, and one forestalled, or none.
    #[must_use]
    pub fn new(loosened: Option<String>, forestalled: Option<String>) -> Self {
        Self { loosened, forestalled, ..Self::default() }
    }

    /// Someone else's writes go to this table.
    pub fn of(&self, aws: &Arc<Aws>) {
        let _ = self.aws.set(Arc::downgrade(aws));
    }

    /// Someone else writes first.
    fn forestall(&self, write: &Value) {
        let table = &write["TableName"];
        let key = write["Key"].as_object().or_else(|| write["Item"].as_object()).expect("a key");
        let key = json!({"pk": key["pk"], "sk": key["sk"]});
        let (operation, body) = match spoilt(write) {
            None => ("DeleteItem", json!({"TableName": table, "Key": key})),
            Some(left) => {
                let names: Map<String, Value> = left.keys().map(|name| (format!("#{name}"), json!(name))).collect();
                let values: Map<String, Value> =
                    left.iter().map(|(name, value)| (format!(":{name}"), value.clone())).collect();
                let set: Vec<String> = left.keys().map(|name| format!("#{name} = :{name}")).collect();
                let set = format!("SET {}", set.join(", "));
                let body = json!({
                    "TableName": table, "Key": key, "UpdateExpression": set,
                    "ExpressionAttributeNames": names, "ExpressionAttributeValues": values
                });
                ("UpdateItem", body)
            }
        };
        let aws = self.aws.get().and_then(Weak::upgrade).expect("a table");
        let (status, answer) = aws.engine().call(operation, body.to_string().as_bytes());
        assert_eq!(status, 200, "{body}: {}", String::from_utf8_lossy(&answer));
    }

    /// The conditions that were met so far.
    #[must_use]
    pub fn seen(&self) -> BTreeSet<String> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn late(&self) -> MutexGuard<'_, Option<Late>> {
        self.late.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at a write, which may be forestalled if no other of its call was.
    fn look(&self, what: &str, write: &mut Value, first: bool) -> Seen {
        let Some(name) = named(what, write) else { return Seen::default() };
        let forestalled = first && self.forestalled.as_ref() == Some(&name) && self.late().is_none();
        if forestalled {
            self.forestall(write);
        }
        let loosened = self.loosened.as_ref() == Some(&name);
        if loosened {
            let condition = write["ConditionExpression"].as_str().unwrap_or_default();
            write["ConditionExpression"] = json!(format!("({condition}) OR {WHATEVER}"));
        }
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(name);
        Seen { loosened, forestalled }
    }

    /// Looks at a call; none of its conditions if it writes nothing.
    fn pass(&self, call: &mut Call, alone: OwnedMutexGuard<()>) -> Option<()> {
        let (_, operation) = call.target.rsplit_once('.')?;
        let single = operation.strip_suffix("Item").filter(|what| ["Put", "Update", "Delete"].contains(what));
        if single.is_none() && operation != "TransactWriteItems" {
            return None;
        }
        let mut body: Value = serde_json::from_slice(&call.body).ok()?;
        let (mut changed, mut late) = (false, None);
        if let Some(what) = single {
            let seen = self.look(what, &mut body, true);
            (changed, late) = (seen.loosened, seen.forestalled.then_some(0));
        } else {
            // Each of a transaction's writes is an object of one member: what is done, and with what.
            let items = body["TransactItems"].as_array_mut()?;
            for (place, item) in items.iter_mut().enumerate() {
                for (what, write) in item.as_object_mut()? {
                    let what = what.strip_suffix("Check").map_or(what.as_str(), |_| "Check");
                    let seen = self.look(what, write, late.is_none());
                    changed |= seen.loosened;
                    late = late.or(seen.forestalled.then_some(place));
                }
            }
        }
        if changed {
            call.body = body.to_string().into_bytes();
        }
        if let Some(write) = late {
            *self.late() = Some(Late { body: call.body.clone(), write, _alone: alone });
        }
        Some(())
    }
}

impl Between for Conditions {
    fn before<'a>(&'a self, call: &'a mut Call) -> Boxed<'a, Before> {
        Box::pin(async move {
            let alone = Arc::clone(&self.alone).lock_owned().await;
            self.pass(call, alone);
            Before::GoOn
        })
    }

    fn after<'a>(&'a self, call: &'a Call, reply: Reply) -> Boxed<'a, Option<Reply>> {
        Box::pin(async move {
            let mut late = self.late();
            if let Some(found) = late.take_if(|late| late.body == call.body) {
                match found.fate(&reply) {
                    Fate::Refused => std::process::exit(REFUSED),
                    Fate::Done => std::process::exit(DONE),
                    // Whoever tries again meets someone else again.
                    Fate::Unknown => {}
                }
            }
            drop(late);
            Some(reply)
        })
    }
}
