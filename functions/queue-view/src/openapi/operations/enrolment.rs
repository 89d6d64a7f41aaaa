//! The operations from the referral to the contract. Never here: what a schema says.

use super::super::operation::{CURSOR, Link, NOTHING, Operation, PLAIN, created, limit, ok, versioned};
use super::{APPLICANT, OFFICER, ORGANISATION};

pub const ENROLMENT: &[Operation] = &[
    Operation {
        method: "POST",
        path: "/v1/applications/{id}/referral/cancellation",
        id: "cancelReferral",
        summary: "Cancel the referral within 24 hours of its issue (P25.a). The body may be empty.",
        scopes: APPLICANT,
        body: Some(NOTHING),
        answers: &[versioned("Application")],
        problems: &[404, 409],
        ..PLAIN
    },
    Operation {
        method: "POST",
        path: "/v1/applications/{id}/referral/extension",
        id: "extendReferral",
        summary: "Extend the referral once, on a document that confirms the inability to come (P25.b).",
        scopes: APPLICANT,
        body: Some("ExtensionRequest"),
        answers: &[versioned("Application")],
        problems: &[404, 409, 422],
        ..PLAIN
    },
    Operation {
        method: "POST",
        path: "/v1/applications/{id}/enrolment",
        id: "handInDocuments",
        summary: "Hand in the documents of enrolment (P22.b, A6.8).",
        scopes: APPLICANT,
        body: Some("EnrolmentRequest"),
        answers: &[versioned("Application")],
        problems: &[404, 409, 422],
        ..PLAIN
    },
    Operation {
        method: "POST",
        path: "/v1/applications/{id}/contract/signature",
        id: "signContract",
        summary: "Sign the contract by a code, a digital signature or a QR code (P22.d).",
        scopes: APPLICANT,
        body: Some("SignatureRequest"),
        answers: &[versioned("Application")],
        problems: &[404, 409, 422],
        ..PLAIN
    },
    Operation {
        method: "POST",
        path: "/v1/applications/{id}/contract/termination",
        id: "terminateContract",
        summary: "Terminate the contract, so that the child can apply again (P12). The body may be empty.",
        scopes: APPLICANT,
        body: Some(NOTHING),
        answers: &[versioned("Application")],
        problems: &[404, 409],
        ..PLAIN
    },
    Operation {
        path: "/v1/organisations/{bin}/referrals",
        id: "listReferrals",
        summary: "The children referred to an organisation, with the documents that wait to be checked (P22.a, P22.b).",
        scopes: ORGANISATION,
        query: &[limit(100), CURSOR],
        answers: &[ok("OrganisationReferralPage")],
        links: &[
            Link { to: "decideDocuments", with: &[("bin", "$request.path.bin"), ("id", "$response.body#/items/0/id")] },
            Link { to: "reviewRefusal", with: &[("id", "$response.body#/items/0/id")] },
        ],
        problems: &[400, 404],
        ..PLAIN
    },
    Operation {
        method: "POST",
        path: "/v1/organisations/{bin}/referrals/{id}/documents-decision",
        id: "decideDocuments",
        summary: "Confirm the documents, which forms the contract; return them, or refuse to enrol (P22.b, P22.c, P28).",
        scopes: ORGANISATION,
        body: Some("DocumentsDecisionRequest"),
        answers: &[versioned("OrganisationReferral")],
        problems: &[404, 409, 422],
        ..PLAIN
    },
    Operation {
        method: "PUT",
        path: "/v1/organisations/{bin}/groups/{group}",
        id: "putGroup",
        summary: "Tell a group's figures, on which a refusal for unvaccinated children rests (P28). If-Match is needed to replace them.",
        scopes: ORGANISATION,
        headers: &[("If-Match", false)],
        body: Some("GroupRequest"),
        answers: &[versioned("Group"), created("Group")],
        problems: &[404, 409, 412, 422, 428],
        ..PLAIN
    },
    Operation {
        method: "POST",
        path: "/v1/workplace/referrals/{id}/review",
        id: "reviewRefusal",
        summary: "Uphold or overturn an organisation's refusal to enrol (P16.1).",
        scopes: OFFICER,
        body: Some("ReviewRequest"),
        answers: &[versioned("Application")],
        problems: &[404, 409, 422],
        ..PLAIN
    },
];
