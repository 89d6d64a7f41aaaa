//! The notices of a cabinet: `A#<application>` / `N#<sequence>#<n>`, `K#<complaint>` / … for those of a complaint, `I#<invitation>` / …
//! for an invitation, each made once from its event.

use chrono::{DateTime, Utc};
use kezek_rules::ids::{ApplicationId, ComplaintId, InvitationId};
use serde::{Deserialize, Serialize};

use crate::error::{Result, condition_failed};
use crate::item::{Key, from_item, instant, millis, to_item};
use crate::{Store, application, complaint, invitation};

/// A notice as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRecord {
    /// Its kind.
    pub kind: String,
    /// When it was made: the cabinet has it from then on.
    pub at: DateTime<Utc>,
    /// When its SMS goes out (**D-quiet-hours**).
    pub sms_at: DateTime<Utc>,
    /// In Kazakh.
    pub kk: String,
    /// In Russian.
    pub ru: String,
    /// In English.
    pub en: String,
}

/// What a notice is about: there it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// An application.
    Application(ApplicationId),
    /// A complaint.
    Complaint(ComplaintId),
    /// An invitation.
    Invitation(InvitationId),
}

impl From<ApplicationId> for Subject {
    fn from(id: ApplicationId) -> Self {
        Self::Application(id)
    }
}

impl From<ComplaintId> for Subject {
    fn from(id: ComplaintId) -> Self {
        Self::Complaint(id)
    }
}

impl From<InvitationId> for Subject {
    fn from(id: InvitationId) -> Self {
        Self::Invitation(id)
    }
}

impl Subject {
    fn partition(self) -> String {
        match self {
            Subject::Application(id) => application::partition(id),
            Subject::Complaint(id) => complaint::partition(id),
            Subject::Invitation(id) => invitation::partition(id),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Record {
    kind: String,
    notice: String,
    at: i64,
    sms: i64,
    kk: String,
    ru: String,
    en: String,
}

const PREFIX: &str = "N#";

impl Store {
    /// Stores the `n`-th notice of an event, once: says whether it was new.
    ///
    /// # Errors
    /// The table failed.
    pub async fn put_notice(
        &self,
        about: impl Into<Subject>,
        seq: u32,
        n: usize,
        notice: &NoticeRecord,
    ) -> Result<bool> {
        let key = Key::new(about.into().partition(), format!("{PREFIX}{seq:06}#{n:02}"));
        let record = Record {
            kind: "notice".to_owned(),
            notice: notice.kind.clone(),
            at: millis(notice.at),
            sms: millis(notice.sms_at),
            kk: notice.kk.clone(),
            ru: notice.ru.clone(),
            en: notice.en.clone(),
        };
        let put = self.client().put_item().table_name(self.table()).set_item(Some(to_item(&key, &record)?));
        match put.condition_expression("attribute_not_exists(pk)").send().await {
            Ok(_) => Ok(true),
            Err(error) if condition_failed(&error) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// The notices about an application, a complaint or an invitation, oldest first, at most `limit`.
    ///
    /// # Errors
    /// The table failed, or an item is corrupt.
    pub async fn notices(&self, about: impl Into<Subject>, limit: usize) -> Result<Vec<NoticeRecord>> {
        let items = self.list(&about.into().partition(), PREFIX, None, limit, true).await?;
        let read = |item| {
            let record: Record = from_item(item)?;
            Ok(NoticeRecord {
                kind: record.notice,
                at: instant(record.at)?,
                sms_at: instant(record.sms)?,
                kk: record.kk,
                ru: record.ru,
                en: record.en,
            })
        };
        items.into_iter().map(read).collect()
    }
}
