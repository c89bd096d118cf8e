//! What a file's first bytes say of it.

use super::{Entry, Family, Kind, OFFICE};

/// What is known by the first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Kind(Kind),
    /// An archive, perhaps of a document's parts.
    Zip,
    /// A container of older office programs.
    Compound,
}

/// How far a film's kind is looked for behind its beginning.
const DOCTYPE_REACH: usize = 64;

/// What a file is; nothing where its beginning says nothing.
pub(super) fn sniff(head: &[u8]) -> Option<Found> {
    let known = media(head)
        .or_else(|| text(head))
        .or_else(|| document(head));
    match (known, head) {
        (Some(kind), _) => Some(Found::Kind(kind)),
        (None, [b'P', b'K', 3, 4, ..]) => Some(Found::Zip),
        (None, [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..]) => Some(Found::Compound),
        _ => None,
    }
}

fn media(head: &[u8]) -> Option<Kind> {
    Some(match head {
        [0xff, 0xd8, 0xff, ..] => JPEG,
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => PNG,
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => GIF,
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => BMP,
        [b'I', b'I', b'*' | b'+', 0, ..] | [b'M', b'M', 0, b'*' | b'+', ..] => TIFF,
        [b'R', b'I', b'F', b'F', _, _, _, _, a, b, c, d, ..] => return riff([*a, *b, *c, *d]),
        [
            b'F',
            b'O',
            b'R',
            b'M',
            _,
            _,
            _,
            _,
            b'A',
            b'I',
            b'F',
            b'F' | b'C',
            ..,
        ] => AIFF,
        [_, _, _, _, b'f', b't', b'y', b'p', a, b, c, d, ..] => brand([*a, *b, *c, *d]),
        [_, _, _, _, a, b, c, d, ..] if is_old_film(&head[..4], [*a, *b, *c, *d]) => QUICKTIME,
        [b'#', b'!', b'A', b'M', b'R', b'-', b'W', b'B', ..] => AMR_WB,
        [b'#', b'!', b'A', b'M', b'R', b'\n' | b'_', ..] => AMR,
        [b'c', b'a', b'f', b'f', 0, ..] => CAF,
        [b'O', b'g', b'g', b'S', ..] => OGG,
        [b'f', b'L', b'a', b'C', ..] => FLAC,
        [b'M', b'T', b'h', b'd', ..] => MIDI,
        [0x1a, 0x45, 0xdf, 0xa3, ..] => return matroska(head),
        [0, 0, 1, 0xba | 0xb3, ..] => MPEG,
        [b'I', b'D', b'3', ..] => MP3,
        // A frame's beginning: the bits of the layer tell AAC from MP3.
        [0xff, second, ..] if second & 0xf6 == 0xf0 => AAC,
        [0xff, second, ..] if second & 0xe6 == 0xe2 && second & 0x18 != 0x08 => MP3,
        [b'A', b'D', b'I', b'F', ..] => AAC,
        _ => return None,
    })
}

fn riff(form: [u8; 4]) -> Option<Kind> {
    match &form {
        b"WEBP" => Some(WEBP),
        b"WAVE" => Some(WAV),
        b"AVI " => Some(AVI),
        b"QLCM" => Some(QCELP),
        _ => None,
    }
}

/// The kind of an ISO base media file.
fn brand(brand: [u8; 4]) -> Kind {
    match &brand {
        b"heic" | b"heix" | b"heim" | b"heis" | b"mif1" | b"msf1" | b"hevc" | b"hevx" => HEIC,
        b"avif" | b"avis" => AVIF,
        b"qt  " => QUICKTIME,
        b"M4A " | b"M4B " | b"F4A " => M4A,
        [b'3', b'g', b'2', ..] => THREE_GPP2,
        [b'3', b'g', ..] => THREE_GPP,
        _ => MP4,
    }
}

/// Whether a file begins with a part of the films that QuickTime wrote before parts said what they are.
fn is_old_film(length: &[u8], part: [u8; 4]) -> bool {
    let length = length
        .iter()
        .fold(0_u32, |length, byte| length << 8 | u32::from(*byte));
    let known = [b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"].contains(&&part);
    known && (length >= 8 || length <= 1)
}

fn matroska(head: &[u8]) -> Option<Kind> {
    let head = &head[..head.len().min(DOCTYPE_REACH)];
    let holds = |name: &[u8]| head.windows(name.len()).any(|bytes| bytes == name);
    match (holds(b"webm"), holds(b"matroska")) {
        (true, _) => Some(WEBM),
        (_, true) => Some(MATROSKA),
        _ => None,
    }
}

/// A card, an appointment or a formatted text, perhaps behind empty lines.
fn text(head: &[u8]) -> Option<Kind> {
    let text = without_blanks(head);
    let begins = |beginning: &[u8]| {
        text.get(..beginning.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(beginning))
    };
    if begins(b"BEGIN:VCARD") {
        Some(VCARD)
    } else if begins(b"BEGIN:VCALENDAR") {
        Some(CALENDAR)
    } else if begins(b"{\\rtf") {
        Some(RTF)
    } else if begins(b"%PDF-") {
        Some(PDF)
    } else {
        None
    }
}

/// A document whose archive says what it is in its first entry, which is not compressed.
fn document(head: &[u8]) -> Option<Kind> {
    let named = head.starts_with(b"PK\x03\x04") && head.get(30..38)? == b"mimetype";
    let size = head.get(18..20).filter(|_| named)?;
    let mime = head
        .get(38..)?
        .get(..usize::from(u16::from_le_bytes([size[0], size[1]])))?;
    OFFICE
        .iter()
        .find(|entry| entry.mime.as_bytes() == mime)
        .map(Kind)
}

fn without_blanks(head: &[u8]) -> &[u8] {
    head.strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(head)
        .trim_ascii_start()
}

/// Whether a file is plain words: no control characters, and no beginning that a browser or a shell would act
/// on.
pub(super) fn is_words(head: &[u8]) -> bool {
    let wide = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    let control = |byte: &u8| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c);
    let text = without_blanks(head);
    let acts = [&b"#!"[..], b"%!", b"<?", b"<!", b"@echo", b"MZ"]
        .iter()
        .any(|beginning| {
            text.get(..beginning.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(beginning))
        });
    !head.is_empty() && (wide || !head.iter().any(control)) && !acts && !holds_markup(head)
}

/// Whether an element stands in a text that makes a page or a script of it.
fn holds_markup(head: &[u8]) -> bool {
    const ELEMENTS: [&[u8]; 18] = [
        b"html", b"head", b"body", b"script", b"svg", b"iframe", b"object", b"embed", b"meta",
        b"style", b"a", b"img", b"form", b"link", b"base", b"video", b"audio", b"math",
    ];
    // Of a text of two bytes a letter, the second ones.
    let letters: Vec<u8> = head.iter().copied().filter(|byte| *byte != 0).collect();
    let mut rest = letters.as_slice();
    while let Some(at) = rest.iter().position(|byte| *byte == b'<') {
        rest = &rest[at + 1..];
        let begins = |element: &&[u8]| {
            let start = rest.get(..element.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(element))
                && !rest
                    .get(element.len())
                    .is_some_and(u8::is_ascii_alphanumeric)
        };
        if ELEMENTS.iter().any(begins) {
            return true;
        }
    }
    false
}

macro_rules! kinds {
    ($family:expr; $($name:ident $mime:literal $ending:literal,)*) => {
        $(pub(super) const $name: Kind = Kind(&Entry { mime: $mime, ending: $ending, family: $family });)*
    };
}

kinds! { Family::Media;
    JPEG "image/jpeg" "jpg",
    PNG "image/png" "png",
    GIF "image/gif" "gif",
    WEBP "image/webp" "webp",
    HEIC "image/heic" "heic",
    AVIF "image/avif" "avif",
    BMP "image/bmp" "bmp",
    TIFF "image/tiff" "tif",
    MP4 "video/mp4" "mp4",
    QUICKTIME "video/quicktime" "mov",
    THREE_GPP "video/3gpp" "3gp",
    THREE_GPP2 "video/3gpp2" "3g2",
    WEBM "video/webm" "webm",
    MATROSKA "video/x-matroska" "mkv",
    AVI "video/x-msvideo" "avi",
    MPEG "video/mpeg" "mpg",
    M4A "audio/mp4" "m4a",
    MP3 "audio/mpeg" "mp3",
    AAC "audio/aac" "aac",
    AMR "audio/amr" "amr",
    AMR_WB "audio/amr-wb" "awb",
    WAV "audio/wav" "wav",
    CAF "audio/x-caf" "caf",
    AIFF "audio/aiff" "aif",
    QCELP "audio/qcelp" "qcp",
    FLAC "audio/flac" "flac",
    MIDI "audio/midi" "mid",
    OGG "audio/ogg" "ogg",
}

kinds! { Family::Document;
    PDF "application/pdf" "pdf",
    RTF "application/rtf" "rtf",
}

kinds! { Family::Words;
    VCARD "text/vcard" "vcf",
    CALENDAR "text/calendar" "ics",
}
