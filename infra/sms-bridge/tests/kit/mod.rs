//! A deployed stack on this machine, and the program run against it as a person would.

#![allow(
    dead_code,
    missing_docs,
    clippy::unwrap_used,
    reason = "helpers of tests fail as a test does; each suite uses a part"
)]

pub mod terminal;

use std::process::{Command, Output, Stdio};

use local::cloudformation::{CloudFormation, Described};
use local::{Options, Stack};
use serde_json::{Value, json};
use simulators::braze::{Campaign, User};

pub const WIDTH: usize = 80;

pub struct World {
    pub stack: Stack,
    pub cloudformation: CloudFormation,
    home: tempfile::TempDir,
}

pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// The exit code is this one; shows everything where it is not.
    pub fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.out, self.err);
        self
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap()
    }

    /// No line is wider than a terminal.
    pub fn fits(self) -> Self {
        for line in self.out.lines().chain(self.err.lines()) {
            assert!(line.chars().count() <= WIDTH, "too wide: {line}");
        }
        self
    }
}

impl World {
    /// A stack whose Zendesk knows nothing of the bridge and whose secret lacks signing secrets.
    pub async fn bare() -> Self {
        Self::with(|_| {}, |_| {}).await
    }

    /// The same, set up by the program itself.
    pub async fn ready() -> Self {
        let world = Self::bare().await;
        world.bridge("setup zendesk --yes").await.ends(0);
        world
    }

    pub async fn with(
        options: impl FnOnce(&mut Options),
        stack: impl FnOnce(&mut Described),
    ) -> Self {
        let mut chosen = Options::default();
        for key in [
            "zendesk_reply_signing_secret",
            "zendesk_solved_signing_secret",
        ] {
            chosen.secret.insert(key.to_owned(), json!(""));
        }
        chosen.secret.insert("own_key".to_owned(), json!("kept"));
        chosen.zendesk.retry_wait_scale = 0.0;
        chosen.braze.retry_wait_scale = 0.0;
        chosen.zendesk.custom_field = None;
        options(&mut chosen);
        let running = Stack::start(chosen).await.unwrap();
        edit(&running, |zendesk| {
            zendesk["triggers"] = json!([]);
            zendesk["webhooks"] = json!({});
        });
        for id in ["reply-campaign", "solved-campaign"] {
            running.braze.add_campaign(Campaign {
                template: "{{api_trigger_properties.${msg_body}}}".to_owned(),
                ..Campaign::new(id, id)
            });
        }
        running
            .braze
            .add_user(User::new("ana", "Ana", "Silva", "+15550100001"));
        let mut described = Described::of(&running);
        stack(&mut described);
        let listener = simulators::serve::bind(0).await.unwrap();
        Self {
            cloudformation: CloudFormation::start(listener, described).unwrap(),
            stack: running,
            home: tempfile::tempdir().unwrap(),
        }
    }

    pub async fn bridge(&self, arguments: &str) -> Ran {
        self.typed(arguments, "").await
    }

    /// Runs the program with something on its standard input.
    pub async fn typed(&self, arguments: &str, input: &str) -> Ran {
        let variables = self.cloudformation.environment(&self.stack);
        self.run(arguments, input, &variables).await
    }

    pub async fn run(&self, arguments: &str, input: &str, variables: &[(&str, String)]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sms-bridge"));
        command
            .args(arguments.split_whitespace())
            .env_clear()
            .env("HOME", self.home.path())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .envs(variables.iter().map(|(name, value)| (*name, value)))
            .current_dir(self.home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let input = input.to_owned();
        let output = tokio::task::spawn_blocking(move || -> Output {
            use std::io::Write;
            let mut child = command.spawn().unwrap();
            let mut stdin = child.stdin.take().unwrap();
            // A program that reads nothing has ended already.
            let _ = stdin.write_all(input.as_bytes());
            drop(stdin);
            child.wait_with_output().unwrap()
        });
        let output = output.await.unwrap();
        let ran = Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        };
        println!(
            "$ sms-bridge {arguments}\n{}{}[{}]\n",
            ran.out, ran.err, ran.code
        );
        ran
    }

    /// A parameter of the stack as CloudFormation has it now.
    pub fn parameter(&self, name: &str) -> Option<String> {
        self.cloudformation.parameter(name)
    }

    /// CloudFormation's faults.
    pub fn faults(&self) -> &local::faults::Faults {
        self.cloudformation.faults()
    }

    /// The directory that commands run in.
    pub fn home(&self) -> &std::path::Path {
        self.home.path()
    }

    pub fn variables(&self) -> Vec<(&'static str, String)> {
        self.cloudformation.environment(&self.stack)
    }

    /// The account without what changes by looking at it.
    pub fn zendesk(&self) -> Value {
        let mut snapshot = self.stack.zendesk.snapshot();
        snapshot["tokens"] = Value::Null;
        // When requests came in, which reading counts as well.
        snapshot["rates"] = Value::Null;
        snapshot
    }

    pub fn secret(&self) -> Value {
        serde_json::from_str(&self.stack.secrets.text()).unwrap()
    }

    /// Titles of all triggers.
    pub fn titles(&self) -> Vec<String> {
        texts(&self.zendesk()["triggers"], "title")
    }

    /// Names of all webhooks.
    pub fn webhooks(&self) -> Vec<String> {
        let snapshot = self.zendesk();
        let webhooks = snapshot["webhooks"].as_object().unwrap().values();
        let mut names: Vec<String> = webhooks
            .map(|webhook| webhook["name"].as_str().unwrap().to_owned())
            .collect();
        names.sort();
        names
    }
}

pub fn texts(list: &Value, name: &str) -> Vec<String> {
    let list = list.as_array().unwrap();
    list.iter()
        .map(|one| one[name].as_str().unwrap().to_owned())
        .collect()
}

/// Changes the Zendesk account as no call can.
pub fn edit(stack: &Stack, change: impl FnOnce(&mut Value)) {
    let mut account = stack.zendesk.snapshot();
    change(&mut account);
    stack.zendesk.restore(account).unwrap();
}

/// The trigger whose title ends so, to be changed.
pub fn trigger<'a>(account: &'a mut Value, end: &str) -> &'a mut Value {
    let triggers = account["triggers"].as_array_mut().unwrap();
    let mut found = triggers
        .iter_mut()
        .filter(|trigger| trigger["title"].as_str().unwrap().ends_with(end));
    found.next().unwrap()
}

/// The webhook whose name ends so, to be changed.
pub fn webhook<'a>(account: &'a mut Value, end: &str) -> &'a mut Value {
    let webhooks = account["webhooks"].as_object_mut().unwrap().values_mut();
    let mut found = webhooks.filter(|webhook| webhook["name"].as_str().unwrap().ends_with(end));
    found.next().unwrap()
}

/// The transcript that the probe left in a directory.
pub fn transcript(place: &std::path::Path) -> Vec<Value> {
    let text = std::fs::read_to_string(place.join("probe-transcript.jsonl")).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

/// Text on one line, for sentences that are wrapped.
pub fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An unpacked release, with a `sam` of this script.
pub fn release(sam: &str) -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let place = tempfile::tempdir().unwrap();
    let root = local::binaries::workspace_root();
    for file in ["template.yaml", "samconfig.toml"] {
        std::fs::copy(root.join(file), place.path().join(file)).unwrap();
    }
    let template = place.path().join("template.yaml");
    let text = std::fs::read_to_string(&template).unwrap();
    // A release's functions are built.
    let kept = text.lines().filter(|line| !line.contains("BuildMethod:"));
    std::fs::write(&template, kept.collect::<Vec<_>>().join("\n")).unwrap();
    let program = place.path().join("sam");
    std::fs::write(&program, format!("#!/bin/sh\n{sam}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    place
}
