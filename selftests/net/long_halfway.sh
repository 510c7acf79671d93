#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
#: TCP that is half closed, that both ends open at once, or are about to | yes
#
# TCP connections that are not simply open at the takeover, of IPv4 and of IPv6, with
# the source translated: one end has closed its half and gets data still; both ends
# have opened it at the same time; they are in the middle of that; and the client's
# SYN has passed, and no answer. All go on through r2, which is strict (tcp_loose 0, no
# new connections, nothing invalid).
#
# Of those that are being opened r2 sees first what shows whether it knows the
# sequence numbers of their SYNs: what acknowledges a SYN that it has not seen.
. "$(dirname "$0")/lib.sh"

# states ROUTER: of its connections, and how many.
states() {
	local family
	for family in ipv4 ipv6; do
		n "$1" conntrack -L -f $family -p tcp 2> /dev/null
	done | awk '/src=(10\.1|fd01)/ { print $4 }' | sort | uniq -c | xargs
}

plan 10
topology
# Table late holds up what opens them: the client's SYN to ports 6001 and 6002 is lost
# behind r1, what it answers to the server's SYN from 6002 before it, and what the
# server answers to the SYN to 6003 at r1, where conntrack does not see it.
n server nft "add table inet late
	add chain inet late input { type filter hook input priority 0; }
	add rule inet late input tcp dport { 6001, 6002 } tcp flags & (syn | ack) == syn drop"
n r1 nft "add table inet late
	add chain inet late wan { type filter hook prerouting priority raw; }
	add rule inet late wan tcp sport 6003 drop"
n client nft "add table inet late
	add chain inet late output { type filter hook output priority 0; }
	add rule inet late output tcp dport 6002 tcp flags & (syn | ack) == (syn | ack) drop"
check "r1 and r2 hear each other" pair
take r1
check "half closed, and opened by both" hold halfway client \
	"$here/halfway.py" server 10.2.0.1 10.2.0.2 6000 fd02::1 fd02::2 6000
check "r2 is told of their windows" await 10 at_least 6 stat r1 walk_window
check "others are about to be opened" carries halfway
# Their SYNs have passed r1, and are not sent again.
n server nft "add table inet once
	add chain inet once output { type filter hook output priority 0; }
	add rule inet once output tcp sport 6002 tcp flags & (syn | ack) == syn drop"
n client nft "add table inet once
	add chain inet once output { type filter hook output priority 0; }
	add rule inet once output tcp dport { 6002, 6003 } tcp flags & (syn | ack) == syn drop"
all="4 CLOSE_WAIT 2 ESTABLISHED 16 SYN_SENT 16 SYN_SENT2"
check "r1 knows how far each is" await 10 is "$all" states r1
check "r2 is told of all" await 10 told
cut r1
no_luck r2
fs r2 group set 1 role active
check "r2 knows it too" await 10 is "$all" states r2
take r2
for ns in client server; do
	n $ns nft delete table inet late
done
check "all carry data, those that were about to be opened too" carries halfway
check "they are open now" is "4 CLOSE_WAIT 34 ESTABLISHED" states r2
check "and go on" carries halfway
finish
