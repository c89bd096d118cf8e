//! Stories that play themselves, each with a customer of its own.
//!
//! In: conversation files that ship with the program. Out: their steps, done one after the other
//! with a pause for the eye, and a line that says what happens. What they expect is checked by
//! `--script`, not here: here people watch.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::{Room, acting};
use crate::acts::Cast;
use crate::conversation::Conversation;
use crate::steps::{Step, Webhooks};
use crate::weather::{Switch, Weather};

/// Between two steps.
const PAUSE: Duration = Duration::from_millis(1_200);
/// Longest wait for the bridge to come to rest between two steps.
const REST: Duration = Duration::from_secs(20);

/// Name and text of every preset; the first line of a file is its title.
pub(crate) const ALL: &[(&str, &str)] = &[
    ("support", include_str!("../../conversations/support.toml")),
    ("outage", include_str!("../../conversations/outage.toml")),
    (
        "reversed",
        include_str!("../../conversations/reversed.toml"),
    ),
    ("twice", include_str!("../../conversations/twice.toml")),
    ("crash", include_str!("../../conversations/crash.toml")),
    ("unknown", include_str!("../../conversations/unknown.toml")),
    ("stop", include_str!("../../conversations/stop.toml")),
    (
        "unsubscribed",
        include_str!("../../conversations/unsubscribed.toml"),
    ),
    (
        "undelivered",
        include_str!("../../conversations/undelivered.toml"),
    ),
    ("refused", include_str!("../../conversations/refused.toml")),
    (
        "first-answer",
        include_str!("../../conversations/first-answer.toml"),
    ),
    ("context", include_str!("../../conversations/context.toml")),
    ("brand", include_str!("../../conversations/brand.toml")),
    ("rating", include_str!("../../conversations/rating.toml")),
];

/// What is playing.
#[derive(Default)]
pub(super) struct Playing(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    task: Option<JoinHandle<()>>,
    shown: Option<Value>,
}

impl Playing {
    /// What the page shows of it: title, step, of how many, what happens, whose phone to look at.
    pub(super) fn shown(&self) -> Option<Value> {
        self.inner().shown.clone()
    }

    /// Ends it where it is.
    pub(super) fn stop(&self) {
        let mut inner = self.inner();
        if let Some(task) = inner.task.take() {
            task.abort();
        }
        inner.shown = None;
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Customers and tickets are named by their ids.
pub(super) struct Ids;

impl Cast for Ids {
    fn customer(&self, id: Option<&str>) -> Result<String, String> {
        id.map(str::to_owned)
            .ok_or_else(|| "which customer?".to_owned())
    }

    fn ticket(&self, number: Option<u64>) -> Result<u64, String> {
        number.ok_or_else(|| "which ticket?".to_owned())
    }
}

/// Starts a preset, instead of the one that plays; `none` only ends that one. Either way nothing
/// is left of faults that were on, and of what a story before switched on.
pub(super) async fn start(room: &Arc<Room>, name: &str) -> Result<(), String> {
    let found = ALL.iter().find(|(known, _)| *known == name);
    if found.is_none() && name != "none" {
        return Err(format!("there is no preset {name}"));
    }
    room.playing.stop();
    room.live.poke();
    calm(room).await?;
    room.acts.put_back().await;
    let Some((_, text)) = found else {
        return Ok(());
    };
    let conversation = Conversation::parse(text)?;
    let mut roles = BTreeMap::new();
    for role in &conversation.customer {
        let mut added = room.add_customer(&role.first_name, &role.last_name);
        if role.has_profile() {
            role.fill(&mut added);
            room.stack.braze.add_user(added.clone());
        }
        roles.insert(role.id.clone(), added.external_id);
    }
    let mut roles = Roles {
        first: conversation.customer[0].id.clone(),
        roles,
        old: room.stack.zendesk.tickets().iter().map(|t| t.id).collect(),
        tickets: Vec::new(),
    };
    let playing = Arc::clone(room);
    let task = tokio::spawn(async move {
        let wrong = play(&playing, &conversation, &mut roles).await.err();
        if let Some(why) = wrong {
            say(&playing, json!({"title": conversation.title, "wrong": why}));
            tokio::time::sleep(PAUSE * 5).await;
            // It ended in the middle, perhaps of an outage.
            let _ = calm(&playing).await;
        }
        playing.playing.inner().shown = None;
        playing.live.poke();
    });
    room.playing.inner().task = Some(task);
    Ok(())
}

/// Everything works again, and no webhook is kept back.
async fn calm(room: &Arc<Room>) -> Result<(), String> {
    let works = Weather {
        zendesk: Some(Switch::Works),
        braze: Some(Switch::Works),
        database: Some(Switch::Works),
    };
    if room.acts.sky.weather() != works || room.acts.sky.armed().is_some() {
        let step = Step {
            faults: Some(works),
            ..Step::default()
        };
        acting::perform(room, step).await?;
    }
    if room.stack.zendesk.webhooks_are_held() {
        let hold = Some(false);
        let webhooks = Webhooks {
            hold,
            ..Webhooks::default()
        };
        let step = Step {
            webhooks: Some(webhooks),
            ..Step::default()
        };
        acting::perform(room, step).await?;
    }
    Ok(())
}

async fn play(room: &Arc<Room>, story: &Conversation, roles: &mut Roles) -> Result<(), String> {
    let steps: Vec<&Step> = story.step.iter().map(toml::Spanned::as_ref).collect();
    let acts = steps.iter().filter(|step| step.expect.is_none());
    let count = acts.count();
    let mut done = 0;
    for step in steps {
        if step.expect.is_some() {
            continue;
        }
        done += 1;
        let told = step.say.clone().unwrap_or_default();
        say(
            room,
            json!({"title": story.title, "step": done, "of": count, "say": told,
            "customer": roles.roles.get(&roles.first)}),
        );
        tokio::time::sleep(PAUSE).await;
        let step = roles.named(step)?;
        acting::perform(room, step).await?;
        room.stack.quiesce(REST).await;
        roles.look(room);
    }
    tokio::time::sleep(PAUSE).await;
    Ok(())
}

fn say(room: &Room, shown: Value) {
    room.playing.inner().shown = Some(shown);
    room.live.poke();
}

/// Who plays whom.
struct Roles {
    first: String,
    roles: BTreeMap<String, String>,
    old: Vec<u64>,
    tickets: Vec<u64>,
}

impl Roles {
    fn look(&mut self, room: &Room) {
        for ticket in room.stack.zendesk.tickets() {
            if !self.old.contains(&ticket.id) && !self.tickets.contains(&ticket.id) {
                self.tickets.push(ticket.id);
            }
        }
    }

    /// The same step with ids for its customers and tickets.
    fn named(&self, step: &Step) -> Result<Step, String> {
        let mut step = step.clone();
        step.say = None;
        step.name(self)?;
        Ok(step)
    }
}

impl Cast for Roles {
    fn customer(&self, id: Option<&str>) -> Result<String, String> {
        let role = id.unwrap_or(&self.first);
        let player = self.roles.get(role).cloned();
        player.ok_or_else(|| format!("there is no player for {role}"))
    }

    fn ticket(&self, number: Option<u64>) -> Result<u64, String> {
        let found = match number {
            None => self.tickets.last(),
            Some(number) => {
                let at = usize::try_from(number).unwrap_or_default().checked_sub(1);
                at.and_then(|at| self.tickets.get(at))
            }
        };
        found
            .copied()
            .ok_or_else(|| "there is no ticket yet".to_owned())
    }
}
