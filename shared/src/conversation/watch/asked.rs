//! Where Braze exports no events it may be asked, once a day for each customer: what its record of them says of messages.
//!
//! In: messages to ask about, what Braze told. Out: which were withheld, and why nothing will be known of the others.

use serde::{Deserialize, Serialize};

use super::sent::SILENCE;
use super::{APART, DAY, Fate, Sent, TELLING, Watch};

/// How long Braze is asked again that did not answer, in milliseconds.
const ASKED_FOR: i64 = 60 * 60 * 1000;

/// What Braze's record of a customer says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Received {
    /// Braze knows the customer.
    pub known: bool,
    /// What they received last of each campaign.
    pub campaigns: Vec<ReceivedLast>,
}

/// What a customer received last of a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedLast {
    /// The campaign.
    pub campaign: String,
    /// When, in milliseconds since the epoch; `None`: it cannot be read.
    pub at: Option<i64>,
    /// They were in its control group, and received nothing.
    pub in_control: bool,
}

/// Why Braze told nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoRecord {
    /// The key may not ask.
    NotPermitted,
    /// It will not tell: it refused the question.
    Refused,
    /// Not now, and not before that time where one is given (milliseconds since the epoch).
    Later(Option<i64>),
}

/// Why it was withheld, where Braze's record tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    /// Braze does not know the customer.
    UnknownCustomer,
    /// The customer is in a control group.
    ControlGroup,
    /// A word that this version does not know.
    #[serde(other)]
    Other,
}

/// Why nothing will be known of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotKnown {
    /// Braze was asked about the customer within the day.
    AskedToday,
    /// The key may not ask.
    NotPermitted,
    /// Braze did not answer.
    NoAnswer,
    /// It was sent; whether it arrived only exported events would tell.
    NoExport,
    /// A word that this version does not know.
    #[serde(other)]
    Other,
}

impl Watch {
    /// Notes that Braze took a message about which it is asked ten minutes later, unless it was asked within the day.
    pub fn ask_about(&mut self, sent: Sent) {
        let asked_today = sent.at.saturating_sub(self.asked_at) < DAY;
        self.remember(Sent {
            ask_at: (!asked_today).then(|| sent.at.saturating_add(SILENCE)),
            not_known: asked_today.then_some(NotKnown::AskedToday),
            ..sent
        });
    }

    /// Begins to ask, where it is time; what one asked that vanished is not asked again.
    pub fn begins_to_ask(&mut self, now: i64) -> bool {
        if !self.sent.iter().any(|sent| sent.is_to_ask(now)) {
            return false;
        }
        if self.asking {
            self.asking = false;
            self.gives_up(NotKnown::NoAnswer);
            return false;
        }
        self.asking = true;
        self.asked_at = now;
        for sent in self.sent.iter_mut().filter(|sent| sent.is_to_ask(now)) {
            sent.ask_at = Some(now.saturating_add(TELLING));
        }
        true
    }

    /// Notes what Braze told.
    pub fn is_told(&mut self, told: &Result<Received, NoRecord>, now: i64) {
        if !std::mem::take(&mut self.asking) {
            return;
        }
        match told {
            Ok(received) => self.compare(received, now),
            Err(NoRecord::NotPermitted) => self.gives_up(NotKnown::NotPermitted),
            Err(NoRecord::Refused) => self.gives_up(NotKnown::NoAnswer),
            Err(NoRecord::Later(until)) => {
                let next = now.saturating_add(TELLING).max(until.unwrap_or_default());
                for sent in self.sent.iter_mut().filter(|sent| sent.ask_at.is_some()) {
                    let late = next.saturating_sub(sent.at) > SILENCE + ASKED_FOR;
                    sent.ask_at = (!late).then(|| sent.ask_at.unwrap_or_default().max(next));
                    sent.not_known = late.then_some(NotKnown::NoAnswer);
                }
            }
        }
    }

    fn compare(&mut self, received: &Received, now: i64) {
        let mut withheld = Vec::new();
        for (index, sent) in self.sent.iter_mut().enumerate() {
            if sent.ask_at.take().is_none() || !sent.is_waiting() {
                continue;
            }
            let is_ripe = sent.at.saturating_add(SILENCE) <= now;
            match received.of(sent) {
                Ok(()) => {
                    sent.fate = Fate::Handed;
                    sent.not_known = Some(NotKnown::NoExport);
                }
                Err(because) if is_ripe => {
                    sent.because = because;
                    withheld.push(index);
                }
                Err(_) => sent.not_known = Some(NotKnown::AskedToday),
            }
        }
        for index in withheld {
            if self.sent[index].is_waiting() {
                self.withhold(index);
            }
        }
    }

    fn gives_up(&mut self, why: NotKnown) {
        for sent in self.sent.iter_mut().filter(|sent| sent.ask_at.is_some()) {
            sent.ask_at = None;
            sent.not_known = Some(why);
        }
    }
}

impl Received {
    /// Whether the customer received it; else why not, where that can be told.
    fn of(&self, sent: &Sent) -> Result<(), Option<Because>> {
        if !self.known {
            return Err(Some(Because::UnknownCustomer));
        }
        let own = |last: &&ReceivedLast| last.campaign == sent.campaign;
        let Some(last) = self.campaigns.iter().find(own) else {
            return Err(None);
        };
        // A time that cannot be read tells nothing against it.
        let since = sent.at.saturating_sub(APART);
        if last.at.is_some_and(|at| at < since) {
            return Err(None);
        }
        match last.in_control {
            true => Err(Some(Because::ControlGroup)),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Owed;
    use super::*;
    use crate::message::{CommentId, TicketId};

    const NOW: i64 = 1_780_000_000_000;
    const MINUTE: i64 = 60_000;

    fn sent(comment: u64, at: i64) -> Sent {
        Sent {
            at,
            ticket: TicketId::new(35),
            comment: CommentId::new(comment),
            part: 1,
            parts: 1,
            campaign: "reply".to_owned(),
            ..Sent::default()
        }
    }

    fn received(at: i64, in_control: bool) -> Result<Received, NoRecord> {
        Ok(Received {
            known: true,
            campaigns: vec![ReceivedLast {
                campaign: "reply".to_owned(),
                at: Some(at),
                in_control,
            }],
        })
    }

    fn asked(told: &Result<Received, NoRecord>) -> Watch {
        let mut watch = Watch::default();
        watch.ask_about(sent(1, NOW));
        assert_eq!(watch.due_at(NOW), Some(NOW + 10 * MINUTE));
        assert!(!watch.begins_to_ask(NOW + 9 * MINUTE));
        assert!(watch.begins_to_ask(NOW + 10 * MINUTE));
        watch.is_told(told, NOW + 10 * MINUTE);
        watch
    }

    #[test]
    fn what_the_record_of_the_customer_lacks_was_withheld() {
        let unknown = Ok(Received::default());
        let nothing = Ok(Received {
            known: true,
            campaigns: vec![],
        });
        for (told, because) in [
            (received(NOW - 2 * MINUTE, false), None),
            (received(NOW, true), Some(Because::ControlGroup)),
            (unknown, Some(Because::UnknownCustomer)),
            (nothing, None),
        ] {
            let watch = asked(&told);
            assert_eq!(watch.sent[0].fate, Fate::Withheld, "{told:?}");
            assert_eq!(watch.sent[0].owed, Some(Owed::Withheld));
            assert_eq!(watch.sent[0].because, because);
        }
        for at in [NOW - MINUTE / 2, NOW + MINUTE] {
            let watch = asked(&received(at, false));
            assert_eq!(
                (&watch.sent[0].fate, watch.sent[0].owed),
                (&Fate::Handed, None)
            );
        }
    }

    #[test]
    fn braze_is_asked_once_a_day_and_what_it_was_not_asked_about_says_so() {
        let mut watch = asked(&received(NOW, false));
        let later = NOW + 11 * MINUTE;
        watch.ask_about(sent(2, later));
        assert_eq!(watch.sent[1].not_known, Some(NotKnown::AskedToday));
        assert!(!watch.begins_to_ask(later + 20 * MINUTE));
        assert_eq!(watch.due_at(later), None);
        let next_day = later + DAY;
        watch.ask_about(sent(3, next_day));
        assert!(watch.begins_to_ask(next_day + 10 * MINUTE));
    }

    #[test]
    fn one_question_is_about_all_that_were_sent_before_it() {
        let mut watch = Watch::default();
        for (comment, at) in [(1, NOW), (2, NOW + 4 * MINUTE), (3, NOW + 8 * MINUTE)] {
            watch.ask_about(sent(comment, at));
        }
        let now = NOW + 10 * MINUTE;
        assert!(watch.begins_to_ask(now));
        watch.is_told(&received(NOW + 4 * MINUTE, false), now);
        let fates: Vec<_> = watch.sent.iter().map(|sent| sent.fate.clone()).collect();
        assert_eq!(fates, [Fate::Handed, Fate::Handed, Fate::Waiting]);
        assert_eq!(watch.sent[2].not_known, Some(NotKnown::AskedToday));
        assert_eq!(watch.due_at(now), None);
    }

    #[test]
    fn a_worker_that_vanished_may_have_asked_so_nobody_asks_again() {
        let mut watch = Watch::default();
        watch.ask_about(sent(1, NOW));
        let now = NOW + 10 * MINUTE;
        assert!(watch.begins_to_ask(now));
        assert!(!watch.begins_to_ask(now + MINUTE / 2), "one asks");
        assert!(!watch.begins_to_ask(now + MINUTE));
        assert_eq!(watch.sent[0].not_known, Some(NotKnown::NoAnswer));
        // It comes back, too late.
        watch.is_told(&Ok(Received::default()), now + 2 * MINUTE);
        assert_eq!(watch.sent[0].fate, Fate::Waiting);
    }

    #[test]
    fn braze_that_does_not_answer_is_asked_again_for_an_hour() {
        let mut watch = asked(&Err(NoRecord::Later(None)));
        let (mut now, mut times) = (NOW + 10 * MINUTE, 1);
        while let Some(at) = watch.due_at(now) {
            now = at;
            assert!(watch.begins_to_ask(now));
            watch.is_told(&Err(NoRecord::Later(Some(now + 5 * MINUTE))), now);
            times += 1;
        }
        assert_eq!(times, 13);
        assert_eq!(watch.sent[0].not_known, Some(NotKnown::NoAnswer));
        for (told, why) in [
            (NoRecord::NotPermitted, NotKnown::NotPermitted),
            (NoRecord::Refused, NotKnown::NoAnswer),
        ] {
            assert_eq!(asked(&Err(told)).sent[0].not_known, Some(why));
        }
    }
}
