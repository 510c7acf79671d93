#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
#: zones, of the original or both directions | yes
#
# Flows in a conntrack zone are replicated with their zone: two connections with
# the same tuple in two zones are two flows, and go on in their zones on r2: TCP,
# whose packets conntrack refuses on r2 and so forgets their zone, in one of both
# directions; UDP in one of the original direction only.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

zone() { n "$1" conntrack -L -p tcp -w "$2" 2> /dev/null | grep -c ESTABLISHED; }

plan 8
topology
for r in r1 r2; do
	n $r nft -f - <<- END
		table inet zones {
			chain prerouting {
				type filter hook prerouting priority raw;
				tcp dport 7 ct zone set 5
				tcp sport 7 ct zone set 5
				udp dport 7 ct original zone set 6
			}
		}
	END
done
check "r1 and r2 hear each other" pair
take r1
serve
hold tcp client tcphold open 2 10.2.0.2 7
hold udp client udphold open 10.2.0.2 7
check "r2 is told of three flows" await 20 is 3 node r2 shadow
check "two of them in zone 5" is 2 sh -c \
	"ip netns exec r2 flowsyncctl flow show shadow | grep -c 'zone 5'"
cut r1
no_luck r2
take r2
check "UDP in a zone of one direction goes on" carries udp
check "TCP in a zone goes on" carries tcp
check "packets installed them" is 3 stat r2 install_packet
fs r2 group set 1 role active
check "nothing is left in the shadow" await 20 is 0 node r2 shadow
check "it is in the zone on r2" is 2 zone r2 5
finish
