//! What is told of an enrolment: the referral and the contract to the applicant, the referral to its organisation, a group's figures.
//! Never another child's, nor who else is in a group.

use serde::Serialize;
use utoipa::ToSchema;

/// A referral.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReferralAnswer {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// To which organisation.
    pub organisation: String,
    /// `issued`, `cancelled`, `lapsed`, `released`, `revoked`, `refused`, `used`.
    pub status: String,
    /// How far the enrolment has come: `awaited`, `submitted`, `contract`, `under-review`; null once the referral has ended.
    pub stage: Option<String>,
    /// When it was issued.
    pub issued_at: String,
    /// The end of its validity, exclusive.
    pub valid_until: String,
    /// Whether it was extended (`P25.b`).
    pub extended: bool,
    /// The last day asked for, while an officer decides on an extension.
    pub extension_asked: Option<String>,
    /// When the documents are or were registered, while they are with the organisation (`P22.b`).
    pub registered_at: Option<String>,
    /// By when the organisation must have checked them.
    pub result_due: Option<String>,
    /// The signed document that the organisation can check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
}

/// An electronic contract (`P22.d`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContractAnswer {
    /// With which organisation.
    pub organisation: String,
    /// `formed`, `signed`, `void`, `terminated`.
    pub status: String,
    /// When it was formed.
    pub formed_at: String,
    /// The end of the term to sign it, exclusive.
    pub sign_by: String,
    /// When it was signed.
    pub signed_at: Option<String>,
    /// By which means: `sms-code`, `digital-signature`, `qr`.
    pub means: Option<String>,
    /// The last day of a temporary place (`P23.c`); null for a permanent one.
    pub temporary_until: Option<String>,
    /// The signed contract as a document that anyone can check with the public key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
}

/// A referral, as its organisation sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrganisationReferralAnswer {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// The seat.
    pub vacancy: String,
    /// `issued`, `cancelled`, `lapsed`, `released`, `revoked`, `refused`, `used`.
    pub status: String,
    /// How far the enrolment has come: `awaited`, `submitted`, `contract`, `under-review`; null once the referral has ended.
    pub stage: Option<String>,
    /// When it was issued.
    pub issued_at: String,
    /// The end of its validity, exclusive.
    pub valid_until: String,
    /// When the documents handed in are registered (`P22.b`).
    pub registered_at: Option<String>,
    /// By when they must be checked.
    pub result_due: Option<String>,
    /// Whether that is over.
    pub overdue: bool,
    /// The documents that wait to be checked.
    pub documents: Vec<HandedInAnswer>,
    /// The contract formed by it.
    pub contract: Option<ContractStateAnswer>,
    /// The child's name, whom the organisation expects.
    pub child_name: String,
    /// The signed document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
}

/// A document handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct HandedInAnswer {
    /// Its kind.
    pub kind: String,
    /// When it was issued.
    pub issued_on: String,
}

/// How a contract stands, as its organisation sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContractStateAnswer {
    /// `formed`, `signed`, `void`, `terminated`.
    pub status: String,
    /// When it was formed.
    pub formed_at: String,
    /// The end of the term to sign it, exclusive.
    pub sign_by: String,
    /// When it was signed.
    pub signed_at: Option<String>,
}

/// A group's figures (`P28`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupAnswer {
    /// The group, as its organisation names it.
    pub group: String,
    /// Whose it is.
    pub organisation: String,
    /// Its type.
    pub group_type: String,
    /// The birth years of its children.
    pub birth_years: Vec<i32>,
    /// How many children are in it.
    pub children: u32,
    /// How many of them are unvaccinated.
    pub unvaccinated: u32,
}
