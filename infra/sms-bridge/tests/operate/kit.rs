//! A running bundle with an AWS account around it, and the tool as a process.

use std::process::{Command, Output, Stdio};

use e2e::send::text;
use e2e::table::dead_letters;
use e2e::{ANA, settled};
use local::Stack;
use local::cloudformation::CloudFormation;
use serde_json::Value;
use simulators::{Effect, Fault};

pub struct Live {
    pub stack: Stack,
    pub cloudformation: CloudFormation,
}

/// What a run of the tool said.
#[derive(Debug)]
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Live {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub async fn start_with(change: impl FnOnce(&mut local::Options)) -> Self {
        let stack = e2e::stack_with(change).await;
        let cloudformation = CloudFormation::of(&stack).await.unwrap();
        Self {
            stack,
            cloudformation,
        }
    }

    /// The tool with the variables of this account and nothing else.
    pub fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sms-bridge"));
        command
            .args(arguments.split_whitespace())
            .env_clear()
            .envs(self.cloudformation.environment(&self.stack))
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub async fn run(&self, arguments: &str) -> Said {
        run(self.command(arguments)).await
    }

    /// Runs the tool, which must end well.
    pub async fn well(&self, arguments: &str) -> String {
        let said = self.run(arguments).await;
        assert_eq!(said.code, Some(0), "{arguments}: {said:?}");
        said.out
    }

    /// Runs the tool with `--json`, which must end well.
    pub async fn json(&self, arguments: &str) -> Value {
        let out = self.well(&format!("{arguments} --json")).await;
        serde_json::from_str(&out).unwrap()
    }

    /// Ana's texts that Zendesk refuses for good, one dead letter each.
    pub async fn refused_texts(&self, texts: &[&str]) {
        let before = dead_letters(&self.stack).len();
        for sent in texts {
            // The text and its repetition; the note for the agent passes.
            let refusal = Fault::always("tickets.update", Effect::status(422)).times(2);
            self.stack.zendesk.fault(refusal);
            text(&self.stack, ANA, sent).await;
            settled(&self.stack).await;
            self.stack.zendesk.clear_faults();
            e2e::table::redelivered(&self.stack).await;
        }
        let letters = dead_letters(&self.stack).len() - before;
        assert_eq!(letters, texts.len());
    }

    /// The ids of the dead letters, as the list gives them.
    pub async fn ids(&self) -> Vec<String> {
        let listed = self.json("dead-letters list").await;
        let ids = listed.as_array().unwrap().iter();
        ids.map(|letter| letter["id"].as_str().unwrap().to_owned())
            .collect()
    }
}

pub async fn run(mut command: Command) -> Said {
    let output = tokio::task::spawn_blocking(move || command.output().unwrap());
    said(&output.await.unwrap())
}

pub fn said(output: &Output) -> Said {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    Said {
        code: output.status.code(),
        out: text(&output.stdout),
        err: text(&output.stderr),
    }
}

impl Said {
    /// Whether it said so, on however many lines.
    pub fn tells(&self, sentence: &str) -> bool {
        let words: Vec<&str> = self.out.split_whitespace().collect();
        words.join(" ").contains(sentence)
    }

    /// One sentence, exit code 2.
    pub fn refuses(&self, sentence: &str) {
        assert_eq!(self.code, Some(2), "{self:?}");
        assert_eq!(self.err, format!("sms-bridge: {sentence}\n"));
        assert_eq!(self.out, "");
    }
}

/// Every line fits a terminal of 80 columns.
pub fn fits(text: &str) {
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}
