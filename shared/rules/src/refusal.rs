//! Refusals: answers of the rules that say no, with every reason at once and the rule of each. A refusal is not a failure.

use std::fmt;

/// One reason of a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// A stable code, such as `organisations-count`.
    pub code: &'static str,
    /// The rule that says no, such as `P15.1`; empty where only the state stands against it.
    pub rule: &'static str,
    /// The field it is about, as a JSON pointer; empty for the whole request.
    pub pointer: String,
    /// Facts for the text of the answer, by name.
    pub facts: Vec<(&'static str, String)>,
}

impl Reason {
    /// A reason about the whole request.
    #[must_use]
    pub const fn new(code: &'static str, rule: &'static str) -> Self {
        Self { code, rule, pointer: String::new(), facts: Vec::new() }
    }

    /// The same reason about a field.
    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = pointer.into();
        self
    }

    /// The same reason with a fact for its text.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.facts.push((name, value.to_string()));
        self
    }
}

/// Whether a refusal is about the request (422) or about the state it meets (409).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalKind {
    /// A rule refuses what is asked.
    Rule,
    /// The state has moved: what is asked isn't possible now.
    State,
}

/// The rules say no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// About the request or about the state.
    pub kind: RefusalKind,
    /// All reasons; never empty.
    pub reasons: Vec<Reason>,
    /// The rule that refuses as a whole, where it isn't that of the first reason.
    pub rule: Option<&'static str>,
}

impl Refusal {
    /// A refusal by the state.
    #[must_use]
    pub fn state(code: &'static str, rule: &'static str) -> Self {
        Self { kind: RefusalKind::State, reasons: vec![Reason::new(code, rule)], rule: None }
    }

    /// A refusal by rules.
    #[must_use]
    pub const fn rules(reasons: Vec<Reason>) -> Self {
        Self { kind: RefusalKind::Rule, reasons, rule: None }
    }

    /// The same as the refusal of a rule that asks for what the reasons miss.
    #[must_use]
    pub const fn by(mut self, rule: &'static str) -> Self {
        self.rule = Some(rule);
        self
    }
}
