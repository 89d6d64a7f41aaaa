//! One change of a queue that isn't folded yet: someone arrived at a place or departed from it.
//! Why they did is not said here.

use kezek_rules::queue::{Lane, Place};

use super::Malformed;
use super::codec::{OrderKey, Reader};

/// A change of the set of waiting places, in the order in which it happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceOp {
    /// The place is waiting from now on.
    Arrive(Place),
    /// The place is waiting no more.
    Depart(Place),
}

impl PlaceOp {
    /// 1 byte of what and lane, 8 of the instant, 16 of the application.
    pub const BYTES: usize = 25;

    const DEPART: u8 = 0x10;

    /// Whose place it is and where.
    #[must_use]
    pub const fn place(&self) -> &Place {
        match self {
            PlaceOp::Arrive(place) | PlaceOp::Depart(place) => place,
        }
    }

    /// Whether the place is waiting after this change.
    #[must_use]
    pub const fn is_arrival(&self) -> bool {
        matches!(self, PlaceOp::Arrive(_))
    }

    /// The value kept in the Queue item.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::BYTES] {
        let key = OrderKey::of(self.place());
        let mut bytes = [0; Self::BYTES];
        bytes[0] = lane_code(self.place().lane) | if self.is_arrival() { 0 } else { Self::DEPART };
        bytes[1..9].copy_from_slice(&key.ms.to_be_bytes());
        bytes[9..].copy_from_slice(&key.id);
        bytes
    }

    /// Reads the value kept in the Queue item.
    ///
    /// # Errors
    /// [`Malformed`] if the bytes are not one change.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader(bytes);
        let mut read = || {
            let code = reader.byte()?;
            let lane = lane_of(code & !Self::DEPART)?;
            let place = OrderKey { ms: i64::from_be_bytes(reader.array()?), id: reader.array()? }.place(lane)?;
            let op = if code & Self::DEPART == 0 { PlaceOp::Arrive(place) } else { PlaceOp::Depart(place) };
            reader.0.is_empty().then_some(op)
        };
        read().ok_or(Malformed("pending change"))
    }
}

/// The lane as kept in bytes.
pub(super) const fn lane_code(lane: Lane) -> u8 {
    match lane {
        Lane::OutOfTurn => 0,
        Lane::FirstPriority => 1,
        Lane::General => 2,
    }
}

/// The lane kept in bytes.
pub(super) const fn lane_of(code: u8) -> Option<Lane> {
    match code {
        0 => Some(Lane::OutOfTurn),
        1 => Some(Lane::FirstPriority),
        2 => Some(Lane::General),
        _ => None,
    }
}
