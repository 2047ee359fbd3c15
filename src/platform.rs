//! What a lesson needs of the machine.

/// Something that a lesson cannot do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Time has to pass as it does: there are timeouts or a race in it. Its lanes take no turns, and nothing pauses it.
    RealTime,
}

/// The kernel: its name, release and machine, as `uname(2)` gives them.
pub fn system() -> String {
    // SAFETY: `utsname` is plain arrays of characters, for which all zeros is a value.
    let mut names: libc::utsname = unsafe { std::mem::zeroed() };
    // SAFETY: `names` is valid for writing for the duration of the call.
    if unsafe { libc::uname(&mut names) } != 0 {
        return "unknown".into();
    }
    let text = |field: &[libc::c_char]| {
        let bytes = field.iter().take_while(|&&c| c != 0).map(|&c| c as u8).collect();
        String::from_utf8(bytes).unwrap_or_default()
    };
    [text(&names.sysname), text(&names.release), text(&names.machine)].join(" ")
}
