//! Messages to the customer's phone: in order, each at most once.

use crate::message::{CommentId, Personal, TicketId};
use crate::text::sms::segments;

use super::super::step::{Refusal, Sms};
use super::{Exit, Flow, No, Pause, spend};

/// What goes to the customer's phone.
pub(super) struct Outgoing {
    pub(super) campaign: String,
    /// In order, at least one that was not sent yet.
    pub(super) messages: Vec<String>,
    /// A picture that goes with the first message.
    pub(super) picture: Option<Personal>,
    /// The agent's name, possibly empty.
    pub(super) agent: Personal,
    /// The agent's comment, where it is an answer.
    pub(super) comment: Option<CommentId>,
    /// The ticket it was written on, whose agent reads what became of it.
    pub(super) written_on: Option<TicketId>,
    /// `zendesk_ticket`.
    pub(super) ticket: Option<TicketId>,
    /// `zendesk_ticket_open`.
    pub(super) open: bool,
}

/// What became of the messages.
pub(super) enum Sent {
    /// Braze took them all.
    All,
    /// Whether Braze took the last one is not known: it is not sent again.
    Unknown,
    /// Braze refused one for good.
    Refused(Refusal),
    /// None was sent: they go beyond a limit of SMS parts. What the agent reads.
    BeyondLimit(String),
}

/// Sends the next message. Between two of them what was sent is written down, and a STOP that came
/// meanwhile counts.
pub(super) async fn send_once(flow: &mut Flow<'_>, outgoing: Outgoing) -> Result<Sent, Exit> {
    if let Some(note) = spend::beyond_limit(flow, &outgoing.messages).await? {
        return Ok(Sent::BeyondLimit(note));
    }
    let messages = u8::try_from(outgoing.messages.len()).unwrap_or(u8::MAX);
    let sent = flow.progress.sent;
    let Some(message) = outgoing.messages.into_iter().nth(usize::from(sent)) else {
        return Ok(Sent::All);
    };
    let parts = u32::try_from(segments(&message)).unwrap_or(u32::MAX);
    let about = outgoing.written_on.or(outgoing.ticket);
    let sms = Sms {
        campaign: outgoing.campaign,
        customer: flow.customer.clone(),
        message: Personal(message),
        media: outgoing.picture.filter(|_| sent == 0),
        agent: outgoing.agent,
        part: sent.saturating_add(1),
        parts: messages,
        comment: outgoing.comment,
        written_on: outgoing.written_on,
        ticket: outgoing.ticket,
        open: outgoing.open,
    };
    match flow.send_sms(sms).await? {
        Ok(()) => {
            flow.progress.sent = sent.saturating_add(1);
            let counts = flow.about.policy.parts_field.is_some() && about == flow.state.ticket;
            if counts {
                flow.state.parts = flow.state.parts.saturating_add(parts);
            }
        }
        Err(No::Unknown) => return Ok(Sent::Unknown),
        Err(No::Refused(refusal)) => return Ok(Sent::Refused(refusal)),
        Err(no) => return Err(no.into()),
    }
    match flow.progress.sent < messages {
        true => Err(Exit::Pause(Pause::Checkpoint)),
        false => Ok(Sent::All),
    }
}
