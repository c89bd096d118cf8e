//! The calls of every event, in the table of `docs/security.md`. `UPDATE_DOCS=1` rewrites it.

use super::*;

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/security.md");
const HEAD: &str = "| event | calls, in their order | what follows |\n|---|---|---|\n";

/// A row: what happens, whose conversation it happens to, and what Zendesk answers.
struct Row {
    what: &'static str,
    conversation: Conversation,
    body: Body,
    zendesk: fn(&Step) -> Outcome,
}

impl Row {
    /// On Ana's open ticket 35, where everything is as she left it.
    fn of(what: &'static str, body: Body) -> Self {
        let mut conversation = Conversation::on_ticket(Status::Open);
        conversation.policy.tag = Some("braze_sms".to_owned());
        Self {
            what,
            conversation,
            body,
            zendesk: |step| match step {
                Step::LookUpTicket(id) => {
                    Outcome::Ticket(Some(facts(*id, Status::Open, &["braze_sms"])))
                }
                step => works(step),
            },
        }
    }

    fn where_zendesk(self, zendesk: fn(&Step) -> Outcome) -> Self {
        Self { zendesk, ..self }
    }

    /// Of a customer who never wrote before.
    fn of_a_stranger(mut self) -> Self {
        self.conversation.state = State::default();
        self
    }

    fn line(mut self) -> String {
        let (steps, end) = self.conversation.play(self.body, self.zendesk);
        let calls = listed(names(&steps));
        let follow = match &end {
            End::Done(_, follow) | End::First(follow) => follow.as_slice(),
            _ => &[],
        };
        let follow = listed(follow.iter().map(|entry| entry.event.body.kind()).collect());
        let dead = match end {
            End::Done(Ending::Dead(_), _) => "a dead letter; ",
            _ => "",
        };
        format!("| {} | {calls} | {dead}{follow} |\n", self.what)
    }
}

fn listed(names: Vec<&str>) -> String {
    let quoted = names.iter().map(|name| format!("`{name}`"));
    let quoted: Vec<String> = quoted.collect();
    match quoted.is_empty() {
        true => "none".to_owned(),
        false => quoted.join(", "),
    }
}

fn tags() -> Option<Vec<String>> {
    Some(vec!["braze_sms".to_owned()])
}

fn said(requester: Option<u64>, on: u64) -> Reply {
    Reply {
        ticket: Some(ticket(on)),
        requester: requester.and_then(UserId::new),
        tags: requester.and_then(|_| tags()),
        ..reply(501, "Hello")
    }
}

fn solve(requester: Option<u64>) -> Body {
    Body::Solved(Solved {
        ticket: Some(ticket(35)),
        requester: requester.and_then(UserId::new),
        tags: requester.and_then(|_| tags()),
        ..Solved::default()
    })
}

/// An answer of an agent that no webhook reported.
fn missed() -> Outcome {
    Outcome::Comments(vec![FetchedComment {
        comment: comment(450),
        by_agent: true,
        by_end_user: false,
        public: true,
        text: "Hello".into(),
        files: vec![],
        author: Personal::default(),
        created_at: NOW - HOUR / 2,
    }])
}

/// Ticket 35 as it is now: its requester, and their Braze id.
fn given_to(user: u64, customer: Option<&str>) -> Outcome {
    Outcome::Ticket(Some(TicketFacts {
        requester: UserId::new(user),
        customer: customer.and_then(|id| id.parse().ok()),
        ..facts(ticket(35), Status::Open, &["braze_sms"])
    }))
}

fn another_requester(step: &Step) -> Outcome {
    match step {
        Step::LookUpTicket(_) => given_to(8, None),
        Step::Append(new) => Outcome::Posted(Written {
            ticket: new.ticket,
            status: Some(Status::Open),
            comment: CommentId::new(900),
            requester: UserId::new(8),
            tags: tags(),
        }),
        Step::CreateTicket(_) => Outcome::Posted(Written {
            ticket: ticket(36),
            status: Some(Status::New),
            comment: CommentId::new(901),
            requester: UserId::new(7),
            tags: tags(),
        }),
        step => works(step),
    }
}

fn rows() -> Vec<Row> {
    let tagged = |step: &Step| match step {
        Step::LookUpTicket(id) => Outcome::Ticket(Some(facts(*id, Status::Open, &["braze_sms"]))),
        Step::FetchComments(_) => missed(),
        step => works(step),
    };
    vec![
        Row::of("a text on the known ticket", text("Hello")),
        Row::of(
            "an answer on it, whose body names `requester_id` and `tags`",
            Body::Reply(said(Some(7), 35)),
        ),
        Row::of("a solve of it, whose body names both", solve(Some(7))),
        Row::of("the first text of a customer", text("Hello")).of_a_stranger(),
        Row::of(
            "an answer whose body does not name them",
            Body::Reply(said(None, 35)),
        ),
        Row::of("a solve whose body does not name them", solve(None)),
        Row::of(
            "an answer on another ticket of the customer's",
            Body::Reply(said(Some(7), 36)),
        ),
        Row::of(
            "a solve, with an answer that no webhook reported",
            solve(Some(7)),
        )
        .where_zendesk(tagged),
        Row::of(
            "a text on a ticket that was given to another person",
            text("Hello"),
        )
        .where_zendesk(another_requester),
        Row::of(
            "an answer on such a ticket, whose body does not name them",
            Body::Reply(said(None, 35)),
        )
        .where_zendesk(another_requester),
        Row::of(
            "an answer whose body names another requester than the ticket's",
            Body::Reply(said(Some(8), 35)),
        ),
    ]
}

#[test]
fn the_calls_of_every_event_stand_in_the_document() {
    let found: String = rows().into_iter().map(Row::line).collect();
    let page = std::fs::read_to_string(DOCUMENT).expect("the document");
    let (before, table) = page.split_once(HEAD).expect("its table");
    let end = table.find("\n\n").expect("a paragraph after it") + 1;
    let (documented, after) = table.split_at(end);
    if std::env::vars_os().any(|(name, _)| name == "UPDATE_DOCS") {
        let page = format!("{before}{HEAD}{found}{after}");
        std::fs::write(DOCUMENT, page).expect("written");
        return;
    }
    assert_eq!(documented, found, "UPDATE_DOCS=1 rewrites it");
}
