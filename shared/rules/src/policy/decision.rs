//! The decisions of a policy: what the Order leaves open, each with its values and its default. No numbers: see `policy`.

use serde::{Deserialize, Serialize};

/// A decision: an enum whose first value is the default, named in kebab-case.
macro_rules! decision {
    ($(#[$doc:meta])* $name:ident { $(#[$first_doc:meta])* $first:ident, $($(#[$rest_doc:meta])* $rest:ident,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name {
            $(#[$first_doc])*
            #[default]
            $first,
            $($(#[$rest_doc])* $rest,)+
        }

        impl $name {
            /// All values, the default first.
            pub const ALL: &'static [$name] = &[$name::$first, $($name::$rest,)+];
        }
    };
}

decision! {
    /// **D-out-of-hours** (`P5.b`): when an application handed in outside working time is accepted.
    OutOfHours {
        /// At opening time of the next working day.
        NextWorkingDay,
        /// At its submission.
        AtOnce,
    }
}
decision! {
    /// **D-officer** (`P6.d`): which applications an officer decides.
    OfficerScope {
        /// Out-of-turn, special and sanatorium ones only.
        OutOfTurnSpecialAndSanatorium,
        /// All lanes with documents.
        AllLanesWithDocuments,
    }
}
decision! {
    /// **D-unconfirmed-benefit** (`P14`): what becomes of an application whose benefit wasn't confirmed.
    UnconfirmedBenefit {
        /// It is refused.
        Refuse,
        /// It stands in the general lane at its original instant.
        General,
    }
}
decision! {
    /// **D-change** (`P15.5`): the order key of an added organisation.
    Change {
        /// The application's submission instant.
        Kept,
        /// The instant of the change.
        New,
    }
}
decision! {
    /// **D-readd** (`P15.5`): the order key of an organisation named again after its entry had ended.
    Readd {
        /// The instant of the change.
        New,
        /// The application's submission instant.
        Kept,
    }
}
decision! {
    /// **D-public-queue** (`P15.6`): whether anyone may view the anonymised queue.
    PublicQueue {
        /// They may.
        On,
        /// They may not.
        Off,
    }
}
decision! {
    /// **D-cohort** (`P24`): whose 31 December the age of a group is taken at.
    Cohort {
        /// The year in which the group's school year began.
        SchoolYear,
        /// The year of the bulletin.
        CalendarYear,
    }
}
decision! {
    /// **D-decline** (`P15.c`, `P15.d`): what a decline, or no answer, ends.
    Decline {
        /// The entry for that organisation; with the last one, the application.
        Entry,
        /// The application.
        Application,
    }
}
decision! {
    /// **D-simultaneous** (`K4`): whether an application may hold offers of several organisations at a time.
    Simultaneous {
        /// It may; accepting one releases the others.
        Allow,
        /// One at a time: heads that hold an offer are passed over.
        One,
    }
}
decision! {
    /// **D-cancel** (`P25.a`): what cancelling a referral ends.
    Cancel {
        /// Its entry; the others return at their original instant.
        Entry,
        /// The application.
        Archive,
    }
}
decision! {
    /// **D-lapse** (`P22.e`): what becomes of an application whose referral lapsed.
    Lapse {
        /// It is archived.
        Archive,
        /// It returns at its original instant, but not to that organisation.
        Return,
    }
}
decision! {
    /// **D-age-out** (`P11.b`): when a child outgrows the queue.
    AgeOut {
        /// On the birthday that reaches the age limit.
        Birthday,
        /// At the end of the year in which that birthday falls.
        YearEnd,
    }
}
decision! {
    /// **D-term-end** (`C2`): when on its last day an applicant's term ends.
    TermEnd {
        /// 24:00, that is 00:00 of the next day.
        EndOfDay,
        /// 18:30.
        #[serde(rename = "18:30")]
        At1830,
    }
}
decision! {
    /// **D-territory** (`K5`): whose settlement chooses the policy.
    Territory {
        /// The organisation's.
        Organisation,
        /// The applicant's.
        Applicant,
    }
}
decision! {
    /// **D-benefits** (`P5.a`): what counts of an applicant's benefit categories.
    Benefits {
        /// The strongest of several.
        Strongest,
        /// There may be one only.
        One,
    }
}
decision! {
    /// **D-relocation** (`P23.b`): who is served out of turn at a new place of service.
    Relocation {
        /// Serving applicants, categories 1 to 4.
        Serving,
        /// Everyone with a transfer order.
        Everyone,
    }
}
decision! {
    /// **D-temporary** (`P23.c`): when a child admitted to a temporary place returns to its queues.
    Temporary {
        /// When the temporary contract is signed: it goes on competing for a permanent place.
        AtOnce,
        /// When the temporary place ends.
        AtEnd,
    }
}
decision! {
    /// **D-temporary-decline** (`P23.c`): what declining or ignoring a temporary place ends.
    TemporaryDecline {
        /// Nothing: the entry waits on.
        Keep,
        /// The same as for any place.
        AsAny,
    }
}
decision! {
    /// **D-siblings** (`P26`): whether the children of one applicant are offered places together.
    Siblings {
        /// At one moment, if there is a place for each.
        Bundle,
        /// Each by itself.
        Off,
    }
}
decision! {
    /// **D-sibling-scope** (`P26`): in which lanes siblings are looked for.
    SiblingScope {
        /// In any.
        AnyLane,
        /// In the general lane.
        GeneralLane,
    }
}
decision! {
    /// **D-extension** (`P25.b`): who extends a referral.
    Extension {
        /// The document does.
        OnTheDocument,
        /// An officer does.
        ByAnOfficer,
    }
}
decision! {
    /// **D-resubmission** (`P22.c`): whether documents refused for acceptance may be handed in again.
    Resubmission {
        /// Until the referral's validity ends.
        UntilValidity,
        /// Never.
        Never,
    }
}
decision! {
    /// **D-refusal-review** (`P16.1`): who considers an organisation's refusal to enrol.
    RefusalReview {
        /// An officer of the provider.
        Provider,
        /// No one: it stands.
        None,
    }
}
decision! {
    /// **D-refused-enrolment** (`P16.1`): what becomes of an application whose enrolment was refused.
    RefusedEnrolment {
        /// By the ground: back to the queue if it isn't the parent's fault, else archived.
        ByGround,
        /// Archived.
        Archive,
    }
}
