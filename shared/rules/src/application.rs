//! The life of an application and of its entries: the states, what they hold, and the clocks that run in them.
//! The transitions between the states are made in `decide`, nowhere else.

mod status;

use chrono::{Datelike, NaiveDate};

use crate::ids::{ApplicationId, Bin, OfferId, PersonKey, ReferralId, SeatId, hex};
use crate::organisation::Kato;
use crate::policy::PolicyRef;
use crate::queue::{Instant, Lane, Language, Place, QueueKey, Stream};
use crate::terms::local_date;

pub use status::{ArchiveReason, Status};

/// A live offer, as its application knows it; the seat knows the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferRef {
    /// The offer.
    pub id: OfferId,
    /// The seat offered.
    pub seat: SeatId,
    /// When it was offered.
    pub offered_at: Instant,
    /// The end of the term to answer (`P15.b`), exclusive.
    pub answer_by: Instant,
}

/// A suspension after silence (`P15.d`), and the question that ends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspension {
    /// The day the ten working days count from: the last day of the expired offer (`C2`). With it the term can be counted
    /// again when the calendar is patched (`C3`).
    pub counted_from: NaiveDate,
    /// The last day of the ten working days.
    pub last_day: NaiveDate,
    /// When interest is asked (then), or was asked: the end of the last day.
    pub ends_at: Instant,
    /// The end of the term to answer the question, exclusive; none until it was asked.
    pub answer_by: Option<Instant>,
    /// The policy in force when this suspension, or then its question, began: it governs the outcome (`K5`).
    pub policy: PolicyRef,
    /// The calendar version it was counted with (`C3`).
    pub calendar: u32,
}

/// Where an entry is in its life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryState {
    /// The application isn't in its queues yet.
    Pending,
    /// Keeps its place, but isn't wanted yet (`P15.2`): no one counts it, allocation passes over it.
    Dormant,
    /// Stands in its queue.
    Waiting,
    /// Holds a live offer.
    Offered(OfferRef),
    /// Suspended after silence.
    Suspended(Suspension),
    /// Out of its queue while the application holds a referral: returns if that is cancelled or lapses (`P25.a`).
    Aside,
    /// Ended: declined, unanswered, taken off, or the application ended.
    Left,
}

/// An application's place in one queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The organisation waited for.
    pub organisation: Bin,
    /// The order key (`P10.b`): the submission instant, or the instant of a change (**D-change**, **D-readd**).
    pub ordered_at: Instant,
    /// Its state.
    pub state: EntryState,
}

/// How far the yearly question has come (`P15.a`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InterestStage {
    /// Not asked yet this year.
    Quiet,
    /// Asked once.
    Asked,
    /// Asked twice.
    AskedAgain,
}

/// The yearly question of interest (`P15.a`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interest {
    /// Which year's question: 1, 2, …
    pub year: u32,
    /// How far it has come.
    pub stage: InterestStage,
    /// The policy this year's clock runs under (`K5`).
    pub policy: PolicyRef,
}

/// The referral an application holds or held last (`P22.a`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Referral {
    /// Its id.
    pub id: ReferralId,
    /// To which organisation.
    pub organisation: Bin,
    /// For which seat.
    pub seat: SeatId,
    /// When it was issued.
    pub issued_at: Instant,
    /// The end of its validity, exclusive.
    pub valid_until: Instant,
    /// The day its validity counts from: that of its issue, or of the review that gave it afresh. With it the term can be counted
    /// again when the calendar is patched (`C3`).
    pub counted_from: NaiveDate,
    /// The last day of its validity as issued, or as given afresh by a review (`P16.1`): an extension counts from it (`P25.b`).
    pub last_day: NaiveDate,
    /// Whether it was extended: once only (`P25.b`).
    pub extended: bool,
    /// The last day asked for, while an officer decides on an extension (**D-extension**).
    pub extension_asked: Option<NaiveDate>,
    /// How it stands.
    pub status: ReferralStatus,
    /// How far the enrolment by it has come (`P22.b` to `P22.d`).
    pub stage: Stage,
    /// The second verification (`P14`), while it is open.
    pub second_check: Option<SecondCheck>,
    /// The policy it runs under (`K5`).
    pub policy: PolicyRef,
    /// The calendar version its validity was counted with (`C3`).
    pub calendar: u32,
}

impl Referral {
    /// The number printed on the referral: of the year in which it is issued, by the clocks of Almaty (`C1`).
    #[must_use]
    pub fn number(&self) -> String {
        let year = local_date(self.issued_at).year().unsigned_abs();
        let mut number = *b"J-0000-0000000000000000";
        for (digit, unit) in number[2..6].iter_mut().zip([1000, 100, 10, 1]) {
            *digit += (year / unit % 10) as u8;
        }
        hex(&self.id.as_bytes()[..8], &mut number[7..]);
        number.make_ascii_uppercase();
        std::str::from_utf8(&number).unwrap_or_default().to_owned()
    }
}

/// How far an enrolment has come (`P22.b` to `P22.d`, `P16.1`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// The documents haven't been handed in.
    Awaited,
    /// The documents are with the organisation.
    Submitted(Submission),
    /// The contract was formed and waits for its signature: see [`Contract`].
    Contract,
    /// The organisation refused, and an officer reviews that (`P16.1`).
    UnderReview {
        /// The ground of the refusal, 1 to 6 (`P28`).
        ground: u8,
    },
}

impl Stage {
    /// The name used in JSON.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Stage::Awaited => "awaited",
            Stage::Submitted(_) => "submitted",
            Stage::Contract => "contract",
            Stage::UnderReview { .. } => "under-review",
        }
    }
}

/// Documents handed in for enrolment (`P22.b`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// When they were handed in: that decides whether it was in time.
    pub at: Instant,
    /// When they are registered: at once, or at the start of working time.
    pub registered_at: Instant,
    /// By when the organisation must have checked them.
    pub result_due: Instant,
    /// Whether that was reported as overdue.
    pub overdue: bool,
    /// The documents: those that can expire are measured again when the contract is formed (`P28.1`).
    pub documents: Vec<Document>,
}

/// The verification of documents after the referral (`P14`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SecondCheck {
    /// By when it must be decided (**D-second-check**).
    pub due_at: Instant,
    /// Whether a register is asked first; else, and once it was silent too long, an officer decides.
    pub by_register: bool,
}

/// A document handed in, as far as rules ask for it (`A2.8`, `A6.8`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its kind, as in the interface.
    pub kind: String,
    /// When it was issued.
    pub issued_on: NaiveDate,
}

/// The electronic contract between organisation and applicant (`P22.d`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contract {
    /// With which organisation.
    pub organisation: Bin,
    /// For which seat.
    pub seat: SeatId,
    /// By which referral.
    pub referral: ReferralId,
    /// When it was formed.
    pub formed_at: Instant,
    /// The end of the term to sign it (**D-signature**), exclusive.
    pub sign_by: Instant,
    /// How it stands.
    pub status: ContractStatus,
    /// When it was signed.
    pub signed_at: Option<Instant>,
    /// By which means it was signed.
    pub means: Option<SignatureMeans>,
    /// The last day of a temporary place (`P23.c`).
    pub temporary_until: Option<NaiveDate>,
}

/// How a contract stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContractStatus {
    /// Formed, to be signed.
    Formed,
    /// Signed: in force.
    Signed,
    /// Not signed in time, or its referral ended.
    Void,
    /// Terminated by the applicant (`P12`), or at the end of a temporary place (`P23.c`).
    Terminated,
}

impl ContractStatus {
    /// All.
    pub const ALL: [ContractStatus; 4] =
        [ContractStatus::Formed, ContractStatus::Signed, ContractStatus::Void, ContractStatus::Terminated];

    /// The name used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            ContractStatus::Formed => "formed",
            ContractStatus::Signed => "signed",
            ContractStatus::Void => "void",
            ContractStatus::Terminated => "terminated",
        }
    }
}

/// The means by which a contract is signed (`P22.d`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureMeans {
    /// A code sent by SMS.
    SmsCode,
    /// A digital signature.
    DigitalSignature,
    /// A QR code.
    Qr,
}

impl SignatureMeans {
    /// All.
    pub const ALL: [SignatureMeans; 3] =
        [SignatureMeans::SmsCode, SignatureMeans::DigitalSignature, SignatureMeans::Qr];

    /// The name used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            SignatureMeans::SmsCode => "sms-code",
            SignatureMeans::DigitalSignature => "digital-signature",
            SignatureMeans::Qr => "qr",
        }
    }
}

/// A benefit claimed while the application is queued (`P13.3`, `P23.b`): until it is verified the entries stay where they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The category claimed.
    pub benefit: u8,
    /// Whether it rests on a transfer to a new place of service.
    pub relocation: bool,
    /// From when its verification counts (`P5.b`).
    pub since: Instant,
    /// Whether a register is asked first; else, and once it was silent too long, an officer decides.
    pub by_register: bool,
    /// The policy it is verified under (`K5`).
    pub policy: PolicyRef,
}

impl Claim {
    /// The lane it leads to.
    #[must_use]
    pub const fn lane(&self) -> Lane {
        if self.relocation { Lane::OutOfTurn } else { lane_of(self.benefit) }
    }
}

/// What an officer has to decide about an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Duty {
    /// The documents at registration (`P6.a`, `P6.b`).
    FirstCheck,
    /// A benefit claimed while queued (`P13.3`).
    Claim,
    /// The documents after the referral (`P14`).
    SecondCheck,
    /// An extension of the referral (`P25.b`, **D-extension**).
    Extension,
    /// An organisation's refusal to enrol (`P16.1`).
    Review,
}

impl Duty {
    /// All.
    pub const ALL: [Duty; 5] = [Duty::FirstCheck, Duty::Claim, Duty::SecondCheck, Duty::Extension, Duty::Review];

    /// The name used in keys and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Duty::FirstCheck => "first-check",
            Duty::Claim => "benefit-claim",
            Duty::SecondCheck => "second-check",
            Duty::Extension => "extension",
            Duty::Review => "refusal-review",
        }
    }
}

/// An officer's duty that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenDuty {
    /// What.
    pub duty: Duty,
    /// Since when it waits.
    pub since: Instant,
    /// By when it is due.
    pub due_at: Instant,
    /// Whether it was reported as overdue.
    pub overdue: bool,
}

/// How a referral stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferralStatus {
    /// In force.
    Issued,
    /// Cancelled by the applicant (`P25.a`).
    Cancelled,
    /// Its validity is over (`P22.e`).
    Lapsed,
    /// Released because the application ended.
    Released,
    /// Revoked: the second check failed (`P14`), or the provider withdrew the vacancy (`K3`).
    Revoked,
    /// The enrolment was refused, and that was upheld (`P16.1`).
    Refused,
    /// A contract was signed by it (`P22.d`).
    Used,
}

impl ReferralStatus {
    /// All.
    pub const ALL: [ReferralStatus; 7] = [
        ReferralStatus::Issued,
        ReferralStatus::Cancelled,
        ReferralStatus::Lapsed,
        ReferralStatus::Released,
        ReferralStatus::Revoked,
        ReferralStatus::Refused,
        ReferralStatus::Used,
    ];

    /// The name used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            ReferralStatus::Issued => "issued",
            ReferralStatus::Cancelled => "cancelled",
            ReferralStatus::Lapsed => "lapsed",
            ReferralStatus::Released => "released",
            ReferralStatus::Revoked => "revoked",
            ReferralStatus::Refused => "refused",
            ReferralStatus::Used => "used",
        }
    }
}

/// One child's request to be queued for one to four organisations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Its id.
    pub id: ApplicationId,
    /// Its version, which is also the sequence of its last history event.
    pub version: u32,
    /// Whose it is.
    pub applicant: PersonKey,
    /// Which child's it is.
    pub child: PersonKey,
    /// When the child was born (a field of its own: `K2`).
    pub birth_date: NaiveDate,
    /// Whether the child has a PMPC conclusion, which exempts it from the age limits (`P11.a`, `P11.b`).
    pub pmpc: bool,
    /// Where the family lives.
    pub settlement: Kato,
    /// The language of instruction asked for.
    pub language: Language,
    /// The stream it queues in.
    pub stream: Stream,
    /// The benefit category claimed, 1 to 13 (Annex 1).
    pub benefit: u8,
    /// The lane it stands in, or will stand in once confirmed.
    pub lane: Lane,
    /// When it was submitted: the order key.
    pub submitted_at: Instant,
    /// When it is accepted (`P5.b`).
    pub accepted_at: Instant,
    /// Where it is in its life.
    pub status: Status,
    /// Its entries, at most four live ones.
    pub entries: Vec<Entry>,
    /// The yearly question.
    pub interest: Interest,
    /// The referral it holds or held last.
    pub referral: Option<Referral>,
    /// The day from which the place is wanted (`P15.2`), until it has come.
    pub not_before: Option<NaiveDate>,
    /// Whether it came with documents (**D-officer**).
    pub documented: bool,
    /// Whether the applicant is a non-resident, whose documents differ (`P5.c`).
    pub non_resident: bool,
    /// Whether it is served out of turn at a new place of service (`P23.b`).
    pub relocation: bool,
    /// A benefit claimed while it is queued (`P13.3`).
    pub claim: Option<Claim>,
    /// The contract it has or had last (`P22.d`).
    pub contract: Option<Contract>,
    /// The contract of a temporary place that binds while the next one waits for its signature (`P23.c`).
    pub temporary: Option<Contract>,
    /// What officers have to decide about it (`P6.a`), at most one of a kind.
    pub duties: Vec<OpenDuty>,
    /// The policy of its registration (`K5`).
    pub policy: PolicyRef,
}

/// The lane of a benefit category (Annex 1): 1–4 out of turn, 5–12 first priority, 13 none.
#[must_use]
pub const fn lane_of(benefit: u8) -> Lane {
    match benefit {
        1..=4 => Lane::OutOfTurn,
        5..=12 => Lane::FirstPriority,
        _ => Lane::General,
    }
}

impl Application {
    /// An officer's open duty of a kind.
    #[must_use]
    pub fn duty(&self, duty: Duty) -> Option<&OpenDuty> {
        self.duties.iter().find(|open| open.duty == duty)
    }

    /// Whether it rests until the day from which the place is wanted (`P15.2`).
    #[must_use]
    pub const fn sleeps(&self) -> bool {
        self.not_before.is_some()
    }

    /// The contract in force, if there is one.
    #[must_use]
    pub fn live_contract(&self) -> Option<&Contract> {
        let signed = self.contract.as_ref().filter(|contract| contract.status == ContractStatus::Signed);
        signed.or(self.temporary.as_ref())
    }

    /// The key of the queue in which an entry stands (`P10.b`).
    #[must_use]
    pub fn queue_key(&self, organisation: Bin) -> QueueKey {
        use chrono::Datelike;
        QueueKey {
            organisation,
            language: self.language,
            birth_year: self.birth_date.year(),
            stream: self.stream.clone(),
        }
    }

    /// The place of an entry in its queue.
    #[must_use]
    pub const fn place(&self, entry: &Entry) -> Place {
        Place { lane: self.lane, submitted_at: entry.ordered_at, application: self.id }
    }

    /// The entry for an organisation.
    #[must_use]
    pub fn entry(&self, organisation: Bin) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.organisation == organisation)
    }

    /// The live offers.
    pub fn offers(&self) -> impl Iterator<Item = (Bin, &OfferRef)> {
        self.entries.iter().filter_map(|entry| match &entry.state {
            EntryState::Offered(offer) => Some((entry.organisation, offer)),
            _ => None,
        })
    }

    /// The referral in force, if there is one.
    #[must_use]
    pub fn live_referral(&self) -> Option<&Referral> {
        self.referral.as_ref().filter(|referral| referral.status == ReferralStatus::Issued)
    }

    /// The seats this application holds, by offer or by referral.
    #[must_use]
    pub fn held_seats(&self) -> Vec<(Bin, SeatId)> {
        let offered = self.offers().map(|(organisation, offer)| (organisation, offer.seat));
        offered.chain(self.live_referral().map(|referral| (referral.organisation, referral.seat))).collect()
    }
}
