#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
core/ and an implementation that shares nothing with it come to the same keys,
in either role, and open what the other sealed. test_witness.py [DIRECTORY]
"""
import os
import random
import subprocess
import sys

from cryptography.exceptions import InvalidTag

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import witness  # noqa: E402

BUILD = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE,
                                                          "../../build/unit")
BADAUTH, BADSESSION = "7", "8"


class Core:
    """A node by core/, in a process of its own."""

    def __init__(self, own, peer, psk):
        self.process = subprocess.Popen(
            [os.path.join(BUILD, "speak"), str(own), str(peer), psk.hex()],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = {"send": [], "open": [], "keys": [], "refused": []}
        for said in iter(self.process.stdout.readline, ""):
            if said == ".\n":
                return answer
            what, value = said.split() if " " in said.strip() else (
                said.strip(), "")
            answer[what].append(value)
        raise AssertionError("speak ended: " + line[:60])

    def recv(self, data):
        return self.ask("recv " + data.hex())

    def end(self):
        self.process.stdin.close()
        self.process.wait()


class Pair:
    """Both, and what is on its way between them."""

    def __init__(self, own, core_psk=None):
        psk = os.urandom(32)
        self.core = Core(3 - own, own, core_psk or psk)
        self.sent = []
        self.witness = witness.Witness(self.sent.append, psk, own, 3 - own)
        self.names = []

    def deliver(self):
        """To core, and back, until nobody has anything to say."""
        for _ in range(10):
            if not self.sent:
                return
            answer = self.core.recv(self.sent.pop(0))
            assert not answer["refused"], answer
            self.names += answer["keys"]
            for data in answer["send"]:
                self.witness.shake(bytes.fromhex(data))
        raise AssertionError("they do not come to an end")

    def begin(self, by_core):
        if by_core:
            for data in self.core.ask("tick")["send"]:
                self.witness.shake(bytes.fromhex(data))
        else:
            self.witness.hello()
        self.deliver()
        assert self.witness.keys, "no keys"
        assert self.names == ["%016x" % self.witness.keys["id"]], self.names


def exchange(pair):
    """Payloads of every size go either way; a changed one does not."""
    for length in (1, 15, 16, 17, 63, 64, 65, 1000, 1400):
        payload = os.urandom(length)
        pair.witness.seal(random.choice((0, 1)), payload)
        data = pair.sent.pop()
        place = random.randrange(8 * (len(data) - 24)) + 8 * 24
        bad = bytearray(data)
        bad[place // 8] ^= 1 << place % 8
        assert pair.core.recv(bad)["refused"] == [BADAUTH]
        assert pair.core.recv(data)["open"] == [payload.hex()]
    for seq, length in enumerate((1, 16, 63, 64, 65, 1400), 1 << 40):
        payload = os.urandom(length)
        answer = pair.core.ask("seal 1 %d %s" % (seq, payload.hex()))
        data = bytes.fromhex(answer["send"][0])
        bad = bytearray(data)
        bad[random.randrange(len(data) - 24) + 24] ^= 1
        try:
            pair.witness.open(bytes(bad))
            raise SystemError("a changed datagram was opened")
        except InvalidTag:
            pass
        assert pair.witness.open(data) == payload


def session(own, by_core):
    pair = Pair(own)
    pair.begin(by_core)
    exchange(pair)
    pair.core.end()


def other_key():
    pair = Pair(1, os.urandom(32))
    pair.witness.hello()
    answer = pair.core.recv(pair.sent.pop())
    assert answer["refused"] == [BADAUTH] and not answer["send"], answer
    try:
        pair.witness.shake(bytes.fromhex(pair.core.ask("tick")["send"][0]))
        raise SystemError("a hello by another key was taken")
    except AssertionError:
        pass
    pair.core.end()


def renewed():
    """Another handshake: other keys, and nothing of before is opened."""
    pair = Pair(1)
    pair.begin(False)
    pair.witness.seal(0, b"before")
    before = pair.sent.pop()
    first = dict(pair.witness.keys)
    pair.core.recv(before)
    pair.witness.keys = None
    pair.witness.session = pair.witness.fresh()
    pair.names = []
    pair.begin(False)
    assert first["id"] != pair.witness.keys["id"]
    assert first["send"] != pair.witness.keys["send"]
    exchange(pair)
    assert pair.core.recv(before)["refused"] == [BADSESSION]
    pair.core.end()


def siphash():
    """The vector of its authors' paper."""
    got = witness.siphash24(bytes(range(16)), bytes(range(15)))
    assert got == 0xa129ca6149be45e5, hex(got)


CASES = [
    ("SipHash-2-4 as published", siphash),
    ("the witness has the lower id, and begins", lambda: session(1, False)),
    ("core begins", lambda: session(1, True)),
    ("core has the lower id, and begins", lambda: session(2, True)),
    ("the witness begins", lambda: session(2, False)),
    ("with another key neither hears the other", other_key),
    ("a new session has other keys", renewed),
]


def main():
    bad = 0
    print("TAP version 13\n1..%d" % len(CASES))
    for number, (name, case) in enumerate(CASES, 1):
        try:
            case()
            print("ok %d - %s" % (number, name))
        except Exception as why:  # whatever it was, the case failed
            bad += 1
            print("# %s: %s" % (type(why).__name__, why))
            print("not ok %d - %s" % (number, name))
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
