//! Who needs an option of a socket, and for what.

use super::options::Opt;

/// Who needs an option, if that is known here.
pub fn needed_by(opt: &Opt) -> Option<&'static str> {
    NEEDED_BY.iter().find(|(name, _)| *name == opt.name).map(|(_, who)| *who)
}

/// In alphabetical order: the name, and who needs it.
const NEEDED_BY: &[(&str, &str)] = &[
    ("IPV6_V6ONLY", "a server with a socket for IPv4 and another one for IPv6 at the same port"),
    ("IP_HDRINCL", "a program that builds its own packets, such as traceroute or a scanner"),
    ("IP_TTL", "traceroute; a program whose packets must not go far"),
    ("SO_BROADCAST", "a program that looks for its peers with a UDP broadcast"),
    ("SO_ERROR", "a program whose connect goes on in the background"),
    ("SO_KEEPALIVE", "a server whose clients may vanish without a word"),
    ("SO_LINGER", "a program that has to know at close whether its data arrived, or to reset"),
    ("SO_PASSCRED", "a server of AF_UNIX that must know who is talking"),
    ("SO_RCVBUF", "a receiver of much at once, or over a long way"),
    ("SO_RCVTIMEO", "a program that does not want to wait for ever in recv or accept"),
    ("SO_REUSEADDR", "every server that may be started again within a minute: set it before bind"),
    ("SO_REUSEPORT", "a server of several processes that each accept at the same port"),
    ("SO_SNDBUF", "a sender of much at once, or over a long way"),
    ("SO_SNDTIMEO", "a program that does not want to wait for ever in send or connect"),
    ("TCP_CORK", "a server that sends a head and a file as one stream of full segments"),
    ("TCP_DEFER_ACCEPT", "a server whose clients speak first, as with HTTP"),
    ("TCP_KEEPCNT", "whoever sets SO_KEEPALIVE and wants to know sooner"),
    ("TCP_KEEPIDLE", "whoever sets SO_KEEPALIVE: two hours is the default"),
    ("TCP_KEEPINTVL", "whoever sets SO_KEEPALIVE and wants to know sooner"),
    ("TCP_NODELAY", "a program that sends small messages and waits for each answer"),
    ("TCP_USER_TIMEOUT", "a sender that must know soon that nobody acknowledges"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manual::options::OPTS;

    #[test]
    fn who_needs_an_option_is_told_of_options_that_exist() {
        assert!(NEEDED_BY.is_sorted_by(|a, b| a.0 < b.0));
        assert!(NEEDED_BY.iter().all(|(name, _)| OPTS.iter().any(|opt| opt.name == *name)));
    }
}
