//! Everything that runs the bundle on one machine, each part usable alone.
//!
//! In: the four executables, `template.yaml` and options. Out: loopback addresses and handles by
//! which a person or a test calls, watches, delays and breaks things. The parts know only
//! executables, HTTP and JSON: nothing here imports the functions or the `shared` crate.

pub mod apigw;
pub mod archive;
pub mod binaries;
mod caller;
pub mod client;
pub mod cloudformation;
pub mod data;
pub mod dynamo;
pub mod environment;
pub mod faults;
pub mod front;
mod ids;
pub mod journal;
pub mod logs;
pub mod options;
pub mod pictures;
pub mod pool;
pub mod runtime_api;
pub mod secrets;
pub mod stack;
pub mod template;

pub use options::Options;
pub use stack::Stack;
