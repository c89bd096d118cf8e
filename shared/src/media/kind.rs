//! What a file is, by its first bytes; what its sender calls it is only compared.
//!
//! In: the first bytes and the declared type. Out: the true kind, if it is one that phones send.

use crate::message::MediaProblem;

/// First bytes needed to tell every kind.
pub(super) const HEAD_BYTES: usize = 16;

/// A kind of file that phones send, and Zendesk shows or stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `image/jpeg`
    Jpeg,
    /// `image/png`
    Png,
    /// `image/gif`
    Gif,
    /// `image/webp`
    Webp,
    /// `image/heic`
    Heic,
    /// `video/mp4`
    Mp4,
    /// `video/quicktime`
    QuickTime,
    /// `video/3gpp`
    ThreeGpp,
    /// `audio/mp4`
    M4a,
    /// `audio/mpeg`
    Mp3,
    /// `audio/amr`
    Amr,
    /// `audio/ogg`
    Ogg,
    /// `application/pdf`
    Pdf,
    /// `text/vcard`
    Vcard,
}

impl Kind {
    /// Its media type.
    pub fn mime(self) -> &'static str {
        self.names().0
    }

    /// Its file ending, without the dot.
    pub fn ending(self) -> &'static str {
        self.names().1
    }

    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Jpeg => ("image/jpeg", "jpg"),
            Self::Png => ("image/png", "png"),
            Self::Gif => ("image/gif", "gif"),
            Self::Webp => ("image/webp", "webp"),
            Self::Heic => ("image/heic", "heic"),
            Self::Mp4 => ("video/mp4", "mp4"),
            Self::QuickTime => ("video/quicktime", "mov"),
            Self::ThreeGpp => ("video/3gpp", "3gp"),
            Self::M4a => ("audio/mp4", "m4a"),
            Self::Mp3 => ("audio/mpeg", "mp3"),
            Self::Amr => ("audio/amr", "amr"),
            Self::Ogg => ("audio/ogg", "ogg"),
            Self::Pdf => ("application/pdf", "pdf"),
            Self::Vcard => ("text/vcard", "vcf"),
        }
    }

    /// The true kind of a file.
    ///
    /// A picture under another picture's name, or a sound under its container's name, is taken for
    /// what it is: nothing else comes of the confusion.
    pub(super) fn of(head: &[u8], declared: Option<&str>) -> Result<Self, MediaProblem> {
        let declared = Family::of(declared)?;
        let kind = sniff(head).ok_or(match declared {
            Family::Unsaid => MediaProblem::TypeNotAllowed,
            _ => MediaProblem::NotItsType,
        })?;
        match declared {
            Family::Unsaid => Ok(kind),
            family if family == kind.family() => Ok(kind),
            _ => Err(MediaProblem::NotItsType),
        }
    }

    fn family(self) -> Family {
        match self {
            Self::Jpeg | Self::Png | Self::Gif | Self::Webp | Self::Heic => Family::Picture,
            Self::Pdf => Family::Pdf,
            Self::Vcard => Family::Vcard,
            _ => Family::Film,
        }
    }
}

/// What kinds may be taken for one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Picture,
    /// Films and sounds: both come in the same containers.
    Film,
    Pdf,
    Vcard,
    /// The sender does not say.
    Unsaid,
}

impl Family {
    fn of(declared: Option<&str>) -> Result<Self, MediaProblem> {
        let declared = declared.unwrap_or_default();
        let name = declared.split(';').next().unwrap_or_default().trim();
        Ok(match name.to_ascii_lowercase().as_str() {
            "image/jpeg" | "image/jpg" | "image/pjpeg" | "image/png" | "image/gif"
            | "image/webp" | "image/heic" | "image/heif" => Self::Picture,
            "video/mp4" | "video/quicktime" | "video/3gpp" | "video/3gpp2" | "video/ogg"
            | "audio/mp4" | "audio/m4a" | "audio/x-m4a" | "audio/mpeg" | "audio/mp3"
            | "audio/3gpp" | "audio/3gpp2" | "audio/amr" | "audio/ogg" | "application/ogg" => {
                Self::Film
            }
            "application/pdf" => Self::Pdf,
            "text/vcard" | "text/x-vcard" | "text/directory" => Self::Vcard,
            "" | "application/octet-stream" | "binary/octet-stream" => Self::Unsaid,
            _ => return Err(MediaProblem::TypeNotAllowed),
        })
    }
}

fn sniff(head: &[u8]) -> Option<Kind> {
    let is_vcard = head
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(head)
        .get(..11)
        .is_some_and(|start| start.eq_ignore_ascii_case(b"BEGIN:VCARD"));
    match head {
        [0xff, 0xd8, 0xff, ..] => Some(Kind::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Kind::Png),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Kind::Gif),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some(Kind::Webp),
        [_, _, _, _, b'f', b't', b'y', b'p', a, b, c, d, ..] => Some(brand([*a, *b, *c, *d])),
        [b'#', b'!', b'A', b'M', b'R', ..] => Some(Kind::Amr),
        [b'O', b'g', b'g', b'S', ..] => Some(Kind::Ogg),
        [b'%', b'P', b'D', b'F', b'-', ..] => Some(Kind::Pdf),
        [b'I', b'D', b'3', ..] | [0xff, 0xf2 | 0xf3 | 0xfa | 0xfb, ..] => Some(Kind::Mp3),
        _ if is_vcard => Some(Kind::Vcard),
        _ => None,
    }
}

/// The kind of an ISO base media file.
fn brand(brand: [u8; 4]) -> Kind {
    match &brand {
        b"heic" | b"heix" | b"heim" | b"heis" | b"mif1" | b"msf1" | b"hevc" => Kind::Heic,
        b"qt  " => Kind::QuickTime,
        b"M4A " | b"M4B " => Kind::M4a,
        [b'3', b'g', ..] => Kind::ThreeGpp,
        _ => Kind::Mp4,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    #[test]
    fn a_file_is_known_by_its_first_bytes() {
        for (head, kind) in [
            (&b"\xff\xd8\xff\xe0\0\x10JFIF"[..], Kind::Jpeg),
            (PNG, Kind::Png),
            (b"GIF89a\x01\0", Kind::Gif),
            (b"RIFF\x24\0\0\0WEBPVP8 ", Kind::Webp),
            (b"\0\0\0\x18ftypheic\0\0\0\0", Kind::Heic),
            (b"\0\0\0\x18ftypmp42\0\0\0\0", Kind::Mp4),
            (b"\0\0\0\x14ftypqt  \0\0\0\0", Kind::QuickTime),
            (b"\0\0\0\x14ftyp3gp5\0\0\0\0", Kind::ThreeGpp),
            (b"\0\0\0\x14ftypM4A \0\0\0\0", Kind::M4a),
            (b"ID3\x03\0", Kind::Mp3),
            (b"#!AMR\n", Kind::Amr),
            (b"OggS\0", Kind::Ogg),
            (b"%PDF-1.7\n", Kind::Pdf),
            (b"begin:vcard\r\nVERS", Kind::Vcard),
        ] {
            assert_eq!(Kind::of(head, None), Ok(kind));
            assert_eq!(Kind::of(head, Some(kind.mime())), Ok(kind));
            assert_eq!(Kind::of(head, Some("application/octet-stream")), Ok(kind));
        }
    }

    #[test]
    fn a_file_that_is_not_what_it_says_is_refused() {
        for head in [
            &b"<html><script>"[..],
            b"MZ\x90\0",
            b"%PDF-1.7\n",
            b"",
            b"PK\x03\x04",
        ] {
            assert_eq!(
                Kind::of(head, Some("image/jpeg")),
                Err(MediaProblem::NotItsType)
            );
        }
        assert_eq!(
            Kind::of(PNG, Some("application/pdf")),
            Err(MediaProblem::NotItsType)
        );
        assert_eq!(Kind::of(PNG, Some("IMAGE/JPEG; x=y")), Ok(Kind::Png));
    }

    #[test]
    fn a_type_that_no_phone_sends_is_refused_whatever_it_holds() {
        for declared in [
            "text/html",
            "image/svg+xml",
            "application/zip",
            "application/x-sh",
        ] {
            assert_eq!(
                Kind::of(PNG, Some(declared)),
                Err(MediaProblem::TypeNotAllowed)
            );
        }
        assert_eq!(Kind::of(b"<html>", None), Err(MediaProblem::TypeNotAllowed));
    }

    proptest! {
        #[test]
        fn any_bytes_have_a_kind_or_none(head in prop::collection::vec(any::<u8>(), 0..20), declared in any::<String>()) {
            let _ = Kind::of(&head, Some(&declared));
        }
    }
}
