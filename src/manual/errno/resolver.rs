//! The errors of `getaddrinfo(3)`, which looks a name up: they have numbers of their own.

use super::explained::Explanation;
use super::known::Known;

macro_rules! number {
    (-) => {
        None
    };
    ($number:literal) => {
        Some($number)
    };
}

macro_rules! resolver {
    ($(
        $name:ident $linux:literal $macos:literal $windows:tt $words:literal:
        $meaning:literal, $when:literal, $hint:literal;
    )*) => {
        /// In alphabetical order. The numbers are those of `netdb.h` of the GNU C library and of
        /// Darwin, as the crate libc has them, and of `ws2tcpip.h`: it gives them other names,
        /// whose numbers the crate windows-sys has.
        pub const RESOLVER: &[Known] = &[$(Known {
            name: stringify!($name),
            numbers: [Some($linux), Some($macos), number!($windows)],
            words: $words,
            python: "gaierror",
            lesson: None,
            explanation: Explanation { meaning: $meaning, when: $when, hint: $hint },
        },)*];

        #[cfg(all(test, target_os = "linux", target_env = "gnu"))]
        const OF_LIBC: &[i32] = &[$(libc::$name,)*];
    };
}

resolver! {
    EAI_AGAIN -3 2 11002 "Temporary failure in name resolution":
        "no name server answers just now",
        "getaddrinfo, without a way to the network or to the name server",
        "the network first: `ip route`, /etc/resolv.conf; then again";
    EAI_BADFLAGS -1 3 10022 "Bad value for ai_flags":
        "the flags do not go together",
        "getaddrinfo, with a flag that does not exist, or with AI_CANONNAME and no name",
        "a struct addrinfo that is all zeros first";
    EAI_FAIL -4 4 11003 "Non-recoverable failure in name resolution":
        "the name server answers that it cannot answer",
        "getaddrinfo, of a name server that is broken",
        "another name server";
    EAI_FAMILY -6 5 10047 "ai_family not supported":
        "that address family is not known here",
        "getaddrinfo, with an ai_family that this machine does not have",
        "AF_UNSPEC, AF_INET or AF_INET6";
    EAI_MEMORY -10 6 8 "Memory allocation failure":
        "there is not enough memory",
        "getaddrinfo",
        "closing other programs";
    EAI_NODATA -5 7 - "No address associated with hostname":
        "the name exists, and has no address of that family",
        "getaddrinfo, for IPv6 of a name that has IPv4 only, or the other way round",
        "AF_UNSPEC, which takes both";
    EAI_NONAME -2 8 11001 "Name or service not known":
        "nobody knows that name",
        "getaddrinfo, and so connect and bind in Python, with a host name that is misspelt, that \
         has http:// in front or a port behind, or that only another machine has in /etc/hosts",
        "the name alone, or the address: 127.0.0.1 for this machine";
    EAI_OVERFLOW -12 14 - "Argument buffer overflow":
        "the name does not fit into the room for it",
        "getnameinfo, with a buffer that is too short",
        "a buffer of NI_MAXHOST bytes";
    EAI_SERVICE -8 9 10109 "Servname not supported for ai_socktype":
        "no service of that name has a port",
        "getaddrinfo, with a word for the port that /etc/services does not have, or not for that \
         type",
        "the port as a number";
    EAI_SOCKTYPE -7 10 10044 "ai_socktype not supported":
        "that type goes with no such protocol",
        "getaddrinfo, with an ai_socktype that does not exist or does not fit ai_protocol",
        "SOCK_STREAM or SOCK_DGRAM, and 0 for the protocol";
    EAI_SYSTEM -11 11 - "System error":
        "another call failed, and errno says why",
        "getaddrinfo",
        "errno, with perror or strerror";
}

#[cfg(all(test, target_os = "linux", target_env = "gnu"))]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_linux_are_those_of_the_c_library() {
        assert!(RESOLVER.iter().map(|known| known.numbers[0].unwrap()).eq(OF_LIBC.iter().copied()));
    }
}
