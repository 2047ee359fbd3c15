//! Machines that lack something: each is a command that runs another one there.

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
