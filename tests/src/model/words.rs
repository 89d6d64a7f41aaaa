//! The states and reasons by the names that they have outside. Never here: what is remembered with them.

#![allow(missing_docs, reason = "the nouns are those of the rules")]

macro_rules! words {
    ($name:ident { $($variant:ident = $text:literal,)* }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name {
            $($variant,)*
        }

        impl $name {
            /// As outside.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }
    };
}

words!(Lane { OutOfTurn = "out-of-turn", FirstPriority = "first-priority", General = "general", });
words!(Status {
    Accepted = "accepted",
    Verifying = "verifying",
    Queued = "queued",
    Refused = "refused",
    Referred = "referred",
    Enrolled = "enrolled",
    Archived = "archived",
});
words!(Reason {
    Enrolled = "enrolled",
    Declined = "declined",
    NoAnswer = "no-answer",
    NoInterest = "no-interest",
    Withdrawn = "withdrawn",
    AgeLimit = "age-limit",
    Refused = "refused",
    ReferralLapsed = "referral-lapsed",
    Cancelled = "cancelled",
    Violation = "violation",
    Duplicate = "duplicate",
});
words!(OfferStatus {
    Open = "open",
    Accepted = "accepted",
    Declined = "declined",
    Lapsed = "lapsed",
    Released = "released",
    Withdrawn = "withdrawn",
});
words!(SeatStatus {
    Open = "open",
    Offered = "offered",
    Referred = "referred",
    Filled = "filled",
    Withdrawn = "withdrawn",
});
words!(ContractStatus {
    Formed = "formed",
    Signed = "signed",
    Void = "void",
    Terminated = "terminated",
});
words!(ReferralStatus {
    Issued = "issued",
    Cancelled = "cancelled",
    Lapsed = "lapsed",
    Released = "released",
    Revoked = "revoked",
    Used = "used",
    Refused = "refused",
});
