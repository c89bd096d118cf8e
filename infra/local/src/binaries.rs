//! The four functions' executables: those of a release's archive, else built when needed.
//!
//! In: the directory of the running program; the workspace this crate was compiled in, and `cargo`. Out: one path per
//! function, from a build in the same target directory and profile as the running program, once per process.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;
use tokio::process::Command;
use tokio::sync::OnceCell;

use crate::archive::Archive;

/// The functions, which are also the names of packages and executables.
pub const FUNCTIONS: [&str; 4] = [
    "zendesk-reply",
    "zendesk-solved",
    "braze-inbound",
    "redelivery",
];

/// The executables are not there.
#[derive(Clone, Debug, thiserror::Error)]
pub enum BinariesError {
    /// `cargo` could not be run.
    #[error("cargo could not be started to build the functions: {0}")]
    NoCargo(String),
    /// It ended before it compiled anything: no toolchain, no lock file, no dependencies.
    #[error("cargo ended before it could build the functions{0}")]
    NotBegun(String),
    /// The build failed; its output is kept unless it was shown already.
    #[error("the functions do not compile{0}")]
    Failed(String),
    /// The build said nothing of an executable.
    #[error("the build made no executable of {0}")]
    Missing(String),
}

/// Executables by function name.
pub type Binaries = BTreeMap<String, PathBuf>;

/// Finds the functions beside the running program, or builds them; with `show`, cargo's progress goes to
/// stderr.
///
/// # Errors
/// Every [`BinariesError`].
pub async fn build(show: bool) -> Result<&'static Binaries, BinariesError> {
    static BUILT: OnceCell<Result<Binaries, BinariesError>> = OnceCell::const_new();
    let built = BUILT.get_or_init(|| async {
        match Archive::of_this_program() {
            Some(archive) => Ok(archive.binaries()),
            None => run_cargo(show).await,
        }
    });
    let built = built.await;
    built.as_ref().map_err(Clone::clone)
}

/// The workspace's root directory.
#[must_use]
pub fn workspace_root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.ancestors().nth(2).unwrap_or(own).to_owned()
}

async fn run_cargo(show: bool) -> Result<Binaries, BinariesError> {
    if show && !built_before() {
        eprintln!("Building the functions; the first time takes a few minutes.");
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command
        .current_dir(workspace_root())
        .args(["build", "--message-format=json-render-diagnostics"])
        .args(FUNCTIONS.iter().flat_map(|name| ["--package", name]))
        .args(FUNCTIONS.iter().flat_map(|name| ["--bin", name]))
        // With the features that whoever runs this was built with: nothing is compiled twice.
        .args(["--package", "workspace-hack"])
        .args(same_place(std::env::current_exe().ok().as_deref()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(if show {
            Stdio::inherit()
        } else {
            Stdio::piped()
        })
        .kill_on_drop(true);
    for name in of_the_outer_cargo(std::env::vars_os().map(|(name, _)| name)) {
        command.env_remove(name);
    }
    let output = command
        .output()
        .await
        .map_err(|error| BinariesError::NoCargo(error.to_string()))?;
    if !output.status.success() {
        let shown = String::from_utf8_lossy(&output.stderr);
        let told = if show {
            String::new()
        } else {
            format!(":\n{shown}")
        };
        return Err(match begun(&output.stdout) {
            true => BinariesError::Failed(told),
            false if show => BinariesError::NotBegun("; it says why above".to_owned()),
            false => BinariesError::NotBegun(told),
        });
    }
    let made = executables(&output.stdout);
    for name in FUNCTIONS {
        if !made.contains_key(name) {
            return Err(BinariesError::Missing(name.to_owned()));
        }
    }
    Ok(made)
}

/// Whether there are executables in the running program's directory already, which cargo may only have to
/// look at.
fn built_before() -> bool {
    let program = std::env::current_exe().ok();
    let directory = program.as_deref().and_then(Path::parent);
    directory.is_some_and(|directory| FUNCTIONS.iter().all(|name| directory.join(name).is_file()))
}

/// Variables `cargo run` and `cargo test` set: build scripts that watch them would run again, and
/// everything after them be compiled again, whenever the caller changes.
fn of_the_outer_cargo(names: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let own = [
        "CARGO_PKG_",
        "CARGO_MANIFEST_",
        "CARGO_BIN_",
        "CARGO_CRATE_",
        "CARGO_PRIMARY_",
    ];
    let is_own = |name: &OsString| {
        let name = name.to_string_lossy();
        name == "OUT_DIR" || own.iter().any(|start| name.starts_with(start))
    };
    names.filter(is_own).collect()
}

/// Cargo's options for the target directory and profile the given program lies in.
fn same_place(program: Option<&Path>) -> Vec<OsString> {
    let directory = program.and_then(Path::parent);
    let directory = match directory {
        Some(directory) if directory.ends_with("deps") || directory.ends_with("examples") => {
            directory.parent()
        }
        other => other,
    };
    let mut options = Vec::new();
    let (Some(directory), Some(parent)) = (directory, directory.and_then(Path::parent)) else {
        return options;
    };
    let is_target = |directory: &Path| directory.join("CACHEDIR.TAG").is_file();
    let (target, triple) = match parent.parent() {
        _ if is_target(parent) => (parent, None),
        Some(above) if is_target(above) => (above, parent.file_name()),
        _ => return options,
    };
    options.extend(["--target-dir".into(), target.as_os_str().to_owned()]);
    if let Some(triple) = triple {
        options.extend(["--target".into(), triple.to_owned()]);
    }
    let profile = directory.file_name().unwrap_or_default();
    let profile = if profile == "debug" {
        "dev".as_ref()
    } else {
        profile
    };
    options.extend(["--profile".into(), profile.to_owned()]);
    options
}

fn told(messages: &[u8]) -> impl Iterator<Item = Value> {
    let lines = messages.split(|byte| *byte == b'\n');
    lines.filter_map(|line| serde_json::from_slice(line).ok())
}

/// Whether cargo came as far as a build; then its last message says how that ended.
fn begun(messages: &[u8]) -> bool {
    told(messages).any(|message| message["reason"] == "build-finished")
}

fn executables(messages: &[u8]) -> Binaries {
    told(messages)
        .filter_map(|artifact| {
            let name = artifact["target"]["name"].as_str()?.to_owned();
            let path = artifact["executable"].as_str()?;
            Some((name, PathBuf::from(path)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(options: Vec<OsString>) -> Vec<String> {
        let text = |option: OsString| option.into_string().unwrap();
        options.into_iter().map(text).collect()
    }

    #[test]
    fn the_build_goes_where_the_running_program_lies() {
        let root = tempfile::tempdir().unwrap();
        let target = root.path().to_string_lossy().into_owned();
        std::fs::write(root.path().join("CACHEDIR.TAG"), "").unwrap();
        let of = |path: &str| strings(same_place(Some(&root.path().join(path))));

        assert_eq!(
            of("debug/bridge"),
            ["--target-dir", &target, "--profile", "dev"]
        );
        assert_eq!(
            of("debug/deps/e2e-1"),
            ["--target-dir", &target, "--profile", "dev"]
        );
        assert_eq!(
            of("aarch64-linux/release/bridge"),
            [
                "--target-dir",
                &target,
                "--target",
                "aarch64-linux",
                "--profile",
                "release"
            ]
        );
    }

    #[test]
    fn a_program_outside_a_target_directory_leaves_the_choice_to_cargo() {
        assert_eq!(
            strings(same_place(Some(Path::new("/usr/bin/bridge")))),
            [""; 0]
        );
    }

    #[test]
    fn the_inner_cargo_does_not_see_which_package_called_it() {
        let names = [
            "CARGO_PKG_NAME",
            "CARGO_MANIFEST_DIR",
            "CARGO_TARGET_DIR",
            "CARGO",
            "PATH",
        ];
        let removed = of_the_outer_cargo(names.into_iter().map(OsString::from));
        assert_eq!(strings(removed), ["CARGO_PKG_NAME", "CARGO_MANIFEST_DIR"]);
    }

    #[test]
    fn a_cargo_that_ends_early_is_no_failed_build() {
        assert!(!begun(b""));
        assert!(begun(
            b"{\"reason\":\"compiler-message\"}\n{\"reason\":\"build-finished\",\"success\":false}"
        ));
    }

    #[test]
    fn executables_are_read_from_cargos_messages() {
        let messages =
            br#"{"reason":"compiler-artifact","target":{"name":"shared"},"executable":null}
{"reason":"compiler-artifact","target":{"name":"redelivery"},"executable":"/t/debug/redelivery"}
{"reason":"build-finished","success":true}"#;
        let made = executables(messages);
        assert_eq!(made.len(), 1);
        assert_eq!(made["redelivery"], PathBuf::from("/t/debug/redelivery"));
    }
}
