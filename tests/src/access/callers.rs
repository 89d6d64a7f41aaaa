//! The scopes, as roles that a caller plays. Never here: tokens.

/// Who a caller is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Applicant,
    Organisation,
    Officer,
    State,
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Applicant, Self::Organisation, Self::Officer, Self::State];

    /// Its scope in a token.
    pub const fn scope(self) -> &'static str {
        match self {
            Role::Applicant => "applicant",
            Role::Organisation => "organisation",
            Role::Officer => "officer",
            Role::State => "state-system",
        }
    }
}
