//! The ends of temporary places (`P23.c`): `O#<bin>` / `Z#<seat id>`, in the agenda at the instant at which the place's time is over. An
//! open seat stands in the agenda under its organisation, hence its end is an item of its own; it goes once it was looked at.

use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use kezek_rules::ids::{Bin, SeatId};
use kezek_rules::seat::Seat;

use crate::Store;
use crate::agenda::{Agenda, Family};
use crate::error::{Result, StoreError};
use crate::item::{Item, Key, string};
use crate::organisation;

pub(crate) const PREFIX: &str = "Z#";

fn key(organisation: Bin, seat: SeatId) -> Key {
    Key::new(organisation::partition(organisation), format!("{PREFIX}{seat}"))
}

/// The write of a new seat's end; none for a permanent place.
pub(crate) fn put(table: &str, seat: &Seat) -> Result<Option<TransactWriteItem>> {
    let Some(ends_at) = seat.ends_at() else { return Ok(None) };
    let key = key(seat.organisation, seat.id);
    let agenda = Agenda::due(Family::Minute, ends_at, &key);
    let mut item: Item = key.item();
    for (name, value) in [("kind", "seat-end".to_owned()), ("gpk", agenda.gpk), ("gsk", agenda.gsk)] {
        item.insert(name.to_owned(), string(value));
    }
    let put = Put::builder().table_name(table).set_item(Some(item)).build().map_err(StoreError::corrupt)?;
    Ok(Some(TransactWriteItem::builder().put(put).build()))
}

impl Store {
    /// Takes the end of a seat off the agenda: it was looked at. Again it changes nothing.
    ///
    /// # Errors
    /// The table failed.
    pub async fn remove_seat_end(&self, organisation: Bin, seat: SeatId) -> Result<()> {
        let key = key(organisation, seat).item();
        self.client().delete_item().table_name(self.table()).set_key(Some(key)).send().await?;
        Ok(())
    }
}
