//! An invitation as its sender and the invited applicant see it (`P7`, `P8`). Never what the applicant chose: that is the application's.

use serde::Serialize;
use utoipa::ToSchema;

/// An invitation (`POST /v1/invitations`, `GET /v1/invitations/{id}`).
#[derive(Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvitationAnswer {
    /// Its id.
    pub id: String,
    /// `sent`, `accepted`, `declined`, `lapsed` (the child reached the age limit), `replaced` (by a later one).
    pub status: String,
    /// `proactive` or `birth-registration`.
    pub source: String,
    /// When it was sent.
    pub sent_at: String,
    /// When it was answered: the instant of consent is the application's order key.
    pub answered_at: Option<String>,
    /// The application that it has become.
    pub application: Option<String>,
    /// Which child it is about: only for the applicant, while it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub child: Option<InvitedChildAnswer>,
    /// What was wished for, which an answer takes over where it says nothing else: only for the applicant, while it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wish: Option<WishAnswer>,
}

/// The child of an invitation.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvitedChildAnswer {
    /// The child's name.
    pub full_name: String,
    /// Born when.
    #[schema(format = Date)]
    pub birth_date: String,
}

/// What is wished for in a single application (`P8`).
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WishAnswer {
    /// In which language.
    pub language: Option<String>,
    /// For which organisations.
    pub organisations: Vec<String>,
    /// The benefit categories.
    pub benefit: Vec<u8>,
    /// In which stream.
    pub stream: Option<String>,
    /// Whether the family is transferred to a new place of service.
    pub relocation: Option<bool>,
    /// The day from which the place is wanted.
    #[schema(format = Date)]
    pub not_before: Option<String>,
    /// The documents known of.
    pub documents: Vec<DocumentAnswer>,
}

/// A document.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DocumentAnswer {
    /// Its kind.
    pub kind: String,
    /// When it was issued.
    #[schema(format = Date)]
    pub issued_on: String,
}
