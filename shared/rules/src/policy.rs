//! The policy (`K5`): every decision the Order leaves open and every number of days or hours, as versioned data.
//! Nothing here applies a policy: see `terms` and the rules themselves.

mod decision;
mod version;

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::calendar::MonthDay;
use crate::group::{Ages, GroupType};
use crate::queue::{Interleave, Leading};

pub use decision::*;
pub use version::*;

/// A span of the day in Asia/Almaty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Hours {
    /// When it opens, inclusive.
    pub from: NaiveTime,
    /// When it closes.
    pub until: NaiveTime,
}

/// Every open decision and every number. A policy file names only what differs from the defaults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Policy {
    /// **D-territory** (`K5`).
    pub territory: Territory,
    /// `P5.b`: working time of the provider, 09:00 to 18:30, the closing instant still inside. Lunch doesn't interrupt it.
    pub working_hours: Hours,
    /// **D-out-of-hours** (`P5.b`).
    pub out_of_hours: OutOfHours,
    /// **D-benefits** (`P5.a`).
    pub benefits: Benefits,
    /// `A2.8`: months for which a certificate from the place of service or work is valid. 1.
    pub certificate_months: u32,
    /// `P6.a`: working days an officer has to decide. 1.
    pub officer_working_days: u32,
    /// **D-register-wait** (`P6.b`): working days until a silent register makes an officer's task. 1.
    pub register_wait_working_days: u32,
    /// **D-officer** (`P6.d`).
    pub officer: OfficerScope,
    /// **D-second-check** (`P14`): working days from the referral within which documents are verified again. 1.
    pub second_check_working_days: u32,
    /// **D-unconfirmed-benefit** (`P14`).
    pub unconfirmed_benefit: UnconfirmedBenefit,
    /// **D-interleave** (`P10.d`): one to three, first-priority leading.
    pub interleave: Interleave,
    /// **D-change** (`P15.5`).
    pub change: Change,
    /// **D-readd** (`P15.5`).
    pub readd: Readd,
    /// **D-relocation** (`P23.b`).
    pub relocation: Relocation,
    /// **D-public-queue** (`P15.6`).
    pub public_queue: PublicQueue,
    /// **D-ages** (`P24`).
    pub ages: Ages,
    /// **D-cohort** (`P24`).
    pub cohort: Cohort,
    /// **D-promotion** (`P24`): the day on which groups move up and a school year begins. 1 August.
    pub promotion: MonthDay,
    /// **D-temporary** (`P23.c`).
    pub temporary: Temporary,
    /// **D-temporary-decline** (`P23.c`).
    pub temporary_decline: TemporaryDecline,
    /// **D-siblings** (`P26`).
    pub siblings: Siblings,
    /// **D-sibling-scope** (`P26`).
    pub sibling_scope: SiblingScope,
    /// `P15.b`: calendar days to answer an offer. 2.
    pub answer_calendar_days: u32,
    /// `P16.3`: hours after which an unanswered offer is sent again. 24.
    pub reminder_hours: u32,
    /// **D-decline** (`P15.c`, `P15.d`).
    pub decline: Decline,
    /// `P15.d`: working days of suspension. 10.
    pub suspension_working_days: u32,
    /// **D-suspension-answer** (`P15.d`): calendar days to answer when interest is asked after a suspension. 2.
    pub suspension_answer_calendar_days: u32,
    /// **D-simultaneous** (`K4`).
    pub simultaneous: Simultaneous,
    /// `P22.a`: working days a referral is valid. 5.
    pub referral_working_days: u32,
    /// `P25.a`: hours within which a referral may be cancelled. 24.
    pub cancel_hours: u32,
    /// **D-cancel** (`P25.a`).
    pub cancel: Cancel,
    /// **D-extension** (`P25.b`).
    pub extension: Extension,
    /// `P25.b`: calendar days after its original end to which a referral may be extended. 30.
    pub extension_calendar_days: u32,
    /// `P22.b`: working days in which an organisation checks the documents. 1.
    pub documents_working_days: u32,
    /// **D-resubmission** (`P22.c`).
    pub resubmission: Resubmission,
    /// `P28.1`: calendar days before the contract in which the health certificate must have been issued. 3.
    pub health_certificate_calendar_days: u32,
    /// `P28`: the share of unvaccinated children, in per cent, above which a group takes none. 10.
    pub unvaccinated_percent: u32,
    /// **D-refusal-review** (`P16.1`).
    pub refusal_review: RefusalReview,
    /// `P16.1`: working days in which an officer reviews a refusal. 1.
    pub review_working_days: u32,
    /// **D-refused-enrolment** (`P16.1`).
    pub refused_enrolment: RefusedEnrolment,
    /// **D-signature** (`P22.d`): working days to sign a contract. 5.
    pub signature_working_days: u32,
    /// **D-lapse** (`P22.e`).
    pub lapse: Lapse,
    /// `P15.a`: months from one yearly question of interest to the next. 12.
    pub interest_months: u32,
    /// **D-confirmation-answer** (`P15.a`): months to answer each time interest is asked. 1.
    pub confirmation_answer_months: u32,
    /// `P15.a`: the local time at which interest is asked. 09:00.
    pub interest_time: NaiveTime,
    /// `P11.a`, `P11.b`: the age limit, in years. 6.
    pub age_limit_years: u32,
    /// **D-age-out** (`P11.b`).
    pub age_out: AgeOut,
    /// `P18`: working days in which the provider answers a complaint. 5.
    pub complaint_provider_working_days: u32,
    /// `P18`: working days in which the authority for the quality of public services answers a complaint. 15.
    pub complaint_authority_working_days: u32,
    /// **D-term-end** (`C2`).
    pub term_end: TermEnd,
    /// **D-quiet-hours** (`C2`): when an SMS may go out, 09:00 to 21:00, the end excluded.
    pub sms_hours: Hours,
}

/// A time of day known to exist.
const fn hm(hour: u32, minute: u32) -> NaiveTime {
    match NaiveTime::from_hms_opt(hour, minute, 0) {
        Some(time) => time,
        None => NaiveTime::MIN,
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            territory: Territory::default(),
            working_hours: Hours { from: hm(9, 0), until: hm(18, 30) },
            out_of_hours: OutOfHours::default(),
            benefits: Benefits::default(),
            certificate_months: 1,
            officer_working_days: 1,
            register_wait_working_days: 1,
            officer: OfficerScope::default(),
            second_check_working_days: 1,
            unconfirmed_benefit: UnconfirmedBenefit::default(),
            interleave: Interleave { general: 3, leading: Leading::FirstPriority },
            change: Change::default(),
            readd: Readd::default(),
            relocation: Relocation::default(),
            public_queue: PublicQueue::default(),
            ages: Ages::default(),
            cohort: Cohort::default(),
            promotion: MonthDay::FIRST_OF_AUGUST,
            temporary: Temporary::default(),
            temporary_decline: TemporaryDecline::default(),
            siblings: Siblings::default(),
            sibling_scope: SiblingScope::default(),
            answer_calendar_days: 2,
            reminder_hours: 24,
            decline: Decline::default(),
            suspension_working_days: 10,
            suspension_answer_calendar_days: 2,
            simultaneous: Simultaneous::default(),
            referral_working_days: 5,
            cancel_hours: 24,
            cancel: Cancel::default(),
            extension: Extension::default(),
            extension_calendar_days: 30,
            documents_working_days: 1,
            resubmission: Resubmission::default(),
            health_certificate_calendar_days: 3,
            unvaccinated_percent: 10,
            refusal_review: RefusalReview::default(),
            review_working_days: 1,
            refused_enrolment: RefusedEnrolment::default(),
            signature_working_days: 5,
            lapse: Lapse::default(),
            interest_months: 12,
            confirmation_answer_months: 1,
            interest_time: hm(9, 0),
            age_limit_years: 6,
            age_out: AgeOut::default(),
            complaint_provider_working_days: 5,
            complaint_authority_working_days: 15,
            term_end: TermEnd::default(),
            sms_hours: Hours { from: hm(9, 0), until: hm(21, 0) },
        }
    }
}

/// Why a policy version can't be taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PolicyError {
    /// The id or the version number has the wrong form.
    #[error(transparent)]
    Ref(#[from] PolicyRefError),
    /// The id and version of the built-in defaults, with other content.
    #[error("{0} is built in and can't be changed: publish the next version")]
    BuiltIn(PolicyRef),
    /// The validity is empty.
    #[error("`until` must stand after `from`")]
    Validity,
    /// A territory that is no KATO prefix.
    #[error("`{0}` is not a KATO code or its beginning: 1 to 9 digits")]
    Territory(String),
    /// A number out of its bounds.
    #[error("`{field}` must be between {min} and {max}")]
    Bounds {
        /// The field, as in JSON.
        field: &'static str,
        /// The least value.
        min: u32,
        /// The greatest value.
        max: u32,
    },
    /// A span of the day that is empty.
    #[error("`{0}` must end after it begins")]
    Hours(&'static str),
    /// Ages out of order or beyond pre-school.
    #[error("the ages of {0} must ascend and not exceed 7")]
    Ages(GroupType),
}

impl Policy {
    /// All faults of the values.
    fn faults(&self) -> Vec<PolicyError> {
        let interest_answer_max = (self.interest_months / 2).max(1);
        let bounds = [
            ("officerWorkingDays", self.officer_working_days, 1, 60),
            ("certificateMonths", self.certificate_months, 1, 12),
            ("secondCheckWorkingDays", self.second_check_working_days, 1, 60),
            ("extensionCalendarDays", self.extension_calendar_days, 0, 366),
            ("documentsWorkingDays", self.documents_working_days, 1, 60),
            ("healthCertificateCalendarDays", self.health_certificate_calendar_days, 0, 366),
            ("unvaccinatedPercent", self.unvaccinated_percent, 0, 100),
            ("reviewWorkingDays", self.review_working_days, 1, 60),
            ("signatureWorkingDays", self.signature_working_days, 1, 60),
            ("registerWaitWorkingDays", self.register_wait_working_days, 1, 60),
            ("interleave.general", self.interleave.general.into(), 1, 255),
            ("answerCalendarDays", self.answer_calendar_days, 1, 60),
            ("reminderHours", self.reminder_hours, 1, 60 * 24),
            ("suspensionWorkingDays", self.suspension_working_days, 1, 60),
            ("suspensionAnswerCalendarDays", self.suspension_answer_calendar_days, 1, 60),
            ("referralWorkingDays", self.referral_working_days, 1, 60),
            ("cancelHours", self.cancel_hours, 0, 60 * 24),
            ("interestMonths", self.interest_months, 2, 120),
            // Longer, and the last answer to one question would meet the next question.
            ("confirmationAnswerMonths", self.confirmation_answer_months, 1, interest_answer_max),
            ("ageLimitYears", self.age_limit_years, 1, 18),
            ("complaintProviderWorkingDays", self.complaint_provider_working_days, 1, 60),
            ("complaintAuthorityWorkingDays", self.complaint_authority_working_days, 1, 60),
        ];
        let out_of_bounds = bounds
            .into_iter()
            .filter(|(_, value, min, max)| !(min..=max).contains(&value))
            .map(|(field, _, min, max)| PolicyError::Bounds { field, min, max });
        let empty = [("workingHours", self.working_hours), ("smsHours", self.sms_hours)]
            .into_iter()
            .filter(|(_, hours)| hours.from >= hours.until)
            .map(|(field, _)| PolicyError::Hours(field));
        let ages = GroupType::ALL
            .into_iter()
            .filter(|group| self.ages.of(*group).is_some_and(|ages| ages.from > ages.to || ages.to > 7))
            .map(PolicyError::Ages);
        out_of_bounds.chain(empty).chain(ages).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(json: &str) -> Policy {
        serde_json::from_str(json).expect("a policy")
    }

    /// A policy file names only what differs, and nothing that isn't there.
    #[test]
    fn k5_a_file_names_what_differs() {
        assert_eq!(policy("{}"), Policy::default());
        let changed = policy(
            r#"{"decline":"application","termEnd":"18:30","promotion":"09-01","ages":{"mixed-age":{"from":1,"to":5}}}"#,
        );
        let ages = Ages { mixed_age: crate::group::AgeRange { from: 1, to: 5 }, ..Ages::default() };
        let promotion = "09-01".parse().expect("a day");
        let expected =
            Policy { decline: Decline::Application, term_end: TermEnd::At1830, promotion, ages, ..Policy::default() };
        assert_eq!(changed, expected);
        assert!(serde_json::from_str::<Policy>(r#"{"declines":"entry"}"#).is_err());
        assert!(serde_json::from_str::<Policy>(r#"{"decline":"nothing"}"#).is_err());
        assert_eq!(policy(&serde_json::to_string(&expected).expect("json")), expected);
    }

    /// The default of each decision is the value that the rules list first.
    #[test]
    fn k5_defaults() {
        let json = serde_json::to_value(Policy::default()).expect("json");
        let check = |field: &str, expected: &str| assert_eq!(json[field], *expected, "{field}");
        check("territory", "organisation");
        check("outOfHours", "next-working-day");
        check("officer", "out-of-turn-special-and-sanatorium");
        check("unconfirmedBenefit", "refuse");
        check("change", "kept");
        check("readd", "new");
        check("publicQueue", "on");
        check("cohort", "school-year");
        check("promotion", "08-01");
        check("decline", "entry");
        check("simultaneous", "allow");
        check("cancel", "entry");
        check("lapse", "archive");
        check("ageOut", "birthday");
        check("termEnd", "end-of-day");
        check("benefits", "strongest");
        check("relocation", "serving");
        check("temporary", "at-once");
        check("temporaryDecline", "keep");
        check("siblings", "bundle");
        check("siblingScope", "any-lane");
        check("extension", "on-the-document");
        check("resubmission", "until-validity");
        check("refusalReview", "provider");
        check("refusedEnrolment", "by-ground");
        let numbers = [("answerCalendarDays", 2), ("reminderHours", 24), ("suspensionWorkingDays", 10)]
            .into_iter()
            .chain([("suspensionAnswerCalendarDays", 2), ("referralWorkingDays", 5), ("cancelHours", 24)])
            .chain([("officerWorkingDays", 1), ("registerWaitWorkingDays", 1), ("interestMonths", 12)])
            .chain([("confirmationAnswerMonths", 1), ("ageLimitYears", 6), ("certificateMonths", 1)])
            .chain([("secondCheckWorkingDays", 1), ("extensionCalendarDays", 30), ("documentsWorkingDays", 1)])
            .chain([("healthCertificateCalendarDays", 3), ("unvaccinatedPercent", 10), ("reviewWorkingDays", 1)])
            .chain([("signatureWorkingDays", 5)])
            .chain([("complaintProviderWorkingDays", 5), ("complaintAuthorityWorkingDays", 15)]);
        numbers.for_each(|(field, expected)| assert_eq!(json[field], expected, "{field}"));
    }

    fn check_faults(json: &str, expected: &[&str]) {
        let faults: Vec<String> = policy(json).faults().iter().map(ToString::to_string).collect();
        assert_eq!(faults, expected, "{json}");
    }

    #[test]
    fn k5_values_are_checked() {
        check_faults("{}", &[]);
        check_faults(
            r#"{"interleave":{"general":0,"leading":"general"},"answerCalendarDays":0,"referralWorkingDays":61}"#,
            &[
                "`interleave.general` must be between 1 and 255",
                "`answerCalendarDays` must be between 1 and 60",
                "`referralWorkingDays` must be between 1 and 60",
            ],
        );
        check_faults(r#"{"confirmationAnswerMonths":7}"#, &["`confirmationAnswerMonths` must be between 1 and 6"]);
        check_faults(r#"{"smsHours":{"from":"21:00","until":"09:00"}}"#, &["`smsHours` must end after it begins"]);
        check_faults(r#"{"ages":{"junior":{"from":3,"to":2}}}"#, &["the ages of junior must ascend and not exceed 7"]);
    }
}
