#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The two ends of a PPTP tunnel, as far as a router knows of it (RFC 2637).

    pptp.py serve ADDRESS
    pptp.py hold OWN-ADDRESS ADDRESS [redial]

hold opens a control connection, makes a call, and sends a packet through the tunnel,
which the server returns. For each line on standard input it has an echo answered over
the control connection, and a packet through the tunnel; with redial it then clears
the call and makes another one, with another identifier, for the next line. It
reports as tcphold does: "1 of 1 carry data".
"""
import socket
import struct
import sys
import threading

PORT, COOKIE, GRE = 1723, 0x1a2b3c4d, 47
START, STARTED, ECHO, ECHOED, CALL, CALLED, CLEAR, CLEARED = 1, 2, 5, 6, 7, 8, 12, 13
VERSION = 0x100
WAIT = 15
# Of GRE: a key and a sequence number, version 1, PPP.
FLAGS, PPP = 0x3001, 0x880b
FIRST = 1000			# the client's first call


def control(sock, kind, body):
    sock.sendall(struct.pack("!HHIHH", 12 + len(body), 1, COOKIE, kind, 0) + body)


def message(sock):
    """The next one: what it is, and what it says."""
    header = sock.recv(12, socket.MSG_WAITALL)
    if len(header) < 12:
        return None, b""
    length, one, cookie, kind, _ = struct.unpack("!HHIHH", header)
    assert one == 1 and cookie == COOKIE, header
    return kind, sock.recv(length - 12, socket.MSG_WAITALL)


def expect(sock, kind):
    got, body = message(sock)
    if got != kind:
        raise EOFError("message %s came instead of %d" % (got, kind))
    return body


def packet(call, data):
    return struct.pack("!HHHHI", FLAGS, PPP, len(data), call, 0) + data


def parse(datagram):
    """What the packet of GRE behind this header of IPv4 carries: its call, its data."""
    gre = datagram[(datagram[0] & 15) * 4:]
    flags, kind, length, call = struct.unpack_from("!HHHH", gre)
    if flags & 0xff7f != FLAGS or kind != PPP:
        return None, b""
    return call, gre[12:12 + length]


class Server:
    def __init__(self, address):
        self.calls = {}		# its own identifier: the other end's, and where that is
        self.raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, GRE)
        self.raw.bind((address, 0))
        self.last = 0

    def tunnel(self):
        while True:
            datagram, where = self.raw.recvfrom(2048)
            call, data = parse(datagram)
            if call in self.calls:
                self.raw.sendto(packet(self.calls[call], data), where)

    def called(self, sock, body):
        self.last += 1
        call, = struct.unpack_from("!H", body)
        self.calls[self.last] = call
        control(sock, CALLED, struct.pack("!HHBBHIHHI", self.last, call, 1, 0, 0,
                                          64000, 64, 0, 0))
        return self.last, call

    def session(self, sock):
        own = call = None
        while (got := message(sock))[0]:
            kind, body = got
            if kind == START:
                control(sock, STARTED, struct.pack("!HBBIIHH", VERSION, 1, 0, 3, 3, 0,
                                                   0) + bytes(128))
            elif kind == ECHO:
                control(sock, ECHOED, body + struct.pack("!BBH", 1, 0, 0))
            elif kind == CALL:
                own, call = self.called(sock, body)
            elif kind == CLEAR and struct.unpack_from("!H", body) == (call,):
                del self.calls[own]
                control(sock, CLEARED, struct.pack("!HBBHH", own, 4, 0, 0, 0) +
                        bytes(128))


def serve(address):
    server = Server(address)
    threading.Thread(target=server.tunnel, daemon=True).start()
    listener = socket.create_server((address, PORT))
    while True:
        sock, _ = listener.accept()
        threading.Thread(target=server.session, args=(sock,), daemon=True).start()


class Client:
    def __init__(self, own, address):
        self.address = address
        self.number = 0
        self.call = FIRST
        self.raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, GRE)
        self.raw.bind((own, 0))
        self.raw.settimeout(WAIT)
        self.sock = socket.create_connection((address, PORT), WAIT, (own, 0))
        control(self.sock, START, struct.pack("!HHIIHH", VERSION, 0, 3, 3, 0, 0) +
                bytes(128))
        expect(self.sock, STARTED)
        self.dial()

    def dial(self):
        self.call += 1
        control(self.sock, CALL, struct.pack("!HHIIIIHHHH", self.call, 0, 300, 100000000,
                                             3, 3, 64, 0, 0, 0) + bytes(128))
        other, call = struct.unpack_from("!HH", expect(self.sock, CALLED))
        assert call == self.call, "the answer is to call %d" % call
        self.other = other

    def redial(self):
        control(self.sock, CLEAR, struct.pack("!HH", self.call, 0))
        expect(self.sock, CLEARED)
        self.dial()
        self.through()

    def through(self):
        """A packet through the tunnel, and back."""
        self.number += 1
        data = b"packet %d" % self.number
        self.raw.sendto(packet(self.other, data), (self.address, 0))
        while parse(self.raw.recv(2048)) != (self.call, data):
            pass

    def exchange(self):
        self.number += 1
        control(self.sock, ECHO, struct.pack("!I", self.number))
        assert expect(self.sock, ECHOED)[:4] == struct.pack("!I", self.number)
        self.through()


def hold(own, address, redial=None):
    client = Client(own, address)
    client.through()
    while True:
        print("1 of 1 carry data", flush=True)
        if not sys.stdin.readline():
            return
        try:
            client.exchange()
            if redial:
                client.redial()
        except (AssertionError, OSError, EOFError) as error:
            print("# client:", error, file=sys.stderr, flush=True)
            print("0 of 1 carry data", flush=True)
            return


if sys.argv[1] == "serve":
    serve(sys.argv[2])
else:
    hold(*sys.argv[2:])
