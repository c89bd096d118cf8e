//! Many requests of nobody: they end at the door, and those of Zendesk and Braze do not.

use std::time::{Duration, Instant};

use local::client::Client;
use local::{Options, Stack};
use tokio::task::JoinSet;

use crate::kit::{
    AGENT_SAYS, AGENT_SOLVES, Answer, CUSTOMER_TEXTS, INBOUND, Post, REPLY, SOLVED,
    assert_not_authentic, assert_untouched, with,
};

/// Requests of the flood, unless `FLOOD_REQUESTS` says otherwise.
const REQUESTS: usize = 1_000;
/// Requests of the flood under way at any time: fewer than the environments of the functions.
const AT_ONCE: usize = 9;
/// What the largest process may grow by in four fifths of the flood, in KB: one body of a forgery
/// kept for each request would be far more.
const MOST_GROWTH_KB: u64 = 4_096;
/// Genuine events sent meanwhile, at least.
const GENUINE: usize = 30;

fn requests() -> usize {
    #[expect(
        clippy::disallowed_methods,
        reason = "an option of this test, not of the bundle"
    )]
    let given = std::env::var("FLOOD_REQUESTS").ok();
    given.map_or(REQUESTS, |given| given.parse().expect("a number"))
}

/// One of the forgeries, each on its route: unsigned, wrongly signed, stale, guessed, too large.
fn forgery(number: usize) -> Post {
    let body = AGENT_SAYS.replace("901", &number.to_string());
    match number % 6 {
        0 => Post::new(REPLY, body),
        1 => Post::signed(REPLY, "guessed", body),
        2 => Post::signed(SOLVED, "guessed", AGENT_SOLVES),
        3 => Post::signed_at(SOLVED, "guessed", AGENT_SOLVES, "2020-01-01T00:00:00Z"),
        4 => Post::bearer(&format!("Bearer guess-{number}"), CUSTOMER_TEXTS),
        _ => Post::new(INBOUND, "{".repeat(20_000)),
    }
}

/// Sends the flood, and gives how long each request took.
async fn flood(stack: &Stack, requests: usize) -> Vec<Duration> {
    let client = Client::new(Duration::from_secs(60));
    let mut sent = JoinSet::new();
    let front = stack.front_url();
    let mut took = Vec::with_capacity(requests);
    for number in 0..requests {
        if sent.len() == AT_ONCE {
            took.extend(sent.join_next().await.map(|one| one.expect("refused")));
        }
        let (client, front) = (client.clone(), front.clone());
        sent.spawn(async move {
            let begin = Instant::now();
            let answer = forgery(number).send_to(&client, &front).await;
            assert_not_authentic(&answer, "a forgery");
            begin.elapsed()
        });
    }
    took.extend(sent.join_all().await);
    took
}

/// The n-th genuine event; each its own customer, so that nothing waits for another.
fn genuine(number: usize) -> Post {
    // Each customer's own ticket has the customer's number.
    let number = number + 50_001;
    let own = |body: &str| {
        body.replace("\"ana\"", &format!("\"genuine-{number}\""))
            .replace("\"35\"", &format!("\"{number}\""))
    };
    match number % 3 {
        0 => Post::reply(own(AGENT_SAYS).replace("901", &(50_000 + number).to_string())),
        1 => Post::solved(own(AGENT_SOLVES)),
        _ => Post::text(own(CUSTOMER_TEXTS).replace("d-1", &number.to_string())),
    }
}

/// The largest resident set of the functions' processes that are waiting, in KB; `None` where the
/// system does not tell.
fn largest_process(stack: &Stack) -> Option<u64> {
    let functions = ["zendesk-reply", "zendesk-solved", "braze-inbound"];
    let processes = functions
        .map(|name| stack.function(name).processes())
        .concat();
    let resident = processes.into_iter().filter_map(|process| {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.split_whitespace().next()?.parse().ok()
    });
    resident.max()
}

fn percentile(took: &mut [Duration], percent: usize) -> Duration {
    took.sort_unstable();
    took[(took.len() - 1) * percent / 100]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_forgeries_reaches_nothing_behind_the_door() {
    let mut options = Options::default();
    options.limits.environments = AT_ONCE + 1;
    let stack = with(options).await;
    // Every environment is there and has refused every kind of forgery before memory is looked at.
    let begin = Instant::now();
    let mut took = flood(&stack, requests() / 5).await;
    let early = largest_process(&stack);
    took.extend(flood(&stack, requests() - took.len()).await);
    let elapsed = begin.elapsed();
    assert_untouched(&stack);
    let late = largest_process(&stack);
    if let (Some(early), Some(late)) = (early, late) {
        assert!(
            late < early + MOST_GROWTH_KB,
            "memory grows: {early} KB, then {late} KB"
        );
    }
    // A first read in each environment; where a proof fits no secret three more and then one in
    // 30 s, because that is what a rotation looks like.
    let environments: u64 = ["zendesk-reply", "zendesk-solved", "braze-inbound"]
        .map(|name| stack.function(name).started())
        .iter()
        .sum();
    let spans = elapsed.as_secs() / 30;
    let reads = stack.secrets.reads();
    assert!(
        reads <= environments * (1 + 3 + spans),
        "{reads} reads of {environments} environments"
    );
    println!(
        "flood alone: {} requests in {elapsed:.1?}, half within {:?}, 99 of 100 within {:?}; \
         {environments} environments, {reads} reads of the secret; largest process {early:?} KB \
         after a fifth, {late:?} KB at the end",
        took.len(),
        percentile(&mut took, 50),
        percentile(&mut took, 99),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn genuine_events_are_accepted_during_a_flood() {
    let mut options = Options::default();
    options.limits.environments = AT_ONCE + 1;
    let stack = std::sync::Arc::new(with(options).await);
    stack
        .zendesk
        .every_ticket_is_of("genuine-{ticket}", &["braze_sms"]);
    let attacked = std::sync::Arc::clone(&stack);
    let flooding = tokio::spawn(async move { flood(&attacked, requests()).await });
    let mut took = Vec::new();
    while took.len() < GENUINE || !flooding.is_finished() {
        let begin = Instant::now();
        let answer: Answer = genuine(took.len()).send(&stack).await;
        took.push(begin.elapsed());
        assert!(
            matches!(answer.outcome(), "delivered" | "queued"),
            "{answer:?}"
        );
    }
    let forged = flooding.await.expect("the flood");
    let items = stack.dynamo.items().expect("items");
    let customers = items.iter().filter(|item| {
        item["pk"]["S"]
            .as_str()
            .is_some_and(|pk| pk.starts_with("customer#genuine-"))
    });
    assert_eq!(
        customers.count(),
        took.len(),
        "one conversation for each genuine event"
    );
    let others = items.iter().filter_map(|item| item["pk"]["S"].as_str());
    let others: Vec<&str> = others
        .filter(|pk| !pk.starts_with("customer#genuine-") && !pk.starts_with("ticket#"))
        .collect();
    assert_eq!(others, [""; 0], "the flood stored something");
    println!(
        "flood of {} with {} genuine events: all accepted, half within {:?}, 99 of 100 within {:?}",
        forged.len(),
        took.len(),
        percentile(&mut took, 50),
        percentile(&mut took, 99),
    );
}
