//! One line for each fact of an application's history, as `history` and `position.why` show it.
//! Only wording: which facts happened, when and under which rule is recorded elsewhere.

use super::Locale;

coded_lines! {
    /// What happened to an application.
    Fact, FactError = "not a fact of the history";

    Registered "registered":
        "Өтініш тіркелді.",
        "Заявление зарегистрировано.",
        "The application was registered.";
    Accepted "accepted":
        "Өтініш қабылданды.",
        "Заявление принято.",
        "The application was accepted.";
    VerificationStarted "verification-started":
        "Құжаттардың дұрыстығын тексеру басталды.",
        "Началась проверка достоверности документов.",
        "The verification of the documents began.";
    HandedToOfficer "handed-to-officer":
        "Тізілім уақытында жауап бермегендіктен, құжаттарды маман тексереді.",
        "Реестр не ответил вовремя, документы проверит специалист.",
        "The register didn't answer in time: an officer checks the documents.";
    Confirmed "confirmed":
        "Құжаттардың толықтығы мен сәйкестігі расталды.",
        "Полнота и соответствие документов подтверждены.",
        "The documents were confirmed to be complete and to conform.";
    Refused "refused":
        "Мемлекеттік қызмет көрсетуден бас тартылды.",
        "В оказании государственной услуги отказано.",
        "The service was refused.";
    MovedToGeneral "moved-to-general":
        "Жеңілдік расталмағандықтан, өтініш жалпы кезекке ауыстырылды.",
        "Льгота не подтверждена, заявление переведено в общую очередь.",
        "The benefit wasn't confirmed: the application moved to the general lane.";
    Queued "queued":
        "Өтініш кезекке қойылды.",
        "Заявление поставлено в очередь.",
        "The application was placed in the queue.";
    Offered "offered":
        "Бос орын туралы хабарлама жіберілді.",
        "Отправлено уведомление о свободном месте.",
        "A vacancy was offered.";
    Reminded "reminded":
        "Бос орын туралы хабарлама қайта жіберілді.",
        "Уведомление о свободном месте отправлено повторно.",
        "The vacancy notice was sent again.";
    Declined "declined":
        "Өтініш беруші бос орыннан бас тартты.",
        "Заявитель отказался от свободного места.",
        "The applicant declined the vacancy.";
    PassedOn "passed-on":
        "Бос орын кезектегі келесі өтініш берушіге өтті.",
        "Свободное место перешло следующему в очереди.",
        "The vacancy went on to the next in the queue.";
    Suspended "suspended":
        "Жауап келмегендіктен, кезек уақытша тоқтатылды.",
        "Очередь приостановлена, так как ответа не было.",
        "The place in the queue was suspended because there was no answer.";
    InterestAsked "interest-asked":
        "Мүдделілікті растау туралы хабарлама жіберілді.",
        "Отправлен запрос о подтверждении заинтересованности.",
        "The applicant was asked to confirm interest.";
    InterestConfirmed "interest-confirmed":
        "Өтініш беруші мүдделілігін растады.",
        "Заявитель подтвердил заинтересованность.",
        "The applicant confirmed interest.";
    InterestLost "interest-lost":
        "Мүдделілік расталмағандықтан, осы МДҰ-ға кезек архивке жіберілді.",
        "Заинтересованность не подтверждена, очередь в эту организацию отправлена в архив.",
        "Interest wasn't confirmed: the place in this organisation's queue was archived.";
    Resumed "resumed":
        "Өтініш кезекке тұрған күні мен уақыты бойынша қайтарылды.",
        "Заявление возвращено в очередь по дате и времени постановки.",
        "The application returned to the queue at its original date and time.";
    AcceptedOffer "accepted-offer":
        "Өтініш беруші бос орынға келісім берді.",
        "Заявитель согласился на свободное место.",
        "The applicant accepted the vacancy.";
    Released "released":
        "Ұсынылған бос орын босатылды.",
        "Предложенное место освобождено.",
        "The place held was released.";
    ReferralIssued "referral-issued":
        "МДҰ-ға жолдама берілді.",
        "Выдано направление.",
        "A referral was issued.";
    ReferralCancelled "referral-cancelled":
        "Жолдаманың күші жойылды.",
        "Направление отменено.",
        "The referral was cancelled.";
    ReferralLapsed "referral-lapsed":
        "Жолдаманың қолданылу мерзімі өтті.",
        "Срок действия направления истёк.",
        "The referral lapsed.";
    ReferralReleased "referral-released":
        "Өтініш аяқталғандықтан, жолдама қайтарылды.",
        "Заявление завершено, направление возвращено.",
        "The referral was released because the application ended.";
    OfferWithdrawn "offer-withdrawn":
        "Бос орын туралы хабарлама кері қайтарылды.",
        "Предложение свободного места отозвано.",
        "The offer was withdrawn.";
    OrganisationsChanged "organisations-changed":
        "Таңдалған МДҰ-лар өзгертілді.",
        "Изменён выбор организаций.",
        "The chosen organisations were changed.";
    PhoneChanged "phone-changed":
        "Байланыс телефоны өзгертілді.",
        "Изменён контактный телефон.",
        "The contact phone was changed.";
    Withdrawn "withdrawn":
        "Өтініш беруші өтінішті кезектен алып тастады.",
        "Заявитель снял заявление с очереди.",
        "The applicant withdrew the application.";
    Archived "archived":
        "Өтініш архивке орналастырылды.",
        "Заявление помещено в архив.",
        "The application was archived.";
    AgeLimit "age-limit":
        "Бала барынша рұқсат етілген жасқа жетті.",
        "Ребёнок достиг предельно допустимого возраста.",
        "The child reached the age limit.";
    Overdue "overdue":
        "Өтінішті қарау мерзімі өтіп кетті.",
        "Нарушен срок рассмотрения заявления.",
        "The time for deciding on the application was exceeded.";
}

/// The line for a code as the history stores it; none for a code that isn't known.
#[must_use]
pub fn text(code: &str, locale: Locale) -> Option<&'static str> {
    code.parse().ok().map(|fact: Fact| fact.text(locale))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_fact_has_its_own_line_in_every_language() {
        for locale in Locale::ALL {
            let lines: HashSet<_> = Fact::ALL.iter().map(|fact| fact.text(locale)).collect();
            assert_eq!(lines.len(), Fact::ALL.len(), "two facts read alike in {locale}");
            assert!(lines.iter().all(|line| line.ends_with('.') && !line.contains(['{', '\n'])));
        }
    }

    #[test]
    fn codes_round_trip() {
        for fact in Fact::ALL {
            assert_eq!(fact.as_str().parse(), Ok(*fact));
            assert_eq!(text(fact.as_str(), Locale::Kk), Some(fact.text(Locale::Kk)));
        }
        assert_eq!(text("vanished", Locale::Kk), None);
    }
}
