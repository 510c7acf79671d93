#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The traffic whose fate the failover tests record, on the edge's clock.

traffic.py download URL SILENCE   fetch; give up after SILENCE seconds without
                                  a byte. A line per read: MICROSECONDS BYTES;
                                  at the end MICROSECONDS end BYTES SHA256, or
                                  MICROSECONDS lost BYTES WHY
traffic.py echo ADDRESS PORT      a numbered datagram each 50 ms to an echo
                                  server; a line for each that leaves and for
                                  each that returns: MICROSECONDS sent|back N
traffic.py serve ADDRESS PORT     the echo server
traffic.py churn ADDRESS PORT     short TCP connections to an echo server, one
                                  after the other, about 50 a second; a line
                                  for each: MICROSECONDS PORT good, or
                                  MICROSECONDS PORT bad WHY
"""
import hashlib
import http.client
import select
import socket
import struct
import sys
import time
import urllib.request

INTERVAL = 0.05
CHURN = 0.02


def say(*words):
    print(time.time_ns() // 1000, *words, flush=True)


def download(url, silence):
    digest = hashlib.sha256()
    total = 0
    try:
        with urllib.request.urlopen(url, timeout=float(silence)) as reply:
            size = int(reply.headers["Content-Length"])
            while total < size:
                data = reply.read1(65536)
                if not data:
                    raise EOFError("the connection ended early")
                say(len(data))
                digest.update(data)
                total += len(data)
    except TimeoutError:
        say("lost", total, f"nothing came for {silence} s")
    except (OSError, EOFError, http.client.HTTPException) as error:
        say("lost", total, error)
    else:
        say("end", total, digest.hexdigest())


def connected(address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.connect((address, int(port)))
    return sock


def echo(address, port):
    sock = connected(address, port)
    number = 0
    due = time.monotonic()
    while True:
        left = due - time.monotonic()
        if left <= 0:
            number += 1
            due += INTERVAL
            say("sent", number)
            try:
                sock.send(struct.pack("!Q", number))
            except OSError:
                pass  # an ICMP error to an earlier one: it counts as lost
        elif select.select([sock], [], [], left)[0]:
            try:
                say("back", struct.unpack("!Q", sock.recv(64))[0])
            except OSError:
                pass


def serve(address, port):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.bind((address, int(port)))
    while True:
        try:
            data, sender = sock.recvfrom(64)
            sock.sendto(data, sender)
        except OSError:
            pass


def churn(address, port):
    while True:
        start = time.monotonic()
        with socket.socket() as sock:
            sock.settimeout(5)
            doing = "connect"
            try:
                sock.connect((address, int(port)))
                doing = "exchange"
                sock.sendall(b"once\n")
                answer = sock.recv(64)
                word = "good" if answer == b"once\n" else f"bad {answer}"
            except OSError as error:
                word = f"bad {doing}: {error}"
            say(sock.getsockname()[1], word)
        time.sleep(max(0, start + CHURN - time.monotonic()))


COMMANDS = {"download": download, "echo": echo, "serve": serve, "churn": churn}
COMMANDS[sys.argv[1]](*sys.argv[2:])
