//! The states of TCP: what they mean, who is in them, and how one comes and goes. RFC 9293, section
//! 3.3.2 and its figure 5.

/// A state of one end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// As the RFC and `ss(8)` write it.
    pub name: &'static str,
    pub meaning: &'static str,
    /// Which end is in it, or which program has to do something.
    pub who: &'static str,
    /// For how long.
    pub lasts: &'static str,
    /// What to do if there are many of them.
    pub hint: &'static str,
}

/// In the order in which a connection may go through them.
pub const STATES: [State; 11] = [
    State {
        name: "CLOSED",
        meaning: "no connection: not yet, or not any more",
        who: "a socket that has neither called listen nor connect, or whose connection is over",
        lasts: "as long as the program keeps the descriptor",
        hint: "nothing: it holds no port unless it is bound",
    },
    State {
        name: "LISTEN",
        meaning: "`listen` was called: it waits for connections",
        who: "a server's listener",
        lasts: "until the program closes it",
        hint: "`ss -tlnp` says which program it is",
    },
    State {
        name: "SYN-SENT",
        meaning: "`connect` was called: SYN is sent, and not answered yet",
        who: "a client that nobody answers: the other machine is off, or throws the request away",
        lasts: "about two minutes on Linux, with six repetitions (tcp_syn_retries)",
        hint: "a look whether the address and the port are right, and whether a firewall is there",
    },
    State {
        name: "SYN-RECEIVED",
        meaning: "a SYN has come and is answered; this end still waits for the third packet, or, \
                  if its listener wants it so, for the first word",
        who: "a server's kernel; no program knows of it yet",
        lasts: "about a minute on Linux, with five repetitions (tcp_synack_retries)",
        hint: "a look at the network if there are many: the third packets do not come",
    },
    State {
        name: "ESTABLISHED",
        meaning: "the connection stands: both ends may send",
        who: "both ends; a server's even before accept was called",
        lasts: "until one of them closes, for ever if neither does",
        hint: "time-outs or keepalive, if the other ends may be gone without a word",
    },
    State {
        name: "FIN-WAIT-1",
        meaning: "this end has closed, and its FIN is not acknowledged yet",
        who: "the end that closed first, while the other one has no room or is gone",
        lasts: "a moment; without an answer until the kernel gives up (tcp_orphan_retries)",
        hint: "a look whether the other end still reads",
    },
    State {
        name: "FIN-WAIT-2",
        meaning: "this end has closed, and the other kernel knows; the other end has not closed",
        who: "the end that closed first; the other one is in CLOSE-WAIT",
        lasts: "60 seconds on Linux, if the program has closed (tcp_fin_timeout); after shutdown \
                until the other end closes",
        hint: "a look at the other program: it has not called close",
    },
    State {
        name: "CLOSE-WAIT",
        meaning: "the other end has closed; this program has not",
        who: "the program that forgets to close after recv has given 0",
        lasts: "until this program calls close: no timer ends it",
        hint: "finding the missing close in this program: `ss -tnp state close-wait`",
    },
    State {
        name: "CLOSING",
        meaning: "both ends have closed at the same time, and the acknowledgement is missing",
        who: "both ends",
        lasts: "as long as an acknowledgement takes: one hardly ever sees it",
        hint: "nothing",
    },
    State {
        name: "LAST-ACK",
        meaning: "the other end had closed, now this one has; the last acknowledgement is missing",
        who: "the end that closed second",
        lasts: "as long as an acknowledgement takes, or until the kernel gives up",
        hint: "nothing",
    },
    State {
        name: "TIME-WAIT",
        meaning: "over; the end that closed first remembers it for a minute, so that late packets \
                  do no harm",
        who: "the end that closed first, and nobody's descriptor",
        lasts: "60 seconds on Linux, and nothing changes that",
        hint: "SO_REUSEADDR before bind, at the old server and at the new one; letting the client \
               close first",
    },
];

/// From which state to which, and why: what happens, and what is sent then; nothing, if that is a
/// dash. Figure 5, with the transition that its second note adds.
pub const TRANSITIONS: [(&str, &str, &str); 21] = [
    ("CLOSED", "LISTEN", "listen / –"),
    ("LISTEN", "CLOSED", "close / –"),
    ("CLOSED", "SYN-SENT", "connect / SYN"),
    ("SYN-SENT", "CLOSED", "close / –"),
    ("LISTEN", "SYN-RECEIVED", "SYN / SYN-ACK"),
    ("SYN-RECEIVED", "LISTEN", "RST / –"),
    ("LISTEN", "SYN-SENT", "send / SYN"),
    ("SYN-SENT", "SYN-RECEIVED", "SYN / SYN-ACK"),
    ("SYN-SENT", "ESTABLISHED", "SYN-ACK / ACK"),
    ("SYN-RECEIVED", "ESTABLISHED", "ACK / –"),
    ("SYN-RECEIVED", "FIN-WAIT-1", "close / FIN"),
    ("ESTABLISHED", "FIN-WAIT-1", "close / FIN"),
    ("FIN-WAIT-1", "FIN-WAIT-2", "ACK / –"),
    ("FIN-WAIT-1", "CLOSING", "FIN / ACK"),
    ("FIN-WAIT-1", "TIME-WAIT", "FIN-ACK / ACK"),
    ("FIN-WAIT-2", "TIME-WAIT", "FIN / ACK"),
    ("CLOSING", "TIME-WAIT", "ACK / –"),
    ("ESTABLISHED", "CLOSE-WAIT", "FIN / ACK"),
    ("CLOSE-WAIT", "LAST-ACK", "close / FIN"),
    ("LAST-ACK", "CLOSED", "ACK / –"),
    ("TIME-WAIT", "CLOSED", "timeout / –"),
];

/// The state of that name, in capitals or not, with hyphens or not, as the RFC, `ss(8)` or the
/// kernel writes it.
pub fn named(given: &str) -> Option<&'static State> {
    let plain = |name: &str| name.to_uppercase().replace(['-', '_', ' '], "");
    let given = plain(given.strip_prefix("TCP_").unwrap_or(given));
    let other = OTHER_NAMES.iter().find(|(other, _)| plain(other) == given);
    let given = other.map_or(given, |(_, name)| plain(name));
    STATES.iter().find(|state| plain(state.name) == given)
}

/// What `ss(8)`, `netstat(8)` and the kernel call some of them.
const OTHER_NAMES: [(&str, &str); 6] = [
    ("ESTAB", "ESTABLISHED"),
    ("SYN-RECV", "SYN-RECEIVED"),
    ("SYN-RCVD", "SYN-RECEIVED"),
    ("UNCONN", "CLOSED"),
    ("CLOSE", "CLOSED"),
    ("LISTENING", "LISTEN"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_known_by_each_of_its_names() {
        let cases = [
            ("time-wait", "TIME-WAIT"),
            ("TIME_WAIT", "TIME-WAIT"),
            ("TCP_FIN_WAIT1", "FIN-WAIT-1"),
            ("FIN_WAIT_2", "FIN-WAIT-2"),
            ("Estab", "ESTABLISHED"),
            ("SYN_RECV", "SYN-RECEIVED"),
        ];
        for (given, name) in cases {
            assert_eq!(named(given).map(|state| state.name), Some(name), "{given}");
        }
        assert_eq!(named("WAIT"), None);
        assert!(OTHER_NAMES.iter().all(|(_, name)| named(name).is_some()));
    }

    #[test]
    fn a_transition_leads_from_state_to_state() {
        let is_state = |name: &str| STATES.iter().any(|state| state.name == name);
        assert!(TRANSITIONS.iter().all(|(from, to, _)| is_state(from) && is_state(to)));
    }
}
