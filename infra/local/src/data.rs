//! The directory a sandbox keeps its state in.
//!
//! In: a path. Out: the DynamoDB file's name and the simulators' snapshots, under a lock that
//! keeps a second sandbox out. Knows nothing of what is in a snapshot.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

/// The directory cannot be used; each says it in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// It cannot be made, or written to.
    #[error("the data directory {path} cannot be used: {source}")]
    Unusable {
        /// As given.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// Another sandbox holds it.
    #[error("the data directory {0} is in use by another sandbox")]
    InUse(String),
    /// A snapshot in it is not one.
    #[error("{path} is not a snapshot of this version: {reason}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
}

/// Makes a directory, and those above it, whose content nobody but its owner can read: it holds texts and
/// signing secrets.
///
/// # Errors
/// When it cannot be made, or is another user's.
pub(crate) fn private_directory(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))?;
    }
    Ok(())
}

/// A directory held by this process until dropped.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    /// One snapshot is written at a time: the last one may begin before the one before has ended.
    writing: Mutex<()>,
    _lock: File,
}

impl DataDir {
    /// Makes the directory if there is none, and takes its lock.
    ///
    /// # Errors
    /// [`DataError::Unusable`] and [`DataError::InUse`].
    pub fn open(path: &Path) -> Result<Self, DataError> {
        let unusable = |source| DataError::Unusable {
            path: path.display().to_string(),
            source,
        };
        private_directory(path).map_err(unusable)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join("sandbox.lock"))
            .map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                writing: Mutex::default(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(DataError::InUse(path.display().to_string())),
            Err(TryLockError::Error(source)) => Err(unusable(source)),
        }
    }

    /// Where DynamoDB keeps its file.
    #[must_use]
    pub fn database(&self) -> PathBuf {
        self.path.join("dynamodb.sqlite")
    }

    /// Where customers' pictures are kept.
    #[must_use]
    pub fn pictures(&self) -> PathBuf {
        self.path.join("pictures")
    }

    /// Reads a snapshot by name, if there is one.
    ///
    /// # Errors
    /// [`DataError::Unreadable`] when the file is there and is no JSON.
    pub fn load(&self, name: &str) -> Result<Option<Value>, DataError> {
        let path = self.snapshot(name);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.unreadable(name, &error)),
        };
        let value = serde_json::from_slice(&bytes);
        value
            .map(Some)
            .map_err(|error| self.unreadable(name, &error))
    }

    /// The error of a snapshot that cannot be used.
    #[must_use]
    pub fn unreadable(&self, name: &str, reason: &dyn std::fmt::Display) -> DataError {
        DataError::Unreadable {
            path: self.snapshot(name).display().to_string(),
            reason: reason.to_string(),
        }
    }

    /// Writes a snapshot; the old one stays until the new one is whole.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn save(&self, name: &str, value: &Value) -> io::Result<()> {
        let _turn = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = self.path.join(format!("{name}.json.new"));
        let mut file = File::create(&fresh)?;
        file.write_all(value.to_string().as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&fresh, self.snapshot(name))
    }

    fn snapshot(&self, name: &str) -> PathBuf {
        self.path.join(format!("{name}.json"))
    }
}
