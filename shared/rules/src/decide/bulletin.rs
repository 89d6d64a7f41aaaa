//! Bulletins (`P17.1`): from a line of an organisation's bulletin to its vacancies, with the birth years frozen (`P24`).

use chrono::{Datelike, NaiveDate};

use super::World;
use crate::group::GroupType;
use crate::ids::{Bin, SeatId};
use crate::organisation::Organisation;
use crate::queue::{Instant, Language, Stream};
use crate::seat::{Seat, SeatState, Vacancy};
use crate::terms;

/// At most this many places in one line: no group is larger.
pub const MAX_COUNT: u16 = 100;

/// The work regimes of `P3.3`, in tenths of hours: 4, 9, 10.5, 12, 24 hours.
pub const REGIMES: [u16; 5] = [40, 90, 105, 120, 240];

/// Whether a bulletin closes a school year or tells of places that come free during it (`P17.1`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulletinKind {
    /// It speaks of the coming school year.
    YearEnd,
    /// It speaks of the current one.
    Current,
}

/// One line of a bulletin, well-formed but not yet checked against the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulletinLine {
    /// Its number in the bulletin.
    pub line: u16,
    /// How many places.
    pub count: u16,
    /// In which group.
    pub group_type: GroupType,
    /// In which language.
    pub language: Language,
    /// Work regime in tenths of hours.
    pub regime_tenths: u16,
    /// In which stream.
    pub stream: Stream,
    /// The birth years, if the line states them.
    pub birth_years: Vec<i32>,
    /// The last day of a temporary place (`P23.c`).
    pub temporary_until: Option<NaiveDate>,
}

/// Why a line can't be taken: a code, its rule and the field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineProblem {
    /// A stable code.
    pub code: &'static str,
    /// The rule.
    pub rule: &'static str,
    /// The field of the line.
    pub field: &'static str,
}

/// A line that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenLine {
    /// What each of its places is.
    pub vacancy: Vacancy,
    /// How many there are.
    pub count: u16,
}

/// Checks a line and freezes its birth years (`P24`), or says all that is wrong with it.
///
/// # Errors
/// Every problem of the line.
pub fn take_line(
    line: &BulletinLine,
    bulletin: &str,
    kind: BulletinKind,
    issued_at: Instant,
    organisation: &Organisation,
    world: World<'_>,
) -> Result<TakenLine, Vec<LineProblem>> {
    let mut problems = Vec::new();
    let mut wrong = |code, rule, field| problems.push(LineProblem { code, rule, field });
    if !(1..=MAX_COUNT).contains(&line.count) {
        wrong("count-out-of-bounds", "P17.1", "count");
    }
    if !REGIMES.contains(&line.regime_tenths) {
        wrong("regime-unknown", "P3.3", "regimeHours");
    }
    if !organisation.languages.contains(&line.language) {
        wrong("language-not-taught", "P3.3", "language");
    }
    if !organisation.streams.contains(&line.stream.kind()) {
        wrong("stream-not-served", "P3.3", "stream");
    }
    if line.temporary_until.is_some_and(|last| last <= terms::local_date(issued_at)) {
        wrong("temporary-end-passed", "P23.c", "temporaryUntil");
    }
    let birth_years = birth_years(line, kind, issued_at, organisation, world);
    let issued_year = terms::local_date(issued_at).year();
    if birth_years.is_empty() {
        wrong("birth-years-needed", "P24", "birthYears");
    } else if birth_years.iter().any(|year| !(issued_year - 8..=issued_year).contains(year)) {
        wrong("birth-year-out-of-bounds", "P24", "birthYears");
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let vacancy = Vacancy {
        bulletin: bulletin.to_owned(),
        line: line.line,
        issued_at,
        organisation_type: organisation.kind,
        settlement: organisation.settlement,
        regime_tenths: line.regime_tenths,
        language: line.language,
        stream: line.stream.clone(),
        group_type: line.group_type,
        birth_years,
        temporary_until: line.temporary_until,
    };
    Ok(TakenLine { vacancy, count: line.count })
}

/// The birth years a line states, or those whose age fits its group; a special group must state them.
fn birth_years(
    line: &BulletinLine,
    kind: BulletinKind,
    issued_at: Instant,
    organisation: &Organisation,
    world: World<'_>,
) -> Vec<i32> {
    let mut years = if line.birth_years.is_empty() {
        let policy = &world.policies.in_force(organisation.settlement, issued_at).policy;
        let ages = policy.ages.of(line.group_type);
        ages.map(|ages| terms::cohort_birth_years(ages, issued_at, kind == BulletinKind::YearEnd, policy))
            .unwrap_or_default()
    } else {
        line.birth_years.clone()
    };
    years.sort_unstable();
    years.dedup();
    years
}

/// The id of the n-th place of a line: ids of one organisation sort by (bulletin instant, line, n), which is the order of
/// service (`P17.1`), and a repeated bulletin makes the same ids. `bulletin` names the bulletin among those of all
/// organisations.
#[must_use]
pub fn seat_id(bulletin: &str, issued_at: Instant, line: u16, n: u16) -> SeatId {
    // FNV-1a: two bulletins in one millisecond are kept apart by their names.
    let hash = bulletin
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&issued_at.timestamp_millis().to_be_bytes()[2..]);
    bytes[6..8].copy_from_slice(&line.to_be_bytes());
    bytes[8..14].copy_from_slice(&hash.to_be_bytes()[2..]);
    bytes[14..].copy_from_slice(&n.to_be_bytes());
    SeatId::from_bytes(bytes)
}

impl TakenLine {
    /// The places of the line.
    pub fn seats(&self, organisation: Bin) -> impl Iterator<Item = Seat> + '_ {
        // Two organisations may give their bulletins the same id in the same millisecond; one child may hold seats of both.
        let bulletin = format!("{organisation}/{}", self.vacancy.bulletin);
        (1..=self.count).map(move |n| Seat {
            organisation,
            id: seat_id(&bulletin, self.vacancy.issued_at, self.vacancy.line, n),
            version: 0,
            vacancy: self.vacancy.clone(),
            state: SeatState::Open,
            declined_by: Vec::new(),
        })
    }
}
