#!/usr/bin/python3
"""smtp_sink.py - an SMTP server that takes every message and keeps none.

Prints "port N", then serves on 127.0.0.1 until it is stopped.
"""

import asyncio


class Sink(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
        self.rest = b""
        self.in_data = False
        transport.write(b"220 sink\r\n")

    def data_received(self, data):
        self.rest += data
        while self.rest:
            end = b"\r\n.\r\n" if self.in_data else b"\r\n"
            head, found, rest = self.rest.partition(end)
            if not found:
                return
            self.rest = rest
            self.transport.write(self.answer(head[:4].upper()))

    def answer(self, verb):
        if self.in_data:
            self.in_data = False
            return b"250 taken\r\n"
        if verb == b"EHLO":
            return b"250-sink\r\n250 8BITMIME\r\n"
        if verb == b"DATA":
            self.in_data = True
            return b"354 go on\r\n"
        return b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n"


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Sink, "127.0.0.1", 0)
    print("port", server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
