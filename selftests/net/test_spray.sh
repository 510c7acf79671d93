#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What is no datagram of a peer changes nothing but counters: ten thousand
# random ones from the peer's own address and port, every truncation of a true
# heartbeat and of a true datagram with flows, both with octets behind them, and
# both with each of their bits flipped.
# Flows, peer, group and node look as before, and the counters of refused
# datagrams have grown by exactly what was sent: none is taken, none is lost
# without a reason. Others' addresses are refused before they are read.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

# state: all that r2 shows, without what time changes by itself.
state() {
	fs r2 node show
	fs r2 group show
	fs r2 peer show
	fs r2 flow show | sed -E 's/ [0-9]+s / /'
	fs r2 -j peer show r1 | sed -E 's/.*("session":[^,]*).*("rx_gaps":[^,]*).*/\1 \2/'
	n r2 conntrack -L 2> /dev/null | grep -vc 'src=10.9.0.7'
}

# steady: what r2 shows has been the same for half a second, and is in before.
steady() {
	state > "$TMP/before"
	sleep 0.5
	state | diff "$TMP/before" -
}

reasons="rx_badlen rx_badmagic rx_badversion rx_badchannel rx_badvalue \
rx_mandatory rx_badauth rx_badsession rx_badpeer rx_badnode rx_replay rx_old \
rx_limited"

# refused: how many datagrams r2 has refused for any reason.
refused() {
	local reason sum=0 all
	all=$(n r2 flowsyncctl -j stats show)
	for reason in $reasons; do
		sum=$((sum + $(field "$reason" <<< "$all")))
	done
	echo $sum
}

# sprayed NAME ARGUMENTS OF SPRAY...
sprayed() {
	local name=$1 before sent
	shift
	before=$(refused)
	check "$name: sent" n r1 spray "$@"
	sent=$(tail -n 1 "$TMP/check")
	check "$name: each of $sent is refused and counted" \
		await 20 is $((before + sent)) refused
	state > "$TMP/after"
	check "$name: nothing changed" diff "$TMP/before" "$TMP/after"
}

plan 32
topology
check "r1 and r2 hear each other" pair
take r1
serve
n r2 spray capture 3790 "$TMP/heartbeat" "$TMP/state" &
capture=$!
check "there are flows" open_flows
check "a datagram of each channel is captured" wait $capture
check "r2 is told of them" await 20 told
check "and comes to rest" await 20 steady
v4="10.9.0.1 10.9.0.2 3790"
sprayed "10,000 random datagrams" random $v4 10000 20261120 1
sprayed "a cut heartbeat" cut $v4 "$TMP/heartbeat"
sprayed "cut flow records" cut $v4 "$TMP/state"
ip -n r1 addr add 10.9.0.7/24 dev sync0
sprayed "from an address that is no peer's" random 10.9.0.7 10.9.0.2 3790 100 1 1
check "no other reason than that" is 100 stat r2 rx_badpeer

sprayed "each bit of a heartbeat flipped" flip $v4 "$TMP/heartbeat"
sprayed "each bit of flow records flipped" flip $v4 "$TMP/state"
check "the peer is up" is up peer r2 r1 state
check "flows agree" told

# The same through a link of IPv6.
fs r1 group del 1
fs r2 group del 1
fs r1 peer del r2
fs r2 peer del r1
fs r1 node del
fs r2 node del
check "r1 and r2 hear each other over IPv6" pair ipv6
check "r2 is told again" await 20 told
check "and comes to rest" await 20 steady
sprayed "IPv6: random datagrams" random fd09::1 fd09::2 3790 1000 6 1
finish
