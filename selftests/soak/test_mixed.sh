#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
#: all that conntrack -L -o extended,id,labels,ktimestamp shows, of 10,000 connections | equal but for the number of the entry; the time left to a second
#
# 10,000 connections, TCP over IPv4 and IPv6, with the source, the destination or
# both translated, UDP, SCTP, DCCP, GRE, UDP-Lite and ping among them, some in zones,
# half of them marked, a third with labels, all accounted for: conntrack's list of
# them on r2 after the takeover is what it was on r1 before: tuples, states, status,
# marks, labels, zones, counters and the time of their start; and the time left, to a
# second.
. "$(dirname "$0")/../net/lib.sh"
. "$here/flows.sh"

# list ROUTER: its connections, and when the time of each is over.
list() {
	local family

	n "$1" "$here/../soak/left.py" list 10.1. fd01: > "$OUT/$1.left"
	for family in ipv4 ipv6; do
		n "$1" conntrack -L -f $family -o extended,id,labels,ktimestamp 2> /dev/null
	done > "$OUT/$1"
}
compare() { "$here/../soak/compare.py" '(10\.1|fd01)' "$OUT/r1" "$OUT/r2"; }
as_long() { "$here/../soak/left.py" diff "$OUT/r1.left" "$OUT/r2.left"; }
# said: what the last check said stands in the report, whatever it is.
said() { sed 's/^# */# /; t; s/^/# /' "$TMP/check" | tail -n 5; }
# quiet: for 20 seconds r1 has next to nothing to tell: every flow has been told again,
# with what was counted to the end.
quiet() {
	local op

	op=$(node r1 op)
	read -r -t 20 <> <(:)
	told && [ $(($(node r1 op) - op)) -lt 100 ]
}

modprobe -a nft_ct sctp dccp_ipv4 2> /dev/null
kinds=()
for kind in sctp gre 253 dccp udplite; do
	! "$here/proto.py" can $kind || kinds+=($kind)
done
mkdir -p /etc/xtables
printf '%s\n' "5 five" "6 six" > /etc/xtables/connlabel.conf

COUNT=${FLOWSYNC_MIXED:-10000}	# connections of TCP
plan 15
topology
for r in r1 r2; do
	n $r sysctl -qw net.netfilter.nf_conntrack_acct=1 \
		net.netfilter.nf_conntrack_timestamp=1 \
		net.netfilter.nf_conntrack_udp_timeout=3000 \
		net.netfilter.nf_conntrack_udp_timeout_stream=3000 \
		net.netfilter.nf_conntrack_icmp_timeout=3000 \
		net.netfilter.nf_conntrack_icmpv6_timeout=3000 \
		net.netfilter.nf_conntrack_gre_timeout=3000 \
		net.netfilter.nf_conntrack_gre_timeout_stream=3000 \
		net.netfilter.nf_conntrack_generic_timeout=3000 \
		net.netfilter.nf_conntrack_sctp_timeout_established=3000 \
		net.netfilter.nf_conntrack_checksum=0	# wrong for UDP-Lite
	n $r nft -f - <<- END
		table inet zones {
			chain prerouting {
				type filter hook prerouting priority raw;
				tcp dport 9 ct zone set 5
				tcp sport 9 ct zone set 5
			}
		}
	END
done
# No association says that it is alive: of a packet in the second before the cut r2
# would not know, nor of the time that it gave the entry.
for end in client server; do
	n $end sysctl -qw net.sctp.hb_interval=3000000
done
n r1 nft -f - <<- END
	table inet marks {
		chain choose {
			type filter hook forward priority 5;
			ct state new ct mark set jhash th sport mod 2 seed 1
			ct state new jhash th sport mod 3 seed 2 == 1 ct label set 5 ct label set 6
		}
	}
END
check "r1 and r2 hear each other" pair
for r in r1 r2; do
	fs $r node set mark-mask 0xffffffff label-mask 0xffffffffffffffff
done
take r1
serve
bg server tcphold serve 9
for kind in "${kinds[@]}"; do
	bg server "$here/proto.py" serve $kind 7 > "$TMP/$kind"
	await 30 grep -q ready "$TMP/$kind"
done
await 10 n server sh -c 'ss -Hltn sport = 9 | grep -q .'
check "one of every kind" open_flows
several() {
	local kind
	for kind in "${kinds[@]}"; do
		hold $kind client "$here/proto.py" hold $kind 10.2.0.2 7 || return 1
	done
}
check "of ${kinds[*]} too" several
check "TCP over IPv4" open_many a $((COUNT * 3 / 10)) 10.1.0.2 10000 10.2.0.2 7
check "in a zone" open_many z $((COUNT / 10)) 10.1.0.2 30000 10.2.0.2 9
check "TCP over IPv6" open_many b $((COUNT * 3 / 10)) fd01::2 10000 fd02::2 7
check "TCP, both ends translated" open_many c $((COUNT / 4)) 10.1.0.2 20000 10.1.0.1 8007
check "the same over IPv6" open_many d $((COUNT / 20)) fd01::2 20000 fd01::1 8007
check "r2 is told of all" await 120 told
check "and of what was counted, and then of nothing more" await 300 quiet
cut r1
list r1
check "they are $COUNT" at_least "$COUNT" sh -c "grep -cE 'src=(10\.1|fd01)' '$OUT/r1'"
no_luck r2
fs r2 group set 1 role active
check "nothing is left in the shadow" await 60 is 0 node r2 shadow
list r2
check "what r2 has is what r1 had" compare
said
check "for as long, to a second" as_long
said
take r2
check "all of them carry data" in_turn 4 ${many[*]} "${kinds[@]}" $held
finish
