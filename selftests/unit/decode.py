#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Decode flowsync datagrams: hexadecimal lines in, a JSON object a line out.

A second implementation, written from the drawings in kmod/core/wire.h,
control.h, advance.h, record.h, attr.h and expect.h and never from the C code, so that the two do not share
their mistakes. What cannot be decoded has an "error", behind what could be.
"""
import ipaddress
import json
import sys

HEADER = 24
CONTROL, STATE, HANDSHAKE = 0, 1, 2
CHECKPOINT, UPDATE, DELETE = 1, 2, 3
TYPES = {CHECKPOINT: "checkpoint", UPDATE: "update", DELETE: "delete"}
PROTOS = {1: "tcp", 2: "udp", 3: "icmp"}
OTHER = 4
NAMED = (1, 6, 17, 58)
SCTP, DCCP = 132, 33
ICMP_ANSWER = {8: 0, 13: 14, 15: 16, 17: 18}
ICMPV6_ANSWER = {128: 129, 139: 140}
TIMEOUT_MAX = 1 << 20


class Refused(Exception):
    pass


def require(condition, why):
    if not condition:
        raise Refused(why)


class Octets:
    """What is left of a string of octets."""

    def __init__(self, octets):
        self.octets = octets

    def __len__(self):
        return len(self.octets)

    def take(self, count):
        require(count <= len(self.octets), "short")
        head, self.octets = self.octets[:count], self.octets[count:]
        return head

    def uint(self, count):
        return int.from_bytes(self.take(count), "big")

    def varint(self):
        value = shift = 0
        while True:
            octet = self.uint(1)
            value |= (octet & 0x7F) << shift
            shift += 7
            if not octet & 0x80:
                break
        require(octet or shift == 7, "number not in its shortest form")
        require(value < 1 << 64, "number over 64 bits")
        return value

    def zigzag(self):
        value = self.varint()
        return -(value + 1) // 2 if value & 1 else value // 2

    def options(self):
        while len(self):
            kind = self.uint(1)
            yield kind, Octets(self.take(self.uint(1)))

    def address(self, family):
        return str(ipaddress.ip_address(self.take(4 if family == 4 else 16)))


def unknown_option(kind):
    require(not kind & 0x80, "unknown mandatory option %#04x" % kind)


def end(value):
    require(not len(value), "option too long")


def get_group(value):
    group = {"id": value.uint(2), "role": value.uint(1),
             "epoch": value.uint(8), "claim": value.uint(8),
             "holder": value.uint(4), "weight": [0, 0, 0]}
    require(group["id"], "group 0")
    require(group["role"] <= 2, "no such role")
    require(group["claim"] <= group["epoch"], "claim above the epoch")
    require(group["role"] < 2 or group["holder"], "active, and nobody")
    return group


def get_weight(value):
    weight = [1, value.uint(1), value.uint(1)]
    require(weight[2] <= 64, "more traffic than there is")
    return weight


def get_standing(value):
    standing = {"id": value.uint(2), "priority": value.uint(1),
                "flags": value.uint(1)}
    require(standing["id"], "group 0")
    return standing


def get_ack(value):
    ack = {"top": value.uint(8), "window": value.uint(2), "seen": []}
    require(len(value) <= 32, "too many bits")
    for place, octet in enumerate(value.take(len(value))):
        ack["seen"] += [8 * place + n for n in range(8) if octet >> n & 1]
    return ack


def get_needs(value):
    while len(value):
        slot = value.varint()
        require(slot < 1 << 32, "slot")
        yield slot


LAST_BUCKET = 0xffffffff // 64


def check(value):
    bucket = value.uint(4)
    value.take(20)
    require(bucket <= LAST_BUCKET, "bucket")


def answer(value):
    bucket = value.uint(4)
    verdict = value.uint(1)
    value.take(8)
    require(bucket <= LAST_BUCKET and verdict < 3, "answer")


def get_results(value):
    while len(value):
        slot, gen, what = value.varint(), value.varint(), value.uint(1)
        require(slot < 1 << 32 and 1 <= gen < 1 << 32, "cookie")
        require(what, "no result")
        yield [slot, gen, what]


def get_alive(value):
    first, bits = value.uint(4), value.take(len(value))
    require(first % 8 == 0, "first slot")
    require(bits, "no bits")
    for n in range(8 * len(bits)):
        if bits[n // 8] >> n % 8 & 1:
            yield first + n


def get_room(value):
    full = value.uint(1)
    require(full <= 1, "full")
    return {"full": full, "left": value.uint(4)}


def heir(kind, value, record):
    if kind == 0x10:
        group = value.uint(2)
        value.take(8)
        require(group and value.uint(4), "heir")
    elif kind in (0x11, 0x12):
        require(value.uint(4) <= LAST_BUCKET, "bucket")
        mask = value.uint(8)
        value.take(8 if kind == 0x11 else 3 * bin(mask).count("1"))
    elif kind == 0x13:
        value.take(8)
        require(value.uint(4) <= LAST_BUCKET, "bucket")
        mask = value.uint(8)
        require(not value.uint(8) & ~mask, "held, not asked for")
        value.take(1)
    elif kind == 0x14:
        value.take(8)
    elif kind == 0x15:
        value.take(16)
        if len(value):
            first = record(value, fresh())
            require(first["type"] == "checkpoint", "offer")
    elif kind == 0x16:
        while len(value):
            require(value.varint() < 1 << 32, "slot")
            require(0 < value.varint() < 1 << 32, "generation")
    elif kind == 0x1f:
        require(value.uint(2), "group 0")
        value.take(8)
    else:
        require(value.uint(4), "node 0")
        value.take(8)


def get_advances(value):
    last = fresh()
    while True:
        rec = record(value, last)
        require(rec["type"] == "update", "an advance that is no update")
        yield rec
        if not len(value):
            return


def control(rest):
    result = {"state_seq": 0, "groups": [], "needs": [], "results": [],
              "noted": [], "alive": [], "rested": [], "standings": [], "advances": []}
    before = None
    for kind, value in rest.options():
        behind, before = before, kind
        if kind == 0x81:
            result["heard"] = value.uint(8)
        elif kind == 0x02:
            result["state_seq"] = value.uint(8)
            require(result["state_seq"] < 1 << 48, "sequence number")
        elif kind == 0x83:
            result["groups"].append(get_group(value))
            require(len(result["groups"]) <= 32, "too many groups")
        elif kind == 0x84:
            result["ack"] = get_ack(value)
        elif kind == 0x05:
            result["needs"] += get_needs(value)
        elif kind == 0x06:
            check(value)
        elif kind == 0x07:
            answer(value)
        elif kind == 0x21:
            weight = get_weight(value)
            if behind == 0x83:
                result["groups"][-1]["weight"] = weight
        elif kind == 0x20:
            result["standings"].append(get_standing(value))
            while len(value):
                result["standings"].append(get_standing(value))
        elif kind == 0x08:
            result["results"] += get_results(value)
        elif kind == 0x09:
            result["noted"] += get_results(value)
        elif kind == 0x0b:
            result["alive"] += get_alive(value)
        elif kind == 0x0d:
            result["rested"] += get_alive(value)
        elif kind == 0x0a:
            result["room"] = get_room(value)
        elif kind == 0x0c:
            result["advances"] += get_advances(value)
        elif 0x10 <= kind <= 0x17 or kind == 0x1f:
            heir(kind, value, record)
        elif kind == 0x18:
            result["cookie"] = value.uint(8)
            result["prints"] = [value.uint(4), value.uint(4)]
        else:
            unknown_option(kind)
            continue
        end(value)
    require("heard" in result or "ack" in result, "says nothing")
    return result


def answer_type(family, kind):
    pairs = ICMP_ANSWER if family == 4 else ICMPV6_ANSWER
    for query, answer in pairs.items():
        if kind == query:
            return answer
        if kind == answer:
            return query
    raise Refused("ICMP type without an answer")


def inverse(tup, proto, family):
    src, dst = tup["dst"], tup["src"]
    if proto != "icmp":
        return {"src": src, "dst": dst, "sport": tup["dport"],
                "dport": tup["sport"]}
    kind = answer_type(family, tup["dport"] >> 8)
    return {"src": src, "dst": dst, "sport": tup["sport"],
            "dport": kind << 8 | tup["dport"] & 0xFF}


def tuples(rest, rec, shape, last):
    family = rec["family"]
    orig = {"src": rest.address(family), "dst": rest.address(family),
            "sport": rest.uint(2), "dport": rest.uint(2)}
    plain = inverse(orig, rec["proto"], family)
    reply = dict(plain)
    if shape & 0x08:
        reply["src"] = rest.address(family)
    if shape & 0x10:
        reply["sport"] = rest.uint(2)
    if shape & 0x20:
        if not shape & 0x80:
            last["via"] = family, rest.address(family)
        require(last["via"][0] == family, "repeats another family's")
        reply["dst"] = last["via"][1]
    else:
        require(not shape & 0x80, "repeats what is not there")
    if shape & 0x40:
        reply["dport"] = rest.uint(2)
    if rec["proto"] == "icmp":
        require(reply["dport"] == plain["dport"], "not an answer")
    rec["original"], rec["reply"] = orig, reply


def tcp(rest):
    state, scales, flags = rest.take(3)
    require(1 <= state <= 9, "no such TCP state")
    require(scales & 15 <= 14 and scales >> 4 <= 14, "window scale")
    return {"state": state, "scale": [scales & 15, scales >> 4],
            "flags": [flags & 15, flags >> 4]}


def name(value, longest):
    octets = value.take(len(value))
    require(0 < len(octets) <= longest and 0 not in octets, "name")
    return octets.hex()


def uints(value, *sizes):
    return [value.uint(size) for size in sizes]


def masks(value, what, size):
    """The source of an expectation and which of its bits count."""
    address, port = bytes(size), 0
    mask, port_mask = bytes(size), 0
    if what & 1:
        address, mask = value.take(size), b"\xff" * size
    if what & 2:
        port, port_mask = value.uint(2), 0xFFFF
    if what & 4:
        require(what & 3, "masks of nothing")
        mask = value.take(size) if what & 1 else mask
        port_mask = value.uint(2) if what & 2 else port_mask
    return address, port, mask, port_mask


def expectation(value, size, last):
    what, how, proto = value.uint(1), value.uint(1), value.uint(1)
    require(not how & 0xC8, "unused bits of an expectation")
    require(proto, "protocol of an expectation")
    src, sport, mask, port_mask = masks(value, what, size)
    dst, dport = value.take(size), value.uint(2)
    saved = value.take(size) if what & 8 else bytes(size)
    saved_port = value.uint(2) if what & 0x10 else 0
    helper, fn = "", last
    if what & 0x40:
        helper = name(Octets(value.take(value.uint(1))), 15)
    if what & 0x80:
        octets = value.take(value.uint(1))
        require(len(octets) <= 23 and 0 not in octets, "name")
        fn = octets.hex()
    timeout = value.varint()
    require(timeout <= TIMEOUT_MAX, "timeout of an expectation")
    return {"proto": proto, "flags": how & 7, "class": how >> 4 & 3,
            "dir": what >> 5 & 1, "src": src.hex(), "dst": dst.hex(),
            "mask": mask.hex(), "saved": saved.hex(), "ports": [sport, dport],
            "more": [port_mask, saved_port], "helper": helper, "fn": fn,
            "timeout": timeout}


def expectations(value, size):
    require(0 < len(value) <= 180, "length of expectations")
    result, fn = [], ""
    while len(value):
        result.append(expectation(value, size, fn))
        fn = result[-1]["fn"]
    return result


def master(value, size):
    result = {"proto": value.uint(1), "src": value.take(size).hex(),
              "dst": value.take(size).hex(), "ports": uints(value, 2, 2)}
    require(result["proto"], "protocol of the master")
    return result


def timeouts(value):
    result = [value.varint()]
    while len(value):
        result.append(value.varint())
    require(len(result) <= 14 and max(result) <= TIMEOUT_MAX, "timeouts")
    return result


def attribute(kind, value, rec):
    """Whether it is one."""
    proto = rec["proto"]
    if kind == 0x02:
        require(proto == "tcp", "window")
        rec["end"] = uints(value, 4, 4)
        rec["window"] = uints(value, 1, 1)
        require(max(rec["window"]) <= 30, "window")
    elif kind == 0x03:
        rec["mark"] = value.uint(4)
    elif kind == 0x04:
        rec["labels"] = value.take(16).hex()
    elif kind == 0x05:
        rec["helper"] = name(value, 15)
    elif kind == 0x06:
        require(proto == "tcp", "sequence adjustment")
        rec["seqadj0"], rec["seqadj1"] = uints(value, 4, 4, 4), uints(value, 4, 4, 4)
    elif kind == 0x07:
        require(proto == "tcp", "synproxy")
        rec["synproxy"] = uints(value, 4, 4, 4)
    elif kind == 0x88:
        rec["sctp"] = uints(value, 1, 4, 4)
        require(proto == SCTP and rec["sctp"][0] <= 9, "SCTP")
    elif kind == 0x89:
        rec["dccp"] = uints(value, 1, 1, 1, 8)
        require(proto == DCCP and rec["dccp"][0] <= 7, "DCCP")
        require(rec["dccp"][1] <= 1 and rec["dccp"][2] <= 1, "DCCP role")
    elif kind == 0x0A:
        numbers = [value.varint() for _ in range(4)]
        rec["packets"], rec["octets"] = numbers[::2], numbers[1::2]
        require(max(rec["packets"]) < 1 << 42, "packets")
        require(max(rec["octets"]) < 1 << 49, "octets")
    elif kind == 0x0B:
        rec["start"] = value.uint(8)
    elif kind == 0x0C:
        rec["expects"] = expectations(value, 4 if rec["family"] == 4 else 16)
    elif kind == 0x0D:
        rec["master"] = master(value, 4 if rec["family"] == 4 else 16)
    elif kind == 0x0E:
        rec["secmark"] = name(value, 127)
    elif kind == 0x0F:
        rec["timeouts"] = timeouts(value)
    else:
        return False
    return True


def record_options(rest, rec):
    options = Octets(rest.take(rest.varint()))
    seen = {}
    for kind, value in options.options():
        length = len(value)
        if kind == 0x81:
            rec["zone"] = {"id": value.uint(2), "dir": value.uint(1)}
        elif not attribute(kind, value, rec):
            unknown_option(kind)
            continue
        else:
            require(kind not in seen, "an attribute twice")
            seen[kind] = length
        end(value)
    if 0x0C in seen:
        others = sum(2 + seen[kind] for kind in (0x0E, 0x0F) if kind in seen)
        require(seen[0x0C] <= 180 - others, "room for expectations")
    zone = rec["zone"]
    if rec["type"] == "update":
        require(zone == {"id": 0, "dir": 0}, "an update of the zone")
    else:
        require(zone["dir"] <= 3, "zone direction")
        require(zone["dir"] or not zone["id"], "zone in no direction")


def fresh():
    """What a record is told in relation to, before the first."""
    return {"slot": 0, "op": 0, "via": (None, None)}


def record(rest, last):
    """The next one; what was last is this one then."""
    first = rest.uint(1)
    kind, opt, six, proto = first & 3, first >> 2 & 3, first >> 4 & 1, first >> 5
    slot = last["slot"] + rest.zigzag()
    # Op ids are 64 bits wide, and so is their difference.
    op = (last["op"] + rest.zigzag()) % (1 << 64)
    gen = rest.varint()
    require(kind in TYPES, "no such type")
    require(opt <= 1, "unused bit")
    require(0 <= slot < 1 << 32, "slot")
    require(1 <= gen < 1 << 32, "generation")
    require(op, "op 0")
    rec = {"type": TYPES[kind], "slot": slot, "gen": gen, "op": op}
    last.update(slot=slot, op=op)
    if kind == DELETE:
        require(first == DELETE, "a delete with more")
        return rec
    if proto == OTHER:
        rec["proto"] = rest.uint(1)
        require(rec["proto"] and rec["proto"] not in NAMED, "protocol")
    else:
        require(proto in PROTOS, "protocol")
        rec["proto"] = PROTOS[proto]
    rec["family"] = 6 if six else 4
    rec["zone"] = {"id": 0, "dir": 0}
    shape = rest.uint(1)
    rec["status"] = shape & 7
    if kind == CHECKPOINT:
        tuples(rest, rec, shape, last)
    else:
        require(shape <= 7, "an update of tuples")
    if rec["proto"] == "tcp":
        rec["tcp"] = tcp(rest)
    rec["timeout"] = rest.varint()
    require(rec["timeout"] <= TIMEOUT_MAX, "timeout")
    if opt:
        record_options(rest, rec)
    return rec


def batch(rest, result):
    result["group"] = rest.varint()
    result["epoch"] = rest.varint()
    require(1 <= result["group"] <= 65535, "group")
    result["records"] = []
    last = fresh()
    while len(rest):
        result["records"].append(record(rest, last))


def datagram(octets, result):
    rest = Octets(octets)
    require(rest.take(2) == b"FS", "magic")
    require(rest.uint(1) == 1, "version")
    result["channel"] = rest.uint(1)
    result["node"] = rest.uint(4)
    result["session"] = rest.uint(8)
    result["seq"] = rest.uint(6)
    length = rest.uint(2)
    require(length == len(rest), "length")
    require(result["channel"] in (CONTROL, STATE, HANDSHAKE), "channel")
    require(result["node"] and result["session"] and result["seq"], "zero")
    if result["channel"] == CONTROL:
        result.update(control(rest))
    elif result["channel"] == STATE:
        batch(rest, result)


def decode(octets):
    result = {}
    try:
        datagram(octets, result)
    except Refused as why:
        result["error"] = str(why)
    return result


def main():
    for line in sys.stdin:
        if line.strip():
            print(json.dumps(decode(bytes.fromhex(line))))


if __name__ == "__main__":
    main()
