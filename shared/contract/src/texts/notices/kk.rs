//! The notices in Kazakh. Only wording: facts come from [`Notice`], dates and counted nouns from their own files.

use super::parts::{document_list, ground_list, in_brackets, note_line, numbered, sentences};
use super::{ArchiveReason, Ground, Notice, PassedOn, State};
use crate::texts::plurals::{Noun, counted};
use crate::texts::{Locale, Names, dates};

const KK: Locale = Locale::Kk;

/// The text without the contact centre.
pub(super) fn body(notice: &Notice) -> String {
    match notice {
        Notice::Registered { at, places } => {
            let count = counted(places.len() as u64, Noun::Organisation, KK);
            let list = numbered(places, "кезек нөмірі", KK);
            let at = dates::moment(*at, KK);
            format!("Балаңыз {count}-ға кезекке қойылды. Күні мен уақыты: {at}. {list}.")
        }
        Notice::Refused { grounds, missing, expired, note } => sentences([
            Some("Кезекке қою бойынша мемлекеттік қызмет көрсетуден бас тартылды.".to_owned()),
            ground_list("Негізі (2-қосымшаның 9-тармағы)", grounds, ground),
            document_list("Жетіспейтін құжаттар", missing, KK),
            document_list("Жарамдылық мерзімі өткен құжаттар", expired, KK),
            note_line("Түсініктеме", note.as_deref()),
        ]),
        Notice::VerificationStarted { due } => sentences([
            Some("Құжаттарыңыздың дұрыстығын тексеру басталды.".to_owned()),
            due.map(|due| format!("Нәтижесі {} хабарланады.", dates::by(due, KK))),
        ]),
        Notice::Offer { organisation, answer_by } => {
            format!("МДҰ-да сізге бос орын бар: {}. {}", name(organisation), answer(dates::until(*answer_by, KK)))
        }
        Notice::OfferReminder { organisation, answer_by } => {
            let text = answer(dates::until(*answer_by, KK));
            format!("Еске саламыз, МДҰ-да сізге бос орын бар: {}. {text}", name(organisation))
        }
        Notice::OfferPassedOn { organisation, because } => passed_on(name(organisation), *because),
        Notice::Suspended { organisation, working_days, until } => {
            suspended(organisation.as_ref(), *working_days, dates::through(*until, KK))
        }
        Notice::InterestAsked { organisation, answer_by } => {
            let end = if organisation.is_some() {
                "Жауап болмаса немесе «жоқ» десеңіз"
            } else {
                "«Жоқ» десеңіз"
            };
            let head = "МДҰ-ға кезекке мүдделілігіңізді растаңыз";
            interest(head, organisation.as_ref(), dates::until(*answer_by, KK), end)
        }
        Notice::InterestAskedAgain { organisation, answer_by } => {
            let head = "Қайта сұраймыз: МДҰ-ға кезекке мүдделілігіңізді растаңыз";
            let end = "Жауап болмаса немесе «жоқ» десеңіз";
            interest(head, organisation.as_ref(), dates::until(*answer_by, KK), end)
        }
        Notice::Archived { organisation: None, reason } => {
            format!("Өтінішіңіз кезектен алынып, архивке орналастырылды. Себебі: {}.", archive_reason(*reason))
        }
        Notice::Archived { organisation: Some(names), reason } => {
            let reason = archive_reason(*reason);
            format!("МДҰ-ға кезегіңіз ({}) архивке жіберілді. Себебі: {reason}.", name(names))
        }
        Notice::AgeLimitReached => AGE_LIMIT.to_owned(),
        Notice::ReferralIssued { number, organisation, valid_until } => format!(
            "Сізге МДҰ-ға № {number} жолдама берілді: {}. Жолдама {} жарамды. Осы мерзімде МДҰ-ға қабылдау үшін \
             құжаттарды тапсырыңыз.",
            name(organisation),
            dates::until(*valid_until, KK)
        ),
        Notice::ReferralCancelled { number, organisation } => {
            format!("МДҰ-ға № {number} жолдаманың ({}) күші жойылды. {NEXT}", name(organisation))
        }
        Notice::ReferralLapsed { number, organisation } => format!(
            "МДҰ-ға № {number} жолдаманың ({}) қолданылу мерзімі өтті, құжаттар тапсырылмады. {NEXT}",
            name(organisation)
        ),
        Notice::ComplaintState { state, registered_at, due } => sentences([
            Some(complaint(*state).to_owned()),
            registered_at.map(|at| format!("Тіркелетін уақыты: {}.", dates::moment(at, KK))),
            due.map(|due| format!("Жауап {} беріледі.", dates::by(due, KK))),
        ]),
    }
}

const AGE_LIMIT: &str =
    "Балаңыз барынша рұқсат етілген жасқа жетті, сондықтан өтінішіңіз кезектен алынып, архивке орналастырылды.";
const NEXT: &str =
    "Бос орын кезектегі келесі өтініш берушіге ұсынылады. Өтінішіңіздің жай-күйін жеке кабинеттен қараңыз.";

fn name(names: &Names) -> &str {
    names.in_locale(KK)
}

fn answer(until: String) -> String {
    format!(
        "Жеке кабинетте {until} келісім беріңіз немесе бас тартыңыз. Бас тартсаңыз, осы МДҰ-ға кезегіңіз архивке \
         жіберіледі. Жауап болмаса, кезегіңіз уақытша тоқтатылып, орын келесі өтініш берушіге ұсынылады."
    )
}

fn passed_on(organisation: &str, because: PassedOn) -> String {
    let because = match because {
        PassedOn::NoAnswer => "Мерзімінде жауап келмегендіктен",
        PassedOn::Declined => "Сіз бас тартқандықтан",
        PassedOn::Released => "Сіз басқа МДҰ-дағы бос орынға келісім бергендіктен",
    };
    format!("{because}, МДҰ-дағы бос орын ({organisation}) кезектегі келесі өтініш берушіге ұсынылады.")
}

fn suspended(organisation: Option<&Names>, working_days: u32, until: String) -> String {
    let organisation = in_brackets(organisation, KK);
    let term = counted(u64::from(working_days), Noun::WorkingDay, KK).replace("күні", "күніне");
    format!(
        "Бос орын туралы хабарламаға жауап келмегендіктен, МДҰ-ға кезегіңіз{organisation} {term}, {until} \
         уақытша тоқтатылды. Одан кейін мүдделілігіңізді растау туралы хабарлама жіберіледі."
    )
}

fn interest(head: &str, organisation: Option<&Names>, until: String, end: &str) -> String {
    let what = if organisation.is_some() { "осы МДҰ-ға кезегіңіз" } else { "өтінішіңіз" };
    let organisation = in_brackets(organisation, KK);
    format!(
        "{head}{organisation}. Жеке кабинетте {until} «иә» немесе «жоқ» деп жауап беріңіз. {end}, {what} архивке \
         жіберіледі."
    )
}

const fn ground(ground: Ground) -> &'static str {
    match ground {
        Ground::Untrue => "ұсынылған құжаттардың немесе мәліметтердің анық еместігі анықталды",
        Ground::NotConforming => "ұсынылған құжаттар немесе мәліметтер Қағидалардың талаптарына сәйкес келмейді",
        Ground::NoConsent => "қолжетімділігі шектеулі дербес деректерге қол жеткізуге келісім жоқ",
    }
}

const fn complaint(state: State) -> &'static str {
    match state {
        State::Delivered => "Шағымыңыз жеткізілді.",
        State::Registered => "Шағымыңыз тіркелді.",
        State::InReview => "Шағымыңыз қаралып жатыр.",
        State::Answered => "Шағымыңызға жауап берілді. Жауап жеке кабинетте.",
        State::Refused => "Шағымыңызды қараудан бас тартылды. Себебі жеке кабинетте көрсетілген.",
    }
}

const fn archive_reason(reason: ArchiveReason) -> &'static str {
    match reason {
        ArchiveReason::Enrolled => "шартқа қол қойылды",
        ArchiveReason::Refused => "қабылдаудан бас тартылды",
        ArchiveReason::Declined => "бос орыннан бас тарттыңыз",
        ArchiveReason::NoAnswer => "бос орын туралы хабарламаға жауап келмеді",
        ArchiveReason::NoInterest => "МДҰ-ға орын алуға мүдделілік расталмады",
        ArchiveReason::Withdrawn => "өтінішті кезектен өзіңіз алып тастадыңыз",
        ArchiveReason::AgeLimit => "бала барынша рұқсат етілген жасқа жетті",
        ArchiveReason::ReferralLapsed => "жолдаманың қолданылу мерзімі өтті",
        ArchiveReason::Cancelled => "жолдаманың күшін жойдыңыз",
        ArchiveReason::Violation => "өтініш беруші тарапынан бұзушылық жіберілді",
        ArchiveReason::Duplicate => "өтініш қайталанған",
    }
}
