//! The words in which other systems and languages tell of errors that glibc words differently.

/// What is said, and the name of the error. Each is a part that does not depend on the release.
pub const OTHER_WORDS: &[(&str, &str)] = &[
    // Darwin: strerror(3) and gai_strerror(3).
    ("Can't assign requested address", "EADDRNOTAVAIL"),
    ("Address family not supported by protocol family", "EAFNOSUPPORT"),
    ("Operation timed out", "ETIMEDOUT"),
    ("Socket is already connected", "EISCONN"),
    ("Socket is not connected", "ENOTCONN"),
    ("Can't send after socket shutdown", "ESHUTDOWN"),
    ("nodename nor servname provided, or not known", "EAI_NONAME"),
    // Windows: FormatMessage.
    ("Only one usage of each socket address", "EADDRINUSE"),
    ("The requested address is not valid in its context", "EADDRNOTAVAIL"),
    ("in a way forbidden by its access permissions", "EACCES"),
    ("A non-blocking socket operation could not be completed immediately", "EAGAIN"),
    ("actively refused", "ECONNREFUSED"),
    ("forcibly closed by the remote host", "ECONNRESET"),
    ("aborted by the software in your host machine", "ECONNABORTED"),
    ("An operation was attempted on something that is not a socket", "ENOTSOCK"),
    ("because the socket is not connected", "ENOTCONN"),
    ("A connect request was made on an already connected socket", "EISCONN"),
    ("did not properly respond after a period of time", "ETIMEDOUT"),
    ("attempted to an unreachable network", "ENETUNREACH"),
    ("attempted to an unreachable host", "EHOSTUNREACH"),
    ("had already been shut down in that direction", "ESHUTDOWN"),
    ("larger than the internal message buffer", "EMSGSIZE"),
    ("getaddrinfo failed", "EAI_NONAME"),
    // The words of Go, curl and Java.
    ("no such host", "EAI_NONAME"),
    ("Could not resolve host", "EAI_NONAME"),
    ("UnknownHostException", "EAI_NONAME"),
    ("i/o timeout", "ETIMEDOUT"),
];
