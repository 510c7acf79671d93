#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Echo over protocols that few programs speak: sctp, dccp, udplite, gre, and 253,
which nobody speaks (RFC 3692).

    proto.py can KIND               exit status 0 if this kernel has it
    proto.py serve KIND PORT        says "ready" when it is
    proto.py hold KIND ADDRESS PORT

hold opens one, exchanges a line, and again for each line on standard input, as
tcphold does: "1 of 1 carry data".
"""
import socket
import struct
import sys
import time

SOCK_DCCP, SOL_DCCP, SERVICE = 6, 269, 2
DIALS = {"sctp": (socket.SOCK_STREAM, 132), "dccp": (SOCK_DCCP, 33),
         "udplite": (socket.SOCK_DGRAM, 136)}
RAW = {"gre": 47, "253": 253}
GRE = struct.pack("!HH", 0, 0x88b5)
WAIT = 30


def family_of(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def new_socket(kind, family):
    if kind in RAW:
        return socket.socket(family, socket.SOCK_RAW, RAW[kind])
    sock = socket.socket(family, *DIALS[kind])
    if kind == "dccp":
        sock.setsockopt(SOL_DCCP, SERVICE, struct.pack("!I", 7))
    return sock


def serve(kind, port):
    sock = new_socket(kind, socket.AF_INET)
    if kind in RAW:
        print("ready", flush=True)
        while True:
            packet, peer = sock.recvfrom(2048)
            sock.sendto(packet[(packet[0] & 15) * 4:], peer)
    sock.bind(("", port))
    if kind == "udplite":
        print("ready", flush=True)
        while True:
            data, peer = sock.recvfrom(2048)
            sock.sendto(data, peer)
    sock.listen(16)
    print("ready", flush=True)
    while True:
        one, _ = sock.accept()
        while data := one.recv(2048):
            one.send(data)


def exchange(kind, sock, number):
    line = b"%s %08d\n" % (kind.encode(), number)
    sent = GRE + line if kind == "gre" else line
    end = time.monotonic() + WAIT
    again = kind in RAW or kind == "udplite"
    sock.settimeout(0.5 if again else WAIT)
    try:
        sock.send(sent)
        while time.monotonic() < end:
            try:
                got = sock.recv(2048)
            except TimeoutError:
                # What may be lost is sent again.
                sock.send(sent)
                continue
            if kind in RAW:
                got = got[(got[0] & 15) * 4:]
            if got == sent:
                return True
    except OSError as error:
        print("#", kind, error, file=sys.stderr)
    return False


def hold(kind, address, port):
    sock = new_socket(kind, family_of(address))
    sock.settimeout(WAIT)
    sock.connect((address, port))
    number = 0
    while True:
        good = exchange(kind, sock, number)
        print("%d of 1 carry data" % good, flush=True)
        number += 1
        if not sys.stdin.readline():
            return


def can(kind):
    try:
        new_socket(kind, socket.AF_INET).close()
    except OSError:
        sys.exit(1)


what, kind = sys.argv[1:3]
if what == "can":
    can(kind)
elif what == "serve":
    serve(kind, int(sys.argv[3]))
else:
    hold(kind, sys.argv[3], int(sys.argv[4]))
