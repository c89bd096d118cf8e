//! How every command reaches the account: credentials, region, stack, table; and what it says when
//! one of them is wrong. `sms-bridge forget` stands for all commands.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use local::binaries::workspace_root;
use local::cloudformation::{CloudFormation, Described};
use local::dynamo::Dynamo;
use local::faults::{Effect, Fault, refusal};
use local::template::Table;
use serde_json::json;
use simulators::serve;

struct Account {
    dynamo: Dynamo,
    cloudformation: CloudFormation,
    home: tempfile::TempDir,
}

impl Account {
    async fn start() -> Self {
        let template = std::fs::read_to_string(workspace_root().join("template.yaml")).unwrap();
        let table = Table::from_template(&template).unwrap();
        let listener = serve::bind(0).await.unwrap();
        let dynamo = Dynamo::start(listener, &table, "live", None).await.unwrap();
        let item = json!({"pk": {"S": "customer#ana"}, "memory": {"S": "{}"}});
        dynamo.put(&item).unwrap();
        let outputs = [("TableName".to_owned(), "live".to_owned())];
        let described = Described {
            name: "sms".to_owned(),
            parameters: BTreeMap::new(),
            outputs: outputs.into(),
            ..Described::default()
        };
        let listener = serve::bind(0).await.unwrap();
        Self {
            dynamo,
            cloudformation: CloudFormation::start(listener, described).unwrap(),
            home: tempfile::tempdir().unwrap(),
        }
    }

    fn home(&self) -> &Path {
        self.home.path()
    }

    /// `sms-bridge forget ana --dry-run` with the given arguments, in a directory without settings.
    async fn forget(&self, arguments: &str, variables: &[(&str, &str)]) -> Output {
        let words = arguments.split_whitespace();
        let words: Vec<&str> = ["forget", "ana", "--dry-run"]
            .into_iter()
            .chain(words)
            .collect();
        self.run(&words, variables).await
    }

    async fn run(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sms-bridge"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.home())
            .env("PATH", "/usr/bin:/bin")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ENDPOINT_URL_DYNAMODB", self.dynamo.url())
            .env("AWS_ENDPOINT_URL_CLOUDFORMATION", self.cloudformation.url())
            .envs(variables.iter().copied())
            .current_dir(self.home())
            .stdin(Stdio::null());
        tokio::task::spawn_blocking(move || command.output().unwrap())
            .await
            .unwrap()
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.home().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

const KEYS: [(&str, &str); 3] = [
    ("AWS_ACCESS_KEY_ID", "AKIDLOCAL"),
    ("AWS_SECRET_ACCESS_KEY", "local"),
    ("AWS_REGION", "us-east-1"),
];

fn found(output: &Output) {
    let shown = String::from_utf8_lossy(&output.stdout);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    assert!(shown.contains("  customer#ana\n"), "{shown}{told}");
}

/// One sentence, exit code 2.
fn refused(output: &Output, sentence: &str) {
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert_eq!(told, format!("sms-bridge: {sentence}\n"));
    assert!(output.stdout.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stack_names_the_table() {
    let account = Account::start().await;
    found(&account.forget("--stack sms", &KEYS).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_named_needs_no_stack() {
    let account = Account::start().await;
    let down = Effect::Drop;
    account
        .cloudformation
        .faults()
        .add(Fault::always("DescribeStacks", down));
    found(&account.forget("--table live", &KEYS).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_sam_deploy_keeps_names_stack_and_region() {
    let account = Account::start().await;
    account.write(
        "samconfig.toml",
        "[default.global.parameters]\nstack_name = \"other\"\n\
         [default.deploy.parameters]\nstack_name = \"sms\"\nregion = \"us-east-1\"\n",
    );
    found(&account.forget("", &KEYS[..2]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_gives_region_and_credentials_and_goes_before_the_variables() {
    let account = Account::start().await;
    account.write(
        ".aws/config",
        "[profile live]\nregion = us-east-1\ncredential_process = echo \
         '{\"Version\":1,\"AccessKeyId\":\"AKIDLOCAL\",\"SecretAccessKey\":\"local\"}'\n",
    );
    account.write(
        ".aws/credentials",
        "[default]\naws_access_key_id = AKIDLOCAL\naws_secret_access_key = local\n",
    );
    let region = &KEYS[2..];
    found(&account.forget("--stack sms", region).await);
    found(&account.forget("--stack sms --profile live", &[]).await);
    found(
        &account
            .forget("--stack sms", &[("AWS_PROFILE", "live")])
            .await,
    );
    let strangers = [
        ("AWS_ACCESS_KEY_ID", "AKIDSTRANGER"),
        ("AWS_SECRET_ACCESS_KEY", "x"),
    ];
    found(
        &account
            .forget("--stack sms --profile live", &strangers)
            .await,
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_settings_are_told_by_name() {
    let account = Account::start().await;
    refused(
        &account.forget("--stack sms", &KEYS[..2]).await,
        "no AWS region: give --region, or set AWS_REGION or the profile's",
    );
    refused(
        &account.forget("--stack sms --region us-east-1", &[]).await,
        "no AWS credentials: give --profile or AWS_PROFILE, or set AWS_ACCESS_KEY_ID and \
         AWS_SECRET_ACCESS_KEY",
    );
    refused(
        &account
            .forget("--region us-east-1 --profile none", &[])
            .await,
        "the profile none gives no AWS credentials: look at `aws configure list --profile none`, \
         or sign in with `aws sso login --profile none`, then run this again",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_told_by_option() {
    let account = Account::start().await;
    refused(
        &account.forget("", &KEYS).await,
        "there is no stack braze-zendesk-bridge in this account in us-east-1: check --stack, \
         --region and --profile, or give --table and --secret",
    );
    refused(
        &account.forget("--table other", &KEYS).await,
        "there is no table other in this account in us-east-1: check --table, --region and \
         --profile",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_aws_does_not_know_are_told_by_both_protocols() {
    let account = Account::start().await;
    let strangers = [
        ("AWS_ACCESS_KEY_ID", "AKIDSTRANGER"),
        ("AWS_SECRET_ACCESS_KEY", "x"),
        ("AWS_REGION", "us-east-1"),
    ];
    let sentence = "AWS does not know these credentials: check --profile, or AWS_ACCESS_KEY_ID, \
                    AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN";
    for arguments in ["--stack sms", "--table live"] {
        refused(&account.forget(arguments, &strangers).await, sentence);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_aws_refuses_is_told_with_the_permission() {
    let account = Account::start().await;
    for (code, sentence) in [
        (
            "AccessDeniedException",
            "these credentials may not use table live: their policy has to allow dynamodb:GetItem",
        ),
        (
            "ExpiredTokenException",
            "the AWS credentials have expired: sign in again, for example with `aws sso login`, \
             then run this again",
        ),
    ] {
        let fault = Fault::once("GetItem", refusal(400, code));
        account.dynamo.faults().add(fault);
        refused(&account.forget("--table live", &KEYS).await, sentence);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_is_told_in_one_sentence_and_its_causes_only_when_asked_for() {
    let account = Account::start().await;
    let nowhere = ("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9");
    let variables: Vec<_> = KEYS.iter().copied().chain([nowhere]).collect();
    let sentence = "AWS gave no answer in region us-east-1: check --region (or AWS_REGION) and \
                    the network";
    refused(&account.forget("--table live", &variables).await, sentence);
    let output = account.forget("--table live --verbose", &variables).await;
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{told}");
    let (first, causes) = told.split_once('\n').unwrap();
    assert_eq!(first, format!("sms-bridge: {sentence}"));
    assert!(causes.contains("because: "), "{told}");
    assert!(causes.lines().count() > 1, "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_not_the_bridges_is_told() {
    let account = Account::start().await;
    let fault = Fault::once("Query", refusal(400, "ValidationException"));
    account.dynamo.faults().add(fault);
    let output = account.run(&["status", "--table", "live"], &KEYS).await;
    refused(&output, "table live has no index due: check --table");
}
