//! `sms-bridge setup secret` and `sms-bridge setup braze` as people call them.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod kit;

use kit::World;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn values_from_a_file_are_merged_and_nothing_is_shown() {
    let world = World::bare().await;
    let lines =
        "# from the vault\nBRAZE_API_KEY=a-new-key\nbraze_inbound_token=a-new-inbound-token\n";
    let dry = world
        .typed("setup secret --from - --dry-run", lines)
        .await
        .ends(0)
        .fits();
    assert_eq!(world.secret()["braze_api_key"], "braze-rest-key");
    let ran = world
        .typed("setup secret --from - --yes", lines)
        .await
        .ends(0)
        .fits();
    for word in [
        "braze_api_key ",
        "changed",
        "braze_inbound_token_previous ",
        "set",
    ] {
        assert!(
            dry.out.contains(word) && ran.out.contains(word),
            "{word}\n{}",
            ran.out
        );
    }
    let flat = format!("{}{}{}{}", dry.out, dry.err, ran.out, ran.err);
    for value in [
        "a-new-key",
        "a-new-inbound-token",
        "inbound-token\n",
        "braze-rest-key",
    ] {
        assert!(!flat.contains(value), "{value} is shown");
    }
    let secret = world.secret();
    assert_eq!(secret["braze_api_key"], "a-new-key");
    assert_eq!(secret["braze_inbound_token"], "a-new-inbound-token");
    assert_eq!(secret["braze_inbound_token_previous"], "inbound-token");
    assert_eq!(secret["zendesk_oauth_client_id"], "braze-bridge");
    assert_eq!(secret["own_key"], "kept");
    let names = secret["pseudonym_key"].as_str().unwrap();
    assert!(names.len() == 64 && !flat.contains(names));
    let again = world
        .typed("setup secret --from - --yes", lines)
        .await
        .ends(0);
    assert!(again.out.contains("Nothing to change."), "{}", again.out);
    assert_eq!(world.stack.secrets.writes(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_made_and_rotated() {
    let world = World::bare().await;
    let old = world.secret()["braze_inbound_token"].clone();
    world
        .bridge("setup secret --rotate-inbound-token --yes")
        .await
        .ends(0)
        .fits();
    let secret = world.secret();
    assert_eq!(secret["braze_inbound_token_previous"], old);
    let new = secret["braze_inbound_token"].as_str().unwrap().to_owned();
    assert_eq!(new.len(), 64);
    // Both are accepted while the campaigns are changed one by one.
    for token in [old.as_str().unwrap(), &new] {
        let mut inbound = simulators::braze::Inbound::new("", token);
        inbound.url = format!("{}/braze/inbound", world.stack.front_url());
        world.stack.braze.set_inbound(inbound);
        let text = world
            .stack
            .braze
            .customer_texts("ana", "SUPPORT", &[])
            .await;
        assert!(matches!(text.status, Some(200 | 202)), "{text:?}");
    }
    let ended = world
        .bridge("setup secret --end-rotation --yes --json")
        .await
        .ends(0)
        .json();
    assert_eq!(
        ended["changes"],
        json!({"braze_inbound_token_previous": "removed"})
    );
    assert_eq!(world.secret()["braze_inbound_token"], new);
    // Customers are called the same in the logs over all of it.
    assert_eq!(world.secret()["pseudonym_key"], secret["pseudonym_key"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_rotation_waits_until_the_first_has_ended_so_that_braze_is_not_cut_off() {
    let world = World::bare().await;
    world
        .bridge("setup secret --rotate-inbound-token --yes")
        .await
        .ends(0);
    let rotating = world.secret();
    let new = "--from - --yes";
    for (arguments, input) in [
        ("--rotate-inbound-token --yes", ""),
        (new, "braze_inbound_token=yet-another-token-1"),
        (new, "braze_inbound_token_previous=yet-another-token-2"),
    ] {
        let call = format!("setup secret {arguments}");
        let ran = world.typed(&call, input).await.ends(2);
        assert!(ran.err.contains("--end-rotation"), "{}", ran.err);
        assert_eq!(ran.err.lines().count(), 1, "{}", ran.err);
        assert_eq!(world.secret(), rotating);
    }
    // Braze still has the token from before, and its text is taken.
    let text = world.stack.braze.customer_texts("ana", "SUPPORT", &[]);
    let text = text.await;
    assert!(matches!(text.status, Some(200 | 202)), "{text:?}");
    // Other values may change meanwhile.
    world
        .typed("setup secret --from - --yes", "braze_api_key=another-key")
        .await
        .ends(0);
    world
        .bridge("setup secret --end-rotation --yes")
        .await
        .ends(0);
    world
        .bridge("setup secret --rotate-inbound-token --yes")
        .await
        .ends(0);
    assert_eq!(
        world.secret()["braze_inbound_token_previous"],
        rotating["braze_inbound_token"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_is_no_json_object_is_written_anew_and_that_is_said() {
    let world = World::bare().await;
    for text in ["braze_api_key=hush", "[\"hush\"]", ""] {
        world.stack.secrets.set(text.to_owned());
        let ran = world.bridge("setup zendesk --yes").await.ends(2);
        assert!(ran.err.contains("`sms-bridge setup secret` writes one"));
        let call = "setup secret --from -";
        let dry = format!("{call} --dry-run");
        let dry = world.typed(&dry, "braze_api_key=key").await;
        assert!(dry.ends(0).fits().err.contains("is no JSON object"));
        assert_eq!(world.stack.secrets.text(), text);
        let call = format!("{call} --yes");
        let ran = world.typed(&call, "braze_api_key=key").await;
        let ran = ran.ends(0).fits();
        assert!(ran.err.contains("AWSPREVIOUS"), "{}", ran.err);
        assert!(!ran.err.contains("hush") && !ran.out.contains("hush"));
        assert_eq!(world.secret()["braze_api_key"], "key");
        let token = world.secret()["braze_inbound_token"].clone();
        assert_eq!(token.as_str().unwrap().len(), 64);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_can_be_removed_and_a_pair_only_together() {
    let world = World::bare().await;
    let legacy = "zendesk_email=ops@example.com\nzendesk_api_token=token";
    world
        .typed("setup secret --from - --yes", legacy)
        .await
        .ends(0);
    let both = world.secret();
    let (email, token) = ("--remove zendesk_email", "--remove zendesk_api_token");
    let call = format!("setup secret {email} --yes");
    let ran = world.bridge(&call);
    let ran = ran.await.ends(2);
    assert!(ran.err.contains("zendesk_email is missing;"), "{}", ran.err);
    for key in ["braze_inbound_token", "braze_key"] {
        let call = format!("setup secret --remove {key} --yes");
        let ran = world.bridge(&call);
        let ran = ran.await.ends(2);
        assert!(ran.err.contains("possible values"), "{}", ran.err);
    }
    let ran = world.typed("setup secret --from - --remove zendesk_email --yes", legacy);
    let ran = ran.await.ends(2);
    assert!(ran.err.contains("given and to be removed"), "{}", ran.err);
    assert_eq!(world.secret(), both);

    let call = format!("setup secret {email} {token} --yes --json");
    let ran = world.bridge(&call);
    let told = ran.await.ends(0).json();
    assert_eq!(
        told["changes"],
        json!({"zendesk_email": "removed", "zendesk_api_token": "removed"})
    );
    assert_eq!(told["missing"].as_array().unwrap().len(), 2, "{told}");
    let secret = world.secret();
    assert!(secret.get("zendesk_email").is_none_or(|v| v == ""));
    assert_eq!(
        secret["zendesk_oauth_client_id"],
        both["zendesk_oauth_client_id"]
    );
    assert_eq!(secret["own_key"], "kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_secret_gets_a_token_and_is_told_what_it_lacks() {
    let world = World::bare().await;
    world.stack.secrets.set("{}".to_owned());
    let values = r#"{"zendesk_oauth_client_id":"bridge","zendesk_oauth_client_secret":"s3"}"#;
    let ran = world
        .typed("setup secret --from - --yes", values)
        .await
        .ends(0)
        .fits();
    assert!(
        ran.out.contains("Still missing:\n  braze_api_key"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("sms-bridge setup zendesk"), "{}", ran.out);
    assert_eq!(
        world.secret()["braze_inbound_token"]
            .as_str()
            .unwrap()
            .len(),
        64
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_right_is_refused_by_name() {
    let world = World::bare().await;
    let before = world.secret();
    for (input, told) in [
        ("braze_key=hush", "-: braze_key is no key of the secret"),
        (
            "braze_inbound_token=hush",
            "-: braze_inbound_token is shorter than 16 characters",
        ),
        (
            "zendesk_email=hush@example.com",
            "zendesk_api_token is missing; zendesk_email and",
        ),
        ("hush", "-: line 1 is not KEY=VALUE"),
    ] {
        let ran = world
            .typed("setup secret --from - --yes", input)
            .await
            .ends(2);
        assert!(
            ran.err.starts_with(&format!("sms-bridge: {told}")),
            "{}",
            ran.err
        );
        assert!(
            !ran.err.contains("hush") && ran.err.lines().count() == 1,
            "{}",
            ran.err
        );
    }
    let ran = world.bridge("setup secret").await.ends(2);
    assert!(ran.err.contains("give --from FILE"), "{}", ran.err);
    let ran = world
        .bridge("setup secret --from /no/such/file --yes")
        .await
        .ends(2);
    assert!(
        ran.err
            .starts_with("sms-bridge: /no/such/file cannot be read"),
        "{}",
        ran.err
    );
    let ran = world
        .bridge("setup secret --rotate-inbound-token --secret other --yes")
        .await
        .ends(2);
    assert!(
        ran.err.starts_with("sms-bridge: there is no secret other"),
        "{}",
        ran.err
    );
    assert_eq!(world.secret(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn braze_pages_have_this_stacks_url_and_the_token_only_when_asked() {
    let world = World::bare().await;
    let ran = world.bridge("setup braze").await.ends(0);
    let url = format!("{}/braze/inbound", world.stack.front_url());
    assert_eq!(ran.out.matches(&url).count(), 1, "{}", ran.out);
    assert!(!ran.out.contains("Bearer inbound-token"));
    assert_eq!(ran.out.matches("Re-eligibility  on").count(), 2);
    assert_eq!(ran.out.matches("Frequency cap   off").count(), 2);
    assert_eq!(ran.out.matches("Quiet hours     off").count(), 2);
    assert_eq!(ran.out.matches("\n * ").count(), 7);
    let names = ran.out.lines().filter_map(|line| line.strip_prefix(" * "));
    let capital = |name: &str| name.starts_with(char::is_uppercase);
    assert!(
        names.clone().all(capital),
        "{:?}",
        names.collect::<Vec<_>>()
    );
    assert!(ran.out.contains("BrazeReplyCampaignId is reply-campaign"));
    // Bodies are pasted, so they are not wrapped.
    let wide = |line: &&str| line.chars().count() > kit::WIDTH && !line.contains("{{");
    assert_eq!(ran.out.lines().find(wide), None);
    // The SMS campaigns' text names the comment, and the event export's form is at the end.
    let extras = "{% message_extras :key bridge :value {{api_trigger_properties.${comment_id}}} %}\
        {% message_extras :key bridge_part :value {{api_trigger_properties.${part}}} %}\n";
    assert_eq!(ran.out.matches(extras).count(), 2, "{}", ran.out);
    let export = format!("{}/braze/events", world.stack.front_url());
    assert_eq!(ran.out.matches(&export).count(), 1, "{}", ran.out);
    let with = world.bridge("setup braze --show-token").await.ends(0);
    assert_eq!(
        with.out
            .matches("Authorization: Bearer inbound-token")
            .count(),
        1
    );
    let told = world.bridge("setup braze --json").await.ends(0).json();
    let kinds: Vec<_> = told["campaigns"].as_array().unwrap()[2..]
        .iter()
        .map(|page| {
            let body = page["body"].as_str().unwrap();
            let body: serde_json::Value = serde_json::from_str(body).unwrap();
            (
                body["kind"].as_str().unwrap().to_owned(),
                body["support"] == true,
            )
        })
        .collect();
    let wanted = [
        ("message", true),
        ("message", false),
        ("opted_out", false),
        ("opted_in", false),
        ("help", false),
    ];
    assert_eq!(
        kinds,
        wanted.map(|(kind, support)| (kind.to_owned(), support))
    );

    world.stack.braze.set_keys(&["another"]);
    let ran = world.bridge("setup braze --check").await.ends(1).fits();
    assert!(ran.out.contains("braze_api_key"), "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_workspaces_settings_to_exclude_the_tag_from_are_named() {
    let world = World::bare().await;
    let ran = world.bridge("setup braze").await.ends(0);
    assert!(
        ran.out.contains("enforce SDK Authentication"),
        "{}",
        ran.out
    );
    for (place, what) in [
        ("Control group   ", "Exclusions: the tag"),
        ("Suppression     ", "exclude the tag"),
        ("Quiet hours     Settings", "exclude the tag"),
        ("Frequency cap   Settings", "no rule for the tag"),
    ] {
        let mut lines = ran
            .out
            .lines()
            .filter(|line| line.trim_start().starts_with(place));
        assert!(
            lines.any(|line| line.contains(what)),
            "{place}: {}",
            ran.out
        );
    }
}
