//! `Idempotency-Key` on `POST /tickets`: two hours, one body per key.
//!
//! In: a request and what would answer it. Out: the stored answer for a repeat. Imports work.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::wire::{Answer, Ask};

use super::work::{Outcome, Work};

const LIFE_MS: i64 = 2 * 60 * 60 * 1000;

/// The answer kept for a key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Keyed {
    at_ms: i64,
    request: Vec<u8>,
    status: u16,
    headers: Vec<(String, String)>,
    answer: Vec<u8>,
}

/// Does the work at most once per key.
pub(super) fn once(
    work: &mut Work<'_>,
    ask: &Ask,
    act: impl FnOnce(&mut Work<'_>) -> Outcome,
) -> Outcome {
    let Some(key) = ask.header("idempotency-key").map(str::to_owned) else {
        return act(work);
    };
    if key.is_empty() || key.len() > 255 {
        return Err(error("Idempotency-Key must have 1 to 255 characters"));
    }
    if let Some(kept) = work
        .state
        .keyed
        .get(&key)
        .filter(|k| work.now < k.at_ms + LIFE_MS)
    {
        if kept.request != ask.body {
            return Err(error(
                "The request parameters do not match those of the original request",
            ));
        }
        let answer = Answer {
            status: kept.status,
            headers: kept.headers.clone(),
            body: kept.answer.clone(),
        };
        return Ok(answer.with("x-idempotency-lookup", "hit"));
    }
    let answer = act(work)?;
    let kept = Keyed {
        at_ms: work.now,
        request: ask.body.to_vec(),
        status: answer.status,
        headers: answer.headers.clone(),
        answer: answer.body.clone(),
    };
    work.state.keyed.insert(key, kept);
    Ok(answer.with("x-idempotency-lookup", "miss"))
}

fn error(description: &str) -> Answer {
    Answer::json(
        400,
        &json!({"error": "IdempotentRequestError", "description": description}),
    )
}
