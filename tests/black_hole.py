#!/usr/bin/python3
"""black_hole.py - a server that takes connections and never says a word.

Prints "port N" on its first line of output, then "connection" for each one
that came to 127.0.0.1, until it gets SIGTERM.
"""

import socket

with socket.create_server(("127.0.0.1", 0)) as listener:
    print("port", listener.getsockname()[1], flush=True)
    kept = []
    while True:
        kept.append(listener.accept()[0])
        print("connection", flush=True)
