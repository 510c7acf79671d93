#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Whatever the network between the routers does to datagrams (loses, delays,
# mixes, doubles, withholds for seconds), the standby ends up with the table of
# the active, flow by flow and op by op; and it is said to be synced only then.
# A peer that was away, and kept what it had, is sent what changed and no more.
#
# Fails if a lost record is not sent again, if one that comes late overwrites a
# newer one or brings back a flow that ended, if a return costs the table, or if the
# same is asked about, and summed up, again and again while the answer is on its way.
. "$(dirname "$0")/lib.sh"

# table ROUTER TABLE: one line for each flow, without what differs by its nature:
# time left, sync state, whether a shadow flow is live.
table() {
	fs "$1" flow show "$2" |
		sed -E 's/ [0-9]+s / /; s/ \[(INSTALLED)\]//; s/ (synced|sent|dirty|shadow)$//' |
		sort > "$TMP/$2"
}

same() {
	table r1 local
	table r2 shadow
	[ -s "$TMP/local" ] && cmp "$TMP/local" "$TMP/shadow"
}

# complete: as many flows as conntrack itself has on the active, but for r1's own.
# A deleted entry's flow is there until the walk comes by, so this is awaited.
complete() {
	same && [ "$(wc -l < "$TMP/local")" = $(($(n r1 conntrack -C) - 1)) ]
}

netem() {
	n r1 tc qdisc replace dev sync0 root netem limit 10000 "$@"
	n r2 tc qdisc replace dev sync0 root netem limit 10000 "$@"
}

calm() {
	n r1 tc qdisc del dev sync0 root
	n r2 tc qdisc del dev sync0 root
}

port=10000
# change: 400 new flows, of which some end at once.
change() {
	n client "$here/burst.py" 10.2.0.2 $port 300
	n client "$here/burst.py" fd02::2 $port 100
	local p
	for p in $(seq $port 10 $((port + 90))); do
		n r1 conntrack -D -p udp --orig-port-src "$p" > /dev/null 2>&1
	done
	port=$((port + 400))
}

faults=("loss 1%" "loss 10%" "loss 30%" "delay 200ms" "delay 20ms 15ms 25%"
	"duplicate 10% loss 10%" "delay 30ms reorder 25%")

plan $((2 * ${#faults[@]} + 15))
topology
for r in r1 r2; do
	n $r sysctl -qw net.netfilter.nf_conntrack_udp_timeout=900
done
pair
take r1

for fault in "${faults[@]}"; do
	# shellcheck disable=SC2086 # words of netem
	netem $fault
	change
	check "$fault: the tables become the same" await 30 same
	check "$fault: and are said to be" fs r1 wait-synced timeout 30
done
calm

check "verify finds no difference" fs r1 verify peer r2 timeout 30

# It is 4 datagrams that ask about all, and the answers take 6 heartbeats.
netem delay 300ms
change
check "delay 300ms: the tables become the same" await 30 same
check "delay 300ms: and are said to be" fs r1 wait-synced timeout 30
asked=$(stat r1 tx_checks)
check "verify does not find any over a long path" fs r1 verify peer r2 timeout 30
asked=$(($(stat r1 tx_checks) - asked))
note "$asked datagrams of checks"
check "and does not ask again before it can have the answer" [ "$asked" -le 8 ]
calm
check "as many flows as conntrack has entries" await 20 complete

# Gone for longer than the dead interval, while flows come and go.
n r1 ip link set sync0 down
check "the peer is silent" await 20 is down peer r1 r2 state
change
check_not "and not said to be synced" fs r1 wait-synced timeout 0
before=$(stat r1 tx_checkpoints)
n r1 ip link set sync0 up
check "the tables become the same again" await 30 same
check "and are said to be" fs r1 wait-synced timeout 30
sent=$(($(stat r1 tx_checkpoints) - before))
note "$sent checkpoints sent for 380 flows of $(wc -l < "$TMP/local")"
check "what changed was sent, not the table" [ "$sent" -le 600 ]

before=$(stat r1 tx_checkpoints)
check "resync tells everything again" fs r1 resync peer r2 full
all=$(wc -l < "$TMP/local")
resent() { [ $(($(stat r1 tx_checkpoints) - before)) -ge "$all" ]; }
check "it does" await 30 resent
check "and the tables are the same" await 30 same
check "on evidence" fs r1 wait-synced timeout 30
finish
