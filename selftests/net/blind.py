#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""blind.py SOURCE PORT DESTINATION PORT: what somebody sends who knows the
addresses and ports of a TCP connection, and no more: segments with sequence
numbers from all over the space."""
import socket
import struct
import sys

COUNT = 16


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def segment(source, sport, dest, dport, seq, ack):
    def header(check):
        return struct.pack("!HHIIBBHHH", sport, dport, seq, ack, 5 << 4, 0x18,
                           1024, check, 0)
    pseudo = socket.inet_aton(source) + socket.inet_aton(dest)
    body = header(0) + b"evil"
    pseudo += struct.pack("!HH", socket.IPPROTO_TCP, len(body))
    return header(checksum(pseudo + body)) + b"evil"


def main():
    source, sport, dest, dport = sys.argv[1:]
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP)
    raw.bind((source, 0))
    step = (1 << 32) // COUNT
    for number in range(COUNT):
        seq = number * step + 12345
        raw.sendto(segment(source, int(sport), dest, int(dport), seq,
                           (seq * 7) % (1 << 32)), (dest, 0))


main()
