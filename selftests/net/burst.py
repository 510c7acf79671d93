#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""burst.py ADDRESS FIRST COUNT: send one UDP datagram to port 9 of ADDRESS from
each of COUNT ports, beginning with FIRST: as many new flows."""
import socket
import sys
import time

address, first, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
family = socket.AF_INET6 if ":" in address else socket.AF_INET
for port in range(first, first + count):
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.bind(("", port))
        sock.sendto(b"x", (address, 9))
    if port % 50 == 0:
        time.sleep(0.01)
