//! The names of the documents of A2.8 and A6.8, by their kind in the interface. Never what a document is needed for.

use super::Locale;

/// Kind, and the name in Kazakh, Russian and English.
const NAMES: [(&str, [&str; 3]); 13] = [
    (
        "service-certificate",
        ["жұмыс (қызмет) орнынан берілген анықтама", "справка с места службы", "certificate from the place of service"],
    ),
    ("work-certificate", ["жұмыс орнынан анықтама", "справка с места работы", "certificate from work"]),
    ("diploma", ["диплом", "диплом", "diploma"]),
    (
        "pmpc-conclusion",
        [
            "психологиялық-медициналық-педагогикалық консультацияның қорытындысы",
            "заключение психолого-медико-педагогической консультации",
            "conclusion of the psychological-medical-pedagogical consultation",
        ],
    ),
    (
        "phthisiatrician-conclusion",
        ["фтизиатр-дәрігер берген құжат", "документ врача-фтизиатра", "phthisiatrician's document"],
    ),
    (
        "selection-commission-conclusion",
        [
            "іріктеу комиссиясының қорытындысы",
            "заключение отборочной комиссии",
            "conclusion of the selection commission",
        ],
    ),
    (
        "transfer-order",
        [
            "жаңа қызмет орнына ауыстыру туралы бұйрық",
            "приказ о переводе к новому месту службы",
            "order of transfer to a new place of service",
        ],
    ),
    ("birth-certificate", ["баланың туу туралы куәлігі", "свидетельство о рождении ребёнка", "birth certificate"]),
    ("identity", ["жеке басты куәландыратын құжат", "документ, удостоверяющий личность", "identity document"]),
    (
        "vaccination-card",
        [
            "профилактикалық екпелердің картасы (065/е)",
            "карта профилактических прививок (065/у)",
            "vaccination card (065/e)",
        ],
    ),
    (
        "health-passport",
        [
            "«Бала денсаулығы паспорты» (052-2/у)",
            "«Паспорт здоровья ребёнка» (052-2/у)",
            "child health passport (052-2/u)",
        ],
    ),
    (
        "health-certificate",
        [
            "баланың денсаулық жағдайы туралы анықтама (027/е)",
            "справка о состоянии здоровья ребёнка (027/у)",
            "health certificate (027/e)",
        ],
    ),
    (
        "inability",
        [
            "МДҰ-ға келуге физикалық қабілетсіздікті растайтын құжат",
            "документ о физической невозможности прибыть",
            "document confirming the physical inability to come",
        ],
    ),
];

/// The name of a kind of document; a kind that isn't known is shown as it is.
#[must_use]
pub fn name(kind: &str, locale: Locale) -> &str {
    NAMES.iter().find(|(known, _)| *known == kind).map_or(kind, |(_, names)| names[locale as usize])
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::requests::DOCUMENT_KINDS;

    #[test]
    fn a2_8_a6_8_every_kind_of_document_has_a_name_of_its_own() {
        assert_eq!(NAMES.map(|(kind, _)| kind), DOCUMENT_KINDS);
        for locale in Locale::ALL {
            let names: HashSet<_> = DOCUMENT_KINDS.iter().map(|kind| name(kind, locale)).collect();
            assert_eq!(names.len(), DOCUMENT_KINDS.len(), "two documents read alike in {locale}");
        }
    }

    #[test]
    fn a2_8_documents_have_names() {
        assert_eq!(name("diploma", Locale::En), "diploma");
        assert_eq!(name("work-certificate", Locale::Kk), "жұмыс орнынан анықтама");
        assert_eq!(name("work-certificate", Locale::Ru), "справка с места работы");
        assert_eq!(name("something-else", Locale::Ru), "something-else");
    }
}
