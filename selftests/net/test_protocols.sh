#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
#: SCTP: state and verification tags | yes
#: DCCP: state, roles, sequence number | yes
#: GRE | yes
#: UDP-Lite | yes
#: protocols that conntrack does not know | yes
#
# Flows of other protocols than TCP, UDP and ICMP go on through r2: SCTP with its
# verification tags, DCCP, GRE, UDP-Lite, and a protocol that conntrack knows
# nothing of. Half of them are asked for by a packet while r2 is standby, half are
# installed by the walk after its promotion. A protocol that this kernel's sockets
# lack is left out.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

names=()
for kind in sctp gre 253 dccp udplite; do
	modprobe -q $kind 2> /dev/null
	modprobe -q "${kind}_ipv4" 2> /dev/null
	if "$here/proto.py" can $kind; then
		names+=($kind)
	else
		note "no sockets of $kind here"
	fi
done
[ ${#names[@]} -ge 3 ] || skip_all "hardly any protocols here"

plan $((7 + 3 * ${#names[@]}))
topology
# This kernel's conntrack takes the checksum of UDP-Lite for one of UDP.
for r in r1 r2; do
	n $r sysctl -qw net.netfilter.nf_conntrack_checksum=0
done
check "r1 and r2 hear each other" pair
take r1
for kind in "${names[@]}"; do
	bg server "$here/proto.py" serve $kind 7 > "$TMP/$kind.server"
	await 30 grep -q ready "$TMP/$kind.server"
done
for kind in "${names[@]}"; do
	opened() { hold "$1" client "$here/proto.py" hold "$1" 10.2.0.2 7; }
	check "$kind through r1" opened $kind
done
check "r2 is told of all" await 10 told
translated r1 > "$TMP/r1"
check "all of them are there" is ${#names[@]} sh -c "grep -ac . '$TMP/r1'"
cut r1
no_luck r2
take r2
count=0
for kind in "${names[@]}"; do
	if [ $((count++ % 2)) = 0 ]; then
		check "$kind goes on while r2 is standby" carries $kind
	else
		ok "$kind waits for the walk"
	fi
done
fs r2 group set 1 role active
check "nothing is left in the shadow" await 5 is 0 node r2 shadow
check "nothing was refused" is 0 stat r2 install_error
for kind in "${names[@]}"; do
	check "$kind goes on through r2" carries $kind
done
translated r2 > "$TMP/r2"
check "r2 has them as r1 had" diff "$TMP/r1" "$TMP/r2"
check "as its own" is ${#names[@]} node r2 flows
finish
