//! `sms-bridge doctor`: a healthy stack is healthy, and each broken thing is named by its setting.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod kit;

use kit::{Ran, World, edit, trigger, webhook};
use local::faults::{Fault as AwsFault, refusal};
use local::secrets::access_denied;
use serde_json::{Value, json};
use simulators::braze::{Campaign, Inbound, SMS_GROUP};
use simulators::zendesk::{Comment, Role};
use simulators::{Effect, Fault};

/// The findings that are wrong: setting and sentence.
async fn wrong(world: &World) -> Vec<(String, String)> {
    let told = world.bridge("doctor --json").await;
    let findings = told.json()["findings"].as_array().unwrap().clone();
    let wrong: Vec<(String, String)> = findings
        .iter()
        .filter(|finding| finding["level"] == "wrong")
        .map(|finding| {
            let text = |name: &str| finding[name].as_str().unwrap().to_owned();
            assert_ne!(text("to_do"), "");
            (text("setting"), text("what"))
        })
        .collect();
    assert_eq!(told.code, i32::from(!wrong.is_empty()));
    assert_eq!(told.json()["healthy"], wrong.is_empty());
    wrong
}

fn settings(wrong: &[(String, String)]) -> Vec<&str> {
    wrong.iter().map(|(setting, _)| setting.as_str()).collect()
}

fn calls(ran: &Ran, word: &str) -> usize {
    ran.out
        .lines()
        .filter(|line| line.starts_with(word))
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_stack_is_healthy_and_no_customer_notices() {
    let world = World::ready().await;
    let before = (
        world.zendesk(),
        world.stack.braze.snapshot(),
        world.secret(),
    );
    let ran = world.bridge("doctor").await.ends(0).fits();
    assert!(ran.out.ends_with("All is well.\n"), "{}", ran.out);
    assert_eq!(calls(&ran, "WRONG"), 0);
    for word in [
        "braze-zendesk: key, index and time to live are right",
        "signed in, role admin",
        "requests a minute are left",
        "user field, webhooks, category, triggers and signing secrets are",
        "ZendeskReplyUrl: the test event was answered \"ignored\"",
        "ZendeskSolvedUrl: the test event was answered \"ignored\"",
        "ZendeskEventsUrl: the test event was answered \"ignored\"",
        "BrazeInboundUrl: the test event was answered \"ignored\"",
        "the key may call campaigns.trigger.send",
        "the campaign \"reply-campaign\" is live and sends SMS",
        "the clocks agree",
    ] {
        assert!(ran.out.contains(word), "{word} is missing in\n{}", ran.out);
    }
    let mut secret = world.secret();
    // Zendesk's address is none, and a setting in force.
    secret.as_object_mut().unwrap().remove("zendesk_base_url");
    for value in secret.as_object().unwrap().values() {
        let value = value.as_str().unwrap();
        assert!(
            value.len() < 8 || !ran.out.contains(value),
            "a secret is shown"
        );
    }
    assert!(
        world
            .stack
            .quiesce(std::time::Duration::from_secs(30))
            .await
    );
    let after = (
        world.zendesk(),
        world.stack.braze.snapshot(),
        world.secret(),
    );
    let quiet = |(mut zendesk, braze, secret): (Value, Value, Value)| {
        zendesk["last_id"] = Value::Null;
        (
            zendesk,
            braze["users"].clone(),
            braze["sends"].clone(),
            secret,
        )
    };
    assert_eq!(quiet(after), quiet(before));
    let again = world.bridge("doctor").await.ends(0);
    assert_eq!(calls(&again, "WRONG"), 0, "a test event may be repeated");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_that_was_never_set_up_is_told_what_is_missing() {
    let world = World::bare().await;
    let wrong = wrong(&world).await;
    let named = settings(&wrong);
    for setting in [
        "zendesk_reply_signing_secret",
        "zendesk_solved_signing_secret",
        "user field braze_external_id",
        "trigger SMS bridge (braze-zendesk-bridge): public reply",
    ] {
        assert!(
            named.contains(&setting),
            "{setting} is missing in {named:?}"
        );
    }
    let ran = world.bridge("doctor").await.ends(1).fits();
    assert!(ran.out.contains("sms-bridge setup zendesk"), "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_in_zendesk_is_named() {
    let world = World::ready().await;
    edit(&world.stack, |account| {
        trigger(account, "public reply")["all"]
            .as_array_mut()
            .unwrap()
            .pop();
        webhook(account, ": solved")["active"] = json!(false);
    });
    let wrong = wrong(&world).await;
    assert_eq!(wrong.len(), 2, "{wrong:?}");
    assert!(
        wrong[0].1.contains("status is inactive, should be active"),
        "{wrong:?}"
    );
    assert!(wrong[1].0.ends_with("public reply") && wrong[1].1.contains("role is_not end_user"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secrets_values_are_tried() {
    let world = World::ready().await;
    let good = world.stack.secrets.text();
    let with = async |key: &str, value: &str| {
        world.stack.secrets.set(good.clone());
        world.stack.secrets.set_key(key, value);
        wrong(&world).await
    };
    let found = with("zendesk_oauth_client_secret", "wrong").await;
    assert_eq!(
        settings(&found),
        ["zendesk_oauth_client_secret"],
        "{found:?}"
    );
    let found = with("braze_api_key", "wrong").await;
    assert_eq!(settings(&found), ["braze_api_key"], "{found:?}");
    let found = with("braze_api_key", "").await;
    assert!(settings(&found).contains(&"braze_api_key"), "{found:?}");
    // The functions cannot read what doctor reads: the same as with another secret.
    let unreadable = AwsFault {
        skip: 1,
        times: None,
        ..AwsFault::once("GetSecretValue", access_denied())
    };
    world.stack.secrets.faults().add(unreadable);
    let found = with("braze_inbound_token", "a-token-nobody-else-knows").await;
    assert_eq!(settings(&found), ["braze_inbound_token"], "{found:?}");
    assert!(found[0].1.contains("401"), "{found:?}");
}

/// Makes the two webhooks and triggers of docs/setup-by-hand.md out of the tool's own.
fn by_hand(world: &World) {
    edit(&world.stack, |account| {
        let mut names = vec!["first", "second"].into_iter();
        let webhooks = account["webhooks"].as_object_mut().unwrap();
        webhooks.retain(|_, webhook| !webhook["name"].as_str().unwrap().ends_with(": events"));
        for webhook in webhooks.values_mut() {
            webhook["name"] = json!(names.next().unwrap());
            webhook["description"] = json!("");
        }
        let triggers = account["triggers"].as_array_mut().unwrap();
        triggers.retain(|trigger| !trigger["title"].as_str().unwrap().ends_with("again"));
        for trigger in triggers {
            let title = trigger["title"].as_str().unwrap();
            trigger["title"] = json!(title.rsplit(": ").next().unwrap());
            trigger["description"] = json!("");
            trigger["category_id"] = Value::Null;
        }
        account["categories"] = json!([]);
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn of_triggers_by_hand_doctor_says_what_their_conditions_and_bodies_leave_out() {
    let world = World::ready().await;
    by_hand(&world);
    let shown = || async {
        let ran = world.bridge("doctor").await.ends(0).fits();
        ran.out.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let (condition, body) = (
        "add the condition \"Tags contain braze_sms\"",
        "does not name",
    );
    let flat = shown().await;
    assert!(!flat.contains(condition) && !flat.contains(body), "{flat}");
    edit(&world.stack, |account| {
        for trigger in account["triggers"].as_array_mut().unwrap() {
            let all = trigger["all"].as_array_mut().unwrap();
            all.retain(|condition| condition["field"] != "current_tags");
            let old = r#"{"ticket_id":"{{ticket.id}}","comment_id":"7","requester_id":"{{ticket.requester.id}}"}"#;
            trigger["actions"][0]["value"][1] = json!(old);
        }
    });
    let flat = shown().await;
    assert_eq!(flat.matches(condition).count(), 2, "{flat}");
    assert_eq!(flat.matches("does not name tags, so").count(), 2, "{flat}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_set_up_by_hand_is_well_where_its_secrets_are_known() {
    let world = World::ready().await;
    by_hand(&world);
    let ran = world.bridge("doctor").await.ends(0).fits();
    let flat = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    for word in [
        "note zendesk The webhook \"first\" was not made by this tool",
        "the route solved is set up by hand",
        "All is well.",
    ] {
        assert!(flat.contains(word), "{word}\n{}", ran.out);
    }
    // Beside the tool's own it is needless, and doubles what names no comment.
    world.bridge("setup zendesk --yes").await.ends(0);
    assert_eq!(wrong(&world).await, [], "the value before is accepted");
    edit(&world.stack, |account| {
        for trigger in account["triggers"].as_array_mut().unwrap() {
            if trigger["title"] == "public reply" {
                let guide = r#"{"recipients":[{"trigger_properties":{"msg_body":"x"}}]}"#;
                trigger["actions"][0]["value"][1] = json!(guide);
            }
        }
    });
    let found = wrong(&world).await;
    assert_eq!(settings(&found), ["Zendesk Admin Center"], "{found:?}");
    assert!(found[0].1.contains("each answer twice"), "{found:?}");

    world
        .bridge("setup secret --end-rotation --yes")
        .await
        .ends(0);
    let found = wrong(&world).await;
    assert_eq!(settings(&found), ["Zendesk Admin Center"; 2], "{found:?}");
    for ((_, what), route) in found.iter().zip(["reply", "solved"]) {
        let key = format!("put its signing secret into zendesk_{route}_signing_secret");
        assert!(
            what.contains("refused with 401") && what.contains(&key),
            "{what}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_anonymous_user_a_role_and_scopes_are_told_apart() {
    let world = World::ready().await;
    let zendesk = &world.stack.zendesk;
    let anonymous = r#"{"user":{"id":null,"name":"Anonymous user","role":"end-user"}}"#;
    zendesk.fault(Fault::once(
        "users.me",
        Effect::Respond {
            status: 200,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: anonymous.to_owned(),
        },
    ));
    let found = wrong(&world).await;
    assert_eq!(
        settings(&found),
        ["zendesk_oauth_client_secret"],
        "{found:?}"
    );
    assert!(found[0].1.contains("Anonymous user"), "{found:?}");

    zendesk.allow_scopes(Some(&["users:read"]));
    let found = wrong(&world).await;
    assert_eq!(settings(&found), ["zendesk_oauth_client_id"], "{found:?}");
    assert!(
        found[0].1.contains("may not ask for tickets:read"),
        "{found:?}"
    );

    // The functions need no more than this; what only an administrator sees is not looked at.
    let own = ["tickets:read", "tickets:write", "users:read", "users:write"];
    zendesk.allow_scopes(Some(&own));
    assert_eq!(wrong(&world).await, []);
    zendesk.allow_scopes(None);
    zendesk.set_api_role(Role::Agent);
    assert_eq!(wrong(&world).await, []);
    zendesk.set_api_role(Role::EndUser);
    let found = wrong(&world).await;
    assert!(
        settings(&found).contains(&"zendesk_oauth_client_id"),
        "{found:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_api_token_is_named_once_and_as_what_it_is() {
    let world = World::ready().await;
    for (key, value) in [
        ("zendesk_oauth_client_id", ""),
        ("zendesk_oauth_client_secret", ""),
        ("zendesk_email", "agent@example.com"),
        ("zendesk_api_token", "wrong"),
    ] {
        world.stack.secrets.set_key(key, value);
    }
    let found = wrong(&world).await;
    assert_eq!(settings(&found), ["zendesk_api_token"], "{found:?}");
    let ran = world.bridge("setup zendesk --yes").await.ends(2);
    assert!(
        ran.err
            .starts_with("sms-bridge: zendesk_api_token: Zendesk "),
        "{}",
        ran.err
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_webhooks_and_a_used_up_rate_limit_are_told() {
    let world = World::ready().await;
    let stack = &world.stack;
    stack.braze.customer_texts("ana", "SUPPORT", &[]).await;
    let ticket = stack.zendesk.tickets()[0].id;
    let good = stack.zendesk.snapshot();
    // Somebody made a new signing secret in Zendesk.
    edit(stack, |account| {
        webhook(account, ": reply")["secret"] = json!("another-signing-secret")
    });
    stack
        .zendesk
        .agent_comments(ticket, Comment::public("Hello"))
        .unwrap();
    let failed = |state: &simulators::zendesk::AccountState| {
        state.deliveries.iter().any(|made| made.status == Some(401))
    };
    assert!(
        stack
            .zendesk
            .wait_until(std::time::Duration::from_secs(30), failed)
            .await
    );
    let found = wrong(&world).await;
    let invocations = found
        .iter()
        .find(|(_, what)| what.contains("invocations failed"));
    let (setting, what) = invocations.unwrap();
    assert_eq!(setting, "zendesk_reply_signing_secret");
    assert!(what.contains("1 × failed 401"), "{what}");
    assert!(
        found
            .iter()
            .any(|(_, what)| what.contains("is not what the webhook signs with"))
    );
    stack.zendesk.restore(good).unwrap();

    let counted = || {
        let calls = stack.zendesk.calls();
        let counted = calls.iter().filter(|call| call.operation != "oauth.token");
        u32::try_from(counted.count()).unwrap()
    };
    let before = counted();
    world.bridge("doctor").await.ends(0);
    let one_look = counted() - before;
    // Others have just made many requests: enough is left for the next look, but not much more.
    let mut busy = stack.zendesk.snapshot();
    let requests = &mut busy["rates"]["requests"]["at_ms"];
    let last = requests.as_array().unwrap().last().unwrap().clone();
    *requests = vec![last; 500].into();
    stack.zendesk.restore(busy).unwrap();
    stack.zendesk.limit_requests(Some(510 + one_look));
    let found = wrong(&world).await;
    assert_eq!(settings(&found), ["the account's rate limit"], "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_permission_to_unsubscribe_is_asked_for_where_it_is_needed() {
    let world = World::with(
        |_| {},
        |stack| {
            let given = &mut stack.parameters;
            given.insert("OptOutWords".to_owned(), "unsubscribe".to_owned());
        },
    )
    .await;
    world.bridge("setup zendesk --yes").await.ends(0);
    let braze = &world.stack.braze;
    let usual = [
        "campaigns.trigger.send",
        "users.track",
        "subscription.status.set",
    ];
    braze.set_permissions(Some(&usual));
    assert_eq!(wrong(&world).await, []);
    braze.set_permissions(Some(&usual[..2]));
    let found = wrong(&world).await;
    assert_eq!(settings(&found), ["braze_api_key"]);
    assert!(found[0].1.contains("subscription.status.set"), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_may_not_ask_what_was_withheld_is_named_where_that_is_switched_on() {
    let world = World::with(
        |_| {},
        |stack| {
            let given = &mut stack.parameters;
            given.insert("CheckWithheld".to_owned(), "on".to_owned());
        },
    )
    .await;
    world.bridge("setup zendesk --yes").await.ends(0);
    let braze = &world.stack.braze;
    let usual = ["campaigns.trigger.send", "users.track", "users.export.ids"];
    braze.set_permissions(Some(&usual));
    assert_eq!(wrong(&world).await, []);
    braze.set_permissions(Some(&usual[..2]));
    let found = wrong(&world).await;
    assert_eq!(settings(&found), ["braze_api_key"]);
    assert!(found[0].1.contains("users.export.ids"), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn braze_is_asked_for_permissions_and_campaigns() {
    let world = World::ready().await;
    let braze = &world.stack.braze;
    let usual = ["campaigns.trigger.send", "users.track"];
    braze.set_permissions(Some(&usual));
    assert_eq!(wrong(&world).await, [], "campaigns.details is no must");
    braze.set_permissions(Some(&usual[..1]));
    let found = wrong(&world).await;
    assert_eq!(settings(&found), ["braze_api_key"]);
    assert!(found[0].1.contains("users.track"), "{found:?}");
    braze.set_permissions(None);
    braze.add_campaign(Campaign {
        draft: true,
        channel: "email".to_owned(),
        template: "Hello".to_owned(),
        ..Campaign::new("reply-campaign", "Replies")
    });
    let found = wrong(&world).await;
    assert_eq!(settings(&found), ["BrazeReplyCampaignId"; 3], "{found:?}");
    assert!(braze.sends().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_that_is_down_is_told_as_that_and_not_as_a_wrong_setting() {
    let world = World::ready().await;
    let page = Effect::html_502();
    let zendesk = &world.stack.zendesk;
    for (operation, effect, status) in [
        ("oauth.token", Effect::status(500), "500"),
        ("oauth.token", page.clone(), "502"),
        ("users.me", Effect::status(503), "503"),
        ("webhooks.list", Effect::status(503), "503"),
        ("webhooks.list", page.clone(), "502"),
        ("*", Effect::status(503), "503"),
    ] {
        zendesk.fault(Fault::always(operation, effect));
        let found = wrong(&world).await;
        assert_eq!(settings(&found), ["Zendesk"], "{operation} {found:?}");
        let told = format!("Zendesk answers {status}, so it is not working right now");
        assert_eq!(found[0].1, told);
        let ran = world.bridge("setup zendesk --yes").await.ends(2);
        assert!(
            ran.err
                .starts_with(&format!("sms-bridge: {told}; try again"))
        );
        zendesk.clear_faults();
    }
    for status in [403, 404] {
        zendesk.fault(Fault::always("oauth.token", Effect::status(status)));
        let found = wrong(&world).await;
        assert_eq!(settings(&found), ["ZendeskBaseUrl"], "{found:?}");
        assert!(found[0].1.contains("says nothing about the credentials"));
        zendesk.clear_faults();
    }
    zendesk.fault(Fault::always(
        "oauth.token",
        Effect::zendesk_rate_limited(7),
    ));
    let found = wrong(&world).await;
    assert_eq!(
        found[0].1,
        "Zendesk's rate limit is used up; it asks to wait 7 s"
    );
    zendesk.clear_faults();
    for operation in ["campaigns.trigger.send", "campaigns.details"] {
        let braze = &world.stack.braze;
        braze.fault(Fault::always(operation, Effect::status(500)));
        let found = wrong(&world).await;
        assert!(
            settings(&found).iter().all(|setting| *setting == "Braze"),
            "{found:?}"
        );
        assert_eq!(
            found[0].1,
            "Braze answers 500, so it is not working right now"
        );
        braze.clear_faults();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_that_a_body_names_has_to_be_allowed_and_is_enough() {
    let parameters = [
        ("BrazeReplyCampaignId", ""),
        ("BrazeSolvedCampaignId", "solved-campaign"),
        ("AllowedCampaignIds", "first, second"),
    ];
    let world = World::with(
        |_| {},
        |stack| {
            for (name, value) in parameters {
                stack.parameters.insert(name.to_owned(), value.to_owned());
            }
        },
    )
    .await;
    world.bridge("setup zendesk --yes").await.ends(0);
    let found = wrong(&world).await;
    assert_eq!(settings(&found), ["BrazeReplyCampaignId"], "{found:?}");
    let name = |campaign: &str| {
        edit(&world.stack, |account| {
            let body = &mut trigger(account, "public reply")["actions"][0]["value"][1];
            let mut members: Value = serde_json::from_str(body.as_str().unwrap()).unwrap();
            members["campaign_id"] = json!(campaign);
            *body = json!(members.to_string());
        });
    };
    name("third");
    let found = wrong(&world).await;
    assert_eq!(settings(&found), ["AllowedCampaignIds"], "{found:?}");
    assert!(found[0].1.contains("names the campaign third"), "{found:?}");
    for campaign in ["second", "solved-campaign", "{{ticket.x}}"] {
        name(campaign);
        assert_eq!(wrong(&world).await, [], "{campaign}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deployment_table_and_routes_are_looked_at() {
    let world = World::with(
        |options| {
            options
                .variables
                .insert("ZENDESK_BASE_URL".to_owned(), Some("not a url".to_owned()));
        },
        |stack| {
            for (name, value) in [("SignatureMode", "observe"), ("BrazeReplyCampaignId", "")] {
                stack.parameters.insert(name.to_owned(), value.to_owned());
            }
            let nowhere = "http://127.0.0.1:9/braze/inbound".to_owned();
            stack.outputs.insert("BrazeInboundUrl".to_owned(), nowhere);
            let elsewhere = stack.outputs["ZendeskSolvedUrl"].replace("solved", "other");
            stack
                .outputs
                .insert("ZendeskSolvedUrl".to_owned(), elsewhere);
        },
    )
    .await;
    world.bridge("setup zendesk --yes").await.ends(0);
    let denied = AwsFault::once("DescribeTable", refusal(400, "AccessDeniedException"));
    world.stack.dynamo.faults().add(denied);
    let told = world.bridge("doctor").await.ends(1);
    let to_do = "to do    their policy has to allow dynamodb:DescribeTable";
    assert!(told.out.contains(to_do), "{}", told.out);
    let denied = AwsFault::once("DescribeTable", refusal(400, "AccessDeniedException"));
    world.stack.dynamo.faults().add(denied);
    let found = wrong(&world).await;
    let named = settings(&found);
    for setting in [
        "SignatureMode",
        "BrazeReplyCampaignId",
        "TableName",
        "ZendeskReplyUrl",
        "ZendeskSolvedUrl",
        "BrazeInboundUrl",
    ] {
        assert!(
            named.contains(&setting),
            "{setting} is missing in {found:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_keeps_it_from_looking_is_code_2() {
    let world = World::bare().await;
    let nobody = world
        .run("doctor", "", &[("AWS_REGION", "us-east-1".to_owned())])
        .await
        .ends(2);
    assert!(
        nobody.err.starts_with("sms-bridge: no AWS credentials"),
        "{}",
        nobody.err
    );
    let other = world.bridge("doctor --stack other").await.ends(2);
    assert!(
        other.err.starts_with("sms-bridge: there is no stack other"),
        "{}",
        other.err
    );
    assert_eq!(other.err.lines().count(), 1);
    world.bridge("doctor --wrong").await.ends(2);
    let table = world.bridge("doctor --table other").await.ends(1).fits();
    let flat = table.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        flat.contains("WRONG table there is no table other"),
        "{flat}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_credentials_may_not_read_is_told_with_what_comes_of_it() {
    let world = World::ready().await;
    let zendesk = &world.stack.zendesk;
    let text = world
        .stack
        .braze
        .customer_texts("ana", "SUPPORT", &[])
        .await;
    assert_eq!(text.status, Some(200), "{text:?}");
    assert!(
        world
            .stack
            .quiesce(std::time::Duration::from_secs(30))
            .await
    );
    let told = || async {
        let ran = world.bridge("doctor").await.ends(0).fits();
        ran.out.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let (audits, export) = (
        "its audits, scope read",
        "only administrators may use the export",
    );
    let flat = told().await;
    assert!(!flat.contains(audits) && !flat.contains(export), "{flat}");
    let own = ["tickets:read", "tickets:write", "users:read", "users:write"];
    zendesk.allow_scopes(Some(&own));
    let flat = told().await;
    assert!(
        flat.contains(audits) && flat.contains("may not ask for read"),
        "{flat}"
    );
    zendesk.allow_scopes(None);
    zendesk.set_api_role(Role::Agent);
    let flat = told().await;
    assert!(!flat.contains(audits) && flat.contains(export), "{flat}");
    // Where metrics want more than `tickets:read`, the functions ask with the token that may read everything.
    zendesk.configure(|config| config.variants.metrics_take_ticket_scopes = false);
    let flat = told().await;
    assert!(
        flat.contains("(its metrics) is read with the scope read"),
        "{flat}"
    );
    zendesk.allow_scopes(Some(&own));
    let flat = told().await;
    assert!(
        flat.contains("cannot read when a ticket was solved (its metrics)"),
        "{flat}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrators_client_sees_what_the_functions_own_may_not() {
    let world = World::ready().await;
    let keys = ["zendesk_oauth_client_id", "zendesk_oauth_client_secret"];
    let admin = keys.map(|key| format!("{key}={}", world.secret()[key].as_str().unwrap()));
    let own = ["tickets:read", "tickets:write", "users:read", "users:write"];
    world.stack.zendesk.allow_scopes(Some(&own));
    let ran = world.bridge("doctor").await.ends(0).fits();
    assert!(ran.out.contains("were not checked"), "{}", ran.out);
    world.stack.zendesk.allow_scopes(None);
    edit(&world.stack, |account| {
        trigger(account, "public reply")["active"] = json!(false);
    });
    let ran = world.typed("doctor --client -", &admin.join("\n")).await;
    let ran = ran.ends(1).fits();
    assert!(ran.out.contains("public reply"), "{}", ran.out);
    let ran = world.typed("doctor --client -", &admin[0]).await.ends(2);
    assert!(
        ran.err.contains("zendesk_oauth_client_secret"),
        "{}",
        ran.err
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_is_tried_and_deleted_again_and_what_it_lacks_is_named() {
    let world = World::ready().await;
    let zendesk = &world.stack.zendesk;
    let calls = || {
        let calls = zendesk.calls();
        let made = |operation: &str| {
            calls
                .iter()
                .filter(|call| call.operation == operation)
                .count()
        };
        (made("uploads.create"), made("uploads.delete"))
    };
    let ran = world.bridge("doctor").await.ends(0).fits();
    assert!(ran.out.contains("a file can be uploaded"), "{}", ran.out);
    assert_eq!(calls(), (1, 1));
    assert_eq!(
        world.zendesk()["uploads"],
        json!({}),
        "nothing stays behind"
    );

    // The account wants the scope `write`, and the client may have it: the functions ask for it then.
    zendesk.configure(|config| config.variants.uploads_take_ticket_scopes = false);
    let ran = world.bridge("doctor").await.ends(0).fits();
    let flat = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("with the scope write"), "{flat}");
    assert_eq!(world.zendesk()["uploads"], json!({}));

    let own = [
        "tickets:read",
        "tickets:write",
        "users:read",
        "users:write",
        "read",
    ];
    zendesk.allow_scopes(Some(&own));
    let found = wrong(&world).await;
    assert_eq!(settings(&found), ["zendesk_oauth_client_id"], "{found:?}");
    assert!(found[0].1.contains("may not ask for write"), "{found:?}");
    assert!(found[0].1.contains("cannot upload a file"), "{found:?}");
    zendesk.allow_scopes(None);
    zendesk.configure(|config| config.variants.uploads_take_ticket_scopes = true);

    // Refused whatever the scope: a right of the user's.
    let refusal = Effect::Respond {
        status: 403,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: r#"{"error":{"title":"Forbidden","message":"You do not have access to this page."}}"#
            .to_owned(),
    };
    zendesk.fault(Fault::always("uploads.create", refusal));
    let told = world.bridge("doctor").await.ends(1).fits();
    let flat = told.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        flat.contains("You do not have access to this page"),
        "{flat}"
    );
    assert!(flat.contains("right to add files to tickets"), "{flat}");
    zendesk.clear_faults();
    world.bridge("doctor").await.ends(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scope_that_a_refusal_names_is_told() {
    let world = World::ready().await;
    let refusal = |scope: &str| Effect::Respond {
        status: 403,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: format!(
            r#"{{"error":"Forbidden","description":"You are missing the following required scopes: {scope}"}}"#
        ),
    };
    for (operation, scope, told) in [
        ("tickets.list", "tickets:read", "cannot read tickets"),
        ("users.search", "users:read", "cannot look up customers"),
    ] {
        world
            .stack
            .zendesk
            .fault(Fault::always(operation, refusal(scope)));
        let ran = world.bridge("doctor").await.ends(1).fits();
        let flat = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(told), "{flat}");
        assert!(
            flat.contains(&format!("the scope {scope} in Admin Center")),
            "{flat}"
        );
        world.stack.zendesk.clear_faults();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_agents_account_leaves_out_is_told_in_plain_words() {
    let world = World::ready().await;
    let zendesk = &world.stack.zendesk;
    zendesk.set_api_role(Role::Agent);
    assert_eq!(wrong(&world).await, []);
    let role = |configuration: Value| json!(zendesk.add_custom_role("SMS", &configuration));
    for (name, value, told) in [
        (
            "ticket_restriction",
            json!("assigned"),
            "only tickets that are assigned to them",
        ),
        ("ticket_restriction", json!("groups"), "of their own groups"),
        ("only_private_comments", json!(true), "internal notes only"),
        (
            "custom_role_id",
            role(json!({"ticket_access": "within-groups", "ticket_tag_editing": true})),
            "lacks the right to see all tickets",
        ),
        (
            "custom_role_id",
            role(json!({"ticket_access": "all", "ticket_editing": false})),
            "lacks the right to edit ticket properties",
        ),
        (
            "custom_role_id",
            role(json!({"end_user_profile_access": "readonly"})),
            "lacks the right to add and edit end users",
        ),
    ] {
        zendesk.describe_api_user(&[(name, value)]);
        let found = wrong(&world).await;
        assert_eq!(settings(&found), ["zendesk_oauth_client_id"], "{found:?}");
        assert!(found[0].1.contains(told), "{found:?}");
    }
    let enough = json!({"ticket_access": "all", "ticket_comment_access": "public", "ticket_editing": true,
        "ticket_tag_editing": true, "end_user_profile_access": "edit"});
    zendesk.describe_api_user(&[
        ("ticket_restriction", Value::Null),
        ("custom_role_id", role(enough)),
    ]);
    assert_eq!(wrong(&world).await, []);
}

/// The inbound campaign of this id, changed.
fn change(world: &World, id: &str, change: impl FnOnce(&mut Campaign)) {
    let inbound = Inbound::new(
        &format!("{}/braze/inbound", world.stack.front_url()),
        "inbound-token",
    );
    let mut campaigns = inbound.campaigns().into_iter();
    let mut campaign = campaigns.find(|one| one.id == id).unwrap();
    change(&mut campaign);
    world.stack.braze.add_campaign(campaign);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_the_seven_campaigns_is_found_and_a_stopped_one_is_wrong() {
    let world = World::ready().await;
    let braze = &world.stack.braze;
    for (id, setting) in [
        ("reply-campaign", "BrazeReplyCampaignId"),
        ("solved-campaign", "BrazeSolvedCampaignId"),
    ] {
        let running = Campaign::new(id, id);
        braze.add_campaign(Campaign {
            enabled: false,
            ..running.clone()
        });
        let found = wrong(&world).await;
        assert_eq!(settings(&found), [setting]);
        assert!(found[0].1.contains("is stopped"), "{found:?}");
        braze.add_campaign(running);
    }
    for (id, name) in [
        ("inbound-support", "Support keyword"),
        ("inbound-other", "Other texts"),
        ("inbound-opt-out", "Opt-out"),
        ("inbound-opt-in", "Opt-in"),
        ("inbound-help", "Help"),
    ] {
        change(&world, id, |campaign| campaign.enabled = false);
        let found = wrong(&world).await;
        let setting = format!("Braze campaign {name}");
        assert_eq!(settings(&found), [&setting]);
        assert!(found[0].1.contains("is stopped"), "{found:?}");
        braze.remove_campaign(id);
        let found = wrong(&world).await;
        // Without its own campaign the keyword's text comes with all others.
        let missed = id != "inbound-support";
        assert_eq!(found.len(), usize::from(missed), "{id} {found:?}");
        if missed {
            assert_eq!(found[0].0, setting);
            assert!(found[0].1.contains("no campaign for texts"), "{found:?}");
        }
        change(&world, id, |_| {});
        assert_eq!(wrong(&world).await, []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_without_any_inbound_campaign_may_post_by_other_means() {
    let world = World::ready().await;
    for name in ["support", "other", "opt-out", "opt-in", "help"] {
        let braze = &world.stack.braze;
        braze.remove_campaign(&format!("inbound-{name}"));
    }
    let ran = world.bridge("doctor").await.ends(0).fits();
    let told = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("unless a Canvas does"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inbound_campaigns_url_method_header_and_body_are_compared() {
    let world = World::ready().await;
    let webhook = |change: fn(&mut simulators::braze::WebhookMessage)| {
        move |campaign: &mut Campaign| change(campaign.webhook.as_mut().unwrap())
    };
    let one = |edit: &dyn Fn(&mut Campaign)| change(&world, "inbound-other", |one| edit(one));
    let header = "braze_inbound_token";
    for (edit, told) in [
        (
            webhook(|webhook| {
                webhook
                    .headers
                    .insert("Authorization".to_owned(), "Bearer another".to_owned());
            }),
            header,
        ),
        (
            webhook(|webhook| {
                webhook.headers.remove("Authorization");
            }),
            "no header Authorization",
        ),
        (
            webhook(|webhook| webhook.method = "GET".to_owned()),
            "does not post",
        ),
        (
            webhook(|webhook| webhook.url = "https://old.example/braze/inbound".to_owned()),
            "\"Other texts\" posts to another address",
        ),
    ] {
        one(&edit);
        let found = wrong(&world).await;
        assert_eq!(settings(&found), ["Braze campaign Other texts"]);
        assert!(found[0].1.contains(told), "{found:?}");
        assert!(!found[0].1.contains("another\"") && !found[0].1.contains("inbound-token"));
    }
    one(&|campaign: &mut Campaign| {
        campaign.template = r#"{"kind":"message","support":false,"message":"x"}"#.to_owned();
    });
    let found = wrong(&world).await;
    assert!(
        found[0].1.contains("without external_user_id, dispatch_id"),
        "{found:?}"
    );
    one(&|campaign: &mut Campaign| {
        campaign.template = campaign.template.replace("\"phone\":", "\"telephone\":");
    });
    let ran = world.bridge("doctor").await.ends(0).fits();
    let told = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("prints: phone"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tag_group_and_permissions_are_told_where_they_lack() {
    let world = World::with(
        |_| {},
        |stack| {
            let given = &mut stack.parameters;
            given.insert("BrazeSubscriptionGroupId".to_owned(), SMS_GROUP.to_owned());
        },
    )
    .await;
    world.bridge("setup zendesk --yes").await.ends(0);
    let braze = &world.stack.braze;
    let told = |ran: Ran| ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    let told_once = told(world.bridge("doctor").await.ends(0));
    assert_eq!(
        told_once.matches("lacks the tag sms-bridge").count(),
        7,
        "{told_once}"
    );
    assert!(told_once.contains("the key may call subscription.status.get"));
    change(&world, "inbound-help", |one| {
        one.tags = vec!["sms-bridge".to_owned()]
    });
    braze.add_campaign(Campaign {
        subscription_group_id: "another-group".to_owned(),
        tags: vec!["VIP".to_owned(), "sms-bridge".to_owned()],
        ..Campaign::new("reply-campaign", "Replies")
    });
    let found = wrong(&world).await;
    assert_eq!(settings(&found), ["BrazeSubscriptionGroupId"], "{found:?}");
    let told_again = told(world.bridge("doctor").await.ends(1));
    assert_eq!(
        told_again.matches("lacks the tag sms-bridge").count(),
        5,
        "{told_again}"
    );
    let usual = ["campaigns.trigger.send", "users.track", "campaigns.details"];
    braze.set_permissions(Some(&usual));
    let told_less = told(world.bridge("doctor").await);
    for permission in ["subscription.status.get", "campaigns.list"] {
        let lacks = format!("lacks the permission {permission}");
        assert_eq!(told_less.matches(&lacks).count(), 1, "{told_less}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_that_inbound_bodies_ask_for_and_zendesk_lacks_are_named_with_their_campaign() {
    let world = World::ready().await;
    let group = world.stack.zendesk.add_group("Parcels");
    let field = world.stack.zendesk.add_ticket_field("Order", "text");
    let asks = |ticket: String| {
        change(&world, "inbound-support", move |campaign| {
            let at = campaign.template.find("\"external_user_id\"").unwrap();
            campaign
                .template
                .insert_str(at, &format!("\"ticket\":{ticket},"));
        });
    };
    asks(format!(
        "{{\"group_id\":\"{group}\",\"brand_id\":\"{{{{custom_attribute.${{brand}}}}}}\",\"custom_fields\":[{{\"id\":{field},\"value\":\"x\"}}]}}"
    ));
    assert_eq!(wrong(&world).await, []);
    asks("{\"group_id\":\"4711\",\"brand_id\":4712,\"ticket_form_id\":\"4713\",\"custom_fields\":[{\"id\":\"4714\",\"value\":\"x\"}]}".to_owned());
    let found = wrong(&world).await;
    assert_eq!(
        settings(&found),
        ["Braze campaign Support keyword"; 4],
        "{found:?}"
    );
    for (one, id) in found.iter().zip([
        "group 4711",
        "brand 4712",
        "ticket form 4713",
        "ticket field 4714",
    ]) {
        assert!(
            one.1.contains(id) && one.1.contains("\"Support keyword\""),
            "{one:?}"
        );
    }
}
