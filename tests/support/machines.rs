//! Machines that lack something: each is a command that runs another one there.

use super::Ran;
use socket_playground::lessons::Lesson;

/// There is nothing in /proc.
pub const NO_PROC: &[&str] = &[
    "unshare",
    "--map-root-user",
    "--mount",
    "sh",
    "-c",
    "mount -t tmpfs none /proc && exec \"$@\"",
    "sh",
];

/// No network of its own, either: in a new one there is IPv6.
pub const NO_IPV6: &[&str] = &[
    "unshare",
    "--map-root-user",
    "--net",
    "sh",
    "-c",
    "ip link set lo up && echo 1 > /proc/sys/net/ipv6/conf/lo/disable_ipv6 && echo 0 > \
     /proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-sys_admin \
     --inh-caps=-sys_admin \"$@\"",
    "sh",
];

/// Raw sockets are allowed, and a namespace is not.
pub const NO_OWN_NETWORK: &[&str] = &[
    "unshare",
    "--map-root-user",
    "--net",
    "sh",
    "-c",
    "ip link set lo up && echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv \
     --bounding-set=-sys_admin --inh-caps=-sys_admin \"$@\"",
    "sh",
];

/// Root, who needs a user namespace for a network namespace.
pub const NO_ADMIN: &[&str] = &["setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin"];

/// The right to capture, on a loopback on which others are busy, and no right to another one.
pub const SHARED: &[&str] = &[
    "unshare",
    "--map-root-user",
    "--net",
    "sh",
    "-c",
    "ip link set lo up && echo 0 > /proc/sys/user/max_user_namespaces
     (for i in 1 2 3 4 5 6; do \"$1\" lesson thread-per-client > /dev/null 2>&1; done) &
     exec setpriv --bounding-set=-all,+net_raw --inh-caps=-all \"$@\"",
    "sh",
];

/// A network whose loopback is down, and no right to another one.
pub const NO_LOOPBACK: &[&str] = &[
    "unshare",
    "--map-root-user",
    "--net",
    "sh",
    "-c",
    "echo 0 > /proc/sys/user/max_user_namespaces && exec setpriv --bounding-set=-sys_admin \
     --inh-caps=-sys_admin \"$@\"",
    "sh",
];

/// It says why in three lines, shows the stored run, labelled, and exits with 3.
pub fn is_recording(ran: &Ran, lesson: &Lesson) {
    assert_eq!(ran.code, Some(3), "{}: {}", lesson.name, ran.err);
    let error = ran.err.lines().skip_while(|line| !line.starts_with("error:"));
    let error: Vec<&str> = error.take(3).collect();
    assert_eq!(error[0], format!("error: the lesson {} cannot run on this machine", lesson.name));
    assert!(error[2].starts_with("  try:  "), "{}", ran.err);
    let last_title =
        ran.out.rfind(&format!("{}: {}", lesson.name, lesson.title)).expect("the recording");
    let recording = &ran.out[last_title..];
    assert!(recording.lines().nth(1).unwrap().starts_with("RECORDED on "), "{recording}");
    assert!(recording.contains("The proof:"), "{recording}");
}
