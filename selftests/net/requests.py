#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""requests.py SEED SECONDS [COUNT]: send the family requests that nobody wrote

Generic netlink messages made at random, of attributes as flowsync.h has them, of
others, of wrong lengths, nested wrongly, cut, and changed afterwards. Each has to be
answered, by an error or by what was asked for; and a request that is refused changes
nothing of the configuration. Ends after so many requests, or seconds, whichever is
first; prints "N requests, N refused, N done".
"""
import os
import random
import socket
import struct
import sys
import time

ERROR, DONE, CTRL = 2, 3, 16
REQUEST, ACK, DUMP = 1, 4, 0x300
NESTED = 0x8000

# Commands that change something, and the ones that only show.
CHANGES = [1, 2, 4, 5, 8, 9, 14, 15, 16, 17, 18, 19, 21, 22, 23, 24]
SHOWS = [3, 6, 10, 11, 12, 20]
NODE, PEER, GROUP, FLOW, STAT, EVENT, CAUSE, POLICY = range(2, 10)
OBJECT = {1: NODE, 3: NODE, 4: PEER, 5: PEER, 6: PEER, 8: GROUP, 9: GROUP,
          10: GROUP, 7: GROUP, 11: FLOW, 14: PEER, 15: PEER, 16: PEER, 17: GROUP,
          18: POLICY, 19: POLICY, 21: PEER, 22: PEER, 23: POLICY,
          24: PEER}
CHANGES.append(7)

NAMES = [b"a\0", b"b\0", b"c\0", b"r1\0", b"\0", b"x" * 31 + b"\0", b"y" * 32,
         b"a/b\0", b"a", b"\xff\0"]


def u32(*values):
    return lambda r: struct.pack("=I", r.choice(values + (r.getrandbits(32),)))


def u64(r):
    return struct.pack("=Q", r.getrandbits(64))


def port(r):
    return struct.pack("!H", r.choice((0, 1, 3790, 4000, r.getrandbits(16))))


def name(r):
    return r.choice(NAMES)


def key(r):
    return r.choice((bytes(32), b"k" * 32, b"n" * 32, r.randbytes(32),
                     r.randbytes(31)))


def address(r):
    return r.choice((bytes([10, 9, 0, r.randrange(4)]), bytes(4), b"\xff" * 4,
                     b"\xfd\x09" + bytes(13) + bytes([r.randrange(4)]),
                     b"\xfe\x80" + bytes(13) + b"\x01", b"\xff" * 16, b"\0\0\0"))


def flag(r):
    return r.choice((b"", b"", b"\0"))


LINK = {1: address, 2: address, 3: port, 4: port, 5: u32(1, 2, 3), 6: u32(1),
        7: u32(1500)}
ATTRIBUTES = {
    NODE: {2: u32(0, 1, 2), 3: name, 4: port, 12: u32(0, 0xff), 13: u64},
    PEER: {2: name, 3: u32(0, 1, 2, 3), 4: LINK, 5: u32(9, 10, 100, 60000, 60001),
           6: u32(0, 1, 3, 100, 101), 7: u32(1), 32: u32(0, 10, 1000, 1001),
           33: key, 34: u32(0, 1, 2), 35: u32(4, 5, 120, 86400, 86401),
           43: u32(0, 50000), 44: u32(999, 1000, 60000), 45: flag,
           46: u32(0, 10), 47: u32(0, 10), 48: u32(575, 576, 1500, 65535),
           49: key, 50: flag},
    GROUP: {2: u32(0, 1, 2, 65535, 65536), 3: name, 4: u32(0, 100, 255, 256),
            5: u32(0, 1, 2, 3), 14: u32(0, 1, 2)},
    FLOW: {2: u32(0, 1, 2, 3)},
    POLICY: {1: u32(0, 1, 2, 65535), 2: u32(0, 1, 2, 3), 3: u32(6, 17, 0, 256),
             4: address, 5: u32(0, 8, 32, 128, 129), 6: address,
             7: u32(0, 24, 128), 8: port, 9: port, 10: port, 11: port,
             12: u32(1), 13: u32(0xff), 14: u32(0, 65535, 65536)},
}
# Of each object, what is configuration, and not what became of it.
CONFIGURED = {NODE: {2, 3, 4, 12, 13},
              PEER: {2, 3, 4, 5, 6, 32, 34, 35, 43, 44, 46, 47, 48},
              GROUP: {2, 3, 4, 5, 14}, POLICY: set(range(1, 15))}
LINK_CONFIGURED = {1, 2, 3, 4, 5}


def attribute(kind, value):
    length = 4 + len(value)
    return struct.pack("=HH", length & 0xffff, kind) + value + bytes(-length % 4)


def attributes(data):
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        if length < 4:
            return
        yield kind & 0x3fff, data[4:length]
        data = data[(length + 3) & ~3:]


class Maker:
    """Requests; the same for the same seed."""

    def __init__(self, seed):
        self.r = random.Random(seed)

    def nest(self, known):
        r, out = self.r, b""
        kinds = [k for k in known if r.random() < 0.5]
        if r.random() < 0.7 and set(known) & {2, 3}:
            kinds += [k for k in (1, 2, 3) if k in known and k not in kinds]
        r.shuffle(kinds)
        if LINK is not known and r.random() < 0.3:
            kinds.append(r.randrange(70))
        for kind in kinds:
            make = known.get(kind, lambda r: r.randbytes(r.randrange(40)))
            if isinstance(make, dict):
                for _ in range(r.choice((1, 1, 1, 2, 9))):
                    out += attribute(kind | NESTED, self.link())
                continue
            value = make(r)
            if r.random() < 0.03:
                value = value[:r.randrange(len(value) + 1)]
            out += attribute(kind | (NESTED if r.random() < 0.02 else 0), value)
        return out

    def link(self):
        r = self.r
        if r.random() < 0.3:
            return self.nest(LINK)
        one, two = r.sample(range(1, 60), 2)
        return (attribute(1, bytes([10, 9, 0, one])) +
                attribute(2, bytes([10, 9, 0, two])))

    def good(self):
        """One that might be meant, so that there is something to refuse."""
        r = self.r
        name = r.choice(NAMES[:4])
        peer = attribute(2, name)
        return r.choice((
            (1, attribute(NODE | NESTED, attribute(2, struct.pack("=I", 1)) +
                          attribute(3, b"r1\0"))),
            (4, attribute(PEER | NESTED, peer + attribute(
                3, struct.pack("=I", r.randrange(2, 9))) +
                attribute(33, b"k" * 32) +
                attribute(4 | NESTED, self.link()))),
            (16, attribute(PEER | NESTED, peer + attribute(
                49, r.choice((b"n" * 32, r.randbytes(32)))))),
            (16, attribute(PEER | NESTED, peer + attribute(50, b""))),
            (r.choice((21, 22)), attribute(PEER | NESTED, peer + attribute(
                4 | NESTED, self.link()))),
            # Something to be done, and something to be refused.
            (r.choice((4, 16)), attribute(PEER | NESTED, peer + attribute(
                r.choice((43, 46, 47)), struct.pack("=I", r.getrandbits(16))) +
                r.choice((attribute(50, b""), attribute(49, bytes(32)),
                          attribute(33, b"k" * 32), attribute(35, b"\x05\0\0\0"),
                          attribute(3, b"\x07\0\0\0"))))),
            (7, attribute(GROUP | NESTED, attribute(2, struct.pack("=I", 1)) +
                          attribute(3, name))),
            (8, attribute(GROUP | NESTED, attribute(2, struct.pack("=I", 1)) +
                          attribute(5, struct.pack("=I", r.randrange(3))))),
            (18, attribute(POLICY | NESTED,
                           attribute(1, struct.pack("=I", r.randrange(1, 99))) +
                           attribute(2, struct.pack("=I", 1)))),
        ))

    def request(self):
        r = self.r
        if r.random() < 0.25:
            command, body = self.good()
        else:
            command = r.choice(CHANGES + CHANGES + SHOWS + [0, 13, 30, 255])
            if command == 2 and r.random() < 0.8:
                command = 4     # not all begins anew so often
            body = b""
            kind = OBJECT.get(command, r.randrange(2, 10))
            for _ in range(r.choice((0, 1, 1, 1, 1, 2))):
                if r.random() < 0.05:
                    kind = r.randrange(12)
                body += attribute(kind | (NESTED if r.random() < 0.97 else 0),
                                  self.nest(ATTRIBUTES.get(kind, {})))
            if r.random() < 0.1 and body:
                body = bytearray(body)
                for _ in range(r.randrange(1, 6)):
                    body[r.randrange(len(body))] = r.getrandbits(8)
                body = bytes(body[:r.randrange(len(body)) + 1]
                             if r.random() < 0.3 else body)
        dump = command in SHOWS and r.random() < 0.5
        return command, body, dump


class Family:
    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.sock.setsockopt(270, 12, 1)   # NETLINK_GET_STRICT_CHK
        self.sock.setsockopt(270, 11, 1)   # NETLINK_EXT_ACK
        self.sock.setsockopt(270, 10, 1)   # NETLINK_CAP_ACK
        self.sock.settimeout(30)
        self.seq = 0
        self.id = CTRL
        error, replies = self.ask(3, attribute(2, b"flowsync\0"), False)
        assert not error, "no family"
        self.id = struct.unpack("=H", dict(attributes(replies[0]))[1])[0]

    def ask(self, command, body, dump):
        """The error, 0 for none, and what was replied."""
        self.seq += 1
        flags = REQUEST | ACK | (DUMP if dump else 0)
        text = struct.pack("=BBH", command, 1, 0) + body
        self.sock.send(struct.pack("=IHHII", 16 + len(text), self.id, flags,
                                   self.seq, 0) + text)
        replies = []
        while True:
            data = self.sock.recv(1 << 16)
            while data:
                length, kind, _, seq, _ = struct.unpack_from("=IHHII", data)
                part, data = data[16:length], data[(length + 3) & ~3:]
                if seq != self.seq:
                    continue
                if kind in (ERROR, DONE):
                    return -struct.unpack_from("=i", part)[0], replies
                replies.append(part[4:])

    def configuration(self):
        out = []
        for command, kind, dump in ((3, NODE, False), (6, PEER, True),
                                    (10, GROUP, True), (20, POLICY, True)):
            error, replies = self.ask(command, b"", dump)
            assert not error, "command %d: error %d" % (command, error)
            for reply in replies:
                for _, nest in attributes(reply):
                    out.append((kind, [
                        (k, sorted((l, w) for l, w in attributes(v)
                                   if l in LINK_CONFIGURED)
                            if (kind, k) == (PEER, 4) else v)
                        for k, v in attributes(nest) if k in CONFIGURED[kind]]))
        return out


def main():
    seed, seconds = int(sys.argv[1]), float(sys.argv[2])
    most = int(sys.argv[3]) if len(sys.argv) > 3 else 1 << 60
    make, family = Maker(seed), Family()
    end = time.monotonic() + seconds
    count = refused = peers = 0
    before = family.configuration()
    while count < most and time.monotonic() < end:
        command, body, dump = make.request()
        error, _ = family.ask(command, body, dump)
        count += 1
        refused += error != 0
        if not error and command in CHANGES:
            before = family.configuration()
            peers = max(peers, sum(kind == PEER for kind, _ in before))
        elif command in CHANGES or count % 10 == 0:
            now = family.configuration()
            if now != before:
                print("request %d of seed %d, refused or a question, changed %s to %s"
                      % (count, seed, before, now))
                return 1
    print("%d requests, %d refused, %d done, %d peers at most" %
          (count, refused, count - refused, peers))
    return 0 if refused > count / 10 and count - refused > count / 20 else 1


if __name__ == "__main__":
    sys.exit(main())
