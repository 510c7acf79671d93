#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
report.py - what the measurements mean

  report.py FOLDER LAST RUNS CONFIG...

Reads FOLDER/CONFIG.RUN/results, which `measure` wrote, of each of RUNS ("1 2 two"),
and checks that two runs of none and of flowsync agree within 1 % in what begins and
ends by the clock. What waits for something to be done, or is cut off, does not repeat
like that, nor does conntrackd: of it the values of both runs are there to see. Writes
FOLDER/result.json: for each of P1 to P12 its goal, a value for every configuration,
the mean of its runs, and those; how many runs there were and of which day, and the
points of the pictures. What was not run is as in LAST, an earlier result.json: another
module is no matter to conntrackd. Prints the values as a table, what of flowsync's
differs by more than that between its runs, and what got worse by more than 3 % since
LAST.
"""
import datetime
import json
import os
import sys

# Two runs may differ by so much, and a later version be so much worse.
AGREE = 0.01
WORSE = 0.03
# And by a few timers and heartbeats that fall into one and not into the other:
# instructions, and octets.
BUSY = 500e3
OCTETS = 500
# Without daemons: when one of those gets a processor is not the same twice.
OURS = ("none", "flowsync")
# What the octets of P4 are from.
WIRE = ("open.udp4", "open.tcp4snat", "open.wire")


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


def forwarded(none):
    """What it takes to forward a packet, without sync."""
    return (none["open.far"]["busy"] - none["open.near"]["busy"]) / \
        none["open.far"]["sent"]


def idle(run):
    """What the machine does in a second in which nothing passes."""
    return run.busy("idle.established") * 1e9 / \
        run.r["idle.established"]["elapsed"]


def p1(run):
    added = run.busy("open.packets") - run.none["open.packets"]["busy"]
    return 1 + added / (2 * run.r["open.packets"]["sent"]) / \
        forwarded(run.none)


def p1_packet(run):
    """The same without what is done whether packets pass or not."""
    seconds = run.r["open.packets"]["elapsed"] / 1e9
    added = run.busy("open.packets") - run.none["open.packets"]["busy"] - \
        seconds * (idle(run) - idle(Run("none", run.none, run.none)))
    return 1 + added / (2 * run.r["open.packets"]["sent"]) / \
        forwarded(run.none)


def p1_cache(run):
    """What an event cache takes without anybody who looks at it."""
    added = run.none["open.cached"]["busy"] - run.none["open.packets"]["busy"]
    return 1 + added / (2 * run.none["open.packets"]["sent"]) / \
        forwarded(run.none)


def p1_idle(run):
    if run.config == "none":
        return idle(run)
    return idle(run) - idle(Run("none", run.none, run.none))


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
    """Not by time: that has the host's in it, which reads the command's file."""
    if run.config == "none":
        return 0
    return run.busy("takeover.%d" % run.size("takeover", "busy")) / \
        run.busy("takeover.1000")


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


def p8(delay):
    """The most that any cut lost, in milliseconds of arrivals at 2,000/s."""
    def value(run):
        if run.config == "none":
            return None
        return max(lost(run, "cut.%s.2000." % delay)) / 2
    return value


def lost(run, prefix):
    """How many flows each cut lost."""
    return [max(0, cut["flows"] - cut["before"] - cut["held"])
            for name, cut in run.r.items() if name.startswith(prefix)]


def turns(run):
    """Connections per second with sync / without, of each turn."""
    return sorted(
        run.r[name.replace("with", "without")]["elapsed"] /
        run.r[name]["elapsed"]
        for name in run.r if name.startswith("two.open.turn.") and
        name.endswith(".with"))


def in_turns(choose):
    return lambda run: choose(turns(run)) if run.config != "none" else None


def p9(run):
    if run.config == "none":
        return run.r["open.overload"]["count"]
    held = run.r["held.overload"]
    # one entry is the machine's own: neighbours were met with it
    return max(0, held["count"] - 1 - held["held"])


def p10(run):
    """What a flow's first packet is later, in echoes on the sync link."""
    if run.config == "none":
        return None
    return (run.r["first.flow"]["median"] - run.none["first.flow"]["median"]) / \
        run.none["first.link"]["median"]


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
    ("P1.packet", "the same without what idle nodes do", "ratio", None, True,
     p1_packet),
    ("P1.cache", "of these, conntrack's event cache alone", "ratio", None,
     True, lambda run: p1_cache(run) if run.config == "flowsync" else None),
    ("P1.idle", "added in a second without traffic", "instructions", None,
     True, p1_idle),
    ("P2", "UDP flow, added, install included", "instructions", 8000, True,
     opened("udp4")),
    ("P2.install", "of these, its install", "instructions", None, True,
     only_install("udp4")),
    ("P3", "TCP+SNAT connection, the same", "instructions", 15000, True,
     opened("tcp4snat")),
    ("P3.install", "of these, its install", "instructions", None, True,
     only_install("tcp4snat")),
    ("P2.udp4snat", "UDP flow, translated", "instructions", None, True,
     opened("udp4snat")),
    ("P2.udp6", "UDP flow, IPv6", "instructions", None, True, opened("udp6")),
    ("P2.udp6snat", "UDP flow, IPv6, translated", "instructions", None, True,
     opened("udp6snat")),
    ("P3.tcp4", "TCP connection, not translated", "instructions", None, True,
     opened("tcp4")),
    ("P3.tcp6snat", "TCP+SNAT connection, IPv6", "instructions", None, True,
     opened("tcp6snat")),
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
    ("P8", "lost by a cut at 2,000/s, worst, in arrivals of", "ms", None, True,
     p8("default")),
    ("P8.delay1", "the same, with a delay of 1 ms", "ms", 1, True,
     p8("1")),
    ("P9", "flows missing after an overload", "flows", 0, True, p9),
    ("P10", "first packet's delay, in echoes on the sync link", "ratio", 1.3,
     True, p10),
    ("P11", "traffic covered by a tenth of a resync", "share", 0.75, False,
     p11),
    ("P12", "connections per second, with sync / without", "ratio", 0.93,
     False, p12),
    ("P12.two", "by the clock, two processors, median of five", "ratio", None,
     False, in_turns(lambda ratios: ratios[len(ratios) // 2])),
    ("P12.two.low", "the least of them", "ratio", None, False,
     in_turns(min)),
    ("P12.two.high", "the most", "ratio", None, False, in_turns(max)),
]


def series(run):
    """What the pictures show: name -> list of points."""
    def points(prefix, value):
        out = []
        for name in run.r:
            if name.startswith(prefix) and name[len(prefix):].isdigit():
                try:
                    out.append([int(name[len(prefix):]), value(name)])
                except (KeyError, ZeroDivisionError):
                    pass
        return sorted(out)

    def with_flow(prefix, value, name):
        out = points(prefix, value)
        try:
            out.append([2000 if "udp" in name else 500, value(name)])
        except KeyError:
            pass
        return sorted(out)

    def octets(name):
        return run.r[name]["octets"] / run.r[name]["count"]

    found = {}
    for kind in ("udp4", "tcp4snat"):
        found["cost." + kind] = with_flow("open.%s.at" % kind, run.added,
                                          "open." + kind)
        found["wire." + kind] = with_flow("open.%s.at" % kind, octets,
                                          "open." + kind)
    for delay in ("default", "1"):
        rates = sorted({int(name.split(".")[2]) for name in run.r
                        if name.startswith("cut.%s." % delay) and
                        name.count(".") == 3})
        found["loss." + delay] = [
            [rate, max(lost(run, "cut.%s.%d." % (delay, rate)))]
            for rate in rates]
    found["gap"] = points("takeover.", lambda name:
                          run.busy(name))
    return found


def longest(runs):
    """Of each series the one of the run that has more points, else the first."""
    return {key: max((run[key] for run in runs), key=len)
            for key in (runs[0] if runs else {})}


def same(a, b, slack):
    return abs(a - b) <= AGREE * max(a, b) + slack


def paced(name):
    """Whether a measurement begins and ends by the clock: nothing in it waits for
    timers of the nodes, which are at another point in each machine. (Without traffic
    there is nothing else.)"""
    return name.startswith("open.") and "zipf" not in name


def disagree(config, one, two):
    """The paced results of two runs that are not the same within AGREE."""
    for name in sorted(set(one) | set(two)):
        if name.startswith("two."):
            continue
        if name not in one or name not in two:
            yield "%s: %s was measured once only" % (config, name)
            continue
        compared = [("busy", BUSY)] if paced(name) else []
        if name.startswith(WIRE):
            compared.append(("octets", OCTETS))
        for figure, slack in compared:
            a, b = one[name].get(figure, 0), two[name].get(figure, 0)
            if not same(a, b, slack):
                yield "%s: %s, %s: %.0f and %.0f" % (config, name, figure,
                                                     a, b)


def pairs(runs, config):
    """The runs of a configuration, each beside one without sync."""
    none = runs.get("none")
    if not none:
        return []
    return [Run(config, r, none[min(n, len(none) - 1)])
            for n, r in enumerate(runs[config])]


def figure(compute, run):
    try:
        return compute(run)
    except (KeyError, ValueError, IndexError, ZeroDivisionError):
        return None


def show(value):
    if value is None:
        return "-"
    if abs(value) < 2 and value != int(value):
        return "%.4f" % value
    if abs(value) < 100 and value != int(value):
        return "%.1f" % value
    return "{:,.0f}".format(value)


def met(value, goal, less):
    if goal is None or value is None:
        return ""
    return "met" if (value <= goal if less else value >= goal) else "missed"


def day(path):
    """When a run ended."""
    return datetime.date.fromtimestamp(os.path.getmtime(path)).isoformat()


def keep(result, before, config):
    """A configuration that was not run is as it was."""
    for key, *_ in FIGURES:
        row = before.get(key, {})
        result[key][config] = row.get(config)
        result[key]["runs"][config] = row.get("runs", {}).get(config, [])
    for key in ("runs", "made", "series"):
        result[key][config] = before[key][config]


def main():
    folder, last, numbers, *configs = sys.argv[1:]
    runs, made, wrong, noted = {}, {}, [], []
    try:
        with open(last) as f:
            before = json.load(f)
    except OSError:
        before = {}
    for config in configs:
        runs[config] = []
        for n in numbers.split():
            if n == "two" and config == "none":
                continue
            path = os.path.join(folder, "%s.%s" % (config, n), "results")
            try:
                found = read(path)
                made[config] = day(path)
            except OSError as e:
                wrong.append("%s: %s" % (config, e))
                continue
            if n == "two":
                clock = {"two." + name: r for name, r in found.items()}
                runs[config] = [{**r, **clock} for r in runs[config][:1]] + \
                    runs[config][1:]
            else:
                runs[config].append(found)
        if len(runs[config]) == 2:
            (wrong if config in OURS else noted).extend(
                disagree(config, *runs[config]))

    result = {}
    for key, what, unit, goal, less, compute in FIGURES:
        row = {"what": what, "unit": unit, "goal": goal, "runs": {}}
        for config in configs:
            values = [value for value in
                      (figure(compute, run) for run in pairs(runs, config))
                      if value is not None]
            row[config] = sum(values) / len(values) if values else None
            row["runs"][config] = values
        result[key] = row

    # How often each was measured and when, for whoever reads the figures later.
    result["runs"] = {config: len(runs[config]) for config in configs}
    result["made"] = made
    result["series"] = {config: longest([series(run) for run in
                                         pairs(runs, config)])
                        for config in configs}
    kept = [config for config in before.get("runs", {})
            if config not in configs]
    for config in kept:
        keep(result, before, config)
    path = os.path.join(folder, "result.json")
    with open(path, "w") as out:
        json.dump(result, out, indent="\t")
        out.write("\n")

    columns = configs + kept
    widths = "%-14s %-50s %-12s %8s" + " %10s" * len(columns) + "  %s"
    print(widths % ("id", "figure", "unit", "goal", *columns, ""))
    for key, what, unit, goal, less, _ in FIGURES:
        row = result[key]
        print((widths % (key, what, unit, show(goal),
                         *(show(row[c]) for c in columns),
                         met(row.get("flowsync"), goal, less))).rstrip())

    for key, *_ in FIGURES:
        values = result[key]["runs"].get("flowsync", [])
        if len(values) == 2 and not same(*values, 0):
            print("differs: %s: %s and %s" % (key, *map(show, values)))
    for config in kept:
        print("not run: %s, as on %s" % (config, result["made"][config]))
    for key, _, _, _, less, _ in FIGURES:
        old = before.get(key, {}).get("flowsync")
        new = result[key].get("flowsync")
        if not old or new is None:
            continue
        if (new - old if less else old - new) > WORSE * abs(old):
            print("worse: %s: %s, was %s" % (key, show(new), show(old)))
    for text in noted:
        print("differs: " + text)
    for text in wrong:
        print("bench: not repeatable: " + text, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
