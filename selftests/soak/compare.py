#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Compare what conntrack lists on two nodes, but for the time left: left.py does.

    compare.py SOURCE BEFORE AFTER  of the connections from SOURCE, a regular
                                    expression, in two outputs of
                                    conntrack -L -o extended,id,labels,ktimestamp:
                                    all are there, no others, and equal but for the
                                    number of their entry and the count of references.
                                    Counters may be those of a moment before, of one
                                    connection in 100.
"""
import re
import sys

# family, its number, protocol, its number, time left, the rest
LINE = re.compile(r"(\S+ +\d+ \S+ +\d+) \d+ (.*)")
DIFFERS = re.compile(r" (use|id|delta-time)=\d+")
COUNTER = re.compile(r"(?<= )(?:packets|bytes)=(\d+)")
MOST = 10


def read(source, name):
    """{what is to be equal: its counters}"""
    entries = {}
    for line in open(name):
        entry = line.rstrip()
        if not re.search(" src=" + source, entry.partition(" dst=")[0]):
            continue
        kind, rest = LINE.fullmatch(entry).groups()
        what = kind + " " + COUNTER.sub("", DIFFERS.sub("", rest))
        if what in entries:
            sys.exit("twice in %s: %s" % (name, what))
        entries[what] = [int(number) for number in COUNTER.findall(rest)]
    return entries


def show(sign, entries):
    for what in sorted(entries)[:MOST]:
        print(sign, what)
    if len(entries) > MOST:
        print(sign, "and %d more" % (len(entries) - MOST))
    return len(entries)


def diff(source, before, after):
    before, after = read(source, before), read(source, after)
    both = before.keys() & after.keys()
    wrong = show("- not there:", before.keys() - both)
    wrong += show("+ only there:", after.keys() - both)
    wrong += show("! counted more:", [
        what for what in both
        if any(a > b for a, b in zip(after[what], before[what]))])
    old = [what for what in both if after[what] != before[what]]
    if len(old) * 100 > len(both):
        wrong += show("! counters:", old)
    print("# of %d connections %d are on both, %d with older counters" %
          (len(before), len(both), len(old)))
    return not wrong


sys.exit(not diff(*sys.argv[1:]))
