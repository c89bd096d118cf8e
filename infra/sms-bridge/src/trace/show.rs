//! A path as people and scripts read it.
//!
//! In: what is known, the hops. Out: lines that fit the terminal, or JSON. Texts only where asked
//! for.

use serde_json::{Value, json};
use shared::conversation::state::State;

use super::Known;
use super::arrival::Arrival;
use super::path::Hop;
use crate::Failure;
use crate::columns::{fitted, hanging, terminal};
use crate::events::{moment, span, time, times};
use crate::waiting::Why;

/// Where the standing begins.
const INDENT: usize = 33;

pub(super) fn lines(known: &Known, hops: &[Hop], text: bool) -> Vec<String> {
    let mut lines = head(known);
    lines.push(String::new());
    if hops.is_empty() {
        lines.extend(fitted(nothing(known)));
        return lines;
    }
    lines.extend(fitted(&format!(
        "{:<19}  {:<10}  Where it stands",
        "Time (UTC)", "What"
    )));
    let mut push = |beginning: &str, text: &str| {
        let beginning = format!("{beginning:INDENT$}");
        lines.extend(hanging(&beginning, text, terminal()));
    };
    for hop in hops {
        let first = format!("{:<19}  {:<10}  ", moment(hop.at), hop.kind);
        push(&first, &hop.standing);
        if let Some(arrival) = &hop.arrival {
            push("", &told(arrival));
        }
        if let Some(comment) = hop.comment {
            push("", &format!("comment {comment}"));
        }
        if let Some(delivery) = &hop.delivery {
            push("", &format!("delivery {delivery}"));
        }
        if let (true, Some(text)) = (text, &hop.text) {
            text.lines().for_each(|line| push("", &format!("| {line}")));
        }
    }
    lines
}

fn told(arrival: &Arrival) -> String {
    match (arrival, arrival.why()) {
        (Arrival::Unknown(_), Some(why)) => format!("arrived: not known: {why}"),
        (_, Some(why)) => format!("arrived: no: {why}"),
        (_, None) => "arrived: yes".to_owned(),
    }
}

fn nothing(known: &Known) -> &'static str {
    match (&known.not_asked, known.without_letters) {
        (Some(_), _) => "Nothing waits; the ticket could not be looked at.",
        (None, true) => {
            "Nothing to show: no comments, nothing waits; dead letters were not looked for."
        }
        (None, false) => "Nothing to show: no comments, nothing waits, no dead letters.",
    }
}

fn head(known: &Known) -> Vec<String> {
    let state = &known.held.state;
    let customer = known.customer.as_deref().unwrap_or("not known yet");
    let mut lines = fitted(&format!("Customer   {customer}"));
    let mut row = |name: &str, value: String| lines.extend(fitted(&format!("{name:<9}  {value}")));
    if let Some(name) = &known.log_name {
        row("Logs", format!("customer = \"{name}\""));
    }
    row("Ticket", ticket(known, state));
    if let Some(user) = state.user {
        row("Zendesk", format!("user {user}"));
    }
    if state.texted_at > 0 {
        row("Texted", format!("last {} UTC", moment(state.texted_at)));
    }
    if state.opted_out {
        row("SMS", "opted out: nothing is sent".to_owned());
    }
    for (vendor, wait) in [("Zendesk", state.zendesk_wait), ("Braze", state.braze_wait)] {
        if let Some(wait) = wait {
            let next = span(wait.until - known.now);
            let failed = times(wait.attempts);
            row(
                "Pause",
                format!("{vendor}: failed {failed}, next try in {next}"),
            );
        }
    }
    if let Some(waiting) = &known.waiting {
        let until = moment(waiting.held.until);
        let holder = waiting.holder.as_deref().unwrap_or("a worker");
        row(
            "Lease",
            match waiting.why {
                Why::Worked => format!("{holder}, until {until} UTC"),
                Why::Paused => format!("free; redelivery takes it after {until} UTC"),
                Why::Due => "free; redelivery takes it within a minute".to_owned(),
                Why::Late => format!("LATE: due since {until} UTC, and not taken up yet"),
            },
        );
    }
    if known.not_asked.is_some() {
        let missing = "the ticket could not be looked at: its comments are missing";
        row("Note", missing.to_owned());
    }
    if known.comments.len() >= super::desk::COMMENTS as usize {
        row(
            "Note",
            format!(
                "only the newest {} comments are shown",
                super::desk::COMMENTS
            ),
        );
    }
    lines
}

fn ticket(known: &Known, state: &State) -> String {
    let remembered = state.ticket.map(|id| id.to_string());
    match (&known.ticket, remembered) {
        (Some(ticket), Some(on)) if ticket.id.to_string() != on => {
            format!(
                "{} ({}); the conversation is on {on}",
                ticket.id, ticket.status
            )
        }
        (Some(ticket), _) => format!("{} ({})", ticket.id, ticket.status),
        (None, Some(on)) if known.not_asked.is_none() => format!("{on} (no longer in Zendesk)"),
        (None, Some(on)) => match state.status {
            Some(status) => format!("{on} ({}, as the table remembers)", status.as_str()),
            None => on,
        },
        (None, None) => "none".to_owned(),
    }
}

pub(super) fn json(known: &Known, hops: &[Hop], text: bool) -> Value {
    let state = &known.held.state;
    let wait = |wait: Option<shared::conversation::state::Wait>| {
        wait.map(|wait| json!({"until": time(wait.until), "failed_attempts": wait.attempts}))
    };
    let hops = hops.iter().map(|hop| {
        let mut shown = json!({
            "at": time(hop.at),
            "kind": hop.kind,
            "standing": hop.standing,
            "arrival": hop.arrival.as_ref().map(|is| json!({"is": is.word(), "why": is.why()})),
            "delivery": hop.delivery,
            "comment": hop.comment,
        });
        if text {
            shown["text"] = json!(hop.text);
        }
        shown
    });
    let ticket = known.ticket.as_ref();
    json!({
        "customer": known.customer,
        "name_in_logs": known.log_name,
        "ticket": ticket.map(|ticket| ticket.id).or(state.ticket),
        "ticket_status": ticket.map(|ticket| ticket.status.as_str()),
        "conversation_ticket": state.ticket,
        "zendesk_user": state.user,
        "opted_out": state.opted_out,
        "ticket_not_read": known.not_asked.as_ref().map(Failure::told),
        "dead_letters_read": !known.without_letters,
        "last_text_at": (state.texted_at > 0).then(|| time(state.texted_at)),
        "pauses": {"zendesk": wait(state.zendesk_wait), "braze": wait(state.braze_wait)},
        "state": known.waiting.as_ref().map(|waiting| waiting.why.word()),
        "held_by": known.waiting.as_ref().and_then(|waiting| waiting.holder.clone()),
        "due_at": known.waiting.as_ref().map(|waiting| time(waiting.held.until)),
        "hops": hops.collect::<Vec<_>>(),
    })
}
