#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""TCP connections that are neither open nor closed, both ends in one process.

    halfway.py SERVER-NAMESPACE VIRTUAL ADDRESS PORT [VIRTUAL ADDRESS PORT]...

The client's ends are in the namespace it is started in. To each ADDRESS of the
server, that sees the client as VIRTUAL, there are four:

    asked       PORT: the client has closed its half and gets data
    told        PORT: the server has closed its half and gets data
    crossed     PORT + 1: both ends opened it at the same time
    crossing    PORT + 2: the same, and something keeps them from ending that: this
                one is not among those that are to carry data at first

A network that drops the client's SYN to PORT + 1 at the server makes the SYNs cross.
For each line on standard input all exchange lines again, in the direction or both
that are left: "8 of 8 carry data", as tcphold does.
"""
import ctypes
import errno
import socket
import sys
import time

CLONE_NEWNET = 0x40000000
WAIT = 25
LIBC = ctypes.CDLL(None, use_errno=True)


class Namespace:
    """Sockets that are made within are of that namespace, and stay there."""
    here = open("/proc/self/ns/net")

    def __init__(self, name):
        self.file = open("/run/netns/" + name)

    def __enter__(self):
        if LIBC.setns(self.file.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")

    def __exit__(self, *args):
        LIBC.setns(self.here.fileno(), CLONE_NEWNET)


def new_socket(address, port=0):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(("", port))
    sock.settimeout(WAIT)
    return sock


def begin(sock, *to):
    """Send the SYN, and do not wait."""
    sock.setblocking(False)
    error = sock.connect_ex(to)
    if error not in (0, errno.EINPROGRESS):
        raise OSError(error, "connect")


def is_open(sock, until):
    while time.monotonic() < until:
        try:
            sock.getpeername()
            sock.settimeout(WAIT)
            return True
        except OSError as error:
            if error.errno != errno.ENOTCONN or \
               sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                return False
        time.sleep(0.02)
    return False


class Pair:
    """One connection: where data can go, from the client's end or to it."""
    def __init__(self, name, client, server, ways):
        self.name, self.client, self.server = name, client, server
        self.ways = [(client, server)] * ("up" in ways) + \
            [(server, client)] * ("down" in ways)

    def carries(self, number):
        until = time.monotonic() + WAIT
        try:
            if not (is_open(self.client, until) and
                    is_open(self.server, until)):
                print("#", self.name, "is not open", file=sys.stderr)
                return False
            for way, (sender, receiver) in enumerate(self.ways):
                line = b"%s %d %08d\n" % (self.name.encode(), way, number)
                sender.sendall(line)
                got = b""
                while len(got) < len(line):
                    part = receiver.recv(len(line) - len(got))
                    if not part:
                        break
                    got += part
                if got != line:
                    print("#", self.name, got, "for", line, file=sys.stderr)
                    return False
            return True
        except OSError as error:
            print("#", self.name, error, file=sys.stderr)
            return False


def connected(there, address, port):
    """Both ends of an ordinary connection."""
    with there:
        listener = new_socket(address, port)
    listener.listen()
    client = new_socket(address)
    client.connect((address, port))
    server, _ = listener.accept()
    server.settimeout(WAIT)
    listener.close()
    return client, server


def half_closed(there, address, port):
    for name, ways in (("asked", "down"), ("told", "up")):
        client, server = connected(there, address, port)
        closes, sees = (client, server) if ways == "down" else (server, client)
        closes.shutdown(socket.SHUT_WR)
        if sees.recv(1):
            raise OSError("data in place of the end")
        yield Pair(name, client, server, ways)


def crossing(there, name, virtual, address, port):
    client = new_socket(address)
    with there:
        server = new_socket(address, port)
    begin(client, address, port)
    # It is on its way, and will be lost.
    time.sleep(0.2)
    begin(server, virtual, client.getsockname()[1])
    return Pair(name, client, server, "up down")


def main():
    there = Namespace(sys.argv[1])
    rest, pairs, late = sys.argv[2:], [], []
    while rest:
        virtual, address, port, *rest = rest
        port = int(port)
        pairs += half_closed(there, address, port)
        pairs.append(crossing(there, "crossed", virtual, address, port + 1))
        late.append(crossing(there, "crossing", virtual, address, port + 2))
    number = 0
    while True:
        good = sum([pair.carries(number) for pair in pairs])
        print("%d of %d carry data" % (good, len(pairs)), flush=True)
        number += 1
        if not sys.stdin.readline():
            return
        pairs += late
        late = []


main()
