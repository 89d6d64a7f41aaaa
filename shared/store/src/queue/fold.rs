//! Folding a queue: new pages first, then the swap of the tops, then the retired pages go. Who waits, and where, is never
//! changed by it: what a fold comes to is worked out in `rank`.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use kezek_rules::queue::{Place, QueueKey, Totals};

use super::read::flat;
use super::{QueueItem, key, page_key};
use crate::Store;
use crate::error::{Result, StoreError};
use crate::item::number;
use crate::rank::{self, FOLD_AT, PlaceOp, RankIndex};

impl Store {
    /// Folds the pending changes of a queue into its rank tree, if there are at least `at_least`. Says whether it did.
    /// Running again is harmless: the swap is conditional on the fold counter.
    ///
    /// # Errors
    /// The table failed; `Conflict` if another fold came first.
    pub async fn fold(&self, key: &QueueKey, at_least: usize) -> Result<bool> {
        let Some(queue) = self.used_queue(key).await? else { return Ok(false) };
        let pending = queue.index.pending().len();
        if pending < at_least.max(1) {
            return Ok(false);
        }
        let fold = flat(rank::fold(&queue.index, pending, |id| self.page(key, id)).await)?;
        self.put_pages(key, &fold).await?;
        self.swap(key, &fold).await?;
        for id in &fold.retired {
            self.client()
                .delete_item()
                .table_name(self.table())
                .set_key(Some(page_key(key, *id).item()))
                .send()
                .await?;
        }
        Ok(true)
    }

    async fn put_pages(&self, key: &QueueKey, fold: &rank::Fold) -> Result<()> {
        for (id, page) in &fold.puts {
            let mut item = page_key(key, *id).item();
            item.insert("page".to_owned(), AttributeValue::B(Blob::new(page.encode())));
            let put = self.client().put_item().table_name(self.table()).set_item(Some(item));
            put.condition_expression("attribute_not_exists(pk) OR page = :page")
                .expression_attribute_values(":page", AttributeValue::B(Blob::new(page.encode())))
                .send()
                .await?;
        }
        Ok(())
    }

    /// Writes a queue's tree and totals anew from those who wait in it, under the version it has: for a queue whose pages were lost,
    /// and for measuring with queues of any length. The pages of the tree before it are left where they are.
    ///
    /// # Errors
    /// The queue was never used, or changed meanwhile (`Conflict`); the table failed.
    pub async fn replant(&self, queue: &QueueKey, places: Vec<Place>) -> Result<()> {
        let before = self.used_queue(queue).await?.ok_or(StoreError::Conflict)?;
        let mut totals = Totals::default();
        let mut index =
            RankIndex::from_parts(&[], Vec::new(), before.index.fold_counter()).map_err(StoreError::corrupt)?;
        for place in &places {
            *totals.of_mut(place.lane) += 1;
            index.push(PlaceOp::Arrive(*place));
        }
        let fold = flat(rank::fold(&index, places.len(), |id| self.page(queue, id)).await)?;
        self.put_pages(queue, &fold).await?;
        self.client()
            .update_item()
            .table_name(self.table())
            .set_key(Some(key(queue).item()))
            .update_expression("SET tops = :tops, fold = :next, pn = :zero, pend = :none, o = :o, f = :f, g = :g")
            .condition_expression("v = :old")
            .expression_attribute_values(":tops", AttributeValue::B(Blob::new(fold.tops_to_bytes())))
            .expression_attribute_values(":next", number(fold.counter.wrapping_add(1)))
            .expression_attribute_values(":zero", number(0))
            .expression_attribute_values(":none", AttributeValue::L(Vec::new()))
            .expression_attribute_values(":o", number(totals.out_of_turn))
            .expression_attribute_values(":f", number(totals.first_priority))
            .expression_attribute_values(":g", number(totals.general))
            .expression_attribute_values(":old", number(before.view.version))
            .send()
            .await?;
        Ok(())
    }

    async fn swap(&self, queue: &QueueKey, fold: &rank::Fold) -> Result<()> {
        // Places of a list are those before the update. Named from its end, they are also right where one is removed after the other.
        let drop: Vec<String> = (0..fold.dropped).rev().map(|index| format!("pend[{index}]")).collect();
        self.client()
            .update_item()
            .table_name(self.table())
            .set_key(Some(key(queue).item()))
            .update_expression(format!("SET tops = :tops, fold = :next, pn = pn - :count REMOVE {}", drop.join(", ")))
            .condition_expression("fold = :fold OR (attribute_not_exists(fold) AND :fold = :zero)")
            .expression_attribute_values(":tops", AttributeValue::B(Blob::new(fold.tops_to_bytes())))
            .expression_attribute_values(":fold", number(fold.counter))
            .expression_attribute_values(":next", number(fold.counter.wrapping_add(1)))
            .expression_attribute_values(":count", number(fold.dropped))
            .expression_attribute_values(":zero", number(0))
            .send()
            .await?;
        Ok(())
    }

    /// Folds a queue that has no room for another change, or is about to have none.
    ///
    /// # Errors
    /// The table failed.
    pub async fn make_room(&self, queue: &QueueItem) -> Result<()> {
        self.make_room_for(queue, 1).await
    }

    /// The same for so many changes at once, of which a queue holds few (see [`FOLD_AT`]).
    ///
    /// # Errors
    /// The table failed.
    pub async fn make_room_for(&self, queue: &QueueItem, changes: usize) -> Result<()> {
        if queue.index.has_room_for(changes) {
            return Ok(());
        }
        match self.fold(&queue.view.key, FOLD_AT).await {
            Ok(_) | Err(StoreError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
