"""A client in the manner of the tutorial: it prints what one recv brings, and says the next name."""

import socket
import sys

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect(("127.0.0.1", int(sys.argv[1])))
print(client.recv(1024).decode("utf-8"))
for name in ["Rose", "Think", "Babala"]:
    client.send(name.encode("utf-8"))
    print(client.recv(1024).decode("utf-8"))
client.send(b"exit")
client.close()
