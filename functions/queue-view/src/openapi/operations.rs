//! The table of operations of all functions. Never here: what a schema says.

mod enrolment;
mod invitations;

use kezek_shell::identity::Scope;

use super::operation::{CURSOR, Kind, Link, Operation, PLAIN, created, limit, ok, optional, required, versioned};
use enrolment::ENROLMENT;
use invitations::INVITATIONS;

const APPLICANT: &[Scope] = &[Scope::Applicant];
const OFFICER: &[Scope] = &[Scope::Officer];
const ORGANISATION: &[Scope] = &[Scope::Organisation];
const ORGANISATION_OR_OFFICER: &[Scope] = &[Scope::Organisation, Scope::Officer];

const OWN: &[(&str, &str)] = &[("id", "$response.body#/id")];
const OWN_VERSION: &[(&str, &str)] = &[("id", "$response.body#/id"), ("If-Match", "$response.header.ETag")];

/// What can follow a submission.
const SUBMITTED: &[Link] = &[
    Link { to: "readApplication", with: OWN },
    Link { to: "readPosition", with: OWN },
    Link { to: "changeApplication", with: OWN_VERSION },
    Link { to: "answerInterest", with: OWN },
    Link { to: "withdrawApplication", with: OWN },
    Link { to: "archiveApplication", with: OWN },
];

/// What can follow a look at an application.
const READ: &[Link] = &[
    Link { to: "changeApplication", with: OWN_VERSION },
    Link { to: "answerOffer", with: &[("id", "$response.body#/id"), ("offerId", "$response.body#/offers/0/id")] },
    Link { to: "cancelReferral", with: OWN },
    Link { to: "extendReferral", with: OWN },
    Link { to: "handInDocuments", with: OWN },
    Link { to: "signContract", with: OWN },
    Link { to: "terminateContract", with: OWN },
    Link { to: "decideApplication", with: OWN },
];

/// What can follow a complaint.
const FILED: &[Link] = &[Link { to: "readComplaint", with: OWN }, Link { to: "moveComplaint", with: OWN_VERSION }];

/// Every operation.
pub fn all() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS.iter().chain(INVITATIONS).chain(ENROLMENT)
}

const OPERATIONS: &[Operation] = &[
    Operation {
        method: "POST",
        path: "/v1/applications",
        id: "submitApplication",
        summary: "Queue a child for 1 to 4 organisations (P5.a, P15.1).",
        scopes: APPLICANT,
        headers: &[("Idempotency-Key", false)],
        body: Some("ApplicationRequest"),
        answers: &[created("Application")],
        links: SUBMITTED,
        problems: &[422],
        ..PLAIN
    },
    Operation {
        path: "/v1/applications/{id}",
        id: "readApplication",
        summary: "An application with its offers, referral, questions and history.",
        scopes: &[Scope::Applicant, Scope::Officer],
        answers: &[versioned("Application")],
        links: READ,
        problems: &[404],
        ..PLAIN
    },
    Operation {
        method: "PATCH",
        path: "/v1/applications/{id}",
        id: "changeApplication",
        summary: "Change the organisations (P15.5), the benefit (P13.3, P23.b), from when the place is wanted (P15.2), or the phone.",
        scopes: APPLICANT,
        headers: &[("If-Match", true)],
        body: Some("ChangeRequest"),
        answers: &[versioned("Application")],
        problems: &[404, 409, 412, 422, 428],
        ..PLAIN
    },
    Operation {
        method: "POST",
        path: "/v1/applications/{id}/withdrawal",
        id: "withdrawApplication",
        summary: "Take the application off its queues (P15.4).",
        scopes: APPLICANT,
        answers: &[versioned("Application")],
        problems: &[404, 409],
        ..PLAIN
    },
    Operation {
        method: "POST",
        path: "/v1/applications/{id}/interest",
        id: "answerInterest",
        summary: "Answer the yearly question of interest, or the one after a suspension (P15.a, P15.d).",
        scopes: APPLICANT,
        body: Some("InterestRequest"),
        answers: &[versioned("Application")],
        problems: &[404, 409, 422],
        ..PLAIN
    },
    Operation {
        path: "/v1/applications/{id}/position",
        id: "readPosition",
        summary: "Queue numbers, who stands ahead by lane, and why the numbers moved (P15.6).",
        scopes: APPLICANT,
        answers: &[ok("Position")],
        problems: &[404],
        ..PLAIN
    },
    Operation {
        method: "POST",
        path: "/v1/applications/{id}/offers/{offerId}/answer",
        id: "answerOffer",
        summary: "Accept or decline an offer (P15.b, P15.c).",
        scopes: APPLICANT,
        body: Some("OfferAnswerRequest"),
        answers: &[versioned("Application")],
        problems: &[404, 409],
        ..PLAIN
    },
    Operation {
        method: "POST",
        path: "/v1/complaints",
        id: "fileComplaint",
        summary: "Complain about the provider or an organisation, to the provider or the authority (P18).",
        scopes: APPLICANT,
        headers: &[("Idempotency-Key", false)],
        body: Some("ComplaintRequest"),
        answers: &[created("Complaint")],
        links: FILED,
        problems: &[422],
        ..PLAIN
    },
    Operation {
        path: "/v1/complaints/{id}",
        id: "readComplaint",
        summary: "A complaint with its state, its term, its answer and its history (P18).",
        scopes: &[Scope::Applicant, Scope::Officer],
        answers: &[versioned("Complaint")],
        links: FILED,
        problems: &[404],
        ..PLAIN
    },
    Operation {
        method: "POST",
        path: "/v1/workplace/complaints/{id}/state",
        id: "moveComplaint",
        summary: "Take a complaint into review, answer it, or refuse to look into it (P18). If-Match is needed unless it was done already.",
        scopes: OFFICER,
        headers: &[("If-Match", false)],
        body: Some("ComplaintStateRequest"),
        answers: &[versioned("Complaint")],
        problems: &[404, 409, 412, 428],
        ..PLAIN
    },
    Operation {
        path: "/v1/workplace/tasks",
        id: "listTasks",
        summary: "What waits for an officer of the territory, soonest due first (P6.a, P18, C6).",
        scopes: OFFICER,
        query: &[limit(100), CURSOR],
        answers: &[ok("TaskPage")],
        links: &[Link { to: "decideApplication", with: &[("id", "$response.body#/items/0/application")] }],
        problems: &[400],
        ..PLAIN
    },
    Operation {
        method: "POST",
        path: "/v1/workplace/applications/{id}/decision",
        id: "decideApplication",
        summary: "Confirm the documents of an application, or refuse it on a ground (P6.a, P5.e).",
        scopes: OFFICER,
        body: Some("DecisionRequest"),
        answers: &[versioned("Application")],
        problems: &[404, 409, 422],
        ..PLAIN
    },
    Operation {
        method: "POST",
        path: "/v1/workplace/applications/{id}/archive",
        id: "archiveApplication",
        summary: "Archive an application for a violation or as a duplicate (P3.2).",
        scopes: OFFICER,
        body: Some("ArchiveRequest"),
        answers: &[versioned("Application")],
        problems: &[404, 409],
        ..PLAIN
    },
    Operation {
        method: "PUT",
        path: "/v1/workplace/organisations/{bin}",
        id: "putOrganisation",
        summary: "Write an organisation of the registry (P2). If-Match is needed to replace one.",
        scopes: OFFICER,
        headers: &[("If-Match", false)],
        body: Some("OrganisationRequest"),
        answers: &[versioned("Organisation"), created("Organisation")],
        links: &[
            Link { to: "readQueue", with: &[("organisation", "$request.path.bin")] },
            Link { to: "listVacancies", with: &[("bin", "$request.path.bin")] },
        ],
        problems: &[404, 412, 422, 428],
        ..PLAIN
    },
    Operation {
        method: "PUT",
        path: "/v1/workplace/calendar/{year}",
        id: "putCalendarYear",
        summary: "Patch the calendar with a year's table (C3). If-Match is needed to replace one.",
        scopes: OFFICER,
        headers: &[("If-Match", false)],
        body: Some("CalendarYear"),
        answers: &[versioned("CalendarYear"), created("CalendarYear")],
        problems: &[404, 409, 412, 422, 428],
        ..PLAIN
    },
    Operation {
        method: "PUT",
        path: "/v1/workplace/policies/{id}",
        id: "putPolicy",
        summary: "Publish a version of a policy (K5). Versions never change.",
        scopes: OFFICER,
        body: Some("PolicyVersion"),
        answers: &[versioned("PolicyVersion"), created("PolicyVersion")],
        problems: &[404, 409, 422],
        ..PLAIN
    },
    Operation {
        path: "/v1/organisations",
        id: "listOrganisations",
        summary: "The registry of a settlement, with open vacancies and queue lengths.",
        query: &[required("settlement", Kind::Settlement), limit(50), CURSOR],
        answers: &[ok("OrganisationPage")],
        problems: &[400],
        ..PLAIN
    },
    Operation {
        path: "/v1/organisations/{bin}/vacancies",
        id: "listVacancies",
        summary: "The vacancies of an organisation, in the order of service (P17.1).",
        scopes: ORGANISATION_OR_OFFICER,
        query: &[
            optional("status", Kind::OneOf(&["open", "offered", "referred", "filled", "withdrawn"])),
            limit(500),
            CURSOR,
        ],
        answers: &[ok("VacancyPage")],
        links: &[Link {
            to: "withdrawVacancy",
            with: &[("bin", "$request.path.bin"), ("id", "$response.body#/items/0/id")],
        }],
        problems: &[400, 404],
        ..PLAIN
    },
    Operation {
        method: "POST",
        path: "/v1/organisations/{bin}/vacancies/{id}/withdrawal",
        id: "withdrawVacancy",
        summary: "Withdraw a vacancy that no one holds (K3).",
        scopes: ORGANISATION_OR_OFFICER,
        body: Some("WithdrawalRequest"),
        answers: &[versioned("Vacancy")],
        problems: &[404, 409],
        ..PLAIN
    },
    Operation {
        path: "/v1/organisations/{bin}/bulletins/{id}",
        id: "readBulletin",
        summary: "What became of a bulletin, line by line (P17.1).",
        scopes: ORGANISATION_OR_OFFICER,
        answers: &[ok("Bulletin")],
        problems: &[404],
        ..PLAIN
    },
    Operation {
        path: "/v1/queues/{organisation}",
        id: "readQueue",
        summary: "One queue in anonymised form, by number (P15.6). Pages of a moving queue are each true at their own instant.",
        query: &[
            required("birthYear", Kind::Number(1900, 2200)),
            required("language", Kind::OneOf(&kezek_rules::queue::LANGUAGES)),
            optional("stream", Kind::Stream),
            limit(500),
            CURSOR,
        ],
        answers: &[ok("Queue")],
        problems: &[400, 404],
        ..PLAIN
    },
    Operation { path: "/v1/openapi.json", id: "readOpenApi", summary: "This document.", answers: &[ok("")], ..PLAIN },
];
