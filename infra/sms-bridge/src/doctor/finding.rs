//! What the doctor found.
//!
//! In: an area, what is so, the setting, what to do. Out: lines that fit the terminal, or JSON.

use serde_json::{Value, json};

use crate::columns::{terminal, wrapped};

/// Columns before what was found.
const INDENT: usize = 16;

/// One thing looked at.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    area: &'static str,
    level: Level,
    what: String,
    setting: String,
    remedy: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    Good,
    Note,
    Bad,
}

impl Finding {
    /// As it should be.
    pub(crate) fn good(area: &'static str, what: String) -> Self {
        Self::new(area, Level::Good, what)
    }

    /// Worth knowing; nothing has to be done.
    pub(crate) fn note(area: &'static str, what: String) -> Self {
        Self::new(area, Level::Note, what)
    }

    /// Wrong: the exact setting, what is wrong with it, what to do.
    pub(crate) fn bad(area: &'static str, setting: &str, what: String, remedy: &str) -> Self {
        Self {
            setting: setting.to_owned(),
            remedy: remedy.to_owned(),
            ..Self::new(area, Level::Bad, what)
        }
    }

    fn new(area: &'static str, level: Level, what: String) -> Self {
        Self {
            area,
            level,
            what,
            setting: String::new(),
            remedy: String::new(),
        }
    }

    /// Whether something has to be done.
    pub(crate) fn is_bad(&self) -> bool {
        self.level == Level::Bad
    }

    /// In one sentence: the setting, what is wrong, what to do.
    pub(crate) fn sentence(&self) -> String {
        format!("{}: {}; {}", self.setting, self.what, self.remedy)
    }

    /// Whether something has to be done about this setting.
    pub(crate) fn is_of(&self, setting: &str) -> bool {
        self.is_bad() && self.setting == setting
    }

    fn word(&self) -> &'static str {
        match self.level {
            Level::Good => "ok",
            Level::Note => "note",
            Level::Bad => "WRONG",
        }
    }

    /// For a terminal.
    pub(crate) fn text(&self) -> String {
        let width = terminal() - INDENT;
        let mut lines = Vec::new();
        for (at, line) in wrapped(&self.what, width).into_iter().enumerate() {
            let head = if at == 0 {
                (self.word(), self.area)
            } else {
                ("", "")
            };
            lines.push(format!("{:5}  {:8} {line}", head.0, head.1));
        }
        for (name, text) in [("setting", &self.setting), ("to do", &self.remedy)] {
            if text.is_empty() {
                continue;
            }
            for (at, line) in wrapped(text, width - 9).into_iter().enumerate() {
                let name = if at == 0 { name } else { "" };
                lines.push(format!("{:INDENT$}{name:9}{line}", ""));
            }
        }
        lines.join("\n")
    }

    /// For scripts.
    pub(crate) fn json(&self) -> Value {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        json!({"area": self.area, "level": self.word().to_lowercase(), "what": self.what,
            "setting": given(&self.setting), "to_do": given(&self.remedy)})
    }
}
