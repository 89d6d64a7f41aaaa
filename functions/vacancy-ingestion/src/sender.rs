//! Who sent a bulletin, as SQS says: the queue's policy lets organisations send by one role only, and IAM lets each take it only under
//! the name of its own BIN. SQS writes role and session into the message, where no sender can change them. Never here: what it says.

use kezek_rules::ids::Bin;

/// The role by which organisations send, by its unique id; none: the queue is left to its account, and no sender is asked for.
#[derive(Debug, Clone, Default)]
pub struct SenderRole(Option<String>);

impl SenderRole {
    /// The role of a setting; an empty one is none.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Self(Some(id.to_owned()).filter(|id| !id.is_empty()))
    }

    /// Whether a message comes from an organisation: `SenderId` is `<role>:<session>`, and the session is its BIN.
    #[must_use]
    pub fn sent(&self, sender_id: Option<&str>, organisation: Bin) -> bool {
        let Some(role) = &self.0 else { return true };
        sender_id.and_then(|id| id.split_once(':')) == Some((role.as_str(), organisation.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bulletin_comes_from_the_role_in_its_organisations_name() {
        let organisation: Bin = "990140000007".parse().expect("a BIN");
        let check = |role: &str, sender: Option<&str>, expected| {
            assert_eq!(SenderRole::new(role).sent(sender, organisation), expected, "{role:?} {sender:?}");
        };
        check("AROAEXAMPLE", Some("AROAEXAMPLE:990140000007"), true);
        check("AROAEXAMPLE", Some("AROAEXAMPLE:990140000017"), false);
        check("AROAEXAMPLE", Some("AROAANOTHER:990140000007"), false);
        check("AROAEXAMPLE", Some("AROAEXAMPLE"), false);
        check("AROAEXAMPLE", Some("990140000007"), false);
        check("AROAEXAMPLE", None, false);
        check("", None, true);
    }
}
