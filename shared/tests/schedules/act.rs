//! What can happen, as a list made from a seed. Every act stands for itself: a list with some left
//! out is a schedule again, which is what makes failures short.

use serde::{Deserialize, Serialize};

use super::dice::Dice;
use super::gate::Fault;

/// One thing that happens. `pick` chooses among what is there at the time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// A customer texts.
    Text { who: u8, what: Words },
    /// A customer uses a consent keyword.
    Consent { who: u8, out: bool },
    /// An agent does something to the customer's ticket; webhooks wait to be sent.
    Agent { who: u8, deed: Deed, body: Shape },
    /// One waiting webhook or retry is sent.
    Send { pick: u8 },
    /// One waiting webhook never comes.
    Lose { pick: u8 },
    /// An event is sent once more, under its own delivery id.
    Again { pick: u8 },
    /// One waiting call goes on.
    Step { pick: u8, fault: Fault, slow: bool },
    /// The schedule's tick.
    Redeliver,
    /// A worker vanishes where it waits.
    Crash { pick: u8 },
    /// Time passes, or the clock is set back.
    Clock { ms: i64 },
    /// The anonymous profile gets an external id.
    Known,
    /// What becomes of a customer's messages from now on.
    Phone { who: u8, fate: Fate },
    /// A person in Braze subscribes a customer, or takes them out.
    Subscription { who: u8, out: bool },
    /// Some of what the export has to tell comes.
    Export { pick: u8, most: u8 },
    /// Something that the export told comes once more.
    ExportAgain { pick: u8 },
    /// Something of the export never comes.
    ExportLost { pick: u8 },
}

/// What becomes of a message that Braze took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    #[default]
    Delivered,
    /// The carrier says no more of it.
    Handed,
    Failed,
    Rejected,
    /// Braze gives it up.
    Aborted,
    /// Braze sends nothing, and says nothing.
    Withheld,
}

/// Whether Braze exports events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exports {
    #[default]
    Off,
    /// They name the sending as Braze's API did.
    ByDispatch,
    /// They name it otherwise; the campaigns' texts name comment and part.
    ByExtras,
}

impl Exports {
    fn is_off(&self) -> bool {
        *self == Self::Off
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Words {
    Plain,
    Thanks,
    /// In a run of a campaign that had texts before: the dispatch id is the same as theirs.
    SameRun,
    /// Nothing but a rating, from 1 to 5.
    Stars(u8),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    Reply,
    LongReply,
    ReplyAndSolve,
    Solve,
    /// The trigger fires twice for one solve.
    SolveTwice,
    Reopen,
    Close,
    Delete,
    Merge,
    /// An agent opens a ticket for the customer and writes on it.
    Foreign,
    /// A trigger without our conditions reports a comment of the bridge's own.
    Echo,
    /// An agent asks for what may not have arrived, by the tag.
    Resend,
    /// An agent makes another customer the requester, or somebody whom Braze does not know.
    GiveAway,
    /// An agent merges the customer's profile into another one of theirs.
    MergeProfile,
    /// A trigger texts the customer something of its own.
    Say,
    /// The same trigger fires once more, with the same words.
    SayAgain,
}

/// What a webhook's body names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    Ours,
    /// No external id.
    TicketOnly,
    /// The guide's: no comment id, no status.
    Guide,
}

/// What a schedule is made of besides its acts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Setting {
    pub customers: u8,
    /// A closing campaign is set.
    pub closing: bool,
    /// Redelivery compares conversations with their tickets.
    pub compares: bool,
    /// Largest difference between two machines' clocks, in milliseconds.
    pub skew: i64,
    /// The customer 0 has no external id until they get one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub anonymous: bool,
    /// Customers rate, and Braze gets events of tickets.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub desk: bool,
    /// Whether Braze exports events.
    #[serde(default, skip_serializing_if = "Exports::is_off")]
    pub exports: Exports,
    /// How Zendesk tells which tickets changed, while there are faults.
    #[serde(default, skip_serializing_if = "Pages::is_whole")]
    pub pages: Pages,
}

/// How Zendesk tells which tickets changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pages {
    /// To the end.
    #[default]
    Whole,
    /// Half of the time a page after the first one is refused.
    BrokenOff,
    /// Half of the time a page names itself as the next one, or is told again under another name.
    Repeated,
    /// Each page has a next one: other people's tickets without end.
    Endless,
}

impl Pages {
    fn is_whole(&self) -> bool {
        *self == Self::Whole
    }
}

pub fn schedule(seed: u64) -> (Setting, Vec<Act>) {
    let mut dice = Dice::new(seed);
    let mut setting = Setting {
        customers: dice.pick(&[1, 1, 2, 3]),
        closing: !dice.percent(10),
        skew: dice.pick(&[0, 0, 400]),
        compares: seed % 2 == 1,
        anonymous: false,
        desk: false,
        exports: Exports::Off,
        pages: Pages::Whole,
    };
    let faults = dice.pick(&[0, 4, 15, 35]);
    let crashes = dice.pick(&[0, 2, 6]);
    let wild = dice.percent(35);
    let events = 3 + dice.below(8);
    let mut acts = Vec::new();
    for _ in 0..events {
        acts.push(happening(&mut dice, wild));
        for _ in 0..dice.below(14) {
            acts.push(going_on(&mut dice, faults, crashes));
        }
    }
    if seed % 4 == 3 {
        put_in(&mut Dice::new(!seed), &mut acts);
    }
    if matches!(seed % 8, 2 | 5) {
        change_hands(&mut Dice::new(seed.rotate_left(32)), &mut acts);
    }
    if matches!(seed % 8, 1 | 4) {
        setting.anonymous = true;
        become_known(&mut Dice::new(seed.rotate_left(16)), &mut acts);
    }
    let mut dice = Dice::new(seed.rotate_left(48));
    match seed / 8 % 8 {
        1 => meet_limits(&mut dice, &mut acts),
        3 | 4 | 6 => {
            setting.desk = true;
            say_and_rate(&mut dice, &mut acts);
        }
        5 => {
            setting.pages = unwhole(&mut dice);
            meet_limits(&mut dice, &mut acts);
        }
        7 => {
            setting.pages = unwhole(&mut dice);
            repeat_dispatches(&mut dice, &mut acts);
            meet_limits(&mut dice, &mut acts);
        }
        _ => {}
    }
    if seed < EXPORTING && matches!(seed / 8 % 8, 0 | 2 | 6) {
        setting.exports = dice.pick(&[Exports::ByDispatch, Exports::ByExtras]);
        export(&mut dice, &mut acts);
    }
    (setting, acts)
}

/// Seeds from this one on export no events: beyond it two of 20,000 schedules are known to fail
/// (docs/testing.md, "What is known to be open").
const EXPORTING: u64 = 2_000;

/// In three of eight schedules Braze exports events: late, repeated and lost. Messages end in every way.
fn export(dice: &mut Dice, acts: &mut Vec<Act>) {
    let mut put = |dice: &mut Dice, act| {
        let at = usize::try_from(dice.below(acts.len() as u64 + 1)).expect("small");
        acts.insert(at, act);
    };
    for _ in 0..1 + dice.below(4) {
        let who = dice.byte();
        let fate = dice.pick(&[
            Fate::Delivered,
            Fate::Handed,
            Fate::Failed,
            Fate::Rejected,
            Fate::Aborted,
            Fate::Withheld,
        ]);
        put(dice, Act::Phone { who, fate });
    }
    for _ in 0..2 + dice.below(5) {
        let (pick, most) = (dice.byte(), dice.byte() % 5);
        put(dice, Act::Export { pick, most });
    }
    for _ in 0..dice.below(3) {
        let pick = dice.byte();
        put(dice, Act::ExportAgain { pick });
        put(dice, Act::ExportLost { pick });
    }
    if dice.percent(30) {
        let (who, out) = (dice.byte(), dice.percent(60));
        put(dice, Act::Subscription { who, out });
    }
    // Long enough for silence to be news.
    if dice.percent(50) {
        put(dice, Act::Clock { ms: 700_000 });
        put(dice, Act::Redeliver);
    }
}

fn unwhole(dice: &mut Dice) -> Pages {
    dice.pick(&[Pages::BrokenOff, Pages::Repeated, Pages::Endless])
}

/// In three of eight schedules Zendesk's three limits are met, each often enough to matter.
fn meet_limits(dice: &mut Dice, acts: &mut [Act]) {
    for act in acts {
        if let Act::Step { fault, .. } = act
            && (*fault == Fault::Limited || *fault == Fault::None && dice.percent(12))
        {
            *fault = dice.pick(&[
                Fault::LimitedAccount,
                Fault::LimitedUpdates,
                Fault::LimitedTicket,
                Fault::LimitedTicket,
            ]);
        }
    }
}

/// In three others triggers text the customer, and most solved tickets are rated, some twice.
fn say_and_rate(dice: &mut Dice, acts: &mut Vec<Act>) {
    let mut rated = Vec::new();
    for (at, act) in acts.iter().enumerate() {
        if let Act::Agent { who, deed, .. } = *act
            && matches!(deed, Deed::Solve | Deed::SolveTwice | Deed::ReplyAndSolve)
        {
            for _ in 0..dice.pick(&[0, 1, 1, 2]) {
                let later = usize::try_from(dice.below(25)).expect("small");
                let what = Words::Stars(1 + dice.byte() % 5);
                rated.push((at + 1 + later, Act::Text { who, what }));
            }
        }
    }
    // The last one first: the places of those before it stay what they are.
    rated.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    for (at, act) in rated {
        acts.insert(at.min(acts.len()), act);
    }
    for _ in 0..1 + dice.below(4) {
        let said = Act::Agent {
            who: dice.byte(),
            deed: dice.pick(&[Deed::Say, Deed::SayAgain]),
            body: Shape::Ours,
        };
        let at = usize::try_from(dice.below(acts.len() as u64 + 1)).expect("small");
        acts.insert(at, said);
    }
}

/// In another, texts come in runs of campaigns that had texts before.
fn repeat_dispatches(dice: &mut Dice, acts: &mut [Act]) {
    for act in acts {
        if let Act::Text { what, .. } = act
            && *what == Words::Plain
            && dice.percent(70)
        {
            *what = Words::SameRun;
        }
    }
}

/// In every fourth schedule, none of those above, the customer 0 is an anonymous profile, which gets an external
/// id at the latest before the last quarter, and texts once more after that. In some they use a keyword at
/// any time as well.
fn become_known(dice: &mut Dice, acts: &mut Vec<Act>) {
    let mut place = |from: usize, to: usize| {
        let places = to.saturating_sub(from) as u64 + 1;
        from + usize::try_from(dice.below(places)).expect("small")
    };
    let at = place(0, acts.len() * 3 / 4);
    acts.insert(at, Act::Known);
    let text = Act::Text {
        who: 0,
        what: Words::Plain,
    };
    acts.insert(place(at + 1, acts.len()), text);
    let keyword = place(0, acts.len());
    if dice.percent(40) {
        let out = dice.percent(60);
        acts.insert(keyword, Act::Consent { who: 0, out });
    }
}

/// In every fourth schedule, others than those above, tickets change hands and profiles are merged, at the
/// latest before the last three quarters are over. From then on agents work on the tickets of those who got
/// one as well.
fn change_hands(dice: &mut Dice, acts: &mut Vec<Act>) {
    for _ in 0..1 + dice.below(2) {
        let change = Act::Agent {
            who: dice.byte(),
            deed: match dice.percent(70) {
                true => Deed::GiveAway,
                false => Deed::MergeProfile,
            },
            body: Shape::Ours,
        };
        let at = usize::try_from(dice.below(acts.len() as u64 * 3 / 4 + 1)).expect("small");
        acts.insert(at, change);
    }
}

/// In every fourth schedule agents ask for messages once more, and all clocks are set back, by less
/// than the minute that the comparison of their times allows for. Both are put
/// in afterwards, so that the other schedules stay what they were.
fn put_in(dice: &mut Dice, acts: &mut Vec<Act>) {
    for _ in 0..1 + dice.below(3) {
        let tag = Act::Agent {
            who: dice.byte(),
            deed: Deed::Resend,
            body: Shape::Ours,
        };
        let at = usize::try_from(dice.below(acts.len() as u64 + 1)).expect("small");
        acts.insert(at, tag);
    }
    if dice.percent(40) {
        let back = Act::Clock {
            ms: -dice.pick(&[300, 3_000, 25_000]),
        };
        let at = usize::try_from(dice.below(acts.len() as u64 + 1)).expect("small");
        acts.insert(at, back);
    }
}

fn happening(dice: &mut Dice, wild: bool) -> Act {
    let who = dice.byte();
    let body = match dice.below(100) {
        0..10 => Shape::TicketOnly,
        10..18 => Shape::Guide,
        _ => Shape::Ours,
    };
    let agent = |deed| Act::Agent { who, deed, body };
    match dice.below(100) {
        0..40 => Act::Text {
            who,
            what: if dice.percent(10) {
                Words::Thanks
            } else {
                Words::Plain
            },
        },
        40..58 => agent(Deed::Reply),
        58..60 => agent(Deed::LongReply),
        60..72 => agent(Deed::ReplyAndSolve),
        72..80 => agent(Deed::Solve),
        80..82 => agent(Deed::SolveTwice),
        82..86 => agent(Deed::Reopen),
        86..89 => Act::Consent {
            who,
            out: dice.percent(60),
        },
        89..92 => Act::Again { pick: dice.byte() },
        _ if !wild => Act::Text {
            who,
            what: Words::Plain,
        },
        92..94 => agent(Deed::Close),
        94..96 => agent(Deed::Delete),
        96..98 => agent(Deed::Merge),
        98 => agent(Deed::Foreign),
        _ => agent(Deed::Echo),
    }
}

fn going_on(dice: &mut Dice, faults: u64, crashes: u64) -> Act {
    let pick = dice.byte();
    if dice.percent(crashes) {
        return Act::Crash { pick };
    }
    match dice.below(100) {
        0..12 => Act::Send { pick },
        12 => Act::Lose { pick },
        13..15 => Act::Again { pick },
        15..19 => Act::Redeliver,
        19..25 => Act::Clock {
            ms: dice.pick(&[
                300, 3_000, 9_000, 25_000, 25_000, 130_000, 700_000, 8_000_000, 90_000_000,
            ]),
        },
        _ => Act::Step {
            pick,
            slow: dice.percent(15),
            fault: match dice.percent(faults) {
                false => Fault::None,
                true => dice.pick(&[
                    Fault::Before,
                    Fault::Before,
                    Fault::After,
                    Fault::After,
                    Fault::Down,
                    Fault::Gone,
                    Fault::Limited,
                    Fault::Refused,
                ]),
            },
        },
    }
}
