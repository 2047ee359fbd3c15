//! What the tutorial's greeter has to say, and what came instead.

use crate::error::{Answer, Error};
use std::io;

/// The first word of the tutorial's greeter.
const WELCOME: &[u8] = b"Welcome!";

/// What is known of the server: whether it speaks as the tutorial's greeter does. Of another one
/// nobody knows what it has to answer.
#[derive(Debug, Default)]
pub struct Greeter {
    is_one: bool,
}

impl Greeter {
    /// Judges the first word of a server.
    ///
    /// # Errors
    /// It is the greeter's, but it is cut or has something glued to it.
    pub fn welcomes(&mut self, came: &[u8]) -> io::Result<()> {
        self.is_one = WELCOME.starts_with(came) || came.starts_with(WELCOME);
        self.judge("the server's welcome", WELCOME, came)
    }

    /// Judges the answer to a word.
    ///
    /// # Errors
    /// It is not what the greeter has to answer.
    pub fn answers(&self, word: &str, came: &[u8]) -> io::Result<()> {
        self.judge(&format!("an answer to {word:?}"), format!("Hello, {word}!").as_bytes(), came)
    }

    fn judge(&self, awaited: &str, wanted: &[u8], came: &[u8]) -> io::Result<()> {
        if !self.is_one || came == wanted {
            return Ok(());
        }
        let answer = match (wanted.starts_with(came), came.starts_with(wanted)) {
            (true, _) => Answer::Cut { after: came.len(), length: wanted.len() },
            (_, true) => Answer::Glued { after: wanted.len() },
            _ => Answer::Another { same: same(wanted, came) },
        };
        let (awaited, came) = (awaited.into(), String::from_utf8_lossy(came).into_owned());
        Err(io::Error::other(Error::Apart { awaited, came, answer }))
    }
}

/// How many bytes are the same from the beginning.
fn same(one: &[u8], other: &[u8]) -> usize {
    one.iter().zip(other).take_while(|(one, other)| one == other).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(judged: io::Result<()>) -> String {
        judged.unwrap_err().to_string().lines().next().unwrap().to_string()
    }

    #[test]
    fn a_greeter_is_held_to_its_words() {
        let mut greeter = Greeter::default();
        greeter.welcomes(b"Welcome!").unwrap();
        greeter.answers("Rose", b"Hello, Rose!").unwrap();
        let answers = |came: &[u8]| told(greeter.answers("Rose", came));
        assert_eq!(
            answers(b"Hello, "),
            "error: an answer to \"Rose\" is cut after 7 of its 12 bytes: \"Hello, \""
        );
        assert!(answers(b"Hello, Rose!Hel").contains("more glued to it after its 12 bytes"));
        assert!(answers(b"Rose!").contains("after 0 bytes"));
        assert!(answers(b"Hello, Think!").contains("after 7 bytes"));
    }

    #[test]
    fn its_welcome_may_be_cut_too() {
        assert!(told(Greeter::default().welcomes(b"Welc")).contains("cut after 4 of its 8"));
        assert!(told(Greeter::default().welcomes(b"Welcome!\n")).contains("glued"));
    }

    #[test]
    fn of_another_server_nothing_is_known() {
        let mut other = Greeter::default();
        other.welcomes(b"220 ready").unwrap();
        other.answers("Rose", b"Rose").unwrap();
    }
}
