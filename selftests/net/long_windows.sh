#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
#: TCP windows | as last told, each second; learnt from the first packets after the takeover
#
# TCP windows after a takeover are strict: conntrack refuses what is not in them
# (be_liberal is 0, and no connection carries that flag), and refuses nothing that
# is. Ten downloads and ten uploads, over a network that loses, delays and
# reorders, are in the middle when r1 is cut, at the worst moment: the last
# acknowledgements were lost with it, so what comes first on r2 is old, and what
# answers it is ahead of all that r2 was told of.
#
# Of what a stranger sends who knows the tuple of an idle connection, but not where
# it is, r2 refuses as much as r1 did, even if it is the first that comes after the
# takeover. (conntrack refuses what is ahead, and lets pass what is long past.)
. "$(dirname "$0")/lib.sh"

OCTETS=$((1 << 20))
moved() { cat "$TMP/progress"; }
over() { grep -q right "$TMP/bulk"; }
# refused ROUTER: segments from the idle connections that it found invalid.
refused() {
	n "$1" nft list chain inet strangers forward |
		sed -n 's/.*counter packets \([0-9]*\).*/\1/p'
}
# strange ROUTER PORT: how many of a stranger's segments, in the name of the
# client's port, it refuses; counted when the count stands still.
strange() {
	local before now=-1 was=-2 rounds=0
	before=$(refused "$1")
	n client "$here/blind.py" 10.1.0.2 "$2" 10.2.0.2 7
	while [ "$now" != "$was" ] && [ $((rounds++)) -lt 20 ]; do
		was=$now
		read -r -t 0.3 <> <(:)
		now=$(refused "$1")
	done
	echo $((now - before))
}
# much REFUSED: about as many as on r1: of sixteen all over the space, some are in
# the window by where the connection began, which differs. Without windows it is none.
much() { [ "$1" -ge 6 ] && [ "$1" -ge $((usual - 4)) ]; }

plan 15
topology
for r in r1 r2; do
	n $r nft "add table inet strangers
		add chain inet strangers forward { type filter hook forward priority -5; }
		add rule inet strangers forward tcp dport 7 ct state invalid counter"
done
check "r1 and r2 hear each other" pair
take r1
bg server "$here/bulk.py" serve 5001
bg server tcphold serve 7
await 20 n server sh -c 'ss -Hltn sport = 5001 | grep -q . && ss -Hltn sport = 7 | grep -q .'
check "two idle connections" hold idle client tcphold -p 45000 open 2 10.2.0.2 7
check "r2 is told of their windows" await 20 at_least 2 stat r1 walk_window
usual=$(strange r1 45000)
check "r1 refuses most of what a stranger sends ($usual)" [ "$usual" -ge 6 ]
for ns in client server; do
	n $ns tc qdisc add dev eth0 root netem delay 4ms 2ms loss 1% rate 10mbit limit 2000
done
bg client "$here/bulk.py" run $OCTETS "$TMP/progress" 5001 \
	10.2.0.2 10.2.0.2 10.2.0.2 10.2.0.2 10.2.0.2 \
	fd02::2 fd02::2 fd02::2 fd02::2 fd02::2 > "$TMP/bulk"
check "transfers get on" await 20 at_least $((OCTETS * 2)) moved
check "r2 is told of their windows too" await 20 at_least 22 stat r1 walk_window
check "r2 holds them" await 20 at_least 22 node r2 shadow
# The worst moment: acknowledgements of both sides are lost.
n r1 nft insert rule inet router forward tcp flags ack meta length lt 100 drop
before=$(moved)
read -r -t 0.3 <> <(:)
cut r1
check "they were not over" not over
no_luck r2
take r2
first=$(strange r2 45000)
check "a stranger's segments are refused, as the first that come ($first)" much "$first"
fs r2 group set 1 role active
check "transfers get on through r2" await 30 at_least $((before + OCTETS)) moved
check "all of them end" await 60 over
check "with what they should carry, and no reset" grep -q '^20 of 20 right, 0 reset' "$TMP/bulk"
for ns in client server; do
	n $ns tc qdisc del dev eth0 root
done
check "the idle ones carry data" carries idle
later=$(strange r2 45001)
check "and on the other one ($later)" much "$later"
check "both carry data after that" carries idle
sed 's/^/# /' "$TMP/bulk"
note "windows learnt on r2: $(stat r2 window_learnt), refused: $(refused r2)"
finish
