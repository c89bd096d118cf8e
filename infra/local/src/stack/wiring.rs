//! How the parts are told of each other.
//!
//! In: options and running parts. Out: the table's definition, the functions' pools, the routes,
//! and vendors that know where the bridge is.

use std::collections::BTreeMap;

use simulators::braze::{Braze, Campaign, Inbound};
use simulators::zendesk::Zendesk;

use super::StackError;
use crate::archive::{Archive, TEMPLATE};
use crate::binaries::{self, Binaries, BinariesError, FUNCTIONS};
use crate::data::DataDir;
use crate::journal::Journal;
use crate::options::{
    EVENTS_SIGNING_SECRET, INBOUND_TOKEN, Options, Places, REPLY_CAMPAIGN, REPLY_SIGNING_SECRET,
    SOLVED_CAMPAIGN, SOLVED_SIGNING_SECRET,
};
use crate::pictures::Pictures;
use crate::pool::{Pool, Program};
use crate::template::Table;

/// What `sms-bridge setup braze` gives to paste.
const REPLY_TEXT: &str = include_str!("../../../braze/reply.liquid");
const SOLVED_TEXT: &str = include_str!("../../../braze/solved.liquid");
/// The event types that `sms-bridge setup zendesk` subscribes to.
const EVENTS: &str = include_str!("../../../zendesk/events.json");

pub(super) fn read_table(options: &Options) -> Result<Table, StackError> {
    let usual = || match Archive::of_this_program() {
        Some(archive) => archive.template(),
        None => binaries::workspace_root().join(TEMPLATE),
    };
    let path = options.template.clone().unwrap_or_else(usual);
    let text = std::fs::read_to_string(&path).map_err(|source| StackError::NoTemplate {
        path: path.display().to_string(),
        source,
    })?;
    Ok(Table::from_template(&text)?)
}

pub(super) fn pools(
    options: &Options,
    binaries: &Binaries,
    places: &Places,
    journal: &Journal,
) -> Result<BTreeMap<String, Pool>, BinariesError> {
    let pool = |name: &&str| {
        let missing = || BinariesError::Missing((*name).to_owned());
        let program = Program {
            function: (*name).to_owned(),
            executable: binaries.get(*name).ok_or_else(missing)?.clone(),
            variables: options.environment(name, places),
            timeout: match *name {
                "redelivery" => options.redelivery_timeout,
                _ => options.timeout,
            },
        };
        let (limits, logs) = (options.limits.clone(), options.logs.clone());
        let pool = Pool::with_journal(program, limits, logs, journal.clone());
        Ok(((*name).to_owned(), pool))
    };
    FUNCTIONS.iter().map(pool).collect()
}

pub(super) fn routes(functions: &BTreeMap<String, Pool>) -> BTreeMap<String, Pool> {
    let routes = [
        ("POST /zendesk/reply", "zendesk-reply"),
        ("POST /zendesk/solved", "zendesk-solved"),
        ("POST /braze/inbound", "braze-inbound"),
        ("POST /zendesk/events", "zendesk-reply"),
        ("POST /braze/events", "braze-inbound"),
    ];
    let of = |(route, name): (&str, &str)| Some((route.to_owned(), functions.get(name)?.clone()));
    routes.into_iter().filter_map(of).collect()
}

/// Starts the host of customers' pictures, and lets the functions trust it.
pub(super) async fn host_pictures(
    options: &mut Options,
    data: Option<&DataDir>,
) -> std::io::Result<Option<Pictures>> {
    if !options.pictures {
        return Ok(None);
    }
    let pictures = Pictures::start(data.map(DataDir::pictures)).await?;
    let certificate = pictures.certificate().display().to_string();
    for (name, value) in [
        ("EXTRA_CA_FILE", certificate),
        ("MEDIA_ALLOW_LOOPBACK", "true".to_owned()),
    ] {
        options.variables.insert(name.to_owned(), Some(value));
    }
    Ok(Some(pictures))
}

/// Tells Zendesk where the bridge is, as an administrator would.
pub(super) fn introduce_to_zendesk(zendesk: &Zendesk, front: &str, tag: Option<&str>) {
    zendesk.install_default_triggers(
        &format!("{front}/zendesk/reply"),
        REPLY_SIGNING_SECRET,
        &format!("{front}/zendesk/solved"),
        SOLVED_SIGNING_SECRET,
    );
    if let Some(tag) = tag {
        zendesk.limit_default_triggers(tag);
    }
}

/// Has Zendesk post its event types to the bridge, as an administrator would.
pub(super) fn follow_zendesk(zendesk: &Zendesk, front: &str) {
    // A file of this repository, read by tests before anybody else.
    let kinds: Vec<String> = serde_json::from_str(EVENTS).unwrap_or_default();
    let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
    let endpoint = format!("{front}/zendesk/events");
    zendesk.install_event_webhook(&endpoint, EVENTS_SIGNING_SECRET, &kinds);
}

/// The tag of tickets that are texted about; `None`: all of them are.
pub(super) fn tag(options: &Options) -> Option<String> {
    let set = |name: &str| options.variables.get(name)?.as_deref();
    if set("TEXT_TICKETS") == Some("any") {
        return None;
    }
    let tags = set("TICKET_TAGS").unwrap_or("braze_sms").split(',');
    tags.map(str::trim)
        .find(|tag| !tag.is_empty())
        .map(str::to_owned)
}

/// Tells Braze where the bridge is, as a person in its dashboard would.
pub(super) fn introduce_to_braze(braze: &Braze, front: &str) {
    let campaign = |id: &str, name: &str, text: &str| Campaign {
        template: text.trim_end().to_owned(),
        ..Campaign::new(id, name)
    };
    braze.add_campaign(campaign(REPLY_CAMPAIGN, "Agent's reply", REPLY_TEXT));
    braze.add_campaign(campaign(SOLVED_CAMPAIGN, "Ticket closed", SOLVED_TEXT));
    braze.set_inbound(Inbound::new(
        &format!("{front}/braze/inbound"),
        INBOUND_TOKEN,
    ));
}
