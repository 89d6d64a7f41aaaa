//! The notices of referral, enrolment and contract in Russian. Only wording.

use super::super::enrolment::{
    ContractReady, DocumentsRegistered, Enrolled, EnrolmentGround, EnrolmentRefused, Lapsed, ReferralCancelled,
    ReferralExtended, ReferralIssued, ReferralLapsed, ReferralRevoked, Refusal, Revoked,
};
use super::{LAW, RU, dates, document_list, ground, name, queues, sentences};
use crate::texts::notices::PlaceInQueue;

const NEXT: &str = "Место будет предложено следующему в очереди.";
const RECOUNTED: &str = "Календарь рабочих дней изменён";

/// Where the application is now.
fn now(places: &[PlaceInQueue], queue: &str) -> String {
    let head = format!("Заявление возвращено в {queue} по дате и времени постановки");
    let cabinet = || "Состояние заявления смотрите в личном кабинете.".to_owned();
    queues(&head, places, RU).unwrap_or_else(cabinet)
}

pub(super) fn issued(notice: &ReferralIssued) -> String {
    let (number, organisation) = (&notice.number, name(&notice.organisation));
    let until = dates::until(notice.valid_until, RU);
    let text = if notice.again {
        format!("Отказ организации в зачислении отменён: направление № {number} ({organisation}) действует {until}.")
    } else {
        format!("Вам выдано направление № {number}: {organisation}. Направление действует {until}.")
    };
    format!("{text} В этот срок подайте документы для зачисления.")
}

pub(super) fn extended(notice: &ReferralExtended) -> String {
    let (number, organisation) = (&notice.number, name(&notice.organisation));
    let until = dates::until(notice.valid_until, RU);
    let text = if notice.recounted {
        format!("{RECOUNTED}: направление № {number} ({organisation}) теперь действует {until}.")
    } else {
        format!("Срок действия направления № {number} ({organisation}) продлён {until}.")
    };
    format!("{text} В этот срок подайте документы для зачисления.")
}

pub(super) fn cancelled(notice: &ReferralCancelled) -> String {
    let (number, organisation) = (&notice.number, name(&notice.organisation));
    format!("Направление № {number} ({organisation}) отменено. {NEXT} {}", now(&notice.places, "очередь"))
}

pub(super) fn revoked(notice: &ReferralRevoked) -> String {
    let (number, organisation) = (&notice.number, name(&notice.organisation));
    match notice.because {
        Revoked::Unconfirmed { general } => {
            let now = now(&notice.places, if general { "общую очередь" } else { "очередь" });
            format!(
                "Достоверность ваших документов не подтверждена, поэтому направление № {number} ({organisation}) \
                 отозвано. {NEXT} {now}"
            )
        }
        Revoked::VacancyWithdrawn => {
            let now = now(&notice.places, "очередь");
            format!(
                "Услугодатель снял свободное место, поэтому направление № {number} ({organisation}) отозвано. {now}"
            )
        }
    }
}

pub(super) fn lapsed(notice: &ReferralLapsed) -> String {
    let (number, organisation) = (&notice.number, name(&notice.organisation));
    let ended = format!("поэтому направление № {number} ({organisation}) больше не действует.");
    let text = match notice.because {
        Lapsed::NoDocuments => {
            format!("Срок действия направления № {number} ({organisation}) истёк, документы не поданы.")
        }
        Lapsed::NotAccepted => format!("Документы не приняты, {ended}"),
        Lapsed::Unsigned => format!("Электронный договор не подписан в срок, {ended}"),
    };
    format!("{text} {NEXT} {}", now(&notice.places, "очередь"))
}

pub(super) fn documents(notice: &DocumentsRegistered) -> String {
    let organisation = name(&notice.organisation);
    let due = dates::moment(notice.result_due, RU);
    let text = match notice.registered_at {
        Some(at) => {
            let at = dates::moment(at, RU);
            format!("Ваши документы для зачисления поступили: {organisation}. Дата и время регистрации: {at}.")
        }
        None => format!("{RECOUNTED}, изменился и срок проверки документов для зачисления: {organisation}."),
    };
    format!("{text} Дата и время получения результата услуги: {due}.")
}

pub(super) fn refused(notice: &EnrolmentRefused) -> String {
    let organisation = name(&notice.organisation);
    let (text, ground, after) = match notice.refusal {
        Refusal::Documents { until } => (
            format!(
                "Организация ({organisation}) отказала в приёме документов: пакет неполный, или срок действия документов \
                 истёк."
            ),
            None,
            until.map(|until| format!("Документы можно подать ещё раз {}.", dates::until(until, RU))),
        ),
        Refusal::Reviewed { ground } => (
            refused_by(organisation),
            Some(ground),
            Some("Отказ рассмотрит услугодатель, до этого место сохраняется за вами.".to_owned()),
        ),
        Refusal::Final { ground } => (refused_by(organisation), Some(ground), Some(over(notice))),
        Refusal::Upheld { ground } => (
            format!("Услугодатель рассмотрел отказ организации ({organisation}) в зачислении и оставил его в силе."),
            ground,
            Some(over(notice)),
        ),
    };
    sentences([
        Some(text),
        ground.map(because),
        document_list("Не хватает документов", &notice.missing, RU),
        document_list("Истёк срок действия документов", &notice.expired, RU),
        after,
    ])
}

fn refused_by(organisation: &str) -> String {
    format!("В государственной услуге по зачислению ребёнка отказано: {organisation}.")
}

fn over(notice: &EnrolmentRefused) -> String {
    format!("{NEXT} {}", now(&notice.places, "очередь"))
}

fn because(reason: EnrolmentGround) -> String {
    let number = reason.number();
    let by_p28 = |text| format!("Основание ({LAW}, подпункт {number}) пункта 28 Правил): {text}.");
    match reason {
        EnrolmentGround::Documents => by_p28("требуемые документы не представлены, или срок их действия истёк"),
        EnrolmentGround::Contraindication => {
            by_p28("по представленным документам есть медицинские противопоказания к зачислению")
        }
        EnrolmentGround::Unvaccinated => by_p28("доля детей без плановых прививок в группе выше предела"),
        EnrolmentGround::AsForQueueing(reason) => {
            let (number, text) = (reason.number(), ground(reason));
            format!("Основание ({LAW}, подпункт {number}) пункта 9 приложения 6 к Правилам): {text}.")
        }
    }
}

pub(super) fn contract(notice: &ContractReady) -> String {
    let organisation = name(&notice.organisation);
    let until = dates::until(notice.sign_by, RU);
    if notice.recounted {
        return format!("{RECOUNTED}: электронный договор ({organisation}) теперь можно подписать {until}.");
    }
    format!(
        "Сформирован электронный договор об оказании образовательных услуг: {organisation}. Подпишите его доступным \
         способом (сообщение, ЭЦП, QR) {until}, иначе направление утратит силу."
    )
}

pub(super) fn enrolled(notice: &Enrolled) -> String {
    let organisation = name(&notice.organisation);
    let Some(last_day) = notice.temporary_until else {
        return format!("Ваш ребёнок зачислен: {organisation}. Электронный договор подписан.");
    };
    let text = format!(
        "Ваш ребёнок зачислен на место временного пребывания: {organisation}. Срок пребывания: {}.",
        dates::through(last_day, RU)
    );
    let back = queues("Заявление возвращено в очередь по дате и времени постановки", &notice.places, RU);
    let later =
        notice.returns_after.then(|| "Затем заявление вернётся в очередь по дате и времени постановки.".to_owned());
    sentences([Some(text), back.or(later)])
}
