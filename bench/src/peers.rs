//! The same job in Node.js and Python, where they are installed.
//!
//! In: the sources in `peers/`, this machine's interpreters and package managers. Out: programs to
//! measure, or why there are none. Libraries are installed once, beside the executables.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::cargo;
use crate::event::Kind;
use crate::run::Program;

/// A peer that cannot be measured.
#[derive(Debug, Clone)]
pub struct Missing {
    /// Its name.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// Makes a peer ready in a directory; how it is started, or why it cannot be.
type Prepare = fn(&Path) -> Result<Vec<OsString>, String>;

/// Finds the peers; `directory` keeps their libraries, `ca` is the authority they are to trust.
pub fn find(directory: &Path, ca: &Path) -> (Vec<Program>, Vec<Missing>) {
    let mut found = Vec::new();
    let mut missing = Vec::new();
    let peers: [(&str, Prepare, &str); 2] = [
        ("Node.js, SDK v3", node, "NODE_EXTRA_CA_CERTS"),
        ("Python, boto3", python, "AWS_CA_BUNDLE"),
    ];
    for (name, prepare, trust) in peers {
        match prepare(directory) {
            Ok(command) => found.push(Program {
                name: name.to_owned(),
                command,
                variables: vec![
                    (trust.to_owned(), ca.display().to_string()),
                    ("HOME".to_owned(), directory.display().to_string()),
                ],
                kind: Kind::Text,
                floor: false,
                executable: None,
            }),
            Err(reason) => missing.push(Missing {
                name: name.to_owned(),
                reason,
            }),
        }
    }
    (found, missing)
}

/// Bundled by esbuild into one file, as one would deploy it.
fn node(directory: &Path) -> Result<Vec<OsString>, String> {
    let node = interpreter("node", "-p", "process.execPath")?;
    let own = directory.join("node");
    let sources = ["package.json", "package-lock.json", "index.mjs"];
    let bundle = own.join("out/index.cjs");
    if copied("node", &own, &sources)? || !bundle.is_file() {
        let _ = fs::remove_file(&bundle);
        run(
            Command::new("npm").args(["ci", "--no-audit", "--no-fund"]),
            &own,
        )?;
        run(Command::new("npm").args(["run", "build"]), &own)?;
    }
    Ok(vec![node, bundle.into()])
}

/// In a virtual environment.
fn python(directory: &Path) -> Result<Vec<OsString>, String> {
    let python = interpreter("python3", "-c", "import sys; print(sys.executable)")?;
    let own = directory.join("python");
    let inside = own.join("venv/bin/python");
    if copied("python", &own, &["requirements.txt", "main.py"])? || !inside.is_file() {
        let _ = fs::remove_dir_all(own.join("venv"));
        run(Command::new(python).args(["-m", "venv", "venv"]), &own)?;
        let install = ["-m", "pip", "install", "--quiet", "-r", "requirements.txt"];
        run(Command::new(&inside).args(install), &own)?;
    }
    Ok(vec![inside.into(), own.join("main.py").into()])
}

/// The program itself: what is found by name may be a script that looks for it.
fn interpreter(name: &str, option: &str, code: &str) -> Result<OsString, String> {
    let output = Command::new(name).args([option, code]).output();
    let output = output.map_err(|_| format!("no {name}"))?;
    let path = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() && Path::new(&path).is_file() {
        Ok(path.into())
    } else {
        Err(format!("{name} does not run"))
    }
}

/// Copies the sources; says whether one of them had changed.
fn copied(peer: &str, to: &Path, names: &[&str]) -> Result<bool, String> {
    let from: PathBuf = cargo::root().join("bench/peers").join(peer);
    let failed = |error: std::io::Error| error.to_string();
    fs::create_dir_all(to).map_err(failed)?;
    let mut changed = false;
    for name in names {
        let new = fs::read(from.join(name)).map_err(failed)?;
        if fs::read(to.join(name)).ok().as_ref() != Some(&new) {
            fs::write(to.join(name), new).map_err(failed)?;
            changed = true;
        }
    }
    Ok(changed)
}

fn run(command: &mut Command, inside: &Path) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let first = command.get_args().next().unwrap_or_default();
    let told = format!("{name} {}", first.to_string_lossy());
    let status = command
        .current_dir(inside)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!("{told} failed")),
        Err(_) => Err(format!("no {name}")),
    }
}
