//! The documents of enrolment (`A6.8`, `P28.1`): which ones an application needs, which of them are missing, and which are out of date
//! on a day. Whether documents are awaited at all is decided elsewhere.

use chrono::NaiveDate;

use crate::application::{Application, Document};
use crate::policy::Policy;
use crate::queue::Lane;
use crate::refusal::Reason;
use crate::terms;

/// For how long a document is good.
#[derive(Debug, Clone, Copy)]
enum Good {
    Always,
    /// So many months from its issue (`A2.8`).
    Months(u32),
    /// So many calendar days from its issue (`P28.1`).
    Days(u32),
}

impl Good {
    fn on(self, today: NaiveDate, issued_on: NaiveDate) -> bool {
        let until = match self {
            Good::Always => NaiveDate::MAX,
            Good::Months(months) => terms::add_months(issued_on, months),
            Good::Days(days) => terms::calendar_days(issued_on, days),
        };
        issued_on <= today && today <= until
    }
}

/// `A6.8`: what an application needs for enrolment. A benefit counts if the place was got by it; a non-resident's list is its own.
fn needed(application: &Application, policy: &Policy) -> Vec<(&'static str, Good)> {
    let certificate = Good::Days(policy.health_certificate_calendar_days);
    let mut needed = vec![
        ("vaccination-card", Good::Always),
        ("health-passport", Good::Always),
        ("health-certificate", certificate),
    ];
    if application.pmpc {
        needed.push(("pmpc-conclusion", Good::Always));
    }
    if application.non_resident {
        needed.extend([("identity", Good::Always), ("birth-certificate", Good::Always)]);
    } else if application.lane != Lane::General {
        let month = Good::Months(policy.certificate_months);
        match application.benefit {
            1..=4 => needed.push(("service-certificate", month)),
            11 | 12 => needed.extend([("work-certificate", month), ("diploma", Good::Always)]),
            _ => {}
        }
    }
    needed
}

/// All that is missing or out of date among documents that are handed in (`P22.c`). A good copy makes up for an expired one.
pub(super) fn against(
    application: &Application,
    documents: &[Document],
    policy: &Policy,
    today: NaiveDate,
) -> Vec<Reason> {
    let mut reasons = Vec::new();
    for (kind, good) in needed(application, policy) {
        let of_kind = || documents.iter().enumerate().filter(|(_, document)| document.kind == kind);
        if of_kind().any(|(_, document)| good.on(today, document.issued_on)) {
            continue;
        }
        let reason = match (of_kind().next(), good) {
            (None, _) => Reason::new("document-missing", "P22.c").at("/documents"),
            (Some((index, _)), Good::Days(_)) => expired(index, "P28.1"),
            (Some((index, _)), Good::Always | Good::Months(_)) => expired(index, "P22.c"),
        };
        reasons.push(reason.with("document", kind));
    }
    reasons
}

fn expired(index: usize, rule: &'static str) -> Reason {
    Reason::new("document-expired", rule).at(format!("/documents/{index}/issuedOn"))
}

/// Those of the documents handed in that have run out by the day of the contract (`P28.1`).
pub(super) fn outdated(
    application: &Application,
    documents: &[Document],
    policy: &Policy,
    today: NaiveDate,
) -> Vec<Reason> {
    let run_out = |(kind, good): &(&'static str, Good)| {
        !documents.iter().any(|document| document.kind == *kind && good.on(today, document.issued_on))
    };
    let outdated = needed(application, policy).into_iter().filter(run_out);
    outdated
        .map(|(kind, _)| Reason::new("certificate-too-old", "P28.1").at("/decision").with("document", kind))
        .collect()
}
