//! How long a search does not see what was changed: it is looked for while the other facts are asked.

use http::Method;
use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

use super::lab::{Lab, Seen, TAG, Waits};
use crate::setup::found::id;
use crate::zendesk::Trouble;

/// What was seen: the seconds, or why they are not known.
pub(crate) type Lag = Result<u64, String>;

/// Makes a ticket and looks for it, by the vendor's own clock.
pub(crate) async fn search(lab: &Lab) -> Result<Lag, Trouble> {
    let requester = lab.user("requester").await?;
    let ticket = lab.ticket(&requester).await?;
    let query = [("query", &*format!("type:ticket tags:{TAG}"))];
    let mut waits = Waits::of(lab.search_patience);
    loop {
        let answer = lab.admin.ask(Method::GET, "/search", &query, None).await?;
        let seen = Seen::of(answer);
        if seen.status != 200 && seen.status != 429 {
            return Ok(Err(format!("a search was answered {}", seen.status)));
        }
        let rows = seen.body["results"].as_array();
        let mut rows = rows.into_iter().flatten();
        if let Some(row) = rows.find(|row| id(row).as_deref() == Some(&*ticket)) {
            let made = row["created_at"].as_str();
            let made = made.and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
            let date = seen.header("date");
            let now = date.and_then(|text| OffsetDateTime::parse(text, &Rfc2822).ok());
            let now = now.unwrap_or_else(OffsetDateTime::now_utc);
            let Some(made) = made else {
                return Ok(Err("a found ticket has no created_at".to_owned()));
            };
            return Ok(Ok((now - made).whole_seconds().try_into().unwrap_or(0)));
        }
        if !waits.again().await {
            let seconds = lab.search_patience.as_secs();
            return Ok(Err(format!(
                "a new ticket was not found within {seconds} s"
            )));
        }
    }
}
