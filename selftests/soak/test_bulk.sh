#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
#: TCP windows, strict: 200 transfers with loss and reordering in the middle | no reset, all end
#
# 200 bulk transfers, half of them IPv6, half uploads, over a network that delays,
# loses and reorders, are in the middle when r1 is cut. conntrack is strict on r2
# (tcp_be_liberal 0, tcp_loose 0, what is invalid is dropped). All end with what
# they should carry, and nobody sees a reset.
. "$(dirname "$0")/../net/lib.sh"

OCTETS=$((256 << 10))
moved() { cat "$TMP/progress"; }
over() { grep -q right "$TMP/bulk"; }
resets() {
	local ns
	for ns in client server; do
		n $ns nft list chain inet resets input
	done | sed -n 's/.*packets \([0-9]*\).*/\1/p' | awk '{ n += $1 } END { print n }'
}

plan 9
topology
for ns in client server; do
	n $ns nft "add table inet resets
		add chain inet resets input { type filter hook input priority 0; }
		add rule inet resets input tcp flags rst counter"
	n $ns tc qdisc add dev eth0 root netem delay 5ms 3ms loss 1% reorder 5% rate 16mbit limit 5000
done
# What they see of resets, for the report.
for ns in client server; do
	bg $ns tcpdump -tttt -nli eth0 'tcp[13] & 4 != 0 or (ip6 and ip6[6] == 6 and ip6[53] & 4 != 0)' > "$OUT/resets.$ns" 2> /dev/null
done
check "r1 and r2 hear each other" pair
take r1
bg server "$here/bulk.py" serve 5001 > "$TMP/server"
await 10 n server sh -c 'ss -Hltn sport = 5001 | grep -q .'
addresses=()
for _ in {1..50}; do
	addresses+=(10.2.0.2 fd02::2)
done
bg client "$here/bulk.py" run $OCTETS "$TMP/progress" 5001 "${addresses[@]}" > "$TMP/bulk"
check "they get on" await 120 at_least $((OCTETS * 40)) moved
check "r2 holds them" await 20 at_least 200 node r2 shadow
note "$(date +%T.%N) cut; $(moved) octets so far"
cut r1
check "they are in the middle" not over
no_luck r2
take r2
fs r2 group set 1 role active
check "conntrack is strict" is 0 n r2 sysctl -n net.netfilter.nf_conntrack_tcp_be_liberal
check "all of them end" await 600 over
check "with what they should carry" grep -q '^200 of 200 right, 0 reset' "$TMP/bulk"
check "no reset was seen" is 0 resets
check "windows were learnt" at_least 1 stat r2 window_learnt
sed 's/^[# ]*/# /' "$TMP/bulk" "$TMP/server" "$OUT"/resets.* | head -n 60
note "windows learnt on r2: $(stat r2 window_learnt)"
finish
