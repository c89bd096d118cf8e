//! Where everything of a sandbox is, in words.
//!
//! In: a running stack. Out: addresses, lines to try, and the variables by which the tool's other
//! commands reach it, on standard output.

use std::io::Write;

use local::Stack;
use local::cloudformation::CloudFormation;
use local::options::{Options, TABLE_NAME};

/// Prints it.
pub(crate) fn show(
    stack: &Stack,
    account: &CloudFormation,
    page: &str,
    kept: &str,
    first_day: bool,
) -> std::io::Result<()> {
    let (front, zendesk, braze) = (
        stack.front_url(),
        stack.zendesk.base_url(),
        stack.braze.base_url(),
    );
    let dynamo = stack.dynamo.url();
    let secrets = stack.secrets.url();
    let variables = variables(stack, account);
    let steps = if first_day { steps() } else { String::new() };
    writeln!(
        std::io::stdout().lock(),
        "\
The bridge runs on this machine. Ctrl-C ends it.

  Open             {page}

  Front            {front}
                     POST /zendesk/reply    zendesk-reply
                     POST /zendesk/solved   zendesk-solved
                     POST /zendesk/events   zendesk-reply
                     POST /braze/inbound    braze-inbound
                   redelivery runs every minute
  Zendesk          {zendesk}
  Braze            {braze}
  DynamoDB         {dynamo}, table {TABLE_NAME}
  Secrets Manager  {secrets}
  State            {kept}

The other commands of this program reach it from a terminal with these:
{variables}
{steps}
The same without the page. Ada texts:
  curl -s {braze}/_sim/texts \\
    -d '{{\"external_user_id\":\"ada\",\"text\":\"SUPPORT\"}}'
The tickets, with their ids:
  curl -s {zendesk}/_sim/tickets
An agent answers ticket ID (add \"status\":\"solved\" to solve it at once):
  curl -s {zendesk}/_sim/tickets/ID/comments \\
    -d '{{\"text\":\"Hello Ada, how can I help?\"}}'
An agent solves it:
  curl -s {zendesk}/_sim/tickets/ID/status \\
    -d '{{\"status\":\"solved\"}}'
Ada's phone, and what Braze knows of her:
  curl -s {braze}/_sim/inbox/ada
  curl -s {braze}/_sim/users"
    )
}

fn variables(stack: &Stack, account: &CloudFormation) -> String {
    let variables = account.environment(stack).into_iter();
    let lines = variables.map(|(name, value)| format!("  export {name}={value}\n"));
    lines.collect()
}

/// What is left to do on the first day, with the values this sandbox's vendors know.
fn steps() -> String {
    let Options { zendesk, braze, .. } = Options::default();
    format!(
        "\
Zendesk is not set up and the secret is empty. In that terminal:
  printf '%s\\n' zendesk_oauth_client_id={} \\
    zendesk_oauth_client_secret={} \\
    braze_api_key={} |
    sms-bridge setup secret --from - --yes
  sms-bridge setup zendesk
  sms-bridge setup braze
  sms-bridge doctor
",
        zendesk.oauth_client_id, zendesk.oauth_client_secret, braze.api_key
    )
}
