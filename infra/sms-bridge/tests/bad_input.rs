//! What goes wrong on the way from the release to the first text: each ends in a sentence that says what to do, and
//! running the command again goes on.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod kit;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use kit::terminal::{Ended, Terminal};
use kit::{Ran, World, edit, flat, trigger, webhook};
use local::cloudformation::{CloudFormation, Described, STACK_NAME};
use local::faults::{Effect, Fault, refusal};
use serde_json::{Value, json};

/// A SAM that asks as SAM does, notes that it was called, and deploys where the answer is y.
const ASKS: &str = "echo \"$@\" >>called\nprintf 'Deploy this changeset? [y/N]: '\nread answer\n[ \"$answer\" = y ]";
/// A SAM that is at it for ever.
const HANGS: &str =
    "echo \"$@\" >>called\necho 'Waiting for stack create/update to complete'\nsleep 600";

/// An account whose CloudFormation has no stack yet.
async fn account() -> CloudFormation {
    let listener = simulators::serve::bind(0).await.unwrap();
    let nothing = Described {
        name: "none".to_owned(),
        ..Described::default()
    };
    CloudFormation::start(listener, nothing).unwrap()
}

fn variables(account: &CloudFormation) -> Vec<(&'static str, String)> {
    vec![
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "AKIDLOCAL".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
        ("AWS_ENDPOINT_URL_CLOUDFORMATION", account.url()),
    ]
}

/// There is a stack with this status.
fn becomes(account: &CloudFormation, status: &str) {
    account.edit(|stack| {
        stack.name = STACK_NAME.to_owned();
        stack.status = status.to_owned();
    });
}

const VALUES: &str = "--set ZendeskBaseUrl=https://acme.zendesk.com --set BrazeBaseUrl=https://rest.iad-01.braze.com \
    --set BrazeReplyCampaignId=0a1b2c3d";

fn deploy(place: &Path, arguments: &str, account: &CloudFormation) -> Terminal {
    let line = format!(
        "exec {} deploy {arguments}",
        env!("CARGO_BIN_EXE_sms-bridge")
    );
    Terminal::run(&line, place, &variables(account))
}

/// How often SAM was called.
fn called(place: &Path) -> usize {
    let notes = std::fs::read_to_string(place.join("called")).unwrap_or_default();
    notes.lines().count()
}

fn tells(text: &str, words: &[&str]) {
    let flat = flat(text);
    for word in words {
        assert!(flat.contains(word), "{word:?} is not in: {flat}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_interrupted_half_way_goes_on_when_it_is_run_again() {
    let account = account().await;
    let release = kit::release(HANGS);
    let place = release.path();
    let mut terminal = deploy(place, VALUES, &account);
    terminal.interrupted_at("Waiting for stack create").await;
    let Ended { code, said, .. } = terminal.ends().await;
    assert_eq!(code, Some(1));
    tells(
        &said,
        &[
            "was interrupted",
            "The values are kept",
            "`sms-bridge deploy` continues from there",
        ],
    );

    // AWS goes on alone.
    for status in [
        "CREATE_IN_PROGRESS",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "ROLLBACK_IN_PROGRESS",
    ] {
        becomes(&account, status);
        let Ended { code, said, .. } = deploy(place, "", &account).ends().await;
        assert_eq!(code, Some(2));
        tells(
            &said,
            &[
                "AWS is still working on the stack",
                status,
                "wait until it has finished",
                "run this again",
            ],
        );
    }
    assert_eq!(called(place), 1, "SAM is not asked in vain");

    std::fs::copy(kit::release(ASKS).path().join("sam"), place.join("sam")).unwrap();
    for status in [
        "CREATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "REVIEW_IN_PROGRESS",
    ] {
        becomes(&account, status);
        let mut terminal = deploy(place, "", &account);
        terminal.asked("Deploy this changeset?", "y").await;
        let Ended { code, typed, .. } = terminal.ends().await;
        assert_eq!((code, typed), (Some(0), 1), "nothing is asked anew");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_deployment_that_failed_says_how_to_begin_anew() {
    let account = account().await;
    let release = kit::release(ASKS);
    let place = release.path();
    let mut terminal = deploy(place, VALUES, &account);
    terminal.asks("Deploy this changeset?").await;
    // What SAM says of it stands above.
    becomes(&account, "ROLLBACK_COMPLETE");
    terminal.types("n");
    let Ended { code, said, .. } = terminal.ends().await;
    assert_eq!(code, Some(1));
    let anew = "run `sam delete --stack-name braze-zendesk-bridge`, then `sms-bridge deploy` creates it again";
    tells(
        &said,
        &[
            "its output above says why",
            "The values are kept",
            "ROLLBACK_COMPLETE",
            anew,
        ],
    );
    let Ended { code, said, .. } = deploy(place, "", &account).ends().await;
    assert_eq!((code, called(place)), (Some(2), 1));
    tells(&said, &[anew]);
    becomes(&account, "UPDATE_ROLLBACK_FAILED");
    let Ended { code, said, .. } = deploy(place, "", &account).ends().await;
    assert_eq!((code, called(place)), (Some(2), 1));
    tells(
        &said,
        &["aws cloudformation continue-update-rollback --stack-name braze-zendesk-bridge"],
    );
    // It was deleted.
    account.edit(|stack| stack.name = "none".to_owned());
    let mut terminal = deploy(place, "", &account);
    terminal.asked("Deploy this changeset?", "y").await;
    assert_eq!(terminal.ends().await.code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_commands_say_that_the_stack_is_half_made() {
    let world = World::bare().await;
    let outputs = Described::of(&world.stack).outputs;
    for (status, told) in [
        ("CREATE_IN_PROGRESS", "AWS is still working on the stack"),
        (
            "REVIEW_IN_PROGRESS",
            "was planned but never created (REVIEW_IN_PROGRESS): run `sms-bridge deploy`",
        ),
        ("ROLLBACK_COMPLETE", "`sms-bridge deploy` creates it again"),
        ("DELETE_FAILED", "`sms-bridge deploy` creates it again"),
    ] {
        world.cloudformation.edit(|stack| {
            stack.outputs.clear();
            stack.status = status.to_owned();
        });
        for command in ["setup --yes", "setup zendesk --yes", "status"] {
            let ran = world.bridge(command).await.ends(2);
            tells(&ran.err, &[told]);
            assert_eq!(ran.err.lines().count(), 1, "one sentence");
        }
    }
    world.cloudformation.edit(|stack| {
        stack.outputs = outputs;
        stack.status.clear();
    });
    world.bridge("setup zendesk --yes").await.ends(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_set_up_that_stopped_at_any_call_is_finished_by_the_next_run() {
    let world = World::bare().await;
    let zendesk = &world.stack.zendesk;
    for (operation, times) in [
        ("user_fields.create", 1),
        ("webhooks.create", 2),
        ("trigger_categories.create", 1),
        ("triggers.create", 3),
    ] {
        for _ in 0..times {
            zendesk.clear_faults();
            zendesk.fault(Fault::once(operation, Effect::DropAfter));
            let ran = world.bridge("setup --yes").await.ends(2);
            tells(&ran.err, &["The steps before are done; run it again."]);
        }
    }
    zendesk.clear_faults();
    let ran = world.bridge("setup --yes").await;
    tells(&ran.out, &["Nothing to change.", "All is well."]);
    assert_eq!(
        (world.titles().len(), world.webhooks().len()),
        (3, 3),
        "nothing is there twice"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_stack_in_the_same_account_gets_a_directory_and_a_tag_of_its_own() {
    let account = account().await;
    let release = kit::release(ASKS);
    let place = release.path();
    let mut terminal = deploy(place, VALUES, &account);
    terminal.asked("Deploy this changeset?", "y").await;
    assert_eq!(terminal.ends().await.code, Some(0));
    let Ended { code, said, .. } = deploy(place, "--stack staging", &account).ends().await;
    assert_eq!((code, called(place)), (Some(2), 1));
    tells(
        &said,
        &[
            "deploys to the stack braze-zendesk-bridge",
            "copy this directory",
            "run this there",
        ],
    );
    // As it says.
    let second = kit::release(ASKS);
    let mut terminal = deploy(
        second.path(),
        &format!("--stack staging {VALUES}"),
        &account,
    );
    terminal.asked("Deploy this changeset?", "y").await;
    assert_eq!(terminal.ends().await.code, Some(0));
    let kept = std::fs::read_to_string(second.path().join("samconfig.toml")).unwrap();
    assert!(kept.contains("stack_name = \"staging\""), "{kept}");
}

/// The account's triggers, as a second stack would have made them beside, for tickets with this tag.
fn second_stack(world: &World, tag: &str) {
    edit(&world.stack, |account| {
        let mut others = Vec::new();
        for one in account["triggers"].as_array().unwrap() {
            let text = one.to_string();
            if !text.contains("/staging ") {
                let text = text.replace("/braze-zendesk-bridge ", "/staging ");
                let mut other: Value =
                    serde_json::from_str(&text.replace("\"braze_sms\"", &json!(tag).to_string()))
                        .unwrap();
                other["id"] = json!(7_000 + others.len());
                others.push(other);
            }
        }
        let all = account["triggers"].as_array_mut().unwrap();
        all.retain(|one| !one.to_string().contains("/staging "));
        all.extend(others);
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn two_stacks_that_would_text_each_answer_are_told() {
    let world = World::ready().await;
    second_stack(&world, "braze_sms");
    for (command, code) in [("setup zendesk --dry-run", 0), ("doctor", 1)] {
        let ran = world.bridge(command).await.ends(code).fits();
        tells(
            &ran.out,
            &[
                "Triggers of another stack (account/region/stack: ",
                "/staging) run for the same tickets",
                "sms-bridge setup zendesk --remove --stack staging",
            ],
        );
    }
    second_stack(&world, "braze_sms_staging");
    let ran = world.bridge("setup zendesk --dry-run").await.ends(0);
    assert!(!ran.out.contains("another stack"), "{}", ran.out);
    world.bridge("doctor").await.ends(0);
    // This one texts about every ticket, so also about the other's.
    world.cloudformation.edit(|stack| {
        stack
            .parameters
            .insert("TextTickets".to_owned(), "any".to_owned());
    });
    let ran = world.bridge("setup zendesk --dry-run").await.ends(0);
    tells(&ran.out, &["Triggers of another stack"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stack_in_another_region_is_found_by_what_the_sentence_says() {
    let world = World::bare().await;
    world
        .cloudformation
        .edit(|stack| stack.region = "eu-west-1".to_owned());
    let ran = world.bridge("setup zendesk --yes").await.ends(2);
    tells(
        &ran.err,
        &[
            "there is no stack braze-zendesk-bridge in this account in us-east-1: check --stack, --region",
        ],
    );
    let kept = "[default.global.parameters]\nstack_name = \"braze-zendesk-bridge\"\nregion = \"eu-west-1\"\n";
    std::fs::write(world.home().join("samconfig.toml"), kept).unwrap();
    for command in ["setup zendesk --yes", "doctor", "status"] {
        let ran = world.bridge(command).await.ends(2);
        tells(
            &ran.err,
            &["in us-east-1; samconfig.toml here deploys to eu-west-1: give --region eu-west-1"],
        );
    }
    world
        .bridge("setup zendesk --yes --region eu-west-1")
        .await
        .ends(0);

    let account = account().await;
    let release = kit::release(ASKS);
    let mut terminal = deploy(release.path(), VALUES, &account);
    terminal.asked("Deploy this changeset?", "y").await;
    assert_eq!(terminal.ends().await.code, Some(0));
    let Ended { code, said, .. } = deploy(release.path(), "--region eu-west-1", &account)
        .ends()
        .await;
    assert_eq!(code, Some(2));
    tells(
        &said,
        &[
            "deploys to the region us-east-1",
            "copy this directory",
            "run this there",
        ],
    );
}

/// Runs the program with words that may have blanks in them.
async fn run(place: &Path, words: &[&str], variables: &[(&str, String)]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sms-bridge"));
    command
        .args(words)
        .env_clear()
        .env("HOME", place)
        .env("PATH", format!("{}:/usr/bin:/bin", place.display()))
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .envs(variables.iter().map(|(name, value)| (*name, value)))
        .current_dir(place)
        .stdin(Stdio::null());
    let output: Output = tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// An unpacked release in a directory with blanks in its name, with a SAM that notes its arguments.
struct Unpacked {
    account: CloudFormation,
    outer: tempfile::TempDir,
}

impl Unpacked {
    async fn here() -> Self {
        let outer = tempfile::tempdir().unwrap();
        let release = kit::release("for word in \"$@\"; do echo \"[$word]\"; done >called");
        std::fs::rename(release.path(), outer.path().join("my first release")).unwrap();
        Self {
            account: account().await,
            outer,
        }
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        self.outer.path().join("my first release").join(name)
    }

    async fn run(&self, words: &[&str]) -> Ran {
        run(&self.file(""), words, &variables(&self.account)).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_cannot_have_blanks_are_told() {
    let here = Unpacked::here().await;
    for (option, told) in [
        (
            "--stack",
            "a stack's name has letters, digits and hyphens, no blanks",
        ),
        ("--region", "a region's name looks like eu-west-1"),
    ] {
        for command in ["deploy", "doctor"] {
            let ran = here.run(&[command, option, "my own"]).await.ends(2);
            tells(&ran.err, &[option, told]);
        }
    }
    for (option, told) in [
        ("--table", "output TableName"),
        ("--secret", "output SecretArn"),
    ] {
        let ran = here.run(&["status", option, "my own"]).await.ends(2);
        tells(&ran.err, &[option, told]);
    }
    let ran = here.run(&["deploy", "--set", "TicketSubject"]).await;
    tells(&ran.ends(2).err, &["write NAME=VALUE"]);
    // One that was written into the file by hand.
    let kept = std::fs::read_to_string(here.file("samconfig.toml")).unwrap();
    let edited = kept.replace("\"braze-zendesk-bridge\"", "\"my stack\"");
    std::fs::write(here.file("samconfig.toml"), edited).unwrap();
    for command in ["deploy", "doctor"] {
        let ran = here.run(&[command]).await.ends(2);
        tells(
            &ran.err,
            &["\"my stack\"", "no blanks, and begins with a letter"],
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_values_that_may_have_blanks_are_taken_whole() {
    let here = Unpacked::here().await;
    let mut words = vec!["deploy", "--yes", "--profile", "my own"];
    words.extend(["--set", "TicketSubject =SMS from {name}"]);
    words.extend(VALUES.split_whitespace());
    let ran = here.run(&words).await.ends(0);
    tells(
        &ran.err,
        &["sam deploy --profile 'my own' --no-confirm-changeset"],
    );
    let called = std::fs::read_to_string(here.file("called")).unwrap();
    assert_eq!(
        called,
        "[deploy]\n[--profile]\n[my own]\n[--no-confirm-changeset]\n"
    );
    let kept = std::fs::read_to_string(here.file("samconfig.toml")).unwrap();
    assert!(
        kept.contains("'TicketSubject=\"SMS from {name}\"'"),
        "{kept}"
    );
    let ran = here.run(&["status", "--profile", "my own"]).await.ends(2);
    tells(
        &ran.err,
        &["`aws sso login --profile 'my own'`, then run this again"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_shows_the_settings_in_force_and_warns_of_values_cut_at_a_blank() {
    let world = World::ready().await;
    let set = |name: &str, value: &str| {
        world.cloudformation.edit(|stack| {
            stack.parameters.insert(name.to_owned(), value.to_owned());
        });
    };
    set("SolvedMessage", "Thanks, bye!");
    set("TicketSubject", "SMS from {name}");
    set("TicketPriority", "");
    set("Language", "fr");
    let ran = world.bridge("doctor").await.ends(0).fits();
    tells(
        &ran.out,
        &[
            "in force, all others have their defaults: ZendeskBaseUrl=http://127.0.0.1:",
            "SolvedMessage=\"Thanks, bye!\"",
            "Language=fr",
        ],
    );
    let flat = flat(&ran.out);
    for usual in ["OpenOn=", "TicketSubject=", "TicketPriority="] {
        assert!(!flat.contains(usual), "{usual} is the default: {flat}");
    }
    for (name, cut, usual) in [
        ("SolvedMessage", "Thanks,", ""),
        ("SolvedMessageFr", "\"Merci,", ""),
        ("TicketSubject", "SMS", "SMS from {name}"),
        ("NoClosingTags", "spam,", "spam,closed_by_merge"),
        ("SolvedMessageDe", "'Danke", ""),
    ] {
        set(name, cut);
        let ran = world.bridge("doctor").await.ends(1).fits();
        tells(
            &ran.out,
            &[
                &format!("WRONG settings {name} is {cut}"),
                "SAM ends a value at its first blank",
                &format!("`sms-bridge deploy --set '{name}=…'` with all of it"),
            ],
        );
        set(name, usual);
    }
    set("SolvedMessage", "Bye!");
    let ran = world.bridge("doctor").await.ends(0).fits();
    tells(
        &ran.out,
        &["note settings SolvedMessage is the one word Bye!"],
    );
    // Not deployed yet.
    let file =
        "[default.deploy.parameters]\nparameter_overrides = ['SolvedMessage=Thanks, bye!']\n";
    std::fs::write(world.home().join("samconfig.toml"), file).unwrap();
    let ran = world.bridge("doctor").await.ends(1).fits();
    tells(
        &ran.out,
        &[
            "SAM cannot read SolvedMessage=Thanks, bye!",
            "write it as 'NAME=\"VALUE\"'",
        ],
    );
}

fn expired() -> Effect {
    Effect::Respond {
        status: 403,
        headers: vec![("content-type".into(), "text/xml".into())],
        body: "<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>The security token included \
               in the request is expired</Message></Error></ErrorResponse>"
            .to_owned(),
    }
}

const SIGN_IN: &str = "the AWS credentials have expired: sign in again, for example with `aws sso login`, then run this again";

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_session_is_told_before_a_build_and_the_deployment_goes_on_after_it() {
    let account = account().await;
    account
        .faults()
        .add(Fault::always("DescribeStacks", expired()));
    let release = kit::release(ASKS);
    let place = release.path();
    let Ended { code, said, .. } = deploy(place, VALUES, &account).ends().await;
    assert_eq!((code, called(place)), (Some(2), 0));
    tells(&said, &["Kept in", SIGN_IN]);
    account.faults().clear();
    let mut terminal = deploy(place, "", &account);
    terminal.asked("Deploy this changeset?", "y").await;
    let Ended { code, typed, .. } = terminal.ends().await;
    assert_eq!((code, typed), (Some(0), 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_expires_at_any_call_of_the_set_up_leaves_it_to_the_next_run() {
    let world = World::bare().await;
    world
        .cloudformation
        .faults()
        .add(Fault::once("DescribeStacks", expired()));
    for command in ["setup --yes", "setup zendesk --yes"] {
        let ran = world.bridge(command).await;
        if ran.code == 2 {
            tells(&ran.err, &[SIGN_IN]);
        }
        world
            .cloudformation
            .faults()
            .add(Fault::once("DescribeStacks", expired()));
    }
    world.cloudformation.faults().clear();

    let world = World::bare().await;
    let secrets = world.stack.secrets.faults();
    secrets.add(Fault::once(
        "GetSecretValue",
        refusal(400, "ExpiredTokenException"),
    ));
    let ran = world.bridge("setup zendesk --yes").await.ends(2);
    tells(&ran.err, &[SIGN_IN]);
    // The webhooks are made, and what they sign with cannot be kept.
    secrets.add(Fault::once(
        "PutSecretValue",
        refusal(400, "ExpiredTokenException"),
    ));
    let ran = world.bridge("setup zendesk --yes").await.ends(2);
    tells(
        &ran.err,
        &[SIGN_IN, "The steps before are done; run it again."],
    );
    assert_eq!(
        (world.titles().len(), world.webhooks().len()),
        (0, 3),
        "no trigger fires before its secret is known"
    );
    world.bridge("setup zendesk --yes").await.ends(0);
    assert_eq!((world.titles().len(), world.webhooks().len()), (3, 3));
    world.bridge("doctor").await.ends(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_when_the_session_expired_is_asked_for_anew() {
    let world = World::with(
        |options| {
            options.secret.insert("braze_api_key".to_owned(), json!(""));
        },
        |_| {},
    )
    .await;
    let place = tempfile::tempdir().unwrap();
    let line = format!("exec {} setup", env!("CARGO_BIN_EXE_sms-bridge"));
    let key = simulators::braze::WorkspaceConfig::default().api_key;
    world.stack.secrets.faults().add(Fault::once(
        "PutSecretValue",
        refusal(400, "ExpiredTokenException"),
    ));
    let mut terminal = Terminal::run(&line, place.path(), &world.variables());
    terminal.asked("braze_api_key [", &key).await;
    let Ended { code, said, .. } = terminal.ends().await;
    assert_eq!(code, Some(2));
    tells(
        &said,
        &[
            SIGN_IN,
            "Nothing was written, so it asks for the values again",
        ],
    );
    let mut terminal = Terminal::run(&line, place.path(), &world.variables());
    terminal.asked("braze_api_key [", &key).await;
    terminal.asked("Type yes:", "yes").await;
    let Ended { code, said, .. } = terminal.ends().await;
    assert_eq!(code, Some(0));
    tells(&said, &["All is well."]);
}

fn no(status: u16, body: &str) -> Effect {
    Effect::Respond {
        status,
        headers: vec![("content-type".into(), "application/json".into())],
        body: body.to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_without_webhooks_is_told_where_to_look_and_goes_on_once_it_has_them() {
    let world = World::bare().await;
    let zendesk = &world.stack.zendesk;
    let full = r#"{"errors":[{"code":"WebhookLimitExceeded","title":"Trial accounts are limited to 10 webhooks"}]}"#;
    for (operation, status, body) in [
        (
            "webhooks.list",
            403,
            r#"{"error":{"title":"Forbidden","message":"Not available on your plan"}}"#,
        ),
        (
            "webhooks.list",
            404,
            r#"{"error":"InvalidEndpoint","description":"Not found"}"#,
        ),
        (
            "webhooks.create",
            403,
            r#"{"error":{"title":"Forbidden","message":"Not available on your plan"}}"#,
        ),
        ("webhooks.create", 422, full),
    ] {
        zendesk.fault(Fault::always(operation, no(status, body)));
        let ran = world.bridge("setup zendesk --yes").await.ends(2);
        tells(
            &ran.err,
            &[
                &status.to_string(),
                "the account has no webhooks, or none left (a trial has ten)",
                "Admin Center > Apps and integrations > Webhooks",
            ],
        );
        assert_eq!(world.titles().len(), 0, "no trigger without its webhook");
        zendesk.clear_faults();
    }
    world.bridge("setup zendesk --yes").await.ends(0);
    assert_eq!((world.titles().len(), world.webhooks().len()), (3, 3));
    // Switched off later.
    edit(&world.stack, |account| {
        webhook(account, ": solved")["status"] = json!("inactive")
    });
    edit(&world.stack, |account| {
        trigger(account, "solved")["active"] = json!(false)
    });
    world.bridge("doctor").await.ends(1);
    world.bridge("setup zendesk --yes").await.ends(0);
    world.bridge("doctor").await.ends(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_braze_key_with_one_permission_too_few_is_told_which() {
    let all = [
        "campaigns.trigger.send",
        "users.track",
        "subscription.status.set",
        "subscription.status.get",
        "campaigns.list",
        "campaigns.details",
    ];
    let world = World::with(
        |_| {},
        |stack| {
            let own = [
                ("OptOutWords", "unsubscribe"),
                ("BrazeSubscriptionGroupId", "group"),
            ];
            stack
                .parameters
                .extend(own.map(|(name, value)| (name.to_owned(), value.to_owned())));
        },
    )
    .await;
    world.bridge("setup zendesk --yes").await.ends(0);
    let braze = &world.stack.braze;
    braze.set_permissions(Some(&all));
    let whole = world.bridge("setup --yes").await;
    for one in all {
        let rest: Vec<&str> = all.into_iter().filter(|other| *other != one).collect();
        braze.set_permissions(Some(&rest));
        let ran = world.bridge("setup --yes").await;
        let needed = all[..3].contains(&one);
        if needed {
            assert_eq!(ran.code, 1, "{one}");
            tells(
                &ran.out,
                &[
                    &format!("or it lacks the permission {one}"),
                    "in Braze, Settings > APIs and identifiers, give the key",
                ],
            );
        } else {
            assert_eq!(ran.code, whole.code, "{one}: it works without");
            tells(&ran.out, &[one]);
        }
        braze.set_permissions(Some(&all));
        let again = world.bridge("doctor").await.ends(whole.code);
        assert!(!again.out.contains("lacks the permission"), "{one}");
    }
}
