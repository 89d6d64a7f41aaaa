//! What is wrong with a line of a bulletin, as its organisation reads it beside the line (`P17.1`).
//! Only wording: which lines are taken is decided elsewhere.

use super::Locale;

coded_lines! {
    /// Why a line of a bulletin isn't taken.
    LineProblem, LineProblemError = "not a problem of a bulletin's line";

    CountOutOfBounds "count-out-of-bounds":
        "Бос орындардың саны рұқсат етілген шектен тыс.",
        "Число свободных мест вне допустимых пределов.",
        "The number of vacancies is out of bounds.";
    RegimeUnknown "regime-unknown":
        "Жұмыс тәртібі 4, 9, 10,5, 12 немесе 24 сағат болуға тиіс.",
        "Режим работы – 4, 9, 10,5, 12 или 24 часа.",
        "The work regime is 4, 9, 10.5, 12 or 24 hours.";
    LanguageNotTaught "language-not-taught":
        "Тізілім бойынша МДҰ-да бұл тілде оқытылмайды.",
        "По реестру в организации не обучают на этом языке.",
        "By the registry the organisation doesn't teach in this language.";
    StreamNotServed "stream-not-served":
        "Тізілім бойынша МДҰ-да мұндай түрдегі кезек жоқ.",
        "По реестру в организации нет очереди этого вида.",
        "By the registry the organisation has no queue of this kind.";
    TemporaryEndPassed "temporary-end-passed":
        "Уақытша орналасуға арналған орынның соңғы күні бюллетень күнінен кейін болуға тиіс.",
        "Последний день места временного пребывания должен быть позже дня бюллетеня.",
        "The last day of a temporary place must be after the bulletin's day.";
    BirthYearsNeeded "birth-years-needed":
        "Балалардың туған жылын көрсету қажет.",
        "Нужно указать год рождения детей.",
        "The birth years must be stated.";
    BirthYearOutOfBounds "birth-year-out-of-bounds":
        "Көрсетілген туған жылы мектепке дейінгі жасқа сәйкес келмейді.",
        "Указанный год рождения не соответствует дошкольному возрасту.",
        "A birth year stated isn't of pre-school age.";
    LineRepeated "line-repeated":
        "Бюллетеньде осы нөмірлі жол бұрын кездескен.",
        "Строка с этим номером в бюллетене уже была.",
        "The bulletin has a line of this number already.";
    IssuedInTheFuture "issued-in-the-future":
        "Бюллетеннің шығарылған уақыты әлі келген жоқ.",
        "Время выпуска бюллетеня ещё не наступило.",
        "The bulletin's time of issue hasn't come yet.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p17_1_every_problem_of_a_line_has_a_text() {
        for problem in LineProblem::ALL {
            assert_eq!(problem.as_str().parse(), Ok(*problem));
            assert!(Locale::ALL.iter().all(|locale| problem.text(*locale).ends_with('.')));
        }
        assert_eq!("odd".parse::<LineProblem>(), Err(LineProblemError));
    }
}
