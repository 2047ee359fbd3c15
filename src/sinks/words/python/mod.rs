//! Calls and answers in Python: the call, and behind `#` what it gives or raises.

mod literal;

use super::names::SocketNames;
use crate::trace::{
    Address, Answer, Awaited, Bytes, Call, Event, Fact, UnixName, Value, Waiting, excerpt, hex,
};
use literal::{blocking, bytes, constant, exception, milliseconds, request_number, text};
use std::net::SocketAddr;

/// What a value is written with: the names of the sockets, as they are in one event.
struct Scope<'a> {
    event: &'a Event,
    names: &'a SocketNames,
}

impl Scope<'_> {
    fn name(&self, fd: i32) -> String {
        self.names.of(self.event, fd)
    }
}

/// `listener.getsockname()  # ('127.0.0.1', 42693)`
pub fn line(event: &Event, names: &SocketNames) -> String {
    let sockets = &Scope { event, names };
    let waiting =
        |awaited: &Awaited, how| awaited.sentence(how, &sockets.name(awaited.fd)).to_string();
    match &event.fact {
        Fact::Called(asked) => call(asked, sockets),
        Fact::Waits(awaited) => waiting(awaited, Waiting::Waits),
        Fact::Waited(awaited) => waiting(awaited, Waiting::Now),
        Fact::Returned { call: asked, answer: given, .. } => {
            format!("{}  # {}", call(asked, sockets), answer(asked, given, sockets))
        }
        other => super::c::fact(other),
    }
}

fn call(call: &Call, sockets: &Scope) -> String {
    match (&*call.name, &call.arguments[..], call.fd) {
        // The standard library has no such function.
        ("getifaddrs", ..) => return "psutil.net_if_addrs()".into(),
        ("getaddrinfo", [Value::Bytes(name)], _) => {
            return format!("socket.getaddrinfo({}, None)", text(name));
        }
        ("sendmsg", [data, rights, passed @ Value::Fd(_)], Some(fd)) => {
            let (data, rights) = (value(data, sockets), ancillary(rights, passed, sockets));
            return format!("{}.sendmsg([{data}], {rights})", sockets.name(fd));
        }
        ("fcntl", [Value::Constant(command), flags], Some(fd)) if command == "F_SETFL" => {
            let flag = blocking(flags).unwrap_or_else(|| value(flags, sockets));
            return format!("{}.setblocking({flag})", sockets.name(fd));
        }
        ("posix_spawn", [Value::Bytes(program), output], None) => {
            let words = program.kept().split(|byte| *byte == b' ');
            let words: Vec<String> = words.map(|word| text(&Bytes::new(word))).collect();
            let output = value(output, sockets);
            return format!("subprocess.Popen([{}], stdout={output})", words.join(", "));
        }
        ("kill" | "wait4", [pid, rest @ ..], None) => {
            let rest = rest.first().map_or("0".into(), |signal| value(signal, sockets));
            return format!("os.{}({}, {rest})", call.name, value(pid, sockets));
        }
        ("tgkill", [signal], None) => {
            return format!("signal.pthread_kill(thread, {})", value(signal, sockets));
        }
        ("ioctl", [Value::Constant(request)], Some(fd)) => {
            let number = request_number(request);
            return format!("fcntl.ioctl({}, {number}, bytes(4))", sockets.name(fd));
        }
        ("poll", [.., longest], None) => {
            // Which sockets it asks for what, `register` says before.
            return format!("poll.poll({})", milliseconds(longest));
        }
        _ => {}
    }
    let (method, keeps) = method(call);
    let shown =
        |argument: &Value| linger(call, argument).unwrap_or_else(|| value(argument, sockets));
    let arguments = call.arguments.iter().filter(|_| keeps).map(shown);
    let arguments = arguments.collect::<Vec<_>>().join(", ");
    match call.fd {
        None if method == "open" => format!("open({arguments}, 'rb').read()"),
        None => format!("socket.{method}({arguments})"),
        Some(fd) => format!("{}.{method}({arguments})", sockets.name(fd)),
    }
}

/// `SO_LINGER` is two numbers: whether it is on, and for how many seconds.
fn linger(call: &Call, value: &Value) -> Option<String> {
    match value {
        _ if !call.arguments.contains(&Value::Constant("SO_LINGER".into())) => None,
        Value::Time(Some(time)) => Some(format!("struct.pack('ii', 1, {})", time.as_secs())),
        off if off.to_string() == "off" => Some("struct.pack('ii', 0, 0)".into()),
        _ => None,
    }
}

/// `[(listener, select.POLLIN)]`
fn events(ready: &[Value], sockets: &Scope) -> String {
    let pair = |pair: &[Value]| {
        let [socket, Value::Constant(events)] = pair else { return String::new() };
        let names = events.split('|').map(|name| format!("select.{name}"));
        format!("({}, {})", value(socket, sockets), names.collect::<Vec<_>>().join(" | "))
    };
    format!("[{}]", ready.chunks(2).map(pair).collect::<Vec<_>>().join(", "))
}

/// What Python calls a function of the manual, and whether it takes the same arguments.
fn method(call: &Call) -> (&str, bool) {
    match (&*call.name, &call.arguments[..]) {
        ("fcntl", [Value::Constant(command), ..]) if command == "F_DUPFD_CLOEXEC" => ("dup", false),
        ("fcntl", [Value::Constant(command)]) if command == "F_GETFL" => ("getblocking", false),
        (same, _) => (same, true),
    }
}

/// What goes along with a message.
fn ancillary(kind: &Value, passed: &Value, sockets: &Scope) -> String {
    format!("[(socket.SOL_SOCKET, {}, {})]", value(kind, sockets), value(passed, sockets))
}

/// `(data, ancdata, flags, address)`
fn message(data: &Value, more: &[Value], sockets: &Scope) -> String {
    let (along, flags) = match more {
        [kind, passed @ Value::Fd(_)] => (ancillary(kind, passed, sockets), "0".into()),
        [flags] => ("[]".into(), value(flags, sockets)),
        _ => ("[]".into(), "0".into()),
    };
    format!("({}, {along}, {flags}, None)", value(data, sockets))
}

fn answer(call: &Call, answer: &Answer, sockets: &Scope) -> String {
    let values = match answer {
        Answer::Error(errno) => return exception(errno),
        Answer::Ok(values) => &values[..],
    };
    match (&*call.name, values) {
        (_, []) => "None".into(),
        ("recv", [_, data]) => value(data, sockets),
        ("recvfrom", [_, data, from]) => {
            format!("({}, {})", value(data, sockets), value(from, sockets))
        }
        ("recvmsg", [_, data, more @ ..]) => message(data, more, sockets),
        ("poll", [_, ready @ ..]) => events(ready, sockets),
        ("fcntl", [one]) => blocking(one).unwrap_or_else(|| value(one, sockets)),
        ("getsockopt", [one]) => linger(call, one).unwrap_or_else(|| value(one, sockets)),
        (_, [one]) => value(one, sockets),
        (_, several) => {
            let parts: Vec<String> = several.iter().map(|part| value(part, sockets)).collect();
            format!("({})", parts.join(", "))
        }
    }
}

fn value(value: &Value, sockets: &Scope) -> String {
    match value {
        Value::Fd(fd) => sockets.name(*fd),
        Value::Address(Address::Inet(SocketAddr::V4(address))) => {
            format!("('{}', {})", address.ip(), address.port())
        }
        Value::Address(Address::Inet(SocketAddr::V6(address))) => {
            let (flow, scope) = (address.flowinfo(), address.scope_id());
            format!("('{}', {}, {flow}, {scope})", address.ip(), address.port())
        }
        Value::Address(Address::Unix(UnixName::Unnamed)) => "''".into(),
        Value::Address(Address::Unix(UnixName::Path(path))) => format!("'{path}'"),
        Value::Address(Address::Unix(UnixName::Abstract(name))) => format!("b'\\x00{name}'"),
        Value::Address(other) => other.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Constant(name) => constant(name),
        Value::Words(words) => words.to_string(),
        Value::Time(time) => {
            let time = time.unwrap_or_default();
            format!("struct.pack('ll', {}, {})", time.as_secs(), time.subsec_micros())
        }
        Value::Bytes(data) => bytes(data),
        Value::Hex(data) => {
            let (shown, more) = excerpt(data);
            format!("bytes.fromhex('{}'){more}", hex(&Bytes::new(shown)))
        }
        Value::Machine(inner) | Value::Run(inner) => self::value(inner, sockets),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::Condition;

    fn event(fact: Fact) -> Event {
        Event::new("x".into(), 0, fact)
    }

    fn returned(call: Call, values: Vec<Value>) -> Event {
        event(Fact::Returned { call, answer: Answer::Ok(values), names: None })
    }

    #[test]
    fn names_of_c_are_found_in_the_module() {
        assert_eq!(constant("SOCK_DGRAM|SOCK_CLOEXEC"), "socket.SOCK_DGRAM");
        assert_eq!(constant("40000 to 40001"), "40000 to 40001");
        let file = Call::new("open").with(Value::Bytes(Bytes::new(b"/proc/net/tcp")));
        let read = line(&event(Fact::Called(file)), &SocketNames::default());
        assert_eq!(read, "open(b'/proc/net/tcp', 'rb').read()");
    }

    #[test]
    fn a_name_is_text() {
        let name = Call::new("getaddrinfo").with(Value::Bytes(Bytes::new(b"localhost")));
        let asked = line(&event(Fact::Called(name)), &SocketNames::default());
        assert_eq!(asked, "socket.getaddrinfo('localhost', None)");
    }

    #[test]
    fn what_is_another_method_in_python_is_that_one() {
        let sockets = SocketNames::some(&[(3, "client"), (7, "far")]);
        let constant = |name: &'static str| Value::Constant(name.into());
        let data = || Value::Bytes(Bytes::new(b"for you"));
        let returned = |call, values| line(&returned(call, values), &sockets);
        let get = Call::on(3, "fcntl").with(constant("F_GETFL"));
        assert_eq!(returned(get, vec![constant("O_RDWR")]), "client.getblocking()  # True");
        let set =
            Call::on(3, "fcntl").with(constant("F_SETFL")).with(constant("O_RDWR|O_NONBLOCK"));
        assert_eq!(returned(set, vec![]), "client.setblocking(False)  # None");
        let pass =
            Call::on(3, "sendmsg").with(data()).with(constant("SCM_RIGHTS")).with(Value::Fd(7));
        let rights = "[(socket.SOL_SOCKET, socket.SCM_RIGHTS, far)]";
        let passed = returned(pass, vec![Value::Number(7)]);
        assert_eq!(passed, format!("client.sendmsg([b'for you'], {rights})  # 7"));
        let receive = Call::on(3, "recvmsg").with(Value::Number(9));
        let with_rights = vec![Value::Number(7), data(), constant("SCM_RIGHTS"), Value::Fd(7)];
        let taken = returned(receive.clone(), with_rights);
        assert_eq!(taken, format!("client.recvmsg(9)  # (b'for you', {rights}, 0, None)"));
        let cut = returned(receive, vec![Value::Number(7), data(), constant("MSG_TRUNC")]);
        assert_eq!(cut, "client.recvmsg(9)  # (b'for you', [], socket.MSG_TRUNC, None)");
        let poll = Call::new("poll").with(Value::Fd(3)).with(constant("POLLIN"));
        let ready = vec![Value::Number(1), Value::Fd(3), constant("POLLIN|POLLHUP")];
        let polled = returned(poll.with(Value::Time(None)), ready);
        assert_eq!(polled, "poll.poll()  # [(client, select.POLLIN | select.POLLHUP)]");
        let waits = Fact::Waits(Awaited { fd: 3, until: Condition::Acknowledged });
        assert_eq!(line(&event(waits), &sockets), "waits until client has no unacknowledged bytes");
    }

    #[test]
    fn long_data_is_shown_in_part() {
        let long = Value::Hex(Bytes::new(&[7; 49]));
        let want = format!("bytes.fromhex('{}')…", ["07"; 48].join(" "));
        let got = line(&returned(Call::on(3, "x"), vec![long]), &SocketNames::default());
        assert_eq!(got, format!("s3.x()  # {want}"));
        assert_eq!(bytes(&Bytes::new(&[b'x'; 49])), format!("b'{}'…", "x".repeat(48)));
    }
}
