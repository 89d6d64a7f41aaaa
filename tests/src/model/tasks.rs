//! What waits for an officer (`P6.a`, `P13.3`, `P14`, `P25.b`, `P16.1`), and by when. Never here: what the officer says.

use super::state::{By, Check, ReferralStatus, Stage};
use super::view::{View, instant};
use super::{Instant, Model};

impl Model {
    /// Every task, by its application and kind: when it is due, and whether that is over.
    #[must_use]
    pub fn see_tasks(&self) -> View {
        let mut view = View::new();
        for a in 0..self.apps.len() {
            for (kind, due) in self.tasks_of(a) {
                let over = if due <= self.now { "over" } else { "to come" };
                view.insert(format!("application {a} {kind}"), format!("{} {over}", instant(due)));
            }
        }
        for (c, complaint) in self.complaints.iter().enumerate().filter(|(_, complaint)| complaint.state.is_open()) {
            let over = if complaint.due <= self.now { "over" } else { "to come" };
            view.insert(format!("complaint {c}"), format!("{} {over}", instant(complaint.due)));
        }
        view
    }

    fn tasks_of(&self, a: usize) -> Vec<(&'static str, Instant)> {
        let app = &self.apps[a];
        let mut tasks = Vec::new();
        let mut waits = |kind: &'static str, check: Option<&Check>| {
            tasks.extend(check.filter(|check| check.by == By::Officer).map(|check| (kind, check.due)));
        };
        waits("first-check", app.check.as_ref());
        waits("benefit-claim", app.claim.as_ref().map(|claim| &claim.check));
        if let Some(referral) = app.referrals.last().filter(|referral| referral.status == ReferralStatus::Issued) {
            waits("second-check", referral.check.as_ref());
            tasks.extend(referral.asked_extension.map(|asked| ("extension", asked.due)));
            if let Stage::UnderReview { due, .. } = referral.stage {
                tasks.push(("refusal-review", due));
            }
        }
        tasks
    }
}
