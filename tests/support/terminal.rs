//! A real terminal for the program to run on.

use rustix::termios::LocalModes;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Runs a command on a terminal of that many columns, and types one of `keys` whenever it asks for
/// one. Gives what came on the screen, and the exit code.
pub fn on_terminal(command: &mut Command, columns: u16, keys: &[&str]) -> (String, Option<i32>) {
    let mut keys = keys.iter();
    watch(command, columns, |master, _| {
        let key = keys.next().expect("a key for every question");
        master.write_all(key.as_bytes()).unwrap();
    })
}

/// Answers the first question, and sends a signal at the second.
pub fn signalled(command: &mut Command, key: &str, number: libc::c_int) -> (String, Option<i32>) {
    let mut asked = 0;
    watch(command, 80, |master, child| {
        asked += 1;
        if asked == 1 {
            return master.write_all(key.as_bytes()).unwrap();
        }
        signal(child, number);
    })
}

/// Answers the first question, types Ctrl-Z at the second, lets the command go on when it has
/// stopped, and types `last` at all that follow.
pub fn stopped(command: &mut Command, key: &str, last: &str) -> (String, Option<i32>) {
    // A group whose parent is in another one of the session may be stopped by Ctrl-Z.
    command.process_group(0);
    let mut asked = 0;
    watch(command, 80, |master, child| {
        asked += 1;
        match asked {
            1 => master.write_all(key.as_bytes()).unwrap(),
            2 => {
                master.write_all(b"\x1a").unwrap();
                goes_on_when_stopped(master, child);
            }
            _ => master.write_all(last.as_bytes()).unwrap(),
        }
    })
}

/// Waits until the command has stopped, and lets it go on. Meanwhile the terminal is the shell's.
pub fn goes_on_when_stopped(master: &mut File, child: &Child) {
    until_stopped(child);
    let modes = rustix::termios::tcgetattr(&*master).unwrap().local_modes;
    assert!(modes.contains(LocalModes::ECHO), "the shell has its terminal: {modes:?}");
    signal(child, libc::SIGCONT);
}

pub fn signal(child: &Child, signal: libc::c_int) {
    // SAFETY: kill takes two numbers; the child is ours and not waited for yet.
    assert_eq!(unsafe { libc::kill(child.id().try_into().unwrap(), signal) }, 0);
}

/// `proc_pid_stat(5)`: T is a process that a signal has stopped.
fn until_stopped(child: &Child) {
    let deadline = Instant::now() + Duration::from_secs(30);
    let stat = format!("/proc/{}/stat", child.id());
    while !std::fs::read_to_string(&stat).unwrap().contains(") T ") {
        assert!(Instant::now() < deadline, "Ctrl-Z does not stop it");
        std::thread::yield_now();
    }
}

/// Runs a command on a terminal, and calls `asks` whenever it asks something. The terminal has to
/// be as it was then.
fn watch(
    command: &mut Command,
    columns: u16,
    mut asks: impl FnMut(&mut File, &Child),
) -> (String, Option<i32>) {
    look_on(command, columns, |screen, master, child| {
        if screen.ends_with(b"wait and see): ") || screen.ends_with(b"?: keys] ") {
            asks(master, child);
        }
    })
}

/// Runs a command on a terminal, and shows each byte as it comes: all up to it, the terminal to
/// type on, and the command. At the end the terminal has to be as it was.
pub fn look_on(
    command: &mut Command,
    columns: u16,
    mut seen: impl FnMut(&[u8], &mut File, &Child),
) -> (String, Option<i32>) {
    let (mut master, slave) = open_terminal(columns);
    command.stdin(slave.try_clone().unwrap()).stdout(slave.try_clone().unwrap()).stderr(slave);
    let mut child = command.spawn().expect("the command starts");
    // The command keeps copies of the terminal: reading would never end.
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let (mut screen, mut byte) = (Vec::new(), [0]);
    // Linux answers EIO when the last program has left the terminal.
    while let Ok(1) = master.read(&mut byte) {
        screen.push(byte[0]);
        seen(&screen, &mut master, &child);
    }
    let code = child.wait().unwrap().code();
    let modes = rustix::termios::tcgetattr(&master).unwrap().local_modes;
    let usual = LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG;
    assert!(modes.contains(usual), "the terminal is as it was: {modes:?}");
    (String::from_utf8(screen).unwrap().replace("\r\n", "\n"), code)
}

/// A terminal's two ends. Neither is inherited by the commands that other tests start at the same
/// time.
fn open_terminal(columns: u16) -> (File, File) {
    let open = |path: &str| {
        File::options().read(true).write(true).custom_flags(libc::O_NOCTTY).open(path).unwrap()
    };
    let master = open("/dev/ptmx");
    let rows = if columns == 0 { 0 } else { 40 };
    let mut size = libc::winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    let (mut number, mut unlock): (i32, i32) = (0, 0);
    let fd = master.as_raw_fd();
    // SAFETY: `fd` is open, and each request reads or writes the one value that ioctl_tty(2) says
    // it does.
    let ioctl = |request, value: *mut libc::c_void| unsafe { libc::ioctl(fd, request, value) };
    let done = [
        ioctl(libc::TIOCSPTLCK, (&raw mut unlock).cast()),
        ioctl(libc::TIOCGPTN, (&raw mut number).cast()),
        ioctl(libc::TIOCSWINSZ, (&raw mut size).cast()),
    ];
    assert_eq!(done, [0; 3], "a pseudo-terminal");
    (master, open(&format!("/dev/pts/{number}")))
}
