#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Compare what conntrack lists on two nodes.

    conntrack -L -o extended,id,labels,ktimestamp | compare.py note >> FILE
                                    with the moment of each line, as it takes a
                                    while to list all
    compare.py diff SOURCE BEFORE AFTER
                                    of the connections from SOURCE, a regular
                                    expression: all are there, no others, and equal
                                    but for the number of their entry and the count
                                    of references. The time left is never less than
                                    it was, as far as can be said: both lists have
                                    whole seconds, and conntrack prints late on a
                                    slow machine. Counters may be those of a moment
                                    before, of one connection in 100.

BEFORE was listed first.
"""
import re
import sys
import time

# family, its number, protocol, its number, time left, the rest
LINE = re.compile(r"(\S+ +\d+ \S+ +\d+) (\d+) (.*)")
DIFFERS = re.compile(r" (use|id|delta-time)=\d+")
COUNTER = re.compile(r"(?<= )(?:packets|bytes)=(\d+)")
MOST = 10
LATE = 10


def note():
    for line in sys.stdin:
        print("%.3f" % time.monotonic(), line, end="")


def read(source, name):
    """{what is to be equal: (when its time is over, its counters)}"""
    entries = {}
    for line in open(name):
        moment, _, entry = line.rstrip().partition(" ")
        if not re.search(" src=" + source, entry.partition(" dst=")[0]):
            continue
        kind, left, rest = LINE.fullmatch(entry).groups()
        what = kind + " " + COUNTER.sub("", DIFFERS.sub("", rest))
        if what in entries:
            sys.exit("twice in %s: %s" % (name, what))
        counters = [int(number) for number in COUNTER.findall(rest)]
        entries[what] = float(moment) + int(left), counters
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
    later = {what: after[what][0] - before[what][0] for what in both}
    wrong += show("! too short:", [what for what in both if later[what] < -LATE])
    wrong += show("! counted more:", [
        what for what in both
        if any(a > b for a, b in zip(after[what][1], before[what][1]))])
    old = [what for what in both if after[what][1] != before[what][1]]
    if len(old) * 100 > len(both):
        wrong += show("! counters:", old)
    print("# of %d connections %d are on both, %d with older counters; %+.1f to %+.1f s to live" %
          (len(before), len(both), len(old), min(later.values(), default=0),
           max(later.values(), default=0)))
    return not wrong


if sys.argv[1] == "note":
    note()
else:
    sys.exit(not diff(*sys.argv[2:]))
