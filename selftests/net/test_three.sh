#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Three nodes in a group. When the active dies, the one that takes over tells the
# third only of flows that the active had no acknowledgement of, not the table;
# what only the third was told it asks for. Then both agree, by digest. What a member
# holds keeps its mark, whoever is the origin.
#
#	client, server - r1, r2 as in lib.sh; and
#
#	r1 sync0 10.9.0.1 ---- 10.9.0.2 sync0 r2
#	r1 sync1 10.9.1.1 ---- 10.9.1.3 sync1 r3
#	r2 sync2 10.9.2.2 ---- 10.9.2.3 sync2 r3
#
# Fails if an heir tells what is held, does not tell what is not, or loses what
# it was not told itself; or if a member that is asked loses an attribute.
. "$(dirname "$0")/lib.sh"

modprobe -a nft_ct 2> /dev/null

third() {
	netns r3
	cable r1 sync1 r3 sync1
	cable r2 sync2 r3 sync2
	ips r1 <<< "addr add 10.9.1.1/24 dev sync1"
	ips r2 <<< "addr add 10.9.2.2/24 dev sync2"
	ips r3 <<- END
		addr add 10.9.1.3/24 dev sync1
		addr add 10.9.2.3/24 dev sync2
	END
	up r1 sync1
	up r2 sync2
	up r3 sync1
	up r3 sync2
}

# A machine that is short of processors must not look like a dead peer.
trio() {
	load
	fs r1 node set id 1 name r1
	fs r2 node set id 2 name r2
	fs r3 node set id 3 name r3
	fs r1 peer add r2 id 2 $key dead 10 link local 10.9.0.1 remote 10.9.0.2
	fs r1 peer add r3 id 3 $key dead 10 link local 10.9.1.1 remote 10.9.1.3
	fs r2 peer add r1 id 1 $key dead 10 link local 10.9.0.2 remote 10.9.0.1
	fs r2 peer add r3 id 3 $key dead 10 link local 10.9.2.2 remote 10.9.2.3
	fs r3 peer add r1 id 1 $key dead 10 link local 10.9.1.3 remote 10.9.1.1
	fs r3 peer add r2 id 2 $key dead 10 link local 10.9.2.3 remote 10.9.2.2
	fs r1 group add 1 peer r2 peer r3
	fs r2 group add 1 peer r1 peer r3
	fs r3 group add 1 peer r1 peer r2
	fs r1 group set 1 role active
	fs r2 group set 1 role standby
	fs r3 group set 1 role standby
	await 20 is up peer r1 r2 state && await 20 is up peer r1 r3 state &&
		await 20 is up peer r2 r3 state
}

burst() { n client "$here/burst.py" 10.2.0.2 "$1" "$2"; }

# table ROUTER TABLE: one line for each flow, without what differs by its nature.
table() {
	fs "$1" flow show "$2" |
		sed -E 's/ [0-9]+s / /; s/ \[(INSTALLED)\]//; s/ (synced|sent|dirty|shadow)$//' |
		sort > "$TMP/$2"
}

same() {
	table "$1" local
	table "$2" shadow
	[ -s "$TMP/local" ] && cmp "$TMP/local" "$TMP/shadow"
}

marked() { n "$1" conntrack -L -p udp --mark 7 2> /dev/null | wc -l; }

down() { ip -n r$1 link set "$2" down; await 10 is down peer "r$1" "$3" state; }

plan 22
topology
third
for r in r1 r2; do
	n $r sysctl -qw net.netfilter.nf_conntrack_udp_timeout=900
done
check "three nodes hear each other" trio
for r in r1 r2 r3; do
	fs $r node set mark-mask 0xff
done
n r1 nft "add table inet marks
	add chain inet marks choose { type filter hook forward priority 5; }
	add rule inet marks choose udp sport 10000-10299 ct mark set 7"
take r1
burst 10000 300
check "r1 tells r2 of every flow" await 30 told r1 r2
check "r1 tells r3 of every flow" await 30 told r1 r3
check "r1 knows that both hold them" fs r1 wait-synced timeout 60

# What comes now is acknowledged by r2 alone.
check "r3 is cut off from r1" down 1 sync1 r3
burst 20000 40
check "r2 is told of what comes then" await 30 told r1 r2
check "r3 is not" [ "$(node r3 shadow)" -lt "$(node r2 shadow)" ]
cut r1
check "r1's power is cut" await 10 is down peer r2 r1 state
before=$(stat r2 tx_checkpoints)
take r2
fs r2 group set 1 role active
check "r2 and r3 have the same table" await 60 same r2 r3
check "and agree by digest" fs r2 verify peer r3 timeout 60
sent=$(($(stat r2 tx_checkpoints) - before))
note "$sent checkpoints sent for $(node r2 flows) flows, $(stat r2 heir_held) held, $(stat r2 heir_asked) asked for"
check "what r1 had no acknowledgement of was sent" [ "$sent" -ge 40 ]
check "and not the table" [ "$sent" -le 60 ]

# r1 comes back, finds that it was replaced, and is told. Then r2 tells r3 alone.
uncut r1
up r1 sync1
check "r1 gives way" await 20 is standby group r1 role
check "r1 is told of every flow" await 60 same r2 r1
check "r1 is cut off from r2" down 2 sync0 r1
burst 30000 20
check "r3 is told of what comes then" await 30 same r2 r3
flows=$(node r2 flows)
cut r2
ip -n r2 link set sync2 down
leave r2
check "r2's power is cut" await 10 is down peer r3 r2 state
fs r1 group set 1 role active
check "r1 learns from r3 what it did not know" await 60 is "$flows" node r1 flows
check "r1 and r3 have the same table" await 60 same r1 r3
check "and agree by digest" fs r1 verify peer r3 timeout 60
note "$(stat r1 heir_offered) flows offered"

# r3 has had these flows of r1, of r2 and of r1 again.
fs r3 group set 1 role active
check "r3 takes over all of them" await 60 is "$flows" node r3 flows
check "with their marks" is 300 marked r3
finish
