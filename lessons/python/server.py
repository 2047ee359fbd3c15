"""The tutorial's server, put right.

Usage: python3 server.py [PORT]
"""

import contextlib
import socket
import sys
import threading


# How many clients there may be at once.
room = threading.BoundedSemaphore(100)


def session(connection, address):
    # "with" closes the connection however the conversation ends; a client that
    # resets it, or is silent for too long, ends nobody's conversation but its own.
    with contextlib.suppress(OSError), connection:
        connection.sendall(b"Welcome!")
        while True:
            data = connection.recv(1024)
            # No bytes: the client has closed. These are bytes, so compare bytes.
            if not data or data == b"exit":
                break
            connection.sendall(b"Hello, " + data + b"!")
    print("closed:", address, flush=True)
    room.release()


def main():
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 1234
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        # Before bind: a restart may take the port over from old connections.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # bind names the socket, listen makes it a listening one.
        listener.bind(("127.0.0.1", port))
        listener.listen(5)
        print("listening:", listener.getsockname(), flush=True)
        while True:
            # Wait for room first: no more threads than that, and no more sockets.
            room.acquire()
            connection, address = listener.accept()
            # A silent client does not hold a thread for ever ...
            connection.settimeout(60)
            # ... and a daemon thread does not outlive Ctrl-C.
            thread = threading.Thread(target=session, args=(connection, address), daemon=True)
            thread.start()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
