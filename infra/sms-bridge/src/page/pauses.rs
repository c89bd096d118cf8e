//! What waits in the table when a step is done: a recording has no clock, so it has to say when a
//! pause has run out.
//!
//! In: the table's items and a step with ids. Out: whether the step meets a pause that has run out,
//! or makes one run out. Reads only.

use local::Stack;
use serde_json::Value;

use crate::replay::{number, text};
use crate::steps::{Jump, Step};

/// What waits as a step is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Waits {
    /// Something waits at all.
    pub(super) any: bool,
    /// The step meets something whose pause has run out, and sets it off.
    pub(super) met: bool,
    /// The step makes a pause run out.
    pub(super) ended: bool,
    /// Something waits that the step does not set off.
    pub(super) others: bool,
}

/// Whose conversations a step sets off.
enum Moved {
    Nobody,
    Everybody,
    These(Vec<String>),
}

/// What waits before a step.
pub(super) fn before(stack: &Stack, step: &Step) -> Waits {
    let mut items = stack.dynamo.items().unwrap_or_default();
    items.retain(|item| item.get("due_at").is_some());
    let now = simulators::Clock::new().now_ms();
    weigh(&items, step, &moved(stack, step), now)
}

/// Whether redelivery would find something to do now.
pub(super) fn something_is_due(stack: &Stack) -> bool {
    let now = simulators::Clock::new().now_ms();
    let items = stack.dynamo.items().unwrap_or_default();
    let due = |item: &Value| item.get("due_at").is_some() && number(item, "due_at") <= now;
    items.iter().any(due)
}

fn weigh(waiting: &[Value], step: &Step, moved: &Moved, now: i64) -> Waits {
    #[allow(clippy::cast_possible_truncation)]
    let ahead = step.jump.map(|by| (by.seconds() * 1000.0) as i64);
    let until = now + ahead.unwrap_or_default();
    let is_moved = |item: &&Value| match moved {
        Moved::Nobody => false,
        Moved::Everybody => true,
        Moved::These(keys) => keys.iter().any(|key| key == text(item, "pk")),
    };
    let due = |item: &&Value| is_moved(item) && number(item, "due_at") <= until;
    let set_off = waiting.iter().filter(due).count();
    Waits {
        any: !waiting.is_empty(),
        met: set_off > 0 && ahead.is_none(),
        ended: set_off > 0 && ahead.is_some(),
        others: set_off < waiting.len(),
    }
}

fn moved(stack: &Stack, step: &Step) -> Moved {
    let webhooks = step.webhooks.as_ref();
    let sent = webhooks.is_some_and(|how| !how.send.is_empty() || how.hold == Some(false));
    if sent
        || step.replay.is_some()
        || step.redeliver.is_some()
        || step.jump.map(Jump::seconds) > Some(0.0)
    {
        return Moved::Everybody;
    }
    let people = [
        step.customer.as_ref().and_then(|texts| texts.id.clone()),
        step.repeat.as_ref().and_then(|repeat| repeat.id.clone()),
        step.open.as_ref().and_then(|open| open.id.clone()),
    ];
    let tickets = [
        step.agent.as_ref().and_then(|answer| answer.ticket),
        step.status.as_ref().and_then(|status| status.ticket),
        step.solve.as_ref().and_then(|which| which.ticket),
    ];
    let mut keys: Vec<String> = Vec::new();
    for ticket in tickets.into_iter().flatten() {
        let requester = stack.zendesk.ticket(ticket).map(|found| found.requester);
        let customer = requester.and_then(|requester| requester.external_id);
        keys.extend(customer.map(|id| format!("customer#{id}")));
        keys.push(format!("ticket#{ticket}"));
    }
    let people = people.into_iter().flatten();
    keys.extend(people.map(|id| format!("customer#{id}")));
    if keys.is_empty() {
        return Moved::Nobody;
    }
    Moved::These(keys)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn waits(step: Value, moved: &Moved) -> Waits {
        let item = |pk: &str, due: i64| json!({"pk": {"S": pk}, "due_at": {"N": due.to_string()}});
        let items = [item("customer#ada", 900), item("customer#grace", 5_000)];
        let step: Step = serde_json::from_value(step).unwrap();
        weigh(&items, &step, moved, 1_000)
    }

    #[test]
    fn a_step_meets_the_pauses_of_those_it_moves() {
        let ada = Moved::These(vec!["customer#ada".to_owned()]);
        let grace = Moved::These(vec!["customer#grace".to_owned()]);
        let text = json!({"customer": {"id": "ada", "texts": ["b"]}});
        let met = Waits {
            any: true,
            met: true,
            ended: false,
            others: true,
        };
        assert_eq!(waits(text.clone(), &ada), met);
        let inside = Waits { met: false, ..met };
        assert_eq!(waits(text, &grace), inside);
        assert_eq!(waits(json!({"faults": {}}), &Moved::Nobody), inside);
    }

    #[test]
    fn a_jump_ends_the_pauses_within_it() {
        let whole = Waits {
            any: true,
            met: false,
            ended: true,
            others: false,
        };
        let jump = json!({"jump": {"minutes": 1}});
        assert_eq!(waits(jump, &Moved::Everybody), whole);
    }
}
