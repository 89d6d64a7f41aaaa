//! Routes: the table each HTTP function has of its own, and finding the one a request means.

use crate::identity::{Caller, Scope};

/// One route of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The method.
    pub method: &'static str,
    /// The path, with `{name}` for its parameters.
    pub path: &'static str,
    /// Who may call it; no one in particular: it is public.
    pub scopes: &'static [Scope],
}

impl Route {
    /// The parameters of a path, if it is this route's.
    #[must_use]
    pub fn matches(&self, method: &str, path: &str) -> Option<Vec<(&'static str, String)>> {
        if self.method != method {
            return None;
        }
        let (mut ours, mut theirs) = (self.path.split('/'), path.split('/'));
        let mut parameters = Vec::new();
        loop {
            match (ours.next(), theirs.next()) {
                (None, None) => return Some(parameters),
                (Some(part), Some(value)) => match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                    Some(name) if !value.is_empty() => parameters.push((name, value.to_owned())),
                    None if part == value => {}
                    _ => return None,
                },
                _ => return None,
            }
        }
    }

    /// Whether a caller may call it at all.
    #[must_use]
    pub fn admits(&self, caller: &Caller) -> bool {
        let scope = match caller {
            Caller::Anyone => return self.scopes.is_empty(),
            Caller::Applicant(_) => Scope::Applicant,
            Caller::Officer { .. } => Scope::Officer,
            Caller::Organisation(_) => Scope::Organisation,
            Caller::StateSystem(_) => Scope::StateSystem,
        };
        self.scopes.is_empty() || self.scopes.contains(&scope)
    }
}
