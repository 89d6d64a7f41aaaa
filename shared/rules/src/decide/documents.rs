//! The documents that a request needs (`A2.8`, `P5.d`): by the benefit category, by the stream, of non-residents, for a transfer
//! (`P23.b`). Only what can be checked at once: whether one is there, and whether it is in date. Never whether it is true.

use chrono::NaiveDate;

use crate::application::Document;
use crate::policy::Policy;
use crate::queue::Stream;
use crate::refusal::Reason;
use crate::terms;

/// The conclusion of the psychological-medical-pedagogical consultation: a special stream rests on it, and it exempts from the
/// age limits (`P11.a`).
pub(super) const PMPC: &str = "pmpc-conclusion";

/// A document that has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Needed {
    kind: &'static str,
    /// Whether it is valid for so many months only as the policy says.
    expires: bool,
    rule: &'static str,
}

const fn once(kind: &'static str) -> Needed {
    Needed { kind, expires: false, rule: "A2.8" }
}

const fn dated(kind: &'static str) -> Needed {
    Needed { kind, expires: true, rule: "A2.8" }
}

/// What a benefit category needs.
pub(super) const fn by_benefit(benefit: u8) -> &'static [Needed] {
    match benefit {
        1..=4 => &const { [dated("service-certificate")] },
        11 | 12 => &const { [dated("work-certificate"), once("diploma")] },
        _ => &[],
    }
}

/// What a stream needs. The selection commission's conclusion, on which the kind of a sanatorium queue rests (`P10.f`), isn't in
/// the list of `A2.8`: it may be handed in.
pub(super) const fn by_stream(stream: &Stream) -> &'static [Needed] {
    match stream {
        Stream::General => &[],
        Stream::Special(_) => &const { [once(PMPC)] },
        Stream::Sanatorium(_) => &const { [once("phthisiatrician-conclusion")] },
    }
}

/// What can't be had from the state's systems for a non-resident (`A2.8`, second list).
pub(super) const NON_RESIDENT: &[Needed] = &[once("birth-certificate"), once("identity")];

/// What a transfer to a new place of service is shown by (`P23.b`).
pub(super) const TRANSFER: &[Needed] = &[Needed { kind: "transfer-order", expires: false, rule: "P23.b" }];

/// Whether the child has a conclusion of the consultation.
pub(super) fn has_pmpc(documents: &[Document]) -> bool {
    documents.iter().any(|document| document.kind == PMPC)
}

/// Each document that is missing or out of date.
pub(super) fn against_documents<'a>(
    needed: impl IntoIterator<Item = &'a Needed>,
    documents: &[Document],
    today: NaiveDate,
    policy: &Policy,
) -> Vec<Reason> {
    let against = |needed: &Needed| {
        let expired = |document: &Document| {
            let last_day = terms::add_months(document.issued_on, policy.certificate_months);
            document.issued_on > today || needed.expires && last_day < today
        };
        let of_kind = || documents.iter().enumerate().filter(|(_, document)| document.kind == needed.kind);
        // A good copy makes up for an expired one.
        let reason = match of_kind().find(|(_, document)| !expired(document)).or_else(|| of_kind().next()) {
            None => Reason::new("document-missing", needed.rule).at("/documents"),
            Some((index, document)) if expired(document) => {
                Reason::new("document-expired", needed.rule).at(format!("/documents/{index}/issuedOn"))
            }
            Some(_) => return None,
        };
        Some(reason.with("document", needed.kind))
    };
    needed.into_iter().filter_map(against).collect()
}
