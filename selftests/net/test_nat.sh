#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
#: ports at random, ranges of ports | yes
#: prefix mapping | yes
#: hairpin | yes
#: two connections of one source port, 1,000 times | yes
#
# All that address translation does is carried over, and no tuple is ever owned
# twice. Besides the translation that every router of the tests does:
#
#	5001	source translated to 10.2.0.1, ports chosen at random
#	5002	redirected on the router's own address to the server's port
#	5003	prefix mapping: 10.3.0.0/24 is 10.2.0.0/24
#	5004	hairpin: the client reaches itself by the virtual address
#	5005	both ends translated, source to a range of ports
#
# Then 1,000 clients' connections are in the shadow of r2, and another client opens
# 1,000 from the same source ports to the same server: none gets a translation that
# is taken, and all 2,000 carry data.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

PAIRS=${PAIRS:-1000}

plan 20
topology
ip -n client addr add 10.1.0.3/24 dev eth0
ip -n client route add 10.3.0.0/24 via 10.1.0.1
for r in r1 r2; do
	n $r nft -f - <<- END
		insert rule inet router postrouting ip daddr 10.2.0.2 tcp dport 5001 snat ip to 10.2.0.1 fully-random
		insert rule inet router postrouting ip saddr 10.1.0.0/24 tcp dport 5005 snat ip to 10.2.0.1:20000-20010
		insert rule inet router postrouting iifname lan0 oifname lan0 snat ip to 10.1.0.1
		insert rule inet router prerouting iifname lan0 ip daddr 10.3.0.0/24 dnat ip prefix to 10.2.0.0/24
		insert rule inet router prerouting iifname lan0 ip daddr 10.1.0.1 tcp dport 5004 dnat ip to 10.1.0.2:5004
		insert rule inet router prerouting iifname lan0 ip daddr 10.1.0.1 tcp dport 8005 dnat ip to 10.2.0.2:5005
		insert rule inet router forward iifname lan0 oifname lan0 ct state new accept
	END
done
check "r1 and r2 hear each other" pair
take r1
serve
for port in 5001 5003 5005; do
	bg server tcphold serve $port
done
bg client tcphold serve 5004
await 10 n client sh -c 'ss -Hltn sport = 5004 | grep -q .'
check "ports at random" hold random client tcphold open 4 10.2.0.2 5001
check "a mapped prefix" hold prefix client tcphold open 2 10.3.0.2 5003
check "hairpin" hold hairpin client tcphold -s 10.1.0.3 open 2 10.1.0.1 5004
check "both ends, a range of ports" hold both client tcphold open 3 10.1.0.1 8005
check "IPv6, destination translated" hold six client tcphold open 2 fd01::1 8007
check "$PAIRS connections of one client" \
	hold first client tcphold -t 30 -s 10.1.0.2 -p 30000 open "$PAIRS" 10.2.0.2 7
check "r2 is told of all" await 20 told
translated r1 > "$TMP/r1"
cut r1
take r2
check "as many of another, from the same ports, while they are in the shadow" \
	hold second client tcphold -t 60 -s 10.1.0.3 -p 30000 open "$PAIRS" 10.2.0.2 7
check "their first choice was found to be owned" at_least "$PAIRS" stat r2 new_tuple_owned
no_luck r2
check "the first client's go on" carries first
check "so do the other's" carries second
for name in random prefix hairpin both six; do
	check "$name goes on" carries $name
done
fs r2 group set 1 role active
check "nothing is left in the shadow" await 10 is 0 node r2 shadow
check "none clashed" is 0 stat r2 install_clash
translated r2 > "$TMP/r2"
check "what r1 had is on r2, translated as it was" not grep -vxFf "$TMP/r2" "$TMP/r1"
finish
