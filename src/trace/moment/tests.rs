use super::*;
use crate::trace::{Answer, Does, Event, Fact, Playbill, Subject, Value};

fn change(what: Aspect) -> Fact {
    Fact::Changed(Change::new(Subject { fd: Some(3), was: None, local: None, peer: None }, what))
}

fn becomes(before: Option<TcpState>, after: Option<TcpState>) -> Aspect {
    Aspect::State { before, after, expires_ms: None }
}

fn run(facts: impl IntoIterator<Item = Fact>) -> Trace {
    let mut trace = Trace::new(Playbill::default());
    trace.events = facts.into_iter().map(|fact| Event::new("x".into(), 0, fact)).collect();
    trace
}

fn done(call: Call, values: Vec<Value>) -> [Fact; 2] {
    [Fact::Called(call.clone()), Fact::Returned { call, answer: Answer::Ok(values), names: None }]
}

fn stored(lesson: &str) -> Trace {
    let path = format!("{}/lessons/traces/{lesson}.jsonl", env!("CARGO_MANIFEST_DIR"));
    crate::trace::read(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The moment before the answer of a lane's call of that name, the one with that number.
fn before(trace: &Trace, lane: &str, call: &str, number: usize) -> Moment {
    let answer = trace.answers(lane, call).nth(number).unwrap();
    trace.moment(trace.place(answer))
}

fn descriptors(socket: &Socket) -> Vec<i32> {
    socket.held.iter().map(|held| held.descriptor.fd).collect()
}

#[test]
fn a_moment_is_what_the_changes_before_it_tell() {
    let trace = run([
        change(becomes(Some(TcpState::Close), Some(TcpState::Listen))),
        change(Aspect::Queue { before: 0, after: 1, limit: 5 }),
    ]);
    assert_eq!(trace.moment(0).sockets, []);
    assert_eq!(trace.moment(1).sockets[0].state, Some(TcpState::Listen));
    assert_eq!(trace.moment(2).sockets[0].queue, Some((1, 5)));
    for (place, event) in trace.events.iter().enumerate() {
        let Fact::Changed(next) = &event.fact else { unreachable!() };
        assert!(trace.moment(place).leads_to(next));
    }
    let Fact::Changed(queue) = &trace.events[1].fact else { unreachable!() };
    assert!(!trace.moment(2).leads_to(queue), "one waits already");
}

#[test]
fn a_socket_is_there_from_its_making_until_the_kernel_forgets_it() {
    let trace = stored("tcp-server");
    let early = before(&trace, "early client", "connect", 0);
    let kinds = early.sockets.iter().map(|socket| socket.kind.clone().unwrap().1);
    assert_eq!(kinds.collect::<Vec<_>>(), ["SOCK_STREAM", "SOCK_STREAM"]);
    assert_eq!(early.sockets[1].state, None, "nobody has told its state yet");
    assert!(early.sockets[0].local.as_ref().is_some_and(|local| local.port() != Some(0)));

    let end = trace.moment(trace.events.len());
    let states: Vec<_> = end.sockets.iter().map(|socket| socket.state).collect();
    assert_eq!(states, [Some(TcpState::TimeWait)], "it holds the port for a minute");
    assert_eq!((&end.sockets[0].was, &*end.sockets[0].held), (&Some(5), &[][..]));
}

#[test]
fn who_sleeps_is_in_a_call_that_has_not_returned() {
    let trace = stored("tcp-server");
    let moment = before(&trace, "client", "connect", 0);
    let asleep = moment.asleep();
    assert_eq!((asleep.len(), &*asleep[0].lane), (1, "server"), "{asleep:?}");
    assert!(matches!(&asleep[0].what, Pending::Call(call) if call.does() == Some(Does::Accept)));
    assert_eq!(asleep[0].socket, Some(0), "on the listener");
    let call = Call::on(9, "recv");
    let [called, _] = done(call, vec![]);
    assert_eq!(run([called]).moment(1).asleep(), [], "it is about to be made");
}

#[test]
fn a_number_that_is_given_again_is_another_socket() {
    let make = |fd| {
        let constant = |name: &'static str| Value::Constant(name.into());
        let call = Call::new("socket").with(constant("AF_INET")).with(constant("SOCK_DGRAM"));
        done(call, vec![Value::Fd(fd)])
    };
    let close = |fd| done(Call::on(fd, "close"), vec![]);
    let trace = run([make(3), close(3), make(3)].concat());
    let numbers = |events| {
        let sockets = trace.moment(events).sockets;
        sockets.iter().map(|socket| socket.number).collect::<Vec<_>>()
    };
    assert_eq!(numbers(3), [0], "close is about to be called");
    assert_eq!(numbers(4), [0; 0]);
    assert_eq!(numbers(6), [1]);
    let [close_called, close_returned] = close(3);
    let [make_called, make_returned] = make(3);
    let mut raced = run(make(3).into_iter().chain([close_called, make_called, make_returned]));
    raced.events.push(Event::new("y".into(), 0, close_returned));
    raced.events[2].actor = "y".into();
    let left = raced.moment(6).sockets;
    assert_eq!((left.len(), left[0].number), (1, 1), "another lane got the number: {left:?}");
}

#[test]
fn a_socket_may_have_several_descriptors() {
    let copied = before(&stored("half-close"), "server", "close", 1);
    assert!(copied.sockets.iter().any(|socket| descriptors(socket) == [4, 6]), "{copied:?}");

    let trace = stored("unix-socket");
    let received = trace.answers("program", "recvmsg").next().unwrap();
    let passed = trace.moment(trace.place(received) + 1);
    let of = |fd| passed.sockets.iter().find(|socket| descriptors(socket).contains(&fd)).unwrap();
    assert_eq!(of(7).number, of(8).number, "8 is what 7 is");

    let killed = before(&stored("half-close"), "server", "kill", 0);
    let child =
        killed.sockets.iter().find(|socket| socket.held.iter().any(|it| &*it.by == "sleep 1000"));
    assert_eq!(child.map(|socket| socket.held.len()), Some(1), "{killed:?}");
}
