//! The notices in Kazakh, up to the referral. Only wording: facts come from [`Notice`], dates and counted nouns from their own files.

use super::parts::{document_list, ground_list, in_brackets, note_line, numbered, queue_number, queues, sentences};
use super::queueing::{
    Asked, Check, Offer, OfferPassedOn, PassedOn, Question, Refused, Registered, Right, Stakes, Standing, Suspended,
};
use super::{ArchiveReason, Ground, Instant, Notice, State};
use crate::texts::plurals::{Noun, counted};
use crate::texts::{Locale, Names, dates};
use kezek_rules::queue::Lane;

mod enrolment;

const KK: Locale = Locale::Kk;

/// The text without the contact centre.
pub(super) fn body(notice: &Notice) -> String {
    match notice {
        Notice::Registered(notice) => registered(notice),
        Notice::Refused(notice) => refused(notice),
        Notice::VerificationStarted { check, due } => verification(*check, *due),
        Notice::Invitation { organisations } => invitation(organisations),
        Notice::DeferredAgeReached { places } => {
            sentences([Some(AGE_REACHED.to_owned()), queues("Кезегіңіз", places, KK)])
        }
        Notice::Offer(notice) => offer("", notice),
        Notice::OfferReminder(notice) => offer("Еске саламыз, ", notice),
        Notice::OfferPassedOn(notice) => passed_on(notice),
        Notice::Suspended(notice) => suspended(notice),
        Notice::InterestAsked(question) => {
            let silent = question.organisation.is_some();
            interest("МДҰ-ға кезекке мүдделілігіңізді растаңыз", question, silent)
        }
        Notice::InterestAskedAgain(question) => {
            interest("Қайта сұраймыз: МДҰ-ға кезекке мүдделілігіңізді растаңыз", question, true)
        }
        Notice::Archived { organisation: None, reason } => {
            format!("Өтінішіңіз кезектен алынып, архивке орналастырылды. Себебі: {}.", archive_reason(*reason))
        }
        Notice::Archived { organisation: Some(names), reason } => {
            let reason = archive_reason(*reason);
            format!("МДҰ-ға кезегіңіз ({}) архивке жіберілді. Себебі: {reason}.", name(names))
        }
        Notice::AgeLimitReached => AGE_LIMIT.to_owned(),
        Notice::ReferralIssued(notice) => enrolment::issued(notice),
        Notice::ReferralExtended(notice) => enrolment::extended(notice),
        Notice::ReferralCancelled(notice) => enrolment::cancelled(notice),
        Notice::ReferralRevoked(notice) => enrolment::revoked(notice),
        Notice::ReferralLapsed(notice) => enrolment::lapsed(notice),
        Notice::DocumentsRegistered(notice) => enrolment::documents(notice),
        Notice::EnrolmentRefused(notice) => enrolment::refused(notice),
        Notice::ContractReady(notice) => enrolment::contract(notice),
        Notice::Enrolled(notice) => enrolment::enrolled(notice),
        Notice::ComplaintState { state, registered_at, due } => sentences([
            Some(complaint(*state).to_owned()),
            registered_at.map(|at| format!("Тіркелетін уақыты: {}.", dates::moment(at, KK))),
            due.map(|due| format!("Жауап {} беріледі.", dates::by(due, KK))),
        ]),
    }
}

const AGE_LIMIT: &str =
    "Балаңыз барынша рұқсат етілген жасқа жетті, сондықтан өтінішіңіз кезектен алынып, архивке орналастырылды.";
const AGE_REACHED: &str =
    "МДҰ-ға жолдама алу үшін сіз көрсеткен жас немесе күн келді, енді бос орындар сізге кезек бойынша ұсынылады.";
const CONFIRMED: &str = "Жаңа жеңілдік мәртебеңіз расталды, кезекке қою күні мен уақыты сақталды.";
/// The law on state services, as Annex 3 cites it.
const LAW: &str = "«Мемлекеттік көрсетілетін қызметтер туралы» Заңның 20-бабының 2-тармағы";

fn name(names: &Names) -> &str {
    names.in_locale(KK)
}

fn registered(notice: &Registered) -> String {
    let list = numbered(&notice.places, KK);
    let count = counted(notice.places.len() as u64, Noun::Organisation, KK);
    let at = dates::moment(notice.at, KK);
    let text = match notice.standing {
        Standing::AsApplied => format!("Балаңыз {count}-ға кезекке қойылды. Күні мен уақыты: {at}. {list}."),
        Standing::Unconfirmed => format!(
            "Жеңілдік расталмағандықтан, балаңыз {count}-ға жалпы кезекке қойылды. Күні мен уақыты: {at}. {list}."
        ),
        Standing::Changed(lane) => format!(
            "Өтінішіңіздің жеңілдік мәртебесі өзгерді: енді ол {}, кезекке қою күні мен уақыты сақталды. {list}.",
            stands(lane)
        ),
        Standing::Confirmed => CONFIRMED.to_owned(),
    };
    let later = notice.wanted_from.map(|day| {
        let day = dates::day(day, KK);
        format!("Бос орындар ұсынылатын күн: {day}; нөмірлер қазіргі жағдай бойынша көрсетілген.")
    });
    sentences([Some(text), later])
}

const fn stands(lane: Lane) -> &'static str {
    match lane {
        Lane::OutOfTurn => "кезектен тыс қаралады",
        Lane::FirstPriority => "бірінші кезектегі тәртіппен қаралады",
        Lane::General => "жалпы кезекте тұр",
    }
}

fn refused(notice: &Refused) -> String {
    let text = match &notice.asked {
        Asked::Queueing => "Кезекке қою жөніндегі мемлекеттік қызмет көрсетуден бас тартылды.".to_owned(),
        Asked::Benefit { stays: true } => {
            "Жаңа жеңілдік мәртебесі расталмады, өтінішіңіз кезектегі бұрынғы орнында қалады.".to_owned()
        }
        Asked::Benefit { stays: false } => {
            "Жаңа жеңілдік мәртебесі расталмады, өтінішіңіз енді жалпы кезекте тұр.".to_owned()
        }
        Asked::Extension { number } => {
            format!("№ {number} жолдаманың қолданылу мерзімін ұзартудан бас тартылды, оның бұрынғы мерзімі өзгермейді.")
        }
    };
    sentences([
        Some(text),
        ground_list(&format!("Негізі ({LAW}, Қағидаларға 2-қосымшаның 9-тармағы)"), &notice.grounds, ground),
        document_list("Құжаттар топтамасы толық емес, жетіспейтін құжаттар", &notice.missing, KK),
        document_list("Жарамдылық мерзімі өткен құжаттар", &notice.expired, KK),
        note_line("Түсініктеме", notice.note.as_deref()),
    ])
}

fn verification(check: Check, due: Option<Instant>) -> String {
    let text = match check {
        Check::Registration => "Құжаттарыңыздың дұрыстығын тексеру басталды.",
        Check::Benefit => "Жаңа жеңілдік мәртебесі бойынша құжаттарыңыздың дұрыстығын тексеру басталды.",
        Check::Referral => {
            "Жолдама берілгеннен кейін құжаттарыңыздың дұрыстығы қайта тексеріледі, расталмаса жолдаманың күші \
             жойылады."
        }
    };
    let due = due.map(|due| match check {
        Check::Registration | Check::Benefit => format!("Нәтижесі {} хабарланады.", dates::by(due, KK)),
        Check::Referral => format!("Тексеру мерзімі: {}.", dates::by(due, KK)),
    });
    sentences([Some(text.to_owned()), due])
}

fn invitation(organisations: &[Names]) -> String {
    let wished: Vec<_> = organisations.iter().map(name).collect();
    sentences([
        Some(
            "Балаңызды МДҰ-ға кезекке қою жөніндегі мемлекеттік қызмет сізге проактивті тәсілмен ұсынылады.".to_owned(),
        ),
        (!wished.is_empty()).then(|| format!("Сіз қалаған МДҰ: {}.", wished.join("; "))),
        Some(
            "Жеке кабинетте келісім беріп, МДҰ мен оқыту тілін таңдаңыз. Келісім берілмесе, өтініш тіркелмейді."
                .to_owned(),
        ),
    ])
}

fn offer(start: &str, notice: &Offer) -> String {
    let organisation = name(&notice.organisation);
    let text = match notice.temporary_until {
        None => format!("{start}МДҰ-да сізге бос орын бар: {organisation}."),
        Some(last_day) => format!(
            "{start}МДҰ-да сізге уақытша орналасуға арналған бос орын бар: {organisation}. Баланың келу мерзімі: {}.",
            dates::through(last_day, KK)
        ),
    };
    let right = notice.right.map(|right| match right {
        Right::Sibling => "Орын осы МДҰ-да бірнеше балаңызға бір сәтте ұсынылды, кезек нөмірі ескерілмеді.",
        Right::MixedAge => "Орын әртүрлі жас тобында: ол бірнеше туған жылдың кезегі бойынша ұсынылады.",
        Right::AnyBirthYear => "Орын баланың туған жылына қарамастан ұсынылды.",
    });
    let answer = format!("Жеке кабинетте {} келісім беріңіз немесе бас тартыңыз.", dates::until(notice.answer_by, KK));
    let stakes = match notice.stakes {
        Stakes::Entry => {
            "Бас тартсаңыз, осы МДҰ-ға кезегіңіз архивке жіберіледі. Жауап болмаса, кезегіңіз тоқтатыла тұрып, орын \
             келесі өтініш берушіге ұсынылады."
        }
        Stakes::Application => {
            "Бас тартсаңыз, өтінішіңіз архивке жіберіледі. Жауап болмаса, кезегіңіз тоқтатыла тұрып, орын келесі \
             өтініш берушіге ұсынылады."
        }
        Stakes::Nothing => {
            "Бас тартсаңыз немесе жауап болмаса, орын келесі өтініш берушіге ұсынылады, кезегіңіз сақталады."
        }
    };
    sentences([Some(text), right.map(str::to_owned), Some(answer), Some(stakes.to_owned())])
}

fn passed_on(notice: &OfferPassedOn) -> String {
    let organisation = name(&notice.organisation);
    let text = match notice.because {
        PassedOn::NoAnswer => format!(
            "Мерзімінде жауап келмегендіктен, МДҰ-дағы бос орын ({organisation}) кезектегі келесі өтініш берушіге \
             ұсынылады."
        ),
        PassedOn::Withdrawn => format!(
            "Көрсетілетін қызметті беруші МДҰ-дағы бос орынды ({organisation}) алып тастады, ол енді сізге ұсынылмайды."
        ),
    };
    let waits_on = notice.number.map(|number| format!("Кезегіңіз сақталды, {}.", queue_number(number, KK)));
    sentences([Some(text), waits_on])
}

fn suspended(notice: &Suspended) -> String {
    let organisation = in_brackets(notice.organisation.as_ref(), KK);
    let until = dates::through(notice.until, KK);
    if notice.recounted {
        return format!(
            "Жұмыс күндерінің күнтізбесі өзгергендіктен, МДҰ-ға кезегіңіз{organisation} {until} тоқтатыла тұрады."
        );
    }
    let term = counted(u64::from(notice.working_days), Noun::WorkingDay, KK).replace("күні", "күніне");
    format!(
        "Бос орын туралы хабарламаға жауап келмегендіктен, МДҰ-ға кезегіңіз{organisation} {term}, {until} \
         тоқтатылды. Одан кейін мүдделілігіңізді растау туралы хабарлама жіберіледі."
    )
}

fn interest(head: &str, question: &Question, silent: bool) -> String {
    let until = dates::until(question.answer_by, KK);
    let end = if silent {
        "Жауап болмаса немесе «жоқ» десеңіз"
    } else {
        "«Жоқ» десеңіз"
    };
    let what =
        if question.organisation.is_some() { "осы МДҰ-ға кезегіңіз" } else { "өтінішіңіз" };
    let organisation = in_brackets(question.organisation.as_ref(), KK);
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
