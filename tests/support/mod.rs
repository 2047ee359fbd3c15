//! What the tests share: the real program, and what the machine allows.

#![allow(dead_code, reason = "each test uses a part of it")]

pub mod machines;
pub mod order;
pub mod pauses;
pub mod server;
pub mod sockets;
pub mod svg;
pub mod terminal;

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use socket_playground::trace::{self, Script, Trace};
use std::fs::{self, Permissions};
use std::io;
use std::num::NonZero;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Output, Stdio};
use std::thread;
use tempfile::TempDir;

/// The program under test.
pub const PLAYGROUND: &str = env!("CARGO_BIN_EXE_playground");

/// The program with arguments, in an environment that does not depend on who runs the test.
pub fn playground(arguments: &[&str]) -> Command {
    let mut command = Command::new(PLAYGROUND);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .env("TERM", "xterm")
        .env_remove("NO_COLOR")
        .env_remove("COLUMNS");
    command
}

/// What a command wrote, and how it ended.
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

pub fn run(command: &mut Command) -> Ran {
    let Output { status, stdout, stderr } = command.output().expect("the command starts");
    let text = |bytes| String::from_utf8(bytes).expect("the program writes text");
    Ran { code: status.code(), out: text(stdout), err: text(stderr) }
}

/// Three lines on standard error, and this exit code.
pub fn is_error(ran: &Ran, code: i32, what: &str) {
    assert_eq!(ran.code, Some(code), "{}", ran.err);
    assert_eq!(ran.err.lines().count(), 3, "what, why, what to try: {}", ran.err);
    assert!(ran.err.starts_with(&format!("error: {what}")), "{}", ran.err);
    assert!(ran.err.contains("\n  try:  "), "{}", ran.err);
}

/// The program, started by another one.
pub fn through(wrapper: &[&str], arguments: &[&str]) -> Ran {
    run(Command::new(wrapper[0])
        .args(&wrapper[1..])
        .arg(PLAYGROUND)
        .args(arguments)
        .stdin(Stdio::null()))
}

/// A real run of a lesson, by the real program.
pub fn run_lesson(name: &str) -> Trace {
    let ran = run(&mut playground(&["lesson", name, "--view", "json"]));
    assert_eq!((ran.code, &*ran.err), (Some(0), ""), "lesson {name}");
    trace::read(&ran.out).expect("the program reads what it writes")
}

/// Whether a lesson can run on this machine.
pub fn can_run(lesson: &str) -> Result<(), String> {
    let ran = run(&mut playground(&["lesson", lesson, "--view", "json"]));
    match ran.code {
        Some(3) => Err(ran.err.lines().nth(1).unwrap_or_default().trim().to_string()),
        _ => Ok(()),
    }
}

/// A file of the project.
pub fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The pages of the book, in the order of their names.
pub fn pages() -> Vec<PathBuf> {
    let files = fs::read_dir(project("lessons")).unwrap().map(|entry| entry.unwrap().path());
    let mut pages: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    assert!(pages.len() > 10, "the pages are where this test looks for them");
    pages.sort();
    pages
}

/// How often a test repeats what must never fail. `PLAYGROUND_RUNS=1000` for the whole truth.
pub fn runs(usual: usize) -> usize {
    std::env::var("PLAYGROUND_RUNS")
        .map_or(usual, |runs| runs.parse().expect("PLAYGROUND_RUNS is a number"))
}

/// The lines of a script that no step explains.
pub fn unexplained<'a>(trace: &'a Trace, script: &'a Script) -> impl Iterator<Item = u32> + 'a {
    trace
        .events
        .iter()
        .filter_map(|event| event.line)
        .filter(|&line| script.step_at(None, line).is_none())
}

/// A test that may find that the machine does not allow it: `check` gives the reason, and then it
/// counts as ignored.
///
/// With `PLAYGROUND_NO_IGNORED` set, as in CI, it fails instead.
pub fn trial(
    name: &str,
    check: impl Fn() -> Result<(), String> + Send + 'static,
    test: impl FnOnce() + Send + 'static,
) -> Trial {
    Trial::ignorable_test(name, move || match check() {
        Ok(()) => {
            test();
            Ok(Completion::Completed)
        }
        Err(reason) if std::env::var_os("PLAYGROUND_NO_IGNORED").is_some() => {
            Err(Failed::from(format!("would be ignored: {reason}")))
        }
        Err(reason) => Ok(Completion::ignored_with(reason)),
    })
}

/// Starts a command that has neither a capability, nor the right to make a namespace in which there
/// would be one.
pub const POWERLESS: &[&str] = &[
    "unshare",
    "--map-root-user",
    "sh",
    "-c",
    "echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-all \
     --inh-caps=-all \"$@\"",
    "sh",
];

/// Starts a command as a user without a single privilege.
pub const NOBODY: &[&str] = &["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

/// The program, where such a user may start it: it may not look into the folder that the program
/// was built in.
pub struct PublicCopy {
    folder: TempDir,
}

impl PublicCopy {
    pub fn new() -> PublicCopy {
        let folder =
            tempfile::Builder::new().permissions(Permissions::from_mode(0o755)).tempdir().unwrap();
        // Were it written by this process, a program that another test starts meanwhile would hold
        // it open, and it could not be started.
        assert_eq!(works(&["cp", PLAYGROUND, folder.path().to_str().unwrap()]), Ok(()));
        PublicCopy { folder }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("playground")
    }

    /// Runs it as that user.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        let program = self.path();
        run(Command::new(NOBODY[0])
            .args(&NOBODY[1..])
            .arg(program)
            .args(arguments)
            .stdin(Stdio::null()))
    }
}

/// Nothing is needed.
pub fn anywhere() -> Result<(), String> {
    Ok(())
}

/// Whether a command works on this machine.
pub fn works(command: &[&str]) -> Result<(), String> {
    let tried = Command::new(command[0])
        .args(&command[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    match tried {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(format!("`{}` is not allowed here", command.join(" "))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(format!("{} is not installed", command[0]))
        }
        Err(error) => Err(format!("`{}`: {error}", command.join(" "))),
    }
}

pub fn main(trials: Vec<Trial>) -> ExitCode {
    let mut arguments = Arguments::from_args();
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    // Some lessons wait for the kernel's own times: meanwhile others run.
    arguments.test_threads.get_or_insert(2 * threads);
    libtest_mimic::run(&arguments, trials).exit_code()
}
