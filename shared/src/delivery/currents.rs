//! What Braze's event export brings: what became of each message, texts whose webhook was lost, subscriptions. Without
//! it, what Braze tells of a message when it is asked.
//!
//! In: exported events, messages that Braze took, the time. Out: notes, texts and consents for conversations. What
//! is watched is read, changed and written back if no other worker wrote; nothing here needs a conversation's lease.

use crate::conversation::notes::{self, Message};
use crate::conversation::state::Entry;
use crate::conversation::step::Sms;
use crate::conversation::store::{Accepted, Key, Storage, StoreError, Watched};
use crate::conversation::watch::{Ends, Fate, NoRecord, Owed, Received, Sent, Unreported, Watch};
use crate::message::{
    Body, Consent, ConsentKind, Customer, DeliveryId, Event, Exported, Incoming, Note, Personal,
    Phone, Profile, Reached, SubscriptionChange, Text, Told, Whom,
};

use crate::net::Deadline;
use crate::telemetry::metrics::{self, Metric};

use super::{Bridge, Vendors, Work};

/// How often a change is tried again that another worker overtook.
const TRIES: u32 = 12;

/// Tag on the ticket of a message that did not arrive.
const FAILED_TAG: &str = "sms_failed";

/// Something to report to the conversation, and how it is known to be reported.
struct Telling {
    /// Nothing where there is no conversation.
    event: Option<Event>,
    of: Of,
}

enum Of {
    /// Of the message of this name.
    Message(String, Owed),
    /// Of the text of this id.
    Text(String),
}

impl<V: Vendors + Sync, S: Storage + Sync> Bridge<V, S> {
    /// Takes exported events in; says how many concern the bridge.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when what matters could not be stored: Braze has to send them again.
    pub async fn take_exported(
        &self,
        events: Vec<Exported>,
        work: &Work,
    ) -> Result<usize, StoreError> {
        let mut taken = 0;
        let mut customers: Vec<(Customer, Vec<&Exported>)> = Vec::new();
        for event in &events {
            let Some(customer) = self.whose(event).await? else {
                continue;
            };
            match customers.iter_mut().find(|(known, _)| *known == customer) {
                Some((_, own)) => own.push(event),
                None => customers.push((customer, vec![event])),
            }
        }
        for (customer, own) in &customers {
            taken += self.take_steps(customer, own, work).await?;
            // What is watched may have gone over meanwhile; a step counts once wherever it belongs.
            if let Some(moved) = self.moved(customer, own).await? {
                self.take_steps(&moved, own, work).await?;
            }
        }
        // A keyword may bring along a conversation, so it comes behind what was told of its messages.
        for (customer, own) in customers {
            for event in own {
                taken += self.take_subscription(&customer, event, work).await?;
            }
        }
        if taken > 0 {
            metrics::emit(&[(Metric::ExportedEvents, taken as u64)], &[]);
        }
        Ok(taken)
    }

    /// Whose event it is. One of an anonymous profile belongs to its conversation, and a text to the number, as
    /// its webhook would.
    async fn whose(&self, event: &Exported) -> Result<Option<Customer>, StoreError> {
        let profile = match &event.whom {
            Whom::Known(id) => return Ok(Some(id.clone().into())),
            Whom::Anonymous(profile) => profile,
        };
        let (concerns, of_number) = match &event.what {
            Told::Step(_) => (self.concerns(event).is_some(), false),
            Told::Text(_) => (self.is_own_group(event, None), true),
            Told::Subscription { .. } => (self.is_own_group(event, None), false),
        };
        if !concerns {
            return Ok(None);
        }
        let number = event.number.clone().map(Customer::Phone);
        if let Some(number) = number.clone().filter(|_| of_number) {
            return Ok(Some(number));
        }
        let known = self.store.whose(profile).await?;
        let is_step = matches!(event.what, Told::Step(_));
        Ok(known.or(number.filter(|_| is_step)))
    }

    /// Whose the events of an anonymous profile are by now, where that changed.
    async fn moved(
        &self,
        customer: &Customer,
        events: &[&Exported],
    ) -> Result<Option<Customer>, StoreError> {
        let is_step = |event: &&&Exported| matches!(event.what, Told::Step(_));
        match events.iter().find(is_step) {
            Some(event) if customer.id().is_none() => {
                let now = self.whose(event).await?;
                Ok(now.filter(|now| now != customer))
            }
            _ => Ok(None),
        }
    }

    /// Steps of messages and texts of one customer.
    async fn take_steps(
        &self,
        customer: &Customer,
        events: &[&Exported],
        work: &Work,
    ) -> Result<usize, StoreError> {
        let ours = |event: &Exported| self.concerns(event);
        let events: Vec<&Exported> = events
            .iter()
            .copied()
            .filter(|e| ours(e).is_some())
            .collect();
        if events.is_empty() {
            return Ok(0);
        }
        // A step of a campaign that no setting names counts only where its message is known.
        let certain = events.iter().any(|event| ours(event) == Some(true));
        let now = self.clock.now();
        let change = |watch: &mut Watch| {
            for event in &events {
                match &event.what {
                    Told::Step(step) => watch.step(step, ours(event) == Some(true)),
                    Told::Text(text) => {
                        let profile = match &event.whom {
                            Whom::Anonymous(profile) => Some(profile.clone()),
                            Whom::Known(_) => None,
                        };
                        let text = Unreported::new(&event.id, event.at, text);
                        watch.receive(text.of_profile(profile), now);
                    }
                    Told::Subscription { .. } => {}
                }
                let of_message = matches!(event.what, Told::Step(_));
                if let (true, Some(true), Some(group)) = (of_message, ours(event), &event.group) {
                    watch.group = Some(group.clone());
                }
            }
        };
        let Some(watch) = self.amend(customer, certain, change).await? else {
            return Ok(0);
        };
        // It is written down; what there is no time for, redelivery tells.
        if !work.is_over(self.clock.now()) {
            self.tell(customer, &watch, work).await?;
        }
        Ok(events.len())
    }

    /// Whether an event may be about a message or text of ours: `Some(true)` for sure.
    fn concerns(&self, event: &Exported) -> Option<bool> {
        match &event.what {
            Told::Step(step) if self.policy.names(&step.campaign) => Some(true),
            Told::Step(step) => {
                let failed = matches!(step.reached, Reached::Failed(_));
                (failed || step.marked).then_some(false)
            }
            Told::Text(_) => self.is_own_group(event, None).then_some(true),
            Told::Subscription { .. } => None,
        }
    }

    /// The event is about the subscription group of the bridge's messages, as far as known.
    fn is_own_group(&self, event: &Exported, seen: Option<&str>) -> bool {
        let own = self.policy.subscription_group.as_deref().or(seen);
        own.is_none() || event.group.is_none() || own == event.group.as_deref()
    }

    /// A subscription that changed, of a customer who has a conversation.
    async fn take_subscription(
        &self,
        customer: &Customer,
        event: &Exported,
        work: &Work,
    ) -> Result<usize, StoreError> {
        let Told::Subscription { to, by_keyword } = event.what else {
            return Ok(0);
        };
        let key = Key::Customer(customer.clone());
        if !self.is_own_group(event, None) || !self.store.knows(&key).await? {
            return Ok(0);
        }
        let watched = self.store.watched(customer).await?;
        let seen = watched.and_then(|watched| watched.watch.group);
        if !self.is_own_group(event, seen.as_deref()) {
            return Ok(0);
        }
        let incoming = incoming(
            customer,
            Event {
                delivery: DeliveryId::derive("subscription-change", &[&event.id]),
                received_at: self.clock.now(),
                body: Body::Consent(Consent {
                    what: to,
                    text: Personal::default(),
                    braze_id: None,
                    changed: Some(SubscriptionChange {
                        at: event.at,
                        by_keyword,
                    }),
                }),
            },
        );
        Box::pin(self.handle(incoming, work)).await?;
        Ok(1)
    }

    /// Whether a text that a webhook brings was delivered before, without it. Where Braze exports no events, no.
    ///
    /// # Errors
    ///
    /// [`StoreError`]: the sender has to try again.
    pub async fn was_delivered_without(&self, incoming: &Incoming) -> Result<bool, StoreError> {
        let (text, media): (&str, &[String]) = match &incoming.event.body {
            Body::Text(text) => (text.text.as_str(), &text.media_urls),
            Body::Consent(consent) if consent.what == ConsentKind::Help => {
                (consent.text.as_str(), &[])
            }
            _ => return Ok(false),
        };
        let Some(customer) = incoming.customer.as_ref() else {
            return Ok(false);
        };
        if !self.vendors.exports_events().await {
            return Ok(false);
        }
        let now = self.clock.now();
        let delivery = &incoming.event.delivery;
        let hear = |watch: &mut Watch| {
            watch.hear(delivery, (text, media), now);
        };
        let watch = self.amend(customer, true, hear).await?;
        let before = watch.map(|mut watch| watch.hear(delivery, (text, media), now));
        Ok(before.unwrap_or(false))
    }

    /// Notes that Braze took a message, where it exports events, or an agent's answer where it is asked about these.
    /// The message is sent whether that works or not.
    pub(super) async fn remember_sent(&self, sms: &Sms, dispatch: Option<&str>, work: &Work) {
        let customer = &sms.customer;
        let exports = self.vendors.exports_events().await;
        let is_answer = sms.comment.is_some() || sms.agent.present().is_some();
        let asks = self.policy.check_withheld && is_answer;
        if !exports && !asks {
            return;
        }
        let now = self.clock.now();
        let sent = Sent {
            at: now,
            ticket: sms.written_on,
            comment: sms.comment,
            part: sms.part,
            parts: sms.parts,
            campaign: sms.campaign.clone(),
            dispatches: dispatch.map(str::to_owned).into_iter().collect(),
            watched: exports && self.policy.names(&sms.campaign),
            ..Sent::default()
        };
        let remember = |watch: &mut Watch| match exports {
            true => watch.remember(sent.clone()),
            false => watch.ask_about(sent.clone()),
        };
        let known = async {
            let watch = self.amend(customer, true, remember).await?;
            self.put(customer, &watch.unwrap_or_default(), work).await
        };
        if let Err(error) = known.await {
            tracing::warn!(error = %error, "a sent message is not watched");
        }
    }

    /// Tells what is owed: each to the conversation, which does what it can at once.
    async fn tell(
        &self,
        customer: &Customer,
        watch: &Watch,
        work: &Work,
    ) -> Result<(), StoreError> {
        let mut told = Vec::new();
        for Telling { event, of } in self.owed(customer, watch) {
            if let Some(event) = event {
                Box::pin(self.handle(incoming(customer, event), work)).await?;
            }
            told.push(of);
        }
        self.told(customer, told).await
    }

    /// The same while the conversation is held: it finds them in its mailbox.
    async fn put(&self, customer: &Customer, watch: &Watch, work: &Work) -> Result<(), StoreError> {
        let mut told = Vec::new();
        for Telling { event, of } in self.owed(customer, watch) {
            if let Some(event) = event {
                let (key, entry) = (Key::Customer(customer.clone()), Entry::fresh(event));
                let now = self.clock.now();
                let lease = work.lease(now);
                let accepted = self.store.accept(&key, &entry, &[], &lease, now).await?;
                if matches!(accepted, Accepted::Full(_)) {
                    return Err(StoreError::Full);
                }
            }
            told.push(of);
        }
        self.told(customer, told).await
    }

    async fn told(&self, customer: &Customer, told: Vec<Of>) -> Result<(), StoreError> {
        if told.is_empty() {
            return Ok(());
        }
        let note = |watch: &mut Watch| {
            for of in &told {
                match of {
                    Of::Message(name, owed) => {
                        let mut sent = watch.sent.iter_mut();
                        if let Some(sent) = sent.find(|sent| sent.name() == *name) {
                            sent.told(*owed);
                        }
                    }
                    Of::Text(id) => watch.delivered(id),
                }
            }
        };
        self.amend(customer, false, note).await.map(drop)
    }

    fn owed(&self, customer: &Customer, watch: &Watch) -> Vec<Telling> {
        let now = self.clock.now();
        let messages = watch.sent.iter().filter_map(|sent| {
            let owed = sent.owed?;
            let note = sent.ticket.zip(self.note(watch, sent, owed));
            if let (Owed::Failed, Fate::Failed(why)) = (owed, &sent.fate) {
                tracing::info!(sms.code = why.code, "an SMS did not arrive");
            }
            let whose = Watch::pk(customer);
            let event = note.map(|(ticket, text)| Event {
                delivery: DeliveryId::derive("sent-note", &[&whose, &sent.name(), owed.name()]),
                received_at: now,
                body: Body::Note(Note {
                    ticket,
                    text: Personal(text),
                    tags: match owed {
                        Owed::Failed | Owed::Withheld => vec![FAILED_TAG.to_owned()],
                        Owed::AfterAll => vec![],
                    },
                    untag: vec![],
                }),
            });
            Some(Telling {
                event,
                of: Of::Message(sent.name(), owed),
            })
        });
        let texts = watch.owed_texts().map(|text| Telling {
            event: Some(Event {
                delivery: DeliveryId::derive("unreported", &[&text.id]),
                received_at: now,
                body: Body::Text(Text {
                    text: text.text.clone().unwrap_or_default(),
                    media_urls: text.media_urls.clone(),
                    profile: Profile {
                        phone: text.phone.clone(),
                        braze_id: text.profile.clone(),
                        ..Profile::default()
                    },
                    ..Text::default()
                }),
            }),
            of: Of::Text(text.id.clone()),
        });
        messages.chain(texts).collect()
    }

    /// What the agent reads of a message.
    fn note(&self, watch: &Watch, sent: &Sent, owed: Owed) -> Option<String> {
        let language = self.policy.language;
        let whole = watch.is_all_withheld(sent);
        let message = Message {
            at: sent.at,
            is_answer: sent.comment.is_some(),
            part: (sent.parts > 1 && !whole).then_some((sent.part, sent.parts)),
        };
        Some(match (owed, &sent.fate) {
            (Owed::Failed, Fate::Failed(why)) => notes::not_delivered(language, message, why),
            (Owed::Withheld, _) if sent.watched => notes::withheld(language, message),
            (Owed::Withheld, _) => notes::not_received(language, message, sent.because),
            (Owed::AfterAll, _) => notes::sent_after_all(language, message),
            (Owed::Failed, _) => return None,
        })
    }

    /// What was watched under the number is watched under the profile's key from now on, in two writes of which each
    /// may be the last.
    pub(super) async fn watch_goes_over(
        &self,
        from: &Phone,
        to: &Customer,
    ) -> Result<(), StoreError> {
        if !self.policy.check_withheld && !self.vendors.exports_events().await {
            return Ok(());
        }
        let from = Customer::Phone(from.clone());
        let Some(watched) = self.store.watched(&from).await? else {
            return Ok(());
        };
        let other = watched.watch;
        let take = |watch: &mut Watch| watch.take_over(&other);
        self.change(to, true, take).await?;
        let leave = |watch: &mut Watch| watch.leave(&other);
        self.change(&from, false, leave).await.map(drop)
    }

    /// What is watched of a customer is due: what has happened is reported.
    ///
    /// # Errors
    ///
    /// [`StoreError`]: it stays due.
    pub(super) async fn look_after(
        &self,
        customer: &Customer,
        work: &Work,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut told = None;
        for _ in 0..TRIES {
            let Some(mut watched) = self.store.watched(customer).await? else {
                return Ok(());
            };
            let before = watched.watch.clone();
            match &told {
                Some(told) => watched.watch.is_told(told, now),
                // That it is asked is written down first: it is asked once.
                None if watched.watch.begins_to_ask(now) => {
                    if self.store.watch(customer, &watched, now).await? {
                        told = Some(self.received(customer, work).await);
                    }
                    continue;
                }
                None => {}
            }
            watched.watch.judge(now);
            watched.watch.tidy(now);
            // Written whether it changed or not: it is due no longer.
            if self.store.watch(customer, &watched, now).await? {
                count(watched.watch.ends_since(&before));
                return self.tell(customer, &watched.watch, work).await;
            }
        }
        Err(StoreError::Busy)
    }

    /// What Braze's record of the customer says, where the setting asks for it.
    async fn received(&self, customer: &Customer, work: &Work) -> Result<Received, NoRecord> {
        if !self.policy.check_withheld {
            return Err(NoRecord::Refused);
        }
        match work.call_time(self.clock.now(), i64::MAX) {
            Some(time) => self.vendors.received(customer, Deadline::after(time)).await,
            None => Err(NoRecord::Later(None)),
        }
    }

    /// Changes what is watched of a customer, and counts what became of messages by it; gives it as it is now, where there is anything or it is to be begun.
    async fn amend(
        &self,
        customer: &Customer,
        begin: bool,
        change: impl Fn(&mut Watch) + Send + Sync,
    ) -> Result<Option<Watch>, StoreError> {
        let changed = self.change(customer, begin, change).await?;
        Ok(changed.map(|(before, after)| {
            count(after.ends_since(&before));
            after
        }))
    }

    /// The same, and counts nothing; gives it as it was, too.
    async fn change(
        &self,
        customer: &Customer,
        begin: bool,
        change: impl Fn(&mut Watch) + Send + Sync,
    ) -> Result<Option<(Watch, Watch)>, StoreError> {
        let now = self.clock.now();
        for _ in 0..TRIES {
            let watched = match self.store.watched(customer).await? {
                Some(watched) => watched,
                None if begin => Watched::default(),
                None => return Ok(None),
            };
            let mut changed = watched.clone();
            change(&mut changed.watch);
            if changed == watched {
                return Ok(Some((watched.watch, changed.watch)));
            }
            changed.watch.tidy(now);
            if self.store.watch(customer, &changed, now).await? {
                return Ok(Some((watched.watch, changed.watch)));
            }
        }
        Err(StoreError::Busy)
    }
}

fn count(ends: Ends) {
    let numbers = [
        (Metric::SmsDelivered, ends.delivered),
        (Metric::SmsFailed, ends.failed),
        (Metric::SmsWithheld, ends.withheld),
        (Metric::Unreached, ends.unreached),
    ];
    let told: Vec<_> = numbers
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .collect();
    if !told.is_empty() {
        metrics::emit(&told, &[]);
    }
}

fn incoming(customer: &Customer, event: Event) -> Incoming {
    Incoming {
        customer: Some(customer.clone()),
        event,
        aliases: vec![],
    }
}
