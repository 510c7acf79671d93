#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""advertise.py DEVICE ADDRESS [DEVICE ADDRESS]...: send an unsolicited
neighbour advertisement (RFC 4861, section 4.4) for each address."""
import fcntl
import socket
import struct
import sys

SIOCGIFHWADDR = 0x8927
NEIGHBOUR_ADVERTISEMENT = 136
OVERRIDE = 0x20000000
TARGET_LINK_LAYER_ADDRESS = 2

sock = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
args = sys.argv[1:]
for device, address in zip(args[::2], args[1::2]):
    request = fcntl.ioctl(sock, SIOCGIFHWADDR, struct.pack("256s", device.encode()))
    message = struct.pack("!BBHI", NEIGHBOUR_ADVERTISEMENT, 0, 0, OVERRIDE)
    message += socket.inet_pton(socket.AF_INET6, address)
    message += struct.pack("!BB", TARGET_LINK_LAYER_ADDRESS, 1) + request[18:24]
    sock.sendto(message, ("ff02::1", 0, 0, socket.if_nametoindex(device)))
