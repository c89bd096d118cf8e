//! A person at the desk, who texts from a phone and says what its screen shows.
//!
//! A question waits in a thread of its own, which the end of the program does not wait for.

use tokio::sync::oneshot;

use crate::account::talk;
use crate::columns::{terminal, wrapped};

/// What the person typed, in small letters; an end of the input is a refusal.
pub(super) async fn ask(what: &str) -> Result<String, String> {
    let paragraphs = what.split('\n').map(|text| match text.starts_with(' ') {
        // To be copied as it stands.
        true => text.to_owned(),
        false => wrapped(text, terminal() - 2).join("\n"),
    });
    let question = paragraphs.collect::<Vec<_>>().join("\n") + "\n> ";
    let (tell, told) = oneshot::channel();
    std::thread::spawn(move || tell.send(talk::ask(&question)));
    let typed = told.await.ok().and_then(Result::ok);
    let typed = typed.ok_or("nobody was there to ask")?;
    Ok(typed.to_lowercase())
}
