//! Many customers on one stack, each with a ticket of their own, so that a test can try many texts.

use e2e::{send, settled, stack};
use local::Stack;
use simulators::braze::{InboundDelivery, User};
use simulators::zendesk::{Status, Ticket};

/// The closing message where nothing else is set.
pub const CLOSING: &str = "Your ticket has been closed";

/// What became of a text.
pub struct After {
    /// The text.
    pub text: String,
    /// What Braze made of it, and what the bridge answered.
    pub delivery: InboundDelivery,
    /// The tickets of its customer.
    pub tickets: Vec<Ticket>,
}

impl After {
    /// Whether it is the one public comment that was added to the only ticket.
    pub fn is_shown(&self) -> bool {
        let [ticket] = self.tickets.as_slice() else {
            return false;
        };
        match &e2e::view::public(ticket)[1..] {
            [added] => visible(added) == visible(&self.text),
            _ => false,
        }
    }

    /// Whether it is shown, and the ticket's status is this one still.
    pub fn is_shown_and_changes_nothing(&self, status: Status) -> bool {
        self.is_shown() && self.tickets[0].status == status
    }
}

/// A text without its blanks.
fn visible(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != '\u{200b}')
        .collect()
}

/// A stack, and as many customers known to Braze as there are texts.
pub struct Crowd {
    /// The stack.
    pub stack: Stack,
    /// External ids.
    pub customers: Vec<String>,
}

impl Crowd {
    /// So many customers who have not texted yet.
    pub async fn strangers(count: usize) -> Self {
        let stack = stack().await;
        let customers: Vec<String> = (1..=count)
            .map(|number| format!("customer-{number}"))
            .collect();
        for (number, id) in customers.iter().enumerate() {
            let phone = format!("+1555020{number:04}");
            stack.braze.add_user(User::new(id, "Ana", "Silva", &phone));
        }
        Self { stack, customers }
    }

    /// So many customers, each with an open ticket.
    pub async fn with_tickets(count: usize) -> Self {
        let crowd = Self::strangers(count).await;
        for customer in &crowd.customers {
            send::text(&crowd.stack, customer, "SUPPORT").await;
        }
        settled(&crowd.stack).await;
        crowd.set_status(Status::Open).await;
        crowd
    }

    /// So many customers, each with a ticket that was solved and the closing message on the phone.
    pub async fn solved(count: usize) -> Self {
        let crowd = Self::with_tickets(count).await;
        crowd.set_status(Status::Solved).await;
        for customer in &crowd.customers {
            assert_eq!(e2e::view::phone(&crowd.stack, customer), [CLOSING]);
        }
        crowd
    }

    /// An agent sets every ticket's status.
    pub async fn set_status(&self, status: Status) {
        for ticket in self.stack.zendesk.tickets() {
            let set = self.stack.zendesk.set_status(ticket.id, status);
            assert!(set.is_ok(), "{set:?}");
        }
        settled(&self.stack).await;
    }

    /// Each customer sends one of the texts.
    pub async fn send(&self, texts: &[&str]) -> Vec<After> {
        let mut sent = Vec::new();
        for (customer, text) in self.customers.iter().zip(texts) {
            sent.push(self.stack.braze.customer_texts(customer, text, &[]).await);
        }
        settled(&self.stack).await;
        let texts = self.customers.iter().zip(texts).zip(sent);
        texts
            .map(|((customer, text), delivery)| After {
                text: (*text).to_owned(),
                delivery,
                tickets: tickets_of(&self.stack, customer),
            })
            .collect()
    }
}

/// The tickets of a customer, whatever external id the bridge gave them.
pub fn tickets_of(stack: &Stack, customer: &str) -> Vec<Ticket> {
    let users: Vec<u64> = users_of(stack, customer)
        .iter()
        .map(|user| user.id)
        .collect();
    let mut tickets = stack.zendesk.tickets();
    tickets.retain(|ticket| users.contains(&ticket.requester.id));
    tickets
}

/// The Zendesk users whose Braze id this is.
pub fn users_of(stack: &Stack, customer: &str) -> Vec<simulators::zendesk::AccountUser> {
    let mut users = stack.zendesk.users();
    users.retain(|user| {
        let field = user.user_fields.get("braze_external_id");
        field.and_then(serde_json::Value::as_str) == Some(customer)
    });
    users
}

/// Each text is sent by a customer whose ticket was just solved.
pub async fn after_a_solve(texts: &[&str]) -> Vec<After> {
    Crowd::solved(texts.len()).await.send(texts).await
}

/// Each text is sent by a customer with a ticket of this status.
pub async fn on_a_ticket(status: Status, texts: &[&str]) -> Vec<After> {
    let crowd = Crowd::with_tickets(texts.len()).await;
    crowd.set_status(status).await;
    crowd.send(texts).await
}

/// Each text is the first that its customer ever sends.
pub async fn out_of_the_blue(texts: &[&str]) -> Vec<After> {
    Crowd::strangers(texts.len()).await.send(texts).await
}

/// The texts that do not meet an expectation.
pub fn others(all: &[After], meets: impl Fn(&After) -> bool) -> Vec<String> {
    let others = all.iter().filter(|after| !meets(after));
    others.map(|after| after.text.clone()).collect()
}
