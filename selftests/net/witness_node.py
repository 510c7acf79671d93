#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""witness_node.py LOCAL REMOTE PORT OWN PEER KEYFILE: a standby that is not flowsync's

One node of group 1, of selftests/unit's witness (handshake, seal) and decoder, both
written from protocol.rst: agrees on a session with the module at REMOTE, says that it
hears it, acknowledges all it is told, and prints each datagram with state as JSON, and
"keys N" when there are new ones. Every datagram of the module has to be opened, decode,
and come once. Ends when its standard input does; for each octet of that, the next
heartbeat arrives twice, first with one bit of its text changed on the way.
"""
import base64
import json
import os
import select
import socket
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../unit"))
import decode  # noqa: E402
import witness  # noqa: E402


def option(kind, value):
    return bytes([kind, len(value)]) + value


class Node(witness.Witness):
    """Besides, what was received, and the keys before the present ones."""

    def __init__(self, *args):
        super().__init__(*args)
        self.received, self.top, self.before, self.count = set(), 0, None, 0
        self.epoch = 0
        self.forge = False

    def agree(self, noise, initiator):
        self.before = self.keys
        super().agree(noise, initiator)
        self.count += 1
        print("keys %d" % self.count, flush=True)

    def take(self, data):
        header = data[:witness.HEADER]
        if header[3] == witness.HANDSHAKE:
            self.shake(data)
            return
        keys = self.keys
        if self.before and header[8:16] == self.name(header, self.before):
            self.keys, opened = self.before, self.opened
            self.opened = set()
            text = self.open(data)
            self.keys, self.opened = keys, opened
        else:
            text = self.open(data)
        plain = header[:22] + len(text).to_bytes(2, "big") + text
        said = decode.decode(plain)
        assert "error" not in said, said
        assert said["node"] == self.peer, said
        if said["channel"] == witness.STATE:
            self.received.add(said["seq"])
            self.top = max(self.top, said["seq"])
            print(json.dumps(said), flush=True)
        elif said.get("groups"):
            assert said["heard"] in (0, self.session), said
            self.epoch = said["groups"][0]["epoch"]

    def heartbeat(self):
        bits = bytearray(32)
        for n in range(256):
            if self.top - n in self.received:
                bits[n // 8] |= 1 << n % 8
        self.seal(witness.CONTROL, b"".join((
            option(0x81, self.peer_session.to_bytes(8, "big")),
            option(0x02, bytes(8)),
            option(0x84, self.top.to_bytes(8, "big") + b"\0\x80" +
                   bytes(bits).rstrip(b"\0")),
            option(0x18, self.cookie.to_bytes(8, "big") +
                   self.print.to_bytes(4, "big") + bytes(4)),
            option(0x83, b"\0\1\1" + self.epoch.to_bytes(8, "big") + bytes(12)),
            option(0x7e, b"nobody knows this one"))))


def main():
    local, remote, port, own, peer, path = sys.argv[1:]
    with open(path) as file:
        psk = base64.b64decode(file.read())
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((local, int(port)))
    sock.connect((remote, int(port)))

    def send(data):
        try:
            sock.send(data)
        except ConnectionRefusedError:
            pass    # the other one is not there yet

    def carry(data):
        if node.forge and data[3] == witness.CONTROL:
            node.forge = False
            where = witness.HEADER + 12
            send(data[:where] + bytes([data[where] ^ 1]) + data[where + 1:])
        send(data)

    node, due = Node(carry, psk, int(own), int(peer)), 0
    while True:
        ready, _, _ = select.select([sock, sys.stdin], [], [], 0.02)
        if sys.stdin in ready:
            if not os.read(0, 1):
                return
            node.forge = True
        if sock in ready:
            try:
                node.take(sock.recv(2048))
            except ConnectionRefusedError:
                pass
        if time.monotonic() >= due:
            due = time.monotonic() + 0.1
            if node.keys:
                node.heartbeat()
            else:
                node.hello()


if __name__ == "__main__":
    main()
