//! The operations of invitations (`P7`, `P8`). Never here: what a schema says.

use kezek_shell::identity::Scope;

use super::super::operation::{Answer, Link, Operation, PLAIN, created, versioned};
use super::OWN;

pub const INVITATIONS: &[Operation] = &[
    Operation {
        method: "POST",
        path: "/v1/invitations",
        id: "sendInvitation",
        summary: "Invite an applicant to have a child queued (P7), also with the wish or the consent of a single application (P8).",
        scopes: &[Scope::StateSystem],
        headers: &[("Idempotency-Key", false)],
        body: Some("InvitationRequest"),
        answers: &[created("Invitation"), Answer { status: 200, schema: "Invitation", headers: &["ETag", "Location"] }],
        links: &[Link { to: "readInvitation", with: OWN }, Link { to: "answerInvitation", with: OWN }],
        problems: &[422],
        ..PLAIN
    },
    Operation {
        path: "/v1/invitations/{id}",
        id: "readInvitation",
        summary: "An invitation: for the applicant with the child and the wish while it is open, for its sender how far it has come.",
        scopes: &[Scope::Applicant, Scope::StateSystem],
        answers: &[versioned("Invitation")],
        problems: &[404],
        ..PLAIN
    },
    Operation {
        method: "POST",
        path: "/v1/invitations/{id}/answer",
        id: "answerInvitation",
        summary: "Consent and choose, which makes the application (P7); or don't, and nothing is stored.",
        scopes: &[Scope::Applicant],
        body: Some("InvitationAnswerRequest"),
        answers: &[created("Application"), versioned("Invitation")],
        problems: &[404, 409, 422],
        ..PLAIN
    },
];
