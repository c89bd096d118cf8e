//! Customers' texts that the export reported, and those that webhooks brought: each text of the first kind that
//! none of the second belongs to is delivered as it is.

use serde::{Deserialize, Serialize};

use crate::message::{BrazeId, DeliveryId, Personal, ReceivedText};

use super::super::fingerprint::fingerprint;
use super::{APART, DAY, Watch};

/// How long a webhook may take before its text is delivered without it, in milliseconds.
const WEBHOOK_TIME: i64 = 2 * 60 * 1000;

/// How much later a webhook may come and still be of a text, in milliseconds.
const LATEST: i64 = 2 * DAY;

/// How long texts are remembered, in milliseconds: Braze repeats events for five days.
const KEPT: i64 = 8 * DAY;

/// Texts remembered of a customer, of each kind.
const MOST: usize = 200;

/// How much of a text is compared, in characters: Braze may cut what a webhook brings at 256.
const COMPARED: usize = 200;

/// A text that the export reported.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Unreported {
    /// Braze's id of the event.
    pub id: String,
    /// When the customer sent it, in milliseconds since the epoch.
    pub at: i64,
    print: u32,
    /// The text; forgotten when its webhook came or it was delivered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<Personal>,
    /// Links to pictures and files, likewise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub media_urls: Vec<String>,
    /// E.164 number, possibly empty; likewise.
    #[serde(skip_serializing_if = "is_empty")]
    pub phone: Personal,
    /// The Braze id of a profile without an external id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<BrazeId>,
    /// Its webhook came.
    #[serde(skip_serializing_if = "is_false")]
    heard: bool,
    /// No webhook came in time: it is delivered as it is, whatever comes later.
    #[serde(skip_serializing_if = "is_false")]
    stands: bool,
}

/// A text that a webhook brought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Heard {
    /// Its delivery.
    delivery: DeliveryId,
    /// When it came, in milliseconds since the epoch.
    at: i64,
    print: u32,
    /// The export reported it.
    #[serde(default, skip_serializing_if = "is_false")]
    exported: bool,
    /// It was delivered before it came.
    #[serde(default, skip_serializing_if = "is_false")]
    stood: bool,
}

/// Words and media as both ways tell them, or nearly.
fn print(text: &str, media_urls: &[String]) -> u32 {
    let words: Vec<&str> = text.split_whitespace().collect();
    let words = words.join(" ");
    match words.is_empty() {
        true => fingerprint(&media_urls.join("\n")),
        false => fingerprint(&words.chars().take(COMPARED).collect::<String>()),
    }
}

/// A webhook that came then may be of a text of that time. The same words may come again: as each text has its own
/// event, it does not matter which of them is taken for which, but how many there are.
fn fits(heard_at: i64, text_at: i64) -> bool {
    (-KEPT..=LATEST).contains(&heard_at.saturating_sub(text_at))
}

impl Unreported {
    /// A text of the export, by the id of its event and the time (milliseconds since the epoch).
    pub fn new(id: &str, at: i64, text: &ReceivedText) -> Self {
        Self {
            id: id.to_owned(),
            at,
            print: print(text.text.as_str(), &text.media_urls),
            text: Some(text.text.clone()),
            media_urls: text.media_urls.clone(),
            phone: text.phone.clone(),
            ..Self::default()
        }
    }

    fn forget(&mut self) {
        self.text = None;
        self.media_urls = vec![];
        self.phone = Personal::default();
    }

    /// It is an anonymous profile's.
    #[must_use]
    pub fn of_profile(self, profile: Option<BrazeId>) -> Self {
        Self { profile, ..self }
    }

    /// When it is delivered without its webhook, in milliseconds since the epoch.
    fn stands_at(&self) -> Option<i64> {
        let awaits = !self.heard && !self.stands;
        awaits.then(|| self.at.saturating_add(WEBHOOK_TIME))
    }
}

impl Watch {
    /// Notes a text of the export, once. One that is older than what is remembered of webhooks is left out.
    pub fn receive(&mut self, mut text: Unreported, now: i64) {
        let known = self.texts.iter().any(|known| known.id == text.id);
        let oldest = self.heard.first().filter(|_| self.heard.len() >= MOST);
        let forgotten = oldest.is_some_and(|oldest| oldest.at > text.at.saturating_add(APART));
        if known || forgotten || now.saturating_sub(text.at) > KEPT - DAY {
            return;
        }
        let its = |heard: &&mut Heard| {
            !heard.exported && heard.print == text.print && fits(heard.at, text.at)
        };
        if let Some(heard) = self.heard.iter_mut().find(its) {
            heard.exported = true;
            text.heard = true;
            text.forget();
        }
        self.texts.push(text);
    }

    /// Notes a text that a webhook brought; whether it was delivered before, without its webhook.
    pub fn hear(
        &mut self,
        delivery: &DeliveryId,
        (text, media_urls): (&str, &[String]),
        now: i64,
    ) -> bool {
        if let Some(known) = self.heard.iter().find(|heard| heard.delivery == *delivery) {
            return known.stood;
        }
        let mut heard = Heard {
            delivery: delivery.clone(),
            at: now,
            print: print(text, media_urls),
            exported: false,
            stood: false,
        };
        let its =
            |text: &&mut Unreported| !text.heard && text.print == heard.print && fits(now, text.at);
        if let Some(text) = self.texts.iter_mut().filter(its).min_by_key(|text| text.at) {
            text.heard = true;
            heard.exported = true;
            heard.stood = text.stands;
            if !text.stands {
                text.forget();
            }
        }
        let stood = heard.stood;
        self.heard.push(heard);
        stood
    }

    /// Texts to deliver without their webhook.
    pub fn owed_texts(&self) -> impl Iterator<Item = &Unreported> {
        self.texts
            .iter()
            .filter(|text| text.stands && text.text.is_some())
    }

    /// Notes that a text was delivered.
    pub fn delivered(&mut self, id: &str) {
        let texts = self.texts.iter_mut().filter(|text| text.id == id);
        texts.for_each(Unreported::forget);
    }

    pub(super) fn take_over_texts(&mut self, other: &Self) {
        for text in &other.texts {
            if !self.texts.iter().any(|known| known.id == text.id) {
                self.texts.push(text.clone());
            }
        }
        for heard in &other.heard {
            let known = |known: &Heard| known.delivery == heard.delivery;
            if !self.heard.iter().any(known) {
                self.heard.push(heard.clone());
            }
        }
        self.texts.sort_by_key(|text| text.at);
        self.heard.sort_by_key(|heard| heard.at);
    }

    pub(super) fn leave_texts(&mut self, taken: &Self) {
        let texts = &taken.texts;
        self.texts
            .retain(|text| !texts.iter().any(|other| other.id == text.id));
        let heard = &taken.heard;
        let is = |one: &Heard, other: &Heard| one.delivery == other.delivery;
        self.heard
            .retain(|one| !heard.iter().any(|other| is(one, other)));
    }

    pub(super) fn owes_text(&self) -> bool {
        self.owed_texts().next().is_some()
    }

    pub(super) fn texts_due_at(&self) -> Option<i64> {
        self.texts.iter().filter_map(Unreported::stands_at).min()
    }

    pub(super) fn stand_in(&mut self, now: i64) {
        let due = |text: &&mut Unreported| text.stands_at().is_some_and(|at| at <= now);
        self.texts
            .iter_mut()
            .filter(due)
            .for_each(|text| text.stands = true);
    }

    pub(super) fn tidy_texts(&mut self, now: i64) {
        let fresh = |at: i64| now.saturating_sub(at) < KEPT;
        self.heard.retain(|heard| fresh(heard.at));
        self.texts.retain(|text| fresh(text.at));
        let surplus = self.heard.len().saturating_sub(MOST);
        self.heard.drain(..surplus);
        let surplus = self.texts.len().saturating_sub(MOST);
        self.texts.drain(..surplus);
    }
}

fn is_false(value: &bool) -> bool {
    !*value
}

fn is_empty(text: &Personal) -> bool {
    text.as_str().is_empty()
}
