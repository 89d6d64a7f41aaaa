//! Reading items into what is kept of them: one file per family of keys. What is read isn't judged here.

pub(crate) mod application;
pub(crate) mod organisation;
pub(crate) mod person;
pub(crate) mod queue;
pub(crate) mod system;
pub(crate) mod work;

use crate::item::Item;
use crate::model::{Agenda, Family};
use crate::time::Ms;

/// Where an item stands in the agenda: at an instant of a family, in a shard that is swept, under its own key.
pub(crate) fn agenda(item: &Item) -> Agenda {
    let (Some(gpk), Some(gsk)) = (item.text("gpk"), item.text("gsk")) else {
        return if item.get("gpk").is_none() && item.get("gsk").is_none() { Agenda::Nowhere } else { Agenda::Astray };
    };
    let (pk, sk) = (item.text("pk").unwrap_or_default(), item.text("sk").unwrap_or_default());
    if let Some(bin) = gpk.strip_prefix("OPEN#") {
        let own = pk.strip_prefix("O#") == Some(bin) && sk.strip_prefix("S#") == Some(gsk);
        return if own { Agenda::Open } else { Agenda::Astray };
    }
    due(gpk, gsk, pk, sk).map_or(Agenda::Astray, |(family, at)| Agenda::Due(family, at))
}

/// How many shards the sweeps read of each family.
pub(crate) const SHARDS: u8 = 4;

fn due(gpk: &str, gsk: &str, pk: &str, sk: &str) -> Option<(Family, Ms)> {
    let (family, shard) = gpk.strip_prefix("DUE#")?.split_once('#')?;
    let family = [Family::Minute, Family::Daily, Family::Work].into_iter().find(|known| known.name() == family)?;
    shard.parse::<u8>().ok().filter(|shard| *shard < SHARDS)?;
    let (at, key) = gsk.split_once('#')?;
    (at.len() == 15 && key == format!("{pk}#{sk}")).then_some(())?;
    Some((family, at.parse().ok()?))
}
