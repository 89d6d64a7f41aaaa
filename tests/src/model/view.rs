//! What can be seen from outside, as lines of text that name what they say: easy to compare, easy to read where they differ. Never
//! here: anything that the interfaces don't show.

use std::collections::BTreeMap;

use chrono::{Datelike, SecondsFormat};
use kezek_rules::ids::Bin;

use super::calendar::Instant;
use super::state::{EntryState, InvitationState, NotBefore, QueueKey, Referral, ReferralStatus, Stage};
use super::{Inviting, Model, Wish, terms};

/// What is seen: a name for each thing, and what it says.
pub type View = BTreeMap<String, String>;

/// An instant as outside.
#[must_use]
pub fn instant(at: Instant) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// An instant to the second.
#[must_use]
pub fn second(at: Instant) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

impl Model {
    /// How many applications there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.apps.len()
    }

    /// An application as its applicant sees it.
    #[must_use]
    pub fn see(&self, a: usize) -> View {
        let app = &self.apps[a];
        let mut view = View::new();
        let mut say = |name: String, what: String| {
            view.insert(name, what);
        };
        let reason = app.reason.map_or_else(String::new, |reason| format!(" ({})", reason.text()));
        say("status".to_owned(), format!("{}{reason}", app.status.text()));
        say("acceptedAt".to_owned(), instant(app.accepted_at));
        say("lane".to_owned(), format!("{} {}{}", app.lane.text(), app.right.benefit, moved(app.right.relocation)));
        if let Some(claim) = &app.claim {
            let right = claim.right;
            say("claim".to_owned(), format!("{} {}{}", claim.lane.text(), right.benefit, moved(right.relocation)));
        }
        if let Some(day) = app.wake_on {
            say("not before".to_owned(), day.to_string());
        }
        for (e, entry) in app.entries.iter().enumerate() {
            let number = self.number(a, e).map_or_else(|| "–".to_owned(), |number| number.to_string());
            say(format!("entry {}", entry.organisation), format!("{} {number}", self.entry_status(a, e)));
        }
        let mut offers: Vec<String> = Vec::new();
        for offer in &app.offers {
            let (at, by) = (instant(offer.offered_at), instant(offer.answer_by));
            offers.push(format!("{at} {} {} by {by}", offer.organisation, offer.status.text()));
        }
        say("offers".to_owned(), sorted(offers));
        if let Some(referral) = app.referrals.last() {
            say("referral".to_owned(), see_referral(referral));
        }
        if let Some(contract) = app.contracts.last() {
            let (organisation, status, by) = (contract.organisation, contract.status.text(), instant(contract.sign_by));
            let until = contract.temporary_until.map_or_else(String::new, |day| format!(" until {day}"));
            say("contract".to_owned(), format!("{organisation} {status} by {by}{until}"));
        }
        say("questions".to_owned(), sorted(self.questions(a)));
        let notices = app.notices.iter().map(|(at, kind)| format!("{} {kind}", second(*at)));
        say("notices".to_owned(), sorted(notices.collect()));
        view
    }

    /// A complaint as its applicant sees it (`P18`).
    #[must_use]
    pub fn see_complaint(&self, c: usize) -> View {
        let complaint = &self.complaints[c];
        let mut view = View::new();
        view.insert("state".to_owned(), complaint.state.text().to_owned());
        let whose = complaint.application.map_or_else(|| "none".to_owned(), |a| a.to_string());
        view.insert("application".to_owned(), whose);
        let addressee = if complaint.to_authority { "authority" } else { "provider" };
        view.insert("addressee".to_owned(), addressee.to_owned());
        view.insert("registeredAt".to_owned(), instant(complaint.registered_at));
        let over = complaint.overdue || !complaint.state.has_ended() && complaint.due <= self.now;
        view.insert("dueAt".to_owned(), format!("{}{}", instant(complaint.due), if over { " over" } else { "" }));
        let notices = complaint.notices.iter().map(|(at, kind)| format!("{} {kind}", second(*at)));
        view.insert("notices".to_owned(), sorted(notices.collect()));
        view
    }

    /// An invitation as its family sees it (`P7`).
    #[must_use]
    pub fn see_invitation(&self, i: usize) -> View {
        let invitation = &self.invitations[i];
        let sent = format!("{} {}", invitation.state.text(), instant(invitation.sent_at));
        let mut view = View::from([("state".to_owned(), sent)]);
        view.insert("notices".to_owned(), format!("{} invitation", second(invitation.sent_at)));
        if let Some(at) = invitation.answered_at {
            view.insert("answeredAt".to_owned(), instant(at));
        }
        if let Some(a) = invitation.application {
            view.insert("application".to_owned(), a.to_string());
        }
        if invitation.state == InvitationState::Sent {
            view.insert("wish".to_owned(), see_wish(&invitation.asked));
        }
        view
    }

    fn questions(&self, a: usize) -> Vec<String> {
        let app = &self.apps[a];
        let mut questions = Vec::new();
        for entry in &app.entries {
            if let EntryState::Asked { answer_by, .. } = entry.state {
                questions.push(format!("{} by {}", entry.organisation, instant(answer_by)));
            }
        }
        if self.is_asked(a) {
            questions.push(format!("yearly by {}", instant(self.interest_at(a))));
        }
        questions
    }

    fn entry_status(&self, a: usize, e: usize) -> &'static str {
        match self.apps[a].entries[e].state {
            EntryState::Pending => "pending",
            EntryState::Waiting if self.sleeps(a) => "dormant",
            EntryState::Waiting => "waiting",
            EntryState::Offered => "offered",
            EntryState::Suspended { .. } | EntryState::Asked { .. } => "suspended",
            EntryState::Left | EntryState::Ended => "left",
        }
    }

    /// A public queue: its phase, and who waits, by submission instant, as the n-th application.
    #[must_use]
    pub fn see_queue(&self, queue: &QueueKey) -> View {
        let mut view = View::new();
        view.insert("phase".to_owned(), self.phase(queue).to_string());
        for (place, waiter) in self.ordered(queue).iter().enumerate() {
            let what = format!("application {} {} {}", waiter.a, waiter.lane.text(), instant(waiter.key));
            view.insert(format!("{:03}", place + 1), what);
        }
        view
    }

    /// Every queue in which someone stood or from which someone was taken.
    #[must_use]
    pub fn queues(&self) -> Vec<QueueKey> {
        let mut queues: Vec<QueueKey> = self.phases.keys().cloned().collect();
        for a in 0..self.apps.len() {
            queues.extend((0..self.apps[a].entries.len()).map(|e| self.queue_of(a, e)));
        }
        queues.sort();
        queues.dedup();
        queues
    }

    /// The vacancies of an organisation in the order in which they are served.
    #[must_use]
    pub fn see_vacancies(&self, organisation: Bin) -> View {
        let mut view = View::new();
        for s in self.seats_of(organisation) {
            let seat = &self.seats[s];
            let name = format!("{} {} {:03} {:03}", instant(seat.issued_at), seat.bulletin, seat.line, seat.n);
            let years: Vec<String> = seat.years.iter().map(i32::to_string).collect();
            view.insert(name, format!("{} for {}", seat.status.text(), years.join(",")));
        }
        view
    }

    /// The birth year of an application's child.
    #[must_use]
    pub fn birth_year(&self, a: usize) -> i32 {
        self.apps[a].born.year()
    }
}

fn see_wish(asked: &Inviting) -> String {
    let Wish { language, organisations, benefits, not_before, documents } = asked.wish.clone();
    let names: Vec<String> = organisations.iter().flatten().map(Bin::to_string).collect();
    let kinds: Vec<String> = documents.into_iter().flatten().map(|document| document.kind).collect();
    let day = not_before.map(|wish| match wish {
        NotBefore::Date(day) => day,
        NotBefore::Age { years, months } => terms::at_age(asked.born, years, months),
    });
    let day = day.map_or_else(|| "at once".to_owned(), |day| day.to_string());
    format!(
        "{} {} {:?} {day} {}",
        language.unwrap_or_default(),
        names.join(","),
        benefits.unwrap_or_default(),
        kinds.join(",")
    )
}

fn moved(relocation: bool) -> &'static str {
    if relocation { " relocated" } else { "" }
}

fn see_referral(referral: &Referral) -> String {
    let (at, until) = (instant(referral.issued_at), instant(referral.valid_until));
    let mut seen = format!("{} {} {at} until {until}", referral.organisation, referral.status.text());
    if referral.extended {
        seen += " extended";
    }
    if referral.status == ReferralStatus::Issued {
        if let Some(asked) = referral.asked_extension {
            seen += &format!(" asked for {}", asked.until);
        }
        seen += &match referral.stage {
            Stage::Awaited => " awaited".to_owned(),
            Stage::Submitted { result_due, .. } => format!(" submitted result {}", instant(result_due)),
            Stage::Contract { .. } => " contract".to_owned(),
            Stage::UnderReview { .. } => " under-review".to_owned(),
            Stage::Signed => " signed".to_owned(),
        };
    }
    seen
}

fn sorted(mut lines: Vec<String>) -> String {
    lines.sort();
    lines.join("; ")
}
