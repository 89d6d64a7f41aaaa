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
    Invited "invited":
        "Өтініш беруші мемлекеттік қызметтің проактивті ұсынысына келісім берді.",
        "Заявитель дал согласие на проактивно предложенную услугу.",
        "The applicant consented to the service that was proposed proactively.";
    SingleApplication "single-application":
        "Өтініш бала тууды тіркеумен бірге «бір өтініш» қағидаты бойынша берілді.",
        "Заявление подано вместе с регистрацией рождения по принципу «одного заявления».",
        "The application came with the registration of the birth, as one single application.";
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
        "Жауап келмегендіктен, кезек тоқтатыла тұрды.",
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
    DocumentsLacking "documents-lacking":
        "Жетіспейтін немесе мерзімі өткен құжаттар аталды.",
        "Названы недостающие или просроченные документы.",
        "The documents that are missing or out of date were named.";
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
    SecondCheckStarted "second-check-started":
        "Жолдамадан кейін құжаттардың дұрыстығын тексеру басталды.",
        "После выдачи направления началась проверка достоверности документов.",
        "The verification of the documents after the referral began.";
    SecondCheckConfirmed "second-check-confirmed":
        "Жолдамадан кейін құжаттардың дұрыстығы расталды.",
        "После выдачи направления достоверность документов подтверждена.",
        "The documents were confirmed after the referral.";
    SecondCheckFailed "second-check-failed":
        "Жолдамадан кейін құжаттардың дұрыстығы расталмады.",
        "После выдачи направления достоверность документов не подтверждена.",
        "The documents weren't confirmed after the referral.";
    ReferralRevoked "referral-revoked":
        "Көрсетілетін қызметті беруші жолдаманың күшін жойды.",
        "Услугодатель отозвал направление.",
        "The provider revoked the referral.";
    ExtensionAsked "extension-asked":
        "Өтініш беруші жолдаманың қолданылу мерзімін ұзартуды сұрады.",
        "Заявитель попросил продлить срок действия направления.",
        "The applicant asked for an extension of the referral.";
    ReferralExtended "referral-extended":
        "Жолдаманың қолданылу мерзімі ұзартылды.",
        "Срок действия направления продлён.",
        "The referral was extended.";
    ExtensionRefused "extension-refused":
        "Жолдаманың қолданылу мерзімін ұзартудан бас тартылды.",
        "В продлении срока действия направления отказано.",
        "The extension of the referral was refused.";
    DocumentsSubmitted "documents-submitted":
        "МДҰ-ға қабылдау үшін құжаттар тапсырылды.",
        "Поданы документы для зачисления.",
        "The documents for enrolment were handed in.";
    DocumentsReturned "documents-returned":
        "МДҰ құжаттарды қабылдаудан бас тартты: топтама толық емес немесе мерзімі өткен құжат бар.",
        "Организация отказала в приёме документов: пакет неполный, или срок действия истёк.",
        "The organisation didn't accept the documents: they are incomplete or expired.";
    ResultOverdue "result-overdue":
        "МДҰ құжаттарды мерзімінде тексермеді.",
        "Организация не проверила документы в срок.",
        "The organisation didn't check the documents in time.";
    EnrolmentRefused "enrolment-refused":
        "МДҰ баланы қабылдаудан бас тартты.",
        "Организация отказала в зачислении.",
        "The organisation refused to enrol the child.";
    RefusalUpheld "refusal-upheld":
        "Қабылдаудан бас тарту күшінде қалдырылды.",
        "Отказ в зачислении оставлен в силе.",
        "The refusal of enrolment was upheld.";
    RefusalOverturned "refusal-overturned":
        "Қабылдаудан бас тартудың күші жойылды, жолдама жаңа мерзіммен күшінде қалды.",
        "Отказ в зачислении отменён, направление действует с новым сроком.",
        "The refusal of enrolment was overturned: the referral stands, with a fresh term.";
    ContractFormed "contract-formed":
        "Электронды шарт қалыптастырылды.",
        "Электронный договор сформирован.",
        "The electronic contract was formed.";
    ContractSigned "contract-signed":
        "Электронды шартқа қол қойылды, бала МДҰ-ға қабылданды.",
        "Электронный договор подписан, ребёнок зачислен.",
        "The electronic contract was signed: the child is enrolled.";
    ContractUnsigned "contract-unsigned":
        "Электронды шартқа мерзімінде қол қойылмады.",
        "Электронный договор не подписан в срок.",
        "The electronic contract wasn't signed in time.";
    ContractTerminated "contract-terminated":
        "Өтініш беруші электронды шартты бұзды.",
        "Заявитель расторг электронный договор.",
        "The applicant terminated the electronic contract.";
    TemporaryEnded "temporary-ended":
        "Уақытша орналасуға арналған орынның мерзімі аяқталды.",
        "Срок места временного пребывания закончился.",
        "The temporary place has ended.";
    Deferred "deferred":
        "Өтініш беруші орынның кейін қажет екенін көрсетті.",
        "Заявитель указал, что место нужно позже.",
        "The applicant wants the place later.";
    DeferralLifted "deferral-lifted":
        "Өтініш берушіге орын енді бірден қажет.",
        "Заявителю место теперь нужно сразу.",
        "The applicant wants the place at once after all.";
    DeferredAgeReached "deferred-age-reached":
        "Жолдама алу үшін көрсетілген жас немесе күн келді.",
        "Наступил указанный для направления возраст или день.",
        "The age or day has come from which the place is wanted.";
    BenefitClaimed "benefit-claimed":
        "Өтініштің жеңілдік мәртебесін өзгерту сұралды.",
        "Заявлено изменение льготного статуса.",
        "A change of the benefit status was asked for.";
    ClaimRefused "claim-refused":
        "Жаңа жеңілдік мәртебесі расталмады.",
        "Новый льготный статус не подтверждён.",
        "The new benefit status wasn't confirmed.";
    ClaimDropped "claim-dropped":
        "Жеңілдік мәртебесін өзгерту туралы сұрау қараусыз аяқталды.",
        "Запрос об изменении льготного статуса прекращён без решения.",
        "The request to change the benefit status ended undecided.";
    LaneChanged "lane-changed":
        "Өтініштің жеңілдік мәртебесі өзгерді.",
        "Льготный статус заявления изменён.",
        "The benefit status of the application has changed.";
    Moved "moved":
        "Мәртебе өзгергендіктен, өтініш қою күні мен уақыты сақтала отырып, кезектегі жаңа орнына көшті.",
        "Из-за изменения статуса заявление перешло на новое место в очереди с прежними датой и временем постановки.",
        "With the new status the application took its new place in the queue, at its original date and time.";
    BenefitUsed "benefit-used":
        "Бала бұрын жеңілдікпен орын алған, сондықтан өтініш жалпы кезектің соңына қойылады.",
        "Ребёнок уже получал место по льготе, поэтому заявление встаёт в конец общей очереди.",
        "The child got a place by a benefit before: the application joins the end of the general lane.";
    DeadlineMoved "deadline-moved":
        "Жұмыс күндерінің күнтізбесі өзгергендіктен, мерзім қайта есептелді.",
        "Календарь рабочих дней изменён, срок пересчитан.",
        "The calendar of working days has changed: a term was counted again.";
    OrganisationsChanged "organisations-changed":
        "Таңдалған МДҰ-лар өзгертілді.",
        "Изменён выбор организаций.",
        "The chosen organisations were changed.";
    PhoneChanged "phone-changed":
        "Байланыс телефоны өзгертілді.",
        "Изменён контактный телефон.",
        "The contact phone was changed.";
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

    /// The codes are read from the source of the facts, so that none can be forgotten here.
    #[test]
    fn every_fact_of_the_rules_has_a_line_and_no_line_is_left_over() {
        let source = include_str!("../../../rules/src/step/history.rs");
        let (_, after) = source.split_once("fn code_and_rule").expect("the codes of the facts");
        let (codes, _) = after.split_once("\n    }\n").expect("its end");
        let code = |arm: &'static str| arm.split('"').next();
        let codes: HashSet<_> = codes.split("=> (\"").skip(1).filter_map(code).collect();
        assert!(codes.len() > 50, "{codes:?}");
        let lines: HashSet<_> = Fact::ALL.iter().map(|fact| fact.as_str()).collect();
        assert_eq!(codes.difference(&lines).collect::<Vec<_>>(), Vec::<&&str>::new(), "no line for these");
        assert_eq!(lines.difference(&codes).collect::<Vec<_>>(), Vec::<&&str>::new(), "no fact for these");
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
