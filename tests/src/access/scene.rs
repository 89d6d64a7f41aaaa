//! A stack in which there is one of everything that a path can name, with its owner beside strangers of every scope. Never here: what
//! must be answered.

use kezek_fixtures as fixtures;
use kezek_rules::ids::Bin;
use serde_json::{Value, json};

use super::Operation;
use super::callers::Role;
use crate::world::{CHILDREN, MONDAY, Parent, SETTLEMENT, World};

/// What the path of an operation names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// What anyone may read.
    Public,
    /// Something that has an owner.
    Object,
    /// What is made new or listed for the caller alone, or is everyone's of a scope: judged in `collections`.
    Collection,
}

/// What the path of an operation names; none for one that this doesn't know yet.
pub(super) fn kind(id: &str) -> Option<Kind> {
    let kind = match id {
        "readOpenApi" | "listOrganisations" | "readQueue" => Kind::Public,
        "submitApplication" | "fileComplaint" | "sendInvitation" | "listTasks" | "putCalendarYear" | "putPolicy" => {
            Kind::Collection
        }
        "readApplication" | "changeApplication" | "withdrawApplication" | "answerInterest" | "readPosition" => {
            Kind::Object
        }
        "answerOffer" | "cancelReferral" | "extendReferral" | "handInDocuments" | "signContract" => Kind::Object,
        "terminateContract" | "readComplaint" | "moveComplaint" | "decideApplication" | "archiveApplication" => {
            Kind::Object
        }
        "putOrganisation" | "listVacancies" | "withdrawVacancy" | "readBulletin" | "listReferrals" => Kind::Object,
        "decideDocuments" | "putGroup" | "reviewRefusal" | "readInvitation" | "answerInvitation" => Kind::Object,
        _ => return None,
    };
    Some(kind)
}

const BORN: &str = "2022-05-14";
const INVITED: u32 = 5;
const STRANGER: u32 = 9;
/// Well-formed ids of nothing.
const NO_APPLICATION: &str = "0123456789abcdef0123456789abcdef";
const NO_REFERRAL: &str = "0123456789abcdef0123456789abcdef01234567";
const NO_OFFER: &str = "0123456789abcdef01234567";

/// The stack.
pub(super) struct Scene {
    pub world: World,
    pub garden: Bin,
    other: Bin,
    /// Holds a referral, its documents handed in.
    referred: Parent,
    referral: String,
    /// Holds an open offer.
    offered: Parent,
    offer: String,
    /// Waits for an officer.
    verified: Parent,
    complaint: String,
    invitation: String,
    vacancy: String,
}

impl Scene {
    pub async fn new() -> Self {
        let world = World::at(MONDAY).await;
        let (garden, other) = (world.open(1).await, world.open(2).await);
        let referred = world.submit(1, BORN, &[garden], 13).await;
        let offered = world.submit(2, BORN, &[garden], 13).await;
        let verified = world.submit(3, BORN, &[garden], 1).await;
        world.submit(STRANGER, BORN, &[other], 13).await;
        world.bulletin("b1", garden, 3, 2022).await;
        assert_eq!(world.answer(&referred, "accept").await.status, 200);
        let document = |kind: &str| json!({"kind": kind, "issuedOn": &MONDAY[..10], "reference": "00-1"});
        let documents = ["vaccination-card", "health-passport", "health-certificate"].map(document);
        let path = format!("/v1/applications/{}/enrolment", referred.id);
        let handed_in = world.call("POST", &path, &referred.token, &json!({"documents": documents})).await;
        assert_eq!(handed_in.status, 200, "{}", handed_in.json());
        let text = |value: &Value| value.as_str().expect("an id").to_owned();
        let referral = text(&world.see(&referred).await["referral"]["id"]);
        let offer = text(&world.open_offer(&offered).await.expect("an offer")["id"]);
        let said = json!({"about": "organisation", "organisation": garden.as_str(), "text": "Сыналатын шағым"});
        let complaint = world.call("POST", "/v1/complaints", &referred.token, &said).await;
        let whole = fixtures::application(fixtures::iin(INVITED), fixtures::iin(CHILDREN + INVITED), BORN, &[]);
        let invite = json!({
            "applicant": whole["applicant"], "child": whole["child"], "settlement": SETTLEMENT, "language": "kk"
        });
        let births = world.token_of(json!({"scope": "state-system", "sub": "births"})).await;
        let invited = world.call("POST", "/v1/invitations", &births, &invite).await;
        let as_garden = world.organisation(garden).await;
        let path = format!("/v1/organisations/{garden}/vacancies?status=open");
        let vacancies = world.call("GET", &path, &as_garden, &Value::Null).await.json();
        let group = json!({"groupType": "middle", "birthYears": [2022], "children": 24, "unvaccinated": 1});
        let path = format!("/v1/organisations/{garden}/groups/g1");
        assert_eq!(world.call("PUT", &path, &as_garden, &group).await.status, 201);
        Self {
            complaint: text(&complaint.json()["id"]),
            invitation: text(&invited.json()["id"]),
            vacancy: text(&vacancies["items"][0]["id"]),
            world,
            garden,
            other,
            referred,
            referral,
            offered,
            offer,
            verified,
        }
    }

    /// Whose application an operation is tried on.
    fn application(&self, operation: &str) -> &Parent {
        match operation {
            "answerOffer"
            | "readApplication"
            | "changeApplication"
            | "withdrawApplication"
            | "answerInterest"
            | "readPosition" => &self.offered,
            "decideApplication" | "archiveApplication" => &self.verified,
            _ => &self.referred,
        }
    }

    /// The id that `{id}` stands for, and one like it of nothing.
    fn id(&self, operation: &str) -> (&str, &str) {
        match operation {
            "readComplaint" | "moveComplaint" => (&self.complaint, NO_APPLICATION),
            "readInvitation" | "answerInvitation" => (&self.invitation, NO_APPLICATION),
            "decideDocuments" | "reviewRefusal" => (&self.referral, NO_REFERRAL),
            "withdrawVacancy" => (&self.vacancy, "0000000000000000000000000000000000000000"),
            "readBulletin" => ("b1", "b2"),
            "putPolicy" => ("pilot", "none"),
            _ => (&self.application(operation).id, NO_APPLICATION),
        }
    }

    fn path(&self, operation: &Operation, bin: &str, id: &str, offer: &str) -> String {
        let path = operation.path.replace("{bin}", bin).replace("{organisation}", bin).replace("{id}", id);
        let path = path.replace("{offerId}", offer).replace("{group}", "g1").replace("{year}", "2026");
        match operation.id.as_str() {
            "listOrganisations" => format!("{path}?settlement={SETTLEMENT}"),
            "readQueue" => format!("{path}?birthYear=2022&language=kk"),
            _ => path,
        }
    }

    /// The path that names what is there.
    pub fn own(&self, operation: &Operation) -> String {
        self.path(operation, self.garden.as_str(), self.id(&operation.id).0, &self.offer)
    }

    /// The same for what isn't there.
    pub fn invented(&self, operation: &Operation) -> String {
        self.path(operation, fixtures::bin(77).as_str(), self.id(&operation.id).1, NO_OFFER)
    }

    /// The path with a name that no one would give, in place of the last that it names.
    pub fn endless(&self, operation: &Operation) -> String {
        let (before, after) = operation.path.rsplit_once('{').unwrap_or((&operation.path, ""));
        let rest = after.split_once('}').map_or("", |(_, rest)| rest);
        let path = Operation { path: before.to_owned(), ..operation.clone() };
        let end = format!("{}{rest}", "a".repeat(3_000));
        let query = self.own(operation).split_once('?').map_or(String::new(), |(_, query)| format!("?{query}"));
        let known = self.own(&path);
        format!("{}{end}{query}", known.split_once('?').map_or(known.as_str(), |(path, _)| path))
    }

    /// Paths through the caller's own object to what is another's, and beside each the same path to nothing.
    pub async fn crossed(&self, operation: &Operation) -> Vec<(&'static str, String, String, String)> {
        let (id, none) = self.id(&operation.id);
        match operation.id.as_str() {
            "answerOffer" => {
                let through = |offer| self.path(operation, "", &self.referred.id, offer);
                vec![("another applicant", through(&self.offer), through(NO_OFFER), self.referred.token.clone())]
            }
            "decideDocuments" | "withdrawVacancy" | "readBulletin" => {
                let through = |id| self.path(operation, self.other.as_str(), id, "");
                let token = self.world.organisation(self.other).await;
                vec![("another organisation", through(id), through(none), token)]
            }
            _ => Vec::new(),
        }
    }

    /// Someone of a scope who has nothing to do with what is there, though things of its own.
    pub async fn stranger(&self, role: Role) -> String {
        match role {
            Role::Applicant => self.world.applicant(fixtures::iin(STRANGER)).await,
            Role::Organisation => self.world.organisation(self.other).await,
            Role::Officer => self.world.officer_of("71").await,
            Role::State => self.world.token_of(json!({"scope": "state-system", "sub": "passports"})).await,
        }
    }

    /// Whose it is.
    pub async fn owner(&self, operation: &Operation, role: Role) -> String {
        match (role, operation.id.as_str()) {
            (Role::Applicant, "readInvitation" | "answerInvitation") => {
                self.world.applicant(fixtures::iin(INVITED)).await
            }
            (Role::Applicant, id) => self.application(id).token.clone(),
            (Role::Organisation, _) => self.world.organisation(self.garden).await,
            (Role::Officer, _) => self.world.officer().await,
            (Role::State, _) => self.world.token_of(json!({"scope": "state-system", "sub": "births"})).await,
        }
    }

    /// What no public answer may hold.
    pub fn secrets(&self) -> Vec<String> {
        let ids = [&self.referred, &self.offered, &self.verified].map(|parent| parent.id.clone());
        let numbers = [1, 2, 3].map(|n| fixtures::iin(n).as_str().to_owned());
        ids.into_iter().chain(numbers).chain(["Сыналушы".to_owned(), "+7701".to_owned()]).collect()
    }
}
