#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""The netlink interface is the same in the header, in Documentation/netlink/
flowsync.yaml, in the module's policies, in flowsyncctl and in its manual.

test_netlink.py BUILD      (BUILD is not needed, and there for all unit tests)
TREE=DIR looks at another tree.
"""
import os
import pathlib
import re
import sys

try:
    import yaml
except ImportError:
    print("TAP version 13\n1..0 # SKIP no python3-yaml")
    sys.exit(4)

TOP = pathlib.Path(os.environ.get("TREE", pathlib.Path(__file__).parents[2]))
HEADER = (TOP / "include/uapi/linux/flowsync.h").read_text()
NETLINK = (TOP / "kmod/netlink.c").read_text()
MANUAL = re.sub(r"\\f[BIR]|\\&", "",
                (TOP / "Documentation/man/flowsyncctl.8").read_text())
CTL = "".join(p.read_text() for p in sorted((TOP / "ctl").glob("*.c")))
SPEC = yaml.safe_load((TOP / "Documentation/netlink/flowsync.yaml").read_text())

points = 0
failed = 0


def point(name, wrong):
    """A test point, which passes if nothing is wrong."""
    global points, failed
    points += 1
    failed += bool(wrong)
    print("not ok" if wrong else "ok", points, "-", name)
    for line in wrong:
        print("#  ", line)


def c_enum(name):
    """{constant: number} of an enum of the header."""
    body = re.search(r"enum %s \{(.*?)\n\};" % name, HEADER, re.S).group(1)
    body = re.sub(r"/\*.*?\*/", "", body, flags=re.S)
    values, number = {}, 0
    for item in filter(None, (i.strip() for i in body.split(","))):
        constant, _, value = item.partition("=")
        number = eval(value) if value else number  # pylint: disable=eval-used
        if not constant.startswith("__"):
            values[constant.strip()] = number
        number += 1
    return values


def constant(prefix, name):
    return (prefix + name).upper().replace("-", "_")


def differences(ours, theirs):
    """What is in one of two {constant: number} and not in the other."""
    return ([f"only in the header: {k} = {v}" for k, v in ours.items()
             if theirs.get(k) != v] +
            [f"only in the yaml: {k} = {v}" for k, v in theirs.items()
             if ours.get(k) != v])


def spec_enum(item):
    flags = item["type"] == "flags"
    values, number = {}, 0
    for entry in item["entries"]:
        if isinstance(entry, dict):
            number, entry = entry["value"], entry["name"]
        values[constant(item["name-prefix"], entry)] = \
            1 << number if flags else number
        number += 1
    return values


def spec_attrs(item):
    values, number = {}, 1
    for attr in item["attributes"]:
        number = attr.get("value", number)
        values[constant(item["name-prefix"], attr["name"])] = number
        number += 1
    return values


def without_unspec(values):
    return {k: v for k, v in values.items() if not k.endswith("_UNSPEC")}


# What a policy's entry says, and what the yaml calls that.
KINDS = (
    (r"NLA_POLICY_NESTED", "nest"), (r"NLA_NUL_STRING", "string"),
    (r"NLA_BE16", "u16"), (r"NLA_BINARY|EXACT_LEN", "binary"),
    (r"NLA_FLAG", "flag"), (r"NLA_U64", "u64"), (r"NLA_U32", "u32"),
)


def policies():
    """{constant: type} of all that the module takes."""
    taken = {}
    for name, entry in re.findall(
            r"\[(FLOWSYNC_A_\w+)\] =\s*((?:[^;\[])*?)(?=\n\t\[|\n};)", NETLINK):
        for pattern, kind in KINDS:
            if re.search(pattern, entry):
                taken[name] = kind
                break
    return taken


def requested():
    """The constants that the header names in full: those of requests."""
    return set(re.findall(r"^ \*\t\t+(FLOWSYNC_A_[A-Z0-9_]+) ", HEADER, re.M))


def main():
    sets = SPEC["attribute-sets"]
    names = {e for e in re.findall(r"^enum (flowsync_\w+) \{", HEADER, re.M)}
    print("TAP version 13")

    known = {s["enum-name"] for s in sets} | \
        {d["enum-name"] for d in SPEC["definitions"]} | \
        {SPEC["operations"]["enum-name"]}
    point("every enum of the header is in the yaml",
          sorted(names ^ known))
    wrong = []
    for item in sets:
        wrong += differences(without_unspec(c_enum(item["enum-name"])),
                             spec_attrs(item))
    point("every attribute, with its number", wrong)
    wrong = []
    for item in SPEC["definitions"]:
        wrong += differences(c_enum(item["enum-name"]), spec_enum(item))
    point("every other constant", wrong)
    ops = SPEC["operations"]
    point("every command, with its number", differences(
        without_unspec(c_enum(ops["enum-name"])),
        {constant(ops["name-prefix"], op["name"]): i + 1
         for i, op in enumerate(ops["list"])}))

    kinds = {constant(s["name-prefix"], a["name"]): a["type"]
             for s in sets for a in s["attributes"]}
    taken = policies()
    point("what the module takes has the type that the yaml says",
          [f"{k}: {v}, {kinds.get(k)}" for k, v in taken.items()
           if kinds.get(k) != v] or ([] if len(taken) > 40 else ["too few"]))
    point("what the header asks for in requests the module takes",
          sorted(requested() - set(taken)))
    admin = {constant(ops["name-prefix"], op["name"]) for op in ops["list"]
             if "uns-admin-perm" in op.get("flags", [])}
    checked = {cmd for cmd, rest in re.findall(
        r"\.cmd = (\w+),((?:(?!\.cmd).)*?)POLICY", NETLINK, re.S)
        if "GENL_UNS_ADMIN_PERM" in rest}
    point("what needs privilege is what the yaml says", sorted(admin ^ checked))

    attrs = {a for s in sets for a in spec_attrs(s)}
    point("flowsyncctl knows every attribute",
          sorted(a for a in attrs
                 if not a.endswith("_PAD") and not re.search(a + r"\b", CTL)))
    keys = set(re.findall(r'out_(?:uint|unit|hex|string|array|object)\(out,\s*"(\w+)"',
                          CTL))
    point("the manual has the name of everything in JSON",
          sorted(k for k in keys if not re.search(r"\b%s\b" % k, MANUAL)) or
          ([] if len(keys) > 60 else ["too few"]))
    print(f"1..{points}")
    return failed > 0


sys.exit(main())
