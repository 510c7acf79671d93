#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Connections that others announce, as their helpers know them: TFTP, SIP, IRC, H.323.

    announced.py serve ADDRESS FOLDER
    announced.py tftp|sip|irc|h323 OWN-ADDRESS ADDRESS FOLDER

A client announces where it is to be reached, and reports as tcphold does, "1 of 1
carry data". With a line on standard input it makes FOLDER/KIND, on which the server
reaches it there; it reports whether it did, and announces again. In H.323 the server
announces too, and is reached as well.
"""
import os
import re
import socket
import sys
import threading
import time

WAIT = 15
DATA = b"what was announced"
TFTP, SIP, IRC, H323 = 69, 5060, 6667, 1720
RTP = 4000


def until(folder, kind):
    """The client wants it now."""
    while True:
        try:
            return os.unlink(os.path.join(folder, kind))
        except FileNotFoundError:
            time.sleep(0.02)


def udp(address, port=0):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.bind((address, port))
    return sock


def send_until_answered(sock, data, where):
    sock.settimeout(0.5)
    for _ in range(2 * WAIT):
        sock.sendto(data, where)
        try:
            return sock.recvfrom(2048)[0]
        except TimeoutError:
            pass
    return None


def serve_tftp(address, folder):
    sock = udp(address, TFTP)
    while True:
        request, where = sock.recvfrom(2048)
        assert request[:2] == b"\0\1", request
        until(folder, "tftp")
        # From a port of its own, which the client is told by this.
        with udp(address) as transfer:
            send_until_answered(transfer, b"\0\3\0\1" + DATA, where)


def sdp(name, address):
    kind = "IP6" if ":" in address else "IP4"
    return ("v=0\r\no=%s 1 1 IN %s %s\r\ns=call\r\nc=IN %s %s\r\nt=0 0\r\n"
            "m=audio %d RTP/AVP 0\r\n" % (name, kind, address, kind, address, RTP))


def sip(first, own, other, call, body):
    def uri(address):
        return "[%s]" % address if ":" in address else address
    return ("%s\r\nVia: SIP/2.0/UDP %s:%d;branch=z9hG4bK%d\r\n"
            "From: <sip:alice@%s>;tag=1\r\nTo: <sip:bob@%s>\r\n"
            "Call-ID: %d@%s\r\nCSeq: %d INVITE\r\n"
            "Contact: <sip:alice@%s:%d>\r\nContent-Type: application/sdp\r\n"
            "Content-Length: %d\r\n\r\n%s" %
            (first, uri(own), SIP, call, uri(own), uri(other), call, uri(own), call,
             uri(own), SIP, len(body), body)).encode()


def media_of(message):
    address = re.search(rb"\nc=IN IP[46] (\S+)", message).group(1)
    port = re.search(rb"\nm=audio (\d+)", message).group(1)
    return address.decode(), int(port)


def serve_sip(address, folder):
    sock = udp(address, SIP)
    while True:
        invite, where = sock.recvfrom(2048)
        call = int(re.search(rb"\nCSeq: (\d+)", invite).group(1))
        sock.sendto(sip("SIP/2.0 200 OK", where[0], address, call,
                        sdp("bob", address)), where)
        until(folder, "sip")
        with udp(address, RTP) as media:
            send_until_answered(media, DATA, media_of(invite))


def serve_irc(address, folder):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.create_server((address, IRC), family=family)
    while True:
        sock, _ = listener.accept()
        for line in sock.makefile():
            number, port = re.search(r"DCC SEND \S+ (\d+) (\d+)", line).groups()
            sock.sendall(b"ok\r\n")
            until(folder, "irc")
            where = socket.inet_ntoa(int(number).to_bytes(4, "big")), int(port)
            try:
                with socket.create_connection(where, WAIT) as dcc:
                    dcc.sendall(DATA)
            except OSError as error:
                print("# server:", error, file=sys.stderr, flush=True)


SETUP, CONNECT = 0x05, 0x07
# In H.225's packed encoding: which of the choices a message is, without extensions; its
# sequence with h245Address of all that may be there; the protocol's identifier.
PROTOCOL = bytes((6, 0, 8, 0x91, 0x4a, 0, 2))
BEFORE = {SETUP: b"\0\x40" + PROTOCOL, CONNECT: b"\2\x40" + PROTOCOL}
# An endpoint of which nothing is said, no MC; the conference's identifier; then, of a
# setup, its goal and type: create, point to point.
BEHIND = {SETUP: bytes(2) + bytes(16) + b"\0", CONNECT: bytes(2) + bytes(16)}


def h323(kind, where):
    """A TPKT with a Q.931 message whose H.225 part says where H.245 is spoken."""
    address, port = where
    h225 = (BEFORE[kind] + b"\0" + socket.inet_aton(address) +
            port.to_bytes(2, "big") + BEHIND[kind])
    q931 = (bytes((8, 2, 0, 1, kind, 0x7e)) + (len(h225) + 1).to_bytes(2, "big") +
            b"\5" + h225)
    return b"\3\0" + (len(q931) + 4).to_bytes(2, "big") + q931


def h245_of(sock):
    """Where the message that comes next says it."""
    header = sock.recv(4, socket.MSG_WAITALL)
    if not header:
        return None
    message = sock.recv(int.from_bytes(header[2:], "big") - 4, socket.MSG_WAITALL)
    # Behind its type, the element's head, and what BEFORE has.
    at = 9 + len(BEFORE[message[4]]) + 1
    return (socket.inet_ntoa(message[at:at + 4]),
            int.from_bytes(message[at + 4:at + 6], "big"))


def take(listener):
    listener.settimeout(WAIT)
    with listener.accept()[0] as sock:
        return sock.recv(2048)


def give(where):
    with socket.create_connection(where, WAIT) as sock:
        sock.sendall(DATA)


def serve_h323(address, folder):
    listener = socket.create_server((address, H323))
    while True:
        sock, _ = listener.accept()
        while where := h245_of(sock):
            with socket.create_server((address, 0)) as h245:
                sock.sendall(h323(CONNECT, h245.getsockname()))
                until(folder, "h323")
                try:
                    assert take(h245) == DATA
                    give(where)
                except OSError as error:
                    print("# server:", error, file=sys.stderr, flush=True)


def serve(address, folder):
    for kind in serve_tftp, serve_sip, serve_irc, serve_h323:
        threading.Thread(target=kind, args=(address, folder)).start()


def receive(sock, answer):
    sock.settimeout(WAIT)
    data, where = sock.recvfrom(2048)
    sock.sendto(answer, where)
    return data


def announce_tftp(own, address):
    """Each announces again, and yields what comes of it."""
    while True:
        with udp(own) as sock:
            sock.sendto(b"\0\1file\0octet\0", (address, TFTP))
            yield lambda: receive(sock, b"\0\4\0\1")[4:]


def announce_sip(own, address):
    with udp(own, SIP) as sock, udp(own, RTP) as media:
        sock.settimeout(WAIT)
        call = 0
        while True:
            call += 1
            sock.sendto(sip("INVITE sip:bob@%s SIP/2.0" % address, own, address,
                            call, sdp("alice", own)), (address, SIP))
            sock.recvfrom(2048)
            yield lambda: receive(media, b"heard")


def announce_irc(own, address):
    with socket.create_connection((address, IRC), WAIT, (own, 0)) as sock:
        while True:
            with socket.create_server((own, 0)) as listener:
                number = int.from_bytes(socket.inet_aton(own), "big")
                sock.sendall(b"PRIVMSG bob :\1DCC SEND file %d %d\1\r\n" %
                             (number, listener.getsockname()[1]))
                sock.recv(2048)
                yield lambda: take(listener)


def announce_h323(own, address):
    def both(where, listener):
        give(where)
        return take(listener)

    with socket.create_connection((address, H323), WAIT, (own, 0)) as sock:
        while True:
            with socket.create_server((own, 0)) as listener:
                sock.sendall(h323(SETUP, listener.getsockname()))
                where = h245_of(sock)
                yield lambda: both(where, listener)


def client(kind, own, address, folder):
    announce = {"tftp": announce_tftp, "sip": announce_sip, "irc": announce_irc,
                "h323": announce_h323}
    good = True
    for what_comes in announce[kind](own, address):
        print("%d of 1 carry data" % good, flush=True)
        if not sys.stdin.readline():
            return
        open(os.path.join(folder, kind), "w").close()
        try:
            good = what_comes() == DATA
        except OSError as error:
            print("# client:", error, file=sys.stderr, flush=True)
            print("0 of 1 carry data", flush=True)
            return


if sys.argv[1] == "serve":
    serve(sys.argv[2], sys.argv[3])
else:
    client(*sys.argv[1:])
