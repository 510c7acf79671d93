#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# 10,000 connections, TCP over IPv4 and IPv6, with the source, the destination or
# both translated, UDP and ping among them, half of them marked: conntrack's list of
# them on r2 after the takeover is what it was on r1 before, but for ids, counters
# and the time left; that is never less than it was.
. "$(dirname "$0")/../net/lib.sh"
. "$here/flows.sh"

# list ROUTER: its connections from the client, without what may differ.
list() {
	local family
	for family in ipv4 ipv6; do
		n "$1" conntrack -L -f $family -o extended,labels 2> /dev/null
	done | sed -E 's/ (use|id|packets|bytes)=[^ ]*//g
		s/^([a-z0-9]+ +[0-9]+ [a-z0-9]+ +[0-9]+) [0-9]+ /\1 /' |
		grep -E ' src=(10\.1|fd01)' | sort
}

plan 11
topology
for r in r1 r2; do
	n $r nft "add chain inet router mark { type filter hook forward priority 5; }"
done
n r1 nft "add rule inet router mark ct state new ct mark set jhash th sport mod 2 seed 1"
check "r1 and r2 hear each other" pair
for r in r1 r2; do
	fs $r node set mark-mask 0xffffffff
done
take r1
serve
check "one of every kind" open_flows
check "TCP over IPv4" hold a client tcphold -t 60 -p 10000 open 4000 10.2.0.2 7
check "TCP over IPv6" hold b client tcphold -t 60 -p 10000 open 3000 fd02::2 7
check "TCP, both ends translated" hold c client tcphold -t 60 -p 20000 open 2500 10.1.0.1 8007
check "the same over IPv6" hold d client tcphold -t 60 -p 20000 open 500 fd01::1 8007
check "r2 is told of all" await 60 told
list r1 > "$OUT/r1"
check "they are 10,000" at_least 10000 sh -c "grep -c . '$OUT/r1'"
cut r1
no_luck r2
fs r2 group set 1 role active
check "nothing is left in the shadow" await 60 is 0 node r2 shadow
list r2 > "$OUT/r2"
check "what r2 has is what r1 had" diff "$OUT/r1" "$OUT/r2"
take r2
check "all of them carry data" carry a b c d
finish
