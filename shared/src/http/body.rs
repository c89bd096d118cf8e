//! The body of a request, bounded.
//!
//! In: a request as `lambda_http` hands it over. Out: its raw bytes. `lambda_http` 1.3 has decoded
//! API Gateway's base64 already; on a body that claims to be base64 and is not it panics before any
//! handler runs, which the runtime reports as a failed invocation. API Gateway never sends one.

use lambda_http::Request;

/// Largest body accepted, in bytes after base64; Zendesk's payloads stay under it.
pub const MAX_BODY_BYTES: usize = 262_144;

/// Largest body accepted of Braze's event export, which puts a hundred events into one.
pub const MAX_EXPORT_BYTES: usize = 4 * 1024 * 1024;

/// The body is over what is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the body is over {0} bytes")]
pub struct TooLarge(pub usize);

/// The raw bytes of a request's body, as they were signed.
///
/// # Errors
/// [`TooLarge`] over `most` bytes.
pub fn body(request: &Request, most: usize) -> Result<&[u8], TooLarge> {
    let bytes: &[u8] = request.body().as_ref();
    if bytes.len() > most {
        return Err(TooLarge(most));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lambda_http::Body;

    #[test]
    fn a_body_of_256_kb_is_taken_and_one_byte_more_is_not() {
        let full = Request::new(Body::Text("x".repeat(MAX_BODY_BYTES)));
        assert_eq!(
            body(&full, MAX_BODY_BYTES).map(<[u8]>::len),
            Ok(MAX_BODY_BYTES)
        );
        let over = Request::new(Body::Binary(vec![b'x'; MAX_BODY_BYTES + 1]));
        assert_eq!(body(&over, MAX_BODY_BYTES), Err(TooLarge(MAX_BODY_BYTES)));
        assert!(body(&over, MAX_EXPORT_BYTES).is_ok());
    }

    #[test]
    fn bytes_that_are_no_text_arrive_unchanged() {
        let request = Request::new(Body::Binary(vec![0xff, 0, b'{']));
        assert_eq!(body(&request, MAX_BODY_BYTES), Ok(&[0xff, 0, b'{'][..]));
        assert_eq!(
            body(&Request::new(Body::Empty), MAX_BODY_BYTES),
            Ok(&[][..])
        );
    }
}
