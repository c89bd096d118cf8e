//! What must be true in the end: nothing lost, nothing twice, in order, nothing left.

use std::collections::HashMap;

use super::Scale;
use super::intake::{Answers, TEXTS, customer, text};
use super::world::World;

/// Most differences told.
const TOLD: usize = 10;

/// Every difference, a sentence each; the first few.
pub fn wrong(world: &World, scale: Scale, answers: &Answers) -> Vec<String> {
    let mut wrong = Vec::new();
    if answers.accepted() != scale.customers * TEXTS || answers.refused > 0 {
        wrong.push(format!("the senders were answered: {answers}"));
    }
    let mut tickets: HashMap<String, Vec<(u64, Vec<String>)>> = HashMap::new();
    for ticket in world.zendesk.tickets() {
        let whose = ticket.requester.external_id.clone().unwrap_or_default();
        let texts = ticket.comments.into_iter().map(|c| c.plain_body).collect();
        tickets.entry(whose).or_default().push((ticket.id, texts));
    }
    for number in 0..scale.customers {
        let id = customer(number);
        let want: Vec<String> = (0..TEXTS).map(|nth| text(number, nth)).collect();
        let told = world.braze.user(&id).map(|user| user.attributes);
        match tickets.get(&id).map(Vec::as_slice) {
            Some([(ticket, texts)]) => {
                if *texts != want {
                    wrong.push(format!("{id} has {texts:?} on the ticket"));
                }
                let told = told.unwrap_or_default();
                if told["zendesk_ticket"].as_str() != Some(ticket.to_string().as_str())
                    || told["zendesk_ticket_open"] != true
                {
                    wrong.push(format!("Braze was told of {id}: {told:?}"));
                }
            }
            other => wrong.push(format!("{id} has the tickets {other:?}")),
        }
    }
    for item in world.dynamo.items().expect("the table") {
        let pk = item["pk"]["S"].as_str().unwrap_or_default();
        if pk.starts_with("dead#") || item.get("due_at").is_some() || item.get("mailbox").is_some()
        {
            wrong.push(format!("{pk} is left"));
        }
    }
    wrong.truncate(TOLD);
    wrong
}
