//! The whole path in a terminal, from an unpacked release to the first answered text, and its inputs counted; a walk
//! that is left and gone on with.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod kit;

use kit::World;
use kit::terminal::{Ended, Terminal};
use local::binaries::workspace_root;
use local::options::INBOUND_TOKEN;
use serde_json::json;
use simulators::braze::{Inbound, SMS_GROUP};
use simulators::faults::{Effect, Fault};

/// What `docs/migrating.md` counts outside of Braze.
const MOST: usize = 15;

/// A stack as it is after its deployment: nothing in Zendesk, no webhook campaign in Braze, an inbound token.
async fn deployed() -> World {
    let world = World::with(
        |options| {
            for key in [
                "zendesk_oauth_client_id",
                "zendesk_oauth_client_secret",
                "braze_api_key",
            ] {
                options.secret.insert(key.to_owned(), json!(""));
            }
        },
        |_| {},
    )
    .await;
    for name in ["support", "other", "opt-out", "opt-in", "help"] {
        let braze = &world.stack.braze;
        braze.remove_campaign(&format!("inbound-{name}"));
    }
    world
}

fn pasted(world: &World) {
    let url = format!("{}/braze/inbound", world.stack.front_url());
    let braze = &world.stack.braze;
    braze.set_inbound(Inbound::new(&url, INBOUND_TOKEN));
}

fn credentials() -> [(&'static str, String); 3] {
    let zendesk = simulators::zendesk::AccountConfig::default();
    let braze = simulators::braze::WorkspaceConfig::default();
    [
        ("zendesk_oauth_client_id [", zendesk.oauth_client_id),
        ("zendesk_oauth_client_secret [", zendesk.oauth_client_secret),
        ("braze_api_key [", braze.api_key),
    ]
}

fn bridge(arguments: &str) -> String {
    format!("{} {arguments}", env!("CARGO_BIN_EXE_sms-bridge"))
}

/// A SAM that asks as SAM does, and deploys nothing.
const SAM: &str = "printf 'Deploy this changeset? [y/N]: '\nread answer\n[ \"$answer\" = y ]";

#[tokio::test(flavor = "multi_thread")]
async fn from_the_release_to_an_answered_text_it_takes_fifteen_inputs_outside_of_braze() {
    let world = deployed().await;
    let release = kit::release(SAM);
    // Unpacked; in Zendesk an OAuth client, made and confidential.
    let mut inputs = 1 + 2;

    let mut terminal = Terminal::run(&bridge("deploy"), release.path(), &[]);
    terminal.asked("region: ", "us-east-1").await;
    let url = world.stack.zendesk.base_url();
    terminal.asked("ZendeskBaseUrl: ", &url).await;
    let url = world.stack.braze.base_url();
    terminal.asked("BrazeBaseUrl: ", &url).await;
    terminal
        .asked("BrazeReplyCampaignId: ", "reply-campaign")
        .await;
    terminal.asked("Deploy this changeset?", "y").await;
    let Ended { code, said, typed } = terminal.ends().await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("sms-bridge setup"), "{said}");
    inputs += 1 + typed;

    let mut terminal = Terminal::run(&bridge("setup"), release.path(), &world.variables());
    for (key, value) in credentials() {
        terminal.asked(key, &value).await;
    }
    terminal.asked("Type yes:", "yes").await;
    let paste = "Press Enter once the campaign for OTHER is launched";
    terminal.asks(paste).await;
    pasted(&world);
    terminal.asked(paste, "").await;
    let Ended { code, said, typed } = terminal.ends().await;
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("All is well."), "{said}");
    // What Braze tells is filled in and not asked for; what was set before stays.
    let parameter = |name: &str| world.parameter(name);
    assert_eq!(
        parameter("BrazeSubscriptionGroupId").as_deref(),
        Some(SMS_GROUP)
    );
    assert_eq!(parameter("CheckSubscription").as_deref(), Some("on"));
    assert_eq!(
        parameter("BrazeReplyCampaignId").as_deref(),
        Some("reply-campaign")
    );
    for (_, value) in credentials() {
        // The terminal itself shows what is typed faster than the question ends.
        let said = said.replace(&format!("]: {value}"), "]: ");
        assert!(!said.contains(&value), "a value was shown");
    }
    inputs += 1 + typed;
    assert_eq!(inputs, MOST, "docs/migrating.md tells another number");
    let page = std::fs::read_to_string(workspace_root().join("docs/migrating.md")).unwrap();
    assert!(page.contains(&format!("{MOST} inputs outside of Braze")));

    let text = world
        .stack
        .braze
        .customer_texts("ana", "SUPPORT", &[])
        .await;
    assert_eq!(text.status, Some(200), "{text:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_that_was_left_goes_on_and_a_finished_one_asks_nothing() {
    let world = deployed().await;
    let place = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::run(&bridge("setup"), place.path(), &world.variables());
    for (key, value) in credentials() {
        terminal.asked(key, &value).await;
    }
    terminal.asked("Type yes:", "no").await;
    let Ended { code, said, .. } = terminal.ends().await;
    assert_eq!(code, Some(1), "{said}");
    assert_eq!(world.titles().len(), 0);

    let mut terminal = Terminal::run(&bridge("setup"), place.path(), &world.variables());
    terminal.asked("Type yes:", "yes").await;
    let paste = "Press Enter once the campaign for OTHER is launched";
    // Nothing is there yet: it asks again.
    terminal.asked(paste, "").await;
    terminal.asked("Not there yet", "s").await;
    let Ended { code, said, typed } = terminal.ends().await;
    assert_eq!((code, typed), (Some(0), 3), "{said}");

    pasted(&world);
    let before = world.zendesk();
    let terminal = Terminal::run(&bridge("setup"), place.path(), &world.variables());
    let Ended { code, said, typed } = terminal.ends().await;
    assert_eq!((code, typed), (Some(0), 0), "{said}");
    assert!(said.contains("All are there"), "{said}");
    assert!(said.contains("Launched, with this stack's URL"), "{said}");
    assert_eq!(world.zendesk(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_walk_finds_what_brazes_api_tells_and_lives_with_a_key_that_may_not_ask() {
    let world = World::with(
        |_| {},
        |stack| {
            stack.parameters.remove("BrazeReplyCampaignId");
        },
    )
    .await;
    let braze = &world.stack.braze;
    braze.remove_campaign("solved-campaign");
    let refusal = Effect::Respond {
        status: 403,
        headers: vec![("content-type".into(), "text/xml".into())],
        body: "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error>\
               </ErrorResponse>"
            .to_owned(),
    };
    world.faults().add(Fault::once("UpdateStack", refusal));
    let ran = world.bridge("setup --yes").await;
    let flat = ran.out.replace('\n', " ");
    let tells = "sms-bridge deploy --set BrazeReplyCampaignId=reply-campaign";
    assert!(flat.contains(tells), "{}", ran.out);
    // The stack may not be changed by everybody: the line to type is told instead.
    let line = format!(
        "sms-bridge deploy --set BrazeSubscriptionGroupId={SMS_GROUP} --set CheckSubscription=on"
    );
    assert!(flat.contains(&line), "{}", ran.out);
    assert!(flat.contains("cloudformation:UpdateStack"), "{}", ran.out);
    assert_eq!(world.parameter("BrazeSubscriptionGroupId"), None);
    pasted(&world);
    let url = format!("{}/braze/inbound", world.stack.front_url());
    braze.set_inbound(Inbound::new(&url, "another-token-0123456789"));
    let ran = world.bridge("setup --yes").await;
    assert!(ran.out.contains("sends another token"), "{}", ran.out);
    braze.set_permissions(Some(&["campaigns.trigger.send", "users.track"]));
    let ran = world.bridge("setup --yes").await;
    assert!(ran.out.contains("Webhook campaigns"), "{}", ran.out);
    let ran = world.bridge("setup --json").await.ends(2);
    assert!(ran.err.contains("the walk is for a person"), "{}", ran.err);
}

/// A set-up stack whose key may not look at campaigns.
async fn unseeing() -> World {
    let world = World::ready().await;
    pasted(&world);
    let braze = &world.stack.braze;
    braze.set_permissions(Some(&[
        "campaigns.trigger.send",
        "users.track",
        "subscription.status.get",
    ]));
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn where_braze_does_not_tell_the_group_it_is_asked_for_once() {
    for (typed, group, check) in [(SMS_GROUP, Some(SMS_GROUP), "on"), ("", None, "off")] {
        let world = unseeing().await;
        let place = tempfile::tempdir().unwrap();
        let mut terminal = Terminal::run(&bridge("setup"), place.path(), &world.variables());
        terminal
            .asked("Press Enter once they are launched", "")
            .await;
        if !typed.is_empty() {
            terminal
                .asked("BrazeSubscriptionGroupId: ", "my group")
                .await;
        }
        terminal.asked("BrazeSubscriptionGroupId: ", typed).await;
        let Ended { code, said, .. } = terminal.ends().await;
        assert_eq!(code, Some(0), "{said}");
        assert_eq!(
            world.parameter("BrazeSubscriptionGroupId").as_deref(),
            group,
            "{said}"
        );
        assert_eq!(
            world.parameter("CheckSubscription").as_deref(),
            Some(check),
            "{said}"
        );

        let mut terminal = Terminal::run(&bridge("setup"), place.path(), &world.variables());
        terminal
            .asked("Press Enter once they are launched", "")
            .await;
        let Ended { code, said, .. } = terminal.ends().await;
        assert_eq!(code, Some(0), "{said}");
        assert!(!said.contains("BrazeSubscriptionGroupId: "), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_is_set_and_a_check_that_is_off_stay() {
    for (name, value) in [
        ("BrazeSubscriptionGroupId", "another-group"),
        ("CheckSubscription", "off"),
    ] {
        let set = |stack: &mut local::cloudformation::Described| {
            stack.parameters.insert(name.to_owned(), value.to_owned());
        };
        let world = World::with(|_| {}, set).await;
        pasted(&world);
        world.bridge("setup --yes").await;
        assert_eq!(world.parameter(name).as_deref(), Some(value));
        let others = ["BrazeSubscriptionGroupId", "CheckSubscription"];
        let other = others.into_iter().find(|other| *other != name).unwrap();
        assert_eq!(world.parameter(other), None);
    }
}
