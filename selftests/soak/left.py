#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Compare how much time connections have left on two nodes.

    left.py list SOURCE... > FILE
                                of each connection in conntrack from an address that
                                begins like that when its time is over, on the clock of
                                this machine, to a second
    left.py diff BEFORE AFTER   of those in both; fails if there are none, or if one
                                has a second more or less than it had

conntrack -L shows the same, but not when it was so: it prints for seconds what the
kernel said at moments in between. The kernel fills the next message of a list when the
one before it has been received, so it is known here to the millisecond.

Both lists have whole seconds, rounded down: the difference of two equal ones may be
anything below a second, and that of two that are a second apart anything below two.
"""
import socket
import struct
import sys
import time

NETFILTER = 12
GET = 1 << 8 | 1		# of ctnetlink
REQUEST, DUMP = 1, 0x300
DONE = 3
TUPLE_ORIG, TUPLE_REPLY, TIMEOUT, ZONE = 1, 2, 7, 18
IP, FAMILIES = 1, {1: socket.AF_INET, 3: socket.AF_INET6}	# of a tuple
TYPE = 0x3FFF
SECOND = 1.0


def attributes(octets):
    """{type: value}"""
    found, at = {}, 0
    while at + 4 <= len(octets):
        length, kind = struct.unpack_from("=HH", octets, at)
        found[kind & TYPE] = octets[at + 4:at + length]
        at += length + 3 & ~3
    return found


def source(orig):
    for kind, octets in attributes(attributes(orig)[IP]).items():
        if kind in FAMILIES:
            return socket.inet_ntop(FAMILIES[kind], octets)


def entries(sources):
    """(when, tuples and zone, seconds left) of each"""
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETFILTER)
    body = struct.pack("=BBH", socket.AF_UNSPEC, 0, 0)
    sock.send(struct.pack("=IHHII", 16 + len(body), GET, REQUEST | DUMP, 1, 0) + body)
    filled = time.monotonic()
    while True:
        message, filled_then = sock.recv(1 << 17), filled
        filled = time.monotonic()
        at = 0
        while at < len(message):
            length, kind = struct.unpack_from("=IH", message, at)
            if kind == DONE:
                return
            found = attributes(message[at + 20:at + length])
            if TIMEOUT in found and source(found[TUPLE_ORIG]).startswith(sources):
                what = [found.get(kind, b"").hex()
                        for kind in (TUPLE_ORIG, TUPLE_REPLY, ZONE)]
                yield filled_then, ".".join(what), struct.unpack("!I", found[TIMEOUT])[0]
            at += length + 3 & ~3


def read(name):
    return {what: float(over) for what, over in map(str.split, open(name))}


def diff(before, after):
    before, after = read(before), read(after)
    later = sorted(after[what] - before[what] for what in before.keys() & after.keys())
    if not later:
        sys.exit("they have none in common")
    print("# of %d connections: %+.2f to %+.2f s, half of them %+.2f to %+.2f" %
          (len(later), later[0], later[-1], later[len(later) // 4],
           later[len(later) * 3 // 4]))
    wrong = [by for by in later if abs(by) >= 2 * SECOND]
    if wrong:
        sys.exit("%d are off by more than a second" % len(wrong))


if sys.argv[1] == "list":
    for when, what, left in entries(tuple(sys.argv[2:])):
        print(what, "%.3f" % (when + left))
else:
    diff(*sys.argv[2:])
