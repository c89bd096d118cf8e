//! What can be asked of the program.
//!
//! In: arguments. Out: [`Options`], or what is wrong with them.

use std::path::PathBuf;

/// How it is used.
pub const USAGE: &str = "\
Measures cold starts and warm events of the functions, beside a bare lambda_runtime and, where they
are installed, the same job in Node.js and Python.

    cargo run --release -p bench [-- OPTIONS]

    --starts N      starts of each program (default 25)
    --warm N        warm events of each program (default 400)
    --only NAME     only programs whose name contains NAME, and the floor
    --no-peers      neither Node.js nor Python
    --profile NAME  cargo profile of the functions (default release, the shipping one)
    --built DIR     build nothing, measure the executables there
    --out DIR       where results.json and bench.svg go (default: bench/ in the target directory)
    --publish       write them to docs/, for the README
    --instructions  instead: count instructions with valgrind, compare with bench/instructions.json
    --update        write the counts there
";

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Starts of each program.
    pub starts: u64,
    /// Warm events of each program.
    pub warm: u64,
    /// Only programs with this in their name.
    pub only: Option<String>,
    /// Measure the peers.
    pub peers: bool,
    /// The profile of what is measured.
    pub profile: String,
    /// Executables that are there already.
    pub built: Option<PathBuf>,
    /// Where the results go.
    pub out: Option<PathBuf>,
    /// Write to `docs/`.
    pub publish: bool,
    /// Count instructions instead.
    pub instructions: bool,
    /// Commit the counts.
    pub update: bool,
}

impl Options {
    /// Reads the arguments.
    ///
    /// # Errors
    /// The argument that is wrong; empty where only help is wanted.
    pub fn read(arguments: impl IntoIterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            starts: 25,
            warm: 400,
            only: None,
            peers: true,
            profile: "release".to_owned(),
            built: None,
            out: None,
            publish: false,
            instructions: false,
            update: false,
        };
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
            match argument.as_str() {
                "--starts" => options.starts = number(&argument, &value()?)?.max(1),
                "--warm" => options.warm = number(&argument, &value()?)?,
                "--only" => options.only = Some(value()?),
                "--profile" => options.profile = value()?,
                "--built" => options.built = Some(value()?.into()),
                "--out" => options.out = Some(value()?.into()),
                "--no-peers" => options.peers = false,
                "--publish" => options.publish = true,
                "--instructions" => options.instructions = true,
                "--update" => options.update = true,
                "--help" | "-h" => return Err(String::new()),
                _ => return Err(format!("unknown argument {argument}")),
            }
        }
        Ok(options)
    }
}

fn number(name: &str, text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("{name} needs a number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(arguments: &[&str]) -> Result<Options, String> {
        Options::read(arguments.iter().map(|argument| (*argument).to_owned()))
    }

    #[test]
    fn options_are_read() {
        let options = read(&["--starts", "3", "--no-peers", "--only", "inbound"]).unwrap();
        assert_eq!((options.starts, options.peers), (3, false));
        assert_eq!(options.only.as_deref(), Some("inbound"));
    }

    #[test]
    fn a_wrong_argument_is_named() {
        assert_eq!(
            read(&["--starts", "x"]).unwrap_err(),
            "--starts needs a number"
        );
        assert_eq!(read(&["--fast"]).unwrap_err(), "unknown argument --fast");
        assert_eq!(read(&["--warm"]).unwrap_err(), "--warm needs a value");
    }
}
