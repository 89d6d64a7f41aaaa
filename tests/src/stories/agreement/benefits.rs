//! Benefits that families claim and give up in a story, and transfers (`P13.3`, `P23.b`). Never here: who confirms them.

use serde_json::json;

use super::Story;
use super::acts::{Done, told_documents};
use crate::model::Change;
use crate::model::state::{Lane, Status};

/// The documents that a benefit and a transfer need (`A2.8`, `P23.b`).
pub fn needed(benefit: u8, relocation: bool) -> Vec<&'static str> {
    let mut kinds = match benefit {
        1..=4 => vec!["service-certificate"],
        11 | 12 => vec!["work-certificate", "diploma"],
        _ => Vec::new(),
    };
    kinds.extend(relocation.then_some("transfer-order"));
    kinds
}

impl Story {
    pub async fn claims(&mut self) -> Option<Done> {
        let a = if self.chance.percent(97) {
            self.one_of(|model, a| {
                matches!(model.apps[a].status, Status::Accepted | Status::Verifying | Status::Queued)
            })?
        } else {
            self.one_of(|_, _| true)?
        };
        let relocation = match self.chance.below(10) {
            0 | 1 => Some(true),
            2 => Some(false),
            _ => None,
        };
        let benefit = *[13, 13, 10, 10, 6, 11, 1, 2].get(self.chance.below(8)).expect("one");
        let benefit = Some(benefit).filter(|_| relocation.is_none() || self.chance.percent(70));
        if let Some(benefit) = benefit.filter(|_| self.chance.percent(65)) {
            self.know(self.model.apps[a].child, benefit).await;
        }
        let mut kinds = needed(benefit.unwrap_or(13), relocation == Some(true));
        kinds.extend(self.chance.percent(4).then_some("pmpc-conclusion"));
        let documents = self.documents(&kinds);
        let mut body = json!({});
        if let Some(benefit) = benefit {
            body["benefit"] = json!(benefit);
        }
        if let Some(relocation) = relocation {
            body["relocation"] = json!(relocation);
        }
        if !documents.is_empty() {
            body["documents"] = told_documents(&documents);
        }
        let before = self.model.apps[a].lane;
        let (status, answer) = self.patch(a, &body).await;
        let benefits = benefit.map(|benefit| vec![benefit]);
        let change = Change { benefits, relocation, documents, ..Change::default() };
        let outcome = self.model.change(a, &change);
        let app = &self.model.apps[a];
        let lost = before != Lane::General && app.lane == Lane::General && app.claim.is_none();
        let kind = match outcome {
            Ok(()) if lost => "benefit given up",
            _ if relocation == Some(true) => "transfer claimed",
            Ok(()) if app.claim.is_none() => "change of a benefit at once",
            _ => "claim of a benefit",
        };
        let told = self.alike(kind, outcome, status, &answer);
        Some((format!("application {a}: {body}: {status}"), told))
    }
}
