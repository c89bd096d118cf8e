//! `sms-bridge setup`: Zendesk, Braze and the secret, made ready for a deployed stack.
//!
//! In: the stack, credentials from its secret. Out: objects in Zendesk, texts to paste into Braze,
//! values in the secret. `wanted`, `body`, `fields`, `mail`, `notices`, `plan` and `merge` are pure.

use clap::{Args, Subcommand};

use crate::Failure;

mod apply;
mod ask;
pub(crate) mod body;
pub(crate) mod brands;
pub(crate) mod braze;
pub(crate) mod by_hand;
pub(crate) mod fields;
mod fill;
pub(crate) mod found;
mod keys;
mod lines;
mod mail;
pub(crate) mod merge;
pub(crate) mod notices;
pub(crate) mod plan;
pub(crate) mod read;
mod removal;
mod secret;
mod show;
mod walk;
pub(crate) mod wanted;
pub(crate) mod zendesk;

/// Set up Zendesk, Braze and the secret for the deployed stack.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true, after_help = walk::EXAMPLES)]
pub(crate) struct Setup {
    #[command(subcommand)]
    what: Option<What>,
    #[command(flatten)]
    walk: walk::Walk,
}

#[derive(Subcommand)]
enum What {
    /// Fill in the stack's secret: asked for without echo, or read from a file.
    #[command(after_help = secret::EXAMPLES)]
    Secret(secret::Secret),
    /// Make or repair the user field, webhooks, category and triggers in Zendesk.
    #[command(after_help = zendesk::EXAMPLES)]
    Zendesk(zendesk::Zendesk),
    /// Print the campaigns to make in Braze, ready to paste, and check what can be checked.
    #[command(after_help = braze::EXAMPLES)]
    Braze(braze::Braze),
}

impl Setup {
    pub(crate) async fn run(self) -> Result<(), Failure> {
        match self.what {
            None => Box::pin(self.walk.run()).await,
            Some(What::Secret(secret)) => Box::pin(secret.run()).await,
            Some(What::Zendesk(zendesk)) => Box::pin(zendesk.run()).await,
            Some(What::Braze(braze)) => Box::pin(braze.run()).await,
        }
    }
}
