//! The parts of the template that are compared, each read from its resource: functions with their triggers, queues, alarms.
//! Never here: what they should be.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::read::{before_dot, list, local_name, members, number, resource_at, text_at, texts};

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
    /// Its part of the HTTP API.
    pub routes: Vec<FunctionRoute>,
    /// What is read for it in batches.
    pub batches: Vec<Batch>,
    /// What starts it by the clock.
    pub schedules: Vec<Schedule>,
    /// Where an asynchronous invocation that failed for good is kept.
    pub dead_letters: Option<String>,
}

/// A function's part of the HTTP API.
#[derive(Debug, Clone)]
pub struct FunctionRoute {
    /// The method.
    pub method: String,
    /// The path.
    pub path: String,
    /// Whether it needs no token.
    pub public: bool,
    /// The scopes of which a token must have one.
    pub scopes: BTreeSet<String>,
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
    /// Whether a batch of a stream that fails is split.
    pub bisects: bool,
    /// Until when a record of a stream is tried again, in seconds of its age.
    pub max_age: Option<u64>,
    /// Whether the number of tries of a stream is said.
    pub retries: bool,
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
    /// Whether it says how often and how long it is tried.
    pub retries: bool,
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

/// An alarm.
#[derive(Debug)]
pub struct Alarm {
    /// Its name without the stage.
    pub name: String,
    /// Namespace and name of every metric it looks at, with the resources and names that its dimensions name.
    pub metrics: Vec<(String, String, Vec<String>)>,
    /// Whom it tells: the topic's parameter.
    pub topic: Option<String>,
    /// Everything else.
    pub properties: Json,
}

impl Function {
    pub(super) fn read(resource: &Json, default_timeout: u64) -> Result<Self, String> {
        let mut function = Self {
            folder: text_at(resource, "/Metadata/BuildProperties/Binary")?,
            timeout: number(resource, "/Properties/Timeout").unwrap_or(default_timeout),
            role: resource_at(resource, "/Properties/Role").ok_or("no role")?,
            settings: members(resource, "/Properties/Environment/Variables").map(|(name, _)| name.clone()).collect(),
            routes: Vec::new(),
            batches: Vec::new(),
            schedules: Vec::new(),
            dead_letters: resource_at(
                resource,
                "/Properties/EventInvokeConfig/DestinationConfig/OnFailure/Destination",
            ),
        };
        for (name, event) in members(resource, "/Properties/Events") {
            function.add(event).map_err(|error| format!("event {name}: {error}"))?;
        }
        Ok(function)
    }

    fn add(&mut self, event: &Json) -> Result<(), String> {
        let of = &event["Properties"];
        match event["Type"].as_str().unwrap_or_default() {
            "HttpApi" => self.routes.push(FunctionRoute {
                method: text_at(of, "/Method")?,
                path: text_at(of, "/Path")?,
                public: of["Auth"]["Authorizer"] == "NONE",
                scopes: texts(&of["Auth"]["AuthorizationScopes"]).into_iter().collect(),
            }),
            kind @ ("SQS" | "DynamoDB") => self.batches.push(Batch::read(of, kind == "DynamoDB")?),
            "ScheduleV2" => self.schedules.push(Schedule {
                name: local_name(&text_at(of, "/Name")?),
                expression: text_at(of, "/ScheduleExpression")?,
                timezone: text_at(of, "/ScheduleExpressionTimezone")?,
                input: serde_json::from_str(&text_at(of, "/Input")?).map_err(|error| error.to_string())?,
                dead_letters: resource_at(of, "/DeadLetterConfig/Arn"),
                retries: number(of, "/RetryPolicy/MaximumRetryAttempts").is_some()
                    && number(of, "/RetryPolicy/MaximumEventAgeInSeconds").is_some(),
            }),
            other => return Err(format!("a trigger of the unknown type {other:?}")),
        }
        Ok(())
    }
}

impl Batch {
    fn read(of: &Json, stream: bool) -> Result<Self, String> {
        let patterns = list(&of["FilterCriteria"]["Filters"]).map(|filter| text_at(filter, "/Pattern"));
        let parsed = patterns.map(|pattern| serde_json::from_str(&pattern?).map_err(|error| error.to_string()));
        Ok(Self {
            source: resource_at(of, if stream { "/Stream" } else { "/Queue" }).ok_or("no source")?,
            stream,
            partial_failures: list(&of["FunctionResponseTypes"]).any(|kind| kind == "ReportBatchItemFailures"),
            bisects: of["BisectBatchOnFunctionError"] == true,
            max_age: number(of, "/MaximumRecordAgeInSeconds"),
            retries: of["MaximumRetryAttempts"].is_i64(),
            dead_letters: resource_at(of, "/DestinationConfig/OnFailure/Destination"),
            filters: parsed.collect::<Result<_, String>>()?,
        })
    }
}

impl Queue {
    pub(super) fn read(resource: &Json) -> Result<Self, String> {
        let dead = resource_at(resource, "/Properties/RedrivePolicy/deadLetterTargetArn");
        let receipts = number(resource, "/Properties/RedrivePolicy/maxReceiveCount");
        Ok(Self {
            name: local_name(&text_at(resource, "/Properties/QueueName")?),
            fifo: resource["Properties"]["FifoQueue"].as_bool().unwrap_or(false),
            visibility: number(resource, "/Properties/VisibilityTimeout").unwrap_or(30),
            redrive: dead.zip(receipts),
        })
    }
}

impl Alarm {
    pub(super) fn read(resource: &Json) -> Result<Self, String> {
        let of = &resource["Properties"];
        let metric = |metric: &Json| {
            let dimension = |one: &Json| one["Value"].as_str().map(before_dot).unwrap_or_default();
            let dimensions = list(&metric["Dimensions"]).map(dimension).collect();
            (text_at(metric, "/Namespace").ok(), text_at(metric, "/MetricName").ok(), dimensions)
        };
        let parts = list(&of["Metrics"]).map(|part| &part["MetricStat"]["Metric"]).chain(std::iter::once(of));
        let metrics = parts.map(metric).filter_map(|(space, name, dimensions)| Some((space?, name?, dimensions)));
        Ok(Self {
            name: local_name(&text_at(resource, "/Properties/AlarmName")?),
            metrics: metrics.collect(),
            topic: of["AlarmActions"][1][0].as_str().map(str::to_owned),
            properties: of.clone(),
        })
    }

    /// Whether it looks at a metric of a resource.
    pub fn looks_at(&self, space: &str, metric: &str, of: &str) -> bool {
        self.metrics.iter().any(|(s, m, names)| s == space && m == metric && names.iter().any(|name| name == of))
    }
}
