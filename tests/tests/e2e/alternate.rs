//! Two versions' executables alternate over one table, as they do during an update and after a roll-back: what one of
//! them stored, the other goes on with.
//!
//! `OLDER_FUNCTIONS` names a directory with another version's four executables (`.ci/alternate` makes it of a release);
//! without it the same executables take both places. Either way the one whose turn it is as the newer leaves the table
//! as a version after this one would (`next.rs`): with a higher form, members of its own, and events of new kinds. So
//! each event shows both directions: an older version on what a newer stored, and the newer on what the older left.

use std::collections::BTreeSet;
use std::path::PathBuf;

use e2e::send::{inbound, inbound_body};
use e2e::table::{dead_letters, let_time_pass, redelivered_once, remember, waiting};
use e2e::view::{phone, public};
use e2e::{plays_all, settled, stack_with};
use local::Stack;
use local::binaries::FUNCTIONS;
use serde_json::{Value, json};
use simulators::braze::User;
use simulators::zendesk::{Comment, Status};
use simulators::{Effect, Fault};

use crate::next::Next;

const CUSTOMERS: usize = 10;

/// The two versions, and whose turn it is.
struct Versions {
    newer: Vec<PathBuf>,
    older: Vec<PathBuf>,
    is_newer: bool,
    next: Next,
}

impl Versions {
    async fn of(stack: &Stack) -> Self {
        let mut newer = Vec::new();
        for function in FUNCTIONS {
            newer.push(stack.function(function).executable());
        }
        let folder = std::env::vars_os().find(|(name, _)| name == "OLDER_FUNCTIONS");
        let older = match folder {
            Some((_, folder)) => FUNCTIONS
                .map(|function| PathBuf::from(&folder).join(function))
                .into(),
            None => newer.clone(),
        };
        for file in &older {
            assert!(file.is_file(), "{} is not there", file.display());
        }
        Self {
            newer,
            older,
            is_newer: true,
            next: Next::default(),
        }
    }

    /// The other version runs from now on.
    async fn swap(&mut self, stack: &Stack) {
        match self.is_newer {
            true => self.next.leaves(stack),
            false => self.next.goes_on(stack),
        }
        self.is_newer = !self.is_newer;
        let files = match self.is_newer {
            true => &self.newer,
            false => &self.older,
        };
        for (function, file) in FUNCTIONS.into_iter().zip(files) {
            stack.function(function).set_executable(file).await;
        }
    }
}

fn customer(number: usize) -> String {
    format!("customer-{number}")
}

/// What each customer should have on the ticket and on the phone in the end.
#[derive(Default)]
struct Said {
    texts: Vec<String>,
    answers: Vec<String>,
}

/// The next event of a customer: a text, or an answer where there is a ticket; every seventh waits, because the vendor
/// is down, and the other version's redelivery takes it up.
async fn happens(stack: &Stack, number: usize, at: usize, said: &mut Said) {
    let id = customer(number);
    let waits = at % 7 == 3;
    let ticket = ticket_of(stack, &id);
    let (operation, answers) = match ticket {
        Some(_) if at % 2 == 1 => ("campaigns.trigger.send", true),
        _ => ("tickets.*", false),
    };
    if waits && ticket.is_some() {
        let down = Fault::always(operation, Effect::status(503)).times(2);
        match answers {
            true => stack.braze.fault(down),
            false => stack.zendesk.fault(down),
        }
    }
    let text = format!("{at} of {id}");
    match ticket {
        Some(ticket) if answers => {
            said.answers.push(text.clone());
            let comment = Comment::public(&text);
            stack
                .zendesk
                .agent_comments(ticket, comment)
                .expect("a comment");
        }
        _ => {
            said.texts.push(text.clone());
            let body = inbound_body(&id, &text, &format!("dispatch-{at}"));
            let answer = inbound(stack, body.to_string()).await;
            assert!(matches!(answer.status, 200 | 202), "{at}: {answer:?}");
        }
    }
    settled(stack).await;
}

fn ticket_of(stack: &Stack, id: &str) -> Option<u64> {
    let tickets = stack.zendesk.tickets();
    let mut own = tickets.iter().filter(|ticket| {
        let requester = stack.zendesk.users();
        let requester = requester
            .into_iter()
            .find(|user| user.id == ticket.requester.id);
        requester.is_some_and(|user| user.external_id.as_deref() == Some(id))
    });
    own.next().map(|ticket| ticket.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_versions_that_alternate_over_one_table_lose_nothing() {
    let most = if plays_all() { 1_000 } else { 80 };
    let stack = stack_with(|_| {}).await;
    for number in 0..CUSTOMERS {
        let phone = format!("+1555010{:04}", 100 + number);
        stack
            .braze
            .add_user(User::new(&customer(number), "Ana", "Silva", &phone));
    }
    let mut versions = Versions::of(&stack).await;
    let mut said: Vec<Said> = (0..CUSTOMERS).map(|_| Said::default()).collect();
    for at in 0..most {
        let number = (at / 2) % CUSTOMERS;
        happens(&stack, number, at, &mut said[number]).await;
        if at == CUSTOMERS * 2 {
            for number in 0..CUSTOMERS {
                remember(&stack, &customer(number), |memory| {
                    memory["mood"] = json!("calm")
                });
            }
        }
        versions.swap(&stack).await;
        if at % 7 == 3 {
            let_time_pass(&stack);
            redelivered_once(&stack).await;
        }
    }
    // Both go on until nothing waits.
    for _ in 0..10 {
        if let_time_pass(&stack) == 0 {
            break;
        }
        redelivered_once(&stack).await;
        versions.swap(&stack).await;
    }
    settled(&stack).await;
    assert_eq!(waiting(&stack), Vec::<Value>::new());
    assert_eq!(dead_letters(&stack), Vec::<Value>::new());
    let new_kinds = &versions.next.texts;
    assert!(new_kinds.len() > most / 40, "{new_kinds:?}");
    for (number, said) in said.iter().enumerate() {
        arrived(&stack, &customer(number), said, new_kinds);
    }
    ends(&stack, &mut versions).await;
}

/// Everything that was said to and by a customer arrived once, and in order but for the events of kinds that one version
/// did not know: those behind them went on meanwhile.
fn arrived(stack: &Stack, id: &str, said: &Said, new_kinds: &BTreeSet<String>) {
    let ticket = ticket_of(stack, id).and_then(|ticket| stack.zendesk.ticket(ticket));
    let mut on_ticket: Vec<String> = public(&ticket.expect("a ticket"));
    on_ticket.retain(|text| said.texts.contains(text));
    for (there, said) in [(on_ticket, &said.texts), (phone(stack, id), &said.answers)] {
        let ordered = |texts: &[String]| -> Vec<String> {
            let known = texts.iter().filter(|text| !new_kinds.contains(*text));
            known.cloned().collect()
        };
        assert_eq!(ordered(&there), ordered(said), "{id}: once and in order");
        let sorted = |texts: &[String]| {
            let mut texts = texts.to_vec();
            texts.sort();
            texts
        };
        assert_eq!(sorted(&there), sorted(said), "{id}: each once");
    }
    let item = stack.dynamo.item(&format!("customer#{id}"));
    let item = item.expect("read").expect("there");
    let memory: Value =
        serde_json::from_str(item["memory"]["S"].as_str().expect("text")).expect("JSON");
    assert_eq!(memory["mood"], "calm", "{id}: kept by both");
}

/// Solves by one version, told by the other.
async fn ends(stack: &Stack, versions: &mut Versions) {
    for number in 0..CUSTOMERS {
        let id = customer(number);
        let ticket = ticket_of(stack, &id).expect("a ticket");
        let before = phone(stack, &id).len();
        stack
            .zendesk
            .set_status(ticket, Status::Solved)
            .expect("solved");
        let down = Fault::always("campaigns.trigger.send", Effect::status(503)).times(2);
        stack.braze.fault(down);
        settled(stack).await;
        // One of the two may not know what a solve is.
        for _ in 0..2 {
            versions.swap(stack).await;
            for _ in 0..2 {
                let_time_pass(stack);
                redelivered_once(stack).await;
            }
        }
        assert_eq!(
            phone(stack, &id).len(),
            before + 1,
            "{id}: one closing message"
        );
    }
    assert_eq!(dead_letters(stack), Vec::<Value>::new());
}
