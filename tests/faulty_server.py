#!/usr/bin/python3
"""faulty_server.py - destinations that misbehave, for faults_outbound.sh: each
on a port of its own.

faulty_server.py --log FILE [--certs DIR] NAME... listens on 127.0.0.2, prints
"port NAME N" for each, then "ready", and serves until it gets SIGTERM.  Into
FILE goes a line of JSON for each connection, request and message.

HTTP, over TLS where the name begins with "https-":
  http-N              answers with status N; ok: 200
  http-N-after-V      and Retry-After: V; V may be "date", in two minutes
  http-target         200; http-redirect leads there by 302
  http-redirect-inside    302 to the "trap"
  http-slow           200 after a while
  http-endless        200 and a body without end
  http-bomb           200 and 10 MB of zeros as 10 KB of gzip
  http-drip           200 and a byte of the body each second
  http-head-drip      a byte of the header each second
  http-head-long      a header of 300 KB
  http-interims       100 Continue, again and again
  http-continue       answers nothing to a request that expects "100 Continue"
  http-half           200 and half of a body, then a reset
  http-drop           a reset instead of an answer
  http-garbage        no HTTP
  http-silent         no answer
Any kind:
  PREFIX-refused      nobody listens
  PREFIX-hole         nobody takes connections
  trap                on 127.0.0.1 and ::1 too: nobody should come
TLS, with the certificate that the last word names (DIR/WORD.pem), or:
  PREFIX-old          speaks TLS 1.1 at most
  PREFIX-plain        speaks no TLS

SMTP: a relay that knows neither 8BITMIME nor SMTPUTF8.
  relay-*             does to a message what its sender's local part says
  smtp-STAGE-WHAT     does so on every connection
  smtp-tls-WORD       offers STARTTLS with that certificate
STAGE is banner, ehlo, starttls, auth, mail, rcpt, data or dot; WHAT is a reply
code, "silent", "drop" or "slow".
"""

import argparse
import base64
import email
import email.policy
import email.utils
import gzip
import json
import os
import socket
import ssl
import struct
import threading
import time

TEXTS = {
    "421": "4.3.2 come back later",
    "450": "4.2.1 mailbox busy",
    "451": "4.7.1 greylisted",
    "452": "4.3.1 no space",
    "454": "4.7.0 not now",
    "502": "5.5.1 not here",
    "535": "5.7.8 login refused",
    "550": "5.1.1 no such user",
    "552": "5.2.2 mailbox full",
    "554": "5.6.0 refused",
}
SLOW_S = 0.5
LONG_S = 3600


class Left(Exception):
    """The peer is gone, or we want it to be."""


class Log:
    def __init__(self, path):
        self.out = open(path, "a", encoding="utf-8")
        self.lock = threading.Lock()

    def say(self, name, event, **more):
        with self.lock:
            self.out.write(json.dumps({"name": name, "event": event, **more}))
            self.out.write("\n")
            self.out.flush()


class Peer:
    """One connection."""

    def __init__(self, sock):
        self.use(sock)

    def use(self, sock):
        self.sock = sock
        self.file = sock.makefile("rb")

    def line(self):
        line = self.file.readline()
        if not line:
            raise Left
        return line

    def say(self, data):
        self.sock.sendall(data)

    def reset(self):
        linger = struct.pack("ii", 1, 0)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.file.close()
        self.sock.close()
        raise Left

    def silence(self):
        """Until the other side has had enough."""
        while self.file.read(1):
            pass
        raise Left


# --- HTTP -------------------------------------------------------------------


def read_request(peer):
    path = peer.line().split()[1].decode()
    headers = {}
    while (line := peer.line().strip()) != b"":
        name, value = line.decode("latin-1").split(":", 1)
        headers[name.lower()] = value.strip()
    body = peer.file.read(int(headers.get("content-length", 0)))
    return path, headers, body


def answer(peer, status, body=b"as asked", headers=""):
    head = "HTTP/1.1 %s Said\r\n%sContent-Length: %d\r\n\r\n"
    peer.say((head % (status, headers, len(body))).encode() + body)


def drip(peer, first, rest):
    peer.say(first)
    for byte in rest * LONG_S:
        peer.say(bytes([byte]))
        time.sleep(1)


def answer_status(peer, words):
    after = words[2] if words[1:2] == ["after"] else None
    if after == "date":
        after = email.utils.formatdate(time.time() + 120, usegmt=True)
    answer(
        peer,
        "200" if words[0] == "ok" else words[0],
        headers="Retry-After: %s\r\n" % after if after else "",
    )


class Http:
    def __init__(self, server, name, peer):
        self.server, self.name, self.peer = server, name, peer

    def serve(self):
        words = self.name.split("-")[1:]
        path, headers, body = read_request(self.peer)
        self.server.log.say(
            self.name,
            "request",
            identity=headers.get("idempotency-key"),
            headers=headers,
            length=len(body),
        )
        if "expect" in headers:
            self.peer.silence()
        way = getattr(self, "_".join(words), None)
        if way:
            way(self.peer)
        elif self.name.startswith("https-") or words[0] == "continue":
            answer(self.peer, "200")
        else:
            answer_status(self.peer, words)

    def redirect(self, peer):
        self.lead("127.0.0.2", "http-target")

    def redirect_inside(self, peer):
        self.lead("127.0.0.1", "trap")

    def lead(self, address, name):
        where = "http://%s:%d/" % (address, self.server.ports[name])
        answer(self.peer, "302", headers="Location: %s\r\n" % where)

    def target(self, peer):
        answer(peer, "200")

    def slow(self, peer):
        time.sleep(SLOW_S)
        answer(peer, "200")

    def endless(self, peer):
        peer.say(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            peer.say(b"x" * 8192)

    def bomb(self, peer):
        body = gzip.compress(bytes(10_000_000))
        answer(peer, "200", body, "Content-Encoding: gzip\r\n")

    def drip(self, peer):
        drip(peer, b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x")

    def head_drip(self, peer):
        drip(peer, b"HTTP/", b"1")

    def head_long(self, peer):
        line = "X-Long: %s\r\n" % ("x" * 10_000)
        answer(peer, "200", headers=line * 30)

    def interims(self, peer):
        while True:
            peer.say(b"HTTP/1.1 100 Continue\r\n\r\n")
            time.sleep(0.1)

    def half(self, peer):
        peer.say(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"y" * 500)
        time.sleep(SLOW_S)
        peer.reset()

    def drop(self, peer):
        peer.reset()

    def garbage(self, peer):
        peer.say(b"SSH-2.0-OpenSSH_9.2\r\n")

    def silent(self, peer):
        peer.silence()


# --- SMTP -------------------------------------------------------------------


def facts(raw):
    """What of a message, as it came over the wire, can be wrong."""
    lines = raw.split(b"\r\n")
    message = email.message_from_bytes(raw, policy=email.policy.default)
    part = message.get_body(("plain",))
    return {
        "identity": message["Message-ID"],
        "longest": max(len(line) for line in lines),
        "is_7bit": raw.isascii(),
        "has_bare": any(b"\n" in line or b"\r" in line for line in lines),
        "text": part.get_content() if part else None,
    }


class Smtp:
    def __init__(self, server, name, peer):
        self.server, self.name, self.peer = server, name, peer
        self.fault = name.split("-")[1:]
        self.is_tls = False

    def reply(self, stage, good):
        """Whether the dialogue goes on as if all were well."""
        what = self.fault[1] if self.fault[:1] == [stage] else None
        if what == "silent":
            self.peer.silence()
        if what == "drop":
            self.peer.reset()
        if what == "slow":
            time.sleep(SLOW_S)
        if what not in TEXTS:
            self.peer.say(good.encode() + b"\r\n")
            return True
        told = "%s-%s\r\n%s %s, says %s\r\n"
        told %= (what, TEXTS[what], what, TEXTS[what], stage)
        self.peer.say(told.encode())
        return False

    def serve(self):
        if not self.reply("banner", "220 mail.test ESMTP"):
            return
        while True:
            line = self.peer.line().decode()
            verb = line.split()[0].lower()
            getattr(self, verb, self.other)(line.strip())

    def other(self, line):
        self.peer.say(b"250 2.0.0 ok\r\n")

    def quit(self, line):
        self.peer.say(b"221 2.0.0 bye\r\n")
        raise Left

    def ehlo(self, line):
        offers = ["mail.test", "SIZE 10000000"]
        is_offered = self.fault[0] in ("tls", "starttls")
        if is_offered and self.fault[1] != "missing" and not self.is_tls:
            offers.append("STARTTLS")
        if self.fault[0] == "auth":
            offers.append("AUTH PLAIN LOGIN")
        offers.append("HELP")
        lines = ["250-" + offer for offer in offers[:-1]]
        self.reply("ehlo", "\r\n".join(lines + ["250 " + offers[-1]]))

    helo = ehlo

    def starttls(self, line):
        if not self.reply("starttls", "220 2.0.0 go ahead"):
            return
        if self.fault[1] == "plain":
            self.peer.say(b"this is no handshake\r\n" * 10)
            self.peer.silence()
        self.peer.use(self.server.wrap(self.peer.sock, self.fault[1]))
        self.is_tls = True

    def auth(self, line):
        words = line.split()
        if len(words) == 2:
            self.peer.say(b"334 \r\n")
            words.append(self.peer.line().decode().strip())
        given = base64.b64decode(words[2]).decode().split("\0")
        self.server.log.say(self.name, "login", given=given)
        self.reply("auth", "235 2.7.0 welcome")

    def mail(self, line):
        sender = line.split("<")[1].split("@")[0]
        self.server.log.say(self.name, "mail", sender=sender)
        if self.name.startswith("relay-"):
            self.fault = (sender.split("-") + ["", ""])[:2]
            self.fault[1] = self.fault[1] or "none"
            self.cell = sender
        else:
            self.cell = self.name
        self.reply("mail", "250 2.1.0 sender ok")

    def rcpt(self, line):
        self.reply("rcpt", "250 2.1.5 recipient ok")

    def data(self, line):
        if not self.reply("data", "354 go ahead"):
            return
        raw = b""
        while (line := self.peer.line()) != b".\r\n":
            raw += line[1:] if line.startswith(b".") else line
        self.server.log.say(self.cell, "message", **facts(raw))
        self.reply("dot", "250 2.0.0 kept")


# --- the house --------------------------------------------------------------


class Server:
    def __init__(self, options):
        self.log = Log(options.log)
        self.certs = options.certs
        self.ports = {}
        self.kept = []

    def wrap(self, sock, word):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if word == "old":
            context.set_ciphers("DEFAULT@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
            word = "good"
        context.load_cert_chain(os.path.join(self.certs, word + ".pem"))
        return context.wrap_socket(sock, server_side=True)

    def converse(self, name, sock):
        last = name.split("-")[-1]
        kind = Smtp if name.startswith(("smtp-", "relay-")) else Http
        try:
            self.log.say(name, "connection")
            if name == "https-plain":
                sock.sendall(b"HTTP/1.1 400 No TLS here\r\n\r\n")
                raise Left
            if name.startswith("https-"):
                sock = self.wrap(sock, last)
            peer = Peer(sock)
            kind(self, name, peer).serve()
            peer.file.close()
        except (Left, OSError, ValueError, IndexError):
            pass
        sock.close()

    def accept(self, name, listener):
        while True:
            sock = listener.accept()[0]
            threading.Thread(
                target=self.converse, args=(name, sock), daemon=True
            ).start()

    def fill(self, listener):
        """Take all places in the queue of those who wait to be accepted."""
        for _ in range(4):
            sock = socket.socket()
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
            self.kept.append(sock)

    def open(self, name, address="127.0.0.2", port=0):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        listener = socket.socket(family)
        listener.bind((address, port))
        self.kept.append(listener)
        self.ports[name] = listener.getsockname()[1]
        if name.endswith("-hole"):
            listener.listen(0)
            self.fill(listener)
        elif not name.endswith("-refused"):
            listener.listen(64)
            threading.Thread(
                target=self.accept, args=(name, listener), daemon=True
            ).start()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--log", required=True)
    parser.add_argument("--certs")
    parser.add_argument("names", nargs="+")
    options = parser.parse_args()
    server = Server(options)
    for name in options.names:
        server.open(name)
    if "trap" in options.names:
        server.open("trap", "127.0.0.1", server.ports["trap"])
        if socket.has_dualstack_ipv6():
            server.open("trap", "::1", server.ports["trap"])
    for name in options.names:
        print("port", name, server.ports[name])
    print("ready", flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
