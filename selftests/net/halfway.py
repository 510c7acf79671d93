#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""TCP connections that are neither open nor closed, both ends in one process.

    halfway.py SERVER-NAMESPACE VIRTUAL ADDRESS PORT [VIRTUAL ADDRESS PORT]...

The client's ends are in the namespace it is started in. To each ADDRESS of the
server, that sees the client as VIRTUAL, there are:

    asked       PORT: the client has closed its half and gets data
    told        PORT: the server has closed its half and gets data
    crossed     PORT + 1: both ends opened it at the same time
    crossing    PORT + 2: the same, and something keeps them from ending that
    opening     PORT + 3: the client has asked for it, and something keeps the
                answer from it

A network that drops the client's SYN to PORT + 1 at the server makes the SYNs cross.
The last two, MANY of each, begin with the first line on standard input, and are
to carry data from the second on. For each line all others exchange lines again, in
the direction or both that are left: "38 of 38 carry data", as tcphold does.
"""
import ctypes
import errno
import socket
import sys
import time

CLONE_NEWNET = 0x40000000
WAIT = 25
# What becomes of one may depend on half a bit of its sequence numbers.
MANY = 8
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
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
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


def crossing(there, name, virtual, address, port, count=1):
    clients = [new_socket(address) for _ in range(count)]
    with there:
        servers = [new_socket(address, port) for _ in clients]
    for client in clients:
        begin(client, address, port)
    # They are on their way, and will be lost.
    time.sleep(0.2)
    for client, server in zip(clients, servers):
        begin(server, virtual, client.getsockname()[1])
    return [Pair(name, client, server, "up down")
            for client, server in zip(clients, servers)]


class Opening(Pair):
    """One whose other end is there when the listener has it."""
    accepted = {}

    def __init__(self, listener, client, address, port):
        super().__init__("opening", client, None, "")
        self.listener = listener
        begin(client, address, port)

    def carries(self, number):
        mine = self.client.getsockname()[1]
        try:
            while not self.server and mine not in self.accepted:
                server, peer = self.listener.accept()
                server.settimeout(WAIT)
                self.accepted[peer[1]] = server
        except OSError as error:
            print("#", self.name, error, file=sys.stderr)
            return False
        if not self.server:
            self.server = self.accepted.pop(mine)
            self.ways = [(self.client, self.server),
                         (self.server, self.client)]
        return super().carries(number)


def opening(there, address, port):
    with there:
        listener = new_socket(address, port)
    # A queue that is half full forgets who does not answer.
    listener.listen(4 * MANY)
    return [Opening(listener, new_socket(address), address, port)
            for _ in range(MANY)]


def main():
    there = Namespace(sys.argv[1])
    args = sys.argv[2:]
    networks = [(args[i], args[i + 1], int(args[i + 2]))
                for i in range(0, len(args), 3)]
    pairs, late, number = [], [], 0

    def report():
        good = sum([pair.carries(number) for pair in pairs])
        print("%d of %d carry data" % (good, len(pairs)), flush=True)

    for virtual, address, port in networks:
        pairs += half_closed(there, address, port)
        pairs += crossing(there, "crossed", virtual, address, port + 1)
    report()
    for number, _ in enumerate(sys.stdin, 1):
        if number == 1:
            for virtual, address, port in networks:
                late += crossing(there, "crossing", virtual, address,
                                 port + 2, MANY)
                late += opening(there, address, port + 3)
        else:
            pairs += late
            late = []
        report()


main()
