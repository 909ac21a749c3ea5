#!/usr/bin/python3
"""http_server.py - an HTTP sink for tests.

Prints "port N" on its first line of output, then serves on 127.0.0.1 until
it gets SIGTERM or, where its standard input is a pipe, until that ends.

  --port N        listen there (default 0: a free port)
  --requests DIR  each request becomes DIR/N.json with method, path, headers
                  (a list of pairs), body (text, Latin-1) and peer_port
  --tls CERT KEY  speak TLS

By path:
  /ok                        200, JSON
  /status/N?retry-after=V    status N with that Retry-After
  /first/N/NAME              status N the first time, then 200
  /redirect                  302 to /ok
  /slow?seconds=S            answers 200 after S seconds (default 3600); with
                             &once=NAME only the first time, then at once
  /endless                   200 and a body without end
  /half                      200, half of the promised body, then closes
  /drop                      reads the request, then resets the connection
  /hangup                    resets the connection when the headers are read,
                             with most of the body still to come
  /gzip                      200 with Content-Encoding: gzip and bytes that
                             are not
  /echo                      200 with the request's body and Content-Type
  /tell/BYTES/PATH           200, text: so many letters x, the path, and then
                             the connection breaks off
  /mirror                    200, JSON that tells the request's path, headers
                             (lower-case names) and body, and the path in the
                             header X-Path
  /2010-04-01/Accounts/AC.../Messages.json
                             answers as Twilio's Messages API does, for the
                             auth token "token"; a message that begins with
                             "/" is treated as its path says, after this list
"""

import argparse
import base64
import http.server
import itertools
import json
import os
import signal
import socket
import ssl
import stat
import struct
import threading
import time
import urllib.parse


class Sink(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder = None
    numbers = itertools.count(1)
    seen = set()

    def log_message(self, *args):
        pass

    def reset(self):
        self.connection.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        self.close_connection = True
        self.connection.close()

    def answer(self, status, body=b"", content_type="text/plain", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def record(self, body):
        if self.folder is None:
            return
        name = os.path.join(self.folder, "%d.json" % next(self.numbers))
        request = {
            "method": self.command,
            "path": self.path,
            "headers": [list(item) for item in self.headers.items()],
            "body": body.decode("latin-1"),
            "peer_port": self.client_address[1],
        }
        with open(name + ".tmp", "w") as out:
            json.dump(request, out)
        os.rename(name + ".tmp", name)

    def handle_any(self):
        if self.path.startswith("/hangup"):
            time.sleep(0.2)
            return self.reset()
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.record(body)
        return self.route(body)

    def route(self, body):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        parts = url.path.strip("/").split("/")
        page = getattr(self, "page_" + parts[0].replace("-", "_"), None)
        if page is None:
            return self.answer(404)
        return page(parts[1:], query, body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

    def page_ok(self, parts, query, body):
        self.answer(200, b'{"ok":true}', "application/json")

    def page_status(self, parts, query, body):
        headers = []
        if "retry-after" in query:
            headers.append(("Retry-After", query["retry-after"]))
        self.answer(int(parts[0]), b"as asked", headers=headers)

    def page_first(self, parts, query, body):
        is_first = self.path not in self.seen
        self.seen.add(self.path)
        self.answer(int(parts[0]) if is_first else 200, b"as asked")

    def page_redirect(self, parts, query, body):
        self.answer(302, headers=[("Location", "/ok")])

    def page_slow(self, parts, query, body):
        once = query.get("once")
        if once is None or once not in self.seen:
            self.seen.add(once)
            time.sleep(float(query.get("seconds", 3600)))
        self.answer(200, b"at last")

    def page_endless(self, parts, query, body):
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"x" * 8192)
        except OSError:
            self.close_connection = True

    def page_half(self, parts, query, body):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"y" * 500)
        self.close_connection = True

    def page_drop(self, parts, query, body):
        self.reset()

    def page_gzip(self, parts, query, body):
        self.answer(200, b"not gzip", headers=[("Content-Encoding", "gzip")])

    def page_echo(self, parts, query, body):
        kind = self.headers.get("Content-Type", "application/octet-stream")
        self.answer(200, body, kind)

    def page_tell(self, parts, query, body):
        told = b"x" * int(parts[0]) + self.path.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told) + 1))
        self.end_headers()
        self.wfile.write(told)
        self.close_connection = True

    def page_mirror(self, parts, query, body):
        told = {
            "path": self.path,
            "headers": {
                k.lower(): v.encode("latin-1").decode()
                for k, v in self.headers.items()
            },
            "body": body.decode(),
        }
        self.answer(
            200,
            json.dumps(told).encode(),
            "application/json",
            [("X-Path", self.path), ("X-Two", "a"), ("X-Two", "b")],
        )

    def twilio_error(self, status, code, message):
        told = {
            "code": code,
            "message": message,
            "more_info": "https://www.twilio.com/docs/errors/%d" % code,
            "status": status,
        }
        self.answer(status, json.dumps(told).encode(), "application/json")

    def page_2010_04_01(self, parts, query, body):
        login = "Basic " + base64.b64encode(
            (parts[1] + ":token").encode()
        ).decode()
        form = dict(urllib.parse.parse_qsl(body.decode()))
        sender = form.get("From") or form.get("MessagingServiceSid")
        if self.headers.get("Authorization") != login:
            return self.twilio_error(401, 20003, "Authenticate")
        if self.command != "POST" or parts[2] != "Messages.json":
            return self.twilio_error(404, 20404, "Not found")
        if form.get("To") == "+15005550001":
            return self.twilio_error(
                400, 21211, "The 'To' number +15005550001 is not valid."
            )
        if form.get("To") == "+15005550009":
            return self.twilio_error(
                400, 21610, "Attempt to send to unsubscribed recipient"
            )
        if not sender or not form.get("To") or not form.get("Body"):
            return self.twilio_error(400, 21602, "A parameter is missing.")
        if form["Body"].startswith("/"):
            self.path = form["Body"]
            return self.route(b"")
        told = {
            "sid": "SM" + "0" * 32,
            "status": "queued",
            "to": form["To"],
            "from": form.get("From"),
            "body": form["Body"],
            "error_code": None,
        }
        return self.answer(201, json.dumps(told).encode(), "application/json")


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128

    def handle_error(self, request, address):
        pass  # a reset is what some tests are about


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--requests", metavar="DIR")
    parser.add_argument("--tls", nargs=2, metavar=("CERT", "KEY"))
    options = parser.parse_args()
    if options.requests:
        os.makedirs(options.requests, exist_ok=True)
        Sink.folder = options.requests
    server = Server(("127.0.0.1", options.port), Sink)
    if options.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*options.tls)
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    print("port", server.server_address[1], flush=True)
    signal.signal(signal.SIGTERM, lambda *args: os._exit(0))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    if not stat.S_ISFIFO(os.fstat(0).st_mode):
        signal.pause()  # until SIGTERM
    while os.read(0, 4096):
        pass
    os._exit(0)  # handlers that hang on purpose do not hold us up


if __name__ == "__main__":
    main()
