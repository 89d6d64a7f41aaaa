//! `If-Match`: which version of a resource a request is meant for. Never here: which requests need it.

use kezek_contract::problem::{FieldError, Problem};
use kezek_contract::texts::problems::Code;

use crate::http::{Request, etag};

/// What a request says in `If-Match`.
enum Wanted<'a> {
    /// Nothing.
    Nothing,
    /// Any version, as long as there is one.
    Any,
    /// One of these tags.
    Tags(&'a str),
}

impl Request {
    /// Checks the form of `If-Match`, if the request has it.
    ///
    /// # Errors
    /// 400: it is neither `*` nor a list of entity tags.
    pub fn well_formed_if_match(&self) -> Result<(), Problem> {
        self.wanted().map(|_| ())
    }

    /// The version that `If-Match` names; `*` names every one.
    ///
    /// # Errors
    /// 428 without the header, 412 if it isn't `version`, 400 if it can't be read.
    pub fn if_match(&self, version: u32) -> Result<(), Problem> {
        match self.wanted()? {
            Wanted::Nothing => Err(Problem::new(428, Code::PreconditionRequired)),
            Wanted::Any => Ok(()),
            Wanted::Tags(tags) if tags.split(',').any(|tag| tag.trim() == etag(version)) => Ok(()),
            Wanted::Tags(_) => Err(Problem::new(412, Code::PreconditionFailed)),
        }
    }

    /// That no version is named where there is none yet: a request that means to replace what is gone mustn't create it.
    ///
    /// # Errors
    /// 412 with the header, 400 if it can't be read.
    pub fn if_match_nothing(&self) -> Result<(), Problem> {
        match self.wanted()? {
            Wanted::Nothing => Ok(()),
            Wanted::Any | Wanted::Tags(_) => Err(Problem::new(412, Code::PreconditionFailed)),
        }
    }

    fn wanted(&self) -> Result<Wanted<'_>, Problem> {
        if !self.has_header("if-match") {
            return Ok(Wanted::Nothing);
        }
        match self.header("if-match").map(str::trim) {
            // An empty list names none.
            Some("") => Ok(Wanted::Nothing),
            Some("*") => Ok(Wanted::Any),
            Some(tags) if tags.split(',').all(|tag| is_tag(tag.trim())) => Ok(Wanted::Tags(tags)),
            _ => {
                Err(Problem::fields(vec![FieldError::new("/if-match", Code::WrongFormat).with("expected", "*, \"1\"")]))
            }
        }
    }
}

/// An entity tag of RFC 9110, strong or weak; no tag of ours has a comma in it.
fn is_tag(text: &str) -> bool {
    let text = text.strip_prefix("W/").unwrap_or(text);
    let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    inner.is_some_and(|inner| inner.bytes().all(|b| b.is_ascii_graphic() && b != b'"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_quoted() {
        for tag in ["\"1\"", "W/\"1\"", "\"\"", "\"a-b\""] {
            assert!(is_tag(tag), "{tag}");
        }
        for text in ["", "1", "{}", "\"1", "W/1", "\"", "\"a b\"", "\"a\"b\""] {
            assert!(!is_tag(text), "{text}");
        }
    }
}
