//! A benefit that changes after the submission (`P13.3`, `P23.b`): what is lost is lost at once, what is gained waits for its check.
//! Never here: what a lane rests on.

use super::state::{Claim, Document, EntryState, Lane, Right, Status};
use super::submit::has;
use super::verification::{Said, asked_now};
use super::{Model, terms};

impl Model {
    /// The application asks for another right from now on; the documents allow it.
    pub(crate) fn change_right(&mut self, a: usize, right: Right, documents: &[Document]) {
        let lane = self.lane_of_child(right, self.apps[a].child, &self.apps[a].stream);
        let app = &mut self.apps[a];
        app.pmpc |= has(documents, "pmpc-conclusion");
        app.documented |= !documents.is_empty();
        match app.status {
            Status::Accepted => (app.lane, app.right) = (lane, right),
            Status::Verifying => {
                (app.lane, app.right) = (lane, right);
                let policy = self.pin();
                let since = terms::acceptance(self.now, self.policy(), &self.calendar);
                self.verify_first(a, since, policy);
                self.ask_register_first(a);
            }
            _ => self.change_queued_right(a, right, lane, documents),
        }
    }

    fn change_queued_right(&mut self, a: usize, right: Right, lane: Lane, documents: &[Document]) {
        self.apps[a].claim = None;
        if right == self.apps[a].right {
            return;
        }
        let present = self.apps[a].lane;
        if lane == Lane::General {
            self.move_to(a, lane);
            self.apps[a].right = right;
            return;
        }
        if lane > present {
            self.move_to(a, Lane::General);
            self.fall_to_general(a);
        }
        let policy = self.pin();
        let by_register = self.checker(&self.apps[a].stream, lane, !documents.is_empty(), policy) == Some(true);
        let since = terms::acceptance(self.now, self.policy(), &self.calendar);
        let check = self.check_from(since, by_register, policy);
        self.apps[a].claim = Some(Claim { right, lane, replaces: lane == present, check });
        self.notify(a, "verification-started");
        self.ask_register_claim(a);
    }

    /// To another lane, each entry at its instant; told with the new numbers, if any changes (`P6.e`).
    fn move_to(&mut self, a: usize, lane: Lane) {
        let app = &mut self.apps[a];
        let moves = app.lane != lane && app.entries.iter().any(|entry| entry.state == EntryState::Waiting);
        app.lane = lane;
        if moves {
            self.notify(a, "registered");
        }
    }

    /// The check of a changed benefit by register.
    pub(crate) fn ask_register_claim(&mut self, a: usize) {
        let child = self.apps[a].child;
        let Some(benefit) = self.apps[a].claim.as_ref().map(|claim| claim.right.benefit) else { return };
        let said = self.ask(child, benefit);
        let Some(claim) = self.apps[a].claim.as_mut() else { return };
        if !asked_now(&mut claim.check) {
            return;
        }
        match said {
            Said::Yes => self.confirm_claim(a),
            Said::No => self.refuse_claim(a),
            Said::Nothing => {}
        }
    }

    pub(crate) fn confirm_claim(&mut self, a: usize) {
        let Some(claim) = self.apps[a].claim.take() else { return };
        self.apps[a].lane = claim.lane;
        self.apps[a].right = claim.right;
        self.notify(a, "registered");
    }

    /// Nothing but the claim ends; only what was given up for it is gone.
    pub(crate) fn refuse_claim(&mut self, a: usize) {
        let Some(claim) = self.apps[a].claim.take() else { return };
        self.notify(a, "refused");
        if claim.replaces && self.apps[a].lane != Lane::General {
            self.move_to(a, Lane::General);
            self.fall_to_general(a);
        }
    }
}
