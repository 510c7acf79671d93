#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The cable between the routers is cut for 1 to 30 s, many times, while it loses,
# delays, mixes and doubles what it carries, and flows come and go all the time.
# After each cut the load ends, and the standby's table becomes the active's, by
# conntrack's own list on r1 and flowsync's on r2; and verify agrees. When r1 says that
# r2 is synced the tables are the same, though some flows end on r2 in the longer cuts,
# which go on through r1: pings, with a lifetime of 8 s.
#
# Fails if a change is lost with a cut, whatever the length, or if an end is; or if
# what was compared before a cut is taken for evidence after it.
. "$(dirname "$0")/../net/lib.sh"

netem() {
	n r1 tc qdisc replace dev sync0 root netem limit 10000 "$@"
	n r2 tc qdisc replace dev sync0 root netem limit 10000 "$@"
}

# load: until it is told to end, 40 new flows at a time, of which each tenth is
# deleted soon.
load_flows() {
	local port=10000 p
	until [ -e "$TMP/enough" ]; do
		n client "$here/burst.py" 10.2.0.2 $port 30
		n client "$here/burst.py" fd02::2 $port 10
		for p in $port $((port + 10)) $((port + 20)); do
			n r1 conntrack -D -p udp --orig-port-src "$p"
		done
		port=$((port + 40))
		[ $port -lt 60000 ] || port=10000
	done > /dev/null 2>&1
}

# seconds COUNT: it has passed.
seconds() { [ $((SECONDS - since)) -ge "$1" ]; }

# outside: what conntrack on r1 has from the client is in r2's shadow, and no more.
outside() {
	local family
	for family in ipv4 ipv6; do
		n r1 conntrack -L -p udp -f $family 2> /dev/null
	done | sed -nE 's/.* src=((10\.1|fd01)[^ ]*) dst=([^ ]*) sport=([0-9]*) dport=([0-9]*) .*src=([^ ]*) dst=([^ ]*) sport=([0-9]*) dport=([0-9]*) .*/\1 \4 \3 \5 \6 \8 \7 \9/p' |
		sort > "$OUT/conntrack"
	fs r2 flow show shadow | tr -d '[]' |
		sed -nE 's/^udp [0-9]+s (.*):([0-9]+) -> (.*):([0-9]+) reply (.*):([0-9]+) -> ([^ ]*):([0-9]+) .*/\1 \2 \3 \4 \5 \6 \7 \8/p' |
		sort > "$OUT/shadow"
	[ -s "$OUT/conntrack" ] && cmp "$OUT/conntrack" "$OUT/shadow"
}

# noticed: r1 knows of every end: that of an entry that is deleted by hand is found by
# the walk, up to a second later, and would come between the two lists of same().
noticed() {
	[ "$(node r1 flows)" = "$(for family in ipv4 ipv6; do
		n r1 conntrack -L -f $family 2> /dev/null
	done | grep -cE 'src=(10\.1|fd01)')" ]
}

# same: what r1 has to tell is what r2 holds. (Flows without what differs by nature.)
table() {
	fs "$1" flow show "$2" |
		sed -E 's/ [0-9]+s / /; s/ \[(INSTALLED)\]//; s/ (synced|sent|dirty|shadow)$//' |
		sort > "$OUT/$2"
}
same() { table r2 shadow; table r1 local; cmp "$OUT/local" "$OUT/shadow"; }

# How long, and what the cable does to what it carries.
cuts=("1 loss 1%" "2 delay 200ms" "3 loss 10%" "5 delay 30ms reorder 25%"
	"8 duplicate 10%" "12 loss 30%" "20 loss 10% delay 200ms 20ms"
	"30 loss 5% duplicate 10% delay 20ms 15ms 25%")

plan $((5 * ${#cuts[@]} + 3))
topology
for r in r1 r2; do
	n $r sysctl -qw net.netfilter.nf_conntrack_udp_timeout=3000 \
		net.netfilter.nf_conntrack_icmp_timeout=8
done
check "r1 and r2 hear each other" pair
take r1
for _ in {1..5}; do
	bg client ping -q -i 1 10.2.0.2 > /dev/null
done
for cut in "${cuts[@]}"; do
	read -r length fault <<< "$cut"
	# shellcheck disable=SC2086 # words of netem
	netem $fault
	rm -f "$TMP/enough"
	load_flows &
	loading=$!
	since=$SECONDS
	await 30 seconds 2
	ip -n r1 link set sync0 down
	since=$SECONDS
	await 60 seconds "$length"
	before=$(stat r1 capture_new)
	ip -n r1 link set sync0 up
	since=$SECONDS
	await 30 seconds 2
	touch "$TMP/enough"
	wait $loading
	check "$fault, cut for $length s: flows came meanwhile" \
		at_least $((before + 1)) stat r1 capture_new
	await 20 noticed
	check "it is said to be synced" fs r1 wait-synced timeout 90
	check "and is" same
	check "conntrack on r1 has what the shadow of r2 has" await 90 outside
	check "and verify agrees" fs r1 verify peer r2 timeout 90
done
check "flows ended on r2 alone" at_least 5 stat r2 shadow_expired
note "$(wc -l < "$OUT/shadow") flows"
check "datagrams were lost, and sent again" at_least 1 peer r1 r2 tx_lost
finish
