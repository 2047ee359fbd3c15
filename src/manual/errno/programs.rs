//! Errors that no kernel gives: Python, or the program's own patience, says so.

use super::explained::Explanation;
use super::known::Known;

macro_rules! programs {
    ($(
        $name:literal $python:literal $words:literal $lesson:literal:
        $meaning:literal, $when:literal, $hint:literal;
    )*) => {
        /// The name, the class in Python, the words by which it is found, and a lesson about it.
        pub const PROGRAMS: &[Known] = &[$(Known {
            name: $name,
            numbers: [None; 3],
            words: $words,
            python: $python,
            lesson: Some($lesson),
            explanation: Explanation { meaning: $meaning, when: $when, hint: $hint },
        },)*];
    };
}

programs! {
    "b''" "no exception" "b''" "half-close":
        "the stream has ended: the other end has closed its direction",
        "recv, each time it is called from then on; a loop that does not look for it never ends",
        "`if not data: break`";
    "JSONDecodeError" "JSONDecodeError" "Extra data: line" "byte-stream":
        "one recv gave several messages at once, or a part of one",
        "json.loads, on what a single recv returned",
        "a line for each message, or its length in front";
    "struct.error" "struct.error" "unpack requires a buffer" "lengths":
        "there are more or fewer bytes than the format has",
        "struct.unpack, on what a single recv returned: it may be a part, or nothing at the end",
        "receiving until as many bytes are there as struct.calcsize says";
    "timed out" "TimeoutError" "timed out" "blocking":
        "the program's own time is over; the kernel has said nothing",
        "connect, accept, recv and send, after settimeout or setdefaulttimeout",
        "a longer settimeout, or finding out why the other end is silent";
    "TypeError" "TypeError" "a bytes-like object is required, not 'str'" "framing":
        "sockets carry bytes, and this is text",
        "send, sendall and sendto, with a str",
        "text.encode() before send, data.decode() after recv";
    "UnicodeDecodeError" "UnicodeDecodeError" "codec can't decode byte" "framing":
        "these bytes are no whole text: a character was cut in two, or they are of another coding",
        "decode, on what a single recv returned",
        "collecting a whole message first, and decoding it then";
    "UnpicklingError" "UnpicklingError" "pickle data was truncated" "lengths":
        "a part of the message has not come yet",
        "pickle.loads, on what a single recv returned",
        "the length in front, and receiving until all of it is there; no pickle from strangers";
}
