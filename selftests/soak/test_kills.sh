#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The standby dies 20 times, each at a random moment of the bulk resync that
# follows its return: 8,000 flows, told at 2,000 a second, over a cable that takes
# 100 ms and loses 5 %. It comes back each time with nothing. Whenever r1 says that r2
# is synced r2 holds all flows; and at the end it is synced, with nobody's help.
#
# Fails if a flow is taken for synced that the peer was told in an earlier life, or
# that was sent and has not arrived.
. "$(dirname "$0")/../net/lib.sh"

FLOWS=8000
KILLS=20
MISSED=200

# It bears more silence than r1, which so hears it when it hears nothing of r1.
standby() {
	fs r2 node set id 2 name r2
	fs r2 peer add r1 id 1 $key dead 100 link local 10.9.0.2 remote 10.9.0.1
	fs r2 group add 1 peer r1
	fs r2 group set 1 role standby
}

left() { peer r1 r2 resync_left; }
resyncs() { [ "$(left)" -gt 0 ]; }
begun() { look; [ "$(peer r1 r2 state)" = up ] && resyncs; }

# look: what r1 says of r2, and what is so: flows only come to r2's shadow, so
# what is counted after r1 spoke is not less than what there was.
said=0 lies=0
look() {
	fs r1 wait-synced timeout 0 > "$TMP/said" 2>&1 || return
	said=$((said + 1))
	[ "$(node r2 shadow)" = "$(node r1 flows)" ] || lies=$((lies + 1))
}

# past COUNT: fewer are left; looks on the way.
past() { look; [ "$(left)" -lt "$1" ]; }

# cable ROUTER LOSS: what it sends takes 100 ms, and so many percent are lost.
cable() {
	n "$1" tc qdisc replace dev sync0 root netem limit 10000 delay 100ms loss "$2%"
}

# untold: with all sent that there is, r2 does not hold all of it.
untold() {
	[ "$(peer r1 r2 dirty)" = 0 ] && [ "$(peer r1 r2 state)" = up ] &&
		[ "$(node r2 shadow)" -lt "$(node r1 flows)" ]
}

# The tuples of both ends, by conntrack on r1 and by flowsync on r2.
outside() {
	n r1 conntrack -L -p udp 2> /dev/null | sed -nE \
		's/.* src=(10\.1\.[^ ]*) dst=([^ ]*) sport=([0-9]*) dport=([0-9]*) .*src=([^ ]*) dst=([^ ]*) sport=([0-9]*) dport=([0-9]*) .*/\1:\3 \2:\4 \5:\7 \6:\8/p' |
		sort > "$OUT/conntrack"
	fs r2 flow show shadow | sed -nE \
		's/^udp [0-9]+s ([^ ]*) -> ([^ ]*) reply ([^ ]*) -> ([^ ]*) .*/\1 \2 \3 \4/p' |
		sort > "$OUT/shadow"
	[ "$(wc -l < "$OUT/conntrack")" -ge $((FLOWS + MISSED)) ] &&
		cmp "$OUT/conntrack" "$OUT/shadow"
}

plan $((KILLS + 14))
topology
for r in r1 r2; do
	n $r sysctl -qw net.netfilter.nf_conntrack_udp_timeout=3000
done
check "r1 and r2 hear each other" pair
take r1
n client "$here/burst.py" 10.2.0.2 10000 $FLOWS
check "r2 is told of all" await 60 told
fs r1 peer set r2 resync-rate 2000
cable r1 5
cable r2 5

RANDOM=${SEED:-$$}
note "SEED=${SEED:-$$}"
fs r2 node del
for i in $(seq $KILLS); do
	await 30 is down peer r1 r2 state
	standby
	await 30 begun
	at=$((100 + RANDOM % (FLOWS - 400)))
	await 60 past $((at + 1))
	was=$(node r2 shadow)
	fs r2 node del
	check "$i: killed with $was of $FLOWS told, when $at were to be left" \
		[ "$was" -gt 0 ]
done
await 30 is down peer r1 r2 state
check_not "r2 is not said to be synced when it is gone" fs r1 wait-synced timeout 0
standby
check "it comes back" await 30 begun
check "and is synced, with nobody's help" fs r1 wait-synced timeout 120
look
check "it was said that it is" at_least 1 eval 'echo $said #'
check "never when it was not" [ "$lies" = 0 ]

cable r1 100
cable r2 100
check "r2 is away" await 30 is down peer r1 r2 state
n client "$here/burst.py" 10.2.0.2 20000 $MISSED
await 10 is $((FLOWS + MISSED)) node r1 flows
fs r1 peer set r2 resync-rate 20
cable r1 0
cable r2 0
check "it returns" await 30 begun
await 30 past 40
cable r1 100
check "of what it missed the last is sent, and does not arrive" await 10 untold
said=0 asked=0
for i in $(seq 10); do
	untold || continue
	asked=$((asked + 1))
	look
done
check "it is asked about then" [ $asked -ge 1 ]
check "and not called synced" [ "$said" = 0 ]
cable r1 0
check "with the cable healed it is synced" fs r1 wait-synced timeout 60
check "conntrack on r1 has what the shadow of r2 has" await 30 outside
finish
