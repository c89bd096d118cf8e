//! What people do, and what must have come of it.
//!
//! In: nothing. Out: the flows, their names, and what is expected of each. How they are played is
//! told in `play`.

use crate::fault::Meanwhile;
use crate::stage::Setting;

/// What the simulated Zendesk's solved trigger brings as closing message.
const CLOSING: &str = "Your ticket has been closed";

/// One flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flow {
    /// A customer nobody knows texts.
    FirstText,
    /// Text on an open ticket.
    TextOnOpen,
    /// Text on a solved ticket.
    TextOnSolved,
    /// Text on a closed ticket.
    TextOnClosed,
    /// Text on a deleted ticket.
    TextOnDeleted,
    /// The customer texts STOP.
    OptOut,
    /// An agent answers.
    Reply,
    /// An agent's answer takes several messages.
    LongReply,
    /// The webhook does not name the customer.
    NamelessReply,
    /// An agent answers a customer who opted out.
    ReplyAfterOptOut,
    /// An agent solves the ticket.
    Solved,
    /// An agent answers and solves in one submit; the answer's webhook never comes.
    SolvedWithMissedReply,
    /// Redelivery of a text that waits.
    RedeliveredText,
    /// Redelivery of an answer that waits.
    RedeliveredReply,
    /// The agent asks for an SMS once more whose outcome nobody knew.
    Resend,
    /// Redelivery finds an answer that no webhook reported.
    Comparison,
    /// A customer who had opted out texts START.
    OptIn,
    /// The customer texts HELP.
    Help,
    /// Text on a ticket that was merged into another one.
    TextOnMerged,
    /// Text with a picture.
    Picture,
    /// Redelivery of a text whose append got no answer, and was done.
    FoundText,
    /// Redelivery of a text whose append got no answer, and was not done.
    MissingText,
    /// Redelivery of a text whose ticket was created without an answer.
    FoundTicket,
    /// A ticket is reopened without a word, and solved once more.
    SolvedAgain,
    /// Redelivery finds such a second solve, which no webhook reported.
    FoundSolve,
    /// Redelivery finds that the agent asked for an SMS once more, which no webhook reported.
    FoundRequest,
    /// The customer asks for no more texts in other words than STOP, and Braze is told.
    OptOutInWords,
}

/// What must be true in the end, whatever went wrong.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// The customer's texts on their tickets, in order.
    pub texts: Vec<&'static str>,
    /// What reaches the phone, in order; parts of a long answer are one entry each.
    pub sms: Vec<String>,
    /// Internal notes.
    pub notes: usize,
    /// Further notes that say that what was not known to be sent is sent now; none where it is not.
    pub put_right: usize,
    /// Files that customers sent.
    pub files: usize,
    /// The customer wants no SMS.
    pub opted_out: bool,
    /// Braze's `zendesk_ticket_open`; `None`: never set.
    pub open: Option<bool>,
}

impl Expected {
    /// The same where something else came in as well.
    pub fn with(mut self, meanwhile: Option<Meanwhile>) -> Self {
        // HELP leaves a note.
        self.notes += usize::from(meanwhile == Some(Meanwhile::Event));
        self
    }
}

impl Flow {
    /// All flows.
    pub const ALL: [Self; 27] = [
        Self::FirstText,
        Self::TextOnOpen,
        Self::TextOnSolved,
        Self::TextOnClosed,
        Self::TextOnDeleted,
        Self::OptOut,
        Self::Reply,
        Self::LongReply,
        Self::NamelessReply,
        Self::ReplyAfterOptOut,
        Self::Solved,
        Self::SolvedWithMissedReply,
        Self::RedeliveredText,
        Self::RedeliveredReply,
        Self::Resend,
        Self::Comparison,
        Self::OptIn,
        Self::Help,
        Self::TextOnMerged,
        Self::Picture,
        Self::FoundText,
        Self::MissingText,
        Self::FoundTicket,
        Self::SolvedAgain,
        Self::FoundSolve,
        Self::FoundRequest,
        Self::OptOutInWords,
    ];

    /// As in the documentation.
    pub fn name(self) -> &'static str {
        match self {
            Self::FirstText => "First text",
            Self::TextOnOpen => "Text on an open ticket",
            Self::TextOnSolved => "Text on a solved ticket",
            Self::TextOnClosed => "Text on a closed ticket",
            Self::TextOnDeleted => "Text on a deleted ticket",
            Self::OptOut => "The customer texts STOP",
            Self::Reply => "Answer",
            Self::LongReply => "Answer of several messages",
            Self::NamelessReply => "Answer without the customer's id",
            Self::ReplyAfterOptOut => "Answer after STOP",
            Self::Solved => "Solved",
            Self::SolvedWithMissedReply => "Solved, the answer's webhook lost",
            Self::RedeliveredText => "Redelivery of a text",
            Self::RedeliveredReply => "Redelivery of an answer",
            Self::Resend => "An SMS asked for once more",
            Self::Comparison => "Comparison with the ticket",
            Self::OptIn => "The customer texts START",
            Self::Help => "The customer texts HELP",
            Self::TextOnMerged => "Text on a merged ticket",
            Self::Picture => "Text with a picture",
            Self::FoundText => "Text in doubt that is on the ticket",
            Self::MissingText => "Text in doubt that is not on the ticket",
            Self::FoundTicket => "Ticket in doubt that was created",
            Self::SolvedAgain => "Solved again",
            Self::FoundSolve => "Comparison with a ticket solved again",
            Self::FoundRequest => "Comparison with a ticket whose agent asked once more",
            Self::OptOutInWords => "A wish to opt out that Braze is told of",
        }
    }

    /// It is a run of redelivery.
    pub fn is_a_run(self) -> bool {
        matches!(
            self,
            Self::RedeliveredText
                | Self::RedeliveredReply
                | Self::FoundText
                | Self::MissingText
                | Self::FoundTicket
        ) || self.is_a_comparison()
    }

    /// It is a run of redelivery that compares with the ticket, which the next one does as well.
    pub fn is_a_comparison(self) -> bool {
        matches!(
            self,
            Self::Comparison | Self::FoundSolve | Self::FoundRequest
        )
    }

    /// The stack it needs.
    pub fn setting(self) -> Setting {
        Setting {
            nameless: self == Self::NamelessReply,
            pictures: self == Self::Picture,
            unsubscribing: self == Self::OptOutInWords,
            ..Setting::default()
        }
    }

    /// What must have come of it.
    pub fn expected(self) -> Expected {
        let words = |sms: &[&str]| sms.iter().map(|&sms| sms.to_owned()).collect();
        let texts = match self {
            Self::TextOnOpen
            | Self::TextOnSolved
            | Self::TextOnClosed
            | Self::TextOnMerged
            | Self::Picture
            | Self::RedeliveredText
            | Self::FoundText
            | Self::MissingText => vec!["one", "two"],
            // The first one is gone with its ticket.
            Self::TextOnDeleted => vec!["two"],
            // The keyword may be an answer: it is read as the customer's words, too.
            Self::Help => vec!["one", "HELP"],
            Self::OptIn => vec!["one", "START"],
            Self::OptOutInWords => vec!["one", "Stop texting me"],
            _ => vec!["one"],
        };
        let sms = match self {
            Self::TextOnSolved | Self::TextOnClosed | Self::Solved => words(&[CLOSING]),
            Self::Reply
            | Self::NamelessReply
            | Self::RedeliveredReply
            | Self::Resend
            | Self::FoundRequest
            | Self::Comparison => words(&["answer"]),
            Self::SolvedWithMissedReply => words(&["answer", CLOSING]),
            Self::SolvedAgain | Self::FoundSolve => words(&[CLOSING, CLOSING]),
            Self::LongReply => {
                let sentence = long_sentence();
                vec![sentence(1, 27) + " (1/2)", sentence(28, 30) + " (2/2)"]
            }
            _ => vec![],
        };
        let notes = match self {
            Self::OptOut | Self::OptOutInWords | Self::Help | Self::Resend | Self::FoundRequest => {
                1
            }
            // Of a merge, Zendesk's own on both tickets.
            Self::ReplyAfterOptOut | Self::OptIn | Self::TextOnMerged => 2,
            _ => 0,
        };
        let closed = [
            Self::Solved,
            Self::SolvedWithMissedReply,
            Self::SolvedAgain,
            Self::FoundSolve,
        ];
        Expected {
            texts,
            sms,
            notes,
            put_right: usize::from(matches!(self, Self::Resend | Self::FoundRequest)),
            files: usize::from(self == Self::Picture),
            opted_out: matches!(
                self,
                Self::OptOut | Self::OptOutInWords | Self::ReplyAfterOptOut
            ),
            open: Some(!closed.contains(&self)),
        }
    }
}

/// Thirty sentences of sixty characters: more than one message holds.
pub fn long() -> String {
    long_sentence()(1, 30)
}

fn long_sentence() -> impl Fn(usize, usize) -> String {
    |from, to| {
        let sentences: Vec<String> = (from..=to)
            .map(|number| {
                format!("Sentence number {number:02} of a long answer to the customer ok.")
            })
            .collect();
        sentences.join(" ")
    }
}
