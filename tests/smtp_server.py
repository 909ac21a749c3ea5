#!/usr/bin/python3
"""smtp_server.py - an SMTP server for tests, by aiosmtpd.

Prints "port N" on its first line of output, then serves on 127.0.0.1 until
it gets SIGTERM or, where its standard input is a pipe, until that ends.

  --port N         listen there (default 0: a free port)
  --maildir DIR    each accepted message becomes a file in DIR/new/, as it
                   came, behind the lines "X-Envelope-From:",
                   "X-Envelope-To:" (one each), "X-Tls:" and "X-Peer-Port:"
                   (the same port twice: the connection was kept)
  --tls CERT KEY   offer STARTTLS with this certificate
  --tls-on-connect with --tls: speak TLS from the first byte (smtps)
  --require-tls    refuse mail before STARTTLS (530)
  --auth USER:PASSWORD   demand this login (535 when it is another, 530 when
                   there is none); without TLS too
  --hold FILE      greet nobody before this file is there
  --fail MODE      misbehave:
      421-connect    greet with 421 and close
      554-connect    greet with 554 and close
      silent         accept the connection and never greet
      452-mail, 550-mail       answer MAIL so
      450-rcpt, 451-rcpt, 550-rcpt, 552-rcpt   answer RCPT so
      451-data, 554-data       answer so after the final dot
      drop-data      close instead of answering DATA
      drop-mail-once close when a kept connection's second MAIL comes
      drop-dot       close after the final dot, without an answer; the
                     message is kept nevertheless
      slow-dot:S     answer the final dot after S seconds
      never-dot      never answer the final dot
"""

import argparse
import asyncio
import logging
import os
import signal
import ssl
import stat
import sys
import time
import warnings

try:
    from aiosmtpd.smtp import SMTP, AuthResult
except ImportError:
    sys.exit("python3-aiosmtpd is missing")

RCPT_REPLIES = {
    "450-rcpt": "450 4.2.1 mailbox busy",
    "451-rcpt": "451 4.7.1 greylisted, come back later",
    "550-rcpt": "550 5.1.1 no such user",
    "552-rcpt": "552 5.2.2 mailbox full",
}
MAIL_REPLIES = {
    "452-mail": "452 4.3.1 no space",
    "550-mail": "550 5.7.1 sender refused",
}
DATA_REPLIES = {
    "451-data": "451 4.3.0 try again",
    "554-data": "554 5.6.0 message refused",
}


class Maildir:
    """What the server does with each command; see --fail."""

    def __init__(self, options):
        self.options = options
        self.fail = options.fail or ""
        self.count = 0
        if options.maildir:
            for name in ("tmp", "new", "cur"):
                os.makedirs(os.path.join(options.maildir, name), exist_ok=True)

    async def handle_MAIL(self, server, session, envelope, address, options):
        session.mails = getattr(session, "mails", 0) + 1
        if self.fail == "drop-mail-once" and session.mails == 2:
            server.transport.abort()
            return "421 gone"
        if self.fail in MAIL_REPLIES:
            return MAIL_REPLIES[self.fail]
        envelope.mail_from = address
        return "250 2.1.0 sender ok"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.fail in RCPT_REPLIES:
            return RCPT_REPLIES[self.fail]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 recipient ok"

    async def handle_DATA(self, server, session, envelope):
        if self.fail in DATA_REPLIES:
            return DATA_REPLIES[self.fail]
        self.keep(session, envelope)
        if self.fail == "drop-dot":
            server.transport.abort()
        if self.fail == "never-dot":
            await asyncio.sleep(3600)
        if self.fail.startswith("slow-dot:"):
            await asyncio.sleep(float(self.fail.split(":")[1]))
        return "250 2.0.0 kept as %d" % self.count

    def keep(self, session, envelope):
        self.count += 1
        if not self.options.maildir:
            return
        name = "%d.%d_%d.test" % (time.time(), os.getpid(), self.count)
        path = os.path.join(self.options.maildir, "tmp", name)
        head = ["X-Envelope-From: %s" % envelope.mail_from]
        head += ["X-Envelope-To: %s" % to for to in envelope.rcpt_tos]
        head += ["X-Tls: %s" % ("yes" if session.ssl else "no")]
        head += ["X-Peer-Port: %d" % session.peer[1]]
        with open(path, "wb") as out:
            out.write("".join(line + "\r\n" for line in head).encode())
            out.write(envelope.original_content)
        os.rename(path, os.path.join(self.options.maildir, "new", name))


class Server(SMTP):
    """aiosmtpd's server with the failures that no handler can bring about."""

    fail = ""
    hold = None

    def connection_made(self, transport):
        if self.hold and not os.path.exists(self.hold):
            loop = asyncio.get_running_loop()
            loop.call_later(0.01, self.connection_made, transport)
            return
        if self.fail == "silent":
            return
        if self.fail.endswith("-connect"):
            code = self.fail.split("-")[0]
            transport.write(code.encode() + b" no service here\r\n")
            transport.close()
            return
        super().connection_made(transport)

    def connection_lost(self, error):
        if self.fail != "silent" and not self.fail.endswith("-connect"):
            super().connection_lost(error)

    async def smtp_DATA(self, arg):
        if self.fail == "drop-data":
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


def make_server(options, handler, context):
    login = (options.auth or ":").split(":", 1)

    def authenticate(server, session, envelope, mechanism, data):
        given = [data.login.decode(), data.password.decode()]
        return AuthResult(success=given == login, handled=False)

    server = Server(
        handler,
        hostname="mail.test",
        enable_SMTPUTF8=False,
        tls_context=None if options.tls_on_connect else context,
        require_starttls=options.require_tls,
        authenticator=authenticate if options.auth else None,
        auth_required=bool(options.auth),
        auth_require_tls=False,
    )
    return server


def parse_options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--maildir")
    parser.add_argument("--tls", nargs=2, metavar=("CERT", "KEY"))
    parser.add_argument("--tls-on-connect", action="store_true")
    parser.add_argument("--require-tls", action="store_true")
    parser.add_argument("--auth", metavar="USER:PASSWORD")
    parser.add_argument("--hold", metavar="FILE")
    parser.add_argument("--fail", metavar="MODE")
    return parser.parse_args()


async def serve(options):
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    context = None
    if options.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*options.tls)
    Server.fail = options.fail or ""
    Server.hold = options.hold
    handler = Maildir(options)
    server = await loop.create_server(
        lambda: make_server(options, handler, context),
        "127.0.0.1",
        options.port,
        ssl=context if options.tls_on_connect else None,
    )
    print("port", server.sockets[0].getsockname()[1], flush=True)
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    if stat.S_ISFIFO(os.fstat(0).st_mode):
        loop.add_reader(0, lambda: os.read(0, 4096) or ended.set())
    await ended.wait()
    os._exit(0)  # connections that hang on purpose do not hold us up


if __name__ == "__main__":
    # Connections that break off are what the tests are about.
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    asyncio.run(serve(parse_options()))
