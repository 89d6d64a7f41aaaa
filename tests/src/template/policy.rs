//! What the template allows to whom: statements of roles, of queues' policies and of keys' policies, and whether one of them allows
//! something. Never here: which of them are good.

use kezek_local::aws::Access;
use kezek_local::deployment::{BUS, TABLE};
use serde_json::Value as Json;

use super::Template;
use super::read::{list, text_at, texts};

/// The condition under which a statement speaks of some partitions of the table only.
const LEADING_KEYS: &str = "/ForAllValues:StringLike/dynamodb:LeadingKeys";

/// One statement of a policy.
#[derive(Debug, Clone)]
pub struct Statement {
    /// Its name in its policy.
    pub sid: String,
    /// Whether it allows; otherwise it denies.
    pub allows: bool,
    /// What may be done.
    pub actions: Vec<String>,
    /// To what.
    pub resources: Vec<String>,
    /// Under which conditions.
    pub condition: Json,
}

impl Statement {
    fn read(one: &Json) -> Self {
        Self {
            sid: text_at(one, "/Sid").unwrap_or_default(),
            allows: one["Effect"] == "Allow",
            actions: texts(&one["Action"]),
            resources: texts(&one["Resource"]),
            condition: one["Condition"].clone(),
        }
    }

    /// The patterns of partition keys it speaks of; none: all of them.
    #[must_use]
    pub fn leading_keys(&self) -> Vec<String> {
        self.condition.pointer(LEADING_KEYS).map(texts).unwrap_or_default()
    }

    /// Whether it allows an access. Patterns of leading keys end with `*` or are whole keys.
    #[must_use]
    pub fn covers(&self, access: &Access, template: &Template) -> bool {
        let patterns = self.leading_keys();
        let leads = |key: &String| patterns.is_empty() || patterns.iter().any(|pattern| like(pattern, key));
        self.allows
            && self.actions.contains(&access.action)
            && self.resources.iter().any(|resource| local_resource(resource, template) == access.resource)
            && access.leading_keys.iter().all(leads)
    }
}

/// Whether a key is like a pattern.
pub(super) fn like(pattern: &str, key: &str) -> bool {
    pattern.strip_suffix('*').map_or_else(|| pattern == key, |start| key.starts_with(start))
}

/// A resource by the name that the local stack gives it.
fn local_resource(resource: &str, template: &Template) -> String {
    let name = resource.trim_end_matches(".Arn");
    match name {
        "Table" => TABLE.to_owned(),
        "EventBus" => BUS.to_owned(),
        "${Table.Arn}/index/agenda" => format!("{TABLE}/index/agenda"),
        _ => template.queues.get(name).map(|queue| queue.name.clone()).unwrap_or_default(),
    }
}

/// The statements of a policy's document.
pub(super) fn document(document: &Json) -> Vec<Statement> {
    list(&document["Statement"]).map(Statement::read).collect()
}

/// The statements of all policies of a role.
pub(super) fn of_role(role: &Json) -> Vec<Statement> {
    list(&role["Properties"]["Policies"]).flat_map(|policy| document(&policy["PolicyDocument"])).collect()
}
