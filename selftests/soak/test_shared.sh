#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
#: 1,000 pairs in load sharing, one translated address, a declared split of its ports | no tuple twice
#
# Load sharing with one shared address: r1 is active in group 1, for 10.1.0.2, r2 in
# group 2, for 10.1.0.3, and both translate to 10.2.0.1. What comes back comes to
# the one that has that address, whose flow it may not be.
#
#	10.1.0.2 --- 10.1.0.1 r1 --- 10.2.0.1 ---.
#	10.1.0.3 --- 10.1.0.4 r2 ----------------+--- server
#
# 1,000 connections of each client have the same source ports, and go to the same
# port of the server. What the two nodes choose at the same moment neither can know
# of the other: first without a split, where it is counted, then with each choosing
# from ports of its own. Then r1 dies, comes back, and r2 dies.
#
# The server answers after 50 ms: see net/test_asymmetric.
. "$(dirname "$0")/../net/lib.sh"
. "$here/flows.sh"

PAIRS=${PAIRS:-1000}
CLASHES=200

g() { n "$1" flowsyncctl -j group show "$2" | field "$3"; }
# owned [ROUTER]: reply tuples of all that it, or either, has as its own, one in a line.
owned() {
	local r
	for r in ${1:-r1 r2}; do
		n $r flowsyncctl -j flow show local | grep -o '"reply":{[^}]*}'
	done | sort
}
twice() { owned "$@" | uniq -d | wc -l; }
# all COUNT: so many are owned by the two together.
all() { [ "$(owned | wc -l)" = "$1" ]; }
# gateway ROUTER add|del: what the second client goes through.
gateway() {
	ips "$1" <<< "addr $2 10.1.0.4/24 dev lan0"
	[ "$2" = del ] || n "$1" arping -q -U -c 1 -I lan0 10.1.0.4
}
# split ROUTER PORTS: it translates to these from now on.
split() {
	n "$1" nft "insert rule inet router postrouting oifname wan0 ip saddr 10.1.0.0/24 meta l4proto { tcp, udp } snat ip to 10.2.0.1:$2"
}
configure() {
	local r other
	load
	fs r1 node set id 1 name r1
	fs r2 node set id 2 name r2
	fs r1 peer add r2 id 2 $key dead 20 link local 10.9.0.1 remote 10.9.0.2
	fs r2 peer add r1 id 1 $key dead 20 link local 10.9.0.2 remote 10.9.0.1
	for r in r1 r2; do
		[ $r = r1 ] && other=r2 || other=r1
		fs $r group add 1 peer $other match default
		fs $r group add 2 peer $other match src 10.1.0.3/32
	done
	fs r1 group set 1 role active
	fs r2 group set 1 role standby
	fs r1 group set 2 role standby
	fs r2 group set 2 role active
	await 20 is up peer r1 r2 state && await 20 is up peer r2 r1 state
}
clashes() { echo $(($(stat r1 install_clash) + $(stat r2 install_clash))); }
# diagnose: what the routers have of connections that did not open.
diagnose() {
	local r
	for r in r1 r2; do
		n $r conntrack -L -f ipv4 -p tcp 2> /dev/null | grep -v ESTABLISHED | head -n 20 | sed "s/^/# $r: /"
		n $r flowsyncctl stats show | grep -v ' 0$' | sed "s/^/# $r: /"
		n $r nft list ruleset | grep counter | sed "s/^/# $r: /"
	done
}

plan 26
modprobe tcp_diag 2> /dev/null
topology
ips client <<- END
	addr add 10.1.0.3/24 dev eth0
	addr add 10.1.0.5/24 dev eth0
	route add default via 10.1.0.4 table 7
	rule add from 10.1.0.3 table 7
END
check "r1 and r2 hear each other" configure
take r1
gateway r2 add
serve
n server tc qdisc add dev eth0 root netem delay 50ms limit 10000

# Without a split, at the same moment.
hold_pids=()
for source in 10.1.0.2 10.1.0.3; do
	n client tcphold -t 5 -s $source -p 10000 open $CLASHES 10.2.0.2 7 < <(sleep 20) \
		> "$TMP/clash-$source" &
	hold_pids+=($!)
done
check "$CLASHES pairs at once, without a split: each node has its own" \
	await 20 eval 'at_least $((CLASHES * 9 / 10)) g r1 1 flows && at_least $((CLASHES * 9 / 10)) g r2 2 flows'
read -r -t 3 <> <(:)
note "of $(owned | wc -l) tuples $(twice) are owned twice;" \
	"new_tuple_owned: r1 $(stat r1 new_tuple_owned), r2 $(stat r2 new_tuple_owned)"
wait "${hold_pids[@]}"
for r in r1 r2; do
	n $r conntrack -F 2> /dev/null
done
# The server has not heard of the end of all: from a port that one of them had nobody
# could open another.
n server ss -K dst 10.2.0.1 > /dev/null
check "they end" await 20 is "0 0" eval 'echo $(node r1 flows) $(node r2 flows)'

# One after the other the shadow is asked, without a split too.
check "$CLASHES of the first client" open_many early $CLASHES 10.1.0.2 11000 10.2.0.2 7
check "r2 is told" await 20 is $CLASHES node r2 shadow
check "$CLASHES of the second, then" open_many late $CLASHES 10.1.0.3 11000 10.2.0.2 7
check "none is owned twice" is 0 twice
check "r2 found that its first choice was owned" at_least $CLASHES stat r2 new_tuple_owned

counted=$(clashes)
split r1 20000-39999
split r2 40000-59999
check "with a split: $PAIRS of the first client" \
	open_many first "$PAIRS" 10.1.0.2 20000 10.2.0.2 7
check "as many of the second, from the same ports" \
	open_many second "$PAIRS" 10.1.0.3 20000 10.2.0.2 7
[ $failures = 0 ] || diagnose
most=$((2 * (PAIRS + CLASHES)))
check "each is somebody's own" await 20 all $most
check "and none is owned twice" is 0 twice
check "all carry data" in_turn 2 ${many[early]} ${many[late]} ${many[first]} ${many[second]}
check "each is told to the other" await 30 is $most eval 'echo $(($(node r1 shadow) + $(node r2 shadow)))'

cut r1
check "r2 misses r1" await 30 is down peer r2 r1 state
take r2
fs r2 group set 1 role active
check "r2 has all of them" await 60 is $most node r2 flows
check "none of them twice" is 0 twice r2
check "all go on through r2" in_turn 2 ${many[early]} ${many[late]} ${many[first]} ${many[second]}

leave r1
uncut r1
check "r1 gives way, and is told of all" await 60 is $most node r1 shadow
check "they agree, by digest" fs r2 verify peer r1 timeout 60
cut r2
check "r1 misses r2" await 30 is down peer r1 r2 state
take r1
gateway r1 add
fs r1 group set 1 role active
fs r1 group set 2 role active
check "a third client from the same ports, meanwhile" \
	open_many third $CLASHES 10.1.0.5 20000 10.2.0.2 7
check "r1 has all of them" await 60 is $((most + CLASHES)) node r1 flows
[ $failures = 0 ] || {
	note "r1 has $(node r1 flows), in the shadow $(node r1 shadow), entries $(n r1 conntrack -C)"
	diagnose
}
check "none of them twice" is 0 twice r1
check "none clashed since there was a split" is "$counted" clashes
check "all go on through r1" in_turn 2 ${many[early]} ${many[late]} ${many[first]} ${many[second]} ${many[third]}
finish
