//! What `template.yaml` deploys, as values, and the tests that hold it against the code: functions, routes, queues,
//! schedules, permissions, example events. Never here: a copy of what the template says beyond what is compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use serde_json::Value as Json;
use serde_yaml_ng::Value as Yaml;

use crate::repository::root;

/// What every physical name starts with; the local stack leaves it out.
const STAGE_PREFIX: &str = "kezek-${Stage}-";

/// One route of the HTTP API: (function, method, path, public). Public routes need no token.
pub type Route = (String, String, String, bool);

/// The template, read once.
#[derive(Debug)]
pub struct Template {
    /// The functions, by resource name.
    pub functions: BTreeMap<String, Function>,
    /// The queues, by resource name.
    pub queues: BTreeMap<String, Queue>,
    /// Role resource → what it allows.
    pub roles: BTreeMap<String, Vec<Statement>>,
    /// The authorizer of every route that names none.
    pub default_authorizer: Option<String>,
}

/// A function with its triggers.
#[derive(Debug)]
pub struct Function {
    /// Folder, crate and binary.
    pub folder: String,
    /// Seconds an invocation may take.
    pub timeout: u64,
    /// The role resource it runs as.
    pub role: String,
    /// Names of its settings, the shared ones left out.
    pub settings: BTreeSet<String>,
    /// Its part of the HTTP API: (method, path, public).
    pub routes: Vec<(String, String, bool)>,
    /// What is read for it in batches.
    pub batches: Vec<Batch>,
    /// What starts it by the clock.
    pub schedules: Vec<Schedule>,
}

/// A queue or the table's stream, read for a function in batches.
#[derive(Debug)]
pub struct Batch {
    /// Resource it reads; the table for a stream.
    pub source: String,
    /// Whether it is the table's stream.
    pub stream: bool,
    /// Whether the function answers with the items that failed, instead of failing the batch.
    pub partial_failures: bool,
    /// Where a stream sets aside what it gives up on.
    pub dead_letters: Option<String>,
    /// The filters, parsed: a record that matches one of them is handed over.
    pub filters: Vec<Json>,
}

/// A schedule of a function.
#[derive(Debug)]
pub struct Schedule {
    /// Its name without the stage.
    pub name: String,
    /// `rate(…)` or `cron(…)`.
    pub expression: String,
    /// The zone its expression is read in.
    pub timezone: String,
    /// The input it hands over.
    pub input: Json,
    /// Where it sets aside an invocation that can't be started.
    pub dead_letters: Option<String>,
}

/// A queue.
#[derive(Debug)]
pub struct Queue {
    /// Its name without the stage.
    pub name: String,
    /// Whether it keeps order within message groups.
    pub fifo: bool,
    /// Seconds a received message stays hidden.
    pub visibility: u64,
    /// Resource of its dead-letter queue, and how many receipts lead there.
    pub redrive: Option<(String, u64)>,
}

/// One statement of a role's policy.
#[derive(Debug)]
pub struct Statement {
    /// What may be done.
    pub actions: Vec<String>,
    /// To what.
    pub resources: Vec<String>,
}

impl Template {
    /// Reads the repository's template.
    pub fn load() -> Result<Self, String> {
        let path = root().join("template.yaml");
        Self::parse(&std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?)
    }

    /// Reads a template from its text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let document = plain(&serde_yaml_ng::from_str(text).map_err(|error| error.to_string())?)?;
        let default_timeout = number(&document, "/Globals/Function/Timeout").unwrap_or(3);
        let mut template = Self {
            functions: BTreeMap::new(),
            queues: BTreeMap::new(),
            roles: BTreeMap::new(),
            default_authorizer: None,
        };
        for (name, resource) in members(&document, "/Resources") {
            let read = match resource["Type"].as_str().unwrap_or_default() {
                "AWS::Serverless::Function" => Function::read(resource, default_timeout).map(|function| {
                    template.functions.insert(name.clone(), function);
                }),
                "AWS::SQS::Queue" => Queue::read(resource).map(|queue| {
                    template.queues.insert(name.clone(), queue);
                }),
                "AWS::IAM::Role" => {
                    template.roles.insert(name.clone(), statements(resource));
                    Ok(())
                }
                "AWS::Serverless::HttpApi" => {
                    template.default_authorizer = text_at(resource, "/Properties/Auth/DefaultAuthorizer").ok();
                    Ok(())
                }
                _ => Ok(()),
            };
            read.map_err(|error| format!("{name}: {error}"))?;
        }
        Ok(template)
    }

    /// Every route of the HTTP API.
    pub fn routes(&self) -> BTreeSet<Route> {
        let of = |function: &Function| {
            let folder = function.folder.clone();
            function
                .routes
                .clone()
                .into_iter()
                .map(move |(method, path, public)| (folder.clone(), method, path, public))
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

impl Function {
    fn read(resource: &Json, default_timeout: u64) -> Result<Self, String> {
        let mut function = Self {
            folder: text_at(resource, "/Metadata/BuildProperties/Binary")?,
            timeout: number(resource, "/Properties/Timeout").unwrap_or(default_timeout),
            role: before_dot(&text_at(resource, "/Properties/Role")?),
            settings: members(resource, "/Properties/Environment/Variables").map(|(name, _)| name.clone()).collect(),
            routes: Vec::new(),
            batches: Vec::new(),
            schedules: Vec::new(),
        };
        for (name, event) in members(resource, "/Properties/Events") {
            function.add(event).map_err(|error| format!("event {name}: {error}"))?;
        }
        Ok(function)
    }

    fn add(&mut self, event: &Json) -> Result<(), String> {
        let of = &event["Properties"];
        match event["Type"].as_str().unwrap_or_default() {
            "HttpApi" => {
                let public = of["Auth"]["Authorizer"].as_str() == Some("NONE");
                self.routes.push((text_at(of, "/Method")?, text_at(of, "/Path")?, public));
            }
            kind @ ("SQS" | "DynamoDB") => {
                let stream = kind == "DynamoDB";
                let source = text_at(of, if stream { "/Stream" } else { "/Queue" })?;
                let patterns = list(&of["FilterCriteria"]["Filters"]).map(|filter| text_at(filter, "/Pattern"));
                let parsed = patterns.map(|pattern| serde_json::from_str(&pattern?).map_err(|error| error.to_string()));
                self.batches.push(Batch {
                    source: before_dot(&source),
                    stream,
                    partial_failures: list(&of["FunctionResponseTypes"]).any(|kind| kind == "ReportBatchItemFailures"),
                    dead_letters: text_at(of, "/DestinationConfig/OnFailure/Destination")
                        .ok()
                        .map(|arn| before_dot(&arn)),
                    filters: parsed.collect::<Result<_, String>>()?,
                });
            }
            "ScheduleV2" => self.schedules.push(Schedule {
                name: local_name(&text_at(of, "/Name")?),
                expression: text_at(of, "/ScheduleExpression")?,
                timezone: text_at(of, "/ScheduleExpressionTimezone")?,
                input: serde_json::from_str(&text_at(of, "/Input")?).map_err(|error| error.to_string())?,
                dead_letters: text_at(of, "/DeadLetterConfig/Arn").ok().map(|arn| before_dot(&arn)),
            }),
            other => return Err(format!("a trigger of the unknown type {other:?}")),
        }
        Ok(())
    }
}

impl Queue {
    fn read(resource: &Json) -> Result<Self, String> {
        let dead = text_at(resource, "/Properties/RedrivePolicy/deadLetterTargetArn").ok();
        let receipts = number(resource, "/Properties/RedrivePolicy/maxReceiveCount");
        Ok(Self {
            name: local_name(&text_at(resource, "/Properties/QueueName")?),
            fifo: resource["Properties"]["FifoQueue"].as_bool().unwrap_or(false),
            visibility: number(resource, "/Properties/VisibilityTimeout").unwrap_or(30),
            redrive: dead.zip(receipts).map(|(dead, receipts)| (before_dot(&dead), receipts)),
        })
    }
}

/// What is on one side only, as sentences: none means the two agree.
pub fn differences<T: Ord + Debug>(what: &str, found: &BTreeSet<T>, known: &BTreeSet<T>) -> Vec<String> {
    let missing = known.difference(found).map(|one| format!("{what}: {one:?} is known, but isn't there"));
    let strange = found.difference(known).map(|one| format!("{what}: {one:?} is there, but unknown"));
    missing.chain(strange).collect()
}

/// YAML as JSON, without the short forms' tags: `!Ref X` and `!Sub X` become `X`, `!GetAtt X.Arn` becomes `X.Arn`.
fn plain(value: &Yaml) -> Result<Json, String> {
    Ok(match value {
        Yaml::Tagged(tagged) => plain(&tagged.value)?,
        Yaml::Sequence(items) => Json::Array(items.iter().map(plain).collect::<Result<_, _>>()?),
        Yaml::Mapping(entries) => {
            let member = |(key, value): (&Yaml, &Yaml)| {
                let key = key.as_str().ok_or_else(|| format!("{key:?} is no name"))?;
                Ok((key.to_owned(), plain(value)?))
            };
            Json::Object(entries.iter().map(member).collect::<Result<_, String>>()?)
        }
        scalar => serde_json::to_value(scalar).map_err(|error| error.to_string())?,
    })
}

fn members<'a>(value: &'a Json, pointer: &str) -> impl Iterator<Item = (&'a String, &'a Json)> {
    value.pointer(pointer).and_then(Json::as_object).into_iter().flatten()
}

fn list(value: &Json) -> impl Iterator<Item = &Json> {
    value.as_array().into_iter().flatten()
}

fn texts(value: &Json) -> Vec<String> {
    value.as_str().into_iter().chain(list(value).filter_map(Json::as_str)).map(str::to_owned).collect()
}

fn text_at(value: &Json, pointer: &str) -> Result<String, String> {
    value.pointer(pointer).and_then(Json::as_str).map(str::to_owned).ok_or_else(|| format!("no text at {pointer}"))
}

fn number(value: &Json, pointer: &str) -> Option<u64> {
    value.pointer(pointer).and_then(Json::as_u64)
}

fn before_dot(reference: &str) -> String {
    reference.split('.').next().unwrap_or_default().to_owned()
}

fn local_name(name: &str) -> String {
    name.strip_prefix(STAGE_PREFIX).unwrap_or(name).to_owned()
}

fn statements(role: &Json) -> Vec<Statement> {
    let policies = list(&role["Properties"]["Policies"]);
    let all = policies.flat_map(|policy| list(&policy["PolicyDocument"]["Statement"]));
    all.map(|one| Statement { actions: texts(&one["Action"]), resources: texts(&one["Resource"]) }).collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use kezek_local::deployment::{QUEUE_READERS, STREAM_READERS, queues};
    use kezek_local::functions::Function as Known;
    use kezek_local::schedules::{SCHEDULES, ZONE};

    use super::*;

    // ------------------------------------------------------------------------------------------------ known to the code

    /// What the functions say they serve: their `ROUTES`.
    fn known_routes() -> BTreeSet<Route> {
        let routes = |function: Known| {
            let name = function.name().to_owned();
            function.routes().iter().map(move |route| {
                (name.clone(), route.method.to_owned(), route.path.to_owned(), route.scopes.is_empty())
            })
        };
        Known::ALL.into_iter().flat_map(routes).collect()
    }

    /// The queues of the local stack, the dead-letter queues included.
    fn known_queues() -> BTreeSet<(String, bool, Option<String>)> {
        let reader = |queue: &str| {
            let found = QUEUE_READERS.iter().find(|(name, ..)| *name == queue);
            found.map(|(_, function, _)| function.name().to_owned())
        };
        queues().into_iter().map(|queue| (queue.name.clone(), queue.fifo, reader(&queue.name))).collect()
    }

    /// The timetable of the local stack.
    fn known_schedules() -> BTreeSet<(String, String, String, String)> {
        let known = SCHEDULES.iter().map(|schedule| (schedule.name.to_owned(), schedule.timetable.expression()));
        known.map(|(name, when)| ("expiry-sweep".into(), name, when, ZONE.into())).collect()
    }

    /// The filters of the local stack's readers of the stream, by function.
    fn known_filters() -> BTreeSet<(String, String)> {
        let filters = STREAM_READERS.iter().flat_map(|reader| {
            reader.filters.iter().map(|filter| (reader.function.name().to_owned(), (*filter).to_owned()))
        });
        let compact = |filter: String| serde_json::from_str::<Json>(&filter).expect("a pattern").to_string();
        filters.map(|(name, filter)| (name, compact(filter))).collect()
    }

    // ------------------------------------------------------------------------------------------------------- comparisons

    fn template() -> Template {
        Template::load().expect("template.yaml can be read")
    }

    fn agree<T: Ord + Debug>(what: &str, deployed: &BTreeSet<T>, known: &BTreeSet<T>) {
        let found = differences(what, deployed, known);
        assert!(found.is_empty(), "{}", found.join("\n"));
    }

    #[test]
    fn short_forms_are_read_by_what_they_name() {
        let text = "Resources:\n  A:\n    Type: AWS::SQS::Queue\n    Properties:\n      QueueName: !Sub kezek-${Stage}-a\n      \
                    RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 5 }\n";
        let template = Template::parse(text).expect("a template");
        assert_eq!(template.queues["A"].name, "a");
        assert_eq!(template.queues["A"].redrive, Some(("Dead".to_owned(), 5)));
    }

    #[test]
    fn the_stream_is_filtered_alike_here_and_there() {
        let template = template();
        let streams = template.functions.values().flat_map(|function| {
            let streams = function.batches.iter().filter(|batch| batch.stream).flat_map(|batch| &batch.filters);
            streams.map(|filter| (function.folder.clone(), filter.to_string()))
        });
        agree("filters of the stream", &streams.collect(), &known_filters());
    }

    #[test]
    fn both_directions_of_a_difference_are_reported() {
        let found = differences("route", &BTreeSet::from(["a", "b"]), &BTreeSet::from(["b", "c"]));
        assert_eq!(found.len(), 2);
        assert!(found[0].contains("\"c\"") && found[1].contains("\"a\""), "{found:?}");
    }

    #[test]
    fn functions_are_the_folders() {
        let folders = std::fs::read_dir(root().join("functions")).expect("functions").flatten();
        let folders =
            folders.filter(|entry| entry.path().is_dir()).map(|entry| entry.file_name().into_string().expect("UTF-8"));
        let template = template();
        agree(
            "function",
            &template.functions.values().map(|function| function.folder.clone()).collect(),
            &folders.collect(),
        );
        for (resource, function) in &template.functions {
            let words = function.folder.split('-').map(|word| word[..1].to_uppercase() + &word[1..]);
            assert_eq!(*resource, words.collect::<String>(), "the resource is named like its folder");
        }
    }

    #[test]
    fn routes_are_those_the_code_knows() {
        agree("route", &template().routes(), &known_routes());
    }

    #[test]
    fn a_route_without_a_word_needs_a_token() {
        assert_eq!(template().default_authorizer.as_deref(), Some("Tokens"));
    }

    #[test]
    fn queues_are_those_of_the_local_stack() {
        agree("queue", &template().queues(), &known_queues());
    }

    #[test]
    fn schedules_are_those_of_the_local_stack() {
        agree("schedule", &template().schedules(), &known_schedules());
    }

    #[test]
    fn schedules_hand_over_their_scheduled_time() {
        for schedule in template().functions.values().flat_map(|function| &function.schedules) {
            let expected =
                serde_json::json!({"sweep": schedule.name, "scheduledTime": "<aws.scheduler.scheduled-time>"});
            assert_eq!(schedule.input, expected);
            assert_eq!(schedule.dead_letters.as_deref(), Some("SchedulesDead"));
        }
    }

    #[test]
    fn batches_fail_by_the_item_and_lose_nothing() {
        let template = template();
        for function in template.functions.values() {
            for batch in &function.batches {
                assert!(batch.partial_failures, "{}: {} fails as a whole", function.folder, batch.source);
                if batch.stream {
                    assert_eq!(batch.dead_letters.as_deref(), Some("StreamDead"), "{}", function.folder);
                    assert!(!batch.filters.is_empty(), "{} is woken by every write", function.folder);
                } else {
                    let queue = &template.queues[&batch.source];
                    assert!(queue.visibility >= 6 * function.timeout, "{} shows messages again too soon", queue.name);
                    let (dead, receipts) = queue.redrive.as_ref().expect("a dead-letter queue");
                    assert_eq!((template.queues[dead].fifo, *receipts), (queue.fifo, 5), "{}", queue.name);
                }
            }
        }
    }

    #[test]
    fn roles_are_exact_and_shared_by_nobody() {
        let template = template();
        let used: BTreeSet<_> = template.functions.values().map(|function| &function.role).collect();
        assert_eq!(used.len(), template.functions.len(), "two functions share a role");
        for (resource, function) in &template.functions {
            assert_eq!(function.role, format!("{resource}Role"));
        }
        for (role, statements) in &template.roles {
            for statement in statements {
                assert!(!statement.actions.is_empty() && !statement.resources.is_empty(), "{role}: {statement:?}");
                for action in &statement.actions {
                    assert!(
                        !action.contains('*') && !action.contains("Scan") && !action.contains("PartiQL"),
                        "{role}: {action}"
                    );
                }
                for resource in &statement.resources {
                    // A log group's streams have names of their own: the only place where a wildcard can't be avoided.
                    let own_logs = format!("log-group:${{{}Logs}}:*", role.trim_end_matches("Role"));
                    assert!(!resource.contains('*') || resource.ends_with(&own_logs), "{role}: {resource}");
                }
            }
        }
    }

    #[test]
    fn settings_reach_only_those_that_need_them() {
        for function in template().functions.values() {
            let has = |name: &str| function.settings.contains(name);
            for name in ["TOKEN_ISSUER", "TOKEN_AUDIENCE", "JWKS_URL", "PERSON_KEYS"] {
                assert_eq!(has(name), !function.routes.is_empty(), "{}: {name}", function.folder);
            }
            for name in ["ALLOCATION_QUEUE_URL", "EVENT_BUS_NAME"] {
                assert_eq!(has(name), function.folder == "event-publisher", "{}: {name}", function.folder);
            }
            assert_eq!(has("BULLETINS_DEAD_URL"), function.folder == "vacancy-ingestion", "{}", function.folder);
            assert_eq!(has("REGISTER_URL"), function.folder == "document-verification", "{}", function.folder);
            assert_eq!(has("SIGNATURE_URL"), function.folder == "enrolment", "{}", function.folder);
        }
    }

    /// The routes as `cargo lambda watch` reads them, one path a line.
    fn watch_router(template: &Template) -> BTreeSet<String> {
        let mut paths: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (function, method, path, _) in template.routes() {
            let entry = format!("{{ function = \"{function}\", method = \"{method}\" }}");
            paths.entry(path).or_default().push(entry);
        }
        paths.iter().map(|(path, entries)| format!("\"{path}\" = [{}]", entries.join(", "))).collect()
    }

    #[test]
    fn cargo_lambda_serves_the_same_routes() {
        let config = std::fs::read_to_string(root().join("CargoLambda.toml")).expect("CargoLambda.toml");
        let (_, router) = config.split_once("[watch.router]\n").expect("a router");
        let lines = router.lines().filter(|line| !line.is_empty()).map(str::to_owned);
        agree("CargoLambda.toml", &lines.collect(), &watch_router(&template()));
    }

    // ---------------------------------------------------------------------------------------------------- example events

    /// The example events of a function: (file name, content).
    fn events(folder: &str) -> Vec<(String, Json)> {
        let files = std::fs::read_dir(root().join("events").join(folder)).expect("an events folder").flatten();
        let read = |path: PathBuf| {
            let text = std::fs::read_to_string(&path).expect("UTF-8");
            let event = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (path.display().to_string(), event)
        };
        files.map(|entry| read(entry.path())).collect()
    }

    /// The trigger that an example event comes from, in the words of [`triggers`].
    fn trigger_of(event: &Json) -> Option<String> {
        if let Some(route) = event["routeKey"].as_str() {
            return Some(route.to_owned());
        }
        if let Some(sweep) = event["sweep"].as_str() {
            return Some(format!("schedule {sweep}"));
        }
        let source = event["Records"][0]["eventSourceARN"].as_str()?;
        if source.starts_with("arn:aws:dynamodb:") {
            Some("stream".to_owned())
        } else {
            source.rsplit_once("kezek-test-").map(|(_, name)| format!("queue {name}"))
        }
    }

    /// Everything that can start a function.
    fn triggers(template: &Template, function: &Function) -> BTreeSet<String> {
        let routes = function.routes.iter().map(|(method, path, _)| format!("{method} {path}"));
        let schedules = function.schedules.iter().map(|schedule| format!("schedule {}", schedule.name));
        let batch = |batch: &Batch| match template.queues.get(&batch.source) {
            Some(queue) => format!("queue {}", queue.name),
            None => "stream".to_owned(),
        };
        routes.chain(schedules).chain(function.batches.iter().map(batch)).collect()
    }

    #[test]
    fn every_trigger_has_an_example_event_and_every_event_a_trigger() {
        let template = template();
        for function in template.functions.values() {
            let events = events(&function.folder);
            let shown =
                events.iter().map(|(file, event)| trigger_of(event).unwrap_or_else(|| format!("unknown in {file}")));
            agree(&format!("events/{}", function.folder), &shown.collect(), &triggers(&template, function));
        }
    }

    #[test]
    fn example_requests_are_whole() {
        let template = template();
        for function in template.functions.values() {
            for (file, event) in events(&function.folder).iter().filter(|(_, event)| !event["routeKey"].is_null()) {
                let context = &event["requestContext"];
                assert_eq!(event["version"], "2.0", "{file}");
                assert_eq!(context["routeKey"], event["routeKey"], "{file}");
                assert_eq!(context["http"]["path"], event["rawPath"], "{file}");
                let route = event["routeKey"].as_str().unwrap_or_default();
                assert_eq!(route.split(' ').next(), context["http"]["method"].as_str(), "{file}");
                let public =
                    function.routes.iter().any(|(method, path, public)| *public && route == format!("{method} {path}"));
                assert_eq!(context["authorizer"]["jwt"]["claims"].is_null(), public, "{file}");
                if let Some(body) = event["body"].as_str() {
                    serde_json::from_str::<Json>(body).unwrap_or_else(|error| panic!("{file}: {error}"));
                }
            }
        }
    }
}
