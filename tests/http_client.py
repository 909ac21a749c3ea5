#!/usr/bin/python3
"""http_client.py - what curl can't do to a web server.

  short PORT PATH TYPE FILE   POST that promises twice the bytes of FILE, and
                              then sends no more; prints the status of the
                              answer, or "closed"
  faulty PORT PATH            GET with a fault in its head, of each kind that a
                              server may refuse before it looks at the path;
                              prints the statuses of the answers
  crowd PORT PATH FILE N      N clients that keep their connections post FILE
                              at the same moment, and once more; prints how
                              often each status came: "64 200".  Who finds its
                              idle connection closed makes a new one, and sends again
                              under the same Idempotency-Key.
"""

import collections
import http.client
import socket
import sys
import threading
import uuid


def short(port, path, kind, name):
    with open(name, "rb") as file:
        body = file.read()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {2 * len(body)}\r\n\r\n"
    )
    print(status_of(port, head.encode() + body))


def status_of(port, sent):
    """Of the first answer to these bytes, after which no more come."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), 20) as s:
        try:
            s.sendall(sent)
            s.shutdown(socket.SHUT_WR)
            while chunk := s.recv(65536):
                answer += chunk
        except (BrokenPipeError, ConnectionResetError):
            pass
    return answer.split(b" ")[1].decode() if answer else "closed"


FAULTS = (
    "X-Long: " + 20000 * "x",
    "\r\n".join(f"X-{i}: {i}" for i in range(2000)),
    "no colon",
    "Bad Name: x",
    "X-Control: \x01",
    "Host: two",
    "Content-Length: x",
    "Content-Length: -1",
    "Transfer-Encoding: nonsense",
    "Expect: nonsense",
)


def faulty(port, path):
    print(
        *(
            status_of(
                port,
                f"GET {path} HTTP/1.1\r\nHost: one\r\n{fault}\r\n\r\n".encode(),
            )
            for fault in FAULTS
        )
    )


class Client(threading.Thread):
    """One of a crowd: a kept connection that has answered before."""

    def __init__(self, port, path, body, barrier):
        super().__init__()
        self.path, self.body, self.barrier = path, body, barrier
        self.connection = http.client.HTTPConnection(
            "127.0.0.1", port, timeout=60
        )
        self.results = []

    def ask(self, method, path, body=None, key=""):
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        response.read()
        return str(response.status)

    def post(self):
        key = str(uuid.uuid4())
        try:
            return self.ask("POST", self.path, self.body, key)
        except (http.client.RemoteDisconnected, BrokenPipeError):
            self.connection.close()
            return self.ask("POST", self.path, self.body, key)

    def run(self):
        try:
            self.ask("GET", "/healthz")
            self.barrier.wait(60)
            self.results.append(self.post())
            self.results.append(self.post())
        except (OSError, http.client.HTTPException) as e:
            self.results.append(type(e).__name__)
            self.barrier.abort()
        except threading.BrokenBarrierError:
            pass


def crowd(port, path, name, n):
    with open(name, "rb") as file:
        body = file.read()
    barrier = threading.Barrier(n)
    clients = [Client(port, path, body, barrier) for _ in range(n)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    results = collections.Counter(r for c in clients for r in c.results)
    print(", ".join(f"{results[name]} {name}" for name in sorted(results)))


if __name__ == "__main__":
    verb, port, path, *rest = sys.argv[1:]
    if verb == "short":
        short(int(port), path, *rest)
    elif verb == "faulty":
        faulty(int(port), path)
    elif verb == "crowd":
        crowd(int(port), path, rest[0], int(rest[1]))
    else:
        sys.exit(__doc__)
