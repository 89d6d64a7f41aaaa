//! The notices in Russian. Only wording: facts come from [`Notice`], dates and counted nouns from their own files.

use super::parts::{document_list, ground_list, in_brackets, note_line, numbered, sentences};
use super::{ArchiveReason, Ground, Notice, PassedOn, State};
use crate::texts::plurals::{Noun, counted};
use crate::texts::{Locale, Names, dates};

const RU: Locale = Locale::Ru;

/// The text without the contact centre.
pub(super) fn body(notice: &Notice) -> String {
    match notice {
        Notice::Registered { at, places } => {
            let count = counted(places.len() as u64, Noun::Organisation, RU);
            let list = numbered(places, "номер очереди", RU);
            let at = dates::moment(*at, RU);
            format!("Ваш ребёнок поставлен в очередь в {count}. Дата и время: {at}. {list}.")
        }
        Notice::Refused { grounds, missing, expired, note } => sentences([
            Some("В государственной услуге по постановке на очередь отказано.".to_owned()),
            ground_list("Основание (пункт 9 приложения 2)", grounds, ground),
            document_list("Не хватает документов", missing, RU),
            document_list("Истёк срок действия документов", expired, RU),
            note_line("Пояснение", note.as_deref()),
        ]),
        Notice::VerificationStarted { due } => sentences([
            Some("Началась проверка достоверности ваших документов.".to_owned()),
            due.map(|due| format!("О результате сообщим {}.", dates::by(due, RU))),
        ]),
        Notice::Offer { organisation, answer_by } => {
            format!("Для вас есть свободное место: {}. {}", name(organisation), answer(dates::until(*answer_by, RU)))
        }
        Notice::OfferReminder { organisation, answer_by } => {
            let text = answer(dates::until(*answer_by, RU));
            format!("Напоминаем, что для вас есть свободное место: {}. {text}", name(organisation))
        }
        Notice::OfferPassedOn { organisation, because } => passed_on(name(organisation), *because),
        Notice::Suspended { organisation, working_days, until } => {
            suspended(organisation.as_ref(), *working_days, dates::through(*until, RU))
        }
        Notice::InterestAsked { organisation, answer_by } => {
            let end = if organisation.is_some() {
                "Без ответа или при ответе «нет»"
            } else {
                "При ответе «нет»"
            };
            let head = "Подтвердите, что вам ещё нужно место";
            interest(head, organisation.as_ref(), dates::until(*answer_by, RU), end)
        }
        Notice::InterestAskedAgain { organisation, answer_by } => {
            let head = "Повторный запрос: подтвердите, что вам ещё нужно место";
            let end = "Без ответа или при ответе «нет»";
            interest(head, organisation.as_ref(), dates::until(*answer_by, RU), end)
        }
        Notice::Archived { organisation: None, reason } => {
            format!("Ваше заявление снято с очереди и помещено в архив. Причина: {}.", archive_reason(*reason))
        }
        Notice::Archived { organisation: Some(names), reason } => {
            let reason = archive_reason(*reason);
            format!("Ваша очередь в организацию ({}) отправлена в архив. Причина: {reason}.", name(names))
        }
        Notice::AgeLimitReached => AGE_LIMIT.to_owned(),
        Notice::ReferralIssued { number, organisation, valid_until } => format!(
            "Вам выдано направление № {number}: {}. Направление действует {}. В этот срок подайте документы для \
             зачисления.",
            name(organisation),
            dates::until(*valid_until, RU)
        ),
        Notice::ReferralCancelled { number, organisation } => {
            format!("Направление № {number} ({}) отменено. {NEXT}", name(organisation))
        }
        Notice::ReferralLapsed { number, organisation } => {
            format!("Срок действия направления № {number} ({}) истёк, документы не поданы. {NEXT}", name(organisation))
        }
        Notice::ComplaintState { state, registered_at, due } => sentences([
            Some(complaint(*state).to_owned()),
            registered_at.map(|at| format!("Время регистрации: {}.", dates::moment(at, RU))),
            due.map(|due| format!("Ответ будет дан {}.", dates::by(due, RU))),
        ]),
    }
}

const AGE_LIMIT: &str =
    "Ваш ребёнок достиг предельно допустимого возраста, поэтому заявление снято с очереди и помещено в архив.";
const NEXT: &str = "Место будет предложено следующему в очереди. Состояние заявления смотрите в личном кабинете.";

fn name(names: &Names) -> &str {
    names.in_locale(RU)
}

fn answer(until: String) -> String {
    format!(
        "Согласитесь или откажитесь в личном кабинете {until}. При отказе ваша очередь в эту организацию уйдёт в \
         архив. Без ответа очередь будет приостановлена, а место предложат следующему."
    )
}

fn passed_on(organisation: &str, because: PassedOn) -> String {
    let because = match because {
        PassedOn::NoAnswer => "Вы не ответили в срок",
        PassedOn::Declined => "Вы отказались от места",
        PassedOn::Released => "Вы согласились на место в другой организации",
    };
    format!("{because}, поэтому свободное место ({organisation}) будет предложено следующему в очереди.")
}

fn suspended(organisation: Option<&Names>, working_days: u32, until: String) -> String {
    let organisation = in_brackets(organisation, RU);
    let term = counted(u64::from(working_days), Noun::WorkingDay, RU);
    format!(
        "Вы не ответили на уведомление о свободном месте, поэтому ваша очередь{organisation} приостановлена на \
         {term}, {until}. После этого придёт запрос, нужно ли вам место."
    )
}

fn interest(head: &str, organisation: Option<&Names>, until: String, end: &str) -> String {
    let what = if organisation.is_some() {
        "очередь в эту организацию уйдёт"
    } else {
        "заявление уйдёт"
    };
    let organisation = in_brackets(organisation, RU);
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
