//! The names of the documents of A2.8 and A6.8, by their kind in the interface. Never what a document is needed for.

use super::Locale;

/// Kind, and the name in Kazakh, Russian and English.
const NAMES: [(&str, [&str; 3]); 13] = [
    (
        "service-certificate",
        ["қызмет орнынан анықтама", "справка с места службы", "certificate from the place of service"],
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
        ["фтизиатр-дәрігердің қорытындысы", "заключение врача-фтизиатра", "phthisiatrician's conclusion"],
    ),
    (
        "selection-commission-conclusion",
        [
            "іріктеу комиссиясының қорытындысы",
            "заключение отборочной комиссии",
            "conclusion of the selection commission",
        ],
    ),
    ("transfer-order", ["қызмет орнын ауыстыру туралы бұйрық", "приказ о переводе по службе", "order of transfer"]),
    ("birth-certificate", ["баланың туу туралы куәлігі", "свидетельство о рождении ребёнка", "birth certificate"]),
    ("identity", ["жеке басты куәландыратын құжат", "документ, удостоверяющий личность", "identity document"]),
    (
        "vaccination-card",
        [
            "профилактикалық екпелер картасы (065/е)",
            "карта профилактических прививок (065/у)",
            "vaccination card (065/e)",
        ],
    ),
    (
        "health-passport",
        [
            "бала денсаулығының паспорты (052-2/у)",
            "паспорт здоровья ребёнка (052-2/у)",
            "child health passport (052-2/u)",
        ],
    ),
    (
        "health-certificate",
        ["денсаулық туралы анықтама (027/е)", "справка о здоровье (027/у)", "health certificate (027/e)"],
    ),
    (
        "inability",
        [
            "МДҰ-ға келуге мүмкіндік жоғын растайтын құжат",
            "документ о невозможности явиться",
            "document confirming inability to come",
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
    use super::*;

    #[test]
    fn a2_8_documents_have_names() {
        assert_eq!(name("diploma", Locale::En), "diploma");
        assert_eq!(name("work-certificate", Locale::Kk), "жұмыс орнынан анықтама");
        assert_eq!(name("work-certificate", Locale::Ru), "справка с места работы");
        assert_eq!(name("something-else", Locale::Ru), "something-else");
    }
}
