//! What an organisation sends: bulletins, frame and lines apart, why it withdraws a vacancy, the figures of a group. Never what a line
//! comes to: which vacancies it makes is decided by the rules.

use chrono::{DateTime, Utc};
use kezek_rules::decide::{BulletinKind, BulletinLine};
use kezek_rules::group::GroupType;
use kezek_rules::ids::Bin;
use kezek_rules::queue::{LANGUAGES, Stream};
use serde_json::Value;

use super::{choice, finish, state_number};
use crate::fields::Fields;
use crate::problem::{FieldError, Problem};
use crate::texts::problems::Code;

/// A bulletin's id has at most so many characters.
pub const BULLETIN_ID_MAX: usize = 64;

/// A bulletin has at most so many lines.
const LINES_MAX: usize = 200;

/// A bulletin's frame, with its lines still unread.
#[derive(Debug, Clone)]
pub struct BulletinBody {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub organisation: Bin,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// Its kind.
    pub kind: BulletinKind,
    /// Its lines, each read by [`bulletin_line`].
    pub lines: Vec<Value>,
}

/// Reads a bulletin's frame (`P17.1`): a bulletin whose frame can't be read can't be taken at all.
///
/// # Errors
/// All bad fields.
pub fn bulletin(body: &Value) -> Result<BulletinBody, Problem> {
    let mut errors = Vec::new();
    let mut fields = Fields::of(body, &mut errors);
    let id = fields.text("bulletinId", BULLETIN_ID_MAX).filter(|id| {
        let plain = id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':'));
        if !plain {
            fields.wrong("bulletinId", Code::WrongFormat, "expected", "A-Z a-z 0-9 - _ . :");
        }
        plain
    });
    let organisation = state_number(&mut fields, "organisation");
    let issued_at = fields.instant("issuedAt");
    let kinds = [("year-end", BulletinKind::YearEnd), ("current", BulletinKind::Current)];
    let kind = choice(&mut fields, "kind", &kinds);
    let lines = fields.list("lines", LINES_MAX, true).cloned();
    let body = (|| {
        Some(BulletinBody { id: id?, organisation: organisation?, issued_at: issued_at?, kind: kind?, lines: lines? })
    })();
    finish(body, errors)
}

/// A well-formed line of a bulletin.
///
/// # Errors
/// All bad fields of the line.
pub fn bulletin_line(value: &Value) -> Result<BulletinLine, Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut fields = Fields::of(value, &mut errors);
    fields.only(&["line", "count", "groupType", "language", "regimeHours", "stream", "birthYears", "temporaryUntil"]);
    let line = fields.number("line", 1..=i64::from(u16::MAX)).and_then(|line| u16::try_from(line).ok());
    let count = fields.number("count", 0..=i64::from(u16::MAX)).and_then(|count| u16::try_from(count).ok());
    let groups: Vec<&str> = GroupType::ALL.iter().map(|group| group.as_str()).collect();
    let group_type = fields.parsed("groupType", &groups.join(", "));
    let language = fields.parsed("language", &LANGUAGES.join(", "));
    let regime_tenths = regime_tenths(fields.raw("regimeHours"));
    let stream = match fields.raw("stream") {
        None => Some(Stream::General),
        Some(_) => fields.parsed("stream", "general, special:<kind>, sanatorium:<kind>"),
    };
    let birth_years = match fields.list("birthYears", 10, false) {
        Some(list) => list.iter().map(|year| year.as_i64().and_then(|year| i32::try_from(year).ok())).collect(),
        None => Some(Vec::new()),
    };
    if birth_years.is_none() {
        fields.wrong("birthYears", Code::WrongType, "expected", "integer");
    }
    let temporary_until = fields.raw("temporaryUntil").and_then(|_| fields.date("temporaryUntil"));
    let regime_tenths = regime_tenths.map_err(|error| errors.push(error)).ok();
    let body = (|| {
        Some(BulletinLine {
            line: line?,
            count: count?,
            group_type: group_type?,
            language: language?,
            regime_tenths: regime_tenths?,
            stream: stream?,
            birth_years: birth_years?,
            temporary_until,
        })
    })();
    match body {
        Some(line) if errors.is_empty() => Ok(line),
        _ => Err(errors),
    }
}

/// A work regime in tenths of an hour.
fn regime_tenths(hours: Option<&Value>) -> Result<u16, FieldError> {
    let wrong = |code| FieldError::new("/regimeHours", code);
    let hours = hours.ok_or_else(|| wrong(Code::Required))?;
    let tenths = hours.as_f64().ok_or_else(|| wrong(Code::WrongType).with("expected", "number"))? * 10.0;
    // A regime with more than one decimal is none of the Order's: 0 is refused by the rule.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be a small whole number")]
    Ok(if tenths.fract() == 0.0 && (0.0..1000.0).contains(&tenths) { tenths as u16 } else { 0 })
}

/// Reads the reason of a vacancy's withdrawal (`K3`).
///
/// # Errors
/// All bad fields.
pub fn withdrawal_reason(body: &Value) -> Result<String, Problem> {
    let mut errors = Vec::new();
    let mut fields = Fields::of(body, &mut errors);
    fields.only(&["reason"]);
    let reason = fields.text("reason", 1_000);
    finish(reason, errors)
}

/// A group's name has at most so many characters.
pub const GROUP_MAX: usize = 64;

/// More children than any group of the country has; a figure beyond it is a slip.
const CHILDREN_MAX: i64 = 100;

/// `PUT /v1/organisations/{bin}/groups/{group}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupBody {
    /// Its type.
    pub group_type: GroupType,
    /// The birth years of its children, ascending.
    pub birth_years: Vec<i32>,
    /// How many children are in it.
    pub children: u32,
    /// How many of them are unvaccinated.
    pub unvaccinated: u32,
}

/// Reads a group's figures (`P28`).
///
/// # Errors
/// All bad fields.
pub fn group(body: &Value) -> Result<GroupBody, Problem> {
    let mut errors = Vec::new();
    let mut fields = Fields::of(body, &mut errors);
    fields.only(&["groupType", "birthYears", "children", "unvaccinated"]);
    let groups: Vec<&str> = GroupType::ALL.iter().map(|group| group.as_str()).collect();
    let group_type = fields.parsed("groupType", &groups.join(", "));
    let birth_years = group_birth_years(&mut fields);
    let children = fields.number("children", 0..=CHILDREN_MAX);
    let unvaccinated = fields.number("unvaccinated", 0..=CHILDREN_MAX);
    if let (Some(children), Some(unvaccinated)) = (children, unvaccinated)
        && unvaccinated > children
    {
        let wrong = FieldError::new("/unvaccinated", Code::UnknownValue).with("allowed", format!("0–{children}"));
        errors.push(FieldError { rule: Some("P28".to_owned()), ..wrong });
    }
    let figure = |number: Option<i64>| number.and_then(|number| u32::try_from(number).ok());
    let body = (|| {
        Some(GroupBody {
            group_type: group_type?,
            birth_years: birth_years?,
            children: figure(children)?,
            unvaccinated: figure(unvaccinated)?,
        })
    })();
    finish(body, errors)
}

fn group_birth_years(fields: &mut Fields<'_>) -> Option<Vec<i32>> {
    let list = fields.list("birthYears", 10, true)?;
    let year = |year: &Value| year.as_i64().and_then(|year| i32::try_from(year).ok());
    let known = |year: &i32| (1900..=2200).contains(year);
    let years: Option<std::collections::BTreeSet<i32>> = list.iter().map(|value| year(value).filter(known)).collect();
    match years {
        Some(years) if !years.is_empty() => Some(years.into_iter().collect()),
        Some(_) => {
            fields.report("birthYears", Code::Required);
            None
        }
        None => {
            fields.wrong("birthYears", Code::UnknownValue, "allowed", "1900–2200");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_regime_is_missing_or_no_number_or_left_to_the_rule() {
        let check = |regime: Value, expected: Result<u16, FieldError>| {
            let line = json!({
                "line": 1, "count": 2, "groupType": GroupType::ALL[0].as_str(), "language": "kk", "regimeHours": regime,
            });
            let read = bulletin_line(&line).map(|line| line.regime_tenths);
            assert_eq!(read, expected.map_err(|error| vec![error]));
        };
        let wrong = |code| FieldError::new("/regimeHours", code);
        check(json!(9), Ok(90));
        check(json!(10.5), Ok(105));
        check(json!(10.25), Ok(0));
        check(json!(-9), Ok(0));
        check(json!(null), Err(wrong(Code::Required)));
        check(json!("9"), Err(wrong(Code::WrongType).with("expected", "number")));
    }

    #[test]
    fn p28_a_groups_figures_are_checked() {
        let read = |change: fn(&mut Value)| {
            let mut body =
                json!({"groupType": "middle", "birthYears": [2023, 2022], "children": 24, "unvaccinated": 1});
            change(&mut body);
            group(&body)
        };
        let pointers = |read: Result<GroupBody, Problem>| -> Vec<String> {
            read.expect_err("a problem").errors.iter().map(|error| error.pointer.clone()).collect()
        };
        let good = read(|_| ()).expect("a group");
        assert_eq!((good.birth_years, good.children, good.unvaccinated), (vec![2022, 2023], 24, 1));
        assert!(read(|body| body["unvaccinated"] = json!(24)).is_ok());
        let beyond = read(|body| body["unvaccinated"] = json!(25)).expect_err("more than there are");
        assert_eq!((beyond.status, beyond.rule.as_deref()), (422, Some("P28")), "each figure by itself could be");
        assert_eq!(pointers(Err(beyond)), ["/unvaccinated"]);
        assert_eq!(pointers(read(|body| body["children"] = json!(101))), ["/children"]);
        assert_eq!(pointers(read(|body| body["birthYears"] = json!([]))), ["/birthYears"]);
        assert_eq!(pointers(read(|body| body["birthYears"] = json!([22]))), ["/birthYears"]);
        let all = pointers(read(|body| *body = json!({"groupType": "large", "children": "many", "pupils": 3})));
        assert_eq!(all, ["/pupils", "/groupType", "/birthYears", "/children", "/unvaccinated"]);
    }
}
