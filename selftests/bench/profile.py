#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
profile.py - which functions the instructions of a window were run in

  profile.py BLOCKS COUNT [OTHER-BLOCKS [OTHER-COUNT]]

BLOCKS is what plugin.c wrote for one window, beside a machine's kallsyms, COUNT
by how much to divide: the connections of the window. OTHER-BLOCKS is subtracted:
the same window without sync, or of a shorter table. Prints a line for each
function of the kernel that took more than a four hundredth, the largest first.
"""
import bisect
import collections
import os
import sys


def symbols(path):
    table = []
    with open(path) as lines:
        for line in lines:
            address, kind, name = line.split()[:3]
            if kind in "tTwW":
                table.append((int(address, 16), name))
    table.sort()
    return [a for a, _ in table], [n for _, n in table]


def count(blocks, divide):
    addresses, names = symbols(os.path.join(os.path.dirname(blocks),
                                            "kallsyms"))
    total = collections.Counter()
    with open(blocks) as lines:
        for line in lines:
            address, insns = line.split()
            address = int(address, 16)
            # what is below is of programs
            if address >= 1 << 63:
                at = bisect.bisect_right(addresses, address) - 1
                total[names[at]] += int(insns) / divide
    return total


def main():
    blocks, divide, *other = sys.argv[1:]
    total = count(blocks, float(divide))
    if other:
        total.subtract(count(other[0], float((other + [divide])[1])))
    everything = sum(total.values())
    print("%10.0f  all of the kernel" % everything)
    for name, insns in total.most_common():
        if insns > everything / 400:
            print("%10.0f  %s" % (insns, name))


if __name__ == "__main__":
    main()
