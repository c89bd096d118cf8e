//! The agent asks for what may not have arrived: it is sent once more, under a new delivery.

use crate::message::{Body, DeliveryId, Event, Note, Personal, Reply, Resend, Solved, TicketId};

use super::super::state::{Entry, Unconfirmed};
use super::super::step::Ending;
use super::owner::{self, Said, Whose};
use super::{Done, Ended, EventContext, Flow};

/// The tag by which the agent asks.
const TAG: &str = "sms_resend";

/// The tag that the trigger puts in its place: asked for, and not granted yet.
const ASKED: &str = "sms_resend_asked";

/// The agent asked, and the tags are still there: no webhook reported it.
pub(super) fn is_asked(tags: &[String]) -> bool {
    tags.iter().any(|tag| tag == TAG || tag == ASKED)
}

pub(super) async fn resend(flow: &mut Flow<'_>, resend: &Resend) -> Ended {
    let ticket = resend.ticket.or(flow.state.ticket);
    if let Some(ticket) = ticket {
        let said = Said::by(resend.requester, resend.tags.as_ref());
        match owner::ask(flow, ticket, said).await? {
            Whose::Own(_) => {}
            Whose::Conversation(customer) => return Ok(Done::Forward { customer }),
            Whose::Untagged => return Ok(Done::ignored(owner::UNTAGGED)),
            Whose::Gone => return Ok(Done::ignored(owner::GONE)),
            Whose::Another => return Ok(owner::of_another(flow, ticket)),
            Whose::Earlier => return Ok(owner::not_meant(flow, ticket)),
        }
    }
    Ok(granted(flow, ticket))
}

fn granted(flow: &mut Flow<'_>, ticket: Option<TicketId>) -> Done {
    let context = flow.context();
    let state = &mut *flow.state;
    let on_ticket = |message: &Unconfirmed| Some(message.ticket) == ticket;
    let unconfirmed = std::mem::take(&mut state.unconfirmed);
    let (mut again, kept): (Vec<Unconfirmed>, Vec<Unconfirmed>) =
        unconfirmed.into_iter().partition(on_ticket);
    state.unconfirmed = kept;
    // A closing message is no longer true where the ticket is open again.
    again.retain(|message| message.comment.is_some() || state.is_done());
    let untag = ticket.map(|ticket| without_tags(&context, ticket));
    if again.is_empty() {
        let reason = "no message of unknown outcome on this ticket";
        return Done::ended(Ending::Ignored(reason), untag);
    }
    if again.iter().any(|message| message.comment.is_none()) {
        state.closing_notified = false;
    }
    let messages = again.into_iter().enumerate();
    let messages = messages.map(|(index, message)| once_more(&context, index, message));
    Done::ended(Ending::Delivered, messages.chain(untag))
}

/// The message as an event of its own, without the messages of it that were surely sent.
fn once_more(context: &EventContext<'_>, index: usize, message: Unconfirmed) -> Entry {
    let ticket = Some(message.ticket);
    let body = match message.comment {
        // Without its text: the comment is fetched.
        Some(comment) => Body::Reply(Reply {
            recent: Some(vec![]),
            ticket,
            comment: Some(comment),
            campaign: message.campaign,
            ..Reply::default()
        }),
        None => Body::Solved(Solved {
            ticket,
            message: message.message,
            campaign: message.campaign,
            ..Solved::default()
        }),
    };
    let delivery = DeliveryId::derive("again", &[context.delivery.as_str(), &index.to_string()]);
    let mut entry = Entry::fresh(Event {
        delivery,
        received_at: context.now,
        body,
    });
    entry.progress.sent = message.sent;
    entry.progress.again = true;
    // Whose the ticket is was asked for the request.
    entry.progress.confirmed = true;
    entry
}

/// The tags go when the request is known, so that none is granted twice.
fn without_tags(context: &EventContext<'_>, ticket: TicketId) -> Entry {
    let mut entry = Entry::fresh(Event {
        delivery: DeliveryId::derive("heard", &[context.delivery.as_str()]),
        received_at: context.now,
        body: Body::Note(Note {
            ticket,
            text: Personal::default(),
            tags: vec![],
            untag: vec![TAG.to_owned(), ASKED.to_owned()],
        }),
    });
    // Nothing has to be written.
    entry.progress.posted = true;
    entry
}
