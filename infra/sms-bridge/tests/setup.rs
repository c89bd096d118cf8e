//! `sms-bridge setup zendesk` as people call it, against a Zendesk that refuses what the real one does.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod kit;

use std::time::Duration;

use kit::{World, edit, trigger, webhook};
use serde_json::{Value, json};
use simulators::zendesk::{Comment, Role, Status, Trigger, TriggerCondition};
use simulators::{Effect, Fault};

const PATIENCE: Duration = Duration::from_secs(30);

/// Methods of the calls that change something, but for signing in.
fn writes(world: &World) -> usize {
    let calls = world.stack.zendesk.calls();
    let changes = calls.iter().filter(|call| call.method != "GET");
    changes
        .filter(|call| call.operation != "oauth.token")
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn from_nothing_everything_is_made_and_a_second_run_changes_nothing() {
    let world = World::bare().await;
    let before = world.zendesk();
    let dry = world.bridge("setup zendesk --dry-run").await.ends(0).fits();
    assert!(dry.out.contains("11 to make."), "{}", dry.out);
    assert!(dry.out.contains("role is_not end_user"), "{}", dry.out);
    assert_eq!((world.zendesk(), writes(&world)), (before, 0));

    let made = world.bridge("setup zendesk --yes").await.ends(0).fits();
    assert!(made.out.contains("Zendesk is as wanted."), "{}", made.out);
    assert_eq!(world.titles().len(), 3);
    assert_eq!(world.webhooks().len(), 3);
    let account = world.zendesk();
    assert_eq!(account["user_fields"][0]["key"], "braze_external_id");
    let secret = world.secret();
    for (key, name) in [
        ("zendesk_reply_signing_secret", ": reply"),
        ("zendesk_solved_signing_secret", ": solved"),
        ("zendesk_events_signing_secret", ": events"),
    ] {
        let signs = webhook(&mut account.clone(), name)["secret"].clone();
        assert_eq!(secret[key], signs, "{key}");
        let shown = signs.as_str().unwrap();
        assert!(!dry.out.contains(shown) && !made.out.contains(shown));
    }
    assert_eq!(secret["own_key"], "kept");
    assert_eq!(secret["braze_inbound_token"], "inbound-token");

    let (before, calls) = (world.zendesk(), writes(&world));
    let again = world.bridge("setup zendesk").await.ends(0).fits();
    assert!(again.out.contains("Nothing to change."), "{}", again.out);
    assert_eq!((world.zendesk(), writes(&world)), (before, calls));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_goes_through_the_bundle_on_what_was_set_up() {
    let world = World::ready().await;
    let stack = &world.stack;
    let text = stack.braze.customer_texts("ana", "SUPPORT", &[]).await;
    assert_eq!(text.status, Some(200), "{text:?}");
    assert!(stack.quiesce(PATIENCE).await);
    let ticket = stack.zendesk.tickets()[0].id;
    let say = |comment: Comment| stack.zendesk.agent_comments(ticket, comment).unwrap();

    say(Comment::public("Hold the \"button\".\n\nTen seconds."));
    assert!(stack.quiesce(PATIENCE).await);
    stack.zendesk.end_user_comments(ticket, "by mail").unwrap();
    say(Comment::note("internal"));
    assert!(stack.quiesce(PATIENCE).await);
    let inbox = |world: &World| -> Vec<String> {
        let texts = world.stack.braze.inbox("ana");
        texts.into_iter().map(|sms| sms.body).collect()
    };
    assert_eq!(inbox(&world), ["Hold the \"button\".\n\nTen seconds."]);

    stack
        .braze
        .fault(Fault::once("campaigns.trigger.send", Effect::Drop));
    say(Comment::public("Lost."));
    assert!(stack.quiesce(PATIENCE).await);
    stack.zendesk.add_tags(ticket, &["sms_resend"]).unwrap();
    assert!(stack.quiesce(PATIENCE).await);
    assert_eq!(inbox(&world)[1..], ["Lost."]);
    let tags = stack.zendesk.ticket(ticket).unwrap().tags;
    let asked = |tag: &String| tag.starts_with("sms_resend");
    assert!(!tags.iter().any(asked), "{tags:?}");

    say(Comment::public("Bye.").status(Status::Solved));
    assert!(stack.quiesce(PATIENCE).await);
    assert_eq!(inbox(&world)[2..], ["Bye.", "Your ticket has been closed"]);
    let log = stack.zendesk.webhook_log();
    let refused = |status: &Option<u16>| !matches!(status, Some(200..=299));
    assert_eq!(log.iter().filter(|made| refused(&made.status)).count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_automatic_first_answer_is_made_once_where_it_is_asked_for_and_texts_who_opens_a_ticket()
{
    let world = World::ready().await;
    assert_eq!(world.titles().len(), 3, "not unless it is asked for");
    let made = world.bridge("setup zendesk --auto-reply --yes").await;
    let made = made.ends(0).fits();
    assert!(made.out.contains("1 to make"), "{}", made.out);
    let (before, calls) = (world.zendesk(), writes(&world));
    for again in ["setup zendesk --auto-reply --yes", "setup zendesk --yes"] {
        let again = world.bridge(again).await.ends(0);
        assert!(again.out.contains("Nothing to change."), "{}", again.out);
    }
    assert_eq!((world.zendesk(), writes(&world)), (before, calls));
    world.bridge("doctor").await.ends(0);

    let stack = &world.stack;
    let texted = async |text: &str| {
        stack.braze.customer_texts("ana", text, &[]).await;
        assert!(stack.quiesce(PATIENCE).await);
        let texts = stack.braze.inbox("ana");
        texts.into_iter().map(|sms| sms.body).collect::<Vec<_>>()
    };
    let first = "Thank you for your message. We read it and answer here.";
    assert_eq!(texted("SUPPORT").await, [first]);
    assert_eq!(texted("Hello?").await, [first], "only when a ticket opens");
    let ticket = stack.zendesk.tickets()[0].id;
    stack.zendesk.delete(ticket).unwrap();
    assert_eq!(texted("And now?").await, [first], "once within a day");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_of_the_first_answer_are_the_desks_own_and_the_rest_is_kept_as_it_should_be() {
    let world = World::ready().await;
    world
        .bridge("setup zendesk --auto-reply --yes")
        .await
        .ends(0);
    edit(&world.stack, |account| {
        let one = trigger(account, "first answer");
        let body = one["actions"][0]["value"][1].as_str().unwrap();
        let own = body.replace("Thank you for your message.", "Moin.");
        one["actions"][0]["value"][1] = json!(own.replace(":24", ":48"));
    });
    let wanted = world.zendesk();
    let kept = world.bridge("setup zendesk --yes").await.ends(0);
    assert!(kept.out.contains("Nothing to change."), "{}", kept.out);
    world.bridge("doctor").await.ends(0);
    edit(&world.stack, |account| {
        let one = trigger(account, "first answer");
        one["all"].as_array_mut().unwrap().pop();
        let body = one["actions"][0]["value"][1].as_str().unwrap();
        one["actions"][0]["value"][1] = json!(body.replace("requester_id", "x"));
    });
    let doctor = world.bridge("doctor").await.ends(1);
    assert!(doctor.out.contains("first answer"), "{}", doctor.out);
    world.bridge("setup zendesk --yes").await.ends(0);
    let mended = trigger(&mut world.zendesk(), "first answer").clone();
    let mut before = wanted;
    let before = trigger(&mut before, "first answer");
    assert_eq!(mended["all"], before["all"]);
    let body = mended["actions"][0]["value"][1].as_str().unwrap();
    let body: Value = serde_json::from_str(body).unwrap();
    assert!(body["say"].as_str().unwrap().starts_with("Moin."));
    assert_eq!(body["once_hours"], 48);
    assert!(body["requester_id"].is_string());
    // Who does not want it any more deletes it, and it stays away.
    edit(&world.stack, |account| {
        let all = account["triggers"].as_array_mut().unwrap();
        all.retain(|one| !one["title"].as_str().unwrap().ends_with("first answer"));
    });
    let gone = world.bridge("setup zendesk --yes").await.ends(0);
    assert!(gone.out.contains("Nothing to change."), "{}", gone.out);
    world
        .bridge("setup zendesk --auto-reply --yes")
        .await
        .ends(0);
    world.bridge("setup zendesk --remove --yes").await.ends(0);
    assert_eq!(world.titles().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn drift_is_shown_field_by_field_and_repaired() {
    let world = World::ready().await;
    let wanted = world.zendesk();
    edit(&world.stack, |account| {
        let one = trigger(account, "public reply");
        one["active"] = json!(false);
        one["all"].as_array_mut().unwrap().pop();
        let body = one["actions"][0]["value"][1].as_str().unwrap().to_owned();
        one["actions"][0]["value"][1] = json!(body.replace("author_role", "role"));
        webhook(account, ": solved")["endpoint"] = json!("https://old.example.com/zendesk/solved");
        webhook(account, ": solved")["active"] = json!(false);
        trigger(account, "send again")["category_id"] = Value::Null;
    });
    world
        .stack
        .secrets
        .set_key("zendesk_reply_signing_secret", "an-older-signing-secret");
    let shown = world.bridge("setup zendesk --dry-run").await.ends(0).fits();
    for word in [
        "~ webhook     SMS bridge (braze-zendesk-bridge): solved",
        "- https://old.example.com/zendesk/solved",
        "status         - inactive",
        "active         - false",
        "+ role is_not end_user",
        "-  \"role\"",
        "+  \"author_role\"",
        "category       + SMS bridge",
        "~ secret      zendesk_reply_signing_secret",
        "4 to change",
    ] {
        assert!(
            shown.out.contains(word),
            "{word} is missing in\n{}",
            shown.out
        );
    }
    world.bridge("setup zendesk --yes").await.ends(0).fits();
    let strip = |mut account: Value| {
        account["last_id"] = Value::Null;
        account
    };
    assert_eq!(strip(world.zendesk()), strip(wanted));
    let secret = world.secret();
    assert_eq!(
        secret["zendesk_reply_signing_secret_previous"],
        "an-older-signing-secret"
    );
    let signs = webhook(&mut world.zendesk(), ": reply")["secret"].clone();
    assert_eq!(secret["zendesk_reply_signing_secret"], signs);
    assert_eq!(secret["own_key"], "kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn members_that_the_readme_tells_to_add_stay_in_a_triggers_body() {
    let world = World::ready().await;
    let files =
        "{% for file in ticket.latest_public_comment.attachments %}{{file.url}} {% endfor %}";
    let added = [
        ("public reply", "attachments", files),
        ("public reply", "campaign_id", "another-campaign"),
        ("solved", "campaign_id", "a-third-campaign"),
        ("solved", "message", "Bye, and thanks"),
        ("solved", "tags", "{{ticket.tags}}"),
    ];
    edit(&world.stack, |account| {
        for (title, name, value) in added {
            let body = &mut trigger(account, title)["actions"][0]["value"][1];
            let text = body.as_str().unwrap().trim_end();
            *body = json!(format!(
                "{},\n \"{name}\":\"{value}\"}}",
                &text[..text.len() - 1]
            ));
        }
    });
    let before = world.zendesk();
    let ran = world.bridge("setup zendesk --yes").await.ends(0).fits();
    assert!(ran.out.contains("Nothing to change."), "{}", ran.out);
    assert_eq!(world.zendesk(), before);
    let ran = world.bridge("doctor").await.ends(0).fits();
    assert!(ran.out.ends_with("All is well.\n"), "{}", ran.out);

    // What is ours is put right, and what was added stays; what nobody knows goes.
    edit(&world.stack, |account| {
        let body = &mut trigger(account, "public reply")["actions"][0]["value"][1];
        let text = body.as_str().unwrap();
        let text = text
            .replace("author_role", "role")
            .replace("\"text\"", "\"own\":\"1\",\"text\"");
        *body = json!(text);
    });
    let ran = world.bridge("doctor").await.ends(1).fits();
    let flat = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        flat.contains("its body was changed (author_role, own, role)"),
        "{flat}"
    );
    world.bridge("setup zendesk --yes").await.ends(0).fits();
    let body = |title: &str| -> Value {
        let body = trigger(&mut world.zendesk(), title)["actions"][0]["value"][1].clone();
        serde_json::from_str(body.as_str().unwrap()).unwrap()
    };
    for (title, name, value) in added {
        assert_eq!(body(title)[name], value, "{title}");
    }
    let reply = body("public reply");
    assert_eq!(reply["author_role"], "{{current_user.role}}");
    assert_eq!(reply.as_object().unwrap().len(), 13, "{reply}");
}

/// What somebody else set up: a webhook of the same name, one to the same URL, a trigger in the
/// category, the guide's trigger to Braze.
fn others(world: &World) {
    let front = world.stack.front_url();
    edit(&world.stack, |account| {
        let hook = |id: &str, name: &str, endpoint: &str| {
            json!({"id": id, "name": name, "description": "by hand", "endpoint": endpoint,
                "active": true, "secret": "s", "subscriptions": ["conditional_ticket_events"],
                "failures": 0, "open_until_ms": 0})
        };
        let same = "SMS bridge (braze-zendesk-bridge): reply";
        account["webhooks"]["H1"] = hook("H1", same, "https://other.example.com/x");
        account["webhooks"]["H2"] = hook("H2", "mine", &format!("{front}/zendesk/reply"));
        account["webhooks"]["H3"] = hook(
            "H3",
            "guide",
            "https://rest.iad-01.braze.com/campaign/trigger/send",
        );
        let triggers = account["triggers"].as_array_mut().unwrap();
        for (id, title, hook) in [(901, "mine", "H2"), (902, "guide", "H3")] {
            triggers.push(
                json!({"id": id, "title": title, "active": true, "category_id": null,
                "all": [{"field": "status", "operator": "value", "value": "open"}], "any": [],
                "actions": [{"field": "notification_webhook", "value": [hook, "{}"]}]}),
            );
        }
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_made_is_told_and_never_touched() {
    let world = World::bare().await;
    others(&world);
    let of_others = |world: &World| {
        let account = world.zendesk();
        let triggers: Vec<Value> = account["triggers"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|trigger| trigger["id"].as_u64() == Some(901) || trigger["title"] == "guide")
            .cloned()
            .collect();
        let webhooks = ["H1", "H2", "H3"].map(|id| account["webhooks"][id].clone());
        (triggers, webhooks)
    };
    let before = of_others(&world);
    let shown = world.bridge("setup zendesk --yes").await.ends(0).fits();
    let flat = shown.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("\"mine\" was not made by this tool and posts to this stack's URL"));
    assert!(flat.contains("\"guide\" posts to Braze itself"), "{flat}");
    assert_eq!(of_others(&world), before);
    assert_eq!((world.titles().len(), world.webhooks().len()), (5, 6));

    edit(&world.stack, |account| {
        let category = account["categories"][0]["id"].clone();
        trigger(account, "mine")["category_id"] = category;
    });
    let before = of_others(&world);
    let removed = world
        .bridge("setup zendesk --remove --yes")
        .await
        .ends(0)
        .fits();
    assert!(removed.out.contains("6 to remove."), "{}", removed.out);
    assert!(removed.out.contains("stays"), "{}", removed.out);
    assert_eq!(of_others(&world), before);
    assert_eq!(world.titles(), ["mine", "guide"]);
    assert_eq!(world.zendesk()["categories"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn remove_takes_all_of_its_own_and_keeps_what_is_known_of_customers() {
    let world = World::ready().await;
    let before = world.zendesk();
    world
        .bridge("setup zendesk --remove --dry-run")
        .await
        .ends(0)
        .fits();
    assert_eq!(world.zendesk(), before);
    world
        .bridge("setup zendesk --remove --yes")
        .await
        .ends(0)
        .fits();
    let account = world.zendesk();
    assert_eq!(
        (account["triggers"].clone(), account["webhooks"].clone()),
        (json!([]), json!({}))
    );
    assert_eq!(account["categories"], json!([]));
    assert_eq!(account["user_fields"].as_array().unwrap().len(), 1);
    let again = world.bridge("setup zendesk --remove --yes").await.ends(0);
    assert!(again.out.contains("Nothing to change."), "{}", again.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_somebody_elses_trigger_needs_stays_and_the_rest_goes() {
    let world = World::ready().await;
    edit(&world.stack, |account| {
        let mut own = trigger(account, ": solved").clone();
        own["id"] = json!(901);
        own["title"] = json!("theirs");
        own["description"] = json!("by hand");
        account["triggers"].as_array_mut().unwrap().push(own);
    });
    for dry in ["--dry-run", "--yes"] {
        let call = format!("setup zendesk --remove {dry}");
        let ran = world.bridge(&call).await.ends(0).fits();
        let flat = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
        let told = "solved stays: another trigger, \"theirs\", posts to it.";
        assert!(flat.contains(told), "{flat}");
        assert!(flat.contains("5 to remove") || flat.contains("6 to remove"));
    }
    assert_eq!(world.titles(), ["theirs"]);
    assert_eq!(
        world.webhooks(),
        ["SMS bridge (braze-zendesk-bridge): solved"]
    );
    let again = world.bridge("setup zendesk --remove --yes").await.ends(0);
    assert!(again.out.contains("Nothing to change."), "{}", again.out);
    edit(&world.stack, |account| account["triggers"] = json!([]));
    world.bridge("setup zendesk --remove --yes").await.ends(0);
    assert!(world.webhooks().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_set_up_that_broke_off_is_finished_by_the_next_run() {
    let world = World::bare().await;
    world
        .stack
        .zendesk
        .fault(Fault::once("triggers.create", Effect::status(500)));
    let broken = world.bridge("setup zendesk --yes").await.ends(2);
    assert!(broken.err.contains("run it again"), "{}", broken.err);
    assert_eq!(world.titles().len(), 0);
    let stored = world.secret()["zendesk_reply_signing_secret"].clone();
    assert_ne!(stored, "", "the secret is stored before a trigger can fire");
    // The answer to this one is lost, though the trigger was made.
    world
        .stack
        .zendesk
        .fault(Fault::once("triggers.create", Effect::DropAfter));
    world.bridge("setup zendesk --yes").await.ends(2);
    world.bridge("setup zendesk --yes").await.ends(0);
    assert_eq!((world.titles().len(), world.webhooks().len()), (3, 3));
    assert_eq!(world.secret()["zendesk_reply_signing_secret"], stored);
}

/// One sentence, and nothing else.
fn sentence(ran: &kit::Ran, part: &str) {
    assert!(ran.err.contains(part), "{part}\n{}", ran.err);
    assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_without_the_role_or_scopes_is_told_so() {
    let world = World::bare().await;
    let zendesk = &world.stack.zendesk;
    zendesk.set_api_role(Role::Agent);
    let ran = world.bridge("setup zendesk --yes").await.ends(2);
    sentence(
        &ran,
        "zendesk_oauth_client_id: the OAuth client was made by a user",
    );
    zendesk.set_api_role(Role::Admin);

    zendesk.allow_scopes(Some(&["tickets:read", "users:read"]));
    let ran = world.bridge("setup zendesk --yes").await.ends(2);
    sentence(&ran, "the OAuth client may not ask for users:read");
    zendesk.allow_scopes(None);

    zendesk.fault(Fault::once("webhooks.list", Effect::status(403)));
    let ran = world.bridge("setup zendesk --yes").await.ends(2);
    sentence(&ran, "Zendesk forbids GET /webhooks (403)");
    assert_eq!((writes(&world), world.titles().len()), (0, 0));

    // Narrower scopes than everything do as well.
    zendesk.allow_scopes(Some(&[
        "users:read",
        "users:write",
        "triggers:read",
        "triggers:write",
        "webhooks:read",
        "webhooks:write",
    ]));
    world.bridge("setup zendesk --yes").await.ends(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_is_one_sentence_with_the_settings_name_and_code_2() {
    let world = World::bare().await;
    let ran = world.bridge("setup zendesk").await.ends(2);
    sentence(
        &ran,
        "sms-bridge: there is no terminal to ask on: give --yes",
    );

    world
        .stack
        .secrets
        .set_key("zendesk_oauth_client_secret", "wrong");
    let ran = world.bridge("setup zendesk --yes").await.ends(2);
    sentence(&ran, "zendesk_oauth_client_secret: Zendesk refuses");

    world
        .stack
        .secrets
        .set_key("zendesk_oauth_client_secret", "");
    let ran = world.bridge("setup zendesk --yes").await.ends(2);
    sentence(&ran, "lacks zendesk_oauth_client_id or");

    let ran = world
        .bridge("setup zendesk --yes --stack other")
        .await
        .ends(2);
    sentence(&ran, "there is no stack other");
    assert_eq!((writes(&world), world.titles().len()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_network_the_address_is_named() {
    let world = World::with(
        |_| {},
        |stack| {
            let nowhere = "http://127.0.0.1:9".to_owned();
            stack
                .parameters
                .insert("ZendeskBaseUrl".to_owned(), nowhere);
        },
    )
    .await;
    let ran = world.bridge("setup zendesk --yes").await.ends(2);
    assert_eq!(
        ran.err,
        "sms-bridge: ZendeskBaseUrl: http://127.0.0.1:9 cannot be reached; check the stack's parameter \
         ZendeskBaseUrl, and the network\n"
    );
    let verbose = world.bridge("setup zendesk --yes --verbose").await.ends(2);
    assert!(verbose.err.contains("because:"), "{}", verbose.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_legacy_token_sets_up_as_well_and_scripts_get_json() {
    let world = World::with(
        |options| {
            let empty = ["zendesk_oauth_client_id", "zendesk_oauth_client_secret"];
            for key in empty {
                options.secret.insert(key.to_owned(), json!(""));
            }
            for (key, value) in [
                ("zendesk_email", &options.zendesk.legacy_email),
                ("zendesk_api_token", &options.zendesk.legacy_token),
            ] {
                options.secret.insert(key.to_owned(), json!(value));
            }
        },
        |_| {},
    )
    .await;
    let told = world
        .bridge("setup zendesk --yes --json")
        .await
        .ends(0)
        .json();
    assert_eq!(told["changed"], true);
    assert_eq!(told["changes"][0]["kind"], "user field");
    assert_eq!(told["changes"].as_array().unwrap().len(), 11);
    let told = world
        .bridge("setup zendesk --yes --json")
        .await
        .ends(0)
        .json();
    assert_eq!(told["changed"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rate_limit_is_waited_for() {
    let world = World::bare().await;
    let limited = Effect::zendesk_rate_limited(1);
    world
        .stack
        .zendesk
        .fault(Fault::once("webhooks.create", limited));
    let ran = world.bridge("setup zendesk --yes").await.ends(0);
    assert!(ran.err.contains("continuing in 1 s"), "{}", ran.err);
    assert_eq!(world.webhooks().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_there_twice_with_its_own_mark_is_taken_back_to_one() {
    let world = World::ready().await;
    edit(&world.stack, |account| {
        let mut second = trigger(account, "public reply").clone();
        second["id"] = json!(999);
        account["triggers"].as_array_mut().unwrap().push(second);
        let mut second = webhook(account, ": solved").clone();
        second["id"] = json!("ZZZZZZZZZZZZZZZZZZZZZZZZZZ");
        account["webhooks"]["ZZZZZZZZZZZZZZZZZZZZZZZZZZ"] = second;
    });
    let ran = world.bridge("setup zendesk --yes").await.ends(0).fits();
    assert!(
        ran.out.contains("2 to remove, 11 as wanted."),
        "{}",
        ran.out
    );
    assert_eq!((world.titles().len(), world.webhooks().len()), (3, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_without_a_trigger_is_followed_on_what_was_set_up() {
    let world = World::ready().await;
    let stack = &world.stack;
    let text = stack.braze.customer_texts("ana", "SUPPORT", &[]).await;
    assert_eq!(text.status, Some(200), "{text:?}");
    assert!(stack.quiesce(PATIENCE).await);
    let ticket = stack.zendesk.tickets()[0].id;
    let open = || stack.braze.user("ana").unwrap().attributes["zendesk_ticket_open"].clone();
    assert_eq!(open(), json!(true));
    stack.zendesk.delete(ticket).unwrap();
    assert!(stack.quiesce(PATIENCE).await);
    assert_eq!(open(), json!(false));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_without_event_types_gets_the_rest_and_a_reason() {
    let world = World::bare().await;
    // The third webhook that is made is the one for event types.
    let refusal = Effect::Respond {
        status: 422,
        headers: vec![],
        body: r#"{"error":"RecordInvalid","description":"event types are not available"}"#
            .to_owned(),
    };
    let fault = Fault::once("webhooks.create", refusal).after(2);
    world.stack.zendesk.fault(fault);
    let made = world.bridge("setup zendesk --yes").await.ends(0).fits();
    assert!(made.out.contains("Zendesk is as wanted."), "{}", made.out);
    assert!(
        made.err.contains("event types was not made"),
        "{}",
        made.err
    );
    assert_eq!((world.webhooks().len(), world.titles().len()), (2, 3));
    assert_eq!(world.secret()["zendesk_events_signing_secret"], Value::Null);
    let doctor = world.bridge("doctor").await.ends(0);
    assert!(
        doctor.out.contains("no webhook for event types"),
        "{}",
        doctor.out
    );
    // Once the account has them.
    world.bridge("setup zendesk --yes").await.ends(0);
    assert_eq!(world.webhooks().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrators_client_sets_up_and_is_not_stored() {
    let world = World::bare().await;
    let lines: Vec<String> = ["zendesk_oauth_client_id", "zendesk_oauth_client_secret"]
        .map(|key| format!("{key}={}", world.secret()[key].as_str().unwrap()))
        .into();
    for key in ["zendesk_oauth_client_id", "zendesk_oauth_client_secret"] {
        world.stack.secrets.set_key(key, "an-agents-client");
    }
    world.bridge("setup zendesk --yes").await.ends(2);
    let call = "setup zendesk --yes --client -";
    let half = world.typed(call, &lines[0]).await.ends(2);
    assert!(
        half.err.contains("zendesk_oauth_client_secret"),
        "{}",
        half.err
    );
    let made = world.typed(call, &lines.join("\n")).await.ends(0).fits();
    assert!(made.out.contains("Zendesk is as wanted."), "{}", made.out);
    assert_eq!(world.webhooks().len(), 3);
    assert_eq!(
        world.secret()["zendesk_oauth_client_id"],
        "an-agents-client"
    );
    assert_eq!(
        world.secret()["zendesk_oauth_client_secret"],
        "an-agents-client"
    );
    assert_ne!(world.secret()["zendesk_reply_signing_secret"], "");
}

/// Zendesk's own trigger and one of the desk's mail the requester; a third does not run, the fourth mails an agent.
fn mails(world: &World) {
    let zendesk = &world.stack.zendesk;
    zendesk.install_notify_trigger();
    let mails = |title: &str, to: &str, active: bool| Trigger {
        id: 0,
        title: title.to_owned(),
        description: String::new(),
        active,
        category_id: None,
        all: vec![],
        any: vec![TriggerCondition {
            field: "status".to_owned(),
            operator: "value".to_owned(),
            value: json!("solved"),
        }],
        actions: vec![
            json!({"field": "notification_user", "value": [to, "Solved", "It is solved."]}),
        ],
    };
    zendesk.add_trigger(mails("How did we do?", "requester_id", true));
    zendesk.add_trigger(mails("Off", "requester_id", false));
    zendesk.add_trigger(mails("To the assignee", "assignee_id", true));
}

/// The active triggers of [`mails`] that mail the requester.
const MAILING: [&str; 2] = [
    "Notify requester and CCs of comment update",
    "How did we do?",
];

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn triggers_that_mail_the_requester_are_named_with_the_condition_that_excludes_the_tag() {
    let world = World::ready().await;
    mails(&world);
    let before = world.zendesk()["triggers"].clone();
    let told = world.bridge("setup zendesk --yes").await.ends(0).fits();
    let doctor = world.bridge("doctor").await.ends(0).fits();
    for out in [flat(&told.out), flat(&doctor.out)] {
        for name in MAILING {
            assert!(out.contains(&format!("\"{name}\"")), "{out}");
        }
        assert!(
            out.contains("Tags contain none of the following: braze_sms"),
            "{out}"
        );
        assert!(!out.contains("Off") && !out.contains("assignee"), "{out}");
    }
    assert_eq!(
        world.zendesk()["triggers"],
        before,
        "nobody asked for a change"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_condition_is_shown_added_once_and_left_when_the_rest_is_removed() {
    let world = World::ready().await;
    mails(&world);
    let mut before = world.zendesk();
    let shown = world.bridge("setup zendesk --exclude-mail --dry-run").await;
    let shown = shown.ends(0).fits();
    assert!(shown.out.contains("2 to change"), "{}", shown.out);
    assert!(
        shown.out.contains("+ current_tags not_includes braze_sms"),
        "{}",
        shown.out
    );
    assert_eq!(world.zendesk()["triggers"], before["triggers"]);
    world
        .bridge("setup zendesk --exclude-mail --yes")
        .await
        .ends(0)
        .fits();
    for end in MAILING {
        let was = trigger(&mut before, end);
        let all = was["all"].as_array_mut().unwrap();
        all.push(
            json!({"field": "current_tags", "operator": "not_includes", "value": "braze_sms"}),
        );
        assert_eq!(
            trigger(&mut world.zendesk(), end),
            was,
            "nothing else changes"
        );
    }
    let again = world
        .bridge("setup zendesk --exclude-mail --yes")
        .await
        .ends(0);
    assert!(again.out.contains("Nothing to change."), "{}", again.out);
    let doctor = world.bridge("doctor").await.ends(0);
    assert!(!doctor.out.contains("How did we do?"), "{}", doctor.out);

    let removed = world
        .bridge("setup zendesk --remove --yes")
        .await
        .ends(0)
        .fits();
    let told = flat(&removed.out);
    assert!(
        told.contains("leave out tickets with the tag braze_sms"),
        "{told}"
    );
    assert!(
        MAILING
            .iter()
            .all(|name| world.titles().iter().any(|title| title == name))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_customer_with_an_address_gets_an_answer_once_and_other_tickets_are_mailed_as_before() {
    let world = World::ready().await;
    mails(&world);
    world
        .bridge("setup zendesk --exclude-mail --yes")
        .await
        .ends(0);
    let stack = &world.stack;
    let text = stack.braze.customer_texts("ana", "SUPPORT", &[]).await;
    assert_eq!(text.status, Some(200), "{text:?}");
    assert!(stack.quiesce(PATIENCE).await);
    let user = stack.zendesk.tickets()[0].requester.id;
    edit(stack, |account| {
        account["users"][user.to_string()]["email"] = json!("ana@example.com")
    });
    let answered = |ticket: u64| {
        let said = stack
            .zendesk
            .agent_comments(ticket, Comment::public("Once."));
        said.unwrap();
    };
    answered(stack.zendesk.tickets()[0].id);
    assert!(stack.quiesce(PATIENCE).await);
    assert_eq!(stack.braze.inbox("ana").len(), 1);
    assert_eq!(stack.zendesk.emails().len(), 0);
    answered(
        stack
            .zendesk
            .email_ticket(user, "Invoice", "By mail")
            .unwrap(),
    );
    assert!(stack.quiesce(PATIENCE).await);
    assert_eq!(stack.zendesk.emails().len(), 1);
    assert_eq!(stack.braze.inbox("ana").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trigger_that_zendesk_does_not_let_be_changed_is_named_and_the_rest_is_done() {
    let world = World::ready().await;
    mails(&world);
    for status in [422, 403] {
        let refusal = Fault::once("triggers.update", Effect::status(status));
        world.stack.zendesk.fault(refusal);
        let ran = world.bridge("setup zendesk --exclude-mail --yes").await;
        let ran = ran.ends(0).fits();
        let flat = ran.err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains("comment update\" was not changed"), "{flat}");
        assert!(flat.contains("by hand"), "{flat}");
    }
    let mut account = world.zendesk();
    let all = |one: &Value| one["all"].as_array().unwrap().len();
    assert_eq!(all(trigger(&mut account, "How did we do?")), 1);
    assert_eq!(all(trigger(&mut account, "comment update")), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_starts_a_conversation_by_the_macro_that_set_up_makes() {
    let world = World::ready().await;
    let stack = &world.stack;
    assert_eq!(
        world.zendesk()["macros"],
        json!([]),
        "not unless it is asked for"
    );
    let made = world
        .bridge("setup zendesk --macro --yes")
        .await
        .ends(0)
        .fits();
    assert!(made.out.contains("1 to make"), "{}", made.out);
    let (before, calls) = (world.zendesk(), writes(&world));
    for again in ["setup zendesk --macro --yes", "setup zendesk --yes"] {
        let again = world.bridge(again).await.ends(0);
        assert!(again.out.contains("Nothing to change."), "{}", again.out);
    }
    assert_eq!((world.zendesk(), writes(&world)), (before, calls));
    world.bridge("doctor").await.ends(0);

    stack.braze.customer_texts("ana", "SUPPORT", &[]).await;
    assert!(stack.quiesce(PATIENCE).await);
    let ana = stack.zendesk.tickets()[0].requester.id;
    let ticket = stack.zendesk.email_ticket(ana, "Order", "By mail").unwrap();
    let say = |text: &str| {
        stack
            .zendesk
            .agent_comments(ticket, Comment::public(text))
            .unwrap()
    };
    say("Not an SMS yet.");
    assert!(stack.quiesce(PATIENCE).await);
    let id = world.zendesk()["macros"][0]["id"].as_u64().unwrap();
    stack.zendesk.apply_macro(ticket, id).unwrap();
    say("Your parcel waits.");
    assert!(stack.quiesce(PATIENCE).await);
    let texts = stack.braze.inbox("ana").into_iter().map(|sms| sms.body);
    assert_eq!(texts.collect::<Vec<_>>(), ["Your parcel waits."]);

    edit(stack, |account| {
        account["macros"][0]["actions"][0]["value"] = json!("vip");
        account["macros"][0]["active"] = json!(false);
    });
    let doctor = world.bridge("doctor").await.ends(1).fits();
    assert!(doctor.out.contains("text this customer"), "{}", doctor.out);
    world.bridge("setup zendesk --yes").await.ends(0);
    let mended = world.zendesk()["macros"][0].clone();
    let tag = &mended["actions"][0]["value"];
    assert_eq!(
        (tag, &mended["active"]),
        (&json!("braze_sms"), &json!(true))
    );
    world.bridge("setup zendesk --remove --yes").await.ends(0);
    assert_eq!(world.zendesk()["macros"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_macro_needs_a_tag_and_a_client_that_may_make_one() {
    let every = |stack: &mut local::cloudformation::Described| {
        let any = ("TextTickets".to_owned(), "any".to_owned());
        stack.parameters.extend([any]);
    };
    let world = World::with(|_| {}, every).await;
    let ran = world.bridge("setup zendesk --macro --yes").await.ends(2);
    sentence(&ran, "TextTickets is any");

    let world = World::ready().await;
    let narrow = ["users", "triggers", "webhooks"];
    let scopes = narrow.map(|one| [format!("{one}:read"), format!("{one}:write")]);
    let scopes: Vec<&str> = scopes.iter().flatten().map(String::as_str).collect();
    world.stack.zendesk.allow_scopes(Some(&scopes));
    world.bridge("setup zendesk --yes").await.ends(0);
    let ran = world.bridge("setup zendesk --macro --yes").await.ends(2);
    sentence(&ran, "Zendesk forbids GET /macros (403)");
    let ran = world.bridge("setup zendesk --remove --yes").await.ends(0);
    assert!(ran.out.contains("Macros were not checked"), "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_stack_made_is_cleared_after_it_is_gone() {
    let world = World::ready().await;
    world.bridge("setup zendesk --macro --yes").await.ends(0);
    // CloudFormation forgets the stack; its secret and its table are kept.
    let listener = simulators::serve::bind(0).await.unwrap();
    let other = local::cloudformation::Described {
        name: "another-stack".to_owned(),
        ..local::cloudformation::Described::default()
    };
    let gone = local::cloudformation::CloudFormation::start(listener, other).unwrap();
    let variables = gone.environment(&world.stack);
    let run = |arguments: &'static str| world.run(arguments, "", &variables);
    let secret = local::options::SECRET_ID;

    let ran = run("setup zendesk --remove --yes").await.ends(2);
    sentence(&ran, "give --table and --secret");
    let ran = run("setup zendesk --yes --secret braze-zendesk/credentials").await;
    sentence(&ran.ends(2), "there is no stack braze-zendesk-bridge");
    assert_eq!(secret, "braze-zendesk/credentials");
    // The name of another one finds nothing, and says whose there is.
    let call = "setup zendesk --remove --yes --stack mistyped --secret braze-zendesk/credentials";
    let ran = run(call).await.ends(0).fits();
    assert!(
        flat(&ran.out).contains("us-east-1/braze-zendesk-bridge"),
        "{}",
        ran.out
    );
    assert_eq!(world.titles().len(), 3);

    let call = "setup zendesk --remove --yes --secret braze-zendesk/credentials";
    let dry = run("setup zendesk --remove --dry-run --secret braze-zendesk/credentials").await;
    assert!(dry.ends(0).fits().out.contains("8 to remove."));
    run(call).await.ends(0).fits();
    let account = world.zendesk();
    assert_eq!((world.titles().len(), world.webhooks().len()), (0, 0));
    assert_eq!(
        (&account["macros"], &account["categories"]),
        (&json!([]), &json!([]))
    );
    let again = run(call).await.ends(0);
    assert!(again.out.contains("Nothing to change."), "{}", again.out);

    // A secret of before, which does not say where Zendesk is.
    world.stack.secrets.set_key("zendesk_base_url", "");
    let ran = run(call).await.ends(2);
    sentence(&ran, "set ZENDESK_BASE_URL");
    let address = [("ZENDESK_BASE_URL", world.stack.zendesk.base_url())];
    let variables = [&variables[..], &address].concat();
    world.run(call, "", &variables).await.ends(0);
}

/// Brands in the `any` conditions of this stack's triggers, one list each.
fn brands_of(world: &World) -> Vec<Vec<String>> {
    let account = world.zendesk();
    let triggers = account["triggers"].as_array().unwrap().iter();
    let conditions = triggers.map(|one| {
        let any = one["any"].as_array().unwrap().iter();
        let brands = any.filter(|condition| condition["field"] == "brand_id");
        brands
            .map(|condition| condition["value"].as_str().unwrap().to_owned())
            .collect()
    });
    conditions.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn triggers_are_for_the_brands_that_were_chosen_and_stay_so() {
    let world = World::bare().await;
    let outdoor = world.stack.zendesk.add_brand("Outdoor").to_string();
    let kids = world.stack.zendesk.add_brand("Kids").to_string();
    let ran = world.bridge("setup zendesk --yes").await.ends(0).fits();
    let told = ran.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(told.contains("the brands Acme, Outdoor, Kids"), "{told}");
    assert_eq!(brands_of(&world), vec![Vec::<String>::new(); 3]);

    let one = "setup zendesk --brand outdoor --auto-reply --yes";
    world.bridge(one).await.ends(0).fits();
    assert_eq!(brands_of(&world), vec![vec![outdoor.clone()]; 4]);
    for again in [
        one,
        "setup zendesk --yes",
        &format!("setup zendesk --brand {outdoor} --yes"),
    ] {
        let again = world.bridge(again).await.ends(0);
        assert!(again.out.contains("Nothing to change."), "{}", again.out);
    }
    world.bridge("doctor").await.ends(0);
    // A trigger without it is noticed and put right.
    edit(&world.stack, |account| {
        trigger(account, ": solved")["any"] = json!([])
    });
    let doctor = world.bridge("doctor").await.ends(1);
    assert!(doctor.out.contains("brand_id is"), "{}", doctor.out);
    world.bridge("setup zendesk --yes").await.ends(0);
    assert_eq!(brands_of(&world), vec![vec![outdoor.clone()]; 4]);

    world
        .bridge("setup zendesk --brand Kids --brand Outdoor --yes")
        .await
        .ends(0);
    assert_eq!(brands_of(&world), vec![vec![outdoor, kids]; 4]);
    let wrong = world
        .bridge("setup zendesk --brand Nobody --yes")
        .await
        .ends(2);
    assert!(
        wrong.err.contains("there are Acme, Outdoor, Kids"),
        "{}",
        wrong.err
    );
    world
        .bridge("setup zendesk --brand all --yes")
        .await
        .ends(0);
    assert_eq!(brands_of(&world), vec![Vec::<String>::new(); 4]);
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_on_another_brands_tickets_are_not_texted() {
    let world = World::bare().await;
    let stack = &world.stack;
    stack.zendesk.add_brand("Outdoor");
    world
        .bridge("setup zendesk --brand Outdoor --yes")
        .await
        .ends(0);
    stack.braze.customer_texts("ana", "SUPPORT", &[]).await;
    assert!(stack.quiesce(PATIENCE).await);
    let ticket = stack.zendesk.tickets()[0].id;
    stack
        .zendesk
        .agent_comments(ticket, Comment::public("Of Acme"))
        .unwrap();
    assert!(stack.quiesce(PATIENCE).await);
    assert_eq!(stack.braze.inbox("ana").len(), 0);
    world
        .bridge("setup zendesk --brand Acme --brand Outdoor --yes")
        .await
        .ends(0);
    stack
        .zendesk
        .agent_comments(ticket, Comment::public("Of both"))
        .unwrap();
    assert!(stack.quiesce(PATIENCE).await);
    assert!(!stack.braze.inbox("ana").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn conditions_that_the_desk_adds_to_the_first_answer_stay() {
    let world = World::ready().await;
    world
        .bridge("setup zendesk --auto-reply --yes")
        .await
        .ends(0);
    let own = json!({"field": "group_id", "operator": "is", "value": "7"});
    edit(&world.stack, |account| {
        let all = &mut trigger(account, "first answer")["all"];
        all.as_array_mut().unwrap().push(own.clone());
    });
    world.bridge("doctor").await.ends(0);
    let again = world.bridge("setup zendesk --yes").await.ends(0);
    assert!(again.out.contains("Nothing to change."), "{}", again.out);
    edit(&world.stack, |account| {
        trigger(account, "first answer")["active"] = json!(false)
    });
    world.bridge("setup zendesk --yes").await.ends(0);
    let mut account = world.zendesk();
    let all = &trigger(&mut account, "first answer")["all"];
    assert!(all.as_array().unwrap().contains(&own), "{all}");
}
