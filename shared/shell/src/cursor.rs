//! Cursors of paged lists: opaque, signed, bound to the list they were made for. A forged or foreign one is refused.

use data_encoding::BASE64URL_NOPAD;
use kezek_contract::problem::{FieldError, Problem};
use kezek_contract::texts::problems::Code;

use crate::keys::Keys;

const SEAL: usize = 12;

/// Makes a cursor for a list: `scope` names the list and its filters, `position` is where the next page begins.
#[must_use]
pub fn make(keys: &Keys, scope: &str, position: &str) -> String {
    let mut bytes = keys.seal(&format!("{scope}\n{position}")).to_vec();
    bytes.extend_from_slice(position.as_bytes());
    BASE64URL_NOPAD.encode(&bytes)
}

/// Reads a cursor of a list.
///
/// # Errors
/// 400: it wasn't made here, or for another list, or with a key that is gone.
pub fn read(keys: &Keys, scope: &str, cursor: &str) -> Result<String, Problem> {
    let read = || {
        let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?;
        let (seal, position) = bytes.split_at_checked(SEAL)?;
        let position = std::str::from_utf8(position).ok()?;
        keys.has_sealed(&format!("{scope}\n{position}"), seal).then(|| position.to_owned())
    };
    // Named by the field of the page before that holds it: a name needs no language.
    let wrong = || FieldError::new("/cursor", Code::WrongFormat).with("expected", "`next`");
    read().ok_or_else(|| Problem::fields(vec![wrong()]))
}

#[cfg(test)]
mod tests {
    use kezek_contract::texts::Locale;

    use super::*;

    #[test]
    fn a_cursor_is_bound_to_its_list_and_its_key() {
        let keys = Keys::new(b"one".to_vec(), 1);
        let cursor = make(&keys, "tasks/75", "position");
        assert_eq!(read(&keys, "tasks/75", &cursor).ok().as_deref(), Some("position"));
        assert!(read(&keys, "tasks/76", &cursor).is_err());
        assert!(read(&Keys::new(b"two".to_vec(), 1), "tasks/75", &cursor).is_err());
        assert!(read(&keys, "tasks/75", "").is_err());
        assert!(read(&keys, "tasks/75", "AAAA").is_err());
    }

    #[test]
    fn a_bad_cursor_is_told_without_a_gap() {
        let problem = read(&Keys::new(b"one".to_vec(), 1), "tasks/75", "AAAA").expect_err("no cursor of this list");
        for locale in Locale::ALL {
            let body = problem.body(locale);
            let message = body["errors"][0]["message"].as_str().expect("a message");
            assert!(message.contains("`next`") && !message.contains('—'), "{message}");
        }
    }
}
