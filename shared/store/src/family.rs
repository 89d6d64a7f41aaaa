//! Whose applications are one applicant's (`P26`): `F#<applicant>` / `<application>`. Written by whoever publishes the registration, not
//! by the submission itself, and removed when the application has ended: what is read here is looked at again before anything
//! rests on it.

use aws_sdk_dynamodb::types::AttributeValue;
use kezek_rules::ids::{ApplicationId, PersonKey};

use crate::Store;
use crate::error::Result;
use crate::item::{Item, Key, parsed, string};

fn key(applicant: PersonKey, application: ApplicationId) -> Key {
    Key::new(format!("F#{applicant}"), application.to_string())
}

impl Store {
    /// Notes that an application is an applicant's. Again it changes nothing.
    ///
    /// # Errors
    /// The table failed.
    pub async fn put_family(&self, applicant: PersonKey, application: ApplicationId) -> Result<()> {
        let mut item: Item = key(applicant, application).item();
        item.insert("kind".to_owned(), string("family"));
        self.client().put_item().table_name(self.table()).set_item(Some(item)).send().await?;
        Ok(())
    }

    /// Forgets it. Again it changes nothing.
    ///
    /// # Errors
    /// The table failed.
    pub async fn remove_family(&self, applicant: PersonKey, application: ApplicationId) -> Result<()> {
        let key = key(applicant, application).item();
        self.client().delete_item().table_name(self.table()).set_key(Some(key)).send().await?;
        Ok(())
    }

    /// The applications of an applicant that are noted, at most `limit`; read eventually, since they are noted so.
    ///
    /// # Errors
    /// The table failed, or an item is corrupt.
    pub async fn family(&self, applicant: PersonKey, limit: usize) -> Result<Vec<ApplicationId>> {
        let items = self.list_reading(&format!("F#{applicant}"), "", None, limit, true, false).await?;
        let id =
            |item: &Item| item.get("sk").and_then(|sk: &AttributeValue| sk.as_s().ok()).cloned().unwrap_or_default();
        items.iter().map(|item| parsed(&id(item), "application")).collect()
    }
}
