//! One line for each thing that happens to a complaint (`P18`), as its history shows it. Only wording; what was written in a complaint
//! or in answer to it is never here.

use super::Locale;

coded_lines! {
    /// What happened to a complaint.
    ComplaintFact, ComplaintFactError = "nothing that happens to a complaint";

    Delivered "delivered":
        "Шағым жеткізілді, жұмыс уақытында тіркеледі.",
        "Жалоба доставлена, её зарегистрируют в рабочее время.",
        "The complaint was delivered and will be registered in working time.";
    Registered "registered":
        "Шағым тіркелді.",
        "Жалоба зарегистрирована.",
        "The complaint was registered.";
    InReview "in-review":
        "Шағым қаралып жатыр.",
        "Жалоба рассматривается.",
        "The complaint is being looked into.";
    Answered "answered":
        "Шағымға жауап берілді.",
        "На жалобу дан ответ.",
        "The complaint was answered.";
    Refused "refused":
        "Шағымды қараудан бас тартылды.",
        "В рассмотрении жалобы отказано.",
        "It was refused to look into the complaint.";
    DeadlineMoved "deadline-moved":
        "Күнтізбе өзгергендіктен, мерзім қайта есептелді.",
        "Календарь изменился, срок пересчитан.",
        "The calendar changed: a deadline was counted again.";
    Overdue "overdue":
        "Шағымды қарау мерзімі өтіп кетті.",
        "Нарушен срок рассмотрения жалобы.",
        "The time for answering the complaint was exceeded.";
}

/// The line for a code of a complaint's history; the code itself if it isn't known.
#[must_use]
pub fn line(code: &str, locale: Locale) -> String {
    code.parse().map_or_else(|_| code.to_owned(), |fact: ComplaintFact| fact.text(locale).to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use kezek_rules::complaint::State;

    use super::*;

    #[test]
    fn p18_every_state_has_its_own_line_in_every_language() {
        for locale in Locale::ALL {
            let codes = State::ALL.iter().map(|state| state.as_str()).chain(["deadline-moved", "overdue"]);
            let lines: HashSet<_> = codes.map(|code| line(code, locale)).collect();
            assert_eq!(lines.len(), ComplaintFact::ALL.len(), "{locale}");
            assert!(lines.iter().all(|line| line.ends_with('.')), "{lines:?}");
        }
        assert_eq!(line("vanished", Locale::Kk), "vanished");
    }
}
