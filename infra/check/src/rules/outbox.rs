//! The outbox: what an event must tell its applicant was told (`N1`). A notice's key is its event and its number, so none can be there
//! twice; whether an event reached the bus can't be seen in the table, but the notice is written in the same run.

use crate::base::Base;
use crate::breach::Invariant;
use crate::ids::shown;
use crate::mend::Mend;
use crate::time::Ms;

/// How long the stream may take.
const PATIENCE: Ms = 5 * 60 * 1000;

pub(crate) fn check(base: &mut Base, now: Ms, grace: Ms, at_rest: bool) {
    let patience = if at_rest { 0 } else { PATIENCE + grace };
    let mut found = Vec::new();
    for (id, app) in &base.apps {
        for (seq, at) in &app.past.untold {
            if at + patience <= now {
                let (pk, sk) = (format!("A#{}", shown(*id)), format!("E#{seq:06}"));
                let text = format!("{pk}/{sk} must have a notice and has none");
                found.push((Invariant::Outbox, text, Some(Mend::Republish { pk, sk })));
            }
        }
    }
    base.settle(found);
}
