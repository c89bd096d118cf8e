//! The deployed stack as the place where Braze's webhooks arrive: a body that names no customer is nothing the bridge
//! understands, so it is answered 400 and kept whole, as a dead letter.
//!
//! In: the table. Out: the bodies with the run's mark. They are removed at the end.

use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::Failure;
use crate::account::Table;
use crate::dead::letter::{Letter, PREFIX};

/// Between two looks at the table.
const PAUSE: Duration = Duration::from_secs(2);

/// The stack's route for texts.
pub(crate) struct Door {
    /// Its address.
    pub(crate) url: String,
    /// Its token.
    pub(crate) token: String,
    /// What is in the bodies of this run alone.
    pub(crate) mark: String,
    pub(crate) table: Table,
}

impl Door {
    /// Waits until enough has come, or the time is over; everything so far.
    pub(super) async fn until(
        &self,
        time: Duration,
        enough: impl Fn(&[Value]) -> bool,
    ) -> Result<Vec<Value>, String> {
        let end = Instant::now() + time;
        loop {
            let letters = self
                .letters()
                .await
                .map_err(|failure| failure.told().to_owned())?;
            let bodies: Vec<Value> = letters.into_iter().map(|(_, body)| body).collect();
            if enough(&bodies) || Instant::now() >= end {
                return Ok(bodies);
            }
            sleep(PAUSE.min(time)).await;
        }
    }

    /// Removes what came.
    ///
    /// # Errors
    /// The table cannot be read or written.
    pub(crate) async fn clean(&self) -> Result<(), Failure> {
        for (pk, _) in self.letters().await? {
            self.table.remove(&pk).await?;
        }
        Ok(())
    }

    /// Keys and bodies, oldest first.
    async fn letters(&self) -> Result<Vec<(String, Value)>, Failure> {
        let mut found = Vec::new();
        self.table
            .each_where(("begins_with", "pk", PREFIX), |item| {
                let Some(letter) = Letter::read(item) else {
                    return;
                };
                let body = serde_json::from_slice::<Value>(&letter.content).ok();
                if let Some(body) = body.filter(|body| body["probe"] == self.mark.as_str()) {
                    found.push((letter.buried_at, letter.pk(), body));
                }
            })
            .await?;
        found.sort_by_key(|(at, _, _)| *at);
        Ok(found.into_iter().map(|(_, pk, body)| (pk, body)).collect())
    }
}
