#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A peer with two links, one of IPv4 and one of IPv6, over two cables; the second
# is added while the peer lives. When one is cut the peer stays up and state flows
# on over the other, whichever it is: the failure of a link is not that of a node.
# Both cut, it is down. A link is deleted on one side, then on the other, while
# connections begin: the peer stays up, and is told of all over the other one.
. "$(dirname "$0")/lib.sh"
. "$here/flows.sh"

# links: the states of r1's two links to r2.
links() { fs r1 -j link show peer r2 | grep -o '"state":"[a-z]*"' | command cut -d '"' -f 4 | xargs; }

# downs: how often r1 took r2 for dead.
downs() { grep -c '"peer-down"' "$TMP/events"; }

plan 21
topology
cable r1 sync1 r2 sync1
for i in 1 2; do
	ip -n r$i addr add fd19::$i/64 dev sync1
	ip -n r$i link set sync1 up
done
load
fs r1 node set id 1
fs r2 node set id 2
fs r1 peer add r2 id 2 $key dead 10 link local 10.9.0.1 remote 10.9.0.2 dev sync0
fs r2 peer add r1 id 1 $key dead 10 link local 10.9.0.2 remote 10.9.0.1 dev sync0
fs r1 group add 1 peer r2
fs r2 group add 1 peer r1
fs r1 group set 1 role active
fs r2 group set 1 role standby
bg r1 flowsyncctl -j monitor > "$TMP/events"
bg r2 flowsyncctl -j monitor > "$TMP/events2"
check "the link comes up" await 20 is up links
fs r1 link add peer r2 local fd19::1 port 4001 remote fd19::2 port 4002
fs r2 link add peer r1 local fd19::2 port 4002 remote fd19::1 port 4001
check "a second one is added, and comes up" await 20 is "up up" links
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

ip -n r1 link set sync1 up
ip -n r1 addr replace fd19::1/64 dev sync1
await 20 is "up up" links
before=$(downs)
bg client "$here/burst.py" 10.2.0.2 20000 300
await 20 at_least 100 node r1 flows
check "the first link is deleted on r2, as connections begin" \
	fs r2 link del peer r1 local 10.9.0.2 remote 10.9.0.1
check "which is reported" await 10 grep -q 'the link was deleted' "$TMP/events2"
check "r1 finds it down" await 20 is "down up" links
await 30 at_least 300 node r1 flows
check "r2 is told of all" await 30 told
bg client "$here/burst.py" 10.2.0.2 30000 300
check "it is deleted on r1, as more begin" \
	fs r1 link del peer r2 local 10.9.0.1 remote 10.9.0.2
check "it is gone" is up links
await 30 at_least 600 node r1 flows
check "r2 is told of all, and holds what it should" \
	eval 'await 30 told && fs r1 verify peer r2'
check "the peer was not taken for dead" is "$before" downs
finish
