//! Documents that are held against the code.

mod glossary;
mod messages;
mod pages;
mod source;
