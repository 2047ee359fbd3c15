"""A server in the manner of the tutorial: one thread for each client, one recv for each message."""

import socket
import sys
import threading
import time


def session(connection):
    connection.send(b"Welcome!")
    while True:
        data = connection.recv(1024)
        if not data or data == b"exit":
            break
        time.sleep(float(sys.argv[1]))
        connection.send(b"Hello, " + data + b"!")
    connection.close()


listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind(("127.0.0.1", 0))
listener.listen(5)
print(listener.getsockname()[1], flush=True)
while True:
    connection, address = listener.accept()
    threading.Thread(target=session, args=(connection,), daemon=True).start()
