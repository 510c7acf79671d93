#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Core's encoder and decoder against decode.py: test_decode.py DIRECTORY,
where `make` put the program emit."""
import ipaddress
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
EMIT = os.path.join(sys.argv[1], "emit")


def emitted(*args):
    """Octets, and what core says of them."""
    run = subprocess.run([EMIT, *args], check=True, text=True,
                         stdout=subprocess.PIPE)
    for line in run.stdout.splitlines():
        octets, what = line.split("\t")
        yield octets, json.loads(what)


def decoded(lines):
    """What decode.py, run as a program, says of them."""
    run = subprocess.run([sys.executable, os.path.join(HERE, "decode.py")],
                         input="\n".join(lines), check=True, text=True,
                         stdout=subprocess.PIPE)
    return [json.loads(line) for line in run.stdout.splitlines()]


def with_text_addresses(what):
    for rec in what.get("records", []):
        for tup in ("original", "reply"):
            for end in ("src", "dst"):
                if tup in rec:
                    octets = bytes.fromhex(rec[tup][end])
                    rec[tup][end] = str(ipaddress.ip_address(octets))
    return what


def compare(*args):
    """Lines on which the two differ, and how many there were."""
    octets, core = zip(*emitted(*args))
    here = decoded(octets)
    assert len(here) == len(core)
    for line, ours, theirs in zip(octets, here, core):
        theirs = with_text_addresses(theirs)
        if "error" in ours and "error" in theirs:
            # Reasons have other words, but the records before must agree.
            same = ours.get("records", []) == theirs.get("records", [])
        else:
            same = ours == theirs
        if not same:
            yield "%s\n#   here %s\n#   core %s" % (line, json.dumps(ours),
                                                   json.dumps(theirs))


def refused():
    """Half-way between: most damage is noticed, by both."""
    errors = sum("error" in core for _, core in emitted("damaged", "1000"))
    if not 200 < errors < 990:
        yield "%d of 1000 refused" % errors


CASES = [
    ("hand-written octets say the same here", lambda: compare("golden")),
    ("what core encodes is decoded here, 10000 datagrams",
     lambda: compare("sent", "10000")),
    ("damaged datagrams are taken or refused by both, 30000 datagrams",
     lambda: compare("damaged", "30000")),
    ("damage is neither always nor never noticed", refused),
]


def main():
    bad = 0
    print("TAP version 13\n1..%d" % len(CASES))
    for number, (name, run) in enumerate(CASES, 1):
        differences = list(run())
        for text in differences[:5]:
            print("#", text)
        print("%s %d - %s" % ("not ok" if differences else "ok", number, name))
        bad += bool(differences)
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
