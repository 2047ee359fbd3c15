//! Which number each system gives to an error, and in which words C tells of it.

use std::fmt;

/// A system whose errors are numbered here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum System {
    Linux,
    MacOs,
    Windows,
}

impl System {
    /// The system that this program runs on. What is none of them is taken to be like Linux.
    pub const HERE: System = if cfg!(windows) {
        System::Windows
    } else if cfg!(target_vendor = "apple") {
        System::MacOs
    } else {
        System::Linux
    };

    pub const ALL: [System; 3] = [System::Linux, System::MacOs, System::Windows];
}

/// As its makers write it.
impl fmt::Display for System {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(match self {
            System::Linux => "Linux",
            System::MacOs => "macOS",
            System::Windows => "Windows",
        })
    }
}

/// An error by its name in `errno(3)`.
pub struct Numbered {
    pub name: &'static str,
    /// `asm-generic/errno.h`.
    linux: i32,
    /// `sys/errno.h` of Darwin, as the crate libc has it.
    macos: i32,
    /// `winsock2.h`, as the crate windows-sys has it: its name there begins with `WSA`.
    /// Not every error of files is one of sockets.
    windows: Option<i32>,
    /// What `strerror(3)` of the GNU C library says, in English.
    pub text: &'static str,
}

impl Numbered {
    /// Its number on a system, if that has it.
    pub fn number(&self, on: System) -> Option<i32> {
        match on {
            System::Linux => Some(self.linux),
            System::MacOs => Some(self.macos),
            System::Windows => self.windows,
        }
    }
}

/// The error of that name.
pub fn named(name: &str) -> Option<&'static Numbered> {
    NUMBERS.iter().find(|error| error.name == name)
}

/// The error that has this number on a system.
pub fn numbered(number: i32, on: System) -> Option<&'static Numbered> {
    NUMBERS.iter().find(|error| error.number(on) == Some(number))
}

macro_rules! unmet {
    ($($name:ident $number:literal;)*) => {
        /// What Linux means by numbers that macOS gives to errors of sockets. No socket gives
        /// these.
        const UNMET: &[(i32, &str)] = &[$(($number, stringify!($name)),)*];

        #[cfg(all(test, target_os = "linux"))]
        const UNMET_OF_LIBC: &[i32] = &[$(libc::$name,)*];
    };
}

unmet! {
    EDEADLK 35;
    ENAMETOOLONG 36;
    ENOLCK 37;
    ENOTEMPTY 39;
    ELOOP 40;
    ENOMSG 42;
    EIDRM 43;
    ECHRNG 44;
    EL3RST 47;
    ELNRNG 48;
    EUNATCH 49;
    ENOCSI 50;
    EL2HLT 51;
    EBADR 53;
    EXFULL 54;
    ENOANO 55;
    EBADRQC 56;
    EBADSLT 57;
    ENOSTR 60;
    ENODATA 61;
    ENONET 64;
    ENOPKG 65;
    EREMCHG 78;
}

/// The error of Linux that has this number, and that sockets do not meet.
pub fn unmet_on_linux(number: i32) -> Option<&'static str> {
    UNMET.iter().find(|(known, _)| *known == number).map(|(_, name)| *name)
}

macro_rules! number {
    (-) => {
        None
    };
    ($number:literal) => {
        Some($number)
    };
}

macro_rules! numbers {
    ($($name:ident $linux:literal $macos:literal $windows:tt $text:literal;)*) => {
        /// In alphabetical order: the name, and the numbers of Linux, macOS and Windows.
        const NUMBERS: &[Numbered] = &[
            $(Numbered {
                name: stringify!($name),
                linux: $linux,
                macos: $macos,
                windows: number!($windows),
                text: $text,
            },)*
        ];

        /// The numbers that this system's C library has, in the same order.
        #[cfg(all(test, unix))]
        const OF_LIBC: &[i32] = &[$(libc::$name,)*];
    };
}

numbers! {
    EACCES 13 13 10013 "Permission denied";
    EADDRINUSE 98 48 10048 "Address already in use";
    EADDRNOTAVAIL 99 49 10049 "Cannot assign requested address";
    EAFNOSUPPORT 97 47 10047 "Address family not supported by protocol";
    EAGAIN 11 35 10035 "Resource temporarily unavailable";
    EALREADY 114 37 10037 "Operation already in progress";
    EBADF 9 9 10009 "Bad file descriptor";
    ECONNABORTED 103 53 10053 "Software caused connection abort";
    ECONNREFUSED 111 61 10061 "Connection refused";
    ECONNRESET 104 54 10054 "Connection reset by peer";
    EDESTADDRREQ 89 39 10039 "Destination address required";
    EEXIST 17 17 - "File exists";
    EHOSTDOWN 112 64 10064 "Host is down";
    EHOSTUNREACH 113 65 10065 "No route to host";
    EINPROGRESS 115 36 10036 "Operation now in progress";
    EINTR 4 4 10004 "Interrupted system call";
    EINVAL 22 22 10022 "Invalid argument";
    EIO 5 5 - "Input/output error";
    EISCONN 106 56 10056 "Transport endpoint is already connected";
    EISDIR 21 21 - "Is a directory";
    EMFILE 24 24 10024 "Too many open files";
    EMSGSIZE 90 40 10040 "Message too long";
    ENETDOWN 100 50 10050 "Network is down";
    ENETUNREACH 101 51 10051 "Network is unreachable";
    ENFILE 23 23 - "Too many open files in system";
    ENOBUFS 105 55 10055 "No buffer space available";
    ENOENT 2 2 - "No such file or directory";
    ENOMEM 12 12 - "Cannot allocate memory";
    ENOPROTOOPT 92 42 10042 "Protocol not available";
    ENOSPC 28 28 - "No space left on device";
    ENOSYS 38 78 - "Function not implemented";
    ENOTCONN 107 57 10057 "Transport endpoint is not connected";
    ENOTDIR 20 20 - "Not a directory";
    ENOTSOCK 88 38 10038 "Socket operation on non-socket";
    EOPNOTSUPP 95 102 10045 "Operation not supported";
    EPERM 1 1 - "Operation not permitted";
    EPIPE 32 32 - "Broken pipe";
    EPROTONOSUPPORT 93 43 10043 "Protocol not supported";
    EPROTOTYPE 91 41 10041 "Protocol wrong type for socket";
    EROFS 30 30 - "Read-only file system";
    ESHUTDOWN 108 58 10058 "Cannot send after transport endpoint shutdown";
    ESOCKTNOSUPPORT 94 44 10044 "Socket type not supported";
    ETIMEDOUT 110 60 10060 "Connection timed out";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_of_a_system_is_one_error() {
        assert!(NUMBERS.is_sorted_by(|a, b| a.name < b.name));
        for error in NUMBERS {
            for system in System::ALL {
                let Some(number) = error.number(system) else { continue };
                assert_eq!(numbered(number, system).map(|found| found.name), Some(error.name));
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_numbers_here_are_those_of_the_c_library() {
        assert!(
            NUMBERS
                .iter()
                .map(|error| error.number(System::HERE))
                .eq(OF_LIBC.iter().copied().map(Some))
        );
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_numbers_of_linux_that_no_socket_gives_are_its_own() {
        assert!(UNMET.iter().map(|(number, _)| *number).eq(UNMET_OF_LIBC.iter().copied()));
    }
}
