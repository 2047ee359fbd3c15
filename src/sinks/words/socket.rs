//! A socket of a moment in words.

use crate::catalogue::Sentence;
use crate::sentence;
use crate::trace::{Address, Fact, Held, Open, Pending, Socket};

/// `3 server`, `4, 6 server`, `(5) closed`: its descriptors and who used them last.
pub fn holders(socket: &Socket) -> Sentence {
    let number = |held: &Held| held.descriptor.fd.to_string();
    let mut text: Vec<String> = Vec::new();
    for (place, held) in socket.held.iter().enumerate() {
        let is_last = socket.held.get(place + 1).is_none_or(|next| next.by != held.by);
        let by = if is_last { format!(" {}", held.by) } else { String::new() };
        text.push(number(held) + &by);
    }
    match (text.is_empty(), socket.was) {
        (false, _) => sentence!("{held}", held = text.join(", ")),
        (true, Some(fd)) => sentence!("({fd}) closed", fd),
        (true, None) => sentence!("waits for accept"),
    }
}

/// `AF_INET SOCK_STREAM`
pub fn kind(socket: &Socket) -> String {
    socket.kind.as_ref().map_or(String::new(), |(family, kind)| format!("{family} {kind}"))
}

/// `ESTABLISHED`; nothing of what is not TCP.
pub fn state(socket: &Socket) -> String {
    socket.state.map_or(String::new(), |state| state.to_string())
}

pub fn address(address: Option<&Address>) -> String {
    address.map_or(String::new(), Address::to_string)
}

/// What waits in it, a few words each.
pub fn waiting(socket: &Socket) -> Vec<Sentence> {
    let Socket { unread, unacknowledged, dropped, .. } = *socket;
    let queue = socket.accept_queue();
    let queue = queue
        .map(|(waiting, limit)| sentence!("{waiting} of {limit} wait for accept", waiting, limit));
    let unread = (unread > 0).then(|| sentence!("{unread} bytes unread", unread));
    let sent = (unacknowledged > 0)
        .then(|| sentence!("{unacknowledged} bytes unacknowledged", unacknowledged));
    let dropped = (dropped > 0).then(|| sentence!("{dropped} datagrams dropped", dropped));
    [queue, unread, sent, dropped].into_iter().flatten().collect()
}

/// `server: accept(3)`
pub fn asleep(open: &Open) -> Sentence {
    let fact = match &open.what {
        Pending::Call(call) => Fact::Called(call.clone()),
        Pending::Condition(awaited) => Fact::Waits(*awaited),
    };
    sentence!("{lane}: {call}", lane = open.lane, call = super::in_c(&fact))
}
