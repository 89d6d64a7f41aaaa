//! What is known of an invited family, and what is wished for (`P7`, `P8`): `P#<child>` / `I#<applicant>`, only while the invitation is
//! open. With an answer it goes: a consent brings it into the child's file, anything else leaves nothing.

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem};
use chrono::NaiveDate;
use kezek_rules::decide::{Document, NotBefore, Wish};
use kezek_rules::ids::{InvitationId, PersonKey};
use kezek_rules::invitation::Invitation;
use serde::{Deserialize, Serialize};

use super::PersonFile;
use crate::Store;
use crate::error::{Result, StoreError};
use crate::item::{Key, from_item, parsed, string, to_item};

/// What an open invitation holds.
#[derive(Debug, Clone)]
pub struct Invited {
    /// The people.
    pub file: PersonFile,
    /// The child's birth date.
    pub birth_date: NaiveDate,
    /// What is wished for.
    pub wish: Wish,
}

#[derive(Serialize, Deserialize)]
struct Record {
    kind: String,
    inv: String,
    file: PersonFile,
    born: NaiveDate,
    wish: WishRecord,
}

#[derive(Serialize, Deserialize)]
struct WishRecord {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lang: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    o: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ben: Option<Vec<u8>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    st: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rel: Option<bool>,
    /// From a day on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nb: Option<NaiveDate>,
    /// From an age on: years and months.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    age: Option<(u32, u32)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    doc: Option<Vec<(String, NaiveDate)>>,
}

impl WishRecord {
    fn of(wish: &Wish) -> Self {
        let (nb, age) = match wish.not_before {
            None => (None, None),
            Some(NotBefore::On(day)) => (Some(day), None),
            Some(NotBefore::Age { years, months }) => (None, Some((years, months))),
        };
        let kind_and_day = |document: &Document| (document.kind.clone(), document.issued_on);
        let organisations = wish.organisations.as_ref();
        Self {
            lang: wish.language.map(|language| language.to_string()),
            o: organisations.map(|organisations| organisations.iter().map(ToString::to_string).collect()),
            ben: wish.benefits.clone(),
            st: wish.stream.as_ref().map(ToString::to_string),
            rel: wish.relocation,
            nb,
            age,
            doc: wish.documents.as_ref().map(|documents| documents.iter().map(kind_and_day).collect()),
        }
    }

    fn wish(self) -> Result<Wish> {
        let organisations = self.o.map(|bins| bins.iter().map(|bin| parsed(bin, "organisation")).collect());
        let document = |(kind, issued_on)| Document { kind, issued_on };
        Ok(Wish {
            language: self.lang.map(|language| parsed(&language, "language")).transpose()?,
            organisations: organisations.transpose()?,
            benefits: self.ben,
            stream: self.st.map(|stream| parsed(&stream, "stream")).transpose()?,
            relocation: self.rel,
            not_before: match (self.nb, self.age) {
                (Some(day), _) => Some(NotBefore::On(day)),
                (None, Some((years, months))) => Some(NotBefore::Age { years, months }),
                (None, None) => None,
            },
            documents: self.doc.map(|documents| documents.into_iter().map(document).collect()),
        })
    }
}

fn key(applicant: PersonKey, child: PersonKey) -> Key {
    Key::new(format!("P#{child}"), format!("I#{applicant}"))
}

/// Keeps it for an invitation: none is open, or the one whose place it takes.
pub(crate) fn keep(
    table: &str,
    invitation: &Invitation,
    replaced: Option<InvitationId>,
    data: &Invited,
) -> Result<TransactWriteItem> {
    let record = Record {
        kind: "invited".to_owned(),
        inv: invitation.id.to_string(),
        file: data.file.clone(),
        born: data.birth_date,
        wish: WishRecord::of(&data.wish),
    };
    let item = to_item(&key(invitation.applicant, invitation.child), &record)?;
    let put = Put::builder().table_name(table).set_item(Some(item));
    let put = match replaced {
        None => put.condition_expression("attribute_not_exists(pk)"),
        Some(replaced) => put
            .condition_expression("inv = :replaced")
            .expression_attribute_values(":replaced", string(replaced.to_string())),
    };
    Ok(TransactWriteItem::builder().put(put.build().map_err(StoreError::corrupt)?).build())
}

/// Forgets it with the end of its invitation.
pub(crate) fn forget(table: &str, invitation: &Invitation) -> Result<TransactWriteItem> {
    let delete = Delete::builder()
        .table_name(table)
        .set_key(Some(key(invitation.applicant, invitation.child).item()))
        .condition_expression("inv = :inv")
        .expression_attribute_values(":inv", string(invitation.id.to_string()))
        .build()
        .map_err(StoreError::corrupt)?;
    Ok(TransactWriteItem::builder().delete(delete).build())
}

impl Store {
    /// What is known of an invited family, and by which invitation; none if none is open.
    ///
    /// # Errors
    /// The table failed, or the item is corrupt.
    pub async fn invited(&self, applicant: PersonKey, child: PersonKey) -> Result<Option<(InvitationId, Invited)>> {
        let Some(item) = self.get(&key(applicant, child)).await? else { return Ok(None) };
        let Record { inv, file, born, wish, .. } = from_item(item)?;
        Ok(Some((parsed(&inv, "invitation")?, Invited { file, birth_date: born, wish: wish.wish()? })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p8_a_wish_is_read_as_it_was_written() {
        let whole = Wish {
            language: "ru".parse().ok(),
            organisations: Some(vec!["061211600012".parse().expect("a number")]),
            benefits: Some(vec![10, 13]),
            stream: "special:speech".parse().ok(),
            relocation: Some(true),
            not_before: Some(NotBefore::Age { years: 3, months: 6 }),
            documents: Some(vec![Document {
                kind: "pmpc-conclusion".to_owned(),
                issued_on: "2026-01-05".parse().expect("a day"),
            }]),
        };
        let day = Wish { not_before: "2027-09-01".parse().ok().map(NotBefore::On), ..Wish::default() };
        let none = Wish { organisations: Some(Vec::new()), ..Wish::default() };
        for wish in [whole, day, none, Wish::default()] {
            let item = serde_dynamo::to_item::<_, crate::item::Item>(WishRecord::of(&wish)).expect("an item");
            assert_eq!(from_item::<WishRecord>(item).and_then(WishRecord::wish).expect("a wish"), wish);
        }
    }

    #[test]
    fn p7_who_is_invited_is_hidden_from_debug() {
        let file =
            PersonFile {
                child_name: "Құпия".to_owned(), phone: "+77010000000".to_owned(), ..PersonFile::default()
            };
        let birth_date = "2022-05-14".parse().expect("a day");
        let shown = format!("{:?}", Invited { file, birth_date, wish: Wish::default() });
        assert!(!shown.contains("Құпия") && !shown.contains("7701"), "{shown}");
    }
}
