#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A peer with two links, one of IPv4 and one of IPv6, over two cables. When one
# is cut the peer stays up and state flows on over the other, whichever it is:
# the failure of a link is not that of a node. Both cut, it is down.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

# links: the states of r1's two links to r2.
links() { fs r1 -j peer show r2 | grep -o '"state":"[a-z]*"' | tail -n 2 | command cut -d '"' -f 4 | xargs; }

plan 12
topology
cable r1 sync1 r2 sync1
for i in 1 2; do
	ip -n r$i addr add fd19::$i/64 dev sync1
	ip -n r$i link set sync1 up
done
load
fs r1 node set id 1
fs r2 node set id 2
fs r1 peer add r2 id 2 $key dead 10 link local 10.9.0.1 remote 10.9.0.2 dev sync0 \
	link local fd19::1 port 4001 remote fd19::2 port 4002
fs r2 peer add r1 id 1 $key dead 10 link local 10.9.0.2 remote 10.9.0.1 dev sync0 \
	link local fd19::2 port 4002 remote fd19::1 port 4001
fs r1 group add 1 peer r2
fs r2 group add 1 peer r1
fs r1 group set 1 role active
fs r2 group set 1 role standby
bg r1 flowsyncctl -j monitor > "$TMP/events"
check "both links come up" await 20 is "up up" links
take r1
serve
hold a client tcphold open 1 10.2.0.2 7
check "r2 is told of a flow" await 20 is 1 node r2 shadow
ip -n r1 link set sync0 down
check "the first link is down" await 20 is "down up" links
check "the peer is up" is up peer r1 r2 state
hold b client tcphold open 1 fd02::2 7
check "r2 is told of a flow over the second" await 20 is 2 node r2 shadow
ip -n r1 link set sync0 up
check "the first link is up again" await 20 is "up up" links
ip -n r1 link set sync1 down
check "the second link is down" await 20 is "up down" links
hold c client udphold open fd02::2 7
check "r2 is told of a flow over the first" await 20 is 3 node r2 shadow
check "both are active and standby as before" is standby group r2 role
ip -n r1 link set sync0 down
check "with both cut the peer is down" await 20 is down peer r1 r2 state
ip -n r1 link set sync0 up
check "one of them brings it back" await 20 is up peer r1 r2 state
check "each of the three cuts was reported" at_least 3 \
	grep -c '"link-down"' "$TMP/events"
finish
