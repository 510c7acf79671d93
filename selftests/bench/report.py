#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
report.py - what the measurements mean

  report.py FOLDER LAST CONFIG...

Reads FOLDER/CONFIG.1/results and CONFIG.2/results, which `measure` wrote, and
checks that the two runs agree within 1 %. Writes FOLDER/result.json: for each
of P1 to P12 its goal and a value for every configuration. Prints them as a
table, and what got worse by more than 3 % since LAST, an earlier result.json.
"""
import json
import os
import sys

# Two runs may differ by so much, and a later version be so much worse.
AGREE = 0.01
WORSE = 0.03


def read(path):
    """Results of a machine: name -> {figure: number}."""
    results = {}
    with open(path) as lines:
        for line in lines:
            name, *pairs = line.split()
            results[name] = {k: float(v) for k, v in
                             (pair.split("=") for pair in pairs)}
    return results


class Run:
    """What one configuration measured, with what `none` did beside it."""

    def __init__(self, config, results, none):
        self.config = config
        self.r = results
        self.none = none

    def busy(self, name):
        return self.r[name]["busy"]

    def added(self, name):
        """Busy instructions beyond those without sync, per connection."""
        return (self.busy(name) - self.none[name]["busy"]) / \
            self.r[name]["count"]

    def install(self, name):
        """Taking over what was opened, per connection, less that of nothing."""
        held = self.r["held." + name]["held"]
        return (self.busy("install." + name) - self.busy("install.empty")) / \
            max(held, 1)

    def size(self, name, what):
        """The larger of the tables that NAME.SIZE was measured with."""
        sizes = [int(key[len(name) + 1:]) for key in self.r
                 if key.startswith(name + ".") and
                 key[len(name) + 1:].isdigit() and what in self.r[key]]
        return max(sizes)


def p1(run):
    none = run.none
    forward = (none["open.far"]["busy"] - none["open.near"]["busy"]) / \
        none["open.far"]["sent"]
    packets = 2 * none["open.packets"]["sent"]
    return 1 + (run.busy("open.packets") - none["open.packets"]["busy"]) / \
        packets / forward


def opened(name):
    def figure(run):
        if run.config == "none":
            return run.busy("open." + name) / run.r["open." + name]["count"]
        return run.added("open." + name) + run.install(name)
    return figure


def only_install(name):
    return lambda run: 0 if run.config == "none" else run.install(name)


def p4_udp(run):
    return run.r["open.udp4"]["octets"] / run.r["open.udp4"]["count"]


def p4_tcp(run):
    return (run.r["open.wire"]["octets"] + run.r["end.wire"]["octets"]) / \
        run.r["open.wire"]["count"]


def resync(figure, steps):
    def value(run):
        if run.config == "none":
            return 0
        n = run.size("join.resync", "busy")
        return sum(run.r["%s.resync.%d" % (step, n)][figure] -
                   run.r["%s.resync.0" % step][figure] for step in steps) / n
    return value


def p6(run):
    if run.config == "none":
        return 0
    return run.r["takeover.%d" % run.size("takeover", "elapsed")]["elapsed"] / \
        run.r["takeover.1000"]["elapsed"]


def memory(before, after):
    def value(run):
        big = run.size("memory", "count")
        small = 1000

        def grown(r):
            def growth(size):
                return (r["used.%s.%d" % (after, size)]["used"] -
                        r["used.%s.%d" % (before, size)]["used"])
            return (growth(big) - growth(small)) / (big - small)

        own = grown(run.r)
        if run.config != "none" and \
                (after == "active" or run.config == "hot"):
            # its own entries of conntrack, which a router has anyway
            return own - memory("before", "active")(
                Run("none", run.none, run.none))
        return own
    return value


def p9(run):
    if run.config == "none":
        return run.r["open.overload"]["count"]
    held = run.r["held.overload"]
    # one entry is the machine's own: neighbours were met with it
    return max(0, held["count"] - 1 - held["held"])


def p11(run):
    if run.config == "none":
        return 0
    return run.r["open.zipf.after"]["good"] / run.r["open.zipf.after"]["sent"]


def p12(run):
    return run.none["open.throughput"]["elapsed"] / \
        run.r["open.throughput"]["elapsed"]


# id, what, unit, goal, whether less is better, how it is computed
FIGURES = [
    ("P1", "established packet, with sync / without", "ratio", 1.005, True, p1),
    ("P2", "UDP flow, added, install included", "instructions", 8000, True,
     opened("udp4")),
    ("P2.install", "of these, its install", "instructions", None, True,
     only_install("udp4")),
    ("P3", "TCP+SNAT connection, the same", "instructions", 15000, True,
     opened("tcp4snat")),
    ("P3.install", "of these, its install", "instructions", None, True,
     only_install("tcp4snat")),
    ("P4.udp", "on the wire, UDP flow, at 2,000/s", "octets", 28, True, p4_udp),
    ("P4.tcp", "on the wire, TCP+SNAT and its end, at 2,000/s", "octets", 44,
     True, p4_tcp),
    ("P5", "bulk resync to a usable entry, per flow", "instructions", 8000,
     True, resync("busy", ("join", "install"))),
    ("P5.resync", "of these, without the install", "instructions", None, True,
     resync("busy", ("join",))),
    ("P5.wire", "bulk resync on the wire, per flow", "octets", 24, True,
     resync("octets", ("join",))),
    ("P6", "takeover, largest table / 1,000 flows", "ratio", 1.10, True, p6),
    ("P7.active", "memory per flow, active", "octets", 96, True,
     memory("before", "active")),
    ("P7.standby", "memory per flow, standby", "octets", 96, True,
     memory("active", "standby")),
    ("P9", "flows missing after an overload", "flows", 0, True, p9),
    ("P11", "traffic covered by a tenth of a resync", "share", 0.75, False,
     p11),
    ("P12", "connections per second, with sync / without", "ratio", 0.93,
     False, p12),
]


def disagree(config, one, two):
    """The results of two runs that are not the same within AGREE."""
    for name in sorted(set(one) | set(two)):
        if name not in one or name not in two:
            yield "%s: %s was measured once only" % (config, name)
            continue
        for figure in ("busy", "octets", "held"):
            a, b = one[name].get(figure, 0), two[name].get(figure, 0)
            if abs(a - b) > AGREE * max(a, b):
                yield "%s: %s, %s: %.0f and %.0f" % (config, name, figure,
                                                     a, b)


def show(value):
    if value is None:
        return "-"
    if abs(value) < 10 and value != int(value):
        return "%.3f" % value
    return "{:,.0f}".format(value)


def met(value, goal, less):
    if goal is None or value is None:
        return ""
    return "met" if (value <= goal if less else value >= goal) else "missed"


def main():
    folder, last, *configs = sys.argv[1:]
    runs, wrong = {}, []
    for config in configs:
        try:
            runs[config] = [read(os.path.join(folder, "%s.%d" % (config, n),
                                              "results")) for n in (1, 2)]
        except OSError as e:
            wrong.append("%s: %s" % (config, e))
            continue
        wrong.extend(disagree(config, *runs[config]))

    result = {}
    for key, what, unit, goal, less, compute in FIGURES:
        row = {"what": what, "unit": unit, "goal": goal}
        for config in configs:
            values = []
            for n in (0, 1):
                try:
                    values.append(compute(Run(config, runs[config][n],
                                              runs["none"][n])))
                except (KeyError, ValueError, IndexError):
                    pass
            row[config] = sum(values) / 2 if len(values) == 2 else None
        result[key] = row

    path = os.path.join(folder, "result.json")
    with open(path, "w") as out:
        json.dump(result, out, indent="\t")
        out.write("\n")

    widths = "%-11s %-50s %-12s %8s" + " %10s" * len(configs) + "  %s"
    print(widths % ("id", "figure", "unit", "goal", *configs, ""))
    for key, what, unit, goal, less, _ in FIGURES:
        row = result[key]
        print((widths % (key, what, unit, show(goal),
                         *(show(row[c]) for c in configs),
                         met(row.get("flowsync"), goal, less))).rstrip())

    try:
        with open(last) as f:
            before = json.load(f)
    except OSError:
        before = {}
    for key, _, _, _, less, _ in FIGURES:
        old = before.get(key, {}).get("flowsync")
        new = result[key].get("flowsync")
        if not old or new is None:
            continue
        if (new - old if less else old - new) > WORSE * abs(old):
            print("worse: %s: %s, was %s" % (key, show(new), show(old)))
    for text in wrong:
        print("bench: not repeatable: " + text, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
