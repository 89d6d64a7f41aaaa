//! The notices of referral, enrolment and contract in Kazakh. Only wording.

use super::super::enrolment::{
    ContractReady, DocumentsRegistered, Enrolled, EnrolmentGround, EnrolmentRefused, Lapsed, ReferralCancelled,
    ReferralExtended, ReferralIssued, ReferralLapsed, ReferralRevoked, Refusal, Revoked,
};
use super::{KK, LAW, dates, document_list, ground, name, queues, sentences};
use crate::texts::notices::PlaceInQueue;

const NEXT: &str = "Бос орын кезектегі келесі өтініш берушіге ұсынылады.";
const RECOUNTED: &str = "Жұмыс күндерінің күнтізбесі өзгерді";

/// Where the application is now.
fn now(places: &[PlaceInQueue], queue: &str) -> String {
    let head = format!("Өтінішіңіз қою күні мен уақыты бойынша {queue} қайтарылды");
    let cabinet = || "Өтінішіңіздің жай-күйін жеке кабинеттен қараңыз.".to_owned();
    queues(&head, places, KK).unwrap_or_else(cabinet)
}

pub(super) fn issued(notice: &ReferralIssued) -> String {
    let (number, organisation) = (&notice.number, name(&notice.organisation));
    let until = dates::until(notice.valid_until, KK);
    let text = if notice.again {
        format!("МДҰ-ның қабылдаудан бас тартуының күші жойылды: № {number} жолдама ({organisation}) {until} жарамды.")
    } else {
        format!("Сізге МДҰ-ға № {number} жолдама берілді: {organisation}. Жолдама {until} жарамды.")
    };
    format!("{text} Осы мерзімде МДҰ-ға қабылдау үшін құжаттарды тапсырыңыз.")
}

pub(super) fn extended(notice: &ReferralExtended) -> String {
    let (number, organisation) = (&notice.number, name(&notice.organisation));
    let until = dates::until(notice.valid_until, KK);
    let text = if notice.recounted {
        format!("{RECOUNTED}: МДҰ-ға № {number} жолдама ({organisation}) енді {until} жарамды.")
    } else {
        format!("МДҰ-ға № {number} жолдаманың ({organisation}) қолданылу мерзімі {until} ұзартылды.")
    };
    format!("{text} Осы мерзімде МДҰ-ға қабылдау үшін құжаттарды тапсырыңыз.")
}

pub(super) fn cancelled(notice: &ReferralCancelled) -> String {
    let (number, organisation) = (&notice.number, name(&notice.organisation));
    let now = now(&notice.places, "кезекке");
    format!("МДҰ-ға № {number} жолдаманың ({organisation}) күші жойылды. {NEXT} {now}")
}

pub(super) fn revoked(notice: &ReferralRevoked) -> String {
    let (number, organisation) = (&notice.number, name(&notice.organisation));
    let ended = format!("МДҰ-ға № {number} жолдаманың ({organisation}) күші жойылды.");
    match notice.because {
        Revoked::Unconfirmed { general } => {
            let now = now(&notice.places, if general { "жалпы кезекке" } else { "кезекке" });
            format!("Құжаттарыңыздың дұрыстығы расталмағандықтан, {ended} {NEXT} {now}")
        }
        Revoked::VacancyWithdrawn => {
            let now = now(&notice.places, "кезекке");
            format!("Көрсетілетін қызметті беруші бос орынды алып тастағандықтан, {ended} {now}")
        }
    }
}

pub(super) fn lapsed(notice: &ReferralLapsed) -> String {
    let (number, organisation) = (&notice.number, name(&notice.organisation));
    let ended = format!("МДҰ-ға № {number} жолдаманың ({organisation}) күші жойылды.");
    let text = match notice.because {
        Lapsed::NoDocuments => {
            format!("МДҰ-ға № {number} жолдаманың ({organisation}) қолданылу мерзімі өтті, құжаттар тапсырылмады.")
        }
        Lapsed::NotAccepted => format!("Құжаттар қабылданбағандықтан, {ended}"),
        Lapsed::Unsigned => format!("Электронды шартқа мерзімінде қол қойылмағандықтан, {ended}"),
    };
    format!("{text} {NEXT} {}", now(&notice.places, "кезекке"))
}

pub(super) fn documents(notice: &DocumentsRegistered) -> String {
    let organisation = name(&notice.organisation);
    let due = dates::moment(notice.result_due, KK);
    let text = match notice.registered_at {
        Some(at) => {
            let at = dates::moment(at, KK);
            format!("МДҰ-ға қабылдау үшін құжаттарыңыз келіп түсті: {organisation}. Тіркеу күні мен уақыты: {at}.")
        }
        None => format!("{RECOUNTED}, МДҰ-ға қабылдау құжаттарын тексеру мерзімі де өзгерді: {organisation}."),
    };
    format!("{text} Балаларды қабылдау жөніндегі қызмет нәтижесін алу күні мен уақыты: {due}.")
}

pub(super) fn refused(notice: &EnrolmentRefused) -> String {
    let organisation = name(&notice.organisation);
    let (text, ground, after) = match notice.refusal {
        Refusal::Documents { until } => (
            format!(
                "Толық емес құжаттар топтамасын немесе жарамдылық мерзімі өткен құжаттарды тапсыруыңызға байланысты МДҰ \
                 ({organisation}) құжаттарды қабылдаудан бас тартты."
            ),
            None,
            until.map(|until| format!("Құжаттарды {} қайта тапсыра аласыз.", dates::until(until, KK))),
        ),
        Refusal::Reviewed { ground } => (
            refused_by(organisation),
            Some(ground),
            Some("Бас тартуды көрсетілетін қызметті беруші қарастырады, оған дейін орын сізге сақталады.".to_owned()),
        ),
        Refusal::Final { ground } => (refused_by(organisation), Some(ground), Some(over(notice))),
        Refusal::Upheld { ground } => (
            format!(
                "Көрсетілетін қызметті беруші МДҰ-ның ({organisation}) баланы қабылдаудан бас тартуын қарастырып, күшінде \
                 қалдырды."
            ),
            ground,
            Some(over(notice)),
        ),
    };
    sentences([
        Some(text),
        ground.map(because),
        document_list("Жетіспейтін құжаттар", &notice.missing, KK),
        document_list("Жарамдылық мерзімі өткен құжаттар", &notice.expired, KK),
        after,
    ])
}

fn refused_by(organisation: &str) -> String {
    format!("Балаларды қабылдау жөніндегі мемлекеттік қызмет көрсетуден бас тартылды: {organisation}.")
}

fn over(notice: &EnrolmentRefused) -> String {
    format!("{NEXT} {}", now(&notice.places, "кезекке"))
}

fn because(reason: EnrolmentGround) -> String {
    let number = reason.number();
    let by_p28 = |text| format!("Негізі ({LAW}, Қағидалардың 28-тармағының {number}) тармақшасы): {text}.");
    match reason {
        EnrolmentGround::Documents => {
            by_p28("талап етілетін құжаттар ұсынылмаған немесе олардың қолдану мерзімі өткен")
        }
        EnrolmentGround::Contraindication => {
            by_p28("ұсынылған құжаттарға сәйкес МДҰ-ға қабылдау үшін медициналық қарсы көрсетілім бар")
        }
        EnrolmentGround::Unvaccinated => {
            by_p28("топта жоспарлы профилактикалық екпе алмаған балалардың үлесі шекті деңгейден асқан")
        }
        EnrolmentGround::AsForQueueing(reason) => {
            let (number, text) = (reason.number(), ground(reason));
            format!("Негізі ({LAW}, Қағидаларға 6-қосымшаның 9-тармағының {number}) тармақшасы): {text}.")
        }
    }
}

pub(super) fn contract(notice: &ContractReady) -> String {
    let organisation = name(&notice.organisation);
    let until = dates::until(notice.sign_by, KK);
    if notice.recounted {
        return format!("{RECOUNTED}: электронды шартқа ({organisation}) енді {until} қол қоюға болады.");
    }
    format!(
        "Білім беру қызметтерін көрсету туралы электронды шарт қалыптастырылды: {organisation}. Оған {until} \
         қолжетімді тәсілмен (хабарлама, ЭЦҚ, QR) қол қойыңыз, әйтпесе жолдаманың күші жойылады."
    )
}

pub(super) fn enrolled(notice: &Enrolled) -> String {
    let organisation = name(&notice.organisation);
    let Some(last_day) = notice.temporary_until else {
        return format!("Балаңыз МДҰ-ға қабылданды: {organisation}. Электронды шартқа қол қойылды.");
    };
    let text = format!(
        "Балаңыз МДҰ-дағы уақытша орналасуға арналған орынға қабылданды: {organisation}. Баланың келу мерзімі: {}.",
        dates::through(last_day, KK)
    );
    let back = queues("Өтінішіңіз қою күні мен уақыты бойынша кезекке қайтарылды", &notice.places, KK);
    let later = notice
        .returns_after
        .then(|| "Содан кейін өтінішіңіз қою күні мен уақыты бойынша кезекке қайтарылады.".to_owned());
    sentences([Some(text), back.or(later)])
}
