//! `sms-bridge`: the command-line program for people.
//!
//! In: arguments. Out: what runs where, transcripts, one-sentence errors, and an exit code:
//! 0 fine, 1 an expectation failed or something broke, 2 the call or a file was wrong.

use std::process::ExitCode;

use account::talk;
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::shells;

mod account;
mod acts;
mod braze;
mod checks;
mod columns;
mod conversation;
mod dead;
mod deploy;
mod doctor;
mod events;
mod files;
mod forget;
mod names;
mod names_in;
mod open;
mod page;
mod places;
mod player;
mod ports;
mod probe;
mod replay;
mod sandbox;
mod setup;
mod status;
mod steps;
mod stop;
mod trace;
mod transcript;
mod waiting;
mod weather;
mod zendesk;

/// Two-way SMS support between Braze and Zendesk.
#[derive(Parser)]
#[command(
    name = "sms-bridge",
    version,
    max_term_width = 80,
    after_help = "Without a command: sms-bridge sandbox."
)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the whole bundle on this machine: the real functions, DynamoDB, Zendesk and Braze.
    #[command(after_long_help = conversation::HELP)]
    Sandbox(sandbox::Sandbox),
    /// Deploy the bundle to an AWS account, or update it.
    #[command(after_help = deploy::EXAMPLES)]
    Deploy(deploy::Deploy),
    /// Set up Zendesk, Braze and the secret for the deployed stack.
    Setup(setup::Setup),
    /// Check every hop of the deployed stack, and name the setting that is wrong.
    #[command(after_help = doctor::EXAMPLES)]
    Doctor(doctor::Doctor),
    /// Ask a trial account what nobody has verified yet.
    #[command(after_help = probe::EXAMPLES)]
    Probe(probe::Probe),
    /// What waits in the deployed bundle, since when, and why.
    Status(status::Status),
    /// The whole path of one customer or ticket, hop by hop.
    Trace(trace::Trace),
    /// See, replay or drop what could not be delivered.
    DeadLetters(dead::DeadLetters),
    /// Stop every outgoing SMS at once; nothing is lost.
    Stop(stop::Stop),
    /// Show what waits since everything was stopped, and let it go out.
    Go(stop::Go),
    /// Remove everything the deployed table holds of one customer.
    Forget(forget::Forget),
    /// Print completions for a shell.
    #[command(after_help = COMPLETIONS)]
    Completions {
        /// Which shell.
        shell: Shell,
    },
}

/// The shells there are completions for.
#[derive(Clone, Copy, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
}

const COMPLETIONS: &str = "\
Examples:
  sms-bridge completions bash > ~/.local/share/bash-completion/completions/sms-bridge
  sms-bridge completions zsh > \"${fpath[1]}/_sms-bridge\"
  sms-bridge completions fish > ~/.config/fish/completions/sms-bridge.fish";

/// Why the program ends early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The call or a file is wrong: exit code 2.
    Usage(String),
    /// Something broke, or an expectation failed: exit code 1.
    Broken(String),
    /// What is wrong was printed already: exit code 1.
    Told,
}

impl Failure {
    /// The sentence to print.
    pub(crate) fn told(&self) -> &str {
        match self {
            Self::Usage(sentence) | Self::Broken(sentence) => sentence,
            Self::Told => "",
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let command = arguments
        .command
        .unwrap_or_else(|| Command::Sandbox(sandbox::Sandbox::default()));
    let result = match command {
        Command::Sandbox(sandbox) => Box::pin(sandbox.run()).await,
        Command::Deploy(deploy) => Box::pin(deploy.run()).await,
        Command::Setup(setup) => Box::pin(setup.run()).await,
        Command::Doctor(doctor) => Box::pin(doctor.run()).await,
        Command::Probe(probe) => Box::pin(probe.run()).await,
        Command::Status(status) => Box::pin(status.run()).await,
        Command::Trace(trace) => Box::pin(trace.run()).await,
        Command::DeadLetters(dead) => Box::pin(dead.run()).await,
        Command::Stop(stop) => Box::pin(stop.run()).await,
        Command::Go(go) => Box::pin(go.run()).await,
        Command::Forget(forget) => Box::pin(forget.run()).await,
        Command::Completions { shell } => {
            complete(shell);
            Ok(())
        }
    };
    match result.and_then(|()| talk::written()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage(sentence)) => {
            talk::warn(&format!("sms-bridge: {sentence}"));
            ExitCode::from(2)
        }
        Err(Failure::Broken(sentence)) => {
            talk::warn(&format!("sms-bridge: {sentence}"));
            ExitCode::FAILURE
        }
        Err(Failure::Told) => ExitCode::FAILURE,
    }
}

fn complete(shell: Shell) {
    let mut command = Arguments::command();
    let mut script = Vec::new();
    let (to, name) = (&mut script, "sms-bridge");
    match shell {
        Shell::Bash => clap_complete::generate(shells::Bash, &mut command, name, to),
        Shell::Zsh => clap_complete::generate(shells::Zsh, &mut command, name, to),
        Shell::Fish => clap_complete::generate(shells::Fish, &mut command, name, to),
    }
    talk::say(String::from_utf8_lossy(&script).trim_end());
}
