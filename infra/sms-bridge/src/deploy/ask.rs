//! Asking a person for what is missing.

use std::io::IsTerminal;

use local::template::Parameter;

use super::value;
use crate::Failure;
use crate::account::{names, talk};
use crate::columns::wrapped;

const WIDTH: usize = 78;

/// Asks until the value may be one.
pub(super) fn parameter(parameter: &Parameter) -> Result<String, Failure> {
    if !std::io::stdin().is_terminal() {
        let name = &parameter.name;
        return Err(Failure::Usage(format!(
            "{name} is missing, and there is no terminal to ask on: give --set {name}=VALUE"
        )));
    }
    eprintln!("\n{}", wrapped(&parameter.description, WIDTH).join("\n"));
    if parameter.default.is_some() {
        eprintln!("Enter alone leaves it for later.");
    }
    loop {
        let typed = talk::ask(&format!("  {}: ", parameter.name))?;
        let typed = typed.trim_end_matches('/');
        match value::check(parameter, typed) {
            Ok(()) => return Ok(typed.to_owned()),
            Err(wrong) => eprintln!("  {wrong}; once more."),
        }
    }
}

/// Asks for the region.
pub(super) fn region() -> Result<String, Failure> {
    if !std::io::stdin().is_terminal() {
        let sentence =
            "the AWS region is missing, and there is no terminal to ask on: give --region";
        return Err(Failure::Usage(sentence.to_owned()));
    }
    eprintln!("\nThe AWS region to deploy to, for example eu-west-1.");
    loop {
        let typed = talk::ask("  region: ")?;
        match names::region(&typed) {
            Ok(region) => return Ok(region),
            Err(wrong) => eprintln!("  {wrong}; once more."),
        }
    }
}
