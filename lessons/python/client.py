"""The tutorial's client, put right.

Usage: python3 client.py [PORT]
"""

import socket
import sys


def hear(server):
    # One recv is taken for one message. That holds only because each side waits
    # for the other.
    data = server.recv(1024)
    if not data:
        raise ConnectionError("the server has closed")
    print(data.decode("utf-8", errors="backslashreplace"))


def main():
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 1234
    with socket.create_connection(("127.0.0.1", port), timeout=10) as server:
        hear(server)
        for name in ["Rose", "Think", "Babala"]:
            # sendall goes on until the kernel has taken every byte.
            server.sendall(name.encode("utf-8"))
            hear(server)
        server.sendall(b"exit")


if __name__ == "__main__":
    main()
