//! `samconfig.toml`: read, changed where asked, written with its comments as they are.

use std::path::{Path, PathBuf};

use toml_edit::{Array, DocumentMut, Item, Table, Value, value};

use super::value::{for_sam, of_sam};
use crate::Failure;

/// What a new file says, as in the repository.
const USUAL: &str = include_str!("../../../../samconfig.toml");
const NAME: &str = "samconfig.toml";
const OVERRIDES: &str = "parameter_overrides";

/// The file of one directory.
pub(super) struct SamConfig {
    path: PathBuf,
    before: Option<String>,
    file: DocumentMut,
    overrides: Vec<(String, String)>,
}

impl SamConfig {
    /// Reads the directory's file; where there is none, the usual one will be written.
    ///
    /// # Errors
    /// The file cannot be read, or SAM could not read it either.
    pub(super) fn read(place: &Path) -> Result<Self, Failure> {
        let path = place.join(NAME);
        let before = match std::fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => {
                return Err(Failure::Usage(format!("{NAME} cannot be read: {error}")));
            }
        };
        let text = before.as_deref().unwrap_or(USUAL);
        let file: DocumentMut = text
            .parse()
            .map_err(|error| Failure::Usage(format!("{NAME} cannot be parsed: {error}")))?;
        let overrides = overrides(&file)?;
        Ok(Self {
            path,
            before,
            file,
            overrides,
        })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The region SAM deploys to.
    pub(super) fn region(&self) -> Option<String> {
        self.text("region")
    }

    /// The stack's name.
    pub(super) fn stack_name(&self) -> Option<String> {
        self.text("stack_name")
    }

    /// A parameter's value, as SAM reads it.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        let mut found = self.overrides.iter().filter(|(other, _)| other == name);
        found.next_back().map(|(_, value)| value.as_str())
    }

    /// Sets a parameter; the others stay as they are.
    pub(super) fn set_parameter(&mut self, name: &str, new: &str) {
        if self.parameter(name) == Some(new) {
            return;
        }
        self.overrides.retain(|(other, _)| other != name);
        self.overrides.push((name.to_owned(), new.to_owned()));
        let mut list = Array::new();
        for (name, value) in &self.overrides {
            let mut line = Value::from(for_sam(name, value));
            line.decor_mut().set_prefix("\n    ");
            list.push_formatted(line);
        }
        list.set_trailing("\n");
        list.set_trailing_comma(true);
        section(&mut self.file, "deploy")[OVERRIDES] = value(list);
    }

    /// Sets what holds for every command of SAM.
    pub(super) fn set_global(&mut self, key: &str, new: &str) {
        let old = section(&mut self.file, "global")
            .get(key)
            .and_then(Item::as_str);
        if old != Some(new) {
            section(&mut self.file, "global")[key] = value(new);
        }
    }

    /// Writes the file where it changed, and says whether it did. A file that is half written would lose
    /// what was kept, so the new one takes the old one's place as a whole.
    ///
    /// # Errors
    /// The directory cannot be written to.
    pub(super) fn write(&self) -> Result<bool, Failure> {
        let text = self.file.to_string();
        if self.before.as_ref() == Some(&text) {
            return Ok(false);
        }
        let fresh = self.path.with_extension("toml.new");
        let written = std::fs::write(&fresh, text);
        let written = written.and_then(|()| std::fs::rename(&fresh, &self.path));
        written.map_err(|error| Failure::Usage(format!("{NAME} cannot be written: {error}")))?;
        Ok(true)
    }

    /// As the other commands read it: of `deploy`, else of all.
    fn text(&self, key: &str) -> Option<String> {
        let of = |command: &str| parameters(&self.file, command)?.get(key)?.as_str();
        of("deploy").or_else(|| of("global")).map(str::to_owned)
    }
}

fn parameters<'a>(file: &'a DocumentMut, command: &str) -> Option<&'a dyn toml_edit::TableLike> {
    let command = file.get("default")?.get(command)?;
    command.get("parameters")?.as_table_like()
}

fn section<'a>(file: &'a mut DocumentMut, command: &str) -> &'a mut Item {
    let default = file.entry("default").or_insert_with(implicit);
    let command = &mut default[command];
    if command.is_none() {
        *command = implicit();
    }
    let parameters = &mut command["parameters"];
    if parameters.is_none() {
        *parameters = Item::Table(Table::new());
    }
    parameters
}

/// A table without a line of its own.
fn implicit() -> Item {
    let mut table = Table::new();
    table.set_implicit(true);
    Item::Table(table)
}

/// What SAM reads: a list of `NAME=VALUE`, one text of them, or a table.
fn overrides(file: &DocumentMut) -> Result<Vec<(String, String)>, Failure> {
    let wrong = |what: &str| {
        Failure::Usage(format!(
            "{NAME}: SAM cannot read {what} of {OVERRIDES}; write it as 'NAME=\"VALUE\"'"
        ))
    };
    let item = parameters(file, "deploy")
        .and_then(|table| table.get(OVERRIDES))
        .or_else(|| parameters(file, "global")?.get(OVERRIDES));
    let Some(item) = item else {
        return Ok(Vec::new());
    };
    if let Some(table) = item.as_table_like() {
        let pair = |(name, item): (&str, &Item)| match item.as_str() {
            Some(value) => (name.to_owned(), value.to_owned()),
            None => (name.to_owned(), item.to_string().trim().to_owned()),
        };
        return Ok(table.iter().map(pair).collect());
    }
    let lines: Vec<&str> = match (item.as_array(), item.as_str()) {
        (Some(list), _) => list.iter().filter_map(Value::as_str).collect(),
        (None, text) => text.into_iter().collect(),
    };
    let pairs = |line: &str| of_sam(line).ok_or_else(|| wrong(line));
    let pairs: Result<Vec<_>, Failure> = lines.into_iter().map(pairs).collect();
    Ok(pairs?.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: Option<&str>) -> (tempfile::TempDir, SamConfig) {
        let place = tempfile::tempdir().unwrap();
        if let Some(text) = text {
            std::fs::write(place.path().join(NAME), text).unwrap();
        }
        let config = SamConfig::read(place.path()).unwrap();
        (place, config)
    }

    #[test]
    fn a_new_file_is_the_usual_one_with_what_was_set_and_its_comments() {
        let (place, mut config) = at(None);
        assert_eq!(config.stack_name().unwrap(), "braze-zendesk-bridge");
        assert_eq!(config.region(), None);
        config.set_global("region", "eu-west-1");
        config.set_parameter("SolvedMessage", "Thanks, bye!");
        assert!(config.write().unwrap());
        let text = std::fs::read_to_string(place.path().join(NAME)).unwrap();
        for line in USUAL.lines() {
            assert!(text.contains(line), "{line} is gone");
        }
        assert!(text.contains("region = \"eu-west-1\""), "{text}");
        let again = SamConfig::read(place.path()).unwrap();
        assert_eq!(again.parameter("SolvedMessage"), Some("Thanks, bye!"));
        assert_eq!(again.region().unwrap(), "eu-west-1");
        assert!(!again.write().unwrap(), "nothing changed");
    }

    #[test]
    fn every_form_that_sam_reads_is_read_and_the_rest_of_the_file_stays() {
        for overrides in [
            "parameter_overrides = \"OpenOn=keyword Language=fr\"",
            "parameter_overrides = [\"OpenOn=keyword\", 'Language=\"fr\"']",
            "parameter_overrides = { OpenOn = \"keyword\", Language = \"fr\" }",
        ] {
            let text = format!(
                "version = 0.1\n[prod.deploy.parameters]\nregion = \"x\"\n[default.deploy.parameters]\n{overrides} # mine\n"
            );
            let (place, mut config) = at(Some(&text));
            assert_eq!(config.parameter("OpenOn"), Some("keyword"), "{overrides}");
            config.set_parameter("OpenOn", "any");
            assert!(config.write().unwrap());
            let again = SamConfig::read(place.path()).unwrap();
            assert_eq!(again.parameter("OpenOn"), Some("any"));
            assert_eq!(again.parameter("Language"), Some("fr"));
            let text = std::fs::read_to_string(place.path().join(NAME)).unwrap();
            assert!(
                text.contains("[prod.deploy.parameters]\nregion = \"x\""),
                "{text}"
            );
        }
    }

    #[test]
    fn what_sam_would_misread_is_refused() {
        let place = tempfile::tempdir().unwrap();
        for text in [
            "no toml [",
            "[default.deploy.parameters]\nparameter_overrides = 'A=b c'",
            "[default.deploy.parameters]\nparameter_overrides = ['A=\"b']",
        ] {
            std::fs::write(place.path().join(NAME), text).unwrap();
            assert!(SamConfig::read(place.path()).is_err(), "{text}");
        }
    }
}
