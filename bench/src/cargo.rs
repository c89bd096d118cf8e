//! Builds what is measured, beside this program.
//!
//! In: packages, a profile. Out: the directory of the executables.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The deployed functions: packages and executables.
pub const FUNCTIONS: [&str; 4] = [
    "braze-inbound",
    "zendesk-reply",
    "zendesk-solved",
    "redelivery",
];

/// The executables are not there.
#[derive(Debug, thiserror::Error)]
pub enum CargoError {
    /// `cargo` could not be run.
    #[error("cargo could not be started: {0}")]
    NotStarted(#[from] std::io::Error),
    /// The build failed; cargo has said why.
    #[error("cargo build failed")]
    Failed,
    /// This program is not where cargo puts programs.
    #[error("this program does not lie in a target directory")]
    Misplaced,
}

/// The workspace's root.
pub fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_owned()
}

/// The target directory that this program lies in.
///
/// # Errors
/// [`CargoError::Misplaced`].
pub fn target() -> Result<PathBuf, CargoError> {
    let own = std::env::current_exe()?;
    // Cargo writes no tag into a directory that was there before it.
    let is_target = |directory: &&Path| {
        let names = ["CACHEDIR.TAG", ".rustc_info.json"];
        names.iter().any(|name| directory.join(name).is_file())
    };
    let found = own.ancestors().find(is_target);
    found.map(Path::to_owned).ok_or(CargoError::Misplaced)
}

/// Builds packages in a profile, with the features they have together; says where they are.
///
/// # Errors
/// Every [`CargoError`].
pub fn build(profile: &str, packages: &[&str]) -> Result<PathBuf, CargoError> {
    let target = target()?;
    run(&target, profile, packages)?;
    let directory = if profile == "dev" { "debug" } else { profile };
    Ok(target.join(directory))
}

/// In the development profile nothing is measured: the functions as the tests build them will do.
fn with_the_tests_features(profile: &str) -> &'static [&'static str] {
    match profile {
        "dev" => &["--package", "workspace-hack"],
        _ => &[],
    }
}

fn run(target: &Path, profile: &str, packages: &[&str]) -> Result<(), CargoError> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(cargo);
    command
        .current_dir(root())
        .args(["build", "--locked", "--profile", profile, "--target-dir"])
        .arg(target)
        .args(packages.iter().flat_map(|name| ["--package", name]))
        .args(with_the_tests_features(profile))
        .stdin(Stdio::null());
    // What `cargo run` sets for this package would have others' build scripts run again.
    let own = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "OUT_DIR"];
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if own.iter().any(|prefix| text.starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
    if command.status()?.success() {
        Ok(())
    } else {
        Err(CargoError::Failed)
    }
}
