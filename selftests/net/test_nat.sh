#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
#: ports at random, ranges of ports, IPv4 and IPv6 | yes
#: prefix mapping, IPv4 and IPv6 | yes
#: hairpin, IPv4 and IPv6 | yes
#: two connections of one source port, 1,000 times | yes
#
# All that address translation does is carried over, and no tuple is ever owned
# twice. Besides the translation that every router of the tests does, with IPv4 and
# with IPv6:
#
#	5001	source translated to 10.2.0.1, ports chosen at random
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

plan 26
topology
ip -n client addr add 10.1.0.3/24 dev eth0
ip -n client addr add fd01::3/64 dev eth0
ip -n client route add 10.3.0.0/24 via 10.1.0.1
for r in r1 r2; do
	n $r nft -f - <<- END
		insert rule inet router postrouting ip daddr 10.2.0.2 tcp dport 5001 snat ip to 10.2.0.1 fully-random
		insert rule inet router postrouting ip saddr 10.1.0.0/24 tcp dport 5005 snat ip to 10.2.0.1:20000-20010
		insert rule inet router postrouting iifname lan0 oifname lan0 snat ip to 10.1.0.1
		insert rule inet router prerouting iifname lan0 ip daddr 10.3.0.0/24 dnat ip prefix to 10.2.0.0/24
		insert rule inet router prerouting iifname lan0 ip daddr 10.1.0.1 tcp dport 5004 dnat ip to 10.1.0.2:5004
		insert rule inet router prerouting iifname lan0 ip daddr 10.1.0.1 tcp dport 8005 dnat ip to 10.2.0.2:5005
		insert rule inet router postrouting ip6 daddr fd02::2 tcp dport 5001 snat ip6 to fd02::1 fully-random
		insert rule inet router postrouting ip6 saddr fd01::/64 tcp dport 5005 snat ip6 to [fd02::1]:20000-20010
		insert rule inet router postrouting iifname lan0 oifname lan0 snat ip6 to fd01::1
		insert rule inet router prerouting iifname lan0 ip6 daddr fd03::/64 dnat ip6 prefix to fd02::/64
		insert rule inet router prerouting iifname lan0 ip6 daddr fd01::1 tcp dport 5004 dnat ip6 to [fd01::2]:5004
		insert rule inet router prerouting iifname lan0 ip6 daddr fd01::1 tcp dport 8005 dnat ip6 to [fd02::2]:5005
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
check "IPv6, ports at random" hold random6 client tcphold open 4 fd02::2 5001
check "IPv6, a mapped prefix" hold prefix6 client tcphold open 2 fd03::2 5003
check "IPv6, hairpin" hold hairpin6 client tcphold -s fd01::3 open 2 fd01::1 5004
check "IPv6, both ends, a range of ports" hold both6 client tcphold open 3 fd01::1 8005
check "$PAIRS connections of one client" \
	open_many first "$PAIRS" 10.1.0.2 30000 10.2.0.2 7
check "r2 is told of all" await 30 told
translated r1 > "$TMP/r1"
cut r1
take r2
check "as many of another, from the same ports, while they are in the shadow" \
	open_many second "$PAIRS" 10.1.0.3 30000 10.2.0.2 7
check "their first choice was found to be owned" at_least "$PAIRS" stat r2 new_tuple_owned
no_luck r2
check "the first client's go on" carry ${many[first]}
check "so do the other's" carry ${many[second]}
names="random prefix hairpin both random6 prefix6 hairpin6 both6"
for name in $names; do
	echo >&"${hold_in[$name]}"
done
for name in $names; do
	check "$name goes on" answer $name
done
fs r2 group set 1 role active
check "nothing is left in the shadow" await 10 is 0 node r2 shadow
check "none clashed" is 0 stat r2 install_clash
translated r2 > "$TMP/r2"
check "what r1 had is on r2, translated as it was" not grep -vxFf "$TMP/r2" "$TMP/r1"
finish
