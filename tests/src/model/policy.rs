//! Every decision that the Order leaves open, and every number of days or hours: a value each, the first listed is the default.
//! The names are those of the rules.

#![allow(missing_docs, reason = "the choices are named as in the rules")]

macro_rules! decision {
    ($name:ident: $first:ident $(, $other:ident)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub enum $name {
            #[default]
            $first,
            $($other,)*
        }
    };
}

decision!(Benefits: Strongest, One);
decision!(OutOfHours: NextWorkingDay, AtOnce);
decision!(Officer: OutOfTurnSpecialSanatorium, AllLanesWithDocuments);
decision!(Unconfirmed: Refuse, General);
decision!(Leading: FirstPriority, General);
decision!(Change: Kept, New);
decision!(Readd: New, Kept);
decision!(Relocation: Serving, Everyone);
decision!(Cohort: SchoolYear, CalendarYear);
decision!(Temporary: AtOnce, AtEnd);
decision!(TemporaryDecline: Keep, AsAny);
decision!(Decline: Entry, Application);
decision!(SiblingScope: AnyLane, GeneralLane);
decision!(Siblings: Bundle, Off);
decision!(Simultaneous: Allow, One);
decision!(Cancel: Entry, Archive);
decision!(Extension: OnTheDocument, ByAnOfficer);
decision!(Resubmission: UntilValidity, Never);
decision!(RefusalReview: Provider, None);
decision!(RefusedEnrolment: ByGround, Archive);
decision!(Lapse: Archive, Return);
decision!(AgeOut: Birthday, YearEnd);
decision!(TermEnd: EndOfTheDay, HalfPastSix);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    pub benefits: Benefits,
    pub out_of_hours: OutOfHours,
    pub officer: Officer,
    pub unconfirmed: Unconfirmed,
    pub leading: Leading,
    pub change: Change,
    pub readd: Readd,
    pub relocation: Relocation,
    pub cohort: Cohort,
    pub temporary: Temporary,
    pub temporary_decline: TemporaryDecline,
    pub decline: Decline,
    pub sibling_scope: SiblingScope,
    pub siblings: Siblings,
    pub simultaneous: Simultaneous,
    pub cancel: Cancel,
    pub extension: Extension,
    pub resubmission: Resubmission,
    pub refusal_review: RefusalReview,
    pub refused_enrolment: RefusedEnrolment,
    pub lapse: Lapse,
    pub age_out: AgeOut,
    pub term_end: TermEnd,
    /// `P11.a`, `P11.b`: years.
    pub age_limit: i32,
    /// `P15.1`.
    pub organisations_max: usize,
    /// `P10.d`: general entries to one of first priority.
    pub interleave: u32,
    /// `A2.8`: months that a certificate is valid.
    pub certificate_months: u32,
    /// `P6.a`: working days.
    pub decision_days: u32,
    /// **D-register-wait**: working days until an officer decides.
    pub register_wait_days: u32,
    /// **D-second-check**: working days.
    pub second_check_days: u32,
    /// `P15.b`: calendar days.
    pub offer_days: u64,
    /// `P16.3`: hours.
    pub reminder_hours: i64,
    /// `P15.d`: working days.
    pub suspension_days: u32,
    /// **D-suspension-answer**: calendar days.
    pub suspension_answer_days: u64,
    /// `P15.a`: months from one question to the next year's.
    pub interest_months: u32,
    /// **D-confirmation-answer**: months.
    pub interest_answer_months: u32,
    /// `P22.a`: working days.
    pub referral_days: u32,
    /// `P25.a`: hours.
    pub cancel_hours: i64,
    /// `P25.b`: calendar days.
    pub extension_days: u64,
    /// `P22.b`: working days.
    pub documents_check_days: u32,
    /// `P28.1`: calendar days.
    pub health_certificate_days: u64,
    /// `P28` (3): per cent.
    pub unvaccinated_percent: u32,
    /// `P16.1`: working days.
    pub review_days: u32,
    /// **D-signature**: working days.
    pub signature_days: u32,
    /// `P18`: working days of the provider.
    pub complaint_provider_days: u32,
    /// `P18`: working days of the authority.
    pub complaint_authority_days: u32,
    /// **D-promotion**: month and day.
    pub promotion: (u32, u32),
    /// **D-ages** of early age, junior, middle, senior, pre-school preparation.
    pub ages: [i32; 5],
    /// **D-ages** of a mixed-age group, from and to.
    pub mixed_ages: (i32, i32),
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            benefits: Benefits::default(),
            out_of_hours: OutOfHours::default(),
            officer: Officer::default(),
            unconfirmed: Unconfirmed::default(),
            leading: Leading::default(),
            change: Change::default(),
            readd: Readd::default(),
            relocation: Relocation::default(),
            cohort: Cohort::default(),
            temporary: Temporary::default(),
            temporary_decline: TemporaryDecline::default(),
            decline: Decline::default(),
            sibling_scope: SiblingScope::default(),
            siblings: Siblings::default(),
            simultaneous: Simultaneous::default(),
            cancel: Cancel::default(),
            extension: Extension::default(),
            resubmission: Resubmission::default(),
            refusal_review: RefusalReview::default(),
            refused_enrolment: RefusedEnrolment::default(),
            lapse: Lapse::default(),
            age_out: AgeOut::default(),
            term_end: TermEnd::default(),
            age_limit: 6,
            organisations_max: 4,
            interleave: 3,
            certificate_months: 1,
            decision_days: 1,
            register_wait_days: 1,
            second_check_days: 1,
            offer_days: 2,
            reminder_hours: 24,
            suspension_days: 10,
            suspension_answer_days: 2,
            interest_months: 12,
            interest_answer_months: 1,
            referral_days: 5,
            cancel_hours: 24,
            extension_days: 30,
            documents_check_days: 1,
            health_certificate_days: 3,
            unvaccinated_percent: 10,
            review_days: 1,
            signature_days: 5,
            complaint_provider_days: 5,
            complaint_authority_days: 15,
            promotion: (8, 1),
            ages: [1, 2, 3, 4, 5],
            mixed_ages: (2, 5),
        }
    }
}
