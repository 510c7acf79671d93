#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A client on another library than flowsyncctl's uses every command of the netlink
# family; dumps of peers have each that stays once, while others come and go; a dump
# of flows has each that stays once, while others come and go.
#
# The topology is that of lib.sh: r1 is the other client's, r2 its peer.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

# each_once: a dump of r1's flows has all 200 that stay, each once.
each_once() {
	is "200 200" sh -c "ip netns exec r1 flowsyncctl flow show local proto udp dport 9 |
		sed 's/^udp [0-9]*s //; s/ reply.*//' | sort | uniq -c |
		awk '{ n++; sum += \$1 } END { print n, sum }'"
}
all_dumps() {
	local _
	for _ in {1..10}; do
		each_once || return
	done
}

load
topology
(umask 077; { printf "known to everybody"; head -c 14 /dev/zero; } | base64 > "$TMP/known")
fs r2 node set id 2
fs r2 peer add r1 id 1 key-file "$TMP/known" link local 10.9.0.2 remote 10.9.0.1
fs r2 group add 1 peer r1
fs r2 group set 1 role standby
plan_of_genl=$(n r1 genl 10.9.0.1 10.9.0.2 | tee "$TMP/genl" | sed -n 's/^1\.\.//p')
plan $((plan_of_genl + 4))
grep -v -e '^TAP' -e '^1\.\.' "$TMP/genl"
tests=$(grep -c -E '^(not )?ok' "$TMP/genl")
failures=$(grep -c '^not ok' "$TMP/genl")
fs r2 node del

check "r1 and r2 hear each other" pair
take r1
n client "$here/burst.py" 10.2.0.2 20000 200
check "200 connections" await 20 is 200 node r1 flows
bg client python3 -c '
import itertools, socket
for port in itertools.cycle(range(30000, 31000)):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("", port))
        try:
            s.sendto(b"x", ("10.2.0.2", 10))
        except OSError:
            pass
'
bg r1 sh -c 'while :; do conntrack -D -p udp --orig-port-dst 10 > /dev/null 2>&1; done'
check "others come and go" await 20 at_least 400 node r1 op
check "each dump has all that stay, once" all_dumps
finish
