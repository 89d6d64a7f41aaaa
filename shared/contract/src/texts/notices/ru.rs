//! The notices in Russian, up to the referral. Only wording: facts come from [`Notice`], dates and counted nouns from their own files.

use super::parts::{document_list, ground_list, in_brackets, note_line, numbered, queue_number, queues, sentences};
use super::queueing::{
    Asked, Check, Offer, OfferPassedOn, PassedOn, Question, Refused, Registered, Right, Stakes, Standing, Suspended,
};
use super::{ArchiveReason, Ground, Instant, Notice, State};
use crate::texts::plurals::{Noun, counted};
use crate::texts::{Locale, Names, dates};
use kezek_rules::queue::Lane;

mod enrolment;

const RU: Locale = Locale::Ru;

/// The text without the contact centre.
pub(super) fn body(notice: &Notice) -> String {
    match notice {
        Notice::Registered(notice) => registered(notice),
        Notice::Refused(notice) => refused(notice),
        Notice::VerificationStarted { check, due } => verification(*check, *due),
        Notice::Invitation { organisations } => invitation(organisations),
        Notice::DeferredAgeReached { places } => {
            sentences([Some(AGE_REACHED.to_owned()), queues("Ваша очередь", places, RU)])
        }
        Notice::Offer(notice) => offer("Для", notice),
        Notice::OfferReminder(notice) => offer("Напоминаем, что для", notice),
        Notice::OfferPassedOn(notice) => passed_on(notice),
        Notice::Suspended(notice) => suspended(notice),
        Notice::InterestAsked(question) => {
            let silent = question.organisation.is_some();
            interest("Подтвердите, что вам ещё нужно место", question, silent)
        }
        Notice::InterestAskedAgain(question) => {
            interest("Повторный запрос: подтвердите, что вам ещё нужно место", question, true)
        }
        Notice::Archived { organisation: None, reason } => {
            format!("Ваше заявление снято с очереди и помещено в архив. Причина: {}.", archive_reason(*reason))
        }
        Notice::Archived { organisation: Some(names), reason } => {
            let reason = archive_reason(*reason);
            format!("Ваша очередь в организацию ({}) отправлена в архив. Причина: {reason}.", name(names))
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
            registered_at.map(|at| format!("Время регистрации: {}.", dates::moment(at, RU))),
            due.map(|due| format!("Ответ будет дан {}.", dates::by(due, RU))),
        ]),
    }
}

const AGE_LIMIT: &str =
    "Ваш ребёнок достиг предельно допустимого возраста, поэтому заявление снято с очереди и помещено в архив.";
const AGE_REACHED: &str =
    "Наступил возраст или день, с которого вам нужно место: теперь вам предлагают свободные места по очереди.";
const CONFIRMED: &str = "Новый льготный статус подтверждён, дата и время постановки сохранены.";
/// The law on state services, as Annex 3 cites it.
const LAW: &str = "пункт 2 статьи 20 Закона «О государственных услугах»";

fn name(names: &Names) -> &str {
    names.in_locale(RU)
}

fn registered(notice: &Registered) -> String {
    let list = numbered(&notice.places, RU);
    let count = counted(notice.places.len() as u64, Noun::Organisation, RU);
    let at = dates::moment(notice.at, RU);
    let text = match notice.standing {
        Standing::AsApplied => {
            format!("Ваш ребёнок поставлен в очередь в {count}. Дата и время: {at}. {list}.")
        }
        Standing::Unconfirmed => format!(
            "Льгота не подтверждена, ваш ребёнок поставлен в общую очередь в {count}. Дата и время: {at}. {list}."
        ),
        Standing::Changed(lane) => format!(
            "Льготный статус заявления изменён: теперь оно {}, дата и время постановки сохранены. {list}.",
            stands(lane)
        ),
        Standing::Confirmed => CONFIRMED.to_owned(),
    };
    let later = notice.wanted_from.map(|day| {
        let day = dates::day(day, RU);
        format!("Свободные места предложат начиная с {day}; номера указаны на сегодня.")
    });
    sentences([Some(text), later])
}

const fn stands(lane: Lane) -> &'static str {
    match lane {
        Lane::OutOfTurn => "рассматривается вне очереди",
        Lane::FirstPriority => "рассматривается в первую очередь",
        Lane::General => "стоит в общей очереди",
    }
}

fn refused(notice: &Refused) -> String {
    let text = match &notice.asked {
        Asked::Queueing => "В государственной услуге по постановке на очередь отказано.".to_owned(),
        Asked::Benefit { stays: true } => {
            "Новый льготный статус не подтверждён, заявление остаётся на прежнем месте в очереди.".to_owned()
        }
        Asked::Benefit { stays: false } => {
            "Новый льготный статус не подтверждён, теперь заявление стоит в общей очереди.".to_owned()
        }
        Asked::Extension { number } => {
            format!("В продлении направления № {number} отказано, прежний срок его действия не меняется.")
        }
    };
    sentences([
        Some(text),
        ground_list(&format!("Основание ({LAW}, пункт 9 приложения 2 к Правилам)"), &notice.grounds, ground),
        document_list("Пакет документов неполный, не хватает", &notice.missing, RU),
        document_list("Истёк срок действия документов", &notice.expired, RU),
        note_line("Пояснение", notice.note.as_deref()),
    ])
}

fn verification(check: Check, due: Option<Instant>) -> String {
    let text = match check {
        Check::Registration => "Началась проверка достоверности ваших документов.",
        Check::Benefit => "Началась проверка достоверности документов о новом льготном статусе.",
        Check::Referral => {
            "После выдачи направления достоверность ваших документов проверяется ещё раз: если она не подтвердится, \
             направление отзовут."
        }
    };
    let due = due.map(|due| match check {
        Check::Registration | Check::Benefit => format!("О результате сообщим {}.", dates::by(due, RU)),
        Check::Referral => format!("Срок проверки: {}.", dates::by(due, RU)),
    });
    sentences([Some(text.to_owned()), due])
}

fn invitation(organisations: &[Names]) -> String {
    let wished: Vec<_> = organisations.iter().map(name).collect();
    sentences([
        Some(
            "Вам проактивно предлагается государственная услуга: поставить ребёнка в очередь в детский сад.".to_owned(),
        ),
        (!wished.is_empty()).then(|| format!("Организации по вашему пожеланию: {}.", wished.join("; "))),
        Some(
            "Дайте согласие в личном кабинете, выберите организации и язык обучения. Без согласия заявление не \
             регистрируется."
                .to_owned(),
        ),
    ])
}

fn offer(start: &str, notice: &Offer) -> String {
    let organisation = name(&notice.organisation);
    let text = match notice.temporary_until {
        None => format!("{start} вас есть свободное место: {organisation}."),
        Some(last_day) => {
            let until = dates::through(last_day, RU);
            format!("{start} вас есть место временного пребывания: {organisation}. Срок пребывания: {until}.")
        }
    };
    let right = notice.right.map(|right| match right {
        Right::Sibling => {
            "Места в этой организации предложены сразу нескольким вашим детям, номер очереди не учитывался."
        }
        Right::MixedAge => "Место в разновозрастной группе: его предлагают по очередям нескольких лет рождения.",
        Right::AnyBirthYear => "Место предложено независимо от года рождения ребёнка.",
    });
    let answer = format!("Согласитесь или откажитесь в личном кабинете {}.", dates::until(notice.answer_by, RU));
    let stakes = match notice.stakes {
        Stakes::Entry => {
            "При отказе ваша очередь в эту организацию уйдёт в архив. Без ответа очередь будет приостановлена, а место \
             предложат следующему."
        }
        Stakes::Application => {
            "При отказе заявление уйдёт в архив. Без ответа очередь будет приостановлена, а место предложат следующему."
        }
        Stakes::Nothing => "При отказе или без ответа место предложат следующему, а ваша очередь сохранится.",
    };
    sentences([Some(text), right.map(str::to_owned), Some(answer), Some(stakes.to_owned())])
}

fn passed_on(notice: &OfferPassedOn) -> String {
    let organisation = name(&notice.organisation);
    let text = match notice.because {
        PassedOn::NoAnswer => format!(
            "Вы не ответили в срок, поэтому свободное место ({organisation}) будет предложено следующему в очереди."
        ),
        PassedOn::Withdrawn => {
            format!("Услугодатель снял свободное место ({organisation}), оно вам больше не предлагается.")
        }
    };
    let waits_on = notice.number.map(|number| format!("Ваша очередь сохранена, {}.", queue_number(number, RU)));
    sentences([Some(text), waits_on])
}

fn suspended(notice: &Suspended) -> String {
    let organisation = in_brackets(notice.organisation.as_ref(), RU);
    let until = dates::through(notice.until, RU);
    if notice.recounted {
        return format!("Календарь рабочих дней изменён: ваша очередь{organisation} приостановлена {until}.");
    }
    let term = counted(u64::from(notice.working_days), Noun::WorkingDay, RU);
    format!(
        "Вы не ответили на уведомление о свободном месте, поэтому ваша очередь{organisation} приостановлена на \
         {term}, {until}. После этого придёт запрос, нужно ли вам место."
    )
}

fn interest(head: &str, question: &Question, silent: bool) -> String {
    let until = dates::until(question.answer_by, RU);
    let end = if silent {
        "Без ответа или при ответе «нет»"
    } else {
        "При ответе «нет»"
    };
    let what = if question.organisation.is_some() {
        "очередь в эту организацию уйдёт"
    } else {
        "заявление уйдёт"
    };
    let organisation = in_brackets(question.organisation.as_ref(), RU);
    format!("{head}{organisation}. Ответьте «да» или «нет» в личном кабинете {until}. {end} {what} в архив.")
}

const fn ground(ground: Ground) -> &'static str {
    match ground {
        Ground::Untrue => "установлена недостоверность представленных документов или сведений",
        Ground::NotConforming => "представленные документы или сведения не соответствуют требованиям Правил",
        Ground::NoConsent => "нет согласия на доступ к персональным данным ограниченного доступа",
    }
}

const fn complaint(state: State) -> &'static str {
    match state {
        State::Delivered => "Ваша жалоба доставлена.",
        State::Registered => "Ваша жалоба зарегистрирована.",
        State::InReview => "Ваша жалоба рассматривается.",
        State::Answered => "На вашу жалобу дан ответ. Он в личном кабинете.",
        State::Refused => "В рассмотрении вашей жалобы отказано. Причина указана в личном кабинете.",
    }
}

const fn archive_reason(reason: ArchiveReason) -> &'static str {
    match reason {
        ArchiveReason::Enrolled => "подписан договор",
        ArchiveReason::Refused => "в зачислении отказано",
        ArchiveReason::Declined => "вы отказались от свободного места",
        ArchiveReason::NoAnswer => "нет ответа на уведомление о свободном месте",
        ArchiveReason::NoInterest => "не подтверждена заинтересованность в месте",
        ArchiveReason::Withdrawn => "вы сняли заявление с очереди",
        ArchiveReason::AgeLimit => "ребёнок достиг предельно допустимого возраста",
        ArchiveReason::ReferralLapsed => "истёк срок действия направления",
        ArchiveReason::Cancelled => "вы отменили направление",
        ArchiveReason::Violation => "допущено нарушение со стороны заявителя",
        ArchiveReason::Duplicate => "заявление повторное",
    }
}
