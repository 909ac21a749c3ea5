#!/usr/bin/python3
"""faulty_client.py - the senders, and the neighbour, that faults.sh is about.

  cut PORT PATH FILE      POST FILE in ways that break off: the connection ends,
                          is reset, or just falls silent (others are answered
                          meanwhile), with a length and in chunks; prints
                          "WAY STATUS" a line
  slow PORT PATH N        N clients send a byte a second, half of them of a
                          head, half of a body; prints "ready" once all have
                          begun and goes on until it is ended, 120 s at most
  same PORT PATH FILE KEY N   N copies under one Idempotency-Key at the same
                          moment; prints how often each outcome came
  heads PORT PATH         requests whose head is wrong; prints "FAULT STATUS"
  overflow SOCKET         FastCGI parameters whose lengths overflow (as in
                          CVE-2025-23016); prints what came back
  hole SOCKET             listen there, take connections, never say a word
"""

import collections
import http.client
import json
import selectors
import socket
import struct
import sys
import threading
import time


def connect(port):
    return socket.create_connection(("127.0.0.1", port), 30)


def status_of(s):
    """Of the answer on a socket to which no more is sent."""
    answer = b""
    try:
        while chunk := s.recv(65536):
            answer += chunk
    except (ConnectionResetError, TimeoutError):
        pass
    return answer.split(b" ")[1].decode() if answer else "closed"


def reset(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


def post_head(path, length):
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\n{length}\r\n\r\n"
    ).encode()


def cut(port, path, name):
    with open(name, "rb") as file:
        body = file.read()
    half = body[: len(body) // 2]
    with_length = post_head(path, f"Content-Length: {len(body)}") + half
    in_chunks = (
        post_head(path, "Transfer-Encoding: chunked")
        + f"{len(body):x}\r\n".encode()
        + half
    )
    for way, sent in (("length", with_length), ("chunk", in_chunks)):
        with connect(port) as s:
            s.sendall(sent)
            s.shutdown(socket.SHUT_WR)
            print(f"{way}-end", status_of(s))
        s = connect(port)
        s.sendall(sent)
        time.sleep(0.1)
        reset(s)
        print(f"{way}-reset", "closed")
        with connect(port) as s:
            s.sendall(sent)
            other = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            other.request("GET", "/healthz")
            print(f"{way}-silent-others", other.getresponse().status)
            reset(s)


def slow(port, path, n):
    head = f"GET {path}?email=slow%40example.com HTTP/1.1\r\nX-Slow: "
    body = post_head(path, "Content-Length: 100000") + b'{"x":"'
    clients = selectors.DefaultSelector()
    for i in range(n):
        s = connect(port)
        s.sendall(body if i % 2 else head.encode())
        clients.register(s, selectors.EVENT_READ)
    print("ready", flush=True)
    for _ in range(120):
        for key in list(clients.get_map().values()):
            try:
                key.fileobj.send(b"s")
            except OSError:
                clients.unregister(key.fileobj)
        time.sleep(1)


def same(port, path, name, idempotency_key, n):
    with open(name, "rb") as file:
        body = file.read()
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": idempotency_key,
    }
    begin, outcomes = threading.Barrier(n), []

    def one():
        c = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        begin.wait(60)
        c.request("POST", path, body, headers)
        answer = c.getresponse()
        outcomes.append(f"{answer.status} {json.load(answer)['status']}")

    threads = [threading.Thread(target=one) for _ in range(n)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    count = collections.Counter(outcomes)
    print(", ".join(f"{count[o]} * {o}" for o in sorted(count)))


def heads(port, path):
    body = '{"email":"head@example.com"}'
    n = f"Content-Length: {len(body)}"
    start = [f"POST {path} HTTP/1.1", "Host: one", "Content-Type: application/json"]
    chunks = f"{len(body):x}\r\n{body}\r\n0\r\n\r\n"
    for fault, lines, sent in (
        ("cr-in-header", [*start, "X-A: b\rc", n], body),
        ("lf-in-header", [*start, "X-A: b\nc d", n], body),
        ("nul-in-header", [*start, "X-A: b\0c", n], body),
        ("two-lengths", [*start, n, "Content-Length: 2"], body),
        ("two-lengths-and-chunks", [*start, n, "Content-Length: 2", "Transfer-Encoding: chunked"], chunks),
        ("length-and-chunks", [*start, n, "Transfer-Encoding: chunked"], chunks),
        ("no-method", [start[0][5:], *start[1:], n], body),
        ("no-version", [start[0][:-3], *start[1:], n], body),
        ("blank-in-path", [f"POST {path} x HTTP/1.1", *start[1:], n], body),
        ("nul-in-path", [f"POST {path}%00 HTTP/1.1", *start[1:], n], body),
    ):  # fmt: skip
        with connect(port) as s:
            s.sendall(("\r\n".join(lines) + "\r\n\r\n" + sent).encode())
            s.shutdown(socket.SHUT_WR)
            print(fault, status_of(s))


def overflow(name):
    def record(kind, content):
        return struct.pack(">BBHHBB", 1, kind, 1, len(content), 0, 0) + content

    begin = record(1, struct.pack(">HB5x", 1, 0))
    lengths = struct.pack(">II", 0xFFFFFFFE, 0xFFFFFFFE)
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(10)
        s.connect(name)
        try:
            s.sendall(begin + record(4, lengths) + record(4, b""))
            print(len(s.recv(65536)), "bytes")
        except OSError as e:
            print(type(e).__name__)


def hole(name):
    kept = []
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(name)
        s.listen(64)
        print("ready", flush=True)
        while True:
            kept.append(s.accept())


if __name__ == "__main__":
    verb, *rest = sys.argv[1:]
    if verb == "cut":
        cut(int(rest[0]), *rest[1:])
    elif verb == "slow":
        slow(int(rest[0]), rest[1], int(rest[2]))
    elif verb == "same":
        same(int(rest[0]), *rest[1:4], int(rest[4]))
    elif verb == "heads":
        heads(int(rest[0]), rest[1])
    elif verb == "overflow":
        overflow(rest[0])
    elif verb == "hole":
        hole(rest[0])
    else:
        sys.exit(__doc__)
