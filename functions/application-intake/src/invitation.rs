//! An invitation (`P7`) as its applicant and its sender see it, and what answers the same request again. Sending one is in `invite`,
//! answering one in `answer`. The sender learns how far it has come, and nothing of what the applicant chose.

mod answer;
mod form;
mod invite;

use kezek_contract::answers::{DocumentAnswer, InvitationAnswer, InvitedChildAnswer, WishAnswer, iso};
use kezek_rules::decide::Wish;
use kezek_rules::ids::InvitationId;
use kezek_rules::invitation::{Event, Invitation, State};
use kezek_shell::app::App;
use kezek_shell::error::Failure;
use kezek_shell::http::{Request, Response, etag};
use kezek_shell::identity::Caller;
use kezek_store::Invited;

pub(crate) use answer::answer;
pub(crate) use invite::invite;

/// Whether the caller may know of an invitation: who is invited, or who sent it.
fn may_see(caller: &Caller, invitation: &Invitation) -> bool {
    match caller {
        Caller::Applicant(person) => person.is(invitation.applicant),
        Caller::StateSystem(sender) => sender.is(invitation.sender),
        Caller::Anyone | Caller::Officer { .. } | Caller::Organisation(_) => false,
    }
}

async fn reached(app: &App, request: &Request) -> Result<Invitation, Failure> {
    let id: InvitationId = request.id("id")?;
    let invitation = app.store.invitation(id).await?;
    invitation.filter(|invitation| may_see(&request.caller, invitation)).ok_or_else(Failure::not_found)
}

/// What is known of the invited, while the invitation is open.
async fn held(app: &App, invitation: &Invitation) -> Result<Option<Invited>, Failure> {
    let held = app.store.invited(invitation.applicant, invitation.child).await?;
    Ok(held.and_then(|(id, held)| (id == invitation.id).then_some(held)))
}

/// `GET /v1/invitations/{id}`.
pub(crate) async fn read(app: &App, request: &Request) -> Result<Response, Failure> {
    let invitation = reached(app, request).await?;
    let held = match request.caller {
        Caller::Applicant(_) => held(app, &invitation).await?,
        _ => None,
    };
    let answer = InvitationAnswer {
        child: held.as_ref().map(|held| InvitedChildAnswer {
            full_name: held.file.child_name.clone(),
            birth_date: held.birth_date.to_string(),
        }),
        wish: held.as_ref().map(wish),
        ..shown(&invitation)
    };
    Ok(Response::ok(&answer).header("etag", etag(invitation.version)))
}

/// An invitation without what it holds.
fn shown(invitation: &Invitation) -> InvitationAnswer {
    let accepted = invitation.state == State::Accepted;
    InvitationAnswer {
        id: invitation.id.to_string(),
        status: invitation.state.as_str().to_owned(),
        source: invitation.source.as_str().to_owned(),
        sent_at: iso(invitation.sent_at),
        answered_at: invitation.answered_at.map(iso),
        application: accepted.then(|| invitation.id.application().to_string()),
        child: None,
        wish: None,
    }
}

/// An invitation as it was after its first event: what sending it is answered with, again and again.
fn as_sent(first: &Event) -> InvitationAnswer {
    let state = first.fact.state();
    let accepted = state == State::Accepted;
    InvitationAnswer {
        id: first.invitation.to_string(),
        status: state.as_str().to_owned(),
        source: first.source.as_str().to_owned(),
        sent_at: iso(first.at),
        answered_at: accepted.then(|| iso(first.at)),
        application: accepted.then(|| first.invitation.application().to_string()),
        child: None,
        wish: None,
    }
}

fn wish(held: &Invited) -> WishAnswer {
    let Wish { language, organisations, benefits, stream, relocation, not_before, documents } = held.wish.clone();
    let documents = documents.into_iter().flatten();
    WishAnswer {
        language: language.map(|language| language.to_string()),
        organisations: organisations.unwrap_or_default().iter().map(ToString::to_string).collect(),
        benefit: benefits.unwrap_or_default(),
        stream: stream.map(|stream| stream.to_string()),
        relocation,
        not_before: not_before.map(|wanted| wanted.day(held.birth_date).to_string()),
        documents: documents
            .map(|document| DocumentAnswer { kind: document.kind, issued_on: document.issued_on.to_string() })
            .collect(),
    }
}
