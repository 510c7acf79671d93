#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Fix how long a TCP connection lives: packets do not prolong it any more.

    fix_timeout.py SOURCE PORT DESTINATION PORT SECONDS

The connection, of IPv4, as its first packet had it, is established. conntrack -U can
set no status of a connection that exists: it sends along what may not be changed.
"""
import os
import socket
import struct
import sys

NETFILTER = 12
NEW = 1 << 8			# of ctnetlink
REQUEST, ACK = 1, 4
NESTED = 0x8000
TUPLE_ORIG, STATUS, TIMEOUT = 1, 3, 7
SEEN_REPLY, ASSURED, CONFIRMED, FIXED_TIMEOUT = 1 << 1, 1 << 2, 1 << 3, 1 << 10


def attribute(kind, value):
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def nest(kind, *values):
    return attribute(kind | NESTED, b"".join(
        attribute(number, value) if isinstance(value, bytes) else nest(number, *value)
        for number, value in enumerate(values, 1)))


def main(source, sport, destination, dport, seconds):
    connection = nest(
        TUPLE_ORIG,
        (socket.inet_aton(source), socket.inet_aton(destination)),
        (bytes([socket.IPPROTO_TCP]), struct.pack("!H", int(sport)),
         struct.pack("!H", int(dport))))
    status = SEEN_REPLY | ASSURED | CONFIRMED | FIXED_TIMEOUT
    body = (struct.pack("=BBH", socket.AF_INET, 0, 0) + connection +
            attribute(STATUS, struct.pack("!I", status)) +
            attribute(TIMEOUT, struct.pack("!I", int(seconds))))
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETFILTER)
    sock.send(struct.pack("=IHHII", 16 + len(body), NEW, REQUEST | ACK, 1, 0) + body)
    error = -struct.unpack_from("=i", sock.recv(4096), 16)[0]
    if error:
        sys.exit("fix_timeout.py: " + os.strerror(error))


main(*sys.argv[1:])
