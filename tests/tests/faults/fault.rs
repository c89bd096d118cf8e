//! The ways in which a call can go wrong.
//!
//! In: whose call it is. Out: [`Case`]s, named as in the documentation, with the effect to arm.

use std::time::{SystemTime, UNIX_EPOCH};

use local::dynamo;
use local::faults::Effect;
use local::secrets;

use crate::call::{Call, Party};

/// The hold of a write whose condition is to be lost.
pub const CONDITION: &str = "condition";

/// How long a fault lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// One call.
    Once,
    /// So many calls.
    Some(u32),
    /// Until the flow has been played.
    While,
}

/// Who else writes to the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meanwhile {
    /// A customer's request for help is accepted.
    Event,
    /// Redelivery takes the conversation over, as after the lease.
    Redelivery,
}

/// One fault, and what follows from it for the assertions.
#[derive(Debug, Clone)]
pub struct Case {
    /// As in the documentation.
    pub name: &'static str,
    /// What the call meets; `None`: nobody listens at the other side's address.
    pub effect: Option<Effect>,
    /// For how long.
    pub times: Times,
    /// The process is killed while it waits for this call.
    pub kills: bool,
    /// What comes in while this write of the table is held up, so that its condition is lost.
    pub meanwhile: Option<Meanwhile>,
    /// Nobody can know whether a message was sent.
    pub doubtful: bool,
    /// The other side says that it will never do this.
    pub refuses: bool,
}

impl Case {
    fn new(name: &'static str, effect: Effect) -> Self {
        let doubtful = matches!(
            effect,
            Effect::Hang | Effect::HangAfter | Effect::Drop | Effect::DropAfter
        );
        let status = match &effect {
            Effect::Respond { status, .. } => *status,
            _ => 0,
        };
        Self {
            name,
            effect: Some(effect),
            times: Times::Once,
            kills: false,
            meanwhile: None,
            doubtful,
            refuses: matches!(status, 400..=499) && status != 429,
        }
    }

    fn times(mut self, times: Times) -> Self {
        self.times = times;
        self
    }

    fn doubtful(mut self) -> Self {
        self.doubtful = true;
        self
    }

    fn killing(mut self) -> Self {
        self.kills = true;
        self.doubtful()
    }

    /// It costs a time-out.
    pub fn hangs(&self) -> bool {
        matches!(self.effect, Some(Effect::Hang | Effect::HangAfter)) && !self.kills
    }

    /// The fault says that the thing is gone.
    pub fn denies(&self) -> bool {
        matches!(self.effect, Some(Effect::Respond { status: 404, .. }))
    }
}

/// The faults of a call.
pub fn of(call: &Call) -> Vec<Case> {
    match call.party {
        Party::Zendesk => vendor(call.party),
        Party::Braze => vendor(call.party),
        Party::Dynamo => table(call),
        Party::Secrets => vec![
            Case::new("throttled once", secrets::throttled()),
            Case::new("down for four attempts", secrets::down()).times(Times::Some(4)),
        ],
        Party::Pictures => pictures(),
    }
}

/// Nobody listens: the connection is refused before anything is sent.
pub fn refused_connection() -> Case {
    Case {
        name: "connection refused",
        effect: None,
        times: Times::While,
        kills: false,
        meanwhile: None,
        doubtful: false,
        refuses: false,
    }
}

/// Crashes: the process is killed while a call is under way. It holds nothing yet while it reads the
/// secret.
pub fn crashes(call: &Call) -> Vec<Case> {
    if call.party == Party::Secrets {
        return vec![];
    }
    vec![
        Case::new("killed, call not done", Effect::Hang).killing(),
        Case::new("killed, call done", Effect::HangAfter).killing(),
        Case::new("killed, call done late", Effect::Hold("crash".to_owned())).killing(),
    ]
}

fn vendor(party: Party) -> Vec<Case> {
    let limited = match party {
        Party::Braze => Effect::braze_rate_limited(seconds_from_now(40)),
        _ => Effect::zendesk_rate_limited(40),
    };
    let mut cases = vec![
        Case::new("time-out before acting", Effect::Hang),
        Case::new("time-out after acting", Effect::HangAfter),
        Case::new("dropped before acting", Effect::Drop),
        Case::new("dropped before acting repeatedly", Effect::Drop).times(Times::While),
        Case::new("dropped after acting", Effect::DropAfter),
        Case::new("429", bare(429, "")),
        Case::new("429 with a time", limited),
        Case::new("500", Effect::status(500)),
        Case::new("500 without a body", bare(500, "")).doubtful(),
        Case::new("500 for a while", Effect::status(500)).times(Times::While),
        Case::new("502 HTML", Effect::html_502()),
        Case::new("503", Effect::status(503)),
        Case::new("503 for a while", Effect::status(503)).times(Times::While),
        Case::new("401 once", Effect::status(401)),
        Case::new("401 for a while", Effect::status(401)).times(Times::While),
        Case::new("403", Effect::status(403)),
        Case::new("404", Effect::status(404)),
        Case::new("409", Effect::status(409)),
        Case::new("422", Effect::status(422)),
        Case::new("422 for a while", Effect::status(422)).times(Times::While),
        malformed(),
    ];
    if party == Party::Zendesk {
        cases.push(Case::new("500 after acting", Effect::status_after(500)));
        let again = Case::new("dropped after acting repeatedly", Effect::DropAfter);
        cases.push(again.times(Times::While));
    }
    cases
}

/// It acts, and what it says is cut off.
fn malformed() -> Case {
    let body = "{\"truncated\":".to_owned();
    let said = Effect::RespondAfter {
        status: 200,
        headers: json_type(),
        body,
    };
    Case::new("malformed success", said)
}

/// The host's refusals do not refuse the text.
fn pictures() -> Vec<Case> {
    let mut cases = vec![
        Case::new("time-out before acting", Effect::Hang),
        Case::new("dropped before acting", Effect::Drop),
        Case::new("403", Effect::status(403)),
        Case::new("404", Effect::status(404)),
        Case::new("429", bare(429, "")),
        Case::new("500", Effect::status(500)),
        Case::new("502 HTML", Effect::html_502()),
        Case::new("503", Effect::status(503)),
        malformed(),
    ];
    for case in &mut cases {
        case.refuses = false;
    }
    cases
}

fn table(call: &Call) -> Vec<Case> {
    // The first write of an event is the accepting one: its sender tries again a few times only.
    let accepts = call.operation == "UpdateItem" && call.nth == 0;
    let long = if accepts {
        Times::Some(6)
    } else {
        Times::While
    };
    let mut cases = vec![
        Case::new("throttled once", dynamo::throttled()),
        Case::new("throttled for a while", dynamo::throttled())
            .times(long)
            .doubtful(),
        Case::new("internal error", dynamo::internal_error()),
        Case::new("dropped before acting", Effect::Drop),
        Case::new("answer lost", Effect::DropAfter),
        Case::new("answer lost repeatedly", Effect::DropAfter).times(long),
    ];
    // A time-out of the SDK takes seconds, and the shards of the index are asked alike.
    if call.operation != "Query" || call.nth == 0 {
        cases.push(Case::new("time-out before acting", Effect::Hang));
        cases.push(Case::new("time-out after acting", Effect::HangAfter));
    }
    if call.operation == "UpdateItem" && !accepts && !call.of_profile {
        cases.push(condition_lost(Meanwhile::Event));
        cases.push(condition_lost(Meanwhile::Redelivery));
    }
    cases
}

/// A write whose condition no longer holds when it is done, for another one came first.
fn condition_lost(meanwhile: Meanwhile) -> Case {
    let name = match meanwhile {
        Meanwhile::Event => "condition lost to another event",
        Meanwhile::Redelivery => "condition lost to redelivery",
    };
    let mut case = Case::new(name, Effect::Hold(CONDITION.to_owned()));
    case.meanwhile = Some(meanwhile);
    case.doubtful = meanwhile == Meanwhile::Redelivery;
    case
}

/// A call's faults of each class, each together with one of the table's: the first write throttled
/// once and every one after the call throughout, or the condition lost of the one after the call.
/// Not of the sign-in, which is a call not made as far as its event is concerned.
pub fn pairs(call: &Call) -> Vec<(Case, Case)> {
    let limited = match call.party {
        Party::Braze => Effect::braze_rate_limited(seconds_from_now(40)),
        Party::Zendesk => Effect::zendesk_rate_limited(40),
        Party::Dynamo | Party::Secrets | Party::Pictures => return vec![],
    };
    if call.is_of_a_cold_start() {
        return vec![];
    }
    let classes = [
        Case::new("503", Effect::status(503)),
        Case::new("dropped after acting", Effect::DropAfter),
        Case::new("429 with a time", limited),
        Case::new("422 for a while", Effect::status(422)).times(Times::While),
    ];
    let others = [Meanwhile::Event, Meanwhile::Redelivery];
    let pair = |(index, case): (usize, Case)| {
        let throttled = Case::new("throttled", dynamo::throttled());
        let lost = condition_lost(others[(index + call.nth as usize) % 2]);
        let throttled = throttled.times(Times::While).doubtful();
        [(case.clone(), throttled), (case, lost)]
    };
    classes.into_iter().enumerate().flat_map(pair).collect()
}

fn bare(status: u16, body: &str) -> Effect {
    Effect::Respond {
        status,
        headers: Vec::new(),
        body: body.to_owned(),
    }
}

fn json_type() -> Vec<(String, String)> {
    vec![("content-type".to_owned(), "application/json".to_owned())]
}

fn seconds_from_now(seconds: i64) -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX) + seconds
    })
}
