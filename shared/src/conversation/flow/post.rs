//! Which ticket a text goes on: the customer's own; where that was merged, its target; where it is
//! closed, a follow-up; where it is gone, full, or was solved too long ago, a new one.

use crate::message::{Personal, Text, TicketId};

use super::super::state::{Status, What};
use super::super::step::{Comment, Refusal, TicketFacts};
use super::taken::{self, Taken};
use super::{
    CLOCK_SLACK, Exit, Flow, No, Pause, media, new_ticket, owner, rating, recover, reopening,
    ticket_events, write,
};

/// The tag Zendesk puts on a ticket that was merged into another (third-party source).
const MERGED: &str = "closed_by_merge";

/// Where a text goes next.
enum Place {
    /// On the conversation's ticket.
    Ticket(TicketId),
    /// Where this ticket, which is closed, leads.
    InsteadOf(TicketId),
    /// On a ticket that it opens.
    NewTicket,
}

/// Puts the text on a ticket, once. Before every attempt it is looked for where an earlier one may have put it.
pub(super) async fn once(flow: &mut Flow<'_>, text: &Text) -> Result<(), Exit> {
    let mut user_renewed = false;
    while !recover::was_written(flow, text).await? {
        let place = place(flow, text);
        let taken = match place {
            Place::Ticket(ticket) => on_ticket(flow, text, ticket).await?,
            Place::InsteadOf(closed) => instead_of(flow, closed).await?,
            Place::NewTicket => new_ticket::open(flow, text).await?,
        };
        match taken {
            Taken::Yes => return Ok(()),
            Taken::NotYet => {}
            Taken::NotFromUser(no) if user_renewed => return Err(no.into()),
            Taken::NotFromUser(_) => {
                renew_user(flow, &place).await?;
                user_renewed = true;
            }
        }
    }
    Ok(())
}

fn place(flow: &mut Flow<'_>, text: &Text) -> Place {
    if reopening::is_past_window(flow) && !reopening::asks_nothing(flow, text) {
        flow.state.ticket = None;
    }
    match flow.state.ticket {
        Some(ticket) if flow.progress.follows == Some(ticket) => Place::InsteadOf(ticket),
        Some(ticket) => Place::Ticket(ticket),
        None => Place::NewTicket,
    }
}

/// The customer's user is asked for once more: a ticket names its requester, a new one needs the customer.
async fn renew_user(flow: &mut Flow<'_>, place: &Place) -> Result<(), Exit> {
    match *place {
        Place::Ticket(ticket) => know_by_requester(flow, ticket).await,
        Place::InsteadOf(_) | Place::NewTicket => {
            flow.state.user = None;
            Ok(())
        }
    }
}

/// Adds the text to the conversation's ticket. A ticket that rests is set to open with it, unless the text
/// asks for nothing; a status is set only where it changes something, because a custom one would be gone.
async fn on_ticket(flow: &mut Flow<'_>, text: &Text, ticket: TicketId) -> Result<Taken, Exit> {
    if flow.state.user.is_none() {
        know_by_requester(flow, ticket).await?;
        return Ok(Taken::NotYet);
    }
    media::fetch(flow, text).await?;
    let opens = reopening::rests(flow.state.status) && !reopening::asks_nothing(flow, text);
    let comment = Comment {
        ticket,
        author: flow.state.user,
        body: Personal(media::comment_body(flow, text)),
        uploads: media::uploads(flow.progress),
        public: true,
        status: opens.then_some(Status::Open),
        fields: vec![],
        marker: flow.about.marker.clone(),
    };
    match write::append(flow, comment).await? {
        Ok(written) => {
            owner::leave_if_anothers(flow, &written).await?;
            owner::saw_tags(flow, written.tags.as_ref());
            added(flow, text, written.status);
            Ok(Taken::Yes)
        }
        Err(no) => not_taken(flow, ticket, no),
    }
}

/// The ticket did not take the text: a closed one is followed, one that is gone or full replaced; then the text goes
/// without its files, then from another author.
fn not_taken(flow: &mut Flow<'_>, ticket: TicketId, no: No) -> Result<Taken, Exit> {
    match no {
        No::Closed => flow.progress.follows = Some(ticket),
        No::NotFound => taken::start_over(flow),
        No::Refused(refusal) if is_full(&refusal) => {
            flow.progress.continues = Some(ticket);
            taken::start_over(flow);
        }
        No::Refused(_) if media::leave_out(flow.progress) => {}
        No::Refused(_) => return Ok(Taken::NotFromUser(no)),
        No::Unknown | No::Suspended | No::KeyConflict => return Err(no.into()),
    }
    Ok(Taken::NotYet)
}

/// The ticket has as many comments as Zendesk allows: 5,000, and then 422 (documented). How it says so is not
/// documented: it is known by its words.
pub(super) fn is_full(refusal: &Refusal) -> bool {
    let said = refusal.detail.as_str().to_ascii_lowercase();
    let limit = ["maximum", "limit", "exceed", "5000", "5,000"];
    let counts_comments = said.contains("comments") && limit.iter().any(|word| said.contains(word));
    let too_many = ["toomanycomments", "too many comments", "number of comments"];
    refusal.status == 422 && (counts_comments || too_many.iter().any(|words| said.contains(words)))
}

/// The ticket's requester is who the text is written as. Where that is no user of the customer's, another ticket
/// takes the text.
async fn know_by_requester(flow: &mut Flow<'_>, ticket: TicketId) -> Result<(), Exit> {
    let facts = match flow.look_up_ticket(ticket).await? {
        Ok(facts) => facts,
        Err(No::NotFound) => None,
        Err(no) => return Err(no.into()),
    };
    let own = match &facts {
        Some(facts) => owner::is_own(flow, facts).await?,
        None => false,
    };
    let Some(facts) = facts.filter(|_| own) else {
        taken::start_over(flow);
        return Ok(());
    };
    flow.state.user = facts.requester;
    if let Some(status) = facts.status {
        flow.progress.announce |= flow.state.is_done() && !status.is_done();
        flow.state.status = Some(status);
    }
    if facts.requester.is_none() {
        taken::start_over(flow);
    }
    Ok(())
}

/// The text is on the ticket, which has this status now, where the answer said so. Where it rests still and must
/// not, it is opened by a call of its own.
fn added(flow: &mut Flow<'_>, text: &Text, status: Option<Status>) {
    let was_done = flow.state.is_done();
    let status = status.or(flow.state.status);
    let still_to_open = reopening::rests(status) && !reopening::asks_nothing(flow, text);
    if let Some(status) = status {
        let now = flow.now();
        flow.state.saw_status(status, now);
    }
    flow.progress.reopen = still_to_open;
    let is_done = flow.state.is_done();
    flow.progress.announce |= (was_done && !is_done) || (still_to_open && is_done);
    if was_done && !is_done {
        ticket_events::record(flow, What::Reopened);
    }
}

/// The ticket is closed: the text goes where it was merged into, else into a follow-up ticket.
async fn instead_of(flow: &mut Flow<'_>, closed: TicketId) -> Result<Taken, Exit> {
    let facts = match flow.look_up_ticket(closed).await? {
        Ok(facts) => facts,
        Err(No::NotFound) => None,
        Err(no) => return Err(no.into()),
    };
    let own = match &facts {
        Some(facts) => owner::is_own(flow, facts).await?,
        None => false,
    };
    // Nothing that is gone or another person's is continued.
    let Some(facts) = facts.filter(|_| own) else {
        taken::start_over(flow);
        flow.progress.follows = None;
        return Ok(Taken::NotYet);
    };
    flow.state.user = facts.requester.or(flow.state.user);
    if is_merged(&facts)
        && let Some(target) = flow.find_merge_target(closed).await??
        && owner::is_own(flow, &target).await?
    {
        flow.progress.follows = None;
        flow.progress.announce = true;
        media::renew(flow.progress);
        owner::tag(flow, &target).await?;
        owner::lead_here(flow, &target).await?;
        // What was written there before is not part of this conversation.
        let since = flow.about.at.saturating_add(CLOCK_SLACK);
        flow.state.move_to(target.ticket, target.status, since);
        // Written down before the text is: what is in doubt is looked for on this ticket.
        return Err(Exit::Pause(Pause::Checkpoint));
    }
    if flow.progress.rating.is_some() {
        return Err(rating::of_closed(flow, closed).await?.into());
    }
    taken::start_over(flow);
    Ok(Taken::NotYet)
}

/// The ticket was closed by merging it into another.
pub(super) fn is_merged(facts: &TicketFacts) -> bool {
    facts.tags.iter().any(|tag| tag == MERGED)
}
