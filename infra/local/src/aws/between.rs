//! Someone who stands between every in-process client and what answers it, and may interfere as a network, a busy service or a dying
//! process does: before a call is executed and after it. None: calls go through. Never here: what interference is good for.

use std::{future::Future, pin::Pin, sync::Arc};

use super::{Aws, Reply};

/// A call on its way: whoever stands between may change it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The operation, as the target header names it.
    pub target: String,
    /// Its JSON.
    pub body: Vec<u8>,
}

/// What becomes of a call before it is executed. One that is never answered is a future that never ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Before {
    /// It is executed.
    GoOn,
    /// It isn't: this is the answer.
    Answer(Reply),
    /// It isn't: the connection fails.
    Unreachable,
}

/// A future that is boxed, since a trait's object hands it out.
pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Stands between clients and services.
pub trait Between: Send + Sync {
    /// Before a call is executed.
    fn before<'a>(&'a self, call: &'a mut Call) -> Boxed<'a, Before>;

    /// After it was: the answer that arrives; none if the connection fails on the way back. Who isn't interested lets it through.
    fn after<'a>(&'a self, _call: &'a Call, reply: Reply) -> Boxed<'a, Option<Reply>> {
        Box::pin(async move { Some(reply) })
    }
}

/// Where someone may stand.
pub(super) type Posted = std::sync::OnceLock<Arc<dyn Between>>;

impl Aws {
    /// Puts someone between all in-process clients and what answers them; `false` if someone stands there already.
    pub fn stand_between(&self, between: Arc<dyn Between>) -> bool {
        self.between.set(between).is_ok()
    }

    /// Answers one call past whoever stands between; none if the connection failed.
    pub(super) async fn called(&self, target: &str, body: &[u8]) -> Option<Reply> {
        let Some(between) = self.between.get() else { return Some(self.dispatch(target, body).await) };
        let mut call = Call { target: target.to_owned(), body: body.to_vec() };
        match between.before(&mut call).await {
            Before::GoOn => {}
            Before::Answer(reply) => return Some(reply),
            Before::Unreachable => return None,
        }
        let reply = self.dispatch(&call.target, &call.body).await;
        between.after(&call, reply).await
    }
}
