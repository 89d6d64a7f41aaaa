//! What an event of an invitation leads to (`P7`, `P8`): an event for its stage (`P9`), and the notice that invites. Who is invited, and what
//! was wished for beyond the organisations, is in neither.

use kezek_contract::texts::Names;
use kezek_contract::texts::notices::Notice;
use kezek_rules::ids::Bin;
use kezek_rules::invitation::{Event, Fact};
use kezek_rules::organisation::Organisation;
use kezek_rules::terms;
use serde_json::json;

use crate::cloud::{self, CloudEvent};
use crate::outlets::{PublishError, put_events};
use crate::publish::keep;
use crate::{Publisher, Report};

/// Publishes an event: the cabinet first, then the bus.
pub(crate) async fn publish(publisher: &Publisher, event: &Event, report: &mut Report) -> Result<(), PublishError> {
    let mut events = vec![stage(event)?];
    if let Fact::Sent { organisations } = &event.fact {
        let settled = publisher.app.settle_at(event.at).await?;
        let sms_at = terms::sms_at(&settled.world().policy(event.settlement).policy, event.at);
        let known = publisher.app.store.organisations(organisations).await?;
        let record = cloud::record(event.at, &notice(organisations, &known), sms_at);
        events.push(keep(publisher, "invitation", event.invitation, (event.seq, 0), &record, report).await?);
    }
    put_events(publisher, &events).await?;
    report.events += events.len();
    Ok(())
}

fn stage(event: &Event) -> Result<CloudEvent, serde_json::Error> {
    let mut data = cloud::object(cloud::in_full(serde_json::to_value(&event.fact)?));
    data.insert("seq".to_owned(), json!(event.seq));
    data.insert("source".to_owned(), json!(event.source));
    data.insert("rule".to_owned(), json!(event.rule()));
    data.insert("policy".to_owned(), json!(event.policy));
    data.insert("calendar".to_owned(), json!(event.calendar));
    data.insert("settlement".to_owned(), json!(event.settlement));
    let id = format!("{}-{}-invitation", event.invitation, event.seq);
    let kind = format!("kezek.invitation.{}", event.fact.state().as_str());
    Ok(cloud::cloud_event(id, kind, event.at, event.invitation.to_string(), data.into()))
}

/// The organisations in the order they were wished for.
fn notice(wished: &[Bin], known: &[Organisation]) -> Notice {
    let names = |bin: &Bin| {
        let found = known.iter().find(|organisation| organisation.bin == *bin)?;
        Some(Names { kk: found.name_kk.clone(), ru: found.name_ru.clone() })
    };
    Notice::Invitation { organisations: wished.iter().filter_map(names).collect() }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn event(source: &str, fact: Value) -> Event {
        serde_json::from_value(json!({
            "invitation": "000102030405060708090a0b0c0d0e0f", "seq": 1, "source": source, "settlement": "750000000",
            "at": "2026-02-09T04:00:00Z", "policy": "order-133@1", "calendar": 1, "fact": fact
        }))
        .expect("an event")
    }

    #[test]
    fn p9_each_stage_of_an_invitation_is_an_event() {
        let check = |source: &str, fact: Value, kind: &str, rule: &str| {
            let stage = stage(&event(source, fact)).expect("JSON");
            assert_eq!((stage.kind.as_str(), &stage.detail["data"]["rule"]), (kind, &json!(rule)));
        };
        let sent = json!({"what": "sent", "organisations": ["061211600012"]});
        check("proactive", json!({"what": "sent"}), "kezek.invitation.sent", "P7");
        check("birth-registration", sent.clone(), "kezek.invitation.sent", "P8");
        check("proactive", json!({"what": "accepted"}), "kezek.invitation.accepted", "P7");
        check("proactive", json!({"what": "declined"}), "kezek.invitation.declined", "P7");
        check("birth-registration", json!({"what": "lapsed"}), "kezek.invitation.lapsed", "P11.b");
        check("proactive", json!({"what": "replaced"}), "kezek.invitation.replaced", "P7");
        assert_eq!(
            stage(&event("birth-registration", sent)).expect("JSON").detail,
            json!({
                "specversion": "1.0", "id": "000102030405060708090a0b0c0d0e0f-1-invitation", "source": "kezek",
                "type": "kezek.invitation.sent", "time": "2026-02-09T04:00:00.000Z",
                "subject": "000102030405060708090a0b0c0d0e0f", "datacontenttype": "application/json",
                "data": {"what": "sent", "organisations": ["061211600012"], "seq": 1, "source": "birth-registration",
                    "rule": "P8", "policy": "order-133@1", "calendar": 1, "settlement": "750000000"}
            })
        );
    }
}
