//! Invocations in the air: each is a future that is moved on by one call at a time, and dies where the door says so. Never here: whose
//! turn it is, or what an answer means.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use kezek_local::{aws::Message, functions::InvokeError};
use serde_json::Value;

use crate::{
    door::{Air, Door},
    error::Broken,
    schedule::Tick,
};

type Work = Pin<Box<dyn Future<Output = Result<Value, InvokeError>>>>;

/// Why an invocation was begun.
#[derive(Debug, Clone)]
pub enum Cause {
    /// Somebody's request.
    Errand(u64),
    /// Messages of the n-th queue; and whether they are to be deleted afterwards.
    Messages(usize, Vec<Message>, bool),
    /// So many records of the n-th reader's m-th shard.
    Records(usize, usize, usize),
    /// A schedule.
    Tick(Tick),
    /// Something that an operator plays again.
    Operator,
}

/// An invocation in the air.
pub struct Flight {
    /// Its number.
    pub id: u64,
    /// Why it was begun.
    pub cause: Cause,
    /// The events that it committed: application and sequence.
    pub events: Vec<(String, u32)>,
    work: Work,
}

/// How a move ended.
pub enum Moved {
    /// It waits for its next turn.
    Waits,
    /// It came to its end.
    Landed(Result<Value, InvokeError>),
    /// It died.
    Died,
}

impl Flight {
    /// Begins an invocation.
    #[must_use]
    pub fn begin(id: u64, cause: Cause, work: Work) -> Self {
        Self { id, cause, events: Vec::new(), work }
    }

    /// Moves it on by one call.
    pub fn go_on(&mut self, door: &Arc<Door>) -> Moved {
        door.state().current = Some(self.id);
        door.show(true);
        let polled = self.work.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        let mut state = door.state();
        state.current = None;
        let died = state.doomed.take().is_some();
        drop(state);
        door.show(false);
        match polled {
            _ if died => Moved::Died,
            Poll::Ready(answer) => Moved::Landed(answer),
            Poll::Pending => Moved::Waits,
        }
    }
}

/// What the door knows of a new invocation.
#[must_use]
pub fn taking_off(newer: bool, skew: chrono::TimeDelta) -> Air {
    Air { newer, skew, ..Air::default() }
}

/// The function's own words for a panic.
#[must_use]
pub fn panicked(error: &InvokeError) -> bool {
    error.to_string().contains("panicked")
}

/// Runs the simulation's own call to its end: nothing of it ever waits.
///
/// # Errors
/// It waits for something.
pub fn at_once<T>(work: impl Future<Output = T>) -> Result<T, Broken> {
    let mut work = Box::pin(work);
    // A lock that yields out of politeness is asked again.
    for _ in 0..10_000 {
        if let Poll::Ready(done) = work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return Ok(done);
        }
    }
    Err(Broken::simulation("a call of the simulation's own waits"))
}
