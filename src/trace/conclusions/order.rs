//! Puts the events of a free run in an order in which every cause stands before its effect.

use crate::trace::{Event, Name, Trace};
use std::collections::HashMap;

impl Trace {
    /// The same run, rearranged as little as possible so that no effect stands before its cause.
    ///
    /// Lanes that run freely write down their answers when they come round to it: a `recv` may be
    /// on record before the `send` that fed it has returned. The order within a lane never changes.
    pub fn put_in_causal_order(&mut self) {
        let before = Before::of(self);
        let mut order = Vec::with_capacity(self.events.len());
        let mut placed = vec![false; self.events.len()];
        for place in 0..self.events.len() {
            before.put(place, &mut placed, &mut order);
        }
        let mut events: Vec<Option<Event>> =
            std::mem::take(&mut self.events).into_iter().map(Some).collect();
        self.events = order.into_iter().filter_map(|place| events[place].take()).collect();
    }

    /// The same run in that order.
    pub fn in_causal_order(mut self) -> Trace {
        self.put_in_causal_order();
        self
    }
}

/// What has to stand before each event: the one before it in its lane, and its cause in another.
struct Before {
    in_lane: Vec<Option<usize>>,
    cause: HashMap<usize, usize>,
}

impl Before {
    fn of(trace: &Trace) -> Before {
        let mut last: HashMap<&Name, usize> = HashMap::new();
        let places = trace.events.iter().enumerate();
        let in_lane = places
            .map(|(place, event): (usize, &Event)| last.insert(&event.actor, place))
            .collect();
        let cause = trace.arrows().iter().map(|arrow| (arrow.to, arrow.from)).collect();
        Before { in_lane, cause }
    }

    /// Puts an event in its place, after everything that has to stand before it.
    fn put(&self, place: usize, placed: &mut [bool], order: &mut Vec<usize>) {
        let mut waiting = vec![place];
        while let Some(&next) = waiting.last() {
            let needs = [self.in_lane[next], self.cause.get(&next).copied()];
            match needs
                .into_iter()
                .flatten()
                .find(|&need| !placed[need] && !waiting.contains(&need))
            {
                Some(need) => waiting.push(need),
                None => {
                    waiting.pop();
                    if !std::mem::replace(&mut placed[next], true) {
                        order.push(next);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::trace::{Address, Answer, Bytes, Call, Event, Fact, Names, Playbill, Trace, Value};

    fn event(actor: &str, fact: Fact) -> Event {
        Event::new(actor.into(), 0, fact)
    }

    fn address(port: u16) -> Address {
        Address::Inet(([127, 0, 0, 1], port).into())
    }

    fn returned(
        actor: &str,
        call: Call,
        values: Vec<Value>,
        names: Option<(i32, u16, u16)>,
    ) -> [Event; 2] {
        let names = names.map(|(of, local, peer)| Names {
            of,
            local: Some(address(local)),
            peer: (peer > 0).then(|| address(peer)),
        });
        let answer = Answer::Ok(values);
        let called = event(actor, Fact::Called(call.clone()));
        [called, event(actor, Fact::Returned { call, answer, names })]
    }

    fn data(bytes: &[u8]) -> Vec<Value> {
        vec![Value::Number(bytes.len() as i64), Value::Bytes(Bytes::new(bytes))]
    }

    /// A free run: the client's answers are written down after what they caused in the server.
    fn late_client() -> Trace {
        let [_, listened] = returned("server", Call::on(3, "listen"), vec![], Some((3, 80, 0)));
        let [connect, connected] =
            returned("client", Call::on(4, "connect"), vec![], Some((4, 5000, 80)));
        let [accept, accepted] =
            returned("server", Call::on(3, "accept"), vec![Value::Fd(5)], Some((5, 80, 5000)));
        let [send, sent] = returned("client", Call::on(4, "send"), vec![Value::Number(4)], None);
        let [recv, received] = returned("server", Call::on(5, "recv"), data(b"Rose"), None);
        let [close, closed] = returned("client", Call::on(4, "close"), vec![], None);
        let [recv_end, end] = returned("server", Call::on(5, "recv"), vec![Value::Number(0)], None);
        let mut trace = Trace::new(Playbill::default());
        trace.events = vec![
            listened, accept, connect, accepted, connected, recv, send, received, sent, recv_end,
            close, end, closed,
        ];
        trace
    }

    fn names(trace: &Trace) -> Vec<String> {
        let answers = trace.events.iter().filter(|event| event.answer().is_some());
        answers.map(|event| event.call().unwrap().name.to_string()).collect()
    }

    #[test]
    fn every_cause_stands_before_its_effect() {
        let recorded = late_client();
        assert_eq!(
            names(&recorded),
            ["listen", "accept", "connect", "recv", "send", "recv", "close"]
        );
        let ordered = recorded.in_causal_order();
        assert_eq!(
            names(&ordered),
            ["listen", "connect", "accept", "send", "recv", "close", "recv"]
        );
        assert!(ordered.arrows().iter().all(|arrow| arrow.from < arrow.to));
        assert_eq!(ordered.arrows().len(), 4);
    }

    /// The kernel gave the second listener the port that the first one had.
    #[test]
    fn a_port_may_have_two_listeners_one_after_the_other() {
        let listen = || returned("server", Call::on(3, "listen"), vec![], Some((3, 80, 0)));
        let connect =
            |port| returned("client", Call::on(4, "connect"), vec![], Some((4, port, 80)));
        let accept = |port| {
            returned("server", Call::on(3, "accept"), vec![Value::Fd(5)], Some((5, 80, port)))
        };
        let mut trace = Trace::new(Playbill::default());
        let parts = [listen(), connect(5000), accept(5000), listen(), connect(5002), accept(5002)];
        trace.events = parts.into_iter().flatten().collect();
        assert!(trace.arrows().iter().all(|arrow| arrow.from < arrow.to), "{:?}", trace.arrows());
        assert_eq!(trace.arrows().len(), 4);
        assert_eq!(trace.clone().in_causal_order(), trace);
    }

    #[test]
    fn a_run_in_order_stays_as_it_is() {
        let ordered = late_client().in_causal_order();
        assert_eq!(ordered.clone().in_causal_order(), ordered);
    }
}
