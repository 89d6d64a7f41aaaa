//! Organisations and their bulletins (`P3.3`, `P17.1`, `P24`): which places a bulletin makes, for which birth years. Never here:
//! to whom they go.

#![allow(missing_docs, reason = "the fields are those of a bulletin")]

use chrono::{Datelike, NaiveDate};
use kezek_rules::ids::Bin;

use super::calendar::{Instant, day};
use super::policy::Cohort;
use super::state::{Organisation, Seat, SeatStatus};
use super::{Model, kind_of};

/// A bulletin.
#[derive(Debug, Clone)]
pub struct Bulletin {
    pub id: String,
    pub organisation: Bin,
    pub issued_at: Instant,
    pub year_end: bool,
    pub lines: Vec<Line>,
}

/// A line of one.
#[derive(Debug, Clone)]
pub struct Line {
    pub line: u32,
    pub count: u32,
    pub group_type: String,
    pub language: String,
    pub stream: String,
    pub birth_years: Option<Vec<i32>>,
    pub temporary_until: Option<NaiveDate>,
}

impl Model {
    /// An officer puts an organisation into the registry, or replaces it.
    pub fn put_organisation(&mut self, organisation: Organisation) {
        self.organisations.retain(|other| other.bin != organisation.bin);
        self.organisations.push(organisation);
    }

    /// A bulletin comes: its good lines make places, once.
    pub fn bulletin(&mut self, bulletin: &Bulletin) {
        let name = (bulletin.organisation, bulletin.id.clone());
        if self.bulletins.contains(&name) {
            return;
        }
        let Some(organisation) = self.organisations.iter().find(|o| o.bin == bulletin.organisation).cloned() else {
            return;
        };
        self.bulletins.push(name);
        for (place, line) in bulletin.lines.iter().enumerate() {
            let repeated = bulletin.lines[..place].iter().any(|other| other.line == line.line);
            let years = self.birth_years(bulletin, line);
            let good = !repeated
                && line.count > 0
                && organisation.languages.contains(&line.language)
                && organisation.streams.iter().any(|has| has == kind_of(&line.stream))
                && line.temporary_until.is_none_or(|until| until > day(bulletin.issued_at));
            let Some(years) = years.filter(|_| good) else { continue };
            for n in 1..=line.count {
                self.seats.push(Seat {
                    organisation: bulletin.organisation,
                    bulletin: bulletin.id.clone(),
                    issued_at: bulletin.issued_at,
                    line: line.line,
                    n,
                    language: line.language.clone(),
                    stream: line.stream.clone(),
                    years: years.clone(),
                    group_type: line.group_type.clone(),
                    temporary_until: line.temporary_until,
                    status: SeatStatus::Open,
                    passed_by: Vec::new(),
                });
                let seat = self.seats.len() - 1;
                self.free_seat(seat);
            }
        }
        self.serve();
    }

    /// `P24`: the birth years of a line, its own or those whose age on 31 December fits the group; none if it must state them.
    fn birth_years(&self, bulletin: &Bulletin, line: &Line) -> Option<Vec<i32>> {
        if let Some(years) = &line.birth_years {
            let mut years = years.clone();
            years.sort_unstable();
            years.dedup();
            return (!years.is_empty()).then_some(years);
        }
        let year = self.cohort_year(day(bulletin.issued_at), bulletin.year_end);
        let [early, junior, middle, senior, preparation] = self.policy().ages;
        let (from, to) = match line.group_type.as_str() {
            "early-age" => (early, early),
            "junior" => (junior, junior),
            "middle" => (middle, middle),
            "senior" => (senior, senior),
            "pre-school-preparation" => (preparation, preparation),
            "mixed-age" => self.policy().mixed_ages,
            _ => return None,
        };
        Some((year - to..=year - from).collect())
    }

    /// **D-cohort**, **D-promotion**: the year whose 31 December counts.
    fn cohort_year(&self, today: NaiveDate, year_end: bool) -> i32 {
        let (month, date) = self.policy().promotion;
        let began = (today.month(), today.day()) >= (month, date);
        match self.policy().cohort {
            Cohort::CalendarYear => today.year(),
            // The coming school year begins in this calendar year, or has just begun.
            Cohort::SchoolYear if year_end || began => today.year(),
            Cohort::SchoolYear => today.year() - 1,
        }
    }

    /// The seats of an organisation in the order in which they are served, with their bulletin, line and n.
    #[must_use]
    pub fn seats_of(&self, organisation: Bin) -> Vec<usize> {
        let mut order = self.seats_in_order();
        order.retain(|s| self.seats[*s].organisation == organisation);
        order
    }
}
