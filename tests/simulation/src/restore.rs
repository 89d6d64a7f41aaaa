//! A restore to a moment inside a transaction, as the operations guide leads through it: writing stops, the base becomes what it was, the
//! checker looks at it and mends what can be derived; where half a transaction can't be mended, the second before is chosen. Then the
//! story goes on. Never here: what the checker finds.

use chrono::TimeDelta;
use kezek_check::Report;
use kezek_check::repair::{self, Mended};
use kezek_local::{deployment::TABLE, functions::Function};

use crate::{
    agenda::Agenda, error::Broken, faults::Fault, flight::at_once, judge::lasting, lag::undo, oracle::Oracle, sim::Sim,
};

/// So many changes are undone at most.
const BACK: usize = 60;

impl Sim {
    /// Restores the base.
    ///
    /// # Errors
    /// What can't be mended is left, or the base fails.
    pub(crate) fn restore(&mut self) -> Result<(), Broken> {
        let Some(cut) = self.inside_a_transaction() else {
            self.door.state().weather.missed(Fault::Restore);
            return Ok(());
        };
        let on = std::mem::replace(&mut self.door.state().weather.on, false);
        self.stop_writing();
        self.back_to(cut)?;
        let half = self.report(self.meanwhile())?;
        self.count(if half.is_clean() { "restore: nothing is missing" } else { "restore: half a transaction is seen" });
        // Nothing works on a base that may have to be given up.
        let mended = self.repair(&half)?;
        if lasting(self.report(self.meanwhile())?).is_clean() {
            self.follow(mended)?;
        } else {
            // Half a step can't be derived: another second is chosen, the one before it.
            self.count("restore: the second before");
            let call = self.history.get(cut - 1).map(|last| last.call);
            let before = (0..cut).rev().take_while(|at| Some(self.history[*at].call) == call).last().unwrap_or(cut);
            self.back_to(before)?;
            let whole = self.report(self.meanwhile())?;
            self.mend(&whole)?;
        }
        self.publish_again()?;
        // What the cut left unpublished is found only of a base that has had its time.
        self.set_now(self.now() + TimeDelta::minutes(1));
        self.settle()?;
        let mut settings = self.meanwhile();
        settings.at_rest = true;
        let report = self.report(settings)?;
        self.mend(&report)?;
        self.holds_meanwhile()?;
        self.door.state().weather.on = on;
        Ok(())
    }

    /// A place in the history inside a transaction.
    fn inside_a_transaction(&mut self) -> Option<usize> {
        let from = self.history.len().saturating_sub(BACK).max(20);
        let inside: Vec<usize> =
            (from..self.history.len()).filter(|at| self.history[*at].call == self.history[at - 1].call).collect();
        self.acts.pick(&inside)
    }

    /// No one works: what was in the air is gone.
    fn stop_writing(&mut self) {
        self.flights.clear();
        self.door.state().air.clear();
        self.errands.clear();
        self.sources.forget();
        // What was set to be started is started by the schedules again.
        self.ticks.waiting.clear();
    }

    /// Undoes every change from a place in the history on.
    fn back_to(&mut self, place: usize) -> Result<(), Broken> {
        for committed in self.history[place..].iter().rev() {
            let (operation, body) = undo(TABLE, &committed.record)?;
            let (status, answer) = self.local.aws().engine().call(operation, body.to_string().as_bytes());
            if status != 200 {
                return Err(Broken::simulation(String::from_utf8_lossy(&answer).into_owned()));
            }
        }
        self.history.truncate(place);
        // The restored table has a stream of its own, which begins empty; the index is restored with the table.
        loop {
            let batch = self.local.aws().stream_records(self.checkpoint.as_deref())?;
            if batch.records.is_empty() {
                break;
            }
            self.checkpoint = batch.checkpoint;
            batch.records.iter().for_each(|record| self.door.state().lag.follows(record));
        }
        self.sources.forget();
        let happened = std::mem::take(&mut self.oracle.happened);
        (self.oracle, self.agenda) = (Oracle::default(), Agenda::default());
        for committed in &self.history {
            self.oracle.take(&committed.record, committed.at)?;
            self.agenda.take(&committed.record);
        }
        self.oracle.happened = happened;
        self.forget_what_never_was();
        // No instance lives on that knows what never was.
        at_once(self.local.app().settle_anew(self.now()))?.map_err(|error| Broken::simulation(error.to_string()))?;
        Ok(())
    }

    /// People learn what is void.
    fn forget_what_never_was(&mut self) {
        self.people.tasks.clear();
        self.people.complaints.clear();
        self.people.invitations.clear();
        for garden in &mut self.people.gardens {
            garden.referrals.clear();
            garden.vacancies.clear();
        }
        for family in &mut self.people.families {
            family.seen = serde_json::Value::Null;
            family.answer = None;
            family.news = true;
            let there = family.id.as_ref().is_some_and(|id| self.oracle.applications.contains_key(id));
            if !there {
                (family.id, family.submission) = (None, None);
            }
        }
    }

    /// Mends what a report found and can be derived, with what follows from it.
    fn mend(&mut self, report: &Report) -> Result<(), Broken> {
        let mended = self.repair(report)?;
        self.follow(mended)
    }

    fn repair(&mut self, report: &Report) -> Result<Mended, Broken> {
        let client = self.local.aws().dynamodb();
        let mended = at_once(repair::repair(&client, TABLE, report, self.now(), true, |_| {}))?;
        let mended = mended.map_err(|error| Broken::simulation(format!("{error:?}")))?;
        self.look()?;
        Ok(mended)
    }

    /// What a repair asks to be made known or asked again.
    fn follow(&mut self, mended: Mended) -> Result<(), Broken> {
        for event in mended.publish {
            self.play(Function::EventPublisher, event)?;
        }
        for event in mended.verify {
            self.play(Function::DocumentVerification, event)?;
        }
        self.settle()
    }
}
