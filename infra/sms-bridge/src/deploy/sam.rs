//! SAM's commands: which, and run.

use std::path::Path;
use std::process::{ExitStatus, Stdio};

use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};

use super::samconfig::SamConfig;
use crate::Failure;
use crate::account::names::shell;

/// The template of a release's archive for the other processor.
const X86_64: &str = "template-x86_64.yaml";

/// What SAM has to do.
pub(super) struct Sam<'a> {
    /// Where template and `samconfig.toml` are.
    pub place: &'a Path,
    /// Whether the functions have to be built first: in a clone, not in a release.
    pub builds: bool,
    pub config: &'a SamConfig,
    pub profile: Option<&'a str>,
    /// Whether SAM asks before it changes the stack.
    pub confirms: bool,
}

impl Sam<'_> {
    /// The commands, as one could type them.
    pub(super) fn shown(&self) -> String {
        let lines = self.commands().into_iter();
        let lines: Vec<String> = lines.map(|words| line(&words)).collect();
        lines.join("\n")
    }

    /// Runs them on this terminal.
    ///
    /// # Errors
    /// There is no SAM, or it failed; it has said why.
    pub(super) async fn run(&self) -> Result<(), Failure> {
        for words in self.commands() {
            eprintln!("\n{}", line(&words));
            let mut command = Command::new("sam");
            command.args(&words).current_dir(self.place);
            if let Some(region) = self.config.region() {
                command.env("AWS_DEFAULT_REGION", region);
            }
            let (status, interrupted) = ended(command.stdin(Stdio::inherit())).await?;
            if interrupted {
                return Err(Failure::Broken(format!(
                    "`sam {}` was interrupted. The values are kept, and AWS finishes or reverts \
                     its own work: `sms-bridge deploy` continues from there",
                    words[0]
                )));
            }
            if !status.success() {
                return Err(Failure::Broken(format!(
                    "`sam {}` failed ({status}); its output above says why. The values are kept: \
                     once that is fixed, `sms-bridge deploy` continues with them",
                    words[0]
                )));
            }
        }
        Ok(())
    }

    fn commands(&self) -> Vec<Vec<String>> {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let processor = self.config.parameter("Architecture");
        let mut commands: Vec<Vec<String>> = Vec::new();
        if self.builds {
            let mut build: Vec<String> = words(&["build"]);
            if let Some(processor) = processor {
                build.extend([
                    "--parameter-overrides".to_owned(),
                    format!("Architecture={processor}"),
                ]);
            }
            commands.push(build);
        }
        let mut deploy: Vec<String> = words(&["deploy"]);
        if !self.builds && processor == Some("x86_64") && self.place.join(X86_64).is_file() {
            deploy.extend(words(&["--template-file", X86_64]) as Vec<String>);
        }
        if let Some(profile) = self.profile {
            deploy.extend(words(&["--profile", profile]) as Vec<String>);
        }
        if !self.confirms {
            deploy.push("--no-confirm-changeset".to_owned());
        }
        commands.push(deploy);
        commands
    }
}

/// Runs a command to its end, also after Ctrl-C, which the terminal gives to both: SAM ends first, and then is
/// said what to do.
async fn ended(command: &mut Command) -> Result<(ExitStatus, bool), Failure> {
    let mut interruption = signal(SignalKind::interrupt())
        .map_err(|error| Failure::Broken(format!("cannot listen for Ctrl-C: {error}")))?;
    let mut child = command.spawn().map_err(|error| not_started(&error))?;
    let mut interrupted = false;
    loop {
        tokio::select! {
            status = child.wait() => {
                let status = status.map_err(|error| not_started(&error))?;
                return Ok((status, interrupted));
            }
            _ = interruption.recv() => interrupted = true,
        }
    }
}

/// A command as one could type it.
fn line(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| shell(word)).collect();
    format!("sam {}", words.join(" "))
}

fn not_started(error: &std::io::Error) -> Failure {
    if error.kind() == std::io::ErrorKind::NotFound {
        let sentence = "AWS SAM's command line is not on the PATH: `pip install aws-sam-cli`, or \
                        AWS's installer; then run this again: the values are kept";
        return Failure::Usage(sentence.to_owned());
    }
    Failure::Broken(format!("sam could not be started: {error}"))
}
