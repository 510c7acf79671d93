#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""report.py FOLDER CUT: draw what happened around the power cut.

FOLDER has the records of ../ha/edge (edge/download, edge/echo, edge/ping) and
events; all times are microseconds of the edge's clock, as is CUT."""
import re
import sys

SLOT = 100_000
BEFORE = 5      # slots that are drawn before the cut
AFTER = 5       # and after the last event, or the end of the stall
WIDTH = 32
LONG = 1_500_000    # events later than that are not waited for


def lines(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            words = line.split()
            if words:
                yield words


def read_download(path):
    """The reads, as pairs of time and bytes, and the last line's words."""
    reads, last = [], []
    for words in lines(path):
        if len(words) == 2:
            reads.append((int(words[0]), int(words[1])))
        else:
            last = words
    return reads, last


def read_echo(path):
    sent, back = {}, {}
    for when, what, number in lines(path):
        {"sent": sent, "back": back}[what][int(number)] = int(when)
    return sent, back


def read_ping(path):
    """ping shows what returned; the numbers between are what did not."""
    back = {}
    for words in lines(path):
        time = re.match(r"\[(\d+)\.(\d{6})\]", words[0])
        seq = re.search(r"icmp_seq=(\d+) ttl", " ".join(words))
        if time and seq:
            back[int(seq[1])] = int(time[1] + time[2])
    return back


def longest_silence(times, cut):
    """The longest silence that ended after the cut: its begin and its end."""
    pairs = [p for p in zip(times, times[1:]) if p[1] > cut]
    return max(pairs, key=lambda p: p[1] - p[0], default=(cut, None))


def ms(microseconds):
    return round(microseconds / 1000)


def per_slot(pairs, cut):
    slots = {}
    for when, amount in pairs:
        slot = (when - cut) // SLOT
        slots[slot] = slots.get(slot, 0) + amount
    return slots


def chart(reads, echo, ping, events, cut, last):
    data = per_slot(reads, cut)
    echoes = per_slot([(t, 1) for t in echo.values()], cut)
    pings = per_slot([(t, 1) for t in ping.values()], cut)
    notes = {}
    for when, text in events:
        notes.setdefault((when - cut) // SLOT, []).append((ms(when - cut), text))
    most = max([data.get(s, 0) for s in range(-BEFORE, last + 1)] + [1])

    print("Time from the cut, in ms of the edge's clock; of each 100 ms: what the client")
    print("got of the file, replies to UDP echo and to ping (20 a second each).\n")
    print(f"{'ms':>6} {'bytes':>8} echo ping")
    for slot in range(-BEFORE, last + 1):
        amount = data.get(slot, 0)
        bar = "#" * -(-amount * WIDTH // most)
        print(f"{slot * 100:+6d} {amount:8d} {echoes.get(slot, 0):4d} "
              f"{pings.get(slot, 0):4d} |{bar}")
        for when, text in notes.get(slot, []):
            print(f"{'':21} <- {when:+d} ms  {text}")


def figures(reads, stall, sent, echo, ping, cut, end):
    begin, again = stall
    if again:
        print(f"download: no byte for {ms(again - begin)} ms "
              f"(from {ms(begin - cut):+d} to {ms(again - cut):+d} ms)")
    else:
        print(f"download: no byte ever again after {ms(begin - cut):+d} ms")
    print(f"download: {' '.join(end[1:]) or 'not over'}; "
          f"{sum(n for t, n in reads if t < cut)} bytes before the cut, "
          f"{sum(n for t, n in reads if t >= cut)} after it")

    # What left in the last moment may still be on its way.
    due = [n for n, t in sent.items() if t < max(sent.values()) - 2 * SLOT]
    lost = [n for n in due if n not in echo]
    print(f"UDP echo: {len(lost)} of {len(due)} lost; "
          f"silent for {silence(echo, cut)}")
    numbers = range(1, max(ping, default=0) + 1)
    lost = [n for n in numbers if n not in ping]
    print(f"ping:     {len(lost)} of {len(numbers)} lost; "
          f"silent for {silence(ping, cut)}")


def silence(back, cut):
    begin, end = longest_silence(sorted(back.values()), cut)
    return f"{ms(end - begin)} ms" if end else "ever after"


def main(folder, cut):
    cut = int(cut)
    reads, end = read_download(f"{folder}/edge/download")
    sent, echo = read_echo(f"{folder}/edge/echo")
    ping = read_ping(f"{folder}/edge/ping")
    events = sorted((int(w[0]), " ".join(w[1:])) for w in lines(f"{folder}/events"))

    stall = longest_silence([t for t, _ in reads], cut)
    if "lost" in end or not any(t > cut for t, _ in reads):
        stall = (max((t for t, _ in reads), default=cut), None)
    last = max([t for t, _ in events if t - cut < LONG] + [stall[1] or cut])
    chart(reads, echo, ping, events, cut, (last - cut) // SLOT + AFTER)
    print()
    figures(reads, stall, sent, echo, ping, cut, end)


main(*sys.argv[1:])
