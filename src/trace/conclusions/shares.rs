//! Which of several listeners with one address has got a connection: a hash decides, and the kernel
//! makes up the key of it.

use crate::trace::{Address, Aspect, Change, Descriptor, Does, Event, Fact, Processes, TcpState};
use std::collections::HashMap;

/// What stands for a change that another run would tell of another listener: none.
const NO_CHANGE: Aspect = Aspect::State {
    before: Some(TcpState::Listen),
    after: Some(TcpState::Listen),
    expires_ms: None,
};

/// Passes over how many connections wait at each of several listeners with one address. What a call
/// says of it is a value of this run.
pub(super) fn pass_over_shares(events: &mut [Event]) {
    let mut listeners = Listeners::default();
    for event in events {
        listeners.learn(event);
        if !listeners.is_about_a_share(event) {
            continue;
        }
        match &mut event.fact {
            Fact::Changed(change) => change.what = NO_CHANGE,
            Fact::Returned { answer, .. } => {
                let values = answer.values_mut().iter_mut();
                values.for_each(|value| *value = value.clone().of_this_run());
            }
            _ => {}
        }
    }
}

/// The listeners that there are, while a trace is read, and their addresses.
#[derive(Default)]
struct Listeners {
    open: HashMap<Descriptor, Address>,
    processes: Processes,
}

impl Listeners {
    fn learn(&mut self, event: &Event) {
        self.processes.learn(event);
        let Some(call) = event.call() else { return };
        match call.does() {
            Some(Does::Listen) => {
                let named = event.names().and_then(|names| Some((names.of, names.local.clone()?)));
                if let Some((fd, local)) = named {
                    self.open.insert(self.processes.descriptor(event, fd), local);
                }
            }
            Some(Does::Close) if event.is_call() => {
                let closed = call.fd.map(|fd| self.processes.descriptor(event, fd));
                closed.and_then(|closed| self.open.remove(&closed));
            }
            _ => {}
        }
    }

    /// Whether it tells how many connections wait at a listener, and another one has its address.
    fn is_about_a_share(&self, event: &Event) -> bool {
        let fd =
            match &event.fact {
                Fact::Changed(Change {
                    socket, what: Aspect::Queue { before, after, .. }, ..
                }) if before != after => socket.fd,
                Fact::Returned { call, .. } if call.says("TCP_INFO") => call.fd,
                _ => None,
            };
        let listener = fd.map(|fd| self.processes.descriptor(event, fd));
        let address = listener.and_then(|listener| self.open.get(&listener));
        address.is_some_and(|one| self.open.values().filter(|other| *other == one).count() > 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sentence;
    use crate::trace::conclusions::example::{address, called, event, named, trace};
    use crate::trace::{Answer, Call, Subject, Value};

    fn listens(fd: i32, port: u16) -> Event {
        named("server", 1, Call::on(fd, "listen"), (fd, port, 0))
    }

    /// A connection comes to a listener, and then somebody asks.
    fn grows(fd: i32, port: u16) -> [Event; 2] {
        let what = Aspect::Queue { before: 0, after: 1, limit: 5 };
        let socket = Subject { fd: Some(fd), was: None, local: Some(address(port)), peer: None };
        let call = Call::on(fd, "getsockopt").with(Value::Constant("TCP_INFO".into()));
        let answer = Answer::Ok(vec![Value::Words(sentence!("{n} waiting", n = 1))]);
        let asked = Fact::Returned { call, answer, names: None };
        [Fact::Changed(Change::new(socket, what)), asked].map(|fact| event("server", 2, fact))
    }

    fn run(events: &[&[Event]]) -> Vec<Event> {
        trace(events.concat()).canonical().events
    }

    #[test]
    fn of_two_listeners_with_one_address_any_may_get_a_connection() {
        let two = [listens(3, 80), listens(4, 80)];
        assert_eq!(run(&[&two, &grows(3, 80)[..1]]), run(&[&two, &grows(4, 80)[..1]]));
        assert_eq!(run(&[&two, &grows(3, 80)]).len(), 3, "what was asked is still there");
    }

    #[test]
    fn of_one_alone_it_is_known() {
        let two = [listens(3, 80), listens(4, 81)];
        assert_ne!(run(&[&two, &grows(3, 80)]), run(&[&two, &grows(4, 81)]));
        let left = [listens(3, 80), listens(4, 80), called("server", 3, Call::on(3, "close"))];
        let events = run(&[&left, &grows(4, 80)]);
        assert!(events.last().unwrap().says("1 waiting"), "{events:?}");
    }
}
