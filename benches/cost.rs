//! What the witness costs, and what serve costs beside a bare server: figures of one run, and their
//! ratios.
//!
//! `cargo bench` prints them. Nothing is asserted: machines are noisy and shared.

#![expect(clippy::print_stdout, clippy::disallowed_macros, reason = "figures are printed")]

use socket_playground::error::Subject;
use socket_playground::live::Serve;
use socket_playground::net::{Domain, Protocol, SockAddr, Socket, Type};
use socket_playground::sinks::{Dialect, Json, Page, Story, Theme};
use socket_playground::stage::{self, Live, Play, Stage};
use socket_playground::trace::Sink;
use socket_playground::trace::{Ending, Event, Manner, Playbill};
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

const ROUND_TRIPS: u32 = 20_000;
const ROUNDS: usize = 5;

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("bare-server") => return bare_server(),
        Some("narrated-server") => return narrated_server(),
        _ => {}
    }
    witness_costs();
    view_costs();
    server_costs();
    narration_costs();
}

/// A sink that throws everything away.
struct Null;

impl Sink for Null {
    fn opens(&mut self, _: &Playbill) -> io::Result<()> {
        Ok(())
    }

    fn event(&mut self, _: &Event) -> io::Result<()> {
        Ok(())
    }

    fn closes(&mut self, _: &Ending) -> io::Result<()> {
        Ok(())
    }
}

fn witness_costs() {
    println!("echo round trips through net::Socket, median of {ROUNDS} rounds of {ROUND_TRIPS}:");
    let mut times = [const { Vec::new() }; 4];
    for _ in 0..ROUNDS {
        times[0].push(echo(None));
        times[1].push(echo(Some((Manner::Live, Box::new(Null)))));
        times[2].push(echo(Some((Manner::Live, Box::new(Json::new(io::sink()))))));
        times[3].push(echo(Some((Manner::Turns, Box::new(Null)))));
    }
    let names = ["untraced", "free, null sink", "free, JSON sink", "turns, null sink"];
    let medians = times.map(median);
    for (name, time) in names.iter().zip(medians) {
        let ratio = time.as_secs_f64() / medians[0].as_secs_f64();
        println!("  {name:18} {:8.2} µs   {ratio:6.2} of untraced", time.as_secs_f64() * 1e6);
    }
}

/// What it costs to look at the kernel, and at the wire.
fn view_costs() {
    const RUNS: usize = 20;
    println!("\na run of tcp-server, median of {RUNS}:");
    let views: [(&str, &[&str]); 3] =
        [("nothing", &["--no-kernel"]), ("the kernel's view", &[]), ("and the wire", &["--wire"])];
    let mut times = [const { Vec::new() }; 3];
    for _ in 0..RUNS {
        for (times, (_, flags)) in times.iter_mut().zip(views) {
            let began = Instant::now();
            let mut lesson = Command::new(env!("CARGO_BIN_EXE_playground"));
            let done =
                lesson.args(["lesson", "tcp-server"]).args(flags).stdout(Stdio::null()).status();
            assert!(done.unwrap().success());
            times.push(began.elapsed());
        }
    }
    let medians = times.map(median);
    for ((name, _), time) in views.iter().zip(medians) {
        let ratio = time.as_secs_f64() / medians[0].as_secs_f64();
        println!("  {name:18} {:8.2} ms   {ratio:6.2} of nothing", time.as_secs_f64() * 1e3);
    }
}

/// The time of one round trip.
fn echo(watched: Option<(Manner, Box<dyn Sink>)>) -> Duration {
    let trips =
        if matches!(watched, Some((Manner::Turns, _))) { ROUND_TRIPS / 20 } else { ROUND_TRIPS };
    let (send, taken) = channel();
    let play = move |stage: &Stage| {
        send.send(converse(stage, trips)?).unwrap();
        Ok(())
    };
    match watched {
        None => play(&Stage::unwatched()).unwrap(),
        Some((manner, sink)) => {
            let playbill = Playbill { manner, ..Playbill::default() };
            let play_bill = Play::new(playbill, Subject::Command("cost".into()), "client");
            stage::perform(play_bill, play, sink).1.unwrap();
        }
    }
    taken.recv().unwrap() / trips
}

fn converse(stage: &Stage, trips: u32) -> io::Result<Duration> {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    listener.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into())?;
    listener.listen(1)?;
    let address: SockAddr = listener.local_addr()?;
    let server = stage.actor("server", move || {
        let (connection, _) = listener.accept()?;
        let mut buffer = [0; 16];
        for _ in 0..trips {
            let length = connection.recv(&mut buffer)?;
            connection.send(&buffer[..length])?;
        }
        Ok(())
    });
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.connect(&address)?;
    let began = Instant::now();
    for _ in 0..trips {
        socket.send(b"Rose")?;
        socket.recv(&mut [0; 16])?;
    }
    let time = began.elapsed();
    server.join().unwrap()?;
    Ok(time)
}

/// A thread-per-client greeter on the bare standard library.
fn bare_server() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    println!("Listening on {}. ", listener.local_addr().unwrap());
    for connection in listener.incoming() {
        let mut connection = connection.unwrap();
        thread::spawn(move || -> io::Result<()> {
            connection.write_all(b"Welcome!")?;
            let mut buffer = [0; 1024];
            loop {
                let length = connection.read(&mut buffer)?;
                if length == 0 || &buffer[..length] == b"exit" {
                    return Ok(());
                }
                connection.write_all(&[b"Hello, ", &buffer[..length], b"!"].concat())?;
            }
        });
    }
}

/// serve, with a story that is written into memory.
fn narrated_server() {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let serve = Serve { address, delay: Duration::ZERO, idle: None, max_clients: usize::MAX };
    let page = Page::new(Vec::new(), Theme::Plain, Some(80));
    let story = Story::new(page, Dialect::C);
    serve.perform(Some(Box::new(story))).unwrap();
}

/// Which server is measured.
#[derive(Clone, Copy)]
enum Kind {
    Bare,
    Quiet,
    Narrated,
}

/// A server in a process of its own.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn start(kind: Kind) -> Server {
        let own = std::env::current_exe().unwrap();
        let mut command = match kind {
            Kind::Quiet => Command::new(env!("CARGO_BIN_EXE_playground")),
            Kind::Bare | Kind::Narrated => Command::new(own),
        };
        match kind {
            Kind::Quiet => command.args(["serve", "--quiet", "127.0.0.1:0"]),
            Kind::Bare => command.arg("bare-server"),
            Kind::Narrated => command.arg("narrated-server"),
        };
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let said: Box<dyn Read> = match kind {
            Kind::Bare => Box::new(child.stdout.take().unwrap()),
            Kind::Quiet | Kind::Narrated => Box::new(child.stderr.take().unwrap()),
        };
        let mut line = String::new();
        BufReader::with_capacity(1, said).read_line(&mut line).unwrap();
        let address =
            line.trim_start_matches("Listening on ").split(". ").next().unwrap().parse().unwrap();
        Server { child, address }
    }

    fn greeted(&self) -> TcpStream {
        let mut client = TcpStream::connect(self.address).unwrap();
        client.read_exact(&mut [0; 8]).unwrap();
        client
    }

    /// Round trips per second, one client.
    fn round_trips(&self) -> f64 {
        let mut client = self.greeted();
        let began = Instant::now();
        for _ in 0..ROUND_TRIPS {
            client.write_all(b"Rose").unwrap();
            client.read_exact(&mut [0; 12]).unwrap();
        }
        f64::from(ROUND_TRIPS) / began.elapsed().as_secs_f64()
    }

    /// Clients greeted and gone, per second.
    fn connects(&self) -> f64 {
        let began = Instant::now();
        (0..3000).for_each(|_| drop(self.greeted()));
        3000.0 / began.elapsed().as_secs_f64()
    }

    /// Resident kilobytes for each idle client.
    fn memory_per_client(&self) -> f64 {
        let before = self.memory();
        let clients: Vec<TcpStream> = (0..1000).map(|_| self.greeted()).collect();
        (self.memory() - before) / clients.len() as f64
    }

    fn memory(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A figure of a running server.
type Measure = fn(&Server) -> f64;

fn server_costs() {
    println!(
        "serve --quiet beside a thread-per-client server on the bare standard library, median of {ROUNDS}:"
    );
    let measures: [(&str, Measure); 3] = [
        ("kB per idle client", Server::memory_per_client),
        ("round trips per second", Server::round_trips),
        ("connects per second", Server::connects),
    ];
    for (name, measure) in measures {
        let (mut serve, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            serve.push(measure(&Server::start(Kind::Quiet)));
            bare.push(measure(&Server::start(Kind::Bare)));
        }
        let (serve, bare) = (middle(serve), middle(bare));
        println!("  {name:24} serve {serve:10.1}   bare {bare:10.1}   ratio {:5.2}", serve / bare);
    }
}

/// What it costs to narrate: one client, a story in memory.
fn narration_costs() {
    println!("\nserve narrated beside serve --quiet, one client, median of {ROUNDS}:");
    let (mut narrated, mut quiet) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        narrated.push(Server::start(Kind::Narrated).round_trips());
        quiet.push(Server::start(Kind::Quiet).round_trips());
    }
    let (narrated, quiet) = (middle(narrated), middle(quiet));
    let ratio = narrated / quiet;
    println!("  round trips per second   {narrated:10.1}   quiet {quiet:10.1}   ratio {ratio:5.2}");
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn middle(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
