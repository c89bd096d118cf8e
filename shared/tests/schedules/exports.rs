//! Braze's event export: what it tells of each message and of subscriptions. Each event is told at least once unless
//! it is lost, late, in any order.

use serde_json::{Value, json};
use shared::conversation::store::Key;
use shared::message::Customer;

use super::act::{Exports, Fate};
use super::anonymous;
use super::run::{Run, Table, chosen};
use super::world::{Sent, World, dispatch};

/// Three days: by then no delivery is remembered any more, and Braze still repeats events.
const LATE: i64 = 3 * 24 * 60 * 60 * 1000;

/// What one call to the route brings at most.
const BATCH: usize = 5;

/// An event of the export.
#[derive(Debug, Clone)]
pub struct Exported {
    pub id: String,
    pub about: About,
    /// When it happened, in milliseconds since the epoch.
    pub at: i64,
    body: Value,
    /// It waits to be told.
    pub queued: bool,
    /// How often the bridge took it.
    pub told: u32,
    /// When it was told first, its customer had a conversation.
    pub met: bool,
    /// Braze has begun to tell it.
    tried: bool,
    /// It names the profile by its Braze id.
    anonymous: bool,
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq)]
pub enum About {
    /// The message of this number: Braze has it in hand.
    Handed(usize),
    Delivered(usize),
    /// It failed or was refused.
    Failed(usize),
    /// Braze gave it up; the event names no message.
    Aborted(usize),
    /// A subscription changed, by a keyword or by a person in Braze.
    Wish {
        customer: Customer,
        out: bool,
    },
}

impl World {
    /// What Braze will tell of a message it took.
    pub fn export_of(&mut self, index: usize, named: &Customer) {
        let sms = &self.sms[index];
        let fate = self.fates.get(&sms.customer).copied().unwrap_or_default();
        let about: &[(&str, About)] = match fate {
            Fate::Delivered => &[
                ("Send", About::Handed(index)),
                ("Delivery", About::Delivered(index)),
            ],
            Fate::Handed => &[("Send", About::Handed(index))],
            Fate::Failed => &[
                ("Send", About::Handed(index)),
                ("DeliveryFailure", About::Failed(index)),
            ],
            Fate::Rejected => &[
                ("Send", About::Handed(index)),
                ("Rejection", About::Failed(index)),
            ],
            Fate::Aborted => &[("Abort", About::Aborted(index))],
            Fate::Withheld => &[],
        };
        let mut told = Vec::new();
        for (what, about) in about {
            let properties = properties(sms, index, self.exports, about);
            told.push((
                format!("users.messages.sms.{what}"),
                properties,
                about.clone(),
            ));
        }
        for (what, properties, about) in told {
            self.export(&what, named, properties, about);
        }
    }

    /// A customer is subscribed or not from now on.
    pub fn export_wish(&mut self, named: &Customer, out: bool, by_keyword: bool) {
        let properties = json!({
            "subscription_status": if out { "Unsubscribed" } else { "Subscribed" },
            "channel": "sms",
            "state_change_source": if by_keyword { "inbound_message" } else { "dashboard" },
        });
        let about = About::Wish {
            customer: anonymous::person(named),
            out,
        };
        let what = "users.behaviors.subscriptiongroup.StateChange";
        self.export(what, named, properties, about);
    }

    fn export(&mut self, what: &str, named: &Customer, properties: Value, about: About) {
        let id = format!("e{}", self.exported.len());
        let user = match named {
            Customer::Id(id) => json!({"external_user_id": id.as_str(), "user_id": "b"}),
            Customer::Phone(_) => json!({"user_id": anonymous::BRAZE_ID}),
        };
        let at = self.now.div_euclid(1000);
        let body = json!({"id": id, "event_type": what, "time": at, "user": user, "properties": properties});
        self.exported.push(Exported {
            id,
            about,
            at: self.now,
            body,
            queued: true,
            told: 0,
            met: false,
            tried: false,
            anonymous: named.id().is_none(),
        });
    }
}

fn properties(sms: &Sent, index: usize, exports: Exports, about: &About) -> Value {
    let mut properties = json!({"campaign_id": sms.campaign});
    if sms.named_by_number {
        properties["to_phone_number"] = anonymous::phone().as_e164().into();
    }
    match (about, exports) {
        (About::Aborted(_), _) => {
            properties["abort_type"] = "quiet_hours".into();
        }
        (_, Exports::ByExtras) => {
            // Braze names the sending otherwise than its API did.
            properties["dispatch_id"] = format!("other{index}").into();
            let comment = sms.comment.map(|id| id.to_string()).unwrap_or_default();
            properties["message_extras"] =
                json!({"bridge": comment, "bridge_part": sms.part.to_string()});
        }
        _ => properties["dispatch_id"] = dispatch(index).into(),
    }
    if matches!(about, About::Failed(_)) {
        properties["provider_error_code"] = "30003".into();
    }
    properties
}

impl<S: Table> Run<S> {
    /// Some of what waits comes, beginning with a chosen one.
    pub fn export(&mut self, pick: u8, most: u8) {
        let waiting = self.exported(|one| one.queued);
        let Some(first) = chosen(&waiting, pick) else {
            return;
        };
        let at = waiting.iter().position(|one| *one == first).unwrap_or(0);
        let most = usize::from(most).clamp(1, BATCH);
        // The newest first, every other time.
        let mut batch: Vec<usize> = waiting[at..].iter().copied().take(most).collect();
        if pick % 2 == 1 {
            batch.reverse();
        }
        self.tell_exported(batch);
    }

    pub fn export_again(&mut self, pick: u8) {
        let told = self.exported(|one| one.told > 0);
        if let Some(index) = chosen(&told, pick) {
            self.tell_exported(vec![index]);
        }
    }

    pub fn export_lost(&mut self, pick: u8) {
        let waiting = self.exported(|one| one.queued && !one.tried);
        if let Some(index) = chosen(&waiting, pick) {
            self.common.world.lock().expect("world").exported[index].queued = false;
            self.tell(|| format!("exported event {index} is lost"));
        }
    }

    /// Whatever waits of the export, as much as one call brings.
    pub fn export_waiting(&mut self) -> bool {
        let mut waiting = self.exported(|one| one.queued);
        waiting.truncate(BATCH);
        let any = !waiting.is_empty();
        if any {
            self.tell_exported(waiting);
        }
        any
    }

    /// Days later everything that was told is told again, and nothing comes of it.
    pub async fn check_repeated_exports(&mut self) -> Result<(), String> {
        // A wish of somebody without a conversation was no news then, and may be by now.
        let was_news = |one: &Exported| one.met || !matches!(one.about, About::Wish { .. });
        let told = self.exported(|one| one.told > 0 && was_news(one));
        if told.is_empty() {
            return Ok(());
        }
        self.common.pass_time(LATE);
        let before = self.fingerprint();
        self.tell_exported(told);
        self.drain().await?;
        match self.fingerprint() == before {
            true => Ok(()),
            false => Err("what the export repeated days later was told again".to_owned()),
        }
    }

    fn exported(&self, wanted: impl Fn(&Exported) -> bool) -> Vec<usize> {
        let world = self.common.world.lock().expect("world");
        let all = world.exported.iter().enumerate();
        all.filter(|(_, one)| wanted(one))
            .map(|(index, _)| index)
            .collect()
    }

    fn tell_exported(&mut self, batch: Vec<usize>) {
        let met = self.store.shown();
        let body = {
            let mut world = self.common.world.lock().expect("world");
            for &index in &batch {
                let one = &mut world.exported[index];
                one.queued = false;
                one.tried = true;
                if let About::Wish { customer, .. } = &one.about
                    && one.told == 0
                {
                    // Under the external id alone: the number's goes over at the next contact (docs/testing.md).
                    let own = Key::Customer(customer.clone());
                    one.met = !one.anonymous && met.iter().any(|item| item.key == own);
                }
            }
            let events = batch
                .iter()
                .map(|&index| world.exported[index].body.clone());
            json!({"events": events.collect::<Vec<_>>()}).to_string()
        };
        self.tell(|| format!("the export tells {batch:?}"));
        self.take_exported(batch, body);
    }
}
