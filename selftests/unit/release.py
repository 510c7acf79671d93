#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
release.py - what a released version says, kept for ever

Prints a released_N.h: a handshake and sealed datagrams in either direction, with
all that was random in them, made by witness.py from protocol.rst and not by core/.
To be run when a version is released and never again for that version: what
test_released.c reads has to be readable to every version that follows.
"""
import hashlib
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import witness  # noqa: E402

VERSION = 1
RECORDS, CONTROLS = 0xffe, 0x101ff0ffe

# Of state and control, as in golden.h.
STATE = ("01 ac02 210ad00f01 63 0a000001c0000250 9c4001bb cb007109c350 039713"
         " 80af1a")
CONTROL = ("8108 1122334455667788 0208 00000000000000ff"
           " 8317 0001 02 0000000000000005 0000000000000004 00000007"
           " 840b 0000000000000001 ffff 01")

count = 0


def octets(length):
    """Not random: the same at every run."""
    global count
    count += 1
    return hashlib.blake2s(b"flowsync %d %d" % (VERSION, count)).digest()[:length]


class Ephemeral:
    """The key pairs that are made, to be remembered."""
    made = []

    @classmethod
    def generate(cls):
        secret = octets(32)
        cls.made.append(secret)
        return ORIGINAL.from_private_bytes(secret)


ORIGINAL = witness.X25519PrivateKey


class Node(witness.Witness):
    def offer(self):
        return (self.own.to_bytes(4, "big") + self.peer.to_bytes(4, "big") +
                self.session.to_bytes(8, "big") +
                self.cookie.to_bytes(8, "big") +
                bytes([0, VERSION, VERSION, 0]) + RECORDS.to_bytes(8, "big") +
                CONTROLS.to_bytes(8, "big"))


def define(name, data):
    print("static const char released_%d_%s[] =" % (VERSION, name))
    text = data.hex()
    lines = [text[i:i + 64] for i in range(0, len(text), 64)]
    print("\n".join('\t"%s"' % line for line in lines) + ";\n")


def main():
    os.urandom = octets
    witness.os.urandom = octets
    witness.X25519PrivateKey = Ephemeral
    psk, sent = octets(32), []
    low = Node(sent.append, psk, 1, 2)
    high = Node(sent.append, psk, 2, 1)
    said = {}
    high_first = high.cookie
    low.hello()
    said["hello"] = sent.pop()
    high.shake(said["hello"])
    said["answer"] = sent.pop()
    low.shake(said["answer"])
    said["init"] = sent.pop()
    low_cookie, low_offer = low.cookie, low.offer()
    high.shake(said["init"])
    said["response"] = sent.pop()
    low.shake(said["response"])
    assert low.keys["id"] == high.keys["id"]
    for who, node in (("low", low), ("high", high)):
        for what, channel, payload in (("control", 0, CONTROL),
                                       ("state", 1, STATE)):
            node.seal(channel, bytes.fromhex(payload))
            said[who + "_" + what] = sent.pop()

    print("/* SPDX-License-Identifier: GPL-2.0 */")
    print("/* Made by release.py: what version %d said. Not to be changed. */"
          % VERSION)
    print("#ifndef _FLOWSYNC_UNIT_RELEASED_%d_H" % VERSION)
    print("#define _FLOWSYNC_UNIT_RELEASED_%d_H\n" % VERSION)
    define("psk", psk)
    define("low_secret", Ephemeral.made[0])
    define("high_secret", Ephemeral.made[1])
    define("low_cookie", low_cookie.to_bytes(8, "big"))
    define("high_cookie", high_first.to_bytes(8, "big"))
    define("low_session", low.session.to_bytes(8, "big"))
    define("high_session", high.session.to_bytes(8, "big"))
    define("low_offer", low_offer)
    define("id", low.keys["id"].to_bytes(8, "big"))
    for name, data in said.items():
        define(name, data)
    define("control", bytes.fromhex(CONTROL))
    define("state", bytes.fromhex(STATE))
    print("#endif /* _FLOWSYNC_UNIT_RELEASED_%d_H */" % VERSION)


if __name__ == "__main__":
    main()
