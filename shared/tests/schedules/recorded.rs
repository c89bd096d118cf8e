//! Schedules as files: what happens in them is written out, so that a change of the generator does not
//! make them mean something else.
//!
//! The first line is the setting and what the schedule once showed, each further one an act; a failure
//! prints its schedule in this form.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::act::{Act, Setting};

/// Schedules that once failed.
const FOLDER: &str = "tests/schedules/once_failed";

/// A schedule that was written down.
pub struct Recorded {
    /// Its file's name.
    pub name: String,
    pub setting: Setting,
    pub acts: Vec<Act>,
}

#[derive(Serialize, Deserialize)]
struct Head {
    about: String,
    #[serde(flatten)]
    setting: Setting,
}

/// A schedule as the lines of its file.
pub fn write(about: &str, setting: Setting, acts: &[Act]) -> String {
    let about = about.to_owned();
    let head = serde_json::to_string(&Head { about, setting }).expect("serialises");
    let acts = acts
        .iter()
        .map(|act| serde_json::to_string(act).expect("serialises"));
    [head]
        .into_iter()
        .chain(acts)
        .collect::<Vec<_>>()
        .join("\n")
        + "\n"
}

/// All schedules that once failed.
pub fn once_failed() -> Vec<Recorded> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(FOLDER);
    let mut files: Vec<_> = fs::read_dir(folder)
        .expect("a folder")
        .map(|file| file.expect("a file").path())
        .collect();
    files.sort();
    files.iter().map(|path| read(path)).collect()
}

fn read(path: &Path) -> Recorded {
    let name = path.file_name().expect("a name").display().to_string();
    let content = fs::read_to_string(path).expect("readable");
    let mut lines = content.lines();
    let head = lines.next().unwrap_or_default();
    let head: Head = serde_json::from_str(head).unwrap_or_else(|e| panic!("{name}: {e}"));
    let acts = lines.enumerate().map(|(number, line)| {
        serde_json::from_str(line).unwrap_or_else(|e| panic!("{name}, act {number}: {e}"))
    });
    Recorded {
        acts: acts.collect(),
        setting: head.setting,
        name,
    }
}
