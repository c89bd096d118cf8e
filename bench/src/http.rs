//! As much of HTTP/1.1 as clients of the stand-ins use: one request after the other, bodies with a
//! length or in chunks.
//!
//! In: a byte stream. Out: whole requests; answers, each in one write. Blocking, without a parser
//! worth the name: what is measured is the other side.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::time::Instant;

/// Largest head or body taken, in bytes.
const LIMIT: usize = 1 << 20;

/// A whole request.
#[derive(Debug)]
pub struct Request {
    /// Such as `POST`.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// The head's lines after the first.
    head: String,
    /// The body.
    pub body: Vec<u8>,
    /// When its first bytes were read.
    pub began: Instant,
}

impl Request {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }
}

/// What a request is answered with.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Further headers, each with its line end.
    pub headers: String,
    /// The body, JSON.
    pub body: Vec<u8>,
}

impl Answer {
    /// JSON with a status.
    pub fn json(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: String::new(),
            body: body.into(),
        }
    }
}

/// One connection of a client.
#[derive(Debug)]
pub struct Connection<S> {
    stream: S,
    unread: Vec<u8>,
}

impl<S: Read + Write> Connection<S> {
    /// A connection on which nothing was read yet.
    pub fn new(stream: S) -> Self {
        Self {
            stream,
            unread: Vec::with_capacity(4096),
        }
    }

    /// The next request; nothing where the client has closed the connection.
    pub fn request(&mut self) -> Result<Option<Request>> {
        let Some((end, began)) = self.read_head()? else {
            return Ok(None);
        };
        let rest = self.unread.split_off(end);
        let head = std::mem::replace(&mut self.unread, rest);
        let head = String::from_utf8(head).map_err(|_| malformed("head"))?;
        let (first, lines) = head.split_once("\r\n").unwrap_or((&head, ""));
        let mut words = first.split(' ').map(str::to_owned);
        let (method, path) = (words.next(), words.next());
        let body = if header(lines, "transfer-encoding").is_some() {
            self.read_chunks()?
        } else {
            let length = header(lines, "content-length").map_or(Ok(0), str::parse);
            self.read_exactly(length.map_err(|_| malformed("content-length"))?)?
        };
        Ok(Some(Request {
            method: method.unwrap_or_default(),
            path: path.unwrap_or_default(),
            head: lines.to_owned(),
            body,
            began,
        }))
    }

    /// Answers the request read last.
    pub fn answer(&mut self, answer: &Answer) -> Result<()> {
        let head = format!(
            "HTTP/1.1 {} .\r\ncontent-type: application/json\r\ncontent-length: {}\r\n{}\r\n",
            answer.status,
            answer.body.len(),
            answer.headers
        );
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&answer.body);
        self.stream.write_all(&bytes)?;
        self.stream.flush()
    }

    fn read_head(&mut self) -> Result<Option<(usize, Instant)>> {
        let mut began = (!self.unread.is_empty()).then(Instant::now);
        loop {
            if let (Some(end), Some(began)) = (find(&self.unread, b"\r\n\r\n"), began) {
                return Ok(Some((end + 4, began)));
            }
            if self.read_more()? == 0 {
                return Ok(None);
            }
            began.get_or_insert_with(Instant::now);
        }
    }

    fn read_exactly(&mut self, length: usize) -> Result<Vec<u8>> {
        if length > LIMIT {
            return Err(malformed("body"));
        }
        while self.unread.len() < length {
            if self.read_more()? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
        let rest = self.unread.split_off(length);
        Ok(std::mem::replace(&mut self.unread, rest))
    }

    fn read_chunks(&mut self) -> Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let end = loop {
                if let Some(end) = find(&self.unread, b"\r\n") {
                    break end;
                }
                if self.read_more()? == 0 {
                    return Err(ErrorKind::UnexpectedEof.into());
                }
            };
            let line = self.read_exactly(end + 2)?;
            let size = std::str::from_utf8(&line[..end]).unwrap_or_default();
            let size = usize::from_str_radix(size.trim(), 16).map_err(|_| malformed("chunk"))?;
            let chunk = self.read_exactly(size + 2)?;
            if size == 0 {
                return Ok(body);
            }
            body.extend_from_slice(&chunk[..size]);
        }
    }

    fn read_more(&mut self) -> Result<usize> {
        if self.unread.len() > LIMIT {
            return Err(malformed("request"));
        }
        let mut part = [0; 16 * 1024];
        let read = self.stream.read(&mut part)?;
        self.unread.extend_from_slice(&part[..read]);
        Ok(read)
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (own, value) = line.split_once(':')?;
        own.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

fn find(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
    bytes
        .windows(pattern.len())
        .position(|window| window == pattern)
}

fn malformed(part: &str) -> Error {
    Error::new(ErrorKind::InvalidData, format!("malformed {part}"))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn requests(bytes: &str) -> Vec<(String, String)> {
        let mut connection = Connection::new(Cursor::new(bytes.as_bytes().to_vec()));
        let mut found = Vec::new();
        while let Some(request) = connection.request().unwrap() {
            let body = String::from_utf8(request.body).unwrap();
            found.push((format!("{} {}", request.method, request.path), body));
        }
        found
    }

    #[test]
    fn requests_on_one_connection_are_told_apart() {
        let found = requests(
            "POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\nhiGET /b HTTP/1.1\r\nhost: x\r\n\r\n",
        );
        assert_eq!(found[0], ("POST /a".to_owned(), "hi".to_owned()));
        assert_eq!(found[1], ("GET /b".to_owned(), String::new()));
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn a_body_in_chunks_is_put_together() {
        let found = requests(
            "POST /a HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n3\r\n yo\r\n0\r\n\r\n",
        );
        assert_eq!(found, [("POST /a".to_owned(), "hi yo".to_owned())]);
    }

    #[test]
    fn a_body_without_end_is_an_error() {
        let mut connection = Connection::new(Cursor::new(
            b"POST / HTTP/1.1\r\ncontent-length: 9\r\n\r\nhi".to_vec(),
        ));
        assert!(connection.request().is_err());
    }
}
