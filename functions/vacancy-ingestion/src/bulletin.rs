//! `GET /v1/organisations/{bin}/bulletins/{id}`: what became of a bulletin, line by line (`P17.1`).

use kezek_contract::answers::{BulletinAnswer, BulletinLineAnswer, LineProblemAnswer, iso};
use kezek_contract::requests::BULLETIN_ID_MAX;
use kezek_contract::texts::Locale;
use kezek_contract::texts::bulletins::LineProblem;
use kezek_contract::texts::problems::{Code, title};
use kezek_shell::app::App;
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response};
use kezek_store::LineOutcome;

use crate::admitted;

/// The organisation itself and an officer of its territory may read it.
pub async fn read(app: &App, request: &Request) -> Result<Response, Failure> {
    let organisation = admitted(app, request).await?;
    // One that is longer than any names nothing, and is no key of the table.
    let id = Some(request.parameter("id")).filter(|id| id.len() <= BULLETIN_ID_MAX).ok_or_else(Failure::not_found)?;
    let record = app.store.bulletin(organisation.bin, id).await?.ok_or_else(Failure::not_found)?;
    Ok(Response::ok(&BulletinAnswer {
        bulletin_id: record.id,
        organisation: organisation.bin.to_string(),
        issued_at: iso(record.issued),
        taken_at: iso(record.taken),
        kind: record.year,
        lines: record.lines.into_iter().map(|outcome| line(outcome, request.locale)).collect(),
    }))
}

fn line(outcome: LineOutcome, locale: Locale) -> BulletinLineAnswer {
    let problem = |(code, rule, field): (String, String, String)| LineProblemAnswer {
        message: message(&code, locale).to_owned(),
        field,
        code,
        rule,
    };
    BulletinLineAnswer {
        line: outcome.line,
        outcome: if outcome.problems.is_empty() { "taken" } else { "refused" },
        vacancies: outcome.vacancies,
        birth_years: outcome.birth_years,
        problems: outcome.problems.into_iter().map(problem).collect(),
    }
}

/// A line that can't be read has the codes of a bad field, any other those of a line.
fn message(code: &str, locale: Locale) -> &str {
    let of_line = code.parse().map(|problem: LineProblem| problem.text(locale));
    of_line.or_else(|_| code.parse().map(|code: Code| title(code, locale))).unwrap_or(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_worded() {
        let check = |code, expected| assert_eq!(message(code, Locale::En), expected);
        check("line-repeated", "The bulletin has a line of this number already.");
        check("required", "A field is missing");
        check("vanished", "vanished");
    }
}
