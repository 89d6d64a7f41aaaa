//! What `template.yaml` deploys, as values. The checks that hold it against the code and against what a deployment needs are in
//! `checks`; `guard` runs the local stack under its roles. Never here: a copy of what the template says beyond what is compared.

pub mod checks;
pub mod guard;
mod parts;
pub mod policy;
mod read;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use serde_json::Value as Json;

use crate::repository::root;
pub use parts::{Alarm, Batch, Function, FunctionRoute, Queue, Schedule};
use policy::Statement;
use read::{members, number, text_at};

/// One route of the HTTP API: (function, method, path, scopes). A public one has no scopes.
pub type Route = (String, String, String, BTreeSet<String>);

/// The template, read once.
#[derive(Debug)]
pub struct Template {
    /// All of it, without the short forms' tags.
    pub document: Json,
    /// The functions, by resource name.
    pub functions: BTreeMap<String, Function>,
    /// The queues, by resource name.
    pub queues: BTreeMap<String, Queue>,
    /// Role resource → what it allows.
    pub roles: BTreeMap<String, Vec<Statement>>,
    /// The alarms, by resource name.
    pub alarms: BTreeMap<String, Alarm>,
    /// The authorizer of every route that names none.
    pub default_authorizer: Option<String>,
}

impl Template {
    /// Reads the repository's template.
    pub fn load() -> Result<Self, String> {
        Self::parse(&Self::text()?)
    }

    /// The text of the repository's template.
    pub fn text() -> Result<String, String> {
        let path = root().join("template.yaml");
        std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
    }

    /// Reads a template from its text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let document = read::plain(&serde_yaml_ng::from_str(text).map_err(|error| error.to_string())?)?;
        let default_timeout = number(&document, "/Globals/Function/Timeout").unwrap_or(3);
        let mut template = Self {
            functions: BTreeMap::new(),
            queues: BTreeMap::new(),
            roles: BTreeMap::new(),
            alarms: BTreeMap::new(),
            default_authorizer: None,
            document: Json::Null,
        };
        for (name, resource) in members(&document, "/Resources") {
            template.add(name, resource, default_timeout).map_err(|error| format!("{name}: {error}"))?;
        }
        template.document = document;
        Ok(template)
    }

    fn add(&mut self, name: &str, resource: &Json, default_timeout: u64) -> Result<(), String> {
        match resource["Type"].as_str().unwrap_or_default() {
            "AWS::Serverless::Function" => {
                self.functions.insert(name.to_owned(), Function::read(resource, default_timeout)?);
            }
            "AWS::SQS::Queue" => {
                self.queues.insert(name.to_owned(), Queue::read(resource)?);
            }
            "AWS::IAM::Role" => {
                self.roles.insert(name.to_owned(), policy::of_role(resource));
            }
            "AWS::CloudWatch::Alarm" => {
                self.alarms.insert(name.to_owned(), Alarm::read(resource)?);
            }
            "AWS::Serverless::HttpApi" => {
                self.default_authorizer = text_at(resource, "/Properties/Auth/DefaultAuthorizer").ok();
            }
            _ => {}
        }
        Ok(())
    }

    /// The resources of a type, by name.
    pub fn resources<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a String, &'a Json)> {
        members(&self.document, "/Resources").filter(move |(_, resource)| resource["Type"] == kind)
    }

    /// Every route of the HTTP API.
    pub fn routes(&self) -> BTreeSet<Route> {
        let of = |function: &Function| {
            let folder = function.folder.clone();
            let routes = function.routes.clone().into_iter();
            routes.map(move |route| (folder.clone(), route.method, route.path, route.scopes))
        };
        self.functions.values().flat_map(of).collect()
    }

    /// Every queue: (name, whether ordered, folder of the function that reads it).
    pub fn queues(&self) -> BTreeSet<(String, bool, Option<String>)> {
        let reader = |resource: &str| {
            let reads = |function: &&Function| function.batches.iter().any(|batch| batch.source == resource);
            self.functions.values().find(reads).map(|function| function.folder.clone())
        };
        self.queues.iter().map(|(resource, queue)| (queue.name.clone(), queue.fifo, reader(resource))).collect()
    }

    /// Every schedule: (folder of the function, name, expression, time zone).
    pub fn schedules(&self) -> BTreeSet<(String, String, String, String)> {
        let of = |function: &Function| {
            let folder = function.folder.clone();
            let row = move |s: &Schedule| (folder.clone(), s.name.clone(), s.expression.clone(), s.timezone.clone());
            function.schedules.iter().map(row).collect::<Vec<_>>()
        };
        self.functions.values().flat_map(of).collect()
    }
}

/// What is on one side only, as sentences: none means the two agree.
pub fn differences<T: Ord + Debug>(what: &str, found: &BTreeSet<T>, known: &BTreeSet<T>) -> Vec<String> {
    let missing = known.difference(found).map(|one| format!("{what}: {one:?} is known, but isn't there"));
    let strange = found.difference(known).map(|one| format!("{what}: {one:?} is there, but unknown"));
    missing.chain(strange).collect()
}
