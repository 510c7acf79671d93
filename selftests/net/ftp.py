#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A small FTP server, and a client that keeps its control connection.

    ftp.py serve PORT
    ftp.py hold ADDRESS PORT
    ftp.py announce active|passive|open ADDRESS PORT

hold logs in and fetches a file, over a data connection that the server opens
(PORT, EPRT) and over one that it opens itself (PASV, EPSV); and again for each
line on standard input. It reports as tcphold does: "1 of 1 carry data".
announce logs in and has a data connection announced. With each line on standard
input that one is opened, the file fetched, and the next one announced. With open it
is opened at once, and there is no other.
"""
import ftplib
import socket
import sys
import threading

CONTENT = bytes(range(256)) * 64
WAIT = 10


class Session:
    def __init__(self, sock):
        self.sock = sock
        self.data = None

    def say(self, line):
        self.sock.sendall(line.encode() + b"\r\n")

    def passive(self, extended):
        own = self.sock.getsockname()[0]
        listener = socket.create_server((own, 0), family=self.sock.family)
        port = listener.getsockname()[1]
        self.data = lambda: listener.accept()[0]
        if extended:
            self.say("229 Entering Extended Passive Mode (|||%d|)" % port)
        else:
            host = own.replace(".", ",")
            self.say("227 Entering Passive Mode (%s,%d,%d)" %
                     (host, port >> 8, port & 255))

    def active(self, host, port):
        self.data = lambda: socket.create_connection((host, port), WAIT)
        self.say("200 ok")

    def transfer(self):
        self.say("150 here it comes")
        with self.data() as sock:
            sock.sendall(CONTENT)
        self.say("226 done")

    def command(self, word, argument):
        if word == "PASV" or word == "EPSV":
            self.passive(word == "EPSV")
        elif word == "PORT":
            *host, high, low = argument.split(",")
            self.active(".".join(host), int(high) << 8 | int(low))
        elif word == "EPRT":
            _, _, host, port, _ = argument.split("|")
            self.active(host, int(port))
        elif word == "RETR":
            self.transfer()
        elif word == "USER":
            self.say("331 password")
        else:
            self.say("200 ok")

    def run(self):
        try:
            self.say("220 ready")
            for line in self.sock.makefile():
                word, _, argument = line.strip().partition(" ")
                self.command(word.upper(), argument)
        except OSError as error:
            print("# server:", error, file=sys.stderr, flush=True)


def listen(family, port):
    listener = socket.create_server(("", port), family=family)
    while True:
        sock, _ = listener.accept()
        threading.Thread(target=Session(sock).run, daemon=True).start()


def serve(port):
    threading.Thread(target=listen, args=(socket.AF_INET6, port)).start()
    listen(socket.AF_INET, port)


def fetch(ftp, passive):
    got = []
    ftp.set_pasv(passive)
    ftp.retrbinary("RETR file", got.append)
    return b"".join(got) == CONTENT


def login(address, port):
    ftp = ftplib.FTP()
    ftp.trust_server_pasv_ipv4_address = True
    ftp.connect(address, port, WAIT)
    ftp.login("nobody", "nothing")
    return ftp


def read_all(sock):
    got = []
    while not got or got[-1]:
        got.append(sock.recv(65536))
    return b"".join(got)


def announce_active(ftp):
    listener = ftp.makeport()

    def fetch_it():
        listener.settimeout(WAIT)
        ftp.sendcmd("RETR file")
        with listener, listener.accept()[0] as sock:
            got = read_all(sock)
        ftp.voidresp()
        return got
    return fetch_it


def announce_passive(ftp, opens=False):
    where = ftp.makepasv()
    opened = socket.create_connection(where, WAIT) if opens else None

    def fetch_it():
        # Nothing goes over the control connection before the other one is open.
        with opened or socket.create_connection(where, WAIT) as sock:
            ftp.sendcmd("RETR file")
            got = read_all(sock)
        ftp.voidresp()
        return got
    return fetch_it


def announce_open(ftp):
    return announce_passive(ftp, True)


ANNOUNCE = {
    "active": announce_active,
    "passive": announce_passive,
    "open": announce_open,
}


def announce(how, address, port):
    ftp = login(address, port)
    good, fetch_it = True, how(ftp)
    while True:
        print("%d of 1 carry data" % good, flush=True)
        if not sys.stdin.readline():
            return
        try:
            good = fetch_it() == CONTENT
            if how != announce_open:
                fetch_it = how(ftp)
        except (OSError, EOFError, ftplib.Error) as error:
            print("# client:", error, file=sys.stderr, flush=True)
            print("0 of 1 carry data", flush=True)
            return


def hold(address, port):
    ftp = login(address, port)
    while True:
        try:
            good = fetch(ftp, False) and fetch(ftp, True)
        except (OSError, EOFError, ftplib.Error) as error:
            print("# client:", error, file=sys.stderr, flush=True)
            good = False
        print("%d of 1 carry data" % good, flush=True)
        if not sys.stdin.readline():
            return


if sys.argv[1] == "serve":
    serve(int(sys.argv[2]))
elif sys.argv[1] == "announce":
    announce(ANNOUNCE[sys.argv[2]], sys.argv[3], int(sys.argv[4]))
else:
    hold(sys.argv[2], int(sys.argv[3]))
