#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""UDP in one direction: one datagram asks, and many answer.

    stream.py serve PORT                    twice a second to whoever asked last
    stream.py take SECONDS SOURCE-PORT ADDRESS PORT
                                            asks once; fails unless answers came
                                            without a gap of two seconds
"""
import socket
import sys
import time


def serve(port):
    sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    sock.bind(("::", port))
    data, to = sock.recvfrom(100)
    sock.settimeout(0.5)
    while True:
        try:
            sock.sendto(data, to)
            data, to = sock.recvfrom(100)
        except TimeoutError:
            pass


def take(seconds, source, address, port):
    end = time.monotonic() + seconds
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("", source))
    sock.connect((address, port))
    sock.settimeout(2)
    sock.send(b"go on")
    while time.monotonic() < end:
        sock.recv(100)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(int(sys.argv[2]))
    else:
        take(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], int(sys.argv[5]))
