//! What the provider publishes in a story: policies (`K5`) and patches of the calendar (`C3`). Never here: decisions on a child.

use chrono::{Datelike, NaiveDate, TimeDelta};
use kezek_local::gateway::{Request, Response};
use serde_json::json;

use super::Story;
use super::acts::Done;
use super::variants::{self, Variant};
use crate::model::calendar;

/// So often in a story.
const POLICIES_MAX: u32 = 3;
const PATCHES_MAX: u32 = 4;

impl Story {
    /// A policy that is in force from tomorrow on.
    pub async fn publishes_policy(&mut self) -> Option<Done> {
        if self.policies >= POLICIES_MAX {
            return None;
        }
        let n = self.chance.below(variants::COUNT);
        let Variant { policy, changes } = Variant::new(n);
        let from = calendar::next(calendar::day(self.model.now()));
        self.put_policy(&changes, &from.to_string()).await;
        self.model.publish(from, policy);
        self.counts.act("policy", true);
        Some((format!("from {from} on variant {n} is in force: {changes}"), String::new()))
    }

    /// One of the next days becomes a day off, or a working day.
    pub async fn patches_calendar(&mut self) -> Option<Done> {
        if self.patches >= PATCHES_MAX {
            return None;
        }
        let ahead = i64::try_from(1 + self.chance.below(12)).expect("small");
        let day = calendar::day(self.model.now()) + TimeDelta::days(ahead);
        let working = !self.model.calendar.is_working(day);
        self.patches += 1;
        let (status, answer) = self.put_table(day, working).await;
        self.model.patch_calendar(day, working);
        let told = self.alike("patch of the calendar", Ok(()), status, &answer);
        Some((format!("{day} is a working day: {working}"), told))
    }

    /// Puts what may be there already: only a put that replaces names a version.
    pub async fn put(&self, request: Request) -> Response {
        let answer = self.world.send(request.clone()).await;
        if answer.status == 428 { self.world.send(request.header("if-match", "*")).await } else { answer }
    }

    async fn put_table(&self, day: NaiveDate, working: bool) -> (u16, serde_json::Value) {
        let mut after = self.model.calendar.clone();
        after.patched.insert(day, working);
        let (off, weekends) = after.table(day.year());
        let path = format!("/v1/workplace/calendar/{}", day.year());
        let body = json!({"daysOff": off, "workingWeekends": weekends});
        let request = Request::new("PUT", &path).bearer(&self.world.officer().await).json(&body);
        let answer = self.put(request).await;
        (answer.status, answer.json())
    }
}
