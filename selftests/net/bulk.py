#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Bulk transfers over TCP, whose every octet is known.

    bulk.py serve PORT              on IPv4 and IPv6
    bulk.py run OCTETS PROGRESS PORT ADDRESS...
                                    from each ADDRESS one download, and one
                                    upload to it, all at once; PROGRESS is a file
                                    that has how many octets have come or gone

The last line says how many transfers came out right, of how many, and how many
connections were reset. Until it is ended it keeps them all: what comes late for a
connection that is closed is answered by a reset, and that would be nobody's fault. A transfer that makes no progress for SILENCE is given up.
"""
import asyncio
import hashlib
import random
import socket
import sys

CHUNK = 16384
MOST = 1 << 20
SILENCE = 240
# Each transfer has another piece of it.
CONTENT = random.Random(1).randbytes(2 * MOST)


def content(seed, octets):
    at = seed * 4099 % MOST
    return memoryview(CONTENT)[at:at + octets]


async def soon(what):
    return await asyncio.wait_for(what, SILENCE)


async def receive(reader, octets, count=lambda n: None):
    parts = []
    while octets:
        part = await soon(reader.readexactly(min(octets, CHUNK)))
        parts.append(part)
        octets -= len(part)
        count(len(part))
    return b"".join(parts)


async def send(writer, data, count=lambda n: None):
    # What is counted is with the kernel.
    writer.transport.set_write_buffer_limits(0)
    for at in range(0, len(data), CHUNK):
        part = data[at:at + CHUNK]
        writer.write(part)
        await soon(writer.drain())
        count(len(part))


async def answer(reader, writer):
    try:
        what, seed, octets = (await receive(reader, 32)).split()
        if what == b"down":
            await send(writer, content(int(seed), int(octets)))
            writer.write_eof()
            await soon(reader.read(1))
        else:
            data = await receive(reader, int(octets))
            await send(writer, hashlib.sha256(data).hexdigest().encode())
    except (OSError, EOFError, asyncio.TimeoutError) as error:
        print("# server:", type(error).__name__, error, flush=True)
    writer.close()


async def serve(port):
    listener = socket.create_server(("::", port), family=socket.AF_INET6,
                                    dualstack_ipv6=True, backlog=1024)
    await asyncio.start_server(answer, sock=listener)
    await asyncio.Event().wait()


class Client:
    def __init__(self, octets, port):
        self.octets, self.port = octets, port
        self.moved = self.right = self.resets = 0
        self.writers = []

    def count(self, octets):
        self.moved += octets

    async def transfer(self, what, seed, address):
        data = content(seed, self.octets)
        reader, writer = await soon(asyncio.open_connection(address, self.port))
        self.writers.append(writer)
        request = "%s %d %d" % (what, seed, self.octets)
        await send(writer, request.ljust(32).encode())
        if what == "down":
            return await receive(reader, self.octets, self.count) == data
        await send(writer, data, self.count)
        digest = hashlib.sha256(data).hexdigest().encode()
        return await receive(reader, len(digest)) == digest

    async def run(self, *args):
        try:
            right = await self.transfer(*args)
            self.right += right
        except (OSError, EOFError, asyncio.TimeoutError) as error:
            print("#", *args, type(error).__name__, error, flush=True)
            self.resets += isinstance(error, ConnectionResetError)


async def run(octets, progress, port, addresses):
    client = Client(octets, port)
    tasks = []
    for number, address in enumerate(addresses):
        for what in ("down", "up"):
            tasks.append(asyncio.create_task(client.run(what, number, address)))
    while True:
        with open(progress, "w") as file:
            print(client.moved, file=file)
        _, left = await asyncio.wait(tasks, timeout=0.05)
        if not left:
            break
    print("%d of %d right, %d reset" % (client.right, len(tasks),
                                        client.resets), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        asyncio.run(serve(int(sys.argv[2])))
    else:
        asyncio.run(run(int(sys.argv[2]), sys.argv[3], int(sys.argv[4]),
                        sys.argv[5:]))
