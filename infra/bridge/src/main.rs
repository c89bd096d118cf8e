//! `bridge`: the command-line program for people.
//!
//! In: arguments. Out: what runs where, transcripts, one-sentence errors, and an exit code:
//! 0 fine, 1 an expectation failed or something broke, 2 the call or a file was wrong.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod account;
mod acts;
mod braze;
mod checks;
mod columns;
mod conversation;
mod doctor;
mod files;
mod forget;
mod names;
mod open;
mod page;
mod player;
mod ports;
mod replay;
mod sandbox;
mod setup;
mod steps;
mod transcript;
mod weather;
mod zendesk;

/// Two-way SMS support between Braze and Zendesk.
#[derive(Parser)]
#[command(
    name = "bridge",
    version,
    after_help = "Without a command: bridge sandbox."
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
    /// Set up Zendesk, Braze and the secret for the deployed stack.
    Setup(setup::Setup),
    /// Check every hop of the deployed stack, and name the setting that is wrong.
    #[command(after_help = doctor::EXAMPLES)]
    Doctor(doctor::Doctor),
    /// Remove everything the deployed table holds of one customer.
    Forget(forget::Forget),
}

/// Why the program ends early.
pub(crate) enum Failure {
    /// The call or a file is wrong: exit code 2.
    Usage(String),
    /// Something broke, or an expectation failed: exit code 1.
    Broken(String),
    /// What is wrong was told already: exit code 1.
    Told,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let command = arguments
        .command
        .unwrap_or_else(|| Command::Sandbox(sandbox::Sandbox::default()));
    let result = match command {
        Command::Sandbox(sandbox) => Box::pin(sandbox.run()).await,
        Command::Setup(setup) => Box::pin(setup.run()).await,
        Command::Doctor(doctor) => Box::pin(doctor.run()).await,
        Command::Forget(forget) => Box::pin(forget.run()).await,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Usage(sentence)) => {
            eprintln!("bridge: {sentence}");
            ExitCode::from(2)
        }
        Err(Failure::Broken(sentence)) => {
            eprintln!("bridge: {sentence}");
            ExitCode::FAILURE
        }
        Err(Failure::Told) => ExitCode::FAILURE,
    }
}
