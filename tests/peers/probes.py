"""What a short Python script finds out about this machine: the judge of `families`, `types` and `options`."""

import errno
import json
import socket
import struct
import sys

TYPES = ["SOCK_STREAM", "SOCK_DGRAM", "SOCK_SEQPACKET", "SOCK_RAW"]


def name(error):
    names = {errno.EOPNOTSUPP: "EOPNOTSUPP", errno.EAGAIN: "EAGAIN"}
    return names.get(error.errno, errno.errorcode[error.errno])


def family_answer(number):
    refused = []
    for kind in TYPES:
        try:
            socket.socket(number, getattr(socket, kind), 0).close()
            return kind
        except OSError as error:
            refused.append(name(error))
        if refused[-1] == "EAFNOSUPPORT":
            break
    return "EPERM" if "EPERM" in refused else refused[-1]


def families():
    """Number -> answer, for all that Linux has: Python does not name every one."""
    named = {}
    for word, number in vars(socket).items():
        if word.startswith("AF_"):
            named.setdefault(int(number), []).append(word.upper())
    return {"answers": {number: family_answer(number) for number in range(46)}, "named": named}


def cell(family, kind, protocol):
    try:
        socket.socket(family, kind, protocol).close()
        return "yes"
    except OSError as error:
        return str(error.errno)


def types():
    kinds = {"SOCK_STREAM": 1, "SOCK_DGRAM": 2, "SOCK_RAW": 3, "SOCK_RDM": 4, "SOCK_SEQPACKET": 5}
    protocols = [0, 1, 6, 17, 58, 132, 136, 255, 262]
    return [
        [family, kind] + [cell(getattr(socket, family), number, protocol) for protocol in protocols]
        for family in ["AF_UNIX", "AF_INET", "AF_INET6"]
        for kind, number in kinds.items()
    ]


# What Python's socket module does not name.
NUMBERS = {
    "SO_COOKIE": 57, "SO_BUSY_POLL": 46, "SO_MARK": 36, "SO_PRIORITY": 12, "SO_PASSCRED": 16, "SO_BINDTODEVICE": 25,
    "SO_INCOMING_CPU": 49, "IP_FREEBIND": 15, "IP_TRANSPARENT": 19, "IP_MULTICAST_ALL": 49, "IP_RECVTOS": 13,
    "IPV6_FREEBIND": 78, "IPV6_HDRINCL": 36, "IPV6_TRANSPARENT": 75, "IPV6_MULTICAST_ALL": 29,
    "TCP_THIN_LINEAR_TIMEOUTS": 16,
}  # fmt: skip
LEVELS = {"SO": socket.SOL_SOCKET, "IP": socket.IPPROTO_IP, "IPV6": socket.IPPROTO_IPV6, "TCP": socket.IPPROTO_TCP}


def seconds(value):
    """A length of time as the playground writes it."""
    if value == 0:
        return "no limit"
    return f"{value:g}s"


def timeval(data):
    whole, micro = struct.unpack("ll", data)
    return seconds(whole + micro / 1_000_000)


def linger(data):
    on, time = struct.unpack("ii", data)
    return f"{time}s" if on else "off"


def text(data):
    word = data.split(b"\0")[0].decode()
    return f'"{word}"' if word else "none"


# How the value of an option is read and written where it is no int: (bytes to read, how it is told, value to set).
SHAPES = {
    "SO_LINGER": (8, linger, struct.pack("ii", 1, 1)),
    "SO_RCVTIMEO": (16, timeval, struct.pack("ll", 1, 500_000)),
    "SO_SNDTIMEO": (16, timeval, struct.pack("ll", 1, 500_000)),
    "SO_BINDTODEVICE": (16, text, b"lo"),
    "SO_COOKIE": (8, lambda data: str(struct.unpack("q", data)[0]), None),
    "TCP_CONGESTION": (16, text, b"reno"),
    "IP_MULTICAST_IF": (4, lambda data: socket.inet_ntoa(data), socket.inet_aton("127.0.0.1")),
    "TCP_KEEPIDLE": (4, lambda data: seconds(struct.unpack("i", data)[0]), 60),
    "TCP_KEEPINTVL": (4, lambda data: seconds(struct.unpack("i", data)[0]), 10),
    "TCP_USER_TIMEOUT": (4, lambda data: seconds(struct.unpack("I", data)[0] / 1000), 1500),
    "TCP_NOTSENT_LOWAT": (4, lambda data: str(struct.unpack("I", data)[0]), 10000),
}


def ends(option):
    return LEVELS[option.split("_")[0]], getattr(socket, option, NUMBERS.get(option))


def read(sock, option):
    size, tell, _ = SHAPES.get(option, (4, lambda data: str(struct.unpack("i", data)[0]), None))
    try:
        return tell(sock.getsockopt(*ends(option), size))
    except OSError as error:
        return name(error)


def write(sock, option, asked):
    value = SHAPES.get(option, (0, None, None))[2]
    try:
        sock.setsockopt(*ends(option), int(asked) if value is None else value)
        return read(sock, option)
    except OSError as error:
        return name(error)


def accept_from(listener, address):
    listener.bind(address)
    listener.listen(1)
    with socket.socket(listener.family, listener.type) as client:
        client.connect(listener.getsockname())
        return listener.accept()[0]


# A raw socket has to name its protocol.
PROTOCOLS = {
    (socket.AF_INET, socket.SOCK_RAW): socket.IPPROTO_ICMP,
    (socket.AF_INET6, socket.SOCK_RAW): socket.IPPROTO_ICMPV6,
}


def examine(family, kind, option, asked):
    with socket.socket(family, kind, PROTOCOLS.get((family, kind), 0)) as sock:
        default = read(sock, option)
        if asked == "-":
            return [default, "-", "-"]
        now = write(sock, option, asked)
        if now.startswith("E") or kind not in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET):
            return [default, now, "-"]
        address = {socket.AF_INET: ("127.0.0.1", 0), socket.AF_INET6: ("::1", 0), socket.AF_UNIX: ""}[family]
        accepted = read(accept_from(sock, address), option)
        with socket.socket(family, kind) as plain:
            usual = read(accept_from(plain, address), option)
    if accepted == usual == now:
        return [default, now, "the same"]
    word = "inherited" if accepted == now else "not inherited" if accepted == usual else accepted
    return [default, now, word]


def options(family, kind, asked):
    numbers = getattr(socket, family), getattr(socket, kind)
    return {option: examine(*numbers, option, value) for option, value in asked.items()}


if __name__ == "__main__":
    match sys.argv[1]:
        case "families":
            print(json.dumps(families()))
        case "types":
            print(json.dumps(types()))
        case "options":
            print(json.dumps(options(sys.argv[2], sys.argv[3], json.load(sys.stdin))))
