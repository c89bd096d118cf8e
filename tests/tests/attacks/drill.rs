//! Every secret changed while several senders go on at once: nothing genuine is refused, lost or
//! delivered twice.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use local::client::Client;
use local::options::{INBOUND_TOKEN, REPLY_SIGNING_SECRET, SOLVED_SIGNING_SECRET};
use local::{Options, Stack};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::kit::{
    AGENT_SAYS, AGENT_SOLVES, CUSTOMER_TEXTS, Post, REPLY, SOLVED, assert_not_authentic, stack,
};

/// Events under way at any time, so environments of the function.
const SENDERS: usize = 4;

/// How an event is written: the secret it is proved with, and its own name.
type Write = fn(secret: &str, name: &str) -> Post;

/// Senders that send one event after the other, each event of its own customer.
struct Flow {
    secret: Arc<Mutex<String>>,
    stop: watch::Sender<bool>,
    sent: Vec<watch::Receiver<u32>>,
    tasks: JoinSet<Vec<String>>,
}

impl Flow {
    fn start(stack: &Stack, secret: &str, write: Write) -> Self {
        let secret = Arc::new(Mutex::new(secret.to_owned()));
        let (stop, stopped) = watch::channel(false);
        let (mut tasks, mut sent) = (JoinSet::new(), Vec::new());
        for sender in 0..SENDERS {
            let (count, counted) = watch::channel(0);
            sent.push(counted);
            let (secret, stopped, front) =
                (Arc::clone(&secret), stopped.clone(), stack.front_url());
            tasks.spawn(async move {
                let client = Client::new(Duration::from_secs(30));
                let mut names = Vec::new();
                while !*stopped.borrow() {
                    let name = format!("{}", 100_000 * (sender + 1) + names.len());
                    let post = write(&secret.lock().expect("unpoisoned").clone(), &name);
                    let answer = post.send_to(&client, &front).await;
                    let taken = matches!(answer.outcome(), "delivered" | "queued");
                    assert!(taken, "{name}: {answer:?}");
                    names.push(name);
                    count.send_modify(|count| *count += 1);
                }
                names
            });
        }
        Self {
            secret,
            stop,
            sent,
            tasks,
        }
    }

    /// Waits until every sender has finished an event that it began after this call.
    async fn goes_on(&mut self) {
        for sent in &mut self.sent {
            let now = *sent.borrow();
            let two_more = sent.wait_for(|sent| *sent >= now + 2);
            let two_more = tokio::time::timeout(e2e::PATIENCE, two_more).await;
            assert!(matches!(two_more, Ok(Ok(_))), "a sender was refused");
        }
    }

    fn prove_with(&self, secret: &str) {
        secret.clone_into(&mut self.secret.lock().expect("unpoisoned"));
    }

    /// The names of everything that was sent.
    async fn end(self) -> BTreeSet<String> {
        self.stop.send_replace(true);
        let names = self.tasks.join_all().await.concat();
        assert!(names.len() >= 10 * SENDERS / 2, "{}", names.len());
        names.into_iter().collect()
    }
}

fn reply(secret: &str, name: &str) -> Post {
    let body = AGENT_SAYS
        .replace("901", name)
        .replace("\"35\"", &format!("\"{name}\""))
        .replace("\"ana\"", &format!("\"user-{name}\""))
        .replace("Hello Ana", name);
    Post::signed(REPLY, secret, body)
}

fn solved(secret: &str, name: &str) -> Post {
    let body = AGENT_SOLVES
        .replace("\"35\"", &format!("\"{name}\""))
        .replace("\"ana\"", &format!("\"user-{name}\""))
        .replace("Your ticket has been closed", name);
    Post::signed(SOLVED, secret, body)
}

fn text(token: &str, name: &str) -> Post {
    let body = CUSTOMER_TEXTS
        .replace("d-1", name)
        .replace("\"ana\"", &format!("\"user-{name}\""))
        .replace("\"phone\":\"+15550001\"", "\"phone\":\"\"")
        .replace("Help me", name);
    Post::bearer(&format!("Bearer {token}"), body)
}

/// A shared secret in the order of `docs/security.md`: the old value stays as `_previous`, the
/// sender changes, the old value goes. Ends with cold starts that know the new value alone.
async fn drill(stack: &Stack, key: &str, old: &str, write: Write) -> BTreeSet<String> {
    let previous = format!("{key}_previous");
    let mut flow = Flow::start(stack, old, write);
    flow.goes_on().await;
    stack.secrets.set_key(&previous, old);
    stack.secrets.set_key(key, "rotated");
    flow.goes_on().await;
    flow.prove_with("rotated");
    flow.goes_on().await;
    stack.secrets.set_key(&previous, "");
    flow.goes_on().await;
    let function = stack.function(&write("", "1").function());
    function.end_idle().await;
    flow.goes_on().await;
    let names = flow.end().await;
    e2e::table::redelivered(stack).await;
    assert!(function.started() >= 2, "one environment shows little");
    function.end_idle().await;
    let late = write(old, "1").send(stack).await;
    assert_not_authentic(&late, "the old value after the rotation");
    names
}

/// Each of these texts reached Braze exactly once.
fn assert_sent(stack: &Stack, names: &BTreeSet<String>) {
    let sends = stack.braze.calls();
    let bodies = sends.iter().filter(|call| call.status == Some(201));
    let bodies = bodies.map(|call| {
        let said = &call.body["recipients"][0]["trigger_properties"]["msg_body"];
        said.as_str().unwrap_or_default().to_owned()
    });
    let bodies: Vec<String> = bodies.collect();
    assert_eq!(
        bodies.len(),
        names.len(),
        "something was sent twice or lost"
    );
    assert_eq!(&bodies.into_iter().collect::<BTreeSet<_>>(), names);
}

/// Each of these texts is on a ticket exactly once.
fn assert_on_tickets(stack: &Stack, names: &BTreeSet<String>) {
    let tickets = stack.zendesk.tickets();
    let bodies = tickets.iter().flat_map(|ticket| &ticket.comments);
    let bodies: Vec<String> = bodies.map(|comment| comment.plain_body.clone()).collect();
    assert_eq!(
        bodies.len(),
        names.len(),
        "something came twice or was lost"
    );
    assert_eq!(&bodies.into_iter().collect::<BTreeSet<_>>(), names);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reply_secret_is_changed_under_a_stream_of_replies() {
    let stack = stack().await;
    stack
        .zendesk
        .every_ticket_is_of("user-{ticket}", &["braze_sms"]);
    let key = "zendesk_reply_signing_secret";
    let names = drill(&stack, key, REPLY_SIGNING_SECRET, reply).await;
    assert_sent(&stack, &names);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_solved_secret_is_changed_under_a_stream_of_solves() {
    let stack = stack().await;
    stack
        .zendesk
        .every_ticket_is_of("user-{ticket}", &["braze_sms"]);
    let key = "zendesk_solved_signing_secret";
    let names = drill(&stack, key, SOLVED_SIGNING_SECRET, solved).await;
    assert_sent(&stack, &names);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_inbound_token_is_changed_under_a_stream_of_texts() {
    let stack = stack().await;
    stack
        .zendesk
        .every_ticket_is_of("user-{ticket}", &["braze_sms"]);
    let names = drill(&stack, "braze_inbound_token", INBOUND_TOKEN, text).await;
    assert_on_tickets(&stack, &names);
}

/// The new key is made and stored while the old one works; then the old one is revoked.
#[tokio::test(flavor = "multi_thread")]
async fn the_braze_key_is_changed_under_a_stream_of_replies() {
    let stack = stack().await;
    stack
        .zendesk
        .every_ticket_is_of("user-{ticket}", &["braze_sms"]);
    let old = Options::default().braze.api_key;
    let mut flow = Flow::start(&stack, REPLY_SIGNING_SECRET, reply);
    flow.goes_on().await;
    stack.braze.set_keys(&[&old, "new-key"]);
    stack.secrets.set_key("braze_api_key", "new-key");
    flow.goes_on().await;
    stack.braze.set_keys(&["new-key"]);
    flow.goes_on().await;
    let names = flow.end().await;
    e2e::table::redelivered(&stack).await;
    assert_sent(&stack, &names);
    let calls = stack.braze.calls();
    let refused = calls.iter().filter(|call| call.status == Some(401)).count() as u64;
    let environments = stack.function("zendesk-reply").started();
    assert!(
        (1..=environments).contains(&refused),
        "{refused} of {environments}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_oauth_client_is_changed_under_a_stream_of_texts() {
    let stack = stack().await;
    stack
        .zendesk
        .every_ticket_is_of("user-{ticket}", &["braze_sms"]);
    let account = Options::default().zendesk;
    let old = (
        account.oauth_client_id.as_str(),
        account.oauth_client_secret.as_str(),
    );
    let new = ("new-client", "new-client-secret");
    let mut flow = Flow::start(&stack, INBOUND_TOKEN, text);
    flow.goes_on().await;
    stack.zendesk.set_oauth_clients(&[old, new]);
    let mut secret: serde_json::Value =
        serde_json::from_str(&stack.secrets.text()).expect("an object");
    secret["zendesk_oauth_client_id"] = new.0.into();
    secret["zendesk_oauth_client_secret"] = new.1.into();
    stack.secrets.set(secret.to_string());
    flow.goes_on().await;
    // The old client goes, and its access tokens with it.
    stack.zendesk.set_oauth_clients(&[new]);
    flow.goes_on().await;
    let names = flow.end().await;
    e2e::table::redelivered(&stack).await;
    assert_on_tickets(&stack, &names);
    // Each environment: its first token, one attempt with the old client, one token of the new one.
    let environments = stack.function("braze-inbound").started();
    assert!(token_calls(&stack) <= 3 * environments);
}

/// Every environment has a token of its own; each renews its own once.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_revoked_under_many_environments_is_renewed_once_in_each() {
    let stack = stack().await;
    stack
        .zendesk
        .every_ticket_is_of("user-{ticket}", &["braze_sms"]);
    let mut flow = Flow::start(&stack, INBOUND_TOKEN, text);
    flow.goes_on().await;
    let before = token_calls(&stack);
    stack.zendesk.revoke_tokens();
    flow.goes_on().await;
    flow.goes_on().await;
    let names = flow.end().await;
    e2e::table::redelivered(&stack).await;
    assert_on_tickets(&stack, &names);
    let environments = stack.function("braze-inbound").started();
    let renewed = token_calls(&stack) - before;
    assert!(environments >= 2, "one environment shows little");
    assert!(
        (1..=environments).contains(&renewed),
        "{renewed} of {environments}"
    );
}

fn token_calls(stack: &Stack) -> u64 {
    let calls = stack.zendesk.calls();
    let tokens = calls.iter().filter(|call| call.path == "/oauth/tokens");
    tokens.count() as u64
}
