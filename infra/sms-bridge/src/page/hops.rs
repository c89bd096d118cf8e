//! Calls of the functions to the outside, all in one form.
//!
//! In: what the simulators, the table and the logs wrote down. Out: hops with their time, length
//! and outcome, and whose conversation each belongs to, as far as the call itself tells.

use local::Stack;
use local::dynamo;
use local::logs::LogLine;
use serde_json::{Value, json};
use simulators::Call;

use super::clock::millis;

/// A call that is not answered is looked for among so many of the last ones.
const UNSETTLED: usize = 256;

/// One call.
#[derive(Clone)]
pub(super) struct Hop {
    /// Milliseconds since the epoch, by the machine's clock.
    pub(super) at: i64,
    /// `zendesk`, `braze`, `table` or `log`.
    pub(super) place: &'static str,
    /// The operation, or what a write to the table means.
    pub(super) name: String,
    /// Milliseconds, where it was answered.
    pub(super) ms: Option<u64>,
    /// Status, where it was answered.
    pub(super) status: Option<u16>,
    /// What was injected, or the error's name.
    pub(super) fault: Option<String>,
    /// A detail worth showing.
    pub(super) detail: String,
    /// The environment it came from, such as `braze-inbound/1`, where known.
    pub(super) caller: Option<String>,
    /// The item it is about, such as `customer#ada`, where known.
    pub(super) about: Option<String>,
}

/// All hops so far, read as they grow.
#[derive(Default)]
pub(super) struct Hops {
    zendesk: Vec<Hop>,
    braze: Vec<Hop>,
    table: Vec<Hop>,
    /// Calls to the table that are not answered.
    unanswered: Vec<Hop>,
    logs: Vec<Hop>,
    lines: usize,
}

impl Hops {
    /// Hops from now on.
    pub(super) fn from_now(stack: &Stack) -> Self {
        let lines = stack.logs.all().len();
        Self {
            lines,
            ..Self::default()
        }
    }

    /// Reads what is new. Where there are fewer calls than before, everything started over.
    pub(super) fn read(&mut self, stack: &Stack) {
        refresh(&mut self.zendesk, |from| {
            let calls = stack.zendesk.calls_from(from);
            calls.iter().map(|call| zendesk(stack, call)).collect()
        });
        refresh(&mut self.braze, |from| {
            stack.braze.calls_from(from).iter().map(braze).collect()
        });
        let calls = stack.dynamo.calls_under_way();
        let unanswered = |call| Hop {
            ms: None,
            ..table(call)
        };
        self.unanswered = calls.iter().map(unanswered).collect();
        let calls = stack.dynamo.calls_from(self.table.len());
        self.table.extend(calls.iter().map(table));
        let lines = stack.logs.from(self.lines);
        self.lines += lines.len();
        self.logs.extend(lines.iter().filter_map(log));
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        let lines = self.lines;
        *self = Self {
            lines,
            ..Self::default()
        };
    }

    /// The hops of a span of time, ends included.
    pub(super) fn between(&self, from: i64, to: i64) -> Vec<&Hop> {
        let all = [
            &self.zendesk,
            &self.braze,
            &self.table,
            &self.unanswered,
            &self.logs,
        ];
        let mut found: Vec<&Hop> = Vec::new();
        for hops in all {
            // Late in the list is late in time, but for a little disorder.
            let late = hops.iter().rev().skip_while(|hop| hop.at > to + 60_000);
            let near = late.take_while(|hop| hop.at >= from - 60_000);
            found.extend(near.filter(|hop| (from..=to).contains(&hop.at)));
        }
        found.sort_by_key(|hop| hop.at);
        found
    }
}

/// Reads again from the first call on that may still be answered.
fn refresh(hops: &mut Vec<Hop>, read: impl FnOnce(usize) -> Vec<Hop>) {
    let late = hops.len().saturating_sub(UNSETTLED);
    let first = hops[late..].iter().position(|hop| hop.ms.is_none());
    hops.truncate(first.map_or(hops.len(), |first| late + first));
    let fresh = read(hops.len());
    hops.extend(fresh);
}

fn zendesk(stack: &Stack, call: &Call) -> Hop {
    let ticket = ticket_in(&call.path);
    let of_ticket = || {
        let ticket = stack.zendesk.ticket(ticket?)?;
        ticket.requester.external_id
    };
    let named = || {
        let body = &call.body;
        let user = body["user"]["external_id"].as_str();
        let requester = body["ticket"]["requester_id"].as_u64();
        let requester = requester.and_then(|id| {
            let users = stack.zendesk.users();
            users.into_iter().find(|user| user.id == id)?.external_id
        });
        user.map(str::to_owned).or(requester)
    };
    let comment = &call.body["ticket"]["comment"];
    let detail = match (ticket, comment["public"].as_bool()) {
        (Some(id), Some(false)) => format!("#{id}, internal note"),
        (Some(id), Some(true)) => format!("#{id}, comment"),
        (Some(id), None) => format!("#{id}"),
        _ => String::new(),
    };
    Hop {
        about: of_ticket()
            .or_else(named)
            .map(|id| format!("customer#{id}")),
        detail,
        ..called("zendesk", call)
    }
}

fn braze(call: &Call) -> Hop {
    let recipient = call.body["recipients"][0]["external_user_id"].as_str();
    let id = recipient.or(call.body["attributes"][0]["external_id"].as_str());
    let part = &call.body["recipients"][0]["trigger_properties"];
    let detail = match (part["part"].as_u64(), part["parts"].as_u64()) {
        (Some(part), Some(parts)) if parts > 1 => format!("message {part} of {parts}"),
        _ => String::new(),
    };
    Hop {
        about: id.map(|id| format!("customer#{id}")),
        detail,
        ..called("braze", call)
    }
}

fn called(place: &'static str, call: &Call) -> Hop {
    Hop {
        at: call.at_ms,
        place,
        name: call.operation.clone(),
        ms: call.took_ms,
        status: call.status,
        fault: call.fault.clone(),
        detail: String::new(),
        caller: None,
        about: None,
    }
}

fn ticket_in(path: &str) -> Option<u64> {
    let mut parts = path.split('/').skip_while(|part| *part != "tickets");
    parts.nth(1)?.trim_end_matches(".json").parse().ok()
}

fn table(call: &dynamo::Call) -> Hop {
    let update = call.update.as_deref().unwrap_or_default();
    let name = match call.operation.as_str() {
        "UpdateItem" if update.contains("list_append") => "accepted",
        "UpdateItem"
            if update.contains("REMOVE mailbox") || update.contains(", mailbox, lease") =>
        {
            "settled"
        }
        "UpdateItem" if update.contains("mailbox = :mailbox") => "kept",
        "UpdateItem" if update.contains("lease = :mine") => "taken",
        "PutItem" => "buried",
        other => other,
    };
    Hop {
        at: millis(call.at),
        place: "table",
        name: name.to_owned(),
        ms: u64::try_from(call.took.as_millis()).ok(),
        status: call.status,
        fault: match (&call.error, call.faulted) {
            (Some(error), _) => Some(error.clone()),
            (None, true) if call.status.is_none() => Some("drop".to_owned()),
            (None, true) => Some("delay".to_owned()),
            (None, false) => None,
        },
        detail: match call.write_units {
            1.0 => "1 write unit".to_owned(),
            units if units > 0.0 => format!("{units} write units"),
            _ => String::new(),
        },
        caller: call.caller.clone(),
        about: call.key.clone(),
    }
}

/// Warnings and errors; the rest says what the calls say.
fn log(line: &LogLine) -> Option<Hop> {
    let told: Value = serde_json::from_str(&line.text).unwrap_or(json!({"message": line.text}));
    let level = told["level"].as_str().unwrap_or("ERROR");
    if !matches!(level, "WARN" | "ERROR") {
        return None;
    }
    Some(Hop {
        at: millis(line.at),
        place: "log",
        name: match (told["message"].as_str(), told["step"].as_str()) {
            (Some(message), Some(step)) => format!("{message}: {step}"),
            (message, _) => message.unwrap_or_default().to_owned(),
        },
        ms: None,
        status: None,
        fault: None,
        detail: told["error"].as_str().unwrap_or_default().to_owned(),
        caller: Some(format!("{}/{}", line.function, line.environment)),
        about: None,
    })
}
