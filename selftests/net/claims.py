#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Who says to be where: a line ADDRESS HARDWARE for each gratuitous ARP and each
unsolicited neighbour advertisement that a device hears.

    claims.py DEV
"""
import ipaddress
import socket
import sys

ETH_P_ALL = 3
ARP, IPV6 = 0x0806, 0x86DD
ICMPV6, ADVERTISEMENT, SOLICITED = 58, 136, 0x40


def claim(frame):
    """What it claims, or None."""
    kind = int.from_bytes(frame[12:14], "big")
    if kind == ARP and frame[28:32] == frame[38:42]:
        return frame[28:32], frame[22:28]
    if kind == IPV6 and frame[20] == ICMPV6 and frame[54] == ADVERTISEMENT:
        if not frame[58] & SOLICITED:
            return frame[62:78], frame[80:86]
    return None


with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL)) as sock:
    sock.bind((sys.argv[1], 0))
    print("listens", flush=True)
    while True:
        claimed = claim(sock.recv(2048))
        if claimed:
            print(ipaddress.ip_address(claimed[0]), claimed[1].hex(":"), flush=True)
