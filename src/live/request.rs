//! A request of HTTP, as a browser or curl sends it, and what it gets.

/// What a client has said up to now, while it may still become a request.
#[derive(Debug, Default)]
pub struct Request {
    head: Vec<u8>,
    is_over: bool,
}

/// No head of a request is longer than what servers take.
const LONGEST_HEAD: usize = 16 << 10;

impl Request {
    /// Takes what has come. Says whether the head of a request is complete with it, once.
    pub fn is_complete_with(&mut self, data: &[u8]) -> bool {
        if self.is_over {
            return false;
        }
        self.head.extend(data);
        let has_end = self.head.windows(4).any(|four| four == b"\r\n\r\n");
        self.is_over = has_end || self.head.len() > LONGEST_HEAD;
        has_end && self.is_of_http()
    }

    /// Whether its first line is one of HTTP: `GET / HTTP/1.1`.
    fn is_of_http(&self) -> bool {
        let line = self.head.split(|&byte| byte == b'\r').next().unwrap_or_default();
        let words: Vec<&[u8]> = line.split(|&byte| byte == b' ').collect();
        matches!(words[..], [method, _, version]
            if method.iter().all(u8::is_ascii_uppercase) && version.starts_with(b"HTTP/1."))
    }
}

/// A small page, and the end of the connection. It names an icon, so that no browser asks for one.
pub fn page() -> String {
    let page = "<!doctype html><meta charset=utf-8><link rel=icon href=\"data:,\">\
                <title>It works</title><p>Your request has arrived: look into the terminal.\n";
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{page}",
        page.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_complete_once() {
        let mut request = Request::default();
        assert!(!request.is_complete_with(b"GET / HTTP/1.1\r\nHost: x\r\n\r"));
        assert!(request.is_complete_with(b"\nbody"));
        assert!(!request.is_complete_with(b"\r\n\r\n"));
    }

    #[test]
    fn other_words_are_no_request() {
        for said in ["Rose\r\n\r\n", "get / HTTP/1.1\r\n\r\n", "GET / x\r\n\r\n", "\r\n\r\n"] {
            assert!(!Request::default().is_complete_with(said.as_bytes()), "{said}");
        }
    }
}
