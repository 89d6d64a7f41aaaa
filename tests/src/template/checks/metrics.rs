//! The system's own metrics: what alarms and the dashboard look at is what the code, or a filter of the logs, publishes. An alarm on a
//! metric that nobody publishes stays silent for ever.

use std::collections::BTreeSet;

use kezek_shell::metrics::Metric;

use super::Template;

/// The namespace that the system publishes into.
const OWN: &str = "Kezek";

/// Every metric of the system's own that is looked at is published.
pub(super) fn published(template: &Template) -> Vec<String> {
    let resources = template.document["Resources"].as_object().into_iter().flatten();
    let transformed = resources.clone().flat_map(|(_, resource)| {
        let all = resource["Properties"]["MetricTransformations"].as_array().into_iter().flatten();
        all.filter(|one| one["MetricNamespace"] == OWN).filter_map(|one| one["MetricName"].as_str())
    });
    let published: BTreeSet<&str> = Metric::ALL.iter().map(|metric| metric.name()).chain(transformed).collect();
    let unknown = |whose: &str, name: &str| {
        (!published.contains(name)).then(|| format!("{whose} looks at {name}, which nobody publishes"))
    };
    let mut failures = Vec::new();
    for (resource, alarm) in &template.alarms {
        let own = alarm.metrics.iter().filter(|(namespace, ..)| namespace == OWN);
        failures.extend(own.filter_map(|(_, name, _)| unknown(resource, name)));
    }
    for (resource, properties) in resources.map(|(name, resource)| (name, &resource["Properties"])) {
        let body = properties["DashboardBody"]["Fn::Sub"].as_str().or_else(|| properties["DashboardBody"].as_str());
        let named = body.map(looked_at).unwrap_or_default();
        failures.extend(
            (body.is_some() && named.is_empty()).then(|| format!("{resource} shows nothing of the system's own")),
        );
        failures.extend(named.iter().filter_map(|name| unknown(resource, name)));
    }
    failures
}

/// The system's own metrics that a dashboard names: as the beginning of a metric, or in a search.
fn looked_at(body: &str) -> Vec<String> {
    let after = |mark: &str| -> Vec<String> {
        let rests = body.split(mark).skip(1);
        rests.map(|rest| rest.chars().take_while(char::is_ascii_alphanumeric).collect()).collect()
    };
    let mut names = after(&format!("[\"{OWN}\",\""));
    names.extend(after("MetricName=\\\""));
    names
}
