//! A release's archive: the tool, with the functions and the template beside it.

use std::path::{Path, PathBuf};

use crate::binaries::{Binaries, FUNCTIONS};

/// The template's name in an archive and in a clone.
pub const TEMPLATE: &str = "template.yaml";

/// An unpacked archive with functions for this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    root: PathBuf,
}

impl Archive {
    /// The archive that the running program lies in, if it does.
    #[must_use]
    pub fn of_this_program() -> Option<Self> {
        // The functions are Linux executables.
        if !cfg!(target_os = "linux") {
            return None;
        }
        Self::at(std::env::current_exe().ok()?.parent()?, processor())
    }

    /// The archive in a directory: the template and all four functions for `processor`.
    fn at(root: &Path, processor: &str) -> Option<Self> {
        let folder = root.join("functions").join(processor);
        let there = |name: &&str| folder.join(name).join("bootstrap").is_file();
        (root.join(TEMPLATE).is_file() && FUNCTIONS.iter().all(there)).then(|| Self {
            root: root.to_owned(),
        })
    }

    /// The template.
    #[must_use]
    pub fn template(&self) -> PathBuf {
        self.root.join(TEMPLATE)
    }

    /// The functions for this machine's processor.
    #[must_use]
    pub fn binaries(&self) -> Binaries {
        let folder = self.root.join("functions").join(processor());
        let binary = |name: &str| (name.to_owned(), folder.join(name).join("bootstrap"));
        FUNCTIONS.into_iter().map(binary).collect()
    }
}

/// This machine's processor, as Lambda names it.
fn processor() -> &'static str {
    match std::env::consts::ARCH {
        "aarch64" => "arm64",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_whole_or_none() {
        let root = tempfile::tempdir().unwrap();
        let function = |name: &str| {
            let folder = root.path().join("functions").join(processor()).join(name);
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join("bootstrap"), "").unwrap();
        };
        std::fs::write(root.path().join(TEMPLATE), "").unwrap();
        for name in FUNCTIONS {
            assert_eq!(Archive::at(root.path(), processor()), None, "before {name}");
            function(name);
        }
        let archive = Archive::at(root.path(), processor()).unwrap();
        assert!(archive.binaries().values().all(|path| path.is_file()));
        assert_eq!(Archive::at(root.path(), "another"), None);
        std::fs::remove_file(archive.template()).unwrap();
        assert_eq!(Archive::at(root.path(), processor()), None);
    }
}
