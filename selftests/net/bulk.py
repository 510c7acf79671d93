#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Bulk transfers over TCP, whose every octet is known.

    bulk.py serve PORT              on IPv4 and IPv6
    bulk.py run OCTETS PROGRESS PORT ADDRESS...
                                    from each ADDRESS one download, and one
                                    upload to it, all at once; PROGRESS is a file
                                    that has how many octets have come or gone

The last line says how many transfers came out right, of how many, and how many
connections were reset.
"""
import hashlib
import random
import socket
import sys
import threading
import time

CHUNK = 16384
SILENCE = 60


def content(seed, octets):
    return random.Random(seed).randbytes(octets)


def exactly(sock, octets, count=lambda n: None):
    parts = []
    while octets:
        part = sock.recv(min(octets, CHUNK))
        if not part:
            raise EOFError
        parts.append(part)
        octets -= len(part)
        count(len(part))
    return b"".join(parts)


def send(sock, data, count=lambda n: None):
    for at in range(0, len(data), CHUNK):
        part = data[at:at + CHUNK]
        sock.sendall(part)
        count(len(part))


def answer(sock):
    with sock:
        sock.settimeout(SILENCE)
        what, seed, octets = exactly(sock, 32).split()
        if what == b"down":
            send(sock, content(int(seed), int(octets)))
            sock.shutdown(socket.SHUT_WR)
            sock.recv(1)
        else:
            data = exactly(sock, int(octets))
            send(sock, hashlib.sha256(data).hexdigest().encode())


def serve(port):
    listener = socket.create_server(("::", port), family=socket.AF_INET6,
                                    dualstack_ipv6=True, backlog=1024)
    while True:
        sock, _ = listener.accept()
        threading.Thread(target=answer, args=(sock,), daemon=True).start()


class Client:
    def __init__(self, octets, port):
        self.octets, self.port = octets, port
        self.moved = self.right = self.resets = 0
        self.lock = threading.Lock()

    def count(self, octets):
        with self.lock:
            self.moved += octets

    def transfer(self, what, seed, address):
        data = content(seed, self.octets)
        with socket.create_connection((address, self.port), SILENCE) as sock:
            request = "%s %d %d" % (what, seed, self.octets)
            send(sock, request.ljust(32).encode())
            if what == "down":
                return exactly(sock, self.octets, self.count) == data
            send(sock, data, self.count)
            digest = hashlib.sha256(data).hexdigest().encode()
            return exactly(sock, len(digest)) == digest

    def run(self, *args):
        try:
            right = self.transfer(*args)
        except OSError as error:
            print("#", *args, error, flush=True)
            with self.lock:
                self.resets += isinstance(error, ConnectionResetError)
            return
        except EOFError:
            print("#", *args, "ended early", flush=True)
            return
        with self.lock:
            self.right += right


def run(octets, progress, port, addresses):
    client = Client(octets, port)
    threads = []
    for number, address in enumerate(addresses):
        for what in ("down", "up"):
            args = what, number, address
            threads.append(threading.Thread(target=client.run, args=args))
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        with open(progress, "w") as file:
            print(client.moved, file=file)
        time.sleep(0.05)
    print("%d of %d right, %d reset" % (client.right, len(threads),
                                        client.resets))


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(int(sys.argv[2]))
    else:
        run(int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), sys.argv[5:])
