//! The settings of a function, read once at start.
//!
//! In: a lookup from name to value, so that nothing but [`environment`] touches the process. Out:
//! [`Settings`], or every problem at once by name. A leaf: imports only `net` and `secrets` types.

mod lookup;
mod read;
mod settings;

pub use lookup::{ConfigErrors, Problem};
pub use settings::{
    AwsEnv, BrazeSettings, CostNote, FilesOut, Language, OpenOn, PolicySettings, Settings,
    SignatureMode, SmsSettings, TextTickets, TicketSettings, ZendeskSettings,
};

use lookup::Reader;

impl Settings {
    /// Reads the settings from the process environment.
    ///
    /// # Errors
    /// All missing and wrong settings together, by name.
    pub fn from_environment() -> Result<Self, ConfigErrors> {
        Self::from_lookup(environment)
    }

    /// Reads the settings through a lookup; an empty value counts as absent.
    ///
    /// # Errors
    /// All missing and wrong settings together, by name.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigErrors> {
        let mut reader = Reader::new(&lookup);
        let settings = read::settings(&mut reader);
        reader.finish(settings)
    }
}

/// A variable of the process environment: the only place that reads it.
#[expect(clippy::disallowed_methods, reason = "this is the one place")]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests;
