//! Simulators that are like the account that a transcript tells of.
//!
//! In: a transcript's last line. Out: the simulators' switches set, or one sentence that names what is wrong.

use std::path::Path;

use local::Options;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::Failure;

/// Sets the switches that a transcript names.
///
/// # Errors
/// A file that is none, or names a switch that there is not.
pub(crate) fn like(file: &Path, options: &mut Options) -> Result<(), Failure> {
    let wrong = |why: String| Failure::Usage(format!("{}: {why}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
    let lines = text.lines().rev();
    let lines = lines.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let switches = lines.map(|line| line["switches"].clone());
    let switches = switches.into_iter().find(Value::is_object);
    let switches = switches.ok_or_else(|| wrong("no line of it holds switches".to_owned()))?;
    let zendesk = set(&options.zendesk.variants, &switches["zendesk"]);
    options.zendesk.variants = zendesk.map_err(wrong)?;
    let braze = set(&options.braze.variants, &switches["braze"]);
    options.braze.variants = braze.map_err(wrong)?;
    Ok(())
}

/// The switches with those that are named in their new place.
fn set<S: Serialize + DeserializeOwned>(before: &S, named: &Value) -> Result<S, String> {
    let mut all = json!(before);
    put(&mut all, named)?;
    serde_json::from_value(all).map_err(|error| error.to_string())
}

fn put(all: &mut Value, named: &Value) -> Result<(), String> {
    for (name, value) in named.as_object().into_iter().flatten() {
        let known = all.get_mut(name);
        let known = known.ok_or_else(|| format!("there is no switch {name}"))?;
        match value.is_object() && known.is_object() {
            true => put(known, value)?,
            false => *known = value.clone(),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transcripts_switches_are_those_of_the_simulators_and_others_are_named() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("t.jsonl");
        let mut options = Options::default();
        let line = json!({"switches": {"zendesk": {"merged_user": "inactive", "token_life": 300},
            "braze": {"inbound_cut": 256, "currents": {"own_dispatch_ids": true}}}});
        std::fs::write(&file, format!("{{\"transcript\":1}}\n{line}\n")).unwrap();
        like(&file, &mut options).unwrap();
        let merged = simulators::zendesk::MergedUser::Inactive;
        assert_eq!(options.zendesk.variants.merged_user, merged);
        assert_eq!(options.zendesk.variants.token_life.as_secs(), 300);
        assert_eq!(options.braze.variants.inbound_cut, Some(256));
        assert!(options.braze.variants.currents.own_dispatch_ids);
        for (text, why) in [
            ("{\"transcript\":1}\n", "no line of it holds switches"),
            (
                "{\"switches\":{\"zendesk\":{\"moon\":1}}}",
                "no switch moon",
            ),
            (
                "{\"switches\":{\"braze\":{\"inbound_cut\":true}}}",
                "invalid type",
            ),
        ] {
            std::fs::write(&file, text).unwrap();
            let told = like(&file, &mut options).unwrap_err();
            assert!(told.told().contains(why), "{}", told.told());
        }
    }
}
