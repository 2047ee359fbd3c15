//! The address families of Linux.

/// An address family: `AF_…` of `linux/socket.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Family {
    pub number: i32,
    pub name: &'static str,
    /// What it is for, in a few words.
    pub purpose: &'static str,
    /// What `/proc/net/protocols` calls one of its protocols, if it lists them.
    pub protocol: Option<&'static str>,
}

/// The family of that number, or of that name with or without its `AF_`.
pub fn family(given: &str) -> Option<Family> {
    let number = given.parse().ok();
    let is_meant = |family: &&Family| {
        let short = family.name.trim_start_matches("AF_");
        family.name.eq_ignore_ascii_case(given)
            || short.eq_ignore_ascii_case(given)
            || Some(family.number) == number
    };
    FAMILIES.iter().find(is_meant).copied()
}

macro_rules! families {
    ($($number:literal $name:ident $purpose:literal $($protocol:literal)?;)*) => {
        /// Every family that the headers of Linux name, by its number.
        pub const FAMILIES: &[Family] = &[
            $(Family {
                number: $number,
                name: stringify!($name),
                purpose: $purpose,
                protocol: [$($protocol)?].as_slice().first().copied(),
            },)*
        ];
    };
}

families! {
    0 AF_UNSPEC "no family: says that any will do";
    1 AF_UNIX "programs on one machine" "UNIX";
    2 AF_INET "IPv4" "TCP";
    3 AF_AX25 "amateur radio";
    4 AF_IPX "Novell networks";
    5 AF_APPLETALK "Apple's old networks" "DDP";
    6 AF_NETROM "amateur radio" "NETROM";
    7 AF_BRIDGE "bridges between links; was never a kind of socket";
    8 AF_ATMPVC "ATM, permanent circuits" "PVC";
    9 AF_X25 "X.25, telephone companies' packets" "X25";
    10 AF_INET6 "IPv6" "TCPv6";
    11 AF_ROSE "amateur radio" "ROSE";
    12 AF_DECnet "DEC's networks";
    13 AF_NETBEUI "reserved, never used";
    14 AF_SECURITY "reserved, never used";
    15 AF_KEY "keys of IPsec" "KEY";
    16 AF_NETLINK "talking to the kernel" "NETLINK";
    17 AF_PACKET "frames of a link, as they are" "PACKET";
    18 AF_ASH "reserved, never used";
    19 AF_ECONET "Acorn's networks";
    20 AF_ATMSVC "ATM, switched circuits" "SVC";
    21 AF_RDS "reliable datagrams of clusters" "RDS";
    22 AF_SNA "IBM mainframes";
    23 AF_IRDA "infrared light";
    24 AF_PPPOX "PPP over Ethernet" "PPPOX";
    25 AF_WANPIPE "leased lines";
    26 AF_LLC "IEEE 802.2, above Ethernet" "LLC";
    27 AF_IB "InfiniBand";
    28 AF_MPLS "labels instead of routes";
    29 AF_CAN "control units in cars" "CAN";
    30 AF_TIPC "processes of a cluster" "TIPC";
    31 AF_BLUETOOTH "Bluetooth" "HCI";
    32 AF_IUCV "virtual machines of IBM mainframes" "IUCV";
    33 AF_RXRPC "calls of the AFS file system" "RXRPC";
    34 AF_ISDN "ISDN telephones";
    35 AF_PHONET "modems of Nokia phones" "PHONET";
    36 AF_IEEE802154 "low-power radio" "IEEE-802.15.4-MAC";
    37 AF_CAIF "modems of ST-Ericsson" "CAIF";
    38 AF_ALG "cryptography of the kernel" "ALG";
    39 AF_NFC "near field communication" "NFC";
    40 AF_VSOCK "a virtual machine and its host" "AF_VSOCK";
    41 AF_KCM "messages in a TCP stream" "KCM";
    42 AF_QIPCRTR "processors of Qualcomm" "QIPCRTR";
    43 AF_SMC "TCP over shared memory" "SMC";
    44 AF_XDP "packets before the kernel has them" "XDP";
    45 AF_MCTP "management of components" "MCTP";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_its_place() {
        assert!(FAMILIES.iter().enumerate().all(|(place, family)| family.number == place as i32));
        assert_eq!(family("inet6").unwrap().number, 10);
        assert_eq!(family("AF_UNIX"), family("1"));
        assert_eq!(family("nothing"), None);
    }
}
