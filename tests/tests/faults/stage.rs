//! A stack on which many customers play one after the other.
//!
//! In: faults to arm, customers. Out: the stack at rest, marks in its call logs, and the drain by
//! redelivery with waiting times shortened in the table instead of waited for.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use e2e::send::{inbound, inbound_body};
use local::dynamo;
use local::faults::{Fault, Faults};
use local::pictures::Pictures;
use local::{Options, Stack};
use serde_json::{Value, json};
use simulators::braze::{InboundDelivery, SMS_GROUP, User};
use simulators::zendesk::{Mode, Ticket};

use crate::call::{Call, Party};
use crate::fault::{CONDITION, Case, Meanwhile, Times};

/// Longest wait for something that is bound to happen.
const PATIENCE: Duration = Duration::from_secs(30);

/// Runs of redelivery after which nothing may be left.
const ROUNDS: usize = 12;

/// A day, in milliseconds.
const A_DAY: i64 = 24 * 60 * 60 * 1000;

/// Looks at a port that is taken, a tenth of a second apart.
const PORT_TRIES: u32 = 300;

const FUNCTIONS: [&str; 4] = [
    "zendesk-reply",
    "zendesk-solved",
    "braze-inbound",
    "redelivery",
];

static CUSTOMERS: AtomicUsize = AtomicUsize::new(1);

/// How a stack is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Setting {
    /// A short time-out, so that a call that hangs costs a second and a half.
    pub hasty: bool,
    /// Zendesk has no user field for Braze's id: webhooks name no customer.
    pub nameless: bool,
    /// There is a host of customers' pictures.
    pub pictures: bool,
    /// Braze is told of wishes to opt out.
    pub unsubscribing: bool,
    /// Processes are stopped between events, as Lambda freezes them.
    pub freeze: bool,
}

/// A running stack.
pub struct Stage {
    /// Every part of it.
    pub stack: Stack,
    options: Options,
}

/// Where the call logs stood.
#[derive(Debug, Clone, Copy)]
pub struct Marks {
    /// Zendesk's.
    pub zendesk: usize,
    /// Braze's.
    pub braze: usize,
    /// DynamoDB's.
    pub dynamo: usize,
    /// Reads of the secret.
    pub secrets: u64,
    /// Downloads of pictures.
    pub pictures: usize,
    /// Calls of DynamoDB and the host of pictures that hung.
    stuck: [usize; 2],
    /// Calls of both that met a fault.
    met: [usize; 2],
}

impl Stage {
    /// Starts a stack; webhooks wait until they are released.
    pub async fn start(setting: Setting) -> Self {
        let mut options = Options::default();
        options.limits.freeze = setting.freeze;
        options.pictures = setting.pictures;
        if setting.freeze {
            // The vendors restart on their ports, which nobody may take meanwhile.
            options.zendesk.port = lasting_port(21_000);
            options.braze.port = lasting_port(25_000);
        }
        if setting.hasty {
            options.timeout = Duration::from_millis(2_500);
        }
        options.redelivery_timeout =
            Duration::from_millis(if setting.hasty { 6_000 } else { 15_000 });
        if setting.nameless {
            options.zendesk.custom_field = None;
        }
        // Cells follow each other faster than the schedule runs.
        options.zendesk.limits.exports_per_minute = 1_000_000;
        if setting.unsubscribing {
            e2e::set(&mut options, "BRAZE_SUBSCRIPTION_GROUP_ID", SMS_GROUP);
            e2e::set(&mut options, "CHECK_SUBSCRIPTION", "off");
            e2e::set(&mut options, "OPT_OUT_WORDS", "unsubscribe");
        }
        options.zendesk.retry_wait_scale = 0.0;
        options.braze.retry_wait_scale = 0.0;
        let stack = Stack::start(options.clone()).await;
        let stack = stack.expect("the stack starts");
        stack.zendesk.webhook_delivery(Mode::Held);
        let stage = Self { stack, options };
        stage.looked_at_until_ten_minutes_ago();
        stage
    }

    /// Of a longer time redelivery would search for what changed, and find what other customers' cells did.
    fn looked_at_until_ten_minutes_ago(&self) {
        let at = e2e::send::now_ms() - 10 * 60 * 1000;
        let item = json!({"pk": {"S": "cursor#tickets"}, "v": {"N": "1"}, "seen_until": {"N": at.to_string()}});
        self.stack.dynamo.put(&item).expect("the table takes it");
    }

    /// A customer nobody has heard of.
    pub fn new_customer(&self) -> String {
        let number = CUSTOMERS.fetch_add(1, Ordering::Relaxed);
        let customer = format!("c{number}");
        let phone = format!("+1555{number:07}");
        let user = User::new(&customer, "Ana", "Silva", &phone);
        self.stack.braze.add_user(user);
        customer
    }

    /// A customer texts; with all of Braze's retries.
    pub async fn text(&self, customer: &str, text: &str) {
        self.text_with(customer, text, &[]).await;
    }

    /// A customer texts and sends pictures; with all of Braze's retries.
    pub async fn text_with(&self, customer: &str, text: &str, pictures: &[String]) {
        let braze = &self.stack.braze;
        braze.customer_texts(customer, text, pictures).await;
        self.rest().await;
    }

    /// Every webhook that waits is made, with all of Zendesk's retries.
    pub async fn release(&self) {
        self.stack.zendesk.release_all().await;
        self.rest().await;
    }

    /// Waits until no function works.
    pub async fn rest(&self) {
        for name in FUNCTIONS {
            let rested = self.stack.function(name).wait_running(0, PATIENCE).await;
            assert!(rested, "{name} does not come to an end");
        }
    }

    /// The next event of every function is a cold start.
    pub async fn cool(&self) {
        for name in FUNCTIONS {
            self.stack.function(name).end_idle().await;
        }
    }

    /// Kills whatever works on an event.
    pub fn kill(&self) -> usize {
        let killed = FUNCTIONS.map(|name| self.stack.function(name).kill_in_flight());
        killed.iter().sum()
    }

    /// Where the call logs stand.
    pub fn marks(&self) -> Marks {
        Marks {
            zendesk: self.stack.zendesk.calls().len(),
            braze: self.stack.braze.calls().len(),
            dynamo: self.stack.dynamo.calls().len(),
            secrets: self.stack.secrets.reads(),
            pictures: self.downloads(),
            stuck: self.books().map(|book| book.map_or(0, Faults::stuck)),
            met: self.books().map(|book| book.map_or(0, Faults::met)),
        }
    }

    /// How many pictures were asked for.
    pub fn downloads(&self) -> usize {
        self.stack.pictures.as_ref().map_or(0, Pictures::asked)
    }

    /// The faults of DynamoDB and of the host of pictures.
    fn books(&self) -> [Option<&Faults>; 2] {
        let pictures = self.stack.pictures.as_ref().map(Pictures::faults);
        [Some(self.stack.dynamo.faults()), pictures]
    }

    /// Arms a fault on a call.
    pub async fn arm(&self, call: &Call, case: &Case) {
        let Some(effect) = case.effect.clone() else {
            let address = Some("http://127.0.0.1:1");
            return self.point(call.party, address).await;
        };
        let fault = Fault {
            operation: call.operation.clone(),
            effect,
            skip: call.nth,
            times: match case.times {
                Times::Once => Some(1),
                Times::Some(times) => Some(times),
                Times::While => None,
            },
        };
        match call.party {
            Party::Zendesk => self.stack.zendesk.fault(fault),
            Party::Braze => self.stack.braze.fault(fault),
            Party::Dynamo => self.stack.dynamo.faults().add(fault),
            Party::Secrets => self.stack.secrets.faults().add(fault),
            Party::Pictures => self.books()[1].expect("a host").add(fault),
        }
    }

    /// The next write of the table is throttled, once.
    pub fn throttle_once(&self) {
        let once = Fault::once("UpdateItem", dynamo::throttled());
        self.stack.dynamo.faults().add(once);
    }

    /// Waits for the write that is held up, lets somebody else come first, and lets it go on; false
    /// where no write is held up.
    pub async fn meanwhile(&self, customer: &str, other: Meanwhile) -> bool {
        let faults = self.stack.dynamo.faults();
        let limit = Duration::from_secs(10);
        let held = faults.wait_held(CONDITION, 1, limit).await;
        if held {
            match other {
                Meanwhile::Event => {
                    // Without its words: they would be a text on the ticket.
                    let dispatch = format!("help-of-{customer}");
                    let mut help = inbound_body(customer, "", &dispatch);
                    help["kind"] = json!("help");
                    inbound(&self.stack, help.to_string()).await;
                }
                Meanwhile::Redelivery => {
                    self.make_due(customer);
                    // It may meet the other fault, and fail.
                    let _ = self.stack.redeliver().await;
                }
            }
        }
        faults.release(CONDITION);
        held
    }

    /// Ends every fault.
    pub async fn mend(&self, call: &Call, case: &Case) {
        self.stack.zendesk.clear_faults();
        self.stack.braze.clear_faults();
        self.books().into_iter().flatten().for_each(Faults::clear);
        self.stack.secrets.faults().clear();
        if case.effect.is_none() {
            self.point(call.party, None).await;
        }
        // Processes remember that a vendor limited the rate, refused the credentials or was down
        // (the breaker): the next events start afresh, so that no cell leans on another.
        self.cool().await;
    }

    /// Makes the functions call another address of a vendor, or the right one again.
    async fn point(&self, party: Party, address: Option<&str>) {
        let (name, usual) = match party {
            Party::Braze => ("BRAZE_BASE_URL", self.stack.braze.base_url()),
            _ => ("ZENDESK_BASE_URL", self.stack.zendesk.base_url()),
        };
        for function in FUNCTIONS {
            let pool = self.stack.function(function);
            pool.set_variable(name, Some(address.unwrap_or(&usual)))
                .await;
        }
    }

    /// Whether a call since the marks met a fault.
    pub fn met(&self, call: &Call, case: &Case, marks: Marks) -> bool {
        let of_vendor = |calls: Vec<simulators::Call>, mark: usize| {
            calls[mark..].iter().any(|call| call.fault.is_some())
        };
        let met = |book: usize| self.books()[book].map_or(0, Faults::met) > marks.met[book];
        match call.party {
            _ if case.effect.is_none() => true,
            Party::Zendesk => of_vendor(self.stack.zendesk.calls(), marks.zendesk),
            Party::Braze => of_vendor(self.stack.braze.calls(), marks.braze),
            Party::Dynamo => met(0),
            Party::Pictures => met(1),
            Party::Secrets => true,
        }
    }

    /// Waits until a call since the marks is held up; false when that does not happen.
    pub async fn wait_stuck(&self, party: Party, marks: Marks) -> bool {
        let faulty = |calls: &[simulators::Call], mark: usize| {
            calls[mark..].iter().any(|call| call.fault.is_some())
        };
        let limit = Duration::from_secs(10);
        match party {
            Party::Zendesk => {
                let zendesk = &self.stack.zendesk;
                zendesk
                    .wait_until(limit, |state| faulty(&state.calls, marks.zendesk))
                    .await
            }
            Party::Braze => {
                let braze = &self.stack.braze;
                braze
                    .wait_until(limit, |state| faulty(&state.calls, marks.braze))
                    .await
            }
            party => {
                let book = usize::from(party == Party::Pictures);
                let faults = self.books()[book].expect("it is there");
                faults.wait_stuck(marks.stuck[book] + 1, limit).await
            }
        }
    }

    /// Every call that was held up goes on.
    pub fn release_holds(&self, name: &str) {
        self.stack.zendesk.release_hold(name);
        self.stack.braze.release_hold(name);
        for book in self.books().into_iter().flatten() {
            book.release(name);
        }
    }

    /// A customer's tickets, oldest first.
    pub fn tickets(&self, customer: &str) -> Vec<Ticket> {
        let mut tickets = self.stack.zendesk.tickets();
        tickets.retain(|ticket| ticket.requester.external_id.as_deref() == Some(customer));
        tickets
    }

    /// What Braze made of a customer's texts.
    pub fn inbound(&self, customer: &str) -> Vec<InboundDelivery> {
        let log: Vec<InboundDelivery> =
            serde_json::from_value(self.stack.braze.snapshot()["inbound_log"].clone())
                .expect("Braze's own log");
        let own = log.into_iter();
        own.filter(|delivery| delivery.external_user_id == customer)
            .collect()
    }

    /// A customer's items: the conversation, and what waits under the names of its tickets.
    pub fn items(&self, customer: &str) -> Vec<Value> {
        let mut keys = vec![format!("customer#{customer}")];
        keys.extend(
            self.tickets(customer)
                .iter()
                .map(|ticket| format!("ticket#{}", ticket.id)),
        );
        let item = |key: &String| self.stack.dynamo.item(key).expect("the table can be read");
        keys.iter().filter_map(item).collect()
    }

    /// Makes due at once whatever waits; says how many items wait.
    pub fn make_due(&self, customer: &str) -> usize {
        let items = self.items(customer);
        let waiting = items.iter().filter(|item| item.get("due_at").is_some());
        let mut count = 0;
        for item in waiting {
            count += 1;
            let key = item["pk"]["S"].as_str().unwrap_or_default();
            let mut changes = json!({"due_at": {"N": "1"}});
            if let Some(memory) = without_pauses(item) {
                changes["memory"] = json!({"S": memory});
            }
            let edited = self.stack.dynamo.edit(key, &changes);
            edited.expect("the item is there");
        }
        count
    }

    /// Lets a day pass for a conversation whose ticket has just come into the export, so that redelivery
    /// compares it with its ticket.
    pub fn a_day_later(&self, customer: &str) {
        let ticket = self.tickets(customer).last().map(|ticket| ticket.id);
        let zendesk = &self.stack.zendesk;
        zendesk.only_changed(ticket, Duration::from_secs(90));
        self.looked_at_until_ten_minutes_ago();
        self.remember(customer, |memory| {
            let since = memory["since"].as_i64().unwrap_or_default();
            memory["since"] = json!(since - A_DAY);
            memory["checked_at"] = json!(0);
        });
    }

    /// The customer was told of the solve a day before.
    pub fn told_a_day_ago(&self, customer: &str) {
        self.remember(customer, |memory| {
            let notified_at = memory["notified_at"].as_i64().expect("told");
            memory["notified_at"] = json!(notified_at - A_DAY);
        });
    }

    /// Changes what a conversation remembers.
    fn remember(&self, customer: &str, change: impl FnOnce(&mut Value)) {
        let key = format!("customer#{customer}");
        let item = self.stack.dynamo.item(&key).expect("the table can be read");
        let memory = item.as_ref().and_then(|item| item["memory"]["S"].as_str());
        if let Some(mut memory) = memory.and_then(|text| serde_json::from_str::<Value>(text).ok()) {
            change(&mut memory);
            let changes = json!({"memory": {"S": memory.to_string()}});
            let edited = self.stack.dynamo.edit(&key, &changes);
            edited.expect("the item is there");
        }
    }

    /// Removes the conversations of all others, which were judged.
    pub fn forget_others(&self, customer: &str) {
        let own = format!("customer#{customer}");
        for item in self.stack.dynamo.items().expect("the table can be read") {
            let key = item["pk"]["S"].as_str().unwrap_or_default();
            if key != own {
                self.stack.dynamo.remove(key).expect("the item is there");
            }
        }
    }

    /// A day later a run of redelivery compares a conversation with its ticket.
    ///
    /// # Errors
    ///
    /// Where redelivery fails.
    pub async fn compare(&self, customer: &str) -> Result<(), String> {
        self.a_day_later(customer);
        // A run reads a hundred items of the table.
        let pages = self
            .stack
            .dynamo
            .items()
            .map_or(0, |items| items.len() / 100);
        for _ in 0..=pages + 1 {
            let run = self.stack.redeliver().await;
            run.map_err(|error| format!("redelivery failed without a fault: {error:?}"))?;
        }
        Ok(())
    }

    /// Runs redelivery until nothing waits; says how many runs it took.
    ///
    /// # Errors
    ///
    /// Where an item is inconsistent, or something still waits after a dozen runs.
    pub async fn drain(&self, customer: &str) -> Result<usize, String> {
        for round in 0..ROUNDS {
            self.rest().await;
            for item in self.items(customer) {
                check_waiting(&item)?;
            }
            if self.make_due(customer) == 0 {
                return Ok(round);
            }
            let run = self.stack.redeliver().await;
            run.map_err(|error| format!("redelivery failed without a fault: {error:?}"))?;
        }
        Err(format!(
            "something still waits after {ROUNDS} runs of redelivery"
        ))
    }

    /// Both vendors restart: every connection to them is closed, and nothing else changes.
    pub async fn restart_vendors(&mut self) {
        let port = |url: String| url.rsplit(':').next().and_then(|port| port.parse().ok());
        let mut config = self.options.zendesk.clone();
        config.port = port(self.stack.zendesk.base_url()).expect("a port");
        let snapshot = self.stack.zendesk.snapshot();
        self.stack.zendesk.shutdown().await;
        let start = || simulators::zendesk::Zendesk::start(config.clone());
        self.stack.zendesk = on_its_port(start).await;
        self.stack
            .zendesk
            .restore(snapshot)
            .expect("its own snapshot");
        self.stack.zendesk.webhook_delivery(Mode::Held);
        let mut config = self.options.braze.clone();
        config.port = port(self.stack.braze.base_url()).expect("a port");
        let snapshot = self.stack.braze.snapshot();
        self.stack.braze.shutdown().await;
        let start = || simulators::braze::Braze::start(config.clone());
        self.stack.braze = on_its_port(start).await;
        self.stack
            .braze
            .restore(snapshot)
            .expect("its own snapshot");
    }
}

/// Starts what had a port before. Another test's connection may go out by that port for a moment.
async fn on_its_port<T, F: Future<Output = io::Result<T>>>(start: impl Fn() -> F) -> T {
    for _ in 0..PORT_TRIES {
        match start().await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            started => return started.expect("started"),
        }
    }
    panic!("the port is not free again");
}

/// An item's memory with its pauses over; `None` where there are none.
fn without_pauses(item: &Value) -> Option<String> {
    let mut memory: Value = serde_json::from_str(item["memory"]["S"].as_str()?).ok()?;
    for (name, wait) in memory.as_object_mut()? {
        if name.ends_with("_wait") {
            wait["until"] = json!(0);
        }
    }
    Some(memory.to_string())
}

/// Lease and due time are there exactly while the mailbox is not empty.
fn check_waiting(item: &Value) -> Result<(), String> {
    let mail = item["mailbox"]["L"].as_array().map_or(0, Vec::len);
    let there = |name: &str| item.get(name).is_some();
    let due = there("due_at") && there("due_shard") && there("lease");
    let none = !there("due_at") && !there("due_shard") && !there("lease");
    match mail {
        0 if none => Ok(()),
        0 => Err("the mailbox is empty, and the item is due or leased".to_owned()),
        _ if due => Ok(()),
        mail => Err(format!("{mail} events wait without a due time or lease")),
    }
}

/// A free port from there on, below the range from which systems give ports out.
fn lasting_port(from: u16) -> u16 {
    let free = |port: &u16| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok();
    (from..from + 3_000).find(free).expect("a port is free")
}
