//! What a file is, by its first bytes; what its sender calls it is compared, and tells apart what begins alike.

mod sniff;

use crate::message::MediaProblem;

/// First bytes needed to tell every kind.
pub(super) const HEAD_BYTES: usize = 4_096;

/// A kind of file that phones send, and Zendesk shows or stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind(&'static Entry);

/// What is known of a kind.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    mime: &'static str,
    ending: &'static str,
    family: Family,
}

/// What kinds may be taken for one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    /// Pictures, films and sounds: phones mix up their names, and all are only shown.
    Media,
    /// Documents of office programs.
    Document,
    /// Words, business cards and appointments.
    Words,
}

/// What the sender calls a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Declared {
    /// Something of a family.
    Of(Family),
    /// An office document of this kind.
    Office(Kind),
    /// Nothing that says what it is.
    Unsaid,
}

impl Kind {
    /// Its media type.
    pub fn mime(self) -> &'static str {
        self.0.mime
    }

    /// Its file ending, without the dot.
    pub fn ending(self) -> &'static str {
        self.0.ending
    }

    /// Whether it is plain words, which belong into the comment.
    pub fn is_words(self) -> bool {
        self == TEXT
    }

    /// The true kind of a file.
    ///
    /// A picture under another picture's name, or a card sent as text, is taken for what it is: nothing else comes
    /// of the confusion. A type that no phone sends is refused whatever the file holds, and so is a
    /// script or a page under any name.
    ///
    /// # Errors
    /// Why it is not taken.
    pub(super) fn of(head: &[u8], declared: Option<&str>) -> Result<Self, MediaProblem> {
        let declared = Declared::of(declared)?;
        let kind = match (sniff::sniff(head), declared) {
            (Some(sniff::Found::Kind(kind)), _) => Some(kind),
            (Some(sniff::Found::Zip), Declared::Office(kind)) if kind.is_zipped() => Some(kind),
            (Some(sniff::Found::Compound), Declared::Office(kind)) if !kind.is_zipped() => {
                Some(kind)
            }
            (None, Declared::Of(Family::Words)) if sniff::is_words(head) => Some(TEXT),
            _ => None,
        };
        match (kind, declared) {
            (Some(kind), Declared::Unsaid) => Ok(kind),
            (Some(kind), Declared::Of(family)) if kind.0.family == family => Ok(kind),
            (Some(kind), Declared::Office(_)) if kind.0.family == Family::Document => Ok(kind),
            (None, Declared::Unsaid) => Err(MediaProblem::TypeNotAllowed),
            _ => Err(MediaProblem::NotItsType),
        }
    }

    /// Whether a document is an archive of parts.
    fn is_zipped(self) -> bool {
        self.0.mime.contains("officedocument") || self.0.mime.contains("opendocument")
    }

    /// The office document of a media type.
    fn office(mime: &str) -> Option<Self> {
        let mut documents = OFFICE.iter().filter(|entry| entry.mime == mime);
        documents.next().map(Self)
    }
}

impl Declared {
    fn of(declared: Option<&str>) -> Result<Self, MediaProblem> {
        let name = declared
            .unwrap_or_default()
            .split(';')
            .next()
            .unwrap_or_default();
        let name = name.trim().to_ascii_lowercase();
        if let Some(document) = Kind::office(&name) {
            return Ok(Self::Office(document));
        }
        Ok(match name.as_str() {
            ""
            | "application/octet-stream"
            | "binary/octet-stream"
            | "application/x-download"
            | "application/download"
            | "application/force-download"
            | "application/unknown" => Self::Unsaid,
            "image/svg" | "image/svg+xml" => return Err(MediaProblem::TypeNotAllowed),
            "application/ogg"
            | "application/mp4"
            | "application/3gpp"
            | "application/x-quicktime" => Self::Of(Family::Media),
            "application/pdf" | "application/x-pdf" | "application/rtf" | "application/x-rtf"
            | "text/rtf" | "text/richtext" => Self::Of(Family::Document),
            "text/plain" | "text/vcard" | "text/x-vcard" | "text/directory"
            | "application/vcard" | "text/calendar" | "text/x-vcalendar" | "text/vcalendar"
            | "application/ics" => Self::Of(Family::Words),
            name if ["image/", "audio/", "video/"]
                .iter()
                .any(|of| name.starts_with(of)) =>
            {
                Self::Of(Family::Media)
            }
            _ => return Err(MediaProblem::TypeNotAllowed),
        })
    }
}

const TEXT: Kind = Kind(&Entry {
    mime: "text/plain",
    ending: "txt",
    family: Family::Words,
});

const OFFICE: &[Entry] = &[
    Entry {
        mime: "application/msword",
        ending: "doc",
        family: Family::Document,
    },
    Entry {
        mime: "application/vnd.ms-excel",
        ending: "xls",
        family: Family::Document,
    },
    Entry {
        mime: "application/vnd.ms-powerpoint",
        ending: "ppt",
        family: Family::Document,
    },
    Entry {
        mime: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ending: "docx",
        family: Family::Document,
    },
    Entry {
        mime: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ending: "xlsx",
        family: Family::Document,
    },
    Entry {
        mime: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ending: "pptx",
        family: Family::Document,
    },
    Entry {
        mime: "application/vnd.oasis.opendocument.text",
        ending: "odt",
        family: Family::Document,
    },
    Entry {
        mime: "application/vnd.oasis.opendocument.spreadsheet",
        ending: "ods",
        family: Family::Document,
    },
    Entry {
        mime: "application/vnd.oasis.opendocument.presentation",
        ending: "odp",
        family: Family::Document,
    },
];

#[cfg(test)]
mod tests;
