#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
witness.py - a node that is not flowsync's

The handshake and the seal of Documentation/protocol.rst, from its text alone, by
Python's cryptography package and code that shares nothing with core/: what core/
does is right only if this agrees.
"""
import hashlib
import hmac
import os

from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey, X25519PublicKey)
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import (Encoding,
                                                          PublicFormat)

CONTROL, STATE, HANDSHAKE = 0, 1, 2
HELLO, INIT, RESPONSE = 1, 2, 3
HEADER = 24
MASK = (1 << 64) - 1


def blake2s(data):
    return hashlib.blake2s(data).digest()


def mac_of(key, data):
    return hmac.new(key, data, hashlib.blake2s).digest()


def hkdf(chaining_key, material, count):
    temp = mac_of(chaining_key, material)
    outputs, last = [], b""
    for number in range(1, count + 1):
        last = mac_of(temp, last + bytes([number]))
        outputs.append(last)
    return outputs


def rotate(value, bits):
    return (value << bits | value >> (64 - bits)) & MASK


def siphash24(key, data):
    """SipHash-2-4, after its authors' paper."""
    k0, k1 = (int.from_bytes(key[i:i + 8], "little") for i in (0, 8))
    v = [k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d,
         k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573]

    def rounds(count):
        for _ in range(count):
            v[0] = (v[0] + v[1]) & MASK
            v[1] = rotate(v[1], 13) ^ v[0]
            v[0] = rotate(v[0], 32)
            v[2] = (v[2] + v[3]) & MASK
            v[3] = rotate(v[3], 16) ^ v[2]
            v[0] = (v[0] + v[3]) & MASK
            v[3] = rotate(v[3], 21) ^ v[0]
            v[2] = (v[2] + v[1]) & MASK
            v[1] = rotate(v[1], 17) ^ v[2]
            v[2] = rotate(v[2], 32)

    padded = data + bytes(-(len(data) + 1) % 8) + bytes([len(data) & 255])
    for i in range(0, len(padded), 8):
        word = int.from_bytes(padded[i:i + 8], "little")
        v[3] ^= word
        rounds(2)
        v[0] ^= word
    v[2] ^= 0xff
    rounds(4)
    return v[0] ^ v[1] ^ v[2] ^ v[3]


class Noise:
    """NNpsk0, as far as one side needs it."""

    def __init__(self, psk):
        self.h = blake2s(b"Noise_NNpsk0_25519_ChaChaPoly_BLAKE2s")
        self.ck = self.h
        self.mix_hash(b"flowsync 1")
        self.ck, temp, self.k = hkdf(self.ck, psk, 3)
        self.mix_hash(temp)

    def mix_hash(self, data):
        self.h = blake2s(self.h + data)

    def mix_key(self, material):
        self.ck, self.k = hkdf(self.ck, material, 2)

    def ephemeral(self, public):
        self.mix_hash(public)
        self.mix_key(public)

    def seal(self, text):
        sealed = ChaCha20Poly1305(self.k).encrypt(bytes(12), text, self.h)
        self.mix_hash(sealed)
        return sealed

    def open(self, sealed):
        text = ChaCha20Poly1305(self.k).decrypt(bytes(12), sealed, self.h)
        self.mix_hash(sealed)
        return text

    def split(self):
        first, second, third = hkdf(self.ck, b"", 3)
        return (first, second, third[:16],
                int.from_bytes(self.h[:8], "big") or 1)


def public_of(private):
    return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def number(octets):
    return int.from_bytes(octets, "big")


class Witness:
    """One node. send() is given each datagram that leaves it."""

    def __init__(self, send, psk, own, peer):
        self.send, self.psk, self.own, self.peer = send, psk, own, peer
        self.mac_key = mac_of(psk, b"flowsync mac")[:16]
        self.print = number(mac_of(psk, b"flowsync print")[:4]) or 1
        self.session = number(os.urandom(8)) | 1
        self.cookie = self.fresh()
        self.seq = [0, 0, 0]
        self.noise = self.private = self.keys = None
        self.peer_session = 0
        self.offered = b""
        self.opened = set()

    @staticmethod
    def fresh():
        return number(os.urandom(8)) | 1

    # the handshake channel

    def header(self, channel, session, length):
        self.seq[channel] += 1
        return (b"FS\x01" + bytes([channel]) + self.own.to_bytes(4, "big") +
                session.to_bytes(8, "big") +
                self.seq[channel].to_bytes(6, "big") +
                length.to_bytes(2, "big"))

    def send_shake(self, kind, flags, heard, rest):
        body = bytes([kind, flags, 0, 0]) + heard.to_bytes(8, "big") + rest
        data = self.header(HANDSHAKE, self.session, len(body) + 8) + body
        self.send(data + siphash24(self.mac_key, data).to_bytes(8, "big"))

    def hello(self, heard=0):
        self.send_shake(HELLO, 0 if self.keys else 1, heard,
                        self.cookie.to_bytes(8, "big"))

    def offer(self):
        """Versions 1 to 255, all options, and one behind that nobody knows."""
        return (self.own.to_bytes(4, "big") + self.peer.to_bytes(4, "big") +
                self.session.to_bytes(8, "big") +
                self.cookie.to_bytes(8, "big") + bytes([0, 1, 255, 0]) +
                b"\xff" * 16 + b"\x7f\x03abc")

    def take_offer(self, text):
        assert number(text[0:4]) == self.peer, "another node's offer"
        assert number(text[4:8]) == self.own, "an offer to another node"
        assert text[24] == 0, "not to be sealed"
        self.peer_session, self.offered = number(text[8:16]), text
        return number(text[16:24])

    def agree(self, noise, initiator):
        first, second, name, known_by = noise.split()
        self.keys = {"id": known_by, "name": name,
                     "send": first if initiator else second,
                     "recv": second if initiator else first}
        self.opened = set()

    def init(self, heard):
        self.noise, self.private = Noise(self.psk), X25519PrivateKey.generate()
        self.cookie = self.fresh()
        self.noise.ephemeral(public_of(self.private))
        self.send_shake(INIT, 0, heard, public_of(self.private) +
                        self.noise.seal(self.offer()))

    def shake(self, data):
        """A datagram of the handshake channel; whoever made it had the key."""
        assert data[:4] == b"FS\x01\x02" and number(data[4:8]) == self.peer
        assert number(data[22:24]) == len(data) - HEADER, "length"
        mac = number(data[-8:])
        assert siphash24(self.mac_key, data[:-8]) == mac, "mac"
        kind, wants = data[HEADER], data[HEADER + 1] & 1
        heard, rest = number(data[HEADER + 4:HEADER + 12]), data[HEADER + 12:-8]
        if kind == HELLO:
            cookie = number(rest)
            if heard == self.cookie and (wants or not self.keys):
                if self.own < self.peer:
                    self.init(cookie)
                else:
                    self.hello(cookie)
            elif wants:
                self.hello(cookie)
        elif kind == INIT:
            assert heard == self.cookie, "an old init"
            noise, private = Noise(self.psk), X25519PrivateKey.generate()
            noise.ephemeral(rest[:32])
            cookie = self.take_offer(noise.open(rest[32:]))
            self.cookie = self.fresh()
            noise.ephemeral(public_of(private))
            noise.mix_key(private.exchange(
                X25519PublicKey.from_public_bytes(rest[:32])))
            self.send_shake(RESPONSE, 0, cookie, public_of(private) +
                            noise.seal(self.offer()))
            self.agree(noise, False)
        elif kind == RESPONSE:
            assert heard == self.cookie and self.noise, "an old response"
            self.noise.ephemeral(rest[:32])
            self.noise.mix_key(self.private.exchange(
                X25519PublicKey.from_public_bytes(rest[:32])))
            self.take_offer(self.noise.open(rest[32:]))
            self.agree(self.noise, True)
            self.noise = None
        else:
            raise AssertionError("type")

    # what is sealed

    @staticmethod
    def nonce(header):
        return bytes(4) + header[16:22][::-1] + bytes([header[3], 0])

    def name(self, header, keys=None):
        rest = header[:8] + header[16:24]
        name = siphash24((keys or self.keys)["name"], rest) or 1
        return name.to_bytes(8, "big")

    def seal(self, channel, payload):
        header = self.header(channel, 0, len(payload) + 16)
        header = header[:8] + self.name(header) + header[16:]
        self.send(header + ChaCha20Poly1305(self.keys["send"]).encrypt(
            self.nonce(header), payload, header))

    def open(self, data):
        """A sealed datagram's payload. No number may come twice."""
        header = data[:HEADER]
        assert self.keys and header[8:16] == self.name(header), "name"
        assert number(header[22:24]) == len(data) - HEADER, "length"
        text = ChaCha20Poly1305(self.keys["recv"]).decrypt(
            self.nonce(header), data[HEADER:], header)
        place = (header[3], number(header[16:22]))
        assert place not in self.opened, "sent twice"
        self.opened.add(place)
        return text
